package web

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/community"
	"interlink/domain/picture"
	"interlink/web/view"
)

func (p *Portal) pictureRoutes() []route {
	return []route{
		{http.MethodGet, "/posts/{id}/pictures/{number}", p.copiedPicture},
		{http.MethodGet, "/interlinkers/{slug}/pictures/{number}", p.entryPicture},
		{http.MethodGet, "/actors/{id}/picture", p.face},
	}
}

// attachments are the pictures and files of a post. A picture of another server
// is shown by way of this node: readers' browsers ask no other. What else is
// there stays a link.
func (p *Portal) attachments(q *request, x *community.Post) []view.Attachment {
	var all []view.Attachment
	for i, a := range x.Images {
		out := view.Attachment{
			Href: string(a.URL), MediaType: a.MediaType, Host: a.URL.Host(), Width: a.Width, Height: a.Height,
			Words: view.Plain(x.Language, a.Name), Foreign: !x.Local(), Source: x.Shown(i, p.Namespace),
		}
		if a.Name == "" {
			out.Words = view.Plain(q.lang, p.say(q, "picture.undescribed"))
		}
		all = append(all, out)
	}
	return all
}

// copiedPicture shows a picture of a post of another server to who may read the
// post.
func (p *Portal) copiedPicture(q *request) error {
	x, err := p.Communities.PostByID(q.Context(), q.viewer, domain.ID(q.PathValue("id")))
	if err != nil {
		return err
	}
	number, err := strconv.Atoi(q.PathValue("number"))
	if err != nil || number < 0 || number >= len(x.Images) || x.Local() || x.Shown(number, p.Namespace) == "" {
		return domain.Fail(domain.NotFound, "error.not_found")
	}
	return q.showCopy(x.Images[number].URL)
}

// entryPicture shows a picture of another server that an Interlinker shows.
func (p *Portal) entryPicture(q *request) error {
	e, err := p.entry(q, catalogue.KindInterlinker)
	if err != nil {
		return err
	}
	number, err := strconv.Atoi(q.PathValue("number"))
	if err != nil || number < 0 || number >= len(e.Interlinker.Snapshots) || p.Namespace.Owns(e.Interlinker.Snapshots[number].URL) {
		return domain.Fail(domain.NotFound, "error.not_found")
	}
	return q.showCopy(e.Interlinker.Snapshots[number].URL)
}

// faceWithin is how long a reader waits for the picture of somebody: a browser
// asks for six things at a time.
const faceWithin = 4 * time.Second

// face shows the picture of an actor of another server. Where it cannot be had,
// it draws the letter of those who have none: the page, which does not know that
// before, looks as if there were none, without a script.
func (p *Portal) face(q *request) error {
	a, err := p.Network.Actor(q.Context(), q.viewer, domain.ActorID(q.PathValue("id")))
	if err != nil {
		return err
	}
	if !picture.Elsewhere(a, p.Namespace) {
		return domain.Fail(domain.NotFound, "error.not_found")
	}
	ctx, cancel := context.WithTimeout(q.Context(), faceWithin)
	defer cancel()
	shown, err := p.Copies.Copy(ctx, a.Icon, picture.SideFace)
	if err == nil {
		q.showCopied(shown, "public")
		return nil
	}
	p.logUncopied(a.Icon, err)
	status, h := http.StatusNotFound, q.w.Header()
	h.Set("Cache-Control", "private, max-age=600")
	if domain.CodeOf(err) == domain.TooMany || ctx.Err() != nil { // another look may find it
		status = http.StatusServiceUnavailable
		h.Set("Cache-Control", "no-store")
		domain.ComeAgain(h, status, err)
	}
	h.Set("Content-Type", "image/svg+xml")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox")
	q.w.WriteHeader(status)
	_, _ = q.w.Write(view.Letter(p.actorOf(q, a).Called(), q.theme())) // the reader may be gone
	return nil
}

// showCopy answers with a picture of another server that is part of what the
// reader may see.
func (q *request) showCopy(address domain.IRI) error {
	shown, err := q.p.Copies.Copy(q.Context(), address, picture.SideWhole)
	if err != nil {
		q.p.logUncopied(address, err)
		return domain.Fail(domain.NotFound, "picture.away")
	}
	q.showCopied(shown, "private")
	return nil
}

// showCopied answers with a copy; whose is "public", or "private" for what not
// everybody may see. Nothing in it may run. Browsers keep it for a day.
func (q *request) showCopied(shown picture.Copied, whose string) {
	h := q.w.Header()
	h.Set("Content-Type", shown.Type)
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cache-Control", whose+", max-age=86400")
	h.Set("ETag", `"`+shown.Tag+`"`)
	h.Del("Vary")
	http.ServeContent(q.w, q.Request, "", time.Time{}, bytes.NewReader(shown.Content))
}

func (p *Portal) logUncopied(address domain.IRI, err error) {
	if errors.Is(err, picture.ErrPanic) {
		p.Log.Error("a picture of another server", "address", address, "error", err)
		return
	}
	p.Log.Info("a picture of another server", "address", address, "error", err)
}
