// Package curation is how results of processes come into catalogues: a resource
// is offered to the catalogue of this or another node, whose curators look at
// it and accept or reject it. Who made it is credited, unless they withhold
// their name.
package curation

import (
	"time"

	"interlink/domain"
	"interlink/domain/catalogue"
)

// State says what became of an offer.
type State string

// The states.
const (
	Waiting  State = "waiting"
	Accepted State = "accepted"
	Rejected State = "rejected"
)

// The bounds of an offer, from wherever it comes.
const (
	maxName    = 500
	maxSummary = 2_000
	maxBody    = 100_000
	maxReason  = 1_000
	maxAuthors = 200
	maxCodes   = 200
	// How many offers of one host wait at most: they are work for people.
	maxWaiting = 100
)

// Proposal is what is offered: a resource as it was then.
type Proposal struct {
	Process      domain.IRI          `json:"process"`
	ProcessTitle domain.Text         `json:"processTitle"`
	Resource     domain.IRI          `json:"resource"`
	Name         string              `json:"name"`
	Summary      string              `json:"summary,omitempty"` // what it is good for, in the words of who offers it; Markdown
	Language     domain.Lang         `json:"language"`
	Licence      string              `json:"licence"` // SPDX
	Problems     []string            `json:"problems,omitempty"`
	Body         string              `json:"body,omitempty"` // of a document, Markdown
	File         *catalogue.Document `json:"file,omitempty"` // of a file
	Authors      []catalogue.Author  `json:"authors,omitempty"`
	// Of a translation, which is offered by a catalogue instead of a process: the
	// rest says then only of what.
	Translation *Translation `json:"translation,omitempty"`
}

// Offer is a proposal on its way into a catalogue. The node of the process and
// that of the catalogue each have one; one that is both has it once.
type Offer struct {
	ID         domain.ID
	Serial     domain.Serial
	IRI        domain.IRI     // of the Offer
	Process    domain.ActorID // that offers
	Host       string         // of the process; "" for this node
	Resource   domain.ID      // of this node; "" for another's
	Catalogue  domain.ActorID // to which it is offered
	Proposal   Proposal
	State      State
	Reason     string     // why it was rejected, plain text
	Entry      domain.IRI // that it became
	OfferedBy  domain.ActorID
	OfferedAt  time.Time
	AnsweredAt time.Time // zero while it waits
	Revision   int64
}

// Check judges a proposal. Errors: Invalid with all problems.
func (p *Proposal) Check() error {
	var problems domain.Problems
	long := func(field string, s string, most int) {
		if len(s) > most {
			problems.Add(field, "error.too_long", most)
		}
	}
	if t := p.Translation; t != nil {
		if t.check(&problems); len(p.Name) > maxName || !domain.SameOrigin(p.Resource, p.Process) {
			problems.Add("resource", "error.origin")
		}
		return problems.Err()
	}
	if p.Name == "" {
		problems.Add("name", "catalogue.name_missing")
	}
	if p.Licence == "" {
		problems.Add("licence", "curation.licence")
	}
	long("name", p.Name, maxName)
	long("summary", p.Summary, maxSummary)
	long("body", p.Body, maxBody)
	long("licence", p.Licence, 100)
	long("processTitle", string(p.Resource), 2048)
	if p.ProcessTitle.Longest() > maxName {
		problems.Add("processTitle", "error.too_long", maxName)
	}
	if _, err := domain.ParseLang(string(p.Language)); err != nil {
		problems.Add("language", "error.language", string(p.Language))
	}
	if len(p.Authors) > maxAuthors || len(p.Problems) > maxCodes {
		problems.Add("authors", "catalogue.too_many", maxAuthors)
	}
	if (p.Body == "") == (p.File == nil) || p.File != nil && (p.File.Name == "" || p.File.Text != "") {
		problems.Add("body", "curation.kind")
	}
	if !domain.SameOrigin(p.Resource, p.Process) || p.File != nil && !domain.SameOrigin(p.File.URL, p.Process) {
		problems.Add("resource", "error.origin")
	}
	return problems.Err()
}

// Content makes an Interlinker of the proposal.
func (p *Proposal) Content() catalogue.Content {
	lang := string(p.Language)
	i := &catalogue.Interlinker{
		Nature: catalogue.NatureKnowledge, SPDX: p.Licence, Problems: p.Problems, Original: p.Language, Authors: p.Authors,
		Made: &catalogue.Made{Process: p.Process, Title: p.ProcessTitle, Resource: p.Resource}, Documents: map[string]catalogue.Document{},
	}
	if p.File != nil {
		i.Documents[lang] = *p.File
	} else {
		i.Documents[lang] = catalogue.Document{Name: "template." + lang + ".md", Available: true, MediaType: "text/markdown", Text: p.Body}
	}
	c := catalogue.Content{Name: domain.Text{p.Language: p.Name}, Interlinker: i}
	if p.Summary != "" {
		c.Summary = domain.Text{p.Language: p.Summary}
	}
	return c
}

// What happens to offers. On the node of the process the subject is the
// process, on that of the catalogue it is the catalogue; [Told] is the payload.
const (
	Made     domain.EventKind = "offer.made"     // for a catalogue of another node it is sent
	Received domain.EventKind = "offer.received" // the catalogue of this node got it
	Took     domain.EventKind = "offer.accepted" // by the catalogue of this node
	Refused  domain.EventKind = "offer.rejected"
	Answered domain.EventKind = "offer.answered" // the process of this node learnt it
	Unnamed  domain.EventKind = "offer.unnamed"  // somebody withholds their name: the catalogue of another node is sent who is left
	// The catalogue of a node learnt what became of a translation that it offered.
	TranslationAnswered domain.EventKind = "translation.answered"
)

// Told is the payload of the events.
type Told struct {
	Offer     domain.ID      `json:"offer"`
	Name      string         `json:"name"`
	Process   domain.ActorID `json:"process"`
	Catalogue domain.ActorID `json:"catalogue"`
	Accepted  bool           `json:"accepted,omitempty"`
	Reason    string         `json:"reason,omitempty"`
	Entry     domain.IRI     `json:"entry,omitempty"`
	Resource  domain.IRI     `json:"resource,omitempty"`
	// Of the translation of an entry.
	Translation bool           `json:"translation,omitempty"`
	OfferedBy   domain.ActorID `json:"offeredBy,omitempty"`
}

func (o *Offer) told() Told {
	t := Told{
		Offer: o.ID, Name: o.Proposal.Name, Process: o.Process, Catalogue: o.Catalogue, Accepted: o.State == Accepted, Reason: o.Reason, Entry: o.Entry, Resource: o.Proposal.Resource,
	}
	if x := o.Proposal.Translation; x != nil {
		t.Translation, t.OfferedBy, t.Entry = true, o.OfferedBy, x.Entry
	}
	return t
}
