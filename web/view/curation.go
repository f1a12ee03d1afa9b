package view

import (
	"time"

	"interlink/domain"
)

// OfferResourcePage offers a resource of a process to a catalogue, and says who
// is credited, at /processes/{name}/resources/{id}/offer.
//
// Forms: POST Action with Fields; POST Href + "/credit" {withheld}.
type OfferResourcePage struct {
	FormPage
	Process  ProcessHead
	Title    domain.Text
	Href     string // of the resource
	MayOffer bool
	Credits  []CreditChoice
	Lacks    error // what it lacks to be offered; nil for nothing
	Mine     bool  // the reader is one of them
	Withheld bool  // and withholds their name
	Offers   []OfferLine
}

// CreditChoice is somebody who made a resource.
type CreditChoice struct {
	Actor
	Withheld bool // their name is not told
}

// OfferLine is an offer as its process sees it.
type OfferLine struct {
	To     Actor
	State  string // waiting, accepted, rejected: translated as offer_state.<state>
	Reason string
	Entry  string // address; "" if none
	At     time.Time
	Field  string // of a translation
	Lang   domain.Lang
}

// Proposal is an offer as the curators of a catalogue see it.
type Proposal struct {
	Href    string
	Name    domain.Text
	Process Link
	Host    string // of the process; "" for this node
	At      time.Time
	State   string
	Reason  string
	Entry   string
	Licence string

	Field    string // of a translation; "" for others
	Language domain.Lang
}

// OffersPage is the queue of the curators, at /catalogue/offers.
type OffersPage struct {
	Frame
	State  string
	Offers []Proposal
	Pager  Pager
}

// OfferedTranslation is the translation of a field beside what it translates.
type OfferedTranslation struct {
	Of       Link // the Interlinker
	Source   domain.Text
	Text     domain.Text
	Before   domain.Text // what stands there now; empty for nothing
	Outdated bool        // the source was changed since
}

// TranslatePage offers the translation of a field, at
// /interlinkers/{slug}/translate. A form asks by GET for field and in.
//
// Form: POST Action with Fields.
type TranslatePage struct {
	FormPage
	Name   domain.Text
	Href   string // of the Interlinker
	Choose []Option
	Langs  []Option
	Source domain.Text
	State  string // of the translation that is there: translated as translation.<state>
	Offers []OfferLine
}

// ProposalPage is the preview of an offer, at /catalogue/offers/{id}.
//
// Forms: POST Href + "/accept" {revision}; POST Href + "/reject" with Fields.
type ProposalPage struct {
	FormPage
	Proposal
	Revision string
	Summary  Rich
	Body     Rich
	File     *Document
	Authors  []Credit

	Translation *OfferedTranslation // nil for others
	Problems    []ProblemCard
}
