package api_test

import (
	"encoding/json"
	"net/http"
	"testing"
)

// TestGrants gives, reads and withdraws rights at an item.
func TestGrants(t *testing.T) {
	run(t, func(t *testing.T, s *server) {
		s.fill()
		const at = "/processes/safe_ways/grants"
		task := s.tasks("official", "safe_ways")[0]
		objective := task["parent"]
		status := func(who string, want int) {
			t.Helper()
			now := s.want(http.StatusOK, "official", http.MethodGet, "/processes/safe_ways/items/"+text(task, "id"), nil)
			to := map[string]string{"awaiting": "in_progress", "in_progress": "awaiting"}[text(now, "status")]
			s.want(want, who, http.MethodPut, "/processes/safe_ways/tasks/"+text(task, "id")+"/status", object{"revision": now["revision"], "status": to})
		}
		status("stranger", http.StatusForbidden)
		s.want(http.StatusForbidden, "stranger", http.MethodPut, at, object{"actor": s.URL + "/users/stranger", "item": objective, "allow": []any{"manage"}})
		given := s.want(http.StatusOK, "official", http.MethodPut, at, object{"actor": s.URL + "/users/stranger", "item": objective, "allow": []any{"create"}, "deny": []any{"delete"}})
		if allow, _ := json.Marshal([]any{given["allow"], given["deny"]}); string(allow) != `[["view","create"],["delete","manage"]]` {
			t.Errorf("given: %s", allow)
		}
		status("stranger", http.StatusOK)
		s.want(http.StatusNotFound, "stranger", http.MethodGet, at, nil) // of the whole process
		if list := items(s.want(http.StatusOK, "stranger", http.MethodGet, at+"?item="+text(task, "id"), nil)); len(list) != 1 || text(list[0], "item") != objective {
			t.Errorf("what holds at the task: %v", list)
		}
		a := s.call("stranger", http.MethodGet, "/processes/safe_ways/rights?item="+text(task, "id"), nil)
		var held []object
		if err := json.Unmarshal(a.body, &held); err != nil || len(held) != 4 {
			t.Fatalf("%v: %s", err, a.body)
		}
		for i, want := range []string{"true", "true", "false", "false"} {
			if text(held[i], "granted") != want || text(held[i], "item") != objective || text(held[i], "grantee", "handle") == "" {
				t.Errorf("right %d: %v", i, held[i])
			}
		}
		s.want(http.StatusForbidden, "stranger", http.MethodGet, "/processes/safe_ways/rights?actor="+s.URL+"/users/official", nil)
		if a := s.call("official", http.MethodPut, at, object{"actor": s.URL + "/users/stranger", "allow": []any{"create"}, "deny": []any{"view"}}); a.status != http.StatusUnprocessableEntity || len(a.problem().Errors) != 1 {
			t.Errorf("yes and no to the same: %d %s", a.status, a.body)
		}
		s.want(http.StatusUnprocessableEntity, "official", http.MethodPut, at, object{"actor": s.URL + "/users/stranger", "allow": []any{"own"}})
		s.want(http.StatusNotFound, "official", http.MethodPut, at, object{"actor": s.URL + "/users/stranger", "item": "none", "allow": []any{"view"}})

		s.want(http.StatusNoContent, "official", http.MethodDelete, at+"?actor="+s.URL+"/users/stranger&item="+objective.(string), nil)
		status("stranger", http.StatusForbidden)

		s.want(http.StatusConflict, "official", http.MethodDelete, "/processes/safe_ways/administrators?actor="+s.URL+"/users/official", nil)
		s.want(http.StatusForbidden, "stranger", http.MethodPut, "/processes/safe_ways/administrators", object{"actor": s.URL + "/users/stranger"})
		s.want(http.StatusNoContent, "official", http.MethodPut, "/processes/safe_ways/administrators", object{"actor": s.URL + "/users/stranger"})
		s.want(http.StatusNoContent, "stranger", http.MethodDelete, "/processes/safe_ways/administrators?actor="+s.URL+"/users/official", nil)
	})
}
