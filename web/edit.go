package web

import (
	"net/http"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/web/view"
)

func (p *Portal) editRoutes() []route {
	return []route{
		{http.MethodGet, "/posts/{id}/edit", p.editForm},
		{http.MethodPost, "/posts/{id}/edit", p.editPost},
		{http.MethodGet, "/posts/{id}/earlier", p.earlier},
	}
}

// editForm asks its author how a post is to read.
func (p *Portal) editForm(q *request) error {
	page, err := p.editPage(q, view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

func (p *Portal) editPage(q *request, f view.Form) (view.FormPage, error) {
	x, err := p.Communities.PostByID(q.Context(), q.viewer, domain.ID(q.PathValue("id")))
	if err == nil {
		err = p.Communities.AllowEdit(q.Context(), q.viewer, x)
	}
	if err != nil {
		return view.FormPage{}, err
	}
	href := "/posts/" + string(x.ID)
	return view.FormPage{
		Frame: q.frame(), Crumbs: []view.Link{{Href: href, Text: view.Plain(domain.Undetermined, p.actor(q, x.Author).Called())}},
		Title: view.Say("edit_post.title"), Lead: view.Say("edit_post.lead"), Action: href + "/edit", Form: f, Submit: view.Say("ui.save"), Cancel: href,
		Fields: []view.Field{
			{Name: "content", Control: view.TextArea, Label: view.Say("edit_post.content"), Hint: view.Say("edit_post.hint"), Value: x.Source, Rows: 8},
			{Name: "revision", Control: view.Hidden, Value: revisionOf(x.Revision)},
		},
	}, nil
}

func (p *Portal) editPost(q *request) error {
	id := domain.ID(q.PathValue("id"))
	if _, err := p.Communities.EditPost(q.Context(), q.viewer, id, q.revision(), q.typed.Get("content")); err != nil {
		if domain.CodeOf(err) == domain.Conflict {
			err = domain.InvalidField("content", "edit_post.meanwhile")
			q.typed.Del("revision") // so that it can be sent again
		}
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.editPage(q, f) })
	}
	return q.done("/posts/"+string(id), view.Say("notice.post_edited"))
}

// earlier shows whoever may read a post what it said before.
func (p *Portal) earlier(q *request) error {
	x, versions, err := p.Communities.Versions(q.Context(), q.viewer, domain.ID(q.PathValue("id")))
	if err != nil {
		return err
	}
	post := p.post(q, x)
	return q.show(view.EarlierPage{Frame: q.frame(), Now: post, Versions: shownVersions(x, versions)})
}

func shownVersions(x *community.Post, versions []community.Version) (shown []view.PostVersion) {
	for _, v := range versions {
		shown = append(shown, view.PostVersion{Content: safe(v.Content, x.Language), At: v.At})
	}
	return shown
}
