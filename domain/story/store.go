package story

import (
	"context"
	"time"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/lineage"
	"interlink/domain/organization"
	"interlink/domain/policy"
)

// Filter narrows a list of stories.
type Filter struct {
	Text    string // words in title, summary or texts, in any language
	Country string // ISO 3166-1 alpha-2
	Problem string // code of a problem profile
	Keyword string
	Any     map[string][]string // by facet, of whose values one is enough: see [FacetNames]
	Owner   domain.ActorID
	Process domain.ActorID
	Local   bool // only stories of this node
	Held    bool // only those of this node, and those brought to it in an archive
}

// The facets by which stories are found.
const (
	FacetCountry     = "country"      // ISO 3166-1 alpha-2
	FacetProblem     = "problem"      // code of a problem profile
	FacetServiceType = "service_type" // as in the catalogue
	FacetRegulation  = "regulation"   // name of a rule of law
	FacetLanguage    = "language"     // of the story
	FacetOrigin      = "origin"       // host; "local" for this node
	FacetRating      = "rating"       // as many stars, or more, on average: "1" to "5"
)

// FacetNames are the facets in the order in which they are offered.
var FacetNames = []string{FacetCountry, FacetProblem, FacetServiceType, FacetRegulation, FacetLanguage, FacetRating, FacetOrigin}

// Facet is a value, and how many stories one would find with it.
type Facet struct {
	Value string
	Count int
}

// Facets are the values by facet, those with most stories first.
type Facets map[string][]Facet

// Store keeps stories. Reads fail with NotFound. Withdrawn stories are read
// by their address, never listed.
type Store interface {
	Story(ctx context.Context, id domain.ID) (*Story, error)
	StoryAt(ctx context.Context, slug, host string) (*Story, error)
	StoryByIRI(ctx context.Context, iri domain.IRI) (*Story, error)
	// StoryHead is StoryAt without the snapshot.
	StoryHead(ctx context.Context, slug, host string) (*Story, error)
	// Stories lists published ones, newest first, without snapshots.
	Stories(ctx context.Context, f Filter, page domain.Page) (domain.List[*Story], error)
	// Facets counts by each facet, as if nothing was asked of that facet; at most
	// 100 values of each.
	Facets(ctx context.Context, f Filter) (Facets, error)
	// Answering lists at most limit published stories whose snapshots have one of
	// the problems, those with most of them first, without snapshots and without
	// those of a process; Nobody leaves none out.
	Answering(ctx context.Context, problems []string, without domain.ActorID, limit int) ([]*Story, error)
	// Snapshots reads snapshots by digest; those that are not kept are absent.
	Snapshots(ctx context.Context, digests []string) (map[string]*Snapshot, error)
	// SnapshotParts is in how many parts the canonical JSON of a snapshot is kept; 0
	// if it is not.
	SnapshotParts(ctx context.Context, digest string) (int, error)
	// SnapshotPart reads one of them, from 1.
	SnapshotPart(ctx context.Context, digest string, n int) (string, error)
	// SaveStory writes the story with its snapshot, if it has one, in one
	// transaction: inserts it if Revision is 0, else updates where the
	// revision still is the same (Conflict if not), and adds 1 to it. So it saves
	// Cancelled. The
	// snapshot that a copy had before goes, unless another story shows it. A
	// taken slug is Conflict. The draft that it was written in goes.
	SaveStory(ctx context.Context, s *Story, change domain.Change) error
	// HasFile reports whether a file that a story of another node shows came along
	// with it: that its bytes are here is not enough.
	HasFile(ctx context.Context, story domain.ID, hash string) (bool, error)

	// SaveRatings keeps the ratings of a story alone: nobody who changes it is in
	// the way.
	SaveRatings(ctx context.Context, s *Story, change domain.Change) error

	Draft(ctx context.Context, id domain.ID) (*Draft, error)
	// Drafts returns those of a process, newest first, at most 50.
	Drafts(ctx context.Context, process domain.ActorID) ([]*Draft, error)
	// SaveDraft inserts one with Revision 0, else updates it where the revision is
	// unchanged (Conflict if not), and adds 1 to it.
	SaveDraft(ctx context.Context, d *Draft) error
	DiscardDraft(ctx context.Context, id domain.ID) error

	Cosignature(ctx context.Context, id domain.ID) (*Cosignature, error)
	CosignatureByIRI(ctx context.Context, iri domain.IRI) (*Cosignature, error)
	// CosignaturesOf returns all of a version of a story of this node, oldest
	// first.
	CosignaturesOf(ctx context.Context, story domain.ID, version int) ([]*Cosignature, error)
	// CosignRequests lists what an organisation is asked to sign, newest first,
	// without what was taken back before it came.
	CosignRequests(ctx context.Context, partner domain.ActorID, page domain.Page) (domain.List[*Cosignature], error)
	// CosignaturesWith returns what a partner was asked for a story, at most 200:
	// where it wants to be asked no more, what waits, and the latest.
	CosignaturesWith(ctx context.Context, partner domain.ActorID, story domain.IRI) ([]*Cosignature, error)
	// CosignaturesWaiting returns the requests to sign any version of a story of this
	// node that wait, oldest first.
	CosignaturesWaiting(ctx context.Context, story domain.ID) ([]*Cosignature, error)
	// Asking counts the requests of a host that wait, or that came since a time and
	// were taken back.
	Asking(ctx context.Context, host string, since time.Time) (int, error)
	// SaveCosignatures inserts those with Revision 0, Conflict if there is one of its
	// IRI, else updates them where the revision is unchanged (Conflict if not), and
	// adds 1 to it; all in one transaction.
	SaveCosignatures(ctx context.Context, change domain.Change, all ...*Cosignature) error
}

// Processes reads what stories tell of.
type Processes interface {
	ProcessNamed(ctx context.Context, name string) (*coproduction.Process, error)
	lineage.Kept
	PublicResources(ctx context.Context, process domain.ActorID) ([]coproduction.Resource, error)
}

// Organizations reads who tells them. Errors: NotFound.
type Organizations interface {
	Organization(ctx context.Context, id domain.ActorID) (*organization.Organization, error)
}

// Communities answers what the policy must know of a community when by asks.
// Errors: NotFound.
type Communities func(ctx context.Context, id, by domain.ActorID) (policy.Facts, error)
