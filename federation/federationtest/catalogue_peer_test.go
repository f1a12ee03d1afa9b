package federationtest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/network"
	"interlink/federation/activity"
	"interlink/federation/federationtest"
	"interlink/federation/httpsig"
)

// shelfPeer is a peer whose person 1 is a catalogue with entries on pages of
// fifty.
type shelfPeer struct {
	*federationtest.Hostile
	t testing.TB

	mu      sync.Mutex
	entries []*catalogue.Entry
	further int                                                         // entries after these, made when they are asked for
	before  func(page int, w http.ResponseWriter, r *http.Request) bool // answers a page instead; nil for none
	asked   []int                                                       // pages, in the order in which they were asked for
}

const onPage = 50

// mostReady is how many entries a peer has ready. A larger catalogue makes the
// others page by page.
const mostReady = 5000

func newShelfPeer(t testing.TB, entries int) *shelfPeer {
	t.Helper()
	s := &shelfPeer{Hostile: federationtest.NewHostile(t), t: t}
	for i := range min(entries, mostReady) {
		s.entries = append(s.entries, s.entry(i))
	}
	s.further = entries - len(s.entries)
	s.Pretend(1, map[string]any{
		"type": "Service", "preferredUsername": "catalogue", "interlink:catalogue": map[string]any{"entries": s.URL + "/entries"},
	})
	s.Lie("/entries", s.collection)
	for page := range (entries+onPage-1)/onPage + 1 {
		s.Lie("/entries?page="+strconv.Itoa(page), func(w http.ResponseWriter, r *http.Request) { s.page(w, r, page) })
	}
	return s
}

func (s *shelfPeer) entry(i int) *catalogue.Entry {
	iri := domain.IRI(fmt.Sprintf("%s/interlinkers/tool-%d", s.URL, i))
	at := time.Date(2026, 5, 1, 8, 0, 0, 0, time.UTC)
	return &catalogue.Entry{
		IRI: iri, Kind: catalogue.KindInterlinker, Slug: "tool-" + strconv.Itoa(i), Status: catalogue.Published, Version: 1, PublishedAt: at, UpdatedAt: at,
		Name: domain.Text{"en": fmt.Sprintf("Tool %d", i)}, Summary: domain.Text{"en": "What it is for, in a sentence or two, as people write it."},
		Interlinker: &catalogue.Interlinker{
			Nature: catalogue.NatureKnowledge, Problems: []string{"ORG_PROBLEM_1"}, Difficulty: "easy", Licence: "permissive", Instructions: domain.Text{"en": "Print it."},
		},
	}
}

// document is an entry as it travels.
func (s *shelfPeer) document(e *catalogue.Entry) json.RawMessage {
	ns, err := domain.NewNamespace(s.URL)
	if err != nil {
		s.t.Fatal(err)
	}
	raw, err := activity.Encode(activity.Entry(e, s.Person(1), s.Person(1)+"/followers", ns, "en"))
	if err != nil {
		s.t.Fatal(err)
	}
	return raw
}

func (s *shelfPeer) collection(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.serve(w, map[string]any{"id": s.URL + "/entries", "type": "OrderedCollection", "totalItems": len(s.entries) + s.further, "first": s.URL + "/entries?page=0"})
}

func (s *shelfPeer) page(w http.ResponseWriter, r *http.Request, n int) {
	s.mu.Lock()
	s.asked = append(s.asked, n)
	before := s.before
	s.mu.Unlock()
	if before != nil && before(n, w, r) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var items []json.RawMessage
	total := len(s.entries) + s.further
	for i := min(n*onPage, total); i < min((n+1)*onPage, total); i++ {
		if i < len(s.entries) {
			items = append(items, s.document(s.entries[i]))
		} else {
			items = append(items, s.document(s.entry(i)))
		}
	}
	doc := map[string]any{"id": s.URL + r.URL.RequestURI(), "type": "OrderedCollectionPage", "totalItems": total, "orderedItems": items}
	if (n+1)*onPage < total {
		doc["next"] = s.URL + "/entries?page=" + strconv.Itoa(n+1)
	}
	s.serve(w, doc)
}

func (s *shelfPeer) serve(w http.ResponseWriter, doc any) {
	w.Header().Set("Content-Type", "application/activity+json")
	_ = json.NewEncoder(w).Encode(doc)
}

// instead has fn answer pages; nil no longer.
func (s *shelfPeer) instead(fn func(page int, w http.ResponseWriter, r *http.Request) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.before = fn
}

// pages returns which pages were asked for.
func (s *shelfPeer) pages() []int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]int(nil), s.asked...)
}

// accept has a city follow the peer's catalogue, which accepts, and returns
// the catalogue. The reading has been asked for then.
func (s *shelfPeer) accept(t testing.TB, c *city) *network.Actor {
	t.Helper()
	owner, err := c.Lookup(t.Context(), string(s.Person(1)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Network.Follow(t.Context(), c.official, c.CatalogueActor().ID, owner.ID); err != nil {
		t.Fatal(err)
	}
	if err := c.Network.ReceiveFollowAnswer(t.Context(), owner, c.CatalogueActor().ID, true); err != nil {
		t.Fatal(err)
	}
	return owner
}

// tell sends an activity of the catalogue about an entry.
func (s *shelfPeer) tell(t testing.TB, c *city, kind string, number int, e *catalogue.Entry) {
	t.Helper()
	actor := string(s.Person(1))
	raw, err := json.Marshal(map[string]any{
		"@context": "https://www.w3.org/ns/activitystreams", "id": fmt.Sprintf("%s/%s/%d", actor, kind, number), "type": kind, "actor": actor,
		"to": []string{"https://www.w3.org/ns/activitystreams#Public"}, "object": s.document(e),
	})
	if err != nil {
		t.Fatal(err)
	}
	status, err := s.SendRaw(t.Context(), s.Key(1), string(c.CatalogueActor().IRI)+"/inbox", raw, httpsig.Cavage)
	if err != nil || status != http.StatusAccepted {
		t.Fatalf("%s %d: status %d (%v)", kind, number, status, err)
	}
}

// kept counts what is kept of a catalogue.
func (c *city) kept(t testing.TB, owner *network.Actor) (n int) {
	t.Helper()
	_, copies, err := c.Catalogue.Subscription(t.Context(), c.official, owner.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range copies {
		n += k
	}
	return n
}
