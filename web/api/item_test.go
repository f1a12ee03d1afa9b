package api_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"testing"
)

// TestItems changes a tree in all ways that there are.
func TestItems(t *testing.T) {
	run(t, func(t *testing.T, s *server) {
		s.fill()
		const at = "/processes/safe_ways/items"
		made := func(body object) object {
			return s.want(http.StatusCreated, "official", http.MethodPost, at, body)
		}
		phase := made(object{"name": en("Prepare"), "place": 0})
		objective := made(object{"parent": phase["id"], "name": en("Know the streets")})
		first := made(object{"parent": objective["id"], "name": en("Walk them"), "starts": "2026-03-01", "ends": "2026-03-31", "complexity": 40, "coDelivery": true})
		second := made(object{"parent": objective["id"], "name": en("Draw them"), "prerequisites": []any{first["id"]}})
		if text(phase, "kind") != "phase" || text(phase, "place") != "0" || text(objective, "kind") != "objective" || text(second, "ready") != "false" || text(first, "late") != "true" || text(second, "late") != "false" {
			t.Errorf("made %v %v %v %v", phase, objective, first, second)
		}
		above := s.want(http.StatusOK, "", http.MethodGet, at+"/"+text(phase, "id"), nil)
		if text(above, "starts") != "2026-03-01" || text(above, "ends") != "2026-03-31" || text(above, "tasks") != "2" {
			t.Errorf("the phase: %v", above)
		}

		one := at + "/" + text(first, "id")
		s.want(http.StatusOK, "official", http.MethodPut, at+"/"+text(second, "id")+"/place", object{"parent": objective["id"], "place": 0})
		if moved := s.want(http.StatusOK, "official", http.MethodGet, one, nil); text(moved, "place") != "1" {
			t.Errorf("after the move: %v", moved)
		}
		// Neither the move nor a status is in the way of an edit.
		s.want(http.StatusOK, "official", http.MethodPut, "/processes/safe_ways/tasks/"+text(first, "id")+"/status", object{"revision": 1, "status": "finished"})
		edited := s.want(http.StatusOK, "official", http.MethodPatch, one, object{"revision": 1, "name": object{"en": "Walk them all", "es": "Recorrerlas"}, "ends": ""})
		if text(edited, "name", "es") != "Recorrerlas" || edited["ends"] != nil || text(edited, "starts") != "2026-03-01" || text(edited, "complexity") != "40" {
			t.Errorf("edited: %v", edited)
		}

		for name, body := range map[string]object{
			"circle":      {"revision": edited["revision"], "prerequisites": []any{second["id"]}},
			"itself":      {"revision": edited["revision"], "prerequisites": []any{first["id"]}},
			"other kind":  {"revision": edited["revision"], "prerequisites": []any{phase["id"]}},
			"no name":     {"revision": edited["revision"], "name": object{}},
			"no date":     {"revision": edited["revision"], "starts": "2026-02-30"},
			"wrong order": {"revision": edited["revision"], "ends": "2026-02-01"},
		} {
			if a := s.call("official", http.MethodPatch, one, body); a.status != http.StatusUnprocessableEntity || len(a.problem().Errors) != 1 {
				t.Errorf("%s: %d %s", name, a.status, a.body)
			}
		}
		s.want(http.StatusUnprocessableEntity, "official", http.MethodPut, one+"/place", object{"parent": phase["id"], "place": 0})
		s.want(http.StatusForbidden, "stranger", http.MethodPatch, one, object{"revision": edited["revision"], "complexity": 1})
		s.want(http.StatusForbidden, "stranger", http.MethodPost, at, object{"name": en("Mine")})
		s.want(http.StatusNotFound, "stranger", http.MethodGet, one+"/history", nil)

		off := s.want(http.StatusOK, "official", http.MethodPut, one+"/enabled", object{"enabled": false})
		on := s.want(http.StatusOK, "official", http.MethodPut, one+"/enabled", object{"enabled": true})
		if text(off, "enabled") != "false" || text(on, "enabled") != "true" {
			t.Errorf("put aside %v, taken up %v", off, on)
		}
		var kinds []string
		for _, e := range items(s.want(http.StatusOK, "official", http.MethodGet, one+"/history", nil)) {
			kinds = append(kinds, text(e, "kind"))
		}
		if want := []string{"item.restored", "item.disabled", "item.edited", "task.status_changed", "item.added"}; !slices.Equal(kinds, want) {
			t.Errorf("history %v, want %v", kinds, want)
		}
	})
}

// TestItemConflict: two programs change one item; the second gets both
// versions, and joins them.
func TestItemConflict(t *testing.T) {
	run(t, func(t *testing.T, s *server) {
		s.fill()
		task := s.tasks("official", "safe_ways")[0]
		at := "/processes/safe_ways/items/" + text(task, "id")
		s.want(http.StatusOK, "official", http.MethodPatch, at, object{"revision": task["revision"], "name": en("Theirs"), "complexity": 20})
		a := s.call("official", http.MethodPatch, at, object{"revision": task["revision"], "name": en("Mine"), "description": en("More")})
		var p struct {
			Conflict struct {
				Revision int64
				Known    bool
				Parts    []struct {
					Field, Lang, Base, Theirs, Mine string
					Both                            bool
				}
			}
		}
		if err := json.Unmarshal(a.body, &p); err != nil || a.status != http.StatusConflict || !p.Conflict.Known {
			t.Fatalf("status %d (%v): %s", a.status, err, a.body)
		}
		both := 0
		for _, part := range p.Conflict.Parts {
			if part.Both {
				both++
				if part.Field == "name" && part.Lang == "en" && (part.Theirs != "Theirs" || part.Mine != "Mine" || part.Base != text(task, "name", "en")) {
					t.Errorf("%+v", part)
				}
			}
		}
		if both != 1 {
			t.Errorf("%d parts changed by both: %+v", both, p.Conflict.Parts)
		}
		joined := s.want(http.StatusOK, "official", http.MethodPatch, at, object{"revision": p.Conflict.Revision, "name": en("Ours"), "description": en("More")})
		if text(joined, "name", "en") != "Ours" || text(joined, "complexity") != "20" || text(joined, "description", "en") != "More" {
			t.Errorf("joined: %v", joined)
		}
	})
}
