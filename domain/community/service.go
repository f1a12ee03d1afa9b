package community

import (
	"context"
	"slices"
	"sync"
	"time"

	"interlink/domain"
	"interlink/domain/policy"
)

// Service is what people and peers do in communities.
type Service struct {
	store         Store
	actors        Actors
	organizations Organizations
	mint          *domain.Mint
	ns            domain.Namespace
	find          Find // nil: nobody is asked
	screen        Screen
	phrase        Phrase         // nil: communities say nothing by themselves
	reporter      domain.ActorID // of what filters tell
	held          struct {
		sync.Mutex
		set  Holding
		read time.Time
	}
}

// Organizations answers what the policy must know of an organisation. Errors:
// NotFound.
type Organizations func(ctx context.Context, id domain.ActorID) (policy.Facts, error)

// NewService makes the service.
func NewService(store Store, actors Actors, organizations Organizations, mint *domain.Mint, ns domain.Namespace) *Service {
	return &Service{store: store, actors: actors, organizations: organizations, mint: mint, ns: ns}
}

func (s *Service) item(actor domain.ActorID, verb Verb, p *Post) FeedItem {
	return FeedItem{Serial: s.mint.Serial(), Actor: actor, Verb: verb, Kind: ObjectPost, Object: p.ID, IRI: p.IRI, At: s.mint.Now()}
}

func (s *Service) wrote(kind domain.EventKind, by domain.ActorID, p *Post) domain.Event {
	return domain.NewEvent(s.mint, kind, by, p.Subject(), Wrote{Author: p.Author, Community: p.Community, IRI: p.IRI, Mentions: p.Mentions})
}

// Timeline lists what an actor published and announced, newest first.
func (s *Service) Timeline(ctx context.Context, _ policy.Viewer, actor domain.ActorID, page domain.Page) (domain.List[FeedItem], error) {
	return s.store.FeedOf(ctx, actor, page)
}

// Home lists what the viewer follows, newest first. Errors: Unauthenticated.
func (s *Service) Home(ctx context.Context, v policy.Viewer, page domain.Page) (domain.List[FeedItem], error) {
	return s.HomeOf(ctx, v, HomeFilter{}, page)
}

// HomeOf is [Service.Home] narrowed. Errors: Unauthenticated, Invalid on "kind"
// and "from".
func (s *Service) HomeOf(ctx context.Context, v policy.Viewer, f HomeFilter, page domain.Page) (domain.List[FeedItem], error) {
	switch {
	case v.Actor == domain.Nobody:
		return domain.List[FeedItem]{}, domain.Fail(domain.Unauthenticated, "error.sign_in")
	case !slices.Contains(HomeKinds, f.Kind):
		return domain.List[FeedItem]{}, domain.InvalidField("kind", "home.kind_unknown")
	case !slices.Contains(AllFollowed, f.From):
		return domain.List[FeedItem]{}, domain.InvalidField("from", "home.kind_unknown")
	}
	return s.store.Home(ctx, v.Actor, f, page)
}

// Counts returns how many posts there are of this node and of others.
func (s *Service) Counts(ctx context.Context) (local, remote int, err error) {
	return s.store.Counts(ctx)
}
