package view

import (
	"time"

	"interlink/web/locale"
)

// Said is what an actor says of itself beside its description.
type Said struct {
	Fields  []ActorField
	MovedTo *Actor // who took its place; nil while it is here
}

// MovePage lets a person or community move to another server, or be who
// somebody else moves to, at /me/move, /communities/{name}/move and
// /processes/{name}/move.
//
// Forms: POST Action {target, password}; POST Action/back; POST
// Action/aliases {alias}; POST Action/aliases/remove {alias}.
type MovePage struct {
	Frame
	Crumbs  []Link
	Action  string
	Handle  string
	Form    Form
	Which   string // form that Form belongs to: "move", "back", "aliases"
	Aliases []Alias
	MovedTo *Actor    // nil while it is here
	Until   time.Time // until then it cannot move again; zero if it can

	Process bool      // it is one: its clones go along
	Export  string    // address of the archive of a community, which takes along what was said; "" for others
	Back    time.Time // until then a process can come back; zero if it did not move
	Late    bool      // that is over
}

// Alias is another actor of who this is.
type Alias struct {
	Actor
	Address string
}

// Replacement says that somebody whom the reader followed moved.
type Replacement struct {
	From, To Actor
	State    string // of the new follow
	At       time.Time
}

func (x MovePage) head(p *locale.Printer) head {
	return head{template: "move", title: p.T("move.title"), noindex: true}
}
