package api

import (
	"context"
	"net/http"
	"time"

	"interlink/domain"
	"interlink/domain/coproduction"
)

// Item is a phase, objective or task of a process.
type Item struct {
	ID            domain.ID     `json:"id"`
	IRI           domain.IRI    `json:"iri"`
	Parent        domain.ID     `json:"parent,omitempty"`
	Kind          string        `json:"kind" enum:"phase,objective,task"`
	Place         int           `json:"place" doc:"among its siblings, from 0"`
	Name          domain.Text   `json:"name"`
	Description   domain.Text   `json:"description,omitempty" doc:"Markdown"`
	Problems      []string      `json:"problems" doc:"codes of its own and of those above it"`
	OwnProblems   []string      `json:"ownProblems" doc:"codes of its own"`
	Prerequisites []domain.ID   `json:"prerequisites,omitempty"`
	Interlinkers  []domain.IRI  `json:"interlinkers,omitempty"`
	Complexity    int           `json:"complexity" minimum:"0" maximum:"100"`
	CoDelivery    bool          `json:"coDelivery" doc:"delivered together, not only designed together"`
	Status        string        `json:"status" enum:"awaiting,in_progress,finished"`
	Ready         bool          `json:"ready" doc:"what comes first is finished"`
	Late          bool          `json:"late" doc:"should have ended before today, and is not finished"`
	Starts        string        `json:"starts,omitempty" format:"date" doc:"above tasks, the first of those below"`
	Ends          string        `json:"ends,omitempty" format:"date" doc:"above tasks, the last of those below"`
	Enabled       bool          `json:"enabled"`
	Tasks         int           `json:"tasks"`
	Finished      int           `json:"finished"`
	Stale         []domain.Lang `json:"stale,omitempty" doc:"languages in which it translates an older text"`
	Revision      int64         `json:"revision"`
}

func (a *API) item(p *coproduction.Process, t *coproduction.Tree, it coproduction.Item) Item {
	tasks, finished := t.Progress(it.ID)
	starts, ends := t.Dates(it.ID)
	return Item{
		ID: it.ID, IRI: p.ItemIRI(it.ID), Parent: it.Parent, Kind: string(it.Kind), Place: t.Place(it.ID),
		Name: it.Name, Description: it.Description,
		Problems: append([]string{}, t.Problems(it.ID)...), OwnProblems: append([]string{}, it.Problems...),
		Prerequisites: it.Prerequisites, Interlinkers: it.Interlinkers, Complexity: it.Complexity, CoDelivery: it.CoDelivery,
		Status: string(t.Status(it.ID)), Ready: t.Ready(it.ID), Late: t.Late(it.ID, a.Now()),
		Starts: dateOf(starts), Ends: dateOf(ends), Enabled: t.Enabled(it.ID), Tasks: tasks, Finished: finished, Stale: it.StaleLangs(p.Language), Revision: it.Revision,
	}
}

// dateOf writes a day; "" for none.
func dateOf(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}

// ItemID asks for an item of a process.
type ItemID struct {
	Named
	Item string `path:"item" maxLength:"36" doc:"id of the item"`
}

// ItemPaging asks for a list about an item.
type ItemPaging struct {
	ItemID
	Paging
}

// ItemFields is what people write about an item; what is absent stays.
type ItemFields struct {
	Name          *domain.Text  `json:"name,omitempty"`
	Description   *domain.Text  `json:"description,omitempty" doc:"Markdown"`
	Problems      *[]string     `json:"problems,omitempty" maxItems:"200" doc:"codes of problem profiles, in place of those it has"`
	Prerequisites *[]domain.ID  `json:"prerequisites,omitempty" maxItems:"200" doc:"items of the same kind that come first, in place of those it has"`
	Complexity    *int          `json:"complexity,omitempty" minimum:"0" maximum:"100"`
	CoDelivery    *bool         `json:"coDelivery,omitempty"`
	Starts        *string       `json:"starts,omitempty" maxLength:"10" doc:"of a task, as 2026-03-31; empty takes it away"`
	Ends          *string       `json:"ends,omitempty" maxLength:"10"`
	Checked       []domain.Lang `json:"checked,omitempty" maxItems:"50" doc:"languages whose texts say what the original says"`
}

// details puts the fields over what an item has. Errors: Invalid.
func (f ItemFields) details(d coproduction.ItemDetails) coproduction.ItemDetails {
	set(&d.Name, f.Name)
	set(&d.Description, f.Description)
	set(&d.Problems, f.Problems)
	set(&d.Prerequisites, f.Prerequisites)
	set(&d.Complexity, f.Complexity)
	set(&d.CoDelivery, f.CoDelivery)
	d.Checked = f.Checked
	for _, date := range []struct {
		from *string
		to   *time.Time
	}{{f.Starts, &d.Starts}, {f.Ends, &d.Ends}} {
		if date.from != nil {
			*date.to = domain.ParseDay(*date.from)
		}
	}
	return d
}

// ItemInput adds an item.
type ItemInput struct {
	Named
	Body struct {
		Parent domain.ID `json:"parent,omitempty" maxLength:"36" doc:"phase or objective that holds it; absent for a phase"`
		Place  *int      `json:"place,omitempty" minimum:"0" doc:"among its siblings, from 0; absent or larger for the last"`
		ItemFields
	}
}

// ItemEdit changes an item.
type ItemEdit struct {
	ItemID
	Body struct {
		Revision int64 `json:"revision" doc:"the one that was read"`
		ItemFields
	}
}

// ItemPlace moves an item.
type ItemPlace struct {
	ItemID
	Body struct {
		Parent domain.ID `json:"parent,omitempty" maxLength:"36" doc:"phase or objective that is to hold it; absent for a phase"`
		Place  int       `json:"place" minimum:"0" doc:"among its siblings, from 0; larger for the last"`
	}
}

// ItemEnabled puts a branch aside or takes it up again.
type ItemEnabled struct {
	ItemID
	Body struct {
		Enabled bool `json:"enabled"`
	}
}

// ItemConflict tells what somebody else made of an item since it was read.
type ItemConflict struct {
	Revision int64            `json:"revision" doc:"to be sent with the edit that joins both"`
	Known    bool             `json:"known" doc:"base is what was read; else it is what there is now"`
	Parts    []PartOfConflict `json:"parts" doc:"in which what there is now and what was sent differ"`
}

// PartOfConflict is one part of an item in three versions, as words: lists
// with one entry a line.
type PartOfConflict struct {
	Field  string      `json:"field" enum:"name,description,problems,prerequisites,complexity,coDelivery,starts,ends"`
	Lang   domain.Lang `json:"lang,omitempty" doc:"of a text"`
	Base   string      `json:"base,omitempty" doc:"as it was read"`
	Theirs string      `json:"theirs,omitempty" doc:"as it is now"`
	Mine   string      `json:"mine,omitempty" doc:"as it was sent"`
	Both   bool        `json:"both" doc:"changed by both: somebody must choose"`
}

func (a *API) itemOperations() {
	const tag = "Items"
	const at = "/processes/{name}/items/{item}"
	do(a, tag, operation{method: http.MethodGet, path: at, summary: "Read a phase, objective or task"},
		func(ctx context.Context, c *caller, in *ItemID) (*One[Item], error) { return a.itemNow(ctx, c, *in) })
	do(a, tag, operation{
		method: http.MethodPost, path: "/processes/{name}/items", summary: "Add a phase, objective or task", status: http.StatusCreated,
		description: "Below a phase it is an objective, below an objective a task.",
	}, a.addItem)
	do(a, tag, operation{
		method: http.MethodPatch, path: at, summary: "Change a phase, objective or task",
		description: "If somebody else changed what people write about it since the given revision, the answer is 409 with both versions in \"conflict\".",
	}, a.editItem)
	do(a, tag, operation{method: http.MethodPut, path: at + "/place", summary: "Move an item, with all below it"},
		func(ctx context.Context, c *caller, in *ItemPlace) (*One[Item], error) {
			if err := a.Coproduction.MoveItem(ctx, c.viewer, in.Name, domain.ID(in.Item), in.Body.Parent, in.Body.Place); err != nil {
				return nil, err
			}
			return a.itemNow(ctx, c, in.ItemID)
		})
	do(a, tag, operation{
		method: http.MethodPut, path: at + "/enabled", summary: "Put a branch aside, or take it up again",
		description: "Nothing of it is lost: it counts no more, and is left out of stories and clones.",
	}, a.enableItem)
	do(a, tag, operation{method: http.MethodGet, path: at + "/history", summary: "What happened to an item, newest first", own: true},
		func(ctx context.Context, c *caller, in *ItemPaging) (*List[HistoryEntry], error) {
			list, err := a.Coproduction.ItemHistory(ctx, c.viewer, in.Name, domain.ID(in.Item), in.page())
			if err != nil {
				return nil, err
			}
			return shown(ctx, a, c, list, byWhom, func(e domain.Event) HistoryEntry { return a.historyEntry(ctx, c, e) })
		})
}

func (a *API) itemNow(ctx context.Context, c *caller, in ItemID) (*One[Item], error) {
	p, t, err := a.Coproduction.Guide(ctx, c.viewer, in.Name, domain.ID(in.Item))
	if err != nil {
		return nil, err
	}
	it, err := t.Item(domain.ID(in.Item))
	if err != nil {
		return nil, err
	}
	return one(a.item(p, t, it)), nil
}

func (a *API) addItem(ctx context.Context, c *caller, in *ItemInput) (*Made[Item], error) {
	d := in.Body.details(coproduction.ItemDetails{})
	place := coproduction.Last
	set(&place, in.Body.Place)
	added, err := a.Coproduction.AddItem(ctx, c.viewer, in.Name, in.Body.Parent, place, d)
	if err != nil {
		return nil, err
	}
	now, err := a.itemNow(ctx, c, ItemID{in.Named, string(added.ID)})
	if err != nil {
		return nil, err
	}
	return &Made[Item]{Location: string(now.Body.IRI), Body: now.Body}, nil
}

func (a *API) editItem(ctx context.Context, c *caller, in *ItemEdit) (*One[Item], error) {
	m, err := a.Coproduction.Meanwhile(ctx, c.viewer, in.Name, domain.ID(in.Item), in.Body.Revision)
	if err != nil {
		return nil, err
	}
	d := in.Body.details(m.Base)
	err = a.Coproduction.EditItem(ctx, c.viewer, in.Name, domain.ID(in.Item), in.Body.Revision, d)
	if domain.CodeOf(err) == domain.Conflict {
		return nil, a.itemConflict(ctx, c, in, d.Readable(m.Base), err)
	}
	if err != nil {
		return nil, err
	}
	return a.itemNow(ctx, c, in.ItemID)
}

// itemConflict is the problem of an edit that somebody else was before.
func (a *API) itemConflict(ctx context.Context, c *caller, in *ItemEdit, mine coproduction.ItemDetails, err error) error {
	m, failed := a.Coproduction.Meanwhile(ctx, c.viewer, in.Name, domain.ID(in.Item), in.Body.Revision)
	if failed != nil {
		return failed
	}
	p := a.problem(c, err)
	p.Conflict = &ItemConflict{Revision: m.Item.Revision, Known: m.Known, Parts: []PartOfConflict{}}
	_, choices := coproduction.Merge(m.Base, m.Item.Details(), mine)
	for _, x := range choices {
		p.Conflict.Parts = append(p.Conflict.Parts, PartOfConflict{x.Field, x.Lang, x.Base, x.Theirs, x.Mine, x.Both || !m.Known})
	}
	return p
}

func (a *API) enableItem(ctx context.Context, c *caller, in *ItemEnabled) (*One[Item], error) {
	toggle := a.Coproduction.DisableItem
	if in.Body.Enabled {
		toggle = a.Coproduction.RestoreItem
	}
	if err := toggle(ctx, c.viewer, in.Name, domain.ID(in.Item)); err != nil {
		return nil, err
	}
	return a.itemNow(ctx, c, in.ItemID)
}
