// Package retention is for how long the node keeps what it knows: one table,
// by which data is removed and which people read.
package retention

import (
	"time"

	"interlink/domain/account"
	"interlink/domain/coproduction"
	"interlink/domain/network"
	"interlink/domain/participation"
)

// Data is a kind of data.
type Data string

// The kinds, in the order in which people read them.
const (
	Account       Data = "account"       // profile, address, rights, memberships, acceptances of terms
	Written       Data = "written"       // posts, answers, likes
	Votes         Data = "votes"         // who chose what in polls
	Process       Data = "process"       // what people did together, resources and decisions
	Sessions      Data = "sessions"      //
	Guests        Data = "guests"        // visits of people of other servers
	Links         Data = "links"         // of mails, of which the last to end is counted
	Attempts      Data = "attempts"      // to sign in that failed, mails to an address
	Notifications Data = "notifications" //
	Invitations   Data = "invitations"   //
	Calls         Data = "calls"         // role calls without a deadline
	Applications  Data = "applications"  // that were turned down or withdrawn
	Undecided     Data = "undecided"     // applications, of a call that is over
	Unanswered    Data = "unanswered"    // applications to calls of other nodes, likewise
	Accepted      Data = "accepted"      // what was written in applications
	Resources     Data = "resources"     // that were removed
	Notices       Data = "notices"       // who gave them, and what they wrote
	Decisions     Data = "decisions"     // of notices, with their reasons
	Receipts      Data = "receipts"      // of other servers when somebody left
	Received      Data = "received"      // bytes of activities of other servers
	Posts         Data = "posts"         // copies of other servers' posts and stories
	Actors        Data = "actors"        // copies of other servers' actors
	Delivered     Data = "delivered"     // deliveries that arrived
	Dead          Data = "dead"          // deliveries that were given up
	Keys          Data = "keys"          // that were replaced
	Log           Data = "log"           // of who changed what
	Names         Data = "names"         // of those who are gone
)

// Ends is from when the time counts, or what ends it where no time is set.
type Ends string

// The ends.
const (
	SinceUse      Ends = "since_use"
	SinceSent     Ends = "since_sent"
	SinceLast     Ends = "since_last"
	SinceMade     Ends = "since_made"
	SinceExpired  Ends = "since_expired"
	SinceDecided  Ends = "since_decided"
	SinceRemoved  Ends = "since_removed"
	SinceAnswered Ends = "since_answered"
	SinceReceived Ends = "since_received"
	SinceRead     Ends = "since_read"
	SinceReplaced Ends = "since_replaced"
	SinceClosed   Ends = "since_closed"
	SinceChanged  Ends = "since_changed"
	UntilLeaving  Ends = "until_leaving"
	UntilDeleted  Ends = "until_deleted"
	ForEver       Ends = "for_ever"
)

// Then is what happens at the end.
type Then string

// What happens.
const (
	Erased   Then = "erased"
	Unnamed  Then = "unnamed" // it stays without the name
	Counted  Then = "counted" // only numbers stay
	Hashed   Then = "hashed"  // hashes stay, which nobody can read back
	Stays    Then = "stays"
	Closed   Then = "closed"   // and its applications wait for a decision
	Declined Then = "declined" // from then on it counts among those that were turned down
)

// Rule is for how long one kind of data is kept.
type Rule struct {
	Data Data
	Keep time.Duration // 0 where no time is set
	Ends Ends
	Then Then
}

// InvitationsFor is how long an invitation is listed that is over.
const InvitationsFor = 30 * 24 * time.Hour

// VotesFor is how long it is known who chose what in a poll that is over.
const VotesFor = 30 * 24 * time.Hour

// Rules is the table, with the times that the operator set.
func Rules(set network.Retention) []Rule {
	return []Rule{
		{Account, 0, UntilLeaving, Erased},
		{Written, 0, UntilDeleted, Erased},
		{Votes, VotesFor, SinceExpired, Counted},
		{Process, 0, ForEver, Unnamed},
		{Sessions, account.SessionFor, SinceUse, Erased},
		{Guests, account.GuestFor, SinceUse, Erased},
		{Links, account.InviteFor, SinceSent, Erased},
		{Attempts, account.ForgetAfter, SinceLast, Erased},
		{Notifications, set.Notifications, SinceMade, Erased},
		{Invitations, InvitationsFor, SinceExpired, Erased},
		{Calls, participation.OpenFor, SinceChanged, Closed},
		{Applications, set.Applications, SinceDecided, Counted},
		{Undecided, min(set.Applications, participation.DecideFor), SinceClosed, Declined},
		{Unanswered, set.Applications, SinceClosed, Counted},
		{Accepted, set.Accepted, SinceClosed, Erased},
		{Resources, coproduction.RestoreFor, SinceRemoved, Erased},
		{Notices, set.Notices, SinceDecided, Counted},
		{Decisions, 0, ForEver, Stays},
		{Receipts, set.Receipts, SinceAnswered, Erased},
		{Received, set.Received, SinceReceived, Hashed},
		{Posts, set.Posts, SinceReceived, Erased},
		{Actors, set.Actors, SinceRead, Erased},
		{Delivered, set.Delivered, SinceAnswered, Erased},
		{Dead, set.Dead, SinceAnswered, Erased},
		{Keys, network.KeyOverlap, SinceReplaced, Erased},
		{Log, 0, ForEver, Hashed},
		{Names, 0, ForEver, Stays},
	}
}
