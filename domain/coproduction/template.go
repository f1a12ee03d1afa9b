package coproduction

import (
	"bytes"
	"context"
	"slices"

	"interlink/domain"
	"interlink/domain/policy"
)

// TemplateFile is a template of an Interlinker that is a file.
type TemplateFile struct {
	Stored
	URL domain.IRI // where another node hands it out; "" for one that is kept here
}

// fileIn returns the language in which a use of the Interlinker is a file; ""
// if it is none. It is the nearest to the wanted one of all its templates.
func (t Tool) fileIn(want domain.Lang) domain.Lang {
	if len(t.Files) == 0 {
		return ""
	}
	all := domain.Text{}
	for lang := range t.Body {
		all[lang] = "text"
	}
	for lang := range t.Files {
		all[lang] = "file"
	}
	if kind, in := all.In(want); kind == "file" {
		return in
	}
	return ""
}

// file makes the resource that a template which is a file becomes: that file,
// or a link to where it is read from.
func (t Tool) file(d ResourceDetails, in domain.Lang) (*Resource, error) {
	f := t.Files[in]
	r := &Resource{Kind: File, File: f.Stored, Version: 1, Revision: 1}
	if f.URL != "" {
		r.Kind, r.URL, r.File, r.fetch = Link, f.URL, Stored{}, f.Stored
	}
	var problems domain.Problems
	r.describe(d, in, &problems)
	return t.made(r), problems.Err()
}

// Fetching reports whether a resource was made just now as a link to a file
// that is being read to take its place.
func (r *Resource) Fetching() bool { return r.fetch.Hash != "" }

// Fetch reads a file of another server, of at most limit bytes. Errors: those
// of reading; TooLarge.
type Fetch func(ctx context.Context, address domain.IRI, limit int64) ([]byte, error)

// FetchBy says how files of other nodes are read. Without it they stay links.
func (s *Service) FetchBy(fetch Fetch) { s.fetch = fetch }

// maxFetched is the largest file that is read from another node: it is held in
// memory on the way. Larger ones stay links.
const maxFetched = 20 << 20

// JobFetch reads a template of another node; [FetchArgs] are its arguments.
const JobFetch = "coproduction.fetch"

// FetchArgs say which file takes the place of which link.
type FetchArgs struct {
	Process  string     `json:"process"` // name
	Resource domain.ID  `json:"resource"`
	URL      domain.IRI `json:"url"`
	Hash     string     `json:"hash"`
	Name     string     `json:"name"`
}

func fetchJob(p *Process, r *Resource) domain.Job {
	return domain.Job{
		Kind: JobFetch, Unique: string(r.ID), Remote: true,
		Args: FetchArgs{Process: p.Name, Resource: r.ID, URL: r.URL, Hash: r.fetch.Hash, Name: r.fetch.Name},
	}
}

// Fetched puts a file in the place of the link to it; it is the handler of
// [JobFetch]. It does so with the rights of who took the Interlinker. What
// somebody changed meanwhile stays; so does the link if there are other bytes
// than the Interlinker says, or too many. Again changes nothing.
func (s *Service) Fetched(ctx context.Context, args FetchArgs) error {
	r, err := s.store.Resource(ctx, args.Resource)
	if err != nil || !r.RemovedAt.IsZero() || r.Kind != Link || r.URL != args.URL || s.fetch == nil || s.files == nil {
		return err
	}
	raw, err := s.fetch(ctx, args.URL, maxFetched)
	if domain.CodeOf(err) == domain.TooLarge {
		return nil
	}
	if err != nil {
		return err
	}
	u, err := s.uploading(ctx, &Process{ID: r.Process}, &Uploading{s: s, viewer: policy.Viewer{Actor: r.CreatedBy}, process: args.Process, resource: r.ID})
	if err == nil {
		defer u.Close()
		err = u.Receive(ctx, args.Name, bytes.NewReader(raw))
	}
	if code := domain.CodeOf(err); code == domain.TooLarge || code == domain.Invalid {
		return nil
	}
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(u.files, func(f upload) bool { return f.Stored.Hash == args.Hash }) {
		return domain.Fail(domain.Invalid, "use.other_bytes", args.URL.Host())
	}
	if err := u.keep(ctx); err != nil {
		return err
	}
	_, err = s.rewrite(ctx, u.viewer, args.Process, r.ID, func(r *Resource) (rewritten, error) {
		if r.Kind != Link || r.URL != args.URL {
			return rewritten{}, nil
		}
		r.Kind, r.URL, r.File = File, "", u.files[0].Stored
		return rewritten{changed: true, content: true}, nil
	})
	return err
}
