package web

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"interlink/domain"
)

// calendar writes days as an iCalendar object (RFC 5545), to be subscribed to.
type calendar struct {
	Name    string
	Product string
	Updated time.Time // of all days
	Days    []calendarDay
}

// calendarDay is something that takes whole days.
type calendarDay struct {
	UID         string // globally unique, never another one for the same thing
	Sequence    int64  // grows with its changes
	Summary     string
	Description string
	URL         domain.IRI
	Starts      time.Time // first day
	Ends        time.Time // last day
}

// bytes returns the object. Lines end with CRLF and are at most 75 bytes long
// (RFC 5545 §3.1).
func (c calendar) bytes() []byte {
	var b strings.Builder
	line := func(name, value string) { fold(&b, name+":"+value) }
	line("BEGIN", "VCALENDAR")
	line("VERSION", "2.0")
	line("PRODID", "-//interlink//"+escapeText(c.Product)+"//EN")
	line("CALSCALE", "GREGORIAN")
	line("METHOD", "PUBLISH")
	line("NAME", escapeText(c.Name)) // RFC 7986 §5.1
	line("X-WR-CALNAME", escapeText(c.Name))
	line("REFRESH-INTERVAL;VALUE=DURATION", "PT6H") // RFC 7986 §5.7
	line("X-PUBLISHED-TTL", "PT6H")
	for _, d := range c.Days {
		line("BEGIN", "VEVENT")
		line("UID", escapeText(d.UID))
		line("DTSTAMP", c.Updated.UTC().Format(stampForm))
		line("LAST-MODIFIED", c.Updated.UTC().Format(stampForm))
		line("SEQUENCE", strconv.FormatInt(d.Sequence, 10))
		line("DTSTART;VALUE=DATE", d.Starts.UTC().Format(dayForm))
		line("DTEND;VALUE=DATE", d.Ends.UTC().AddDate(0, 0, 1).Format(dayForm)) // the day after (RFC 5545 §3.6.1)
		line("SUMMARY", escapeText(d.Summary))
		if d.Description != "" {
			line("DESCRIPTION", escapeText(d.Description))
		}
		line("URL", string(d.URL))
		line("TRANSP", "TRANSPARENT") // people are not busy all day
		line("END", "VEVENT")
	}
	line("END", "VCALENDAR")
	return []byte(b.String())
}

// The forms of days and times (RFC 5545 §3.3.4, §3.3.5).
const (
	dayForm   = "20060102"
	stampForm = "20060102T150405Z"
)

// escapeText writes a text as a value (RFC 5545 §3.3.11), without control
// characters other than the ends of lines.
func escapeText(s string) string {
	var b strings.Builder
	for _, r := range strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n") {
		switch {
		case r == '\\' || r == ';' || r == ',':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteByte(' ')
		case r < ' ' || r == 0x7f:
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// longestLine is in bytes, without the end of the line.
const longestLine = 75

// fold writes a line, in pieces if it is long; no letter is cut in two.
func fold(b *strings.Builder, line string) {
	for room := longestLine; len(line) > room; room = longestLine - 1 {
		at := room
		for !utf8.RuneStart(line[at]) {
			at--
		}
		b.WriteString(line[:at] + "\r\n ")
		line = line[at:]
	}
	b.WriteString(line + "\r\n")
}
