package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"interlink/web"
)

// form is one that posts, as a page has it.
type form struct {
	page, action string
	values       url.Values
	lines        []line // what can be typed
}

// line is a field in which words are typed.
type line struct {
	name     string
	required bool
	max      string
}

// forms are those of a page in which something can be typed.
func (r *reader) forms(path string) []form {
	r.s.t.Helper()
	got := r.get(path)
	if got.status != http.StatusOK {
		return nil
	}
	root, err := html.Parse(strings.NewReader(got.body))
	if err != nil {
		r.s.t.Fatal(err)
	}
	var all []form
	for n := range root.Descendants() {
		if n.Type != html.ElementNode || n.Data != "form" || attribute(n, "method") != "post" || strings.HasPrefix(attribute(n, "enctype"), "multipart") {
			continue
		}
		f := form{page: path, action: attribute(n, "action"), values: url.Values{}}
		collect(n, f.values, map[string]bool{})
		for c := range n.Descendants() {
			kind := attribute(c, "type")
			typed := c.Data == "textarea" || c.Data == "input" && kind != "hidden" && kind != "checkbox" && kind != "radio"
			if c.Type == html.ElementNode && typed {
				f.lines = append(f.lines, line{attribute(c, "name"), has(c, "required"), attribute(c, "maxlength")})
			}
		}
		if len(f.lines) > 0 {
			all = append(all, f)
		}
	}
	return all
}

// TestEveryForm sends every form empty, and with far too much in every field:
// it is refused with a message at the field, and what was typed is kept.
func TestEveryForm(t *testing.T) {
	s := newSite(t)
	seen := map[string]bool{}
	aside := map[string]bool{
		"/sign-in":    true, // does not tell which of name and password is wrong
		"/reset/none": true, // leads nowhere
		"/notices":    true, // has a field that people leave empty: see TestNoticeIsBounded
	}
	for who, r := range map[string]*reader{"stranger": s.anonymous(), "official": s.as("official")} {
		for _, path := range append(web.Pages(), "/clone?address="+url.QueryEscape(string(s.process.IRI))) {
			path = s.filled(path)
			for _, f := range r.forms(path) {
				if seen[f.action+f.lines[0].name] || aside[f.action] {
					continue
				}
				seen[f.action+f.lines[0].name] = true
				r.sendMuch(t, who, f)
				r.sendEmpty(t, who, f)
			}
		}
	}
	if len(seen) < 25 {
		t.Errorf("only %d forms were found", len(seen))
	}
}

func (r *reader) sendEmpty(t *testing.T, who string, f form) {
	t.Helper()
	values := clone(f.values)
	var required []string
	for _, l := range f.lines {
		values.Set(l.name, "")
		if l.required && l.name != "password" { // nothing is said of a new one before the present one is right
			required = append(required, l.name)
		}
	}
	if len(required) == 0 {
		return
	}
	got := r.post(f.action, values)
	if got.status == http.StatusSeeOther && f.values.Has("revision") && f.values.Has("lang") {
		return // the words of one language are taken away, others stay
	}
	if got.status < 400 || got.status >= 500 {
		t.Errorf("%s: POST %s, empty: status %d", who, f.action, got.status)
		return
	}
	for _, name := range required {
		if !strings.Contains(problems(got.body), `href="#f-`+name) {
			t.Errorf("%s: POST %s, empty: nothing is said of %q: %s", who, f.action, name, problems(got.body))
		}
	}
}

func (r *reader) sendMuch(t *testing.T, who string, f form) {
	t.Helper()
	const much = "Much too much for it "
	values := clone(f.values)
	for _, l := range f.lines {
		values.Set(l.name, strings.Repeat(much, 4000)) // 84 kB
	}
	if got := r.post(f.action, values); got.status < 400 || got.status >= 500 {
		t.Errorf("%s: POST %s, too much: status %d", who, f.action, got.status)
	} else if !strings.Contains(problems(got.body), `href="#f-`) {
		t.Errorf("%s: POST %s, too much: status %d, nothing is said of a field", who, f.action, got.status)
	} else if f.lines[0].name != "current" && !strings.Contains(got.body, much+much) { // passwords are not sent back
		t.Errorf("%s: POST %s, too much: what was typed is lost", who, f.action)
	}
}

func clone(values url.Values) url.Values {
	out := url.Values{}
	for name, list := range values {
		out[name] = append([]string(nil), list...)
	}
	return out
}
