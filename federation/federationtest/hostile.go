package federationtest

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"strings"
	"sync"
	"testing"

	"interlink/domain"
)

// Hostile is a [Peer] that lies where it is told to, and remembers what it was
// asked for: how much one request to a node makes the node ask for is part of
// what is tested.
type Hostile struct {
	*Peer

	mu    sync.Mutex
	lies  map[string]http.HandlerFunc // by path with query
	asked map[string]int              // likewise
}

// NewHostile starts a hostile peer, which ends with the test. Until it is
// told to lie it is an honest one.
func NewHostile(t testing.TB) *Hostile {
	t.Helper()
	h := &Hostile{lies: map[string]http.HandlerFunc{}, asked: map[string]int{}}
	h.Peer = newPeer(t, func(_ *Peer, honest http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			address := r.URL.RequestURI()
			h.mu.Lock()
			h.asked[address]++
			lie := h.lies[address]
			h.mu.Unlock()
			if lie == nil {
				lie = honest.ServeHTTP
			}
			lie(w, r)
		})
	})
	return h
}

// Lie answers an address, a path with its query, by a handler.
func (h *Hostile) Lie(address string, with http.HandlerFunc) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.lies[address] = with
}

// Document answers an address with a document.
func (h *Hostile) Document(address string, document map[string]any) {
	h.Lie(address, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/activity+json")
		_ = json.NewEncoder(w).Encode(document)
	})
}

// Pretend changes members of a person's document; nil takes one away.
func (h *Hostile) Pretend(n int, members map[string]any) {
	document := h.Profile(n)
	maps.Copy(document, members)
	h.Document(strings.TrimPrefix(string(h.Person(n)), h.URL), document)
}

// Bomb answers an address with a document of some bytes that travels as a
// thousandth of them.
func (h *Hostile) Bomb(address string, size int) {
	h.Lie(address, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/activity+json")
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		_, _ = io.WriteString(z, `{"id":"`+h.URL+address+`","name":"`)
		_, _ = io.CopyN(z, zeros{}, int64(size))
		_, _ = io.WriteString(z, `"}`)
		_ = z.Close()
	})
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '0'
	}
	return len(p), nil
}

// Endless answers an address as a collection whose pages go on: next gives the
// address of the page that follows one, the first for "".
func (h *Hostile) Endless(address string, next func(page string) string, items ...any) {
	page := func(w http.ResponseWriter, r *http.Request, member, kind string) {
		w.Header().Set("Content-Type", "application/activity+json")
		at, document := r.URL.RequestURI(), map[string]any{"type": kind, "orderedItems": items}
		if member == "first" {
			document[member] = next("")
		} else {
			document[member] = next(h.URL + at)
		}
		document["id"] = h.URL + at
		_ = json.NewEncoder(w).Encode(document)
	}
	h.Lie(address, func(w http.ResponseWriter, r *http.Request) { page(w, r, "first", "OrderedCollection") })
	for i := range 300 { // more than anybody should read
		at := pageAddress(address, i)
		h.Lie(at, func(w http.ResponseWriter, r *http.Request) { page(w, r, "next", "OrderedCollectionPage") })
	}
}

// Page is the address of a page of an endless collection.
func (h *Hostile) Page(address string, n int) string { return h.URL + pageAddress(address, n) }

func pageAddress(address string, n int) string {
	return address + "?page=" + strings.Repeat("i", n+1)
}

// Asked tells how often an address was asked for, and everything together if
// none is named.
func (h *Hostile) Asked(addresses ...string) (times int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(addresses) == 0 {
		for _, n := range h.asked {
			times += n
		}
	}
	for _, a := range addresses {
		times += h.asked[a]
	}
	return times
}

// Path is where on the peer an address of its is.
func (h *Hostile) Path(iri domain.IRI) string { return strings.TrimPrefix(string(iri), h.URL) }
