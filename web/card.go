package web

import (
	"html/template"
	"strings"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/community"
	"interlink/domain/coproduction"
	"interlink/domain/markup"
	"interlink/domain/organization"
	"interlink/domain/story"
	"interlink/web/view"
)

// briefly is how many letters of a description a card shows.
const briefly = 240

// brief makes plain excerpts of a Markdown text.
func brief(t domain.Text) domain.Text {
	out := make(domain.Text, len(t))
	for lang, source := range t {
		out[lang] = markup.Excerpt(markup.Markdown(source), briefly)
	}
	return out
}

// short is what lists say of an entry: its few words, where it has some.
func short(x *catalogue.Entry) domain.Text {
	if x.Interlinker != nil && !x.Interlinker.Overview.Empty() {
		return brief(x.Interlinker.Overview)
	}
	return brief(x.Summary)
}

// emphasis is what an excerpt may lose.
var emphasis = strings.NewReplacer("<em>", "", "</em>", "", "<strong>", "", "</strong>", "")

// oneParagraph reports whether a text is no more than what [brief] makes of it.
func oneParagraph(r view.Rich) bool {
	html := strings.TrimSpace(string(r.HTML))
	inside, ok := strings.CutPrefix(html, "<p>")
	inside, closed := strings.CutSuffix(inside, "</p>")
	return ok && closed && len(inside) <= briefly && !strings.Contains(emphasis.Replace(inside), "<")
}

// words is a text in the reader's language, or the nearest.
func words(q *request, t domain.Text) string {
	s, _ := t.In(q.lang)
	return s
}

// rich shows a Markdown text in the reader's language, or the nearest.
func rich(q *request, t domain.Text) view.Rich {
	source, lang := t.In(q.lang)
	return view.Rich{HTML: template.HTML(markup.Markdown(source)), Lang: lang} //nolint:gosec // made safe by markup
}

// safe shows HTML that package markup made safe when it was stored.
func safe(html string, lang domain.Lang) view.Rich {
	return view.Rich{HTML: template.HTML(html), Lang: lang} //nolint:gosec // as said
}

func (p *Portal) processCard(q *request, x *coproduction.Process) view.Card {
	c := view.Card{
		Kind: "process", Href: p.path(x.IRI), Title: x.Title, Summary: brief(x.Summary), Actor: p.actorRef(q, x.Organization),
		Status: string(x.Status), At: x.UpdatedAt,
		Facts: []view.Sentence{view.Say("card.tasks_done", x.Finished, x.Tasks)},
	}
	if x.ClonedFrom != nil {
		c.Facts = append(c.Facts, view.Say("card.cloned_from", x.ClonedFrom.Host))
	}
	return c
}

func (p *Portal) storyCard(q *request, x *story.Story) view.Card {
	return view.Card{
		Kind: "story", Href: storyHref(x), Title: x.Title, Summary: x.Summary, Actor: p.actorRef(q, x.Owner),
		Origin: p.origin(x.Host, x.IRI), At: x.PublishedAt, Withdrawn: x.Status == story.Withdrawn,
	}
}

// storyCards are the cards of a list; who tells them is looked up at once.
func (p *Portal) storyCards(q *request, list []*story.Story) ([]view.Card, error) {
	var owners []domain.ActorID
	for _, x := range list {
		owners = append(owners, x.Owner)
	}
	if len(owners) == 0 {
		return nil, nil
	}
	if err := q.meet(owners); err != nil {
		return nil, err
	}
	cards := make([]view.Card, len(list))
	for i, x := range list {
		cards[i] = p.storyCard(q, x)
	}
	return cards, nil
}

// storyHref is a story's page on this node.
func storyHref(x *story.Story) string {
	href := "/stories/" + x.Slug
	if x.Host != "" {
		href += "@" + x.Host
	}
	return href
}

func (p *Portal) communityCard(_ *request, x *community.Community) view.Card {
	return view.Card{
		Kind: "community", Href: p.path(x.IRI), Title: x.Title, Summary: brief(x.Summary),
		Facts: []view.Sentence{view.Say("count.followers_n", x.Followers)},
	}
}

func (p *Portal) organizationCard(_ *request, x *organization.Organization) view.Card {
	return view.Card{
		Kind: "organization", Href: p.path(x.IRI), Title: x.Title, Summary: brief(x.Summary),
		Facts: []view.Sentence{view.Say("kind." + string(x.Kind))},
	}
}

func (p *Portal) teamCard(_ *request, x *organization.Team) view.Card {
	return view.Card{
		Kind: "team", Href: p.path(x.IRI), Title: x.Title, Summary: brief(x.Summary),
		Facts: []view.Sentence{view.Say("count.members_n", len(x.Members))},
	}
}

func (p *Portal) schemaCard(q *request, x *catalogue.Entry) view.Card {
	return view.Card{
		Kind: "schema", Href: x.Address(), Title: x.Name, Summary: brief(x.Summary), Actor: p.actorRef(q, x.Owner),
		Origin: p.origin(x.Host, x.IRI), At: x.UpdatedAt, Withdrawn: x.Status == catalogue.Withdrawn, Deprecated: x.Status == catalogue.Deprecated,
	}
}

// natures are the words of pages for the natures of INTERLINK's data.
var natures = map[catalogue.Nature]view.Nature{
	catalogue.NatureSoftware: view.Software, catalogue.NatureKnowledge: view.Knowledge,
	catalogue.NatureExternalSoftware: view.ExternalSoftware, catalogue.NatureExternalKnowledge: view.ExternalKnowledge,
}

func (p *Portal) interlinkerCard(x *catalogue.Entry) view.InterlinkerCard {
	c := view.InterlinkerCard{
		Href: x.Address(), Name: x.Name, Summary: short(x), Languages: x.Languages(),
		Origin: p.origin(x.Host, x.IRI), Uses: x.Uses, Withdrawn: x.Status == catalogue.Withdrawn, Warned: x.Flagged(),
		Rating: x.Ratings.Mean(), Ratings: x.Ratings.Count(),
	}
	if x.Status == catalogue.Draft || x.Status == catalogue.Deprecated {
		c.Status = string(x.Status)
	}
	if i := x.Interlinker; i != nil {
		c.Nature, c.Difficulty, c.Licence = natures[i.Nature], i.Difficulty, i.SPDX
		if c.Licence == "" {
			c.Licence = i.Licence
		}
	}
	return c
}
