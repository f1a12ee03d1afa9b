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
	}
}

func (p *Portal) publish(q *request) error {
	x, t, head, err := p.headed(q, "publish")
	if err != nil {
		return err
	}
	if err := policy.Allow(q.viewer, policy.Publish, x); err != nil {
		return err
	}
	page, err := p.publishPage(q, x, t, head, view.Form{}, finishedWith(t))
	if err != nil {
		return err
	}
	return q.show(page)
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

func (p *Portal) publishPage(q *request, x *coproduction.Process, t *coproduction.Tree, head view.ProcessHead, f view.Form, keep map[string]bool) (view.PublishPage, error) {
	page := view.PublishPage{
		Frame: q.frame(), ProcessHead: head, Form: f, Tree: p.tree(x, t, ""), Keep: keep, Langs: p.writingLangs(q, x.Language), Tasks: x.Tasks,
	}
	for _, it := range t.Items() {
		if it.Kind == coproduction.Task && keep[string(it.ID)] {
			page.Kept++
		}
	}
	for i, l := range licences {
		page.Licences = append(page.Licences, view.Option{Value: l, Text: view.Plain(domain.Undetermined, l), Selected: i == 0})
	}
	page.Communities = []view.Option{{Value: "", Key: "ui.none"}}
	list, err := p.Communities.Communities(q.Context(), q.viewer, "", domain.Page{Limit: domain.MaxPage})
	if err != nil {
		return page, err
	}
	for _, c := range list.Items {
		if full, err := p.Communities.CommunityByID(q.Context(), q.viewer, c.ID); err == nil && policy.Allow(q.viewer, policy.Contribute, full) == nil {
			page.Communities = append(page.Communities, view.Option{Value: c.Name, Text: c.Title, Selected: c.ID == x.Community})
		}
	}
	return page, nil
}

// telling reads the form.
func (q *request) telling() story.Telling {
	return story.Telling{
		Title: q.text("title"), Summary: q.text("summary"), Challenge: q.text("challenge"), Objectives: q.text("done"),
		Results: q.text("results"), Lessons: q.text("lessons"), Licence: q.typed.Get("licence"),
	}
}

func (p *Portal) doPublish(q *request) error {
	x, t, head, err := p.headed(q, "publish")
	if err != nil {
		return err
	}
	if err := policy.Allow(q.viewer, policy.Publish, x); err != nil {
		return err
	}
	keep, ids := map[string]bool{}, []domain.ID{}
	for _, id := range q.typed["keep"] {
		keep[id] = true
		ids = append(ids, domain.ID(id))
	}
	again := func(f view.Form) (view.Page, error) { return p.publishPage(q, x, t, head, f, keep) }
	in := story.Input{Process: x.Name, Owner: x.Organization, Keep: ids, Telling: q.telling()}
	if in.Community, err = p.communityTyped(q); err != nil {
		return q.refused(err, again)
	}
	if x.Organization == domain.Nobody {
		return q.refused(domain.Fail(domain.Invalid, "story.no_organization"), again)
	}
	if q.typed.Get("step") != "publish" {
		return p.previewStory(q, x, t, head, in, keep)
	}
	told, err := p.publishUnder(q, in)
	if err != nil {
		return q.refused(renamed(err, map[string]string{"objectives": "done", "slug": "title"}), again)
	}
	return q.done(storyHref(told), view.Say("notice.story_published"))
}

// previewStory shows the story as it would be.
func (p *Portal) previewStory(q *request, x *coproduction.Process, t *coproduction.Tree, head view.ProcessHead, in story.Input, keep map[string]bool) error {
	page, err := p.publishPage(q, x, t, head, view.Form{Values: q.typed}, keep)
	if err != nil {
		return err
	}
	preview, err := p.Stories.Preview(q.Context(), q.viewer, x.Name, in.Keep)
	if err != nil {
		return err
	}
	shown, err := p.storyPage(q, &story.Story{
		Owner: in.Owner, Community: in.Community, ProcessIRI: x.IRI, Telling: in.Telling, Snapshot: preview.Snapshot, Status: story.Withdrawn,
	})
	if err != nil {
		return err
	}
	shown.Clone, shown.Address, shown.Href = "", "", ""
	page.Preview, page.Kept = &shown, shown.Tasks
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
