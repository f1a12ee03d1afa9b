package view

import (
	"net/url"
	"slices"
	"strings"
)

// Difference is a field in which what was typed is not what there is by now,
// because somebody else saved the same meanwhile.
type Difference struct {
	Field        string
	Label        Sentence
	Theirs, Mine Filled
}

// Filled is what a field says: its text, or what was chosen.
type Filled struct {
	Text   string
	Chosen []Option
}

// Compare lists in what a form as it is by now differs from what was typed, with
// the revision that it has now; nothing for pages whose form is not made of fields.
func Compare(now Page, typed url.Values) (all []Difference, revision string) {
	var inputs []input
	switch x := now.(type) {
	case FormPage:
		inputs = x.Inputs()
	case DescribePage:
		for _, texts := range x.Langs {
			inputs = append(inputs, texts.Inputs()...)
		}
		inputs, revision = append(inputs, x.Inputs()...), x.Revision
	}
	for _, in := range inputs {
		switch {
		case in.Name == "revision":
			revision = in.Value
			continue
		case in.Control == Hidden || in.Control == File || in.Control == "password":
			continue
		case in.Control != Check && in.Control != Checks && !typed.Has(in.Name):
			continue
		}
		d := Difference{Field: in.Name, Label: in.Label, Theirs: in.filled(), Mine: in.with(Form{Values: typed}).filled()}
		if in.Control == Check {
			d.Mine = checked(typed.Get(in.Name) != "")
		}
		if !d.Theirs.equal(d.Mine) {
			all = append(all, d)
		}
	}
	return all, revision
}

// filled is what the field says.
func (in input) filled() Filled {
	if in.Control == Check {
		return checked(in.Typed != "")
	}
	if in.Options == nil {
		return Filled{Text: strings.TrimSpace(strings.ReplaceAll(in.Typed, "\r\n", "\n"))}
	}
	return Filled{Chosen: slices.DeleteFunc(slices.Clone(in.Options), func(o Option) bool { return !o.Selected && o.Value != in.Typed })}
}

func checked(yes bool) Filled {
	if yes {
		return Filled{Chosen: []Option{{Value: "yes", Key: "ui.yes"}}}
	}
	return Filled{}
}

func (a Filled) equal(o Filled) bool {
	return a.Text == o.Text && slices.EqualFunc(a.Chosen, o.Chosen, func(a, b Option) bool { return a.Value == b.Value })
}
