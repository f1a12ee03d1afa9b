package moderation

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/policy"
)

// Filter says what is done with what is written in a certain way.
type Filter struct {
	ID        domain.ID
	Serial    domain.Serial
	Name      string // for those who moderate; who wrote is never told it
	Kind      FilterKind
	Pattern   string // of words and links: a regular expression, in which case does not matter
	Most      int    // of the other kinds: how many are let pass
	Hours     int    // of those that count over time
	Action    community.Action
	Enabled   bool
	CreatedBy domain.ActorID
	CreatedAt time.Time
	Revision  int64

	Hits   int // how often it acted, ever; set by the store
	Lately int // … in the last seven days

	matches *regexp.Regexp
}

// FilterKind is what a filter looks at.
type FilterKind string

// The kinds.
const (
	FilterWords    FilterKind = "words"    // Pattern, in the text
	FilterLinks    FilterKind = "links"    // Pattern, in a host to which it links
	FilterMany     FilterKind = "many"     // more than Most links
	FilterMentions FilterKind = "mentions" // more than Most people are named
	FilterAuthor   FilterKind = "author"   // its author wrote more than Most in Hours, this included
	FilterHost     FilterKind = "host"     // its host, of another node, wrote more than Most in Hours
	FilterRepeat   FilterKind = "repeat"   // the same text came more than Most times in Hours, from whomever
)

// FilterKinds are all, in the order of forms.
var FilterKinds = []FilterKind{FilterWords, FilterLinks, FilterMany, FilterMentions, FilterAuthor, FilterHost, FilterRepeat}

// FilterActions are what a filter can do, the mildest first.
var FilterActions = []community.Action{community.Tell, community.Limit, community.Hold, community.Reject}

// Patterned reports whether the kind has a pattern.
func (k FilterKind) Patterned() bool { return k == FilterWords || k == FilterLinks }

// Counted reports whether the kind counts what was written before.
func (k FilterKind) Counted() bool { return k == FilterAuthor || k == FilterHost || k == FilterRepeat }

// The bounds of filters. Go's regular expressions take time in proportion to
// the text; these bound the factor.
const (
	maxFilters      = 50
	maxPattern      = 500    // bytes
	maxInstructions = 2_000  // of what a pattern is compiled to
	maxScreened     = 20_000 // bytes of a text that are looked at
	maxFilterName   = 100
	maxMost         = 10_000
	maxFilterHours  = 24 * 7
)

// WrittenFor is how long it is remembered that something was written, for
// filters that count.
const WrittenFor = maxFilterHours * time.Hour

// The events of filters; the subject is the filter.
const (
	FilterSaved   domain.EventKind = "filter.saved"   // [FilterPayload]
	FilterRemoved domain.EventKind = "filter.removed" // [FilterPayload]
)

// FilterPayload is the payload of the events of filters.
type FilterPayload struct {
	Name   string           `json:"name"`
	Kind   FilterKind       `json:"kind"`
	Action community.Action `json:"action"`
	On     bool             `json:"on"`
}

// rulebook answers the policy for the filters of the node.
type rulebook struct{}

func (rulebook) PolicyKind() string                            { return "filter" }
func (rulebook) PolicyVisibility() domain.Visibility           { return domain.VisiblePublic }
func (rulebook) PolicyRelation(domain.ActorID) policy.Relation { return policy.Stranger }
func (rulebook) PolicyLocal() bool                             { return true }

// check sets the normal form, compiles the pattern, and tells all that is
// wrong.
func (f *Filter) check() error {
	var p domain.Problems
	f.Name, f.Pattern = strings.TrimSpace(f.Name), strings.TrimSpace(f.Pattern)
	text(&p, "name", f.Name, maxFilterName, "filter.name_missing")
	if !slices.Contains(FilterActions, f.Action) {
		p.Add("action", "filter.action_missing")
	}
	switch {
	case !slices.Contains(FilterKinds, f.Kind):
		p.Add("kind", "filter.kind_missing")
	case f.Kind.Patterned():
		f.Most, f.Hours = 0, 0
		if f.compile() != nil {
			p.Add("pattern", "filter.pattern")
		}
	default:
		f.Pattern = ""
		if f.Most < 1 || f.Most > maxMost {
			p.Add("most", "filter.most", maxMost)
		}
		if !f.Kind.Counted() {
			f.Hours = 0
		} else if f.Hours < 1 || f.Hours > maxFilterHours {
			p.Add("hours", "filter.hours", maxFilterHours)
		}
	}
	return p.Err()
}

// compile reads the pattern, within bounds. What fits everything is none.
func (f *Filter) compile() error {
	bad := domain.InvalidField("pattern", "filter.pattern")
	if f.Pattern == "" || len(f.Pattern) > maxPattern || !utf8.ValidString(f.Pattern) {
		return bad
	}
	tree, err := syntax.Parse("(?i:"+f.Pattern+")", syntax.Perl)
	if err != nil {
		return bad
	}
	code, err := syntax.Compile(tree.Simplify())
	if err != nil || len(code.Inst) > maxInstructions {
		return bad
	}
	if f.matches, err = regexp.Compile("(?i:" + f.Pattern + ")"); err != nil || f.matches.MatchString("") {
		f.matches = nil
		return bad
	}
	return nil
}

// Counts tell how much was written since a time, w included.
type Counts interface {
	Author(id domain.ActorID, since time.Time) (int, error)
	Host(host string, since time.Time) (int, error)
	Text(print string, since time.Time) (int, error)
}

// hits tells whether the filter fits what was written.
func (f *Filter) hits(w community.Written, counts Counts) (bool, error) {
	since := w.At.Add(-time.Duration(f.Hours) * time.Hour)
	n, err := 0, error(nil)
	switch f.Kind {
	case FilterWords:
		return f.matches != nil && f.matches.MatchString(shortened(w.Text)), nil
	case FilterLinks:
		return f.matches != nil && slices.ContainsFunc(w.Links, f.matches.MatchString), nil
	case FilterMany:
		n = len(w.Links)
	case FilterMentions:
		n = w.Mentions
	case FilterAuthor:
		n, err = counts.Author(w.Author, since)
	case FilterHost:
		if w.Host == "" {
			return false, nil
		}
		n, err = counts.Host(w.Host, since)
	case FilterRepeat:
		print := Print(w.Text)
		if print == "" {
			return false, nil
		}
		n, err = counts.Text(print, since)
	}
	return err == nil && n > f.Most, err
}

func shortened(s string) string {
	if len(s) <= maxScreened {
		return s
	}
	n := maxScreened
	for !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
