package inbox

import (
	"context"
	"crypto/sha256"
	"encoding/base64"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/federation/activity"
)

// Forwarding sends on what others did.
type Forwarding interface {
	// Forward queues an activity of another node; again it does nothing.
	Forward(ctx context.Context, out network.Outgoing) error
}

// forward hands on what is said of a reply to those who follow the thread and
// not its writer (ActivityPub §7.1.2): the bytes as they were received, so that
// a proof in them holds. Without one, receivers read the object again, if it is
// brought by whom they follow: the community, if the thread is in one, as more
// follow it than each of its members.
func (v *Verbs) forward(ctx context.Context, in *activity.Inbound) error {
	owners, err := v.Posts.ThreadOwners(ctx, in.Object)
	if err != nil || len(owners) == 0 {
		return err
	}
	verdict, err := v.Directory.gate.Verdict(ctx, in.Actor.Host())
	if err != nil || verdict == network.VerdictLimit {
		return err
	}
	sum := sha256.Sum256(in.Raw)
	return v.Forwarding.Forward(ctx, network.Outgoing{
		Activity: network.Activity{
			ID: v.Mint.ID(), Serial: v.Mint.Serial(), IRI: in.ID, Actor: owners[len(owners)-1], Type: in.Type, Object: in.Object,
			Raw: in.Raw, Digest: base64.StdEncoding.EncodeToString(sum[:]), At: v.Mint.Now(),
		},
		FollowersOf: owners, OrderKey: string(in.Object),
	})
}

// reread takes the object of an activity that somebody else brought from its
// own server, if it is known here or answers what is.
func (v *Verbs) reread(ctx context.Context, in *activity.Inbound) error {
	for _, iri := range []domain.IRI{in.Object, in.Embedded.IRI("inReplyTo")} {
		known, err := v.Posts.Knows(ctx, iri)
		if err != nil {
			return err
		}
		if !known {
			continue
		}
		doc, err := v.Intake.Fetch(ctx, in.Object)
		if err != nil {
			return err
		}
		_, err = v.Intake.Take(ctx, doc, Taking{Update: true})
		return err
	}
	return nil
}

// recheck asks the server of what somebody else says is deleted.
func (v *Verbs) recheck(ctx context.Context, in *activity.Inbound, actor *network.Actor) error {
	known, err := v.Posts.Knows(ctx, in.Object)
	if err != nil || !known {
		return err
	}
	doc, err := v.Intake.Fetch(ctx, in.Object)
	code := domain.CodeOf(err)
	switch {
	case code == domain.Gone, code == domain.NotFound, err == nil && doc.Type() == "Tombstone":
		return v.Intake.Forget(ctx, actor, in.Object, "")
	}
	return err
}
