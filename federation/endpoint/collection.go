package endpoint

import (
	"context"
	"net/http"
	"strconv"

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
	if cursor != activity.FirstPage {
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
		body, err = activity.CollectionPage(e.address(r), cursor, list.Next, list.Total, list.Items)
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
		out := domain.List[any]{Next: list.Next, Total: list.Total}
		for _, item := range list.Items {
			out.Items = append(out.Items, activity.RawItem(item.Raw))
		}
		return out, err
	})
}

// entries lists the published entries of the catalogue, for back-fill.
func (e *Endpoint) entries(w http.ResponseWriter, r *http.Request) {
	e.list(w, r, e.NS.IRI("catalogue"), func(p domain.Page) (domain.List[any], error) {
		return e.Documents.Entries(r.Context(), p)
	})
}

// tree lists the items of a public process in their order. A cursor is the
// number of items before the page.
func (e *Endpoint) tree(w http.ResponseWriter, r *http.Request) {
	e.list(w, r, e.NS.IRI("processes", r.PathValue("name")), func(p domain.Page) (domain.List[any], error) {
		items, err := e.Documents.Tree(r.Context(), r.PathValue("name"))
		if err != nil {
			return domain.List[any]{}, err
		}
		from := 0
		if p.After != "" {
			if from, err = strconv.Atoi(p.After); err != nil || from <= 0 || from > len(items) {
				return domain.List[any]{}, domain.InvalidField("page", "error.cursor")
			}
		}
		to := min(from+p.Limit, len(items))
		out := domain.List[any]{Items: items[from:to], Total: len(items)}
		if to < len(items) {
			out.Next = strconv.Itoa(to)
		}
		return out, nil
	})
}

// clones lists the accepted clones of a public process.
func (e *Endpoint) clones(w http.ResponseWriter, r *http.Request) {
	e.list(w, r, e.NS.IRI("processes", r.PathValue("name")), func(p domain.Page) (domain.List[any], error) {
		list, err := e.Documents.Clones(r.Context(), r.PathValue("name"), p)
		out := domain.List[any]{Next: list.Next, Total: list.Total}
		for _, iri := range list.Items {
			out.Items = append(out.Items, iri)
		}
		return out, err
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
