package api_test

import (
	"net/http"
	"testing"
)

// TestFieldsOfRequests: a fault is told at the field of the request, also where
// a page's form calls it otherwise.
func TestFieldsOfRequests(t *testing.T) {
	run(t, func(t *testing.T, s *server) {
		s.fill()
		for _, c := range []struct {
			method, path string
			body         object
			at           string
		}{
			{http.MethodPut, "/processes/safe_ways/grants", object{"actor": "not a handle", "allow": []any{"view"}}, "body.actor"},
			{http.MethodPost, "/teams/routes/members", object{"actor": "not a handle"}, "body.actor"},
			{http.MethodPost, "/me/memberships", object{"group": "not a handle"}, "body.group"},
			{http.MethodPost, "/follows", object{"target": "not a handle"}, "body.target"},
			{http.MethodPost, "/communities/mobility/bans", object{"actor": s.URL + "/users/official", "reason": "No."}, "body.actor"},
			{http.MethodPost, "/join-requests", object{"process": "not a handle", "statement": "I live there."}, "body.process"},
			{http.MethodPut, "/processes/safe_ways/joining", object{"revision": 0, "open": true, "gives": []any{"create"}}, "body.gives"},
		} {
			a := s.call("official", c.method, c.path, c.body)
			if p := a.problem(); a.status != http.StatusUnprocessableEntity || len(p.Errors) != 1 || p.Errors[0].Location != c.at {
				t.Errorf("%s %s: status %d, not at %s: %s", c.method, c.path, a.status, c.at, a.body)
			}
		}
	})
}

// TestJoining opens a process to join requests, asks, and is let in.
func TestJoining(t *testing.T) {
	run(t, func(t *testing.T, s *server) {
		s.fill()
		const at = "/processes/safe_ways/joining"
		if now := s.want(http.StatusOK, "", http.MethodGet, at, nil); text(now, "state") != "closed" || text(now, "revision") != "0" {
			t.Errorf("before: %v", now)
		}
		ask := object{"process": s.URL + "/processes/safe_ways", "statement": "I live there."}
		s.want(http.StatusConflict, "stranger", http.MethodPost, "/join-requests", ask)
		terms := object{"revision": 0, "open": true, "gives": []any{"view", "create"}, "words": en("Parents.")}
		s.want(http.StatusForbidden, "stranger", http.MethodPut, at, terms)
		open := s.want(http.StatusOK, "official", http.MethodPut, at, terms)
		if text(open, "process") != s.URL+"/processes/safe_ways" || text(open, "open") != "true" {
			t.Errorf("opened: %v", open)
		}
		sent := s.want(http.StatusOK, "stranger", http.MethodPost, "/join-requests", ask)
		queue := "/role-calls/" + text(open, "id") + "/applications"
		s.want(http.StatusForbidden, "stranger", http.MethodGet, queue, nil)
		decision := queue + "/" + text(sent, "id") + "/decision"
		s.want(http.StatusUnprocessableEntity, "official", http.MethodPut, decision, object{"state": "rejected", "revision": sent["revision"]})
		s.want(http.StatusOK, "official", http.MethodPut, decision, object{"state": "accepted", "revision": sent["revision"]})
		if now := s.want(http.StatusOK, "stranger", http.MethodGet, "/role-calls/"+text(open, "id")+"/application", nil); text(now, "state") != "accepted" {
			t.Errorf("let in: %v", now)
		}
		s.want(http.StatusConflict, "stranger", http.MethodPost, "/join-requests", ask)
	})
}
