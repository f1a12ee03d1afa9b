// Package evidence checks who signed a document, and that a story shows what
// was signed: when it comes in, and wherever a copy of it turns up later.
package evidence

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"

	"github.com/gowebpki/jcs"

	"interlink/domain"
	"interlink/domain/lineage"
	"interlink/federation/activity"
	"interlink/federation/httpsig"
)

// Key is a key that proves, and whose it is, as assertionMethod of an actor
// has it (FEP-521a).
type Key struct {
	ID         string     `json:"id"`
	Controller domain.IRI `json:"controller"`
	Multibase  string     `json:"publicKeyMultibase"`
}

// Keys finds the key that a proof names. Errors: Unavailable if its owner cannot
// be asked, Forbidden, NotFound, Invalid.
type Keys func(ctx context.Context, method string) (Key, error)

// Signature is one proof of a document, as it was checked.
type Signature struct {
	Method  string     // id of the key
	Signer  domain.IRI // whose key it is; "" if that is not known
	Key     string     // publicKeyMultibase
	Created time.Time  // as it says; zero if it does not
	Proof   json.RawMessage
	Err     error // why it does not hold; nil if it does
}

// Signatures checks all proofs of a document that can be verified here. One
// that does not hold does not keep others from holding. Errors: Unauthenticated
// for proofs that cannot be read.
func Signatures(ctx context.Context, doc activity.Document, keys Keys, now time.Time) ([]Signature, error) {
	proofs, err := httpsig.ParseProofs(doc)
	if err != nil {
		return nil, err
	}
	out := make([]Signature, len(proofs))
	for i, p := range proofs {
		out[i] = Signed(ctx, p, keys, now)
	}
	return out, nil
}

// Signed checks one proof; Err of what it returns says why it does not hold.
func Signed(ctx context.Context, p *httpsig.Proof, keys Keys, now time.Time) Signature {
	s := Signature{Method: p.Method, Created: p.Created, Proof: p.Raw}
	key, err := keys(ctx, p.Method)
	if err == nil && (key.ID != p.Method || !domain.SameOrigin(key.Controller, domain.IRI(p.Method))) {
		err = ErrOtherKey
	}
	if err == nil {
		s.Signer, s.Key = key.Controller, key.Multibase
		err = key.holds(p, now)
	}
	s.Err = err
	return s
}

// holds checks a proof by the key.
func (k Key) holds(p *httpsig.Proof, now time.Time) error {
	public, err := httpsig.ParseMultibase(k.Multibase)
	if err != nil {
		return err
	}
	return p.Verify(public, now)
}

// Multibase writes a public key as [Key] has it; "" for one that cannot prove.
func Multibase(key any) string {
	public, ok := key.(ed25519.PublicKey)
	if !ok {
		return ""
	}
	return httpsig.FormatMultibase(public)
}

// Shown says how what a story shows stands to what was signed.
type Shown string

// What there is to say.
const (
	ShownNone    Shown = ""        // the document names no snapshot
	ShownAbsent  Shown = "absent"  // it names one, which is not there
	ShownSame    Shown = "same"    // it is what was signed
	ShownAltered Shown = "altered" // it is not
)

// Report is what was found out about a document.
type Report struct {
	ID         domain.IRI
	Type       string
	Title      domain.Text
	Owner      domain.IRI // that it is attributed to, or its actor
	Version    int        // of a story
	Signatures []Signature
	Shown      Shown
	Digest     string         // hex SHA-256 of the snapshot that the story names
	Stamp      *lineage.Stamp // what a stamp says; nil for other documents
}

// Errors of [Report.Err].
var (
	ErrUnsigned = errors.New("its owner did not sign it")
	ErrAltered  = errors.New("what it shows is not what was signed")
	ErrAbsent   = errors.New("what it shows is not there to be compared")
	ErrOtherKey = errors.New("its key belongs to somebody else")
)

// Err is nil if the owner signed the document, and if it shows what was signed.
func (r *Report) Err() error {
	err := ErrUnsigned
	for _, s := range r.Signatures {
		if s.Signer == r.Owner && s.Err == nil {
			err = nil
			break
		}
		if s.Err != nil && domain.SameOrigin(domain.IRI(s.Method), r.Owner) {
			err = s.Err
		}
	}
	switch {
	case err != nil:
		return err
	case r.Shown == ShownAltered:
		return ErrAltered
	case r.Shown == ShownAbsent:
		return ErrAbsent
	}
	return nil
}

// OwnerOf is whom a document is attributed to, or its actor.
func OwnerOf(doc activity.Document) domain.IRI {
	if owner := doc.IRI("attributedTo"); owner != "" {
		return owner
	}
	return doc.IRI("actor")
}

// Check finds out about a document, with the snapshot that it shows if it is a
// story; nil if that is not there. Errors: as of [Signatures].
func Check(ctx context.Context, doc activity.Document, snapshot []byte, keys Keys, now time.Time) (*Report, error) {
	r := &Report{ID: doc.IRI("id"), Type: doc.Type(), Title: doc.Text("name", domain.Undetermined), Owner: OwnerOf(doc)}
	if !domain.SameOrigin(r.Owner, r.ID) {
		return nil, domain.Fail(domain.Invalid, "error.origin")
	}
	var err error
	if r.Signatures, err = Signatures(ctx, doc, keys, now); err != nil {
		return nil, err
	}
	if in, _, ok := activity.ReadStory(doc); ok {
		r.Version, r.Digest = in.Version, in.Digest
		r.Shown = compare(in.Digest, snapshot)
	}
	if len(doc["interlink:stamp"]) > 0 {
		stamp, ok := activity.ReadStamp(doc)
		if !ok {
			return nil, domain.Fail(domain.Invalid, "lineage.stamp_broken")
		}
		r.Stamp = &stamp
	}
	return r, nil
}

// CompareTree compares the tree of a release with the digest that was signed; of a
// document that is no release nothing is said.
func (r *Report) CompareTree(doc activity.Document, tree []lineage.SourceItem) {
	in, ok := activity.ReadRelease(doc)
	if !ok {
		return
	}
	r.Digest, r.Shown = in.Digest, ShownAbsent
	switch {
	case tree == nil:
	case lineage.SourceProcess{Items: tree}.Digest() == in.Digest:
		r.Shown = ShownSame
	default:
		r.Shown = ShownAltered
	}
}

// compare says whether a snapshot is that of a digest: the SHA-256 of its
// canonical form (RFC 8785).
func compare(digest string, snapshot []byte) Shown {
	switch {
	case digest == "":
		return ShownNone
	case len(snapshot) == 0:
		return ShownAbsent
	}
	canonical, err := jcs.Transform(snapshot)
	if err != nil {
		return ShownAltered
	}
	if sum := sha256.Sum256(canonical); hex.EncodeToString(sum[:]) != digest {
		return ShownAltered
	}
	return ShownSame
}
