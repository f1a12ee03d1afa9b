package legal

import (
	"context"
	"time"

	"interlink/domain"
	"interlink/domain/policy"
)

// Acceptance is that somebody accepted a version of the terms.
type Acceptance struct {
	Version int
	At      time.Time
}

// Store keeps the pages. Reads fail with NotFound.
type Store interface {
	// Pages returns all kinds of which something was saved, with their latest
	// version and draft.
	Pages(ctx context.Context) ([]*Page, error)
	// Page is empty, with revision 0, if nothing was saved.
	Page(ctx context.Context, kind Kind) (*Page, error)
	Version(ctx context.Context, kind Kind, number int) (*Version, error)
	// Latest returns the newest version.
	Latest(ctx context.Context, kind Kind) (*Version, error)
	// Versions lists those of a kind, newest first, without their texts.
	Versions(ctx context.Context, kind Kind, page domain.Page) (domain.List[*Version], error)
	// SaveDraft stores one. Errors: Conflict if the page is not as it was read.
	SaveDraft(ctx context.Context, p *Page) error
	// Publish stores a version, and that there is no draft. Errors: as of
	// SaveDraft.
	Publish(ctx context.Context, p *Page, v *Version, change domain.Change) error

	// Demanded returns the newest version of the terms that asks to be accepted;
	// 0 if none does.
	Demanded(ctx context.Context) (int, error)
	// Accept stores that somebody accepted a version; once is enough.
	Accept(ctx context.Context, person domain.ActorID, a Acceptance, change domain.Change) error
	// Acceptances returns those of a person, newest first, at most 100.
	Acceptances(ctx context.Context, person domain.ActorID) ([]Acceptance, error)
	// Since returns the versions of a page after one, newest first, at most
	// 20, without their texts.
	Since(ctx context.Context, kind Kind, number int) ([]*Version, error)
}

// Service is what people do with the pages.
type Service struct {
	store Store
	mint  *domain.Mint
}

// NewService makes the service.
func NewService(store Store, mint *domain.Mint) *Service { return &Service{store, mint} }

// Latest reads the version that is in force. Errors: NotFound for an unknown
// kind, and while none is published.
func (s *Service) Latest(ctx context.Context, kind Kind) (*Version, error) {
	if !kind.Known() {
		return nil, domain.Fail(domain.NotFound, "error.not_found")
	}
	return s.store.Latest(ctx, kind)
}

// Version reads an earlier one. Errors: NotFound.
func (s *Service) Version(ctx context.Context, kind Kind, number int) (*Version, error) {
	return s.store.Version(ctx, kind, number)
}

// Versions lists those of a page, newest first, without their texts. Errors:
// NotFound for an unknown kind.
func (s *Service) Versions(ctx context.Context, kind Kind, page domain.Page) (domain.List[*Version], error) {
	if !kind.Known() {
		return domain.List[*Version]{}, domain.Fail(domain.NotFound, "error.not_found")
	}
	return s.store.Versions(ctx, kind, page)
}

// Published returns the latest version of each page that has one, in the order
// of [Kinds].
func (s *Service) Published(ctx context.Context) ([]*Version, error) {
	pages, err := s.all(ctx)
	var versions []*Version
	for _, p := range pages {
		if p.Latest != nil {
			versions = append(versions, p.Latest)
		}
	}
	return versions, err
}

// all are the pages in their order, also those of which nothing was saved.
func (s *Service) all(ctx context.Context) ([]*Page, error) {
	saved, err := s.store.Pages(ctx)
	pages := make([]*Page, len(Kinds))
	for i, kind := range Kinds {
		pages[i] = &Page{Kind: kind}
		for _, p := range saved {
			if p.Kind == kind {
				pages[i] = p
			}
		}
	}
	return pages, err
}

// Pages lists all for those who write them. Errors: Unauthenticated, Forbidden.
func (s *Service) Pages(ctx context.Context, v policy.Viewer) ([]*Page, error) {
	if err := policy.Allow(v, policy.Edit, Page{}); err != nil {
		return nil, err
	}
	return s.all(ctx)
}

// Page reads one for those who write it. Errors: Unauthenticated, Forbidden,
// NotFound for an unknown kind.
func (s *Service) Page(ctx context.Context, v policy.Viewer, kind Kind) (*Page, error) {
	if err := policy.Allow(v, policy.Edit, Page{}); err != nil {
		return nil, err
	}
	if !kind.Known() {
		return nil, domain.Fail(domain.NotFound, "error.not_found")
	}
	return s.store.Page(ctx, kind)
}

// at reads a page that is as it was when somebody began to write. Errors:
// Conflict if somebody else saved or published meanwhile.
func (s *Service) at(ctx context.Context, v policy.Viewer, kind Kind, revision int64) (*Page, error) {
	p, err := s.Page(ctx, v, kind)
	if err == nil && p.Revision != revision {
		err = domain.Fail(domain.Conflict, "legal.meanwhile")
	}
	return p, err
}

// SaveDraft keeps what is written, for who goes on later; nobody else sees it.
// Errors: as of [Service.Page]; Invalid on "text_LANG" and "changes_LANG",
// Conflict.
func (s *Service) SaveDraft(ctx context.Context, v policy.Viewer, kind Kind, revision int64, w Words) (*Page, error) {
	p, err := s.at(ctx, v, kind, revision)
	if err != nil {
		return nil, err
	}
	if err := w.clean(kind).Err(); err != nil {
		return nil, err
	}
	p.Draft = &w
	return p, s.store.SaveDraft(ctx, p)
}

// Publish makes a new version, which is in force at once; lang is the language
// of who writes, for what is missing. Errors: as of [Service.SaveDraft]; Invalid
// also for a gap of the draft that is not filled, for a text that is the one in
// force, and for terms that are to be accepted without saying what changed.
func (s *Service) Publish(ctx context.Context, v policy.Viewer, kind Kind, revision int64, lang domain.Lang, w Words) (*Version, error) {
	p, err := s.at(ctx, v, kind, revision)
	if err != nil {
		return nil, err
	}
	problems := w.clean(kind)
	if err := append(problems, w.publishable(p.Latest, lang)...).Err(); err != nil {
		return nil, err
	}
	version := &Version{Words: w, Kind: kind, Number: 1, By: v.Actor, At: s.mint.Now()}
	if p.Latest != nil {
		version.Number = p.Latest.Number + 1
	}
	p.Draft, p.Latest = nil, version
	return version, s.store.Publish(ctx, p, version, s.happened(Published, v, version.Kind, version.Number))
}

func (s *Service) happened(kind domain.EventKind, v policy.Viewer, of Kind, number int) domain.Change {
	return domain.Change{Events: []domain.Event{domain.NewEvent(s.mint, kind, v.Actor, domain.Subject{Kind: "legal", ID: domain.ID(of)}, Happened{of, number})}}
}

// Demand is what somebody is asked to accept.
type Demand struct {
	Terms    *Version   // in force; nil if there are none
	Owed     bool       // they must accept it before they go on
	Accepted Acceptance // the last one; zero if there was none
	News     []*Version // what changed since, newest first, without texts; nil for who accepted none
}

// Demand tells the viewer how they stand to the terms. Errors: Unauthenticated.
func (s *Service) Demand(ctx context.Context, v policy.Viewer) (Demand, error) {
	var d Demand
	if !v.Local() {
		return d, domain.Fail(domain.Unauthenticated, "error.sign_in")
	}
	latest, err := s.store.Latest(ctx, Terms)
	if domain.CodeOf(err) == domain.NotFound {
		return d, nil
	}
	if err != nil {
		return d, err
	}
	d.Terms = latest
	accepted, err := s.store.Acceptances(ctx, v.Actor)
	if err != nil {
		return d, err
	}
	if len(accepted) > 0 {
		d.Accepted = accepted[0]
		if d.News, err = s.store.Since(ctx, Terms, d.Accepted.Version); err != nil {
			return d, err
		}
	}
	demanded, err := s.store.Demanded(ctx)
	d.Owed = d.Accepted.Version < demanded
	return d, err
}

// Accept notes that the viewer accepts the terms that they were shown, by their
// number. Errors: Unauthenticated; Forbidden for a token that may not write;
// Conflict if they are not those in force any more; NotFound if there are none.
func (s *Service) Accept(ctx context.Context, v policy.Viewer, number int) (Acceptance, error) {
	if err := policy.Allow(v, policy.Report, Page{}); err != nil { // whatever a token that writes may do
		return Acceptance{}, err
	}
	if !v.Local() {
		return Acceptance{}, domain.Fail(domain.Forbidden, "error.forbidden")
	}
	latest, err := s.store.Latest(ctx, Terms)
	if err != nil {
		return Acceptance{}, err
	}
	if latest.Number != number {
		return Acceptance{}, domain.Fail(domain.Conflict, "legal.newer")
	}
	a := Acceptance{Version: number, At: s.mint.Now()}
	return a, s.store.Accept(ctx, v.Actor, a, s.happened(Accepted, v, Terms, number))
}
