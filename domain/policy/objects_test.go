package policy_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/account"
	"interlink/domain/catalogue"
	"interlink/domain/community"
	"interlink/domain/coproduction"
	"interlink/domain/legal"
	"interlink/domain/lineage"
	"interlink/domain/network"
	"interlink/domain/nodearchive"
	"interlink/domain/organization"
	"interlink/domain/participation"
	"interlink/domain/policy"
	"interlink/domain/portable"
	"interlink/domain/review"
	"interlink/domain/story"
)

// judged is an object of the domain, and those who are more to it than others.
type judged struct {
	name   string
	facts  policy.Facts
	people []domain.ActorID
}

// objects are all kinds of objects that others can name, as they are seen by
// everybody and by few, of this node and of another.
func objects() []judged {
	hall := &organization.Organization{Visibility: domain.VisiblePublic, Members: organization.Members{
		{Actor: "head", Role: organization.RoleAdministrator}, {Actor: "member", Role: organization.RoleMember},
	}}
	club := &organization.Organization{Visibility: domain.VisibleMembers, Members: hall.Members}
	team := &organization.Team{Parent: hall, Members: organization.Members{{Actor: "lead", Role: organization.RoleAdministrator}}}
	grants := []coproduction.Grant{
		{Grantee: "viewer", Allow: coproduction.MayView}, {Grantee: "worker", Allow: coproduction.MayView | coproduction.MayCreate}, {Grantee: "manager", Allow: coproduction.AllRights},
	}
	open := &coproduction.Process{ID: "p", Visibility: domain.VisiblePublic, Administrators: []domain.ActorID{"owner"}, Grants: grants}
	hidden := &coproduction.Process{ID: "p", Visibility: domain.VisibleMembers, Administrators: []domain.ActorID{"owner"}, Grants: grants}
	inside := []domain.ActorID{"owner", "manager", "worker", "viewer"}
	group := []domain.ActorID{"head", "member"}
	return []judged{
		{"organization", hall, group},
		{"organization for its members", club, group},
		{"team", team, append([]domain.ActorID{"lead"}, group...)},
		{"team for its members", &organization.Team{Parent: club, Members: team.Members}, append([]domain.ActorID{"lead"}, group...)},
		{"membership elsewhere", &organization.Abroad{Person: "self"}, []domain.ActorID{"self"}},
		{"community", &community.Community{Administrators: []domain.ActorID{"keeper"}, Moderators: []domain.ActorID{"warden"}}, []domain.ActorID{"keeper", "warden"}},
		{"post", &community.Post{Author: "author", Visibility: community.Public}, []domain.ActorID{"author"}},
		{"post for some", &community.Post{Author: "author", Visibility: community.Direct, Mentions: []domain.ActorID{"named"}}, []domain.ActorID{"author", "named"}},
		{"post elsewhere", &community.Post{Author: "author", Visibility: community.Public, Host: "riga.example"}, []domain.ActorID{"author"}},
		{"process", open, inside},
		{"process for its members", hidden, inside},
		{"item", coproduction.Place{Process: open}, inside},
		{"item for its members", coproduction.Place{Process: hidden}, inside},
		{"assignment", &coproduction.Assignment{Assignee: "assignee"}, []domain.ActorID{"assignee"}},
		{"role call", &participation.Call{State: participation.CallOpen, Group: team, Reviewers: []domain.ActorID{"reviewer"}}, []domain.ActorID{"reviewer", "lead", "head", "member"}},
		{"role call elsewhere", &participation.Call{State: participation.CallOpen, Host: "riga.example", Reviewers: []domain.ActorID{"reviewer"}}, []domain.ActorID{"reviewer"}},
		{"join requests", &participation.Call{Process: "p", Into: open, State: participation.CallOpen}, inside},
		{"join requests for members", &participation.Call{Process: "p", Into: hidden, State: participation.CallOpen}, inside},
		{"story", &story.Story{Stewards: []domain.ActorID{"steward"}}, []domain.ActorID{"steward"}},
		{"story elsewhere", &story.Story{Host: "riga.example", Stewards: []domain.ActorID{"steward"}}, []domain.ActorID{"steward"}},
		{"review", &review.Review{Author: "author"}, []domain.ActorID{"author"}},
		{"catalogue entry", &catalogue.Entry{Status: catalogue.Published}, nil},
		{"draft of an entry", &catalogue.Entry{Status: catalogue.Draft}, nil},
		{"catalogue entry elsewhere", &catalogue.Entry{Status: catalogue.Published, Host: "riga.example"}, nil},
		{"bringing", &portable.Bringing{Bringer: "bringer"}, []domain.ActorID{"bringer"}},
		{"import of a node", &nodearchive.Import{Importer: "importer"}, nil},
		{"cloning", &lineage.Cloning{Asker: policy.Viewer{Actor: "asker"}}, []domain.ActorID{"asker"}},
		{"person", network.Facts{Actor: &network.Actor{ID: "self", Subject: network.SubjectPerson, Visibility: domain.VisiblePublic}}, []domain.ActorID{"self"}},
		{"actor elsewhere", network.Facts{Actor: &network.Actor{ID: "self", Host: "riga.example", Visibility: domain.VisiblePublic}}, []domain.ActorID{"self"}},
		{"rule on a host", network.RuleFacts{}, nil},
		{"traffic", network.TrafficFacts{}, nil},
		{"members of the node", account.People{}, nil},
		{"legal page", legal.Page{}, nil},
	}
}

// asked are those who ask, beside the people of an object.
var asked = []struct {
	name string
	policy.Viewer
}{
	{"nobody", policy.Viewer{}},
	{"remote", policy.Viewer{Actor: "x", Role: policy.RoleRemote}},
	{"stranger", policy.Viewer{Actor: "x", Role: policy.RoleMember}},
	{"curator", policy.Viewer{Actor: "x", Role: policy.RoleCurator}},
	{"moderator", policy.Viewer{Actor: "x", Role: policy.RoleModerator}},
	{"admin", policy.Viewer{Actor: "x", Role: policy.RoleAdmin}},
}

// may lists the verbs that are allowed.
func may(v policy.Viewer, o policy.Facts) string {
	var out []string
	for _, verb := range verbs {
		if policy.Allow(v, verb, o) == nil {
			out = append(out, string(verb))
		}
	}
	if len(out) == 0 {
		return "-"
	}
	return strings.Join(out, " ")
}

// TestEveryVerbOnEveryObject holds what every kind of actor, of this node and of
// others, may do with every kind of object: testdata/objects.txt says it, line
// by line, to be read by people. UPDATE=yes writes it anew.
func TestEveryVerbOnEveryObject(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for _, o := range objects() {
		fmt.Fprintf(&b, "%s\n", o.name)
		for _, who := range asked {
			fmt.Fprintf(&b, "  %-16s %s\n", who.name, may(who.Viewer, o.facts))
		}
		for _, id := range o.people {
			fmt.Fprintf(&b, "  %-16s %s\n", id, may(policy.Viewer{Actor: id, Role: policy.RoleMember}, o.facts))
			fmt.Fprintf(&b, "  %-16s %s\n", id+" (remote)", may(policy.Viewer{Actor: id, Role: policy.RoleRemote}, o.facts))
		}
	}
	const file = "testdata/objects.txt"
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	object := ""
	wanted := strings.Split(string(want), "\n")
	for i, line := range strings.Split(b.String(), "\n") {
		if !strings.HasPrefix(line, " ") {
			object = line
		}
		if i >= len(wanted) || wanted[i] != line {
			t.Fatalf("%s, line %d:\n%s\nnot\n%s", object, i+1, line, slices.Concat(wanted, []string{""})[min(i, len(wanted))])
		}
	}
}

// within are the objects that no other package can make: parts of others, asked
// about by their own service alone, whose tests say who may.
var within = []string{
	"audit.node", "community.hashtag", "community.moderation", "coproduction.insider", "coproduction.ownClaim", "coproduction.resourceFacts", "coproduction.within",
	"integration.registry", "lineage.kept", "moderation.desk", "moderation.rulebook", "notification.own", "search.saved", "organization.asker", "organization.offer",
}

// TestEveryObjectIsJudged finds all types that answer to the policy: each is in
// the table, or is a part of one that is.
func TestEveryObjectIsJudged(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, o := range objects() {
		known[strings.TrimLeft(fmt.Sprintf("%T", o.facts), "*")] = true
	}
	found := 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		for _, decl := range file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok || f.Name.Name != "PolicyRelation" || f.Recv == nil {
				continue
			}
			receiver := f.Recv.List[0].Type
			if star, ok := receiver.(*ast.StarExpr); ok {
				receiver = star.X
			}
			name := file.Name.Name + "." + receiver.(*ast.Ident).Name
			found++
			if !known[name] && !slices.Contains(within, name) {
				t.Errorf("%s answers to the policy and is in no table", name)
			}
		}
		return nil
	})
	if err != nil || found < 25 {
		t.Fatalf("%d types were found (%v)", found, err)
	}
}
