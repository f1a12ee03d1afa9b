package view

import (
	"fmt"
	"html"
	"html/template"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"interlink/domain"
	"interlink/web/locale"
	"interlink/web/static"
)

// functions are what templates can call. They speak by p, which may change
// between two pages.
func (r *Renderer) functions(p *locale.Printer) template.FuncMap {
	w := writer{p}
	return template.FuncMap{
		"site":      func() Site { return r.site },
		"canonical": r.canonical,
		"languages": func(f Frame) []languageLink { return r.languages(f) },
		"themes":    func() []Theme { return []Theme{System, Light, Dark} },
		"static":    static.Path,

		"t":            p.T,
		"word":         p.Word,
		"has":          p.Has,
		"say":          w.sentence,
		"plainly":      func(s Sentence) string { return w.plain(s) },
		"problem":      w.problem,
		"failure":      p.FromError,
		"text":         w.text,
		"only":         func(t domain.Text) string { s, _ := t.In(p.Lang); return s },
		"langtag":      w.langtag,
		"rich":         w.rich,
		"language":     p.Language,
		"langattr":     w.langAttr,
		"when":         func(t time.Time) template.HTML { return w.time(t, p.When(t, r.now())) },
		"due":          func(t time.Time) template.HTML { return w.time(t, p.Due(t, r.now())) },
		"date":         func(t time.Time) template.HTML { return w.time(t, p.Date(t)) },
		"deadline":     func(t time.Time) template.HTML { return w.time(t, p.Deadline(t)) },
		"calendar":     w.calendar,
		"day":          func(t time.Time) template.HTML { return w.time(t, p.ShortDate(t, r.now())) },
		"stamp":        func(t time.Time) template.HTML { return w.time(t, p.DateTime(t)) },
		"number":       func(n int) string { return p.Number(int64(n)) },
		"decimal":      func(f float64) string { return p.Decimal(f, 1) },
		"bytes":        p.Bytes,
		"milliseconds": func(d time.Duration) string { return p.Decimal(d.Seconds(), 1) },

		"icon":    icon,
		"initial": initial,
		"snake":   locale.Snake,
		"plain":   Plain,
		"percent": percent,
		"link":    func(href string, t domain.Text) Link { return Link{Href: href, Text: t} },
		"key":     func(key string, args ...any) Sentence { return Say(key, args...) },
		"crumb": func(href, key string, args ...any) Link {
			return Link{Href: href, Text: domain.Text{p.Lang: p.T(key, args...)}}
		},
		"list":          func(links ...Link) []Link { return links },
		"args":          args,
		"field":         field,
		"reasoned":      reasoned,
		"form":          func() Form { return Form{} },
		"pictureFields": pictureFields,
		"touched":       func(f Form, names []string) bool { return f.Touched(names...) },
		"lang":          func(s string) domain.Lang { return domain.Lang(s) },
		"visibilities":  visibilities,
		"plus":          func(a, b int) int { return a + b },
		"host":          hostOf,
		"matched":       func(other string) map[string]string { return map[string]string{"other": other, "remove": "yes"} },
	}
}

// icon draws a symbol of icons.svg. It is decoration: words stand beside it.
func icon(name any) template.HTML {
	return template.HTML(`<svg class="icon" aria-hidden="true" focusable="false"><use href="` + static.Path("icons.svg") + "#" + //nolint:gosec // escaped
		html.EscapeString(locale.Snake(fmt.Sprint(name))) + `"/></svg>`)
}

// initial is the letter in place of a picture.
func initial(name string) string {
	for _, r := range name {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return string(unicode.ToUpper(r))
		}
	}
	return "·"
}

// percent is a part of a whole, 0 to 100; 0 of 0 is 0.
func percent(part, whole int) int {
	if whole <= 0 {
		return 0
	}
	return min(100, max(0, part*100/whole))
}

// visibilities are the choices of who may see a thing, public first.
func visibilities() []Option {
	return []Option{
		{Value: string(domain.VisiblePublic), Key: "visibility.public", Selected: true},
		{Value: string(domain.VisibleMembers), Key: "visibility.members"},
	}
}

// hostOf returns the host of an address, or the address if it has none.
func hostOf(address string) string {
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		return u.Host
	}
	return address
}

// args gathers what a part of a page gets: pairs of names and values.
func args(pairs ...any) map[string]any {
	m := make(map[string]any, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		m[pairs[i].(string)] = pairs[i+1]
	}
	return m
}

// languageLink leads to the same page in another language.
type languageLink struct {
	Lang    domain.Lang
	Name    string // in the language itself
	Href    string
	Current bool
}

func (r *Renderer) languages(f Frame) []languageLink {
	path, query, _ := strings.Cut(f.Path, "?")
	values, err := url.ParseQuery(query)
	if err != nil {
		values = url.Values{}
	}
	var links []languageLink
	for _, lang := range r.catalog.Langs() {
		values.Set("lang", string(lang))
		name := locale.NameOf(lang)
		first, size := utf8.DecodeRuneInString(name)
		links = append(links, languageLink{lang, string(unicode.ToUpper(first)) + name[size:], path + "?" + values.Encode(), lang == f.Lang})
	}
	return links
}

// writer turns content into HTML for one reader.
type writer struct{ p *locale.Printer }

// langAttr returns ` lang="es"` (with ` dir="rtl"` where needed) for a language
// that is not the page's.
func (w writer) langAttr(lang domain.Lang) template.HTMLAttr {
	if lang == "" || lang == w.p.Lang {
		return ""
	}
	out := `lang="` + html.EscapeString(string(lang)) + `"`
	if lang == domain.Undetermined {
		out = `lang=""` // unknown, and so not the page's
	}
	if locale.RightToLeft(lang) {
		out += ` dir="rtl"`
	}
	return template.HTMLAttr(out) //nolint:gosec // escaped
}

// text writes a text in the reader's language or the best there is, marked
// for screen readers if it is in another one. [writer.langtag] marks it for
// the eye.
func (w writer) text(t domain.Text) template.HTML {
	s, lang := t.In(w.p.Lang)
	out := html.EscapeString(s)
	if attr := w.langAttr(lang); attr != "" && s != "" {
		out = "<span " + string(attr) + ">" + out + "</span>"
	}
	return template.HTML(out) //nolint:gosec // escaped
}

// langtag is the small visible mark of another language.
func (w writer) langtag(v any) template.HTML {
	var lang domain.Lang
	switch v := v.(type) {
	case domain.Text:
		_, lang = v.In(w.p.Lang)
	case Rich:
		lang = v.Lang
	case domain.Lang:
		lang = v
	}
	if lang == "" || lang == w.p.Lang || lang == domain.Undetermined {
		return ""
	}
	name := html.EscapeString(w.p.T("ui.in_language", lang))
	return template.HTML(` <span class="langtag" title="` + name + `"><span aria-hidden="true">` + //nolint:gosec // escaped
		html.EscapeString(strings.ToUpper(string(lang))) + `</span><span class="sr">` + name + `</span></span>`)
}

// rich writes prepared HTML in a block of its own language.
func (w writer) rich(r Rich) template.HTML {
	if r.HTML == "" {
		return ""
	}
	attr := string(w.langAttr(r.Lang))
	if attr != "" {
		attr = " " + attr
	}
	return template.HTML(`<div class="rich"`+attr+`>`) + r.HTML + "</div>" //nolint:gosec // escaped; HTML was made safe by domain/markup
}

func (w writer) time(t time.Time, words string) template.HTML {
	if t.IsZero() {
		return ""
	}
	return template.HTML(`<time datetime="` + t.UTC().Format(time.RFC3339) + `" title="` + //nolint:gosec // escaped
		html.EscapeString(w.p.DateTime(t)) + `">` + html.EscapeString(words) + `</time>`)
}

// calendar writes a day that is the same for readers in all zones.
func (w writer) calendar(t time.Time) template.HTML {
	if t.IsZero() {
		return ""
	}
	return template.HTML(`<time datetime="` + t.UTC().Format(time.DateOnly) + `">` + html.EscapeString(w.p.Day(t)) + `</time>`) //nolint:gosec // escaped
}

// sentence writes a translated sentence; links, actors and texts of other
// languages among its arguments become HTML. They stand as marks of private
// use in the sentence while it is escaped.
func (w writer) sentence(s Sentence) template.HTML {
	if s.Key == "" {
		return ""
	}
	filled := make([]any, len(s.Args))
	marked := make([]string, 0, 2*len(s.Args))
	for i, arg := range s.Args {
		var out template.HTML
		switch v := direct(arg).(type) {
		case Link:
			out = anchor(v.Href, w.text(v.Text))
		case Actor:
			out = anchor(v.Href, template.HTML(html.EscapeString(v.Called()))) //nolint:gosec // escaped
		case domain.Text:
			out = w.text(v)
		case Sentence:
			filled[i] = w.plain(v)
			continue
		default:
			filled[i] = arg
			continue
		}
		mark := "\ue000" + strconv.Itoa(i) + "\ue001"
		filled[i] = mark
		marked = append(marked, mark, string(out))
	}
	escaped := html.EscapeString(w.p.T(s.Key, filled...))
	return template.HTML(strings.NewReplacer(marked...).Replace(escaped)) //nolint:gosec // escaped
}

// direct follows the pointers that pages have for what may be missing.
func direct(arg any) any {
	switch v := arg.(type) {
	case *Link:
		return *v
	case *Actor:
		return *v
	}
	return arg
}

// plain writes a sentence without markup, for attributes.
func (w writer) plain(s Sentence) string {
	filled := make([]any, len(s.Args))
	for i, arg := range s.Args {
		switch v := direct(arg).(type) {
		case Link:
			filled[i] = v.Text
		case Actor:
			filled[i] = v.Called()
		case Sentence:
			filled[i] = w.plain(v)
		default:
			filled[i] = arg
		}
	}
	return w.p.T(s.Key, filled...)
}

// problem is the sentence of a form's problem.
func (w writer) problem(p Problem) template.HTML {
	if p.Key != "" {
		return w.sentence(p.Sentence)
	}
	return template.HTML(html.EscapeString(w.p.FromError(p.Err))) //nolint:gosec // escaped
}

// anchor is a link, or its words if it leads nowhere. Addresses are our own
// paths or of http and https.
func anchor(href string, words template.HTML) template.HTML {
	local := strings.HasPrefix(href, "/") && !strings.HasPrefix(href, "//")
	if !local && !strings.HasPrefix(href, "https://") && !strings.HasPrefix(href, "http://") {
		return words
	}
	return template.HTML(`<a href="`+html.EscapeString(href)+`">`) + words + "</a>" //nolint:gosec // escaped
}

// Called is what the actor is called: its name, or its handle.
func (a Actor) Called() string {
	if a.Name != "" {
		return a.Name
	}
	return a.Handle
}
