package curation

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/network"
	"interlink/domain/policy"
)

// Translation is the translation of a field of an Interlinker, which is offered
// to the catalogue that keeps it.
type Translation struct {
	Entry    domain.IRI  `json:"entry"`
	Field    string      `json:"field"` // one of catalogue.Translated
	Language domain.Lang `json:"language"`
	Text     string      `json:"text"`
	Of       string      `json:"of"` // which text it translates: first 16 hex digits of its SHA-256
}

// maxTranslation bounds the text, in bytes: as much as a field can have.
const maxTranslation = 50_000

func (t *Translation) check(p *domain.Problems) {
	if !slices.Contains(catalogue.Translated, t.Field) {
		p.Add("field", "curation.field")
	}
	if lang, err := domain.ParseLang(string(t.Language)); err != nil || lang != t.Language || lang == domain.Undetermined {
		p.Add("language", "error.language", string(t.Language))
	}
	switch {
	case strings.TrimSpace(t.Text) == "":
		p.Add("text", "curation.text_missing")
	case len(t.Text) > maxTranslation || !utf8.ValidString(t.Text):
		p.Add("text", "error.too_long", maxTranslation)
	}
	if _, err := domain.ParseIRI(string(t.Entry)); err != nil || len(t.Of) != 16 {
		p.Add("entry", "error.iri")
	}
}

// Translates judges whether the viewer may offer a translation of an
// Interlinker: of this node's, who is a member; of others', who writes the
// catalogue here, in whose name it is offered. Errors: Forbidden,
// Unauthenticated, Conflict for what is not in use.
func Translates(v policy.Viewer, e *catalogue.Entry) error {
	if e.Interlinker == nil || !e.Status.Usable() {
		return domain.Fail(domain.Conflict, "curation.not_translated")
	}
	if !e.Local() {
		return policy.Allow(v, policy.Edit, &catalogue.Entry{})
	}
	if err := policy.Allow(v, policy.Apply, e); err != nil {
		return err
	}
	if !v.Local() {
		return domain.Fail(domain.Forbidden, "error.forbidden")
	}
	return nil
}

// OfferTranslation offers the translation of a field to the catalogue that keeps
// the Interlinker; that of another node is sent it. Errors: as of [Translates];
// Invalid; Conflict if one into this language waits there.
func (s *Service) OfferTranslation(ctx context.Context, v policy.Viewer, entry domain.ID, field string, lang domain.Lang, text string) (*Offer, error) {
	e, err := s.catalogue.EntryByID(ctx, v, entry)
	if err == nil {
		err = Translates(v, e)
	}
	if err != nil {
		return nil, err
	}
	c := e.Content()
	t := &Translation{Entry: e.IRI, Field: field, Language: lang, Text: strings.TrimSpace(text), Of: c.Source(field)}
	made := s.mint.ID()
	proposal := Proposal{
		Process: s.ns.IRI("catalogue"), Resource: s.ns.IRI("activities", string(made)) + "#translation",
		Name: e.Name.String(), Language: lang, Licence: e.Interlinker.SPDX, Translation: t,
	}
	if lang == c.Original() || t.Of == "" {
		return nil, domain.InvalidField("language", "curation.original")
	}
	if err := proposal.Check(); err != nil {
		return nil, err
	}
	before, err := s.store.OffersOf(ctx, e.ID)
	if err != nil {
		return nil, err
	}
	for _, o := range before {
		if x := o.Proposal.Translation; o.State == Waiting && x != nil && x.Field == field && x.Language == lang {
			return nil, &domain.Error{Code: domain.Conflict, Key: "curation.translation_waits", Field: "text"}
		}
	}
	o := &Offer{
		ID: s.mint.ID(), Serial: s.mint.Serial(), IRI: s.ns.IRI("activities", string(made)), Process: s.own, Resource: e.ID, Catalogue: e.Owner, Proposal: proposal,
		State: Waiting, OfferedBy: v.Actor, OfferedAt: s.mint.Now(),
	}
	kind := Made
	if e.Local() {
		kind = Received
	}
	event := s.event(kind, v.Actor, o)
	event.ID = made // the activity's id follows from it
	return o, s.store.Save(ctx, o, nil, domain.Change{Events: []domain.Event{event}})
}

// Translations lists what was offered of an Interlinker from here, newest
// first, to those who may offer too. Errors: as of [Translates].
func (s *Service) Translations(ctx context.Context, v policy.Viewer, e *catalogue.Entry) ([]*Offer, error) {
	if err := Translates(v, e); err != nil {
		return nil, err
	}
	return s.store.OffersOf(ctx, e.ID)
}

// adopt makes of an offer what is saved with its acceptance: an entry, new or
// changed, and its event.
func (s *Service) adopt(ctx context.Context, v policy.Viewer, o *Offer) (*catalogue.Entry, domain.Event, error) {
	if t := o.Proposal.Translation; t != nil {
		return s.catalogue.Translate(ctx, v, t.Entry, t.Field, t.Language, t.Text, t.Of)
	}
	return s.catalogue.Adopt(ctx, v, o.Proposal.Content())
}

// Translated reads what the translation of an offer to this node's catalogue is
// of, as it is now. Errors: NotFound.
func (s *Service) Translated(ctx context.Context, v policy.Viewer, t *Translation) (*catalogue.Entry, error) {
	return s.catalogue.EntryByIRI(ctx, v, t.Entry)
}

// translated reads what another node offers a translation of: an Interlinker of
// this one. Errors: Forbidden unless a catalogue offers it; NotFound.
func (s *Service) translated(ctx context.Context, by *network.Actor, t *Translation) (*catalogue.Entry, error) {
	if by.Type != network.TypeService {
		return nil, domain.Fail(domain.Forbidden, "error.not_a_catalogue")
	}
	e, err := s.catalogue.EntryByIRI(ctx, policy.Viewer{}, t.Entry)
	if err == nil && (!e.Local() || e.Interlinker == nil) {
		err = domain.Fail(domain.NotFound, "error.not_found")
	}
	return e, err
}
