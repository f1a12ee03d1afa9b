package federationtest_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"interlink/cmd/interlink/node"
	"interlink/domain"
	"interlink/domain/audit"
	"interlink/domain/catalogue"
	"interlink/domain/coproduction"
	"interlink/domain/integration"
	"interlink/domain/policy"
	"interlink/federation/federationtest"
)

// software publishes an Interlinker that is software.
func (c *city) software(t testing.TB) *catalogue.Entry {
	t.Helper()
	e, err := c.Catalogue.Compose(t.Context(), c.official, "", catalogue.Writing{Content: catalogue.Content{
		Name: english("Note board"), Summary: english("Keeps notes."),
		Interlinker: &catalogue.Interlinker{Nature: catalogue.NatureSoftware, SPDX: "EUPL-1.2", Difficulty: "easy"},
	}})
	if err == nil {
		e, err = c.Catalogue.Publish(t.Context(), c.official, e.ID, e.Revision, "First")
	}
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// all of the contract, in a frame.
func wholeContract(b *federationtest.Board) integration.Details {
	return integration.Details{Base: b.Base() + "/", Capabilities: integration.Optional, Frame: true, On: true}
}

// posted opens a page of an Interlinker as a browser does.
func posted(t *testing.T, x *integration.Ticket) (status int) {
	t.Helper()
	response, err := http.PostForm(string(x.Action), url.Values{"token": {x.Token}, "lang": {string(x.Lang)}, "state": {x.State}, "return": {string(x.Return)}})
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	return response.StatusCode
}

// TestIntegration goes through the whole contract with a reference server.
func TestIntegration(t *testing.T) {
	for database, open := range federationtest.Databases {
		t.Run(database, func(t *testing.T) {
			t.Parallel()
			moved := new(clock)
			c := federationtest.With(t, open, func(o *node.Options) { o.Now = moved.now }, "Zaragoza")
			ctx, city := t.Context(), newCity(t, c.Nodes[0])
			city.starterCatalogue(t)
			p, task := city.begun(t, "safe_ways")
			e, board := city.software(t), federationtest.NewBoard(t, func() string { return city.URL })
			member := city.Person("member", policy.RoleMember)

			if _, err := city.Integrations.Begin(ctx, city.official, p.Name, task, e.Slug, "en"); domain.CodeOf(err) != domain.Unavailable {
				t.Errorf("before it is connected: %v", err)
			}
			if _, err := city.Integrations.Register(ctx, member, e.IRI, wholeContract(board)); domain.CodeOf(err) != domain.NotFound {
				t.Errorf("a member connects: %v", err)
			}
			for _, bad := range []string{"", "board", "ftp://board.example", "https://board.example/?x", city.URL + "/api", "https://me@board.example"} {
				d := wholeContract(board)
				d.Base = bad
				if _, err := city.Integrations.Register(ctx, city.official, e.IRI, d); domain.CodeOf(err) != domain.Invalid {
					t.Errorf("at %q: %v", bad, err)
				}
			}
			tool, err := city.Integrations.Register(ctx, city.official, e.IRI, wholeContract(board))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := city.Integrations.Register(ctx, city.official, e.IRI, wholeContract(board)); domain.CodeOf(err) != domain.Invalid {
				t.Errorf("connected twice: %v", err)
			}
			c.Settle()
			health := func(want integration.State, answer string) {
				t.Helper()
				if tool, err = city.Integrations.Tool(ctx, city.official, tool.ID); err != nil || tool.State != want || tool.Answer != answer || tool.CheckedAt.IsZero() {
					t.Errorf("%+v, %v", tool, err)
				}
			}
			health(integration.Up, "204")

			if _, err := city.Integrations.Begin(ctx, member, p.Name, task, e.Slug, "en"); domain.CodeOf(err) != domain.Forbidden {
				t.Errorf("somebody who does not work there begins: %v", err)
			}
			x, err := city.Integrations.Begin(ctx, city.official, p.Name, task, e.Slug, "en")
			if err != nil || x.Action != domain.IRI(board.Base()+"/assets/instantiate") {
				t.Fatalf("%+v, %v", x, err)
			}
			if got := posted(t, x); got != http.StatusOK {
				t.Fatalf("the board answers %d", got)
			}
			seen := board.Seen()[0]
			if seen.Subject == "" || strings.Contains(x.Token, string(city.official.Actor)) || seen.Subject == string(city.official.Actor) || seen.Process == p.Name || seen.Process == string(p.ID) {
				t.Errorf("the board is told who it is: %+v", seen)
			}
			if life := seen.Expiry.Time().Sub(seen.IssuedAt.Time()); life > 5*time.Minute || life < time.Minute {
				t.Errorf("a token counts for %v", life)
			}
			other := federationtest.NewBoard(t, func() string { return city.URL })
			x.Action = domain.IRI(other.Base() + "/assets/instantiate")
			if got := posted(t, x); got != http.StatusUnauthorized {
				t.Errorf("another server takes the token: %d", got)
			}

			response, err := http.PostForm(board.Base()+"/assets", url.Values{"name": {"Map of the streets"}})
			if err != nil {
				t.Fatal(err)
			}
			_ = response.Body.Close()
			forged := "A" + x.State[1:]
			if forged == x.State {
				forged = "B" + x.State[1:]
			}
			for _, bad := range []struct {
				v            policy.Viewer
				state, asset string
				want         domain.Code
			}{
				{policy.Viewer{}, x.State, "note-1", domain.Unauthenticated}, {member, x.State, "note-1", domain.Invalid}, {city.official, x.State + "A", "note-1", domain.Invalid},
				{city.official, forged, "note-1", domain.Invalid}, {city.official, "", "note-1", domain.Invalid}, {city.official, x.State, "../note-1", domain.Invalid},
				{city.official, x.State, "", domain.Invalid}, {city.official, x.State, "note-9", domain.NotFound},
			} {
				if _, _, err := city.Integrations.Finish(ctx, bad.v, bad.state, bad.asset); domain.CodeOf(err) != bad.want {
					t.Errorf("%q, %q: %v, want %s", bad.state, bad.asset, err, bad.want)
				}
			}
			r, process, err := city.Integrations.Finish(ctx, city.official, x.State, "note-1")
			if err != nil || process != p.Name || r.Item != task || r.Name != "Map of the streets" || r.Interlinker != e.IRI || r.InterlinkerVersion != e.Version || r.Asset != "note-1" {
				t.Fatalf("%+v, %v", r, err)
			}
			if again, _, err := city.Integrations.Finish(ctx, city.official, x.State, "note-1"); err != nil || again.ID != r.ID {
				t.Errorf("again: %+v, %v", again, err)
			}

			for _, act := range []integration.Capability{integration.View, integration.Edit} {
				x, _, err := city.Integrations.Open(ctx, city.official, p.Name, r.ID, act, "en")
				if err != nil {
					t.Fatal(err)
				}
				if got := posted(t, x); got != http.StatusOK || x.State != "" {
					t.Errorf("%s: %d %q", act, got, x.State)
				}
			}
			if _, _, err := city.Integrations.Open(ctx, member, p.Name, r.ID, integration.View, "en"); domain.CodeOf(err) != domain.NotFound {
				t.Errorf("somebody who does not take part opens it: %v", err)
			}
			if last := board.Seen(); last[len(last)-1].Subject != seen.Subject {
				t.Error("the same person is known by another name")
			}
			copied, err := city.Integrations.Copy(ctx, city.official, p.Name, r.ID)
			if err != nil || copied.Asset != "note-2" || copied.Name != "Copy of Map of the streets" || copied.Item != task {
				t.Fatalf("%+v, %v", copied, err)
			}
			f, err := city.Integrations.File(ctx, city.official, p.Name, r.ID)
			if err != nil || string(f.Body) != "<script>Map of the streets</script>" || f.Name != "note.html" {
				t.Errorf("%+v, %v", f, err)
			}
			if _, err := city.Integrations.File(ctx, member, p.Name, r.ID); domain.CodeOf(err) != domain.NotFound {
				t.Errorf("somebody who does not take part reads it: %v", err)
			}
			if changed, err := city.Coproduction.EditResource(ctx, city.official, p.Name, r.ID, r.Revision, coproduction.ResourceDetails{Name: "Streets", URL: "https://elsewhere.example/"}, ""); err != nil || changed.URL != r.URL || changed.Name != "Streets" {
				t.Errorf("where its Interlinker has it: %+v, %v", changed, err)
			}
			uses, err := city.Coproduction.Uses(ctx, city.official, p.Name, domain.Page{})
			if err != nil || uses.Total != 3 { // two were taken, one was opened
				t.Errorf("%d uses, %v", uses.Total, err)
			}

			board.Stop(true)
			if err := city.Integrations.CheckNow(ctx, city.official, tool.ID); err != nil {
				t.Fatal(err)
			}
			c.Settle()
			health(integration.Down, "503")
			if log, err := city.Audit.Log(ctx, city.official, audit.Whole(), audit.Filter{Family: "integration"}, domain.Page{}); err != nil || len(log.Items) == 0 || log.Items[0].Kind != integration.Turned {
				t.Errorf("%+v, %v", log.Items, err)
			}
			board.Stop(false)

			off := wholeContract(board)
			off.On = false
			if tool, err = city.Integrations.Change(ctx, city.official, tool.ID, tool.Revision, off); err != nil {
				t.Fatal(err)
			}
			if _, err := city.Integrations.Begin(ctx, city.official, p.Name, task, e.Slug, "en"); domain.CodeOf(err) != domain.Unavailable {
				t.Errorf("switched off: %v", err)
			}
			if _, err := city.Integrations.Change(ctx, city.official, tool.ID, tool.Revision-1, off); domain.CodeOf(err) != domain.Conflict {
				t.Errorf("by an old revision: %v", err)
			}

			if err := city.Coproduction.RemoveResource(ctx, city.official, p.Name, r.ID); err != nil {
				t.Fatal(err)
			}
			if err := city.Coproduction.Sweep(ctx); err != nil {
				t.Fatal(err)
			}
			c.Settle()
			if len(board.Notes()) != 2 {
				t.Fatalf("what can be restored is deleted: %v", board.Notes())
			}
			moved.ahead.Add(int64(coproduction.RestoreFor + time.Hour))
			board.Now = moved.now
			if err := city.Coproduction.Sweep(ctx); err != nil {
				t.Fatal(err)
			}
			c.Settle()
			if left := board.Notes(); len(left) != 1 || left["note-2"] == "" {
				t.Errorf("of what was erased the board keeps %v", left)
			}
		})
	}
}
