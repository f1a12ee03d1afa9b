package federationtest_test

import (
	"maps"
	"net/http"
	"testing"
	"time"

	"interlink/cmd/interlink/node"
	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/coproduction"
	"interlink/domain/network"
	"interlink/domain/policy"
	"interlink/domain/reuse"
	"interlink/federation/federationtest"
)

// nextMonth moves to the second day of the next month.
func (c *clock) nextMonth() reuse.Month {
	month := reuse.MonthOf(c.now())
	c.advance(month.Ends().Sub(c.now()) + 24*time.Hour)
	return month
}

// uses takes an Interlinker of another node into the first task of a process,
// so many times.
func (c *city) uses(t *testing.T, process string, e *catalogue.Entry, host string, times int) {
	t.Helper()
	_, tree, err := c.Coproduction.Tree(t.Context(), c.official, process)
	if err != nil {
		t.Fatal(err)
	}
	for _, it := range tree.Items() {
		if it.Kind != coproduction.Task {
			continue
		}
		for range times {
			if _, err := c.Coproduction.Instantiate(t.Context(), c.official, process, it.ID, e.Slug+"@"+host); err != nil {
				t.Fatal(err)
			}
		}
		return
	}
	t.Fatal("no task")
}

// tells makes a process agree that its reuse is told, or not any more.
func (c *city) tells(t *testing.T, process string, yes bool) {
	t.Helper()
	p, err := c.Coproduction.Process(t.Context(), c.official, process)
	if err != nil {
		t.Fatal(err)
	}
	d := p.Details()
	d.TellsReuse = yes
	if _, err := c.Coproduction.Edit(t.Context(), c.official, process, p.Revision, d); err != nil {
		t.Fatal(err)
	}
}

// reuseOf sums up what is told of a thing of a city.
func (c *city) reuseOf(t *testing.T, facts policy.Facts, owner, object domain.IRI) reuse.Summary {
	t.Helper()
	s, err := c.Reuse.Of(t.Context(), policy.Viewer{}, reuse.Thing{Facts: facts, Owner: owner, Object: object})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// report makes the reports of a city, twice.
func (c *city) report(t *testing.T, cluster *federationtest.Cluster) {
	t.Helper()
	for range 2 {
		if err := c.Reuse.Report(t.Context()); err != nil {
			t.Fatal(err)
		}
		cluster.Settle()
	}
}

// TestFedA60Reuse: Riga tells Zaragoza once a month how often it reuses its
// tool and its process, as far as the processes agree; Rome does not agree.
// Numbers are coarse, and lies are not believed.
func TestFedA60Reuse(t *testing.T) {
	for database, open := range federationtest.Databases {
		t.Run(database, func(t *testing.T) {
			t.Parallel()
			var moved clock
			set := func(agree bool) func(*node.Options) {
				return func(o *node.Options) { o.Now, o.TellReuse = moved.now, agree }
			}
			c := federationtest.With(t, open, set(true), "Zaragoza", "Riga")
			zaragoza, riga, rome := newCity(t, c.Nodes[0]), newCity(t, c.Nodes[1]), newCity(t, c.Add("Rome", set(false)))
			zaragoza.starterCatalogue(t)
			original := zaragoza.process(t, "safe_ways")
			tool := zaragoza.local(t, 0)
			shelf := zaragoza.CatalogueActor().IRI
			for _, other := range []*city{riga, rome} {
				other.starterCatalogue(t)
				owner := other.follow(t, other.official, other.CatalogueActor().ID, zaragoza.handle("catalogue"))
				other.endorse(t, owner.Host)
				c.Settle()
				other.cloned(t, c, original.IRI, "safe_ways_too")
				other.tells(t, "safe_ways_too", true)
				other.process(t, "quiet")
				other.uses(t, "safe_ways_too", tool, owner.Host, 6)
				other.uses(t, "quiet", tool, owner.Host, 20)
			}
			schema, err := zaragoza.Catalogue.Entry(t.Context(), zaragoza.official, catalogue.KindSchema, "public-service", "")
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range []string{"one", "two", "three", "four", "five"} {
				if _, err := riga.Coproduction.Start(t.Context(), riga.official, coproduction.StartInput{
					Name: name, Details: coproduction.Details{Title: english(name), Language: "en", Visibility: domain.VisibleMembers, TellsReuse: true}, Schema: schema.Slug + "@" + zaragoza.Namespace.Host(),
				}); err != nil {
					t.Fatal(err)
				}
			}
			zaragoza.tells(t, "safe_ways", true) // of its own tool
			c.Settle()
			month := moved.nextMonth()
			for _, one := range []*city{zaragoza, riga, rome} {
				one.report(t, c)
			}

			got := zaragoza.reuseOf(t, tool, shelf, tool.IRI)
			if len(got.All) != 1 || got.All[0].Host != riga.Namespace.Host() || got.All[0].Month != month || !maps.Equal(got.Sum, reuse.Counts{reuse.Uses: 5, reuse.Processes: 0}) {
				t.Fatalf("of the tool Zaragoza heard %+v", got)
			}
			// Of the schema with which Riga's processes began it heard as much.
			if got := zaragoza.reuseOf(t, schema, shelf, schema.IRI); !maps.Equal(got.Sum, reuse.Counts{reuse.Processes: 5, reuse.Active: 5, reuse.Completed: 0}) {
				t.Errorf("of the schema Zaragoza heard %+v", got)
			}
			got = zaragoza.reuseOf(t, original, original.IRI, original.IRI)
			if len(got.All) != 1 || !maps.Equal(got.Sum, reuse.Counts{reuse.Clones: 0, reuse.Active: 0, reuse.Completed: 0, reuse.Stories: 0, reuse.Translations: 0, reuse.Improvements: 0, reuse.Contributions: 0}) {
				t.Fatalf("of the process Zaragoza heard %+v", got)
			}
			liesAboutReuse(t, c, &moved, zaragoza, riga, tool, original.IRI, month)

			// The next month tells all of both, and what agrees no more is taken back.
			riga.uses(t, "safe_ways_too", tool, zaragoza.Namespace.Host(), 5)
			last := moved.nextMonth()
			riga.report(t, c)
			if got := zaragoza.reuseOf(t, tool, shelf, tool.IRI); got.Sum[reuse.Uses] != 10 || got.Latest[0].Month != last || len(got.All) != 2 {
				t.Errorf("a month later Zaragoza heard %+v", got)
			}
			riga.tells(t, "safe_ways_too", false)
			moved.nextMonth()
			riga.report(t, c)
			if got := zaragoza.reuseOf(t, tool, shelf, tool.IRI); len(got.Sum) > 0 || len(got.Latest) > 0 || len(got.All) != 2 {
				t.Errorf("without agreement Zaragoza has %+v", got)
			}
			// Of a blocked host nothing is shown.
			zaragoza.rule(t, riga.Namespace.Host(), network.VerdictBlock)
			if got := zaragoza.reuseOf(t, tool, shelf, tool.IRI); len(got.All) > 0 {
				t.Errorf("of a blocked host Zaragoza shows %+v", got)
			}
		})
	}
}

// liesAboutReuse: a report counts from the node itself, of what it has, once,
// and within what can be.
func liesAboutReuse(t *testing.T, c *federationtest.Cluster, moved *clock, zaragoza, riga *city, tool *catalogue.Entry, process domain.IRI, month reuse.Month) {
	t.Helper()
	ctx, shelf := t.Context(), zaragoza.CatalogueActor().IRI
	before := zaragoza.reuseOf(t, tool, shelf, tool.IRI)
	by, err := zaragoza.Lookup(ctx, string(riga.Namespace.IRI("actor")))
	if err != nil {
		t.Fatal(err)
	}
	shelfThere, err := zaragoza.Lookup(ctx, riga.handle("catalogue"))
	if err != nil {
		t.Fatal(err)
	}
	elsewhere := &network.Actor{ID: "x", IRI: "https://elsewhere.example/actor", Host: "elsewhere.example", Type: network.TypeApplication}
	at := before.All[0].At.Add(time.Second)
	in := func(change func(*reuse.Remote)) reuse.Remote {
		r := reuse.Remote{IRI: by.IRI + "/reuse", From: by.IRI, Report: reuse.Report{
			Owner: shelf, Month: month, At: at, Lines: []reuse.Line{{Kind: reuse.Interlinker, Object: tool.IRI, Counts: reuse.Counts{reuse.Uses: 500, reuse.Processes: 50}}},
		}}
		change(&r)
		return r
	}
	line := func(l reuse.Line) func(*reuse.Remote) {
		return func(r *reuse.Remote) { r.Lines = []reuse.Line{l} }
	}
	of := func(clones, active reuse.Band) func(*reuse.Remote) {
		return func(r *reuse.Remote) {
			r.Owner = process
			r.Lines = []reuse.Line{{Kind: reuse.Process, Object: process, Counts: reuse.Counts{reuse.Clones: clones, reuse.Active: active}}}
		}
	}
	for name, one := range map[string]struct {
		by   *network.Actor
		in   reuse.Remote
		want domain.Code
	}{
		"in the name of another node":    {elsewhere, in(func(*reuse.Remote) {}), domain.Forbidden},
		"signed by another of its host":  {shelfThere, in(func(*reuse.Remote) {}), domain.Forbidden},
		"with an address of another":     {by, in(func(r *reuse.Remote) { r.IRI = "https://elsewhere.example/1" }), domain.Forbidden},
		"by who has no copy":             {elsewhere, in(func(r *reuse.Remote) { r.IRI, r.From = elsewhere.IRI+"/1", elsewhere.IRI }), domain.Forbidden},
		"of what is not the owner's":     {by, in(line(reuse.Line{Kind: reuse.Interlinker, Object: process, Counts: reuse.Counts{reuse.Uses: 5}})), domain.Forbidden},
		"of what is nothing":             {by, in(line(reuse.Line{Kind: reuse.Interlinker, Object: tool.IRI + "x", Counts: reuse.Counts{reuse.Uses: 5}})), domain.Forbidden},
		"of an owner elsewhere":          {by, in(func(r *reuse.Remote) { r.Owner = "https://elsewhere.example/catalogue" }), domain.NotFound},
		"the same again":                 {by, in(func(r *reuse.Remote) { r.At = before.All[0].At }), domain.OK},
		"an older one":                   {by, in(func(r *reuse.Remote) { r.At = at.Add(-time.Hour) }), domain.OK},
		"of a month to come":             {by, in(func(r *reuse.Remote) { r.Month = month.Add(3) }), domain.Invalid},
		"of long ago":                    {by, in(func(r *reuse.Remote) { r.Month = "1999-01" }), domain.Invalid},
		"of no month":                    {by, in(func(r *reuse.Remote) { r.Month = "2026-13" }), domain.Invalid},
		"an absurd number":               {by, in(line(reuse.Line{Kind: reuse.Interlinker, Object: tool.IRI, Counts: reuse.Counts{reuse.Uses: 1e9}})), domain.Invalid},
		"less than nothing":              {by, in(line(reuse.Line{Kind: reuse.Interlinker, Object: tool.IRI, Counts: reuse.Counts{reuse.Uses: -5}})), domain.Invalid},
		"more processes than uses":       {by, in(line(reuse.Line{Kind: reuse.Interlinker, Object: tool.IRI, Counts: reuse.Counts{reuse.Uses: 5, reuse.Processes: 100}})), domain.Invalid},
		"more clones than were offered":  {by, in(of(500, 0)), domain.Invalid},
		"more active clones than clones": {by, in(of(0, 5)), domain.Invalid},
		"more lines than there are":      {by, in(func(r *reuse.Remote) { r.Lines = make([]reuse.Line, 5000) }), domain.Invalid},
	} {
		if err := zaragoza.Reuse.Receive(ctx, one.by, one.in); domain.CodeOf(err) != one.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	// On the wire, somebody of another server speaks for Riga.
	peer := federationtest.NewHostile(t)
	peer.SetClock(moved.now)
	for _, from := range []domain.IRI{by.IRI, peer.Person(1)} {
		id := peer.URL + "/reuse/" + map[bool]string{true: "1", false: "2"}[from == by.IRI]
		sends(t, peer.Peer, zaragoza, map[string]any{
			"@context": "https://www.w3.org/ns/activitystreams", "id": id + "/create", "type": "Create", "actor": peer.Person(1), "to": []any{shelf}, "object": map[string]any{
				"id": id, "type": "Document", "attributedTo": from, "interlink:reuse": map[string]any{
					"owner": shelf, "month": month, "at": moved.now().UTC(), "lines": []any{map[string]any{"kind": "interlinker", "object": tool.IRI, "counts": map[string]int{"uses": 500}}},
				},
			},
		}, http.StatusAccepted)
	}
	c.Settle()
	if got := zaragoza.reuseOf(t, tool, shelf, tool.IRI); len(got.All) != 1 || !maps.Equal(got.Sum, before.Sum) {
		t.Errorf("after the lies %+v", got)
	}
}
