package inbox

import (
	"context"
	"encoding/json"
	"slices"

	"interlink/domain"
	"interlink/domain/story"
	"interlink/federation/activity"
	"interlink/federation/evidence"
	"interlink/federation/httpsig"
)

// Evidence keeps by what a story is known to be its owner's, and its partners':
// the document with the proofs that hold. nil means that the owner did not sign
// it. A partner's proof that does not hold, or whose key cannot be read now, is
// left out. Errors: Unauthenticated if the owner's proof does not hold; as of
// [Keys] if its key cannot be read.
func (p *Proofs) Evidence(ctx context.Context, doc activity.Document, owner domain.IRI) (*story.Evidence, error) {
	proofs, err := httpsig.ParseProofs(doc)
	if err != nil {
		return nil, err
	}
	e := &story.Evidence{CheckedAt: p.now()}
	var kept []json.RawMessage
	for _, proof := range proofs {
		own := domain.SameOrigin(domain.IRI(proof.Method), owner)
		key, err := p.verified(ctx, proof)
		if err != nil && own {
			return nil, err
		}
		if err != nil || slices.ContainsFunc(e.Signatures, func(s story.Signature) bool { return s.Signer == key.Owner }) {
			continue
		}
		s := story.Signature{Signer: key.Owner, Method: proof.Method, Key: evidence.Multibase(key.Key), Created: proof.Created}
		if key.Owner == owner {
			e.Signatures, kept = append([]story.Signature{s}, e.Signatures...), append([]json.RawMessage{proof.Raw}, kept...)
		} else {
			e.Signatures, kept = append(e.Signatures, s), append(kept, proof.Raw)
		}
	}
	if len(e.Signatures) == 0 || e.Signatures[0].Signer != owner {
		return nil, nil
	}
	raw, err := json.Marshal(doc)
	if err == nil {
		e.Article, err = httpsig.WithProofs(raw, kept...)
	}
	return e, err
}

// signed checks the proof of somebody over a document that has none, and
// returns it as it was checked. Errors: Unauthenticated; Forbidden for the proof
// of another.
func (p *Proofs) signed(ctx context.Context, document []byte, proof json.RawMessage, by domain.IRI) (story.Signature, error) {
	raw, err := httpsig.WithProofs(document, proof)
	if err != nil {
		return story.Signature{}, err
	}
	doc, err := activity.Scan(raw)
	if err != nil {
		return story.Signature{}, err
	}
	parsed, err := httpsig.ParseProof(doc)
	if err == nil && parsed == nil {
		err = domain.Fail(domain.Unauthenticated, "error.signature")
	}
	if err != nil {
		return story.Signature{}, err
	}
	if !domain.SameOrigin(domain.IRI(parsed.Method), by) {
		return story.Signature{}, domain.Fail(domain.Forbidden, "error.origin")
	}
	key, err := p.verified(ctx, parsed)
	if err != nil {
		return story.Signature{}, err
	}
	if key.Owner != by {
		return story.Signature{}, domain.Fail(domain.Forbidden, "error.origin")
	}
	return story.Signature{Signer: by, Method: parsed.Method, Key: evidence.Multibase(key.Key), Created: parsed.Created}, nil
}
