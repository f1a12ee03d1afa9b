package coproduction

import (
	"context"

	"interlink/domain"
	"interlink/domain/policy"
)

// maxSummary is the longest summary of a change, in bytes.
const maxSummary = 300

// checkSummary judges the summary of a change. Errors: Invalid on "change".
func checkSummary(summary string) error {
	if len(line(summary)) > maxSummary {
		return domain.InvalidField("change", "process.text_too_long", maxSummary)
	}
	return nil
}

// rewritten is what a change of a resource does.
type rewritten struct {
	changed  bool // anything
	content  bool // the content: there is a new version
	summary  string
	restored int
}

// rewrite changes a resource for those who may work in it. decide changes r.
func (s *Service) rewrite(ctx context.Context, v policy.Viewer, name string, id domain.ID, decide func(r *Resource) (rewritten, error)) (*Resource, error) {
	if _, _, err := s.resource(ctx, v, name, id); err != nil {
		return nil, err
	}
	var after *Resource
	_, err := s.change(ctx, v, policy.Read, name, func(p *Process, t *Tree) (edit, error) {
		_, r, err := s.resource(ctx, v, name, id)
		if err != nil {
			return edit{}, err
		}
		if err := policy.Allow(v, policy.Contribute, resourceFacts{Place{p, t, r.Item}, r}); err != nil {
			return edit{}, err
		}
		if _, err := t.task(r.Item); err != nil {
			return edit{}, err
		}
		after = r
		did, err := decide(r)
		if err != nil || !did.changed {
			return edit{}, err
		}
		r.Revision++
		r.UpdatedAt = s.mint.Now()
		var e edit
		if did.content {
			r.Version++
			version := r.version(v.Actor, line(did.summary))
			version.Restored = did.restored
			e.Versions = []ResourceVersion{{Resource: r.ID, Version: version}}
			if err := s.room(ctx, p, e.Versions); err != nil {
				return edit{}, err
			}
		}
		e.Resources = []Resource{*r}
		payload := told(p, r)
		payload.Written, payload.Summary, payload.Restored = did.content, line(did.summary), did.restored
		e.events = []domain.Event{s.itemEvent(ResourceEdited, v, p, r.Item, payload)}
		return e, nil
	})
	return after, err
}

// EditResource changes what is said of a resource, where a link leads, or what
// a document says: that makes a new version of it. revision is the resource's
// as the viewer read it; if somebody changed it since, Conflict: nothing is
// lost, as nothing is written over. summary may say what was changed. An edit
// that changes nothing is no error. Errors: NotFound, Gone, Forbidden,
// Invalid, Conflict; TooLarge if the process has no room left.
func (s *Service) EditResource(ctx context.Context, v policy.Viewer, name string, id domain.ID, revision int64, d ResourceDetails, summary string) (*Resource, error) {
	if err := checkSummary(summary); err != nil {
		return nil, err
	}
	return s.rewrite(ctx, v, name, id, func(r *Resource) (rewritten, error) {
		before, read := *r, r.Revision == revision
		var problems domain.Problems
		r.describe(d, r.Language, &problems)
		switch r.Kind {
		case Link:
			if r.Asset == "" { // else it is where its Interlinker has it
				r.lead(d.URL, &problems)
			}
		case Document:
			r.Body = plain(d.Body)
			r.checkBody(&problems)
		}
		if *r == before {
			return rewritten{}, nil
		}
		if !read {
			*r = before
			return rewritten{}, domain.Fail(domain.Conflict, "resource.conflict")
		}
		return rewritten{changed: true, content: r.Body != before.Body || r.URL != before.URL, summary: summary}, problems.Err()
	})
}

// RestoreVersion makes an old version of a resource the present one: a new
// version with the same content. revision is the resource's as the viewer read
// it. That of the present version changes nothing. Errors: as of
// [Service.EditResource].
func (s *Service) RestoreVersion(ctx context.Context, v policy.Viewer, name string, id domain.ID, revision int64, number int) (*Resource, error) {
	old, err := s.Version(ctx, v, name, id, number)
	if err != nil {
		return nil, err
	}
	return s.rewrite(ctx, v, name, id, func(r *Resource) (rewritten, error) {
		if r.URL == old.URL && r.Body == old.Body && r.File == old.File {
			return rewritten{}, nil
		}
		if r.Revision != revision {
			return rewritten{}, domain.Fail(domain.Conflict, "resource.conflict")
		}
		r.URL, r.Body, r.File = old.URL, old.Body, old.File
		return rewritten{changed: true, content: true, restored: number}, nil
	})
}

// Versions lists the versions of a resource, newest first, without the bodies
// of documents. They are for those who take part: older ones may hold what was
// taken out before it was made public. Errors: NotFound, Gone.
func (s *Service) Versions(ctx context.Context, v policy.Viewer, name string, id domain.ID, page domain.Page) (domain.List[Version], error) {
	p, r, err := s.resource(ctx, v, name, id)
	if err == nil {
		err = s.allowInside(ctx, v, p, r.Item)
	}
	if err != nil {
		return domain.List[Version]{}, err
	}
	return s.store.Versions(ctx, r.ID, page)
}

// Version reads one version of a resource. Errors: as of [Service.Versions].
func (s *Service) Version(ctx context.Context, v policy.Viewer, name string, id domain.ID, number int) (*Version, error) {
	p, r, err := s.resource(ctx, v, name, id)
	if err != nil {
		return nil, err
	}
	return s.version(ctx, v, p, r, number)
}

func (s *Service) version(ctx context.Context, v policy.Viewer, p *Process, r *Resource, number int) (*Version, error) {
	if err := s.allowInside(ctx, v, p, r.Item); err != nil {
		return nil, err
	}
	return s.store.Version(ctx, r.ID, number)
}

// MayEdit reports whether the viewer may change a resource of a process, for
// pages that offer it.
func (s *Service) MayEdit(v policy.Viewer, p *Process, t *Tree, r *Resource) bool {
	return policy.Allow(v, policy.Contribute, resourceFacts{Place{p, t, r.Item}, r}) == nil
}
