package network

import (
	"time"

	"interlink/domain"
)

// Retention is how long the node keeps what it has no further use for.
type Retention struct {
	Received  time.Duration // bytes of received activities that were worked
	Delivered time.Duration // deliveries that arrived
	Dead      time.Duration // deliveries that were given up
	Posts     time.Duration // copies of posts and stories of other nodes that nobody here has to do with, since they came
	Actors    time.Duration // copies of actors of other nodes that nothing here refers to, since they were read

	Applications  time.Duration // applications that were turned down or withdrawn, since then; those to calls of other nodes that were not answered, since the call is over
	Accepted      time.Duration // what was written in accepted ones, since the call and its period are over
	Notifications time.Duration // what people were told, since then
	Notices       time.Duration // who gave a notice of illegal content and what they wrote, since it was decided
	Receipts      time.Duration // what other servers answered when somebody left, since the last of them did
}

// DefaultRetention is the retention of a node whose operator says nothing.
var DefaultRetention = Retention{Received: 90 * day, Delivered: 7 * day, Dead: 30 * day, Posts: 90 * day, Actors: 90 * day, Applications: 180 * day, Accepted: 365 * day, Notifications: 180 * day, Notices: 365 * day, Receipts: 90 * day}

const day = 24 * time.Hour

// JobRetention asks to remove what is older than the retention says.
const JobRetention = "queues.retention"

// RetentionArgs are the arguments of [JobRetention].
type RetentionArgs struct{}

// SweepQueues makes the job; there is one at a time.
func SweepQueues() domain.Job {
	return domain.Job{Kind: JobRetention, Unique: "all", Args: RetentionArgs{}}
}
