package web_test

import (
	"bytes"
	"image"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"interlink/web"
)

// served has the node answer a request of a signed-in reader, without a
// network between them, and checks what every answer has: no fault of ours,
// and of pages nothing that runs.
func (r *reader) served(t *testing.T, request *http.Request) {
	t.Helper()
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	address, err := url.Parse(r.s.URL)
	if err != nil {
		t.Fatal(err)
	}
	for _, cookie := range r.Jar.Cookies(address) {
		request.AddCookie(cookie)
	}
	answer := httptest.NewRecorder()
	r.s.ServeHTTP(answer, request)
	if answer.Code >= http.StatusInternalServerError && answer.Code != http.StatusServiceUnavailable {
		t.Errorf("%s %s: status %d", request.Method, request.URL, answer.Code)
	}
	if to := answer.Header().Get("Location"); answer.Code == http.StatusSeeOther && !strings.HasPrefix(to, "/") {
		t.Errorf("%s %s leads to %q", request.Method, request.URL, to)
	}
	if strings.HasPrefix(answer.Header().Get("Content-Type"), "text/html") {
		inert(t, answer.Body)
	}
}

// inert checks that a page has no script of its own and no link that runs.
func inert(t *testing.T, page io.Reader) {
	t.Helper()
	root, err := html.Parse(page)
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if n.Data == "script" && n.FirstChild != nil || n.Data == "iframe" || n.Data == "style" {
			t.Errorf("the page has a <%s>", n.Data)
		}
		for _, a := range n.Attr {
			value := strings.ToLower(strings.TrimSpace(a.Val))
			if strings.HasPrefix(a.Key, "on") || a.Key == "style" || strings.HasPrefix(value, "javascript:") && (a.Key == "href" || a.Key == "action" || a.Key == "src") {
				t.Errorf("<%s %s=%q>", n.Data, a.Key, a.Val)
			}
		}
	}
}

// elsewhere are the forms that ask other servers, or end what the target
// works with.
var elsewhere = []string{"/sign-out", "/sign-in", "/sign-up", "/reset", "/lookup", "/follow", "/clone", "/catalogues", "/members", "/people", "/delete", "/erase", "/me", "/sessions", "/rules"}

// FuzzForm: whatever is sent to a form, with files or without, the answer is a
// page or leads to one.
func FuzzForm(f *testing.F) {
	s := newSite(f)
	var forms []string
	for _, path := range web.Forms() {
		if !slices.ContainsFunc(elsewhere, func(end string) bool { return strings.Contains(path, end) }) {
			forms = append(forms, s.filled(path))
		}
	}
	forms = append(forms, "/admin/rules/import")
	const plain, parts = "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"
	typed := url.Values{
		"title": {"Title"}, "name": {"new_name"}, "content": {"**Words** <script>alert(1)</script> @official #tag"}, "lang": {"en"}, "revision": {"1"}, "status": {"finished"},
		"kind": {"citizen"}, "visibility": {"public"}, "keep": {"x", "y"}, "address": {"javascript:alert(1)"}, "place": {"-1"}, "summary": {"S"}, "dry": {"yes"}, "list": {"#domain\na.example"},
	}.Encode()
	var square bytes.Buffer
	if err := png.Encode(&square, image.NewNRGBA(image.Rect(0, 0, 2, 2))); err != nil {
		f.Fatal(err)
	}
	part := "--x\r\nContent-Disposition: form-data; name=\"alt\"\r\n\r\nA tree\r\n--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"../a.png\"\r\n\r\n" + square.String() + "\r\n--x--\r\n"
	for i := range forms {
		f.Add(i, plain, []byte(typed))
		f.Add(i, parts, []byte(part))
	}
	for _, kind := range []string{"", "multipart/form-data", "Multipart/Form-Data; boundary=\"\"", "multipart/mixed; boundary=x", "text/plain", plain + "; charset=\xff", parts + "; boundary=y"} {
		f.Add(0, kind, []byte(part))
	}
	f.Add(0, parts, []byte("--x\r\nContent-Disposition: form-data; name*=utf-8''%00\r\n\r\n\r\n--x"))
	f.Add(0, plain, []byte("title=%zz&lang=%00&revision=99999999999999999999;a=b&&=&title"))
	official := s.as("official")
	f.Fuzz(func(t *testing.T, number int, kind string, body []byte) {
		path := forms[(number%len(forms)+len(forms))%len(forms)]
		request := httptest.NewRequest(http.MethodPost, s.URL+path, bytes.NewReader(body))
		request.Header.Set("Content-Type", kind)
		official.served(t, request)
	})
}

// FuzzPage: whatever stands in an address and in what a reader accepts, the
// answer is no fault of ours: pages, the documents at the same addresses, and
// WebFinger.
func FuzzPage(f *testing.F) {
	s := newSite(f)
	pages := append(web.Pages(), "/.well-known/webfinger", "/.well-known/host-meta", "/nodeinfo/2.1", "/catalogue/entries", "/communities/{name}/outbox", "/communities/{name}/followers", "/processes/{name}/tree", "/files/{id}")
	pages = slices.DeleteFunc(pages, func(path string) bool { return path == "/lookup" || strings.Contains(path, "clone") })
	for i, path := range pages {
		pages[i] = s.filled(path)
		f.Add(i, "page=first&after=1&q=word", "text/html", "es-MX,es;q=0.9", "")
		f.Add(i, "page=before-9", "application/activity+json", "", "*")
	}
	finger := slices.Index(pages, "/.well-known/webfinger")
	for _, resource := range []string{"acct:official@" + strings.TrimPrefix(s.URL, "http://"), "acct:@official@elsewhere.example", s.URL + "/users/official", s.URL + "/@official", s.URL, "acct:", "%00", "acct:\xff@x"} {
		f.Add(finger, "resource="+url.QueryEscape(resource)+"&rel=self", "application/jrd+json", "", "")
	}
	f.Add(0, "lang=xx&q=%ff%00", "*/*;q=NaN", "\xff", `W/"`)
	official := s.as("official")
	f.Fuzz(func(t *testing.T, number int, query, accept, language, match string) {
		request := httptest.NewRequest(http.MethodGet, s.URL+pages[(number%len(pages)+len(pages))%len(pages)], nil)
		request.URL.RawQuery = query
		request.RequestURI = request.URL.RequestURI()
		request.Header.Set("Accept", accept)
		request.Header.Set("Accept-Language", language)
		request.Header.Set("If-None-Match", match)
		official.served(t, request)
	})
}
