package story

import (
	"context"
	"fmt"

	"interlink/domain"
	"interlink/domain/lineage"
	"interlink/domain/policy"
)

// Story reads one by its slug; host is "" for a story of this node. Errors:
// NotFound; Gone for a withdrawn one, except to those who may publish it
// again.
func (s *Service) Story(ctx context.Context, v policy.Viewer, slug, host string) (*Story, error) {
	st, err := s.store.StoryAt(ctx, slug, host)
	return shown(v, st, err)
}

// Head reads one without its snapshot, which may be large. Errors: as
// [Service.Story].
func (s *Service) Head(ctx context.Context, v policy.Viewer, slug, host string) (*Story, error) {
	st, err := s.store.StoryHead(ctx, slug, host)
	return shown(v, st, err)
}

// Text is the snapshot of a story that was read, as it is kept. Errors: NotFound if
// it has none.
func (s *Service) Text(ctx context.Context, st *Story) (*Text, error) {
	t := &Text{store: s.store, digest: st.Digest}
	if st.Digest == "" {
		return nil, domain.Fail(domain.NotFound, "error.not_found")
	}
	var err error
	if t.parts, err = s.store.SnapshotParts(ctx, st.Digest); err != nil {
		return nil, err
	}
	end := ""
	for n := max(1, t.parts-1); n <= t.parts; n++ { // where two meet, the time may stand in both
		part, err := s.store.SnapshotPart(ctx, st.Digest, n)
		if err != nil {
			return nil, err
		}
		end += part
	}
	if t.TakenAt, err = takenAt(end); err != nil {
		return nil, fmt.Errorf("snapshot %s: %w", st.Digest, err)
	}
	return t, nil
}

// StoryByID reads one by its id. Errors: as [Service.Story].
func (s *Service) StoryByID(ctx context.Context, v policy.Viewer, id domain.ID) (*Story, error) {
	st, err := s.store.Story(ctx, id)
	return shown(v, st, err)
}

// StoryByIRI reads one by its address. Errors: as [Service.Story].
func (s *Service) StoryByIRI(ctx context.Context, v policy.Viewer, iri domain.IRI) (*Story, error) {
	st, err := s.store.StoryByIRI(ctx, iri)
	return shown(v, st, err)
}

// Pasted reads one by an address that somebody pasted, to clone it. What is of
// another node is brought from there by bring, if it is not here or perhaps
// changed since: whoever follows nobody there is not told of a withdrawal. A copy
// whose node does not answer, or that came in an archive, is read as it is here.
// Errors: as [Service.Story].
func (s *Service) Pasted(ctx context.Context, v policy.Viewer, iri domain.IRI, bring func(context.Context, domain.IRI) (string, error)) (*Story, error) {
	st, err := s.StoryByIRI(ctx, v, iri)
	if err == nil && (st.Host == "" || !st.Brought.IsZero()) || err != nil && domain.CodeOf(err) != domain.NotFound {
		return st, err
	}
	switch _, failed := bring(ctx, iri); {
	case domain.CodeOf(failed) == domain.Gone && err == nil:
		if err := s.ReceiveDeletion(ctx, iri, iri); err != nil {
			return nil, err
		}
	case failed != nil:
		return st, err
	}
	return s.StoryByIRI(ctx, v, iri)
}

// Source is what a story shows of its process, to be cloned with what goes along;
// known is false if that is not kept here.
func (s *Story) Source() (source lineage.SourceProcess, along []lineage.SourceResource, known bool) {
	if s.Snapshot == nil {
		return source, nil, false
	}
	return s.Snapshot.Process, s.Snapshot.Reusable(s.Host == "" && s.Status == Published), true
}

func shown(v policy.Viewer, st *Story, err error) (*Story, error) {
	if err != nil {
		return nil, err
	}
	if err := policy.Allow(v, policy.Read, st); err != nil {
		return nil, err
	}
	if st.Status == Withdrawn && policy.Allow(v, policy.Publish, st) != nil {
		return nil, domain.Fail(domain.Gone, "story.was_withdrawn")
	}
	return st, nil
}

// Facets counts what published stories could be filtered by.
func (s *Service) Facets(ctx context.Context, v policy.Viewer, f Filter) (Facets, error) {
	if err := policy.Allow(v, policy.Read, &Story{}); err != nil {
		return nil, err
	}
	return s.store.Facets(ctx, f)
}

// Stories lists published ones of this and other nodes, newest first, without
// their snapshots.
func (s *Service) Stories(ctx context.Context, v policy.Viewer, f Filter, page domain.Page) (domain.List[*Story], error) {
	if err := policy.Allow(v, policy.Read, &Story{}); err != nil {
		return domain.List[*Story]{}, err
	}
	return s.store.Stories(ctx, f, page)
}
