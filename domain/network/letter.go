package network

import "interlink/domain"

// JobLetter sends a [Letter].
const JobLetter = "network.letter"

// Letter is a private message of an actor of this node to somebody elsewhere:
// a sentence in their language and a link. It is kept until it has arrived.
type Letter struct {
	ID       domain.ID      `json:"id"` // of the message: sent again it is the same
	From     domain.ActorID `json:"from"`
	To       domain.ActorID `json:"to"`
	Language domain.Lang    `json:"language"`
	Key      string         `json:"key"`             // of the sentence
	About    domain.Text    `json:"about,omitempty"` // its argument
	Says     []string       `json:"says,omitempty"`  // further arguments
	Words    string         `json:"words,omitempty"` // of a person, plain text; below the sentence
	Link     string         `json:"link"`
	Tells    domain.IRI     `json:"tells,omitempty"`   // the activity of which it tells its reader, whose node may know of it
	Refuses  domain.IRI     `json:"refuses,omitempty"` // what of its reader is not published, of which it tells
	Admits   domain.IRI     `json:"admits,omitempty"`  // what of its reader was refused, and is published after all
	Appeals  domain.IRI     `json:"appeals,omitempty"` // what of its writer was refused or removed by its reader, who is asked to look again
	Stands   bool           `json:"stands,omitempty"`  // of Refuses: it is the answer to such an appeal
	Rights   *Rights        `json:"rights,omitempty"`  // what its reader may do, of which it tells
	Trace    domain.IRI     `json:"trace,omitempty"`   // of what it is about, with which it is deleted
}

// Rights are what a letter tells its reader of theirs in a process.
type Rights struct {
	Turn  string   `json:"turn"`  // "given", "changed" or "ended"
	Names []string `json:"names"` // of all that they are, or were; "administer" for everything
	Title string   `json:"title"` // of where, in the letter's language
}

// RightsTurns are what may become of rights.
var RightsTurns = [...]string{"given", "changed", "ended"}
