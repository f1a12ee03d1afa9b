package view

import (
	"errors"
	"fmt"
	"html/template"
	"net/url"
	"reflect"
	"time"

	"interlink/domain"
)

// Content for the storybook: cities and people that do not exist.

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func ago(d time.Duration) time.Time { return noon.Add(-d) }

const day = 24 * time.Hour

// three makes a text in English, Spanish and Dutch.
func three(en, es, nl string) domain.Text { return domain.Text{"en": en, "es": es, "nl": nl} }

func only(lang domain.Lang, s string) domain.Text { return domain.Text{lang: s} }

func markup(lang domain.Lang, s string) Rich { return Rich{HTML: template.HTML(s), Lang: lang} }

// longWord is as bad as foreign content gets.
const longWord = "Donaudampfschifffahrtsgesellschaftskapitänswitwenrentenberechtigungsbescheinigungsverfahrensordnung"

var riverbend = Origin{Host: "riverbend.example", Href: "https://riverbend.example/interlinkers/open-desk", Fetched: ago(3 * time.Hour), Trusted: true}

var stranger = Origin{Host: "very-long-name-of-a-municipal-association.northern-lakes.example:8443", Href: "https://northern-lakes.example/x"}

func frame(path string, lang domain.Lang, signedIn bool) Frame {
	f := Frame{Lang: lang, Path: path, Activity: "https://brightwater.example" + path}
	if signedIn {
		f.Viewer = &Viewer{Name: "Ada Fields", Handle: "@ada@brightwater.example", Href: "/users/ada", Admin: true}
	}
	return f
}

func person(name, handle string) Actor {
	return Actor{Kind: "person", Name: name, Handle: handle, Href: "/" + handle}
}

var (
	ada    = person("Ada Fields", "@ada@brightwater.example")
	milo   = Actor{Kind: "person", Name: "Milo Grünwald-Fernández de la Torre", Handle: "@milo@riverbend.example", Href: "/@milo@riverbend.example", Origin: riverbend}
	city   = Actor{Kind: "organization", Name: "City of Brightwater", Handle: "@city@brightwater.example", Href: "/organizations/city"}
	team   = Actor{Kind: "team", Name: "Safe Streets Team", Handle: "@safe_streets@brightwater.example", Href: "/teams/safe_streets"}
	hood   = Actor{Kind: "community", Name: "Mill Quarter", Handle: "@mill_quarter@brightwater.example", Href: "/communities/mill_quarter"}
	far    = Actor{Kind: "organization", Handle: "@council@" + stranger.Host, Href: "/@council@x", Origin: stranger}
	allNat = []Nature{Software, Knowledge, ExternalSoftware, ExternalKnowledge}
)

func interlinkers(n int) []InterlinkerCard {
	names := []domain.Text{
		three("Stakeholder map", "Mapa de actores", "Kaart van betrokkenen"),
		three("Co-design workshop kit", "Kit para un taller de codiseño", "Pakket voor een ontwerpworkshop"),
		three("Open survey desk", "Mesa de encuestas abiertas", "Open enquêtebalie"),
		only("lv", "Piekļuves pārbaudes saraksts"),
	}
	sums := []domain.Text{
		three("A one-page template to find out who is concerned, who decides, and who is easily forgotten.", "Una plantilla de una página para saber a quién afecta, quién decide y a quién se suele olvidar.", "Een sjabloon van één pagina: wie heeft ermee te maken, wie beslist en wie wordt snel vergeten."),
		three("Agenda, roles and materials for a half-day workshop with up to thirty people.", "Agenda, funciones y materiales para un taller de media jornada con hasta treinta personas.", "Agenda, rollen en materiaal voor een workshop van een halve dag met maximaal dertig mensen."),
		only("en", "Asks people in their own language and shows the answers while they come in."),
		only("lv", "Saraksts, ar kuru pārbaudīt, vai pakalpojumu var lietot ikviens."),
	}
	var all []InterlinkerCard
	for i := range n {
		c := InterlinkerCard{Href: fmt.Sprintf("/interlinkers/sample-%d", i), Name: names[i%4], Summary: sums[i%4], Nature: allNat[(i+1)%4],
			Licence: []string{"CC-BY-4.0", "EUPL-1.2", "public_domain"}[i%3], Difficulty: []string{"easy", "medium", "very_easy"}[i%3],
			Languages: []domain.Lang{"en", "es", "lv"}[:1+i%3], Uses: i * 3}
		if i%2 == 1 {
			c.Rating, c.Ratings = 4.3, 12
		}
		switch i % 5 {
		case 3:
			c.Origin = riverbend
		case 4:
			c.Origin, c.Withdrawn = stranger, true
		}
		all = append(all, c)
	}
	return all
}

func phases(done ...int) []Phase {
	names := []domain.Text{
		three("Organise", "Organizar", "Organiseren"), three("Understand", "Comprender", "Begrijpen"),
		three("Design together", "Diseñar en común", "Samen ontwerpen"), three("Build and deliver", "Construir y prestar", "Bouwen en leveren"),
	}
	var all []Phase
	for i, d := range done {
		status := InProgress
		switch d {
		case 0:
			status = Awaiting
		case 6:
			status = Finished
		}
		all = append(all, Phase{Name: names[i%4], Href: fmt.Sprintf("/processes/safe_paths/guide/phase-%d", i), Status: status, Done: d, Tasks: 6})
	}
	return all
}

func card(kind, href string, title, summary domain.Text) Card {
	return Card{Kind: kind, Href: href, Title: title, Summary: summary, At: ago(5 * time.Hour)}
}

func processes(n int) []Card {
	var all []Card
	for i := range n {
		c := card("process", fmt.Sprintf("/processes/sample_%d", i),
			three("Safe paths to school", "Caminos escolares seguros", "Veilige schoolroutes"),
			three("Parents, the police and two schools plan walking routes that children can use alone.", "Familias, policía local y dos colegios planifican rutas a pie que los niños puedan hacer solos.", "Ouders, politie en twee scholen plannen looproutes die kinderen zelfstandig kunnen gebruiken."))
		c.Status, c.Phases, c.Actor = InProgress, phases(6, 3, 0, 0), &city
		if i%3 == 1 {
			c.Title, c.Summary, c.Origin, c.Status, c.Phases = only("es", "Huertos compartidos en solares vacíos"), only("es", "Vecinas y técnicos abren tres solares durante dos años."), riverbend, Finished, phases(6, 6, 6, 6)
		}
		if i%3 == 2 {
			c.Title, c.Summary, c.Status, c.Phases = only("de", longWord), nil, Awaiting, nil
		}
		all = append(all, c)
	}
	return all
}

func stories(n int) []Card {
	var all []Card
	for i := range n {
		c := card("story", fmt.Sprintf("/stories/sample-%d", i),
			three("One counter for moving house", "Una sola ventanilla para mudarse", "Eén loket voor verhuizers"),
			three("Six forms became one, and the queue at the town hall is gone.", "Seis formularios se convirtieron en uno y la cola del ayuntamiento ha desaparecido.", "Zes formulieren werden er één en de rij op het stadhuis is weg."))
		c.Facts = []Sentence{Say("count.tasks_n", 14)}
		if i%2 == 1 {
			c.Origin = riverbend
		} else {
			c.Actor = &city
		}
		all = append(all, c)
	}
	return all
}

func communities(n int) []Card {
	var all []Card
	for i := range n {
		c := card("community", fmt.Sprintf("/communities/sample_%d", i), three("Mill Quarter", "Barrio del Molino", "Molenwijk"),
			three("Neighbours who want quieter streets and more benches.", "Vecindario que quiere calles más tranquilas y más bancos.", "Buren die rustigere straten en meer bankjes willen."))
		c.At, c.Facts = time.Time{}, []Sentence{Say("count.followers_n", 1284*i)}
		if i == 1 {
			c.Action, c.Follow = "https://brightwater.example/communities/sample_1", Following
		}
		all = append(all, c)
	}
	return all
}

// tree makes phases × 2 objectives × tasks; with statuses for a process.
func tree(count, tasks int, status bool, selected string) []Item {
	var all []Item
	for p := range count {
		ph := Item{ID: fmt.Sprintf("p%d", p), Kind: "phase", Name: phases(0, 0, 0, 0)[p%4].Name, Tasks: 2 * tasks, Href: fmt.Sprintf("/processes/safe_paths/guide/p%d", p), Open: p == 1}
		for o := range 2 {
			ob := Item{ID: fmt.Sprintf("p%do%d", p, o), Kind: "objective", Tasks: tasks, Open: p == 1 && o == 0, Href: ph.Href + fmt.Sprintf("o%d", o),
				Name: []domain.Text{three("Know who is concerned", "Saber a quién afecta", "Weten wie het aangaat"), three("Agree how to work", "Acordar cómo trabajar", "Afspreken hoe u samenwerkt")}[o]}
			for k := range tasks {
				t := Item{ID: fmt.Sprintf("%st%d", ob.ID, k), Kind: "task", Href: ob.Href + fmt.Sprintf("t%d", k),
					Name: []domain.Text{three("Draw a map of everybody concerned", "Dibujar un mapa de las partes interesadas", "Een kaart tekenen van alle betrokkenen"), three("Invite them in a way they notice", "Invitar de forma que llegue", "Uitnodigen op een manier die opvalt"), only("lv", "Vienoties par darba valodu")}[k%3]}
				if status {
					t.Status = []string{Finished, InProgress, Awaiting}[(p+k)%3]
				} else {
					t.Notes = []Sentence{Say("count.recommended_n", k+1)}
				}
				t.Selected = t.ID == selected
				t.Disabled = k == 4
				ob.Children = append(ob.Children, t)
			}
			if status {
				ob.Status, ob.Done = InProgress, 1
			}
			ph.Children = append(ph.Children, ob)
		}
		if status {
			ph.Status, ph.Done = InProgress, 2
		}
		all = append(all, ph)
	}
	return all
}

func posts(n int) []Post {
	var all []Post
	for i := range n {
		p := Post{ID: fmt.Sprintf("s%d", i), Href: fmt.Sprintf("/posts/s%d", i), Author: ada, At: ago(time.Duration(i*i+1) * 50 * time.Minute), Replies: i,
			Content: markup("en", `<p>The second walk is on <strong>Thursday at four</strong>, from the old mill to the playground. Bring a pram if you have one: we count the kerbs.</p>`)}
		switch i % 4 {
		case 1:
			p.Author, p.Via, p.Original, p.Likes, p.Shares = milo, &hood, "https://riverbend.example/posts/9", 3, 1
			p.Content = markup("es", `<p>En nuestro barrio contamos <a href="https://riverbend.example">43 bordillos</a>. Os pasamos la plantilla.</p>`)
			p.Edited = ago(time.Hour)
		case 2:
			c := stories(1)[0]
			p.Author, p.Title, p.Card, p.Pinned = city, only("en", "A story to read"), &c, true
		case 3:
			p.Author, p.InReplyTo = far, &Link{"/posts/s1", only("es", "Milo")}
			if i > 4 {
				p.InReplyTo, p.InReplyToDeleted = nil, true
			}
			p.Content = markup("und", "<p>"+longWord+"</p>")
		}
		all = append(all, p)
	}
	return all
}

func members(n int) []Member {
	all := []Member{
		{Actor: ada, Role: "administrator", Since: ago(90 * day)},
		{Actor: milo, Role: "member", Since: ago(2 * day), Remove: "/organizations/city/members/remove"},
		{Actor: far, Role: "member", State: "requested", Since: ago(day), Accept: "/organizations/city/members/accept", Remove: "/organizations/city/members/remove"},
	}
	return all[:n]
}

func langs() []Option {
	return []Option{{Value: "en", Text: only("en", "English"), Selected: true}, {Value: "es", Text: only("es", "español")},
		{Value: "it", Text: only("it", "italiano")}, {Value: "lv", Text: only("lv", "latviešu")}, {Value: "nl", Text: only("nl", "Nederlands")}}
}

func roles() []Option {
	return []Option{{Value: "member", Key: "role.member"}, {Value: "administrator", Key: "role.administrator"}}
}

func orgs() []Option {
	return []Option{{Value: "city", Text: only("en", "City of Brightwater")}, {Value: "parents", Text: only("en", "Parents of the Mill School")}}
}

// refused is a form with faults in the named fields.
func refused(typed url.Values, fields ...string) Form {
	var p domain.Problems
	for _, f := range fields {
		p.Add(f, "error.language", "xx")
	}
	return Failed(typed, p.Err())
}

var errAway = domain.Fail(domain.Unavailable, "error.unavailable").Because(errors.New("dial tcp: secret detail"))

func problems(n int) []ProblemCard {
	var all []ProblemCard
	for i := range n {
		all = append(all, ProblemCard{Code: fmt.Sprintf("UND_PROBLEM_%d", i+1), Href: fmt.Sprintf("/problems/UND_PROBLEM_%d", i+1),
			Name:    three("Find out who is concerned", "Saber a quién afecta", "Nagaan wie het aangaat"),
			Summary: three("Nobody knows all the people whom the service touches.", "Nadie conoce a todas las personas a las que afecta el servicio.", "Niemand kent alle mensen die met de dienst te maken hebben."), Interlinkers: 3, Tasks: i, Stories: i % 2})
	}
	return all
}

func processHead(tab string, may bool) ProcessHead {
	return ProcessHead{Href: "/processes/safe_paths", Title: three("Safe paths to school", "Caminos escolares seguros", "Veilige schoolroutes"), Handle: "@safe_paths@brightwater.example",
		Status: InProgress, Visibility: domain.VisiblePublic, Organization: &city, Tab: tab, MayEdit: may, Inside: true, MayWork: may, MayPublish: may, MayClone: may, MayFollow: may,
		Address: "https://brightwater.example/processes/safe_paths", Clones: 3, Waiting: 1}
}

func remoteHead(tab string) ProcessHead {
	h := processHead(tab, false)
	h.Title, h.Origin, h.Organization, h.MayClone, h.MayFollow = only("lv", "Droši ceļi uz skolu"), riverbend, nil, true, true
	return h
}

func entries() []Entry {
	return []Entry{
		{At: ago(20 * time.Minute), Actor: ada, Sentence: Say("page.guide.made_with", Link{"/interlinkers/sample-0", three("Stakeholder map", "Mapa de actores", "Kaart van betrokkenen")}), Href: "/processes/safe_paths/guide/p1o0t0"},
		{At: ago(26 * time.Hour), Actor: milo, Sentence: Say("ui.via", milo)},
		{At: ago(40 * day), Actor: city, Sentence: Say("page.process.from_schema", Link{"/schemas/public-service", only("lv", "Publisks pakalpojums")})},
	}
}

func needs() []Need {
	return []Need{
		{Sentence: Say("page.publish.title_of", only("en", "Invite them in a way they notice")), Href: "/processes/safe_paths/guide/p1o0t1", At: noon.Add(3 * day), Due: true, Icon: "task"},
		{Sentence: Say("page.clones.accept"), Href: "/processes/safe_paths/clones", At: ago(2 * day), Icon: "clone"},
		{Sentence: Say("page.guide.save_status"), Href: "/processes/safe_paths/guide/p1o0t2", At: ago(day), Due: true, Late: true, Icon: "task"},
	}
}

func sampleStory() StoryPage {
	return StoryPage{Title: stories(1)[0].Title, Href: "/stories/one-counter", Summary: stories(1)[0].Summary, Author: city, Community: &hood,
		Process: &Link{"/processes/one_counter", only("en", "One counter")}, Published: ago(10 * day), Updated: ago(2 * day), Licence: "CC-BY-4.0", Languages: []domain.Lang{"en", "es"},
		Places:    []string{"Brightwater", "Lower Brightwater"},
		Challenge: markup("en", "<p>Whoever moved house had to tell six offices, on paper, within eight days. One in five letters came back.</p>"),
		Done:      markup("en", "<p>We sat down with people who had just moved and with the staff of all six offices.</p><ol><li>Everybody told their last move.</li><li>We drew the steps on a wall.</li><li>We crossed out what nobody could explain.</li></ol>"),
		Results:   markup("en", "<p>One form, one visit, eleven minutes.</p>"), Lessons: markup("en", "<ul><li>Begin with the people at the counter.</li><li>Try it on paper first.</li></ul>"),
		Figures: []Figure{{"6 → 1", three("forms", "formularios", "formulieren")}, {"11 min", three("for a visit", "por visita", "per bezoek")}, {"2,300", three("people a year", "personas al año", "mensen per jaar")}},
		Tree:    tree(2, 3, true, ""), Tasks: 12, Interlinkers: interlinkers(2), Problems: problems(2), Clone: "/clone?address=https%3A%2F%2Fbrightwater.example%2Fstories%2Fone-counter", Address: "https://brightwater.example/stories/one-counter"}
}

func nowIsNoon() time.Time { return noon }

// withTheme returns a copy of a page with another theme.
func withTheme(p Page, theme Theme) Page {
	dup := reflect.New(reflect.TypeOf(p)).Elem()
	dup.Set(reflect.ValueOf(p))
	dup.FieldByName("Theme").SetString(string(theme))
	return dup.Interface().(Page)
}

// pruning is a tree of which everything is kept but what is put aside.
func pruning(items []Item) Pruning {
	var below func(items []Item, above string) []Branch
	below = func(items []Item, above string) []Branch {
		var out []Branch
		for _, it := range items {
			b := Branch{Mark: it.ID, Above: above, Kind: it.Kind, Name: it.Name, Status: it.Status, Keep: !it.Disabled, Tasks: it.Tasks, Kept: it.Tasks, Parts: below(it.Children, it.ID)}
			out = append(out, b)
		}
		return out
	}
	return Pruning{Branches: below(items, "")}
}

// folded is a large tree: one phase is open, another is left out, a third is
// closed and kept in part.
func folded() Pruning {
	p := pruning(tree(3, 3, true, ""))
	p.At = "p1"
	for i, at := range []int{0, 2} {
		b := &p.Branches[at]
		b.Parts, b.Folded, b.Keep = nil, true, i == 0
	}
	p.Branches[0].Left, p.Branches[0].Kept = []string{"p0o1"}, 3
	p.Branches[1].Parts[0].Kept, p.Branches[1].Parts[0].Parts[1].Keep = 2, false
	return p
}
