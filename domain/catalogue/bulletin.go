package catalogue

import (
	"context"
	"time"

	"interlink/domain"
	"interlink/domain/policy"
)

// BulletinCounted is up to where the entries of a bulletin are counted, those that
// are new and the others: a larger number only says that there are more.
const BulletinCounted = 1000

// Bulletin is what an actor told of entries on one day: what a catalogue
// published, or what somebody shared of catalogues. Those who follow the actor
// find it in their timeline as one line.
type Bulletin struct {
	ID      domain.ID
	Actor   domain.ActorID
	Shared  bool // the entries are others'
	At      time.Time
	New     int // entries that lists show
	Renewed int // those of them of which a version was told before
	Entries domain.List[*Entry]
}

// Bulletin reads one, with a page of its entries, what is new first. Errors:
// NotFound, also where nothing is left of it.
func (s *Service) Bulletin(ctx context.Context, v policy.Viewer, id domain.ID, page domain.Page) (*Bulletin, error) {
	b, err := s.store.Bulletin(ctx, id, page)
	if err != nil {
		return nil, err
	}
	b.Entries.Items = readableOf(v, b.Entries.Items)
	return b, nil
}

// EntriesByID reads many at once; schemas come without their nodes. What v may
// not see is absent.
func (s *Service) EntriesByID(ctx context.Context, v policy.Viewer, ids []domain.ID) (map[domain.ID]*Entry, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	list, err := s.store.EntriesByID(ctx, ids)
	found := make(map[domain.ID]*Entry, len(list))
	for _, e := range readableOf(v, list) {
		found[e.ID] = e
	}
	return found, err
}

func readableOf(v policy.Viewer, list []*Entry) []*Entry {
	var out []*Entry
	for _, e := range list {
		if policy.Allow(v, policy.Read, e) == nil {
			out = append(out, e)
		}
	}
	return out
}
