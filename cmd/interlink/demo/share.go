package demo

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
)

func (s *story) publish(ctx context.Context) (note, open string, err error) {
	var keep []string
	shown := 0
	for _, task := range s.tasks {
		if task.Status == "finished" {
			keep = append(keep, task.ID)
			shown++
		}
	}
	for _, it := range s.above { // a task is shown with all above it
		if it.Finished > 0 {
			keep = append(keep, it.ID)
		}
	}
	var preview struct {
		Tasks int `json:"tasks"`
	}
	if err := s.zaragoza.api.post(ctx, "/processes/safe_school_routes/story-preview", map[string]any{"keep": keep}, &preview); err != nil {
		return "", "", err
	}
	if preview.Tasks != shown {
		return "", "", fmt.Errorf("%d tasks were to be kept, the preview shows %d", shown, preview.Tasks)
	}
	var made struct {
		Slug  string `json:"slug"`
		IRI   string `json:"iri"`
		Tasks int    `json:"tasks"`
	}
	if err := s.zaragoza.api.post(ctx, "/stories", map[string]any{
		"slug": "safe-school-routes", "process": "safe_school_routes", "organization": "city_lab", "community": "mobility", "keep": keep,
		"title":     text{"en": "Children find their own way to school", "es": "Los niños encuentran su camino a la escuela", "nl": "Kinderen vinden zelf de weg naar school"},
		"summary":   text{"en": "Parents, schools and the traffic office drew the routes together, and walked them.", "es": "Familias, escuelas y la oficina de tráfico trazaron juntas los caminos y los recorrieron.", "nl": "Ouders, scholen en verkeersdienst tekenden samen de routes en liepen ze."},
		"challenge": text{"en": "Two of three children were driven to a school less than a kilometre away."},
		"results":   text{"en": "Twelve routes with safe crossings, and shopkeepers who watch over them."},
		"lessons":   text{"en": "Walk the route with the children before you draw it."},
		"countries": []string{"ES"}, "keywords": []string{"mobility", "school"},
	}, &made); err != nil {
		return "", "", err
	}
	s.told = made.Slug
	return fmt.Sprintf("%d of %d tasks are shown", made.Tasks, s.process.Tasks), made.IRI, nil
}

func (s *story) receiveStory(ctx context.Context) (note, open string, err error) {
	wanted := string(s.zaragoza.node.Namespace.IRI("stories", s.told))
	var verb, title string
	err = until(ctx, "the story in the timeline in Rome", func(ctx context.Context) (bool, error) {
		var home list[struct {
			Verb  string `json:"verb"`
			IRI   string `json:"iri"`
			Story *struct {
				Title text `json:"title"`
				Tasks int  `json:"tasks"`
			} `json:"story"`
		}]
		if err := s.rome.api.get(ctx, "/timelines/home", &home); err != nil {
			return false, err
		}
		for _, n := range home.Items {
			if n.IRI == wanted && n.Story != nil {
				verb, title = n.Verb, n.Story.Title.english()
				return true, nil
			}
		}
		return false, nil
	})
	return fmt.Sprintf("“%s” (%s by the community)", title, verb), s.rome.base + "/timeline", err
}

func (s *story) followCatalogue(ctx context.Context) (note, open string, err error) {
	host := s.zaragoza.node.Namespace.Host()
	// Riga vouches for Zaragoza: its entries need no review.
	if err := s.riga.api.call(ctx, http.MethodPut, "/trust", map[string]string{"host": host, "level": "endorsed", "reason": "A partner city"}, nil); err != nil {
		return "", "", err
	}
	if _, err := follow(ctx, s.riga, "@catalogue@"+host, "catalogue"); err != nil {
		return "", "", err
	}
	var found list[entry]
	err = until(ctx, fmt.Sprintf("all %d Interlinkers", s.published), func(ctx context.Context) (bool, error) {
		err := s.riga.api.get(ctx, "/interlinkers?limit=1&variants=true&origin="+url.QueryEscape(host), &found)
		return found.Total == s.published, err
	})
	return fmt.Sprintf("%d Interlinkers of Zaragoza are in Riga", found.Total), s.riga.base + "/catalogue?origin=" + url.QueryEscape(host), err
}

func (s *story) cloneProcess(ctx context.Context) (note, open string, err error) {
	if err := s.riga.api.post(ctx, "/organizations", map[string]any{
		"name": "city_council", "kind": "public_administration", "title": text{"en": "City council"},
	}, nil); err != nil {
		return "", "", err
	}
	if err := s.riga.api.post(ctx, "/clones", map[string]any{
		"source": s.process.IRI, "name": "safe_school_routes_riga", "organization": "city_council",
		"title": text{"en": "Safe routes to school in Riga", "lv": "Droši ceļi uz skolu Rīgā"},
	}, &s.clone); err != nil {
		return "", "", err
	}
	from := s.clone.ClonedFrom
	switch {
	case from == nil || from.IRI != s.process.IRI:
		return "", "", errors.New("the clone does not know where it comes from")
	case s.clone.Tasks != s.process.Tasks || s.clone.Finished != 0:
		return "", "", fmt.Errorf("the clone has %d tasks, %d of them finished; the original has %d", s.clone.Tasks, s.clone.Finished, s.process.Tasks)
	}
	return fmt.Sprintf("%d tasks, from %s", s.clone.Tasks, from.Host), s.clone.IRI, nil
}

func (s *story) acceptClone(ctx context.Context) (note, open string, err error) {
	type clone struct {
		ID     string `json:"id"`
		IRI    string `json:"iri"`
		Host   string `json:"host"`
		State  string `json:"state"`
		Cloner *actor `json:"cloner"`
	}
	var offered clone
	err = until(ctx, "the offer of the clone in Zaragoza", func(ctx context.Context) (bool, error) {
		var clones list[clone]
		if err := s.zaragoza.api.get(ctx, "/processes/safe_school_routes/clones", &clones); err != nil {
			return false, err
		}
		for _, c := range clones.Items {
			if c.IRI == s.clone.IRI && c.State == "offered" {
				offered = c
				return true, nil
			}
		}
		return false, nil
	})
	if err != nil {
		return "", "", err
	}
	if offered.Cloner == nil || offered.Host != s.riga.node.Namespace.Host() {
		return "", "", fmt.Errorf("it does not see who cloned its process: %+v", offered)
	}
	if err := s.zaragoza.api.call(ctx, http.MethodPut, "/processes/safe_school_routes/clones/"+offered.ID+"/answer", map[string]bool{"accept": true}, nil); err != nil {
		return "", "", err
	}
	err = until(ctx, "the answer in Riga", func(ctx context.Context) (bool, error) {
		var p process
		err := s.riga.api.get(ctx, "/processes/safe_school_routes_riga", &p)
		return err == nil && p.ClonedFrom != nil && p.ClonedFrom.Answer == "accepted", err
	})
	return "cloned by " + offered.Cloner.Handle + ", accepted", s.process.IRI + "/clones", err
}

// findPair finds two Interlinkers that help with the same task: one to be
// withdrawn and one to be used instead.
func (s *story) findPair(ctx context.Context) error {
	for _, task := range s.tasks {
		var found list[recommendation]
		if err := s.zaragoza.api.get(ctx, "/processes/safe_school_routes/tasks/"+task.ID+"/recommendations", &found); err != nil {
			return err
		}
		for i := 1; i < len(found.Items); i++ {
			if candidate := found.Items[i].Interlinker; candidate.IRI != s.chosen.IRI {
				s.interlinker, s.instead = candidate, found.Items[0].Interlinker
				return nil
			}
		}
	}
	return errors.New("no two Interlinkers help with the same task")
}

// copied is the address of Riga's copy of an Interlinker of Zaragoza's.
func (s *story) copied() string {
	return "/interlinkers/" + url.PathEscape(s.interlinker.Slug+"@"+s.zaragoza.node.Namespace.Host())
}

func (s *story) correct(ctx context.Context) (note, open string, err error) {
	if err := s.findPair(ctx); err != nil {
		return "", "", err
	}
	summary := text{}
	for lang, words := range s.interlinker.Content.Summary {
		summary[lang] = words
	}
	summary["en"] = summary.english() + " Corrected by Zaragoza."
	before := s.interlinker.Content.Summary["en"]
	if err := s.zaragoza.api.call(ctx, http.MethodPatch, "/interlinkers/"+url.PathEscape(s.interlinker.Slug),
		map[string]any{"revision": s.interlinker.Revision, "summary": summary}, &s.interlinker); err != nil {
		return "", "", err
	}
	err = until(ctx, "the correction in Riga", func(ctx context.Context) (bool, error) {
		var copied entry
		err := s.riga.api.get(ctx, s.copied(), &copied)
		return err == nil && copied.Content.Summary["en"] == summary["en"] && before != summary["en"], err
	})
	return "“" + s.interlinker.Content.Name.english() + "”", s.riga.base + s.copied(), err
}

func (s *story) withdraw(ctx context.Context) (note, open string, err error) {
	if err := s.zaragoza.api.post(ctx, "/interlinkers/"+url.PathEscape(s.interlinker.Slug)+"/withdrawal",
		map[string]any{"revision": s.interlinker.Revision, "replacement": s.instead.IRI}, nil); err != nil {
		return "", "", err
	}
	err = until(ctx, "the withdrawal in Riga", func(ctx context.Context) (bool, error) {
		var copied entry
		err := s.riga.api.get(ctx, s.copied(), &copied)
		return err == nil && copied.Status == "withdrawn" && copied.Replacement == s.instead.IRI, err
	})
	return "replaced by “" + s.instead.Content.Name.english() + "”", s.riga.base + s.copied(), err
}
