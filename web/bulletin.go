package web

import (
	"net/http"
	"net/url"
	"slices"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/community"
	"interlink/domain/network"
	"interlink/web/view"
)

func (p *Portal) bulletinRoutes() []route {
	return []route{{http.MethodGet, "/catalogue/bulletins/{id}", p.bulletinPage}}
}

// bulletinPage lists what somebody told of entries on one day.
func (p *Portal) bulletinPage(q *request) error {
	b, err := p.Entries.Bulletin(q.Context(), q.viewer, domain.ID(q.PathValue("id")), q.cursor())
	if err != nil {
		return err
	}
	page := view.BulletinPage{
		Frame: q.frame(), Actor: p.actor(q, b.Actor), At: b.At, Heading: bulletinHeading(b.Shared, b.New, b.Renewed),
		Pager: q.pager(b.Entries.Next, b.Entries.Total, len(b.Entries.Items)),
	}
	for _, e := range b.Entries.Items {
		page.Items = append(page.Items, p.entryLine(q, e))
	}
	return q.show(page)
}

func bulletinHeading(shared bool, fresh, renewed int) []view.Sentence {
	if shared {
		return []view.Sentence{bulletinCount("bulletin.shared", fresh+renewed)}
	}
	var out []view.Sentence
	if fresh > 0 {
		out = append(out, bulletinCount("bulletin.new", fresh))
	}
	if renewed > 0 {
		out = append(out, bulletinCount("bulletin.renewed", renewed))
	}
	return out
}

// bulletinCount says how many entries there are, as far as they are counted.
func bulletinCount(key string, n int) view.Sentence {
	if n > catalogue.BulletinCounted {
		return view.Say(key+"_more", catalogue.BulletinCounted)
	}
	return view.Say(key, n)
}

func (p *Portal) entryLine(q *request, e *catalogue.Entry) view.EntryLine {
	if e.Kind == catalogue.KindInterlinker {
		card := p.interlinkerCard(e)
		return view.EntryLine{Interlinker: &card}
	}
	card := p.schemaCard(q, e)
	card.Kind = string(e.Kind)
	return view.EntryLine{Card: &card}
}

// glimpsed reads at once the entries that the bulletins of a timeline show.
func (p *Portal) glimpsed(q *request, items []community.FeedItem) map[domain.ID]*catalogue.Entry {
	found, err := p.Entries.EntriesByID(q.Context(), q.viewer, community.Glimpsed(items))
	if err != nil {
		return nil // the lines are left out, as what is gone
	}
	owners := make([]domain.ActorID, 0, len(found))
	for _, e := range found {
		owners = append(owners, e.Owner)
	}
	_ = q.meet(owners)
	return found
}

// bulletin shows what somebody told of entries as a line of a timeline; false
// if nothing of it can be seen.
func (p *Portal) bulletin(q *request, item community.FeedItem, entries map[domain.ID]*catalogue.Entry) (view.Post, bool) {
	b := item.Bulletin
	out := &view.Bulletin{
		Href: "/catalogue/bulletins/" + url.PathEscape(string(item.Object)), Total: b.New + b.Renewed,
		Heading: bulletinHeading(item.Verb == community.Announced, b.New, b.Renewed), All: bulletinCount("bulletin.all", b.New+b.Renewed),
	}
	for _, id := range b.First {
		e := entries[id]
		if e == nil {
			continue
		}
		out.First = append(out.First, p.entryLine(q, e))
		if out.Total == 1 && e.Kind == catalogue.KindInterlinker && q.viewer.Local() {
			out.Use = e.Address() + "#use"
		}
	}
	return view.Post{ID: string(item.Object), Author: p.actor(q, item.Actor), At: item.At, Bulletin: out, Return: q.URL.RequestURI()}, len(out.First) > 0
}

// offerUnfollow lets the reader end that lines of their own timeline come, of
// those whom they follow.
func (p *Portal) offerUnfollow(q *request, item community.FeedItem, out *view.Post) {
	a := q.met[item.Actor]
	if a == nil || item.Tag != "" || item.Verb == community.Mentioned || a.ID == q.viewer.Actor {
		return
	}
	out.Unfollow = &view.Link{Href: string(a.IRI), Text: view.Plain(domain.Undetermined, p.actorOf(q, a).Called())}
	if out.Bulletin != nil {
		out.Bulletin.Why = a.Subject == network.SubjectCatalogue
	}
}

// offerCatalogue lets the reader follow the catalogue of which a list is: this
// node's, or that of the only node of which entries are asked for.
func (p *Portal) offerCatalogue(q *request, page *view.CataloguePage, f catalogue.Filter, items []*catalogue.Entry) error {
	id := p.Catalogue
	if of := f.Any[catalogue.FacetOrigin]; len(of) > 1 || len(of) == 1 && len(items) == 0 {
		return nil
	} else if len(of) == 1 && !slices.Contains(of, "") {
		id = items[0].Owner
	}
	if !q.viewer.Local() {
		return nil
	}
	a, err := p.Network.Actor(q.Context(), q.viewer, id)
	if err != nil || a.Gone() {
		return err
	}
	page.Whose, page.Target, page.Return = p.actorRef(q, id), string(a.IRI), q.URL.RequestURI()
	page.Follow, err = p.followState(q, id)
	return err
}
