package coproduction

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"interlink/domain"
)

// ItemDetails is what people write about an item.
type ItemDetails struct {
	Name          domain.Text
	Description   domain.Text // Markdown
	Problems      []string    // codes of problem profiles
	Prerequisites []domain.ID // items of the same kind
	Complexity    int         // 0 to 100
	CoDelivery    bool
	Starts, Ends  time.Time // of a task; days, at midnight UTC

	// Checked are, in an edit, the languages of which the writer says that they
	// say what the original says; nothing reads them back.
	Checked []domain.Lang
}

// The longest lists of an item.
const (
	maxProblems      = 200 // as a source from elsewhere may have
	maxCode          = 500 // bytes of one code
	maxPrerequisites = 200
)

// Details returns what people wrote about the item.
func (i Item) Details() ItemDetails {
	return ItemDetails{
		Name: i.Name, Description: i.Description, Problems: i.Problems, Prerequisites: i.Prerequisites,
		Complexity: i.Complexity, CoDelivery: i.CoDelivery, Starts: i.Starts, Ends: i.Ends,
	}
}

// clean trims texts and takes out of lists what is empty or there twice.
func (d ItemDetails) clean() ItemDetails {
	d.Name, d.Description = d.Name.Clean(), d.Description.Clean()
	var codes []string
	for _, code := range d.Problems {
		if code = strings.TrimSpace(code); code != "" && !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	var before []domain.ID
	for _, id := range d.Prerequisites {
		if id != "" && !slices.Contains(before, id) {
			before = append(before, id)
		}
	}
	d.Problems, d.Prerequisites = codes, before
	d.Starts, d.Ends = day(d.Starts), day(d.Ends)
	return d
}

// day is midnight, in UTC, of the day that a time names; zero stays.
func day(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

func (d ItemDetails) check(kind ItemKind) error {
	var p domain.Problems
	if d.Name.Empty() {
		p.Add("name", "process.item_name_missing")
	}
	if d.Name.Longest() > maxTitle {
		p.Add("name", "process.text_too_long", maxTitle)
	}
	if d.Description.Longest() > maxText {
		p.Add("description", "process.text_too_long", maxText)
	}
	if len(d.Problems) > maxProblems || slices.ContainsFunc(d.Problems, func(code string) bool { return len(code) > maxCode }) {
		p.Add("problems", "process.too_many_problems", maxProblems)
	}
	if len(d.Prerequisites) > maxPrerequisites {
		p.Add("prerequisites", "process.too_many_prerequisites", maxPrerequisites)
	}
	if d.Complexity < 0 || d.Complexity > 100 {
		p.Add("complexity", "process.complexity_range")
	}
	if kind != Task && (!d.Starts.IsZero() || !d.Ends.IsZero()) {
		p.Add("starts", "process.dates_of_tasks_only")
	}
	d.checkDates(&p)
	return p.Err()
}

// Readable returns d with the days of now for those that could not be read.
func (d ItemDetails) Readable(now ItemDetails) ItemDetails {
	if d.Starts.Equal(domain.Unreadable) {
		d.Starts = now.Starts
	}
	if d.Ends.Equal(domain.Unreadable) {
		d.Ends = now.Ends
	}
	return d
}

func (d ItemDetails) checkDates(p *domain.Problems) {
	before := len(*p)
	p.Day("starts", d.Starts)
	p.Day("ends", d.Ends)
	if len(*p) == before && !d.Starts.IsZero() && !d.Ends.IsZero() && d.Ends.Before(d.Starts) {
		p.Add("ends", "process.ends_before_start")
	}
}

// Part names one thing of an item that can be changed by itself: a field of
// its details, and of a text one language.
type Part struct {
	Field string      `json:"field"`
	Lang  domain.Lang `json:"lang,omitempty"` // of a name or description
}

// The fields, as parts name them.
const (
	FieldName          = "name"
	FieldDescription   = "description"
	FieldProblems      = "problems"
	FieldPrerequisites = "prerequisites"
	FieldComplexity    = "complexity"
	FieldCoDelivery    = "coDelivery"
	FieldStarts        = "starts"
	FieldEnds          = "ends"
	FieldParent        = "parent"      // in the history of moves only, as
	FieldPlace         = "place"       // this,
	FieldTranslation   = "translation" // and of translations that were checked this
)

// String is how forms name the part: "name.en", "starts".
func (p Part) String() string {
	if p.Lang == "" {
		return p.Field
	}
	return p.Field + "." + string(p.Lang)
}

// Difference is a part in two versions. Values are words: a text as it is, a
// list with one entry a line, a day as 2006-01-02, a number in digits, a flag
// as "yes"; "" for none.
type Difference struct {
	Part
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
}

// Value returns a part as [Difference] writes it.
func (d ItemDetails) Value(p Part) string {
	switch p.Field {
	case FieldName:
		return d.Name[p.Lang]
	case FieldDescription:
		return d.Description[p.Lang]
	case FieldProblems:
		return strings.Join(d.Problems, "\n")
	case FieldPrerequisites:
		ids := make([]string, len(d.Prerequisites))
		for i, id := range d.Prerequisites {
			ids[i] = string(id)
		}
		return strings.Join(ids, "\n")
	case FieldComplexity:
		if d.Complexity != 0 {
			return strconv.Itoa(d.Complexity)
		}
	case FieldCoDelivery:
		if d.CoDelivery {
			return "yes"
		}
	case FieldStarts:
		return dayValue(d.Starts)
	case FieldEnds:
		return dayValue(d.Ends)
	}
	return ""
}

func dayValue(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}

// With returns the details with a part as [ItemDetails.Value] gave it. What is
// no value of the part counts as none; an unknown part changes nothing.
func (d ItemDetails) With(p Part, value string) ItemDetails {
	switch p.Field {
	case FieldName:
		d.Name = withText(d.Name, p.Lang, value)
	case FieldDescription:
		d.Description = withText(d.Description, p.Lang, value)
	case FieldProblems:
		d.Problems = lines(value)
	case FieldPrerequisites:
		d.Prerequisites = nil
		for _, id := range lines(value) {
			d.Prerequisites = append(d.Prerequisites, domain.ID(id))
		}
	case FieldComplexity:
		d.Complexity, _ = strconv.Atoi(value)
	case FieldCoDelivery:
		d.CoDelivery = value != ""
	case FieldStarts:
		d.Starts, _ = time.Parse(time.DateOnly, value)
	case FieldEnds:
		d.Ends, _ = time.Parse(time.DateOnly, value)
	}
	return d
}

func withText(t domain.Text, lang domain.Lang, value string) domain.Text {
	out := make(domain.Text, len(t)+1)
	for l, s := range t {
		out[l] = s
	}
	out[lang] = value
	return out.Clean()
}

func lines(value string) []string {
	if value == "" {
		return nil
	}
	return strings.Split(value, "\n")
}

// parts lists all parts of which one of the versions has a value.
func parts(versions ...ItemDetails) []Part {
	var out []Part
	for _, field := range []string{FieldName, FieldDescription} {
		var langs []domain.Lang
		for _, d := range versions {
			text := d.Name
			if field == FieldDescription {
				text = d.Description
			}
			langs = append(langs, text.Langs()...)
		}
		slices.Sort(langs)
		for _, lang := range slices.Compact(langs) {
			out = append(out, Part{Field: field, Lang: lang})
		}
	}
	for _, field := range []string{FieldProblems, FieldPrerequisites, FieldComplexity, FieldCoDelivery, FieldStarts, FieldEnds} {
		out = append(out, Part{Field: field})
	}
	return out
}

// Diff lists the parts in which two versions differ: texts first, by language.
func Diff(before, after ItemDetails) []Difference {
	var out []Difference
	for _, p := range parts(before, after) {
		if b, a := before.Value(p), after.Value(p); b != a {
			out = append(out, Difference{Part: p, Before: b, After: a})
		}
	}
	return out
}

// Choice is a part that two people changed, or one of them.
type Choice struct {
	Part
	Base, Theirs, Mine string
	Both               bool // changed by both, and not alike: somebody must choose
}

// Merge joins two versions that were made of one base. A part that one of
// them changed is taken from it; of a part that both changed to different
// values mine is in merged, and choices says so. choices has every part in
// which theirs and mine differ.
func Merge(base, theirs, mine ItemDetails) (merged ItemDetails, choices []Choice) {
	merged = mine
	for _, p := range parts(base, theirs, mine) {
		c := Choice{Part: p, Base: base.Value(p), Theirs: theirs.Value(p), Mine: mine.Value(p)}
		if c.Theirs == c.Mine {
			continue
		}
		c.Both = c.Theirs != c.Base && c.Mine != c.Base
		if c.Mine == c.Base {
			merged = merged.With(p, c.Theirs)
		}
		choices = append(choices, c)
	}
	return merged, choices
}
