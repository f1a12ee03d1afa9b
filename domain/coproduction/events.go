package coproduction

import "interlink/domain"

// What happens in processes. The subject of all is the process, by its
// actor's id, so that they are its history together.
const (
	ProcessStarted        domain.EventKind = "process.started"             // [Started]
	ProcessUpdated        domain.EventKind = "process.updated"             // [Named]
	GrantGiven            domain.EventKind = "process.grant_given"         // [Granted]
	GrantChanged          domain.EventKind = "process.grant_changed"       // [Granted]
	GrantRevoked          domain.EventKind = "process.grant_revoked"       // [Granted]
	AdministratorAdded    domain.EventKind = "process.administrator_added" // [Granted]
	AdministratorLeft     domain.EventKind = "process.administrator_removed"
	ItemAdded             domain.EventKind = "item.added"               // [ItemChanged], as the four below
	ItemEdited            domain.EventKind = "item.edited"              //
	ItemMoved             domain.EventKind = "item.moved"               //
	ItemDisabled          domain.EventKind = "item.disabled"            //
	ItemRestored          domain.EventKind = "item.restored"            //
	TaskStatusChanged     domain.EventKind = "task.status_changed"      // [StatusChanged]
	ResourceAdded         domain.EventKind = "resource.added"           // [ResourceChanged], as the three below
	ResourceEdited        domain.EventKind = "resource.changed"         //
	ResourceRemoved       domain.EventKind = "resource.removed"         //
	ResourceRestored      domain.EventKind = "resource.restored"        // after it was removed
	AssignmentMade        domain.EventKind = "assignment.made"          // [Assigned], as those below
	AssignmentReceived    domain.EventKind = "assignment.received"      // from a process of another node
	AssignmentAccepted    domain.EventKind = "assignment.accepted"      // also taken up again
	AssignmentDeclined    domain.EventKind = "assignment.declined"      //
	AssignmentDone        domain.EventKind = "assignment.done"          //
	AssignmentWithdrawn   domain.EventKind = "assignment.withdrawn"     //
	ContributionClaimed   domain.EventKind = "contribution.claimed"     // [Contributed], as those below
	ContributionAwarded   domain.EventKind = "contribution.awarded"     //
	ContributionRejected  domain.EventKind = "contribution.rejected"    //
	ContributionReverted  domain.EventKind = "contribution.reverted"    // its task goes on
	ContributionWithdrawn domain.EventKind = "contribution.withdrawn"   //
	ContributionSent      domain.EventKind = "contribution.sent"        // [ClaimedAbroad], as those below; to a process of another node
	ContributionRecalled  domain.EventKind = "contribution.recalled"    //
	ContributionAnswered  domain.EventKind = "contribution.answered"    // by the process
	RewardsSwitched       domain.EventKind = "process.rewards_switched" // [Switched]
	CertificateMade       domain.EventKind = "certificate.made"         // [Certified]; the subject is the certificate
	CertificateRevoked    domain.EventKind = "certificate.revoked"      // [Certified]
)

// Started is the payload of process.started.
type Started struct {
	Name         string         `json:"name"`
	Title        domain.Text    `json:"title"`
	Organization domain.ActorID `json:"organization,omitempty"`
	Team         domain.ActorID `json:"team,omitempty"`
	Community    domain.ActorID `json:"community,omitempty"`
	Schema       domain.IRI     `json:"schema,omitempty"`
	Items        int            `json:"items"`
	Imported     domain.IRI     `json:"imported,omitempty"` // where it was before
}

// Named is the payload of process.updated.
type Named struct {
	Name  string      `json:"name"`
	Title domain.Text `json:"title"`
}

// Granted is the payload of the events of rights.
type Granted struct {
	Process string         `json:"process"`         // name
	Title   domain.Text    `json:"title"`           // of the process
	Grantee domain.ActorID `json:"grantee"`         // person or team
	Item    domain.ID      `json:"item,omitempty"`  // "" for the whole process
	Name    domain.Text    `json:"name,omitempty"`  // of the item
	Allow   Rights         `json:"allow,omitempty"` // as Deny: of a revoked one what it said
	Deny    Rights         `json:"deny,omitempty"`
	Was     Rights         `json:"was,omitempty"`     // of a changed one what it allowed before
	Applied bool           `json:"applied,omitempty"` // a join request was accepted, of which the grantee is told
}

// Assigned is the payload of the events of an assignment.
type Assigned struct {
	Assignment domain.ID       `json:"assignment"`
	Process    domain.IRI      `json:"process"`
	Title      domain.Text     `json:"title"`          // of the process
	Item       domain.ID       `json:"item,omitempty"` // "" for a process of another node
	Name       domain.Text     `json:"name"`           // of the item
	Assignee   domain.ActorID  `json:"assignee"`
	Team       domain.ActorID  `json:"team,omitempty"`
	GivenBy    domain.ActorID  `json:"givenBy,omitempty"`
	Subject    string          `json:"subject"`
	From       AssignmentState `json:"from,omitempty"`
	State      AssignmentState `json:"state"`
	Reason     string          `json:"reason,omitempty"`
}

// ClaimedAbroad is the payload of the events of what somebody here did for a
// process of another node.
type ClaimedAbroad struct {
	Assignment domain.ID         `json:"assignment"`
	Process    domain.IRI        `json:"process"`
	Title      domain.Text       `json:"title"` // of the process
	Name       domain.Text       `json:"name"`  // of the item
	Person     domain.ActorID    `json:"person"`
	IRI        domain.IRI        `json:"iri"`   // of the claim
	Offer      domain.IRI        `json:"offer"` // by which it went there
	Claim      string            `json:"claim"` // what the person calls it
	State      ContributionState `json:"state"`
	Level      Level             `json:"level,omitempty"`
	Points     int               `json:"points,omitempty"`
	Reason     string            `json:"reason,omitempty"`
}

// Contributed is the payload of the events of a contribution.
type Contributed struct {
	Contribution domain.ID      `json:"contribution"`
	Process      string         `json:"process"` // name
	Title        domain.Text    `json:"title"`   // of the process
	Item         domain.ID      `json:"item"`
	Name         domain.Text    `json:"name"` // of the item
	Person       domain.ActorID `json:"person"`
	Claim        string         `json:"claim"` // what the person calls it
	Level        Level          `json:"level,omitempty"`
	Points       int            `json:"points,omitempty"`
	Reason       string         `json:"reason,omitempty"`
}

// Switched is the payload of process.rewards_switched.
type Switched struct {
	Process     string      `json:"process"`
	Title       domain.Text `json:"title"`
	Rewards     bool        `json:"rewards"`
	Leaderboard bool        `json:"leaderboard"`
}

// Certified is the payload of the events of a certificate.
type Certified struct {
	Certificate domain.ID      `json:"certificate"`
	Process     string         `json:"process"`
	Title       domain.Text    `json:"title"`
	Person      domain.ActorID `json:"person"`
}

// ItemChanged is the payload of the events of an item.
type ItemChanged struct {
	Item     domain.ID    `json:"item"`
	Kind     ItemKind     `json:"kind"`
	Name     domain.Text  `json:"name"`
	Revision int64        `json:"revision,omitempty"` // the item's after the change
	Changes  []Difference `json:"changes,omitempty"`  // of an edit or a move
}

// StatusChanged is the payload of task.status_changed.
type StatusChanged struct {
	Item     domain.ID   `json:"item"`
	Name     domain.Text `json:"name"`
	From     Status      `json:"from"`
	To       Status      `json:"to"`
	Process  Status      `json:"process"`            // roll-up after the change
	Revision int64       `json:"revision,omitempty"` // the item's after the change
	// Completed lists the phases and objectives that this task finished.
	Completed []ItemChanged `json:"completed,omitempty"`
}

// ResourceChanged is the payload of the events of a resource.
type ResourceChanged struct {
	Process     string       `json:"process"` // its name
	Resource    domain.ID    `json:"resource"`
	Item        domain.ID    `json:"item"`
	Kind        ResourceKind `json:"kind"`
	Name        string       `json:"name"`
	Interlinker domain.IRI   `json:"interlinker,omitempty"`
	Version     int          `json:"version,omitempty"`  // of the content after the change
	Written     bool         `json:"written,omitempty"`  // the content was changed: there is a new version
	Summary     string       `json:"summary,omitempty"`  // of the change, in the words of who made it
	Restored    int          `json:"restored,omitempty"` // number of the version that was brought back
}

// Subject names the process in events.
func (p *Process) Subject() domain.Subject {
	return domain.Subject{Kind: "process", ID: domain.ID(p.ID)}
}
