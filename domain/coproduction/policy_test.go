package coproduction

import (
	"fmt"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/policy"
)

var everyVerb = []policy.Verb{
	policy.Read, policy.Create, policy.Edit, policy.Contribute, policy.Publish, policy.Administer,
	policy.Moderate, policy.Follow, policy.Clone, policy.React, policy.Report, policy.Apply,
}

// actors are the kinds of people the tables are about; who is granted what,
// below the objective p0o0 or in the whole process, their names say.
var actors = []struct {
	name   string
	viewer policy.Viewer
	grants []Grant
}{
	{"nobody", policy.Viewer{}, nil},
	{"stranger", policy.Viewer{Actor: "stranger", Role: policy.RoleMember}, nil},
	{"viewer", policy.Viewer{Actor: "viewer", Role: policy.RoleMember}, []Grant{{Allow: MayView}}},
	{"creator", policy.Viewer{Actor: "creator", Role: policy.RoleMember}, []Grant{{Allow: MayCreate}}},
	{"deleter", policy.Viewer{Actor: "deleter", Role: policy.RoleMember}, []Grant{{Allow: MayDelete}}},
	{"manager", policy.Viewer{Actor: "manager", Role: policy.RoleMember}, []Grant{{Allow: MayManage}}},
	{"below-v", policy.Viewer{Actor: "below-v", Role: policy.RoleMember}, []Grant{{Item: "p0o0", Allow: MayView}}},
	{"below-c", policy.Viewer{Actor: "below-c", Role: policy.RoleMember}, []Grant{{Item: "p0o0", Allow: MayCreate}}},
	{"below-m", policy.Viewer{Actor: "below-m", Role: policy.RoleMember}, []Grant{{Item: "p0o0", Allow: MayManage}}},
	{"denied", policy.Viewer{Actor: "denied", Role: policy.RoleMember}, []Grant{{Allow: MayManage}, {Item: "p0o0", Deny: MayView}}},
	{"owner", policy.Viewer{Actor: "owner", Role: policy.RoleMember}, nil},
	{"moderator", policy.Viewer{Actor: "moderator", Role: policy.RoleModerator}, nil},
	{"admin", policy.Viewer{Actor: "admin", Role: policy.RoleAdmin}, nil},
}

// granted is a process in which all of them have their grants.
func granted(t *testing.T, visibility domain.Visibility) *Process {
	p := &Process{Visibility: visibility, Administrators: []domain.ActorID{"owner"}}
	for _, a := range actors {
		for _, g := range a.grants {
			g.Grantee = a.viewer.Actor
			g, err := g.Settled()
			if err != nil {
				t.Fatal(err)
			}
			p.Grants = append(p.Grants, g)
		}
	}
	return p
}

// asTable writes what everybody may do: "yes", or the status that the refusal
// becomes.
func asTable(o policy.Facts, viewer func(policy.Viewer) policy.Viewer) string {
	word := map[domain.Code]string{domain.OK: "yes", domain.Unauthenticated: "401", domain.Forbidden: "403", domain.NotFound: "404"}
	var b strings.Builder
	fmt.Fprintf(&b, "%-10s", "")
	for _, a := range actors {
		fmt.Fprintf(&b, " %s", a.name)
	}
	for _, verb := range everyVerb {
		fmt.Fprintf(&b, "\n%-10s", verb)
		for _, a := range actors {
			fmt.Fprintf(&b, " %-*s", len(a.name), word[domain.CodeOf(policy.Allow(viewer(a.viewer), verb, o))])
		}
	}
	lines := strings.Split(b.String(), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

// TestPolicy enumerates every verb on every object of a process for every kind
// of actor. People of other nodes, below, may do the same as those of this
// one with the same grants, except what needs an account here.
func TestPolicy(t *testing.T) {
	t.Parallel()
	tree := garden(t)
	hidden, open := granted(t, domain.VisibleMembers), granted(t, domain.VisiblePublic)
	resource := func(p *Process, by domain.ActorID) policy.Facts {
		return resourceFacts{Place{p, tree, "p0o0t0"}, &Resource{Item: "p0o0t0", CreatedBy: by}}
	}
	for _, c := range []struct {
		name   string
		object policy.Facts
		want   string
	}{
		{"a process for its members", hidden, `
           nobody stranger viewer creator deleter manager below-v below-c below-m denied owner moderator admin
read       404    404      yes    yes     yes     yes     yes     yes     yes     yes    yes   404       yes
create     404    404      yes    yes     yes     yes     yes     yes     yes     yes    yes   404       yes
edit       404    404      403    403     403     403     403     403     403     403    yes   404       yes
contribute 404    404      403    yes     yes     yes     403     403     403     yes    yes   404       yes
publish    404    404      403    403     403     403     403     403     403     403    yes   404       yes
administer 404    404      403    403     403     403     403     403     403     403    yes   404       yes
moderate   404    404      403    403     403     403     403     403     403     403    yes   404       yes
follow     404    404      yes    yes     yes     yes     yes     yes     yes     yes    yes   404       yes
clone      404    404      yes    yes     yes     yes     yes     yes     yes     yes    yes   404       yes
react      404    404      yes    yes     yes     yes     yes     yes     yes     yes    yes   404       yes
report     404    404      yes    yes     yes     yes     yes     yes     yes     yes    yes   404       yes
apply      404    404      yes    yes     yes     yes     yes     yes     yes     yes    yes   404       yes`},
		{"a public process", open, `
           nobody stranger viewer creator deleter manager below-v below-c below-m denied owner moderator admin
read       yes    yes      yes    yes     yes     yes     yes     yes     yes     yes    yes   yes       yes
create     401    yes      yes    yes     yes     yes     yes     yes     yes     yes    yes   yes       yes
edit       401    403      403    403     403     403     403     403     403     403    yes   403       yes
contribute 401    403      403    yes     yes     yes     403     403     403     yes    yes   403       yes
publish    401    403      403    403     403     403     403     403     403     403    yes   403       yes
administer 401    403      403    403     403     403     403     403     403     403    yes   403       yes
moderate   401    403      403    403     403     403     403     403     403     403    yes   yes       yes
follow     401    yes      yes    yes     yes     yes     yes     yes     yes     yes    yes   yes       yes
clone      401    yes      yes    yes     yes     yes     yes     yes     yes     yes    yes   yes       yes
react      401    yes      yes    yes     yes     yes     yes     yes     yes     yes    yes   yes       yes
report     401    yes      yes    yes     yes     yes     yes     yes     yes     yes    yes   yes       yes
apply      401    yes      yes    yes     yes     yes     yes     yes     yes     yes    yes   yes       yes`},
		{"its people and history, for its members", insider{hidden}, `
           nobody stranger viewer creator deleter manager below-v below-c below-m denied owner moderator admin
read       404    404      yes    yes     yes     yes     404     404     404     404    yes   404       yes
create     404    404      yes    yes     yes     yes     404     404     404     404    yes   404       yes
edit       404    404      403    403     403     403     404     404     404     404    yes   404       yes
contribute 404    404      403    yes     yes     yes     404     404     404     404    yes   404       yes
publish    404    404      403    403     403     403     404     404     404     404    yes   404       yes
administer 404    404      403    403     403     403     404     404     404     404    yes   404       yes
moderate   404    404      403    403     403     403     404     404     404     404    yes   404       yes
follow     404    404      yes    yes     yes     yes     404     404     404     404    yes   404       yes
clone      404    404      yes    yes     yes     yes     404     404     404     404    yes   404       yes
react      404    404      yes    yes     yes     yes     404     404     404     404    yes   404       yes
report     404    404      yes    yes     yes     yes     404     404     404     404    yes   404       yes
apply      404    404      yes    yes     yes     yes     404     404     404     404    yes   404       yes`},
		{"people and history of a public one", insider{open}, `
           nobody stranger viewer creator deleter manager below-v below-c below-m denied owner moderator admin
read       404    404      yes    yes     yes     yes     404     404     404     404    yes   404       yes
create     404    404      yes    yes     yes     yes     404     404     404     404    yes   404       yes
edit       404    404      403    403     403     403     404     404     404     404    yes   404       yes
contribute 404    404      403    yes     yes     yes     404     404     404     404    yes   404       yes
publish    404    404      403    403     403     403     404     404     404     404    yes   404       yes
administer 404    404      403    403     403     403     404     404     404     404    yes   404       yes
moderate   404    404      403    403     403     403     404     404     404     404    yes   404       yes
follow     404    404      yes    yes     yes     yes     404     404     404     404    yes   404       yes
clone      404    404      yes    yes     yes     yes     404     404     404     404    yes   404       yes
react      404    404      yes    yes     yes     yes     404     404     404     404    yes   404       yes
report     404    404      yes    yes     yes     yes     404     404     404     404    yes   404       yes
apply      404    404      yes    yes     yes     yes     404     404     404     404    yes   404       yes`},
		{"the tree, for its members", Place{hidden, tree, ""}, `
           nobody stranger viewer creator deleter manager below-v below-c below-m denied owner moderator admin
read       404    404      yes    yes     yes     yes     404     404     404     yes    yes   404       yes
create     404    404      403    403     403     yes     404     404     404     yes    yes   404       yes
edit       404    404      403    403     403     yes     404     404     404     yes    yes   404       yes
contribute 404    404      403    yes     yes     yes     404     404     404     yes    yes   404       yes
publish    404    404      403    403     403     yes     404     404     404     yes    yes   404       yes
administer 404    404      403    403     403     yes     404     404     404     yes    yes   404       yes
moderate   404    404      403    403     403     yes     404     404     404     yes    yes   404       yes
follow     404    404      yes    yes     yes     yes     404     404     404     yes    yes   404       yes
clone      404    404      yes    yes     yes     yes     404     404     404     yes    yes   404       yes
react      404    404      yes    yes     yes     yes     404     404     404     yes    yes   404       yes
report     404    404      yes    yes     yes     yes     404     404     404     yes    yes   404       yes
apply      404    404      yes    yes     yes     yes     404     404     404     yes    yes   404       yes`},
		{"the objective of a grant, for its members", Place{hidden, tree, "p0o0"}, `
           nobody stranger viewer creator deleter manager below-v below-c below-m denied owner moderator admin
read       404    404      yes    yes     yes     yes     yes     yes     yes     404    yes   404       yes
create     404    404      403    403     403     yes     403     403     yes     404    yes   404       yes
edit       404    404      403    403     403     yes     403     403     yes     404    yes   404       yes
contribute 404    404      403    yes     yes     yes     403     yes     yes     404    yes   404       yes
publish    404    404      403    403     403     yes     403     403     yes     404    yes   404       yes
administer 404    404      403    403     403     yes     403     403     yes     404    yes   404       yes
moderate   404    404      403    403     403     yes     403     403     yes     404    yes   404       yes
follow     404    404      yes    yes     yes     yes     yes     yes     yes     404    yes   404       yes
clone      404    404      yes    yes     yes     yes     yes     yes     yes     404    yes   404       yes
react      404    404      yes    yes     yes     yes     yes     yes     yes     404    yes   404       yes
report     404    404      yes    yes     yes     yes     yes     yes     yes     404    yes   404       yes
apply      404    404      yes    yes     yes     yes     yes     yes     yes     404    yes   404       yes`},
		{"a task below it", Place{hidden, tree, "p0o0t1"}, `
           nobody stranger viewer creator deleter manager below-v below-c below-m denied owner moderator admin
read       404    404      yes    yes     yes     yes     yes     yes     yes     404    yes   404       yes
create     404    404      403    403     403     yes     403     403     yes     404    yes   404       yes
edit       404    404      403    403     403     yes     403     403     yes     404    yes   404       yes
contribute 404    404      403    yes     yes     yes     403     yes     yes     404    yes   404       yes
publish    404    404      403    403     403     yes     403     403     yes     404    yes   404       yes
administer 404    404      403    403     403     yes     403     403     yes     404    yes   404       yes
moderate   404    404      403    403     403     yes     403     403     yes     404    yes   404       yes
follow     404    404      yes    yes     yes     yes     yes     yes     yes     404    yes   404       yes
clone      404    404      yes    yes     yes     yes     yes     yes     yes     404    yes   404       yes
react      404    404      yes    yes     yes     yes     yes     yes     yes     404    yes   404       yes
report     404    404      yes    yes     yes     yes     yes     yes     yes     404    yes   404       yes
apply      404    404      yes    yes     yes     yes     yes     yes     yes     404    yes   404       yes`},
		{"a task elsewhere", Place{hidden, tree, "p1o0t0"}, `
           nobody stranger viewer creator deleter manager below-v below-c below-m denied owner moderator admin
read       404    404      yes    yes     yes     yes     404     404     404     yes    yes   404       yes
create     404    404      403    403     403     yes     404     404     404     yes    yes   404       yes
edit       404    404      403    403     403     yes     404     404     404     yes    yes   404       yes
contribute 404    404      403    yes     yes     yes     404     404     404     yes    yes   404       yes
publish    404    404      403    403     403     yes     404     404     404     yes    yes   404       yes
administer 404    404      403    403     403     yes     404     404     404     yes    yes   404       yes
moderate   404    404      403    403     403     yes     404     404     404     yes    yes   404       yes
follow     404    404      yes    yes     yes     yes     404     404     404     yes    yes   404       yes
clone      404    404      yes    yes     yes     yes     404     404     404     yes    yes   404       yes
react      404    404      yes    yes     yes     yes     404     404     404     yes    yes   404       yes
report     404    404      yes    yes     yes     yes     404     404     404     yes    yes   404       yes
apply      404    404      yes    yes     yes     yes     404     404     404     yes    yes   404       yes`},
		{"the task of a public process", Place{open, tree, "p0o0t1"}, `
           nobody stranger viewer creator deleter manager below-v below-c below-m denied owner moderator admin
read       yes    yes      yes    yes     yes     yes     yes     yes     yes     yes    yes   yes       yes
create     401    403      403    403     403     yes     403     403     yes     403    yes   403       yes
edit       401    403      403    403     403     yes     403     403     yes     403    yes   403       yes
contribute 401    403      403    yes     yes     yes     403     yes     yes     403    yes   403       yes
publish    401    403      403    403     403     yes     403     403     yes     403    yes   403       yes
administer 401    403      403    403     403     yes     403     403     yes     403    yes   403       yes
moderate   401    403      403    403     403     yes     403     403     yes     403    yes   yes       yes
follow     401    yes      yes    yes     yes     yes     yes     yes     yes     yes    yes   yes       yes
clone      401    yes      yes    yes     yes     yes     yes     yes     yes     yes    yes   yes       yes
react      401    yes      yes    yes     yes     yes     yes     yes     yes     yes    yes   yes       yes
report     401    yes      yes    yes     yes     yes     yes     yes     yes     yes    yes   yes       yes
apply      401    yes      yes    yes     yes     yes     yes     yes     yes     yes    yes   yes       yes`},
		{"what is inside that", within{Place{open, tree, "p0o0t1"}}, `
           nobody stranger viewer creator deleter manager below-v below-c below-m denied owner moderator admin
read       404    404      yes    yes     yes     yes     yes     yes     yes     404    yes   404       yes
create     404    404      403    403     403     yes     403     403     yes     404    yes   404       yes
edit       404    404      403    403     403     yes     403     403     yes     404    yes   404       yes
contribute 404    404      403    yes     yes     yes     403     yes     yes     404    yes   404       yes
publish    404    404      403    403     403     yes     403     403     yes     404    yes   404       yes
administer 404    404      403    403     403     yes     403     403     yes     404    yes   404       yes
moderate   404    404      403    403     403     yes     403     403     yes     404    yes   404       yes
follow     404    404      yes    yes     yes     yes     yes     yes     yes     404    yes   404       yes
clone      404    404      yes    yes     yes     yes     yes     yes     yes     404    yes   404       yes
react      404    404      yes    yes     yes     yes     yes     yes     yes     404    yes   404       yes
report     404    404      yes    yes     yes     yes     yes     yes     yes     404    yes   404       yes
apply      404    404      yes    yes     yes     yes     yes     yes     yes     404    yes   404       yes`},
		{"a resource of somebody", resource(hidden, "owner"), `
           nobody stranger viewer creator deleter manager below-v below-c below-m denied owner moderator admin
read       404    404      yes    yes     yes     yes     yes     yes     yes     404    yes   404       yes
create     404    404      403    403     yes     yes     403     403     yes     404    yes   404       yes
edit       404    404      403    403     yes     yes     403     403     yes     404    yes   404       yes
contribute 404    404      403    yes     yes     yes     403     yes     yes     404    yes   404       yes
publish    404    404      403    403     yes     yes     403     403     yes     404    yes   404       yes
administer 404    404      403    403     yes     yes     403     403     yes     404    yes   404       yes
moderate   404    404      403    403     yes     yes     403     403     yes     404    yes   404       yes
follow     404    404      yes    yes     yes     yes     yes     yes     yes     404    yes   404       yes
clone      404    404      yes    yes     yes     yes     yes     yes     yes     404    yes   404       yes
react      404    404      yes    yes     yes     yes     yes     yes     yes     404    yes   404       yes
report     404    404      yes    yes     yes     yes     yes     yes     yes     404    yes   404       yes
apply      404    404      yes    yes     yes     yes     yes     yes     yes     404    yes   404       yes`},
		{"a resource of who may create below", resource(hidden, "below-c"), `
           nobody stranger viewer creator deleter manager below-v below-c below-m denied owner moderator admin
read       404    404      yes    yes     yes     yes     yes     yes     yes     404    yes   404       yes
create     404    404      403    403     yes     yes     403     yes     yes     404    yes   404       yes
edit       404    404      403    403     yes     yes     403     yes     yes     404    yes   404       yes
contribute 404    404      403    yes     yes     yes     403     yes     yes     404    yes   404       yes
publish    404    404      403    403     yes     yes     403     yes     yes     404    yes   404       yes
administer 404    404      403    403     yes     yes     403     yes     yes     404    yes   404       yes
moderate   404    404      403    403     yes     yes     403     yes     yes     404    yes   404       yes
follow     404    404      yes    yes     yes     yes     yes     yes     yes     404    yes   404       yes
clone      404    404      yes    yes     yes     yes     yes     yes     yes     404    yes   404       yes
react      404    404      yes    yes     yes     yes     yes     yes     yes     404    yes   404       yes
report     404    404      yes    yes     yes     yes     yes     yes     yes     404    yes   404       yes
apply      404    404      yes    yes     yes     yes     yes     yes     yes     404    yes   404       yes`},
		{"a resource of who may only view now", resource(open, "viewer"), `
           nobody stranger viewer creator deleter manager below-v below-c below-m denied owner moderator admin
read       yes    yes      yes    yes     yes     yes     yes     yes     yes     yes    yes   yes       yes
create     401    403      403    403     yes     yes     403     403     yes     403    yes   403       yes
edit       401    403      403    403     yes     yes     403     403     yes     403    yes   403       yes
contribute 401    403      403    yes     yes     yes     403     yes     yes     403    yes   403       yes
publish    401    403      403    403     yes     yes     403     403     yes     403    yes   403       yes
administer 401    403      403    403     yes     yes     403     403     yes     403    yes   403       yes
moderate   401    403      403    403     yes     yes     403     403     yes     403    yes   yes       yes
follow     401    yes      yes    yes     yes     yes     yes     yes     yes     yes    yes   yes       yes
clone      401    yes      yes    yes     yes     yes     yes     yes     yes     yes    yes   yes       yes
react      401    yes      yes    yes     yes     yes     yes     yes     yes     yes    yes   yes       yes
report     401    yes      yes    yes     yes     yes     yes     yes     yes     yes    yes   yes       yes
apply      401    yes      yes    yes     yes     yes     yes     yes     yes     yes    yes   yes       yes`},
	} {
		t.Run(c.name, func(t *testing.T) {
			here := asTable(c.object, func(v policy.Viewer) policy.Viewer { return v })
			if want := strings.TrimPrefix(c.want, "\n"); here != want {
				t.Errorf("the policy is\n%s\nnot\n%s", here, want)
			}
			abroad := asTable(c.object, func(v policy.Viewer) policy.Viewer {
				if v.Role == policy.RoleMember {
					v.Role = policy.RoleRemote
				}
				return v
			})
			for i, line := range strings.Split(here, "\n") {
				verb, _, _ := strings.Cut(line, " ")
				if verb == string(policy.Create) || verb == string(policy.Clone) {
					continue
				}
				if got := strings.Split(abroad, "\n")[i]; got != line {
					t.Errorf("people of other nodes:\n%s\nnot\n%s", got, line)
				}
			}
		})
	}
	for _, a := range actors {
		v := a.viewer
		if v.Role != policy.RoleMember {
			continue
		}
		v.Role = policy.RoleRemote
		for _, o := range []policy.Facts{hidden, Place{hidden, tree, "p0o0"}, resource(hidden, v.Actor)} {
			for _, verb := range []policy.Verb{policy.Create, policy.Clone} {
				if policy.Allow(v, verb, o) == nil {
					t.Errorf("%s of another node may %s a %s", a.name, verb, o.PolicyKind())
				}
			}
		}
	}
}
