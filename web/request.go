package web

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"interlink/domain"
	"interlink/domain/account"
	"interlink/domain/community"
	"interlink/domain/network"
	"interlink/domain/picture"
	"interlink/domain/policy"
	"interlink/web/view"
)

// request is one request with who sent it and how they read.
type request struct {
	*http.Request

	p       *Portal
	w       http.ResponseWriter
	account *account.Account // nil if nobody is signed in
	guest   *network.Actor   // who is here with an account of another server; nil if nobody is
	viewer  policy.Viewer
	lang    domain.Lang
	typed   url.Values // what was sent by POST; empty for a GET
	posted  url.Values // the same, untouched by handlers; nil if it was not read, or only by the handler
	streams bool       // what is sent is read by the handler, not before it
	notices []view.Notice
	met     map[domain.ActorID]*network.Actor // whom the page shows, read at once; nil for who is not to be seen
	above   map[domain.IRI]*community.Post    // what posts of the page answer, as far as it is read; nil may not be read
	chosen  map[domain.ID][]int               // what the reader chose in polls of the page, read at once
	likes   map[domain.ID]community.LikeState // what became of the reader's likes of posts of the page, read at once
	linked  map[domain.ID]bool                // of which posts it was looked up whom they name
	named   map[domain.IRI]*network.Actor     // who they are, by the addresses of links
	counted *view.Bell                        // see [request.bell]
}

// handler answers a request; an error becomes its page.
type handler func(q *request) error

// maxForm bounds what a form may send, in bytes: that of an Interlinker has
// several long texts, of which each letter may take nine bytes on the way.
const maxForm = 2 << 20

// maxUpload bounds what a form with files may send.
const maxUpload = view.ComposePictures*picture.MaxBytes + maxForm

// page makes an http.Handler of a handler.
func (p *Portal) page(fn handler) http.Handler { return p.handle(fn, false) }

// handle makes an http.Handler of a handler that streams what is sent, or not.
func (p *Portal) handle(fn handler, streams bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := &request{Request: r, p: p, w: w, lang: p.Language, streams: streams}
		err := q.read()
		switch {
		case err != nil:
		case q.owesTerms():
			err = q.toTerms()
		default:
			err = fn(q)
		}
		if err != nil {
			q.fail(err)
		} else if s, ok := w.(interface{ Share() }); ok && q.account == nil && q.guest == nil {
			s.Share()
		}
	})
}

// recognise finds out who reads, and in which language.
func (q *request) recognise() error {
	header := q.w.Header()
	header.Set("Vary", "Accept, Accept-Language, Cookie")
	header.Set("Cache-Control", "private, no-cache")
	err := q.enter()
	preferred := domain.Lang("")
	if q.account != nil {
		preferred = q.account.Language
	}
	q.lang = q.p.catalog.Negotiate(q.Request, preferred, q.p.Language)
	q.rememberLanguage()
	q.takeNotice()
	return err
}

// read finds out the same, and what was sent.
func (q *request) read() error {
	if err := q.recognise(); err != nil {
		return err
	}
	if !plain(q.URL.Path) || !plainValues(q.URL.Query()) {
		return domain.Fail(domain.Invalid, "error.text")
	}
	if q.Method != http.MethodPost {
		return nil
	}
	if q.streams {
		q.typed = url.Values{}
		return nil
	}
	if err := q.parse(); err != nil {
		if strings.Contains(err.Error(), "too large") {
			return domain.Fail(domain.TooLarge, "error.form_size").Because(err)
		}
		return domain.Fail(domain.Invalid, "error.form").Because(err)
	}
	q.typed = q.PostForm
	for name, values := range q.typed {
		for i, v := range values {
			values[i] = strings.ReplaceAll(v, "\r\n", "\n")
		}
		if !plain(name) {
			return domain.Fail(domain.Invalid, "error.text")
		}
	}
	if !plainValues(q.typed) {
		return domain.Fail(domain.Invalid, "error.text")
	}
	if q.MultipartForm != nil || !q.isMultipart() {
		q.posted = maps.Clone(q.typed)
	}
	return nil
}

// isMultipart reports whether the form is sent as one with files is.
func (q *request) isMultipart() bool {
	kind, _, _ := strings.Cut(q.Header.Get("Content-Type"), ";")
	return strings.EqualFold(strings.TrimSpace(kind), "multipart/form-data")
}

// parse reads the form; files only of people who are signed in.
func (q *request) parse() error {
	if q.account == nil || !q.isMultipart() {
		q.Body = http.MaxBytesReader(q.w, q.Body, maxForm)
		return q.ParseForm()
	}
	q.Body = http.MaxBytesReader(q.w, q.Body, maxUpload)
	return q.ParseMultipartForm(maxUpload)
}

// plain reports whether text can be kept: UTF-8 without NUL.
func plain(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

func plainValues(values url.Values) bool {
	for _, list := range values {
		for _, v := range list {
			if !plain(v) {
				return false
			}
		}
	}
	return true
}

// frame is what the page says of its reader.
func (q *request) frame() view.Frame {
	f := view.Frame{
		Lang: q.lang, Theme: q.theme(), Path: q.URL.RequestURI(), Notices: q.notices,
	}
	if q.guest != nil {
		f.Guest = q.guest.Handle(q.p.Namespace.HandleHost())
	}
	if q.account != nil {
		f.Viewer = &view.Viewer{
			Name: q.account.DisplayName, Handle: "@" + q.account.Username + "@" + q.p.Namespace.HandleHost(),
			Href: "/me", Bell: q.bell(), Admin: q.account.Role == policy.RoleAdmin || q.account.Role == policy.RoleModerator,
		}
	}
	return f
}

// about is the frame of a page that is also an ActivityPub object.
func (q *request) about(iri domain.IRI) view.Frame {
	f := q.frame()
	f.Activity = string(iri)
	q.w.Header().Set("Link", "<"+string(iri)+`>; rel="alternate"; type="application/activity+json"`)
	return f
}

// show renders a page.
func (q *request) show(page view.Page) error { return q.showWith(http.StatusOK, page) }

func (q *request) showWith(status int, page view.Page) error {
	return q.p.renderer.Render(q.w, status, page)
}

// showFor renders a page that says what failed.
func (q *request) showFor(err error, page view.Page) error {
	status := domain.StatusOf(err)
	domain.ComeAgain(q.w.Header(), status, err)
	return q.showWith(status, page)
}

// refused renders the page of a form that the domain refused, with what was
// typed, if err is the reader's to mend; any other error is returned.
func (q *request) refused(err error, page func(view.Form) (view.Page, error)) error {
	switch domain.CodeOf(err) {
	case domain.Invalid, domain.Conflict, domain.TooLarge, domain.TooMany, domain.Unavailable, domain.NotFound:
	default:
		return err
	}
	if domain.Ours(err) {
		q.p.Log.Error("page", "method", q.Method, "path", q.URL.Path, "error", err)
	}
	f := view.Failed(q.typed, err)
	if failed := q.overtaken(err, &f, page); failed != nil {
		return failed
	}
	again, failed := page(f)
	if failed != nil && passes(err) {
		return err
	}
	if failed != nil {
		return failed
	}
	return q.showFor(err, again)
}

// overtaken has a form that somebody else saved meanwhile show what it says by
// now beside what was typed, which can be saved then: theirs was seen.
func (q *request) overtaken(err error, f *view.Form, page func(view.Form) (view.Page, error)) error {
	var coded *domain.Error
	if !errors.As(err, &coded) || coded.Key != "error.conflict" {
		return nil
	}
	now, failed := page(view.Form{})
	if failed != nil {
		return failed
	}
	theirs, revision := view.Compare(now, q.typed)
	if len(theirs) > 0 && revision != "" && revision != q.typed.Get("revision") {
		f.Theirs, f.Problems = theirs, []view.Problem{{Sentence: view.Say("form.overtaken")}}
		q.typed.Set("revision", revision)
	}
	return nil
}

// say redirects to a page that shows a notice.
func (q *request) done(to string, notice view.Sentence) error {
	q.leaveNotice(notice)
	return q.redirect(to)
}

// redirect leads to another page of the node after a POST.
func (q *request) redirect(to string) error {
	http.Redirect(q.w, q.Request, local(to, "/"), http.StatusSeeOther)
	return nil
}

// local returns an address if it leads to a page of this node, else instead.
func local(to, instead string) string {
	if !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\r\n\t") {
		return instead
	}
	u, err := url.Parse(to)
	if err != nil || u.Host != "" || u.Scheme != "" {
		return instead
	}
	return to
}

// noticeCookie carries one notice over a redirect.
const noticeCookie = "interlink_notice"

// notice is a notice in its cookie: a key and plain arguments.
type notice struct {
	Key  string `json:"s"`
	Args []any  `json:"a,omitempty"` // words and whole numbers
}

func (q *request) leaveNotice(s view.Sentence) {
	n := notice{Key: s.Key}
	for _, a := range s.Args {
		switch a.(type) {
		case string, int:
			n.Args = append(n.Args, a)
		}
	}
	raw, err := json.Marshal(n)
	if err != nil {
		return
	}
	q.setCookie(noticeCookie, base64.RawURLEncoding.EncodeToString(raw), 60)
}

// takeNotice reads the notice that the page before left. It is only words of
// ours: a key that is unknown shows nothing.
func (q *request) takeNotice() {
	c, err := q.Cookie(noticeCookie)
	if err != nil || q.Method != http.MethodGet || q.Header.Get("Sec-Fetch-Dest") == "image" { // of the page before
		return
	}
	q.setCookie(noticeCookie, "", -1)
	raw, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil || len(raw) > 2000 {
		return
	}
	var n notice
	if json.Unmarshal(raw, &n) != nil || !q.p.catalog.Has(n.Key) || !strings.HasPrefix(n.Key, "notice.") {
		return
	}
	for i, a := range n.Args {
		switch a := a.(type) {
		case string:
		case float64: // as JSON has it
			n.Args[i] = int(a)
		default:
			return
		}
	}
	shown := view.Notice{Kind: view.Success, Sentence: view.Say(n.Key, n.Args...)}
	if n.Key == "notice.post_waits" || n.Key == "notice.post_asks" {
		shown.Href, shown.Link = "/me/waiting", view.Say("hold.own_title")
	}
	q.notices = append(q.notices, shown)
}

// setCookie sets a cookie for maxAge seconds; a negative age deletes it.
func (q *request) setCookie(name, value string, maxAge int) {
	http.SetCookie(q.w, &http.Cookie{ //nolint:gosec // Secure wherever the node is served by TLS
		Name: name, Value: value, Path: "/", MaxAge: maxAge, HttpOnly: true,
		Secure: strings.HasPrefix(q.p.Namespace.Base(), "https:"), SameSite: http.SameSiteLaxMode,
	})
}

// listPage is how many things a list of the portal shows.
const listPage = 20

// cursor reads which part of a list is asked for.
func (q *request) cursor() domain.Page {
	return domain.Page{After: q.URL.Query().Get("after"), Limit: listPage}
}

// pager leads through a list.
func (q *request) pager(next string, total, shown int) view.Pager {
	return q.pagerOf("after", next, total, shown)
}

// pagerOf leads through a list of a page with several: its cursor has a name
// of its own.
func (q *request) pagerOf(cursor, next string, total, shown int) view.Pager {
	values := q.URL.Query()
	p := view.Pager{Total: total, Shown: shown}
	at := func() string {
		if len(values) == 0 {
			return q.URL.Path
		}
		return q.URL.Path + "?" + values.Encode()
	}
	if values.Get(cursor) != "" {
		values.Del(cursor)
		p.First = at()
	}
	if next != "" {
		values.Set(cursor, next)
		p.Next = at()
	}
	return p
}

// text reads a field as a text of the language that the field "lang" names,
// or of the reader's.
func (q *request) text(field string) domain.Text {
	return view.Plain(q.typedLang(), strings.TrimSpace(q.typed.Get(field)))
}

func (q *request) typedLang() domain.Lang {
	if lang, err := domain.ParseLang(q.typed.Get("lang")); err == nil && lang != "" {
		return lang
	}
	return q.lang
}

// revision is the one of the thing that a form shows.
func (q *request) revision() int64 {
	n, err := strconv.ParseInt(q.typed.Get("revision"), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// revisionOf is a revision as a form carries it.
func revisionOf(n int64) string { return strconv.FormatInt(n, 10) }

// with is a text with the words of one language replaced, or taken away by
// "".
func with(t domain.Text, lang domain.Lang, words string) domain.Text {
	out := make(domain.Text, len(t)+1)
	for l, s := range t {
		out[l] = s
	}
	if words = strings.TrimSpace(words); words == "" {
		delete(out, lang)
	} else {
		out[lang] = words
	}
	return out
}
