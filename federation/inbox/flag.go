package inbox

import (
	"context"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/federation/activity"
)

// Reports are the commands on reports.
type Reports interface {
	ReceiveReport(ctx context.Context, by *network.Actor, iri domain.IRI, objects []domain.IRI, reason string) error
}

// flag handles Flag: another server reports an actor of ours, or posts. Its
// object is a list at microblogs and one id in the threadiverse.
func (v *Verbs) flag(ctx context.Context, in *activity.Inbound, actor *network.Actor) error {
	objects, reason := activity.ReadFlag(in.Document)
	if len(objects) == 0 {
		return domain.Fail(domain.Invalid, "error.activity")
	}
	return v.Reports.ReceiveReport(ctx, actor, in.ID, objects, reason)
}
