package inbox

import (
	"context"

	"interlink/domain/network"
	"interlink/domain/reuse"
	"interlink/federation/activity"
)

// Reuse hears how other nodes reuse what is of this one.
type Reuse interface {
	Receive(ctx context.Context, by *network.Actor, in reuse.Remote) error
}

// reused takes a report of reuse; ok is false for anything else.
func (v *Verbs) reused(ctx context.Context, doc activity.Document, actor *network.Actor) (ok bool, err error) {
	if !activity.IsReuse(doc) {
		return false, nil
	}
	in, err := activity.ReadReuse(doc)
	if err == nil {
		err = v.Reuse.Receive(ctx, actor, in)
	}
	return true, err
}
