package participation

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"interlink/domain"
	"interlink/domain/organization"
	"interlink/domain/policy"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// TestSteps: whatever is tried on an application, in any order.
func TestSteps(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := &Application{}
		appeals, withdrawals := 0, 0
		for i := range rapid.IntRange(1, 30).Draw(t, "tries") {
			before := *a
			c := Change{State: rapid.SampledFrom(States[:]).Draw(t, "state"), At: noon.Add(time.Duration(i) * time.Hour), By: "r"}
			allowed := slices.Contains(a.Next(), c.State)
			err := a.step(c, GroundSeats)
			if (err == nil) != allowed {
				t.Fatalf("%s after %s: %v", c.State, before.State, err)
			}
			if err != nil {
				if domain.CodeOf(err) != domain.Conflict || a.State != before.State || len(a.History) != len(before.History) {
					t.Fatalf("a refused step changed something: %v", err)
				}
				continue
			}
			if before.State == Accepted {
				t.Fatalf("%s after an acceptance", c.State)
			}
			if len(a.History) != len(before.History)+1 || a.Last() != c || a.State != c.State || !a.UpdatedAt.Equal(c.At) {
				t.Fatalf("the history does not tell of %s", c.State)
			}
			if (a.Ground != "") != a.State.Negative() {
				t.Fatalf("%s has the ground %q", a.State, a.Ground)
			}
			switch c.State {
			case Appealed:
				if appeals++; !before.State.Negative() {
					t.Fatalf("an appeal against %s", before.State)
				}
			case Withdrawn:
				withdrawals++
			}
			if appeals > 1+withdrawals {
				t.Fatal("two appeals for one application")
			}
			if a.State == Appealed && a.Decider() == domain.Nobody {
				t.Fatal("nobody is known to have decided before the appeal")
			}
		}
		if got := a.State; got != "" && a.History[0].State != Submitted && a.History[0].State != Rejected {
			t.Fatalf("it began as %s", a.History[0].State)
		}
	})
}

// TestDetails: all problems of a call at once, each at its field.
func TestDetails(t *testing.T) {
	t.Parallel()
	good := Details{Title: domain.Text{"en": "Route finder"}, Duties: domain.Text{"en": "Walk the routes."}, Seats: 2}
	for name, tc := range map[string]struct {
		change func(*Details)
		fields []string
	}{
		"good":     {func(*Details) {}, nil},
		"empty":    {func(d *Details) { *d = Details{} }, []string{"title", "duties", "seats"}},
		"too long": {func(d *Details) { d.Effort = domain.Text{"lv": string(make([]byte, maxLine+1)) + "x"} }, []string{"effort"}},
		"seats":    {func(d *Details) { d.Seats = maxSeats + 1 }, []string{"seats"}},
		"method":   {func(d *Details) { d.Method = "whim" }, []string{"method"}},
		"past":     {func(d *Details) { d.Deadline = noon.Add(-time.Second) }, []string{"deadline"}},
		"backward": {func(d *Details) { d.Starts, d.Ends = noon.AddDate(0, 1, 0), noon }, []string{"ends"}},
	} {
		d := good
		tc.change(&d)
		var p domain.Problems
		d.clean()
		d.check(&p, noon)
		var fields []string
		for _, e := range p {
			fields = append(fields, e.Field)
		}
		if !slices.Equal(fields, tc.fields) {
			t.Errorf("%s: problems with %v, not %v", name, fields, tc.fields)
		}
	}
}

// TestCallRelation: who decides.
func TestCallRelation(t *testing.T) {
	t.Parallel()
	o := &organization.Organization{Visibility: domain.VisiblePublic, Members: organization.Members{{Actor: "mayor", Role: organization.RoleAdministrator}, {Actor: "clerk", Role: organization.RoleMember}}}
	team := &organization.Team{Parent: o, Members: organization.Members{{Actor: "lead", Role: organization.RoleAdministrator}, {Actor: "worker", Role: organization.RoleMember}}}
	c := &Call{State: CallOpen, Reviewers: []domain.ActorID{"reviewer"}, Group: team}
	for actor, decides := range map[domain.ActorID]bool{"mayor": true, "lead": true, "reviewer": true, "clerk": false, "worker": false, "stranger": false} {
		v := policy.Viewer{Actor: actor, Role: policy.RoleMember}
		if got := policy.Allow(v, policy.Administer, c) == nil; got != decides {
			t.Errorf("%s decides: %v", actor, got)
		}
		if policy.Allow(v, policy.Apply, c) != nil {
			t.Errorf("%s may not apply", actor)
		}
	}
	away := *c
	away.Host = "riga.example"
	for _, v := range []policy.Viewer{{Actor: "reviewer", Role: policy.RoleMember}, {Actor: "a", Role: policy.RoleAdmin}} {
		if policy.Allow(v, policy.Administer, &away) == nil {
			t.Errorf("%s decides on a call of another node", v.Actor)
		}
	}
	if !away.Open(noon) || !c.Open(noon) {
		t.Error("an open call takes none")
	}
	c.Group = nil
	if c.Open(noon) {
		t.Error("a call whose team is no more takes applications")
	}
}

// TestReceivedCall: what another node writes is cut to its bounds.
func TestReceivedCall(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.MapOf(rapid.Map(rapid.String(), func(s string) domain.Lang { return domain.Lang(s) }), rapid.StringN(0, 12_000, 30_000))
		in := RemoteCall{State: CallState(rapid.String().Draw(t, "state")), Details: Details{
			Title: words.Draw(t, "title"), Duties: words.Draw(t, "duties"), Seats: rapid.Int().Draw(t, "seats"), Method: Method(rapid.String().Draw(t, "method")),
		}}
		in.bound()
		if in.Title.Longest() > maxTitle || in.Duties.Longest() > maxText || in.Seats < 0 || in.Seats > maxSeats || !in.Method.Known() {
			t.Errorf("out of bounds: %+v", in.Details)
		}
		for lang := range in.Title {
			if parsed, err := domain.ParseLang(string(lang)); err != nil || parsed != lang {
				t.Errorf("a title in %q", lang)
			}
		}
	})
}
