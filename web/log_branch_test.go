package web_test

import (
	"net/http"
	"testing"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/policy"
)

// TestLogOfABranch: who sees one branch of a process that is not public does
// not read the log of all of it.
func TestLogOfABranch(t *testing.T) {
	s := newSite(t)
	guest := s.person("branch_only", policy.RoleMember)
	x, err := s.Coproduction.Start(t.Context(), s.official, coproduction.StartInput{
		Name: "hidden", Schema: "public-service", Details: coproduction.Details{Title: domain.Text{"en": "Hidden"}, Language: "en", Visibility: domain.VisibleMembers},
	})
	if err != nil {
		t.Fatal(err)
	}
	_, tree, err := s.Coproduction.Tree(t.Context(), s.official, x.Name)
	if err != nil {
		t.Fatal(err)
	}
	err = s.Coproduction.PutGrant(t.Context(), s.official, x.Name, coproduction.Grant{Grantee: guest.Actor, Item: tree.Items()[0].ID, Allow: coproduction.MayView})
	if err != nil {
		t.Fatal(err)
	}
	official, r := s.as("official"), s.as("branch_only")
	if got := r.get("/processes/hidden"); got.status != http.StatusOK {
		t.Fatalf("the process: status %d", got.status)
	}
	for _, path := range []string{"/processes/hidden/log", "/processes/hidden/log.jsonl"} {
		if got := r.get(path); got.status != http.StatusNotFound {
			t.Errorf("%s for who sees a branch: status %d", path, got.status)
		}
		if got := official.get(path); got.status != http.StatusOK {
			t.Errorf("%s for its administrator: status %d", path, got.status)
		}
	}
}
