package activity

import (
	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/markup"
)

// ContributionExtension is the interlink:contribution of what a person did in a
// process, or of what the process says to it, which has the state, and with
// an award level and points.
type ContributionExtension struct {
	Assignment domain.IRI `jsonld:"assignment,omitempty"` // that it answers
	Title      string     `jsonld:"title,omitempty"`
	Text       string     `jsonld:"text,omitempty"`   // plain
	Kind       string     `jsonld:"kind,omitempty"`   // management, development, exploitation
	State      string     `jsonld:"state"`            // claimed, awarded, rejected
	Level      string     `jsonld:"level,omitempty"`  // low, average, high
	Points     int        `jsonld:"points,omitempty"` // complexity of the task by level
}

type contributionDocument struct {
	ID           domain.IRI            `jsonld:"id"`
	Type         string                `jsonld:"type"`
	AttributedTo domain.IRI            `jsonld:"attributedTo"`
	Context      domain.IRI            `jsonld:"context,omitempty"`
	Content      string                `jsonld:"content,omitempty"`
	Contribution ContributionExtension `jsonld:"interlink:contribution"`
}

// Contribution makes the object of an Offer to a process: what a person did of
// what it asked of them.
func Contribution(a *coproduction.Assignment, person domain.IRI) any {
	c := a.Claim
	return contributionDocument{
		ID: c.IRI, Type: "Note", AttributedTo: person, Context: a.ItemIRI, Content: markup.Paragraphs(c.Title + "\n\n" + c.Content),
		Contribution: ContributionExtension{Assignment: a.IRI, Title: c.Title, Text: c.Content, Kind: string(c.Kind), State: string(coproduction.Claimed)},
	}
}

// ContributionUpdate makes the object of an Update by the process: an award was
// taken back.
func ContributionUpdate(claim, person domain.IRI) any {
	return contributionDocument{
		ID: claim, Type: "Note", AttributedTo: person, Contribution: ContributionExtension{State: string(coproduction.Claimed)},
	}
}

// ReadContribution reads the object of an Offer; ok is false if it is no
// contribution. Its bounds are for the domain.
func ReadContribution(doc Document) (in coproduction.RemoteClaim, ok bool) {
	ext := doc.Object("interlink:contribution")
	if ext == nil || doc.IRI("id") == "" {
		return in, false
	}
	return coproduction.RemoteClaim{
		IRI: doc.IRI("id"), Assignment: ext.IRI("assignment"), Title: ext.String("title"), Content: ext.String("text"),
		Kind: coproduction.ContributionKind(ext.String("kind")),
	}, true
}

type awardDocument struct {
	ID           domain.IRI             `jsonld:"id"`
	Type         string                 `jsonld:"type"`
	Actor        domain.IRI             `jsonld:"actor"`
	Published    *instant               `jsonld:"published,omitempty"`
	To           List[domain.IRI]       `jsonld:"to"`
	Cc           List[domain.IRI]       `jsonld:"cc"`
	Object       any                    `jsonld:"object"`
	Contribution *ContributionExtension `jsonld:"interlink:contribution"`
}

// Award accepts what a person did, and says what it was found to be worth.
func Award(e Envelope, offer MembershipReference, level coproduction.Level, points int) ([]byte, error) {
	return Encode(awardDocument{
		ID: e.ID, Type: "Accept", Actor: e.Actor, Published: when(e.Published), To: e.To, Cc: e.Cc, Object: offer,
		Contribution: &ContributionExtension{State: string(coproduction.Awarded), Level: level.String(), Points: points},
	})
}

// ReadClaimAnswer reads what a process says to what a person did, from its
// Accept, or from the object of its Update; ok is false if it says nothing of
// it.
func ReadClaimAnswer(doc Document) (in coproduction.ClaimAnswer, ok bool) {
	ext := doc.Object("interlink:contribution")
	if ext == nil {
		return in, false
	}
	return coproduction.ClaimAnswer{
		State: coproduction.ContributionState(ext.String("state")), Level: coproduction.ParseLevel(ext.String("level")), Points: int(ext.Int("points")),
	}, true
}
