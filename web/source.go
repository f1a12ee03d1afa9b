package web

import (
	"context"
	"sync"
	"time"

	"interlink/domain"
	"interlink/domain/lineage"
)

// sources keeps the processes of other nodes that somebody chooses from: a
// large one is not fetched again for each part that is opened, and what is
// cloned is what was shown.
type sources struct {
	from Sources
	now  func() time.Time

	mu    sync.Mutex
	known map[domain.IRI]shownSource
}

type shownSource struct {
	lineage.SourceProcess
	along   int    // its public resources; 0 if that is not known
	licence string // of its newest release; "" if that is not known
	until   time.Time
}

// How many sources are kept, and how long: as one chooses.
const (
	maxSources = 8
	keepSource = 20 * time.Minute
)

// look fetches a process. Errors: those of [Sources].
func (s *sources) look(ctx context.Context, iri domain.IRI) (shownSource, error) {
	source, err := s.from.Source(ctx, iri)
	if err != nil {
		return shownSource{}, err
	}
	along, err := s.from.Along(ctx, iri)
	if err != nil { // it is cloned all the same
		along = 0
	}
	licence, err := s.from.Licence(ctx, iri)
	if err != nil {
		licence = ""
	}
	now := s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	for known, shown := range s.known {
		if now.After(shown.until) || len(s.known) >= maxSources && known != iri {
			delete(s.known, known)
		}
	}
	s.known[iri] = shownSource{source, along, licence, now.Add(keepSource)}
	return s.known[iri], nil
}

// shown returns a process as it was looked at a while ago, or else as it is.
// Errors: those of [Sources].
func (s *sources) shown(ctx context.Context, iri domain.IRI) (shownSource, error) {
	s.mu.Lock()
	shown, found := s.known[iri]
	s.mu.Unlock()
	if found && s.now().Before(shown.until) {
		return shown, nil
	}
	return s.look(ctx, iri)
}
