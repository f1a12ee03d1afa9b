package federationtest_test

import (
	"encoding/json"
	"testing"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/coproduction"
	"interlink/domain/curation"
	"interlink/domain/network"
	"interlink/domain/policy"
	"interlink/federation/federationtest"
)

// result is a finished document of a public process.
func (c *city) result(t *testing.T, process string) *coproduction.Resource {
	t.Helper()
	p := c.process(t, process)
	_, tree, err := c.Coproduction.Tree(t.Context(), c.official, p.Name)
	if err != nil {
		t.Fatal(err)
	}
	for _, it := range tree.Items() {
		if it.Kind != coproduction.Task {
			continue
		}
		r, err := c.Coproduction.AddResource(t.Context(), c.official, p.Name, it.ID, coproduction.ResourceDetails{
			Name: "Letter to parents", Body: "# Dear parents", Language: "en", Licence: "CC-BY-4.0", Public: true,
		})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	t.Fatal("there is no task")
	return nil
}

// TestFedA37OfferOfAnEntry: Zaragoza offers what a process made to Riga's catalogue, which
// rejects it, and then accepts it: Rome, which follows Riga, has it too.
func TestFedA37OfferOfAnEntry(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza", "Riga", "Rome"}, func(t *testing.T, c *federationtest.Cluster) {
		ctx := t.Context()
		zaragoza, riga, rome := newCity(t, c.Nodes[0]), newCity(t, c.Nodes[1]), newCity(t, c.Nodes[2])
		zaragoza.starterCatalogue(t)
		c.Settle()
		rome.follow(t, rome.official, rome.CatalogueActor().ID, riga.handle("catalogue"))
		r := zaragoza.result(t, "safe_ways")
		to, err := zaragoza.Lookup(ctx, riga.handle("catalogue"))
		if err != nil {
			t.Fatal(err)
		}
		offer := func() (*curation.Offer, error) {
			return zaragoza.Curation.Offer(ctx, zaragoza.official, "safe_ways", r.ID, to, "Parents answer it.")
		}
		if _, err := offer(); domain.CodeOf(err) != domain.Invalid {
			t.Fatalf("what is not finished is offered: %v", err)
		}
		_, tree, err := zaragoza.Coproduction.Tree(ctx, zaragoza.official, "safe_ways")
		if err != nil {
			t.Fatal(err)
		}
		task, err := tree.Item(r.Item)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := zaragoza.Coproduction.SetTaskStatus(ctx, zaragoza.official, "safe_ways", r.Item, task.Revision, coproduction.Finished); err != nil {
			t.Fatal(err)
		}
		queue := func(want int) []*curation.Offer {
			t.Helper()
			c.Settle()
			list, err := riga.Curation.Queue(ctx, riga.official, curation.Waiting, domain.Page{})
			if err != nil || list.Total != want {
				t.Fatalf("%d offers wait in Riga, not %d (%v)", list.Total, want, err)
			}
			return list.Items
		}
		stands := func(state curation.State) *curation.Offer {
			t.Helper()
			c.Settle()
			offers, err := zaragoza.Curation.OffersOf(ctx, zaragoza.official, "safe_ways", r.ID)
			if err != nil || len(offers) == 0 || offers[0].State != state {
				t.Fatalf("in Zaragoza: %+v, %v", offers, err)
			}
			return offers[0]
		}

		if err := zaragoza.Curation.Withhold(ctx, zaragoza.official, "safe_ways", r.ID, true); err != nil {
			t.Fatal(err)
		}
		if _, err := offer(); err != nil {
			t.Fatal(err)
		}
		if _, err := offer(); domain.CodeOf(err) != domain.Conflict {
			t.Errorf("offered twice: %v", err)
		}
		first := queue(1)[0]
		if len(first.Proposal.Authors) != 0 || first.Proposal.Body != "# Dear parents" || first.Host == "" {
			t.Errorf("the proposal is %+v", first.Proposal)
		}
		if _, err := riga.Curation.Queue(ctx, riga.Person("reader", policy.RoleMember), curation.Waiting, domain.Page{}); domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("a member reads the queue: %v", err)
		}
		if _, err := riga.Curation.Reject(ctx, riga.official, first.ID, first.Revision, "We have one like it."); err != nil {
			t.Fatal(err)
		}
		if got := stands(curation.Rejected); got.Reason != "We have one like it." {
			t.Errorf("the reason is %q", got.Reason)
		}

		if err := zaragoza.Curation.Withhold(ctx, zaragoza.official, "safe_ways", r.ID, false); err != nil {
			t.Fatal(err)
		}
		if _, err := offer(); err != nil {
			t.Fatal(err)
		}
		second := queue(1)[0]
		if len(second.Proposal.Authors) != 1 {
			t.Errorf("the authors are %v", second.Proposal.Authors)
		}
		taken, err := riga.Curation.Accept(ctx, riga.official, second.ID, second.Revision)
		if err != nil {
			t.Fatal(err)
		}
		if got := stands(curation.Accepted); got.Entry != taken.Entry {
			t.Errorf("Zaragoza knows the entry as %q, not %q", got.Entry, taken.Entry)
		}
		if _, err := riga.Curation.Reject(ctx, riga.official, second.ID, taken.Revision, "After all not."); domain.CodeOf(err) != domain.Conflict {
			t.Errorf("answered twice: %v", err)
		}
		copied, err := rome.Catalogue.EntryByIRI(ctx, rome.official, taken.Entry)
		if err != nil {
			t.Fatal(err)
		}
		i := copied.Interlinker
		if i.Made == nil || i.Made.Process != second.Proposal.Process || len(i.Authors) != 1 || i.SPDX != "CC-BY-4.0" || i.Template()["en"] != "# Dear parents" {
			t.Errorf("Rome's copy is %+v", i)
		}
		// A name that is withheld later goes from every copy; nobody else takes it out.
		liar, err := riga.Lookup(ctx, rome.handle("catalogue"))
		if err != nil {
			t.Fatal(err)
		}
		if err := riga.Curation.ReceiveAuthors(ctx, liar, second.IRI, nil); domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("somebody else takes a name out: %v", err)
		}
		for range 2 {
			if err := zaragoza.Curation.Withhold(ctx, zaragoza.official, "safe_ways", r.ID, true); err != nil {
				t.Fatal(err)
			}
			c.Settle()
		}
		for _, at := range []*city{riga, rome} {
			if e, err := at.Catalogue.EntryByIRI(ctx, at.official, taken.Entry); err != nil || len(e.Interlinker.Authors) != 0 || e.Version != 2 {
				t.Errorf("%s names %+v in version %d (%v)", at.Namespace.Host(), e.Interlinker.Authors, e.Version, err)
			}
		}
		hostileOffers(t, c, zaragoza, riga, second)
	})
}

// hostileOffers: the same Offer again, one of somebody else's resource, and an
// answer by who was not asked change nothing.
func hostileOffers(t *testing.T, c *federationtest.Cluster, zaragoza, riga *city, known *curation.Offer) {
	t.Helper()
	ctx := t.Context()
	process, err := riga.Lookup(ctx, string(known.Proposal.Process))
	if err != nil {
		t.Fatal(err)
	}
	target := riga.CatalogueActor().IRI
	forged := known.Proposal
	forged.Process = "https://elsewhere.example/processes/x"
	for name, one := range map[string]struct {
		in   curation.Remote
		want domain.Code
	}{
		"again":                   {curation.Remote{IRI: known.IRI, Process: process, Target: target, Proposal: known.Proposal}, domain.OK},
		"of another's process":    {curation.Remote{IRI: known.IRI + "x", Process: process, Target: target, Proposal: forged}, domain.Invalid},
		"under another's address": {curation.Remote{IRI: "https://elsewhere.example/1", Process: process, Target: target, Proposal: known.Proposal}, domain.Invalid},
		"to another catalogue":    {curation.Remote{IRI: known.IRI + "y", Process: process, Target: target + "x", Proposal: known.Proposal}, domain.NotFound},
	} {
		if err := riga.Curation.Receive(ctx, one.in); domain.CodeOf(err) != one.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	list, err := riga.Curation.Queue(ctx, riga.official, curation.Waiting, domain.Page{})
	if err != nil || list.Total != 0 {
		t.Errorf("%d offers wait, %v", list.Total, err)
	}
	stranger := &network.Actor{ID: "stranger", IRI: "https://elsewhere.example/catalogue", Host: "elsewhere.example"}
	if err := zaragoza.Curation.ReceiveAnswer(ctx, stranger, known.IRI, false, "No.", ""); domain.CodeOf(err) != domain.Forbidden {
		t.Errorf("who was not asked answers: %v", err)
	}
	c.Settle()
}

// TestFedDraftsStay: a draft is told to nobody, and a deprecated entry says so
// everywhere.
func TestFedDraftsStay(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza", "Riga"}, func(t *testing.T, c *federationtest.Cluster) {
		ctx := t.Context()
		zaragoza, riga := newCity(t, c.Nodes[0]), newCity(t, c.Nodes[1])
		riga.follow(t, riga.official, riga.CatalogueActor().ID, zaragoza.handle("catalogue"))
		c.Settle()
		write := func(name string) *catalogue.Entry {
			t.Helper()
			e, err := zaragoza.Catalogue.Compose(ctx, zaragoza.official, "", catalogue.Writing{Content: catalogue.Content{
				Name: english(name), Interlinker: &catalogue.Interlinker{Nature: catalogue.NatureKnowledge},
			}})
			if err != nil {
				t.Fatal(err)
			}
			return e
		}
		e, better := write("Map of streets"), write("Better map of streets")
		c.Settle()
		there := func(e *catalogue.Entry) *catalogue.Entry {
			t.Helper()
			c.Settle()
			found, err := riga.Catalogue.EntryByIRI(ctx, riga.official, e.IRI)
			if err != nil && domain.CodeOf(err) != domain.NotFound {
				t.Fatal(err)
			}
			return found
		}
		if there(e) != nil {
			t.Error("Riga has the draft")
		}
		if list, err := zaragoza.Catalogue.Published(ctx, domain.Page{}); err != nil || list.Total != 0 {
			t.Errorf("%d entries are handed out, %v", list.Total, err)
		}
		e, err := zaragoza.Catalogue.Publish(ctx, zaragoza.official, e.ID, e.Revision, "")
		if err != nil {
			t.Fatal(err)
		}
		if better, err = zaragoza.Catalogue.Publish(ctx, zaragoza.official, better.ID, better.Revision, ""); err != nil {
			t.Fatal(err)
		}
		if got := there(e); got == nil || got.Status != catalogue.Published {
			t.Fatalf("once published, Riga has %+v", got)
		}
		how := catalogue.Ending{Status: catalogue.Deprecated, Reason: english("There is a better one."), Replacement: better.IRI}
		if _, err = zaragoza.Catalogue.End(ctx, zaragoza.official, e.ID, e.Revision, how); err != nil {
			t.Fatal(err)
		}
		if got := there(e); got.Status != catalogue.Deprecated || got.Reason["en"] != "There is a better one." || got.Replacement != better.IRI {
			raw, _ := json.Marshal(got)
			t.Errorf("Riga has %s", raw)
		}
	})
}
