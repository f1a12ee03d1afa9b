package community

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/markup"
)

// Cadence is how often a community tells by itself what happened.
type Cadence string

// The cadences. What happens meanwhile is gathered in one post; what ends soon
// is told in time whatever else was told.
const (
	Daily  Cadence = "day"
	Weekly Cadence = "week"
	Never  Cadence = "never"
)

// Cadences lists them.
var Cadences = []Cadence{Daily, Weekly, Never}

// period is the time between two posts.
func (c Cadence) period() time.Duration {
	if c == Weekly {
		return 7 * 24 * time.Hour
	}
	return 24 * time.Hour
}

// Happening is something that a community, or a process, tells by itself, in
// nobody's words: a process that began, a phase that is over, a call that closes.
type Happening struct {
	Serial    domain.Serial
	Community domain.ActorID // or the process
	Key       string         // what it is: told once
	Kind      string         // by which it is put into words
	Title     domain.Text
	Place     domain.Text // in what it happened; may be empty
	Link      domain.IRI
	Due       time.Time // told then at the earliest
	Until     time.Time // what ends then is told without waiting; zero for what has no end
}

// Happenings is the part of [Store] about what communities tell by themselves.
type Happenings interface {
	// Notice keeps happenings, and drops those with some keys, with the place
	// that was reached among the events. What was told stays as it is, what was
	// not is replaced. Errors: Conflict if another process was there first.
	Notice(ctx context.Context, cursor string, from, to int64, all []Happening, dropped []string) error
	// Telling lists the communities that have something to tell.
	Telling(ctx context.Context, at time.Time) ([]domain.ActorID, error)
	// Untold lists what a community has to tell, oldest first, and when it
	// last told what does not end.
	Untold(ctx context.Context, community domain.ActorID, at time.Time, most int) ([]Happening, time.Time, error)
	// Told notes that happenings were told, by a post; nil drops them untold.
	// Errors: Conflict if one of them was told meanwhile.
	Told(ctx context.Context, all []Happening, at time.Time, news *News) error
	// ForgetHappenings removes what was told before a time.
	ForgetHappenings(ctx context.Context, before time.Time) error
}

// Seen is what an event is to communities.
type Seen struct {
	Happenings []Happening
	Dropped    []string // keys of what does not happen any more
}

// Speaker is who tells by itself: a community of this node, or a process.
type Speaker struct {
	ID       domain.ActorID
	IRI      domain.IRI
	Title    domain.Text
	Language domain.Lang
	Cadence  Cadence
	Group    domain.ActorID // in which it stands: the community itself; Nobody for a process
}

// Speaker is the community as it tells by itself.
func (c *Community) Speaker() Speaker {
	return Speaker{ID: c.ID, IRI: c.IRI, Title: c.Title, Language: c.Language, Cadence: c.Cadence, Group: c.ID}
}

// Witness says what an event is to communities and processes, and, before it is
// told, whether a happening is still so and everybody may know it.
type Witness interface {
	See(ctx context.Context, e domain.Event) (Seen, error)
	// Process is a process that speaks. Errors: NotFound, also for one that not
	// everybody may see.
	Process(ctx context.Context, id domain.ActorID) (Speaker, error)
	Still(ctx context.Context, h Happening) (bool, error)
}

// Chain is what happened on the node.
type Chain interface {
	After(ctx context.Context, seq int64, limit int64) ([]domain.Event, error)
	Cursor(ctx context.Context, name string) (int64, error)
}

// Teller has communities tell what happened by themselves. What it noticed and
// the place reached are one transaction, as are a post and what it tells:
// killed anywhere, it goes on without telling anything twice.
type Teller struct {
	service *Service
	events  Chain
	witness Witness
	log     *slog.Logger
}

// NewTeller makes one.
func NewTeller(service *Service, events Chain, witness Witness, log *slog.Logger) *Teller {
	return &Teller{service, events, witness, log}
}

// The bounds of telling.
const (
	happeningsCursor = "happenings"
	eventsAtOnce     = 100
	freshFor         = 48 * time.Hour // what is older is no news
	mostGathered     = 200            // read for one post
	mostLines        = 15             // of one post
	keptTold         = 60 * 24 * time.Hour
)

// Step notices one page of events and has each community tell what is due. It
// returns how much it did.
func (t *Teller) Step(ctx context.Context) (int, error) {
	noticed, err := t.notice(ctx)
	if err != nil {
		return noticed, err
	}
	now := t.service.mint.Now()
	all, err := t.service.store.Telling(ctx, now)
	if err != nil {
		return noticed, err
	}
	told := 0
	for _, id := range all {
		n, err := t.tell(ctx, id, now)
		if err != nil && ctx.Err() != nil {
			return noticed + told, err
		}
		if err != nil { // of one community, which others need not wait for
			t.log.Error("tell what happened", "community", id, "error", err)
			continue
		}
		told += n
	}
	return noticed + told, nil
}

// Tend works until nothing is left, and forgets what was told long ago.
func (t *Teller) Tend(ctx context.Context) error {
	for {
		n, err := t.Step(ctx)
		if err != nil {
			return err
		}
		if n == 0 {
			return t.service.store.ForgetHappenings(ctx, t.service.mint.Now().Add(-keptTold))
		}
	}
}

func (t *Teller) notice(ctx context.Context) (int, error) {
	from, err := t.events.Cursor(ctx, happeningsCursor)
	if err != nil {
		return 0, err
	}
	events, err := t.events.After(ctx, from, eventsAtOnce)
	if err != nil || len(events) == 0 {
		return 0, err
	}
	oldest := t.service.mint.Now().Add(-freshFor)
	var all Seen
	for _, e := range events {
		if e.Time.Before(oldest) {
			continue
		}
		seen, err := t.witness.See(ctx, e)
		if err != nil {
			return 0, err
		}
		for _, h := range seen.Happenings {
			h.Serial = t.service.mint.Serial()
			if h.Due.IsZero() {
				h.Due = e.Time
			}
			all.Happenings = append(all.Happenings, h)
		}
		all.Dropped = append(all.Dropped, seen.Dropped...)
	}
	err = t.service.store.Notice(ctx, happeningsCursor, from, events[len(events)-1].Seq, all.Happenings, all.Dropped)
	if domain.CodeOf(err) == domain.Conflict {
		return 0, nil // another process noticed them
	}
	return len(events), err
}

// speaker reads who tells. One that is gone, or may not be seen, never speaks.
func (t *Teller) speaker(ctx context.Context, id domain.ActorID) (Speaker, error) {
	c, err := t.service.store.Community(ctx, id, domain.Nobody)
	if err == nil {
		return c.Speaker(), nil
	}
	if domain.CodeOf(err) != domain.NotFound {
		return Speaker{}, err
	}
	p, err := t.witness.Process(ctx, id)
	if domain.CodeOf(err) == domain.NotFound {
		return Speaker{ID: id, Cadence: Never}, nil
	}
	return p, err
}

// tell has one community tell what is due: what ends soon in posts of their
// own; of all else one post a day, or as it was set.
func (t *Teller) tell(ctx context.Context, id domain.ActorID, now time.Time) (int, error) {
	s := t.service
	c, err := t.speaker(ctx, id)
	if err != nil {
		return 0, err
	}
	due, last, err := s.store.Untold(ctx, id, now, mostGathered)
	if err != nil {
		return 0, err
	}
	so, over, ending, err := t.sorted(ctx, due, now, c.Cadence == Never || s.here(ctx, id) != nil)
	if err != nil {
		return 0, err
	}
	done := 0
	tell := func(all []Happening, news *News) error {
		if len(all) == 0 {
			return nil
		}
		err := s.store.Told(ctx, all, now, news)
		if domain.CodeOf(err) == domain.Conflict {
			return nil // another process told them
		}
		done += len(all)
		return err
	}
	if err := tell(over, nil); err != nil {
		return done, err
	}
	for _, h := range ending {
		news, err := s.report(ctx, c, []Happening{h})
		if err == nil {
			err = tell([]Happening{h}, news)
		}
		if err != nil {
			return done, err
		}
	}
	if len(so) == 0 || !last.IsZero() && now.Before(last.Add(c.Cadence.period())) {
		return done, nil
	}
	news, err := s.report(ctx, c, so)
	if err == nil {
		err = tell(so, news)
	}
	return done, err
}

// sorted divides what is due into what is so, what is over before it was told
// (all of it, if nothing is told here any more), and what ends.
func (t *Teller) sorted(ctx context.Context, due []Happening, now time.Time, void bool) (so, over, ending []Happening, err error) {
	for _, h := range due {
		still := !void && (h.Until.IsZero() || h.Until.After(now))
		if still {
			if still, err = t.witness.Still(ctx, h); err != nil {
				return nil, nil, nil, err
			}
		}
		switch {
		case !still:
			over = append(over, h)
		case h.Until.IsZero():
			so = append(so, h)
		default:
			ending = append(ending, h)
		}
	}
	return so, over, ending, nil
}

// report writes the post of a community that tells of happenings: each link
// stands once, whatever the number of languages.
func (s *Service) report(ctx context.Context, c Speaker, all []Happening) (*News, error) {
	told := inLanguages{below: "<" + string(all[0].Link) + ">"}
	if len(all) == 1 {
		told.parts = s.inEach(c, func(lang domain.Lang) string { return s.happened(lang, all[0]) })
	} else {
		told = s.digest(c, all)
	}
	p, err := s.unasked(ctx, c, told)
	if err != nil {
		return nil, err
	}
	return &News{Post: p, Feed: []FeedItem{s.item(c.ID, Created, p)}, Event: s.wrote(PostCreated, domain.Nobody, p)}, nil
}

// digest lists happenings.
func (s *Service) digest(c Speaker, all []Happening) inLanguages {
	told := inLanguages{parts: s.inEach(c, func(lang domain.Lang) string {
		title, _ := c.Title.In(lang)
		return s.phrase(lang, "community.digest", plainly(title))
	})}
	line := func(link domain.IRI, words func(domain.Lang) string) {
		told.lines = append(told.lines, leading{s.inEach(c, words), link})
	}
	for _, h := range all[:min(len(all), mostLines)] {
		line(h.Link, func(lang domain.Lang) string { return s.happened(lang, h) })
	}
	if rest := len(all) - mostLines; rest > 0 {
		line(c.IRI, func(lang domain.Lang) string { return s.phrase(lang, "community.digest_more", rest) })
	}
	return told
}

// unasked makes a post of a community that nobody wrote. It names nobody,
// whatever is in the titles of things.
func (s *Service) unasked(ctx context.Context, c Speaker, t inLanguages) (*Post, error) {
	p, err := s.write(ctx, s.mint.ID(), Draft{Content: t.source(), Language: c.Language}, c.Group)
	if err != nil {
		return nil, err
	}
	p.Content = s.spoken(ctx, t)
	p.Author, p.Mentions, p.Tags = c.ID, nil, nil
	return p, nil
}

// happened puts a happening into words.
func (s *Service) happened(lang domain.Lang, h Happening) string {
	title, _ := h.Title.In(lang)
	place, _ := h.Place.In(lang)
	return s.phrase(lang, "community.happened_"+h.Kind, plainly(title), plainly(place), h.Until)
}

// mostLanguages is in how many languages one post is written.
const mostLanguages = 3

// inLanguages is a text of parts that say the same, and what is below them once.
// [markup.Parts] takes it apart again.
type inLanguages struct {
	parts []inLanguage
	lines []leading
	below string // Markdown
}

type inLanguage struct {
	lang  domain.Lang
	words string // Markdown
}

// leading is a line that says the same in each language, and leads somewhere.
type leading struct {
	parts []inLanguage // of one paragraph each
	link  domain.IRI
}

// source is all of it as Markdown.
func (t inLanguages) source() string {
	var parts, lines []string
	for _, x := range t.parts {
		parts = append(parts, x.words)
	}
	for _, l := range t.lines {
		line := "- "
		for _, x := range l.parts {
			line += x.words + "\\\n  "
		}
		lines = append(lines, line+"<"+string(l.link)+">")
	}
	return strings.TrimSpace(strings.Join(parts, "\n\n---\n\n") + "\n\n" + strings.Join(lines, "\n") + "\n\n" + t.below)
}

// spoken is it as HTML that says of each part in which language it is.
func (s *Service) spoken(ctx context.Context, t inLanguages) string {
	var parts, lines []string
	for _, x := range t.parts {
		parts = append(parts, markup.InLang(s.mark(ctx, x.words).content, x.lang))
	}
	inline, bare := strings.NewReplacer("<p>", "<span>", "</p>", "</span>"), strings.NewReplacer("<p>", "", "</p>", "")
	for _, l := range t.lines {
		line := ""
		for _, x := range l.parts {
			line += markup.InLang(inline.Replace(s.mark(ctx, x.words).content), x.lang) + "<br/>"
		}
		lines = append(lines, "<li>"+line+bare.Replace(markup.Markdown("<"+string(l.link)+">"))+"</li>")
	}
	html := strings.Join(parts, "<hr/>\n")
	if len(lines) > 0 {
		html += "\n<ul>" + strings.Join(lines, "\n") + "</ul>"
	}
	return strings.TrimSpace(html + "\n" + s.mark(ctx, t.below).content)
}

// inEach writes something in the language of a community, and in the others in
// which it has a title.
func (s *Service) inEach(c Speaker, words func(domain.Lang) string) (parts []inLanguage) {
	langs := []domain.Lang{c.Language}
	for _, l := range c.Title.Langs() {
		if !slices.Contains(langs, l) && len(langs) < mostLanguages {
			langs = append(langs, l)
		}
	}
	for _, l := range langs {
		x := inLanguage{l, words(l)}
		if !slices.ContainsFunc(parts, func(y inLanguage) bool { return y.words == x.words }) {
			parts = append(parts, x)
		}
	}
	return parts
}

// plainly keeps a title from being read as Markdown, as a name of somebody or
// as a hashtag.
func plainly(title string) string {
	var b strings.Builder
	for _, r := range strings.Join(strings.Fields(title), " ") {
		if strings.ContainsRune("\\`*_{}[]()<>#+!|~@&", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Phrase puts a key into words for people who read them on other servers.
type Phrase func(lang domain.Lang, key string, args ...any) string

// SpeakBy sets how communities are put into words. It is called before the
// service is used; without it they introduce themselves to nobody.
func (s *Service) SpeakBy(phrase Phrase) { s.phrase = phrase }
