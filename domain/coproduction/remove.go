package coproduction

import (
	"context"
	"time"

	"interlink/domain"
	"interlink/domain/policy"
)

// RemoveResource takes a resource away. For 30 days it can be restored; then
// its content is erased and a tombstone stays. Its maker, holders of the right
// to delete and administrators may. Again changes nothing. Errors: NotFound,
// Forbidden.
func (s *Service) RemoveResource(ctx context.Context, v policy.Viewer, name string, id domain.ID) error {
	return s.take(ctx, v, name, id, ResourceRemoved, func(r *Resource) (bool, error) {
		if !r.RemovedAt.IsZero() {
			return false, nil
		}
		r.RemovedAt, r.RemovedBy = s.mint.Now(), v.Actor
		return true, nil
	})
}

// RestoreResource brings a removed resource back; whoever may remove it may.
// Again changes nothing. Errors: NotFound, Forbidden; Gone once it is erased.
func (s *Service) RestoreResource(ctx context.Context, v policy.Viewer, name string, id domain.ID) error {
	return s.take(ctx, v, name, id, ResourceRestored, func(r *Resource) (bool, error) {
		if r.Erased || !r.RemovedAt.IsZero() && s.mint.Now().Sub(r.RemovedAt) > RestoreFor {
			return false, domain.Fail(domain.Gone, "resource.erased")
		}
		if r.RemovedAt.IsZero() {
			return false, nil
		}
		r.RemovedAt, r.RemovedBy = time.Time{}, domain.Nobody
		return true, nil
	})
}

// take takes a resource away, or brings it back, for those who may.
func (s *Service) take(ctx context.Context, v policy.Viewer, name string, id domain.ID, kind domain.EventKind, decide func(r *Resource) (changed bool, err error)) error {
	_, err := s.change(ctx, v, policy.Read, name, func(p *Process, t *Tree) (edit, error) {
		r, err := s.store.Resource(ctx, id)
		if err != nil {
			return edit{}, err
		}
		if r.Process != p.ID {
			return edit{}, domain.Fail(domain.NotFound, "error.not_found")
		}
		if err := policy.Allow(v, policy.Administer, resourceFacts{Place{p, t, r.Item}, r}); err != nil {
			return edit{}, err
		}
		changed, err := decide(r)
		if err != nil || !changed {
			return edit{}, err
		}
		r.Revision++
		r.UpdatedAt = s.mint.Now()
		return edit{
			Written: Written{Resources: []Resource{*r}},
			events:  []domain.Event{s.itemEvent(kind, v, p, r.Item, told(p, r))},
		}, nil
	})
	return err
}

// MayRemove reports whether the viewer may remove a resource of a process, for
// pages that offer it.
func (s *Service) MayRemove(v policy.Viewer, p *Process, t *Tree, r *Resource) bool {
	return policy.Allow(v, policy.Administer, resourceFacts{Place{p, t, r.Item}, r}) == nil
}
