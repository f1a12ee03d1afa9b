package inbox

import (
	"context"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/federation/activity"
)

// Polls are the commands on polls.
type Polls interface {
	ReceiveVotes(ctx context.Context, by *network.Actor, object domain.IRI, names []string) (poll bool, err error)
}

// voted handles the votes of a Create; ok is false for anything else. What
// somebody chose is for who asked alone: it is not kept as a post, not read
// again from its server, and not handed on.
func (v *Verbs) voted(ctx context.Context, in *activity.Inbound, actor *network.Actor) (ok bool, err error) {
	question, names, err := activity.ReadVotes(in)
	if err != nil || len(names) == 0 || !v.NS.Owns(question) {
		return err != nil, err
	}
	if in.Brought {
		return true, domain.Fail(domain.Forbidden, "error.origin")
	}
	ok, err = v.Polls.ReceiveVotes(ctx, actor, question, names)
	if domain.CodeOf(err) == domain.Conflict { // counted already, or too late: nothing is to be tried again
		return true, domain.Fail(domain.Forbidden, "poll.over").Because(err)
	}
	return ok, err
}
