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

// Departed marks actors as gone.
type Departed interface {
	ReceiveActorDeletion(ctx context.Context, iri domain.IRI) error
}

// Abandoning takes back what communities here share of groups.
type Abandoning interface {
	Abandon(ctx context.Context, groups ...domain.ActorID) error
}

// InboxGone makes the handler of network.JobInboxGone: it reads the owner of an
// inbox again, and forgets who is gone as well. Of a shared inbox there is no
// owner, and nothing follows. Errors: Unavailable if the server does not
// answer, so that it is asked again.
func InboxGone(d *Directory, owners Owners, posts Abandoning, commands Departed) func(context.Context, network.InboxGoneArgs) error {
	return func(ctx context.Context, args network.InboxGoneArgs) error {
		all, err := owners.ActorsByInbox(ctx, args.Inbox)
		if err != nil {
			return err
		}
		for _, a := range all {
			_, err := d.Refresh(ctx, a.IRI)
			switch domain.CodeOf(err) {
			case domain.NotFound, domain.Gone:
				if err = posts.Abandon(ctx, a.ID); err == nil {
					err = commands.ReceiveActorDeletion(ctx, a.IRI)
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
