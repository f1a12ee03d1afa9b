package story

import (
	"context"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/lineage"
	"interlink/domain/organization"
	"interlink/domain/policy"
)

// Service is what people do with stories.
type Service struct {
	store         Store
	processes     Processes
	organizations Organizations
	communities   Communities
	mint          *domain.Mint
	ns            domain.Namespace
	snapshots     shownSnapshots
}

// NewService makes the service.
func NewService(store Store, processes Processes, organizations Organizations, communities Communities, mint *domain.Mint, ns domain.Namespace) *Service {
	return &Service{store: store, processes: processes, organizations: organizations, communities: communities, mint: mint, ns: ns}
}

// Preview is what publishing would make public.
type Preview struct {
	Snapshot *Snapshot
	Taken
}

// Preview shows the snapshot of a process with the items that keep names
// together with all above them, see [lineage.Prune]; nil keeps every enabled
// one. Errors: NotFound, Forbidden
// unless the viewer administers the process.
func (s *Service) Preview(ctx context.Context, v policy.Viewer, process string, keep []domain.ID) (Preview, error) {
	p, err := s.processes.ProcessNamed(ctx, process)
	if err != nil {
		return Preview{}, err
	}
	if err := policy.Allow(v, policy.Publish, p); err != nil {
		return Preview{}, err
	}
	return s.preview(ctx, p, "", keep)
}

// preview reads a process page by page, and again if somebody works there
// meanwhile.
func (s *Service) preview(ctx context.Context, p *coproduction.Process, owner domain.IRI, keep []domain.ID) (Preview, error) {
	return lineage.Again(func() (out Preview, err error) {
		if p, err = s.processes.Process(ctx, p.ID); err != nil {
			return out, err
		}
		source, err := lineage.Publish(ctx, s.processes, p, owner)
		if err != nil {
			return out, err
		}
		if keep != nil {
			kept := make(map[domain.ID]bool, len(keep))
			for _, id := range keep {
				kept[id] = true
			}
			source.Prune(kept)
		}
		resources, err := s.processes.PublicResources(ctx, p.ID)
		if err != nil {
			return out, err
		}
		by, err := s.attribution(ctx, p)
		if err != nil {
			return out, err
		}
		out.Snapshot, out.Taken, err = taking{source.SourceProcess, source.Pages(ctx), resources, p, by, s.mint.Now()}.take()
		if err == nil {
			err = source.Unmoved(ctx)
		}
		return out, err
	})
}

// attribution names whose the resources of a process are: its organisation's if
// everybody may know of it, never a person's.
func (s *Service) attribution(ctx context.Context, p *coproduction.Process) (string, error) {
	title, _ := p.Title.In(p.Language)
	if p.Organization == domain.Nobody {
		return title, nil
	}
	o, err := s.organizations.Organization(ctx, p.Organization)
	if err != nil || o.Visibility != domain.VisiblePublic {
		return title, err
	}
	name, _ := o.Title.In(p.Language)
	return name, nil
}

// Input is what a person says to publish a story.
type Input struct {
	Slug      string // address; only for a new story
	Process   string // name
	Owner     domain.ActorID
	Community domain.ActorID // that announces it; Nobody for none
	Keep      []domain.ID    // see [Service.Preview]
	Telling   Telling
	Draft     domain.ID // that it was written in; "" for none
}

// Publish makes a story public, with the snapshot that [Service.Preview]
// showed. The viewer must administer the process and the organisation that
// tells it, and be allowed to post in the community. Errors: NotFound,
// Forbidden, Invalid, Conflict if the slug is taken.
func (s *Service) Publish(ctx context.Context, v policy.Viewer, in Input) (*Story, error) {
	p, err := s.processes.ProcessNamed(ctx, in.Process)
	if err != nil {
		return nil, err
	}
	owner, err := s.inNames(ctx, v, p, in.Owner, in.Community)
	if err != nil {
		return nil, err
	}
	var problems domain.Problems
	if !slugShape.MatchString(in.Slug) {
		problems.Add("slug", "story.slug_shape")
	}
	telling, shot, err := s.told(ctx, p, owner, in, problems)
	if err != nil {
		return nil, err
	}
	now := s.mint.Now()
	st := &Story{
		ID: s.mint.ID(), Serial: s.mint.Serial(), IRI: s.ns.IRI("stories", in.Slug), Slug: in.Slug,
		Owner: owner.ID, Process: p.ID, ProcessIRI: p.IRI, Community: in.Community, PublishedAt: now,
		Stewards: owner.Members.Administrators(), Draft: in.Draft,
	}
	shot.serve(st.IRI)
	st.tell(telling, shot, now)
	return st, s.store.SaveStory(ctx, st, st.event(s.mint, StoryPublished, v.Actor))
}

// Revise publishes the next version of a story, or a withdrawn one again,
// with a new snapshot of its process. revision is the one the viewer saw.
// Slug, Process and Owner of the input do not count: they never change.
// Errors: NotFound, Forbidden, Invalid, Conflict.
func (s *Service) Revise(ctx context.Context, v policy.Viewer, slug string, revision int64, in Input) (*Story, error) {
	st, err := s.store.StoryAt(ctx, slug, "")
	if err != nil {
		return nil, err
	}
	if err := policy.Allow(v, policy.Publish, st); err != nil {
		return nil, err
	}
	if st.Revision != revision {
		return nil, domain.Fail(domain.Conflict, "error.conflict")
	}
	p, err := s.processes.Process(ctx, st.Process)
	if err != nil {
		return nil, err
	}
	owner, err := s.inNames(ctx, v, p, st.Owner, in.Community)
	if err != nil {
		return nil, err
	}
	telling, shot, err := s.told(ctx, p, owner, in, nil)
	if err != nil {
		return nil, err
	}
	st.Community, st.Draft = in.Community, in.Draft
	shot.serve(st.IRI)
	st.tell(telling, shot, s.mint.Now())
	change := st.event(s.mint, StoryUpdated, v.Actor)
	if err := s.supersede(ctx, v.Actor, st, &change); err != nil {
		return nil, err
	}
	return st, s.store.SaveStory(ctx, st, change)
}

// told checks what a person wrote, and takes the snapshot. problems are those
// that were found before. Errors: Invalid.
func (s *Service) told(ctx context.Context, p *coproduction.Process, owner *organization.Organization, in Input, problems domain.Problems) (Telling, *Snapshot, error) {
	telling := in.Telling.clean()
	if telling.check(&problems); problems.Err() != nil {
		return telling, nil, problems.Err()
	}
	preview, err := s.preview(ctx, p, owner.IRI, in.Keep)
	if err != nil {
		return telling, nil, err
	}
	if in.Keep != nil && len(preview.Snapshot.Process.Items) == 0 {
		return telling, nil, domain.InvalidField("keep", "story.nothing_kept")
	}
	if n := preview.Snapshot.size(); n > MaxSnapshot || len(preview.Snapshot.Resources) > maxResources {
		return telling, nil, domain.InvalidField("keep", "story.shows_too_much", (n+1<<20-1)>>20, MaxSnapshot>>20, len(preview.Snapshot.Resources), maxResources)
	}
	return telling, preview.Snapshot, nil
}

// Withdraw takes a story back; clones made of it stay. Again changes nothing.
// Errors: NotFound, Forbidden.
func (s *Service) Withdraw(ctx context.Context, v policy.Viewer, slug string) (*Story, error) {
	st, err := s.store.StoryAt(ctx, slug, "")
	if err != nil {
		return nil, err
	}
	if err := policy.Allow(v, policy.Publish, st); err != nil {
		return nil, err
	}
	if st.Status == Withdrawn {
		return st, nil
	}
	st.Status, st.UpdatedAt = Withdrawn, s.mint.Now()
	change := st.event(s.mint, StoryWithdrawn, v.Actor)
	if err := s.supersede(ctx, v.Actor, st, &change); err != nil {
		return nil, err
	}
	return st, s.store.SaveStory(ctx, st, change)
}

// inNames asks whether the viewer may publish this process in the name of
// this organisation, and have this community announce it.
func (s *Service) inNames(ctx context.Context, v policy.Viewer, p *coproduction.Process, owner, community domain.ActorID) (*organization.Organization, error) {
	if err := policy.Allow(v, policy.Publish, p); err != nil {
		return nil, err
	}
	o, err := s.organizations.Organization(ctx, owner)
	if err != nil {
		return nil, err
	}
	if err := policy.Allow(v, policy.Publish, o); err != nil {
		return nil, err
	}
	if community == domain.Nobody {
		return o, nil
	}
	c, err := s.communities(ctx, community, v.Actor)
	if err != nil {
		return nil, err
	}
	return o, policy.Allow(v, policy.Contribute, c)
}
