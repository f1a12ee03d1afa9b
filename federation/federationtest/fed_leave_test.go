package federationtest_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/account"
	"interlink/domain/community"
	"interlink/domain/coproduction"
	"interlink/domain/organization"
	"interlink/domain/personal"
	"interlink/domain/policy"
	"interlink/federation/federationtest"
	"interlink/storage"
	"interlink/storage/storagetest"
)

// The words of somebody who leaves, none of which may be found afterwards.
var traces = []string{"annabel_q", "Annabel Quarrington", "quarrington@people.example", "gardens are my profession", "seven benches by the river", "I carried benches once", "harpsichord token", "he sold me a bench"}

// remains are the columns in which one of them may stay, and why.
var remains = map[string]string{
	"actors.name":          "the name is never given again",
	"actors.iri":           "other servers that ask get 410, not 404",
	"actors.url":           "as the address",
	"actors.inbox":         "as the address",
	"actors.outbox":        "as the address",
	"actors.followers":     "as the address",
	"actors.featured":      "as the address",
	"actors.key_id":        "as the address; of a copy on another node",
	"actor_keys.key_id":    "the name of a key is never given again; its private half is emptied after the overlap",
	"activities.object":    "the request to other servers, until the receipts are forgotten",
	"activities.raw":       "as before",
	"deliveries.order_key": "as before; of what is delivered",
	"deliveries.inbox":     "as the address, until the retention is over",
	"reports.reason":       "those who moderate must be able to decide it, and to show later what they decided (DSA Art. 16, 17)",
	"received.inbox":       "as the address",
	"received.iri":         "the id of the request on the other node: it takes effect once",
	"received.actor":       "as before",
	"received.object":      "as before",
	"received.raw":         "the request itself, until the retention is over",
	"deletions.iri":        "what was deleted on its own server does not come back by an older message",
	"remote_keys.key_id":   "keys of a copy on another node, until the retention is over",
	"river_job.args":       "jobs at work, a day at most",
}

// search looks for words in every column of every table.
func search(t *testing.T, dsn string, words []string) map[string][]string {
	t.Helper()
	db := storagetest.Open(t, dsn)
	query := "SELECT name FROM sqlite_master WHERE type = 'table'"
	if db.Dialect() == storage.Postgres {
		query = "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'"
	}
	var tables []string
	if err := db.Read().NewRaw(query).Scan(t.Context(), &tables); err != nil || len(tables) < 30 {
		t.Fatalf("%d tables: %v", len(tables), err)
	}
	found := map[string][]string{}
	for _, table := range tables {
		var rows []map[string]any
		if err := db.Read().NewSelect().TableExpr(table).ColumnExpr("*").Scan(t.Context(), &rows); err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			for column, v := range row {
				if b, ok := v.([]byte); ok {
					v = string(b)
				}
				for _, word := range words {
					if strings.Contains(strings.ToLower(fmt.Sprint(v)), strings.ToLower(word)) {
						found[table+"."+column] = append(found[table+"."+column], word)
					}
				}
			}
		}
	}
	return found
}

// leaver is a person with something in every corner of a node, and of another.
type leaver struct {
	home, away *city
	dsns       []string
	policy.Viewer
	process *coproduction.Process
	post    *community.Post
}

func newLeaver(t *testing.T, database string) (*federationtest.Cluster, *leaver) {
	t.Helper()
	x := &leaver{}
	c := federationtest.On(t, func(tb testing.TB) string {
		dsn := federationtest.Databases[database](tb)
		x.dsns = append(x.dsns, dsn)
		return dsn
	}, "Zaragoza", "Riga")
	x.home, x.away = newCity(t, c.Nodes[0]), newCity(t, c.Nodes[1])
	ctx := t.Context()
	a, err := x.home.Accounts.Create(ctx, account.SignUp{Username: "annabel_q", Email: "quarrington@people.example", Password: password, DisplayName: "Annabel Quarrington"}, policy.RoleMember)
	if err != nil {
		t.Fatal(err)
	}
	x.Viewer = a.Viewer()
	do := func(what string, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	_, err = x.home.Accounts.UpdateProfile(ctx, x.Viewer, account.Profile{DisplayName: "Annabel Quarrington", Summary: "gardens are my profession", Language: "en"})
	do("profile", err)
	_, err = x.home.Accounts.CreateToken(ctx, a, "harpsichord token", []policy.Scope{policy.ScopeRead})
	do("token", err)
	_, err = x.home.Communities.Create(ctx, x.Viewer, "garden", community.Details{Title: english("Garden"), Language: "en"})
	do("community", err)
	x.away.follow(t, x.away.official, x.away.official.Actor, x.home.handle("annabel_q"))
	x.away.follow(t, x.away.official, x.away.official.Actor, x.home.handle("garden"))
	x.home.follow(t, x.Viewer, x.Actor, x.away.handle("official"))
	c.Settle()
	news, err := x.home.Communities.Post(ctx, x.Viewer, "garden", community.Draft{Content: "What do we want?", Language: "en"}) // in the community's name
	do("news", err)
	x.post, err = x.home.Communities.Post(ctx, x.Viewer, "garden", community.Draft{Content: "We want seven benches by the river.", Language: "en", InReplyTo: news.ID})
	do("post", err)
	do("like", x.home.Communities.Like(ctx, x.Viewer, x.post.ID))
	_, err = x.home.Communities.Report(ctx, x.Viewer, community.Complaint{Target: x.home.official.Actor, Reason: "he sold me a bench"})
	do("report", err)
	_, err = x.home.Organizations.Enroll(ctx, x.home.official, x.home.owner.ID, "en", []organization.Newcomer{{Person: x.Actor, Role: organization.RoleMember}})
	do("member", err)
	team, err := x.home.Organizations.CreateTeam(ctx, x.home.official, "city_hall", "bridges", organization.TeamDetails{Title: english("Bridges")})
	do("team", err)
	_, err = x.home.Organizations.Enroll(ctx, x.home.official, team.ID, "en", []organization.Newcomer{{Email: "quarrington@people.example"}})
	do("invitation", err)
	_, err = x.home.Participation.Apply(ctx, x.Viewer, x.home.wanted(t, 2).ID, "I carried benches once")
	do("application", err)
	x.process, err = x.home.Coproduction.Start(ctx, x.Viewer, coproduction.StartInput{Name: "benches", Details: coproduction.Details{Title: english("Benches"), Language: "en"}})
	do("process", err)
	do("password", x.home.Accounts.RequestReset(ctx, "quarrington@people.example"))
	c.Settle()
	return c, x
}

// ask has the account deleted and returns the secret of its page.
func (x *leaver) ask(t *testing.T, in personal.Leave) string {
	t.Helper()
	in.Password, in.Successor = password, "official"
	link, err := x.home.Personal.Ask(t.Context(), x.Viewer, in)
	if err != nil {
		t.Fatal(err)
	}
	return link[strings.LastIndexByte(link, '/')+1:]
}

// TestFedA7LeavingLeavesNoTrace: after somebody left, no table of their node
// and of another holds their name, address or words, but those of which the
// reason is known; every server that knew of them is asked, and has a receipt.
func TestFedA7LeavingLeavesNoTrace(t *testing.T) {
	for database := range federationtest.Databases {
		t.Run(database, func(t *testing.T) {
			t.Parallel()
			c, x := newLeaver(t, database)
			for i, dsn := range x.dsns {
				if found := search(t, dsn, traces); len(found) < 4+4*(1-i) {
					t.Fatalf("the search finds too little before: %v", found)
				}
			}
			secret := x.ask(t, personal.Leave{})
			c.Settle()
			ctx := t.Context()
			for i := range 2 { // the second finishes nothing more
				if err := x.home.Personal.Keep(ctx, time.Now().AddDate(0, 0, -90)); err != nil {
					t.Fatal(err)
				}
				c.Settle()
				p, err := x.home.Personal.Progress(ctx, secret, domain.Page{})
				if err != nil || p.Deletion.State != personal.Done || p.Counts[personal.ReceiptConfirmed] != 1 || p.Counts.All() != 1 || p.Receipts.Items[0].Status != http.StatusAccepted {
					t.Errorf("round %d: %+v, %v", i, p, err)
				}
			}
			for i, dsn := range x.dsns {
				for at, words := range search(t, dsn, traces) {
					if remains[at] == "" {
						t.Errorf("node %d: %s still has %q", i, at, words)
					}
				}
			}
			x.checkGone(t)
			if err := x.home.Personal.Keep(ctx, time.Now().Add(time.Hour)); err != nil {
				t.Fatal(err)
			}
			if _, err := x.home.Personal.Progress(ctx, secret, domain.Page{}); domain.CodeOf(err) != domain.NotFound {
				t.Errorf("the receipts are kept for ever: %v", err)
			}
			if n, err := storage.NewEvents(storagetest.Open(t, x.dsns[0])).Verify(ctx); err != nil || n == 0 {
				t.Errorf("the chain after the erasure: %d, %v", n, err)
			}
		})
	}
}

// checkGone looks at what others see.
func (x *leaver) checkGone(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	if seen, err := x.away.Network.ActorByIRI(ctx, x.away.official, x.home.Namespace.IRI("users", "annabel_q")); err != nil || !seen.Gone() || seen.Title != "" {
		t.Errorf("on the other node: %+v, %v", seen, err)
	}
	if status := x.status(ctx, t, string(x.home.Namespace.IRI("users", "annabel_q"))); status != http.StatusGone {
		t.Errorf("the address answers %d", status)
	}
	p, err := x.home.Coproduction.Process(ctx, x.home.official, "benches")
	if err != nil || len(p.Administrators) != 1 || p.Administrators[0] != x.home.official.Actor {
		t.Errorf("the process went to %v, %v", p, err)
	}
	if _, err := x.home.Accounts.Create(ctx, account.SignUp{Username: "annabel_q", Email: "other@people.example", Password: password}, policy.RoleMember); domain.CodeOf(err) != domain.Conflict {
		t.Errorf("the name was given again: %v", err)
	}
	if _, err := x.home.Accounts.Create(ctx, account.SignUp{Username: "annabel", Email: "quarrington@people.example", Password: password}, policy.RoleMember); err != nil {
		t.Errorf("the address cannot be used again: %v", err)
	}
}

func (x *leaver) status(ctx context.Context, t *testing.T, address string) int {
	t.Helper()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept", "application/activity+json")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	return answer.StatusCode
}

// TestLeavingIsCalledOff: who signs in before the day stays, with all that
// was theirs; who does not is erased when it has come.
func TestLeavingIsCalledOff(t *testing.T) {
	t.Parallel()
	c, x := newLeaver(t, "sqlite")
	ctx := t.Context()
	if _, err := x.home.Personal.Ask(ctx, x.Viewer, personal.Leave{Password: "wrong", Days: 7, Successor: "official"}); field(err) != "password" {
		t.Errorf("a wrong password: %v", err)
	}
	if _, err := x.home.Personal.Ask(ctx, x.Viewer, personal.Leave{Password: password, Days: 7}); field(err) != "successor" {
		t.Errorf("without a successor: %v", err)
	}
	if _, err := x.home.Personal.Ask(ctx, x.Viewer, personal.Leave{Password: password, Days: 31, Successor: "official"}); field(err) != "days" {
		t.Errorf("in too many days: %v", err)
	}
	if _, err := x.home.Personal.Ask(ctx, x.home.official, personal.Leave{}); domain.CodeOf(err) != domain.Conflict {
		t.Errorf("the last administrator: %v", err)
	}
	secret := x.ask(t, personal.Leave{Days: 7, Mail: true})
	if err := x.home.Personal.Keep(ctx, time.Time{}); err != nil {
		t.Fatal(err)
	}
	p, err := x.home.Personal.Progress(ctx, secret, domain.Page{})
	if err != nil || p.Deletion.State != personal.Waiting {
		t.Fatalf("%+v, %v", p, err)
	}
	if status := x.status(ctx, t, string(x.home.Namespace.IRI("users", "annabel_q"))); status != http.StatusOK {
		t.Errorf("before the day the address answers %d", status)
	}
	if _, _, err := x.home.Accounts.SignIn(ctx, "annabel_q", password, "192.0.2.1"); err != nil {
		t.Fatalf("coming back: %v", err)
	}
	if _, err := x.home.Personal.Progress(ctx, secret, domain.Page{}); domain.CodeOf(err) != domain.NotFound {
		t.Errorf("what was called off: %v", err)
	}
	if err := x.home.Personal.Erase(ctx, personal.EraseArgs{Deletion: p.Deletion.ID}); err != nil {
		t.Error(err)
	}
	c.Settle()
	if post, err := x.away.Communities.PostByIRI(ctx, x.away.official, x.post.IRI); err != nil || post.Deleted() {
		t.Errorf("the post of somebody who stayed: %v, %v", post, err)
	}
}
