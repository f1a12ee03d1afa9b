package inbox

import (
	"context"

	"interlink/domain"
	"interlink/domain/network"
)

// Owners finds whose inbox it is.
type Owners interface {
	// ActorsByInbox lists the remote actors, not yet gone, that have an inbox
	// of their own at an address; at most 100.
	ActorsByInbox(ctx context.Context, inbox domain.IRI) ([]*network.Actor, error)
}

// InboxGone makes the handler of network.JobInboxGone: it reads the owner of an
// inbox again. Who is deleted there has nothing here any more, as if they had
// said so; who is not found, which a mishap may be, is forgotten. Of a shared
// inbox there is no owner, and nothing follows. Errors: Unavailable if the server
// does not answer, so that it is asked again.
func (v *Verbs) InboxGone(owners Owners) func(context.Context, network.InboxGoneArgs) error {
	return func(ctx context.Context, args network.InboxGoneArgs) error {
		all, err := owners.ActorsByInbox(ctx, args.Inbox)
		if err != nil {
			return err
		}
		for _, a := range all {
			_, err := v.Directory.Refresh(ctx, a.IRI)
			switch domain.CodeOf(err) {
			case domain.Gone:
				err = v.departed(ctx, a)
			case domain.NotFound:
				if err = v.Posts.Abandon(ctx, a.ID); err == nil {
					err = v.Follows.ReceiveActorDeletion(ctx, a.IRI)
				}
			case domain.Invalid, domain.Forbidden, domain.TooLarge:
				err = nil // it is there, whatever it is
			}
			if err != nil {
				return err
			}
		}
		return nil
	}
}

// departed ends all that an actor of another server had here, who is deleted
// there: what they wrote, shared and followed, and where they took part.
func (v *Verbs) departed(ctx context.Context, actor *network.Actor) error {
	if err := v.Posts.ReceiveAuthorDeletion(ctx, actor); err != nil {
		return err
	}
	if err := v.Departures.ReceiveDeparture(ctx, actor); err != nil {
		return err
	}
	if err := v.Memberships.ReceiveGroupEnd(ctx, actor.ID); err != nil {
		return err
	}
	return v.Follows.ReceiveActorDeletion(ctx, actor.IRI)
}
