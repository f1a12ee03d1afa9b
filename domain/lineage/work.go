package lineage

import (
	"context"
	"errors"
	"iter"
	"slices"
	"time"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/coproduction"
	"interlink/domain/policy"
)

// keepClonings is how long a cloning that has ended can be looked at.
const keepClonings = 30 * 24 * time.Hour

// Begin sets out to clone a source, as a job. What is of this node, or what a
// story published, is taken as it is now; a process of another node, which has
// its address alone, is read page by page. Errors: those of [Service.CloneFrom]
// that can be told at once.
func (s *Service) Begin(ctx context.Context, v policy.Viewer, source SourceProcess, in CloneInput) (*Cloning, error) {
	return s.begin(ctx, v, source, in, 0)
}

// begin is [Service.Begin], of which the job begins after a while.
func (s *Service) begin(ctx context.Context, v policy.Viewer, source SourceProcess, in CloneInput, after time.Duration) (*Cloning, error) {
	return Again(func() (*Cloning, error) {
		now := s.mint.Now()
		c := &Cloning{
			ID: s.mint.ID(), Serial: s.mint.Serial(), Asker: v, Address: source.IRI, In: in, State: CloningRuns, CreatedAt: now, UpdatedAt: now,
		}
		pages, err := s.toStage(ctx, v, source, c)
		if err != nil {
			return nil, err
		}
		if err := s.free(ctx, v, c); err != nil {
			return nil, err
		}
		job := c.job()
		if after > 0 {
			job.At = now.Add(after)
		}
		return c, s.store.CreateCloning(ctx, c, pages, now.Add(-keepClonings), domain.Change{Jobs: []domain.Job{job}})
	})
}

// toStage sets out to read a source from its start, and returns what of it can
// be staged at once.
func (s *Service) toStage(ctx context.Context, v policy.Viewer, source SourceProcess, c *Cloning) (iter.Seq2[SourcePage, error], error) {
	if s.ns.Owns(source.IRI) || c.In.Published {
		from, err := s.reading(ctx, v, source, &c.In)
		if err != nil {
			return nil, err
		}
		c.begin(Head{SourceProcess: from.SourceProcess, Digest: from.digest, Total: from.outline.Len()})
		return from.pages, c.count(from.outline.Len(), len(c.In.Resources))
	}
	head, err := s.reader.Head(ctx, source.IRI)
	if err != nil {
		return nil, err
	}
	if err := head.checkHead(); err != nil {
		return nil, err
	}
	c.begin(head)
	return func(func(SourcePage, error) bool) {}, nil
}

// free asks whether the clone may be made under its name.
func (s *Service) free(ctx context.Context, v policy.Viewer, c *Cloning) error {
	if _, err := s.processes.Draft(ctx, v, c.In.start(c.Source)); err != nil {
		return err
	}
	return s.store.NameFree(ctx, c.In.Name)
}

// Cloning reads one. Errors: NotFound unless the viewer asked for it.
func (s *Service) Cloning(ctx context.Context, v policy.Viewer, id domain.ID) (*Cloning, error) {
	c, err := s.store.Cloning(ctx, id)
	if err != nil {
		return nil, err
	}
	return c, policy.Allow(v, policy.Read, c)
}

// Clonings lists what the viewer asked for, newest first. Errors:
// Unauthenticated.
func (s *Service) Clonings(ctx context.Context, v policy.Viewer, page domain.Page) (domain.List[*Cloning], error) {
	if v.Actor == domain.Nobody {
		return domain.List[*Cloning]{}, domain.Fail(domain.Unauthenticated, "error.sign_in")
	}
	return s.store.Clonings(ctx, v.Actor, page)
}

// Cancel ends a cloning: nothing comes of it. One that has ended stays as it
// is. Errors: NotFound.
func (s *Service) Cancel(ctx context.Context, v policy.Viewer, id domain.ID) (*Cloning, error) {
	for race := 1; ; race++ {
		c, err := s.store.Cloning(ctx, id)
		if err != nil {
			return nil, err
		}
		if err := policy.Allow(v, policy.Edit, c); err != nil {
			return nil, err
		}
		if c.State != CloningRuns {
			return c, nil
		}
		c.State, c.UpdatedAt = CloningCancelled, s.mint.Now()
		err = s.store.SaveCloning(ctx, c, SourcePage{}, domain.Change{})
		if domain.CodeOf(err) != domain.Conflict || race == 20 { // a page was read meanwhile
			return c, err
		}
	}
}

// quick is how many items are cloned while somebody waits for it.
const quick = 500

// Hasten goes on at once with a cloning that is not large and has read all,
// and returns how it is then. Whatever becomes of that, the job does it too.
func (s *Service) Hasten(ctx context.Context, c *Cloning) (*Cloning, error) {
	if c.Next != "" || c.Read > quick {
		return c, nil
	}
	if err := s.Work(ctx, CloningArgs{c.ID}); err != nil && ctx.Err() == nil && domain.CodeOf(err) != domain.Conflict {
		return nil, err
	}
	return s.store.Cloning(ctx, c.ID)
}

// Work goes on with a cloning; it is the handler of [JobClone]. Each page is
// kept with what comes after it, and all becomes a process at once in the end:
// it may stop anywhere and run again.
func (s *Service) Work(ctx context.Context, args CloningArgs) error {
	c, err := s.store.Cloning(ctx, args.Cloning)
	if err != nil || c.State != CloningRuns {
		return err
	}
	if err = s.work(ctx, c); err != nil {
		err = s.stopped(ctx, c, err)
	}
	if domain.CodeOf(err) == domain.Conflict {
		if now, read := s.store.Cloning(ctx, args.Cloning); read == nil && now.State != CloningRuns {
			return nil // it was cancelled, or somebody else did it
		}
	}
	return err
}

// stopped notes what stopped a cloning: it is tried again later, or failed.
func (s *Service) stopped(ctx context.Context, c *Cloning, err error) error {
	switch code := domain.CodeOf(err); {
	case ctx.Err() != nil || domain.Ours(err) || code == domain.Conflict && !errors.Is(err, errEnds):
		return err
	case code == domain.Unavailable && c.Waits < mostWaits:
		c.Waits++
		c.UpdatedAt = s.mint.Now()
		return s.store.SaveCloning(ctx, c, SourcePage{}, domain.Change{Jobs: []domain.Job{c.again(c.UpdatedAt.Add(pause(c.Waits)))}})
	}
	c.State, c.Problem, c.UpdatedAt = CloningFailed, ProblemOf(err), s.mint.Now()
	return s.store.SaveCloning(ctx, c, SourcePage{}, domain.Change{})
}

// A node that is away is asked again mostWaits times: after a minute, two,
// four, at last every hour.
const mostWaits = 12

func pause(waits int) time.Duration { return min(time.Minute<<(waits-1), time.Hour) }

// errEnds marks a Conflict that no second try mends.
var errEnds = errors.New("it cannot be made so")

// ProblemOf is what an error says, to be kept.
func ProblemOf(err error) Problem {
	if fields := domain.FieldsOf(err); len(fields) > 0 {
		return Problem{Code: domain.CodeOf(err), Key: fields[0].Key, Args: fields[0].Args}
	}
	var told *domain.Error
	if errors.As(err, &told) {
		return Problem{Code: told.Code, Key: told.Key, Args: told.Args}
	}
	return Problem{Code: domain.Internal, Key: "error.internal"}
}

func (s *Service) work(ctx context.Context, c *Cloning) error {
	for {
		if err := s.read(ctx, c); err != nil {
			return err
		}
		outline, digest, err := s.staged(ctx, c)
		if err != nil {
			return err
		}
		if c.Claim == "" || digest == c.Claim {
			return s.finish(ctx, c, outline, digest)
		}
		if err := s.again(ctx, c); err != nil {
			return err
		}
	}
}

// read stages what was not read yet.
func (s *Service) read(ctx context.Context, c *Cloning) error {
	for c.Next != "" {
		page, err := s.reader.Page(ctx, c.Next)
		if err != nil {
			return err
		}
		if err := page.follows(c.Next, c.Source.IRI); err != nil {
			return err
		}
		if room := maxStaged - c.Resources; len(page.Resources) >= room {
			page.Resources, page.Next = page.Resources[:room], ""
		}
		if err := page.check(); err != nil {
			return err
		}
		if err := c.take(page); err != nil {
			return err
		}
		c.UpdatedAt = s.mint.Now()
		if err := s.store.SaveCloning(ctx, c, page, domain.Change{}); err != nil {
			return err
		}
	}
	return nil
}

// maxStaged is how many resources of a source are looked at.
const maxStaged = 2 * maxCopied

// staged reads what was staged once: its outline and its digest.
func (s *Service) staged(ctx context.Context, c *Cloning) (outline *Outline, digest string, err error) {
	sum, outline := NewDigester(), newOutline()
	for page, err := range s.store.Staged(ctx, c.ID) {
		if err != nil {
			return nil, "", err
		}
		sum.Add(page.Items...)
		outline.add(page.Items...)
	}
	return outline.stand(), sum.Sum(), nil
}

// mostAgain is how often a source that changes meanwhile is read again.
const mostAgain = 3

// again begins again with a tree that is another than its node said: somebody
// worked there meanwhile. Errors: Invalid if its node still says the same, or
// it never stands still.
func (s *Service) again(ctx context.Context, c *Cloning) error {
	before := c.Claim
	head, err := s.reader.Head(ctx, c.Address)
	if err != nil {
		return err
	}
	if head.Digest == before || c.Again == mostAgain {
		return domain.Fail(domain.Invalid, "clone.digest_differs", c.Address.Host())
	}
	if err := head.checkHead(); err != nil {
		return err
	}
	c.begin(head)
	c.Again++
	c.UpdatedAt = s.mint.Now()
	return s.store.SaveCloning(ctx, c, SourcePage{}, domain.Change{})
}

// checkHead judges what another node says of a process as a whole. Errors:
// Invalid, TooLarge.
func (h Head) checkHead() error {
	h.Items = nil
	if err := h.Check(); err != nil {
		return err
	}
	if h.Total > coproduction.MaxItems {
		return domain.Fail(domain.TooLarge, "process.too_many_items", coproduction.MaxItems)
	}
	if !domain.SameOrigin(h.Tree, h.IRI) || h.Resources != "" && !domain.SameOrigin(h.Resources, h.IRI) {
		return domain.Fail(domain.Invalid, "process.source_broken")
	}
	return nil
}

// finish makes the clone of what was staged.
func (s *Service) finish(ctx context.Context, c *Cloning, outline *Outline, digest string) error {
	err := s.free(ctx, c.Asker, c)
	if domain.CodeOf(err) == domain.Conflict {
		err = errors.Join(err, errEnds)
	}
	if err == nil {
		_, err = s.make(ctx, c, digest, outline, s.store.Staged(ctx, c.ID))
	}
	return err
}

// make makes the clone that was asked for, in one transaction. outline is
// that of the source; pages go through the source as
// often as they are asked.
func (s *Service) make(ctx context.Context, c *Cloning, digest string, outline *Outline, pages iter.Seq2[SourcePage, error]) (*coproduction.Process, error) {
	v, source := c.Asker, c.Source
	p, err := s.processes.Draft(ctx, v, c.In.start(source))
	if err != nil {
		return nil, err
	}
	plan, err := NewPlan(outline, c.In.Keep, s.mint)
	if err != nil {
		return nil, err
	}
	var from *coproduction.Process // nil for a source of another node
	if s.ns.Owns(source.IRI) {
		if from, err = s.store.ProcessNamed(ctx, s.nameOf(source.IRI)); err != nil {
			return nil, err
		}
	}
	p.SchemaIRI, p.ClonedFrom = source.Schema, source.origin(digest, p.CreatedAt)
	p.Status, p.Tasks, p.Finished = coproduction.Awaiting, plan.tasks, 0
	change := domain.Change{Events: []domain.Event{domain.NewEvent(s.mint, ProcessCloned, v.Actor, p.Subject(), Cloned{
		Clone: p.ID, CloneIRI: p.IRI, Owner: p.Organization, Title: p.Title, Source: source.IRI, SourceOwner: source.Owner,
		SourceTitle: source.Title, Local: from != nil, Version: source.Version, Digest: digest, Items: plan.Len(),
	})}}
	var d *Derivation
	if from != nil {
		d = &Derivation{
			ID: s.mint.ID(), Serial: s.mint.Serial(), Source: from.ID, IRI: p.IRI, Title: p.Title, Cloner: v.Actor,
			Host: s.ns.Host(), Version: source.Version, Digest: digest, State: coproduction.Offered, OfferedAt: p.CreatedAt, Compared: true,
		}
		change.Events = append(change.Events, domain.NewEvent(s.mint, CloneOffered, v.Actor, from.Subject(), d.told()))
	}
	said := Manifest{Items: plan.Len(), LeftOut: outline.Len() - plan.Len()}
	if change.Jobs, err = s.askFor(ctx, plan, pages, &said); err != nil {
		return nil, err
	}
	made := c
	if c.ID == "" {
		made = nil // it was made at once
	}
	c.State, c.Clone, c.Manifest, c.UpdatedAt = CloningDone, p.IRI, said, p.CreatedAt
	copier := copier{process: p, plan: plan, from: source.Language, source: outline, by: v.Actor, mint: s.mint, said: &c.Manifest}
	return p, s.store.CreateClone(ctx, p, copier.written(pages), d, made, change)
}

// Part is what a clone has of a page of its source.
type Part struct {
	coproduction.Written
	Known map[string]Base // of the source's items, by their ids; see [Known]
}

// written makes what a clone has of the pages of its source.
func (c copier) written(pages iter.Seq2[SourcePage, error]) iter.Seq2[Part, error] {
	begun := *c.said
	return func(yield func(Part, error) bool) {
		*c.said = begun // a transaction may be tried again
		if !yield(Part{Known: map[string]Base{"": {Order: c.source.orderBelow("")}}}, nil) {
			return
		}
		for page, err := range pages {
			part := Part{Written: coproduction.Written{Items: c.plan.Items(page.Items)}, Known: make(map[string]Base, len(page.Items))}
			for i := range part.Items {
				part.Items[i].Brought(c.from, c.process.Language)
			}
			for _, it := range page.Items {
				part.Known[it.ID] = Base{Item: it.said(), Order: c.source.orderBelow(it.ID)}
			}
			c.copy(&part.Written, page.Resources)
			if !yield(part, err) || err != nil {
				return
			}
		}
	}
}

// maxAsked is how many Interlinkers that the catalogue has not are asked for.
const maxAsked = 200

// askFor returns jobs that read the Interlinkers of a clone that the catalogue
// does not have, into its quarantine, and notes them.
func (s *Service) askFor(ctx context.Context, plan *Plan, pages iter.Seq2[SourcePage, error], said *Manifest) ([]domain.Job, error) {
	if s.catalogue == nil {
		return nil, nil
	}
	wanted := map[domain.IRI]bool{}
	for page, err := range pages {
		if err != nil {
			return nil, err
		}
		for _, it := range page.Items {
			if plan.item(it.ID) != "" {
				for _, iri := range it.Interlinkers {
					wanted[iri] = true
				}
			}
		}
	}
	var list []domain.IRI
	for iri := range wanted {
		list = append(list, iri)
	}
	slices.Sort(list)
	unknown, err := s.catalogue.Unknown(ctx, list)
	if err != nil {
		return nil, err
	}
	var jobs []domain.Job
	for _, iri := range unknown {
		said.skip("", iri, SkipUnknown)
		if s.ns.Owns(iri) || len(jobs) == maxAsked {
			continue
		}
		jobs = append(jobs, domain.Job{Kind: catalogue.JobRead, Unique: string(iri), Args: catalogue.ReadArgs{Entry: iri}, Remote: true})
	}
	said.Asked = len(jobs)
	return jobs, nil
}
