package network

import (
	"context"
	"time"

	"interlink/domain"
)

// Featuring is the consent of a local community that a list of another server
// recommends it (FEP-7aa9).
type Featuring struct {
	Serial    domain.Serial
	Community domain.ActorID
	By        domain.ActorID // whose list it is
	List      domain.IRI
	At        time.Time
}

// What happens to them; the payload is [QuotePayload]: the quote is the list,
// the target the community.
const (
	FeatureAllowed   domain.EventKind = "feature.allowed"
	FeatureRefused   domain.EventKind = "feature.refused"   // the target may be anybody here
	FeatureWithdrawn domain.EventKind = "feature.withdrawn" // the consent ended
)

// FeaturingStore keeps such consents.
type FeaturingStore interface {
	// SaveFeaturing stores one by community and list; a known one stays.
	SaveFeaturing(ctx context.Context, f *Featuring, change domain.Change) error
	// Featurings lists a part of those of a community, oldest first.
	Featurings(ctx context.Context, community domain.ActorID) ([]*Featuring, error)
	// DeleteFeaturings removes some; missing ones are no error.
	DeleteFeaturings(ctx context.Context, list []*Featuring, change domain.Change) error
}

// Featurable reports whether others may recommend the actor: a community of
// this node that does not say otherwise.
func (a *Actor) Featurable() bool {
	return a.Local() && a.Subject == SubjectCommunity && a.Discoverable && a.Visibility == domain.VisiblePublic && !a.Gone()
}

// ReceiveFeatureRequest answers an actor of another server that asks to
// recommend a local actor in a list: any list may recommend a community that is
// to be recommended, but those of limited hosts. Asked again, it is answered
// again. Who is not for everybody does not answer. Errors: NotFound, Forbidden.
func (s *Service) ReceiveFeatureRequest(ctx context.Context, by, asked *Actor, q QuotePayload) error {
	if asked.Visibility != domain.VisiblePublic {
		return domain.Fail(domain.NotFound, "error.not_found")
	}
	if err := s.mayAsk(ctx, by, q); err != nil {
		return err
	}
	q.By, q.Author, q.Target = by.ID, asked.ID, asked.IRI
	if !asked.Featurable() {
		return s.store.Record(ctx, domain.Change{Events: []domain.Event{s.asked(FeatureRefused, q)}})
	}
	f := &Featuring{Serial: s.mint.Serial(), Community: asked.ID, By: by.ID, List: q.Quote, At: s.mint.Now()}
	return s.store.SaveFeaturing(ctx, f, domain.Change{Events: []domain.Event{s.asked(FeatureAllowed, q)}})
}

// JobUnfeature has the consents of a community end that is not to be
// recommended any more. Its argument is [UnfeatureArgs].
const JobUnfeature = "network.unfeature"

// UnfeatureArgs are the arguments of [JobUnfeature].
type UnfeatureArgs struct {
	Community domain.ActorID `json:"community"`
}

// Unfeature makes the job.
func Unfeature(community domain.ActorID) domain.Job {
	return domain.Job{Kind: JobUnfeature, Args: UnfeatureArgs{Community: community}}
}

// WithdrawFeaturings is the handler of [JobUnfeature]: each list that was
// allowed to recommend the community is told that it may not any more. One that
// is to be recommended again by then keeps them.
func (s *Service) WithdrawFeaturings(ctx context.Context, args UnfeatureArgs) error {
	for {
		a, err := s.store.Actor(ctx, args.Community)
		if domain.CodeOf(err) == domain.NotFound || err == nil && a.Featurable() {
			return nil
		}
		if err != nil {
			return err
		}
		list, err := s.store.Featurings(ctx, a.ID)
		if err != nil || len(list) == 0 {
			return err
		}
		var change domain.Change
		for _, f := range list {
			q := QuotePayload{By: f.By, Author: a.ID, Quote: f.List, Target: a.IRI}
			change.Events = append(change.Events, s.asked(FeatureWithdrawn, q))
		}
		if err := s.store.DeleteFeaturings(ctx, list, change); err != nil {
			return err
		}
	}
}
