package federationtest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"interlink/domain"
	"interlink/federation/httpsig"
)

// Peer is a server of another make with people on it: documents as small as
// they may be, an inbox for each person, no shared inbox. All people have the
// same key pair under names of their own, because making keys takes long.
type Peer struct {
	URL string

	t      testing.TB
	server *httptest.Server
	public string
	secret []byte
	client *http.Client

	mu      sync.Mutex
	reads   int
	inboxes map[int][]Arrival
	arrived chan struct{} // receives after arrivals
	answer  func(person int) int
	after   string        // Retry-After of refusals
	asks    func() string // Accept-Signature of refusals
	left    map[int]int   // status of people who have left
	now     func() time.Time
	handles string // host of their handles; "" for the one that is asked for

	prover    *httpsig.Key // Ed25519, of all people too
	dress     func(person int, document map[string]any)
	judge     func(r *http.Request, body []byte) int
	documents map[string]any
	asked     map[string][]*http.Request
}

// Arrival is one activity in an inbox.
type Arrival struct {
	ID   string
	Type string
	Raw  []byte
}

// NewPeer starts a peer, which ends with the test.
func NewPeer(t testing.TB) *Peer {
	t.Helper()
	return newPeer(t, func(_ *Peer, honest http.Handler) http.Handler { return honest })
}

// newPeer starts a peer whose requests are answered by what around makes of
// its own handler.
func newPeer(t testing.TB, around func(*Peer, http.Handler) http.Handler) *Peer {
	t.Helper()
	key, err := NewKey(t, "")
	if err != nil {
		t.Fatal(err)
	}
	p := &Peer{t: t, inboxes: map[int][]Arrival{}, left: map[int]int{}, now: time.Now, arrived: make(chan struct{}, 1), client: &http.Client{Timeout: 30 * time.Second}}
	p.client.Transport = &http.Transport{MaxIdleConnsPerHost: 64}
	if p.secret, err = key.PrivatePEM(); err != nil {
		t.Fatal(err)
	}
	public, err := key.PublicPEM()
	if err != nil {
		t.Fatal(err)
	}
	p.public = string(public)
	if p.prover, err = httpsig.GenerateEd25519(""); err != nil {
		t.Fatal(err)
	}
	p.documents, p.asked = map[string]any{}, map[string][]*http.Request{}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /people/{n}", p.person)
	mux.HandleFunc("POST /people/{n}/inbox", p.inbox)
	mux.HandleFunc("GET /.well-known/webfinger", p.finger)
	mux.HandleFunc("GET /", p.document)
	p.server = httptest.NewServer(around(p, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			p.mu.Lock()
			p.reads++
			p.mu.Unlock()
		}
		mux.ServeHTTP(w, r)
	})))
	p.URL = p.server.URL
	t.Cleanup(p.server.Close)
	return p
}

// Person returns the address of a person.
func (p *Peer) Person(n int) domain.IRI {
	return domain.IRI(p.URL + "/people/" + strconv.Itoa(n))
}

// Key returns the signing key of a person.
func (p *Peer) Key(n int) *httpsig.Key {
	key, err := httpsig.ParseKey(string(p.Person(n))+"#main-key", p.secret)
	if err != nil {
		p.t.Fatal(err)
	}
	return key
}

// Ed25519 returns the key by which a person proves documents. It is in the
// person's document only if [Peer.Dress] puts it there: see [Peer.Multikey].
func (p *Peer) Ed25519(n int) *httpsig.Key {
	key := *p.prover
	key.ID = string(p.Person(n)) + "#ed25519-key"
	return &key
}

// Multikey is the member assertionMethod of a person's document.
func (p *Peer) Multikey(n int) []map[string]any {
	key := p.Ed25519(n)
	return []map[string]any{{"id": key.ID, "type": "Multikey", "controller": string(p.Person(n)), "publicKeyMultibase": key.Multibase()}}
}

// Dress has fn change the documents of people before they are shown.
func (p *Peer) Dress(fn func(person int, document map[string]any)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.dress = fn
}

// HandlesOn makes the handles of people stand on another host.
func (p *Peer) HandlesOn(host string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.handles = host
}

// JudgeBy has fn say how inboxes answer a request; nil means 202.
func (p *Peer) JudgeBy(fn func(r *http.Request, body []byte) int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.judge = fn
}

// Publish serves a document at the path of its id.
func (p *Peer) Publish(document map[string]any) {
	p.PublishAt(strings.TrimPrefix(fmt.Sprint(document["id"]), p.URL), document)
}

// PublishAt serves a document at a path, as that of its page.
func (p *Peer) PublishAt(path string, document map[string]any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.documents[path] = document
}

// Asked returns the requests for the document of an IRI.
func (p *Peer) Asked(iri domain.IRI) []*http.Request {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]*http.Request(nil), p.asked[strings.TrimPrefix(string(iri), p.URL)]...)
}

func (p *Peer) note(r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked[r.URL.Path] = append(p.asked[r.URL.Path], r.Clone(context.Background()))
}

func (p *Peer) document(w http.ResponseWriter, r *http.Request) {
	p.note(r)
	p.mu.Lock()
	document := p.documents[r.URL.Path]
	p.mu.Unlock()
	if document == nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/activity+json")
	_ = json.NewEncoder(w).Encode(document)
}

// AnswerWith makes inboxes answer with the status that fn gives; nil means
// 202. Only what is answered with 202 counts as arrived.
func (p *Peer) AnswerWith(fn func(person int) int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answer = fn
}

// RetryAfter makes refusals ask to wait; "" no longer.
func (p *Peer) RetryAfter(value string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.after = value
}

// Asks makes refusals ask for a signature by Accept-Signature (RFC 9421 §5);
// nil no longer.
func (p *Peer) Asks(fn func() string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asks = fn
}

// Leave makes a person's document answer with a status, such as 410.
func (p *Peer) Leave(n, status int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.left[n] = status
}

// SetClock makes the peer sign at the time that now gives.
func (p *Peer) SetClock(now func() time.Time) { p.now = now }

func (p *Peer) person(w http.ResponseWriter, r *http.Request) {
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil {
		http.NotFound(w, r)
		return
	}
	p.mu.Lock()
	left := p.left[n]
	p.mu.Unlock()
	if left != 0 {
		w.WriteHeader(left)
		return
	}
	p.note(r)
	document := p.Profile(n)
	p.mu.Lock()
	dress := p.dress
	p.mu.Unlock()
	if dress != nil {
		dress(n, document)
	}
	w.Header().Set("Content-Type", "application/activity+json")
	_ = json.NewEncoder(w).Encode(document)
}

// Profile is the document of a person.
func (p *Peer) Profile(n int) map[string]any {
	iri := string(p.Person(n))
	return map[string]any{
		"@context": []string{"https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"},
		"id":       iri, "type": "Person", "preferredUsername": fmt.Sprintf("person%d", n), "name": fmt.Sprintf("Person %d", n),
		"inbox": iri + "/inbox", "outbox": iri + "/outbox", "followers": iri + "/followers",
		"publicKey": map[string]any{"id": iri + "#main-key", "owner": iri, "publicKeyPem": p.public},
	}
}

func (p *Peer) finger(w http.ResponseWriter, r *http.Request) {
	resource := r.URL.Query().Get("resource")
	name, host, _ := strings.Cut(strings.TrimPrefix(resource, "acct:person"), "@")
	n, err := strconv.Atoi(name)
	p.mu.Lock()
	handles := p.handles
	p.mu.Unlock()
	if err != nil || handles != "" && host != handles && host != r.Host {
		http.NotFound(w, r)
		return
	}
	if handles != "" {
		resource = "acct:person" + name + "@" + handles
	}
	w.Header().Set("Content-Type", "application/jrd+json")
	_ = json.NewEncoder(w).Encode(map[string]any{
		"subject": resource,
		"links":   []map[string]string{{"rel": "self", "type": "application/activity+json", "href": string(p.Person(n))}},
	})
}

func (p *Peer) inbox(w http.ResponseWriter, r *http.Request) {
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil {
		http.NotFound(w, r)
		return
	}
	raw, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	var a struct{ ID, Type string }
	if err := json.Unmarshal(raw, &a); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	p.mu.Lock()
	status := http.StatusAccepted
	if p.answer != nil {
		status = p.answer(n)
	}
	if p.judge != nil {
		status = p.judge(r, raw)
	}
	if status == http.StatusAccepted {
		p.inboxes[n] = append(p.inboxes[n], Arrival{a.ID, a.Type, raw})
	} else {
		if p.after != "" {
			w.Header().Set("Retry-After", p.after)
		}
		if p.asks != nil {
			w.Header().Set("Accept-Signature", p.asks())
		}
	}
	p.mu.Unlock()
	w.WriteHeader(status)
	select {
	case p.arrived <- struct{}{}:
	default:
	}
}

// Reads counts the documents that were asked for.
func (p *Peer) Reads() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.reads
}

// Inbox returns what arrived for a person.
func (p *Peer) Inbox(n int) []Arrival {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]Arrival(nil), p.inboxes[n]...)
}

// WaitFor waits until done says yes, asked after each arrival, with the
// number of activities that arrived for all.
func (p *Peer) WaitFor(ctx context.Context, done func(arrivals int) bool) error {
	for {
		p.mu.Lock()
		n := 0
		for _, inbox := range p.inboxes {
			n += len(inbox)
		}
		p.mu.Unlock()
		if done(n) {
			return nil
		}
		select {
		case <-p.arrived:
		case <-ctx.Done():
			return fmt.Errorf("%d activities arrived: %w", n, ctx.Err())
		}
	}
}

// Send posts an activity of a person, signed by a scheme, and returns the
// status of the answer.
func (p *Peer) Send(ctx context.Context, n int, inbox string, activity map[string]any, scheme httpsig.Scheme) (int, error) {
	raw, err := json.Marshal(activity)
	if err != nil {
		return 0, err
	}
	return p.SendRaw(ctx, p.Key(n), inbox, raw, scheme)
}

// SendRaw posts bytes, signed with a key.
func (p *Peer) SendRaw(ctx context.Context, key *httpsig.Key, inbox string, raw []byte, scheme httpsig.Scheme) (int, error) {
	return p.SendBy(ctx, inbox, raw, func(r *http.Request) error {
		digest := sha256.Sum256(raw)
		return httpsig.Sign(r, key, scheme, &digest, p.now())
	})
}

// SendBy posts bytes in a request that sign signs, or does not.
func (p *Peer) SendBy(ctx context.Context, inbox string, raw []byte, sign func(*http.Request) error) (int, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, inbox, bytes.NewReader(raw))
	if err != nil {
		return 0, err
	}
	r.Header.Set("Content-Type", "application/activity+json")
	if err := sign(r); err != nil {
		return 0, err
	}
	answer, err := p.client.Do(r)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	_, err = io.Copy(io.Discard, answer.Body)
	return answer.StatusCode, err
}

// Note is a public Create of a Note by a person.
func (p *Peer) Note(n, number int, content string, to ...string) map[string]any {
	actor := string(p.Person(n))
	id := fmt.Sprintf("%s/notes/%d", actor, number)
	published := time.Now().UTC().Format(time.RFC3339)
	to = append(to, "https://www.w3.org/ns/activitystreams#Public")
	return map[string]any{
		"@context": "https://www.w3.org/ns/activitystreams", "id": id + "/create", "type": "Create", "actor": actor,
		"to": to, "published": published,
		"object": map[string]any{
			"id": id, "type": "Note", "attributedTo": actor, "content": "<p>" + content + "</p>", "to": to, "published": published,
		},
	}
}

// Follow is a Follow by a person.
func (p *Peer) Follow(n int, target domain.IRI) map[string]any {
	actor := string(p.Person(n))
	return map[string]any{
		"@context": "https://www.w3.org/ns/activitystreams", "id": actor + "/follows/" + strconv.Itoa(len(target)), "type": "Follow",
		"actor": actor, "object": string(target), "to": []string{string(target)},
	}
}
