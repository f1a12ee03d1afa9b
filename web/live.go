package web

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"time"

	"interlink/domain"
	"interlink/domain/policy"
	"interlink/web/view"
)

// liveLook is how often a window that shows a list asks whether anything
// changed at all; liveAgain, how often it looks although nothing is known to
// have: another process may not have said so.
const (
	liveLook  = 3 * time.Second
	liveAgain = time.Minute
)

// watch is the list that a window shows, and how much in it is new.
type watch struct {
	words string // key of the sentence
	fresh func(ctx context.Context) (int, error)

	changes uint64 // of the data, as of the last look
	looked  time.Time
	shown   int
}

// watched reads which list the window shows: "home", "community:name",
// "post:id" or "process:name", in "watch", and the newest of it, in "since",
// for a process its revision; nil for none.
func (p *Portal) watched(q *request) *watch {
	kind, what, _ := strings.Cut(q.URL.Query().Get("watch"), ":")
	since, err := domain.Page{After: q.URL.Query().Get("since")}.AfterSerial()
	if err != nil {
		return nil
	}
	switch kind {
	case "process":
		return &watch{words: "live.process", fresh: func(ctx context.Context) (int, error) {
			x, err := p.Coproduction.Process(ctx, q.viewer, what)
			if err != nil || x.Revision <= int64(since) {
				return 0, err
			}
			return 1, nil
		}}
	case "home":
		return &watch{words: "live.posts", fresh: func(ctx context.Context) (int, error) { return p.Communities.FreshHome(ctx, q.viewer, since) }}
	case "community":
		return &watch{words: "live.posts", fresh: func(ctx context.Context) (int, error) { return p.Communities.FreshIn(ctx, q.viewer, what, since) }}
	case "post":
		return &watch{words: "live.answers", fresh: func(ctx context.Context) (int, error) {
			return p.Communities.FreshAnswers(ctx, q.viewer, domain.ID(what), since)
		}}
	}
	return nil
}

// live is what a page says of the list that it shows; newest is the first of
// it, 0 for none.
func live(kind, what string, newest domain.Serial) *view.Live {
	l := &view.Live{Watch: kind}
	if newest > 0 {
		l.Since = newest.Cursor()
	}
	if what != "" {
		l.Watch += ":" + what
	}
	return l
}

// liveList sends what is new in a list that everybody may read to who looks at it
// without having signed in. Of what is not public it tells nothing, nor that it
// is there. A page shows the same to who comes again.
func (p *Portal) liveList(q *request) error {
	kind, _, _ := strings.Cut(q.URL.Query().Get("watch"), ":")
	list := p.watched(q)
	if list == nil || kind == "home" {
		return domain.Fail(domain.NotFound, "error.not_found")
	}
	q.viewer, q.account, q.guest = policy.Viewer{}, nil, nil
	if _, err := list.fresh(q.Context()); err != nil {
		return err
	}
	from := networkOf(p.from(q.Request))
	if !p.strangers.enter(from) {
		return domain.Fail(domain.TooMany, "notification.busy")
	}
	defer p.strangers.leave(from)
	e := openEvents(q)
	if e.err = e.to.SetReadDeadline(time.Time{}); e.err == nil {
		e.write("retry: 15000\n\n")
	}
	look, beat := time.NewTicker(liveLook), time.NewTicker(heartbeat)
	defer look.Stop()
	defer beat.Stop()
	for e.err == nil {
		select {
		case <-q.Context().Done():
			return nil
		case <-p.streams.end:
			return nil
		case <-look.C:
			e.look(list)
		case <-beat.C:
			e.write(": here\n\n")
		}
	}
	return nil // whoever listened is gone
}

// strangers count the streams of those who did not sign in, by where they come
// from.
type strangers struct {
	mu   sync.Mutex
	from map[string]int
	all  int
}

// The bounds of their streams, in one process.
const (
	streamsOfNetwork   = 16
	streamsOfStrangers = 1000
)

func (s *strangers) enter(from string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.from[from] >= streamsOfNetwork || s.all >= streamsOfStrangers {
		return false
	}
	if s.from == nil {
		s.from = map[string]int{}
	}
	s.from[from]++
	s.all++
	return true
}

func (s *strangers) leave(from string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all--
	if s.from[from]--; s.from[from] == 0 {
		delete(s.from, from)
	}
}

// look tells how much is new in the list, if it is more than was told, and if
// anything changed. What is not to be read any more is not told of.
func (e *events) look(w *watch) {
	changes, now := e.q.p.Changes(), e.q.p.Now()
	if changes == w.changes && now.Sub(w.looked) < liveAgain {
		return
	}
	w.changes, w.looked = changes, now
	n, err := w.fresh(e.q.Context())
	if err != nil || n == w.shown {
		return
	}
	w.shown = n
	raw, err := json.Marshal(map[string]string{"text": e.q.p.catalog.Printer(e.q.lang, e.q.p.Zone).T(w.words, n)})
	if err != nil {
		e.err = err
		return
	}
	e.write("event: posts\ndata: " + string(raw) + "\n\n")
}
