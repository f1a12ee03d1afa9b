package federationtest_test

import (
	"testing"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/curation"
	"interlink/domain/network"
	"interlink/domain/policy"
	"interlink/federation/federationtest"
)

// TestFedA47SharedTranslations: Riga offers Zaragoza a translation of a tool,
// which rejects one and accepts the next; Rome, which follows Zaragoza, has it
// too, and says that it is stale once the text has changed.
func TestFedA47SharedTranslations(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza", "Riga", "Rome"}, func(t *testing.T, c *federationtest.Cluster) {
		ctx := t.Context()
		zaragoza, riga, rome := newCity(t, c.Nodes[0]), newCity(t, c.Nodes[1]), newCity(t, c.Nodes[2])
		zaragoza.starterCatalogue(t)
		for _, other := range []*city{riga, rome} {
			owner := other.follow(t, other.official, other.CatalogueActor().ID, zaragoza.handle("catalogue"))
			other.endorse(t, owner.Host)
		}
		c.Settle()
		tool := zaragoza.local(t, 0)
		at := func(c *city) *catalogue.Entry {
			t.Helper()
			e, err := c.Catalogue.EntryByIRI(ctx, c.official, tool.IRI)
			if err != nil {
				t.Fatal(err)
			}
			return e
		}
		offer := func(v policy.Viewer, lang domain.Lang, text string) error {
			_, err := riga.Curation.OfferTranslation(ctx, v, at(riga).ID, "summary", lang, text)
			c.Settle()
			return err
		}
		queue := func() *curation.Offer {
			t.Helper()
			list, err := zaragoza.Curation.Queue(ctx, zaragoza.official, curation.Waiting, domain.Page{})
			if err != nil || list.Total != 1 {
				t.Fatalf("%d offers wait, %v", list.Total, err)
			}
			return list.Items[0]
		}
		if err := offer(riga.Person("reader", policy.RoleMember), "de", "Wer was braucht."); domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("a member speaks for the catalogue: %v", err)
		}
		if err := offer(riga.official, "en", "The same."); domain.CodeOf(err) != domain.Invalid {
			t.Errorf("the original is translated: %v", err)
		}
		if err := offer(riga.official, "de", "Etwas anderes."); err != nil {
			t.Fatal(err)
		}
		if err := offer(riga.official, "de", "Noch etwas."); domain.CodeOf(err) != domain.Conflict {
			t.Errorf("offered twice: %v", err)
		}
		first := queue()
		if x := first.Proposal.Translation; x == nil || x.Text != "Etwas anderes." || first.Host == "" {
			t.Fatalf("the offer is %+v", first)
		}
		if _, err := zaragoza.Curation.Reject(ctx, zaragoza.official, first.ID, first.Revision, "It says something else."); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		offers, err := riga.Curation.Translations(ctx, riga.official, at(riga))
		if err != nil || len(offers) != 1 || offers[0].State != curation.Rejected || offers[0].Reason != "It says something else." {
			t.Fatalf("in Riga: %+v, %v", offers, err)
		}
		if err := offer(riga.official, "de", "Wer was braucht."); err != nil {
			t.Fatal(err)
		}
		second := queue()
		if _, err := zaragoza.Curation.Accept(ctx, zaragoza.official, second.ID, second.Revision); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		for _, city := range []*city{zaragoza, riga, rome} {
			e := at(city)
			if e.Summary["de"] != "Wer was braucht." || e.Content().Translation("summary", "de") != catalogue.TranslationReviewed || e.Version != tool.Version+1 {
				t.Errorf("%s has %q, %s, version %d", city.Namespace.Host(), e.Summary["de"], e.Content().Translation("summary", "de"), e.Version)
			}
			if got := e.Content().TranslationsOf("de"); got != catalogue.TranslationPartly {
				t.Errorf("of one text of several: %s", got)
			}
		}
		found, _, err := zaragoza.Catalogue.Find(ctx, policy.Viewer{}, catalogue.Filter{Kind: catalogue.KindInterlinker, Text: "braucht"}, domain.Page{})
		if err != nil || found.Total != 1 {
			t.Errorf("%d are found by the translation (%v)", found.Total, err)
		}
		outdated(t, c, zaragoza, riga, rome, tool)
		hostileTranslations(t, zaragoza, riga, second)
	})
}

// outdated: once the text has changed, copies say that its translation is
// stale, and one of the older text is not accepted any more.
func outdated(t *testing.T, c *federationtest.Cluster, zaragoza, riga, rome *city, tool *catalogue.Entry) {
	t.Helper()
	ctx := t.Context()
	copied, err := riga.Catalogue.EntryByIRI(ctx, riga.official, tool.IRI)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := riga.Curation.OfferTranslation(ctx, riga.official, copied.ID, "summary", "fr", "Qui a besoin de quoi."); err != nil {
		t.Fatal(err)
	}
	c.Settle()
	now, err := zaragoza.Catalogue.EntryByIRI(ctx, zaragoza.official, tool.IRI)
	if err != nil {
		t.Fatal(err)
	}
	changed := domain.Text{}
	for lang, text := range now.Summary {
		changed[lang] = text
	}
	changed["en"] = "Something new."
	if _, err := zaragoza.Catalogue.Correct(ctx, zaragoza.official, now.ID, now.Revision, catalogue.Correction{Summary: changed}); err != nil {
		t.Fatal(err)
	}
	c.Settle()
	if e, err := rome.Catalogue.EntryByIRI(ctx, rome.official, tool.IRI); err != nil || e.Content().Translation("summary", "de") != catalogue.TranslationStale {
		t.Errorf("Rome says %s (%v)", e.Content().Translation("summary", "de"), err)
	}
	list, err := zaragoza.Curation.Queue(ctx, zaragoza.official, curation.Waiting, domain.Page{})
	if err != nil || len(list.Items) != 1 {
		t.Fatal(list, err)
	}
	if _, err := zaragoza.Curation.Accept(ctx, zaragoza.official, list.Items[0].ID, list.Items[0].Revision); domain.CodeOf(err) != domain.Conflict {
		t.Errorf("a translation of the older text: %v", err)
	}
	if e, err := zaragoza.Catalogue.EntryByIRI(ctx, zaragoza.official, tool.IRI); err != nil || e.Summary["fr"] != "" {
		t.Errorf("it is there all the same: %v", err)
	}
}

// hostileTranslations: nobody but a catalogue offers one, for itself alone, and
// of what is here.
func hostileTranslations(t *testing.T, zaragoza, riga *city, known *curation.Offer) {
	t.Helper()
	ctx := t.Context()
	by, err := zaragoza.Lookup(ctx, riga.handle("catalogue"))
	if err != nil {
		t.Fatal(err)
	}
	person := *by
	person.Type = network.TypePerson
	target := zaragoza.CatalogueActor().IRI
	with := func(change func(*curation.Proposal)) curation.Proposal {
		p := known.Proposal
		x := *p.Translation
		p.Translation = &x
		change(&p)
		return p
	}
	for name, one := range map[string]struct {
		by   *network.Actor
		p    curation.Proposal
		want domain.Code
	}{
		"by a person":          {&person, with(func(*curation.Proposal) {}), domain.Forbidden},
		"for somebody else":    {by, with(func(p *curation.Proposal) { p.Process = "https://elsewhere.example/catalogue" }), domain.Invalid},
		"of what is not here":  {by, with(func(p *curation.Proposal) { p.Translation.Entry += "x" }), domain.NotFound},
		"of an unknown field":  {by, with(func(p *curation.Proposal) { p.Translation.Field = "nature" }), domain.Invalid},
		"into no language":     {by, with(func(p *curation.Proposal) { p.Translation.Language = "<b>" }), domain.Invalid},
		"without a text":       {by, with(func(p *curation.Proposal) { p.Translation.Text = " " }), domain.Invalid},
		"far too long":         {by, with(func(p *curation.Proposal) { p.Translation.Text = string(make([]byte, 60_000)) }), domain.Invalid},
		"of a text of its own": {by, with(func(p *curation.Proposal) { p.Translation.Of = "" }), domain.Invalid},
	} {
		err := zaragoza.Curation.Receive(ctx, curation.Remote{IRI: known.IRI + domain.IRI("/"+name[:2]), Process: one.by, Target: target, Proposal: one.p})
		if domain.CodeOf(err) != one.want {
			t.Errorf("%s: %v", name, err)
		}
	}
}
