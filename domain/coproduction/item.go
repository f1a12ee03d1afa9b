package coproduction

import (
	"slices"
	"time"

	"interlink/domain"
)

// ItemKind is the level of an item of the tree.
type ItemKind string

// The kinds: phases hold objectives, objectives hold tasks.
const (
	Phase     ItemKind = "phase"
	Objective ItemKind = "objective"
	Task      ItemKind = "task"
)

// Parent returns the kind that holds this one, "" for a phase.
func (k ItemKind) Parent() ItemKind {
	switch k {
	case Objective:
		return Phase
	case Task:
		return Objective
	}
	return ""
}

// Known reports whether k is one of the kinds.
func (k ItemKind) Known() bool { return k == Phase || k == Objective || k == Task }

// Status says how far a task, and by roll-up all above it, has come.
type Status string

// The statuses.
const (
	Awaiting   Status = "awaiting"
	InProgress Status = "in_progress"
	Finished   Status = "finished"
)

// Known reports whether s is one of the statuses.
func (s Status) Known() bool { return s == Awaiting || s == InProgress || s == Finished }

// Item is a phase, objective or task of a process.
type Item struct {
	ID            domain.ID
	Parent        domain.ID // "" for a phase
	Kind          ItemKind
	Position      int // order among its siblings, from 0
	Name          domain.Text
	Description   domain.Text  // Markdown
	Problems      []string     // codes of problem profiles
	Prerequisites []domain.ID  // items of the same kind that come first
	Interlinkers  []domain.IRI // that the source suggests or that were taken here
	Complexity    int          // 0 to 100
	CoDelivery    bool         // delivered together, not only designed together
	Status        Status       // of a task; "" above, where it is derived
	Starts, Ends  time.Time    // of a task, planned; zero if not
	DisabledAt    time.Time    // zero while it is in use
	DisabledBy    domain.ActorID
	FromNode      string   // path of the schema's node it came from; "" if added by hand
	FromItem      string   // id of the source's item it was cloned from
	Formerly      []string // ids by which others know it: of what FromItem came from, and where it was brought from
	Revision      int64
}

// maxFormerly is how many former ids an item remembers.
const maxFormerly = 16

// FormerIDs are the first of some ids, each once, as many as an item remembers.
func FormerIDs(ids ...string) []string {
	var out []string
	for _, id := range ids {
		if id != "" && !slices.Contains(out, id) && len(out) < maxFormerly {
			out = append(out, id)
		}
	}
	return out
}

// Disabled reports whether the item itself was put aside; see [Tree.Enabled]
// for the branch.
func (i Item) Disabled() bool { return !i.DisabledAt.IsZero() }

// ItemIRI is the address of an item of the process, as page and object.
func (p *Process) ItemIRI(id domain.ID) domain.IRI {
	return p.IRI + "/guide/" + domain.IRI(id)
}

// ResourceIRI is the address of the page of a resource of the process.
func (p *Process) ResourceIRI(id domain.ID) domain.IRI {
	return p.IRI + "/resources/" + domain.IRI(id)
}

// WithDetails returns the item with other details, unchecked: to be shown.
func (i Item) WithDetails(d ItemDetails) Item {
	i.Name, i.Description, i.Problems, i.Prerequisites = d.Name, d.Description, d.Problems, d.Prerequisites
	i.Complexity, i.CoDelivery, i.Starts, i.Ends = d.Complexity, d.CoDelivery, d.Starts, d.Ends
	return i
}

// apply puts the details into the item. Errors: Invalid.
func (i *Item) apply(d ItemDetails) error {
	d = d.clean()
	if err := d.check(i.Kind); err != nil {
		return err
	}
	*i = i.WithDetails(d)
	return nil
}
