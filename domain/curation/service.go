package curation

import (
	"context"
	"slices"
	"strings"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/coproduction"
	"interlink/domain/network"
	"interlink/domain/policy"
)

// Store keeps offers, and who withholds their name. Reads fail with NotFound.
type Store interface {
	Offer(ctx context.Context, id domain.ID) (*Offer, error)
	OfferByIRI(ctx context.Context, iri domain.IRI) (*Offer, error)
	// Queue lists the offers to a catalogue in a state, oldest first.
	Queue(ctx context.Context, to domain.ActorID, state State, page domain.Page) (domain.List[*Offer], error)
	// OffersOf returns the offers of a resource of this node, newest first.
	OffersOf(ctx context.Context, resource domain.ID) ([]*Offer, error)
	// Waiting counts the offers of a host that wait.
	Waiting(ctx context.Context, host string) (int, error)
	// Save inserts an offer with Revision 0, else updates it where the revision
	// is unchanged (Conflict if not), and adds 1 to it; with it an entry that is
	// new, unless it is nil.
	Save(ctx context.Context, o *Offer, entry *catalogue.Entry, change domain.Change) error
	// Withheld returns who withholds their name of a resource.
	Withheld(ctx context.Context, resource domain.ID) (map[domain.ActorID]bool, error)
	Withhold(ctx context.Context, resource domain.ID, person domain.ActorID, withheld bool) error
}

// Actors reads actors by key; unknown ones are left out.
type Actors interface {
	Actors(ctx context.Context, ids []domain.ActorID) ([]*network.Actor, error)
}

// Service is what people and peers do with offers.
type Service struct {
	store     Store
	processes *coproduction.Service
	catalogue *catalogue.Service
	actors    Actors
	mint      *domain.Mint
	ns        domain.Namespace
	own       domain.ActorID
}

// NewService makes the service; own is the actor of this node's catalogue.
func NewService(store Store, processes *coproduction.Service, entries *catalogue.Service, actors Actors, mint *domain.Mint, ns domain.Namespace, own domain.ActorID) *Service {
	return &Service{store, processes, entries, actors, mint, ns, own}
}

// resource reads a resource for somebody who takes part in its task.
func (s *Service) resource(ctx context.Context, v policy.Viewer, process string, id domain.ID) (*coproduction.Process, *coproduction.Resource, error) {
	p, err := s.processes.Process(ctx, v, process)
	if err != nil {
		return nil, nil, err
	}
	r, err := s.processes.Resource(ctx, v, process, id)
	return p, r, err
}

// Credit is somebody who made a resource.
type Credit struct {
	Actor    *network.Actor
	Withheld bool // their name is not told
}

// Credits lists who made a resource, for those who take part. Errors: NotFound.
func (s *Service) Credits(ctx context.Context, v policy.Viewer, process string, id domain.ID) ([]Credit, error) {
	_, r, err := s.resource(ctx, v, process, id)
	if err != nil {
		return nil, err
	}
	makers := []domain.ActorID{r.CreatedBy}
	for after := ""; ; {
		list, err := s.processes.Versions(ctx, v, process, id, domain.Page{Limit: domain.MaxPage, After: after})
		if err != nil {
			return nil, err
		}
		for _, version := range list.Items {
			if !slices.Contains(makers, version.By) {
				makers = append(makers, version.By)
			}
		}
		if after = list.Next; after == "" {
			break
		}
	}
	withheld, err := s.store.Withheld(ctx, id)
	if err != nil {
		return nil, err
	}
	actors, err := s.actors.Actors(ctx, makers)
	if err != nil {
		return nil, err
	}
	var credits []Credit
	for _, maker := range makers { // first who began it
		for _, a := range actors {
			if a.ID == maker && a.Type == network.TypePerson && !a.Gone() {
				credits = append(credits, Credit{a, withheld[a.ID] || a.Visibility != domain.VisiblePublic})
			}
		}
	}
	return credits, nil
}

// Withhold says whether the viewer's name is told when a resource that they
// made is offered from now on. Withheld, it is also taken out of what this
// node's catalogue made of it before. Errors: NotFound, Forbidden for who did not.
func (s *Service) Withhold(ctx context.Context, v policy.Viewer, process string, id domain.ID, withheld bool) error {
	credits, err := s.Credits(ctx, v, process, id)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(credits, func(c Credit) bool { return c.Actor.ID == v.Actor }) {
		return domain.Fail(domain.Forbidden, "error.forbidden")
	}
	if err := s.store.Withhold(ctx, id, v.Actor, withheld); err != nil || !withheld {
		return err
	}
	return s.uncredit(ctx, id, v.Actor)
}

// uncredit takes the name of somebody out of what catalogues made of a
// resource: this node's, and others, which are told.
func (s *Service) uncredit(ctx context.Context, resource domain.ID, person domain.ActorID) error {
	offers, err := s.store.OffersOf(ctx, resource)
	if err != nil {
		return err
	}
	who, err := s.actors.Actors(ctx, []domain.ActorID{person})
	if err != nil || len(who) == 0 {
		return err
	}
	for _, o := range offers {
		if o.Catalogue != s.own {
			if err := s.unname(ctx, o, who[0]); err != nil {
				return err
			}
			continue
		}
		if o.State != Accepted {
			continue
		}
		if err := s.catalogue.Uncredit(ctx, o.Entry, who[0].IRI); err != nil && !missing(err) {
			return err
		}
	}
	return nil
}

// unname takes the name of somebody out of an offer to a catalogue of another
// node, which is told who is left, unless it refused it.
func (s *Service) unname(ctx context.Context, o *Offer, who *network.Actor) error {
	named := func(a catalogue.Author) bool { return a.IRI == who.IRI }
	if o.State == Rejected || !slices.ContainsFunc(o.Proposal.Authors, named) {
		return nil
	}
	o.Proposal.Authors = slices.DeleteFunc(slices.Clone(o.Proposal.Authors), named)
	e := domain.NewEvent(s.mint, Unnamed, who.ID, domain.Subject{Kind: "process", ID: domain.ID(o.Process)}, o.told())
	return s.store.Save(ctx, o, nil, domain.Change{Events: []domain.Event{e}})
}

// ReceiveAuthors takes those out of an offer of another node, and of the entry
// that it became, who are named there no more: those who follow this node's
// catalogue are sent the entry without them. Nobody is added. Errors: NotFound
// for what was not offered; Forbidden unless its process says so.
func (s *Service) ReceiveAuthors(ctx context.Context, by *network.Actor, offer domain.IRI, left []catalogue.Author) error {
	o, err := s.store.OfferByIRI(ctx, offer)
	if err != nil {
		return err
	}
	if by.Local() || o.Process != by.ID || o.Catalogue != s.own || o.Proposal.Translation != nil {
		return domain.Fail(domain.Forbidden, "error.origin")
	}
	gone := func(a catalogue.Author) bool {
		return a.IRI != "" && !slices.ContainsFunc(left, func(l catalogue.Author) bool { return l.IRI == a.IRI })
	}
	if o.State == Accepted { // first the entry: if this stops between, it is done when the same comes again
		for _, a := range o.Proposal.Authors {
			if !gone(a) {
				continue
			}
			if err := s.catalogue.Uncredit(ctx, o.Entry, a.IRI); err != nil && !missing(err) {
				return err
			}
		}
	}
	if !slices.ContainsFunc(o.Proposal.Authors, gone) {
		return nil
	}
	o.Proposal.Authors = slices.DeleteFunc(slices.Clone(o.Proposal.Authors), gone)
	return s.store.Save(ctx, o, nil, domain.Change{})
}

// Offer offers a resource to a catalogue: of this node, or of another, which is
// sent it. It must be a document or a file that is public and has a licence,
// in a process that is public, of a task that is finished. summary says what it
// is good for. Errors: NotFound, Forbidden unless v administers the process,
// Invalid, Conflict if it waits there.
func (s *Service) Offer(ctx context.Context, v policy.Viewer, process string, id domain.ID, to *network.Actor, summary string) (*Offer, error) {
	p, r, err := s.resource(ctx, v, process, id)
	if err != nil {
		return nil, err
	}
	if err := policy.Allow(v, policy.Publish, p); err != nil {
		return nil, err
	}
	proposal, err := s.proposal(ctx, v, p, r, strings.TrimSpace(summary))
	if err != nil {
		return nil, err
	}
	if to.ID != s.own && (to.Local() || to.Entries == "") {
		return nil, domain.InvalidField("catalogue", "error.not_a_catalogue")
	}
	before, err := s.store.OffersOf(ctx, id)
	if err != nil {
		return nil, err
	}
	for _, o := range before {
		if o.Catalogue == to.ID && o.State == Waiting {
			return nil, &domain.Error{Code: domain.Conflict, Key: "curation.waits", Field: "catalogue"}
		}
	}
	o := &Offer{
		ID: s.mint.ID(), Serial: s.mint.Serial(), Process: p.ID, Resource: id, Catalogue: to.ID, Proposal: *proposal,
		State: Waiting, OfferedBy: v.Actor, OfferedAt: s.mint.Now(),
	}
	made := domain.NewEvent(s.mint, Made, v.Actor, p.Subject(), o.told())
	o.IRI = s.ns.IRI("activities", string(made.ID))
	events := []domain.Event{made}
	if to.ID == s.own {
		events = append(events, s.event(Received, v.Actor, o))
	}
	return o, s.store.Save(ctx, o, nil, domain.Change{Events: events})
}

// Lacking is what a resource lacks to be offered; nil for nothing. Errors: as of
// Offer, but for Invalid.
func (s *Service) Lacking(ctx context.Context, v policy.Viewer, process string, id domain.ID) (lacking, err error) {
	p, r, err := s.resource(ctx, v, process, id)
	if err == nil {
		_, err = s.proposal(ctx, v, p, r, "")
	}
	if domain.CodeOf(err) == domain.Invalid {
		return err, nil
	}
	return nil, err
}

// proposal makes what is offered of a resource.
func (s *Service) proposal(ctx context.Context, v policy.Viewer, p *coproduction.Process, r *coproduction.Resource, summary string) (*Proposal, error) {
	_, tree, err := s.processes.Tree(ctx, v, p.Name)
	if err != nil {
		return nil, err
	}
	task, err := tree.Item(r.Item)
	switch {
	case err != nil:
		return nil, err
	case p.Visibility != domain.VisiblePublic || !r.Public:
		return nil, domain.Fail(domain.Invalid, "curation.public")
	case task.Status != coproduction.Finished:
		return nil, domain.Fail(domain.Invalid, "curation.unfinished")
	case r.Licence == "":
		return nil, domain.Fail(domain.Invalid, "curation.licence")
	}
	out := &Proposal{
		Process: p.IRI, ProcessTitle: p.Title, Resource: p.IRI + "/resources/" + domain.IRI(r.ID), Name: r.Name, Summary: summary,
		Language: r.Language, Licence: r.Licence, Problems: tree.Problems(r.Item), Body: r.Body,
	}
	if r.Kind == coproduction.File {
		out.File = &catalogue.Document{Name: r.File.Name, Available: true, MediaType: r.File.Type, Hash: r.File.Hash, Size: r.File.Size, URL: out.Resource + "/file"}
	}
	credits, err := s.Credits(ctx, v, p.Name, r.ID)
	if err != nil {
		return nil, err
	}
	for _, c := range credits {
		if !c.Withheld {
			name := c.Actor.Title
			if name == "" {
				name = c.Actor.Name
			}
			out.Authors = append(out.Authors, catalogue.Author{Name: name, IRI: c.Actor.IRI})
		}
	}
	return out, out.Check()
}

// event is one of the catalogue of this node.
func (s *Service) event(kind domain.EventKind, by domain.ActorID, o *Offer) domain.Event {
	return domain.NewEvent(s.mint, kind, by, domain.Subject{Kind: "catalogue", ID: domain.ID(s.own)}, o.told())
}

// OffersOf lists what was offered of a resource, newest first, for those who
// take part. Errors: NotFound.
func (s *Service) OffersOf(ctx context.Context, v policy.Viewer, process string, id domain.ID) ([]*Offer, error) {
	if _, err := s.Credits(ctx, v, process, id); err != nil { // they name people: not for the public
		return nil, err
	}
	return s.store.OffersOf(ctx, id)
}

// missing reports whether an entry that was made of an offer is there no more.
func missing(err error) bool {
	code := domain.CodeOf(err)
	return code == domain.NotFound || code == domain.Gone
}
