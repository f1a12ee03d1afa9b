package endpoint

import (
	"context"
	"encoding/hex"
	"net/http"
	"strings"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/policy"
	"interlink/federation/activity"
)

// pageSize is how many items a page of a collection has.
const pageSize = 50

// pageOf reads which page is asked for; asked is false for the collection
// itself.
func pageOf(r *http.Request) (cursor string, page domain.Page, asked bool) {
	cursor = r.URL.Query().Get("page")
	page.Limit = pageSize
	before, back := strings.CutPrefix(cursor, activity.PageBefore)
	switch {
	case cursor == activity.FirstPage:
	case cursor == activity.LastPage:
		page.Back = true
	case back:
		page.Back, page.After = true, before
	default:
		page.After = cursor
	}
	return cursor, page, cursor != ""
}

// list serves a collection or one of its pages; read is asked for a page
// only, but for the total too.
func (e *Endpoint) list(w http.ResponseWriter, r *http.Request, owner domain.IRI, read func(domain.Page) (domain.List[any], error)) {
	cursor, page, asked := pageOf(r)
	if !asked {
		page.Limit = 1
	}
	list, err := read(page)
	if err != nil {
		fail(w, r, e.Log, err, tombstone{})
		return
	}
	var body []byte
	if asked {
		body, err = activity.CollectionPage(e.address(r), cursor, list)
	} else {
		body, err = activity.Collection(e.address(r), owner, list.Total, true)
	}
	if err != nil {
		fail(w, r, e.Log, err, tombstone{})
		return
	}
	serve(w, r, activity.MediaType, body)
}

// outbox lists the public activities of an actor, newest first
// (ActivityPub §5.1).
func (e *Endpoint) outbox(w http.ResponseWriter, r *http.Request) {
	a, err := e.owner(r, "/outbox")
	if err != nil {
		fail(w, r, e.Log, err, tombstone{})
		return
	}
	e.list(w, r, a.IRI, func(p domain.Page) (domain.List[any], error) {
		list, err := e.Activities.Outbox(r.Context(), a.ID, p)
		out := domain.List[any]{Next: list.Next, Prev: list.Prev, Total: list.Total}
		for _, item := range list.Items {
			out.Items = append(out.Items, activity.RawItem(item.Raw))
		}
		return out, err
	})
}

// entries lists the published entries of the catalogue, for back-fill, and
// says where their digest is.
func (e *Endpoint) entries(w http.ResponseWriter, r *http.Request) {
	if _, _, asked := pageOf(r); !asked {
		list, err := e.Documents.Entries(r.Context(), domain.Page{Limit: 1})
		var body []byte
		if err == nil {
			body, err = activity.EntriesCollection(e.NS.IRI("catalogue"), list.Total)
		}
		if err != nil {
			fail(w, r, e.Log, err, tombstone{})
			return
		}
		serve(w, r, activity.MediaType, body)
		return
	}
	e.list(w, r, e.NS.IRI("catalogue"), func(p domain.Page) (domain.List[any], error) {
		return e.Documents.Entries(r.Context(), p)
	})
}

// entriesPart lists one partition of the digest of the catalogue, which is
// named by two hexadecimal digits.
func (e *Endpoint) entriesPart(r *http.Request) (any, error) {
	part, err := hex.DecodeString(r.PathValue("part"))
	if err != nil || len(part) != 1 {
		return nil, domain.Fail(domain.NotFound, "error.not_found")
	}
	return e.Documents.EntriesPart(r.Context(), part[0])
}

// tree lists the items of a public process in their order; the collection
// itself says by its digest which they are.
func (e *Endpoint) tree(w http.ResponseWriter, r *http.Request) {
	if _, _, asked := pageOf(r); !asked {
		source, err := e.Documents.Lineage.Published(r.Context(), policy.Viewer{}, r.PathValue("name"))
		var digest string
		if err == nil {
			digest, err = source.Digest(r.Context())
		}
		var body []byte
		if err == nil {
			body, err = activity.TreeCollection(source.IRI, source.Version, digest, source.Len())
		}
		if err != nil {
			fail(w, r, e.Log, err, tombstone{})
			return
		}
		serve(w, r, activity.MediaType, body)
		return
	}
	e.list(w, r, e.NS.IRI("processes", r.PathValue("name")), func(p domain.Page) (domain.List[any], error) {
		if !p.Back { // who clones reads all pages, and for each all is looked at once
			p.Limit = domain.MaxPage
		}
		return e.Documents.Tree(r.Context(), r.PathValue("name"), p)
	})
}

// resources lists what a public process publishes for its clones.
func (e *Endpoint) resources(w http.ResponseWriter, r *http.Request) {
	e.list(w, r, e.NS.IRI("processes", r.PathValue("name")), func(p domain.Page) (domain.List[any], error) {
		return e.Documents.Resources(r.Context(), r.PathValue("name"), p)
	})
}

// replies lists the public replies to a post, as far as they are known.
func (e *Endpoint) replies(w http.ResponseWriter, r *http.Request) {
	e.list(w, r, "", func(p domain.Page) (domain.List[any], error) {
		list, err := e.Documents.Replies(r.Context(), domain.ID(r.PathValue("id")), p)
		return anyOf(list), err
	})
}

// conversation lists the public posts of a thread that began here (FEP-7888,
// FEP-f228).
func (e *Endpoint) conversation(w http.ResponseWriter, r *http.Request) {
	id := domain.ID(r.PathValue("id"))
	owner, err := e.Documents.Author(r.Context(), e.NS.IRI("posts", string(id)))
	if err != nil {
		fail(w, r, e.Log, err, tombstone{})
		return
	}
	e.list(w, r, owner.IRI, func(p domain.Page) (domain.List[any], error) {
		list, err := e.Documents.Conversation(r.Context(), id, p)
		return anyOf(list), err
	})
}

// anyOf makes items of a page of addresses.
func anyOf(list domain.List[domain.IRI]) domain.List[any] {
	out := domain.List[any]{Next: list.Next, Prev: list.Prev, Total: list.Total}
	for _, iri := range list.Items {
		out.Items = append(out.Items, iri)
	}
	return out
}

// clones lists the accepted clones of a public process.
func (e *Endpoint) clones(w http.ResponseWriter, r *http.Request) {
	e.list(w, r, e.NS.IRI("processes", r.PathValue("name")), func(p domain.Page) (domain.List[any], error) {
		list, err := e.Documents.Clones(r.Context(), r.PathValue("name"), p)
		return anyOf(list), err
	})
}

// releases lists the releases of a public process, newest first.
func (e *Endpoint) releases(w http.ResponseWriter, r *http.Request) {
	e.list(w, r, e.NS.IRI("processes", r.PathValue("name")), func(p domain.Page) (domain.List[any], error) {
		return e.Documents.ReleaseList(r.Context(), r.PathValue("name"), p)
	})
}

// releaseTree lists the items of a release of a public process in their order.
func (e *Endpoint) releaseTree(w http.ResponseWriter, r *http.Request) {
	e.list(w, r, e.NS.IRI("processes", r.PathValue("name")), func(p domain.Page) (domain.List[any], error) {
		return e.Documents.ReleaseTree(r.Context(), r.PathValue("name"), r.PathValue("version"), p)
	})
}

// count serves how many follow or are followed; who they are is theirs to
// tell.
func (e *Endpoint) count(collection string, read func(context.Context, policy.Viewer, domain.ActorID, domain.Page) (domain.List[*network.Actor], error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a, err := e.owner(r, collection)
		if err != nil {
			fail(w, r, e.Log, err, tombstone{})
			return
		}
		list, err := read(r.Context(), policy.Viewer{}, a.ID, domain.Page{Limit: 1})
		if err != nil {
			fail(w, r, e.Log, err, tombstone{})
			return
		}
		body, err := activity.Collection(e.address(r), a.IRI, list.Total, false)
		if err != nil {
			fail(w, r, e.Log, err, tombstone{})
			return
		}
		serve(w, r, activity.MediaType, body)
	})
}

// followersOn lists to a server which of its own people follow an actor
// (FEP-8fcf): whoever signs for a host learns of no other.
func (e *Endpoint) followersOn(w http.ResponseWriter, r *http.Request) {
	w.Header().Add("Vary", "Signature")
	w.Header().Set("Cache-Control", "private, no-store")
	signer, err := domain.IRI(""), error(domain.Fail(domain.Unauthenticated, "error.signature"))
	if e.Signer != nil {
		signer, err = e.Signer(r)
	}
	if err != nil {
		refuse(w, err)
		return
	}
	var followers []domain.IRI
	a, err := e.owner(r, network.SyncPath)
	if err == nil {
		followers, err = e.Follows.FollowersOn(r.Context(), a.ID, signer.Host())
	}
	if err != nil {
		fail(w, r, e.Log, err, tombstone{})
		return
	}
	items := make([]any, len(followers))
	for i, iri := range followers {
		items[i] = iri
	}
	e.encode(w, r, activity.WholeCollection(e.address(r), "", items))
}

// members serves how many members an organisation or team has; who they are
// is not listed.
func (e *Endpoint) members(w http.ResponseWriter, r *http.Request) {
	a, err := e.owner(r, "/members")
	var n int
	if err == nil {
		n, err = e.Documents.MemberCount(r.Context(), a.ID)
	}
	var body []byte
	if err == nil {
		body, err = activity.Collection(e.address(r), a.IRI, n, false)
	}
	if err != nil {
		fail(w, r, e.Log, err, tombstone{})
		return
	}
	serve(w, r, activity.MediaType, body)
}
