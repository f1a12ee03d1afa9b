// Package view makes the pages of the portal: typed structs in, HTML out.
//
// A handler fills a page struct (plain strings, times, numbers and
// [domain.Text]; no services, no entities) and gives it to [Renderer.Render].
// The struct's comment says at which address the page stands and which forms
// it has, with their fields. Templates do not decide who may do what: a field
// named May… is false, or an address is "", where something is not offered.
//
// Everything works without JavaScript, and under [ContentSecurityPolicy].
package view

import (
	"html/template"
	"time"

	"interlink/domain"
	"interlink/web/locale"
)

// ContentSecurityPolicy fits all pages: no inline script or style, nothing
// from elsewhere. Pictures of other servers come by way of this node; data: is
// for one that was chosen and is not sent yet (focus.js).
const ContentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
	"font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self' https: http:; base-uri 'none'; frame-ancestors 'none'"

// ThemeCookie is the name of the preference cookie that holds a [Theme].
const ThemeCookie = "interlink_theme"

// Theme is a colour scheme. The zero Theme follows the reader's system.
type Theme string

// The themes.
const (
	System Theme = ""
	Light  Theme = "light"
	Dark   Theme = "dark"
)

// ParseTheme reads a theme; anything unknown is [System].
func ParseTheme(s string) Theme {
	if t := Theme(s); t == Light || t == Dark {
		return t
	}
	return System
}

// Page is a page of this package. All embed [Frame].
type Page interface {
	frame() Frame
	head(p *locale.Printer) head
}

// head is what a page says of itself.
type head struct {
	template    string // name of the template of its main part
	title       string // without the site's name; "" on the home page
	description string // one or two sentences for search engines and previews
	nav         string // key of the entry of the navigation it belongs to
	image       string // address of a preview picture, may be ""
	creator     string // handle of the author (Mastodon's fediverse:creator), may be ""
	wide        bool   // uses the width of a desk
	noindex     bool   // not for search engines
}

// Frame is what all pages have: who reads, how, and where.
type Frame struct {
	Lang       domain.Lang    // of the reader; of the catalog's languages
	Theme      Theme          // from [ThemeCookie]
	Zone       *time.Location // of the reader; nil for the node's
	Path       string         // path and query of this request: "/catalogue?q=parking"
	Canonical  string         // absolute address without preferences; "" for the path of this request
	Activity   string         // absolute address of the same thing in ActivityPub; "" if it has none
	Viewer     *Viewer        // nil if nobody is signed in
	Guest      string         // handle of who is here with an account of another server; "" if nobody is
	Notices    []Notice       // what just happened, above the page
	Saving     *Saving        // of the search of this page; nil if it cannot be saved
	HoldsTyped bool           // the page alone has what somebody typed: no other language or colours are offered, which would open it without
}

func (f Frame) frame() Frame { return f }

// Viewer is the person who is signed in.
type Viewer struct {
	Name    string // as shown
	Handle  string // "@ana@zaragoza.example"
	Href    string // profile
	Picture string // where this node shows it; "" for the first letter of the name
	Admin   bool   // sees the administration of the node
	Bell    Bell   // what waits in the notifications
}

// Notice is a short message above a page, such as after a redirect.
type Notice struct {
	Kind NoticeKind
	Sentence
	Href string   // where to go next; "" for none
	Link Sentence // words of the link
}

// NoticeKind says how a notice looks.
type NoticeKind string

// The kinds of notices.
const (
	Success NoticeKind = "success"
	Info    NoticeKind = "info"
	Warning NoticeKind = "warning"
	Failure NoticeKind = "failure"
)

// Sentence is a sentence of the translations with its arguments: numbers,
// strings, times, languages, [domain.Text], [Link]s (shown as links).
type Sentence struct {
	Key  string
	Args []any
}

// Say makes a sentence.
func Say(key string, args ...any) Sentence { return Sentence{Key: key, Args: args} }

// Link leads to another page.
type Link struct {
	Href string
	Text domain.Text
}

// Rich is text with markup that domain/markup has made safe.
type Rich struct {
	HTML template.HTML
	Lang domain.Lang // "" for the page's own
}

// Plain makes a text of one language, such as a title somebody typed.
func Plain(lang domain.Lang, s string) domain.Text {
	if s == "" {
		return nil
	}
	if lang == "" {
		lang = domain.Undetermined
	}
	return domain.Text{lang: s}
}
