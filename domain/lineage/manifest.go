package lineage

import "interlink/domain"

// Manifest says what a clone took of its source, and what it did not and why.
type Manifest struct {
	Items     int       `json:"items"`
	Resources int       `json:"resources"`         // links, documents and files
	LeftOut   int       `json:"leftOut,omitempty"` // items that were not wanted
	Asked     int       `json:"asked,omitempty"`   // Interlinkers that the catalogue did not have, and asks for
	Skipped   []Skipped `json:"skipped,omitempty"` // the first of them
	More      int       `json:"more,omitempty"`    // and how many more
}

// Skipped is something that a clone did not take as it was.
type Skipped struct {
	Name   string     `json:"name"`
	IRI    domain.IRI `json:"iri,omitempty"`
	Reason SkipReason `json:"reason"`
}

// SkipReason says why something was not taken as it was.
type SkipReason string

// The reasons.
const (
	SkipLicence SkipReason = "licence"  // it has none that lets others use it
	SkipLinked  SkipReason = "linked"   // a file that stays where it is: the clone links to it
	SkipTask    SkipReason = "task"     // of a task that is not in the clone
	SkipBroken  SkipReason = "broken"   // it is not whole
	SkipMany    SkipReason = "too_many" // there are more than a clone takes
	SkipUnknown SkipReason = "unknown"  // an Interlinker that is not in the catalogue here
)

// maxSkipped is how many of what was skipped a manifest names.
const maxSkipped = 500

func (m *Manifest) skip(name string, iri domain.IRI, why SkipReason) {
	if len(m.Skipped) == maxSkipped {
		m.More++
		return
	}
	m.Skipped = append(m.Skipped, Skipped{Name: name, IRI: iri, Reason: why})
}
