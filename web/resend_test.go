package web_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"interlink/domain"
	"interlink/storage/storagetest"
)

// TestResend: a form that is sent while the database is silent is answered with a
// page that sends the same again, whatever it is and however it was sent; passwords
// and files are asked for again; what a page elsewhere sends is not kept. Once the
// database speaks, it has its effect.
func TestResend(t *testing.T) {
	t.Parallel()
	dsn, wire := storagetest.Through(t, storagetest.Postgres(t))
	s := newSiteOn(t, dsn)
	t.Cleanup(wire.Speak)
	r := s.as("official")
	wire.Hush()

	const action = "/communities/mobility/posts?as=member"
	typed := url.Values{"content": {"More \"benches\"\n\n<b>and</b> trees"}, "tags": {"a", "b"}}
	kept := r.lost(action, r.form(action, typed))
	if !reflect.DeepEqual(kept, typed) {
		t.Errorf("kept is %q, typed was %q", kept, typed)
	}
	for _, to := range []string{action, "/processes/safe_ways/guide/" + string(s.task.ID) + "/files"} {
		kept := r.lost(to, r.parts(to, typed, "image", "bench.png"))
		if !reflect.DeepEqual(without(kept, "image"), typed) {
			t.Errorf("of a form with files is kept %q", kept)
		}
	}
	if kept := r.lost("/posts/1/like", r.form("/posts/1/like", nil)); len(kept) != 0 {
		t.Errorf("of a button is kept %q", kept)
	}
	secret := url.Values{"current": {password}, "password": {"another pass phrase"}}
	if kept := r.lost("/me/password", r.form("/me/password", secret)); kept.Get("current")+kept.Get("password") != "" || len(kept) != 2 {
		t.Errorf("of passwords is kept %q", kept)
	}

	for _, site := range []string{"cross-site", "same-site"} {
		foreign := r.form(action, url.Values{"content": {"Vote for me"}})
		foreign.Header.Set("Sec-Fetch-Site", site)
		if got := r.do(foreign); got.status != http.StatusForbidden || strings.Contains(got.body, "Vote for me") {
			t.Errorf("what a page elsewhere (%s) sends: status %d, kept is %t", site, got.status, strings.Contains(got.body, "Vote for me"))
		}
	}

	wire.Speak()
	for began := time.Now(); r.get("/communities/mobility").status != http.StatusOK; { // what is under way may fail yet
		if time.Since(began) > time.Minute {
			t.Fatal("it does not answer again")
		}
	}
	if got := r.post(action, kept); got.status != http.StatusSeeOther {
		t.Errorf("sent again: status %d", got.status)
	}
	if n := strings.Count(r.get("/communities/mobility").body, "More &#34;benches&#34;"); n == 0 {
		t.Error("it is not there")
	}
}

// TestResendTooMany: the same of who is too fast, which is none of the database.
func TestResendTooMany(t *testing.T) {
	t.Parallel()
	r := newSite(t).anonymous()
	for range 100 {
		got := r.post("/sign-in", url.Values{"login": {"official"}, "password": {"wrong"}})
		if got.status != http.StatusTooManyRequests {
			continue
		}
		if strings.Contains(got.body, "wrong") || !strings.Contains(got.body, `value="official"`) {
			t.Error("the page has the password, or not who signs in")
		}
		return
	}
	t.Error("nobody is too fast")
}

// TestSecretsAreAskedAgain: every field for a password is known as one.
func TestSecretsAreAskedAgain(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("resend.go")
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile(`field \S+ "(\w+)"[^)]*"type:password"`)
	files, err := filepath.Glob("view/templates/*/*.html")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range named.FindAllSubmatch(text, -1) {
			found++
			if !bytes.Contains(raw, append(append([]byte(`"`), m[1]...), `": "page.`...)) {
				t.Errorf("%s: the field %s is not among the secrets of resend.go", file, m[1])
			}
		}
	}
	if found < 5 {
		t.Errorf("%d fields for passwords", found)
	}
}

// lost sends a form that meets a silent database, and returns what the page that
// answers would send again.
func (r *reader) lost(action string, request *http.Request) url.Values {
	r.s.t.Helper()
	got := r.do(request)
	if got.status != domain.Unavailable.Status() || got.header.Get("Retry-After") == "" || !strings.Contains(got.header.Get("Cache-Control"), "no-store") {
		r.s.t.Fatalf("%s: status %d, %v", action, got.status, got.header)
	}
	root, err := html.Parse(strings.NewReader(got.body))
	if err != nil {
		r.s.t.Fatal(err)
	}
	values, _ := preset(root, action)
	if values == nil {
		r.s.t.Fatalf("%s: no form to send it again", action)
	}
	if upload := strings.Contains(got.body, `enctype="multipart/form-data"`); upload != strings.HasPrefix(request.Header.Get("Content-Type"), "multipart/") {
		r.s.t.Errorf("%s: with files is %v", action, upload)
	} else if upload && !strings.Contains(got.body, "bench.png") {
		r.s.t.Errorf("%s: the file is not named", action)
	}
	if strings.Contains(got.body, `action="/preferences"`) || strings.Contains(got.body, ` hreflang="lv">`) {
		r.s.t.Errorf("%s: the page offers another language or colours, for which it would be opened without what was typed", action)
	}
	return values
}

// parts is a form with a file, which comes before the other fields.
func (r *reader) parts(path string, form url.Values, field, file string) *http.Request {
	r.s.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	part, err := w.CreateFormFile(field, file)
	if err != nil {
		r.s.t.Fatal(err)
	}
	_, _ = part.Write(make([]byte, 1<<20))
	for name, values := range form {
		for _, v := range values {
			_ = w.WriteField(name, v)
		}
	}
	_ = w.Close()
	request := r.request(http.MethodPost, path, &body)
	request.Header.Set("Content-Type", w.FormDataContentType())
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	return request
}

func without(values url.Values, name string) url.Values {
	values.Del(name)
	return values
}
