package web

import (
	"fmt"
	"net/http"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/coproduction"
	"interlink/domain/policy"
	"interlink/domain/story"
	"interlink/web/view"
)

func (p *Portal) publishRoutes() []route {
	return []route{
		{http.MethodGet, "/processes/{name}/publish", p.publish},
		{http.MethodPost, "/processes/{name}/publish", p.doPublish},
		{http.MethodPost, "/processes/{name}/publish/discard", p.discardStory},
		{http.MethodGet, "/processes/{name}/publish/import", p.askOriginal},
		{http.MethodPost, "/processes/{name}/publish/import", p.readOriginal},
	}
}

// publish shows the form of a new story, or, with ?story=slug, that of one
// that is told already.
func (p *Portal) publish(q *request) error {
	d, err := p.publishing(q, q.URL.Query().Get("story"), q.URL.Query().Get("draft"))
	if err != nil {
		return err
	}
	d.keep = finishedWith(d.tree)
	f := view.Form{}
	if d.story != nil {
		d.keep, f.Values = shownIn(d.story), toldIn(q, d.story.Telling)
	}
	if d.draft != nil {
		f.Values = toldIn(q, d.draft.Telling)
		if d.draft.Keep != nil {
			d.keep = map[string]bool{}
			for _, id := range d.draft.Keep {
				d.keep[string(id)] = true
			}
		}
	}
	page, err := p.publishPage(q, d, f)
	if err != nil {
		return err
	}
	return q.show(page)
}

// publishing is what a form that publishes is about.
type publishing struct {
	process *coproduction.Process
	items   []view.Item // its tree
	tree    *coproduction.Tree
	head    view.ProcessHead
	story   *story.Story    // that is told again; nil for a new one
	draft   *story.Draft    // that is open; nil for none
	keep    map[string]bool // ids of items
	open    string          // mark of the item that is open in a large tree
}

func (p *Portal) publishing(q *request, slug, draft string) (publishing, error) {
	x, t, head, err := p.headed(q, "publish")
	if err != nil {
		return publishing{}, err
	}
	if err := policy.Allow(q.viewer, policy.Publish, x); err != nil {
		return publishing{}, err
	}
	d := publishing{process: x, items: p.branch(x, t, "", "", nil), tree: t, head: head}
	if draft != "" {
		if d.draft, err = p.Stories.Draft(q.Context(), q.viewer, x.Name, domain.ID(draft)); err != nil {
			return d, err
		}
	}
	switch {
	case slug != "":
		d.story, err = p.Stories.Story(q.Context(), q.viewer, slug, "")
	case d.draft != nil && d.draft.Story != "":
		d.story, err = p.Stories.StoryByID(q.Context(), q.viewer, d.draft.Story)
	default:
		return d, nil
	}
	if err != nil {
		return d, err
	}
	if d.story.Process != x.ID {
		return d, domain.Fail(domain.NotFound, "error.not_found")
	}
	return d, policy.Allow(q.viewer, policy.Publish, d.story)
}

// shownIn are the items of its process that a story shows.
func shownIn(s *story.Story) map[string]bool {
	keep := map[string]bool{}
	if s.Snapshot != nil {
		for _, it := range s.Snapshot.Process.Items {
			keep[it.ID[strings.LastIndexByte(it.ID, '/')+1:]] = true
		}
	}
	return keep
}

// finishedWith proposes what a story shows: what is finished, with all above
// it; everything while nothing is.
func finishedWith(t *coproduction.Tree) map[string]bool {
	keep := map[string]bool{}
	for _, it := range t.Items() {
		if _, done := t.Progress(it.ID); t.Enabled(it.ID) && (done > 0 || it.Kind == coproduction.Task && it.Status == coproduction.Finished) {
			keep[string(it.ID)] = true
		}
	}
	if len(keep) > 0 {
		return keep
	}
	for _, it := range t.Items() {
		keep[string(it.ID)] = t.Enabled(it.ID)
	}
	return keep
}

// licences that a story may be under.
var licences = []string{"CC-BY-4.0", "CC-BY-SA-4.0", "CC0-1.0"}

func (p *Portal) publishPage(q *request, d publishing, f view.Form) (view.PublishPage, error) {
	page := view.PublishPage{
		Frame: q.frame(), ProcessHead: d.head, Form: f, Tree: pruning(d.items, d.keep, d.open), Kept: keptBelow(d.items, d.keep),
		Langs: p.writingLangs(q, d.process.Language), Tasks: d.process.Tasks,
	}
	for i, l := range licences {
		page.Licences = append(page.Licences, view.Option{Value: l, Text: view.Plain(domain.Undetermined, l), Selected: i == 0})
	}
	mine, err := p.Organizations.Mine(q.Context(), q.viewer, domain.Page{Limit: domain.MaxPage})
	if err != nil {
		return page, err
	}
	for _, o := range mine.Items {
		if policy.Allow(q.viewer, policy.Publish, o) == nil {
			page.Tellers = append(page.Tellers, view.Option{Value: o.Name, Text: o.Title, Selected: o.ID == d.teller()})
		}
	}
	told := d.process.Community
	if d.story != nil {
		page.Story, page.Revision, told = d.story.Slug, revisionOf(d.story.Revision), d.story.Community
	}
	if d.draft != nil && d.draft.Community != domain.Nobody {
		told = d.draft.Community
	}
	if page.Communities, err = p.ownCommunities(q, told); err != nil {
		return page, err
	}
	return page, p.draftsOf(q, d, &page)
}

// telling reads the form; the other languages of the story that is told again
// stay.
func (q *request) telling(t story.Telling) story.Telling {
	lang := q.typedLang()
	for field, text := range map[string]*domain.Text{
		"title": &t.Title, "summary": &t.Summary, "challenge": &t.Challenge, "done": &t.Objectives, "results": &t.Results, "lessons": &t.Lessons, "incentives": &t.Incentives, "terms": &t.Terms,
	} {
		if _, asked := q.typed[field]; asked {
			*text = with(*text, lang, q.typed.Get(field))
		}
	}
	t.Licence = q.typed.Get("licence")
	q.facts(&t, lang)
	return t
}

func (p *Portal) doPublish(q *request) error {
	d, err := p.publishing(q, q.typed.Get("story"), q.typed.Get("draft"))
	if err != nil {
		return err
	}
	var looking bool
	d.open, looking = asked(q.typed)
	d.keep = chosen(d.items, q.typed)
	in := story.Input{Process: d.process.Name, Keep: []domain.ID{}, Telling: q.telling(d.before())}
	if d.draft != nil {
		in.Draft = d.draft.ID
	}
	for id := range d.keep {
		in.Keep = append(in.Keep, domain.ID(id))
	}
	again := func(f view.Form) (view.Page, error) { return p.publishPage(q, d, f) }
	if looking {
		page, err := again(view.Form{Values: q.typed})
		if err != nil {
			return err
		}
		return q.show(page)
	}
	drafting := q.typed.Get("step") == "draft"
	if d.story != nil {
		in.Owner = d.story.Owner
	} else if in.Owner, err = p.organizationID(q); err == nil && in.Owner == domain.Nobody && !drafting {
		err = domain.InvalidField("organization", "story.no_organization")
	}
	if err == nil {
		in.Community, err = p.communityTyped(q)
	}
	if err != nil {
		return q.refused(err, again)
	}
	if drafting {
		return p.keepDraft(q, d, in, again)
	}
	if q.typed.Get("step") != "publish" {
		return p.previewStory(q, d, in, again)
	}
	var told *story.Story
	notice := "notice.story_published"
	if d.story != nil {
		notice = "notice.story_revised"
		told, err = p.Stories.Revise(q.Context(), q.viewer, d.story.Slug, q.revision(), in)
	} else {
		told, err = p.publishUnder(q, in)
	}
	if err != nil {
		return q.refused(domain.Renamed(err, storyNames), again)
	}
	return q.done(storyHref(told), view.Say(notice))
}

// shown is the mark that the item which is open has in the story.
func (d publishing) shown() string {
	for _, it := range d.tree.Items() {
		if d.open != "" && mark(string(it.ID)) == d.open {
			return mark(string(d.process.ItemIRI(it.ID)))
		}
	}
	return ""
}

// storyNames are the names of the domain's fields in the form of stories.
var storyNames = map[string]string{"objectives": "done", "slug": "title"}

// previewStory shows the story as it would be, or, by again, what it lacks.
func (p *Portal) previewStory(q *request, d publishing, in story.Input, again func(view.Form) (view.Page, error)) error {
	preview, err := p.Stories.Preview(q.Context(), q.viewer, d.process.Name, in.Keep)
	if err != nil {
		return err
	}
	if err := in.Telling.Check(); err != nil || len(preview.Snapshot.Process.Items) == 0 {
		if err == nil {
			err = domain.InvalidField("keep", "story.nothing_kept")
		}
		return q.refused(domain.Renamed(err, storyNames), again)
	}
	page, err := p.publishPage(q, d, view.Form{Values: q.typed})
	if err != nil {
		return err
	}
	shown, err := p.storyPage(q, &story.Story{
		Owner: in.Owner, Community: in.Community, ProcessIRI: d.process.IRI, Telling: in.Telling, Snapshot: preview.Snapshot, Status: story.Withdrawn,
	}, d.shown(), "")
	if err != nil {
		return err
	}
	shown.Clone, shown.Address, shown.Href, shown.Revise = "", "", "", ""
	page.Card = &view.FediverseCard{By: shown.Author, Title: in.Telling.Title, Summary: in.Telling.Summary, Address: p.Namespace.Base() + "/stories/…", Tags: shown.Keywords}
	if d.story != nil {
		page.Card.Address = string(d.story.IRI)
	}
	page.Preview, page.Kept, page.Redacted, page.Linked = &shown, shown.Tasks, preview.Redacted, preview.Linked
	return q.show(page)
}

func (p *Portal) communityTyped(q *request) (domain.ActorID, error) {
	name := q.typed.Get("community")
	if name == "" {
		return domain.Nobody, nil
	}
	var c *community.Community
	c, err := p.Communities.Community(q.Context(), q.viewer, name)
	if domain.CodeOf(err) == domain.NotFound {
		return domain.Nobody, domain.InvalidField("community", "error.unknown_name")
	}
	if err != nil {
		return domain.Nobody, err
	}
	return c.ID, nil
}

// addressTries is how many addresses are tried for a story.
const addressTries = 20

// publishUnder publishes at the first free address made of the title.
func (p *Portal) publishUnder(q *request, in story.Input) (*story.Story, error) {
	title, _ := in.Telling.Title.In(q.lang)
	base := slugOf(title)
	for i := 1; ; i++ {
		in.Slug = base
		if i > 1 {
			in.Slug = fmt.Sprintf("%s-%d", base, i)
		}
		told, err := p.Stories.Publish(q.Context(), q.viewer, in)
		if domain.CodeOf(err) != domain.Conflict || i == addressTries {
			return told, err
		}
	}
}

// slugOf makes part of an address of a title: its letters without accents,
// and hyphens.
func slugOf(title string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(title)) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case unicode.Is(unicode.Mn, r):
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() >= 60 {
			break
		}
	}
	if s := strings.Trim(b.String(), "-"); s != "" {
		return s
	}
	return "story"
}
