package web

import (
	"net/http"
	"strconv"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/picture"
	"interlink/web/view"
)

func (p *Portal) pictureRoutes() []route {
	return []route{{http.MethodGet, "/posts/{id}/pictures/{number}", p.copiedPicture}}
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
// post. Nothing in it may run.
func (p *Portal) copiedPicture(q *request) error {
	x, err := p.Communities.PostByID(q.Context(), q.viewer, domain.ID(q.PathValue("id")))
	if err != nil {
		return err
	}
	number, err := strconv.Atoi(q.PathValue("number"))
	if err != nil || number < 0 || number >= len(x.Images) || !p.copies(x, number) {
		return domain.Fail(domain.NotFound, "error.not_found")
	}
	content, kind, err := p.Copies.Copy(q.Context(), x.Images[number].URL)
	if err != nil {
		p.Log.Info("a picture of another server", "address", x.Images[number].URL, "error", err)
		return domain.Fail(domain.NotFound, "picture.away")
	}
	h := q.w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cache-Control", "private, max-age=86400")
	_, _ = q.w.Write(content) // the reader may be gone
	return nil
}
