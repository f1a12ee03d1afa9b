package activity

import (
	"encoding/json"

	"interlink/domain"
	"interlink/domain/curation"
	"interlink/domain/markup"
)

// proposalDocument is a resource of a process that is offered to a catalogue.
// Its interlink:coproduced says for programs what it is, whole.
type proposalDocument struct {
	ID           domain.IRI      `jsonld:"id"`
	Type         string          `jsonld:"type"`
	AttributedTo domain.IRI      `jsonld:"attributedTo"`
	Name         string          `jsonld:"name"`
	Content      string          `jsonld:"content,omitempty"`
	Coproduced   json.RawMessage `jsonld:"interlink:coproduced"`
}

// Proposal makes the object of an Offer to a catalogue.
func Proposal(p *curation.Proposal) any {
	return proposalDocument{
		ID: p.Resource, Type: "Article", AttributedTo: p.Process, Name: p.Name, Content: markup.Markdown(p.Summary), Coproduced: typed(p),
	}
}

// translationDocument is the translation of a field of an entry: a Note that
// answers it, whose interlink:translation says for programs which.
type translationDocument struct {
	ID           domain.IRI        `jsonld:"id"`
	Type         string            `jsonld:"type"`
	AttributedTo domain.IRI        `jsonld:"attributedTo"`
	InReplyTo    domain.IRI        `jsonld:"inReplyTo"`
	Content      string            `jsonld:"content"`
	ContentMap   map[string]string `jsonld:"contentMap"`
	Translation  json.RawMessage   `jsonld:"interlink:translation"`
}

// Translation makes the object of an Offer of a translation.
func Translation(p *curation.Proposal) any {
	t := p.Translation
	content := markup.Markdown(t.Text)
	return translationDocument{
		ID: p.Resource, Type: "Note", AttributedTo: p.Process, InReplyTo: t.Entry, Content: content,
		ContentMap: map[string]string{string(language(t.Language)): content}, Translation: typed(t),
	}
}

// readTranslation reads the object of an Offer of a translation.
func readTranslation(doc Document) (p curation.Proposal, ok bool) {
	p = curation.Proposal{Process: doc.IRI("attributedTo"), Resource: doc.IRI("id")}
	if json.Unmarshal(doc["interlink:translation"], &p.Translation) != nil || p.Translation == nil || p.Translation.Entry != doc.IRI("inReplyTo") {
		return p, false
	}
	p.Language = p.Translation.Language
	return p, true
}

// ReadProposal reads the object of an Offer; ok is false if it is no proposal.
// Its bounds are for the domain.
func ReadProposal(doc Document) (p curation.Proposal, ok bool) {
	if doc["interlink:translation"] != nil {
		return readTranslation(doc)
	}
	raw := doc["interlink:coproduced"]
	if raw == nil || json.Unmarshal(raw, &p) != nil {
		return p, false
	}
	p.Translation = nil
	return p, p.Resource == doc.IRI("id") && p.Process == doc.IRI("attributedTo")
}

// offeredDocument is an Offer as the object of an Update.
type offeredDocument struct {
	ID     domain.IRI `jsonld:"id"`
	Type   string     `jsonld:"type"`
	Actor  domain.IRI `jsonld:"actor"`
	Object any        `jsonld:"object"`
	Target domain.IRI `jsonld:"target"`
}

// UpdateOffer tells the catalogue what was offered to it as it is now.
func UpdateOffer(e Envelope, offer domain.IRI, p *curation.Proposal, catalogue domain.IRI) ([]byte, error) {
	return Update(e, offeredDocument{ID: offer, Type: "Offer", Actor: p.Process, Object: Proposal(p), Target: catalogue})
}

// answeredDocument is what a catalogue says to an Offer; result is the entry
// that it became.
type answeredDocument struct {
	ID        domain.IRI       `jsonld:"id"`
	Type      string           `jsonld:"type"`
	Actor     domain.IRI       `jsonld:"actor"`
	Published *instant         `jsonld:"published,omitempty"`
	To        List[domain.IRI] `jsonld:"to"`
	Cc        List[domain.IRI] `jsonld:"cc"`
	Summary   string           `jsonld:"summary,omitempty"`
	Object    any              `jsonld:"object"`
	Result    domain.IRI       `jsonld:"result,omitempty"`
}

// AnswerProposal accepts what was offered to a catalogue, with the entry that
// it became, or refuses it with a reason in plain text.
func AnswerProposal(e Envelope, offer MembershipReference, accepted bool, entry domain.IRI, reason string) ([]byte, error) {
	answer := "Reject"
	if accepted {
		answer = "Accept"
	}
	return Encode(answeredDocument{
		ID: e.ID, Type: answer, Actor: e.Actor, Published: when(e.Published), To: e.To, Cc: e.Cc, Summary: markup.Escape(reason), Object: offer, Result: entry,
	})
}
