package lineage

import "interlink/domain"

// What happens to clones. The subject is the process on this node: the clone
// for the first two, the source for the others.
const (
	ProcessCloned domain.EventKind = "process.cloned"         // [Cloned]
	CloneAnswered domain.EventKind = "process.clone_answered" // [Answered]
	CloneOffered  domain.EventKind = "clone.offered"          // [Offered]
	CloneAccepted domain.EventKind = "clone.accepted"         // [Offered]
	CloneRejected domain.EventKind = "clone.rejected"         // [Offered]

	CloneWithdrawn domain.EventKind = "clone.withdrawn" // [Offered]: one that was accepted
)

// Cloned is the payload of process.cloned. A source of another node is sent
// an Offer; one of this node has its clone.offered already.
type Cloned struct {
	Clone       domain.ActorID `json:"clone"`
	CloneIRI    domain.IRI     `json:"cloneIri"`
	Owner       domain.ActorID `json:"owner,omitempty"` // organisation; Nobody for none
	Title       domain.Text    `json:"title"`
	Source      domain.IRI     `json:"source"`
	SourceOwner domain.IRI     `json:"sourceOwner"`
	SourceTitle domain.Text    `json:"sourceTitle"`
	Local       bool           `json:"local,omitempty"`   // the source is of this node
	Version     string         `json:"version,omitempty"` // of the source
	Digest      string         `json:"digest,omitempty"`  // of the source's tree
	Items       int            `json:"items"`
}

// Answered is the payload of process.clone_answered.
type Answered struct {
	Source   domain.IRI `json:"source"`
	Accepted bool       `json:"accepted"`
	Activity domain.IRI `json:"activity,omitempty"`
}

// Offered is the payload of the events on the source's side.
type Offered struct {
	Derivation domain.ID      `json:"derivation"`
	CloneIRI   domain.IRI     `json:"cloneIri"`
	Owner      domain.ActorID `json:"owner,omitempty"` // organisation; Nobody for none
	Title      domain.Text    `json:"title"`
	Cloner     domain.ActorID `json:"cloner"`
	Host       string         `json:"host"`
	Offer      domain.IRI     `json:"offer,omitempty"` // "" for a clone on this node
}

func (d *Derivation) told() Offered {
	return Offered{Derivation: d.ID, CloneIRI: d.IRI, Title: d.Title, Cloner: d.Cloner, Host: d.Host, Offer: d.Offer}
}
