package coproduction

import (
	"context"
	"time"

	"interlink/domain"
	"interlink/domain/policy"
)

// How says how an Interlinker was used.
type How string

// The ways.
const (
	TakenInto How = "taken"  // into a task
	OpenedAt  How = "opened" // what it is elsewhere, from a task; once for a person and day
)

// Use records that an Interlinker was used in a task.
type Use struct {
	ID          domain.ID
	Interlinker domain.ID // the catalogue's row
	Process     domain.ActorID
	Item        domain.ID
	Resource    domain.ID
	Actor       domain.ActorID
	Version     int // of the Interlinker as it is in the task; 0 if not known
	How         How
	At          time.Time // of one that was opened the day alone

	// Of lists: what the resource is called, and the Interlinker's address.
	Name string
	Tool domain.IRI
}

// Uses keeps how Interlinkers were used. Those that are taken into a task are
// saved with their process.
type Uses interface {
	// RecordUse notes one; the same person, resource and time again is no
	// error and changes nothing.
	RecordUse(ctx context.Context, u Use) error
	// Uses lists those of a process, newest first.
	Uses(ctx context.Context, process domain.ActorID, page domain.Page) (domain.List[Use], error)
}

// Uses lists how Interlinkers were used in a process, newest first. It is for
// those who take part, as it names people. Errors: NotFound.
func (s *Service) Uses(ctx context.Context, v policy.Viewer, name string, page domain.Page) (domain.List[Use], error) {
	p, err := s.process(ctx, v, policy.Read, name)
	if err != nil {
		return domain.List[Use]{}, err
	}
	if err := policy.Allow(v, policy.Read, insider{p}); err != nil {
		return domain.List[Use]{}, err
	}
	return s.store.Uses(ctx, p.ID, page)
}

// Visit returns where a link leads. That of an Interlinker counts as a use of
// it, once a day for each person who works in the task. Errors: NotFound,
// Gone; Invalid for what is no link.
func (s *Service) Visit(ctx context.Context, v policy.Viewer, name string, id domain.ID) (domain.IRI, error) {
	p, r, err := s.resource(ctx, v, name, id)
	if err != nil {
		return "", err
	}
	if r.Kind != Link {
		return "", domain.Fail(domain.Invalid, "use.no_link")
	}
	return r.URL, s.opened(ctx, v, p, r)
}

// opened records that somebody opened what an Interlinker is elsewhere, if
// they work in its task.
func (s *Service) opened(ctx context.Context, v policy.Viewer, p *Process, r *Resource) error {
	if r.InterlinkerID == "" || v.Actor == domain.Nobody {
		return nil
	}
	t, err := s.outline(ctx, p)
	if err != nil {
		return err
	}
	if policy.Allow(v, policy.Contribute, Place{p, t, r.Item}) != nil {
		return nil //nolint:nilerr // whoever may not work there uses nothing
	}
	return s.store.RecordUse(ctx, Use{
		ID: s.mint.ID(), Interlinker: r.InterlinkerID, Process: p.ID, Item: r.Item, Resource: r.ID, Actor: v.Actor,
		Version: r.InterlinkerVersion, How: OpenedAt, At: s.mint.Now().UTC().Truncate(24 * time.Hour),
	})
}
