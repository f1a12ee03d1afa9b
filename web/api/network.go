package api

import (
	"context"
	"net/http"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/community"
	"interlink/domain/network"
	"interlink/domain/picture"
)

// Actor is a person, organisation, team, community, process, catalogue or
// node, of this node or of another.
type Actor struct {
	IRI     domain.IRI `json:"iri"`
	URL     domain.IRI `json:"url"`
	Handle  string     `json:"handle" doc:"@name@host"`
	Kind    string     `json:"kind" doc:"person, organization, team, community, process, catalogue, node; empty for a remote actor that does not say"`
	Type    string     `json:"type" doc:"its ActivityStreams type"`
	Title   string     `json:"title"`
	Local   bool       `json:"local"`
	Icon    domain.IRI `json:"icon,omitempty" doc:"address of its picture, at this node"`
	IconAlt string     `json:"iconAlt,omitempty" doc:"what the picture shows, in words"`

	Rules domain.Text `json:"rules,omitempty" doc:"Markdown, of a group of another node that was looked for: what those who write in it agree to"`
}

// actorFor shows actors to who calls: groups that are called something in their
// language, so.
func (a *API) actorFor(c *caller) func(*network.Actor) Actor {
	return func(of *network.Actor) Actor { return a.actor(c, of) }
}

func (a *API) actor(c *caller, of *network.Actor) Actor {
	title := of.Title
	if len(of.Titles) > 0 {
		title, _ = of.CalledIn(c.words.Lang, a.Namespace.HandleHost())
	}
	return Actor{
		IRI: of.IRI, URL: of.URL, Handle: of.Handle(a.Namespace.HandleHost()), Kind: of.Subject, Type: string(of.Type),
		Title: title, Local: of.Local(), Icon: a.icon(of), IconAlt: of.IconAlt,
	}
}

// icon is where this node shows the picture of an actor, if it does: programs
// show it, too, and ask no other server.
func (a *API) icon(of *network.Actor) domain.IRI {
	if at := picture.At(of, a.Namespace); at != "" {
		return domain.IRI(a.Namespace.Base() + at)
	}
	return ""
}

// actorByID reads an actor for an answer; nil for Nobody or one that the
// caller may not know of.
func (a *API) actorByID(ctx context.Context, c *caller, id domain.ActorID) *Actor {
	if id == domain.Nobody {
		return nil
	}
	of, met := c.met[id]
	if !met {
		if a.meet(ctx, c, []domain.ActorID{id}) != nil {
			return nil
		}
		of = c.met[id]
	}
	if of == nil {
		return nil
	}
	view := a.actor(c, of)
	return &view
}

// meet reads actors for an answer, all in one query; who is met already is not
// read again.
func (a *API) meet(ctx context.Context, c *caller, ids []domain.ActorID) error {
	if c.met == nil {
		c.met = map[domain.ActorID]*network.Actor{}
	}
	var unmet []domain.ActorID
	for _, id := range ids {
		if _, met := c.met[id]; !met && id != domain.Nobody {
			c.met[id] = nil
			unmet = append(unmet, id)
		}
	}
	if len(unmet) == 0 {
		return nil
	}
	found, err := a.Network.Actors(ctx, c.viewer, unmet)
	for id, of := range found {
		c.met[id] = of
	}
	return err
}

// LookupInput asks for an actor.
type LookupInput struct {
	Q string `query:"q" required:"true" minLength:"1" maxLength:"2048" doc:"@name@host, or the address of an actor"`
}

// FollowInput says who is to be followed.
type FollowInput struct {
	Body struct {
		Target string `json:"target" minLength:"1" maxLength:"2048" doc:"address of an actor, or @name@host"`
		As     string `json:"as,omitempty" maxLength:"100" doc:"name of an actor that the caller administers and that is to follow, such as catalogue; the caller by default"`
	}
}

// FollowState is how a follow stands.
type FollowState struct {
	State  string `json:"state" enum:"none,pending,accepted,rejected"`
	Target Actor  `json:"target"`
}

// FollowingInput lists whom somebody follows.
type FollowingInput struct {
	Paging
	As string `query:"as" maxLength:"100" doc:"name of an actor of this node; the caller by default"`
}

func (a *API) networkOperations() {
	const tag = "Network"
	do(a, tag, operation{
		method: http.MethodGet, path: "/actors", summary: "Find an actor", description: "Asks the actor's own server if it is not known here; for that, a token is needed.",
	}, a.lookup)
	do(a, tag, operation{
		method: http.MethodPost, path: "/follows", summary: "Follow an actor", description: "A remote actor answers later: until then the state is pending.",
	}, a.follow)
	do(a, tag, operation{method: http.MethodDelete, path: "/follows", summary: "Stop following an actor"}, a.unfollow)
	do(a, tag, operation{method: http.MethodGet, path: "/follows", own: true, summary: "Whom one follows"}, a.following)
	do(a, tag, operation{method: http.MethodGet, path: "/timelines/home", own: true, summary: "News of those whom one follows, newest first"}, a.home)
}

func (a *API) lookup(ctx context.Context, c *caller, in *LookupInput) (*One[Actor], error) {
	of, err := a.find(ctx, c, "q", in.Q)
	if err != nil {
		return nil, err
	}
	found := a.actor(c, of)
	found.Rules = of.Rules
	return one(found), nil
}

// find finds an actor by handle or address, which the request has in a field.
// Only people of this node make it ask other servers.
func (a *API) find(ctx context.Context, c *caller, field, q string) (*network.Actor, error) {
	if _, err := domain.ParseIRI(q); err == nil {
		if known, err := a.Network.Known(ctx, c.viewer, q); err == nil {
			return known, nil
		}
	}
	if !c.viewer.Local() {
		return nil, domain.Fail(domain.Unauthenticated, "error.token")
	}
	found, err := a.Directory.Lookup(ctx, q)
	if err != nil {
		return nil, domain.Renamed(err, map[string]string{"handle": field})
	}
	return a.Network.Actor(ctx, c.viewer, found.ID)
}

// as finds the actor in whose name the caller acts.
func (a *API) as(ctx context.Context, c *caller, name string) (domain.ActorID, error) {
	if c.account == nil {
		return "", domain.Fail(domain.Unauthenticated, "error.token")
	}
	if name == "" || name == c.account.Username {
		return c.viewer.Actor, nil
	}
	of, err := a.Network.ActorByHandle(ctx, c.viewer, name, "")
	if err != nil {
		return "", err
	}
	return of.ID, nil
}

func (a *API) follow(ctx context.Context, c *caller, in *FollowInput) (*One[FollowState], error) {
	as, err := a.as(ctx, c, in.Body.As)
	if err != nil {
		return nil, err
	}
	target, err := a.find(ctx, c, "target", in.Body.Target)
	if err != nil {
		return nil, err
	}
	f, err := a.Network.Follow(ctx, c.viewer, as, target.ID)
	if err != nil {
		return nil, err
	}
	return one(FollowState{State: string(f.State), Target: a.actor(c, target)}), nil
}

func (a *API) unfollow(ctx context.Context, c *caller, in *FollowInput) (*One[FollowState], error) {
	as, err := a.as(ctx, c, in.Body.As)
	if err != nil {
		return nil, err
	}
	target, err := a.find(ctx, c, "target", in.Body.Target)
	if err != nil {
		return nil, err
	}
	if err := a.Network.Unfollow(ctx, c.viewer, as, target.ID); err != nil {
		return nil, err
	}
	return one(FollowState{State: "none", Target: a.actor(c, target)}), nil
}

func (a *API) following(ctx context.Context, c *caller, in *FollowingInput) (*List[Actor], error) {
	as, err := a.as(ctx, c, in.As)
	if err != nil {
		return nil, err
	}
	return listAs(c, a.actorFor(c))(a.Network.Following(ctx, c.viewer, as, in.page()))
}

// News is one line of a timeline.
type News struct {
	Verb  string     `json:"verb" enum:"create,announce,mention"`
	Actor *Actor     `json:"actor" doc:"who published or announced it, or is mentioned"`
	Kind  string     `json:"kind" enum:"post,story,bulletin"`
	IRI   domain.IRI `json:"iri"`
	At    string     `json:"at" format:"date-time"`
	Post  *Post      `json:"post,omitempty"`
	Story *Story     `json:"story,omitempty"`

	Bulletin *Bulletin `json:"bulletin,omitempty" doc:"what a catalogue published on one day, or somebody shared of catalogues"`
}

// Bulletin is what somebody told of entries of catalogues on one day. Its line
// moves up with each that comes.
type Bulletin struct {
	New     int     `json:"new" doc:"entries that were not told of before; 1001 for more than 1000"`
	Renewed int     `json:"renewed" doc:"new versions of others; 1001 for more than 1000"`
	First   []Entry `json:"first" doc:"the first three; all are on the page at iri"`
}

// HomeInput asks for what one follows.
type HomeInput struct {
	Paging
	Kind string `query:"kind" enum:"posts,polls,pictures,stories,entries" doc:"of this kind alone"`
	From string `query:"from" enum:"communities,processes,people,catalogues,tags" doc:"of what one follows, this alone; people are organisations and teams too"`
}

func (a *API) home(ctx context.Context, c *caller, in *HomeInput) (*List[News], error) {
	list, err := a.Communities.HomeOf(ctx, c.viewer, community.HomeFilter{Kind: community.HomeKind(in.Kind), From: community.Followed(in.From)}, in.page())
	if err != nil {
		return nil, err
	}
	return a.newsOf(ctx, c, list)
}

// newsOf makes an answer of a timeline: whom it shows, and the entries in its
// bulletins, are read at once.
func (a *API) newsOf(ctx context.Context, c *caller, list domain.List[community.FeedItem]) (*List[News], error) {
	entries, err := a.Catalogue.EntriesByID(ctx, c.viewer, community.Glimpsed(list.Items))
	if err != nil {
		return nil, err
	}
	var posts []*community.Post
	for _, item := range list.Items {
		if item.Post != nil {
			posts = append(posts, item.Post)
		}
	}
	if err := a.likesOf(ctx, c, posts); err != nil {
		return nil, err
	}
	return shown(ctx, a, c, list, inNews, func(item community.FeedItem) News { return a.news(ctx, c, item, entries) })
}

// inNews are the actors that an item of a feed shows.
func inNews(item community.FeedItem) []domain.ActorID {
	ids := []domain.ActorID{item.Actor}
	if item.Post != nil {
		ids = append(ids, item.Post.Author)
	}
	return ids
}

func (a *API) news(ctx context.Context, c *caller, item community.FeedItem, entries map[domain.ID]*catalogue.Entry) News {
	n := News{
		Verb: string(item.Verb), Actor: a.actorByID(ctx, c, item.Actor), Kind: item.Kind, IRI: item.IRI,
		At: item.At.UTC().Format("2006-01-02T15:04:05Z"),
	}
	if item.Post != nil {
		p := a.post(ctx, c, item.Post)
		n.Post = &p
	}
	if b := item.Bulletin; b != nil {
		n.IRI, n.Bulletin = a.Namespace.IRI("catalogue", "bulletins", string(item.Object)), &Bulletin{New: b.New, Renewed: b.Renewed, First: []Entry{}}
		for _, id := range b.First {
			if e := entries[id]; e != nil {
				n.Bulletin.First = append(n.Bulletin.First, a.entry(e))
			}
		}
	}
	if item.Kind == community.ObjectStory {
		if s, err := a.Stories.StoryByID(ctx, c.viewer, item.Object); err == nil {
			view := a.storyView(ctx, c, s)
			n.Story = &view
		}
	}
	return n
}
