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

// contract is what a reference server and a node do with each other, in the
// order of the steps of [TestIntegration].
type contract struct {
	*federationtest.Cluster
	city     *city
	member   policy.Viewer // takes part in nothing
	board    *federationtest.Board
	moved    *clock
	process  string
	task     domain.ID
	software *catalogue.Entry

	tool   *integration.Tool
	ticket *integration.Ticket
	person string // as the board knows the official
	made   *coproduction.Resource
}

// TestIntegration goes through the whole contract with a reference server.
func TestIntegration(t *testing.T) {
	for database, open := range federationtest.Databases {
		t.Run(database, func(t *testing.T) {
			t.Parallel()
			x := &contract{moved: new(clock)}
			x.Cluster = federationtest.With(t, open, func(o *node.Options) { o.Now = x.moved.now }, "Zaragoza")
			x.city = newCity(t, x.Nodes[0])
			x.city.starterCatalogue(t)
			p, task := x.city.begun(t, "safe_ways")
			x.process, x.task, x.software = p.Name, task, x.city.software(t)
			x.board, x.member = federationtest.NewBoard(t, func() string { return x.city.URL }), x.city.Person("member", policy.RoleMember)

			x.connects(t)
			x.begins(t)
			x.isRefused(t)
			x.finishes(t)
			x.opens(t)
			x.copies(t)
			x.isDown(t)
			x.isSwitchedOff(t)
			x.isErased(t)
		})
	}
}

// connects registers the server, once, by an administrator.
func (x *contract) connects(t *testing.T) {
	t.Helper()
	ctx, of, e := t.Context(), x.city.Integrations, x.software
	if _, err := of.Begin(ctx, x.city.official, x.process, x.task, e.Slug, "en"); domain.CodeOf(err) != domain.Unavailable {
		t.Errorf("before it is connected: %v", err)
	}
	if _, err := of.Register(ctx, x.member, e.IRI, wholeContract(x.board)); domain.CodeOf(err) != domain.NotFound {
		t.Errorf("a member connects: %v", err)
	}
	for _, bad := range []string{"", "board", "ftp://board.example", "https://board.example/?x", x.city.URL + "/api", "https://me@board.example"} {
		d := wholeContract(x.board)
		d.Base = bad
		if _, err := of.Register(ctx, x.city.official, e.IRI, d); domain.CodeOf(err) != domain.Invalid {
			t.Errorf("at %q: %v", bad, err)
		}
	}
	var err error
	if x.tool, err = of.Register(ctx, x.city.official, e.IRI, wholeContract(x.board)); err != nil {
		t.Fatal(err)
	}
	if _, err := of.Register(ctx, x.city.official, e.IRI, wholeContract(x.board)); domain.CodeOf(err) != domain.Invalid {
		t.Errorf("connected twice: %v", err)
	}
	x.Settle()
	x.stands(t, integration.Up, "204")
}

// stands checks how the server was found when it was last asked.
func (x *contract) stands(t *testing.T, want integration.State, answer string) {
	t.Helper()
	var err error
	if x.tool, err = x.city.Integrations.Tool(t.Context(), x.city.official, x.tool.ID); err != nil || x.tool.State != want || x.tool.Answer != answer || x.tool.CheckedAt.IsZero() {
		t.Errorf("%+v, %v", x.tool, err)
	}
}

// begins opens the server for a task; it is not told who that is.
func (x *contract) begins(t *testing.T) {
	t.Helper()
	if _, err := x.city.Integrations.Begin(t.Context(), x.member, x.process, x.task, x.software.Slug, "en"); domain.CodeOf(err) != domain.Forbidden {
		t.Errorf("somebody who does not work there begins: %v", err)
	}
	var err error
	x.ticket, err = x.city.Integrations.Begin(t.Context(), x.city.official, x.process, x.task, x.software.Slug, "en")
	if err != nil || x.ticket.Action != domain.IRI(x.board.Base()+"/assets/instantiate") {
		t.Fatalf("%+v, %v", x.ticket, err)
	}
	if got := posted(t, x.ticket); got != http.StatusOK {
		t.Fatalf("the board answers %d", got)
	}
	p, err := x.city.Coproduction.Process(t.Context(), x.city.official, x.process)
	if err != nil {
		t.Fatal(err)
	}
	seen, official := x.board.Seen()[0], string(x.city.official.Actor)
	if seen.Subject == "" || strings.Contains(x.ticket.Token, official) || seen.Subject == official || seen.Process == p.Name || seen.Process == string(p.ID) {
		t.Errorf("the board is told who it is: %+v", seen)
	}
	if life := seen.Expiry.Time().Sub(seen.IssuedAt.Time()); life > 5*time.Minute || life < time.Minute {
		t.Errorf("a token counts for %v", life)
	}
	x.person = seen.Subject
}

// isRefused tries what must not count: a token of another server's, a state of
// somebody else or altered, an asset that is none.
func (x *contract) isRefused(t *testing.T) {
	t.Helper()
	other, elsewhere := federationtest.NewBoard(t, func() string { return x.city.URL }), *x.ticket
	elsewhere.Action = domain.IRI(other.Base() + "/assets/instantiate")
	if got := posted(t, &elsewhere); got != http.StatusUnauthorized {
		t.Errorf("another server takes the token: %d", got)
	}
	response, err := http.PostForm(x.board.Base()+"/assets", url.Values{"name": {"Map of the streets"}})
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	state := x.ticket.State
	forged := "A" + state[1:]
	if forged == state {
		forged = "B" + state[1:]
	}
	for _, bad := range []struct {
		v            policy.Viewer
		state, asset string
		want         domain.Code
	}{
		{policy.Viewer{}, state, "note-1", domain.Unauthenticated}, {x.member, state, "note-1", domain.Invalid}, {x.city.official, state + "A", "note-1", domain.Invalid},
		{x.city.official, forged, "note-1", domain.Invalid}, {x.city.official, "", "note-1", domain.Invalid}, {x.city.official, state, "../note-1", domain.Invalid},
		{x.city.official, state, "", domain.Invalid}, {x.city.official, state, "note-9", domain.NotFound},
	} {
		if _, _, err := x.city.Integrations.Finish(t.Context(), bad.v, bad.state, bad.asset); domain.CodeOf(err) != bad.want {
			t.Errorf("%q, %q: %v, want %s", bad.state, bad.asset, err, bad.want)
		}
	}
}

// finishes comes back with what was made, which becomes a resource once.
func (x *contract) finishes(t *testing.T) {
	t.Helper()
	r, process, err := x.city.Integrations.Finish(t.Context(), x.city.official, x.ticket.State, "note-1")
	if err != nil || process != x.process || r.Item != x.task || r.Name != "Map of the streets" || r.Interlinker != x.software.IRI || r.InterlinkerVersion != x.software.Version || r.Asset != "note-1" {
		t.Fatalf("%+v, %v", r, err)
	}
	if again, _, err := x.city.Integrations.Finish(t.Context(), x.city.official, x.ticket.State, "note-1"); err != nil || again.ID != r.ID {
		t.Errorf("again: %+v, %v", again, err)
	}
	x.made = r
}

// opens looks at what was made, and works on it.
func (x *contract) opens(t *testing.T) {
	t.Helper()
	for _, act := range []integration.Capability{integration.View, integration.Edit} {
		ticket, _, err := x.city.Integrations.Open(t.Context(), x.city.official, x.process, x.made.ID, act, "en")
		if err != nil {
			t.Fatal(err)
		}
		if got := posted(t, ticket); got != http.StatusOK || ticket.State != "" {
			t.Errorf("%s: %d %q", act, got, ticket.State)
		}
	}
	if _, _, err := x.city.Integrations.Open(t.Context(), x.member, x.process, x.made.ID, integration.View, "en"); domain.CodeOf(err) != domain.NotFound {
		t.Errorf("somebody who does not take part opens it: %v", err)
	}
	if last := x.board.Seen(); last[len(last)-1].Subject != x.person {
		t.Error("the same person is known by another name")
	}
}

// copies makes another of it, reads it as a file and names it anew; all count as
// uses of the Interlinker.
func (x *contract) copies(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	copied, err := x.city.Integrations.Copy(ctx, x.city.official, x.process, x.made.ID)
	if err != nil || copied.Asset != "note-2" || copied.Name != "Copy of Map of the streets" || copied.Item != x.task {
		t.Fatalf("%+v, %v", copied, err)
	}
	f, err := x.city.Integrations.File(ctx, x.city.official, x.process, x.made.ID)
	if err != nil || string(f.Body) != "<script>Map of the streets</script>" || f.Name != "note.html" {
		t.Errorf("%+v, %v", f, err)
	}
	if _, err := x.city.Integrations.File(ctx, x.member, x.process, x.made.ID); domain.CodeOf(err) != domain.NotFound {
		t.Errorf("somebody who does not take part reads it: %v", err)
	}
	changed, err := x.city.Coproduction.EditResource(ctx, x.city.official, x.process, x.made.ID, x.made.Revision, coproduction.ResourceDetails{Name: "Streets", URL: "https://elsewhere.example/"}, "")
	if err != nil || changed.URL != x.made.URL || changed.Name != "Streets" {
		t.Errorf("where its Interlinker has it: %+v, %v", changed, err)
	}
	uses, err := x.city.Coproduction.Uses(ctx, x.city.official, x.process, domain.Page{})
	if err != nil || uses.Total != 3 { // two were taken, one was opened
		t.Errorf("%d uses, %v", uses.Total, err)
	}
}

// isDown stops the server: it is found, and told.
func (x *contract) isDown(t *testing.T) {
	t.Helper()
	x.board.Stop(true)
	if err := x.city.Integrations.CheckNow(t.Context(), x.city.official, x.tool.ID); err != nil {
		t.Fatal(err)
	}
	x.Settle()
	x.stands(t, integration.Down, "503")
	if log, err := x.city.Audit.Log(t.Context(), x.city.official, audit.Whole(), audit.Filter{Family: "integration"}, domain.Page{}); err != nil || len(log.Items) == 0 || log.Items[0].Kind != integration.Turned {
		t.Errorf("%+v, %v", log.Items, err)
	}
	x.board.Stop(false)
}

// isSwitchedOff ends what can be begun.
func (x *contract) isSwitchedOff(t *testing.T) {
	t.Helper()
	off := wholeContract(x.board)
	off.On = false
	var err error
	if x.tool, err = x.city.Integrations.Change(t.Context(), x.city.official, x.tool.ID, x.tool.Revision, off); err != nil {
		t.Fatal(err)
	}
	if _, err := x.city.Integrations.Begin(t.Context(), x.city.official, x.process, x.task, x.software.Slug, "en"); domain.CodeOf(err) != domain.Unavailable {
		t.Errorf("switched off: %v", err)
	}
	if _, err := x.city.Integrations.Change(t.Context(), x.city.official, x.tool.ID, x.tool.Revision-1, off); domain.CodeOf(err) != domain.Conflict {
		t.Errorf("by an old revision: %v", err)
	}
}

// isErased removes the resource: the server keeps what it is of until it can no
// longer be restored.
func (x *contract) isErased(t *testing.T) {
	t.Helper()
	sweep := func() {
		t.Helper()
		if err := x.city.Coproduction.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		x.Settle()
	}
	if err := x.city.Coproduction.RemoveResource(t.Context(), x.city.official, x.process, x.made.ID); err != nil {
		t.Fatal(err)
	}
	sweep()
	if len(x.board.Notes()) != 2 {
		t.Fatalf("what can be restored is deleted: %v", x.board.Notes())
	}
	x.moved.ahead.Add(int64(coproduction.RestoreFor + time.Hour))
	x.board.Now = x.moved.now
	sweep()
	if left := x.board.Notes(); len(left) != 1 || left["note-2"] == "" {
		t.Errorf("of what was erased the board keeps %v", left)
	}
}
