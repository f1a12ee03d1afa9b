// Package dump is a whole catalogue as one JSON document, which another node
// imports without loss. Its format has a number; [Schema] describes it.
package dump

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"interlink/domain"
	"interlink/domain/catalogue"
)

// Format names the format, and Version its number. What a later version adds
// is passed over; one with another number is refused.
const (
	Format  = "interlink-catalogue"
	Version = 1
)

// Head is what a document says of itself, before its entries.
type Head struct {
	Schema     string     `json:"$schema,omitempty"`
	Format     string     `json:"format"`
	Version    int        `json:"version"`
	Node       domain.IRI `json:"node"` // base URL of the node it is of
	Name       string     `json:"name,omitempty"`
	ExportedAt time.Time  `json:"exportedAt"`
}

// Document is a whole catalogue.
type Document struct {
	Head
	Entries []Entry   `json:"entries"`
	Deleted []Deleted `json:"deleted,omitempty"` // the newest of what was deleted from it
}

// Deleted is what is left of an entry.
type Deleted struct {
	Kind        catalogue.Kind `json:"kind"`
	IRI         domain.IRI     `json:"iri"`
	At          time.Time      `json:"deletedAt"`
	Replacement domain.IRI     `json:"replacement,omitempty"`
}

// Entry is one published entry.
type Entry struct {
	Kind      catalogue.Kind    `json:"kind"`
	IRI       domain.IRI        `json:"iri"`
	Slug      string            `json:"slug"`
	Key       string            `json:"key,omitempty"` // by which the import it came with finds it again
	Version   int               `json:"version"`
	Published time.Time         `json:"publishedAt"`
	Updated   time.Time         `json:"updatedAt"`
	Content   catalogue.Content `json:"content"`
}

// Writer writes a document, entry by entry.
type Writer struct {
	w     io.Writer
	count int
}

// NewWriter begins a document.
func NewWriter(w io.Writer, h Head) (*Writer, error) {
	h.Format, h.Version = Format, Version
	raw, err := json.Marshal(h)
	if err != nil {
		return nil, err
	}
	_, err = fmt.Fprintf(w, "%s,\"entries\":[", bytes.TrimSuffix(raw, []byte("}")))
	return &Writer{w: w}, err
}

// Write writes an entry.
func (d *Writer) Write(e *catalogue.Entry) error {
	raw, err := json.Marshal(Entry{e.Kind, e.IRI, e.Slug, e.Key, e.Version, e.PublishedAt.UTC(), e.UpdatedAt.UTC(), e.Content()})
	if err != nil {
		return err
	}
	separator := "\n"
	if d.count > 0 {
		separator = ",\n"
	}
	d.count++
	_, err = fmt.Fprintf(d.w, "%s%s", separator, raw)
	return err
}

// Close ends the document, with what was deleted.
func (d *Writer) Close(buried []catalogue.Tombstone) error {
	end := "\n]"
	if len(buried) > 0 {
		gone := make([]Deleted, len(buried))
		for i, t := range buried {
			gone[i] = Deleted{t.Kind, t.IRI, t.At.UTC(), t.Replacement}
		}
		raw, err := json.Marshal(gone)
		if err != nil {
			return err
		}
		end += ",\"deleted\":" + string(raw)
	}
	_, err := io.WriteString(d.w, end+"}\n")
	return err
}

// The bounds of a document.
const (
	maxEntries = 20_000
	maxDepth   = 64
	maxIssues  = 1_000
)

// Read reads a document. What is wrong is among the bundle's issues, with the
// number of the entry; it never fails otherwise. Entries have the key that
// they had, or else their address: so those of a tree that both nodes imported
// are the same.
func Read(file string, raw []byte) catalogue.Bundle {
	b := catalogue.Bundle{Files: map[*catalogue.Entry]string{}, From: map[*catalogue.Entry]domain.IRI{}}
	fail := func(field, format string, args ...any) {
		if len(b.Issues) < maxIssues {
			b.Issues = append(b.Issues, catalogue.Issue{File: file, Field: field, Message: fmt.Sprintf(format, args...), Error: true})
		}
	}
	var doc struct {
		Head
		Entries []json.RawMessage `json:"entries"`
		Deleted []Deleted         `json:"deleted"`
	}
	switch {
	case !utf8.Valid(raw):
		fail("", "not UTF-8")
	case tooDeep(raw):
		fail("", "nested more than %d deep", maxDepth)
	default:
		if err := json.Unmarshal(raw, &doc); err != nil {
			fail("", "not the JSON of a catalogue: %v", err)
		} else if doc.Format != Format || doc.Version != Version {
			fail("version", "is %.40q, version %d: %s, version %d is read", doc.Format, doc.Version, Format, Version)
		} else if len(doc.Entries) > maxEntries {
			fail("entries", "there are more than %d", maxEntries)
		} else if len(doc.Deleted) > catalogue.MaxTombstones {
			fail("deleted", "there are more than %d", catalogue.MaxTombstones)
		}
	}
	if len(b.Issues) > 0 {
		return b
	}
	for _, gone := range doc.Deleted {
		if domain.SameOrigin(gone.IRI, doc.Node) { // of what another node has it does not tell
			b.Deleted = append(b.Deleted, gone.IRI)
		}
	}
	for i, raw := range doc.Entries {
		at := fmt.Sprintf("entries[%d]", i)
		var in Entry
		if err := json.Unmarshal(raw, &in); err != nil {
			fail(at, "cannot be read: %v", err)
			continue
		}
		if bytes.Contains(raw, []byte(`\u0000`)) {
			fail(at, "has a NUL character, which no text has")
			continue
		}
		e := in.entry()
		if e.Key == "" {
			fail(at+".iri", "has neither a key nor an address")
			continue
		}
		b.Entries = append(b.Entries, e)
		b.Files[e], b.From[e] = file+" "+at, in.IRI
	}
	return b
}

func (in Entry) entry() *catalogue.Entry {
	c := in.Content
	return &catalogue.Entry{
		Kind: in.Kind, Key: keyOf(in.Kind, in.IRI, in.Key, c), Name: c.Name.Clean(), Summary: c.Summary.Clean(), Interlinker: c.Interlinker, Problem: c.Problem, Schema: c.Schema,
	}
}

// keyOf is by what an import finds an entry: the key that it had, else its
// address.
func keyOf(kind catalogue.Kind, iri domain.IRI, key string, c catalogue.Content) string {
	if kind == catalogue.KindProblem && c.Problem != nil {
		return strings.ToUpper(c.Problem.Code) // a code is one need, wherever it came from
	}
	return cmp.Or(key, string(iri))
}

func tooDeep(raw []byte) bool {
	depth := 0
	inString, escaped := false, false
	for _, c := range raw {
		switch {
		case escaped:
			escaped = false
		case inString:
			escaped, inString = c == '\\', c != '"'
		case c == '"':
			inString = true
		case c == '{' || c == '[':
			if depth++; depth > maxDepth {
				return true
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return false
}
