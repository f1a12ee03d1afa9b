package community

import (
	"context"
	"encoding/hex"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"interlink/domain"
	"interlink/domain/markup"
	"interlink/domain/policy"
)

// Past is a post as the archive of a community tells it: what was said, by whom
// and where. A file says so; nobody confirmed it.
type Past struct {
	IRI        domain.IRI  `json:"id"`
	Author     domain.IRI  `json:"author"`
	AuthorName string      `json:"authorName,omitempty"` // what they were called
	Community  domain.IRI  `json:"community"`            // in which it was said
	Type       string      `json:"type"`
	InReplyTo  domain.IRI  `json:"inReplyTo,omitempty"`
	Title      string      `json:"title,omitempty"`  // plain text
	Content    string      `json:"content"`          // HTML
	Source     string      `json:"source,omitempty"` // Markdown, if it is known
	Language   domain.Lang `json:"language,omitempty"`
	URL        domain.IRI  `json:"url,omitempty"`
	Visibility Visibility  `json:"visibility"`
	Sensitive  bool        `json:"sensitive,omitempty"`
	Summary    string      `json:"summary,omitempty"` // plain text: a warning, or a summary of an article
	Files      []PastFile  `json:"attachments,omitempty"`
	Poll       *Poll       `json:"poll,omitempty"`
	Locked     bool        `json:"locked,omitempty"` // its thread was closed
	Likes      int         `json:"likes,omitempty"`
	Shares     int         `json:"shares,omitempty"`
	Published  time.Time   `json:"published"`
	Updated    time.Time   `json:"updated,omitzero"`
}

// PastFile is a picture or file of such a post.
type PastFile struct {
	Attachment
	SHA256 string `json:"sha256,omitempty"` // of its bytes, where they may be in the archive
}

// Archived is a post that was said before a community came here, kept to be
// read: it is no post of this node, and is told to nobody.
type Archived struct {
	ID        domain.ID
	Serial    domain.Serial
	Community domain.ActorID
	Thread    domain.IRI // of the post with which its thread begins here
	Answers   int        // in the thread that it begins; set by the store
	Past      Past
}

// ArchivedRemoved tells that who moderates a community removed what was said
// before it came here; the subject is the community.
const ArchivedRemoved domain.EventKind = "community.archived_removed" // [Named]

// The bounds of a post of an archive.
const (
	maxPastText    = 200_000 // bytes
	maxPastLine    = 2048
	maxPastFiles   = 32
	maxPastOptions = 100
	maxPastCount   = 1 << 40
)

// Settle judges a post of any origin, and makes its words safe. It reports
// whether it can be kept: nobody's words stand at the address of another
// server than their own.
func (p *Past) Settle() bool {
	for _, iri := range []domain.IRI{p.IRI, p.Author, p.Community} {
		if _, err := domain.ParseIRI(string(iri)); err != nil || len(iri) > maxPastLine {
			return false
		}
	}
	for _, iri := range []domain.IRI{p.InReplyTo, p.URL} {
		if _, err := domain.ParseIRI(string(iri)); iri != "" && (err != nil || len(iri) > maxPastLine) {
			return false
		}
	}
	if _, err := domain.ParseLang(string(p.Language)); p.Language != "" && err != nil {
		return false
	}
	if !domain.SameOrigin(p.IRI, p.Author) || !slices.Contains([]Visibility{Public, Unlisted, Followers}, p.Visibility) || p.Published.IsZero() {
		return false
	}
	if !told(maxPastLine, p.AuthorName, p.Type, p.Title) || !told(maxPastText, p.Content, p.Source, p.Summary) {
		return false
	}
	if min(p.Likes, p.Shares) < 0 || max(p.Likes, p.Shares) > maxPastCount || !p.settleFiles() || !p.settlePoll() {
		return false
	}
	p.Published, p.Updated, p.Content = kept(p.Published), kept(p.Updated), markup.Sanitize(p.Content)
	return !p.Published.IsZero()
}

func (p *Past) settleFiles() bool {
	for _, f := range p.Files {
		_, err := domain.ParseIRI(string(f.URL))
		raw, hash := hex.DecodeString(f.SHA256)
		if err != nil || !told(maxPastLine, string(f.URL), f.MediaType, f.Blurhash) || !told(maxPastText, f.Name) || min(f.Width, f.Height) < 0 || max(f.Width, f.Height) > 1<<20 ||
			f.SHA256 != "" && (hash != nil || len(raw) != 32 || f.SHA256 != strings.ToLower(f.SHA256)) {
			return false
		}
	}
	return len(p.Files) <= maxPastFiles
}

func (p *Past) settlePoll() bool {
	if p.Poll == nil {
		return true
	}
	p.Poll.Ends, p.Poll.Closed = kept(p.Poll.Ends), kept(p.Poll.Closed)
	for _, o := range p.Poll.Options {
		if !told(maxPastLine, o.Name) || o.Votes < 0 || o.Votes > maxPastCount {
			return false
		}
	}
	return len(p.Poll.Options) <= maxPastOptions && p.Poll.Voters >= 0 && p.Poll.Voters <= maxPastCount
}

// told reports whether texts are some that a database keeps, none of them
// longer.
func told(longest int, texts ...string) bool {
	return !slices.ContainsFunc(texts, func(s string) bool {
		return len(s) > longest || !utf8.ValidString(s) || strings.ContainsRune(s, 0)
	})
}

// kept is a time as nodes keep it.
func kept(t time.Time) time.Time {
	if t.Year() < 1900 || t.Year() > 9000 {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Microsecond)
}

// Open reports whether everybody could read it.
func (p *Past) Open() bool { return p.Visibility == Public || p.Visibility == Unlisted }

// Shows reports whether a file is one of its.
func (p *Past) Shows(sha256 string) bool {
	return sha256 != "" && slices.ContainsFunc(p.Files, func(f PastFile) bool { return f.SHA256 == sha256 })
}

// Words are what it says, as plain text.
func (p *Past) Words() string { return markup.Text(p.Content) }

// Warned reports whether readers are warned before they open it.
func (p *Past) Warned() bool {
	return p.Sensitive || p.Summary != "" && (p.Type == "Note" || p.Type == "Question")
}

// Archives is the part of [Store] about what was said before. closed says
// whether what not everybody could read is in it.
type Archives interface {
	// Archived lists posts that begin threads, with words those that have them:
	// the newest first.
	Archived(ctx context.Context, community domain.ActorID, words string, closed bool, page domain.Page) (domain.List[*Archived], error)
	// ArchivedIn counts those that everybody could read.
	ArchivedIn(ctx context.Context, community domain.ActorID) (int, error)
	// ArchivedThread lists the posts of a thread, oldest first.
	ArchivedThread(ctx context.Context, community domain.ActorID, thread domain.IRI, closed bool, page domain.Page) (domain.List[*Archived], error)
	// ArchivedPost reads one. Errors: NotFound.
	ArchivedPost(ctx context.Context, community domain.ActorID, id domain.ID) (*Archived, error)
	// RemoveArchived removes one. Errors: Conflict if it is gone.
	RemoveArchived(ctx context.Context, a *Archived, change domain.Change) error
}

// Archive lists what was said before a community came here: the posts that
// begin threads, with words all that have them, the newest first. Who moderates
// it sees what not everybody could read, too. Errors: NotFound.
func (s *Service) Archive(ctx context.Context, v policy.Viewer, name, words string, page domain.Page) (domain.List[*Archived], error) {
	c, err := s.Community(ctx, v, name)
	if err != nil {
		return domain.List[*Archived]{}, err
	}
	return s.store.Archived(ctx, c.ID, words, c.closed(v), page)
}

// ArchivedIn counts what was said before a community came here, as far as
// everybody could read it.
func (s *Service) ArchivedIn(ctx context.Context, community domain.ActorID) (int, error) {
	return s.store.ArchivedIn(ctx, community)
}

// closed reports whether a viewer may see what not everybody could read before.
func (c *Community) closed(v policy.Viewer) bool { return policy.Allow(v, policy.Moderate, c) == nil }

// ArchivedThread lists the posts of the thread in which one of an archive
// stands, oldest first. Errors: NotFound.
func (s *Service) ArchivedThread(ctx context.Context, v policy.Viewer, name string, id domain.ID, page domain.Page) (domain.List[*Archived], error) {
	c, a, err := s.archived(ctx, v, name, id)
	if err != nil {
		return domain.List[*Archived]{}, err
	}
	return s.store.ArchivedThread(ctx, c.ID, a.Thread, c.closed(v), page)
}

// ArchivedPost reads one post of an archive. Errors: NotFound.
func (s *Service) ArchivedPost(ctx context.Context, v policy.Viewer, name string, id domain.ID) (*Archived, error) {
	_, a, err := s.archived(ctx, v, name, id)
	if err != nil {
		return nil, err // nothing of one that is not shown
	}
	return a, nil
}

func (s *Service) archived(ctx context.Context, v policy.Viewer, name string, id domain.ID) (*Community, *Archived, error) {
	c, err := s.Community(ctx, v, name)
	if err != nil {
		return nil, nil, err
	}
	a, err := s.store.ArchivedPost(ctx, c.ID, id)
	if err == nil && !a.Past.Open() && !c.closed(v) {
		err = domain.Fail(domain.NotFound, "error.not_found")
	}
	return c, a, err
}

// RemoveArchived removes a post of an archive for good, as who moderates the
// community may. Errors: NotFound, Unauthenticated, Forbidden.
func (s *Service) RemoveArchived(ctx context.Context, v policy.Viewer, name string, id domain.ID) (*Archived, error) {
	c, a, err := s.archived(ctx, v, name, id)
	if err == nil {
		err = policy.Allow(v, policy.Moderate, c)
	}
	if err != nil {
		return nil, err
	}
	return a, once(s.store.RemoveArchived(ctx, a, domain.Change{Events: []domain.Event{s.named(ArchivedRemoved, v.Actor, c)}}))
}
