package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/policy"
	"interlink/domain/story"
	"interlink/web/transfer"
	"interlink/web/view"
)

func (p *Portal) storyRoutes() []route {
	return []route{
		{http.MethodGet, "/stories", resolves(p.stories)},
		{http.MethodGet, "/stories/{slug}", p.story},
		{http.MethodGet, "/stories/{slug}/files/{hash}", p.storyFile},
		{http.MethodGet, "/stories/{slug}/retract", p.askRetract},
		{http.MethodPost, "/stories/{slug}/retract", p.retract},
	}
}

// storyNamed reads the story of the path, "slug" or "slug@host".
func (p *Portal) storyNamed(q *request) (*story.Story, error) {
	slug, host, _ := strings.Cut(q.PathValue("slug"), "@")
	return p.Stories.Story(q.Context(), q.viewer, slug, host)
}

func (p *Portal) story(q *request) error {
	s, err := p.storyNamed(q)
	if err != nil {
		return err
	}
	page, err := p.storyPage(q, s, q.URL.Query().Get("part"), q.URL.Path)
	if err != nil {
		return err
	}
	page.Frame = q.about(s.IRI)
	if s.Status == story.Published {
		if page.Opinions, err = p.opinionsOf(q, p.storyReviewed(q, s)); err != nil {
			return err
		}
		if page.Verification, err = p.verification(q, s); err != nil {
			return err
		}
	}
	return q.show(page)
}

// showsProblems names the problem profiles of a story, and has the codes of
// those of which this node has nothing.
func (p *Portal) showsProblems(q *request, page *view.StoryPage, codes []string) error {
	cards, err := p.problemCards(q, codes)
	for _, card := range cards {
		if card.Href == "" {
			page.Unknown = append(page.Unknown, card.Code)
		} else {
			page.Problems = append(page.Problems, card)
		}
	}
	return err
}

// storyPage shows a story; of a large tree that which the mark part names.
// What is closed leads to itself at the address at.
func (p *Portal) storyPage(q *request, s *story.Story, part, at string) (view.StoryPage, error) {
	page := view.StoryPage{
		Frame: q.frame(), Title: s.Title, Href: storyHref(s), Summary: s.Summary, Author: p.actor(q, s.Owner), Community: p.actorRef(q, s.Community),
		Origin: p.origin(s.Host, s.IRI), Published: s.PublishedAt, Updated: s.UpdatedAt, Licence: s.Licence, Languages: s.Languages,
		Challenge: rich(q, s.Challenge), Done: rich(q, s.Objectives), Results: rich(q, s.Results), Lessons: rich(q, s.Lessons),
	}
	p.tellMore(q, &page, s)
	if s.Snapshot != nil {
		page.Tree = partOf(sourceTree(s.Snapshot.Process.Items), part, at)
	}
	for _, f := range s.Figures {
		unit, _ := f.Unit.In(q.lang)
		page.Figures = append(page.Figures, view.Figure{Value: strings.TrimSpace(f.Value + " " + unit), Label: f.Name})
	}
	for _, code := range s.Countries {
		page.Places = append(page.Places, country(q.lang, code))
	}
	if err := p.showsProblems(q, &page, s.Problems); err != nil {
		return page, err
	}
	if err := p.showsSnapshot(q, &page, s); err != nil {
		return page, err
	}
	switch {
	case s.ProcessIRI == "":
	case p.Namespace.Owns(s.ProcessIRI):
		page.Process = &view.Link{Href: p.path(s.ProcessIRI), Text: p.processTitle(q, s)}
	default:
		page.Process = &view.Link{Href: string(s.ProcessIRI), Text: p.processTitle(q, s)}
	}
	if policy.Allow(q.viewer, policy.Publish, s) == nil {
		page.Withdrawn = s.Status == story.Withdrawn
		if !page.Withdrawn {
			page.Retract, page.Partners = page.Href+"/retract", page.Href+"/partners"
		}
		if x, err := p.Coproduction.ProcessByID(q.Context(), q.viewer, s.Process); err == nil && policy.Allow(q.viewer, policy.Publish, x) == nil {
			page.Revise = p.path(x.IRI) + "/publish?story=" + url.QueryEscape(s.Slug)
		}
	}
	return page, nil
}

// showsSnapshot adds what a story shows of its process: what was made in it, and
// with which Interlinkers.
func (p *Portal) showsSnapshot(q *request, page *view.StoryPage, s *story.Story) error {
	if s.Snapshot == nil {
		return nil
	}
	page.Address, page.Tasks = string(s.IRI), tasksOf(s.Snapshot)
	if q.viewer.Local() {
		page.Clone = "/clone?address=" + url.QueryEscape(string(s.IRI))
	}
	var taken []domain.IRI
	for _, r := range s.Snapshot.Resources {
		page.Resources = append(page.Resources, p.madeIn(q, s, r))
		if !slices.Contains(taken, r.Interlinker) {
			taken = append(taken, r.Interlinker)
		}
	}
	known, err := p.Entries.EntriesByIRI(q.Context(), q.viewer, taken)
	for _, iri := range taken {
		if e := known[iri]; e != nil {
			page.Interlinkers = append(page.Interlinkers, p.interlinkerCard(e))
		}
	}
	return err
}

// madeIn shows a resource of a story.
func (p *Portal) madeIn(q *request, s *story.Story, r story.Resource) view.Made {
	made := view.Made{Title: view.Plain(r.Language, r.Name), Licence: r.Licence, Attribution: r.Attribution}
	switch {
	case r.File != nil:
		made.Href, made.File = string(r.URL), fileFacts(r.File.Stored(), string(r.URL))
		switch {
		case p.Namespace.Owns(r.URL):
			made.Href = p.path(r.URL)
		case !s.Brought.IsZero():
			made.Href = storyHref(s) + "/files/" + r.File.SHA256
		}
	case r.Kind == coproduction.Link:
		made.Href = string(r.URL)
	default:
		made.Text = rich(q, view.Plain(r.Language, r.Body))
	}
	return made
}

func (p *Portal) processTitle(_ *request, s *story.Story) domain.Text {
	if s.Snapshot != nil && !s.Snapshot.Process.Title.Empty() {
		return s.Snapshot.Process.Title
	}
	return s.Title
}

func tasksOf(s *story.Snapshot) int {
	n := 0
	for _, it := range s.Process.Items {
		if it.Kind == coproduction.Task {
			n++
		}
	}
	return n
}

// country is the name of a country in the reader's language.
func country(lang domain.Lang, code string) string {
	region, err := language.ParseRegion(code)
	if err != nil {
		return code
	}
	tag, err := language.Parse(string(lang))
	if err != nil {
		tag = language.English
	}
	base, _ := tag.Base()
	if name := renamed[code][base.String()]; name != "" {
		return name
	}
	if name := display.Regions(tag).Name(region); name != "" {
		return name
	}
	return code
}

// renamed are the names of countries that have others than the tables of
// x/text say, by code and language.
var renamed = map[string]map[string]string{
	"MK": {"en": "North Macedonia", "es": "Macedonia del Norte", "it": "Macedonia del Nord", "lv": "Ziemeļmaķedonija", "nl": "Noord-Macedonië"},
	"TR": {"en": "Türkiye"},
}

// storyFile hands out a file that a story shows which is of this node, or was
// brought to it.
func (p *Portal) storyFile(q *request) error {
	s, err := p.storyNamed(q)
	if err != nil {
		return err
	}
	shown, err := p.Stories.File(q.Context(), s, q.PathValue("hash"))
	if err != nil {
		return err
	}
	f, err := p.Coproduction.OpenStored(q.Context(), shown.Stored(), s.Snapshot.TakenAt)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	transfer.File(q.w, q.Request, f)
	return nil
}

func (p *Portal) askRetract(q *request) error {
	s, err := p.storyNamed(q)
	if err != nil {
		return err
	}
	if err := policy.Allow(q.viewer, policy.Edit, s); err != nil {
		return err
	}
	return q.show(view.ConfirmPage{
		Frame: q.frame(), Title: view.Say("form.retract"), Does: view.Say("form.retract_again"), Lost: []view.Sentence{view.Say("form.retract_lost"), view.Say("form.retract_stays")},
		Action: storyHref(s) + "/retract", Submit: view.Say("form.retract"), Cancel: storyHref(s),
	})
}

func (p *Portal) retract(q *request) error {
	if _, err := p.Stories.Withdraw(q.Context(), q.viewer, q.PathValue("slug")); err != nil {
		return err
	}
	return q.done("/stories", view.Say("notice.retracted"))
}
