package inbox

import (
	"context"
	"encoding/json"
	"slices"

	"interlink/domain"
	"interlink/domain/story"
	"interlink/federation/activity"
	"interlink/federation/httpsig"
)

// Evidence keeps by what a story is known to be its owner's, and its partners':
// the document with the proofs that hold. nil means that the owner did not sign
// it. A partner's proof that does not hold, or whose key cannot be read now, is
// left out. Errors: Unauthenticated if the owner's proof does not hold; as of
// [Keys] if its key cannot be read.
func (p *Proofs) Evidence(ctx context.Context, doc activity.Document, owner domain.IRI) (*story.Evidence, error) {
	return p.evidence(ctx, doc, owner, p.signature)
}

// evidence is [Proofs.Evidence], with how a proof is checked.
func (p *Proofs) evidence(ctx context.Context, doc activity.Document, owner domain.IRI, check func(context.Context, *httpsig.Proof) (story.Signature, error)) (*story.Evidence, error) {
	proofs, err := httpsig.ParseProofs(doc)
	if err != nil {
		return nil, err
	}
	e := &story.Evidence{CheckedAt: p.now()}
	var kept []json.RawMessage
	for _, proof := range proofs {
		s, err := check(ctx, proof)
		if err != nil && domain.SameOrigin(domain.IRI(proof.Method), owner) {
			return nil, err
		}
		if err != nil || slices.ContainsFunc(e.Signatures, func(x story.Signature) bool { return x.Signer == s.Signer }) {
			continue
		}
		if s.Signer == owner {
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

// signature checks a proof by the key that its signer's server names.
func (p *Proofs) signature(ctx context.Context, proof *httpsig.Proof) (story.Signature, error) {
	key, err := p.key(ctx, proof)
	return story.Signature{Signer: key.Controller, Method: proof.Method, Key: key.Multibase, Created: proof.Created}, err
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
	s, err := p.signature(ctx, parsed)
	if err != nil {
		return story.Signature{}, err
	}
	if s.Signer != by {
		return story.Signature{}, domain.Fail(domain.Forbidden, "error.origin")
	}
	return s, nil
}
