package federationtest_test

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	_ "modernc.org/sqlite" // the raw cost of an insert

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/community"
	"interlink/domain/network"
	"interlink/domain/policy"
	"interlink/federation/activity"
	"interlink/federation/federationtest"
	"interlink/federation/httpsig"
)

// raw are the costs below which nothing can go, measured in the same run.
type raw struct {
	sign, verify, insert time.Duration
}

// each runs fn some times and returns what one took.
func each(n int, fn func(i int)) time.Duration {
	start := time.Now()
	for i := range n {
		fn(i)
	}
	return time.Since(start) / time.Duration(n)
}

func measure(b *testing.B) raw {
	b.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		b.Fatal(err)
	}
	sum := sha256.Sum256([]byte("interlink"))
	var r raw
	var signature []byte
	r.sign = each(100, func(int) {
		if signature, err = rsa.SignPKCS1v15(nil, key, crypto.SHA256, sum[:]); err != nil {
			b.Fatal(err)
		}
	})
	r.verify = each(1000, func(int) {
		if err := rsa.VerifyPKCS1v15(&key.PublicKey, crypto.SHA256, sum[:], signature); err != nil {
			b.Fatal(err)
		}
	})
	db, err := sql.Open("sqlite", "file:"+filepath.Join(b.TempDir(), "raw.db")+"?_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)")
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(b.Context(), "CREATE TABLE raw (id INTEGER PRIMARY KEY, body BLOB)"); err != nil {
		b.Fatal(err)
	}
	body := make([]byte, 1000)
	r.insert = each(300, func(int) {
		if _, err := db.ExecContext(b.Context(), "INSERT INTO raw (body) VALUES (?)", body); err != nil {
			b.Fatal(err)
		}
	})
	return r
}

// bench gives a node with a community, and a peer with known people.
func bench(b *testing.B, people int) (*federationtest.Cluster, *federationtest.Node, *federationtest.Peer, policy.Viewer, *community.Community) {
	b.Helper()
	c := federationtest.New(b, "Zaragoza")
	n, peer := c.Nodes[0], federationtest.NewPeer(b)
	v := n.Person("official", policy.RoleAdmin)
	group, err := n.Communities.Create(b.Context(), v, "mobility", community.Details{Title: english("Mobility"), Language: "en"})
	if err != nil {
		b.Fatal(err)
	}
	followed, err := n.Network.Actor(b.Context(), v, group.ID)
	if err != nil {
		b.Fatal(err)
	}
	for i := range people {
		follower, err := n.Network.ReceiveActor(b.Context(), &network.Actor{
			IRI: peer.Person(i), Type: network.TypePerson, Name: fmt.Sprintf("person%d", i), Host: peer.Person(i).Host(),
			Inbox: peer.Person(i) + "/inbox",
		})
		if err != nil {
			b.Fatal(err)
		}
		if err := n.Network.ReceiveFollow(b.Context(), follower, followed, peer.Person(i)+"/follow"); err != nil {
			b.Fatal(err)
		}
	}
	c.Settle()
	return c, n, peer, v, group
}

// BenchmarkAccept accepts activities over HTTP by 16 connections: verified and
// stored. x-raw is the time by the sum of one RSA verification and one SQLite
// insert; several share a transaction, so it can be less than their sum.
func BenchmarkAccept(b *testing.B) {
	_, _, peer, _, group := bench(b, 1)
	r := measure(b)
	inbox := string(group.IRI) + "/inbox"
	if status, err := peer.Send(b.Context(), 0, inbox, peer.Note(0, 1<<30, "known"), httpsig.Cavage); err != nil || status != http.StatusAccepted {
		b.Fatal(status, err)
	}
	key := peer.Key(0)
	bodies := make([][]byte, b.N)
	for i := range bodies {
		raw, err := json.Marshal(peer.Note(0, i, "A note of some length, as people write them: about a crossing, a school and a bus."))
		if err != nil {
			b.Fatal(err)
		}
		bodies[i] = raw
	}
	numbers := make(chan int, b.N)
	for i := range b.N {
		numbers <- i
	}
	close(numbers)
	b.SetParallelism(8)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			status, err := peer.SendRaw(context.Background(), key, inbox, bodies[<-numbers], httpsig.Cavage)
			if err != nil || status != http.StatusAccepted {
				b.Error(status, err)
			}
		}
	})
	b.StopTimer()
	one := b.Elapsed() / time.Duration(b.N)
	b.ReportMetric(float64(one)/float64(r.verify+r.insert), "x-raw")
	b.ReportMetric(float64(one-r.sign/2)/float64(r.verify+r.insert), "x-raw-less-signing") // the sender signs on the same two cores
	b.ReportMetric(float64(time.Second)/float64(one), "activities/s")
}

// BenchmarkWork takes effect of posts of a person whom somebody here follows,
// stored before. x-raw is the time by that of one SQLite insert.
func BenchmarkWork(b *testing.B) {
	c, n, peer, v, _ := bench(b, 50)
	r := measure(b)
	const authors = 50
	for i := range authors {
		author, err := n.Lookup(b.Context(), string(peer.Person(i)))
		if err != nil {
			b.Fatal(err)
		}
		if _, err := n.Network.Follow(b.Context(), v, v.Actor, author.ID); err != nil {
			b.Fatal(err)
		}
		if err := n.Network.ReceiveFollowAnswer(b.Context(), author, v.Actor, true); err != nil {
			b.Fatal(err)
		}
	}
	c.Settle()
	for i := range b.N {
		if status, err := peer.Send(b.Context(), i%authors, n.URL+"/inbox", peer.Note(i%authors, i, "A note of some length, as people write them: about a crossing, a school and a bus."), httpsig.Cavage); err != nil || status != http.StatusAccepted {
			b.Fatal(status, err)
		}
	}
	b.ResetTimer()
	c.Settle()
	b.StopTimer()
	one := b.Elapsed() / time.Duration(b.N)
	b.ReportMetric(float64(one)/float64(r.insert), "x-raw")
	b.ReportMetric(float64(time.Second)/float64(one), "posts/s")
}

// BenchmarkEncode encodes one Create of a Note. x-raw is the time by that of
// encoding/json for the same bytes.
func BenchmarkEncode(b *testing.B) {
	_, n, _, v, _ := bench(b, 0)
	post, err := n.Communities.Post(b.Context(), v, "mobility", community.Draft{Content: "The new crossing is **open**.", Language: "en"})
	if err != nil {
		b.Fatal(err)
	}
	author, err := n.Network.Actor(b.Context(), v, post.Author)
	if err != nil {
		b.Fatal(err)
	}
	in := activity.NoteInput{Post: post, Author: author, OwnHost: n.Namespace.Host()}
	to, cc := in.Audience()
	envelope := activity.Envelope{ID: n.Namespace.IRI("activities", "1"), Actor: author.IRI, Published: post.Published, To: to, Cc: cc}
	encode := func(int) []byte {
		raw, err := activity.Create(envelope, activity.Note(in))
		if err != nil {
			b.Fatal(err)
		}
		return raw
	}
	var plain map[string]any
	if err := json.Unmarshal(encode(0), &plain); err != nil {
		b.Fatal(err)
	}
	base := each(2000, func(int) {
		if _, err := json.Marshal(plain); err != nil {
			b.Fatal(err)
		}
	})
	b.ReportAllocs()
	for i := range b.N {
		encode(i)
	}
	b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(base), "x-raw")
}

// BenchmarkDeliver1000 delivers one post to 1,000 inboxes of one host. x-raw
// is the time by that of 1,000 RSA signatures on all cores.
func BenchmarkDeliver1000(b *testing.B) {
	const followers = 1000
	c, n, peer, v, _ := bench(b, followers)
	r := measure(b)
	b.ResetTimer()
	for i := range b.N {
		if _, err := n.Communities.Post(b.Context(), v, "mobility", community.Draft{Content: fmt.Sprintf("Post %d", i), Language: "en"}); err != nil {
			b.Fatal(err)
		}
		c.Settle()
	}
	b.StopTimer()
	for _, person := range []int{0, followers / 2, followers - 1} {
		if got := createsOf(peer, person); got != b.N {
			b.Fatalf("person %d received %d posts, want %d", person, got, b.N)
		}
	}
	one := b.Elapsed() / time.Duration(b.N*followers)
	b.ReportMetric(float64(one)*2/float64(r.sign), "x-raw")
	b.ReportMetric(float64(time.Second)/float64(one), "deliveries/s")
}

func createsOf(p *federationtest.Peer, person int) int {
	n := 0
	for _, a := range p.Inbox(person) {
		if a.Type == "Create" {
			n++
		}
	}
	return n
}

// BenchmarkRecommend10000 ranks the Interlinkers for a task among 10,000 of
// the catalogue. x-raw is the time by that of one SQLite insert.
func BenchmarkRecommend10000(b *testing.B) {
	_, n, _, v, _ := bench(b, 0)
	r := measure(b)
	bundle := catalogue.Bundle{}
	code := func(i int) string { return fmt.Sprintf("BENCH_PROBLEM_%d", i%45) }
	for i := range 10_000 {
		e := &catalogue.Entry{
			Kind: catalogue.KindInterlinker, Key: fmt.Sprintf("knowledge/tool-%d", i), Slug: fmt.Sprintf("tool-%d", i),
			Name:    domain.Text{"en": fmt.Sprintf("Tool %d", i), "es": fmt.Sprintf("Herramienta %d", i)},
			Summary: domain.Text{"en": "A template that a group fills in together in an afternoon."},
			Interlinker: &catalogue.Interlinker{
				Nature: catalogue.NatureKnowledge, Difficulty: "easy", Problems: []string{code(i), code(i * 7), code(i * 11)}[:1+i%3],
			},
		}
		bundle.Entries = append(bundle.Entries, e)
	}
	if report, err := n.Catalogue.Import(b.Context(), v, bundle, false); err != nil || report.Interlinkers.Added != len(bundle.Entries) {
		b.Fatalf("%+v %v", report, err)
	}
	q := catalogue.Query{Problems: []string{code(1), code(2), code(3)}, Language: "es"}
	for b.Loop() {
		found, err := n.Catalogue.Recommend(b.Context(), v, q)
		if err != nil || len(found.Items) != 8 {
			b.Fatalf("%d found, %v", len(found.Items), err)
		}
	}
	b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(r.insert), "x-raw")
}
