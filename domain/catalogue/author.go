package catalogue

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"interlink/domain"
	"interlink/domain/policy"
)

// Writing is what somebody writes of an Interlinker.
type Writing struct {
	Content Content       // all of it; files, pictures and where it was made are kept as they are
	Checked []domain.Lang // languages in which every translation was checked
	Note    string        // what the change is, for the list of versions; may be empty
}

// Compose begins an Interlinker as a draft, which only those see who write the
// catalogue. slug is the last part of its address, [a-z0-9-]{1,60}; "" takes it
// from the name. Errors: Forbidden, Invalid, Conflict if slug is taken.
func (s *Service) Compose(ctx context.Context, v policy.Viewer, slug string, w Writing) (*Entry, error) {
	e := &Entry{Kind: KindInterlinker, Owner: s.owner, Status: Draft}
	if err := policy.Allow(v, policy.Edit, &Entry{}); err != nil {
		return nil, err
	}
	if err := s.write(e, w); err != nil {
		return nil, err
	}
	if err := s.place(ctx, e, slug); err != nil {
		return nil, err
	}
	return e, s.store.Save(ctx, []*Entry{e}, domain.Change{Events: []domain.Event{s.event(Drafted, v.Actor, e)}}, false)
}

// place gives a new entry its address, and the time.
func (s *Service) place(ctx context.Context, e *Entry, wish string) error {
	name, _ := e.Name.In(e.Content().Original())
	slug := slugOf(name)
	if wish != "" {
		if slug = slugOf(wish); slug != wish {
			return domain.InvalidField("slug", "catalogue.slug")
		}
	}
	for n := 1; ; n++ {
		free := slug
		if n > 1 {
			free = fmt.Sprintf("%s-%d", slug, n)
		}
		_, err := s.store.EntryAt(ctx, e.Kind, free, "")
		switch {
		case domain.CodeOf(err) == domain.NotFound && !reserved[free]:
			slug = free
		case err != nil && domain.CodeOf(err) != domain.NotFound && domain.CodeOf(err) != domain.Gone:
			return err
		case wish != "":
			return &domain.Error{Code: domain.Conflict, Key: "catalogue.slug_taken", Field: "slug"}
		default:
			continue
		}
		break
	}
	e.ID, e.Serial, e.Slug = s.mint.ID(), s.mint.Serial(), slug
	e.IRI = s.ns.IRI(collections[e.Kind], slug)
	e.PublishedAt, e.UpdatedAt = s.mint.Now(), s.mint.Now()
	return nil
}

// reserved are the slugs at whose addresses there are other pages.
var reserved = map[string]bool{"new": true, "drafts": true}

// write puts into an entry what somebody wrote.
func (s *Service) write(e *Entry, w Writing) error {
	var p domain.Problems
	before, next := e.Content(), w.Content.clone()
	if next.Interlinker == nil {
		return domain.InvalidField("kind", "catalogue.kind")
	}
	i, old := next.Interlinker, before.Interlinker
	if old == nil {
		old = &Interlinker{}
	}
	i.tidy()
	i.Snapshots, i.Made, i.Service, i.Aliases, i.Detected = described(old.Snapshots, i.Snapshots), old.Made, old.Service, old.Aliases, nil
	i.keepFiles(old)
	i.detect()
	if i.Original != "" && next.Name[i.Original] == "" {
		if i.Original == before.Original() {
			p.Add("name", "catalogue.name_missing")
		} else {
			p.Add("original", "catalogue.original")
		}
	}
	next.Name, next.Summary = next.Name.Clean(), next.Summary.Clean()
	next.translate(before, w.Checked)
	e.Name, e.Summary, e.Interlinker = next.Name, next.Summary, i
	p = append(p, domain.FieldsOf(e.Check())...)
	i.checkWritten(&p, e.Status == Draft)
	if e.Note = strings.Join(strings.Fields(w.Note), " "); utf8.RuneCountInString(e.Note) > maxNote {
		p.Add("note", "error.too_long", maxNote)
	}
	return p.Err()
}

// clone copies the content, so that what was read stays as it was.
func (c Content) clone() Content {
	var out Content
	raw, err := json.Marshal(c)
	if err == nil {
		err = json.Unmarshal(raw, &out)
	}
	if err != nil {
		panic(fmt.Sprintf("catalogue: a content that is no JSON: %v", err)) // all its members are
	}
	return out
}

// tidy takes away what is blank.
func (i *Interlinker) tidy() {
	for _, t := range []*domain.Text{&i.Overview, &i.Instructions, &i.Constraints, &i.Regulations, &i.URI, &i.AssetName} {
		*t = t.Clean()
	}
	i.SPDX = strings.TrimSpace(i.SPDX)
	authors := i.Authors[:0]
	for _, a := range i.Authors {
		if a.Name = strings.Join(strings.Fields(a.Name), " "); a.Name != "" {
			authors = append(authors, a)
		}
	}
	i.Authors = authors
}

// described are the pictures that an entry has, with the words that were
// written for them, in the order and without those that were left out.
func described(have, written []Snapshot) []Snapshot {
	var out []Snapshot
	for _, w := range written {
		for _, h := range have {
			if h.URL == w.URL {
				h.Alt = w.Alt.Clean()
				out = append(out, h)
			}
		}
	}
	return out
}

// Rewrite changes an Interlinker of this node: a draft stays one, anything else
// gets a new version, of which those who follow the catalogue are told.
// revision is the one the viewer saw. No change is no error. Errors: NotFound,
// Forbidden, Invalid; Conflict if somebody changed it meanwhile, or if it was
// withdrawn.
func (s *Service) Rewrite(ctx context.Context, v policy.Viewer, id domain.ID, revision int64, w Writing) (*Entry, error) {
	e, err := s.writable(ctx, v, id, revision)
	if err != nil {
		return nil, err
	}
	if err := s.write(e, w); err != nil {
		return nil, err
	}
	return e, s.changed(ctx, v, e)
}

// writable reads an entry that is to be changed.
func (s *Service) writable(ctx context.Context, v policy.Viewer, id domain.ID, revision int64) (*Entry, error) {
	e, err := s.editable(ctx, v, id, revision)
	if err == nil && e.Status == Withdrawn {
		err = domain.Fail(domain.Conflict, "catalogue.withdrawn")
	}
	return e, err
}

// changed saves an entry with a new content: nothing if it is the same.
func (s *Service) changed(ctx context.Context, v policy.Viewer, e *Entry, jobs ...domain.Job) error {
	hash := e.ContentHash()
	if hash == e.Hash && e.Status != Draft {
		return nil
	}
	kind := Drafted
	e.Hash, e.UpdatedAt, e.ChangedBy = hash, s.mint.Now(), v.Actor
	if e.Status != Draft {
		e.Version++
		kind = Updated(e.Kind)
	}
	return s.store.Save(ctx, []*Entry{e}, domain.Change{Events: []domain.Event{s.event(kind, v.Actor, e)}, Jobs: jobs}, false)
}

// Publish makes a draft the first version of an entry, of which those who
// follow the catalogue are told; or takes it back that an entry is deprecated.
// Again changes nothing. Errors: NotFound, Forbidden; Conflict, also for what
// was withdrawn.
func (s *Service) Publish(ctx context.Context, v policy.Viewer, id domain.ID, revision int64, note string) (*Entry, error) {
	e, err := s.writable(ctx, v, id, revision)
	if err != nil || e.Status == Published {
		return e, err
	}
	kind := Updated(e.Kind)
	e.UpdatedAt, e.ChangedBy, e.Note = s.mint.Now(), v.Actor, clipNote(note)
	if e.Status == Draft {
		var p domain.Problems
		e.Interlinker.checkWritten(&p, false)
		if err := p.Err(); err != nil {
			return nil, err
		}
		kind, e.PublishedAt, e.Hash = Created(e.Kind), e.UpdatedAt, e.ContentHash()
	}
	e.Status, e.Reason, e.Replacement = Published, nil, ""
	e.Version++
	return e, s.store.Save(ctx, []*Entry{e}, domain.Change{Events: []domain.Event{s.event(kind, v.Actor, e)}}, false)
}

func clipNote(note string) string {
	r := []rune(strings.Join(strings.Fields(note), " "))
	return string(r[:min(len(r), maxNote)])
}

// Ending says how an entry ends to be recommended.
type Ending struct {
	Status      Status      // Deprecated: it can still be taken into tasks; Withdrawn: it cannot
	Reason      domain.Text // why; may be empty
	Replacement domain.IRI  // what to use instead: a usable entry of the same kind, of any node; "" for none
}

// End deprecates or withdraws an entry of this node; it stays readable, and
// those who follow the catalogue are told. Withdrawing again changes nothing.
// Errors: NotFound, Forbidden, Invalid, Conflict.
func (s *Service) End(ctx context.Context, v policy.Viewer, id domain.ID, revision int64, how Ending) (*Entry, error) {
	e, err := s.editable(ctx, v, id, revision)
	if err != nil || e.Status == Withdrawn && how.Status == Withdrawn {
		return e, err
	}
	if err := s.ended(ctx, e, how); err != nil {
		return nil, err
	}
	kind := Deprecates(e.Kind)
	if how.Status == Withdrawn {
		kind = Withdrew(e.Kind)
	}
	e.Status, e.Reason, e.Replacement, e.UpdatedAt, e.ChangedBy = how.Status, how.Reason.Clean(), how.Replacement, s.mint.Now(), v.Actor
	e.Version++
	events := []domain.Event{s.event(kind, v.Actor, e)}
	if e.Unfit() {
		events = append(events, s.event(Unfit, v.Actor, e))
	}
	return e, s.store.Save(ctx, []*Entry{e}, domain.Change{Events: events}, false)
}

// ended judges how an entry is to end.
func (s *Service) ended(ctx context.Context, e *Entry, how Ending) error {
	switch {
	case how.Status != Deprecated && how.Status != Withdrawn:
		return domain.InvalidField("status", "catalogue.kind")
	case e.Status == Draft:
		return domain.Fail(domain.Conflict, "catalogue.draft")
	case e.Status == Withdrawn:
		return domain.Fail(domain.Conflict, "catalogue.withdrawn")
	case how.Reason.Longest() > maxString:
		return domain.InvalidField("reason", "error.too_long", maxString)
	case how.Replacement == "":
		return nil
	}
	other, err := s.store.EntryByIRI(ctx, how.Replacement)
	if code := domain.CodeOf(err); err == nil && (other.ID == e.ID || other.Kind != e.Kind || !other.Status.Usable()) || code == domain.NotFound || code == domain.Gone {
		err = domain.InvalidField("replacement", "catalogue.replacement")
	}
	return err
}

// Discard throws a draft away, with its files. Errors: NotFound, Forbidden,
// Conflict for what was published.
func (s *Service) Discard(ctx context.Context, v policy.Viewer, id domain.ID, revision int64) error {
	e, err := s.editable(ctx, v, id, revision)
	if err != nil {
		return err
	}
	if e.Status != Draft {
		return domain.Fail(domain.Conflict, "catalogue.published")
	}
	sweeps, err := s.sweeping(ctx, e)
	if err != nil {
		return err
	}
	return s.store.Discard(ctx, e, domain.Change{Events: []domain.Event{s.event(Discarded, v.Actor, e)}, Jobs: sweeps})
}

// Drafts lists the drafts of this node, newest first. Errors: Forbidden.
func (s *Service) Drafts(ctx context.Context, v policy.Viewer, page domain.Page) (domain.List[*Entry], error) {
	if err := policy.Allow(v, policy.Edit, &Entry{}); err != nil {
		return domain.List[*Entry]{}, err
	}
	return s.store.Drafts(ctx, page)
}

// Adopt makes the first version of an entry of what was offered to the
// catalogue, which the caller saves together with the event. Errors: Forbidden,
// Invalid.
func (s *Service) Adopt(ctx context.Context, v policy.Viewer, c Content) (*Entry, domain.Event, error) {
	if err := policy.Allow(v, policy.Edit, &Entry{}); err != nil {
		return nil, domain.Event{}, err
	}
	e := &Entry{Kind: KindInterlinker, Owner: s.owner, Status: Published, Version: 1, Name: c.Name, Summary: c.Summary, Interlinker: c.Interlinker, ChangedBy: v.Actor}
	e.Interlinker.detect()
	if err := e.Check(); err != nil {
		return nil, domain.Event{}, err
	}
	if err := s.place(ctx, e, ""); err != nil {
		return nil, domain.Event{}, err
	}
	e.Hash = e.ContentHash()
	return e, s.event(Created(e.Kind), v.Actor, e), nil
}
