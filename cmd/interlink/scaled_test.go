//go:build !race

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"interlink/cmd/interlink/node"
	"interlink/domain"
	"interlink/domain/account"
	"interlink/domain/community"
	"interlink/domain/network"
	"interlink/domain/policy"
	"interlink/federation/federationtest"
	"interlink/federation/httpsig"
	"interlink/storage"
	"interlink/storage/storagetest"
)

// The load of the crash test.
const (
	chaosPeers    = 4 // servers
	chaosPeople   = 5 // on each: they follow the community and are followed
	chaosInFlight = 16
)

// chaosTime is how long processes are killed: 20 s, or INTERLINK_TEST_CHAOS,
// such as 60s.
func chaosTime(t *testing.T) time.Duration {
	t.Helper()
	told := os.Getenv("INTERLINK_TEST_CHAOS")
	if told == "" {
		return 20 * time.Second
	}
	d, err := time.ParseDuration(told)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// chaos is the node under load, and what it promised.
type chaos struct {
	*scaled
	peers     []*federationtest.Peer
	token     string
	group     domain.IRI
	accepted  atomic.Int64 // activities answered with 202
	published atomic.Int64 // posts answered with 201
	refused   atomic.Int64 // requests that a killed process did not answer
}

// TestCrashScaledNode kills the processes of a node, two of each role, and
// its Redis at random while activities come in and go out. Then it accounts
// for all of them: what was accepted took effect once, what was published
// reached every inbox, and what arrived twice is no more than what the killed
// had in flight.
func TestCrashScaledNode(t *testing.T) {
	x := &chaos{scaled: newScaled(t, chaosInFlight)}
	store := newRedis(t)
	x.environ = append(x.environ, "INTERLINK_REDIS_URL="+store.url())
	for range chaosPeers {
		x.peers = append(x.peers, federationtest.NewPeer(t))
	}
	x.prepare(x.fill)
	members := []*member{x.start("web"), x.start("web"), x.start("worker"), x.start("worker")}

	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	began := time.Now()
	over, stop := context.WithCancel(t.Context())
	var load sync.WaitGroup
	for i := range chaosPeers {
		load.Go(func() { x.send(over, i) })
	}
	load.Go(func() { x.publish(over) })
	kills, order := map[string]int{}, random.Perm(len(members)+1)
	for killed := 0; killed < len(order) || time.Since(began) < chaosTime(t); killed++ {
		<-time.After(time.Duration(500+random.IntN(2000)) * time.Millisecond) // the moment is what is random
		// Each once at first, then whoever comes.
		if victim := append(order, random.IntN(len(members)+1))[min(killed, len(order))]; victim < len(members) {
			members[victim].kill()
			members[victim].start()
			kills[members[victim].role]++
		} else {
			store.kill()
			store.start()
			kills["redis"]++
		}
	}
	stop()
	load.Wait()
	x.settle()
	t.Logf("%v: killed %v; %d activities accepted, %d posts published, %d requests unanswered",
		time.Since(began).Round(time.Second), kills, x.accepted.Load(), x.published.Load(), x.refused.Load())
	x.account(kills["worker"] * chaosInFlight)
	for _, m := range members {
		if err := m.end(); err != nil {
			t.Errorf("a %s that was told to end: %v", m.role, err)
		}
	}
}

// fill makes a community that everybody follows, and follows everybody.
func (x *chaos) fill(n *node.Node) {
	t := x.t
	t.Helper()
	ctx := t.Context()
	a, err := n.Accounts.Create(ctx, account.SignUp{Username: "official", Email: "official@people.example"}, policy.RoleAdmin)
	if err != nil {
		t.Fatal(err)
	}
	v := a.Viewer()
	group, err := n.Communities.Create(ctx, v, "mobility", community.Details{Title: domain.Text{"en": "Mobility"}, Language: "en"})
	if err != nil {
		t.Fatal(err)
	}
	x.group = group.IRI
	followed, err := n.Network.Actor(ctx, v, group.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, peer := range x.peers {
		for i := range chaosPeople {
			person, err := n.Lookup(ctx, string(peer.Person(i)))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := n.Network.Follow(ctx, v, v.Actor, person.ID); err != nil {
				t.Fatal(err)
			}
			if err := n.Network.ReceiveFollowAnswer(ctx, person, v.Actor, true); err != nil {
				t.Fatal(err)
			}
			if err := n.Network.ReceiveFollow(ctx, person, followed, peer.Person(i)+"/follow"); err != nil {
				t.Fatal(err)
			}
		}
	}
	token, err := n.Accounts.CreateToken(ctx, a, "load", []policy.Scope{policy.ScopeRead, policy.ScopeWrite})
	if err != nil {
		t.Fatal(err)
	}
	x.token = token
}

// send sends activities of one peer until over ends, each until it is
// accepted.
func (x *chaos) send(over context.Context, peer int) {
	p := x.peers[peer]
	for number := 0; over.Err() == nil; number++ {
		person := number % chaosPeople
		note := p.Note(person, number, fmt.Sprintf("Note %d", number))
		for {
			status, err := p.Send(x.t.Context(), person, string(x.group)+"/inbox", note, httpsig.Cavage)
			if status == http.StatusAccepted {
				x.accepted.Add(1)
				break
			}
			if x.t.Context().Err() != nil || err == nil && status != http.StatusBadGateway {
				x.t.Errorf("activity %d of peer %d: %d %v", number, peer, status, err)
				return
			}
			x.refused.Add(1)
		}
	}
}

// publish publishes posts until over ends.
func (x *chaos) publish(over context.Context) {
	for number := 0; over.Err() == nil; number++ {
		body := fmt.Sprintf(`{"content": "Post %d"}`, number)
		r, err := http.NewRequestWithContext(x.t.Context(), http.MethodPost, x.base+"/api/interlink/v1/communities/mobility/posts", strings.NewReader(body))
		if err != nil {
			x.t.Error(err)
			return
		}
		r.Header.Set("Authorization", "Bearer "+x.token)
		r.Header.Set("Content-Type", "application/json")
		answer, err := http.DefaultClient.Do(r)
		if err != nil { // the process was killed in the middle of its answer
			x.refused.Add(1)
			continue
		}
		said, _ := io.ReadAll(answer.Body) // a part of it will do
		_ = answer.Body.Close()
		switch answer.StatusCode {
		case http.StatusCreated:
			x.published.Add(1)
		case http.StatusBadGateway, http.StatusServiceUnavailable: // or another process made the same serial
			x.refused.Add(1)
		default:
			x.t.Errorf("post %d: %d %s", number, answer.StatusCode, bytes.TrimSpace(said))
			return
		}
	}
}

// queues opens the database, to look at it.
func (x *scaled) queues() (*storage.DB, *storage.Activities) {
	x.t.Helper()
	db := storagetest.Open(x.t, x.database)
	return db, storage.NewActivities(db, domain.NewMint(nil, nil))
}

// settle waits until nothing waits in any queue.
func (x *chaos) settle() {
	x.t.Helper()
	_, queues := x.queues()
	ctx, cancel := context.WithTimeout(x.t.Context(), 3*time.Minute)
	defer cancel()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	idle := 0
	for idle < 10 { // nothing for longer than the relay takes to look for more
		q, err := queues.Queues(ctx)
		if err != nil {
			x.t.Fatalf("after the crashes: %v", err)
		}
		if idle++; q.Received+q.Fanouts+q.Deliveries > 0 {
			idle = 0
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			x.t.Fatalf("the queues do not empty: %+v", q)
		}
	}
}

// account compares what was promised with what happened. inFlight is how many
// deliveries the killed can have sent without noting it.
func (x *chaos) account(inFlight int) {
	t := x.t
	t.Helper()
	ctx := t.Context()
	db, queues := x.queues()
	q, err := queues.Queues(ctx)
	if err != nil || q.Failed+q.Dead > 0 {
		t.Errorf("%d received activities failed and %d deliveries are dead (%v)", q.Failed, q.Dead, err)
	}
	effects := x.effects(storage.NewEvents(db))
	for id, n := range effects {
		if n != 1 {
			t.Errorf("the post %s took effect %d times", id, n)
		}
	}
	if want := x.accepted.Load(); int64(len(effects)) != want {
		t.Errorf("%d activities took effect, %d were accepted", len(effects), want)
	}

	var rows []struct{ IRI, Inbox, Type, State string }
	err = db.Read().NewRaw("SELECT a.iri, a.type, d.inbox, d.state FROM deliveries AS d JOIN activities AS a ON a.id = d.activity_id").Scan(ctx, &rows)
	if err != nil {
		t.Fatal(err)
	}
	arrived := x.arrived()
	again, creates := 0, map[string]int{}
	for _, r := range rows {
		n := arrived[r.Inbox+" "+r.IRI]
		if n == 0 || r.State != "done" {
			t.Errorf("%s %s: %s arrived %d times (%s)", r.Type, r.IRI, r.Inbox, n, r.State)
		}
		again += max(n-1, 0)
		if r.Type == "Create" {
			creates[r.IRI]++
		}
	}
	for iri, n := range creates {
		if n != chaosPeers*chaosPeople {
			t.Errorf("%s was addressed to %d inboxes, want %d", iri, n, chaosPeers*chaosPeople)
		}
	}
	if want := x.published.Load(); int64(len(creates)) < want || want == 0 {
		t.Errorf("%d posts were told, %d were published", len(creates), want)
	}
	t.Logf("%d deliveries, %d arrived twice; at most %d can have been in flight at the kills", len(rows), again, inFlight)
	if again > inFlight {
		t.Errorf("%d deliveries arrived twice: more than the %d that can have been in flight", again, inFlight)
	}
}

// effects counts the events of received posts, by post.
func (x *chaos) effects(events *storage.Events) map[domain.ID]int {
	x.t.Helper()
	effects := map[domain.ID]int{}
	for seq := int64(0); ; {
		page, err := events.After(x.t.Context(), seq, 500)
		if err != nil {
			x.t.Fatal(err)
		}
		if len(page) == 0 {
			return effects
		}
		for _, e := range page {
			if e.Kind == community.PostReceived {
				effects[e.Subject.ID]++
			}
			seq = e.Seq
		}
	}
}

// arrived counts what the peers received, by inbox and activity.
func (x *chaos) arrived() map[string]int {
	arrived := map[string]int{}
	for _, peer := range x.peers {
		for i := range chaosPeople {
			for _, a := range peer.Inbox(i) {
				arrived[string(peer.Person(i))+"/inbox "+a.ID]++
			}
		}
	}
	return arrived
}

// The load of the throughput test.
const (
	slowHosts    = 8
	slowInboxes  = 15 // on each
	slowInFlight = 3  // so few that neither signing nor the database is what limits them
	slowAnswer   = 100 * time.Millisecond
)

// TestLoadSecondWorker: where peers answer slowly and each process has a cap,
// a second worker delivers faster.
func TestLoadSecondWorker(t *testing.T) {
	x := newScaled(t, slowInFlight)
	x.environ = append(x.environ, "INTERLINK_REDIS_URL="+newRedis(t).url())
	sink := newSlowSink(t)
	var v policy.Viewer
	post := func(n *node.Node, content string) {
		if _, err := n.Communities.Post(t.Context(), v, "mobility", community.Draft{Content: content, Language: "en"}); err != nil {
			t.Fatal(err)
		}
	}
	x.prepare(func(n *node.Node) {
		a, err := n.Accounts.Create(t.Context(), account.SignUp{Username: "official", Email: "official@people.example"}, policy.RoleAdmin)
		if err != nil {
			t.Fatal(err)
		}
		v = a.Viewer()
		group, err := n.Communities.Create(t.Context(), v, "mobility", community.Details{Title: domain.Text{"en": "Mobility"}, Language: "en"})
		if err != nil {
			t.Fatal(err)
		}
		followed, err := n.Network.Actor(t.Context(), v, group.ID)
		if err != nil {
			t.Fatal(err)
		}
		for i := range slowHosts * slowInboxes {
			iri := domain.IRI(fmt.Sprintf("%s/people/%d", sink.hosts[i%slowHosts], i))
			follower, err := n.Network.ReceiveActor(t.Context(), &network.Actor{
				IRI: iri, Type: network.TypePerson, Name: fmt.Sprintf("person%d", i), Host: iri.Host(), Inbox: iri + "/inbox",
			})
			if err != nil {
				t.Fatal(err)
			}
			if err := n.Network.ReceiveFollow(t.Context(), follower, followed, iri+"/follow"); err != nil {
				t.Fatal(err)
			}
		}
		post(n, "The first, which also tells that their follows are accepted.")
	})
	deliver := func() float64 {
		before := sink.count.Load()
		x.prepare(func(n *node.Node) { post(n, "Another one.") })
		sink.wait(t, before+1)
		began := time.Now()
		sink.wait(t, before+slowHosts*slowInboxes)
		return (slowHosts*slowInboxes - 1) / time.Since(began).Seconds()
	}
	x.start("worker")
	sink.wait(t, slowHosts*slowInboxes*2) // Accepts and Creates
	one := deliver()
	x.start("worker")
	two := deliver()
	t.Logf("one worker %.0f deliveries/s, two %.0f; with %d in flight and answers after %v one can have %.0f",
		one, two, slowInFlight, slowAnswer, slowInFlight/slowAnswer.Seconds())
	if two < 1.3*one {
		t.Errorf("a second worker makes it %.2f times as fast, want at least 1.3", two/one)
	}
}

// slowSink is some servers that take 100 ms for each answer.
type slowSink struct {
	hosts   []string
	count   atomic.Int64
	arrived chan struct{}
}

func newSlowSink(t *testing.T) *slowSink {
	t.Helper()
	s := &slowSink{arrived: make(chan struct{}, 1)}
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var a struct{ Type string }
		if err := json.NewDecoder(r.Body).Decode(&a); err != nil {
			t.Error(err)
		}
		<-time.After(slowAnswer) // what is tested
		w.WriteHeader(http.StatusAccepted)
		s.count.Add(1)
		select {
		case s.arrived <- struct{}{}:
		default:
		}
	})
	for range slowHosts {
		server := httptest.NewServer(handler)
		t.Cleanup(server.Close)
		s.hosts = append(s.hosts, server.URL)
	}
	return s
}

// wait waits until n activities have arrived.
func (s *slowSink) wait(t *testing.T, n int64) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	for s.count.Load() < n {
		select {
		case <-s.arrived:
		case <-ctx.Done():
			t.Fatalf("%d of %d activities arrived", s.count.Load(), n)
		}
	}
}

// TestLiveAcrossProcesses: what one process writes and another tells of comes
// to those who listen at a third, signed in or not.
func TestLiveAcrossProcesses(t *testing.T) {
	x := newScaled(t, chaosInFlight)
	x.environ = append(x.environ, "INTERLINK_REDIS_URL="+newRedis(t).url())
	tokens := map[string]string{}
	x.prepare(func(n *node.Node) {
		for name, role := range map[string]policy.Role{"official": policy.RoleAdmin, "zoe": policy.RoleMember} {
			a, err := n.Accounts.Create(t.Context(), account.SignUp{Username: name, Email: name + "@people.example"}, role)
			if err != nil {
				t.Fatal(err)
			}
			if tokens[name], err = n.Accounts.CreateToken(t.Context(), a, "live", []policy.Scope{policy.ScopeRead, policy.ScopeWrite}); err != nil {
				t.Fatal(err)
			}
			if name == "official" {
				if _, err := n.Communities.Create(t.Context(), a.Viewer(), "mobility", community.Details{Title: domain.Text{"en": "Mobility"}, Language: "en"}); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
	listening, writing := x.start("web"), x.start("web")
	x.start("worker")
	ask := func(to *member, method, path, token, body string) *http.Response {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, "http://"+to.address+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if r.Host = strings.TrimPrefix(x.base, "http://"); token != "" {
			r.Header.Set("Authorization", "Bearer "+token)
		}
		r.Header.Set("Content-Type", "application/json")
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = answer.Body.Close() })
		return answer
	}
	zoe := ask(listening, http.MethodGet, "/notifications/stream", tokens["zoe"], "")
	stranger := ask(listening, http.MethodGet, "/live?watch=community:mobility&since=", "", "")
	body := `{"content": "Look, @zoe: the crossing is open."}`
	if answer := ask(writing, http.MethodPost, "/api/interlink/v1/communities/mobility/posts", tokens["official"], body); answer.StatusCode != http.StatusCreated {
		t.Fatalf("the post: status %d", answer.StatusCode)
	}
	for want, stream := range map[string]*http.Response{"mentioned you": zoe, "1 new post": stranger} {
		lines, found := bufio.NewScanner(stream.Body), false
		for !found && lines.Scan() {
			found = strings.HasPrefix(lines.Text(), "data: ") && strings.Contains(lines.Text(), want)
		}
		if !found {
			t.Errorf("%q does not come (status %d, %v)", want, stream.StatusCode, lines.Err())
		}
	}
}
