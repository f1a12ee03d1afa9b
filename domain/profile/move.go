package profile

import (
	"context"
	"slices"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/policy"
)

// MaxAliases is how many other actors one can say that it is too.
const MaxAliases = 10

// ReturnWithin is how long after it moved a process can come back: then its
// clones have gone on with the one that took its place.
const ReturnWithin = 30 * 24 * time.Hour

// Movable reports whether actors of a subject can move: persons, communities
// and processes. Others stay with their node.
func Movable(subject string) bool {
	return subject == network.SubjectPerson || subject == network.SubjectCommunity || subject == network.SubjectProcess
}

// AddAlias says that an actor is another one too, by its handle or address,
// so that the other one can move here. Errors: NotFound, Forbidden,
// Unauthenticated, Conflict; Invalid on "alias".
func (s *Service) AddAlias(ctx context.Context, v policy.Viewer, id domain.ActorID, who string) error {
	a, err := s.movable(ctx, v, id)
	if err != nil {
		return err
	}
	other, err := s.named(ctx, "alias", who)
	if err != nil {
		return err
	}
	switch {
	case other.ID == a.ID:
		return domain.InvalidField("alias", "move.self")
	case slices.Contains(a.AlsoKnownAs, other.IRI):
		return nil
	case len(a.AlsoKnownAs) >= MaxAliases:
		return domain.InvalidField("alias", "move.too_many_aliases", MaxAliases)
	}
	a.AlsoKnownAs = append(slices.Clone(a.AlsoKnownAs), other.IRI)
	return s.save(ctx, v, a, "aliases")
}

// RemoveAlias takes an alias back; one that is not there is no error. Errors:
// NotFound, Forbidden, Unauthenticated, Conflict.
func (s *Service) RemoveAlias(ctx context.Context, v policy.Viewer, id domain.ActorID, alias domain.IRI) error {
	a, err := s.movable(ctx, v, id)
	if err != nil || !slices.Contains(a.AlsoKnownAs, alias) {
		return err
	}
	a.AlsoKnownAs = slices.DeleteFunc(slices.Clone(a.AlsoKnownAs), func(iri domain.IRI) bool { return iri == alias })
	return s.save(ctx, v, a, "aliases")
}

// Move says that another actor takes an actor's place: followers follow it
// from now on, and the old one neither posts nor takes followers. The other
// one must name it as an alias. The viewer's password is asked again. Errors:
// NotFound, Forbidden, Unauthenticated, Conflict, TooMany; Invalid on
// "password" and "target", also for who moved in the last seven days.
func (s *Service) Move(ctx context.Context, v policy.Viewer, id domain.ActorID, target, password string) error {
	a, err := s.movable(ctx, v, id)
	if err != nil {
		return err
	}
	if strings.TrimSpace(target) == "" {
		return domain.InvalidField("target", "follow.handle", "")
	}
	if err := s.prove(ctx, v, password); err != nil {
		return err
	}
	now := s.mint.Now()
	if !a.MayMove(now) {
		return domain.InvalidField("target", "move.too_soon", int(network.MoveEvery.Hours())/24)
	}
	to, err := s.named(ctx, "target", target)
	switch {
	case err != nil:
		return err
	case to.ID == a.ID:
		return domain.InvalidField("target", "move.self")
	case !to.Takes(a.IRI):
		return domain.InvalidField("target", "move.not_named", string(a.IRI))
	case a.Subject == network.SubjectProcess && (to.Local() || to.Type != network.TypeGroup):
		return domain.InvalidField("target", "move.no_process")
	}
	return s.store.SaveMove(ctx, a.ID, to.IRI, now, now.Add(-network.MoveEvery), network.Moving(s.mint, v.Actor, a, to))
}

// Return says that an actor is here again. Followers that left stay where they
// are; clones of a process come back with it, for which it has [ReturnWithin].
// Errors: NotFound, Forbidden, Unauthenticated; Invalid if that is over.
func (s *Service) Return(ctx context.Context, v policy.Viewer, id domain.ActorID) error {
	a, err := s.movable(ctx, v, id)
	if err != nil || a.MovedTo == "" {
		return err
	}
	change := s.changed(v, a, "returned")
	if a.Subject == network.SubjectProcess {
		if s.mint.Now().Sub(a.MovedAt) > ReturnWithin {
			return domain.Fail(domain.Invalid, "move.too_late", int(ReturnWithin.Hours())/24)
		}
		change.Jobs = append(change.Jobs, network.Succeeding(a.IRI, ""))
	}
	return s.store.SaveMove(ctx, a.ID, "", s.mint.Now(), time.Time{}, change)
}

// movable finds an actor that the viewer may let move.
func (s *Service) movable(ctx context.Context, v policy.Viewer, id domain.ActorID) (*network.Actor, error) {
	a, err := s.actor(ctx, v, policy.Administer, id)
	if err == nil && !Movable(a.Subject) {
		err = domain.Fail(domain.NotFound, "error.not_found")
	}
	return a, err
}

// named finds who was typed into a field.
func (s *Service) named(ctx context.Context, field, who string) (*network.Actor, error) {
	if who = strings.TrimSpace(who); who == "" {
		return nil, domain.InvalidField(field, "move.who")
	}
	a, err := s.find(ctx, who)
	switch domain.CodeOf(err) {
	case domain.OK:
	default:
		if domain.Ours(err) {
			return nil, err
		}
		return nil, domain.InvalidField(field, "follow.not_found", who).Because(err)
	}
	if a.Gone() || a.Visibility != domain.VisiblePublic {
		return nil, domain.InvalidField(field, "follow.not_found", who)
	}
	return a, nil
}
