package web

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"interlink/domain"
	"interlink/domain/lineage"
)

// sources keeps the processes of other nodes that somebody chooses from: a
// large one is not fetched again for each part that is opened, and what is
// cloned is what was shown. One that takes longer than a page should is read on
// while its reader waits.
type sources struct {
	from Sources
	now  func() time.Time

	mu    sync.Mutex
	known map[domain.IRI]shownSource
	read  map[domain.IRI]*reading // that are under way, or that nobody fetched yet
}

type shownSource struct {
	lineage.SourceProcess
	along   int    // its public resources; 0 if that is not known
	licence string // of its newest release; "" if that is not known
	until   time.Time
}

// reading is a process that is being read from its node.
type reading struct {
	began time.Time
	done  chan struct{} // closed when what follows is there
	shown shownSource
	err   error
}

// How many sources are kept, and how long: as one chooses.
const (
	maxSources = 8
	keepSource = 20 * time.Minute
)

// How long a page waits for a source, and how long one is read at most, or
// waits to be fetched.
const (
	patience    = 2 * time.Second
	longestRead = 3 * time.Minute
)

// errBeingRead says that a process is not there yet: ask again.
var errBeingRead = errors.New("it is still being read")

// look fetches a process. Errors: those of [Sources]; errBeingRead; Invalid if
// as many are being read as may be.
func (s *sources) look(ctx context.Context, iri domain.IRI) (shownSource, error) {
	r := s.begin(ctx, iri)
	if r == nil {
		return shownSource{}, domain.InvalidField("address", "clone.busy")
	}
	wait := time.NewTimer(patience)
	defer wait.Stop()
	select {
	case <-r.done:
		return s.fetch(iri, r)
	case <-wait.C:
		return shownSource{}, errBeingRead
	case <-ctx.Done():
		return shownSource{}, ctx.Err()
	}
}

// begin joins those who wait for a process, or reads it: on, if who asked goes
// away. nil if as many are being read as may be.
func (s *sources) begin(ctx context.Context, iri domain.IRI) *reading {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	for other, r := range s.read {
		if now.Sub(r.began) > 2*longestRead { // it ended, and nobody came back
			delete(s.read, other)
		}
	}
	if r := s.read[iri]; r != nil {
		return r
	}
	if len(s.read) >= maxSources {
		return nil
	}
	r := &reading{began: now, done: make(chan struct{})}
	s.read[iri] = r
	go func() {
		defer close(r.done)
		defer func() { // as a request would; here it would end the node
			if p := recover(); p != nil {
				r.err = fmt.Errorf("read %s: panic: %v\n%s", iri, p, debug.Stack())
			}
		}()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), longestRead)
		defer cancel()
		r.shown, r.err = s.ask(ctx, iri)
	}()
	return r
}

// ask reads a process from its node.
func (s *sources) ask(ctx context.Context, iri domain.IRI) (shownSource, error) {
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
	return shownSource{source, along, licence, s.now().Add(keepSource)}, nil
}

// fetch takes what was read, so that the next look reads anew.
func (s *sources) fetch(iri domain.IRI, r *reading) (shownSource, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.read[iri] == r {
		delete(s.read, iri)
	}
	if r.err != nil {
		return shownSource{}, r.err
	}
	now := s.now()
	for known, shown := range s.known {
		if now.After(shown.until) || len(s.known) >= maxSources && known != iri {
			delete(s.known, known)
		}
	}
	s.known[iri] = r.shown
	return r.shown, nil
}

// shown returns a process as it was looked at a while ago, or else as it is.
// Errors: as of look.
func (s *sources) shown(ctx context.Context, iri domain.IRI) (shownSource, error) {
	s.mu.Lock()
	shown, found := s.known[iri]
	s.mu.Unlock()
	if found && s.now().Before(shown.until) {
		return shown, nil
	}
	return s.look(ctx, iri)
}
