package community

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/markup"
)

// Action is what is done with what somebody wrote.
type Action string

// The actions, from the mildest on.
const (
	Pass   Action = ""
	Tell   Action = "report" // it stands, and those who moderate are told
	Limit  Action = "limit"  // it stands in no list but its author's, and nobody is told of it
	Hold   Action = "hold"
	Reject Action = "reject"
)

var actions = []Action{Pass, Tell, Limit, Hold, Reject}

// Stronger reports whether an action does more than another.
func (a Action) Stronger(than Action) bool {
	return slices.Index(actions, a) > slices.Index(actions, than)
}

// Written is what a [Screen] looks at.
type Written struct {
	IRI      domain.IRI
	Author   domain.ActorID
	Host     string   // "" for this node
	Text     string   // plain, title and warning included
	Links    []string // hosts of what it links to
	Mentions int      // whom it names, here or elsewhere
	At       time.Time
}

// Ruling is what is to become of it, and by which filter.
type Ruling struct {
	Action Action
	Filter string // its name
	why    Why
}

// Screen judges what is written before it stands anywhere.
type Screen func(ctx context.Context, w Written) (Ruling, error)

// ScreenBy sets who judges what is written, and in whose name it reports; none
// lets all pass. It is called before the service is used.
func (s *Service) ScreenBy(screen Screen, reporter domain.ActorID) {
	s.screen, s.reporter = screen, reporter
}

// JobTell reports a post of which a filter tells; its argument is [Telling].
const JobTell = "community.tell_filtered"

// Telling names a post, and the filter.
type Telling struct {
	Post   domain.ID `json:"post"`
	Filter string    `json:"filter"`
}

// arrival is how something came to be judged.
type arrival struct {
	group     *Community // of this node; nil for none
	mentions  int
	pictures  []Picture // that it will show
	wanted    bool      // somebody here follows who shares it
	announcer domain.ActorID
	activity  domain.IRI
}

// judge says what becomes of something new: the filters first, then whether
// its author is known. Those who run a community are not judged in it.
func (s *Service) judge(ctx context.Context, p *Post, a arrival) (Ruling, error) {
	if a.group != nil && (p.Author == a.group.ID || a.group.Role(p.Author) != NoRole) {
		return Ruling{}, nil
	}
	r, err := s.screened(ctx, p, a.mentions, a.pictures...)
	if err != nil || !Hold.Stronger(r.Action) {
		return r, err
	}
	set, err := s.holding(ctx)
	if err != nil {
		return r, err
	}
	switch {
	case a.group != nil && (a.group.Holds || set.FirstPost):
		in := a.group.ID
		if !a.group.Holds {
			in = domain.Nobody
		}
		known, err := s.store.KnownIn(ctx, p.Author, in)
		if err == nil && !known {
			r = Ruling{Action: Hold, why: FirstPost}
		}
		return r, err
	case a.group == nil && !a.wanted && !p.Local() && set.Contact != ContactOpen && set.Contact != "":
		known, err := s.store.KnownHost(ctx, p.Host)
		if err != nil || known {
			return r, err
		}
		if set.Contact == ContactHold {
			return Ruling{Action: Hold, why: FirstContact}, nil
		}
		if Limit.Stronger(r.Action) {
			r = Ruling{Action: Limit}
		}
	}
	return r, nil
}

// screened asks the filters.
func (s *Service) screened(ctx context.Context, p *Post, mentions int, pictures ...Picture) (Ruling, error) {
	if s.screen == nil {
		return Ruling{}, nil
	}
	w := WrittenOf(p, mentions, s.mint.Now())
	for _, x := range pictures {
		w.Text += "\n" + x.Alt
	}
	r, err := s.screen(ctx, w)
	r.why = Filtered
	return r, err
}

// WrittenOf is a post as a [Screen] looks at it.
func WrittenOf(p *Post, mentions int, at time.Time) Written {
	words := []string{p.Title, p.Summary, markup.Text(p.Content)}
	for _, i := range p.Images {
		words = append(words, i.Name)
	}
	if p.Poll != nil {
		for _, o := range p.Poll.Options {
			words = append(words, o.Name)
		}
	}
	return Written{
		IRI: p.IRI, Author: p.Author, Host: p.Host, Text: strings.TrimSpace(strings.Join(words, "\n")),
		Links: linked(p.Content), Mentions: mentions, At: at,
	}
}

var linkShape = regexp.MustCompile(`(?i)href="https?://([^/"?#]+)`)

// linked lists the hosts to which safe HTML links.
func linked(content string) []string {
	var hosts []string
	for _, m := range linkShape.FindAllStringSubmatch(content, maxMentions*2) {
		hosts = append(hosts, strings.ToLower(m[1]))
	}
	return hosts
}

// rescreened asks the filters of a post that is changed: what would have to
// wait, or be turned down, is not taken, and a copy that they limit is in no
// list any more. Errors: Forbidden.
func (s *Service) rescreened(ctx context.Context, p *Post) ([]domain.Job, error) {
	if p.Author == p.Community {
		return nil, nil
	}
	r, err := s.screened(ctx, p, len(p.Mentions))
	if err == nil && !Hold.Stronger(r.Action) {
		err = domain.Fail(domain.Forbidden, "community.filtered")
	}
	if r.Action == Limit && !p.Local() {
		p.Visibility = p.Visibility.narrower(Unlisted)
	}
	return r.telling(p), err
}

// TellFiltered is the handler of [JobTell]: it reports a post, once.
func (s *Service) TellFiltered(ctx context.Context, job Telling) error {
	p, err := s.store.Post(ctx, job.Post, domain.Nobody)
	if domain.CodeOf(err) == domain.NotFound || err == nil && p.Deleted() {
		return nil
	}
	if err != nil {
		return err
	}
	r := &Report{IRI: p.IRI + "/filtered", Reporter: s.reporter, Target: p.Author, Posts: []domain.ID{p.ID}, Reason: job.Filter}
	return once(s.addReport(ctx, PostReported, r, []*Post{p}))
}

// telling is the job that reports what a filter tells of.
func (r Ruling) telling(p *Post) []domain.Job {
	if r.Action != Tell {
		return nil
	}
	return []domain.Job{{Kind: JobTell, Args: Telling{p.ID, r.Filter}, Unique: string(p.ID)}}
}
