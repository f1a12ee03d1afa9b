package organization

import (
	"context"

	"interlink/domain"
	"interlink/domain/policy"
)

// Service is what people do with organisations and teams.
type Service struct {
	store Store
	mint  *domain.Mint
	ns    domain.Namespace
	find  Find

	consents Consents // nil: nobody does beside those who were asked
}

// Consents tells whether a person of this node asked, by other ways than a
// Join of it, to become a member of a group of another node.
type Consents func(ctx context.Context, person domain.ActorID, group domain.ActorID) (bool, error)

// ConsentBy sets how it is known that people want to be members elsewhere.
func (s *Service) ConsentBy(consents Consents) { s.consents = consents }

// Find finds a person by "@name@host" or by their address, here or on their
// own server. Errors: NotFound, Invalid, Forbidden, Unavailable.
type Find func(ctx context.Context, handle string) (domain.ActorID, error)

// FindBy sets how people are found who are not known here yet.
func (s *Service) FindBy(find Find) { s.find = find }

// NewService makes the service.
func NewService(store Store, mint *domain.Mint, ns domain.Namespace) *Service {
	return &Service{store: store, mint: mint, ns: ns}
}

// Create makes an organisation whose first administrator is the viewer.
// Errors: Unauthenticated, Forbidden for people of other nodes, Invalid,
// Conflict if the name is taken.
func (s *Service) Create(ctx context.Context, v policy.Viewer, name string, d Details) (*Organization, error) {
	now := s.mint.Now()
	o := &Organization{
		ID: s.mint.ActorID(), Serial: s.mint.Serial(), IRI: s.ns.IRI("organizations", name), Name: name,
		Visibility: domain.VisiblePublic, CreatedAt: now,
	}
	if err := policy.Allow(v, policy.Create, o); err != nil {
		return nil, err
	}
	d = d.clean()
	var p domain.Problems
	CheckName(&p, name)
	if d.check(&p); p.Err() != nil {
		return nil, p.Err()
	}
	o.apply(d, now)
	o.Members = Members{{Actor: v.Actor, Role: RoleAdministrator, Since: now}}
	return o, s.store.SaveOrganization(ctx, o, s.told(OrganizationCreated, v, o))
}

// Edit changes an organisation. revision is the one the viewer saw. Errors:
// NotFound, Forbidden, Invalid, Conflict if somebody changed it meanwhile.
func (s *Service) Edit(ctx context.Context, v policy.Viewer, name string, revision int64, d Details) (*Organization, error) {
	o, err := s.organization(ctx, v, policy.Edit, name)
	if err != nil {
		return nil, err
	}
	if o.Revision != revision {
		return nil, domain.Fail(domain.Conflict, "error.conflict")
	}
	d = d.clean()
	var p domain.Problems
	if d.check(&p); p.Err() != nil {
		return nil, p.Err()
	}
	o.apply(d, s.mint.Now())
	return o, s.store.SaveOrganization(ctx, o, s.told(OrganizationUpdated, v, o))
}

// Organization reads one by its name. Errors: NotFound.
func (s *Service) Organization(ctx context.Context, v policy.Viewer, name string) (*Organization, error) {
	return s.organization(ctx, v, policy.Read, name)
}

// OrganizationByID reads one by its actor's id. Errors: NotFound.
func (s *Service) OrganizationByID(ctx context.Context, v policy.Viewer, id domain.ActorID) (*Organization, error) {
	o, err := s.store.Organization(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := policy.Allow(v, policy.Read, o); err != nil {
		return nil, err
	}
	return o, nil
}

// Organizations lists those the viewer may know of, newest first.
func (s *Service) Organizations(ctx context.Context, v policy.Viewer, f Filter, page domain.Page) (domain.List[*Organization], error) {
	if err := policy.Allow(v, policy.Read, &Organization{Visibility: domain.VisiblePublic}); err != nil {
		return domain.List[*Organization]{}, err
	}
	// Whoever may read an organisation without members may read them all.
	f.Viewer, f.All = v.Actor, policy.Allow(v, policy.Read, &Organization{}) == nil
	return s.store.Organizations(ctx, f, page)
}

// Mine lists the organisations of which the viewer is a member. Errors:
// Unauthenticated.
func (s *Service) Mine(ctx context.Context, v policy.Viewer, page domain.Page) (domain.List[*Organization], error) {
	if v.Actor == domain.Nobody {
		return domain.List[*Organization]{}, domain.Fail(domain.Unauthenticated, "error.sign_in")
	}
	return s.store.Organizations(ctx, Filter{Viewer: v.Actor, Member: v.Actor}, page)
}

// organization reads one and asks whether the viewer may do this with it.
func (s *Service) organization(ctx context.Context, v policy.Viewer, verb policy.Verb, name string) (*Organization, error) {
	o, err := s.store.OrganizationNamed(ctx, name)
	if err != nil {
		return nil, err
	}
	if err := policy.Allow(v, verb, o); err != nil {
		return nil, err
	}
	return o, nil
}

func (s *Service) told(kind domain.EventKind, v policy.Viewer, o *Organization) domain.Change {
	event := domain.NewEvent(s.mint, kind, v.Actor, o.subject(), Named{Name: o.Name, Title: o.Title})
	return domain.Change{Events: []domain.Event{event}}
}
