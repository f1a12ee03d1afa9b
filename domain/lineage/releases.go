package lineage

import (
	"context"
	"errors"
	"iter"
	"slices"
	"time"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/network"
	"interlink/domain/policy"
)

// What happens to releases. The subject is the process on this node: the one
// that is released for the first, the clone for the others.
const (
	ProcessReleased domain.EventKind = "process.released"        // [ReleaseTold]
	ReleaseReceived domain.EventKind = "process.update_received" // [UpdateTold]
	ReleaseMerged   domain.EventKind = "process.release_merged"  // [MergeTold]
	MergeUndone     domain.EventKind = "process.merge_undone"    // [MergeTold]
)

// ReleaseTold is the payload of process.released.
type ReleaseTold struct {
	Release domain.ID   `json:"release"`
	IRI     domain.IRI  `json:"iri"`
	Version string      `json:"version"`
	Title   domain.Text `json:"title"` // of the process
}

// UpdateTold is the payload of process.update_received: what the release means for
// this clone.
type UpdateTold struct {
	ReleaseTold
	Name domain.Text `json:"name"` // title with version
	Host string      `json:"host"` // of the source
	Counts
}

// Counts says how many updates there are of each outcome.
type Counts struct {
	Safe      int `json:"safe,omitempty"`
	Conflicts int `json:"conflicts,omitempty"`
	New       int `json:"new,omitempty"`
	Removed   int `json:"removed,omitempty"`
	Legal     int `json:"legal,omitempty"` // of all these
}

// Jobs of releases.
const (
	JobReadRelease = "lineage.read_release" // args [ReleaseArgs]
	JobTellRelease = "lineage.tell_release" // args [ReleaseArgs]
	JobLook        = "lineage.look"         // args [LookArgs]
)

// ReleaseArgs name a release.
type ReleaseArgs struct {
	Release domain.ID `json:"release"`
}

// LookArgs name a process of another node of which a newer release is looked
// for.
type LookArgs struct {
	Process domain.IRI `json:"process"`
}

// ReleaseStore keeps releases, and what clones know of their sources. Reads
// fail with NotFound.
type ReleaseStore interface {
	Store
	Release(ctx context.Context, id domain.ID) (*Release, error)
	ReleaseAt(ctx context.Context, iri domain.IRI) (*Release, error)
	// Releases lists the ready releases of a process, newest first.
	Releases(ctx context.Context, process domain.IRI, page domain.Page) (domain.List[*Release], error)
	// ReleaseItems reads the tree of a release, in its order, from a place on.
	ReleaseItems(ctx context.Context, release domain.ID, from, most int) ([]SourceItem, error)
	// SaveRelease inserts a release with Revision 0, else updates it where the
	// revision is unchanged; Conflict if not, or if its process has one of the
	// version. With a tree, which is nil for none, it is given that. Of another
	// node's process the trees of older ones are forgotten with one that is ready,
	// and that of one that is broken. Errors: those of the tree.
	SaveRelease(ctx context.Context, r *Release, tree Pages, change domain.Change) error
	// SaveReleaseItems keeps a part of the tree of a release in the place of all
	// that was kept from there on.
	SaveReleaseItems(ctx context.Context, release domain.ID, from int, items []SourceItem) error

	// Bases returns what a clone knows of its source, and BasePages the same some
	// at a time.
	Bases(ctx context.Context, clone domain.ActorID) (map[string]Base, error)
	BasePages(ctx context.Context, clone domain.ActorID) iter.Seq2[map[string]Base, error]
	// SaveMerge saves a clone, its items and what it knows of its source, with
	// the record of the merge, which is inserted with Revision 0.
	SaveMerge(ctx context.Context, p *coproduction.Process, items []coproduction.Item, bases map[string]*Base, m *MergeRecord, change domain.Change) error
	MergeRecord(ctx context.Context, id domain.ID) (*MergeRecord, error)
	// MergeRecords lists the merges of a clone, newest first.
	MergeRecords(ctx context.Context, clone domain.ActorID, page domain.Page) (domain.List[*MergeRecord], error)
	// Told notes that a clone was told of a release, or had all of it; Conflict
	// if that was noted before.
	Told(ctx context.Context, clone domain.ActorID, release domain.ID, had bool, change domain.Change) error
}

// Releases is how processes publish releases, and clones follow them.
type Releases struct {
	store  ReleaseStore
	source *Service
	mint   *domain.Mint
	ns     domain.Namespace
}

// NewReleases makes the service.
func NewReleases(store ReleaseStore, source *Service, mint *domain.Mint, ns domain.Namespace) *Releases {
	return &Releases{store, source, mint, ns}
}

// kept is a process as those see it who change it: what stands between it and
// its source, and what its next release would be, is for nobody else.
type kept struct{ *coproduction.Process }

// PolicyVisibility answers [policy.Facts].
func (kept) PolicyVisibility() domain.Visibility { return domain.VisibleMembers }

// PolicyRelation answers [policy.Facts].
func (k kept) PolicyRelation(a domain.ActorID) policy.Relation {
	if r := k.Process.PolicyRelation(a); r >= policy.Administrator {
		return r
	}
	return policy.Stranger
}

// kept reads a process for those who change it.
func (s *Releases) kept(ctx context.Context, v policy.Viewer, verb policy.Verb, name string) (*coproduction.Process, error) {
	p, err := s.source.process(ctx, v, verb, name)
	if err != nil {
		return nil, err
	}
	return p, policy.Allow(v, verb, kept{p})
}

// Draft is what a next release of a process would say.
type Draft struct {
	Last    *Release // nil before the first
	Next    []Version
	Changes []Pending
	Digest  string // of the tree as it is: what the author saw
}

// Draft compares a process with its last release, for those who publish it.
// Errors: NotFound, Forbidden, Unauthenticated; Invalid unless it is public.
func (s *Releases) Draft(ctx context.Context, v policy.Viewer, name string) (*Draft, error) {
	return Again(func() (*Draft, error) {
		_, d, err := s.draft(ctx, v, policy.Read, name)
		return d, err
	})
}

func (s *Releases) draft(ctx context.Context, v policy.Viewer, verb policy.Verb, name string) (*Published, *Draft, error) {
	p, err := s.kept(ctx, v, verb, name)
	if err != nil {
		return nil, nil, err
	}
	if p.Visibility != domain.VisiblePublic {
		return nil, nil, domain.Fail(domain.Invalid, "release.public")
	}
	source, err := s.source.published(ctx, policy.Viewer{}, p)
	if err != nil {
		return nil, nil, err
	}
	now, err := sketchIn(source.outline, source.Pages(ctx))
	if err != nil {
		return nil, nil, err
	}
	d := &Draft{Digest: now.digest}
	last, err := s.store.Latest(ctx, p.IRI)
	switch domain.CodeOf(err) {
	case domain.NotFound:
		d.Next = Version{}.Following()
		return source, d, nil
	case domain.OK:
	default:
		return nil, nil, err
	}
	d.Last, d.Next = last, last.Version.Following()
	d.Changes, err = since(s.pages(ctx, last), now, source.Pages(ctx))
	return source, d, err
}

// pages goes through the tree of a release.
func (s *Releases) pages(ctx context.Context, r *Release) Pages {
	return func(yield func([]SourceItem, error) bool) {
		for from := 0; from < r.Items; {
			items, err := s.store.ReleaseItems(ctx, r.ID, from, wholeAtOnce)
			if err == nil && len(items) == 0 { // a newer one came
				err = errMoved
			}
			if !yield(items, err) || err != nil {
				return
			}
			from += len(items)
		}
	}
}

// ReleaseInput is what people say of a release.
type ReleaseInput struct {
	Version Version
	Note    domain.Text
	Licence string
	Changes map[string]ChangeInput // by item; those that are not named are as proposed
	Digest  string                 // of the tree that the author saw, see [Draft]
}

// ChangeInput is what people say of one item of a release.
type ChangeInput struct {
	Kind ChangeKind
	Note domain.Text
}

// Publish makes a release of a process as it is, for good; its clones are
// told. Errors: NotFound, Forbidden, Invalid, Conflict if the tree is not what
// the author saw, or somebody else released meanwhile.
func (s *Releases) Publish(ctx context.Context, v policy.Viewer, name string, in ReleaseInput) (*Release, error) {
	source, d, err := s.draft(ctx, v, policy.Publish, name)
	if err != nil {
		return nil, err
	}
	p := source.process
	if err := s.source.here(ctx, p); err != nil {
		return nil, err
	}
	r := &Release{
		ID: s.mint.ID(), Serial: s.mint.Serial(), IRI: p.IRI + "/releases/" + domain.IRI(in.Version.String()), Process: p.IRI, Actor: p.ID, Of: p.Revision,
		Version: in.Version, Title: p.Title, Note: in.Note.Clean(), Licence: in.Licence, Items: source.Len(), Digest: d.Digest,
		At: s.mint.Now(), By: v.Actor, State: ReleaseReady,
	}
	var since time.Time
	if d.Last != nil {
		r.Previous, since = d.Last.Version.String(), d.Last.At
	}
	if r.Credits, err = s.store.Credits(ctx, p.ID, since); err != nil {
		return nil, err
	}
	for _, c := range d.Changes {
		change := ReleaseChange{Item: c.Item, Name: c.Name, Kind: c.Kind, Removed: c.Removed}
		if said, ok := in.Changes[c.Item]; ok {
			change.Kind, change.Note = said.Kind, said.Note.Clean()
		}
		if r.Changes = append(r.Changes, change); len(r.Changes) == maxChanges {
			break // the others are found by who compares
		}
	}
	if err := r.check(); err != nil {
		return nil, err
	}
	switch {
	case in.Digest != d.Digest:
		return nil, domain.Fail(domain.Conflict, "release.changed_meanwhile")
	case d.Last != nil && len(d.Changes) == 0:
		return nil, domain.Fail(domain.Invalid, "release.nothing_changed")
	case source.Len() == 0:
		return nil, domain.Fail(domain.Invalid, "release.empty")
	case !slices.Contains(d.Next, in.Version):
		return nil, domain.InvalidField("version", "release.version_next")
	}
	err = s.store.SaveRelease(ctx, r, source.still(ctx, d.Digest), domain.Change{
		Events: []domain.Event{domain.NewEvent(s.mint, ProcessReleased, v.Actor, p.Subject(), r.told())},
		Jobs:   []domain.Job{{Kind: JobTellRelease, Unique: string(r.ID), Args: ReleaseArgs{r.ID}}, renew(p, r.At)},
	})
	return r, err
}

// Releases lists the releases of a process of this node, newest first. Errors:
// NotFound.
func (s *Releases) Releases(ctx context.Context, v policy.Viewer, name string, page domain.Page) (domain.List[*Release], error) {
	p, err := s.source.process(ctx, v, policy.Read, name)
	if err != nil {
		return domain.List[*Release]{}, err
	}
	return s.store.Releases(ctx, p.IRI, page)
}

// Release reads one of a process of this node. Errors: NotFound.
func (s *Releases) Release(ctx context.Context, v policy.Viewer, name, version string) (*Release, error) {
	p, err := s.source.process(ctx, v, policy.Read, name)
	if err != nil {
		return nil, err
	}
	if _, err := ParseVersion(version); err != nil {
		return nil, domain.Fail(domain.NotFound, "error.not_found")
	}
	return s.store.ReleaseAt(ctx, p.IRI+"/releases/"+domain.IRI(version))
}

// Tree reads the items of a release from a place on, in the order of its tree.
// Errors: NotFound.
func (s *Releases) Tree(ctx context.Context, v policy.Viewer, name, version string, from, most int) (*Release, []SourceItem, error) {
	r, err := s.Release(ctx, v, name, version)
	if err != nil {
		return nil, nil, err
	}
	items, err := s.store.ReleaseItems(ctx, r.ID, from, most)
	return r, items, err
}

// Announced is a release as another node tells of it, without its tree.
type Announced struct {
	IRI      domain.IRI
	Process  domain.IRI
	Version  string
	Previous string
	Title    domain.Text
	Note     domain.Text
	Licence  string
	Changes  []ReleaseChange
	Items    int
	Digest   string
	Of       int64
	Credits  []Credit
	Proof    *Proof
}

// maxKept is how many releases of one process of another node are kept.
const maxKept = 500

// Receive notes a release of a process of another node that has clones here;
// its tree is read later. Received again it changes nothing, but that a tree
// that was not what was said is read again. Errors: Invalid unless the process
// says it itself, under an address of its own; NotFound if nobody here cloned
// it; TooMany.
func (s *Releases) Receive(ctx context.Context, by *network.Actor, in Announced) error {
	version, err := ParseVersion(in.Version)
	if err != nil {
		return err
	}
	if by.Local() || in.Process != by.IRI || !domain.SameOrigin(in.IRI, by.IRI) || s.ns.Owns(in.IRI) {
		return domain.Fail(domain.Invalid, "error.origin")
	}
	if _, err := domain.ParseIRI(string(in.IRI)); err != nil {
		return err
	}
	clones, err := s.store.ClonesHere(ctx, in.Process)
	if err == nil && len(clones) == 0 {
		err = domain.Fail(domain.NotFound, "error.not_found")
	}
	if err != nil {
		return err
	}
	r := &Release{
		ID: s.mint.ID(), Serial: s.mint.Serial(), IRI: in.IRI, Process: in.Process, Actor: by.ID, Host: by.Host, Version: version, Previous: in.Previous,
		Title: in.Title.Clean(), Note: in.Note.Clean(), Licence: in.Licence, Changes: in.Changes, Items: in.Items, Digest: in.Digest, Of: in.Of,
		Credits: in.Credits, Proof: in.Proof, At: s.mint.Now(), State: ReleaseWaiting,
	}
	if !plain(r.Previous, maxTitle) {
		r.Previous = ""
	}
	if err := r.check(); err != nil {
		return err
	}
	known, err := s.store.ReleaseAt(ctx, in.IRI)
	switch {
	case domain.CodeOf(err) == domain.NotFound:
	case err != nil:
		return err
	case known.State != ReleaseBroken || known.Process != r.Process || known.Version != r.Version:
		return nil
	default:
		r.ID, r.Serial, r.Revision = known.ID, known.Serial, known.Revision
	}
	kept, err := s.store.Releases(ctx, in.Process, domain.Page{Limit: 1})
	if err == nil && kept.Total >= maxKept {
		err = domain.Fail(domain.TooMany, "release.too_many", maxKept)
	}
	if err != nil {
		return err
	}
	err = s.store.SaveRelease(ctx, r, nil, domain.Change{
		Jobs: []domain.Job{{Kind: JobReadRelease, Unique: string(r.ID), Args: ReleaseArgs{r.ID}, Remote: true}},
	})
	if domain.CodeOf(err) == domain.Conflict { // the same, a moment earlier
		return nil
	}
	return err
}

// maxBefore is how many prerequisites all items of a tree have together: a
// merge looks for circles item by item.
const maxBefore = 50_000

// Waiting reads a release whose tree is to be read; nil if it was.
func (s *Releases) Waiting(ctx context.Context, id domain.ID) (*Release, error) {
	r, err := s.store.Release(ctx, id)
	if err != nil || r.State != ReleaseWaiting {
		return nil, err
	}
	return r, nil
}

// TakeItems keeps items of a release that waits for its tree, from a place on;
// what was kept from there on before is forgotten.
func (s *Releases) TakeItems(ctx context.Context, r *Release, from int, items []SourceItem) error {
	return s.store.SaveReleaseItems(ctx, r.ID, from, items)
}

// TakeTree makes of a release of another node one that can be merged, if the so
// many items that were kept of it are what the node said they are; otherwise the
// release is broken, and offered to nobody.
func (s *Releases) TakeTree(ctx context.Context, r *Release, items int) error {
	whole, err := s.whole(ctx, r)
	if err != nil {
		return err
	}
	if !whole || items != r.Items {
		r.State = ReleaseBroken
		return s.store.SaveRelease(ctx, r, nil, domain.Change{})
	}
	r.State = ReleaseReady
	return s.store.SaveRelease(ctx, r, nil, domain.Change{
		Jobs: []domain.Job{{Kind: JobTellRelease, Unique: string(r.ID), Args: ReleaseArgs{r.ID}}},
	})
}

// whole reports whether what is kept of a release is its tree.
func (s *Releases) whole(ctx context.Context, r *Release) (bool, error) {
	sum, before, outline := NewDigester(), 0, newOutline()
	for items, err := range s.pages(ctx, r) {
		if errors.Is(err, errMoved) { // they are too few
			return false, nil
		}
		if err != nil {
			return false, err
		}
		sum.Add(items...)
		for _, it := range items {
			if it.check() != nil {
				return false, nil
			}
			before += len(it.Prerequisites)
		}
		outline.add(items...)
	}
	return outline.stand().check() == nil && before <= maxBefore && sum.Sum() == r.Digest, nil
}

// Tell tells the clones on this node what a release means for each; it is the
// handler of [JobTellRelease]. A clone is told once.
func (s *Releases) Tell(ctx context.Context, args ReleaseArgs) error {
	r, err := s.store.Release(ctx, args.Release)
	if err != nil || r.State != ReleaseReady {
		return err
	}
	clones, err := s.store.ClonesHere(ctx, r.Process)
	if err != nil || len(clones) == 0 {
		return err
	}
	for _, p := range clones {
		if r.Older(p.ClonedFrom.Version, p.ClonedFrom.Digest) {
			continue
		}
		known, c, err := s.known(ctx, p, r)
		if err != nil {
			return err
		}
		counts := known.count(c.Updates())
		had, change := counts == (Counts{}), domain.Change{Jobs: []domain.Job{renew(p, s.mint.Now())}}
		if !had {
			told := UpdateTold{ReleaseTold: r.told(), Name: r.Name(), Host: p.ClonedFrom.Host, Counts: counts}
			change.Events = []domain.Event{domain.NewEvent(s.mint, ReleaseReceived, r.Actor, p.Subject(), told)}
		}
		if err := s.store.Told(ctx, p.ID, r.ID, had, change); err != nil && domain.CodeOf(err) != domain.Conflict {
			return err
		}
	}
	return nil
}

// count counts updates by their outcome.
func (r *Release) count(updates []Update) Counts {
	var n Counts
	for _, u := range updates {
		switch u.Outcome {
		case Safe:
			n.Safe++
		case Conflict:
			n.Conflicts++
		case Added:
			n.New++
		case Removed:
			n.Removed++
		}
		if slices.ContainsFunc(r.Changes, func(c ReleaseChange) bool { return c.Item == u.ID && c.Kind == Legal }) {
			n.Legal++
		}
	}
	return n
}
