//go:build !race

package demo

import (
	"net/url"
	"testing"

	"interlink/domain/coproduction"
	"interlink/domain/participation"
)

// askedToJoin opens the process of a city to join requests, and asks as
// somebody of the other. It returns the page of the requests in the city, and
// the pages of who asked: the form, and the request.
func askedToJoin(t *testing.T, c, other *city) (requests string, there []string) {
	t.Helper()
	ctx := t.Context()
	official, err := c.node.Accounts.ByUsername(ctx, c.username)
	if err != nil {
		t.Fatal(err)
	}
	citizen, err := other.node.Accounts.ByUsername(ctx, other.username)
	if err != nil {
		t.Fatal(err)
	}
	call, err := c.node.Participation.SetTerms(ctx, official.Viewer(), "safe_school_routes", 0, participation.Terms{Open: true, Gives: coproduction.MayView | coproduction.MayCreate})
	if err != nil {
		t.Fatal(err)
	}
	process, err := other.node.Lookup(ctx, string(call.IRI))
	if err != nil {
		t.Fatal(err)
	}
	sent, err := other.node.Participation.Ask(ctx, citizen.Viewer(), process.IRI, "My children walk there.")
	if err != nil {
		t.Fatal(err)
	}
	return "/role-calls/" + string(call.ID) + "/applications", []string{"/join-requests?target=" + url.QueryEscape(string(process.IRI)), "/role-calls/" + string(sent.Call)}
}
