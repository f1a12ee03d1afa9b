package catalogue

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"interlink/domain"
	"interlink/domain/policy"
)

// Bundle is what a reader found in a data tree: entries without address and
// owner, each with its Key.
type Bundle struct {
	Entries []*Entry          // problems, Interlinkers and schemas
	Files   map[*Entry]string // where each was read; its key is named if it is not there
	Issues  []Issue
	Deleted []domain.IRI          // what the catalogue had once that it is of
	Along   Along                 // nil if no files came along
	From    map[*Entry]domain.IRI // addresses that entries had; nil for a format that has none
}

// file names where an entry was read.
func (b Bundle) file(e *Entry) string {
	if f := b.Files[e]; f != "" {
		return f
	}
	return e.Key
}

// Issue is something odd in a data tree. An Error keeps the whole tree from
// being imported; anything else is a warning.
type Issue struct {
	File    string `json:"file"`
	Line    int    `json:"line,omitempty"` // in the file, from 1; 0 if it has none
	Field   string `json:"field"`
	Message string `json:"message"`
	Error   bool   `json:"-"`
}

// Where names the place of the issue: the file, with the line if there is one.
func (i Issue) Where() string {
	if i.Line > 0 {
		return fmt.Sprintf("%s:%d", i.File, i.Line)
	}
	return i.File
}

// Counts says what an import did with one kind of entry.
type Counts struct {
	Added     int `json:"added"`
	Updated   int `json:"updated"`
	Deleted   int `json:"deleted,omitempty"` // as they were in the catalogue that they came from
	Unchanged int `json:"unchanged"`
}

// Report is what an import did, or would do.
type Report struct {
	Interlinkers    Counts `json:"interlinkers"`
	ProblemProfiles Counts `json:"problemProfiles"`
	Schemas         Counts `json:"schemas"`
	Phases          int    `json:"phases"`
	Objectives      int    `json:"objectives"`
	Tasks           int    `json:"tasks"`

	Effects []Effect `json:"effects,omitempty"` // the first of what is new or changed

	Warnings []Issue `json:"warnings"`
	Errors   []Issue `json:"errors"`

	again []func(context.Context) error // once the pictures that came along are shown
}

// Effect is what an import did, or would do, with one entry.
type Effect struct {
	Kind    Kind   `json:"kind"`
	Key     string `json:"key"`
	Name    string `json:"name"`
	Added   bool   `json:"added"` // else it is changed
	Deleted bool   `json:"deleted,omitempty"`
}

// maxEffects bounds how many a report names.
const maxEffects = 200

func (r *Report) effect(e *Entry, added bool) {
	if len(r.Effects) < maxEffects {
		r.Effects = append(r.Effects, Effect{e.Kind, e.Key, e.Name.String(), added, e.Status == Deleted})
	}
}

// counts returns the counter of a kind.
func (r *Report) counts(k Kind) *Counts {
	switch k {
	case KindProblem:
		return &r.ProblemProfiles
	case KindSchema:
		return &r.Schemas
	default:
		return &r.Interlinkers
	}
}

// Import brings the catalogue of this node to what a bundle says: entries are
// found again by their key, changed ones get a new version, what the bundle
// lacks stays as it is; what came from a catalogue that deleted it is deleted.
// What was deleted here does not come back. All is one transaction; with errors in the bundle
// nothing changes and the report names them. dryRun does everything and rolls
// back. Errors: Forbidden unless v administers the node; Conflict.
func (s *Service) Import(ctx context.Context, v policy.Viewer, b Bundle, dryRun bool) (Report, error) {
	report := Report{Warnings: []Issue{}, Errors: []Issue{}}
	if err := policy.Allow(v, policy.Edit, &Entry{}); err != nil {
		return report, err
	}
	local, err := s.store.Local(ctx)
	if err != nil {
		return report, err
	}
	buried, err := s.store.Buried(ctx, everyTombstone)
	if err != nil {
		return report, err
	}
	for _, issue := range append(slices.Clone(b.Issues), b.check(local)...) {
		if issue.Error {
			report.Errors = append(report.Errors, issue)
		} else {
			report.Warnings = append(report.Warnings, issue)
		}
	}
	if len(report.Errors) > 0 {
		return report, nil
	}
	changed, events, err := s.merge(ctx, b, local, buried, v.Actor, &report)
	if err != nil {
		return report, err
	}
	lost, change, err := s.lost(ctx, b.Deleted, local, v.Actor, &report)
	if err != nil {
		return report, err
	}
	changed, events = append(changed, lost...), append(events, change.Events...)
	if len(changed) == 0 {
		return report, nil
	}
	summary := report
	summary.Warnings, summary.Errors, summary.Effects = nil, nil, nil
	subject := domain.Subject{Kind: "catalogue", ID: domain.ID(s.owner)}
	events = append(events, domain.NewEvent(s.mint, Imported, v.Actor, subject, summary))
	change.Events = events
	if err := s.store.Save(ctx, changed, change, dryRun); err != nil || dryRun {
		return report, err
	}
	for _, again := range report.again {
		if err := again(ctx); err != nil {
			return report, err
		}
	}
	return report, nil
}

// lost finds the entries that came, by an earlier import, from a catalogue that
// deleted them since.
func (s *Service) lost(ctx context.Context, deleted []domain.IRI, local []*Entry, by domain.ActorID, report *Report) (lost []*Entry, change domain.Change, err error) {
	for _, e := range local {
		if e.Key == "" || e.Status == Draft || !slices.Contains(deleted, domain.IRI(e.Key)) {
			continue
		}
		told, err := s.store.Told(ctx, e.IRI)
		if err != nil {
			return nil, change, err
		}
		sweeps, err := s.sweeping(ctx, e)
		if err != nil {
			return nil, change, err
		}
		change.Events, change.Jobs = append(change.Events, s.buried(e, by, told)...), append(change.Jobs, sweeps...)
		report.counts(e.Kind).Deleted++
		report.effect(e, false)
		lost = append(lost, e)
	}
	return lost, change, nil
}

// register finds which entry of this node something brought is.
type register struct {
	known map[string]*Entry  // by kind and key, or alias
	dead  map[string]bool    // kinds and keys of what was deleted here
	slugs map[string]bool    // kinds and slugs, in small letters
	taken map[domain.ID]bool // what is brought already
}

func registerOf(local []*Entry, buried []Tombstone, found []*Entry) *register {
	r := &register{known: make(map[string]*Entry, len(local)), dead: make(map[string]bool, len(buried)), slugs: make(map[string]bool, len(local)), taken: make(map[domain.ID]bool, len(local))}
	for _, e := range local {
		r.known[string(e.Kind)+" "+e.Key] = e
		r.slugs[string(e.Kind)+" "+strings.ToLower(e.Slug)] = true
		if key := string(e.Kind) + " " + string(e.IRI); e.Key == "" && r.known[key] == nil {
			r.known[key] = e // as its own export calls it
		}
		if e.Interlinker != nil {
			for _, alias := range e.Interlinker.Aliases {
				if key := "interlinker " + alias; r.known[key] == nil {
					r.known[key] = e
				}
			}
		}
	}
	for _, t := range buried {
		r.dead[string(t.Kind)+" "+string(t.IRI)] = true // as its own export calls it
		r.dead[string(t.Kind)+" "+t.Key] = t.Key != ""
		r.slugs[string(t.Kind)+" "+strings.ToLower(t.Slug)] = true
	}
	// What a tree calls by an entry's key is that entry; only what is left may
	// be found by an alias, and once.
	for _, e := range found {
		if old := r.known[string(e.Kind)+" "+e.Key]; old != nil && old.Key == e.Key {
			r.taken[old.ID] = true
		}
	}
	return r
}

// find returns the entry that something brought is; nil if it is new.
func (r *register) find(e *Entry) *Entry {
	old := r.known[string(e.Kind)+" "+e.Key]
	if old != nil && old.Key != e.Key {
		if r.taken[old.ID] {
			return nil
		}
		r.taken[old.ID] = true
	}
	return old
}

// merge finds what is new or changed, and counts.
func (s *Service) merge(ctx context.Context, b Bundle, local []*Entry, buried []Tombstone, by domain.ActorID, report *Report) (changed []*Entry, events []domain.Event, err error) {
	r := registerOf(local, buried, b.Entries)
	for _, e := range b.Entries {
		if e.Schema != nil {
			report.Phases += e.Schema.Count(Phase)
			report.Objectives += e.Schema.Count(Objective)
			report.Tasks += e.Schema.Count(Task)
		}
		counts, old := report.counts(e.Kind), r.find(e)
		if err := s.bring(ctx, e, old, b.Along, report); err != nil {
			return nil, nil, err
		}
		switch {
		case old == nil && r.dead[string(e.Kind)+" "+e.Key]:
			counts.Unchanged++
		case old == nil:
			counts.Added++
			report.effect(e, true)
			s.adopt(e, func(slug string) bool { return r.slugs[string(e.Kind)+" "+strings.ToLower(slug)] })
			r.slugs[string(e.Kind)+" "+strings.ToLower(e.Slug)] = true
			e.ChangedBy = by
			changed = append(changed, e)
			events = append(events, s.event(Created(e.Kind), by, e))
		case old.Hash == e.ContentHash() || old.Status == Withdrawn || old.Status == Draft:
			counts.Unchanged++
		default:
			counts.Updated++
			report.effect(e, false)
			old.Name, old.Summary, old.Interlinker, old.Problem, old.Schema = e.Name, e.Summary, e.Interlinker, e.Problem, e.Schema
			old.Attached = e.Attached
			old.Hash, old.UpdatedAt = e.ContentHash(), s.mint.Now()
			old.Version++
			old.ChangedBy = by
			changed = append(changed, old)
			events = append(events, s.event(Updated(e.Kind), by, old))
		}
	}
	return changed, events, nil
}

// adopt gives a new entry its address and owner. Its slug comes from the last
// part of the key; one that is taken gets its nature added.
func (s *Service) adopt(e *Entry, taken func(slug string) bool) {
	slug := e.Key[strings.LastIndexByte(e.Key, '/')+1:]
	if e.Kind == KindProblem {
		slug = e.Problem.Code
	} else {
		slug = slugOf(slug)
	}
	free := slug
	if taken(free) && e.Interlinker != nil {
		free = slug + "-" + strings.TrimSuffix(string(e.Interlinker.Nature), "interlinker")
	}
	for n := 2; taken(free); n++ {
		free = fmt.Sprintf("%s-%d", slug, n)
	}
	now := s.mint.Now()
	e.ID, e.Serial, e.Slug, e.Owner = s.mint.ID(), s.mint.Serial(), free, s.owner
	e.IRI = s.ns.IRI(collections[e.Kind], free)
	e.handOut(e)
	e.Status, e.Version, e.Hash = Published, 1, e.ContentHash()
	e.PublishedAt, e.UpdatedAt = now, now
}

// slugOf makes a slug of a name, its letters without marks: [a-z0-9-]{1,80}.
func slugOf(name string) string {
	var b strings.Builder
	dash := false
	for _, r := range strings.ToLower(name) {
		letters := cmp.Or(bare[r], string(r))
		switch {
		case letters[0] >= 'a' && letters[0] <= 'z' || letters[0] >= '0' && letters[0] <= '9':
			if dash && b.Len() > 0 {
				b.WriteByte('-')
			}
			dash = false
			b.WriteString(letters)
		case unicode.Is(unicode.Mn, r): // a mark that stands by itself
		default:
			dash = true
		}
		if b.Len() >= 60 {
			break
		}
	}
	return cmp.Or(b.String(), "entry")
}

// check judges the entries together: keys once, references known. Codes that
// no profile defines, here or among the entries of this node, are warnings:
// they simply match nothing.
func (b Bundle) check(local []*Entry) []Issue {
	var issues []Issue
	keys := map[string]bool{}
	codes := map[string]bool{}
	for _, e := range slices.Concat(b.Entries, local) {
		if e.Problem != nil {
			codes[strings.ToUpper(e.Problem.Code)] = true
		}
	}
	for _, e := range b.Entries {
		file, key := b.file(e), string(e.Kind)+" "+e.Key
		if keys[key] {
			issues = append(issues, Issue{File: file, Field: "id", Message: "this entry is there twice", Error: true})
		}
		keys[key] = true
		for _, f := range domain.FieldsOf(e.Check()) {
			issues = append(issues, Issue{File: file, Field: f.Field, Message: explain(f), Error: true})
		}
		for _, code := range e.Problems() {
			if !codes[strings.ToUpper(code)] {
				issues = append(issues, Issue{File: file, Field: "problemprofiles", Message: "no problem profile has the code " + code})
			}
		}
	}
	return issues
}

// explain says a problem of an import in English, the language of data trees.
func explain(e *domain.Error) string {
	if sentence, ok := explanations[e.Key]; ok {
		return fmt.Sprintf(sentence, e.Args...)
	}
	return e.Error()
}

var explanations = map[string]string{
	"catalogue.circle":       "the prerequisites form a circle: remove one of them",
	"catalogue.day":          "this is no day: write it as 2026-11-26",
	"catalogue.code":         "a code has other characters than letters, digits and . _ : -, or more than 80",
	"catalogue.kind":         "this is no Interlinker, problem profile or schema",
	"catalogue.name_missing": "there is no name in any language",
	"catalogue.nature":       "this is no nature of an Interlinker",
	"catalogue.node":         "%v has no name, or a text or list of it is too long",
	"catalogue.too_many":     "there are more than %v",
	"catalogue.tree":         "%v is there twice, or not below what it should be",
	"catalogue.uri":          "an address begins with neither https:// nor http://",
	"error.language":         "%q is no language",
	"error.not_text":         "this is no text",
	"error.too_long":         "it is longer than %v bytes",
}
