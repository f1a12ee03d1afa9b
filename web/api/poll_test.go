package api_test

import (
	"net/http"
	"testing"
	"time"

	"interlink/storage/storagetest"
)

// TestPollsAndTags: a program asks, votes once, and follows hashtags.
func TestPollsAndTags(t *testing.T) {
	t.Parallel()
	s := open(t, storagetest.SQLite)
	s.fill()
	asked := object{"options": []any{"Elm Street", "Oak Street"}, "ends": time.Now().Add(time.Hour).UTC().Format(time.RFC3339)}
	for what, poll := range map[string]object{
		"one option": {"options": []any{"Elm Street", ""}, "ends": asked["ends"]}, "the past": {"options": asked["options"], "ends": "2020-01-01T00:00:00Z"},
	} {
		if a := s.call("official", http.MethodPost, "/communities/mobility/posts", object{"content": "Where?", "poll": poll}); a.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: status %d", what, a.status)
		}
	}
	post := s.want(http.StatusCreated, "official", http.MethodPost, "/communities/mobility/posts", object{"content": "Where? #Streets", "poll": asked, "warning": "Noise"})
	poll, _ := post["poll"].(object)
	if poll == nil || poll["over"] != false || post["warning"] != "Noise" {
		t.Fatalf("asked: %v", post)
	}
	votes := "/posts/" + post["id"].(string) + "/votes"
	voted := s.want(http.StatusOK, "stranger", http.MethodPost, votes, object{"options": []any{1}})
	if poll, _ := voted["poll"].(object); poll["voters"] != 1.0 {
		t.Errorf("counted: %v", poll)
	}
	s.want(http.StatusConflict, "stranger", http.MethodPost, votes, object{"options": []any{0}})
	s.want(http.StatusUnprocessableEntity, "official", http.MethodPost, votes, object{"options": []any{7}})
	if own := s.want(http.StatusOK, "stranger", http.MethodGet, votes, nil); len(own["options"].([]any)) != 1 {
		t.Errorf("their own choice: %v", own)
	}
	if other := s.want(http.StatusOK, "official", http.MethodGet, votes, nil); len(other["options"].([]any)) != 0 {
		t.Errorf("another's choice: %v", other)
	}

	s.want(http.StatusUnprocessableEntity, "stranger", http.MethodPost, "/tags", object{"tag": "two words"})
	s.want(http.StatusNoContent, "stranger", http.MethodPost, "/tags", object{"tag": "#Streets"})
	if got := s.want(http.StatusOK, "stranger", http.MethodGet, "/tags", nil); len(got["tags"].([]any)) != 1 || got["tags"].([]any)[0] != "streets" {
		t.Errorf("followed: %v", got)
	}
	if home := s.want(http.StatusOK, "stranger", http.MethodGet, "/timelines/home?kind=polls", nil); len(home["items"].([]any)) != 1 {
		t.Errorf("the home: %v", home)
	}
	for from, n := range map[string]int{"tags": 1, "catalogues": 0} {
		if home := s.want(http.StatusOK, "stranger", http.MethodGet, "/timelines/home?from="+from, nil); len(home["items"].([]any)) != n {
			t.Errorf("the home from %s: %v", from, home)
		}
	}
	s.want(http.StatusUnprocessableEntity, "stranger", http.MethodGet, "/timelines/home?from=x", nil)
	s.want(http.StatusNoContent, "stranger", http.MethodDelete, "/tags", object{"tag": "streets"})
}
