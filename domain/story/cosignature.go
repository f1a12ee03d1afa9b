package story

import (
	"time"

	"interlink/domain"
)

// CosignState says what became of a request to sign a story.
type CosignState string

// The states.
const (
	CosignAsked   CosignState = "asked"
	CosignSigned  CosignState = "signed"
	CosignRefused CosignState = "refused"

	CosignWithdrawn CosignState = "withdrawn" // it was signed, and is no more
	CosignCancelled CosignState = "cancelled" // who asked took the request back
)

// Cosignature is what a partner organisation is asked to vouch for, and its
// answer: one version of a story. The node of the story and that of the partner
// each have one; one that is both has it once.
type Cosignature struct {
	ID         domain.ID
	Serial     domain.Serial
	IRI        domain.IRI // of the Offer
	Story      domain.ID  // of this node; "" for another's
	StoryIRI   domain.IRI
	Version    int
	Host       string         // of the story; "" for this node
	Owner      domain.ActorID // that tells the story, and asks
	Partner    domain.ActorID // that is asked
	PartnerIRI domain.IRI

	// PartnerName is how the partner was called when it was asked, for when it is no
	// more; nil at its own node, and if it was asked before names were kept.
	PartnerName domain.Text

	Telling    Telling // what is to be signed, for people to read; kept of another node's story
	Digest     string  // of its snapshot
	Article    []byte  // the document without proofs: as it came to be signed, or as a partner elsewhere signed it; else nil
	Proof      []byte  // by a partner of another node
	Signature  Signature
	State      CosignState
	Reason     string // why it is refused or withdrawn, as the partner says; "" if it does not
	Never      bool   // it does not want to be asked again for this story
	AskedAt    time.Time
	AnsweredAt time.Time // or taken back; zero while it waits
	Withdrawn  time.Time // when it last took its signature back, also once it is asked again; zero if it never did
	Revision   int64
}

// answered reports whether a partner can be asked again as far as its answer
// goes.
func (c *Cosignature) answered() bool { return c.State == CosignRefused || c.State == CosignWithdrawn }

// Resigned is when the owner signs a story anew because partners took their
// signatures back, by all who were asked; zero if none did. Proofs tell whole
// seconds, so that each counts as one more.
func Resigned(asked []*Cosignature) time.Time {
	var last time.Time
	n := 0
	for _, c := range asked {
		if c.Withdrawn.IsZero() {
			continue
		}
		if n++; c.Withdrawn.After(last) {
			last = c.Withdrawn
		}
	}
	if n == 0 {
		return last
	}
	return last.Truncate(time.Second).Add(time.Duration(n) * time.Second)
}

// What happens to requests to sign a story; [CosignTold] is the payload.
const (
	CosignatureAsked    domain.EventKind = "cosignature.asked"    // the subject is the organisation that tells the story, as of the last
	CosignatureReceived domain.EventKind = "cosignature.received" // the subject is the partner, as of the next
	CosignatureAnswered domain.EventKind = "cosignature.answered"
	CosignatureSettled  domain.EventKind = "cosignature.settled"

	CosignatureCancelled domain.EventKind = "cosignature.cancelled" // the subject is the organisation that tells the story
	CosignatureDropped   domain.EventKind = "cosignature.dropped"   // the same, as the partner hears of it; the subject is the partner
)

// CosignTold is the payload of the events.
type CosignTold struct {
	Cosignature domain.ID      `json:"cosignature"`
	Offer       domain.IRI     `json:"offer,omitempty"` // that it was asked by then
	Story       domain.ID      `json:"story,omitempty"`
	StoryIRI    domain.IRI     `json:"storyIri"`
	Title       domain.Text    `json:"title"`
	Version     int            `json:"version"`
	Owner       domain.ActorID `json:"owner"`
	Partner     domain.ActorID `json:"partner"`
	Signed      bool           `json:"signed,omitempty"`
	Refused     bool           `json:"refused,omitempty"`
	Withdrawn   bool           `json:"withdrawn,omitempty"`
}

func (c *Cosignature) event(m *domain.Mint, kind domain.EventKind, by domain.ActorID) domain.Event {
	subject := c.Owner
	if kind == CosignatureReceived || kind == CosignatureAnswered || kind == CosignatureDropped {
		subject = c.Partner
	}
	return domain.NewEvent(m, kind, by, domain.Subject{Kind: "organization", ID: domain.ID(subject)}, CosignTold{
		Cosignature: c.ID, Offer: c.IRI, Story: c.Story, StoryIRI: c.StoryIRI, Title: c.Telling.Title, Version: c.Version, Owner: c.Owner, Partner: c.Partner,
		Signed: c.State == CosignSigned, Refused: c.State == CosignRefused, Withdrawn: c.State == CosignWithdrawn,
	})
}
