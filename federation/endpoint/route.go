package endpoint

import (
	"context"
	"log/slog"
	"net/http"
	"slices"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/network"
	"interlink/domain/policy"
	"interlink/federation/document"
	"interlink/federation/httpsig"
)

// Route is one address, or a family of them, that other servers use.
type Route struct {
	Methods    []string
	Path       string // variables in braces: "/users/{name}"; the handler reads them with PathValue
	Negotiated bool   // a page for people stands at the same address: see [Wanted]
	Handler    http.Handler
}

// Activities reads what local actors did.
type Activities interface {
	Activity(ctx context.Context, iri domain.IRI) (*network.Activity, error)
	Outbox(ctx context.Context, actor domain.ActorID, p domain.Page) (domain.List[*network.Activity], error)
}

// Follows counts followers and those who are followed.
type Follows interface {
	Followers(ctx context.Context, v policy.Viewer, id domain.ActorID, p domain.Page) (domain.List[*network.Actor], error)
	Following(ctx context.Context, v policy.Viewer, id domain.ActorID, p domain.Page) (domain.List[*network.Actor], error)
	FollowersOn(ctx context.Context, id domain.ActorID, host string) ([]domain.IRI, error)
}

// Gate tells with which hosts the node deals. Errors: Forbidden.
type Gate interface {
	Check(ctx context.Context, host string) error
}

// Reader tells who asks for a document. Errors: Unauthenticated, Forbidden for
// a blocked host.
type Reader interface {
	Signer(ctx context.Context, r *http.Request, body []byte) (domain.IRI, httpsig.Scheme, error)
}

// Endpoint answers what other servers read and send.
type Endpoint struct {
	NS         domain.Namespace
	Documents  *document.Documents
	Actors     Actors
	Follows    Follows
	Activities Activities
	Gate       Gate
	Inbox      http.Handler // of package inbox
	WebFinger  *WebFinger
	NodeInfo   *NodeInfo
	// Reader tells who signed a request. If it is set, documents are given to
	// those who sign alone (federation.md S12); nil gives them to everybody.
	Reader func(*http.Request) (domain.IRI, error)
	// Signer tells the same for what is given to one host alone.
	Signer func(*http.Request) (domain.IRI, error)
	Log    *slog.Logger
}

// actorPaths are the paths under which actors stand (DESIGN §5).
var actorPaths = []string{
	"/users/{name}", "/organizations/{name}", "/teams/{name}", "/communities/{name}", "/processes/{name}", "/catalogue", "/actor",
}

// get and post are the methods of what others read and of what they send.
var (
	get  = []string{http.MethodGet, http.MethodHead}
	post = []string{http.MethodPost}
)

// Routes lists all addresses.
func (e *Endpoint) Routes() []Route {
	routes := slices.Concat(e.ofNode(), e.ofCatalogue(), e.ofProcesses(), e.ofStories(), e.ofPosts(), e.collections())
	for _, path := range actorPaths {
		routes = append(routes, e.ofActor(path)...)
	}
	if e.Reader == nil {
		return routes
	}
	for i := range routes {
		if !open[routes[i].Path] && routes[i].Methods[0] != http.MethodPost {
			routes[i].Handler = e.signed(routes[i].Handler, slices.Contains(actorPaths, routes[i].Path))
		}
	}
	return routes
}

func (e *Endpoint) ofNode() []Route {
	return []Route{
		{get, "/.well-known/webfinger", false, e.WebFinger},
		{get, "/.well-known/host-meta", false, http.HandlerFunc(e.WebFinger.HostMeta)},
		{get, "/.well-known/host-meta.json", false, http.HandlerFunc(e.WebFinger.HostMeta)},
		{get, "/", true, http.HandlerFunc(e.node)}, // FEP-d556
		{get, "/.well-known/nodeinfo", false, http.HandlerFunc(e.NodeInfo.Discovery)},
		{get, "/nodeinfo/{version}", false, e.NodeInfo},
		{get, "/ns/interlink/v1", false, http.HandlerFunc(e.context)},
		{post, "/inbox", false, e.Inbox},
		{get, "/activities/{id}", false, http.HandlerFunc(e.activity)},
	}
}

// ofActor lists what every actor has.
func (e *Endpoint) ofActor(path string) []Route {
	return []Route{
		{get, path, path != "/actor", http.HandlerFunc(e.actor)},
		{post, path + "/inbox", false, http.HandlerFunc(e.inbox)},
		{get, path + "/outbox", false, http.HandlerFunc(e.outbox)},
		{get, path + "/followers", false, e.count("/followers", e.Follows.Followers)},
		{get, path + network.SyncPath, false, http.HandlerFunc(e.followersOn)},
		{get, path + "/featured", false, e.whole("/featured", e.Documents.Featured)},
		{get, path + "/following", false, e.count("/following", e.Follows.Following)},
	}
}

func (e *Endpoint) ofCatalogue() []Route {
	return []Route{
		{get, "/catalogue/entries", false, http.HandlerFunc(e.entries)},
		{get, "/catalogue/digest", false, e.object("Object", func(r *http.Request) (any, error) { return e.Documents.EntriesDigest(r.Context()) })},
		{get, "/catalogue/deleted", false, e.object("OrderedCollection", func(r *http.Request) (any, error) { return e.Documents.EntriesDeleted(r.Context()) })},
		{get, "/catalogue/digest/{part}", false, e.object("OrderedCollection", e.entriesPart)},
		{get, "/trust-list", true, e.object("Document", func(r *http.Request) (any, error) { return e.Documents.TrustList(r.Context()) })},
		e.entry("/interlinkers/{slug}", catalogue.KindInterlinker),
		e.entry("/schemas/{slug}", catalogue.KindSchema),
		e.entry("/problems/{slug}", catalogue.KindProblem),
	}
}

func (e *Endpoint) ofProcesses() []Route {
	return []Route{
		{get, "/processes/{name}/tree", false, http.HandlerFunc(e.tree)},
		{get, "/processes/{name}/resources", true, http.HandlerFunc(e.resources)},
		{get, "/processes/{name}/clones", true, http.HandlerFunc(e.clones)},
		{get, "/processes/{name}/clones/{id}", false, e.object("Relationship", func(r *http.Request) (any, error) {
			return e.Documents.Stamp(r.Context(), r.PathValue("name"), domain.ID(r.PathValue("id")))
		})},
		{get, "/processes/{name}/releases", true, http.HandlerFunc(e.releases)},
		{get, "/processes/{name}/releases/{version}", true, e.object("Article", func(r *http.Request) (any, error) {
			return e.Documents.Release(r.Context(), r.PathValue("name"), r.PathValue("version"))
		})},
		{get, "/processes/{name}/releases/{version}/tree", false, http.HandlerFunc(e.releaseTree)},
		{get, "/processes/{name}/guide/{item}", true, e.object("Note", func(r *http.Request) (any, error) {
			return e.Documents.Item(r.Context(), r.PathValue("name"), e.address(r))
		})},
	}
}

func (e *Endpoint) ofStories() []Route {
	slug := func(read func(context.Context, string) (any, error)) func(*http.Request) (any, error) {
		return func(r *http.Request) (any, error) { return read(r.Context(), r.PathValue("slug")) }
	}
	return []Route{
		{get, "/stories/{slug}", true, e.object("Article", slug(e.Documents.StoryAt))},
		{get, "/stories/{slug}/snapshot", false, http.HandlerFunc(e.snapshot)},
		{get, "/stories/{slug}/ratings", false, e.object("Document", slug(e.Documents.RatingsAt))},
		{get, "/stories/{slug}/evidence", false, http.HandlerFunc(e.evidence)},
		{get, "/stories/{slug}/quotes", false, http.HandlerFunc(e.quote)},
	}
}

func (e *Endpoint) ofPosts() []Route {
	id := func(read func(context.Context, domain.ID) (any, error)) func(*http.Request) (any, error) {
		return func(r *http.Request) (any, error) { return read(r.Context(), domain.ID(r.PathValue("id"))) }
	}
	return []Route{
		{get, "/posts/{id}", true, e.object("Note", id(e.Documents.PostAt))},
		{get, "/role-calls/{id}", true, e.object("Note", id(e.Documents.PostAt))}, // its page; the post that tells of it is the object
		{get, "/reviews/{id}", true, e.object("Note", id(e.Documents.ReviewAt))},
		{get, "/posts/{id}/replies", false, http.HandlerFunc(e.replies)},
		{get, "/posts/{id}/quotes", false, http.HandlerFunc(e.quote)},
		{get, "/posts/{id}/context", false, http.HandlerFunc(e.conversation)},
	}
}

// collections lists what only actors of some kinds have.
func (e *Endpoint) collections() []Route {
	return []Route{
		{get, "/communities/{name}/features", false, http.HandlerFunc(e.feature)},
		{get, "/communities/{name}/moderators", false, e.whole("/moderators", e.Documents.Moderators)},
		{get, "/organizations/{name}/collections", false, e.whole("/collections", e.Documents.FeaturedCollections)},
		{get, "/organizations/{name}/collections/communities", false, e.whole("/collections/communities", e.Documents.FeaturedCommunities)},
		{get, "/organizations/{name}/members", false, http.HandlerFunc(e.members)},
		{get, "/teams/{name}/members", false, http.HandlerFunc(e.members)},
		{get, "/actor/collections", false, e.whole("/collections", e.Documents.FeaturedCollections)},
		{get, "/actor/collections/communities", false, e.whole("/collections/communities", e.Documents.FeaturedCommunities)},
	}
}

// open are the addresses that answer without a signature even if all others
// want one: who reads them may be about to verify ours.
var open = map[string]bool{
	"/.well-known/webfinger": true, "/.well-known/host-meta": true, "/.well-known/host-meta.json": true,
	"/.well-known/nodeinfo": true, "/nodeinfo/{version}": true, "/ns/interlink/v1": true, "/actor": true, "/": true,
	"/stories/{slug}/evidence": true, // people take it along from the page
}

// signed lets those through who sign their request. Without a signature, an
// actor still shows its keys, with which others verify what it sent; all else
// is refused.
func (e *Endpoint) signed(next http.Handler, actor bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Signature")
		w.Header().Set("Cache-Control", "private, max-age=60")
		_, err := e.Reader(r)
		switch {
		case err == nil:
			next.ServeHTTP(w, r)
		case domain.CodeOf(err) == domain.Unauthenticated && actor:
			e.keys(w, r)
		default:
			refuse(w, err)
		}
	})
}

// whole serves a short collection of an actor at once.
func (e *Endpoint) whole(collection string, read func(context.Context, *network.Actor) (any, error)) http.Handler {
	return e.object("OrderedCollection", func(r *http.Request) (any, error) {
		a, err := e.owner(r, collection)
		if err != nil {
			return nil, err
		}
		return read(r.Context(), a)
	})
}

func (e *Endpoint) entry(path string, kind catalogue.Kind) Route {
	return Route{get, path, true, e.object("Article", func(r *http.Request) (any, error) {
		return e.Documents.EntryAt(r.Context(), kind, r.PathValue("slug"))
	})}
}

// inbox hands on what is sent to an actor that is there and public; to others
// nothing can be sent.
func (e *Endpoint) inbox(w http.ResponseWriter, r *http.Request) {
	if _, err := e.owner(r, "/inbox"); err != nil {
		fail(w, r, e.Log, err, tombstone{})
		return
	}
	e.Inbox.ServeHTTP(w, r)
}

// address is the IRI that a request asks for.
func (e *Endpoint) address(r *http.Request) domain.IRI {
	return domain.IRI(e.NS.Base() + r.URL.EscapedPath())
}
