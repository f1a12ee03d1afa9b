package endpoint

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/federation/activity"
)

// object serves the document that read returns.
func (e *Endpoint) object(formerType string, read func(*http.Request) (any, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		doc, err := read(r)
		if err != nil {
			fail(w, r, e.Log, err, tombstone{e.address(r), formerType})
			return
		}
		e.encode(w, r, doc)
	})
}

func (e *Endpoint) encode(w http.ResponseWriter, r *http.Request, doc any) {
	body, err := activity.Encode(doc)
	if err != nil {
		fail(w, r, e.Log, err, tombstone{})
		return
	}
	serve(w, r, activity.MediaType, body)
}

// snapshot serves what a story shows, as it is read from where it is kept.
func (e *Endpoint) snapshot(w http.ResponseWriter, r *http.Request) {
	s, err := e.Documents.Snapshot(r.Context(), r.PathValue("slug"))
	if err != nil {
		fail(w, r, e.Log, err, tombstone{e.address(r), "Document"})
		return
	}
	if known(w, r, activity.MediaType, s.SHA256) {
		return
	}
	w.Header().Set("Content-Length", strconv.FormatInt(s.Size, 10))
	if r.Method == http.MethodHead {
		return
	}
	if err := s.WriteTo(r.Context(), w); err != nil {
		if r.Context().Err() == nil {
			e.Log.Warn("a snapshot was broken off", "path", r.URL.Path, "error", err)
		}
		panic(http.ErrAbortHandler) // half a document must not look whole
	}
}

// actor serves a local actor.
func (e *Endpoint) actor(w http.ResponseWriter, r *http.Request) { e.actorAt(w, r, e.address(r)) }

// node serves the node's own actor at another address than its own.
func (e *Endpoint) node(w http.ResponseWriter, r *http.Request) { e.actorAt(w, r, e.NS.IRI("actor")) }

func (e *Endpoint) actorAt(w http.ResponseWriter, r *http.Request, iri domain.IRI) {
	a, err := e.Actors.ActorByIRI(r.Context(), iri)
	if err != nil {
		fail(w, r, e.Log, err, tombstone{})
		return
	}
	doc, err := e.Documents.Actor(r.Context(), a)
	if err != nil {
		fail(w, r, e.Log, err, tombstone{a.IRI, string(a.Type)})
		return
	}
	e.encode(w, r, doc)
}

// quote serves the authorisation to quote an object of this node (FEP-044f).
// One that blocked hosts ask for is none.
func (e *Endpoint) quote(w http.ResponseWriter, r *http.Request) {
	e.authorization(w, r, "/quotes", "QuoteAuthorization", false, e.Documents.QuoteAuthorization)
}

// feature serves the authorisation to recommend a community of this node
// (FEP-7aa9), also in the node's own lists.
func (e *Endpoint) feature(w http.ResponseWriter, r *http.Request) {
	e.authorization(w, r, "/features", "FeatureAuthorization", true, e.Documents.FeatureAuthorization)
}

func (e *Endpoint) authorization(w http.ResponseWriter, r *http.Request, path, kind string, own bool, read func(ctx context.Context, target, by domain.IRI) (any, error)) {
	by, err := domain.ParseIRI(r.URL.Query().Get("by"))
	if err == nil && (e.NS.Owns(by) && !own || !e.NS.Owns(by) && e.Gate.Check(r.Context(), by.Host()) != nil) {
		err = domain.Fail(domain.NotFound, "error.not_found")
	}
	var doc any
	if err == nil {
		doc, err = read(r.Context(), domain.IRI(strings.TrimSuffix(string(e.address(r)), path)), by)
	}
	if err != nil {
		fail(w, r, e.Log, err, tombstone{e.NS.IRI() + domain.IRI(r.URL.RequestURI()), kind})
		return
	}
	e.encode(w, r, doc)
}

// keys serves the keys of a local actor and little else.
func (e *Endpoint) keys(w http.ResponseWriter, r *http.Request) {
	a, err := e.Actors.ActorByIRI(r.Context(), e.address(r))
	if err != nil {
		fail(w, r, e.Log, err, tombstone{})
		return
	}
	doc, err := e.Documents.ActorKeys(r.Context(), a)
	if err != nil {
		fail(w, r, e.Log, err, tombstone{a.IRI, string(a.Type)})
		return
	}
	e.encode(w, r, doc)
}

// evidence serves what a story, or a copy that is here, is checked by.
func (e *Endpoint) evidence(w http.ResponseWriter, r *http.Request) {
	slug, host, _ := strings.Cut(r.PathValue("slug"), "@")
	bundle, err := e.Documents.Evidence(r.Context(), slug, host)
	var body []byte
	if err == nil {
		body, err = json.Marshal(bundle)
	}
	if err != nil {
		fail(w, r, e.Log, err, tombstone{})
		return
	}
	serve(w, r, "application/json", body)
}

// owner finds the public actor whose collection a request asks for.
func (e *Endpoint) owner(r *http.Request, collection string) (*network.Actor, error) {
	iri := domain.IRI(strings.TrimSuffix(string(e.address(r)), collection))
	a, err := e.Actors.ActorByIRI(r.Context(), iri)
	switch {
	case err != nil:
		return nil, err
	case a.Gone():
		return nil, domain.Fail(domain.Gone, "error.gone")
	case !a.Local() || a.Visibility != domain.VisiblePublic:
		return nil, domain.Fail(domain.NotFound, "error.not_found")
	}
	return a, nil
}

// activity serves a public activity as it was sent.
func (e *Endpoint) activity(w http.ResponseWriter, r *http.Request) {
	a, err := e.Activities.Activity(r.Context(), e.address(r))
	if err == nil {
		err = e.visible(r, a)
	}
	if err != nil {
		fail(w, r, e.Log, err, tombstone{})
		return
	}
	serve(w, r, activity.MediaType, a.Raw)
}

// visible refuses activities that are not for everybody, and those of actors
// who no longer are. Errors: NotFound.
func (e *Endpoint) visible(r *http.Request, a *network.Activity) error {
	actor, err := e.Documents.Actors.Actor(r.Context(), a.Actor)
	if err == nil && (!a.Public || actor.Visibility != domain.VisiblePublic) {
		err = domain.Fail(domain.NotFound, "error.not_found")
	}
	return err
}

// context serves the context document of our own terms.
func (e *Endpoint) context(w http.ResponseWriter, r *http.Request) {
	body, err := activity.Context()
	if err != nil {
		fail(w, r, e.Log, err, tombstone{})
		return
	}
	serve(w, r, "application/ld+json", body)
}
