package remote_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/federation/remote"
)

const (
	wellKnown = "/.well-known/nodeinfo"
	schema    = "http://nodeinfo.diaspora.software/ns/schema/"
)

func links(pairs ...string) string {
	var all []string
	for i := 0; i < len(pairs); i += 2 {
		all = append(all, fmt.Sprintf(`{"rel":%q,"href":%q}`, pairs[i], pairs[i+1]))
	}
	return `{"links":[` + strings.Join(all, ",") + `]}`
}

func info(name, version string) string {
	return fmt.Sprintf(`{"version":"2.1","software":{"name":%q,"version":%q,"repository":"https://code.example"},"metadata":{}}`, name, version)
}

func TestSoftware(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		known func(p *peer) string
		one   string // the document of 2.1
		zero  string // that of 2.0
		want  network.Software
		code  domain.Code
	}{
		"the newest": {
			known: func(p *peer) string { return links(schema+"2.0", p.URL+"/2.0", schema+"2.1", p.URL+"/2.1") },
			one:   info("mastodon", "4.5.2"), zero: info("older", "1"), want: network.Software{Name: "mastodon", Version: "4.5.2"},
		},
		"the older alone":         {known: func(p *peer) string { return links(schema+"1.0", p.URL+"/1", schema+"2.0", p.URL+"/2.0") }, zero: info("Lemmy", "1.0"), want: network.Software{Name: "lemmy", Version: "1.0"}},
		"no version":              {known: func(p *peer) string { return links(schema+"2.1", p.URL+"/2.1") }, one: `{"software":{"name":"piefed"}}`, want: network.Software{Name: "piefed"}},
		"a version with lines":    {known: func(p *peer) string { return links(schema+"2.1", p.URL+"/2.1") }, one: info("x", " 1\n2\u202e "), want: network.Software{Name: "x", Version: "12"}},
		"a version without end":   {known: func(p *peer) string { return links(schema+"2.1", p.URL+"/2.1") }, one: info("x", strings.Repeat("é", 1000)), want: network.Software{Name: "x", Version: strings.Repeat("é", 32)}},
		"a name without end":      {known: func(p *peer) string { return links(schema+"2.1", p.URL+"/2.1") }, one: info(strings.Repeat("x", 65), "1"), code: domain.NotFound},
		"a name that is markup":   {known: func(p *peer) string { return links(schema+"2.1", p.URL+"/2.1") }, one: info("<b>", "1"), code: domain.NotFound},
		"no name":                 {known: func(p *peer) string { return links(schema+"2.1", p.URL+"/2.1") }, one: `{"software":"x"}`, code: domain.NotFound},
		"no JSON":                 {known: func(p *peer) string { return links(schema+"2.1", p.URL+"/2.1") }, one: `<html>`, code: domain.NotFound},
		"too much":                {known: func(p *peer) string { return links(schema+"2.1", p.URL+"/2.1") }, one: info("x", strings.Repeat("1", 1<<20)), code: domain.NotFound},
		"on another host":         {known: func(*peer) string { return links(schema+"2.1", "https://other.example/2.1") }, code: domain.NotFound},
		"nowhere":                 {known: func(*peer) string { return links() }, code: domain.NotFound},
		"a list that is none":     {known: func(*peer) string { return `[]` }, code: domain.NotFound},
		"a link that is a script": {known: func(*peer) string { return links(schema+"2.1", "javascript:x") }, code: domain.NotFound},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			p := newPeer(t)
			p.answer(wellKnown, "application/json", c.known(p))
			p.answer("/2.1", `application/json; profile="`+schema+`2.1#"`, c.one)
			p.answer("/2.0", `application/json; profile="`+schema+`2.0#"`, c.zero)
			got, err := loopback(t).Software(t.Context(), p.host())
			wantCode(t, what, err, c.code)
			if got != c.want {
				t.Errorf("%+v, want %+v", got, c.want)
			}
			if n := len(p.requests()); n > 2 {
				t.Errorf("%d requests", n)
			}
		})
	}
	p := newPeer(t)
	_, err := loopback(t).Software(t.Context(), p.host())
	wantCode(t, "none at all", err, domain.NotFound)
	_, err = newClient(t, remote.Options{}).Software(t.Context(), p.host())
	wantCode(t, "a private address", err, domain.Forbidden)
}

// FuzzNodeInfo: no document of a host makes more of its software than short
// words, nor another failure than those that are told.
func FuzzNodeInfo(f *testing.F) {
	var first, second []byte
	p := newPeer(f)
	serve := func(path string, body *[]byte) {
		p.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write(*body)
		})
	}
	serve(wellKnown, &first)
	serve("/", &second)
	client := newClient(f, remote.Options{AllowPrivate: true})
	for _, s := range []string{links(schema+"2.1", p.URL+"/2.1"), links(schema+"2.0", "https://[::1]/x"), `{"links":[null,{"href":1}]}`, "null", ""} {
		for _, d := range []string{info("mastodon", "4"), info("x", "\u202e\n"), `{"software":null}`, `{"SOFTWARE":{"NAME":"x"}}`, "[]", ""} {
			f.Add([]byte(s), []byte(d))
		}
	}
	f.Fuzz(func(t *testing.T, known, document []byte) {
		first, second = known, document
		got, err := client.Software(t.Context(), p.host())
		switch domain.CodeOf(err) {
		case domain.OK:
			if got.Name == "" || len(got.Name) > 64 || len(got.Version) > 64 || !utf8.ValidString(got.Name+got.Version) || strings.ContainsAny(got.Version, "\x00\n") {
				t.Errorf("%+q", got)
			}
		case domain.NotFound, domain.Unavailable:
		default:
			t.Errorf("%v", err)
		}
	})
}
