package catalogue

import (
	"context"
	"slices"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/picture"
	"interlink/domain/policy"
)

// Tombstone is what is left of an entry that its owner deleted. Its address is
// never taken by another, and what an import calls by its key does not come
// back.
type Tombstone struct {
	Entry       domain.ID
	Kind        Kind
	IRI         domain.IRI
	Host        string // "" for one of this node
	Slug        string
	Key         string     // by which imports found it
	Replacement domain.IRI // "" if none was named
	At          time.Time
}

// Address is the path at which the page of the entry was.
func (t Tombstone) Address() string {
	return (&Entry{Kind: t.Kind, Slug: t.Slug, Host: t.Host}).Address()
}

// MaxTombstones is how many deleted entries a catalogue tells of, the newest:
// what is older was heard of, or found gone at its address.
const MaxTombstones = 5_000

// MaxTold is how many who heard of an entry are told one by one that it was
// deleted: strangers make themselves heard of. Others find it gone at its address,
// and among what the catalogue deleted.
const MaxTold = 10_000

// everyTombstone is more than there are.
const everyTombstone = 1 << 30

// Deletion is the payload of the event of an entry of this node that was
// deleted.
type Deletion struct {
	Changed
	IRI  domain.IRI       `json:"iri"`
	Told []domain.ActorID `json:"told,omitempty"` // who heard of it, beside those who follow the catalogue
}

// Holdings are what is lost with an entry, and who uses it.
type Holdings struct {
	Processes    int // of this node that use it, or began with it
	Elsewhere    int // nodes that told of their use of it
	Reviews      int
	Versions     int
	Files        int // attached now or once
	Pictures     int // shown now or once
	Translations int // languages beside the one it was written in
}

// Holdings tells what would be lost with an entry that is deleted. Errors:
// NotFound, Forbidden, Conflict unless it is withdrawn.
func (s *Service) Holdings(ctx context.Context, v policy.Viewer, id domain.ID) (Holdings, error) {
	e, err := s.deletable(ctx, v, id)
	if err != nil {
		return Holdings{}, err
	}
	h, err := s.store.Holdings(ctx, e)
	if err != nil {
		return Holdings{}, err
	}
	pictures, err := s.store.Pictures(ctx, e.ID)
	h.Pictures = len(pictures)
	h.Translations = max(0, len(e.Name.Langs())-1)
	return h, err
}

func (s *Service) deletable(ctx context.Context, v policy.Viewer, id domain.ID) (*Entry, error) {
	e, err := s.store.Entry(ctx, id)
	if err == nil {
		err = policy.Allow(v, policy.Administer, e)
	}
	if err == nil && e.Status != Withdrawn {
		err = domain.Fail(domain.Conflict, "catalogue.not_withdrawn")
	}
	return e, err
}

// Delete erases a withdrawn entry of this node with all that belongs to it: a
// tombstone stays, and all who were told of the entry hear of it. Processes
// keep what they made with it. It cannot be undone: confirm must be its name,
// in any language. Errors: NotFound, Forbidden, Invalid on "confirm"; Conflict
// unless it is withdrawn, and if somebody changed it meanwhile.
func (s *Service) Delete(ctx context.Context, v policy.Viewer, id domain.ID, revision int64, confirm string) error {
	e, err := s.deletable(ctx, v, id)
	if err != nil {
		return err
	}
	if revision != e.Revision {
		return domain.Fail(domain.Conflict, "error.conflict")
	}
	confirm = strings.TrimSpace(confirm)
	if !slices.ContainsFunc(e.Name.Langs(), func(lang domain.Lang) bool { return e.Name[lang] == confirm }) {
		return domain.InvalidField("confirm", "catalogue.confirm_name", e.Name.String())
	}
	told, err := s.store.Told(ctx, e.IRI)
	if err != nil {
		return err
	}
	sweeps, err := s.sweeping(ctx, e)
	if err != nil {
		return err
	}
	return s.store.Save(ctx, []*Entry{e}, domain.Change{Events: s.buried(e, v.Actor, told), Jobs: sweeps}, false)
}

// sweeping removes the pictures of all versions of an entry that goes, unless
// something else shows them.
func (s *Service) sweeping(ctx context.Context, e *Entry) ([]domain.Job, error) {
	pictures, err := s.store.Pictures(ctx, e.ID)
	var jobs []domain.Job
	for _, file := range pictures {
		jobs = append(jobs, picture.Sweeping(file, s.mint.Now()))
	}
	return jobs, err
}

// buried makes of an entry of this node one that is to be erased.
func (s *Service) buried(e *Entry, by domain.ActorID, told []domain.ActorID) []domain.Event {
	e.Status, e.UpdatedAt = Deleted, s.mint.Now()
	changed := Changed{Slug: e.Slug, Name: e.Name, Version: e.Version}
	return []domain.Event{
		domain.NewEvent(s.mint, Deletes(e.Kind), by, e.Subject(), Deletion{Changed: changed, IRI: e.IRI, Told: told}),
		domain.NewEvent(s.mint, Lost, by, e.Subject(), changed),
	}
}

// Tombstones returns what is left of those of these addresses that were
// deleted by their owners.
func (s *Service) Tombstones(ctx context.Context, iris []domain.IRI) (map[domain.IRI]Tombstone, error) {
	return s.store.Tombstones(ctx, iris)
}

// TombstoneAt finds one by the address of its page; host is "" for this node.
// Errors: NotFound.
func (s *Service) TombstoneAt(ctx context.Context, kind Kind, slug, host string) (Tombstone, error) {
	if host == s.ns.Host() {
		host = ""
	}
	return s.store.TombstoneAt(ctx, kind, slug, host)
}

// Buries reports whether entries of this node were deleted.
func (s *Service) Buries(ctx context.Context) (bool, error) {
	buried, err := s.store.Buried(ctx, 1)
	return len(buried) > 0, err
}

// Buried returns what is left of the entries of this node that were deleted,
// newest first, for those who copied them.
func (s *Service) Buried(ctx context.Context) ([]Tombstone, error) {
	return s.store.Buried(ctx, MaxTombstones)
}
