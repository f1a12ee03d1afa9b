package federationtest_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"interlink/cmd/interlink/node"
	"interlink/domain/community"
	"interlink/domain/policy"
	"interlink/federation/federationtest"
	"interlink/federation/httpsig"
)

// rig is a city, and a peer whose person 1 follows the city's community.
type rig struct {
	*city
	t       *testing.T
	cluster *federationtest.Cluster
	peer    *federationtest.Peer
	number  int

	mu   sync.Mutex
	sent []shipment // what the peer's inboxes were sent, whatever they answered
}

// shipment is one request to an inbox.
type shipment struct {
	r    *http.Request
	body []byte
}

// newRig joins both; dress changes the documents of the peer's people.
func newRig(t *testing.T, dress func(p *federationtest.Peer, person int, document map[string]any)) *rig {
	t.Helper()
	return newRigWith(t, func(*node.Options) {}, dress)
}

// newRigWith is newRig with settings of the city's node.
func newRigWith(t *testing.T, change func(*node.Options), dress func(p *federationtest.Peer, person int, document map[string]any)) *rig {
	t.Helper()
	c := federationtest.New(t)
	x := &rig{city: newCity(t, c.Add("Zaragoza", change)), t: t, cluster: c, peer: federationtest.NewPeer(t)}
	if dress != nil {
		peer := x.peer
		peer.Dress(func(n int, d map[string]any) { dress(peer, n, d) })
	}
	if status := x.send(x.peer.Follow(1, x.community.IRI), httpsig.Cavage); status != http.StatusAccepted {
		t.Fatalf("the Follow: %d", status)
	}
	c.Settle()
	if got := x.peer.Inbox(1); len(got) != 1 || got[0].Type != "Accept" {
		t.Fatalf("the peer received %v", got)
	}
	return x
}

// proving is the dress of people who have a Multikey.
func proving(p *federationtest.Peer, n int, d map[string]any) { d["assertionMethod"] = p.Multikey(n) }

func (x *rig) send(activity map[string]any, scheme httpsig.Scheme) int {
	x.t.Helper()
	status, err := x.peer.Send(x.t.Context(), 1, x.URL+"/inbox", activity, scheme)
	if err != nil {
		x.t.Fatal(err)
	}
	return status
}

// by posts an activity in a request that sign signs.
func (x *rig) by(inbox string, raw []byte, sign func(*http.Request) error) int {
	x.t.Helper()
	status, err := x.peer.SendBy(x.t.Context(), inbox, raw, sign)
	if err != nil {
		x.t.Fatal(err)
	}
	return status
}

// wants checks the answer to an activity.
func (x *rig) wants(what string, status, want int) {
	x.t.Helper()
	if status != want {
		x.t.Errorf("%s: %d, not %d", what, status, want)
	}
}

// note is a new activity of person 1, as bytes.
func (x *rig) note() []byte {
	x.t.Helper()
	x.number++
	return []byte(marshal(x.t, x.peer.Note(1, x.number, "Note "+strconv.Itoa(x.number), string(x.community.IRI))))
}

// judge has the peer's inboxes answer as fn says, and keeps what they are
// sent.
func (x *rig) judge(fn func(r *http.Request, body []byte) int) {
	x.peer.JudgeBy(func(r *http.Request, body []byte) int {
		x.mu.Lock()
		x.sent = append(x.sent, shipment{r, body})
		x.mu.Unlock()
		return fn(r, body)
	})
}

func accepting(*http.Request, []byte) int { return http.StatusAccepted }

// news has the community say something, and returns what the peer was sent.
func (x *rig) news() []shipment {
	x.t.Helper()
	x.mu.Lock()
	x.sent = nil
	x.mu.Unlock()
	x.number++
	if _, err := x.Communities.Post(x.t.Context(), x.official, "mobility", community.Draft{Content: "News " + strconv.Itoa(x.number), Language: "en"}); err != nil {
		x.t.Fatal(err)
	}
	x.cluster.Settle()
	x.mu.Lock()
	defer x.mu.Unlock()
	return slices.Clone(x.sent)
}

// schemes names how requests were signed.
func schemes(sent []shipment) string {
	var names []string
	for _, s := range sent {
		input := s.r.Header.Get("Signature-Input")
		switch {
		case strings.Contains(input, `alg="ed25519"`):
			names = append(names, "ed25519")
		case input != "":
			names = append(names, "rfc9421")
		case s.r.Header.Get("Signature") != "":
			names = append(names, "cavage")
		default:
			names = append(names, "none")
		}
	}
	return strings.Join(names, " ")
}

// reads answers as a peer that reads one scheme alone.
func reads(scheme string) func(*http.Request, []byte) int {
	return func(r *http.Request, _ []byte) int {
		if schemes([]shipment{{r, nil}}) == scheme {
			return http.StatusAccepted
		}
		return http.StatusUnauthorized
	}
}

// member walks a document.
func member(v any, path ...any) any {
	for _, step := range path {
		switch step := step.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[step]
		case int:
			l, _ := v.([]any)
			if step >= len(l) {
				return nil
			}
			v = l[step]
		}
	}
	return v
}

// verifies checks a shipment with the key that the city's documents show.
func (x *rig) verifies(s shipment) error {
	x.t.Helper()
	sig, err := httpsig.Parse(s.r, x.peer.URL+s.r.URL.RequestURI())
	if err != nil {
		return err
	}
	actor, _, _ := strings.Cut(sig.KeyID(), "#")
	doc := get(x.t, actor).json
	if member(doc, "publicKey", "id") == sig.KeyID() {
		key, err := httpsig.ParsePublicKey(member(doc, "publicKey", "publicKeyPem").(string))
		if err != nil {
			return err
		}
		return sig.Verify(key, s.body, time.Now())
	}
	for i := range 10 {
		if member(doc, "assertionMethod", i, "id") == sig.KeyID() {
			key, err := httpsig.ParseMultibase(member(doc, "assertionMethod", i, "publicKeyMultibase").(string))
			if err != nil {
				return err
			}
			return sig.Verify(key, s.body, time.Now())
		}
	}
	return fmt.Errorf("%s does not show %s", actor, sig.KeyID())
}

// holds checks the proof of a document with the key that its actor shows.
func holds(t *testing.T, raw []byte) error {
	t.Helper()
	var doc map[string]json.RawMessage
	if err := json.Unmarshal(raw, &doc); err != nil {
		return err
	}
	proof, err := httpsig.ParseProof(doc)
	if err != nil || proof == nil {
		return fmt.Errorf("no proof: %w", err)
	}
	actor, _, _ := strings.Cut(proof.Method, "#")
	shown := get(t, actor).json
	for i := range 10 {
		if member(shown, "assertionMethod", i, "id") == proof.Method {
			key, err := httpsig.ParseMultibase(member(shown, "assertionMethod", i, "publicKeyMultibase").(string))
			if err != nil {
				return err
			}
			return proof.Verify(key, time.Now())
		}
	}
	return fmt.Errorf("%s does not show %s", actor, proof.Method)
}

// cavage signs by hand: names are what is signed, params what stands before
// the signature.
func (x *rig) cavage(target, params string, names []string, values map[string]string) func(*http.Request) error {
	return func(r *http.Request) error {
		lines := make([]string, len(names))
		for i, name := range names {
			switch value, given := values[name]; {
			case name == "(request-target)":
				lines[i] = name + ": post " + target
			case name == "host":
				lines[i] = name + ": " + r.URL.Host
			case given:
				lines[i] = name + ": " + value
				if !strings.HasPrefix(name, "(") {
					r.Header.Set(name, value)
				}
			}
		}
		text, err := x.peer.Key(1).PrivatePEM()
		if err != nil {
			return err
		}
		block, _ := pem.Decode(text)
		key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
		if err != nil {
			return err
		}
		sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
		signature, err := rsa.SignPKCS1v15(rand.Reader, key.(*rsa.PrivateKey), crypto.SHA256, sum[:])
		r.Header.Set("Signature", fmt.Sprintf(`keyId="%s#main-key",%s,headers="%s",signature="%s"`,
			x.peer.Person(1), params, strings.Join(names, " "), base64.StdEncoding.EncodeToString(signature)))
		return err
	}
}

func digestOf(raw []byte) string {
	sum := sha256.Sum256(raw)
	return "SHA-256=" + base64.StdEncoding.EncodeToString(sum[:])
}

func httpDate(d time.Duration) string { return time.Now().Add(d).UTC().Format(http.TimeFormat) }

// reader makes somebody in the city follow person 1 of a peer.
func (x *rig) reader(p *federationtest.Peer) policy.Viewer {
	x.t.Helper()
	v := x.Person("reader"+strconv.Itoa(len(p.URL))+strconv.Itoa(x.number), policy.RoleMember)
	x.number++
	x.follow(x.t, v, v.Actor, "@person1@"+strings.TrimPrefix(p.URL, "http://"))
	x.cluster.Settle()
	inbox := p.Inbox(1)
	last := inbox[len(inbox)-1]
	if last.Type != "Follow" {
		x.t.Fatalf("the peer received %v", last)
	}
	accept := map[string]any{
		"@context": "https://www.w3.org/ns/activitystreams", "id": string(p.Person(1)) + "/accepts/" + strconv.Itoa(x.number),
		"type": "Accept", "actor": string(p.Person(1)), "object": last.ID,
	}
	if status, err := p.Send(x.t.Context(), 1, x.URL+"/inbox", accept, httpsig.Cavage); err != nil || status != http.StatusAccepted {
		x.t.Fatalf("the Accept: %d (%v)", status, err)
	}
	x.cluster.Settle()
	return v
}

// proven adds the proof of person 1.
func (x *rig) proven(document map[string]any) []byte {
	x.t.Helper()
	raw, err := httpsig.Prove([]byte(marshal(x.t, document)), x.peer.Ed25519(1), time.Now())
	if err != nil {
		x.t.Fatal(err)
	}
	return raw
}

type answered struct {
	body []byte
	etag string
}

// bytesOf reads an address as it is.
func (x *rig) bytesOf(address string) answered {
	x.t.Helper()
	r, err := http.NewRequestWithContext(x.t.Context(), http.MethodGet, address, nil)
	if err != nil {
		x.t.Fatal(err)
	}
	r.Header.Set("Accept", "application/activity+json")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		x.t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		x.t.Fatal(err)
	}
	return answered{body, answer.Header.Get("ETag")}
}
