package api_test

import (
	"encoding/json"
	"net/http"
	"testing"
)

// TestWork: somebody is asked, does it, claims it, is awarded for it, and the
// awards go when the task goes on.
func TestWork(t *testing.T) {
	run(t, func(t *testing.T, s *server) {
		s.fill()
		const process = "/processes/safe_ways"
		task := s.tasks("official", "safe_ways")[0]
		at, stranger := process+"/tasks/"+text(task, "id"), s.URL+"/users/stranger"
		ask := object{"people": []any{stranger}, "subject": "Count", "due": "2026-12-24"}
		s.want(http.StatusUnprocessableEntity, "official", http.MethodPost, at+"/assignments", ask) // who may not work there
		s.want(http.StatusOK, "official", http.MethodPut, process+"/grants", object{"actor": stranger, "item": task["id"], "allow": []any{"create"}})
		s.want(http.StatusForbidden, "stranger", http.MethodPost, at+"/assignments", object{"people": []any{s.URL + "/users/official"}, "subject": "Count"})
		a := s.call("official", http.MethodPost, at+"/assignments", ask)
		var given []object
		if err := json.Unmarshal(a.body, &given); a.status != http.StatusCreated || err != nil || len(given) != 1 || text(given[0], "state") != "open" || text(given[0], "due") != "2026-12-24" {
			t.Fatalf("status %d: %s", a.status, a.body)
		}
		s.want(http.StatusConflict, "official", http.MethodPost, at+"/assignments", ask)
		one := "/assignments/" + text(given[0], "id")
		if mine := items(s.want(http.StatusOK, "stranger", http.MethodGet, "/assignments", nil)); len(mine) != 1 {
			t.Errorf("asked to do: %v", mine)
		}
		s.want(http.StatusForbidden, "official", http.MethodPut, one+"/state", object{"state": "done"})
		s.want(http.StatusOK, "stranger", http.MethodPut, one+"/state", object{"state": "declined", "reason": "No time"})
		s.want(http.StatusConflict, "stranger", http.MethodPut, one+"/state", object{"state": "done"})
		s.want(http.StatusOK, "stranger", http.MethodPut, one+"/state", object{"state": "accepted"})
		if done := s.want(http.StatusOK, "stranger", http.MethodPut, one+"/state", object{"state": "done"}); text(done, "state") != "done" {
			t.Errorf("done: %v", done)
		}
		if list := items(s.want(http.StatusOK, "official", http.MethodGet, process+"/assignments?item="+text(task, "id"), nil)); len(list) != 1 {
			t.Errorf("of the process: %v", list)
		}

		claim := s.want(http.StatusCreated, "stranger", http.MethodPost, at+"/contributions", object{"subject": "Counted", "assignment": given[0]["id"]})
		decide := process + "/contributions/" + text(claim, "id") + "/decision"
		s.want(http.StatusConflict, "official", http.MethodPut, decide, object{"level": "high"})
		status := func(to string) {
			t.Helper()
			now := s.want(http.StatusOK, "official", http.MethodGet, process+"/items/"+text(task, "id"), nil)
			s.want(http.StatusOK, "official", http.MethodPut, at+"/status", object{"revision": now["revision"], "status": to})
		}
		status("finished")
		s.want(http.StatusForbidden, "stranger", http.MethodPut, decide, object{"level": "high"})
		s.want(http.StatusUnprocessableEntity, "official", http.MethodPut, decide, object{"level": "highest"})
		if awarded := s.want(http.StatusOK, "official", http.MethodPut, decide, object{"level": "high"}); text(awarded, "state") != "awarded" || awarded["points"] != nil {
			t.Errorf("awarded: %v", awarded)
		}
		s.want(http.StatusNotFound, "official", http.MethodGet, process+"/leaderboard", nil)
		s.want(http.StatusForbidden, "stranger", http.MethodPut, process+"/rewards", object{"rewards": true, "leaderboard": true})
		s.want(http.StatusNoContent, "official", http.MethodPut, process+"/rewards", object{"rewards": true, "leaderboard": true})
		s.want(http.StatusOK, "official", http.MethodGet, process+"/leaderboard", nil)
		s.want(http.StatusNotFound, "official", http.MethodPut, process+"/certificate", nil)
		made := s.want(http.StatusOK, "stranger", http.MethodPut, process+"/certificate", nil)
		if again := s.want(http.StatusOK, "stranger", http.MethodPut, process+"/certificate", nil); text(again, "url") != text(made, "url") || text(made, "url") == "" {
			t.Errorf("certificates: %v, %v", made, again)
		}
		s.want(http.StatusNoContent, "stranger", http.MethodDelete, process+"/certificate", nil)
		status("in_progress")
		if list := items(s.want(http.StatusOK, "stranger", http.MethodGet, process+"/contributions?item="+text(task, "id")+"&state=claimed", nil)); len(list) != 1 {
			t.Errorf("after the task was reopened: %v", list)
		}
		s.want(http.StatusUnprocessableEntity, "official", http.MethodPut, decide, object{})
		s.want(http.StatusOK, "official", http.MethodPut, decide, object{"reason": "These were 39."})
		s.want(http.StatusConflict, "stranger", http.MethodDelete, process+"/contributions/"+text(claim, "id"), nil)
		s.want(http.StatusNoContent, "official", http.MethodDelete, one, nil)
		s.want(http.StatusConflict, "stranger", http.MethodPut, one+"/state", object{"state": "accepted"})
	})
}
