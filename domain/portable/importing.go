package portable

import (
	"context"
	"errors"
	"slices"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/lineage"
	"interlink/domain/policy"
)

// Input is what a person says to import a process or community.
type Input struct {
	Name  string         // handle; "" for the one that it had
	Owner domain.ActorID // organisation; Nobody for none

	Update string // handle of the process or community that an earlier export became, to be merged with; "" for another one
}

// JobImport asks to go on with an import.
const JobImport = "portable.import"

// ImportArgs are the arguments of [JobImport].
type ImportArgs struct {
	Bringing domain.ID `json:"bringing"`
}

// quick is how many files and documents are imported while somebody waits.
const quick = 200

// Try reports what an import would not hold as it was, and changes nothing.
// Errors: as of [Service.Begin].
func (s *Service) Try(ctx context.Context, v policy.Viewer, id domain.ID, in Input) (*Bringing, error) {
	b, d, done, err := s.importable(ctx, v, id, &in)
	if err != nil || done {
		return b, err
	}
	c, isCommunity := d.(*Community)
	switch {
	case isCommunity && in.Update != "":
		return b, s.compare(ctx, v, b, c, in.Update)
	case isCommunity:
		return b, s.judge(ctx, v, b, c)
	case in.Update != "":
		u, err := s.update(ctx, v, b, d.(*Document), in.Update)
		if err == nil {
			b.Lost, b.Changes = u.lost, u.changes[:min(len(u.changes), maxLost)]
		}
		return b, err
	}
	made, _, err := s.build(ctx, v, b, d.(*Document), in, nil)
	if err != nil {
		return b, err
	}
	for _, err := range made.pages() {
		if err != nil {
			return b, err
		}
	}
	b.Lost = made.Lost
	return b, nil
}

// Begin sets out to import what was brought as it was: with its statuses and
// dates, resources and versions, as a job. Of what the node cannot hold as its
// own it keeps what was said, and reports it. done says that it was imported
// before, also from another file with the same document: nothing happens then.
// Errors: NotFound, Gone, Invalid, TooLarge, Conflict if the name is taken;
// those of [coproduction.Service.Start].
func (s *Service) Begin(ctx context.Context, v policy.Viewer, id domain.ID, in Input) (b *Bringing, done bool, err error) {
	b, d, done, err := s.importable(ctx, v, id, &in)
	if err != nil || done || b.State == ImportRuns {
		return b, done, err
	}
	b.State, b.In, b.Asker, b.Problem = ImportRuns, in, v, lineage.Problem{}
	b.Done, b.Total, b.UpdatedAt = 0, len(d.partsOf()), s.mint.Now()
	b.Begun++
	return b, false, s.store.SaveBringing(ctx, b, domain.Change{Jobs: []domain.Job{{Kind: JobImport, Args: ImportArgs{b.ID}, Unique: string(b.ID) + " " + itoa(b.Begun)}}})
}

// importable reads what was brought, and judges whether it can be imported.
func (s *Service) importable(ctx context.Context, v policy.Viewer, id domain.ID, in *Input) (b *Bringing, d document, done bool, err error) {
	b, d, err = s.opened(ctx, v, id)
	if b != nil && b.Process != domain.Nobody {
		return b, d, true, nil
	}
	if err != nil {
		return nil, nil, false, err
	}
	if before, err := s.store.Brought(ctx, v.Actor, b.Head.IRI, b.SHA256); err == nil {
		return before, d, true, nil
	} else if domain.CodeOf(err) != domain.NotFound {
		return nil, nil, false, err
	}
	if in.Update != "" {
		_, err := s.earlier(ctx, v, b, in.Update)
		return b, d, false, err
	}
	if in.Name == "" {
		in.Name = b.Head.Name
	}
	return b, d, false, s.free(ctx, v, d, *in)
}

// free asks whether what is in an archive may be made under its name.
func (s *Service) free(ctx context.Context, v policy.Viewer, d document, in Input) error {
	if err := s.kept.NameFree(ctx, in.Name); err != nil {
		return err
	}
	if c, ok := d.(*Community); ok {
		_, _, err := s.draft(ctx, v, c, in)
		return err
	}
	_, err := s.processes.Draft(ctx, v, coproduction.StartInput{Name: in.Name, Details: d.(*Document).Details(), Owner: in.Owner})
	return err
}

// Cancel ends an import: nothing comes of it. One that has ended stays as it
// is. Errors: NotFound.
func (s *Service) Cancel(ctx context.Context, v policy.Viewer, id domain.ID) (*Bringing, error) {
	for race := 1; ; race++ {
		b, err := s.store.Bringing(ctx, id)
		if err != nil {
			return nil, err
		}
		if err := policy.Allow(v, policy.Edit, b); err != nil || b.State != ImportRuns {
			return b, err
		}
		b.State, b.UpdatedAt = ImportCancelled, s.mint.Now()
		err = s.store.SaveBringing(ctx, b, domain.Change{})
		if domain.CodeOf(err) != domain.Conflict || race == 20 { // it went on meanwhile
			return b, err
		}
	}
}

// Hasten goes on at once with an import that is not large, and returns how it
// is then. Whatever becomes of that, the job does it too.
func (s *Service) Hasten(ctx context.Context, b *Bringing) (*Bringing, error) {
	if b.State != ImportRuns || b.Total > quick {
		return b, nil
	}
	return s.Finish(ctx, b)
}

// Finish goes on with an import now, to its end.
func (s *Service) Finish(ctx context.Context, b *Bringing) (*Bringing, error) {
	if err := s.Work(ctx, ImportArgs{b.ID}); err != nil && domain.CodeOf(err) != domain.Conflict {
		return nil, err
	}
	return s.store.Bringing(ctx, b.ID)
}

// Work goes on with an import; it is the handler of [JobImport]. All of it
// becomes a process at once in the end: it may stop anywhere and run again.
func (s *Service) Work(ctx context.Context, args ImportArgs) error {
	b, err := s.store.Bringing(ctx, args.Bringing)
	if domain.CodeOf(err) == domain.NotFound || err == nil && b.State != ImportRuns {
		return nil
	}
	if err != nil {
		return err
	}
	if err = s.work(ctx, b); err != nil {
		err = s.stopped(ctx, b, err)
	}
	if domain.CodeOf(err) == domain.Conflict {
		if now, read := s.store.Bringing(ctx, b.ID); read == nil && now.State != ImportRuns {
			return nil // it was cancelled, or somebody else did it
		}
	}
	return err
}

// errEnds marks a Conflict that no second try mends.
var errEnds = errors.New("it cannot be made so")

// stopped notes what stopped an import: it is tried again, or failed.
func (s *Service) stopped(ctx context.Context, b *Bringing, err error) error {
	if code := domain.CodeOf(err); ctx.Err() != nil || domain.Ours(err) || code == domain.Conflict && !errors.Is(err, errEnds) {
		return err
	}
	b.State, b.Problem, b.UpdatedAt = ImportFailed, lineage.ProblemOf(err), s.mint.Now()
	return s.store.SaveBringing(ctx, b, domain.Change{})
}

func (s *Service) work(ctx context.Context, b *Bringing) error {
	_, d, err := s.opened(ctx, b.Asker, b.ID)
	if err != nil {
		return err
	}
	if b.In.Update == "" {
		if err := s.free(ctx, b.Asker, d, b.In); err != nil {
			return errors.Join(err, errEnds)
		}
	}
	if err := s.hold(ctx, b, d); err != nil {
		return err
	}
	if c, ok := d.(*Community); ok {
		if b.In.Update != "" {
			return s.mergeCommunity(ctx, b, c)
		}
		return s.found(ctx, b, c)
	}
	p := d.(*Document)
	if b.In.Update != "" {
		return s.merge(ctx, b, p)
	}
	for _, fresh := range []bool{false, true} {
		if err = s.make(ctx, b, p, fresh); domain.CodeOf(err) != domain.Conflict {
			break // Conflict: it is here already under these ids, as on the node where it was exported
		}
	}
	return err
}

// step is how many files are looked at before it is noted how far an import is.
const step = 100

// hold sees that the files and documents of an archive are all there, and stay.
// Errors: Gone.
func (s *Service) hold(ctx context.Context, b *Bringing, d document) error {
	b.Done = 0 // it may have been looked at before, and its end did not come
	for parts := range slices.Chunk(d.partsOf(), step) {
		for _, part := range parts {
			if slices.Contains(b.Missing, part.SHA256) {
				continue
			}
			if err := s.kept.ReserveFile(ctx, coproduction.Stored{Hash: part.SHA256, Size: part.Size}, s.mint.Now(), 0); err != nil {
				return err
			}
			f, err := s.files.Open(ctx, part.SHA256)
			if err != nil {
				return domain.Fail(domain.Gone, "import.gone").Because(err)
			}
			_ = f.Close()
		}
		b.Done += len(parts)
		if b.Total <= step {
			continue // nobody looks on
		}
		b.UpdatedAt = s.mint.Now()
		if err := s.store.SaveBringing(ctx, b, domain.Change{}); err != nil {
			return err
		}
	}
	return nil
}

// build begins to make of a document what this node has of it; fresh gives it
// other ids than it had, nil the same ones.
func (s *Service) build(ctx context.Context, v policy.Viewer, b *Bringing, d *Document, in Input, fresh func(domain.ID) domain.ID) (*builder, *coproduction.Process, error) {
	p, t, err := s.target(ctx, v, b, &d.Process, in)
	if err != nil {
		return nil, nil, err
	}
	t.Fresh = fresh
	made, err := d.build(p, t)
	return made, p, err
}

// target is the process that what was brought becomes, and what this node knows of
// what it names.
func (s *Service) target(ctx context.Context, v policy.Viewer, b *Bringing, d *Process, in Input) (*coproduction.Process, Target, error) {
	p, err := s.processes.Draft(ctx, v, coproduction.StartInput{Name: in.Name, Details: d.Details(), Owner: in.Owner})
	if err != nil {
		return nil, Target{}, err
	}
	p.SchemaIRI, p.Rewards, p.Leaderboard = d.Schema, d.Rewards, d.Leaderboard
	if !d.CreatedAt.IsZero() && d.CreatedAt.Before(p.CreatedAt) {
		p.CreatedAt = d.CreatedAt
	}
	self, err := s.people.Actors(ctx, []domain.ActorID{v.Actor})
	if err != nil {
		return nil, Target{}, err
	}
	if len(self) != 1 {
		return nil, Target{}, domain.Fail(domain.Unauthenticated, "error.sign_in")
	}
	missing := map[string]bool{}
	for _, hash := range b.Missing {
		missing[hash] = true
	}
	return p, Target{
		From: d.before(b.Head), Importer: v.Actor, Self: self[0].IRI, Serial: s.mint.Serial, Has: func(hash string) bool { return !missing[hash] }, Unknown: b.Unknown,
	}, nil
}

// make makes the process of a document, in one transaction.
func (s *Service) make(ctx context.Context, b *Bringing, d *Document, fresh bool) error {
	var renew func(domain.ID) domain.ID
	ids := map[domain.ID]domain.ID{}
	if fresh {
		renew = func(id domain.ID) domain.ID {
			if ids[id] == "" {
				ids[id] = s.mint.ID()
			}
			return ids[id]
		}
	}
	build, p, err := s.build(ctx, b.Asker, b, d, b.In, renew)
	if err != nil {
		return err
	}
	made := *b
	made.Process, made.Made = p.ID, p.IRI
	made.State, made.Asker, made.UpdatedAt = ImportDone, policy.Viewer{}, s.mint.Now()
	event := domain.NewEvent(s.mint, coproduction.ProcessStarted, b.Asker.Actor, p.Subject(), coproduction.Started{
		Name: p.Name, Title: p.Title, Organization: p.Organization, Schema: p.SchemaIRI, Items: d.Count.Items, Imported: b.Head.IRI,
	})
	pages := func(yield func(lineage.Part, error) bool) {
		for page, err := range build.pages() {
			if err == nil {
				err = s.words(ctx, &page)
			}
			if !yield(page.Part, err) || err != nil {
				return
			}
		}
		made.Lost, made.Carried = build.Lost, build.Carried
	}
	if err := s.store.Import(ctx, p, pages, &made, d.base(ids), domain.Change{Events: []domain.Event{event}}); err != nil {
		return err
	}
	*b = made
	return nil
}

// words reads the words of the documents of a page: those of one alone are in
// memory. Errors: Gone.
func (s *Service) words(ctx context.Context, page *built) error {
	for _, one := range page.bodies {
		text, err := s.markdown(ctx, one.Part)
		if err != nil {
			return domain.Fail(domain.Gone, "import.gone").Because(err)
		}
		page.Versions[one.Version].Body = text
		if one.Present >= 0 {
			page.Resources[one.Present].Body = text
		}
	}
	return nil
}
