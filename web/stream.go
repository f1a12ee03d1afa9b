package web

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"interlink/domain"
	"interlink/domain/notification"
	"interlink/web/view"
)

// The bounds of streams.
const (
	streamsOfOne = 8    // of one person, in one process
	streamsOfAll = 2000 // in one process
	heartbeat    = 25 * time.Second
	streamPoll   = 3 * time.Second // how often is looked for what another process told
	streamWrite  = 10 * time.Second
	streamNews   = 500 // how many are read at once
	resumed      = 20  // of how many somebody is told who comes again; the page has all
)

// streams are the windows that listen. One reader looks for what is new, as
// long as anybody listens, however many they are: when it is woken, by this
// process or by another, and by the clock, as it may not have been.
type streams struct {
	service *notification.Service
	told    <-chan struct{}
	log     *slog.Logger
	end     chan struct{} // closed when the process ends
	ended   sync.Once

	mu      sync.Mutex
	windows map[domain.ActorID]map[*window]bool
	all     int
	reading context.CancelFunc // nil while nobody listens
}

// window is one that listens.
type window struct {
	arrivals chan notification.Arrival // closed if it does not keep up
	changed  chan struct{}             // something may have been read
	closed   bool
}

func newStreams(service *notification.Service, told <-chan struct{}, log *slog.Logger) *streams {
	return &streams{service: service, told: told, log: log, end: make(chan struct{}), windows: map[domain.ActorID]map[*window]bool{}}
}

// EndStreams ends all streams, as the process is about to. Browsers come again,
// to another process.
func (p *Portal) EndStreams() { p.streams.ended.Do(func() { close(p.streams.end) }) }

// open adds a window; nil if there are too many.
func (s *streams) open(person domain.ActorID) *window {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.windows[person]) >= streamsOfOne || s.all >= streamsOfAll {
		return nil
	}
	w := &window{arrivals: make(chan notification.Arrival, 64), changed: make(chan struct{}, 1)}
	if s.windows[person] == nil {
		s.windows[person] = map[*window]bool{}
	}
	s.windows[person][w] = true
	if s.all++; s.reading == nil {
		ctx, cancel := context.WithCancel(context.Background())
		s.reading = cancel
		go s.read(ctx)
	}
	return w
}

func (s *streams) close(person domain.ActorID, w *window) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.windows[person], w)
	if len(s.windows[person]) == 0 {
		delete(s.windows, person)
	}
	if s.all--; s.all == 0 {
		s.reading()
		s.reading = nil
	}
}

// read hands on what is new until nobody listens. What was told before it
// began, each window has read itself.
func (s *streams) read(ctx context.Context) {
	last, known := int64(0), false
	tick := time.NewTicker(streamPoll)
	defer tick.Stop()
	for ctx.Err() == nil {
		var err error
		if !known {
			last, err = s.service.Newest(ctx)
			known = err == nil
			s.nudge()
		} else {
			last, err = s.hand(ctx, last)
		}
		if err != nil && ctx.Err() == nil {
			s.log.Warn("look for notifications", "error", err)
		}
		select {
		case <-ctx.Done():
		case <-s.told:
			s.nudge()
		case <-tick.C:
		}
	}
}

// hand gives what was told after an event to whom it is for, and returns the
// last of it.
func (s *streams) hand(ctx context.Context, last int64) (int64, error) {
	for {
		news, err := s.service.After(ctx, last, domain.Nobody, streamNews)
		if err != nil || len(news) == 0 {
			return last, err
		}
		if len(news) == streamNews { // the last event may have more: begin with it again
			whole := len(news)
			for whole > 0 && news[whole-1].Seq == news[len(news)-1].Seq {
				whole--
			}
			if whole > 0 {
				news = news[:whole]
			}
		}
		s.mu.Lock()
		for _, n := range news {
			for w := range s.windows[n.Person] {
				w.give(n)
			}
		}
		s.mu.Unlock()
		last = news[len(news)-1].Seq
	}
}

// give hands on one; a window that does not keep up ends, and comes again.
func (w *window) give(n notification.Arrival) {
	if w.closed {
		return
	}
	select {
	case w.arrivals <- n:
	default:
		w.closed = true
		close(w.arrivals)
	}
}

// nudge lets all windows look how much is unread.
func (s *streams) nudge() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, windows := range s.windows {
		for w := range windows {
			select {
			case w.changed <- struct{}{}:
			default:
			}
		}
	}
}

// told is what a stream sends.
type told struct {
	Unread string `json:"unread"`         // "" for none, "99+"
	Label  string `json:"label"`          // the same in words
	Text   string `json:"text,omitempty"` // what is new
	Href   string `json:"href,omitempty"` // where it leads
}

// stream sends what the reader is told as it happens (Server-Sent Events, HTML
// §9.2), and what is new in the list that they look at: first how much is unread and, to who comes again, what came meanwhile.
// A program may send a token in place of a session.
func (p *Portal) stream(q *request) error {
	if err := q.withToken(); err != nil {
		return err
	}
	if err := p.Notifications.Listen(q.viewer); err != nil {
		return err
	}
	w := p.streams.open(q.viewer.Actor)
	if w == nil {
		return domain.Fail(domain.TooMany, "notification.busy")
	}
	defer p.streams.close(q.viewer.Actor, w)
	e := openEvents(q)
	e.begin()
	e.follow(w)
	return nil // whoever listened is gone
}

// openEvents begins an answer that is a stream.
func openEvents(q *request) *events {
	header := q.w.Header()
	header.Set("Content-Type", "text/event-stream")
	header.Set("Cache-Control", "no-store")
	header.Set("X-Accel-Buffering", "no") // nginx would keep it back
	q.w.WriteHeader(http.StatusOK)
	return &events{q: q, to: http.NewResponseController(q.w)}
}

// withToken enters by the token of a program, if it sends one.
func (q *request) withToken() error {
	scheme, token, _ := strings.Cut(q.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return nil
	}
	var err error
	q.viewer, q.account, err = q.p.Accounts.Token(q.Context(), strings.TrimSpace(token))
	if domain.CodeOf(err) == domain.NotFound {
		return domain.Fail(domain.Unauthenticated, "error.token")
	}
	return err
}

// events writes one stream.
type events struct {
	q     *request
	to    *http.ResponseController
	shown string // how much is unread, as it was sent last
	last  int64  // event of which was told last
	err   error
}

// begin sends how much is unread, and what came since the last that was seen.
func (e *events) begin() {
	if e.err = e.to.SetReadDeadline(time.Time{}); e.err != nil { // of the request, which is read
		return
	}
	e.write("retry: 5000\n\n")
	seen, err := strconv.ParseInt(e.q.Header.Get("Last-Event-ID"), 10, 64)
	if err != nil || seen <= 0 {
		newest, err := e.q.p.Notifications.Newest(e.q.Context())
		e.err = err
		e.send(newest, "", "")
		return
	}
	news, err := e.q.p.Notifications.After(e.q.Context(), seen, e.q.viewer.Actor, resumed)
	e.err = err
	if len(news) == 0 {
		e.send(seen, "", "")
	}
	for _, n := range news {
		e.arrived(n)
	}
}

// follow sends what comes, until the window closes, the process ends, or the
// session does.
func (e *events) follow(w *window) {
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	list := e.q.p.watched(e.q)
	var look <-chan time.Time // never, where no list is shown
	if list != nil {
		ticker := time.NewTicker(liveLook)
		defer ticker.Stop()
		look = ticker.C
	}
	for e.err == nil {
		select {
		case <-e.q.Context().Done():
			return
		case <-e.q.p.streams.end:
			return
		case n, ok := <-w.arrivals:
			if !ok {
				return
			}
			e.arrived(n)
		case <-w.changed:
			if now := e.count(); now.Text() != e.shown {
				e.send(0, "", "")
			}
		case <-look:
			e.look(list)
		case <-beat.C:
			if !e.still() {
				return
			}
			e.write(": here\n\n")
		}
	}
}

// still reports whether the session goes on.
func (e *events) still() bool {
	if e.q.Header.Get("Authorization") != "" {
		return e.q.withToken() == nil
	}
	c, err := e.q.Cookie(e.q.p.Cookie)
	if err != nil {
		return false
	}
	a, err := e.q.p.Accounts.Session(e.q.Context(), c.Value)
	return err == nil && a.Actor == e.q.viewer.Actor
}

func (e *events) count() view.Bell {
	e.q.counted = nil
	return e.q.bell()
}

// arrived tells of one, unless the reader may not see it any more.
func (e *events) arrived(n notification.Arrival) {
	if n.Seq <= e.last {
		return // it came while the others were read
	}
	e.last = n.Seq
	found, err := e.q.p.Notifications.Notification(e.q.Context(), e.q.viewer, n.Serial)
	if err != nil {
		return
	}
	lines, err := e.q.p.linesOf(e.q, []*notification.Notification{found})
	if err != nil || len(lines) == 0 {
		return
	}
	e.count()
	e.send(n.Seq, lines[0].Text, lines[0].Href)
}

// send sends one message; id is the event that it tells of, 0 for none.
func (e *events) send(id int64, text, href string) {
	bell, words := e.q.bell(), e.q.p.catalog.Printer(e.q.lang, e.q.p.Zone)
	say := bell.Say()
	e.shown = bell.Text()
	raw, err := json.Marshal(told{Unread: e.shown, Label: words.T(say.Key, say.Args...), Text: text, Href: href})
	if err != nil {
		e.err = err
		return
	}
	message := "event: notification\ndata: " + string(raw) + "\n\n"
	if id > 0 {
		message = fmt.Sprintf("id: %d\n", id) + message
	}
	e.write(message)
}

// write sends at once. The time for it begins anew with each message: a stream
// lasts longer than an answer may.
func (e *events) write(message string) {
	if e.err != nil {
		return
	}
	if err := e.to.SetWriteDeadline(time.Now().Add(streamWrite)); err != nil {
		e.err = err
		return
	}
	if _, e.err = e.q.w.Write([]byte(message)); e.err == nil {
		e.err = e.to.Flush()
	}
}
