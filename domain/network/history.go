package network

import (
	"context"
	"strconv"
	"time"

	"interlink/domain"
)

// The jobs that read what was said before somebody here listened.
const (
	JobHistory  = "network.history"  // [HistoryArgs]
	JobThread   = "network.thread"   // [ThreadArgs]
	JobRestored = "network.restored" // [RestoredArgs]
)

// HistoryArgs ask to read what an actor of another node published lately.
type HistoryArgs struct {
	Actor domain.ActorID `json:"actor"`
	Try   int            `json:"try,omitempty"`
}

// ThreadArgs ask to read the thread in which a post of another node stands
// that answers one which is not known here.
type ThreadArgs struct {
	Post   domain.IRI `json:"post"`
	Parent domain.IRI `json:"parent"`
	Wide   bool       `json:"wide,omitempty"` // a group shared it that somebody here follows: other hosts than the post's may be asked
	Try    int        `json:"try,omitempty"`
}

// RestoredArgs name hosts with which the node deals again.
type RestoredArgs struct {
	Hosts []string `json:"hosts"`
}

// mostTries is how often a server that does not answer is asked again.
const mostTries = 5

// readHistory makes the job; there is one for each actor at a time.
func readHistory(actor domain.ActorID) domain.Job {
	return domain.Job{Kind: JobHistory, Unique: string(actor), Args: HistoryArgs{Actor: actor}, Remote: true}
}

// ReadThread makes the job; there is one for each thread that is looked for.
func ReadThread(post, parent domain.IRI, wide bool) domain.Job {
	return domain.Job{Kind: JobThread, Unique: string(parent), Args: ThreadArgs{Post: post, Parent: parent, Wide: wide}, Remote: true}
}

// Later asks for a job again, if it was not tried too often.
func (a HistoryArgs) Later(at time.Time) (domain.Job, bool) {
	a.Try++
	return domain.Job{Kind: JobHistory, Unique: string(a.Actor) + " " + strconv.Itoa(a.Try), Args: a, At: at, Remote: true}, a.Try < mostTries
}

// Later asks for a job again, if it was not tried too often.
func (a ThreadArgs) Later(at time.Time) (domain.Job, bool) {
	a.Try++
	return domain.Job{Kind: JobThread, Unique: string(a.Parent) + " " + strconv.Itoa(a.Try), Args: a, At: at, Remote: true}, a.Try < mostTries
}

// HistoryStore is the part of [Store] about what was missed.
type HistoryStore interface {
	// FollowedOn lists the actors of a host, or of one below it, that somebody
	// here follows.
	FollowedOn(ctx context.Context, host string, most int) ([]domain.ActorID, error)
}

// mostMissed is of how many actors of one host is read what was missed.
const mostMissed = 200

// Restored asks to read what was missed of hosts with which the node deals
// again; it is the handler of [JobRestored].
func (s *Service) Restored(ctx context.Context, args RestoredArgs) error {
	var change domain.Change
	for _, host := range args.Hosts {
		ids, err := s.store.FollowedOn(ctx, host, mostMissed)
		if err != nil {
			return err
		}
		for _, id := range ids {
			change.Jobs = append(change.Jobs, readHistory(id))
		}
	}
	if len(change.Jobs) == 0 {
		return nil
	}
	return s.store.Record(ctx, change)
}

// Again asks for a job later.
func (s *Service) Again(ctx context.Context, job domain.Job) error {
	return s.store.Record(ctx, domain.Change{Jobs: []domain.Job{job}})
}
