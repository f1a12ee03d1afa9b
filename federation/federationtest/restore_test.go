package federationtest_test

import (
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/moderation"
	"interlink/domain/policy"
	"interlink/federation/federationtest"
)

// TestRemovalIsReversed: a decision about a notice removes a post here and on
// other nodes; a complaint that is right brings it back to both, at its own
// address, with its likes and in the first place.
func TestRemovalIsReversed(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza", "Riga"}, func(t *testing.T, c *federationtest.Cluster) {
		x := newThread(t, c)
		ctx, official := t.Context(), x.zaragoza.official
		there := func() (string, error) {
			p, err := x.riga.Communities.PostByIRI(ctx, policy.Viewer{}, x.news.IRI)
			if err != nil {
				return "", err
			}
			return p.Content, nil
		}
		if content, err := there(); err != nil || !strings.Contains(content, "A new line") {
			t.Fatalf("Riga has %q (%v)", content, err)
		}
		reader := x.riga.Person("fan", policy.RoleMember)
		read, err := x.riga.Communities.PostByIRI(ctx, reader, x.news.IRI)
		if err == nil {
			err = x.riga.Communities.Like(ctx, reader, read.ID)
		}
		if err == nil {
			err = x.zaragoza.Communities.Like(ctx, official, x.news.ID)
		}
		if err == nil {
			err = x.zaragoza.Communities.Pin(ctx, official, x.news.ID)
		}
		if err != nil {
			t.Fatal(err)
		}
		c.Settle()
		n, _, err := x.zaragoza.Moderation.Give(ctx, policy.Viewer{}, "en", "192.0.2.1", moderation.Given{
			About: string(x.news.IRI), Category: moderation.Hate, Reason: "Look.", Name: "Nora", Email: "nora@people.example", Faith: true,
		})
		if err != nil {
			t.Fatal(err)
		}
		decided, err := x.zaragoza.Moderation.Decide(ctx, official, n.ID, moderation.Decision{
			Outcome: moderation.Removed, Facts: "It does.", Ground: moderation.Terms, Provision: "No lines.",
		}, true)
		if err != nil {
			t.Fatal(err)
		}
		c.Settle()
		if _, err := x.zaragoza.Communities.PostByID(ctx, official, x.news.ID); domain.CodeOf(err) != domain.Gone {
			t.Errorf("Zaragoza still has it: %v", err)
		}
		if content, err := there(); domain.CodeOf(err) != domain.Gone {
			t.Errorf("Riga still has %q: %v", content, err)
		}
		if err := x.zaragoza.Moderation.Complain(ctx, moderation.Affected, decided.Decision.Secret, "It is a bus line."); err != nil {
			t.Fatal(err)
		}
		_, complaints, err := x.zaragoza.Moderation.Notice(ctx, official, n.ID)
		if err != nil || len(complaints) != 1 {
			t.Fatalf("%v, %v", complaints, err)
		}
		if err := x.zaragoza.Moderation.DecideComplaint(ctx, official, n.ID, complaints[0].ID, true, "Indeed."); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		if p, err := x.zaragoza.Communities.PostByID(ctx, policy.Viewer{}, x.news.ID); err != nil || p.IRI != x.news.IRI || !strings.Contains(p.Content, "A new line") || p.Likes != 2 {
			t.Errorf("Zaragoza has %+v (%v)", p, err)
		}
		if content, err := there(); err != nil || !strings.Contains(content, "A new line") {
			t.Errorf("Riga has %q (%v)", content, err)
		}
		copied, err := x.riga.Lookup(ctx, x.zaragoza.handle("mobility"))
		if err != nil {
			t.Fatal(err)
		}
		for name, at := range map[string]struct {
			*city
			community domain.ActorID
		}{"Zaragoza": {x.zaragoza, x.zaragoza.community.ID}, "Riga": {x.riga, copied.ID}} {
			first, err := at.Communities.Pinned(ctx, policy.Viewer{}, at.community)
			if err != nil || len(first) != 2 || first[0].IRI != x.news.IRI {
				t.Errorf("%s shows %d posts first (%v)", name, len(first), err)
			}
		}
		feed, err := x.zaragoza.Communities.Timeline(ctx, policy.Viewer{}, x.zaragoza.community.ID, domain.Page{})
		if err != nil || len(feed.Items) != 1 {
			t.Errorf("the community's page shows %d (%v)", len(feed.Items), err)
		}
		list, err := x.zaragoza.Moderation.Statements(ctx, domain.Page{})
		if err != nil || len(list.Items) != 1 || !list.Items[0].Reversed {
			t.Errorf("the list of reasons: %+v (%v)", list.Items, err)
		}
	})
}
