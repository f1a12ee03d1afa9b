package api_test

import (
	"net/http"
	"testing"
)

// TestNotices: anybody gives notice of a post; who moderates removes it with
// reasons, in one step; who is restricted complains and gets it back.
func TestNotices(t *testing.T) {
	run(t, func(t *testing.T, s *server) {
		s.fill()
		post := s.vars["/posts/{id}"]
		given := object{"about": s.URL + "/posts/" + post, "category": "hate", "reason": "Look.", "name": "Nora", "email": "nora@people.example", "faith": true}
		n := s.want(http.StatusCreated, "", http.MethodPost, "/notices", given)
		at := "/notices/" + text(n, "secret")
		if text(n, "state") != "received" || text(n, "reason") != "Look." || n["email"] != nil {
			t.Errorf("who gave it reads %v", n)
		}
		s.want(http.StatusUnprocessableEntity, "", http.MethodPost, "/notices", object{"about": "there", "category": "hate", "reason": "", "faith": false})
		s.want(http.StatusForbidden, "stranger", http.MethodGet, "/moderation/notices", nil)
		list := items(s.want(http.StatusOK, "official", http.MethodGet, "/moderation/notices", nil))
		if len(list) != 2 || text(list[1], "email") != "nora@people.example" {
			t.Fatalf("to decide: %v", list)
		}
		one := "/moderation/notices/" + text(list[1], "id")
		decision := object{"outcome": "removed", "facts": "It does.", "ground": "terms", "provision": "Be kind.", "remove": true}
		s.want(http.StatusForbidden, "stranger", http.MethodPost, one+"/decision", decision)
		s.want(http.StatusUnprocessableEntity, "official", http.MethodPost, one+"/decision", object{"outcome": "removed", "facts": ""})
		s.want(http.StatusOK, "", http.MethodGet, "/posts/"+post, nil)
		s.want(http.StatusOK, "official", http.MethodPost, one+"/decision", decision)
		s.want(http.StatusConflict, "official", http.MethodPost, one+"/decision", decision)
		s.want(http.StatusGone, "", http.MethodGet, "/posts/"+post, nil)
		if n := s.want(http.StatusOK, "", http.MethodGet, at, nil); text(n, "decision", "facts") != "It does." || n["complain"] != true {
			t.Errorf("who gave it reads %v", n)
		}

		db := s.db()
		defer db.Close()
		statement := ""
		if err := db.QueryRowContext(t.Context(), "SELECT statement FROM notices WHERE statement <> ''").Scan(&statement); err != nil {
			t.Fatal(err)
		}
		reasons := "/statements/" + statement
		if n := s.want(http.StatusOK, "", http.MethodGet, reasons, nil); n["reason"] != nil || n["email"] != nil || text(n, "decision", "provision") != "Be kind." {
			t.Errorf("who is restricted reads %v", n)
		}
		s.want(http.StatusUnprocessableEntity, "", http.MethodPost, reasons+"/complaint", object{"text": " "})
		s.want(http.StatusOK, "", http.MethodPost, reasons+"/complaint", object{"text": "It is kind."})
		s.want(http.StatusConflict, "", http.MethodPost, reasons+"/complaint", object{"text": "It is kind."})
		complaints := s.want(http.StatusOK, "official", http.MethodGet, one, nil)["complaints"].([]any)
		if len(complaints) != 1 {
			t.Fatalf("%v", complaints)
		}
		s.want(http.StatusOK, "official", http.MethodPost, one+"/complaints/"+text(complaints[0].(object), "id")+"/decision", object{"upheld": true, "answer": "So it is."})
		if p := s.want(http.StatusOK, "", http.MethodGet, "/posts/"+post, nil); text(p, "id") != post {
			t.Errorf("what came back: %v", p)
		}
		public := items(s.want(http.StatusOK, "", http.MethodGet, "/statements", nil))
		if len(public) != 1 || public[0]["reversed"] != true || text(public[0], "provision") != "Be kind." || public[0]["about"] != nil || public[0]["facts"] != nil {
			t.Errorf("what everybody reads: %v", public)
		}
	})
}
