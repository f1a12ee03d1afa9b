package federationtest_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"interlink/cmd/interlink/node"
	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/policy"
	"interlink/federation/federationtest"
	"interlink/federation/httpsig"
)

// counted is a city whose community has followers on another node and on a
// peer, and the time of all.
type counted struct {
	*federationtest.Cluster
	timepiece
	home, abroad *city
	peer         *federationtest.Peer
	group        *network.Actor // the community, as its node has it
	first, other policy.Viewer  // followers on the other node
	copied       *network.Actor // the community, as the other node has it
}

func onCounted(t *testing.T, fn func(t *testing.T, x *counted)) {
	t.Helper()
	for database, open := range federationtest.Databases {
		t.Run(database, func(t *testing.T) {
			t.Parallel()
			x := &counted{}
			x.Cluster = federationtest.With(t, open, func(o *node.Options) { o.Now = x.now }, "Zaragoza", "Rome")
			x.home, x.abroad, x.peer = newCity(t, x.Nodes[0]), newCity(t, x.Nodes[1]), federationtest.NewPeer(t)
			x.peer.SetClock(x.now)
			var err error
			if x.group, err = x.home.Network.Actor(t.Context(), x.home.official, x.home.community.ID); err != nil {
				t.Fatal(err)
			}
			x.first, x.other = x.abroad.Person("first", policy.RoleMember), x.abroad.Person("other", policy.RoleMember)
			for _, v := range []policy.Viewer{x.first, x.other} {
				x.copied = x.abroad.follow(t, v, v.Actor, x.home.handle("mobility"))
			}
			(&far{city: x.home, timepiece: &x.timepiece, cluster: x.Cluster, peer: x.peer}).followedBy(t, x.peer, 1)
			fn(t, x)
		})
	}
}

// news publishes something, an hour after what was before.
func (x *counted) news(t *testing.T) {
	t.Helper()
	x.advance(61 * time.Minute)
	x.home.news(t, "News")
	x.Settle()
}

// local is a person of the other node as others see it.
func (x *counted) local(t *testing.T, name string) *network.Actor {
	t.Helper()
	a, err := x.home.Lookup(t.Context(), x.abroad.handle(name))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// digest is made here by hand of what FEP-8fcf says.
func digest(followers ...string) string {
	var sum [sha256.Size]byte
	for _, f := range followers {
		for i, b := range sha256.Sum256([]byte(f)) {
			sum[i] ^= b
		}
	}
	return fmt.Sprintf("%x", sum)
}

// TestFedG21FollowersAreCompared: what goes to followers says whom the node
// counts among them on that host, and shows it to that host alone; where one of
// two nodes lost a follow, the other ends it too.
func TestFedG21FollowersAreCompared(t *testing.T) {
	onCounted(t, func(t *testing.T, x *counted) {
		var mu sync.Mutex
		var said []http.Header
		x.peer.JudgeBy(func(r *http.Request, body []byte) int {
			mu.Lock()
			defer mu.Unlock()
			if strings.Contains(string(body), `/followers"`) {
				said = append(said, r.Header.Clone())
			}
			return http.StatusAccepted
		})
		address := string(x.group.IRI) + "/followers_synchronization"
		x.lists(t, address)
		x.news(t)
		want := fmt.Sprintf(`collectionId="%s", url="%s", digest="%s"`, x.group.Followers, address, digest(string(x.peer.Person(1))))
		mu.Lock()
		if len(said) == 0 || said[0].Get("Collection-Synchronization") != want || !strings.Contains(said[0].Get("Signature"), "digest collection-synchronization\"") {
			t.Errorf("the peer is told %v, want %s", said, want)
		}
		mu.Unlock()

		// The home lost one follower; one that it has is not known of abroad.
		x.abroad.Person("stranger", policy.RoleMember)
		if err := x.home.Network.ReceiveUndoFollow(t.Context(), x.local(t, "first"), x.group); err != nil {
			t.Fatal(err)
		}
		if err := x.home.Network.ReceiveFollow(t.Context(), x.local(t, "stranger"), x.group, x.local(t, "stranger").IRI+"/lost"); err != nil {
			t.Fatal(err)
		}
		x.Settle()
		x.news(t)
		if state := x.abroad.state(t, x.first, x.group.IRI); state != network.FollowRejected {
			t.Errorf("who was lost follows: %q", state)
		}
		if state := x.abroad.state(t, x.other, x.group.IRI); state != network.FollowAccepted {
			t.Errorf("who was not lost follows: %q", state)
		}
		left, err := x.home.Network.Followers(t.Context(), x.home.official, x.group.ID, domain.Page{})
		if err != nil || left.Total != 3 || slices.ContainsFunc(left.Items, func(a *network.Actor) bool { return a.Name == "stranger" }) {
			t.Errorf("%d followers are left at home: %v (%v)", left.Total, left.Items, err)
		}
	})
}

// lists checks to whom the followers are shown.
func (x *counted) lists(t *testing.T, address string) {
	t.Helper()
	stranger := federationtest.NewPeer(t)
	for _, c := range []struct {
		by   *federationtest.Peer
		want string
	}{{x.peer, `["` + string(x.peer.Person(1)) + `"]`}, {stranger, "[]"}} {
		answer := signedGet(t, c.by, address)
		var doc struct {
			ID    string          `json:"id"`
			Items json.RawMessage `json:"orderedItems"`
		}
		err := json.NewDecoder(answer.Body).Decode(&doc)
		if err != nil || answer.StatusCode != http.StatusOK || doc.ID != address || string(doc.Items) != c.want || !strings.Contains(answer.Header.Get("Cache-Control"), "private") {
			t.Errorf("%s is shown %d %s (%v), want %s", c.by.URL, answer.StatusCode, doc.Items, err, c.want)
		}
	}
	r, err := http.Get(address) //nolint:noctx // a reader without signature
	if err != nil {
		t.Fatal(err)
	}
	_ = r.Body.Close()
	if r.StatusCode != http.StatusUnauthorized {
		t.Errorf("who does not sign gets %d", r.StatusCode)
	}
}

// TestFedG21HostileComparisons: what a server says of followers is believed of
// its own actor alone, from its own list, which is the one of the digest.
func TestFedG21HostileComparisons(t *testing.T) {
	onCounted(t, func(t *testing.T, x *counted) {
		other := federationtest.NewPeer(t)
		for person := 1; person <= 2; person++ {
			x.abroad.follow(t, x.other, x.other.Actor, string(x.peer.Person(person)))
			x.Settle()
			by, err := x.abroad.Network.ActorByIRI(t.Context(), x.other, x.peer.Person(person))
			if err != nil {
				t.Fatal(err)
			}
			if err := x.abroad.Network.ReceiveFollowAnswer(t.Context(), by, x.other.Actor, true); err != nil {
				t.Fatal(err)
			}
		}
		x.Settle()
		me, second := string(x.peer.Person(1)), string(x.peer.Person(2))
		list := func(p *federationtest.Peer, path string, more members, items ...string) string {
			doc := members{"@context": "https://www.w3.org/ns/activitystreams", "id": p.URL + path, "type": "OrderedCollection", "orderedItems": items}
			for k, v := range more {
				doc[k] = v
			}
			p.PublishAt(path, doc)
			return p.URL + path
		}
		sent := 0
		say := func(collection, url, digest string) {
			t.Helper()
			sent++
			x.advance(2 * time.Minute)
			raw, _ := json.Marshal(x.peer.Note(1, sent, "News"))
			status, err := x.peer.SendBy(t.Context(), x.abroad.URL+"/inbox", raw, func(r *http.Request) error {
				sum := sha256.Sum256(raw)
				r.Header.Set("Collection-Synchronization", fmt.Sprintf(`collectionId="%s", digest="%s", url="%s"`, collection, digest, url))
				return httpsig.Sign(r, x.peer.Key(1), []httpsig.Scheme{httpsig.Cavage, httpsig.RFC9421}[sent%2], &sum, x.now())
			})
			if err != nil || status != http.StatusAccepted {
				t.Fatalf("the note is answered %d (%v)", status, err)
			}
			x.Settle()
		}
		follows := func(person string, want network.FollowState) {
			t.Helper()
			if state := x.abroad.state(t, x.other, domain.IRI(person)); state != want {
				t.Errorf("the follow of %s is %q, want %q", person, state, want)
			}
		}
		empty := digest()
		elsewhere, here := list(other, "/list", nil), list(x.peer, "/list", nil)
		say(me+"/followers", elsewhere, empty)
		say(second+"/followers", here, empty)
		say(me+"/followers", here, digest(string(x.local(t, "other").IRI))) // as we have it
		if len(other.Asked("/list"))+len(x.peer.Asked("/list")) != 0 {
			t.Errorf("a list is read that is not the actor's own, or need not be")
		}
		page := list(x.peer, "/endless", members{"next": x.peer.URL + "/endless"})
		say(me+"/followers", list(x.peer, "/paged", members{"first": page}), empty) // without end
		follows(me, network.FollowAccepted)
		asked := len(x.peer.Asked("/endless"))
		say(me+"/followers", here, empty) // too soon
		follows(me, network.FollowAccepted)
		if asked != 10 || len(x.peer.Asked("/list")) != 0 {
			t.Errorf("%d pages were read, then %d lists", asked, len(x.peer.Asked("/list")))
		}
		x.advance(time.Hour)
		say(me+"/followers", here, digest("https://nobody.example/")) // not of this list
		follows(me, network.FollowAccepted)
		x.advance(time.Hour)
		nobody := x.abroad.URL + "/users/nobody"
		say(me+"/followers", list(x.peer, "/strangers", nil, nobody, elsewhere, string(x.group.IRI)), digest(nobody, elsewhere, string(x.group.IRI)))
		follows(me, network.FollowRejected)
		follows(second, network.FollowAccepted)
		follows(string(x.group.IRI), network.FollowAccepted)
	})
}
