package story

import (
	"time"

	"interlink/domain"
)

// Signature says that an organisation signed a story, as this node has checked.
type Signature struct {
	Signer  domain.IRI `json:"signer"`
	Method  string     `json:"method"`          // id of the key
	Key     string     `json:"key"`             // publicKeyMultibase (FEP-521a): what is compared
	Created time.Time  `json:"created"`         // as it says; zero if it does not
	Along   bool       `json:"along,omitempty"` // the key came along with the story in an archive: whose it is, its server could not be asked
}

// Evidence is by what a copy of a story is verified without asking its node:
// the document as it was signed, with the proofs that held.
type Evidence struct {
	Article    []byte
	Signatures []Signature // the owner's first, then those of partners
	CheckedAt  time.Time
}

// signatures are those that a story has.
func (e *Evidence) signatures() int {
	if e == nil {
		return 0
	}
	return len(e.Signatures)
}
