package web

import (
	"net/http"
	"net/url"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/network"
	"interlink/domain/organization"
	"interlink/domain/policy"
	"interlink/web/view"
)

func (p *Portal) followRoutes() []route {
	return []route{
		{http.MethodPost, "/follows", p.follow},
		{http.MethodPost, "/follows/undo", p.unfollow},
		{http.MethodGet, "/lookup", p.lookup},
		{http.MethodGet, "/users/{name}", p.person},
		{http.MethodGet, "/@{handle}", p.remoteActor},
	}
}

// target finds the actor that a form of following names by its address.
func (p *Portal) target(q *request) (*network.Actor, error) {
	if err := q.signedIn(); err != nil {
		return nil, err
	}
	return p.Network.ActorByIRI(q.Context(), q.viewer, domain.IRI(q.typed.Get("target")))
}

func (p *Portal) follow(q *request) error {
	a, err := p.target(q)
	if err != nil {
		return err
	}
	f, err := p.Network.Follow(q.Context(), q.viewer, q.viewer.Actor, a.ID)
	if err != nil {
		return err
	}
	notice := view.Say("notice.following", p.actorOf(q, a).Called())
	if f.State != network.FollowAccepted {
		notice = view.Say("notice.follow_asked", p.actorOf(q, a).Called())
	}
	return q.done(local(q.typed.Get("return"), "/timeline"), notice)
}

func (p *Portal) unfollow(q *request) error {
	a, err := p.target(q)
	if err != nil {
		return err
	}
	if err := p.Network.Unfollow(q.Context(), q.viewer, q.viewer.Actor, a.ID); err != nil {
		return err
	}
	return q.done(local(q.typed.Get("return"), "/timeline"), view.Say("notice.unfollowed", p.actorOf(q, a).Called()))
}

// actorCard shows an actor with what it says of itself.
func (p *Portal) actorCard(q *request, a *network.Actor) (view.ActorCard, error) {
	card := view.ActorCard{
		Actor: p.actorOf(q, a), Followers: -1, Posts: -1, Joined: a.CreatedAt, Target: string(a.IRI),
		MayFollow: q.viewer.Local() && a.ID != q.viewer.Actor && !a.Gone() && a.MovedTo == "", Said: p.saidBy(q, a),
	}
	if a.Local() {
		card.Summary = rich(q, view.Plain(q.lang, a.Summary))
		followers, err := p.Network.Followers(q.Context(), q.viewer, a.ID, domain.Page{Limit: 1})
		if err != nil {
			return card, err
		}
		card.Followers = followers.Total
	} else {
		card.Summary, card.Joined = safe(a.Summary, ""), a.FetchedAt
	}
	var err error
	card.Follow, err = p.followState(q, a.ID)
	return card, err
}

func (p *Portal) person(q *request) error {
	a, err := p.Network.ActorByHandle(q.Context(), q.viewer, q.PathValue("name"), "")
	if err != nil {
		return err
	}
	if a.Subject != network.SubjectPerson {
		return domain.Fail(domain.NotFound, "error.not_found")
	}
	return p.showActor(q, a)
}

// called finds whom the path names by their handle.
func (p *Portal) called(q *request) (*network.Actor, error) {
	return p.Network.Known(q.Context(), q.viewer, q.PathValue("handle"))
}

// remoteActor shows "/@name@host"; a local name leads to its own page.
func (p *Portal) remoteActor(q *request) error {
	a, err := p.called(q)
	if err != nil {
		return err
	}
	if a.Local() {
		http.Redirect(q.w, q.Request, local(p.path(a.IRI), "/"), http.StatusFound)
		return nil
	}
	return p.showActor(q, a)
}

func (p *Portal) showActor(q *request, a *network.Actor) error {
	page, err := p.actorPage(q, a, view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

func (p *Portal) actorPage(q *request, a *network.Actor, f view.Form) (view.ActorPage, error) {
	if a.Gone() {
		return view.ActorPage{}, domain.Fail(domain.Gone, "error.gone")
	}
	card, err := p.actorCard(q, a)
	if err != nil {
		return view.ActorPage{}, err
	}
	list, err := p.Communities.Timeline(q.Context(), q.viewer, a.ID, q.cursor())
	if err != nil {
		return view.ActorPage{}, err
	}
	page := view.ActorPage{
		Frame: q.about(a.IRI), ActorCard: card, Timeline: p.feed(q, list.Items, saidAbove(a.Host)), Pager: q.pager(list.Next, list.Total, len(list.Items)),
		Self: q.account != nil && a.ID == q.viewer.Actor, Form: f, Langs: p.writingLangs(q, q.lang),
	}
	page.Rules = rich(q, a.Rules)
	if q.viewer.Local() && p.Communities.MayBegin(q.Context(), q.viewer, a) == nil {
		page.Compose = p.compose(page.Href + "/posts")
	}
	if page.Pinned, err = p.pinned(q, a.ID); err != nil {
		return page, err
	}
	if q.account != nil && !page.Self {
		page.Report = "/report?actor=" + url.QueryEscape(string(a.IRI))
	}
	if !a.Local() && a.Subject == network.SubjectTeam && q.account != nil {
		known, err := p.Organizations.MembershipIn(q.Context(), q.viewer, a.ID)
		if err != nil {
			return page, err
		}
		if known == nil {
			page.Join = string(a.IRI)
		} else {
			page.Membership = string(known.State)
		}
	}
	if !a.Local() && a.Subject == network.SubjectProcess && q.account != nil {
		page.Closed, page.Ask = a.Openness == network.InviteOnly, joinHref(a)
	}
	if !a.Local() && a.Entries != "" {
		read, err := p.Entries.Reads(q.Context(), a.ID)
		if err != nil {
			return page, err
		}
		page.Unread, page.Entries = !read, "/catalogue?origin="+url.QueryEscape(a.Host)
	}
	if a.Local() {
		organizations, err := p.Organizations.Organizations(q.Context(), q.viewer, organization.Filter{Member: a.ID}, domain.Page{Limit: 10})
		if err != nil {
			return page, err
		}
		for _, o := range organizations.Items {
			if policy.Allow(q.viewer, policy.Read, o) == nil {
				page.Organizations = append(page.Organizations, p.organizationCard(q, o))
			}
		}
	}
	return page, nil
}

// saidAbove leaves out of posts that they are from the host that the page names.
func saidAbove(host string) func(*view.Post, *community.Post) {
	return func(out *view.Post, x *community.Post) {
		if x.Host == host {
			out.Author.Origin = view.Origin{}
		}
	}
}
