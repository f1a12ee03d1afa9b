package catalogue

import (
	"context"
	"time"

	"interlink/domain"
)

// Filter narrows a list of entries.
type Filter struct {
	Kind       Kind   // "" for all
	Text       string // words in names, tags, summaries, instructions, in any language
	Nature     Nature
	Problem    string // code
	Language   domain.Lang
	Difficulty string
	Licence    string // class
	Origin     string // host; "local" for this node; "" for all
	Trust      Trust
	Withdrawn  bool      // include withdrawn ones
	Variants   bool      // include all variants of one thing, not the best alone
	Since      time.Time // only what came here, or was published here, after it
	// Further values by facet, of which one is enough; with those above.
	Any map[string][]string
}

// Facet counts the entries that have a value, with the other filters applied.
type Facet struct {
	Value string
	Count int
}

// Facets are counts by what entries can be filtered by, by the name of the
// facet, most frequent first.
type Facets map[string][]Facet

// Store keeps entries. Reads fail with NotFound, with Gone where only a
// tombstone is left.
type Store interface {
	SubscriptionStore
	TrustStore

	Entry(ctx context.Context, id domain.ID) (*Entry, error)
	EntryByIRI(ctx context.Context, iri domain.IRI) (*Entry, error)
	// EntriesByIRI returns those of these addresses that are entries, withdrawn
	// ones included, without schemas' nodes: to be shown, not to be saved.
	EntriesByIRI(ctx context.Context, iris []domain.IRI) ([]*Entry, error)
	// EntryAt finds an entry by its address; host is "" for this node. Case
	// does not count.
	EntryAt(ctx context.Context, kind Kind, slug, host string) (*Entry, error)
	// Problems returns the problem profiles of codes (in capitals), this
	// node's own first.
	Problems(ctx context.Context, codes []string) ([]*Entry, error)
	// EntriesByID returns those of these entries that are there, in any order,
	// with schemas without their nodes.
	EntriesByID(ctx context.Context, ids []domain.ID) ([]*Entry, error)
	// Bulletin reads one with a page of its entries; schemas come without their
	// nodes.
	Bulletin(ctx context.Context, id domain.ID, page domain.Page) (*Bulletin, error)
	// Match returns, for each word, which entries have it, or one of its roots,
	// in which field; what none has is absent.
	Match(ctx context.Context, words []Looked) ([]Hit, error)
	// Similar returns words of entries that share letters with one, those that
	// share most first, some dozens at most.
	Similar(ctx context.Context, word string) ([]string, error)
	// Local returns all entries of this node, with their content.
	Local(ctx context.Context) ([]*Entry, error)
	// Published lists published entries of this node by serial, with their
	// content, for those who follow the catalogue.
	Published(ctx context.Context, page domain.Page) (domain.List[*Entry], error)
	// UsedWith counts, for each Interlinker, the processes that began with a
	// schema and used it.
	UsedWith(ctx context.Context, schema domain.IRI) (map[domain.ID]int, error)
	// Schemas returns all published schemas with their outlines, see
	// [Schema.Outline]; their Uses are the processes of this node that began with
	// them.
	Schemas(ctx context.Context) ([]*Entry, error)
	// Drafts lists the drafts of this node, newest first.
	Drafts(ctx context.Context, page domain.Page) (domain.List[*Entry], error)
	// Discard deletes a draft where its revision is unchanged (Conflict if
	// not).
	Discard(ctx context.Context, e *Entry, change domain.Change) error
	// Tombstones returns what is left of those of these addresses that were
	// deleted.
	Tombstones(ctx context.Context, iris []domain.IRI) (map[domain.IRI]Tombstone, error)
	// TombstoneAt finds one by the address of its page; host is "" for this node.
	TombstoneAt(ctx context.Context, kind Kind, slug, host string) (Tombstone, error)
	// Buried returns what is left of the deleted entries of this node, newest
	// first, at most so many.
	Buried(ctx context.Context, limit int) ([]Tombstone, error)
	// Holdings counts what is lost with an entry of this node.
	Holdings(ctx context.Context, e *Entry) (Holdings, error)
	// Told lists the actors of other nodes who heard of an entry beside those
	// who follow the catalogue: who reviewed it, or offered what it is; one for
	// each inbox, at most [MaxTold].
	Told(ctx context.Context, entry domain.IRI) ([]domain.ActorID, error)
	// Versions lists those of an entry of this node, newest first, without
	// content.
	Versions(ctx context.Context, entry domain.ID, page domain.Page) (domain.List[Version], error)
	Version(ctx context.Context, entry domain.ID, number int) (*Version, error)
	// History lists versions of an entry of this node with their content, newest
	// first, at most so many: those before a number, 0 for all.
	History(ctx context.Context, entry domain.ID, before, limit int) ([]Version, error)
	// Keyed finds an entry of this node by what imports call it. Errors: NotFound,
	// Gone.
	Keyed(ctx context.Context, kind Kind, key string) (*Entry, error)
	// Restore gives an entry versions that it had elsewhere, as they are, and files;
	// what is here under their numbers stays. It saves the entry, too, if that
	// changes. Errors: as of Save.
	Restore(ctx context.Context, in Restoring, change domain.Change) error
	// Pictures lists what an entry of this node shows, or showed in an earlier
	// version that may still be read.
	Pictures(ctx context.Context, entry domain.ID) ([]domain.IRI, error)
	// AttachedAs returns the name of a file that an entry has or had.
	AttachedAs(ctx context.Context, entry domain.ID, hash string) (name string, err error)
	// State returns a number that grows whenever an entry or a use changes, and
	// the hosts whose entries stand in no list.
	State(ctx context.Context) (tick int64, hidden map[string]bool, err error)
	// Changes returns the cards of the entries that changed after a tick, at
	// most so many, in the order of their changes, and the tick of the last.
	Changes(ctx context.Context, after int64, limit int) ([]Card, int64, error)
	// Departed says which of these addresses are of actors who are no more.
	Departed(ctx context.Context, iris []domain.IRI) (map[domain.IRI]bool, error)
	// SaveRatings keeps the ratings of an entry alone: nobody who changes it is in
	// the way.
	SaveRatings(ctx context.Context, e *Entry, change domain.Change) error
	// Save inserts entries with Revision 0, updates others where the revision
	// is unchanged (Conflict if not), and adds 1 to it. A new version of an
	// entry of this node that is no draft is kept with it. Of an entry whose
	// Status is Deleted nothing stays but its [Tombstone], whose place no other
	// takes (Gone). dryRun does all of it and rolls back.
	Save(ctx context.Context, entries []*Entry, change domain.Change, dryRun bool) error
}
