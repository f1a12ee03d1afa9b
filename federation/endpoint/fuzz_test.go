package endpoint

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"interlink/federation/activity"
)

// FuzzAsked: what a request asks for. A page is asked for by its cursor alone,
// whoever accepts HTML first gets it, and a tag is unchanged only where the
// request names it.
func FuzzAsked(f *testing.F) {
	for _, accept := range []string{
		"application/activity+json", `application/ld+json; profile="` + activity.Streams + `"`, "text/html, application/activity+json", "*/*", "",
		"text/html;q=0.5,application/activity+json;q=0.9", "application/ld+json;q=NaN", "application/activity+json;q=-1,,;", `application/ld+json; profile="`,
	} {
		f.Add(accept, `W/"0123456789abcdef01234567"`, "page=before-12")
	}
	f.Add("", "*", "page=first&page=last")
	f.Add("", `"x", "0123456789abcdef01234567"`, "page=%00")
	f.Fuzz(func(t *testing.T, accept, match, query string) {
		r := &http.Request{Method: http.MethodGet, URL: &url.URL{Path: "/", RawQuery: query}, Header: http.Header{"Accept": {accept}, "If-None-Match": {match}}}
		lower := strings.ToLower(accept)
		if Wanted(r) && !strings.Contains(lower, "application/activity+json") && !strings.Contains(lower, "application/ld+json") {
			t.Errorf("%q asks for ActivityPub", accept)
		}
		const tag = `"0123456789abcdef01234567"`
		if unchanged(r, tag) && !strings.Contains(match, tag) && !strings.Contains(match, "*") {
			t.Errorf("%q names %s", match, tag)
		}
		cursor, page, asked := pageOf(r)
		if asked != (cursor != "") || page.Limit != pageSize || len(page.After) > len(cursor) {
			t.Errorf("%q asks for %q: %+v", query, cursor, page)
		}
		if strings.HasPrefix(cursor, activity.PageBefore) != page.Back && cursor != activity.LastPage {
			t.Errorf("%q goes back: %t", cursor, page.Back)
		}
	})
}
