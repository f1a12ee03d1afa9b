package web

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// read undoes what RFC 5545 §3.1 and §3.3.11 do to lines and texts, as the
// calendars of others do.
func read(t interface {
	Helper()
	Fatalf(string, ...any)
}, raw string,
) map[string][]string {
	t.Helper()
	if !strings.HasSuffix(raw, "\r\n") || strings.Contains(strings.ReplaceAll(raw, "\r\n", ""), "\n") || strings.Contains(strings.ReplaceAll(raw, "\r\n", ""), "\r") {
		t.Fatalf("lines do not end with CRLF: %q", raw)
	}
	for _, line := range strings.Split(raw, "\r\n") {
		if len(line) > 75 || !utf8.ValidString(line) {
			t.Fatalf("a line of %d bytes: %q", len(line), line)
		}
	}
	out := map[string][]string{}
	for _, line := range strings.Split(strings.TrimSuffix(strings.ReplaceAll(raw, "\r\n ", ""), "\r\n"), "\r\n") {
		name, value, found := strings.Cut(line, ":")
		if !found {
			t.Fatalf("no property: %q", line)
		}
		out[name] = append(out[name], strings.NewReplacer(`\\`, `\`, `\;`, ";", `\,`, ",", `\n`, "\n", `\N`, "\n").Replace(value))
	}
	return out
}

func TestCalendar(t *testing.T) {
	t.Parallel()
	on := time.Date(2026, 2, 28, 0, 0, 0, 0, time.UTC)
	c := calendar{
		Name: "Safe ways; to school, all", Product: "1.0", Updated: time.Date(2026, 1, 5, 12, 0, 0, 0, time.FixedZone("", 3600)),
		Days: []calendarDay{{UID: "1@city.example", Sequence: 3, Summary: `Agree, \ decide; "now"`, Description: "One\r\ntwo\n" + strings.Repeat("ā", 60), URL: "https://city.example/processes/x/guide/1", Starts: on, Ends: on}},
	}
	got := read(t, string(c.bytes()))
	for name, want := range map[string]string{
		"NAME": "Safe ways; to school, all", "SUMMARY": `Agree, \ decide; "now"`, "DESCRIPTION": "One\ntwo\n" + strings.Repeat("ā", 60),
		"DTSTAMP": "20260105T110000Z", "DTSTART;VALUE=DATE": "20260228", "DTEND;VALUE=DATE": "20260301", "SEQUENCE": "3",
	} {
		if v := got[name]; len(v) != 1 || v[0] != want {
			t.Errorf("%s: %q, want %q", name, v, want)
		}
	}
}

// Whatever people write, what others read is the same, but for characters
// that no calendar shows.
func TestCalendarTextsArriveAsWritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[a-zāé,;:\\"\n🚲 ]{0,200}`)
		c := calendar{Name: word.Draw(t, "name"), Days: []calendarDay{{UID: "1@x", Summary: word.Draw(t, "summary"), Description: "x" + word.Draw(t, "description"), URL: "https://x.example/"}}}
		got := read(t, string(c.bytes()))
		d := c.Days[0]
		if got["NAME"][0] != c.Name || got["SUMMARY"][0] != d.Summary || got["DESCRIPTION"][0] != d.Description {
			t.Fatalf("%q %q %q", got["NAME"], got["SUMMARY"], got["DESCRIPTION"])
		}
	})
	if got := escapeText("a\x00\x07b\tc\xff"); got != "ab c\uFFFD" {
		t.Errorf("control characters: %q", got)
	}
}
