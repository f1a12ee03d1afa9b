package web_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/policy"
	"interlink/storage/blob"
)

// sent is a file of a form.
type sent struct{ name, content string }

// send sends files with fields before them.
func (r *reader) send(path string, fields map[string]string, files ...sent) page {
	r.s.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, value := range fields {
		if err := form.WriteField(name, value); err != nil {
			r.s.t.Fatal(err)
		}
	}
	for _, f := range files {
		part, err := form.CreateFormFile("file", f.name)
		if err == nil {
			_, err = io.WriteString(part, f.content)
		}
		if err != nil {
			r.s.t.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		r.s.t.Fatal(err)
	}
	request := r.request(http.MethodPost, path, &body)
	request.Header.Set("Content-Type", form.FormDataContentType())
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	return r.do(request)
}

// resourceNamed is one of the process, by its name.
func (s *site) resourceNamed(name string) coproduction.Resource {
	s.t.Helper()
	list, err := s.Coproduction.Resources(s.t.Context(), s.official, "safe_ways", coproduction.ResourceFilter{}, domain.Page{Limit: domain.MaxPage})
	if err != nil {
		s.t.Fatal(err)
	}
	for _, r := range list.Items {
		if r.Name == name {
			return r
		}
	}
	s.t.Fatalf("no resource %q of %d", name, len(list.Items))
	return coproduction.Resource{}
}

// TestUploads: what is uploaded is handed out so that nothing of it runs as a
// page of the node, whatever it is called.
func TestUploads(t *testing.T) {
	s := newSite(t)
	r, at := s.as("official"), "/processes/safe_ways/guide/"+string(s.task.ID)
	const dots = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
	got := r.send(at+"/files", map[string]string{"filePublic": "yes", "fileLicence": "CC-BY-4.0"},
		sent{"page.png", "<!DOCTYPE html><script>alert(1)</script>"}, sent{"../../drawing\u202e.png", `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`},
		sent{"photo.html", dots}, sent{"Plan of the square.pdf", "%PDF-1.7\n%"})
	if got.status != http.StatusSeeOther || got.location != at+"#resources" {
		t.Fatalf("status %d\n%s", got.status, problems(got.body))
	}
	if body := r.get(at).body; !strings.Contains(body, "page.png") || !strings.Contains(body, "drawing.png") || strings.Contains(body, "\u202e") {
		t.Error("the task does not show its files by safe names")
	}
	for name, want := range map[string][2]string{
		"page.png": {"application/octet-stream", "attachment; filename=page.png"}, "drawing.png": {"application/octet-stream", "attachment; filename=drawing.png"},
		"photo.html": {"image/png", "inline; filename=photo.html"}, "Plan of the square.pdf": {"application/pdf", `attachment; filename="Plan of the square.pdf"`},
	} {
		file := "/processes/safe_ways/resources/" + string(s.resourceNamed(name).ID) + "/file"
		got := s.anonymous().get(file)
		if got.status != http.StatusOK || got.header.Get("Content-Type") != want[0] || got.header.Get("Content-Disposition") != want[1] ||
			got.header.Get("X-Content-Type-Options") != "nosniff" || got.header.Get("Content-Security-Policy") != "default-src 'none'; sandbox" ||
			!strings.HasPrefix(got.header.Get("Cache-Control"), "public") {
			t.Errorf("%s: %d %v", name, got.status, got.header)
		}
		request := s.anonymous().request(http.MethodGet, file, nil)
		request.Header.Set("Range", "bytes=1-3")
		if part := s.anonymous().do(request); part.status != http.StatusPartialContent || len(part.body) != 3 {
			t.Errorf("a part of %s: %d %q", name, part.status, part.body)
		}
		request = s.anonymous().request(http.MethodGet, file, nil)
		request.Header.Set("If-None-Match", got.header.Get("ETag"))
		if again := s.anonymous().do(request); again.status != http.StatusNotModified {
			t.Errorf("%s again: %d", name, again.status)
		}
	}
	if got := r.send(at+"/files", nil, sent{"secret.txt", "secret"}); got.status != http.StatusSeeOther {
		t.Fatalf("status %d", got.status)
	}
	secret := "/processes/safe_ways/resources/" + string(s.resourceNamed("secret.txt").ID)
	for _, path := range []string{secret, secret + "/file", secret + "/versions", secret + "/edit", secret + "/compare?old=1&new=1"} {
		if got := s.anonymous().get(path); got.status != http.StatusNotFound && got.status != http.StatusUnauthorized && got.status != http.StatusSeeOther {
			t.Errorf("a stranger at %s: %d", path, got.status)
		}
	}
	if got := r.get(secret + "/file"); got.body != "secret" || got.header.Get("Cache-Control") != "private, no-cache" {
		t.Errorf("%d %v", got.status, got.header)
	}
	for _, odd := range []string{"0", "-1", "x", "99", "%00"} {
		if got := r.get(secret + "/file?version=" + odd); got.status != http.StatusNotFound && got.status != http.StatusUnprocessableEntity {
			t.Errorf("version %s: %d", odd, got.status)
		}
	}
	if got := s.anonymous().send(at+"/files", nil, sent{"x", "x"}); got.status != http.StatusUnauthorized && got.status != http.StatusForbidden {
		t.Errorf("a stranger sends a file: %d", got.status)
	}
	s.person("reader", policy.RoleMember)
	if got := s.as("reader").send(at+"/files", nil, sent{"x", "x"}); got.status != http.StatusForbidden {
		t.Errorf("a member of no process sends a file: %d", got.status)
	}
}

// TestUploadsRefused: what cannot be kept is refused at its field, and leaves
// nothing.
func TestUploadsRefused(t *testing.T) {
	s := newSite(t)
	r, at := s.as("official"), "/processes/safe_ways/guide/"+string(s.task.ID)
	dir := t.TempDir()
	files, err := blob.OpenLarge("", dir)
	if err != nil {
		t.Fatal(err)
	}
	s.Coproduction.KeepFiles(files, coproduction.Limits{File: 1 << 20, Process: 10 << 20})
	long := strings.Repeat("ā", 150) + ".pdf"
	many := make([]sent, 21)
	for i := range many {
		many[i] = sent{fmt.Sprint(i), "x"}
	}
	for what, files := range map[string][]sent{
		"too large": {{"a.txt", "x"}, {"large.bin", strings.Repeat("x", 1<<20+1)}}, "empty": {{"empty.txt", ""}}, "none": {{"", ""}}, "too many": many,
	} {
		got := r.send(at+"/files", map[string]string{"fileLicence": "CC-BY-4.0"}, files...)
		if got.status != http.StatusUnprocessableEntity && got.status != http.StatusRequestEntityTooLarge ||
			!strings.Contains(got.body, `href="#f-file"`) || !strings.Contains(got.body, "CC-BY-4.0") {
			t.Errorf("%s: status %d\n%s", what, got.status, problems(got.body))
		}
	}
	if got := r.send(at+"/files", map[string]string{"fileLicence": strings.Repeat("x", 101)}, sent{"a.txt", "x"}); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `href="#f-fileLicence"`) {
		t.Errorf("status %d", got.status)
	}
	if got := r.send(at+"/files", map[string]string{"odd": "a\x00b"}, sent{"a.txt", "x"}); got.status != http.StatusUnprocessableEntity {
		t.Errorf("NUL: status %d", got.status)
	}
	if got := r.send(at+"/files", nil, sent{long, "x"}); got.status != http.StatusSeeOther {
		t.Errorf("a long name: status %d", got.status)
	}
	if name := s.resourceNamed(coproduction.FileName(long)).File.Name; len(name) > 150 || !strings.HasSuffix(name, ".pdf") {
		t.Errorf("it is called %q", name)
	}

	// A browser that goes away in the middle.
	pipe, feed := io.Pipe()
	request := r.request(http.MethodPost, at+"/files", pipe)
	request.Header.Set("Content-Type", "multipart/form-data; boundary=b")
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	go func() {
		_, _ = io.WriteString(feed, "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"half.txt\"\r\n\r\n"+strings.Repeat("half", 10_000))
		_ = feed.CloseWithError(errors.New("gone"))
	}()
	if answer, err := r.Do(request); err == nil {
		_ = answer.Body.Close()
	}
	request = r.request(http.MethodPost, at+"/files", strings.NewReader("no form"))
	request.Header.Set("Content-Type", "multipart/form-data")
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	if got := r.do(request); got.status != http.StatusUnprocessableEntity {
		t.Errorf("no form: status %d", got.status)
	}
	list, err := s.Coproduction.Resources(t.Context(), s.official, "safe_ways", coproduction.ResourceFilter{}, domain.Page{})
	if err != nil || list.Total != 1 {
		t.Errorf("%d resources of one (%v)", list.Total, err)
	}
	entries, err := os.ReadDir(filepath.Join(dir, "resources", "incoming"))
	if err != nil || len(entries) != 0 {
		t.Errorf("%v %v", entries, err)
	}
}

// TestDocumentOfTwo: of two who change a document at once, the later sees both
// versions, and nothing is lost.
func TestDocumentOfTwo(t *testing.T) {
	s := newSite(t)
	r, at := s.as("official"), "/processes/safe_ways/guide/"+string(s.task.ID)
	if got := r.post(at+"/resources", url.Values{"title": {"Minutes"}, "body": {"one\ntwo\nthree"}}); got.status != http.StatusSeeOther {
		t.Fatalf("status %d", got.status)
	}
	here := "/processes/safe_ways/resources/" + string(s.resourceNamed("Minutes").ID)
	form := url.Values{"name": {"Minutes"}, "kind": {"document"}, "language": {"en"}, "revision": {"1"}}
	with := func(body, revision, change string) url.Values {
		f := url.Values{}
		for k, v := range form {
			f[k] = v
		}
		f.Set("body", body)
		f.Set("revision", revision)
		f.Set("change", change)
		return f
	}
	if got := r.post(here+"/edit", with("one\n2\nthree", "1", "Digits")); got.status != http.StatusSeeOther || got.location != here {
		t.Fatalf("status %d\n%s", got.status, problems(got.body))
	}
	got := r.post(here+"/edit", with("one\ntwo\nthree & four", "1", "More"))
	if got.status != http.StatusConflict {
		t.Fatalf("status %d", got.status)
	}
	for _, part := range []string{"three &amp; four", "one\n2\nthree", `name="revision" value="2"`, "<del>2</del>", "<ins>two</ins>", `value="More"`, "official"} {
		if !strings.Contains(got.body, part) {
			t.Errorf("the page of both lacks %q", part)
		}
	}
	got.check(t, "the page of both")
	if got := r.post(here+"/edit", with("one\n2\nthree & four", "2", "Both")); got.status != http.StatusSeeOther {
		t.Fatalf("status %d", got.status)
	}
	if body := r.get(here).body; !strings.Contains(body, "three &amp; four") || !strings.Contains(body, "version 3") {
		t.Error("the page does not show the newest version")
	}
	versions := r.get(here + "/versions")
	versions.check(t, "versions")
	if !strings.Contains(versions.body, "Digits") || !strings.Contains(versions.body, here+"/versions/2/restore") {
		t.Error("the versions are not all there")
	}
	compared := r.get(here + "/compare?old=3&new=1")
	compared.check(t, "comparison")
	for _, part := range []string{"<del>two</del>", "<ins>2</ins>", "<ins>three &amp; four</ins>", `<td >one</td>`} {
		if !regexp.MustCompile(strings.ReplaceAll(regexp.QuoteMeta(part), `<td >`, `<td ?[^>]*>`)).MatchString(compared.body) {
			t.Errorf("the comparison lacks %q", part)
		}
	}
	if got := r.get(here + "/versions/1"); got.status != http.StatusOK || !strings.Contains(got.body, "two") || !strings.Contains(got.body, here+"/compare?old=1") {
		t.Errorf("version 1: %d", got.status)
	}
	for query, part := range map[string]string{"new=2": "<del>two</del>", "old=1": "<ins>three &amp; four</ins>", "old=2": "<del>three</del>"} { // with the one before, and the present one
		if got := r.get(here + "/compare?" + query); got.status != http.StatusOK || !strings.Contains(got.body, part) || !strings.Contains(versions.body, here+"/compare?"+query) {
			t.Errorf("compared by %s: %d, without %s", query, got.status, part)
		}
	}
	for _, query := range []string{"new=1", "new=x", "old=0", "old=9", "old=-2&new=1"} {
		if got := r.get(here + "/compare?" + query); got.status != http.StatusNotFound {
			t.Errorf("compared by %s: %d", query, got.status)
		}
	}
	if got := r.post(here+"/versions/1/restore", url.Values{"revision": {"2"}}); got.status != http.StatusConflict {
		t.Errorf("restored over what was not seen: %d", got.status)
	}
	if got := r.post(here+"/versions/1/restore", url.Values{"revision": {"3"}}); got.status != http.StatusSeeOther {
		t.Errorf("restore: %d", got.status)
	}
	if r := s.resourceNamed("Minutes"); r.Version != 4 {
		t.Errorf("version %d", r.Version)
	}

	// Who writes while it is removed keeps what was typed.
	if got := r.post(here+"/remove", nil); got.status != http.StatusSeeOther {
		t.Fatalf("status %d", got.status)
	}
	if got := r.post(here+"/edit", with("what I typed", "4", "")); got.status != http.StatusGone || !strings.Contains(got.body, "what I typed") {
		t.Errorf("status %d", got.status)
	}
	if body := r.get("/processes/safe_ways/resources?removed=yes").body; !strings.Contains(body, here+"/recover") {
		t.Error("the removed ones do not offer to bring it back")
	}
	if got := r.post(here+"/recover", nil); got.status != http.StatusSeeOther || r.get(here).status != http.StatusOK {
		t.Errorf("status %d", got.status)
	}
}

// TestResourcePages: the list narrows, a file gets another version, and the
// archive is a whole ZIP file of what its reader may see.
func TestResourcePages(t *testing.T) {
	s := newSite(t)
	r, at := s.as("official"), "/processes/safe_ways/guide/"+string(s.task.ID)
	r.post(at+"/resources", url.Values{"interlinker": {"service-aim-canvas"}})
	r.post(at+"/resources", url.Values{"title": {"A map"}, "address": {"https://map.example/"}, "public": {"yes"}})
	r.send(at+"/files", nil, sent{"notes.txt", "first"})
	file := s.resourceNamed("notes.txt")
	here := "/processes/safe_ways/resources/" + string(file.ID)
	if got := r.send(here+"/file", map[string]string{"change": "Second thoughts"}, sent{"notes 2.txt", "second"}); got.status != http.StatusSeeOther {
		t.Fatalf("status %d\n%s", got.status, problems(got.body))
	}
	if got := r.send(here+"/file", map[string]string{"change": "kept"}, sent{"a", "a"}, sent{"b", "b"}); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `value="kept"`) {
		t.Errorf("two files for one: %d", got.status)
	}
	if body := r.get(here + "/versions").body; !strings.Contains(body, "Second thoughts") || !strings.Contains(body, "notes.txt") || r.get(here+"/file?version=1").body != "first" {
		t.Error("the old file is not among the versions")
	}
	list := "/processes/safe_ways/resources"
	for query, want := range map[string][2]string{
		"?kind=file": {"notes.txt", "A map"}, "?kind=link": {"A map", "notes.txt"}, "?item=" + string(s.task.ID): {"A map", "nothing like it"},
		"?by=" + string(s.official.Actor): {"A map", "nothing like it"}, "?kind=odd&item=odd&by=odd": {"No resource fits", "A map"},
	} {
		body := r.get(list + query).body
		if !strings.Contains(body, want[0]) || strings.Contains(body, want[1]) {
			t.Errorf("%s lacks %q or has %q", query, want[0], want[1])
		}
	}
	canvas := s.resourceNamed("Service aim canvas")
	if body := r.get(list + "/" + string(canvas.ID)).body; !strings.Contains(body, "/interlinkers/service-aim-canvas") || !strings.Contains(body, "version 1") {
		t.Error("the page does not tell what made it")
	}
	for who, reader := range map[string]*reader{"official": r, "stranger": s.anonymous()} {
		got := reader.get("/processes/safe_ways/archive.zip")
		if got.status != http.StatusOK || got.header.Get("Content-Type") != "application/zip" || !strings.Contains(got.header.Get("Content-Disposition"), "safe_ways.zip") {
			t.Fatalf("%s: %d %v", who, got.status, got.header)
		}
		z, err := zip.NewReader(strings.NewReader(got.body), int64(len(got.body)))
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, f := range z.File {
			names = append(names, f.Name)
		}
		if all := strings.Join(names, "\n"); strings.Contains(all, "notes 2.txt") != (who == "official") || !strings.Contains(all, "manifest.json") || !strings.Contains(all, "links.md") {
			t.Errorf("%s gets %s", who, all)
		}
	}
	if got := r.get("/processes/safe_ways/archive.zip?item=" + string(s.task.ID)); got.status != http.StatusOK {
		t.Errorf("a branch: %d", got.status)
	}
	if got := r.get("/processes/safe_ways/archive.zip?item=odd"); got.status != http.StatusNotFound {
		t.Errorf("no branch: %d", got.status)
	}
}

// TestResourcesTravel: what is public goes into the story, and along with a clone,
// files with it, if its licence lets others use it; else the story leads to it and
// says whose it is. Nothing else does.
func TestResourcesTravel(t *testing.T) {
	s := newSite(t)
	r, at := s.as("official"), "/processes/safe_ways/guide/"+string(s.task.ID)
	for _, f := range []struct{ name, licence, public string }{{"shared.txt", "CC-BY-4.0", "yes"}, {"shown.txt", "", "yes"}, {"inside.txt", "CC-BY-4.0", ""}} {
		fields := map[string]string{"fileLicence": f.licence, "filePublic": f.public}
		if got := r.send(at+"/files", fields, sent{f.name, "bytes of " + f.name}); got.status != http.StatusSeeOther {
			t.Fatalf("%s: status %d", f.name, got.status)
		}
	}
	telling := url.Values{"title": {"Ways told"}, "summary": {"How."}, "lang": {"en"}, "step": {"publish"}}
	if got := r.fill("/processes/safe_ways/publish", "/processes/safe_ways/publish", telling); got.status != http.StatusSeeOther {
		t.Fatalf("publish: status %d\n%s", got.status, problems(got.body))
	}
	story := s.anonymous().get("/stories/ways-told").body
	file := regexp.MustCompile(`/stories/ways-told/files/[0-9a-f]{64}`).FindAllString(story, -1)
	if !strings.Contains(story, "shared.txt") || !strings.Contains(story, "shown.txt") || strings.Contains(story, "inside.txt") || len(file) != 1 || !strings.Contains(story, string(s.process.IRI)+"/resources/"+string(s.resourceNamed("shown.txt").ID)) || !strings.Contains(story, "© City lab") {
		t.Fatalf("the story shows %v", file)
	}
	// The story keeps its files, whatever becomes of the process.
	shared := s.resourceNamed("shared.txt")
	if err := s.Coproduction.RemoveResource(t.Context(), s.official, "safe_ways", shared.ID); err != nil {
		t.Fatal(err)
	}
	if got := s.anonymous().get(file[0]); got.body != "bytes of shared.txt" || !strings.HasPrefix(got.header.Get("Content-Disposition"), "attachment") {
		t.Errorf("%d %q", got.status, got.body)
	}
	inside := s.resourceNamed("inside.txt").File.Hash
	for _, path := range []string{"/stories/ways-told/files/" + inside, "/stories/ways-told/files/x", "/stories/none/files/" + inside} {
		if got := s.anonymous().get(path); got.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, got.status)
		}
	}
	if err := s.Coproduction.RestoreResource(t.Context(), s.official, "safe_ways", shared.ID); err != nil {
		t.Fatal(err)
	}
	for name, address := range map[string]string{"clone_of_process": string(s.process.IRI), "clone_of_story": s.URL + "/stories/ways-told"} {
		preview := r.get("/clone?address=" + url.QueryEscape(address))
		if !strings.Contains(preview.body, "1 public resource with a licence") {
			t.Errorf("%s: the preview does not tell what goes along", name)
		}
		made := r.fill("/clone?address="+url.QueryEscape(address), "/clone", url.Values{"title": {"Again"}, "lang": {"en"}, "name": {name}, "visibility": {"public"}})
		if made.status != http.StatusSeeOther {
			t.Fatalf("%s: status %d\n%s", name, made.status, problems(made.body))
		}
		list, err := s.Coproduction.Resources(t.Context(), s.official, name, coproduction.ResourceFilter{}, domain.Page{})
		if err != nil || list.Total != 1 {
			t.Fatalf("%s has %d resources (%v)", name, list.Total, err)
		}
		copied := list.Items[0]
		if copied.Name != "shared.txt" || copied.Public || copied.Licence != "CC-BY-4.0" || copied.Source == "" || copied.CreatedBy != s.official.Actor || copied.File.Hash != shared.File.Hash {
			t.Errorf("%s: %+v", name, copied)
		}
		if got := r.get("/processes/" + name + "/resources/" + string(copied.ID) + "/file"); got.body != "bytes of shared.txt" {
			t.Errorf("%s: %q", name, got.body)
		}
		if got := s.anonymous().get("/processes/" + name + "/resources/" + string(copied.ID)); got.status != http.StatusNotFound {
			t.Errorf("%s: a stranger reads it: %d", name, got.status)
		}
	}
}
