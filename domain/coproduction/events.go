package coproduction

import "interlink/domain"

// What happens in processes. The subject of all is the process, by its
// actor's id, so that they are its history together.
const (
	ProcessStarted     domain.EventKind = "process.started"             // [Started]
	ProcessUpdated     domain.EventKind = "process.updated"             // [Named]
	GrantGiven         domain.EventKind = "process.grant_given"         // [Granted]
	GrantRevoked       domain.EventKind = "process.grant_revoked"       // [Granted]
	AdministratorAdded domain.EventKind = "process.administrator_added" // [Granted]
	AdministratorLeft  domain.EventKind = "process.administrator_removed"
	ItemAdded          domain.EventKind = "item.added"          // [ItemChanged], as the four below
	ItemEdited         domain.EventKind = "item.edited"         //
	ItemMoved          domain.EventKind = "item.moved"          //
	ItemDisabled       domain.EventKind = "item.disabled"       //
	ItemRestored       domain.EventKind = "item.restored"       //
	TaskStatusChanged  domain.EventKind = "task.status_changed" // [StatusChanged]
	ResourceAdded      domain.EventKind = "resource.added"      // [ResourceChanged], as the three below
	ResourceEdited     domain.EventKind = "resource.changed"    //
	ResourceRemoved    domain.EventKind = "resource.removed"    //
	ResourceRestored   domain.EventKind = "resource.restored"   // after it was removed
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
}

// Named is the payload of process.updated.
type Named struct {
	Name  string      `json:"name"`
	Title domain.Text `json:"title"`
}

// Granted is the payload of the events of rights.
type Granted struct {
	Grantee domain.ActorID `json:"grantee"` // person or team
	Access  bool           `json:"access,omitempty"`
	Create  bool           `json:"create,omitempty"`
	Delete  bool           `json:"delete,omitempty"`
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
