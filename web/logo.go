package web

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"time"

	"interlink/domain"
	"interlink/domain/picture"
	"interlink/domain/policy"
	"interlink/web/view"
)

func (p *Portal) logoRoutes() []route {
	return []route{
		{http.MethodGet, "/organizations/{name}/logo", about(p.organizationBearer, p.showLogo)},
		{http.MethodPost, "/organizations/{name}/logo", about(p.organizationBearer, p.saveLogo)},
		{http.MethodGet, "/teams/{name}/logo", about(p.teamBearer, p.showLogo)},
		{http.MethodPost, "/teams/{name}/logo", about(p.teamBearer, p.saveLogo)},
		{http.MethodGet, "/communities/{name}/logo", about(p.communityBearer, p.showLogo)},
		{http.MethodPost, "/communities/{name}/logo", about(p.communityBearer, p.saveLogo)},
	}
}

// bearer is an organisation, team or community whose logo is to be changed.
type bearer struct {
	id    domain.ActorID
	title domain.Text
	href  string
}

// organizationBearer finds the organisation whose logo the reader may change.
func (p *Portal) organizationBearer(q *request) (bearer, error) {
	o, err := p.Organizations.Organization(q.Context(), q.viewer, q.PathValue("name"))
	if err != nil {
		return bearer{}, err
	}
	return bearer{o.ID, o.Title, p.path(o.IRI)}, policy.Allow(q.viewer, policy.Edit, o)
}

// communityBearer finds the community whose logo the reader may change.
func (p *Portal) communityBearer(q *request) (bearer, error) {
	c, err := p.Communities.Community(q.Context(), q.viewer, q.PathValue("name"))
	if err != nil {
		return bearer{}, err
	}
	return bearer{c.ID, c.Title, p.path(c.IRI)}, policy.Allow(q.viewer, policy.Edit, c)
}

// teamBearer finds the team whose logo the reader may change.
func (p *Portal) teamBearer(q *request) (bearer, error) {
	t, err := p.Organizations.Team(q.Context(), q.viewer, q.PathValue("name"))
	if err != nil {
		return bearer{}, err
	}
	return bearer{t.ID, t.Title, p.path(t.IRI)}, policy.Allow(q.viewer, policy.Edit, t)
}

func (p *Portal) showLogo(q *request, b bearer) error {
	return q.show(p.logoPage(q, b, view.Form{}))
}

func (p *Portal) saveLogo(q *request, b bearer) (err error) {
	if q.typed.Get("remove") != "" {
		err = p.Pictures.Remove(q.Context(), q.viewer, b.id)
	} else {
		var raw []byte
		if raw, err = q.file(); err == nil {
			err = p.Pictures.Set(q.Context(), q.viewer, b.id, raw, q.typed.Get("alt"))
		}
	}
	if err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.logoPage(q, b, f), nil })
	}
	return q.done(b.href, view.Say("notice.saved"))
}

// accepted are the kinds of files that a form for pictures offers.
const accepted = "image/png,image/jpeg,image/gif,image/webp"

func (p *Portal) logoPage(q *request, b bearer, f view.Form) view.FormPage {
	icon, alt := p.logo(q, b.id)
	page := view.FormPage{
		Frame: q.frame(), Crumbs: []view.Link{{Href: b.href, Text: b.title}}, Title: view.Say("picture.title"), Lead: view.Say("picture.lead"),
		Action: b.href + "/logo", Form: f, Submit: view.Say("ui.save"), Cancel: b.href,
		Fields: []view.Field{
			{Name: "file", Control: view.File, Label: view.Say("picture.file"), Hint: view.Say("picture.file_hint"), Value: accepted, Optional: icon != ""},
			{Name: "alt", Label: view.Say("picture.alt"), Hint: view.Say("picture.alt_hint"), Value: alt, Max: 500, Optional: true},
		},
	}
	if icon != "" {
		page.Fields = append(page.Fields, view.Field{Name: "remove", Control: view.Check, Label: view.Say("picture.remove"), Optional: true})
	}
	return page
}

// logo is where this node shows an actor's picture, and what it shows; "" for none.
func (p *Portal) logo(q *request, id domain.ActorID) (address, alt string) {
	a, err := p.Network.Actor(q.Context(), q.viewer, id)
	if err != nil {
		return "", ""
	}
	if address = picture.At(a, p.Namespace); address == "" {
		return "", ""
	}
	return address, a.IconAlt
}

// file reads the file of the form; nil if none was sent.
func (q *request) file() ([]byte, error) { return q.fileNamed("file") }

// fileNamed is the file that was chosen in an input; nil if none was.
func (q *request) fileNamed(name string) ([]byte, error) {
	f, header, err := q.FormFile(name)
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) {
		return nil, nil
	}
	if err != nil {
		return nil, domain.Fail(domain.Invalid, "error.form").Because(err)
	}
	defer func() { _ = f.Close() }()
	if header.Size == 0 {
		return nil, nil // browsers send an empty file where none was chosen
	}
	return io.ReadAll(io.LimitReader(f, picture.MaxBytes+1))
}

// file serves a picture. Its address is the hash of its bytes, so it never
// changes; nothing in it may run.
func (p *Portal) file(w http.ResponseWriter, r *http.Request) {
	hash := r.PathValue("hash")
	content, err := p.Pictures.File(r.Context(), hash)
	mediaType := http.DetectContentType(content)
	switch {
	case domain.CodeOf(err) == domain.NotFound || err == nil && !picture.Served(mediaType):
		http.NotFound(w, r)
		return
	case err != nil:
		p.Log.Warn("read a file", "file", hash, "error", err)
		domain.ComeAgain(w.Header(), http.StatusServiceUnavailable, err)
		http.Error(w, http.StatusText(http.StatusServiceUnavailable), http.StatusServiceUnavailable)
		return
	}
	h := w.Header()
	h.Set("Content-Type", mediaType)
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("ETag", `"`+hash+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
}
