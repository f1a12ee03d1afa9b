package demo

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"interlink/domain/catalogue"
)

// story is the three cities and what they have made so far.
type story struct {
	zaragoza, riga, rome *city
	bundle               func() (catalogue.Bundle, error)

	schema      entry
	process     process
	tasks       []item
	above       []item // phases and objectives
	chosen      entry  // the Interlinker that was taken into a task
	told        string // slug of the story
	interlinker entry  // the one that is corrected and withdrawn
	instead     entry  // and what replaces it
	clone       process
	published   int // entries of Zaragoza's catalogue
	call        roleCall
	abroad      roleCall    // as Rome knows it
	applied     string      // id of the application
	improved    improvement // that Riga offers
}

// step is one step; do returns what was found and what to open.
type step struct {
	name string
	do   func(ctx context.Context) (note, open string, err error)
}

// play plays all steps and stops at the first that does not hold.
func play(ctx context.Context, r reporter, s *story) bool {
	for _, step := range s.steps() {
		start := time.Now()
		note, open, err := step.do(ctx)
		result := Step{Step: step.name, OK: err == nil, MS: since(start), Note: note, Open: open}
		if err != nil {
			result.Why = err.Error()
		}
		r.step(result)
		if err != nil {
			return false
		}
	}
	return true
}

func (s *story) steps() []step {
	return []step{
		{"Zaragoza loads its catalogue", s.loadCatalogue},
		{"An official of Zaragoza creates an organisation, a team and a community", s.organise},
		{"A citizen of Rome follows Zaragoza's community from Rome", s.followCommunity},
		{"A team of Zaragoza looks for people, and the citizen of Rome reads it in Rome", s.callForRoles},
		{"The citizen of Rome applies from Rome, and Zaragoza shortlists", s.apply},
		{"Zaragoza accepts, and the citizen of Rome is a member of the team and nothing more", s.acceptApplication},
		{"Zaragoza starts a coproduction process from a schema", s.startProcess},
		{"Zaragoza gets Interlinkers recommended for a task, with the reasons", s.recommend},
		{"Zaragoza takes the best one into the task", s.instantiate},
		{"Zaragoza asks the citizen of Rome for something in the task, who accepts in Rome", s.assign},
		{"Zaragoza finishes tasks", s.finishTasks},
		{"Zaragoza awards a contribution to a finished task", s.award},
		{"Zaragoza offers what it made to Riga's catalogue, and Riga accepts", s.offerInterlinker},
		{"Zaragoza prunes the process and publishes its success story", s.publish},
		{"The citizen of Rome receives the story", s.receiveStory},
		{"Riga follows Zaragoza's catalogue and receives its Interlinkers", s.followCatalogue},
		{"Riga clones Zaragoza's process with its lineage", s.cloneProcess},
		{"Zaragoza sees who cloned it, and accepts", s.acceptClone},
		{"Zaragoza releases its process, makes it better and releases it again", s.releaseProcess},
		{"Riga is told, takes what is safe and keeps what it changed", s.mergeRelease},
		{"Riga offers to Zaragoza what it made better", s.offerImprovement},
		{"Zaragoza takes it, and its next release credits Riga, which is not asked about its own words", s.takeImprovement},
		{"Zaragoza corrects an Interlinker and Riga's copy follows", s.correct},
		{"Zaragoza withdraws it and Riga shows it as withdrawn", s.withdraw},
		{"Rome clones what Riga made of it, and Riga confirms it", s.cloneAgain},
		{"Rome reads the lineage from the three nodes, and checks who confirmed it", s.readLineage},
	}
}

// What the steps read of the API's answers.
type (
	text  map[string]string
	actor struct {
		IRI    string `json:"iri"`
		Handle string `json:"handle"`
		Title  string `json:"title"`
	}
	entry struct {
		Slug        string `json:"slug"`
		IRI         string `json:"iri"`
		URL         string `json:"url"`
		Status      string `json:"status"`
		Replacement string `json:"replacement"`
		Revision    int64  `json:"revision"`
		Uses        int    `json:"uses"`
		Content     struct {
			Name    text `json:"name"`
			Summary text `json:"summary"`
			Schema  *struct {
				Nodes []struct {
					Kind string `json:"kind"`
				} `json:"nodes"`
			} `json:"schema"`
		} `json:"content"`
	}
	process struct {
		Name       string `json:"name"`
		IRI        string `json:"iri"`
		Tasks      int    `json:"tasks"`
		Finished   int    `json:"finished"`
		Status     string `json:"status"`
		ClonedFrom *struct {
			IRI    string `json:"iri"`
			Host   string `json:"host"`
			Answer string `json:"answer"`
		} `json:"clonedFrom"`
	}
	item struct {
		ID       string   `json:"id"`
		IRI      string   `json:"iri"`
		Kind     string   `json:"kind"`
		Name     text     `json:"name"`
		Problems []string `json:"problems"`
		Status   string   `json:"status"`
		Ready    bool     `json:"ready"`
		Finished int      `json:"finished"`
		Revision int64    `json:"revision"`
	}
	tree struct {
		Process process `json:"process"`
		Items   []item  `json:"items"`
	}
)

// english says a text in English, else in any language.
func (t text) english() string {
	if s := t["en"]; s != "" {
		return s
	}
	for _, s := range t {
		return s
	}
	return ""
}

func (s *story) loadCatalogue(ctx context.Context) (note, open string, err error) {
	bundle, err := s.bundle()
	if err != nil {
		return "", "", err
	}
	report, err := s.zaragoza.node.Catalogue.Import(ctx, s.zaragoza.node.Operator(), bundle, false)
	if err != nil {
		return "", "", err
	}
	if len(report.Errors) > 0 {
		first := report.Errors[0]
		return "", "", fmt.Errorf("the catalogue has %s, first: %s: %s: %s", plural(len(report.Errors), "error"), first.File, first.Field, first.Message)
	}
	var found list[entry]
	if err := s.zaragoza.api.get(ctx, "/interlinkers?limit=1", &found); err != nil {
		return "", "", err
	}
	if found.Total == 0 || found.Total != report.Interlinkers.Added {
		return "", "", fmt.Errorf("%d Interlinkers were imported, the catalogue shows %d", report.Interlinkers.Added, found.Total)
	}
	s.published = report.Interlinkers.Added
	note = fmt.Sprintf("%d Interlinkers, %d problem profiles, %s with %d tasks, %s",
		report.Interlinkers.Added, report.ProblemProfiles.Added, plural(report.Schemas.Added, "schema"), report.Tasks, plural(len(report.Warnings), "warning"))
	return note, s.zaragoza.base + "/catalogue", nil
}

func (s *story) organise(ctx context.Context) (note, open string, err error) {
	z := s.zaragoza.api
	if err := z.post(ctx, "/organizations", map[string]any{
		"name": "city_lab", "kind": "public_administration",
		"title":   text{"en": "City lab", "es": "Laboratorio de ciudad", "nl": "Stadslab"},
		"summary": text{"en": "Where the city and its people design services together.", "es": "Donde la ciudad y su gente diseñan servicios en común.", "nl": "Waar stad en bewoners samen diensten ontwerpen."},
	}, nil); err != nil {
		return "", "", err
	}
	if err := z.post(ctx, "/organizations/city_lab/teams", map[string]any{
		"name": "school_routes", "title": text{"en": "School routes", "es": "Caminos escolares", "nl": "Schoolroutes"},
	}, nil); err != nil {
		return "", "", err
	}
	if err := z.post(ctx, "/communities", map[string]any{
		"name": "mobility", "language": "es", "organization": "city_lab",
		"title":   text{"en": "Mobility in Zaragoza", "es": "Movilidad en Zaragoza", "nl": "Mobiliteit in Zaragoza"},
		"summary": text{"en": "How we get around, and how we make it better.", "es": "Cómo nos movemos y cómo lo mejoramos.", "nl": "Hoe we ons verplaatsen en hoe het beter kan."},
	}, nil); err != nil {
		return "", "", err
	}
	var found struct {
		Handle       string `json:"handle"`
		Organization *actor `json:"organization"`
	}
	if err := z.get(ctx, "/communities/mobility", &found); err != nil {
		return "", "", err
	}
	if found.Organization == nil {
		return "", "", errors.New("the community does not belong to the organisation")
	}
	return found.Handle, s.zaragoza.base + "/communities/mobility", nil
}

func (s *story) followCommunity(ctx context.Context) (note, open string, err error) {
	handle := "@mobility@" + s.zaragoza.node.Namespace.Host()
	target, err := follow(ctx, s.rome, handle, "")
	if err != nil {
		return "", "", err
	}
	return "follows " + target.Title + " (" + target.Handle + ")", s.rome.base + "/@mobility@" + s.zaragoza.node.Namespace.Host(), nil
}

// follow asks, and waits for the other node's answer.
func follow(ctx context.Context, c *city, handle, as string) (actor, error) {
	var answer struct {
		State  string `json:"state"`
		Target actor  `json:"target"`
	}
	ask := map[string]string{"target": handle, "as": as}
	if err := c.api.post(ctx, "/follows", ask, &answer); err != nil {
		return actor{}, err
	}
	return answer.Target, until(ctx, "the follow to be accepted", func(ctx context.Context) (bool, error) {
		var following list[actor]
		if err := c.api.get(ctx, "/follows?limit=100&as="+url.QueryEscape(as), &following); err != nil {
			return false, err
		}
		for _, a := range following.Items {
			if a.IRI == answer.Target.IRI {
				return true, nil
			}
		}
		return false, nil
	})
}

func (s *story) startProcess(ctx context.Context) (note, open string, err error) {
	z := s.zaragoza.api
	var schemas list[entry]
	if err := z.get(ctx, "/schemas?limit=100", &schemas); err != nil {
		return "", "", err
	}
	most := 0
	for _, e := range schemas.Items { // the one with the most tasks
		var whole entry
		if err := z.get(ctx, "/schemas/"+url.PathEscape(e.Slug), &whole); err != nil {
			return "", "", err
		}
		tasks := 0
		if whole.Content.Schema != nil {
			for _, n := range whole.Content.Schema.Nodes {
				if n.Kind == "task" {
					tasks++
				}
			}
		}
		if tasks > most {
			most, s.schema = tasks, whole
		}
	}
	if most == 0 {
		return "", "", errors.New("the catalogue has no schema with tasks")
	}
	if err := z.post(ctx, "/processes", map[string]any{
		"name": "safe_school_routes", "schema": s.schema.Slug, "language": "en", "organization": "city_lab",
		"team": "school_routes", "community": "mobility",
		"title":   text{"en": "Safe routes to school", "es": "Caminos escolares seguros", "nl": "Veilige schoolroutes"},
		"summary": text{"en": "Children walk and cycle to school on their own again.", "es": "Los niños vuelven a ir solos a la escuela, a pie o en bici.", "nl": "Kinderen lopen en fietsen weer zelf naar school."},
	}, &s.process); err != nil {
		return "", "", err
	}
	if s.process.Tasks != most {
		return "", "", fmt.Errorf("the schema has %d tasks, the process %d", most, s.process.Tasks)
	}
	if err := s.readTasks(ctx); err != nil {
		return "", "", err
	}
	return fmt.Sprintf("%d tasks from “%s”", s.process.Tasks, s.schema.Content.Name.english()), s.process.IRI, nil
}

func (s *story) readTasks(ctx context.Context) error {
	var t tree
	if err := s.zaragoza.api.get(ctx, "/processes/safe_school_routes/tree", &t); err != nil {
		return err
	}
	s.process, s.tasks, s.above = t.Process, s.tasks[:0], s.above[:0]
	for _, it := range t.Items {
		if it.Kind == "task" {
			s.tasks = append(s.tasks, it)
		} else {
			s.above = append(s.above, it)
		}
	}
	return nil
}

type recommendation struct {
	Interlinker entry `json:"interlinker"`
	Reasons     []struct {
		Sentence string `json:"sentence"`
	} `json:"reasons"`
}

func (s *story) recommend(ctx context.Context) (note, open string, err error) {
	for i, task := range s.tasks {
		var found list[recommendation]
		if err := s.zaragoza.api.get(ctx, "/processes/safe_school_routes/tasks/"+task.ID+"/recommendations", &found); err != nil {
			return "", "", err
		}
		if len(found.Items) == 0 {
			continue // a task of the tree may name no need; then the next one is worked on
		}
		best := found.Items[0]
		if len(best.Reasons) == 0 {
			return "", "", fmt.Errorf("“%s” is recommended without a reason", best.Interlinker.Content.Name.english())
		}
		s.tasks[0], s.tasks[i] = s.tasks[i], s.tasks[0]
		s.chosen = best.Interlinker
		return fmt.Sprintf("for “%s”: “%s”, because: %s", task.Name.english(), s.chosen.Content.Name.english(), best.Reasons[0].Sentence), task.IRI, nil
	}
	return "", "", errors.New("nothing is recommended for any task")
}

func (s *story) instantiate(ctx context.Context) (note, open string, err error) {
	var made struct {
		Name        string `json:"name"`
		Kind        string `json:"kind"`
		Interlinker string `json:"interlinker"`
	}
	task := s.tasks[0]
	if err := s.zaragoza.api.post(ctx, "/processes/safe_school_routes/tasks/"+task.ID+"/instantiations", map[string]string{"interlinker": s.chosen.Slug}, &made); err != nil {
		return "", "", err
	}
	if made.Interlinker != s.chosen.IRI {
		return "", "", fmt.Errorf("the resource was made from %s", made.Interlinker)
	}
	var again entry
	if err := s.zaragoza.api.get(ctx, "/interlinkers/"+url.PathEscape(s.chosen.Slug), &again); err != nil {
		return "", "", err
	}
	if again.Uses != s.chosen.Uses+1 {
		return "", "", fmt.Errorf("its use was not registered: %d uses before, %d after", s.chosen.Uses, again.Uses)
	}
	return fmt.Sprintf("the %s “%s”; its use is registered", made.Kind, made.Name), task.IRI, nil
}

// finishing is how many tasks the story finishes.
const finishing = 3

func (s *story) finishTasks(ctx context.Context) (note, open string, err error) {
	if err := s.readTasks(ctx); err != nil {
		return "", "", err
	}
	done := 0
	for _, task := range s.tasks {
		if done == finishing {
			break
		}
		if !task.Ready {
			continue
		}
		if err := s.setStatus(ctx, task, "in_progress"); err != nil {
			return "", "", err
		}
		if task, err = s.task(ctx, task.ID); err != nil {
			return "", "", err
		}
		if err := s.setStatus(ctx, task, "finished"); err != nil {
			return "", "", err
		}
		done++
	}
	if err := s.readTasks(ctx); err != nil {
		return "", "", err
	}
	if done == 0 || s.process.Finished != done || s.process.Status != "in_progress" {
		return "", "", fmt.Errorf("%d tasks were finished, the process says %d and %q", done, s.process.Finished, s.process.Status)
	}
	return fmt.Sprintf("%d of %d tasks are finished", s.process.Finished, s.process.Tasks), s.process.IRI + "/guide", nil
}

func (s *story) setStatus(ctx context.Context, task item, status string) error {
	return s.zaragoza.api.call(ctx, http.MethodPut, "/processes/safe_school_routes/tasks/"+task.ID+"/status",
		map[string]any{"revision": task.Revision, "status": status}, nil)
}

// task reads a task again.
func (s *story) task(ctx context.Context, id string) (item, error) {
	if err := s.readTasks(ctx); err != nil {
		return item{}, err
	}
	for _, t := range s.tasks {
		if t.ID == id {
			return t, nil
		}
	}
	return item{}, fmt.Errorf("task %s is not in the tree any more", id)
}

func plural(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}
