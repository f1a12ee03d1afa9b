package federationtest_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/lineage"
	"interlink/domain/policy"
	"interlink/federation/activity"
	"interlink/federation/evidence"
	"interlink/federation/federationtest"
	"interlink/federation/httpsig"
)

// adopted makes a city clone a process of another, which accepts.
func (c *city) adopted(t *testing.T, cluster *federationtest.Cluster, from *city, source *coproduction.Process, name string) *coproduction.Process {
	t.Helper()
	clone := c.cloneOf(t, source, name)
	cluster.Settle()
	from.accept(t, source, clone.IRI)
	cluster.Settle()
	clone, err := c.Coproduction.Process(t.Context(), c.official, name)
	if err != nil {
		t.Fatal(err)
	}
	return clone
}

// offered finds an offered clone of a process.
func (c *city) offered(t *testing.T, source *coproduction.Process, clone domain.IRI) *lineage.Derivation {
	t.Helper()
	list, err := c.Lineage.Clones(t.Context(), c.official, source.Name, domain.Page{})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range list.Items {
		if d.IRI == clone {
			return d
		}
	}
	t.Fatalf("%s was not offered", clone)
	return nil
}

func (c *city) accept(t *testing.T, source *coproduction.Process, clone domain.IRI) {
	t.Helper()
	if _, err := c.Lineage.AcceptClone(t.Context(), c.official, source.Name, c.offered(t, source, clone).ID); err != nil {
		t.Fatal(err)
	}
}

// kin reads the lineage of a process again.
func (c *city) kin(t *testing.T, cluster *federationtest.Cluster, p *coproduction.Process) []lineage.Placed {
	t.Helper()
	if err := c.Families.Changed(t.Context(), lineage.WalkArgs{Process: p.ID}); err != nil {
		t.Fatal(err)
	}
	cluster.Settle()
	l, err := c.Families.Lineage(t.Context(), policy.Viewer{}, p.Name, domain.Page{Limit: 100})
	if err != nil || l.Walk == nil || l.Walk.State != lineage.WalkEnded {
		t.Fatalf("the walk: %+v (%v)", l, err)
	}
	return l.List.Items
}

// TestFedA44LineageAcrossNodes: Riga clones a process of Zaragoza, Rome that of
// Riga; each edge is confirmed by a stamp that all three check for themselves,
// until it is withdrawn.
func TestFedA44LineageAcrossNodes(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza", "Riga", "Rome"}, func(t *testing.T, c *federationtest.Cluster) {
		ctx := t.Context()
		zaragoza, riga, rome := newCity(t, c.Nodes[0]), newCity(t, c.Nodes[1]), newCity(t, c.Nodes[2])
		zaragoza.starterCatalogue(t)
		original := zaragoza.process(t, "safe_ways")
		c.Settle()
		clone := riga.adopted(t, c, zaragoza, original, "safe_ways_riga")
		at := clone.ClonedFrom.Stamp
		if want := original.IRI + "/clones/"; !strings.HasPrefix(string(at), string(want)) {
			t.Fatalf("the Accept named %q", at)
		}
		stamp, err := riga.Lineage.StampAt(ctx, clone.IRI)
		if err != nil || stamp.IRI != at || stamp.Owner != zaragoza.owner.IRI || stamp.Source != original.IRI || stamp.Digest != clone.ClonedFrom.Digest || stamp.Key == "" {
			t.Fatalf("Riga keeps %+v (%v)", stamp, err)
		}
		if served := get(t, string(at)); served.status != http.StatusOK || served.json["type"] != "Relationship" || served.json["proof"] == nil || served.json["subject"] != string(clone.IRI) {
			t.Errorf("the stamp: %d %v", served.status, served.json)
		}
		second := rome.adopted(t, c, riga, clone, "safe_ways_rome")
		zaragoza.release(t, "safe_ways", 0)
		zaragoza.describe(t, "safe_ways", zaragoza.tasks(t, "safe_ways")[0], "With the parents.")
		zaragoza.release(t, "safe_ways", 1)
		c.Settle()

		for _, from := range []struct {
			*city
			p *coproduction.Process
		}{{zaragoza, original}, {riga, clone}, {rome, second}} {
			f := from.kin(t, c, from.p)
			if len(f) != 3 || f[0].IRI != original.IRI || f[1].IRI != clone.IRI || f[2].IRI != second.IRI || f[2].Depth != 2 {
				t.Fatalf("from %s: %+v", from.p.Name, f)
			}
			if s := f[1].Confirmed(); s == nil || s.Owner != zaragoza.owner.IRI {
				t.Errorf("from %s the first edge is %+v", from.p.Name, f[1])
			}
			if s := f[2].Confirmed(); s == nil || s.Owner != riga.owner.IRI {
				t.Errorf("from %s the second edge is %+v", from.p.Name, f[2])
			}
			if got := f[1].Standing; !got.Known || got.Behind != 1 || got.Same {
				t.Errorf("from %s Riga stands %+v", from.p.Name, got)
			}
			if f[0].Known.Releases[0].Version != "1.0.1" && len(f[0].Known.Releases) != 2 || f[0].Known.Active == "" {
				t.Errorf("from %s the source is %+v", from.p.Name, f[0].Known)
			}
			for i := range f {
				if f[i].Self != (f[i].IRI == from.p.IRI) {
					t.Errorf("from %s: %+v", from.p.Name, f[i])
				}
			}
		}

		// What did not change is not sent again: Rome asks, and is told so.
		before := rome.kin(t, c, second)
		if after := rome.kin(t, c, second); len(after) != len(before) || after[0].Known == nil || len(after[0].Tags) == 0 || after[1].Confirmed() == nil {
			t.Errorf("read again: %+v", after)
		}

		// Zaragoza takes it back: the clone learns it, and a third node when it reads.
		d := zaragoza.offered(t, original, clone.IRI)
		if _, err := zaragoza.Lineage.WithdrawClone(ctx, zaragoza.official, "safe_ways", d.ID); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		if served := get(t, string(at)); served.status != http.StatusGone {
			t.Errorf("a withdrawn stamp: %d", served.status)
		}
		clone, err = riga.Coproduction.Process(ctx, riga.official, "safe_ways_riga")
		if err != nil || clone.ClonedFrom.Answer != coproduction.Rejected || clone.ClonedFrom.Stamp != "" {
			t.Errorf("in Riga: %+v (%v)", clone.ClonedFrom, err)
		}
		if _, err := riga.Lineage.StampAt(ctx, clone.IRI); domain.CodeOf(err) != domain.NotFound {
			t.Errorf("Riga keeps the stamp: %v", err)
		}
		// What had accepted it does not do so again when it is replayed.
		again := lineage.SourceAnswer{Clone: clone.IRI, By: original.IRI, Accepted: true, Activity: original.IRI + "/accept", Stamp: at}
		for _, stamp := range []domain.IRI{at, ""} {
			if again.Stamp = stamp; domain.CodeOf(riga.Lineage.RecordAnswer(ctx, again)) != domain.Conflict {
				t.Error("an Accept that was replayed after the withdrawal took effect")
			}
		}
		f := rome.kin(t, c, second)
		if len(f) != 3 || f[1].Confirmed() != nil || f[2].Confirmed() == nil {
			t.Errorf("in Rome: %+v", f)
		}
	})
}

// TestFedA44PrivateIsHidden: what is for members is in nobody's lineage, but for
// what a public clone says of it.
func TestFedA44PrivateIsHidden(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza", "Riga"}, func(t *testing.T, c *federationtest.Cluster) {
		zaragoza, riga := newCity(t, c.Nodes[0]), newCity(t, c.Nodes[1])
		zaragoza.starterCatalogue(t)
		original := zaragoza.process(t, "safe_ways")
		c.Settle()
		clone := riga.adopted(t, c, zaragoza, original, "safe_ways_riga")
		riga.kin(t, c, clone)
		p, err := zaragoza.Coproduction.Process(t.Context(), zaragoza.official, "safe_ways")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := zaragoza.Coproduction.Edit(t.Context(), zaragoza.official, "safe_ways", p.Revision, coproduction.Details{Title: english("A secret"), Language: "en", Visibility: domain.VisibleMembers}); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		f := riga.kin(t, c, clone)
		if len(f) != 2 || f[0].State != lineage.KinHidden || f[0].Known != nil || f[0].Title != nil || f[0].Digest == "" {
			t.Errorf("in Riga: %+v", f)
		}
	})
}

// TestFedA44ForgedStamps: a stamp counts only from the source's own server, by
// the source's people, for this clone and this tree; a replayed one counts for
// nothing else.
func TestFedA44ForgedStamps(t *testing.T) {
	federationtest.Run(t, []string{"Riga"}, func(t *testing.T, c *federationtest.Cluster) {
		b, other := besiege(t, c), federationtest.NewHostile(t)
		source := b.hostile.Person(2)
		clone, digest := b.cloneOfPeer(t, 2, "taken")
		key := []map[string]any{{"id": string(source) + "#ed25519-key", "type": "Multikey", "controller": string(source), "publicKeyMultibase": b.hostile.Ed25519(2).Multibase()}}
		b.pretendProcess(2, digest, map[string]any{"assertionMethod": key})
		number := 0
		// stamped answers with a stamp that fn changes, signed by a key.
		stamped := func(what string, want bool, by *httpsig.Key, fn func(s *lineage.Stamp)) {
			t.Helper()
			number++
			at := string(source) + "/clones/" + strings.Repeat("i", number)
			s := lineage.Stamp{IRI: domain.IRI(at), Source: source, Owner: source, Clone: clone.IRI, Digest: digest, At: time.Now().UTC().Truncate(time.Second)}
			fn(&s)
			raw, err := activity.Encode(activity.Stamp(s))
			if err != nil {
				t.Fatal(err)
			}
			if by != nil {
				if raw, err = httpsig.Prove(raw, by, time.Now()); err != nil {
					t.Fatal(err)
				}
			}
			var document map[string]any
			if err := json.Unmarshal(raw, &document); err != nil {
				t.Fatal(err)
			}
			b.hostile.Document(b.hostile.Path(domain.IRI(at)), document)
			p, err := b.Coproduction.Process(t.Context(), b.official, "taken")
			if err != nil {
				t.Fatal(err)
			}
			err = b.Lineage.RecordAnswer(t.Context(), lineage.SourceAnswer{
				Clone: p.IRI, By: source, Actor: domain.Nobody, Accepted: true, Activity: domain.IRI(at + "/accept"), Stamp: domain.IRI(at),
			})
			if err != nil {
				t.Fatal(err)
			}
			c.Settle()
			kept, err := b.Lineage.StampAt(t.Context(), p.IRI)
			if got := err == nil && kept.IRI == domain.IRI(at); got != want {
				t.Errorf("%s: kept %t, want %t (%v)", what, got, want, err)
			}
		}
		own := b.hostile.Ed25519(2)
		stranger := *other.Ed25519(2)
		stranger.ID = own.ID
		stamped("without a proof", false, nil, func(*lineage.Stamp) {})
		stamped("by a key that is not its own", false, &stranger, func(*lineage.Stamp) {})
		stamped("by a key of another server", false, other.Ed25519(2), func(*lineage.Stamp) {})
		stamped("of another clone", false, own, func(s *lineage.Stamp) { s.Clone = "https://riga.example/processes/other" })
		stamped("of another source", false, own, func(s *lineage.Stamp) { s.Source = b.hostile.Person(3) })
		stamped("of another tree", false, own, func(s *lineage.Stamp) { s.Digest = strings.Repeat("ab", 32) })
		stamped("replayed from another address", false, own, func(s *lineage.Stamp) { s.IRI = source + "/clones/elsewhere" })
		stamped("as it should be", true, own, func(*lineage.Stamp) {})
		err := b.Lineage.RecordAnswer(t.Context(), lineage.SourceAnswer{
			Clone: clone.IRI, By: source, Accepted: true, Activity: source + "/accept", Stamp: domain.IRI(other.URL + "/stamp"),
		})
		if domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("a stamp on another server: %v", err)
		}

		// The source goes: a tombstone stays, with the last hash.
		if f := b.kin(t, c, clone); len(f) != 2 || f[0].State != lineage.KinRead || f[1].Confirmed() == nil {
			t.Errorf("while it is there: %+v", f)
		}
		b.hostile.Lie(b.hostile.Path(source), func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusGone) })
		if f := b.kin(t, c, clone); len(f) != 2 || f[0].State != lineage.KinGone || f[0].Digest != digest || f[0].Title == nil || f[0].Seen.IsZero() || f[1].Confirmed() == nil {
			t.Errorf("after it went: %+v", f)
		}
	})
}

// pretendProcess makes a person of the hostile peer a process with a tree.
func (b *besieged) pretendProcess(n int, digest string, members map[string]any) {
	iri := b.hostile.Person(n)
	document := map[string]any{"type": "Group", "interlink:process": map[string]any{
		"language": "en", "status": "in_progress", "version": 3, "tree": string(iri) + "/tree", "clones": string(iri) + "/clones",
	}}
	for name, value := range members {
		document[name] = value
	}
	b.hostile.Pretend(n, document)
	items := peerItems(iri)
	b.hostile.Document(b.hostile.Path(iri)+"/tree", map[string]any{
		"@context": streams, "id": string(iri) + "/tree", "type": "OrderedCollection", "totalItems": 1, "attributedTo": string(iri), "first": string(iri) + "/tree?page=first",
		"interlink:tree": map[string]any{"version": 3, "digest": digest},
	})
	b.hostile.Document(b.hostile.Path(iri)+"/tree?page=first", map[string]any{
		"@context": streams, "id": string(iri) + "/tree?page=first", "type": "OrderedCollectionPage", "partOf": string(iri) + "/tree",
		"orderedItems": []any{map[string]any{"id": items[0].ID, "type": "Note", "interlink:item": items[0]}},
	})
}

func peerItems(iri domain.IRI) []lineage.SourceItem {
	return []lineage.SourceItem{{ID: string(iri) + "/guide/1", Kind: coproduction.Phase, Name: english("Engage")}}
}

// cloneOfPeer clones a process of the hostile peer.
func (b *besieged) cloneOfPeer(t *testing.T, n int, name string) (*coproduction.Process, string) {
	t.Helper()
	digest := lineage.SourceProcess{Items: peerItems(b.hostile.Person(n))}.Digest()
	b.pretendProcess(n, digest, nil)
	source, err := b.Source(t.Context(), b.hostile.Person(n))
	if err != nil {
		t.Fatal(err)
	}
	p, err := b.Lineage.CloneFrom(t.Context(), b.official, source, lineage.CloneInput{Name: name, Owner: b.owner.ID})
	if err != nil {
		t.Fatal(err)
	}
	b.cluster.Settle()
	return p, digest
}

// TestFedA44LiarsCostLittle: a peer that lists clones without end, on pages
// without end, names others' addresses, and goes round, is asked a bounded
// number of times, and nobody else for its sake more than once for each.
func TestFedA44LiarsCostLittle(t *testing.T) {
	federationtest.Run(t, []string{"Riga"}, func(t *testing.T, c *federationtest.Cluster) {
		b, victim := besiege(t, c), federationtest.NewHostile(t)
		clone, digest := b.cloneOfPeer(t, 2, "taken")
		iri := b.hostile.Person(2)
		b.pretendProcess(2, digest, map[string]any{"interlink:process": map[string]any{
			"language": "en", "status": "finished", "version": 3, "tree": string(iri) + "/tree", "clones": string(iri) + "/clones",
			"clonedFrom": map[string]any{"id": string(clone.IRI), "version": 1}, // it goes round
		}})
		var items []any
		for i := range 50 {
			items = append(items, victim.URL+"/processes/"+strings.Repeat("v", i+1))
		}
		b.hostile.Endless(b.hostile.Path(iri)+"/clones", func(page string) string {
			if page == "" {
				return b.hostile.Page(b.hostile.Path(iri)+"/clones", 0)
			}
			return page + "i"
		}, items...)
		before := b.hostile.Asked()
		f := b.kin(t, c, clone)
		if asked := b.hostile.Asked() - before; asked > 110 {
			t.Errorf("the liar was asked %d times", asked)
		}
		if asked := victim.Asked(); asked > 50 {
			t.Errorf("the victim was asked %d times", asked)
		}
		if len(f) < 2 || !f[0].Circle {
			t.Errorf("the lineage: %+v", f)
		}
	})
}

// TestFedA44StampIsEvidence: who has a stamp in a file can check it.
func TestFedA44StampIsEvidence(t *testing.T) {
	c := federationtest.New(t, "Zaragoza", "Riga")
	zaragoza, riga := newCity(t, c.Nodes[0]), newCity(t, c.Nodes[1])
	zaragoza.starterCatalogue(t)
	original := zaragoza.process(t, "safe_ways")
	c.Settle()
	clone := riga.adopted(t, c, zaragoza, original, "safe_ways_riga")
	stamp, err := riga.Lineage.StampAt(t.Context(), clone.IRI)
	if err != nil {
		t.Fatal(err)
	}
	opened, err := evidence.Open(stamp.Document)
	if err != nil {
		t.Fatal(err)
	}
	opened.Keys = []evidence.Key{{ID: stamp.Method, Controller: stamp.Owner, Multibase: stamp.Key}}
	report, err := evidence.Check(t.Context(), opened.Document, nil, opened.Along, time.Now())
	if err != nil || report.Err() != nil || report.Stamp == nil || report.Stamp.Clone != clone.IRI {
		t.Errorf("%+v (%v)", report, err)
	}
}
