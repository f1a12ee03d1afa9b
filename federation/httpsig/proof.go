package httpsig

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/gowebpki/jcs"
	"github.com/mr-tron/base58"

	"interlink/domain"
)

// What a proof says of itself (Data Integrity §2.1; vc-di-eddsa §3.3).
const (
	proofType    = "DataIntegrityProof"
	cryptosuite  = "eddsa-jcs-2022"
	proofPurpose = "assertionMethod"
)

// proofOptions are a proof without its value.
type proofOptions struct {
	Context     json.RawMessage `json:"@context,omitempty"`
	Type        string          `json:"type"`
	Cryptosuite string          `json:"cryptosuite"`
	Created     string          `json:"created,omitempty"`
	Method      string          `json:"verificationMethod"`
	Purpose     string          `json:"proofPurpose"`
	Value       string          `json:"proofValue,omitempty"`
}

// Prove adds a proof to a document, one JSON object without one, and returns
// it; the other bytes stay as they are. The same document, Ed25519 key and
// time give the same bytes. Errors: Invalid for a document that cannot have a
// proof; Internal for an RSA key.
func Prove(document []byte, key *Key, now time.Time) ([]byte, error) {
	proof, err := prove(document, key, now, func() ([]byte, error) { return canonicalSum(document) })
	if err != nil {
		return nil, err
	}
	body := bytes.TrimSuffix(bytes.TrimSpace(document), []byte("}"))
	out := make([]byte, 0, len(body)+len(proof)+10)
	out = append(out, body...)
	out = append(out, `,"proof":`...)
	out = append(out, proof...)
	return append(out, '}'), nil
}

// ProveAround makes the proof of a document of which one value need not be in
// memory: around is the document with an empty object as the member of a name,
// and write writes what stands there, in its canonical form and with no number
// that is not exact. Errors: as of [Prove], and those of write.
func ProveAround(around []byte, member string, write func(io.Writer) error, key *Key, now time.Time) (json.RawMessage, error) {
	return prove(around, key, now, func() ([]byte, error) {
		canonical, err := jcs.Transform(around)
		if err != nil {
			return nil, unprovable(err.Error())
		}
		before, after, found := bytes.Cut(canonical, []byte(`"`+member+`":{}`)) // in no text: there the quotes are escaped
		if !found {
			return nil, unprovable("no place for " + member)
		}
		sum := sha256.New()
		_, _ = fmt.Fprintf(sum, `%s"%s":`, before, member) // a hash takes all
		if err := write(sum); err != nil {
			return nil, err
		}
		_, _ = sum.Write(after)
		return sum.Sum(nil), nil
	})
}

// prove makes the proof of a document with such members and the hash of its
// canonical form.
func prove(document []byte, key *Key, now time.Time, sum func() ([]byte, error)) (json.RawMessage, error) {
	private := key.ed25519()
	if private == nil {
		return nil, fmt.Errorf("httpsig: prove: %s is no Ed25519 key", key.ID)
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(document, &members); err != nil || len(members) == 0 {
		return nil, unprovable("not an object with members")
	}
	if members["proof"] != nil {
		return nil, unprovable("there is a proof")
	}
	options := proofOptions{
		Context: members["@context"], Type: proofType, Cryptosuite: cryptosuite, Created: now.UTC().Truncate(time.Second).Format(time.RFC3339),
		Method: key.ID, Purpose: proofPurpose,
	}
	config, err := json.Marshal(options)
	if err != nil {
		return nil, err
	}
	message, err := canonicalSum(config)
	if err != nil {
		return nil, err
	}
	of, err := sum()
	if err != nil {
		return nil, err
	}
	options.Value = "z" + base58.Encode(ed25519.Sign(private, append(message, of...)))
	return json.Marshal(options)
}

func unprovable(why string) error {
	return domain.Fail(domain.Invalid, "error.document").Because(errors.New("httpsig: prove: " + why))
}

// canonicalSum is the hash of the canonical form of a document, or of a proof
// without its value. What is signed is the latter before the former (vc-di-eddsa
// §3.3.4).
func canonicalSum(document []byte) ([]byte, error) {
	if err := exactNumbers(document); err != nil {
		return nil, unprovable(err.Error())
	}
	canonical, err := jcs.Transform(document)
	if err != nil {
		return nil, unprovable("canonical form: " + err.Error())
	}
	sum := sha256.Sum256(canonical)
	return sum[:], nil
}

// maxInteger is the largest integer that JSON numbers carry exactly
// (RFC 8785 §3.2.2.3, RFC 7493 §2.2).
const maxInteger = 1 << 53

// exactNumbers refuses integers that the canonical form would round, so that
// a proof could hold for two documents.
func exactNumbers(document []byte) error {
	dec := json.NewDecoder(bytes.NewReader(document))
	dec.UseNumber()
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		number, ok := token.(json.Number)
		if !ok || strings.ContainsAny(number.String(), ".eE") {
			continue
		}
		if n, err := number.Int64(); err != nil || n > maxInteger || n < -maxInteger {
			return fmt.Errorf("the number %.30s is not exact", number)
		}
	}
}

// Proof is the proof of a document. A parsed one says nothing yet: see
// [Proof.Verify].
type Proof struct {
	Method  string          // id of the key that made it
	Created time.Time       // zero if it does not say
	Raw     json.RawMessage // as it stands in the document
	expires time.Time
	value   []byte
	message []byte
}

// ParseProof reads the proof of a document that [activity.Scan] has taken; of
// several the first that can be verified here. nil means that there is none.
// Errors: Unauthenticated for a proof that is broken.
func ParseProof(document map[string]json.RawMessage) (*Proof, error) {
	proofs, err := parseProofs(document, 1)
	if err != nil || len(proofs) == 0 {
		return nil, err
	}
	return proofs[0], nil
}

// ParseProofs is [ParseProof] for all proofs that can be verified here: a set
// of them, each over the document without any (Data Integrity §2.1.1).
func ParseProofs(document map[string]json.RawMessage) ([]*Proof, error) {
	return parseProofs(document, maxProofs)
}

func parseProofs(document map[string]json.RawMessage, most int) ([]*Proof, error) {
	raw := document["proof"]
	if len(raw) == 0 || string(raw) == "null" {
		return nil, nil
	}
	candidates := []json.RawMessage{raw}
	if raw[0] == '[' {
		candidates = nil // else the first would be written over the document
		if err := json.Unmarshal(raw, &candidates); err != nil || len(candidates) > maxProofs {
			return nil, fail(ReasonMalformed, "proof")
		}
	}
	var proofs []*Proof
	for _, candidate := range candidates {
		p, err := parseProof(document, candidate)
		if err != nil {
			return nil, err
		}
		if p == nil {
			continue // one that others verify
		}
		if proofs = append(proofs, p); len(proofs) == most {
			break
		}
	}
	return proofs, nil
}

// parseProof reads one proof of a document; nil for one of another kind.
func parseProof(document map[string]json.RawMessage, raw json.RawMessage) (*Proof, error) {
	var o struct {
		proofOptions
		Expires string `json:"expires"`
	}
	if err := json.Unmarshal(raw, &o); err != nil {
		return nil, fail(ReasonMalformed, "proof")
	}
	if o.Type != proofType || o.Cryptosuite != cryptosuite {
		return nil, nil
	}
	if o.Purpose != proofPurpose || o.Method == "" {
		return nil, fail(ReasonMalformed, "proof without its purpose or method")
	}
	p := &Proof{Method: o.Method, Raw: raw}
	var err error
	if p.Created, err = proofTime(o.Created); err != nil {
		return nil, err
	}
	if p.expires, err = proofTime(o.Expires); err != nil {
		return nil, err
	}
	if p.value, err = decodeMultibase(o.Value); err != nil {
		return nil, err
	}
	p.message, err = signedMessage(document, raw, o.Context)
	return p, err
}

// WithProofs returns a document with other proofs than it had, none of them
// looked at. Members may change places. Errors: Invalid for no object.
func WithProofs(document []byte, proofs ...json.RawMessage) ([]byte, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(document, &members); err != nil || len(members) == 0 {
		return nil, unprovable("not an object with members")
	}
	delete(members, "proof")
	delete(members, "signature") // it would have covered the proof
	switch len(proofs) {
	case 0:
	case 1:
		members["proof"] = proofs[0]
	default:
		set, err := json.Marshal(proofs)
		if err != nil {
			return nil, unprovable(err.Error())
		}
		members["proof"] = set
	}
	return json.Marshal(members)
}

// maxProofs is how many proofs of a document are looked at.
const maxProofs = 8

func proofTime(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return t, fail(ReasonMalformed, "time of the proof")
	}
	return t, nil
}

// signedMessage rebuilds what was signed. Where the proof has a context, it
// stands for the document's, which must begin with it (vc-di-eddsa §3.3.2).
func signedMessage(document map[string]json.RawMessage, proof, context json.RawMessage) ([]byte, error) {
	bare := make(map[string]json.RawMessage, len(document))
	for name, value := range document {
		if name != "proof" && name != "signature" { // the latter is a Linked Data signature, made after the proof
			bare[name] = value
		}
	}
	if len(context) > 0 {
		if !beginsWith(document["@context"], context) {
			return nil, fail(ReasonCoverage, "the context is not that of the proof")
		}
		bare["@context"] = context
	}
	var config map[string]json.RawMessage
	if err := json.Unmarshal(proof, &config); err != nil {
		return nil, fail(ReasonMalformed, "proof")
	}
	delete(config, "proofValue")
	var message []byte
	for _, members := range []map[string]json.RawMessage{config, bare} {
		part, err := json.Marshal(members)
		if err != nil {
			return nil, fail(ReasonMalformed, "document")
		}
		sum, err := canonicalSum(part)
		if err != nil {
			return nil, fail(ReasonMalformed, err.Error())
		}
		message = append(message, sum...)
	}
	return message, nil
}

// beginsWith reports whether a document's context has all of a proof's, in
// the same order, before any other.
func beginsWith(whole, start json.RawMessage) bool {
	all, first := contexts(whole), contexts(start)
	if len(first) > len(all) {
		return false
	}
	for i := range first {
		a, errA := jcs.Transform(wrapped(all[i]))
		b, errB := jcs.Transform(wrapped(first[i]))
		if errA != nil || errB != nil || !bytes.Equal(a, b) {
			return false
		}
	}
	return true
}

func contexts(raw json.RawMessage) []json.RawMessage {
	if len(raw) > 0 && raw[0] == '[' {
		var list []json.RawMessage
		if json.Unmarshal(raw, &list) == nil {
			return list
		}
	}
	return []json.RawMessage{raw}
}

// wrapped makes a document of a value: the canonical form is that of objects
// and lists.
func wrapped(value json.RawMessage) []byte { return append(append([]byte{'['}, value...), ']') }

// Verify checks the proof with the key that its method names; whose key that
// is, the caller has asked. Errors: Unauthenticated.
func (p *Proof) Verify(key crypto.PublicKey, now time.Time) error {
	public, ok := key.(ed25519.PublicKey)
	if !ok {
		return fail(ReasonKey, "not an Ed25519 key")
	}
	if p.Created.After(now.Add(maxAhead)) || !p.expires.IsZero() && now.After(p.expires) {
		return fail(ReasonExpired, "the proof is not of this time")
	}
	if !ed25519.Verify(public, p.message, p.value) {
		return fail(ReasonSignature, "the proof does not hold")
	}
	return nil
}
