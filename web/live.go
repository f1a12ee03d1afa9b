package web

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"interlink/domain"
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

// watched reads which list the window shows: "home", "community:name" or
// "post:id", in "watch", and the newest of it, in "since"; nil for none.
func (p *Portal) watched(q *request) *watch {
	kind, what, _ := strings.Cut(q.URL.Query().Get("watch"), ":")
	since, err := domain.Page{After: q.URL.Query().Get("since")}.AfterSerial()
	if err != nil {
		return nil
	}
	switch kind {
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
