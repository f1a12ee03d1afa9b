package federationtest_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/catalogue/dump"
	"interlink/domain/coproduction"
	"interlink/domain/network"
	"interlink/domain/policy"
	"interlink/domain/review"
	"interlink/federation/federationtest"
	"interlink/storage"
	"interlink/storage/storagetest"
)

// gone reports whether of an entry nothing but its tombstone is left at a city.
func (c *city) gone(t *testing.T, iri domain.IRI) bool {
	t.Helper()
	_, err := c.Catalogue.EntryByIRI(t.Context(), c.official, iri)
	left, found := c.Catalogue.Tombstones(t.Context(), []domain.IRI{iri})
	if found != nil {
		t.Fatal(found)
	}
	return domain.CodeOf(err) == domain.Gone && left[iri].IRI == iri
}

// TestDeletedEntryLeavesATombstoneOnEachNode: Zaragoza deletes an entry that
// Riga uses, reviews and vouches for; Rome misses the Delete, and finds out.
func TestDeletedEntryLeavesATombstoneOnEachNode(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza", "Riga", "Rome"}, func(t *testing.T, c *federationtest.Cluster) {
		ctx := t.Context()
		zaragoza, riga, rome := newCity(t, c.Nodes[0]), newCity(t, c.Nodes[1]), newCity(t, c.Nodes[2])
		zaragoza.starterCatalogue(t)
		riga.starterCatalogue(t)
		var shelf *network.Actor // as Rome knows it
		for _, other := range []*city{riga, rome} {
			shelf = other.follow(t, other.official, other.CatalogueActor().ID, zaragoza.handle("catalogue"))
			other.endorse(t, shelf.Host)
		}
		c.Settle()
		entry, other := zaragoza.local(t, 0), zaragoza.local(t, 1)
		task, copied := riga.takesUp(t, entry.IRI)
		if _, err := riga.Reviews.Write(ctx, riga.Person("ilze", policy.RoleMember), review.Interlinker, entry.IRI, opinion(2, "Hard to print")); err != nil {
			t.Fatal(err)
		}
		if err := riga.Catalogue.Endorse(ctx, riga.official, copied.ID, true); err != nil {
			t.Fatal(err)
		}
		c.Settle()

		// Only what is withdrawn, by its name, by those who write the catalogue.
		remove := func(by policy.Viewer, e *catalogue.Entry, name string, want domain.Code) {
			t.Helper()
			if err := zaragoza.Catalogue.Delete(ctx, by, e.ID, e.Revision, name); domain.CodeOf(err) != want {
				t.Fatalf("deleting as %q: %v, not %s", name, err, want)
			}
		}
		name := entry.Name["en"]
		remove(zaragoza.official, entry, name, domain.Conflict)
		entry, err := zaragoza.Catalogue.Withdraw(ctx, zaragoza.official, entry.ID, entry.Revision, other.IRI)
		if err != nil {
			t.Fatal(err)
		}
		c.Settle()
		remove(zaragoza.Person("anna", policy.RoleMember), entry, name, domain.Forbidden)
		remove(zaragoza.official, entry, "something", domain.Invalid)
		if h, err := zaragoza.Catalogue.Holdings(ctx, zaragoza.official, entry.ID); err != nil || h.Reviews != 1 || h.Versions < 2 || h.Translations == 0 {
			t.Errorf("what is lost: %+v, %v", h, err)
		}
		// Rome does not hear it.
		rome.rule(t, shelf.Host, network.VerdictBlock)
		before := len(riga.told(t, riga.official))
		remove(zaragoza.official, entry, name, domain.OK)
		zaragoza.forgets(t, riga.Namespace.IRI("users", "ilze"))
		c.Settle()
		if err := rome.Gate.Lift(ctx, rome.official, shelf.Host); err != nil {
			t.Fatal(err)
		}
		c.Settle()

		if !zaragoza.gone(t, entry.IRI) || !riga.gone(t, entry.IRI) || rome.gone(t, entry.IRI) {
			t.Fatalf("gone in Zaragoza %v, in Riga %v, in Rome %v", zaragoza.gone(t, entry.IRI), riga.gone(t, entry.IRI), rome.gone(t, entry.IRI))
		}
		if topics := riga.told(t, riga.official); len(topics) != before+1 || topics[0] != "tool_deleted" {
			t.Errorf("the administrator of the process in Riga was told of %v", topics)
		}
		if got := zaragoza.tally(t, entry.IRI).Count() + riga.tally(t, entry.IRI).Count(); got != 0 {
			t.Errorf("%d reviews are left", got)
		}
		if on, err := riga.Catalogue.Endorsed(ctx, copied.ID); err != nil || on {
			t.Errorf("Riga vouches for it still (%v)", err)
		}
		if list, err := riga.Coproduction.Resources(ctx, riga.official, "safe_ways", coproduction.ResourceFilter{}, domain.Page{}); err != nil || len(list.Items) != 1 || list.Items[0].Item != task || list.Items[0].Interlinker != entry.IRI {
			t.Errorf("what was made with it: %+v (%v)", list.Items, err)
		}
		zaragoza.answersGone(t, entry.IRI)

		// What comes late, or again, does not bring it back; what Rome missed, it
		// finds in the digest.
		if err := rome.Catalogue.CheckNow(ctx, rome.official, shelf.ID); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		late := catalogue.Remote{IRI: entry.IRI, Slug: entry.Slug, Kind: entry.Kind, Content: entry.Content(), Version: 99, Updated: entry.UpdatedAt.Add(time.Hour)}
		for range 2 {
			if _, err := rome.Catalogue.Receive(ctx, shelf, late); domain.CodeOf(err) != domain.Gone {
				t.Errorf("it came back: %v", err)
			}
			if err := rome.Catalogue.ReceiveDeletion(ctx, shelf, entry.IRI); err != nil {
				t.Errorf("the same again: %v", err)
			}
		}
		if !rome.gone(t, entry.IRI) {
			t.Error("Rome did not find out")
		}
		// Neither does an import, nor an entry of the same name.
		zaragoza.starterCatalogue(t)
		again, err := zaragoza.Catalogue.Compose(ctx, zaragoza.official, "", catalogue.Writing{Content: catalogue.Content{
			Name: domain.Text{"en": entry.Slug}, Interlinker: &catalogue.Interlinker{Nature: catalogue.NatureKnowledge, Original: "en"},
		}})
		if err != nil || again.Slug == entry.Slug || !zaragoza.gone(t, entry.IRI) {
			t.Errorf("its address was taken: %+v (%v)", again, err)
		}
	})
}

// takesUp takes an Interlinker into a task of a new process of a city.
func (c *city) takesUp(t *testing.T, iri domain.IRI) (task domain.ID, copied *catalogue.Entry) {
	t.Helper()
	process := c.process(t, "safe_ways")
	_, tree, err := c.Coproduction.Tree(t.Context(), c.official, process.Name)
	if err != nil {
		t.Fatal(err)
	}
	task = tree.Items()[len(tree.Items())-1].ID
	if copied, err = c.Catalogue.EntryByIRI(t.Context(), c.official, iri); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Coproduction.Instantiate(t.Context(), c.official, process.Name, task, copied.Slug+"@"+copied.Host); err != nil {
		t.Fatal(err)
	}
	return task, copied
}

// forgets erases the copies of actors that nothing of a city refers to any more,
// as retention does after a while: one of them, who is still to be told
// something, is that of iri.
func (c *city) forgets(t *testing.T, iri domain.IRI) {
	t.Helper()
	db := storagetest.Open(t, c.Database)
	known := func() bool {
		there, err := db.Read().NewSelect().Table("actors").Where("iri = ?", string(iri)).Exists(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return there
	}
	before := known()
	if err := storage.NewRetention(db).Sweep(t.Context(), time.Now().AddDate(1, 0, 0), network.DefaultRetention); err != nil || !before || known() {
		t.Fatalf("%s was known: %v, and is: %v (%v)", iri, before, known(), err)
	}
}

// answersGone checks what a city serves of an entry that it deleted.
func (c *city) answersGone(t *testing.T, iri domain.IRI) {
	t.Helper()
	if doc := get(t, string(iri)); doc.status != http.StatusGone || doc.json["type"] != "Tombstone" || doc.json["formerType"] != "Article" || doc.json["deleted"] == nil {
		t.Errorf("its address answers %d %v", doc.status, doc.json)
	}
	list := get(t, string(c.CatalogueActor().IRI)+"/deleted").json
	items, _ := list["orderedItems"].([]any)
	if len(items) != 1 || items[0].(map[string]any)["id"] != string(iri) {
		t.Errorf("deleted are %v", list)
	}
	entries, err := c.Catalogue.Published(t.Context(), domain.Page{Limit: domain.MaxPage})
	if err != nil || slices.ContainsFunc(entries.Items, func(e *catalogue.Entry) bool { return e.IRI == iri }) {
		t.Errorf("it is among what is published (%v)", err)
	}
	outbox := get(t, string(c.CatalogueActor().IRI)+"/outbox?page=first").json
	for _, item := range outbox["orderedItems"].([]any) {
		activity := item.(map[string]any)
		if object, is := activity["object"].(map[string]any); is && object["id"] == string(iri) && activity["type"] != "Delete" {
			t.Errorf("the outbox has its %v still", activity["type"])
		}
	}
}

// TestImportRemovesWhatItsCatalogueDeleted: what came by a file from another
// catalogue goes with a later file of the same, and nothing else does.
func TestImportRemovesWhatItsCatalogueDeleted(t *testing.T) {
	c := federationtest.New(t, "Riga")
	riga := newCity(t, c.Nodes[0])
	const from = "https://zaragoza.example"
	read := func(rest string) catalogue.Bundle {
		return dump.Read("x.json", []byte(`{"format":"interlink-catalogue","version":1,"node":"`+from+`",`+rest+`}`))
	}
	entry := func(slug string) string {
		return `{"kind":"interlinker","iri":"` + from + `/interlinkers/` + slug + `","content":{"name":{"en":"` + slug + `"},"interlinker":{"nature":"knowledgeinterlinker"}}}`
	}
	deleted := `"deleted":[{"kind":"interlinker","iri":"` + from + `/interlinkers/map","deletedAt":"2026-11-01T00:00:00Z"},{"kind":"interlinker","iri":"https://rome.example/interlinkers/guide","deletedAt":"2026-11-01T00:00:00Z"}]`
	if r, err := riga.Catalogue.Import(t.Context(), riga.official, read(`"entries":[`+entry("map")+`,`+entry("guide")+`]`), false); err != nil || r.Interlinkers.Added != 2 {
		t.Fatalf("%+v %v", r, err)
	}
	for _, dry := range []bool{true, false} {
		r, err := riga.Catalogue.Import(t.Context(), riga.official, read(`"entries":[`+entry("guide")+`],`+deleted), dry)
		if err != nil || r.Interlinkers.Deleted != 1 || r.Interlinkers.Unchanged != 1 || len(r.Effects) != 1 || !r.Effects[0].Deleted {
			t.Fatalf("%+v %v", r, err)
		}
		_, err = riga.Catalogue.Entry(t.Context(), riga.official, catalogue.KindInterlinker, "map", "")
		if want := map[bool]domain.Code{true: domain.OK, false: domain.Gone}[dry]; domain.CodeOf(err) != want {
			t.Errorf("then it is %v, not %s", err, want)
		}
	}
	if r, err := riga.Catalogue.Import(t.Context(), riga.official, read(`"entries":[`+entry("map")+`]`), false); err != nil || r.Interlinkers.Added != 0 {
		t.Errorf("it came back: %+v %v", r, err)
	}
}

// TestDeletionOfAWellKnownEntry: strangers make the list of who hears of a deletion
// long; no activity grows with it, and each of their servers hears once.
func TestDeletionOfAWellKnownEntry(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza"}, func(t *testing.T, c *federationtest.Cluster) {
		ctx := t.Context()
		zaragoza := newCity(t, c.Nodes[0])
		zaragoza.starterCatalogue(t)
		entry := zaragoza.local(t, 0)
		db := storagetest.Open(t, zaragoza.Database)
		// Every third stranger has the shared inbox of their server.
		beside(t, zaragoza.Database, `INSERT INTO actors (id, serial, iri, type, subject, name, host, title, summary, url, icon, inbox, shared_inbox, outbox, followers, entries,
				manually_approves, visibility, key_id, public_key, created_at, updated_at)
			WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 900)
			SELECT 'stranger' || n, -n, 'http://127.0.0.1:9/' || n, 'Person', '', 'stranger' || n, '127.0.0.1:9', '', '', '', '',
				'http://127.0.0.1:9/' || n || '/inbox', CASE WHEN n % 3 = 0 THEN 'http://127.0.0.1:9/inbox' ELSE '' END, '', '', '',
				FALSE, 'public', '', '', 0, 0 FROM s`,
			`INSERT INTO reviews (id, serial, iri, kind, subject_iri, owner_id, host, author_id, rating, title, text, language, state, reason,
				reply_iri, reply, reply_language, written_at, updated_at, revision)
			SELECT id, serial, iri || '/review', 'interlinker', '`+string(entry.IRI)+`', '`+string(entry.Owner)+`', '', id, 1, '', '', 'en', 'shown', '', '', '', '', 0, 0, 1
			FROM actors WHERE host = '127.0.0.1:9'`)
		entry, err := zaragoza.Catalogue.Withdraw(ctx, zaragoza.official, entry.ID, entry.Revision, "")
		if err != nil {
			t.Fatal(err)
		}
		c.Settle()
		if err := zaragoza.Catalogue.Delete(ctx, zaragoza.official, entry.ID, entry.Revision, entry.Name["en"]); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		var sent []struct {
			Raw  []byte
			Went int
		}
		err = db.Read().NewRaw(`SELECT a.raw, (SELECT COUNT(*) FROM deliveries AS d WHERE d.activity_id = a.id) AS went
			FROM activities AS a WHERE a.object = ? AND a.type = 'Delete'`, string(entry.IRI)).Scan(ctx, &sent)
		went := 0
		for _, a := range sent {
			var doc struct{ Cc []string }
			if went += a.Went; json.Unmarshal(a.Raw, &doc) != nil || len(doc.Cc) > 501 {
				t.Errorf("an activity names %d", len(doc.Cc))
			}
		}
		if err != nil || len(sent) != 2 || went != 601 {
			t.Errorf("%d activities, %d deliveries (%v)", len(sent), went, err)
		}
	})
}
