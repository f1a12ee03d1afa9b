package view

import "interlink/domain"

// BeginPage asks how a process shall begin, at /processes/new.
type BeginPage struct {
	Frame
	Ways []Way
}

// Way is one way to begin.
type Way struct {
	Href  string
	Icon  string
	Title Sentence
	Words Sentence
}

// ApproachPage asks one question on the way to a schema, at
// /processes/new/{step}. Its form asks by GET, with what was answered before,
// for the next step.
type ApproachPage struct {
	Frame
	Step, Steps int
	Title       Sentence
	Lead        Sentence
	Action      string
	Fields      []Field
	Kept        []Kept
	Back        string
}

// Kept is an answer to another question.
type Kept struct{ Name, Value string }

// Inputs are the fields of the page.
func (x ApproachPage) Inputs() []input { return FormPage{Fields: x.Fields}.Inputs() }

// ChoicePage offers schemas for what was answered, best first, and the models
// of governance that fit, at /processes/new/schemas.
type ChoicePage struct {
	Frame
	Said        []Answer
	Governances []GovernanceChoice
	Schemas     []SchemaChoice
	Empty       string // address to begin with no schema
}

// Answer is what was said to one question, with where it is changed.
type Answer struct {
	Question Sentence
	Words    []Sentence // none: it was left out
	Change   string
}

// GovernanceChoice is a model with what speaks for it.
type GovernanceChoice struct {
	Model   string
	Because []Sentence
}

// SchemaChoice is a schema with why it is offered.
type SchemaChoice struct {
	Name    domain.Text
	Summary domain.Text
	Href    string // the preview: its tree and what each task would get
	Start   string
	Origin  Origin
	Fit     int // 0 to 100
	Phases  int
	Tasks   int
	Reasons []Sentence
}
