package api

import (
	"context"
	"io"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humamux"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/web/transfer"
)

// Sent is a body that is read as it comes.
type Sent struct{ body io.Reader }

// Resolve implements huma.Resolver: it takes the body of the request.
func (s *Sent) Resolve(ctx huma.Context) []error {
	r, w := humamux.Unwrap(ctx)
	s.body = transfer.Body(w, r, 0)
	return nil
}

// FileInput adds a file to a task: its bytes are the body.
type FileInput struct {
	TaskInput
	Sent
	FileName string      `query:"name" maxLength:"1000" doc:"of the file; without it \"file\""`
	Title    string      `query:"title" maxLength:"200" doc:"name of the resource; without it the file's"`
	Language domain.Lang `query:"language" maxLength:"35"`
	Licence  string      `query:"licence" maxLength:"100" doc:"SPDX"`
	Public   bool        `query:"public" doc:"may be shown outside and go into a story"`
}

// NewFileInput is another version of a file: its bytes are the body.
type NewFileInput struct {
	ResourceID
	Sent
	FileName string `query:"name" maxLength:"1000" doc:"of the file; without it \"file\""`
	Summary  string `query:"summary" maxLength:"300" doc:"of the change"`
}

// FileOutput asks for a file.
type FileOutput struct {
	ResourceID
	Version int `query:"version" minimum:"1" doc:"number of a version; without it the present one"`
}

// ArchiveInput asks for a process, or a branch of it.
type ArchiveInput struct {
	Named
	Item string `query:"item" maxLength:"36" doc:"id of a phase, objective or task; without it the whole"`
}

// Stream is an answer that is written as it is read.
type Stream struct{ Body func(huma.Context) }

// bytesOf describes a body that is no JSON.
func bytesOf(kind string) map[string]*huma.MediaType {
	return map[string]*huma.MediaType{kind: {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}
}

func (a *API) fileOperations() {
	const tag = "Resources"
	sent := &huma.RequestBody{Required: true, Description: "The bytes of the file; their type is found out, whatever the request says.", Content: bytesOf("application/octet-stream")}
	do(a, tag, operation{
		method: http.MethodPost, path: "/processes/{name}/tasks/{task}/files", summary: "Add a file to a task", status: http.StatusCreated, sent: sent,
		description: "The body is the file. It is stored once, by its SHA-256; how much a node takes is its own affair.",
	}, a.addFile)
	do(a, tag, operation{
		method: http.MethodPut, path: "/processes/{name}/resources/{id}/file", summary: "Send another version of a file", sent: sent,
		description: "Older versions stay.",
	}, a.replaceFile)
	do(a, tag, operation{
		method: http.MethodGet, path: "/processes/{name}/resources/{id}/file", summary: "Read a file, or a part of it (Range)", stream: "application/octet-stream",
	}, a.readFile)
	do(a, tag, operation{
		method: http.MethodGet, path: "/processes/{name}/archive", summary: "Take a process, or a branch of it, along as one ZIP file", stream: "application/zip",
		description: "The process as text (process.md) and data (process.json), resources by task with their versions, links, and manifest.json with sizes and checksums. What members alone may see is in it for members.",
	}, a.archive)
}

func (a *API) addFile(ctx context.Context, c *caller, in *FileInput) (*Made[Resource], error) {
	u, err := a.Coproduction.Upload(ctx, c.viewer, in.Name, domain.ID(in.Task))
	if err != nil {
		return nil, err
	}
	defer u.Close()
	if err := u.Receive(ctx, in.FileName, in.body); err != nil {
		return nil, cut(err)
	}
	made, err := u.Add(ctx, coproduction.ResourceDetails{Name: in.Title, Language: in.Language, Licence: in.Licence, Public: in.Public})
	if err != nil {
		return nil, err
	}
	return &Made[Resource]{Body: a.at(in.Name, a.resource(ctx, c, made[0]), made[0])}, nil
}

func (a *API) replaceFile(ctx context.Context, c *caller, in *NewFileInput) (*One[Resource], error) {
	u, err := a.Coproduction.UploadVersion(ctx, c.viewer, in.Name, domain.ID(in.ID))
	if err != nil {
		return nil, err
	}
	defer u.Close()
	if err := u.Receive(ctx, in.FileName, in.body); err != nil {
		return nil, cut(err)
	}
	r, err := u.Replace(ctx, in.Summary)
	return a.changed(ctx, c, in.Name, r, err)
}

// cut makes a body that ended too early the caller's to mend.
func cut(err error) error {
	if domain.CodeOf(err) == domain.Internal {
		return domain.Fail(domain.Invalid, "error.form").Because(err)
	}
	return err
}

func (a *API) readFile(ctx context.Context, c *caller, in *FileOutput) (*Stream, error) {
	f, err := a.Coproduction.OpenFile(ctx, c.viewer, in.Name, domain.ID(in.ID), in.Version)
	if err != nil {
		return nil, err
	}
	return &Stream{Body: func(ctx huma.Context) {
		defer func() { _ = f.Close() }()
		r, w := humamux.Unwrap(ctx)
		transfer.File(w, r, f)
	}}, nil
}

func (a *API) archive(ctx context.Context, c *caller, in *ArchiveInput) (*Stream, error) {
	archive, err := a.Coproduction.Archive(ctx, c.viewer, in.Name, domain.ID(in.Item))
	if err != nil {
		return nil, err
	}
	known := map[domain.ActorID]string{}
	words := coproduction.ArchiveWords{
		Say: c.words.T, Text: func(t domain.Text) string { s, _ := t.In(c.words.Lang); return s },
		Person: func(id domain.ActorID) string {
			if _, found := known[id]; !found {
				known[id] = ""
				if by, err := a.Network.Actor(ctx, c.viewer, id); err == nil {
					known[id] = string(by.IRI)
				}
			}
			return known[id]
		},
	}
	return &Stream{Body: func(ctx huma.Context) {
		r, w := humamux.Unwrap(ctx)
		if err := transfer.Archive(w, r, archive, words); err != nil {
			if r.Context().Err() == nil {
				a.Log("an archive was broken off", "process", in.Name, "error", err)
			}
			panic(http.ErrAbortHandler) // what is sent must not look whole
		}
	}}, nil
}
