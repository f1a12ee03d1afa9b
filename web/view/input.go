package view

import (
	"slices"
	"strconv"
	"strings"
)

// input is a field of a form, as the templates of fields get it.
type input struct {
	Field
	ID       string // of the element; unique if names are
	Typed    string // value to show
	Problems []Problem
	Describe string // ids for aria-describedby
	Prefix   string // shown before the line, such as "@"
	Suffix   string // shown behind the line, such as a host
	Inline   bool   // radios side by side
	Lang     string // of what is typed; "" for the page's
	Focus    bool   // the keyboard is there at first
}

// field makes a field for a template: its form, its name, the key of its
// label, and options, each "word" or "word:value": type:email, hint:<key>,
// autocomplete:username, max:80, rows:6, value:…, prefix:…, suffix:…, id:…,
// optional, inline, lang:es, focus. An argument of []Option gives the choices of a select
// (radios and checkboxes with type:radios, type:checkboxes).
func field(form Form, name, label string, options ...any) input {
	in := input{Field: Field{Name: name, Label: Say(label)}, ID: "f-" + name}
	for _, o := range options {
		switch o := o.(type) {
		case []Option:
			in.Options = o
			if in.Control == "" {
				in.Control = Select
			}
		case string:
			in.set(o)
		}
	}
	return in.with(form)
}

// Hinted is the field with a hint that has values.
func (in input) Hinted(hint Sentence) input {
	in.Hint = hint
	in.Describe = strings.TrimSpace(in.ID + "-hint " + in.Describe)
	return in
}

func (in *input) set(option string) {
	word, value, _ := strings.Cut(option, ":")
	switch word {
	case "type":
		in.Control = Control(value)
	case "hint":
		in.Hint = Say(value)
	case "autocomplete":
		in.Autocomplete = value
	case "max":
		in.Max, _ = strconv.Atoi(value) // written in templates; a test renders them all
	case "rows":
		in.Rows, _ = strconv.Atoi(value)
	case "value":
		in.Value = value
	case "prefix":
		in.Prefix = value
	case "suffix":
		in.Suffix = value
	case "id":
		in.ID = "f-" + value
	case "optional":
		in.Optional = value != "false"
	case "inline":
		in.Inline = true
	case "lang":
		in.Lang = value
	case "focus":
		in.Focus = value != "false"
	}
}

// with takes over what was typed and what is wrong with it.
func (in input) with(form Form) input {
	if in.ID == "" {
		in.ID = "f-" + in.Name
	}
	if in.Control == "" {
		in.Control = TextInput
	}
	in.Typed = in.Value
	if typed, ok := form.Values[in.Name]; ok || form.Values != nil && in.Control == Checks {
		in.Options = slices.Clone(in.Options)
		for i := range in.Options {
			in.Options[i].Selected = slices.Contains(typed, in.Options[i].Value)
		}
		in.Typed = form.Value(in.Name)
	}
	if in.Control == "password" {
		in.Typed = ""
	}
	for _, p := range form.Problems {
		if p.Field == in.Name {
			in.Problems = append(in.Problems, p)
		}
	}
	var ids []string
	if in.Hint.Key != "" {
		ids = append(ids, in.ID+"-hint")
	}
	if len(in.Problems) > 0 {
		ids = append(ids, in.ID+"-error")
	}
	in.Describe = strings.Join(ids, " ")
	return in
}

// Chosen is how many of the options are chosen.
func (in input) Chosen() int {
	n := 0
	for _, o := range in.Options {
		if o.Selected {
			n++
		}
	}
	return n
}

// Offered is how many there are to choose from, on the page or found by words.
func (in input) Offered() int {
	if in.Finder != nil {
		return max(in.Finder.Total, len(in.Options))
	}
	return len(in.Options)
}

// Open reports whether the choices are in sight at once.
func (in input) Open() bool {
	return len(in.Problems) > 0 || in.Finder != nil && in.Finder.Words != ""
}

// Inputs are the fields of the page with what was typed.
func (x FormPage) Inputs() []input {
	var all []input
	for _, f := range x.Fields {
		all = append(all, input{Field: f}.with(x.Form))
	}
	return all
}
