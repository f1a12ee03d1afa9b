package web

import (
	"io"
	"net/http"
	"time"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/coproduction"
	"interlink/domain/picture"
	"interlink/domain/policy"
	"interlink/web/transfer"
	"interlink/web/view"
)

func (p *Portal) archiveRoutes() []route {
	return []route{
		{http.MethodGet, "/communities/{name}/export.zip", p.exportCommunity},
		{http.MethodGet, "/communities/{name}/archive", p.saidBefore},
		{http.MethodGet, "/communities/{name}/archive/{id}", p.archivedThread},
		{http.MethodGet, "/communities/{name}/archive/{id}/files/{hash}", p.archivedPicture},
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
		if x.Poll.Ends.After(p.Now()) {
			out.Poll.Ends = time.Time{} // it goes on where it was; here nobody votes
		}
		for i, o := range x.Poll.Options {
			out.Poll.Options = append(out.Poll.Options, view.PollOption{Place: i, Name: view.Plain(x.Language, o.Name), Votes: o.Votes})
		}
	}
	for _, f := range x.Files {
		file := view.Attachment{Href: string(f.URL), Foreign: true, Words: view.Plain(x.Language, f.Name), MediaType: f.MediaType, Host: f.URL.Host(), Width: f.Width, Height: f.Height}
		if f.Name == "" {
			file.Words = view.Plain(q.lang, p.say(q, "picture.undescribed"))
		}
		if f.SHA256 != "" && picture.Copyable(f.MediaType) {
			file.Source = out.Href + "/files/" + f.SHA256
		}
		out.Attachments = append(out.Attachments, file)
	}
	return out
}

// archivedPicture shows a picture of a post of an archive to who may read the
// post. A file may call anything a picture: its bytes decide.
func (p *Portal) archivedPicture(q *request) error {
	a, err := p.Communities.ArchivedPost(q.Context(), q.viewer, q.PathValue("name"), domain.ID(q.PathValue("id")))
	if err != nil {
		return err
	}
	if !a.Past.Shows(q.PathValue("hash")) {
		return domain.Fail(domain.NotFound, "error.not_found")
	}
	f, err := p.Coproduction.OpenStored(q.Context(), coproduction.Stored{Hash: q.PathValue("hash"), Name: "picture"}, a.Past.Published)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	first, err := io.ReadAll(io.LimitReader(f, 512)) // as many as DetectContentType looks at
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		return domain.Fail(domain.Unavailable, "error.files").Because(err)
	}
	if f.Type, f.Public = http.DetectContentType(first), a.Past.Open(); !f.Shown() {
		return domain.Fail(domain.NotFound, "error.not_found")
	}
	transfer.File(q.w, q.Request, f)
	return nil
}

// removeArchived removes a post of an archive.
func (p *Portal) removeArchived(q *request) error {
	name := q.PathValue("name")
	if _, err := p.Communities.RemoveArchived(q.Context(), q.viewer, name, domain.ID(q.PathValue("id"))); err != nil {
		return err
	}
	return q.done("/communities/"+name+"/archive", view.Say("notice.archived_removed"))
}
