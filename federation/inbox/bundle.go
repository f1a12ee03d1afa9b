package inbox

import (
	"context"
	"regexp"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/policy"
	"interlink/domain/story"
	"interlink/federation/activity"
	"interlink/federation/evidence"
	"interlink/federation/httpsig"
)

// Introduction keeps an actor whose server does not answer any more.
type Introduction interface {
	Introduce(ctx context.Context, a *network.Actor) (*network.Actor, error)
}

// Bundles brings stories with what proves them, out of an archive of the node
// that published them.
type Bundles struct {
	intake *Intake
	people Introduction
	ns     domain.Namespace
}

// NewBundles makes one.
func NewBundles(i *Intake, people Introduction, ns domain.Namespace) *Bundles {
	return &Bundles{i, people, ns}
}

// Bring keeps a story as its node would have sent it, with those of its files
// that came along. Each who signed it is asked for the key, as long as their
// server answers; after that the key that came along has to do, and is told of as
// such. Of one that is judged it tells what it would be, and keeps nothing.
// Errors: Invalid if it is not of its owner's node, Unauthenticated if its owner
// did not sign it, or what it shows was altered.
func (b *Bundles) Bring(ctx context.Context, raw []byte, along func(hash string) bool, judged bool) (st *story.Story, changed bool, err error) {
	opened, err := evidence.Open(raw)
	if err != nil {
		return nil, false, err
	}
	iri := opened.Document.IRI("id")
	before, err := b.intake.stories.StoryByIRI(ctx, policy.Viewer{}, iri)
	if code := domain.CodeOf(err); code != domain.OK && code != domain.NotFound {
		return nil, false, err
	}
	if before != nil && b.ns.Owns(iri) {
		return before, false, nil // it is at home
	}
	in, err := b.read(ctx, opened, judged)
	if err != nil {
		return nil, false, err
	}
	in.Brought = true
	if in.Snapshot != nil {
		for _, r := range in.Snapshot.Resources {
			if r.File != nil && along(r.File.SHA256) {
				in.Along = append(in.Along, r.File.SHA256)
			}
		}
	}
	if judged {
		return b.intake.stories.Judge(ctx, in)
	}
	if st, err = b.intake.stories.Receive(ctx, in); err != nil {
		return nil, false, err
	}
	return st, before == nil || before.Revision != st.Revision, nil
}

// read checks a story with its snapshot and its proofs. Who is introduced by one
// that is judged is not kept.
func (b *Bundles) read(ctx context.Context, opened *evidence.Opened, judged bool) (story.Received, error) {
	doc := opened.Document
	in, _, ok := activity.ReadStory(doc)
	owner := doc.IRI("attributedTo")
	if !ok || !domain.SameOrigin(owner, doc.IRI("id")) || b.ns.Owns(owner) {
		return in, domain.Fail(domain.Invalid, "story.origin")
	}
	if len(opened.Snapshot) > 0 {
		var err error
		if in.Snapshot, err = activity.ReadSnapshot(activity.Document{"interlink:snapshot": opened.Snapshot}); err != nil {
			return in, err
		}
	}
	actor, err := b.intake.directory.Actor(ctx, owner)
	answers := err == nil && !actor.FetchedAt.IsZero()
	if code := domain.CodeOf(err); code == domain.Forbidden { // its host is blocked
		return in, err
	}
	in.Evidence, err = b.intake.proofs.evidence(ctx, doc, owner, func(ctx context.Context, proof *httpsig.Proof) (story.Signature, error) {
		if answers || !domain.SameOrigin(domain.IRI(proof.Method), owner) {
			s, err := b.intake.proofs.signature(ctx, proof)
			if code := domain.CodeOf(err); code != domain.Unavailable && code != domain.Gone {
				return s, err
			}
		}
		return b.along(ctx, proof, opened)
	})
	if err != nil {
		return in, err
	}
	if in.Evidence == nil {
		return in, domain.Fail(domain.Unauthenticated, "error.signature")
	}
	if !answers {
		if judged {
			ctx = domain.Rehearsal(ctx)
		}
		if actor, err = b.introduced(ctx, owner); err != nil {
			return in, err
		}
	}
	in.Owner, in.OwnerIRI = actor.ID, actor.IRI
	return in, nil
}

// along checks a proof by the key that came along, as its server does not answer.
func (b *Bundles) along(ctx context.Context, proof *httpsig.Proof, opened *evidence.Opened) (story.Signature, error) {
	s := evidence.Signed(ctx, proof, opened.Orphaned, b.intake.proofs.now())
	return story.Signature{Signer: s.Signer, Method: s.Method, Key: s.Key, Created: s.Created, Along: true}, s.Err
}

// organizationAt is where organisations of our nodes are.
var organizationAt = regexp.MustCompile(`^https?://[^/]+/organizations/([a-z0-9_]{1,30})$`)

// introduced is an owner whose server does not answer.
func (b *Bundles) introduced(ctx context.Context, owner domain.IRI) (*network.Actor, error) {
	found := organizationAt.FindStringSubmatch(string(owner))
	if found == nil {
		return nil, domain.Fail(domain.Invalid, "story.origin")
	}
	return b.people.Introduce(ctx, &network.Actor{IRI: owner, Type: network.TypeOrganization, Name: found[1], Host: owner.Host()})
}
