package web

import (
	"net/http"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/policy"
	"interlink/web/transfer"
	"interlink/web/view"
)

func (p *Portal) archiveRoutes() []route {
	return []route{
		{http.MethodGet, "/communities/{name}/export.zip", p.exportCommunity},
		{http.MethodGet, "/communities/{name}/archive", p.saidBefore},
		{http.MethodGet, "/communities/{name}/archive/{id}", p.archivedThread},
		{http.MethodPost, "/communities/{name}/archive/{id}/remove", p.removeArchived},
	}
}

// exportCommunity hands out a community as an archive that other nodes import.
func (p *Portal) exportCommunity(q *request) error {
	export, err := p.Portable.ExportCommunity(q.Context(), q.viewer, q.PathValue("name"))
	if err != nil {
		return err
	}
	return p.sendArchive(q, export)
}

// sendArchive writes an archive as the answer.
func (p *Portal) sendArchive(q *request, e transfer.Exported) error {
	if err := transfer.Export(q.w, q.Request, e); err != nil {
		if q.Context().Err() == nil {
			p.Log.Warn("an export was broken off", "name", e.Name(), "error", err)
		}
		panic(http.ErrAbortHandler) // half an archive must not look whole
	}
	return nil
}

// saidBefore shows what was said before a community came here.
func (p *Portal) saidBefore(q *request) error {
	c, err := p.Communities.Community(q.Context(), q.viewer, q.PathValue("name"))
	if err != nil {
		return err
	}
	words := q.URL.Query().Get("q")
	list, err := p.Communities.Archive(q.Context(), q.viewer, c.Name, words, q.cursor())
	if err != nil {
		return err
	}
	page := p.archivePage(q, c, list)
	page.Query, page.Here = words, page.Of.Href+"/archive"
	if q.viewer.Local() {
		page.Export = page.Of.Href + "/export.zip"
	}
	return q.show(page)
}

// archivedThread shows a thread of it.
func (p *Portal) archivedThread(q *request) error {
	c, err := p.Communities.Community(q.Context(), q.viewer, q.PathValue("name"))
	if err != nil {
		return err
	}
	list, err := p.Communities.ArchivedThread(q.Context(), q.viewer, c.Name, domain.ID(q.PathValue("id")), q.cursor())
	if err != nil {
		return err
	}
	return q.show(p.archivePage(q, c, list))
}

func (p *Portal) archivePage(q *request, c *community.Community, list domain.List[*community.Archived]) view.ArchivePage {
	page := view.ArchivePage{Frame: q.frame(), Of: view.Link{Href: p.path(c.IRI), Text: c.Title}, Pager: q.pager(list.Next, list.Total, len(list.Items))}
	moderates := policy.Allow(q.viewer, policy.Moderate, c) == nil
	for _, a := range list.Items {
		post := p.archived(q, a, page.Of.Href)
		if moderates {
			post.Delete = post.Href + "/remove"
		}
		page.Posts = append(page.Posts, post)
	}
	return page
}

// archived shows a post of an archive, of the community at an address. Nothing
// of another server is read for it.
func (p *Portal) archived(q *request, a *community.Archived, in string) view.Post {
	x := &a.Past
	out := view.Post{
		ID: string(a.ID), Href: in + "/archive/" + string(a.ID), At: x.Published, Edited: x.Updated, Title: view.Plain(x.Language, x.Title), Content: safe(x.Content, x.Language),
		Author:  view.Actor{Kind: "person", Name: x.AuthorName, Handle: string(x.Author), Href: string(x.Author), Origin: view.Origin{Host: x.Author.Host(), Href: string(x.Author)}},
		Replies: a.Answers, Likes: x.Likes, Shares: x.Shares, Locked: x.Locked, Original: string(x.IRI),
	}
	if x.Warned() {
		out.Warned, out.Warning = true, view.Plain(x.Language, x.Summary)
	}
	if x.Poll != nil {
		out.Poll = &view.Poll{ID: out.ID, Multiple: x.Poll.Multiple, Voters: x.Poll.Voters, Ends: x.Poll.Ends, Over: true, Host: x.Author.Host()}
		for i, o := range x.Poll.Options {
			out.Poll.Options = append(out.Poll.Options, view.PollOption{Place: i, Name: view.Plain(x.Language, o.Name), Votes: o.Votes})
		}
	}
	for _, f := range x.Files {
		name := f.Name
		if name == "" {
			name = p.say(q, "picture.undescribed")
		}
		out.Attachments = append(out.Attachments, view.Attachment{Href: string(f.URL), Foreign: true, Words: view.Plain(x.Language, name), MediaType: f.MediaType, Host: f.URL.Host()})
	}
	return out
}

// removeArchived removes a post of an archive.
func (p *Portal) removeArchived(q *request) error {
	name := q.PathValue("name")
	if _, err := p.Communities.RemoveArchived(q.Context(), q.viewer, name, domain.ID(q.PathValue("id"))); err != nil {
		return err
	}
	return q.done("/communities/"+name+"/archive", view.Say("notice.archived_removed"))
}
