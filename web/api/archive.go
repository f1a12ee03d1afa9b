package api

import (
	"context"
	"net/http"
	"time"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/portable"
)

// PastPost is a post that was said before a community came here.
type PastPost struct {
	ID         domain.ID   `json:"id"`
	IRI        domain.IRI  `json:"iri" doc:"of the original, which nobody confirmed"`
	Author     domain.IRI  `json:"author"`
	AuthorName string      `json:"authorName,omitempty"`
	Community  domain.IRI  `json:"community" doc:"in which it was said"`
	Thread     domain.IRI  `json:"thread" doc:"post with which its thread begins here"`
	InReplyTo  domain.IRI  `json:"inReplyTo,omitempty"`
	Title      string      `json:"title,omitempty"`
	Content    string      `json:"content" doc:"HTML, sanitised"`
	Language   domain.Lang `json:"language,omitempty"`
	Published  time.Time   `json:"published"`
	Updated    *time.Time  `json:"updated,omitempty"`
	Answers    int         `json:"answers" doc:"in the thread that it begins; 0 where threads are read"`
	Likes      int         `json:"likes"`
	Shares     int         `json:"shares"`
	Images     []Picture   `json:"images,omitempty" doc:"pictures and files, where they were"`
	Poll       *Poll       `json:"poll,omitempty"`
	Warning    string      `json:"warning,omitempty"`
	Sensitive  bool        `json:"sensitive,omitempty"`
}

// PastInput asks for what was said before.
type PastInput struct {
	NamedPaging
	Q      string `query:"q" maxLength:"200" doc:"words: all posts that have them, not only those that begin threads"`
	Thread string `query:"thread" maxLength:"36" doc:"id of a post: all posts of its thread, oldest first"`
}

// ArchivedPath names a post of an archive.
type ArchivedPath struct {
	Named
	ID string `path:"id" maxLength:"36"`
}

func (a *API) pastPost(of *community.Archived) PastPost {
	p := &of.Past
	out := PastPost{
		ID: of.ID, IRI: p.IRI, Author: p.Author, AuthorName: p.AuthorName, Community: p.Community, Thread: of.Thread, InReplyTo: p.InReplyTo, Title: p.Title, Content: p.Content,
		Language: p.Language, Published: p.Published, Updated: instant(p.Updated), Answers: of.Answers, Likes: p.Likes, Shares: p.Shares, Poll: poll(p.Poll, a.Now()), Sensitive: p.Sensitive,
	}
	for _, f := range p.Files {
		out.Images = append(out.Images, pictures([]community.Attachment{f.Attachment})...)
	}
	if p.Warned() {
		out.Warning = p.Summary
	}
	return out
}

func (a *API) archiveOperations(tag string) {
	do(a, tag, operation{
		method: http.MethodGet, path: "/communities/{name}/export", summary: "Export a community for another node", stream: "application/zip",
		description: "One archive with a manifest, a document, what was written in it, and files by their SHA-256; its JSON schema is at " + portable.SchemaPath + ". Who does not administer it gets what is public.",
	}, a.exportCommunity)
	do(a, tag, operation{
		method: http.MethodGet, path: "/communities/{name}/archive", summary: "What was said before a community came here",
		description: "As the file told it from which it was imported. Posts that begin threads, the newest first.",
	}, func(ctx context.Context, c *caller, in *PastInput) (*List[PastPost], error) {
		read := func() (domain.List[*community.Archived], error) {
			if in.Thread != "" {
				return a.Communities.ArchivedThread(ctx, c.viewer, in.Name, domain.ID(in.Thread), in.page())
			}
			return a.Communities.Archive(ctx, c.viewer, in.Name, in.Q, in.page())
		}
		return listAs(c, a.pastPost)(read())
	})
	do(a, tag, operation{method: http.MethodDelete, path: "/communities/{name}/archive/{id}", summary: "Remove a post that was said before", description: "For good; for who moderates the community."},
		func(ctx context.Context, c *caller, in *ArchivedPath) (*None, error) {
			_, err := a.Communities.RemoveArchived(ctx, c.viewer, in.Name, domain.ID(in.ID))
			return nothing(err)
		})
}
