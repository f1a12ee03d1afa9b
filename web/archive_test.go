package web_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/portable"
)

// TestBringCommunity: a community is exported, and its file brought to another
// node and imported there; what was said in it is read, searched and removed.
func TestBringCommunity(t *testing.T) {
	t.Parallel()
	s, other := newSite(t), newSite(t)
	there := s.as("official")
	if got := there.upload("/communities/mobility/posts", square(t), map[string]string{"content": "A lamp at the school", "lang": "en", "alt": "Where it should stand"}); got.status != http.StatusSeeOther {
		t.Fatalf("a post with a picture: status %d", got.status)
	}
	if got := there.get("/communities/mobility/archive"); got.status != http.StatusOK || !strings.Contains(got.body, "/communities/mobility/export.zip") {
		t.Errorf("the page does not offer the export: status %d", got.status)
	}
	if got := there.get("/communities/mobility/move"); !strings.Contains(got.body, "/communities/mobility/export.zip") {
		t.Error("who moves it is not told of the export")
	}
	raw := there.get("/communities/mobility/export.zip")
	if raw.status != http.StatusOK || !strings.HasPrefix(raw.body, "PK") {
		t.Fatalf("export: status %d", raw.status)
	}
	r := other.as("official")
	at := r.send("/bring", nil, sent{"mobility.interlink.zip", raw.body}).location
	if got := r.get(at); got.status != http.StatusOK || !strings.Contains(got.body, "2 posts") || !strings.Contains(got.body, `value="mobility"`) || strings.Contains(got.body, "Clone it instead") {
		t.Fatalf("what is in it: status %d", got.status)
	}
	if got := r.fill(at, at, url.Values{"name": {"mobility"}}); got.status != http.StatusConflict {
		t.Errorf("a taken name: status %d", got.status)
	}
	if got := r.fill(at, at, url.Values{"name": {"walkers"}, "dry": {"1"}}); got.status != http.StatusOK || !strings.Contains(got.body, "Nothing was changed.") {
		t.Errorf("a trial: status %d", got.status)
	}
	if got := r.fill(at, at, url.Values{"name": {"walkers"}}); got.status != http.StatusSeeOther {
		t.Fatalf("import: status %d %s", got.status, got.body)
	}
	if got := r.get(at); !strings.Contains(got.body, "/communities/walkers") || !strings.Contains(got.body, "What is not held as it was") {
		t.Error("the page does not say what was made")
	}
	if got := r.get("/clone?address=" + url.QueryEscape(other.URL+at)); got.status >= 500 || strings.Contains(got.body, "What begins anew") {
		t.Errorf("a community is cloned: status %d", got.status)
	}
	reader := other.anonymous()
	if got := reader.get("/communities/walkers"); !strings.Contains(got.body, "/communities/walkers/archive") {
		t.Error("the community does not lead to what was said before")
	}
	list := reader.get("/communities/walkers/archive")
	if !strings.Contains(list.body, "A lamp at the school") || !strings.Contains(list.body, s.URL+"/posts/") || strings.Contains(list.body, "/remove") {
		t.Errorf("said before: status %d", list.status)
	}
	for words, found := range map[string]bool{"LAMP": true, "zzz": false} {
		if got := reader.get("/communities/walkers/archive?q=" + words); strings.Contains(got.body, "A lamp") != found {
			t.Errorf("%q is found: %v", words, !found)
		}
	}
	_, rest, _ := strings.Cut(list.body, `href="/communities/walkers/archive/`)
	id, _, _ := strings.Cut(rest, "#")
	id, _, _ = strings.Cut(id, `"`)
	thread := "/communities/walkers/archive/" + id
	if got := reader.get(thread); got.status != http.StatusOK || !strings.Contains(got.body, "A lamp at the school") {
		t.Errorf("its thread: status %d", got.status)
	}
	_, rest, _ = strings.Cut(list.body, `<img src="`+thread+"/files/")
	hash, rest, _ := strings.Cut(rest, `"`)
	if !strings.HasPrefix(rest, ` alt="Where it should stand" width="20" height="20"`) || !strings.Contains(list.body, `href="`+s.URL+"/files/"+hash) {
		t.Errorf("the picture is not shown from here, with its words and the way to the original: %s", list.body)
	}
	picture := thread + "/files/" + hash
	if got := reader.get(picture); got.status != http.StatusOK || got.header.Get("Content-Type") != "image/png" || !strings.HasPrefix(got.body, "\x89PNG") || !strings.Contains(got.header.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("the picture: status %d %v", got.status, got.header)
	}
	for _, other := range []string{"/communities/mobility/archive/" + id + "/files/" + hash, thread + "/files/" + strings.Repeat("0", 64)} {
		if got := reader.get(other); got.status != http.StatusNotFound {
			t.Errorf("%s: status %d", other, got.status)
		}
	}
	if got := reader.get("/communities/mobility/archive/" + id); got.status != http.StatusNotFound {
		t.Errorf("in another community: status %d", got.status)
	}
	if got := r.fill(thread, thread+"/remove", nil); got.status != http.StatusSeeOther {
		t.Errorf("removed: status %d", got.status)
	}
	for _, gone := range []string{thread, picture} {
		if got := reader.get(gone); got.status != http.StatusNotFound {
			t.Errorf("%s after it was removed: status %d", gone, got.status)
		}
	}
}

// TestArchivedNoPicture: what a file calls a picture and is none is not handed
// out, whoever says so.
func TestArchivedNoPicture(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	const page = "<!DOCTYPE html><script>alert(1)</script>"
	sum := sha256.Sum256([]byte(page))
	hash := hex.EncodeToString(sum[:])
	const there = "https://a.example/communities/walkers"
	day := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	head := portable.Head{Format: portable.Format, Version: portable.Version, Kind: portable.KindCommunity, IRI: there, Owner: there, Name: "walkers", Revision: "1", ExportedAt: day}
	held := portable.HeldCommunity{Community: &community.Community{Title: domain.Text{"en": "Walkers"}, Language: "en", Cadence: community.Daily, CreatedAt: day}}
	post := community.Past{
		IRI: "https://a.example/posts/1", Author: "https://a.example/users/bo", Community: there, Type: "Note", Content: "Hi", Visibility: community.Public, Published: day,
		Files: []community.PastFile{{Attachment: community.Attachment{URL: "https://a.example/files/1", MediaType: "image/png"}, SHA256: hash}},
	}
	var raw bytes.Buffer
	err := portable.WriteCommunity(&raw, head, portable.DescribeCommunity(held), func(yield func(community.Past, error) bool) { yield(post, nil) },
		func(string) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(page)), nil })
	if err != nil {
		t.Fatal(err)
	}
	r := s.as("official")
	at := r.send("/bring", nil, sent{"walkers.interlink.zip", raw.String()}).location
	if got := r.fill(at, at, url.Values{"name": {"walkers"}}); got.status != http.StatusSeeOther {
		t.Fatalf("import: status %d %s", got.status, got.body)
	}
	_, rest, _ := strings.Cut(r.get("/communities/walkers/archive").body, `<img src="`)
	shown, _, _ := strings.Cut(rest, `"`)
	if !strings.HasSuffix(shown, "/files/"+hash) {
		t.Fatalf("it is at %q", shown)
	}
	if got := s.anonymous().get(shown); got.status != http.StatusNotFound || strings.Contains(got.body, "alert") {
		t.Errorf("no picture: status %d", got.status)
	}
}
