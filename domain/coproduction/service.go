package coproduction

import (
	"context"
	"slices"

	"interlink/domain"
	"interlink/domain/organization"
	"interlink/domain/policy"
)

// Service is what people do with processes.
type Service struct {
	store       Store
	groups      Groups
	communities Communities
	catalogue   Catalogue
	mint        *domain.Mint
	ns          domain.Namespace
	files       Files  // nil if none are kept
	limits      Limits // of files
	archives    chan struct{}
	fetch       Fetch // nil where no files of other nodes are read
}

// Groups reads who takes part: the organisations and teams in whose name a
// process starts, and people.
type Groups interface {
	Organization(ctx context.Context, id domain.ActorID) (*organization.Organization, error)
	Team(ctx context.Context, id domain.ActorID) (*organization.Team, error)
	// Person fails with NotFound unless id is a person's, local or remote.
	Person(ctx context.Context, id domain.ActorID) error
	// Persons tells of those of some ids that are people's whether they are of
	// this node.
	Persons(ctx context.Context, ids []domain.ActorID) (map[domain.ActorID]bool, error)
}

// Communities answers what the policy must know of a community when by asks.
// Errors: NotFound.
type Communities func(ctx context.Context, id, by domain.ActorID) (policy.Facts, error)

// NewService makes the service.
func NewService(store Store, groups Groups, communities Communities, catalogue Catalogue, mint *domain.Mint, ns domain.Namespace) *Service {
	return &Service{store: store, groups: groups, communities: communities, catalogue: catalogue, mint: mint, ns: ns, archives: make(chan struct{}, maxArchives)}
}

// Process reads one by its name. Errors: NotFound.
func (s *Service) Process(ctx context.Context, v policy.Viewer, name string) (*Process, error) {
	p, err := s.process(ctx, v, policy.Read, name)
	if err != nil {
		return nil, err
	}
	return p.veiled(v), nil
}

// ProcessByID reads one by its actor's id. Errors: NotFound.
func (s *Service) ProcessByID(ctx context.Context, v policy.Viewer, id domain.ActorID) (*Process, error) {
	p, err := s.store.Process(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := policy.Allow(v, policy.Read, p); err != nil {
		return nil, err
	}
	return p.veiled(v), nil
}

// CommonCountry is the country for which most public processes of the node are,
// to be proposed for another one; "" if none says.
func (s *Service) CommonCountry(ctx context.Context) (string, error) {
	return s.store.CommonCountry(ctx)
}

// Processes lists those the viewer may know of, newest first.
func (s *Service) Processes(ctx context.Context, v policy.Viewer, f Filter, page domain.Page) (domain.List[*Process], error) {
	if err := policy.Allow(v, policy.Read, &Process{Visibility: domain.VisiblePublic}); err != nil {
		return domain.List[*Process]{}, err
	}
	// Whoever may read a process that nobody takes part in may read them all.
	f.Viewer, f.All = v.Actor, policy.Allow(v, policy.Read, &Process{}) == nil
	list, err := s.store.Processes(ctx, f, page)
	for _, p := range list.Items {
		p.veiled(v)
	}
	return list, err
}

// Mine lists the processes in which the viewer takes part. Errors:
// Unauthenticated.
func (s *Service) Mine(ctx context.Context, v policy.Viewer, page domain.Page) (domain.List[*Process], error) {
	if v.Actor == domain.Nobody {
		return domain.List[*Process]{}, domain.Fail(domain.Unauthenticated, "error.sign_in")
	}
	return s.Processes(ctx, v, Filter{Member: v.Actor}, page)
}

// Tree reads a process with its tree, as [Process.Seen] shows it. Errors:
// NotFound.
func (s *Service) Tree(ctx context.Context, v policy.Viewer, name string) (*Process, *Tree, error) {
	p, err := s.process(ctx, v, policy.Read, name)
	if err != nil {
		return nil, nil, err
	}
	items, err := s.store.Items(ctx, p.ID)
	return p.shown(v, items, err)
}

// Guide reads the same for who looks at one item, "" for none: of the others
// there is what they are called, and none of what is written about them.
// Errors: NotFound.
func (s *Service) Guide(ctx context.Context, v policy.Viewer, name string, item domain.ID) (*Process, *Tree, error) {
	p, err := s.process(ctx, v, policy.Read, name)
	if err != nil {
		return nil, nil, err
	}
	items, err := s.store.Guide(ctx, p.ID, item)
	return p.shown(v, items, err)
}

// TreePart reads a process with its tree as [Service.Guide] does, and of the items
// the next some after one, "" for the first, with all that is written about them.
// Errors: NotFound; Invalid if there is no such item any more.
func (s *Service) TreePart(ctx context.Context, v policy.Viewer, name string, after domain.ID, some int) (*Process, *Tree, domain.List[Item], error) {
	var part domain.List[Item]
	p, t, err := s.Guide(ctx, v, name, "")
	whole := err == nil && (p.Hides(v) || some >= t.Len()) // what is hidden of an item is taken out of the whole
	if whole {
		p, t, err = s.Tree(ctx, v, name)
	}
	if err != nil {
		return nil, nil, part, err
	}
	all, from := t.Items(), 0
	if after != "" {
		if from = 1 + slices.IndexFunc(all, func(it Item) bool { return it.ID == after }); from == 0 {
			return nil, nil, part, domain.InvalidField("after", "error.cursor")
		}
	}
	to := min(from+some, len(all))
	if part.Items, part.Total = slices.Clone(all[from:to]), len(all); to < len(all) {
		part.Next = string(all[to-1].ID)
	}
	if !whole {
		err = s.fill(ctx, p.ID, part.Items)
	}
	return p, t, part, err
}

// fill reads some items with all that is written about them. One that is gone
// meanwhile stays as it was.
func (s *Service) fill(ctx context.Context, process domain.ActorID, items []Item) error {
	ids := make([]domain.ID, len(items))
	for i, it := range items {
		ids[i] = it.ID
	}
	whole, err := s.store.ItemsOf(ctx, process, ids)
	for _, it := range whole {
		items[slices.Index(ids, it.ID)] = it
	}
	return err
}

// shown makes the tree that the viewer sees of items that were read.
func (p *Process) shown(v policy.Viewer, items []Item, err error) (*Process, *Tree, error) {
	if err != nil {
		return nil, nil, err
	}
	t, err := NewTree(items)
	if err != nil || !p.Hides(v) {
		return p, t, err
	}
	t = p.Seen(v, t)
	p.Summarize(t)
	return p, t, nil
}

// Resources lists the resources of a process, oldest first, without the bodies
// of documents. Those who do not take part see the public ones; removed ones
// are for those who take part. Errors: NotFound.
func (s *Service) Resources(ctx context.Context, v policy.Viewer, name string, f ResourceFilter, page domain.Page) (domain.List[Resource], error) {
	p, err := s.process(ctx, v, policy.Read, name)
	if err != nil {
		return domain.List[Resource]{}, err
	}
	if err := s.confine(ctx, v, p, &f); err != nil {
		return domain.List[Resource]{}, err
	}
	return s.store.Resources(ctx, p.ID, f, page)
}

// ResourceMakers returns who made the resources that the viewer sees of a
// process, at most 100. Errors: NotFound.
func (s *Service) ResourceMakers(ctx context.Context, v policy.Viewer, name string) ([]domain.ActorID, error) {
	p, err := s.process(ctx, v, policy.Read, name)
	if err != nil {
		return nil, err
	}
	var f ResourceFilter
	if err := s.confine(ctx, v, p, &f); err != nil {
		return nil, err
	}
	return s.store.ResourceMakers(ctx, p.ID, f)
}

// confine narrows a filter to the resources that the viewer may see. Errors:
// NotFound for removed ones, unless the viewer takes part somewhere.
func (s *Service) confine(ctx context.Context, v policy.Viewer, p *Process, f *ResourceFilter) error {
	if inside(v, p) {
		return nil
	}
	f.Confined, f.Inside, f.Public = true, nil, !p.Hides(v) && !f.Removed
	if len(p.shares(v.Actor)) > 0 { // else there is nothing to look for in the tree
		t, err := s.outline(ctx, p)
		if err != nil {
			return err
		}
		f.Inside = p.insideOf(v, t)
	}
	if f.Removed && len(f.Inside) == 0 {
		return domain.Fail(domain.NotFound, "error.not_found")
	}
	return nil
}

// Resource reads one. Errors: NotFound, Gone once removed.
func (s *Service) Resource(ctx context.Context, v policy.Viewer, name string, id domain.ID) (*Resource, error) {
	_, r, err := s.resource(ctx, v, name, id)
	return r, err
}

// resource reads one with its process.
func (s *Service) resource(ctx context.Context, v policy.Viewer, name string, id domain.ID) (*Process, *Resource, error) {
	p, err := s.process(ctx, v, policy.Read, name)
	if err != nil {
		return nil, nil, err
	}
	r, err := s.store.Resource(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	if r.Process != p.ID {
		return nil, nil, domain.Fail(domain.NotFound, "error.not_found")
	}
	if !r.Public || p.Hides(v) {
		if err := s.allowInside(ctx, v, p, r.Item); err != nil {
			return nil, nil, err
		}
	}
	if !r.RemovedAt.IsZero() {
		return nil, nil, domain.Fail(domain.Gone, "process.resource_removed")
	}
	return p, r, nil
}

// allowInside fails for who may not see what is not public at an item.
func (s *Service) allowInside(ctx context.Context, v policy.Viewer, p *Process, item domain.ID) error {
	if inside(v, p) {
		return nil
	}
	t, err := s.outline(ctx, p)
	if err != nil {
		return err
	}
	return policy.Allow(v, policy.Read, within{Place{p, t, item}})
}

// History lists what happened in a process, newest first. It is for those who
// take part, as it names people. Errors: NotFound.
func (s *Service) History(ctx context.Context, v policy.Viewer, name string, page domain.Page) (domain.List[domain.Event], error) {
	p, err := s.process(ctx, v, policy.Read, name)
	if err != nil {
		return domain.List[domain.Event]{}, err
	}
	if err := policy.Allow(v, policy.Read, insider{p}); err != nil {
		return domain.List[domain.Event]{}, err
	}
	return s.store.History(ctx, p.ID, "", page)
}

func (s *Service) process(ctx context.Context, v policy.Viewer, verb policy.Verb, name string) (*Process, error) {
	p, err := s.store.ProcessNamed(ctx, name)
	if err != nil {
		return nil, err
	}
	if err := policy.Allow(v, verb, p); err != nil {
		return nil, err
	}
	return p, nil
}

// outline reads the tree for who asks what stands where, without texts.
func (s *Service) outline(ctx context.Context, p *Process) (*Tree, error) {
	return OutlineTree(s.store.Outline(ctx, p.ID))
}

func (s *Service) tree(ctx context.Context, p *Process) (*Tree, error) {
	items, err := s.store.Items(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	return NewTree(items)
}
