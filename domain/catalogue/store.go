package catalogue

import (
	"context"

	"interlink/domain"
)

// Filter narrows a list of entries.
type Filter struct {
	Kind       Kind   // "" for all
	Text       string // words in names, summaries, tags, in any language
	Nature     Nature
	Problem    string // code
	Language   domain.Lang
	Difficulty string
	Licence    string // class
	Origin     string // host; "local" for this node; "" for all
	Trust      Trust
	Withdrawn  bool // include withdrawn ones
	Variants   bool // include all variants of one thing, not the best alone
}

// Facet counts the entries that have a value, with the other filters applied.
type Facet struct {
	Value string
	Count int
}

// Facets are counts by what entries can be filtered by, most frequent first.
type Facets struct {
	Nature, Problem, Language, Difficulty, Licence, Origin []Facet
}

// Store keeps entries. Reads fail with NotFound.
type Store interface {
	Entry(ctx context.Context, id domain.ID) (*Entry, error)
	EntryByIRI(ctx context.Context, iri domain.IRI) (*Entry, error)
	// EntriesByIRI returns those of these addresses that are entries, withdrawn
	// ones included, without schemas' nodes.
	EntriesByIRI(ctx context.Context, iris []domain.IRI) ([]*Entry, error)
	// EntryAt finds an entry by its address; host is "" for this node. Case
	// does not count.
	EntryAt(ctx context.Context, kind Kind, slug, host string) (*Entry, error)
	// Problems returns the problem profiles of codes (in capitals), this
	// node's own first.
	Problems(ctx context.Context, codes []string) ([]*Entry, error)
	// Entries lists entries by name, with schemas without their nodes.
	Entries(ctx context.Context, f Filter, page domain.Page) (domain.List[*Entry], error)
	// Facets counts what the filter finds.
	Facets(ctx context.Context, f Filter) (Facets, error)
	// Local returns all entries of this node, with their content.
	Local(ctx context.Context) ([]*Entry, error)
	// Published lists published entries of this node by serial, with their
	// content, for those who follow the catalogue.
	Published(ctx context.Context, page domain.Page) (domain.List[*Entry], error)
	// Candidates returns what is recommended from: all published
	// Interlinkers, without instructions and templates.
	Candidates(ctx context.Context) ([]*Entry, error)
	// Schemas returns all published schemas with their nodes; their Uses are the
	// processes of this node that began with them.
	Schemas(ctx context.Context) ([]*Entry, error)
	// State changes whenever an entry or a use does.
	State(ctx context.Context) (string, error)
	// Save inserts entries with Revision 0, updates others where the revision
	// is unchanged (Conflict if not), and adds 1 to it. dryRun does all of it
	// and rolls back.
	Save(ctx context.Context, entries []*Entry, change domain.Change, dryRun bool) error
}
