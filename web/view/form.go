package view

import (
	"net/url"
	"slices"

	"interlink/domain"
)

// Form is what was typed and what is wrong with it. Its zero value is an
// empty form. Fields of input have the names of the domain's fields, so that
// an error of the domain finds its place.
type Form struct {
	Values   url.Values // as typed; nil for the defaults
	Problems []Problem  // for the summary on top; with Field, also at the field

	Theirs []Difference // what is saved by now beside what was typed; mostly none
}

// Problem is one thing wrong with a form.
type Problem struct {
	Field string // name of the input; "" for the form as a whole
	Sentence
	Err error // printed if Sentence is empty
}

// Failed makes the form of a refused input: what was typed, and the errors of
// the domain, each at its field.
func Failed(typed url.Values, err error) Form {
	f := Form{Values: typed}
	fields := domain.FieldsOf(err)
	for _, e := range fields {
		f.Problems = append(f.Problems, Problem{Field: e.Field, Err: e})
	}
	if len(fields) == 0 && err != nil {
		f.Problems = []Problem{{Err: err}}
	}
	return f
}

// Value returns what was typed into a field, or "".
func (f Form) Value(name string) string { return f.Values.Get(name) }

// Touched reports whether anything was typed into one of the fields, or is
// wrong with it.
func (f Form) Touched(names ...string) bool {
	return slices.ContainsFunc(f.Problems, func(p Problem) bool { return slices.Contains(names, p.Field) }) ||
		slices.ContainsFunc(names, func(name string) bool { return f.Values.Get(name) != "" })
}

// Option is one choice of a select, of radios or of checkboxes.
type Option struct {
	Value    string
	Text     domain.Text // what it is called
	Key      string      // or the key of its translation
	Hint     domain.Text // a line below it; may be empty
	Selected bool        // chosen, unless something was typed
	Disabled bool
}

// OptionGroup is what there is to choose below a heading.
type OptionGroup struct {
	Of      string
	Options []Option
}

// Control is the kind of a field.
type Control string

// The controls. Others of HTML's input types ("email", "password", "url",
// "search", "number", "date") are given as they are.
const (
	TextInput Control = "text"
	TextArea  Control = "textarea"
	Select    Control = "select"
	Radios    Control = "radios"
	Checks    Control = "checkboxes"
	Check     Control = "checkbox"
	Hidden    Control = "hidden"
	File      Control = "file" // its Value is what it accepts: "image/png,image/jpeg"
)

// Field is one question of a [FormPage].
type Field struct {
	Name         string
	Control      Control // "" for a line of text
	Label        Sentence
	Hint         Sentence // may be empty
	Value        string   // default
	Options      []Option // of select, radios and checkboxes
	Optional     bool     // shown as such; fields are required otherwise
	Autocomplete string   // as in HTML; "" for off-hand fields
	Max          int      // characters; 0 for no limit
	Rows         int      // of a textarea; 0 for 5
	Source       string   // what is to be translated; "" for none
	SourceLang   domain.Lang
	Folded       bool    // many checkboxes, of which few are chosen
	Finder       *Finder // of further ones; may be nil
}

// Finder looks for choices where there are more than fit on a page. Its button
// sends the form with the field "find", to be shown again with what Name's
// words find.
type Finder struct {
	Name     string
	Words    string // looked for; "" if nothing was
	Found    int    // by them; the first of them are offered
	Total    int    // that there are
	Complete string // address that completes what is typed, see complete.js
}

// FormPage is a page with one form, for all that needs no page of its own.
// It posts its fields to Action.
type FormPage struct {
	Frame
	Crumbs []Link
	Title  Sentence
	Lead   Sentence // may be empty
	About  []Post   // what the form is about; mostly none
	Rules  Rich     // by which that is judged; may be empty
	Action string
	Fields []Field
	Form   Form
	First  Way // another button before the one of the form, which sends it elsewhere and is the one that counts; may be empty
	Submit Sentence
	Cancel string   // address to go back to
	Danger bool     // the button warns
	Lost   Sentence // what cannot be undone, for a dangerous form
}

// Upload reports whether the form sends a file.
func (x FormPage) Upload() bool {
	return slices.ContainsFunc(x.Fields, func(f Field) bool { return f.Control == File })
}

// ConfirmPage asks before something that cannot be undone, and says what will
// be lost. It posts to Action, with the Revision that was seen if there is one;
// if Word is set, the field "confirm" must repeat it. To be preferred: do it, and offer to undo.
type ConfirmPage struct {
	Frame
	Title    Sentence
	Does     Sentence // in place of the warning that Lost cannot be undone, where it can
	Lost     []Sentence
	Action   string
	Word     string // to be typed, such as the name of the thing; "" for none
	Revision string // "" for none
	Form     Form
	Submit   Sentence
	Cancel   string
}
