package network

import "interlink/domain"

// JobInboxGone asks to read the owner of an inbox again whose server says
// that it is not there.
const JobInboxGone = "inbox.gone"

// InboxGoneArgs are the arguments of [JobInboxGone].
type InboxGoneArgs struct {
	Inbox domain.IRI `json:"inbox"`
}

// InboxGone makes the job; there is one for each inbox at a time.
func InboxGone(inbox domain.IRI) domain.Job {
	return domain.Job{Kind: JobInboxGone, Unique: string(inbox), Args: InboxGoneArgs{inbox}, Remote: true}
}
