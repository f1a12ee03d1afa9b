package inbox

import (
	"context"
	"encoding/json"

	"interlink/domain"
	"interlink/domain/lineage"
	"interlink/federation/activity"
	"interlink/federation/evidence"
	"interlink/federation/httpsig"
)

// Stamps are the commands on what the people of sources say of clones.
type Stamps interface {
	Awaited(ctx context.Context, clone domain.IRI) (domain.IRI, error)
	TakeStamp(ctx context.Context, stamp *lineage.Stamp) error
	StampGone(ctx context.Context, clone, stamp domain.IRI, actor domain.ActorID) error
}

// ReadStamp reads the stamp that the Accept of a clone named, from its own
// address, and checks its proof; it is the handler of lineage.JobReadStamp. One
// that says something else is left, and the edge stays what the clone claims;
// one that is gone was withdrawn. It may stop anywhere and run again.
func (c *Collections) ReadStamp(ctx context.Context, args lineage.StampArgs) error {
	at, err := c.stamps.Awaited(ctx, args.Clone)
	if err != nil || at == "" {
		return err
	}
	read := c.intake.fetch.Object
	if c.own.Owns(at) {
		read = c.own.Object
	}
	raw, err := read(ctx, at)
	switch domain.CodeOf(err) {
	case domain.OK:
	case domain.Gone:
		return c.stamps.StampGone(ctx, args.Clone, at, domain.Nobody)
	case domain.NotFound: // the source may be public no more: what was confirmed stays
		return nil
	default:
		return err
	}
	var stamp *lineage.Stamp
	doc, err := activity.Scan(raw)
	if err == nil {
		stamp, err = c.proofs.Stamp(ctx, doc)
	}
	if err == nil {
		err = c.stamps.TakeStamp(ctx, stamp)
	}
	switch domain.CodeOf(err) {
	case domain.Invalid, domain.Unauthenticated, domain.Forbidden:
		c.log.Warn("the stamp of a clone does not hold", "clone", args.Clone, "stamp", at, "error", err)
		return nil
	}
	return err
}

// Stamp reads a stamp and checks its proof, which must be by who it is
// attributed to. Errors: Invalid for what is no stamp; Unauthenticated without a
// proof that holds; Forbidden for the proof of another; as of [Keys].
func (p *Proofs) Stamp(ctx context.Context, doc activity.Document) (*lineage.Stamp, error) {
	stamp, ok := activity.ReadStamp(doc)
	if !ok {
		return nil, domain.Fail(domain.Invalid, "lineage.stamp_broken")
	}
	proof, err := httpsig.ParseProof(doc)
	if err == nil && proof == nil {
		err = domain.Fail(domain.Unauthenticated, "error.signature")
	}
	if err != nil {
		return nil, err
	}
	if !domain.SameOrigin(domain.IRI(proof.Method), stamp.Owner) {
		return nil, domain.Fail(domain.Forbidden, "error.origin")
	}
	key, err := p.key(ctx, proof)
	if err != nil {
		return nil, err
	}
	if key.Controller != stamp.Owner {
		return nil, domain.Fail(domain.Forbidden, "error.origin")
	}
	stamp.Method, stamp.Key, stamp.Checked = proof.Method, key.Multibase, p.now()
	stamp.Document, err = json.Marshal(doc)
	return &stamp, err
}

// key is the key by which a proof holds. That of an actor of this node is in the
// document that everybody reads.
func (p *Proofs) key(ctx context.Context, proof *httpsig.Proof) (evidence.Key, error) {
	owner := domain.IRI(proof.Method).WithoutFragment()
	if p.own == nil || !p.own.Owns(owner) {
		key, err := p.verified(ctx, proof)
		if err != nil {
			return evidence.Key{}, err
		}
		return evidence.Key{ID: proof.Method, Controller: key.Owner, Multibase: evidence.Multibase(key.Key)}, nil
	}
	raw, err := p.own.Object(ctx, owner)
	if err != nil {
		return evidence.Key{}, err
	}
	actor, err := activity.Scan(raw)
	if err != nil {
		return evidence.Key{}, err
	}
	key, err := evidence.KeyOf(actor, proof.Method)
	if err != nil {
		return key, err
	}
	public, err := httpsig.ParseMultibase(key.Multibase)
	if err != nil {
		return key, err
	}
	return key, proof.Verify(public, p.now())
}

// Own reads documents of this node as everybody can. Errors: NotFound, Gone.
type Own interface {
	Owns(iri domain.IRI) bool
	Object(ctx context.Context, iri domain.IRI) ([]byte, error)
}
