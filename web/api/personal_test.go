package api_test

import (
	"archive/zip"
	"bytes"
	"net/http"
	"strings"
	"testing"

	"interlink/domain/account"
	"interlink/domain/policy"
)

// TestPersonal: somebody takes what is theirs along, asks for the deletion of
// their account, calls it off, and asks again; their receipts need no token.
func TestPersonal(t *testing.T) {
	run(t, func(t *testing.T, s *server) {
		const password = "nine sparrows in the hedge"
		leaver, err := s.Accounts.Create(t.Context(), account.SignUp{Username: "leaver", Email: "leaver@people.example", Password: password}, policy.RoleMember)
		if err != nil {
			t.Fatal(err)
		}
		if s.tokens["leaver"], err = s.Accounts.CreateToken(t.Context(), leaver, "leaver", scopes["stranger"]); err != nil {
			t.Fatal(err)
		}
		held := s.want(http.StatusOK, "leaver", http.MethodGet, "/me/data", nil)
		if held["last"] != false || len(held["holdings"].([]any)) == 0 {
			t.Errorf("what is held: %v", held)
		}
		if held := s.want(http.StatusOK, "official", http.MethodGet, "/me/data", nil); held["last"] != true {
			t.Error("the last administrator may leave")
		}
		s.want(http.StatusUnprocessableEntity, "leaver", http.MethodPost, "/me/data", object{"password": "wrong"})
		a := s.ask("leaver", http.MethodPost, "/me/data", object{"password": password})
		r, err := zip.NewReader(bytes.NewReader(a.body), int64(len(a.body)))
		if a.status != http.StatusOK || err != nil || a.header.Get("Content-Type") != "application/zip" {
			t.Fatalf("status %d, %v, %v", a.status, a.header, err)
		}
		names := ""
		for _, f := range r.File {
			names += f.Name + " "
		}
		if !strings.Contains(names, "data/account.json") || !strings.Contains(names, "outbox.json") {
			t.Errorf("the archive has %s", names)
		}

		leave := object{"password": password, "days": 7}
		s.want(http.StatusUnprocessableEntity, "leaver", http.MethodPost, "/me/deletion", object{"password": "wrong", "days": 7})
		s.want(http.StatusConflict, "official", http.MethodPost, "/me/deletion", leave)
		asked := s.want(http.StatusAccepted, "leaver", http.MethodPost, "/me/deletion", leave)
		at := "/deletions/" + text(asked, "secret")
		if text(asked, "state") != "waiting" || text(asked, "page") != s.URL+at {
			t.Errorf("%v", asked)
		}
		s.want(http.StatusUnauthorized, "leaver", http.MethodGet, "/me", nil)
		if d := s.want(http.StatusOK, "", http.MethodGet, at, nil); text(d, "state") != "waiting" {
			t.Errorf("%v", d)
		}
		if list := items(s.want(http.StatusOK, "", http.MethodGet, at+"/receipts", nil)); len(list) != 0 {
			t.Errorf("receipts: %v", list)
		}
		s.want(http.StatusNotFound, "", http.MethodDelete, "/deletions/another", nil)
		s.want(http.StatusNoContent, "", http.MethodDelete, at, nil)
		s.want(http.StatusNotFound, "", http.MethodGet, at, nil)
		if _, _, err := s.Accounts.SignIn(t.Context(), "leaver", password, "192.0.2.1"); err != nil {
			t.Errorf("who called it off signs in: %v", err)
		}
	})
}
