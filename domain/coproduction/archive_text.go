package coproduction

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"

	"interlink/domain"
)

// archivedProcess is process.json: a process with its tree, for programs.
type archivedProcess struct {
	IRI        domain.IRI     `json:"id"`
	Name       string         `json:"name"`
	Title      domain.Text    `json:"title"`
	Summary    domain.Text    `json:"summary,omitempty"`
	Aim        domain.Text    `json:"aim,omitempty"`
	Challenges domain.Text    `json:"challenges,omitempty"`
	Language   domain.Lang    `json:"language"`
	Visibility string         `json:"visibility"`
	Schema     domain.IRI     `json:"schema,omitempty"`
	ClonedFrom domain.IRI     `json:"clonedFrom,omitempty"`
	Status     Status         `json:"status"`
	Revision   int64          `json:"revision"`
	CreatedAt  time.Time      `json:"createdAt"`
	UpdatedAt  time.Time      `json:"updatedAt"`
	Items      []archivedItem `json:"items"`
}

type archivedItem struct {
	IRI           domain.IRI   `json:"id"`
	Parent        domain.IRI   `json:"parent,omitempty"`
	Kind          ItemKind     `json:"kind"`
	Position      int          `json:"position"`
	Name          domain.Text  `json:"name"`
	Description   domain.Text  `json:"description,omitempty"`
	Problems      []string     `json:"problems,omitempty"`
	Prerequisites []domain.IRI `json:"prerequisites,omitempty"`
	Interlinkers  []domain.IRI `json:"interlinkers,omitempty"`
	Complexity    int          `json:"complexity,omitempty"`
	CoDelivery    bool         `json:"coDelivery,omitempty"`
	Status        Status       `json:"status"`
	Starts        *time.Time   `json:"starts,omitempty"`
	Ends          *time.Time   `json:"ends,omitempty"`
	Disabled      bool         `json:"disabled,omitempty"`
	FromNode      string       `json:"fromSchemaNode,omitempty"`
	FromItem      string       `json:"fromItem,omitempty"`
	Folder        string       `json:"folder,omitempty"` // of its resources in the archive
}

// whole writes process.json, item by item.
func (a *Archive) whole(ctx context.Context, w io.Writer) error {
	head, err := json.MarshalIndent(a.head(), "", "  ")
	if err != nil {
		return err
	}
	const end = "]\n}"
	head, between := bytes.TrimSuffix(head, []byte(end)), "\n    "
	for it, err := range a.pages(ctx) {
		if err != nil {
			return err
		}
		raw, err := json.MarshalIndent(a.item(it), "    ", "  ")
		if err != nil {
			return err
		}
		if _, err := w.Write(slices.Concat(head, []byte(between), raw)); err != nil {
			return err
		}
		head, between = nil, ",\n    "
	}
	if head == nil {
		head = []byte("\n  ")
	}
	_, err = w.Write(slices.Concat(head, []byte(end+"\n")))
	return err
}

func (a *Archive) head() archivedProcess {
	p := a.process
	out := archivedProcess{
		IRI: p.IRI, Name: p.Name, Title: p.Title, Summary: p.Summary, Aim: p.Aim, Challenges: p.Challenges, Language: p.Language,
		Visibility: string(p.Visibility), Schema: p.SchemaIRI, Status: p.Status, Revision: p.Revision, CreatedAt: p.CreatedAt, UpdatedAt: p.UpdatedAt,
		Items: []archivedItem{},
	}
	if p.ClonedFrom != nil {
		out.ClonedFrom = p.ClonedFrom.IRI
	}
	return out
}

func (a *Archive) item(it Item) archivedItem {
	out := archivedItem{
		IRI: a.process.ItemIRI(it.ID), Kind: it.Kind, Position: it.Position, Name: it.Name, Description: it.Description, Problems: it.Problems,
		Interlinkers: it.Interlinkers, Complexity: it.Complexity, CoDelivery: it.CoDelivery, Status: a.tree.Status(it.ID), Disabled: it.Disabled(),
		FromNode: it.FromNode, FromItem: it.FromItem,
	}
	if it.Parent != "" {
		out.Parent = a.process.ItemIRI(it.Parent)
	}
	for _, before := range it.Prerequisites {
		out.Prerequisites = append(out.Prerequisites, a.process.ItemIRI(before))
	}
	if !it.Starts.IsZero() {
		out.Starts = &it.Starts
	}
	if !it.Ends.IsZero() {
		out.Ends = &it.Ends
	}
	if len(a.paths[it.ID]) > 0 {
		out.Folder = a.folders[it.ID]
	}
	return out
}

// readable writes process.md: the process for people.
func (a *Archive) readable(ctx context.Context, w io.Writer) error {
	b := &prose{w: w}
	p := a.process
	b.WriteString("# " + heading(a.words.Text(p.Title)) + "\n\n<" + string(p.IRI) + ">\n")
	for _, text := range []domain.Text{p.Summary, p.Aim, p.Challenges} {
		if words := a.words.Text(text); words != "" {
			b.WriteString("\n" + words + "\n")
		}
	}
	marks := map[ItemKind]string{Phase: "## ", Objective: "### ", Task: "#### "}
	for it, err := range a.pages(ctx) {
		if err != nil {
			return err
		}
		b.WriteString("\n" + marks[it.Kind] + heading(a.words.Text(it.Name)) + "\n\n" + a.facts(it) + "\n")
		if words := a.words.Text(it.Description); words != "" {
			b.WriteString("\n" + words + "\n")
		}
		for i, at := range a.paths[it.ID] {
			if i == 0 {
				b.WriteString("\n")
			}
			b.WriteString("- [" + label(strings.TrimPrefix(at, a.folders[it.ID]+"/")) + "](<" + (&url.URL{Path: at}).EscapedPath() + ">)\n")
		}
	}
	return b.err
}

// prose writes words until that fails.
type prose struct {
	w   io.Writer
	err error
}

// WriteString writes words.
func (l *prose) WriteString(words string) {
	if l.err == nil {
		_, l.err = io.WriteString(l.w, words)
	}
}

// facts are the status and dates of an item.
func (a *Archive) facts(it Item) string {
	words := []string{a.words.Say("status." + string(a.tree.Status(it.ID)))}
	if it.Disabled() {
		words = append(words, a.words.Say("ui.disabled"))
	}
	starts, ends := a.tree.Dates(it.ID)
	for _, at := range []time.Time{starts, ends} {
		if !at.IsZero() {
			words = append(words, at.Format(time.DateOnly))
		}
	}
	return "*" + strings.Join(words, " · ") + "*"
}

// linkList writes links.md: where the links of the tasks lead.
func (a *Archive) linkList(w io.Writer) error {
	b := &prose{w: w}
	b.WriteString("# " + heading(a.words.Text(a.process.Title)) + "\n\n")
	for _, l := range a.links {
		if l.Present {
			b.WriteString("- [" + label(l.Name) + "](<" + string(l.URL) + ">)\n")
		}
	}
	return b.err
}

// heading is text on one line.
func heading(s string) string { return strings.Join(strings.Fields(s), " ") }

// label is text between the brackets of a link.
func label(s string) string {
	return strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`, "<", `\<`, "`", "\\`", "*", `\*`, "_", `\_`).Replace(heading(s))
}
