package policy_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"interlink/domain"
	"interlink/domain/policy"
)

// object is what the policy asks of one.
type object struct {
	kind       string
	visibility domain.Visibility
	relation   policy.Relation
	remote     bool
}

func (o object) PolicyKind() string                  { return o.kind }
func (o object) PolicyVisibility() domain.Visibility { return o.visibility }
func (o object) PolicyLocal() bool                   { return !o.remote }

func (o object) PolicyRelation(a domain.ActorID) policy.Relation {
	if a == domain.Nobody {
		panic("the policy asked for the relation of nobody")
	}
	return o.relation
}

// viewers are the columns of the tables: who they are on the node, and to the
// object. The operator of a node is its admin.
var viewers = []struct {
	name     string
	viewer   policy.Viewer
	relation policy.Relation
}{
	{"anonymous", policy.Viewer{}, policy.Stranger},
	{"remote", policy.Viewer{Actor: "a", Role: policy.RoleRemote}, policy.Stranger},
	{"remote-member", policy.Viewer{Actor: "a", Role: policy.RoleRemote}, policy.Member},
	{"stranger", policy.Viewer{Actor: "a", Role: policy.RoleMember}, policy.Stranger},
	{"follower", policy.Viewer{Actor: "a", Role: policy.RoleMember}, policy.Follower},
	{"member", policy.Viewer{Actor: "a", Role: policy.RoleMember}, policy.Member},
	{"contributor", policy.Viewer{Actor: "a", Role: policy.RoleMember}, policy.Contributor},
	{"owner", policy.Viewer{Actor: "a", Role: policy.RoleMember}, policy.Administrator},
	{"moderator", policy.Viewer{Actor: "a", Role: policy.RoleModerator}, policy.Stranger},
	{"admin", policy.Viewer{Actor: "a", Role: policy.RoleAdmin}, policy.Stranger},
}

var verbs = []policy.Verb{
	policy.Read, policy.Create, policy.Edit, policy.Contribute, policy.Publish,
	policy.Administer, policy.Moderate, policy.Follow, policy.Clone, policy.React, policy.Reply, policy.Report, policy.Apply,
}

// answers writes the policy of an object as a table: "yes", or the HTTP
// status that the refusal becomes.
func answers(o object, scopes []policy.Scope) string {
	word := map[domain.Code]string{
		domain.OK: "yes", domain.Unauthenticated: "401", domain.Forbidden: "403", domain.NotFound: "404",
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%-11s", "")
	for _, v := range viewers {
		fmt.Fprintf(&b, "%-*s", len(v.name)+1, v.name)
	}
	for _, verb := range verbs {
		fmt.Fprintf(&b, "\n%-11s", verb)
		for _, v := range viewers {
			o.relation, v.viewer.Scopes = v.relation, scopes
			fmt.Fprintf(&b, "%-*s", len(v.name)+1, word[domain.CodeOf(policy.Allow(v.viewer, verb, o))])
		}
	}
	lines := strings.Split(b.String(), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

// TestAllow is the whole policy as people read it: to change a right is to
// change this table.
func TestAllow(t *testing.T) {
	for _, c := range []struct {
		name   string
		object object
		scopes []policy.Scope
		want   string
	}{
		{"a public process", object{kind: "process", visibility: domain.VisiblePublic}, nil, `
           anonymous remote remote-member stranger follower member contributor owner moderator admin
read       yes       yes    yes           yes      yes      yes    yes         yes   yes       yes
create     401       403    403           yes      yes      yes    yes         yes   yes       yes
edit       401       403    403           403      403      403    403         yes   403       yes
contribute 401       403    403           403      403      403    yes         yes   403       yes
publish    401       403    403           403      403      403    403         yes   403       yes
administer 401       403    403           403      403      403    403         yes   403       yes
moderate   401       403    403           403      403      403    403         yes   yes       yes
follow     401       yes    yes           yes      yes      yes    yes         yes   yes       yes
clone      401       403    403           yes      yes      yes    yes         yes   yes       yes
react      401       yes    yes           yes      yes      yes    yes         yes   yes       yes
reply      401       403    403           yes      yes      yes    yes         yes   yes       yes
report     401       yes    yes           yes      yes      yes    yes         yes   yes       yes
apply      401       yes    yes           yes      yes      yes    yes         yes   yes       yes`},
		{"a process of its members", object{kind: "process", visibility: domain.VisibleMembers}, nil, `
           anonymous remote remote-member stranger follower member contributor owner moderator admin
read       404       404    yes           404      404      yes    yes         yes   404       yes
create     404       404    403           404      404      yes    yes         yes   404       yes
edit       404       404    403           404      404      403    403         yes   404       yes
contribute 404       404    403           404      404      403    yes         yes   404       yes
publish    404       404    403           404      404      403    403         yes   404       yes
administer 404       404    403           404      404      403    403         yes   404       yes
moderate   404       404    403           404      404      403    403         yes   404       yes
follow     404       404    yes           404      404      yes    yes         yes   404       yes
clone      404       404    403           404      404      yes    yes         yes   404       yes
react      404       404    yes           404      404      yes    yes         yes   404       yes
reply      404       404    403           404      404      yes    yes         yes   404       yes
report     404       404    yes           404      404      yes    yes         yes   404       yes
apply      404       404    yes           404      404      yes    yes         yes   404       yes`},
		{"a story, which needs an administrator of its owner", object{kind: "story", visibility: domain.VisiblePublic}, nil, `
           anonymous remote remote-member stranger follower member contributor owner moderator admin
read       yes       yes    yes           yes      yes      yes    yes         yes   yes       yes
create     401       403    403           403      403      403    403         yes   403       yes
edit       401       403    403           403      403      403    403         yes   403       yes
contribute 401       403    403           403      403      403    yes         yes   403       yes
publish    401       403    403           403      403      403    403         yes   403       yes
administer 401       403    403           403      403      403    403         yes   403       yes
moderate   401       403    403           403      403      403    403         yes   yes       yes
follow     401       yes    yes           yes      yes      yes    yes         yes   yes       yes
clone      401       403    403           yes      yes      yes    yes         yes   yes       yes
react      401       yes    yes           yes      yes      yes    yes         yes   yes       yes
reply      401       403    403           yes      yes      yes    yes         yes   yes       yes
report     401       yes    yes           yes      yes      yes    yes         yes   yes       yes
apply      401       yes    yes           yes      yes      yes    yes         yes   yes       yes`},
		{"a person, who speaks for themselves alone", object{kind: "person", visibility: domain.VisiblePublic}, nil, `
           anonymous remote remote-member stranger follower member contributor owner moderator admin
read       yes       yes    yes           yes      yes      yes    yes         yes   yes       yes
create     401       403    403           403      403      403    403         yes   403       yes
edit       401       403    403           403      403      403    403         yes   403       403
contribute 401       403    403           403      403      403    yes         yes   403       403
publish    401       403    403           403      403      403    403         yes   403       403
administer 401       403    403           403      403      403    403         yes   403       403
moderate   401       403    403           403      403      403    403         yes   yes       yes
follow     401       yes    yes           yes      yes      yes    yes         yes   yes       yes
clone      401       403    403           yes      yes      yes    yes         yes   yes       yes
react      401       yes    yes           yes      yes      yes    yes         yes   yes       yes
reply      401       403    403           yes      yes      yes    yes         yes   yes       yes
report     401       yes    yes           yes      yes      yes    yes         yes   yes       yes
apply      401       yes    yes           yes      yes      yes    yes         yes   yes       yes`},
		{"a copy from another node, which nobody here changes", object{kind: "story", visibility: domain.VisiblePublic, remote: true}, nil, `
           anonymous remote remote-member stranger follower member contributor owner moderator admin
read       yes       yes    yes           yes      yes      yes    yes         yes   yes       yes
create     401       403    403           403      403      403    403         yes   403       yes
edit       401       403    403           403      403      403    403         403   403       403
contribute 401       403    403           403      403      403    403         403   403       403
publish    401       403    403           403      403      403    403         403   403       403
administer 401       403    403           403      403      403    403         403   403       403
moderate   401       403    403           403      403      403    403         403   403       403
follow     401       yes    yes           yes      yes      yes    yes         yes   yes       yes
clone      401       403    403           yes      yes      yes    yes         yes   yes       yes
react      401       yes    yes           yes      yes      yes    yes         yes   yes       yes
reply      401       403    403           yes      yes      yes    yes         yes   yes       yes
report     401       yes    yes           yes      yes      yes    yes         yes   yes       yes
apply      401       yes    yes           yes      yes      yes    yes         yes   yes       yes`},
		{"a token that may read", object{kind: "process", visibility: domain.VisibleMembers}, []policy.Scope{policy.ScopeRead}, `
           anonymous remote remote-member stranger follower member contributor owner moderator admin
read       404       404    yes           404      404      yes    yes         yes   404       404
create     404       404    403           404      404      403    403         403   404       404
edit       404       404    403           404      404      403    403         403   404       404
contribute 404       404    403           404      404      403    403         403   404       404
publish    404       404    403           404      404      403    403         403   404       404
administer 404       404    403           404      404      403    403         403   404       404
moderate   404       404    403           404      404      403    403         403   404       404
follow     404       404    403           404      404      403    403         403   404       404
clone      404       404    403           404      404      403    403         403   404       404
react      404       404    403           404      404      403    403         403   404       404
reply      404       404    403           404      404      403    403         403   404       404
report     404       404    403           404      404      403    403         403   404       404
apply      404       404    403           404      404      403    403         403   404       404`},
		{"a token that may write, but not as an admin", object{kind: "story", visibility: domain.VisiblePublic}, []policy.Scope{policy.ScopeRead, policy.ScopeWrite}, `
           anonymous remote remote-member stranger follower member contributor owner moderator admin
read       yes       yes    yes           yes      yes      yes    yes         yes   yes       yes
create     401       403    403           403      403      403    403         yes   403       403
edit       401       403    403           403      403      403    403         yes   403       403
contribute 401       403    403           403      403      403    yes         yes   403       403
publish    401       403    403           403      403      403    403         yes   403       403
administer 401       403    403           403      403      403    403         yes   403       403
moderate   401       403    403           403      403      403    403         yes   yes       403
follow     401       yes    yes           yes      yes      yes    yes         yes   yes       yes
clone      401       403    403           yes      yes      yes    yes         yes   yes       yes
react      401       yes    yes           yes      yes      yes    yes         yes   yes       yes
reply      401       403    403           yes      yes      yes    yes         yes   yes       yes
report     401       yes    yes           yes      yes      yes    yes         yes   yes       yes
apply      401       yes    yes           yes      yes      yes    yes         yes   yes       yes`},
		// An empty list is not a missing one: it allows nothing.
		{"a token that may do nothing", object{kind: "process", visibility: domain.VisiblePublic}, []policy.Scope{}, `
           anonymous remote remote-member stranger follower member contributor owner moderator admin
read       401       403    403           403      403      403    403         403   403       403
create     401       403    403           403      403      403    403         403   403       403
edit       401       403    403           403      403      403    403         403   403       403
contribute 401       403    403           403      403      403    403         403   403       403
publish    401       403    403           403      403      403    403         403   403       403
administer 401       403    403           403      403      403    403         403   403       403
moderate   401       403    403           403      403      403    403         403   403       403
follow     401       403    403           403      403      403    403         403   403       403
clone      401       403    403           403      403      403    403         403   403       403
react      401       403    403           403      403      403    403         403   403       403
reply      401       403    403           403      403      403    403         403   403       403
report     401       403    403           403      403      403    403         403   403       403
apply      401       403    403           403      403      403    403         403   403       403`},
	} {
		t.Run(c.name, func(t *testing.T) {
			want := strings.TrimPrefix(c.want, "\n")
			if got := answers(c.object, c.scopes); got != want {
				t.Errorf("the policy is\n%s\nnot\n%s", got, want)
			}
		})
	}
}

// TestCreatedByMembers lists all kinds that any member may create. A kind
// that is not known needs an administrator.
func TestCreatedByMembers(t *testing.T) {
	member := policy.Viewer{Actor: "a", Role: policy.RoleMember}
	free := []string{"community", "organization", "process"}
	for _, kind := range append(free, "actor", "catalogue", "members", "node", "post", "resource", "role_call", "story", "team", "unheard-of", "") {
		want := domain.Forbidden
		if slices.Contains(free, kind) {
			want = domain.OK
		}
		if got := domain.CodeOf(policy.Allow(member, policy.Create, object{kind: kind, visibility: domain.VisiblePublic})); got != want {
			t.Errorf("a member creates %q: %q, not %q", kind, got, want)
		}
	}
}

// part is an object whose whole says who may make one.
type part struct {
	object
	creator policy.Relation
}

func (p part) PolicyCreator() policy.Relation { return p.creator }

// TestCreation is who may make a part of something, by what the whole says:
// nothing else changes with it.
func TestCreation(t *testing.T) {
	want := strings.TrimPrefix(`
                         anonymous remote remote-member stranger follower member contributor owner moderator admin
administrators, public   401       403    403           403      403      403    403         yes   403       yes
members, public          401       403    403           403      403      yes    yes         yes   403       yes
anyone, public           401       403    403           yes      yes      yes    yes         yes   yes       yes
administrators, members  404       404    403           404      404      403    403         yes   404       yes
members, members         404       404    403           404      404      yes    yes         yes   404       yes
anyone, members          404       404    403           404      404      yes    yes         yes   404       yes`, "\n")
	word := map[domain.Code]string{
		domain.OK: "yes", domain.Unauthenticated: "401", domain.Forbidden: "403", domain.NotFound: "404",
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%-25s", "")
	for _, v := range viewers {
		fmt.Fprintf(&b, "%-*s", len(v.name)+1, v.name)
	}
	for _, visibility := range []domain.Visibility{domain.VisiblePublic, domain.VisibleMembers} {
		for _, who := range []struct {
			name    string
			creator policy.Relation
		}{{"administrators", policy.Administrator}, {"members", policy.Member}, {"anyone", policy.Stranger}} {
			fmt.Fprintf(&b, "\n%-25s", who.name+", "+string(visibility))
			for _, v := range viewers {
				o := part{object{kind: "team", visibility: visibility, relation: v.relation}, who.creator}
				fmt.Fprintf(&b, "%-*s", len(v.name)+1, word[domain.CodeOf(policy.Allow(v.viewer, policy.Create, o))])
				for _, verb := range verbs {
					with, without := policy.Allow(v.viewer, verb, o), policy.Allow(v.viewer, verb, o.object)
					if verb != policy.Create && domain.CodeOf(with) != domain.CodeOf(without) {
						t.Errorf("%s %s: %v, not %v: who may create changes what else may be done", v.name, verb, with, without)
					}
				}
			}
		}
	}
	lines := strings.Split(b.String(), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	if got := strings.Join(lines, "\n"); got != want {
		t.Errorf("the policy is\n%s\nnot\n%s", got, want)
	}
}

// TestUnknown: what the policy was never told of is refused to everybody.
func TestUnknown(t *testing.T) {
	for _, v := range viewers {
		for _, verb := range []policy.Verb{"", "READ", "delete", "read "} {
			for _, remote := range []bool{false, true} {
				o := object{kind: "process", visibility: domain.VisiblePublic, relation: v.relation, remote: remote}
				if policy.Allow(v.viewer, verb, o) == nil {
					t.Errorf("%s may %q", v.name, verb)
				}
			}
		}
	}
	for _, role := range []policy.Role{"operator", "Admin", "ADMIN", "superuser"} {
		for _, verb := range []policy.Verb{policy.Create, policy.Edit, policy.Administer, policy.Moderate, policy.Clone} {
			o := object{kind: "process", visibility: domain.VisiblePublic}
			if policy.Allow(policy.Viewer{Actor: "a", Role: role}, verb, o) == nil {
				t.Errorf("the unknown role %q may %s", role, verb)
			}
		}
	}
	for _, visibility := range []domain.Visibility{"", "Public", "everybody"} {
		o := object{kind: "process", visibility: visibility}
		if got := domain.CodeOf(policy.Allow(policy.Viewer{}, policy.Read, o)); got != domain.NotFound {
			t.Errorf("an object of the unknown visibility %q: %q", visibility, got)
		}
	}
}

// TestShape: what holds of every answer, whatever the table will be.
func TestShape(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := []policy.Scope{policy.ScopeRead, policy.ScopeWrite, policy.ScopeAdmin}
		scopes := rapid.SliceOfDistinct(rapid.SampledFrom(all), rapid.ID[policy.Scope]).Draw(t, "scopes")
		v := policy.Viewer{
			Actor: rapid.SampledFrom([]domain.ActorID{domain.Nobody, "a"}).Draw(t, "actor"),
			Role:  rapid.SampledFrom([]policy.Role{policy.RoleRemote, policy.RoleMember, policy.RoleModerator, policy.RoleAdmin}).Draw(t, "role"),
		}
		if v.Actor == domain.Nobody {
			v.Role = policy.RoleNone
		}
		if rapid.Bool().Draw(t, "token") {
			v.Scopes = scopes
		}
		o := object{
			kind:       rapid.SampledFrom([]string{"process", "story"}).Draw(t, "kind"),
			visibility: rapid.SampledFrom([]domain.Visibility{domain.VisiblePublic, domain.VisibleMembers}).Draw(t, "visibility"),
			relation:   policy.Relation(rapid.IntRange(int(policy.Stranger), int(policy.Administrator)).Draw(t, "relation")),
			remote:     rapid.Bool().Draw(t, "remote"),
		}
		verb := rapid.SampledFrom(verbs).Draw(t, "verb")
		err := policy.Allow(v, verb, o)
		code := domain.CodeOf(err)

		switch code {
		case domain.OK, domain.NotFound:
		case domain.Unauthenticated:
			if v.Actor != domain.Nobody {
				t.Errorf("who is signed in is told to sign in")
			}
		case domain.Forbidden:
			if v.Actor == domain.Nobody && v.Scopes == nil {
				t.Errorf("who is not signed in is not told to sign in")
			}
		default:
			t.Errorf("the code %q", code)
		}
		if code != domain.NotFound && o.visibility != domain.VisiblePublic && v.Actor == domain.Nobody {
			t.Errorf("nobody learns that it is there: %v", err)
		}
		if o.remote && err == nil && verb != policy.Read && verb != policy.Follow && verb != policy.React && verb != policy.Reply && verb != policy.Report && verb != policy.Apply && verb != policy.Clone && verb != policy.Create {
			t.Errorf("a copy from another node is changed")
		}
		if err == nil {
			more := o
			more.relation = policy.Administrator
			if policy.Allow(v, verb, more) != nil {
				t.Errorf("an administrator of it may do less")
			}
			session := v
			session.Scopes = nil
			if policy.Allow(session, verb, o) != nil {
				t.Errorf("a token may do more than its holder")
			}
		}
	})
}
