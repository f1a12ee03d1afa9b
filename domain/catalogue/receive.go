package catalogue

import (
	"context"
	"time"

	"interlink/domain"
	"interlink/domain/network"
)

// Remote is an entry as another node sent it.
type Remote struct {
	IRI         domain.IRI
	Slug        string // as its address ends
	Kind        Kind
	Content     Content
	Status      Status
	Reason      domain.Text
	Replacement domain.IRI
	Version     int
	Published   time.Time
	Updated     time.Time
}

// Receive keeps or refreshes the copy of an entry of another node's
// catalogue. The same or an older version changes nothing. Errors: Invalid
// unless the entry is on its owner's node, or if it breaks a bound.
func (s *Service) Receive(ctx context.Context, owner *network.Actor, in Remote) (*Entry, error) {
	if owner.Local() || s.ns.Owns(in.IRI) || !domain.SameOrigin(in.IRI, owner.IRI) {
		return nil, domain.Fail(domain.Invalid, "error.origin")
	}
	e, err := s.store.EntryByIRI(ctx, in.IRI)
	switch {
	case domain.CodeOf(err) == domain.NotFound:
		e = &Entry{
			ID: s.mint.ID(), Serial: s.mint.Serial(), IRI: in.IRI, Kind: in.Kind, Owner: owner.ID, Host: owner.Host,
			PublishedAt: in.Published, Slug: remoteSlug(in.Slug),
		}
	case err != nil:
		return nil, err
	case e.Owner != owner.ID || e.Kind != in.Kind:
		return nil, domain.Fail(domain.Invalid, "error.origin")
	case in.Version < e.Version || in.Version == e.Version && !in.Updated.After(e.UpdatedAt):
		return e, nil
	}
	c := in.Content
	e.Name, e.Summary = c.Name.Clean(), c.Summary.Clean()
	e.Interlinker, e.Problem, e.Schema = c.Interlinker, c.Problem, c.Schema
	e.Status, e.Reason, e.Replacement, e.Version, e.UpdatedAt = Published, nil, "", max(in.Version, 1), in.Updated
	if in.Status == Withdrawn || in.Status == Deprecated {
		e.Status, e.Reason = in.Status, in.Reason.Clean()
		if domain.SameOrigin(in.Replacement, in.IRI) {
			e.Replacement = in.Replacement
		}
	}
	if e.UpdatedAt.IsZero() {
		e.UpdatedAt = s.mint.Now()
	}
	if e.PublishedAt.IsZero() {
		e.PublishedAt = e.UpdatedAt
	}
	if err := e.Check(); err != nil {
		return nil, err
	}
	e.Hash = e.ContentHash()
	return e, s.store.Save(ctx, []*Entry{e}, domain.Change{Events: []domain.Event{s.event(Received, owner.ID, e)}}, false)
}

// ReceiveDeletion withdraws the copy of an entry that its node deleted. An
// unknown or withdrawn one changes nothing. Errors: Forbidden unless owner is
// its catalogue.
func (s *Service) ReceiveDeletion(ctx context.Context, owner *network.Actor, iri domain.IRI) error {
	e, err := s.store.EntryByIRI(ctx, iri)
	if domain.CodeOf(err) == domain.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	if e.Owner != owner.ID || e.Local() {
		return domain.Fail(domain.Forbidden, "error.origin")
	}
	if e.Status == Withdrawn {
		return nil
	}
	e.Status, e.UpdatedAt = Withdrawn, s.mint.Now()
	return s.store.Save(ctx, []*Entry{e}, domain.Change{Events: []domain.Event{s.event(Received, owner.ID, e)}}, false)
}

// remoteSlug keeps a foreign slug if it has the shape of ours.
func remoteSlug(slug string) string {
	if codeShape.MatchString(slug) {
		return slug
	}
	return slugOf(slug)
}
