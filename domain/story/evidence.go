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

// signedAt is when the owner signed, as it says; zero if it did not.
func (e *Evidence) signedAt() time.Time {
	if e.signatures() == 0 {
		return time.Time{}
	}
	return e.Signatures[0].Created
}

// signatures are those that a story has.
func (e *Evidence) signatures() int {
	if e == nil {
		return 0
	}
	return len(e.Signatures)
}

// Where a key was found by which a signature was checked.
const (
	KeyHere  = "verify.here"        // on this node, which signs with it
	KeyRead  = "verify.key_read"    // on its server, when the copy came
	KeyAsked = "verify.key_asked"   // on its server, just now
	KeyKnown = "verify.key_known"   // whoever checks knows it
	KeyFile  = "verify.key_file"    // in the file that is checked
	KeyAlong = "story.signed_along" // in an archive that was brought here
)

// Findings are what was checked of a document that verifies. The page of a
// story, the API and the command that checks one say them in the same words.
type Findings struct {
	Partners bool   // signed it too
	Shown    bool   // what it shows is what was signed
	Copy     bool   // it is not from its own server
	Gone     bool   // a partner is no more, whose key could not be asked for
	Key      string // one of those above
}

// Findings of a story with these signatures, as this node has checked it.
func (s *Story) Findings(signed []Signature) Findings {
	f := Findings{Partners: len(signed) > 1, Shown: s.Digest != "", Copy: s.Host != "", Key: KeyHere}
	if f.Copy {
		f.Key = KeyRead
	}
	for _, one := range signed {
		if one.Along {
			f.Key = KeyAlong
		}
	}
	return f
}

// Checked are the keys of sentences that say what was checked.
func (f Findings) Checked() []string {
	said := []string{"verify.words"}
	if f.Partners {
		said = append(said, "verify.partners")
	}
	if f.Shown {
		said = append(said, "verify.shown")
	}
	return append(said, f.Key)
}

// Unchecked are those that say what was not.
func (f Findings) Unchecked() []string {
	said := []string{"verify.not_true", "verify.not_linked"}
	if f.Copy {
		said = append(said, "verify.not_newer")
	}
	if f.Gone {
		said = append(said, "verify.not_gone")
	}
	return said
}
