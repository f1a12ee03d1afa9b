package catalogue

import "interlink/domain"

// What happens in the catalogue: "interlinker.created", "schema.updated",
// "problem.withdrawn" and so on, by [Created], [Updated] and [Withdrew], with
// [Changed] as payload; the subject is the entry.
const (
	created    = ".created"
	updated    = ".updated"
	withdrew   = ".withdrawn"
	deprecated = ".deprecated"
	deleted    = ".deleted" // with [Deletion]
	// A draft was begun or changed, or thrown away: nobody outside is told; [Changed].
	Drafted   domain.EventKind = "interlinker.drafted"
	Discarded domain.EventKind = "interlinker.discarded"

	Rated    domain.EventKind = "interlinker.rated"        // its ratings were counted anew; [Changed]
	Imported domain.EventKind = "catalogue.imported"       // [Report] as payload
	Received domain.EventKind = "catalogue.entry_received" // another node's, new or changed; [Changed]

	Unfit               domain.EventKind = "catalogue.entry_unfit"          // an entry that was withdrawn, or of which is warned; [Changed]
	Lost                domain.EventKind = "catalogue.entry_lost"           // an entry that its owner deleted; [Changed]
	SubscriptionChanged domain.EventKind = "catalogue.subscription_changed" // [SubscriptionPayload]; the subject is the other catalogue
	Halted              domain.EventKind = "catalogue.halted"               // [SubscriptionPayload]: it sends too much
	Reviewed            domain.EventKind = "catalogue.reviewed"             // [ReviewPayload]
	TrustSet            domain.EventKind = "catalogue.trust_set"            // [TrustSaid]; the subject is the host
	AdmissionSet        domain.EventKind = "catalogue.admission_set"        // [AdmissionPayload]
	ListPublished       domain.EventKind = "catalogue.trust_list_published" // [ListPayload]
	ListOffered         domain.EventKind = "catalogue.trust_list_offered"   // [ListPayload]: a newer version waits
	ListTaken           domain.EventKind = "catalogue.trust_list_taken"     // [ListPayload]
	EntryEndorsed       domain.EventKind = "catalogue.entry_endorsed"       // [EndorsementPayload]
	EndorsementEnded    domain.EventKind = "catalogue.endorsement_ended"    // [EndorsementPayload]
)

// Created is the event of a new entry of this node.
func Created(k Kind) domain.EventKind { return domain.EventKind(string(k) + created) }

// Updated is the event of a changed entry of this node.
func Updated(k Kind) domain.EventKind { return domain.EventKind(string(k) + updated) }

// Withdrew is the event of a withdrawn entry of this node.
func Withdrew(k Kind) domain.EventKind { return domain.EventKind(string(k) + withdrew) }

// Deprecates is the event of an entry of this node that is not to be taken up
// any more.
func Deprecates(k Kind) domain.EventKind { return domain.EventKind(string(k) + deprecated) }

// Deletes is the event of an entry of this node that its owner deleted.
func Deletes(k Kind) domain.EventKind { return domain.EventKind(string(k) + deleted) }

// Kinds lists all kinds of entries.
var Kinds = []Kind{KindProblem, KindInterlinker, KindSchema}

// Changed is the payload of the events of an entry.
type Changed struct {
	Slug    string      `json:"slug"`
	Host    string      `json:"host,omitempty"`
	Name    domain.Text `json:"name"`
	Version int         `json:"version"`
	Note    string      `json:"note,omitempty"` // what a version changed
}

func (s *Service) event(kind domain.EventKind, by domain.ActorID, e *Entry) domain.Event {
	return domain.NewEvent(s.mint, kind, by, e.Subject(), Changed{Slug: e.Slug, Host: e.Host, Name: e.Name, Version: e.Version, Note: e.Note})
}
