package federationtest_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"interlink/cmd/interlink/node"
	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/coproduction"
	"interlink/domain/network"
	"interlink/domain/policy"
	"interlink/federation/federationtest"
	"interlink/federation/httpsig"
	"interlink/storage/storagetest"
)

// local finds an Interlinker of a city by its place in the list.
func (c *city) local(t testing.TB, n int) *catalogue.Entry {
	t.Helper()
	list, err := c.Catalogue.List(t.Context(), c.official, catalogue.Filter{Kind: catalogue.KindInterlinker, Origin: "local"}, domain.Page{Limit: 50})
	if err != nil || len(list.Items) <= n {
		t.Fatal(len(list.Items), err)
	}
	return list.Items[n]
}

func TestFedA38DigestHealsWhatWasMissed(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza", "Riga"}, func(t *testing.T, c *federationtest.Cluster) {
		zaragoza, riga := newCity(t, c.Nodes[0]), newCity(t, c.Nodes[1])
		zaragoza.starterCatalogue(t)
		owner := riga.follow(t, riga.official, riga.CatalogueActor().ID, zaragoza.handle("catalogue"))
		riga.endorse(t, owner.Host)
		c.Settle()
		corrected, withdrawn := zaragoza.local(t, 0), zaragoza.local(t, 1)

		// Riga refuses what Zaragoza tells meanwhile.
		if _, err := riga.Gate.Set(t.Context(), riga.official, network.Rule{Host: owner.Host, Verdict: network.VerdictBlock}); err != nil {
			t.Fatal(err)
		}
		if _, err := zaragoza.Catalogue.Correct(t.Context(), zaragoza.official, corrected.ID, corrected.Revision, catalogue.Correction{Summary: english("Corrected.")}); err != nil {
			t.Fatal(err)
		}
		if _, err := zaragoza.Catalogue.Withdraw(t.Context(), zaragoza.official, withdrawn.ID, withdrawn.Revision, corrected.IRI); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		if err := riga.Gate.Lift(t.Context(), riga.official, owner.Host); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		copied, err := riga.Catalogue.EntryByIRI(t.Context(), riga.official, corrected.IRI)
		if err != nil || copied.Summary["en"] == "Corrected." {
			t.Fatalf("nothing was missed: %v", err)
		}
		if err := riga.Catalogue.CheckNow(t.Context(), riga.official, owner.ID); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		if copied, err = riga.Catalogue.EntryByIRI(t.Context(), riga.official, corrected.IRI); err != nil || copied.Summary["en"] != "Corrected." {
			t.Errorf("a missed correction: %v (%v)", copied.Summary, err)
		}
		gone, err := riga.Catalogue.EntryByIRI(t.Context(), riga.official, withdrawn.IRI)
		if err != nil || gone.Status != catalogue.Withdrawn || gone.Replacement != corrected.IRI {
			t.Errorf("a missed withdrawal: %+v (%v)", gone, err)
		}
		before := riga.subscription(t, owner).VerifiedAt
		if err := riga.Catalogue.CheckNow(t.Context(), riga.official, owner.ID); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		if after := riga.subscription(t, owner).VerifiedAt; !after.After(before) {
			t.Error("that all is as it is there is not noted")
		}
		here, err := riga.Catalogue.CopyMarks(t.Context(), owner.ID)
		if err != nil {
			t.Fatal(err)
		}
		there, err := zaragoza.Catalogue.Marks(t.Context())
		if err != nil || *catalogue.DigestOf(here) != *catalogue.DigestOf(there) {
			t.Errorf("%d copies of %d entries differ (%v)", len(here), len(there), err)
		}
	})
}

func TestEndorsementAnnouncesAnEntryByItsOwnAddress(t *testing.T) {
	c := federationtest.New(t, "Zaragoza", "Riga", "Rome")
	zaragoza, riga, rome := newCity(t, c.Nodes[0]), newCity(t, c.Nodes[1]), newCity(t, c.Nodes[2])
	zaragoza.starterCatalogue(t)
	riga.follow(t, riga.official, riga.CatalogueActor().ID, zaragoza.handle("catalogue"))
	rome.follow(t, rome.official, rome.CatalogueActor().ID, riga.handle("catalogue"))
	c.Settle()
	original := zaragoza.local(t, 0)
	copied, err := riga.Catalogue.EntryByIRI(t.Context(), riga.official, original.IRI)
	if err != nil {
		t.Fatal(err)
	}
	if err := riga.Catalogue.Endorse(t.Context(), riga.official, copied.ID, true); err != nil {
		t.Fatal(err)
	}
	c.Settle()
	if e, err := riga.Catalogue.EntryByIRI(t.Context(), policy.Viewer{}, original.IRI); err != nil || e.Why != catalogue.WhyAccepted {
		t.Errorf("an endorsed entry is not shown: %v", err)
	}
	there, err := rome.Catalogue.EntryByIRI(t.Context(), rome.official, original.IRI)
	if err != nil || there.Host != zaragoza.Namespace.Host() || there.Trust != catalogue.TrustDiscovered || there.Why != catalogue.WhyReview {
		t.Fatalf("Rome discovered %+v (%v)", there, err)
	}
	if err := riga.Catalogue.Endorse(t.Context(), riga.official, copied.ID, false); err != nil {
		t.Fatal(err)
	}
	c.Settle()
	if on, err := riga.Catalogue.Endorsed(t.Context(), copied.ID); err != nil || on {
		t.Errorf("it is endorsed still (%v)", err)
	}
	if err := zaragoza.Catalogue.Endorse(t.Context(), zaragoza.official, original.ID, true); domain.CodeOf(err) != domain.Invalid {
		t.Errorf("a node endorses its own entry: %v", err)
	}
}

func TestWithdrawnAndWarnedEntriesAreToldWhereTheyAreUsed(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza", "Riga"}, func(t *testing.T, c *federationtest.Cluster) {
		zaragoza, riga := newCity(t, c.Nodes[0]), newCity(t, c.Nodes[1])
		zaragoza.starterCatalogue(t)
		riga.starterCatalogue(t)
		owner := riga.follow(t, riga.official, riga.CatalogueActor().ID, zaragoza.handle("catalogue"))
		riga.endorse(t, owner.Host)
		c.Settle()
		original := zaragoza.local(t, 0)
		process := riga.process(t, "safe_ways")
		_, tree, err := riga.Coproduction.Tree(t.Context(), riga.official, process.Name)
		if err != nil {
			t.Fatal(err)
		}
		task := tree.Items()[len(tree.Items())-1]
		copied, err := riga.Catalogue.EntryByIRI(t.Context(), riga.official, original.IRI)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := riga.Coproduction.Instantiate(t.Context(), riga.official, process.Name, task.ID, copied.Slug+"@"+copied.Host); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		before := len(riga.told(t, riga.official))
		if _, err := zaragoza.Catalogue.Warn(t.Context(), zaragoza.official, original.ID, original.Revision, "en", "It shows everybody the answers."); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		if copied, err = riga.Catalogue.EntryByIRI(t.Context(), riga.official, original.IRI); err != nil || copied.Alert["en"] == "" || !copied.Flagged() {
			t.Fatalf("the copy is not marked: %+v (%v)", copied.Alert, err)
		}
		if topics := riga.told(t, riga.official); len(topics) != before+1 || topics[0] != "tool_unfit" {
			t.Errorf("the administrator of the process was told of %v", topics)
		}

		// So is what became of the schema with which a process began.
		schema, err := zaragoza.Catalogue.Entry(t.Context(), zaragoza.official, catalogue.KindSchema, "improve-service", "")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := riga.Coproduction.Start(t.Context(), riga.official, coproduction.StartInput{
			Name: "hack_days", Schema: schema.Slug + "@" + owner.Host, Owner: riga.owner.ID, Details: coproduction.Details{Title: english("Hack days"), Language: "en"},
		}); err != nil {
			t.Fatal(err)
		}
		if schema, err = zaragoza.Catalogue.Withdraw(t.Context(), zaragoza.official, schema.ID, schema.Revision, ""); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		if err := zaragoza.Catalogue.Delete(t.Context(), zaragoza.official, schema.ID, schema.Revision, schema.Name["en"]); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		if topics := riga.told(t, riga.official); len(topics) != before+3 || topics[0] != "tool_deleted" || topics[1] != "tool_unfit" {
			t.Errorf("the administrator of the process that began with the schema was told of %v", topics)
		}
	})
}

func TestFedA39TrustListsAreSignedShownAndTaken(t *testing.T) {
	federationtest.Run(t, []string{"Ministry", "Riga"}, func(t *testing.T, c *federationtest.Cluster) {
		ministry, riga := newCity(t, c.Nodes[0]), newCity(t, c.Nodes[1])
		shelf := newShelfPeer(t, 2)
		owner := shelf.accept(t, riga)
		c.Settle()
		if err := ministry.Catalogue.SayTrust(t.Context(), ministry.official, owner.Host, catalogue.TrustEndorsed, "Reviewed"); err != nil {
			t.Fatal(err)
		}
		publish := func(retract bool) *catalogue.TrustList {
			t.Helper()
			list, err := ministry.Catalogue.PublishList(t.Context(), ministry.official, ministry.CatalogueActor().IRI, english("Our friends"), retract)
			if err != nil {
				t.Fatal(err)
			}
			return list
		}
		list := publish(false)
		if err := riga.Catalogue.SubscribeList(t.Context(), riga.official, list.IRI, 1); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		if got := riga.list(t, owner.Host); len(got) > 0 {
			t.Fatalf("a list counts before it is taken: %v", got)
		}
		sub, changes, err := riga.Catalogue.ListChanges(t.Context(), riga.official, list.IRI, domain.Page{})
		if err != nil || len(changes.Items) != 1 || changes.Items[0].Host != owner.Host || changes.Items[0].Before != "" || changes.Items[0].After != catalogue.TrustEndorsed || sub.VerifiedAt.IsZero() {
			t.Fatalf("%+v %+v %v", sub, changes, err)
		}
		if err := riga.Catalogue.TakeList(t.Context(), riga.official, list.IRI, 99); domain.CodeOf(err) != domain.Conflict {
			t.Errorf("a version that was not shown is taken: %v", err)
		}
		take := func(version int) {
			t.Helper()
			if err := riga.Catalogue.TakeList(t.Context(), riga.official, list.IRI, version); err != nil {
				t.Fatal(err)
			}
			c.Settle()
		}
		take(1)
		if got := riga.list(t, owner.Host); len(got) != 2 {
			t.Errorf("of an endorsed host are shown %v", got)
		}
		if _, said, err := riga.Catalogue.Level(t.Context(), owner.Host); err != nil || said.List != list.IRI {
			t.Errorf("why it is trusted: %+v (%v)", said, err)
		}
		// The node's own word counts more.
		if err := riga.Catalogue.SayTrust(t.Context(), riga.official, owner.Host, catalogue.TrustLimited, ""); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		if got := riga.list(t, owner.Host); len(got) > 0 {
			t.Errorf("of a limited host are shown %v", got)
		}
		if err := riga.Catalogue.SayTrust(t.Context(), riga.official, owner.Host, "", ""); err != nil {
			t.Fatal(err)
		}
		// Retracted, nothing of it counts.
		publish(true)
		if err := riga.Catalogue.SubscribeList(t.Context(), riga.official, list.IRI, 1); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		if topics := riga.told(t, riga.official); !slices.Contains(topics, "trust_list_offered") {
			t.Errorf("told of %v", topics)
		}
		take(2)
		if got := riga.list(t, owner.Host); len(got) > 0 {
			t.Errorf("after the list was retracted are shown %v", got)
		}

		// One that its server did not sign is refused.
		forged := map[string]any{
			"@context": "https://www.w3.org/ns/activitystreams", "id": shelf.URL + "/list", "type": "Document", "attributedTo": string(shelf.Person(1)), "name": "Ours",
			"interlink:trustList": map[string]any{"version": 1, "hosts": []any{map[string]any{"host": owner.Host, "level": "endorsed"}}, "entries": []any{}},
		}
		shelf.Document("/list", forged)
		if err := riga.Catalogue.SubscribeList(t.Context(), riga.official, domain.IRI(shelf.URL+"/list"), 1); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		refused, _, err := riga.Catalogue.ListChanges(t.Context(), riga.official, domain.IRI(shelf.URL+"/list"), domain.Page{})
		if err != nil || refused.Problem != "trust_list.refused" || refused.Offered != nil || !refused.VerifiedAt.IsZero() {
			t.Errorf("a list without a signature: %+v (%v)", refused, err)
		}
	})
}

// Three catalogues with overlapping entries: one honest, one that lies about
// what is the other's, one that goes away for good.
func TestThreeCataloguesOneMaliciousOneGone(t *testing.T) {
	var moved clock
	c := federationtest.With(t, storagetest.SQLite, func(o *node.Options) {
		o.Now = moved.now
		o.Copies = &catalogue.Bounds{Copies: 60, Every: time.Hour, Excess: 20}
	}, "Zaragoza", "Riga")
	zaragoza, riga := newCity(t, c.Nodes[0]), newCity(t, c.Nodes[1])
	zaragoza.starterCatalogue(t)
	honest := riga.follow(t, riga.official, riga.CatalogueActor().ID, zaragoza.handle("catalogue"))
	malicious, leaving := newShelfPeer(t, 300), newShelfPeer(t, 3)
	malicious.SetClock(moved.now)
	leaving.SetClock(moved.now)
	for _, host := range []string{honest.Host, domain.IRI(leaving.URL).Host(), domain.IRI(malicious.URL).Host()} {
		riga.endorse(t, host)
	}
	original := zaragoza.local(t, 0)
	// Both call an entry of theirs a variant of Zaragoza's.
	for _, s := range []*shelfPeer{malicious, leaving} {
		s.entries[0].Interlinker.Software = &catalogue.Software{Repository: s.URL + "/code", BasedOn: []string{string(original.IRI)}}
	}
	// And one takes the address of Zaragoza's itself.
	stolen := *malicious.entries[1]
	stolen.IRI, stolen.Version, stolen.Name = original.IRI, 99, english("Stolen")
	malicious.entries[1] = &stolen
	bad, gone := malicious.accept(t, riga), leaving.accept(t, riga)
	c.Settle()

	copied, err := riga.Catalogue.EntryByIRI(t.Context(), riga.official, original.IRI)
	if err != nil || copied.Owner != honest.ID || copied.Name["en"] == "Stolen" {
		t.Fatalf("Zaragoza's entry became %+v (%v)", copied, err)
	}
	if sub := riga.subscription(t, bad); sub.Halt != catalogue.HaltQuota || riga.kept(t, bad) > 60 {
		t.Errorf("of the malicious one %d are kept: %+v", riga.kept(t, bad), sub)
	}
	if topics := riga.told(t, riga.official); !slices.Contains(topics, "catalogue_halted") {
		t.Errorf("the administrator was told of %v", topics)
	}
	variants, err := riga.Catalogue.Variants(t.Context(), policy.Viewer{}, copied)
	if err != nil || len(variants) != 2 {
		t.Errorf("%d variants (%v)", len(variants), err)
	}
	for _, v := range variants {
		if v.Lead {
			t.Errorf("lists show %s too", v.IRI)
		}
	}
	if !copied.Lead {
		t.Error("lists do not show the original")
	}
	// A Delete by another than the owner changes nothing.
	status, err := malicious.Send(t.Context(), 1, string(riga.CatalogueActor().IRI)+"/inbox", map[string]any{
		"@context": "https://www.w3.org/ns/activitystreams", "id": string(malicious.Person(1)) + "/delete/1", "type": "Delete",
		"actor": string(malicious.Person(1)), "object": string(original.IRI),
	}, httpsig.Cavage)
	if err != nil || status != http.StatusAccepted {
		t.Fatal(status, err)
	}
	c.Settle()
	if copied, err = riga.Catalogue.EntryByIRI(t.Context(), riga.official, original.IRI); err != nil || copied.Status != catalogue.Published {
		t.Errorf("another one withdrew it: %v", err)
	}
	// One leaves. Its copies stay, and say since when nobody answers.
	leaving.Pretend(1, nil)
	for _, address := range []string{"/people/1", "/entries"} {
		leaving.Lie(address, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	}
	for range 2 {
		if err := riga.Catalogue.CheckNow(t.Context(), riga.official, gone.ID); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		moved.advance(40 * 24 * time.Hour)
	}
	sub := riga.subscription(t, gone)
	if !sub.Away(moved.now()) || sub.VerifiedAt.IsZero() || sub.VerifiedAt.After(sub.FailingSince) {
		t.Errorf("%+v", sub)
	}
	if got := riga.list(t, gone.Host); len(got) != 2 || riga.kept(t, gone) != 3 { // the variant is collapsed
		t.Errorf("of the one that left are shown %v, %d kept", got, riga.kept(t, gone))
	}
	// Unfollowed, copies stay unless they are to be hidden.
	if err := riga.Catalogue.Unsubscribe(t.Context(), riga.official, gone.ID, false); err != nil {
		t.Fatal(err)
	}
	c.Settle()
	if got := riga.list(t, gone.Host); len(got) != 2 {
		t.Errorf("after unfollowing are shown %v", got)
	}
	if err := riga.Catalogue.Unsubscribe(t.Context(), riga.official, bad.ID, true); err != nil {
		t.Fatal(err)
	}
	c.Settle()
	if got := riga.list(t, bad.Host); len(got) > 0 {
		t.Errorf("after unfollowing and hiding are shown %v", got)
	}
}

// BenchmarkBackfill reads a catalogue of 5,000 entries from another server.
func BenchmarkBackfill(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		c := federationtest.New(b, "Riga")
		official := c.Nodes[0].Person("official", policy.RoleAdmin)
		riga := &city{Node: c.Nodes[0], official: official}
		shelf := newShelfPeer(b, 5000)
		b.StartTimer()
		owner := shelf.accept(b, riga)
		c.Settle()
		if n := riga.kept(b, owner); n != 5000 {
			b.Fatalf("%d are kept", n)
		}
	}
}
