package web_test

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/nodearchive"
	"interlink/domain/policy"
)

// TestNodeArchive: an administrator takes the node along and brings it to
// another: looks, imports, and sees what became of each part. Others do not.
func TestNodeArchive(t *testing.T) {
	t.Parallel()
	s, other := newSite(t), newSite(t)
	s.person("stranger", policy.RoleModerator)
	for _, path := range []string{"/admin/archive", "/admin/archive/export.zip"} {
		if got := s.as("stranger").get(path); got.status != http.StatusNotFound {
			t.Errorf("%s: a moderator gets status %d", path, got.status)
		}
	}
	raw := s.as("official").get("/admin/archive/export.zip")
	if raw.status != http.StatusOK || !strings.HasPrefix(raw.body, "PK") {
		t.Fatalf("export: status %d", raw.status)
	}
	if got := s.anonymous().get("/ns/interlink/node-export-v1.json"); got.status != http.StatusOK || !strings.Contains(got.body, "interlink-export") {
		t.Errorf("the schema: status %d", got.status)
	}
	r := other.as("official")
	if got := r.send("/admin/archive", nil, sent{"x.zip", "no archive"}); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "This is no archive of a node of interlink.") {
		t.Errorf("no archive: status %d", got.status)
	}
	if got := r.send("/bring", nil, sent{"x.zip", raw.body}); got.status != http.StatusUnprocessableEntity {
		t.Errorf("taken for a process: status %d", got.status)
	}
	at := r.send("/admin/archive", nil, sent{"a.interlink-node.zip", raw.body}).location
	if got := r.get(at); got.status != http.StatusOK || !strings.Contains(got.body, "processes/safe_ways.zip") || !strings.Contains(got.body, "not begun") {
		t.Fatalf("what is in it: status %d", got.status)
	}
	if got := r.fill(at, at, url.Values{}); got.status != http.StatusSeeOther {
		t.Errorf("begin: status %d", got.status)
	}
	if got := r.get(at + "?outcome=nothing"); got.status != http.StatusUnprocessableEntity {
		t.Errorf("an outcome that is none: status %d", got.status)
	}
	if got := r.get("/admin/archive"); !strings.Contains(got.body, at) {
		t.Error("the list does not have it")
	}
}

// altered is the archive of a node of which the parts of a kind say something
// else.
func altered(t *testing.T, raw string, kind nodearchive.Kind, words, others string) string {
	t.Helper()
	a, err := nodearchive.Read(strings.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := nodearchive.NewWriter(&out, a.Head)
	for _, p := range a.Parts {
		part, err := a.Open(p)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(part)
		if err == nil {
			err = part.Close()
		}
		if p.Kind == kind {
			body = bytes.ReplaceAll(body, []byte(words), []byte(others))
		}
		if err == nil {
			_, err = w.Add(p, func(to io.Writer) error { _, err := to.Write(body); return err })
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestNodeArchiveCompare: a version that stays out of an import, as both sides
// changed the Interlinker, is shown beside what is here, to administrators.
func TestNodeArchiveCompare(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ctx, r := t.Context(), s.as("official")
	account, err := s.Accounts.ByUsername(ctx, "official")
	if err != nil {
		t.Fatal(err)
	}
	v := account.Viewer()
	list, err := s.Catalogue.List(ctx, v, catalogue.Filter{Kind: catalogue.KindInterlinker}, domain.Page{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	e := list.Items[0]
	if _, err := s.Catalogue.Correct(ctx, v, e.ID, e.Revision, catalogue.Correction{Summary: domain.Text{"en": "Said on this side"}}); err != nil {
		t.Fatal(err)
	}
	raw := altered(t, r.get("/admin/archive/export.zip").body, nodearchive.Versions, "Said on this side", "Said on that side")
	at := r.send("/admin/archive", nil, sent{"a.interlink-node.zip", raw}).location
	if err := s.NodeArchives.Here(ctx, v, domain.ID(at[strings.LastIndexByte(at, '/')+1:])); err != nil {
		t.Fatal(err)
	}
	link := regexp.MustCompile(regexp.QuoteMeta(at) + `/parts/\d+\?version=\d+`).FindString(r.get(at + "?lang=en").body)
	got := r.get(link + "&lang=en")
	if link == "" || got.status != http.StatusOK {
		t.Fatalf("at %q: status %d", link, got.status)
	}
	for _, words := range []string{"<del>Said on this side</del>", "<ins>Said on that side</ins>", "On this node", "In the archive of", e.Address() + "/edit"} {
		if !strings.Contains(got.body, words) {
			t.Errorf("%s lacks %q", link, words)
		}
	}
	if strings.Contains(got.body, "Pictures") {
		t.Error("where pictures are shown is compared")
	}
	s.person("stranger", policy.RoleModerator)
	if got := s.as("stranger").get(link); got.status != http.StatusNotFound {
		t.Errorf("a moderator compares: status %d", got.status)
	}
	if got := r.get(strings.Replace(link, "version=", "version=9", 1)); got.status != http.StatusNotFound {
		t.Errorf("a version that is none: status %d", got.status)
	}
}
