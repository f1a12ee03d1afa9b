package api_test

import (
	"net/http"
	"testing"
)

// TestLegal: pages of law are published and read; who owes an acceptance of
// the terms changes nothing before it.
func TestLegal(t *testing.T) {
	run(t, func(t *testing.T, s *server) {
		s.want(http.StatusNotFound, "", http.MethodGet, "/legal/terms", nil)
		s.want(http.StatusForbidden, "official-writer", http.MethodPut, "/legal/terms", object{"version": 0, "text": en("Be kind.")})
		s.want(http.StatusForbidden, "stranger", http.MethodPut, "/legal/terms", object{"version": 0, "text": en("Be kind.")})
		s.want(http.StatusUnprocessableEntity, "official", http.MethodPut, "/legal/terms", object{"version": 0, "text": en("[[Rules]]")})
		s.want(http.StatusOK, "official", http.MethodPut, "/legal/terms", object{"version": 0, "text": en("Be kind.")})
		s.want(http.StatusConflict, "official", http.MethodPut, "/legal/terms", object{"version": 0, "text": en("Be kinder.")})
		if state := s.want(http.StatusOK, "stranger", http.MethodGet, "/me/terms", nil); text(state, "version") != "1" || state["owed"] != false {
			t.Errorf("%v", state)
		}
		s.want(http.StatusOK, "official", http.MethodPut, "/legal/terms", object{"version": 1, "text": en("Be kinder."), "changes": en("Kinder."), "demands": true})
		for _, who := range []string{"stranger", "official"} {
			s.want(http.StatusForbidden, who, http.MethodPatch, "/me", object{"summary": "New"})
			s.want(http.StatusOK, who, http.MethodGet, "/me", nil)
			s.want(http.StatusUnprocessableEntity, who, http.MethodPut, "/me/terms", object{"version": 0})
			s.want(http.StatusConflict, who, http.MethodPut, "/me/terms", object{"version": 1})
			if state := s.want(http.StatusOK, who, http.MethodPut, "/me/terms", object{"version": 2}); state["owed"] != false || text(state, "accepted") != "2" || state["acceptedAt"] == nil {
				t.Errorf("%v", state)
			}
			s.want(http.StatusOK, who, http.MethodPatch, "/me", object{"summary": "New"})
		}
		if v := s.want(http.StatusOK, "", http.MethodGet, "/legal/terms", nil); text(v, "text", "en") != "Be kinder." || text(v, "version") != "2" {
			t.Errorf("%v", v)
		}
		if v := s.want(http.StatusOK, "", http.MethodGet, "/legal/terms/versions/1", nil); text(v, "text", "en") != "Be kind." {
			t.Errorf("%v", v)
		}
		if list := items(s.want(http.StatusOK, "", http.MethodGet, "/legal/terms/versions", nil)); len(list) != 2 || text(list[0], "version") != "2" || list[0]["text"] != nil {
			t.Errorf("%v", list)
		}
		s.want(http.StatusNotFound, "", http.MethodGet, "/legal/cookies", nil)
	})
}
