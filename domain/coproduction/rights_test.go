package coproduction

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"interlink/domain"
	"interlink/domain/policy"
)

// garden is a tree of two phases, each with two objectives of two tasks. The
// second task of an objective comes after the first.
func garden(t interface{ Fatal(...any) }) *Tree {
	var items []Item
	for _, phase := range []string{"p0", "p1"} {
		items = append(items, item(phase, "", Phase, ""))
		for _, objective := range []string{phase + "o0", phase + "o1"} {
			items = append(items, item(objective, phase, Objective, ""))
			items = append(items, item(objective+"t0", objective, Task, Awaiting))
			items = append(items, after(item(objective+"t1", objective, Task, Finished), domain.ID(objective+"t0")))
		}
	}
	for i := range items {
		items[i].Description = domain.Text{"en": "about " + string(items[i].ID)}
	}
	tree, err := NewTree(items)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

func places(t *Tree) []domain.ID {
	ids := []domain.ID{""}
	for _, it := range t.Items() {
		ids = append(ids, it.ID)
	}
	return ids
}

var people = []domain.ActorID{"ana", "bo", "cleo"}

// drawGrants makes a process's grants: of persons, and of teams that overlap.
func drawGrants(t *rapid.T, tree *Tree) []Grant {
	var out []Grant
	for range rapid.IntRange(0, 12).Draw(t, "grants") {
		g := Grant{
			Grantee: rapid.SampledFrom([]domain.ActorID{"ana", "team1", "team2", "team3"}).Draw(t, "grantee"),
			Item:    rapid.SampledFrom(places(tree)).Draw(t, "item"),
			Allow:   Rights(rapid.IntRange(0, int(AllRights)).Draw(t, "allow")),
			Deny:    Rights(rapid.IntRange(0, int(AllRights)).Draw(t, "deny")),
		}
		g, err := g.Settled()
		if err != nil || slices.ContainsFunc(out, g.replaces) {
			continue
		}
		g.Members = map[domain.ActorID][]domain.ActorID{"team1": {"ana", "bo"}, "team2": {"ana", "cleo"}, "team3": {"bo"}}[g.Grantee]
		out = append(out, g)
	}
	return out
}

func without(grants []Grant, grantee domain.ActorID) []Grant {
	return slices.DeleteFunc(slices.Clone(grants), func(g Grant) bool { return g.Grantee == grantee })
}

// TestRights is rule 1: whatever else was granted to whom, the grants of one
// grantee take nothing away that another's give, and within one grantee the
// deepest place that says anything of a right decides.
func TestRights(t *testing.T) {
	t.Parallel()
	tree := garden(t)
	rapid.Check(t, func(t *rapid.T) {
		p := &Process{Administrators: []domain.ActorID{"boss"}, Visibility: domain.VisibleMembers, Grants: drawGrants(t, tree)}
		for _, at := range places(tree) {
			x := Place{p, tree, at}
			if x.Rights("boss") != AllRights || x.Rights("stranger") != 0 {
				t.Fatalf("at %q the administrator may %s, a stranger %s", at, x.Rights("boss"), x.Rights("stranger"))
			}
			for _, who := range people {
				held, united := x.Rights(who), Rights(0)
				if held != 0 && !held.Has(MayView) || held.Has(MayManage) && held != AllRights {
					t.Fatalf("%s may %s at %q", who, held, at)
				}
				for _, grantee := range []domain.ActorID{"ana", "team1", "team2", "team3"} {
					alone := Place{&Process{Grants: without(p.Grants, grantee)}, tree, at}
					if less := alone.Rights(who); !held.Has(less) {
						t.Fatalf("the grants of %s take from %s: %s of %s at %q", grantee, who, held, less, at)
					}
					united |= deepest(p.Grants, grantee, who, x.path())
				}
				if held != united {
					t.Fatalf("%s may %s at %q, not %s", who, held, at, united)
				}
			}
		}
	})
}

// deepest is the rule again, right by right.
func deepest(grants []Grant, grantee, who domain.ActorID, path []domain.ID) (held Rights) {
	for _, right := range EachRight {
		for _, at := range slices.Backward(path) {
			i := slices.IndexFunc(grants, Grant{Grantee: grantee, Item: at}.replaces)
			if i < 0 || !grants[i].includes(who) || !(grants[i].Allow | grants[i].Deny).Has(right) {
				continue
			}
			held |= right & grants[i].Allow
			break
		}
	}
	return held
}

// TestEffective: what is told of where rights come from agrees with them.
func TestEffective(t *testing.T) {
	t.Parallel()
	tree := garden(t)
	rapid.Check(t, func(t *rapid.T) {
		p := &Process{Administrators: []domain.ActorID{"boss"}, Grants: drawGrants(t, tree)}
		for _, at := range places(tree) {
			x := Place{p, tree, at}
			for _, who := range append(people, "boss") {
				for _, h := range x.Effective(who) {
					if h.Granted != x.Rights(who).Has(h.Right) || h.Administrator != (who == "boss") {
						t.Fatalf("%s at %q: %+v, but %s", who, at, h, x.Rights(who))
					}
					if h.Grantee == domain.Nobody {
						if h.Granted && who != "boss" {
							t.Fatalf("%s at %q: %+v from nobody", who, at, h)
						}
						continue
					}
					g := p.Grants[slices.IndexFunc(p.Grants, Grant{Grantee: h.Grantee, Item: h.Item}.replaces)]
					if !g.includes(who) || !slices.Contains(x.path(), h.Item) || h.Granted != g.Allow.Has(h.Right) || h.Granted == g.Deny.Has(h.Right) {
						t.Fatalf("%s at %q: %+v from %+v", who, at, h, g)
					}
				}
			}
		}
	})
}

// TestSeen: of a process that is not public nobody is shown more than what
// they may view, with the names of what is above that.
func TestSeen(t *testing.T) {
	t.Parallel()
	tree := garden(t)
	rapid.Check(t, func(t *rapid.T) {
		p := &Process{Visibility: domain.VisibleMembers, Grants: drawGrants(t, tree)}
		for _, who := range people {
			v := policy.Viewer{Actor: who, Role: rapid.SampledFrom([]policy.Role{policy.RoleMember, policy.RoleRemote}).Draw(t, "role")}
			seen := p.Seen(v, tree)
			views := func(id domain.ID) bool { return Place{p, tree, id}.Rights(who).Has(MayView) }
			for _, it := range tree.Items() {
				shown, err := seen.Item(it.ID)
				switch below := slices.ContainsFunc(tree.Items(), func(o Item) bool { return views(o.ID) && slices.Contains(tree.path(o.ID), it.ID) }); {
				case err == nil && !below:
					t.Fatalf("%s is shown %s", who, it.ID)
				case err != nil && below:
					t.Fatalf("%s is not shown %s", who, it.ID)
				case err == nil && views(it.ID) == shown.Description.Empty():
					t.Fatalf("%s views %s: %t, is shown %q", who, it.ID, views(it.ID), shown.Description)
				case err == nil:
					for _, before := range shown.Prerequisites {
						if !views(before) {
							t.Fatalf("%s learns of %s", who, before)
						}
					}
				}
			}
			if knows := policy.Allow(v, policy.Read, p) == nil; knows != (p.somewhere(who)) || !knows && seen.Len() > 0 {
				t.Fatalf("%s knows of it: %t, and sees %d items", who, knows, seen.Len())
			}
			if inside(v, p) && seen != tree {
				t.Fatalf("%s is inside and does not see all", who)
			}
		}
		open := &Process{Visibility: domain.VisiblePublic, Grants: p.Grants}
		if open.Seen(policy.Viewer{}, tree) != tree {
			t.Fatal("not everybody sees the tree of a public process")
		}
	})
}

func TestGrantSettled(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		allow, deny string
		want        string // what both become, or the code of the refusal
	}{
		{"view", "", "view / "},
		{"create", "", "view create / "},
		{"delete", "", "view delete / "},
		{"manage", "", "view create delete manage / "},
		{"view", "create", "view / create manage"},
		{"create", "delete", "view create / delete manage"},
		{"", "view", " / view create delete manage"},
		{"", "manage", " / manage"},
		{"", "", "invalid"},
		{"create", "create", "invalid"},
		{"create", "view", "invalid"},
		{"manage", "delete", "invalid"},
	} {
		allow, err := ParseRights(strings.Fields(c.allow)...)
		if err != nil {
			t.Fatal(err)
		}
		deny, err := ParseRights(strings.Fields(c.deny)...)
		if err != nil {
			t.Fatal(err)
		}
		g, err := Grant{Allow: allow, Deny: deny}.Settled()
		got := g.Allow.String() + " / " + g.Deny.String()
		if err != nil {
			got = string(domain.CodeOf(err))
		}
		if got != c.want {
			t.Errorf("%q / %q becomes %q, not %q", c.allow, c.deny, got, c.want)
		}
	}
}

func TestRightsAsWords(t *testing.T) {
	t.Parallel()
	for r := range AllRights + 1 {
		b, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		var again Rights
		if err := json.Unmarshal(b, &again); err != nil || again != r {
			t.Errorf("%s becomes %s: %v", b, again, err)
		}
	}
	for _, broken := range []string{`["view","own"]`, `["View"]`, `"view"`, `[1]`, `[""]`} {
		r := MayView
		if err := json.Unmarshal([]byte(broken), &r); err == nil {
			t.Errorf("%s is read as %s", broken, r)
		}
	}
}
