package lineage

import (
	"context"
	"strings"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/policy"
)

// Service is how processes are cloned and sources learn of it.
type Service struct {
	store         Store
	processes     *coproduction.Service
	organizations Organizations
	mint          *domain.Mint
	ns            domain.Namespace
}

// NewService makes the service.
func NewService(store Store, processes *coproduction.Service, organizations Organizations, mint *domain.Mint, ns domain.Namespace) *Service {
	return &Service{store: store, processes: processes, organizations: organizations, mint: mint, ns: ns}
}

// Source reads what of a process of this node may be cloned: its enabled
// branches. Errors: NotFound, Unauthenticated, Forbidden.
func (s *Service) Source(ctx context.Context, v policy.Viewer, name string) (SourceProcess, error) {
	p, err := s.process(ctx, v, policy.Clone, name)
	if err != nil {
		return SourceProcess{}, err
	}
	return s.source(ctx, v, p)
}

// Published reads the same for those who publish it: a peer that fetches the
// tree, a page that shows it. Errors: NotFound.
func (s *Service) Published(ctx context.Context, v policy.Viewer, name string) (SourceProcess, error) {
	p, err := s.process(ctx, v, policy.Read, name)
	if err != nil {
		return SourceProcess{}, err
	}
	return s.source(ctx, v, p)
}

func (s *Service) source(ctx context.Context, v policy.Viewer, p *coproduction.Process) (SourceProcess, error) {
	items, err := s.store.Items(ctx, p.ID)
	if err != nil {
		return SourceProcess{}, err
	}
	tree, err := coproduction.NewTree(items)
	if err != nil {
		return SourceProcess{}, err
	}
	var owner domain.IRI
	if p.Organization != domain.Nobody {
		o, err := s.organizations.Organization(ctx, p.Organization)
		if err != nil {
			return SourceProcess{}, err
		}
		owner = o.IRI
	}
	return SourceOf(p, p.Seen(v, tree), owner), nil
}

// Reusable returns the resources that go along with a clone of a process of
// this node: the public ones that have a licence. Errors: as of
// [Service.Source].
func (s *Service) Reusable(ctx context.Context, v policy.Viewer, name string) ([]SourceResource, error) {
	p, err := s.process(ctx, v, policy.Clone, name)
	if err != nil {
		return nil, err
	}
	public, err := s.store.PublicResources(ctx, p.ID)
	return reusable(p, public), err
}

// CloneInput is what a person says to clone a process.
type CloneInput struct {
	Name       string
	Title      domain.Text       // nil means the source's
	Language   domain.Lang       // "" means the source's
	Visibility domain.Visibility // "" means the source's
	Owner      domain.ActorID    // organisation; Nobody for none
	Team       domain.ActorID
	Followed   domain.ActorID  // community that follows the clone
	Keep       map[string]bool // ids of the source's items to take, see [Prune]; nil for all

	// Published says that the source is the snapshot of a story kept here. It
	// is taken as it is, whatever became of its process, with the resources
	// that it shows.
	Published bool
	Resources []SourceResource
}

// CloneFrom makes a process of the viewer's own from a source, in one
// transaction. A source of this node is read again, as the viewer may see it;
// only its IRI counts, unless it is a story's. Errors: Invalid, TooLarge for a
// broken source; else those of [coproduction.Service.Start].
func (s *Service) CloneFrom(ctx context.Context, v policy.Viewer, source SourceProcess, in CloneInput) (*coproduction.Process, error) {
	var from *coproduction.Process // nil for a source of another node
	if s.ns.Owns(source.IRI) {
		var err error
		if from, err = s.ours(ctx, v, &source, &in); err != nil {
			return nil, err
		}
	}
	if in.Keep != nil {
		source.Items = Prune(source.Items, in.Keep)
	}
	p, err := s.processes.Draft(ctx, v, in.start(source))
	if err != nil {
		return nil, err
	}
	items, err := Clone(source, s.mint)
	if err != nil {
		return nil, err
	}
	tree, err := coproduction.NewTree(items)
	if err != nil {
		return nil, err
	}
	p.SchemaIRI, p.ClonedFrom = source.Schema, source.origin(p.CreatedAt)
	p.Summarize(tree)
	change := domain.Change{Events: []domain.Event{domain.NewEvent(s.mint, ProcessCloned, v.Actor, p.Subject(), Cloned{
		Clone: p.ID, CloneIRI: p.IRI, Owner: p.Organization, Title: p.Title, Source: source.IRI, SourceOwner: source.Owner,
		SourceTitle: source.Title, Local: from != nil, Version: p.ClonedFrom.Version, Digest: p.ClonedFrom.Digest, Items: tree.Len(),
	})}}
	var d *Derivation
	if from != nil {
		d = &Derivation{
			ID: s.mint.ID(), Serial: s.mint.Serial(), Source: from.ID, IRI: p.IRI, Title: p.Title, Cloner: v.Actor,
			Host: s.ns.Host(), Version: p.ClonedFrom.Version, Digest: p.ClonedFrom.Digest, State: coproduction.Offered, OfferedAt: p.CreatedAt,
		}
		change.Events = append(change.Events, domain.NewEvent(s.mint, CloneOffered, v.Actor, from.Subject(), d.told()))
	}
	if from != nil && !in.Published {
		public, err := s.store.PublicResources(ctx, from.ID)
		if err != nil {
			return nil, err
		}
		in.Resources = reusable(from, public)
	}
	return p, s.store.CreateClone(ctx, p, copyResources(p, items, in.Resources, v.Actor, s.mint), d, change)
}

// ours returns the process of this node that is cloned, and reads the source
// from it unless a story published it.
func (s *Service) ours(ctx context.Context, v policy.Viewer, source *SourceProcess, in *CloneInput) (*coproduction.Process, error) {
	name := s.nameOf(source.IRI)
	if in.Published {
		return s.store.ProcessNamed(ctx, name)
	}
	p, err := s.process(ctx, v, policy.Clone, name)
	if err != nil {
		return nil, err
	}
	if in.Visibility == "" {
		in.Visibility = p.Visibility
	}
	*source, err = s.source(ctx, v, p)
	return p, err
}

func (in CloneInput) start(source SourceProcess) coproduction.StartInput {
	d := coproduction.Details{Title: in.Title, Summary: source.Summary, Language: in.Language, Visibility: in.Visibility}
	if d.Title.Empty() {
		d.Title = source.Title
	}
	if d.Language == "" {
		d.Language = source.Language
	}
	if d.Language == "" {
		d.Language = domain.Undetermined
	}
	return coproduction.StartInput{Name: in.Name, Details: d, Owner: in.Owner, Team: in.Team, Followed: in.Followed}
}

// nameOf returns the name in the address of a process of this node, "" for
// another address.
func (s *Service) nameOf(iri domain.IRI) string {
	name, ok := strings.CutPrefix(s.ns.Path(iri), "/processes/")
	if !ok || strings.ContainsAny(name, "/?#") {
		return ""
	}
	return name
}

func (s *Service) process(ctx context.Context, v policy.Viewer, verb policy.Verb, name string) (*coproduction.Process, error) {
	p, err := s.store.ProcessNamed(ctx, name)
	if err != nil {
		return nil, err
	}
	if err := policy.Allow(v, verb, p); err != nil {
		return nil, err
	}
	return p, nil
}
