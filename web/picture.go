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
			Words: view.Plain(x.Language, a.Name), Foreign: !x.Local(),
		}
		switch {
		case x.Local(): // another server could name any page of this node
			out.Source = p.Namespace.Path(a.URL)
		case p.copies(x, i):
			out.Source = "/posts/" + string(x.ID) + "/pictures/" + strconv.Itoa(i)
		}
		if a.Name == "" {
			out.Words = view.Plain(q.lang, p.say(q, "picture.undescribed"))
		}
		all = append(all, out)
	}
	return all
}

// copies reports whether a picture of another server is shown by way of this
// node.
func (p *Portal) copies(x *community.Post, number int) bool {
	a := x.Images[number]
	return !x.Local() && !p.Namespace.Owns(a.URL) && picture.Copyable(a.MediaType)
}

// copiedPicture shows a picture of a post of another server to who may read the
// post.
func (p *Portal) copiedPicture(q *request) error {
	x, err := p.Communities.PostByID(q.Context(), q.viewer, domain.ID(q.PathValue("id")))
	if err != nil {
		return err
	}
	number, err := strconv.Atoi(q.PathValue("number"))
	if err != nil || number < 0 || number >= len(x.Images) || !p.copies(x, number) {
		return domain.Fail(domain.NotFound, "error.not_found")
	}
	return q.showCopy(x.Images[number].URL, picture.SideWhole, "private")
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
	return q.showCopy(e.Interlinker.Snapshots[number].URL, picture.SideWhole, "private")
}

// faceWithin is how long a reader waits for the picture of somebody: a browser
// asks for six things at a time.
const faceWithin = 4 * time.Second

// face shows the picture of an actor of another server, and the letter that
// stands for those who have none where it cannot be had: there, too, because
// pages do not know it before.
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
		h.Set("Retry-After", "10")
	}
	h.Set("Content-Type", "image/svg+xml")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox")
	q.w.WriteHeader(status)
	_, _ = q.w.Write(view.Letter(p.actorOf(q, a).Called(), q.theme())) // the reader may be gone
	return nil
}

// showCopy answers with a picture of another server. whose is "public", or
// "private" for what not everybody may see.
func (q *request) showCopy(address domain.IRI, side picture.Side, whose string) error {
	shown, err := q.p.Copies.Copy(q.Context(), address, side)
	if err != nil {
		q.p.logUncopied(address, err)
		return domain.Fail(domain.NotFound, "picture.away")
	}
	q.showCopied(shown, whose)
	return nil
}

// showCopied answers with a copy. Nothing in it may run. It may be another one
// after a day, or at once if its address is another one.
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
