package inbox

import (
	"context"
	"time"

	"interlink/domain"
	"interlink/federation/activity"
	"interlink/federation/httpsig"
	"interlink/federation/remote"
)

// Proofs tells whose a document is by its proof (FEP-8b32), whoever brought
// it.
type Proofs struct {
	keys Keys
	gate Gate
	now  func() time.Time
	own  Own // nil until it is set: then only others' proofs are checked
}

// ReadOwn sets what reads the keys of actors of this node.
func (p *Proofs) ReadOwn(own Own) { p.own = own }

// NewProofs makes the judge of proofs.
func NewProofs(keys Keys, gate Gate, now func() time.Time) *Proofs {
	return &Proofs{keys: keys, gate: gate, now: now}
}

// Owner returns the actor whose key proves a document; its id is on the
// actor's origin. Errors: NotFound if it has no proof that is verified here;
// Unauthenticated for one that does not hold; Forbidden for a blocked host;
// as of [Keys].
func (p *Proofs) Owner(ctx context.Context, doc activity.Document) (domain.IRI, error) {
	proof, err := httpsig.ParseProof(doc)
	if err != nil {
		return "", err
	}
	if proof == nil {
		return "", domain.Fail(domain.NotFound, "error.signature")
	}
	method, err := domain.ParseIRI(proof.Method)
	if err != nil || !domain.SameOrigin(method, doc.IRI("id")) {
		return "", domain.Fail(domain.Unauthenticated, "error.signature").Because(err)
	}
	key, err := p.verified(ctx, proof)
	if err != nil {
		return "", err
	}
	return key.Owner, nil
}

// verified returns the key by which a proof holds. Errors: as of [Proofs.Owner].
func (p *Proofs) verified(ctx context.Context, proof *httpsig.Proof) (*remote.PublicKey, error) {
	if err := p.gate.Check(ctx, domain.IRI(proof.Method).Host()); err != nil {
		return nil, err
	}
	key, err := p.keys.PublicKey(ctx, proof.Method)
	if err != nil {
		return nil, err
	}
	if err := p.holds(proof, key); err != nil {
		if key, _ = p.keys.Refresh(ctx, proof.Method); key == nil {
			return nil, err
		}
		if err := p.holds(proof, key); err != nil {
			return nil, err
		}
	}
	return key, nil
}

// holds checks the proof with a key, which must be one for proving.
func (p *Proofs) holds(proof *httpsig.Proof, key *remote.PublicKey) error {
	if !key.Proves {
		return domain.Fail(domain.Unauthenticated, "error.signature")
	}
	return proof.Verify(key.Key, p.now())
}

// Of reports whether a document is proven to be an actor's. A proof that does
// not hold is as good as none.
func (p *Proofs) Of(ctx context.Context, doc activity.Document, actor domain.IRI) bool {
	if actor == "" || len(doc["proof"]) == 0 {
		return false
	}
	owner, err := p.Owner(ctx, doc)
	return err == nil && owner == actor
}
