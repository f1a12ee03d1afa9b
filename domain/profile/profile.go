// Package profile holds what actors of this node say of themselves beside
// their name and description, under what other names they are known, and where
// they went: persons, organisations and communities.
package profile

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/policy"
)

// Changed is the event of an actor that says something else of itself. The
// subject is the actor.
const Changed domain.EventKind = "actor.profile_changed" // [Happened]

// Happened is the payload of [Changed].
type Happened struct {
	Kind string `json:"kind"` // "settings", "aliases" or "returned"
}

// Settings is what an actor says of itself beside name and description.
type Settings struct {
	Fields       []network.Field // at most [MaxFields]; one with neither name nor value is left out
	Discoverable bool            // others may recommend it (Mastodon's discoverable)
	Indexable    bool            // what it writes may be found by searching (FEP-5feb)
	Sites        []string        // hosts whose pages may name it as author, at most [MaxSites] (Mastodon's attributionDomains)
}

// The bounds of settings; names and values are counted in letters.
const (
	MaxFields = 4
	MaxName   = 100
	MaxValue  = 400
	MaxSites  = 10
)

// Of returns the settings of an actor.
func Of(a *network.Actor) Settings {
	return Settings{Fields: a.Fields, Discoverable: a.Discoverable, Indexable: a.Indexable, Sites: a.Sites}
}

// clean trims what was typed and judges it. Errors: Invalid on "fieldName1",
// "fieldValue1" and so on, and on "sites".
func (s Settings) clean() (Settings, error) {
	var p domain.Problems
	kept := []network.Field{}
	for i, f := range s.Fields {
		f.Name, f.Value = strings.TrimSpace(f.Name), strings.TrimSpace(f.Value)
		if f == (network.Field{}) {
			continue
		}
		line(&p, fmt.Sprintf("fieldName%d", i+1), f.Name, MaxName)
		line(&p, fmt.Sprintf("fieldValue%d", i+1), f.Value, MaxValue)
		kept = append(kept, f)
	}
	if len(kept) > MaxFields {
		p.Add("fieldName1", "profile.too_many_fields", MaxFields)
	}
	s.Fields = kept
	sites := []string{}
	for _, site := range s.Sites {
		if site = strings.TrimSpace(site); site == "" {
			continue
		}
		host, err := network.ParseHost(site)
		if err != nil {
			p.Add("sites", "profile.site", site)
		} else if !slices.Contains(sites, host) {
			sites = append(sites, host)
		}
	}
	if len(sites) > MaxSites {
		p.Add("sites", "profile.too_many_sites", MaxSites)
	}
	s.Sites = sites
	return s, p.Err()
}

// line judges one line of text that must not be empty.
func line(p *domain.Problems, field, text string, most int) {
	switch {
	case text == "":
		p.Add(field, "profile.half")
	case utf8.RuneCountInString(text) > most:
		p.Add(field, "error.too_long", most)
	case !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl):
		p.Add(field, "error.not_text")
	}
}

// Store keeps what actors say of themselves.
type Store interface {
	Actor(ctx context.Context, id domain.ActorID) (*network.Actor, error)
	ActorByIRI(ctx context.Context, iri domain.IRI) (*network.Actor, error)
	// SaveProfile stores settings and aliases of a local actor, if it was
	// last changed at the time was. Errors: Conflict.
	SaveProfile(ctx context.Context, a *network.Actor, was time.Time, change domain.Change) error
	// SaveMove is as in [network.MoveStore].
	SaveMove(ctx context.Context, id domain.ActorID, to domain.IRI, at, since time.Time, change domain.Change) error
}

// Facts finds what the policy asks of an actor's subject. Errors: NotFound
// for actors that are neither persons, organisations nor communities.
type Facts func(ctx context.Context, v policy.Viewer, actor *network.Actor) (policy.Facts, error)

// Prove checks the viewer's own password. Errors: Unauthenticated, TooMany;
// Invalid on "password".
type Prove func(ctx context.Context, v policy.Viewer, password string) error

// Find finds an actor by "@name@host" or address, and reads it from its own
// server at this moment. Errors: NotFound, Gone, Forbidden, Invalid,
// Unavailable.
type Find func(ctx context.Context, who string) (*network.Actor, error)

// Service is what people do with profiles.
type Service struct {
	store Store
	facts Facts
	prove Prove
	find  Find
	mint  *domain.Mint
}

// NewService makes the service.
func NewService(store Store, facts Facts, prove Prove, find Find, mint *domain.Mint) *Service {
	return &Service{store: store, facts: facts, prove: prove, find: find, mint: mint}
}

// Edit changes what an actor says of itself. Errors: NotFound, Forbidden,
// Unauthenticated, Conflict; Invalid on "fieldName1", "fieldValue1" and so on,
// and on "sites".
func (s *Service) Edit(ctx context.Context, v policy.Viewer, id domain.ActorID, to Settings) error {
	a, err := s.actor(ctx, v, policy.Edit, id)
	if err != nil {
		return err
	}
	to, err = to.clean()
	if err != nil {
		return err
	}
	var jobs []domain.Job
	if a.Featurable() && !to.Discoverable {
		jobs = append(jobs, network.Unfeature(a.ID))
	}
	a.Fields, a.Discoverable, a.Indexable, a.Sites = to.Fields, to.Discoverable, to.Indexable, to.Sites
	return s.save(ctx, v, a, "settings", jobs...)
}

// actor finds an actor with which the viewer may do something.
func (s *Service) actor(ctx context.Context, v policy.Viewer, verb policy.Verb, id domain.ActorID) (*network.Actor, error) {
	a, err := s.store.Actor(ctx, id)
	if err != nil {
		return nil, err
	}
	facts, err := s.facts(ctx, v, a)
	if err != nil {
		return nil, err
	}
	return a, policy.Allow(v, verb, facts)
}

func (s *Service) save(ctx context.Context, v policy.Viewer, a *network.Actor, kind string, jobs ...domain.Job) error {
	was := a.UpdatedAt
	a.UpdatedAt = s.mint.Now()
	change := s.changed(v, a, kind)
	change.Jobs = jobs
	return s.store.SaveProfile(ctx, a, was, change)
}

func (s *Service) changed(v policy.Viewer, a *network.Actor, kind string) domain.Change {
	subject := domain.Subject{Kind: "actor", ID: domain.ID(a.ID)}
	return domain.Change{Events: []domain.Event{domain.NewEvent(s.mint, Changed, v.Actor, subject, Happened{Kind: kind})}}
}
