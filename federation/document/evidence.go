package document

import (
	"bytes"
	"context"
	"encoding/json"

	"interlink/domain"
	"interlink/domain/story"
	"interlink/federation/activity"
	"interlink/federation/evidence"
	"interlink/federation/httpsig"
)

// signedTogether gives an Article the proofs of its owner and of the partners
// that signed it. What a partner of another node signed stays as it was sent
// there, whatever this program would write by now.
func (d *Documents) signedTogether(ctx context.Context, s *story.Story, doc any) (any, error) {
	if len(s.Cosigned) == 0 {
		return d.proven(ctx, s.Owner, s.SignedAt(), doc)
	}
	raw := sent(s)
	if raw == nil {
		var err error
		if raw, err = activity.Encode(doc); err != nil {
			return nil, err
		}
	}
	own, err := d.proof(ctx, s.Owner, raw, s)
	if err != nil {
		return nil, err
	}
	proofs := []json.RawMessage{own}
	for _, c := range s.Cosigned {
		switch {
		case len(c.Proof) > 0 && bytes.Equal(c.Article, raw):
			proofs = append(proofs, c.Proof)
		case len(c.Proof) == 0:
			proof, err := d.cosign(ctx, c, raw)
			if err != nil {
				return nil, err
			}
			if proof != nil {
				proofs = append(proofs, proof)
			}
		}
	}
	signed, err := httpsig.WithProofs(raw, proofs...)
	return activity.Proven(signed), err
}

// sent is the document that partners of other nodes signed; nil if none did.
func sent(s *story.Story) []byte {
	for _, c := range s.Cosigned {
		if len(c.Proof) > 0 {
			return c.Article
		}
	}
	return nil
}

// proof is that of a story's owner alone.
func (d *Documents) proof(ctx context.Context, owner domain.ActorID, raw []byte, s *story.Story) (json.RawMessage, error) {
	signed, err := d.Keys.Prove(ctx, owner, raw, s.SignedAt())
	if err != nil {
		return nil, err
	}
	return proofOf(signed)
}

func proofOf(signed []byte) (json.RawMessage, error) {
	var doc struct {
		Proof json.RawMessage `json:"proof"`
	}
	err := json.Unmarshal(signed, &doc)
	return doc.Proof, err
}

// cosign is the proof of a partner of this node, also of one that was deleted
// since: that it signed stays so. nil if not everybody may know of it any more.
func (d *Documents) cosign(ctx context.Context, c *story.Cosignature, raw []byte) (json.RawMessage, error) {
	partner, err := d.Actors.Actor(ctx, c.Partner)
	if err != nil || !partner.Local() || partner.Visibility != domain.VisiblePublic {
		return nil, err
	}
	signed, err := d.Keys.Prove(ctx, partner.ID, raw, c.AnsweredAt)
	if err != nil {
		return nil, err
	}
	return proofOf(signed)
}

// Signatures are who signed a story: of one of this node by the keys that it
// signs with, of a copy as they were checked when it came. None if it is not
// signed.
func (d *Documents) Signatures(ctx context.Context, s *story.Story) ([]story.Signature, error) {
	switch {
	case s.Host != "" && s.Evidence != nil:
		return s.Evidence.Signatures, nil
	case s.Host != "" || s.Status != story.Published:
		return nil, nil
	}
	doc, err := d.Story(ctx, s)
	if domain.CodeOf(err) == domain.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	raw, err := activity.Encode(doc)
	if err != nil {
		return nil, err
	}
	scanned, err := activity.Scan(raw)
	if err != nil {
		return nil, err
	}
	proofs, err := evidence.Signatures(ctx, scanned, d.keyFor(s), s.UpdatedAt.AddDate(100, 0, 0)) // our own clock is not in question
	var out []story.Signature
	for _, p := range proofs {
		if p.Err == nil {
			out = append(out, story.Signature{Signer: p.Signer, Method: p.Method, Key: p.Key, Created: p.Created})
		}
	}
	return out, err
}

// keyFor finds the keys of a story of this node: those of actors here as they
// are, those of others as they were when they signed.
func (d *Documents) keyFor(s *story.Story) evidence.Keys {
	return func(ctx context.Context, method string) (evidence.Key, error) {
		signers := []domain.ActorID{s.Owner}
		for _, c := range s.Cosigned {
			if c.Signature.Method == method {
				return evidence.Key{ID: method, Controller: c.Signature.Signer, Multibase: c.Signature.Key}, nil
			}
			if len(c.Proof) == 0 {
				signers = append(signers, c.Partner)
			}
		}
		for _, id := range signers {
			a, err := d.Actors.Actor(ctx, id)
			if err != nil {
				return evidence.Key{}, err
			}
			public, err := d.Keys.Public(ctx, id)
			if err != nil {
				return evidence.Key{}, err
			}
			for _, m := range public.Multikeys {
				if m.ID == method {
					return evidence.Key{ID: method, Controller: a.IRI, Multibase: m.Multibase}, nil
				}
			}
		}
		return evidence.Key{}, domain.Fail(domain.NotFound, "error.key")
	}
}

// Evidence makes the bundle by which a story, or a copy that is here, is checked
// elsewhere. Errors: NotFound, Gone; NotFound if it is not signed.
func (d *Documents) Evidence(ctx context.Context, slug, host string) (*evidence.Bundle, error) {
	s, err := d.Stories.Story(ctx, everybody, slug, host)
	if err != nil {
		return nil, err
	}
	signatures, err := d.Signatures(ctx, s)
	if err != nil {
		return nil, err
	}
	if len(signatures) == 0 {
		return nil, domain.Fail(domain.NotFound, "error.not_found")
	}
	b := new(evidence.Bundle)
	for _, k := range signatures {
		b.Keys = append(b.Keys, evidence.Key{ID: k.Method, Controller: k.Signer, Multibase: k.Key})
	}
	if s.Snapshot != nil {
		b.Snapshot = s.Snapshot.Canonical()
	}
	if s.Host != "" {
		b.Story = s.Evidence.Article
		return b, nil
	}
	doc, err := d.Story(ctx, s)
	if err == nil {
		b.Story, err = activity.Encode(doc)
	}
	return b, err
}
