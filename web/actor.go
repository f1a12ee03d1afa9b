package web

import (
	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/picture"
	"interlink/web/view"
)

// actor shows an actor as it is named on pages; the zero Actor for Nobody or
// one that the reader may not know of.
func (p *Portal) actor(q *request, id domain.ActorID) view.Actor {
	if id == domain.Nobody {
		return view.Actor{}
	}
	a, met := q.met[id]
	if !met {
		var err error
		if a, err = p.Network.Actor(q.Context(), q.viewer, id); err != nil {
			return view.Actor{}
		}
	}
	if a == nil {
		return view.Actor{}
	}
	return p.actorOf(q, a)
}

// meet reads at once the actors that a list is going to show.
func (q *request) meet(ids []domain.ActorID) error {
	found, err := q.p.Network.Actors(q.Context(), q.viewer, ids)
	if err != nil {
		return err
	}
	if q.met == nil {
		q.met = make(map[domain.ActorID]*network.Actor, len(ids))
	}
	for _, id := range ids {
		q.met[id] = found[id]
	}
	return nil
}

// nameless reports whether it is somebody who left this node: what they did for
// others stays without their name.
func nameless(a *network.Actor) bool {
	return a.Gone() && a.Local() && a.Subject == network.SubjectPerson
}

// actorRef is [Portal.actor], nil for nobody.
func (p *Portal) actorRef(q *request, id domain.ActorID) *view.Actor {
	a := p.actor(q, id)
	if a == (view.Actor{}) {
		return nil
	}
	return &a
}

// actorOf shows an actor, called as in the reader's language if it has a name
// in it.
func (p *Portal) actorOf(q *request, a *network.Actor) view.Actor {
	if nameless(a) {
		return view.Actor{Kind: a.Subject, Name: p.say(q, "ui.gone_person")}
	}
	name, lang := a.CalledIn(q.lang, p.Namespace.HandleHost())
	if a.Title == "" && len(a.Titles) == 0 {
		name = "" // the handle, which is shown anyway
	}
	if lang == q.lang {
		lang = ""
	}
	return view.Actor{
		Kind: a.Subject, Name: name, Lang: lang, Handle: a.Handle(p.Namespace.HandleHost()), Href: p.actorHref(a), Picture: picture.At(a, p.Namespace),
		Origin: p.origin(a.Host, a.URL),
	}
}

// actorHref is the actor's page on this node.
func (p *Portal) actorHref(a *network.Actor) string { return a.Page(p.Namespace) }

// origin says where a copy comes from; zero for a thing of this node.
func (p *Portal) origin(host string, original domain.IRI) view.Origin {
	if host == "" {
		return view.Origin{}
	}
	return view.Origin{Host: host, Href: string(original)}
}
