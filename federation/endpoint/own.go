package endpoint

import (
	"bytes"
	"context"
	"net/http"

	"interlink/domain"
)

// Own answers what this node asks of itself as it answers everybody: who walks
// through the nodes of a lineage needs no other way at home.
type Own struct {
	ns  domain.Namespace
	mux *http.ServeMux
}

// Own makes the reader of this node's own documents.
func (e *Endpoint) Own() *Own {
	open := *e
	open.Reader, open.Signer = nil, nil // nobody signs here
	mux := http.NewServeMux()
	for _, r := range open.Routes() {
		if r.Methods[0] == http.MethodGet && r.Path != "/" {
			mux.Handle("GET "+r.Path, r.Handler)
		}
	}
	return &Own{e.NS, mux}
}

// Owns reports whether a document is of this node.
func (o *Own) Owns(iri domain.IRI) bool { return o.ns.Owns(iri) }

// Object reads a document of this node. Errors: NotFound; Gone.
func (o *Own) Object(ctx context.Context, iri domain.IRI) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, string(iri), nil)
	if err != nil {
		return nil, domain.Fail(domain.Invalid, "error.iri").Because(err)
	}
	kept := &keptAnswer{header: http.Header{}, status: http.StatusOK}
	o.mux.ServeHTTP(kept, r)
	switch kept.status {
	case http.StatusOK:
		return kept.body.Bytes(), nil
	case http.StatusGone:
		return nil, domain.Fail(domain.Gone, "error.gone")
	case http.StatusInternalServerError:
		return nil, domain.Fail(domain.Internal, "error.internal")
	}
	return nil, domain.Fail(domain.NotFound, "error.not_found")
}

// keptAnswer is an answer that goes nowhere.
type keptAnswer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header implements http.ResponseWriter.
func (k *keptAnswer) Header() http.Header { return k.header }

// WriteHeader implements http.ResponseWriter.
func (k *keptAnswer) WriteHeader(status int) { k.status = status }

// Write implements http.ResponseWriter.
func (k *keptAnswer) Write(b []byte) (int, error) { return k.body.Write(b) }
