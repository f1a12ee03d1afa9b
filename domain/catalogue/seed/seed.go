// Package seed reads the INTERLINK project's catalogue tree: problem
// profiles, coproduction schemas and Interlinkers as JSON with Markdown
// instructions beside them. It tolerates what such trees are known to have
// wrong, naming each fault with file and field, and believes nothing: files
// are bounded, names cannot leave the tree, and odd input never panics.
package seed

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"sort"
	"strings"
	"unicode/utf8"

	"interlink/domain/catalogue"
)

// The bounds of a tree.
const (
	maxFile     = 4 << 20  // bytes of a JSON file
	maxMarkdown = 1 << 20  // bytes of a text
	maxTree     = 64 << 20 // bytes that are read in all
	maxFiles    = 20_000
	maxEntries  = 20_000
	maxNodes    = 5_000 // of a schema
	maxIssues   = 10_000
	maxDepth    = 64 // of JSON
)

// Open opens a directory so that no name in it, symbolic links included,
// leads out of it.
func Open(dir string) (fs.FS, io.Closer, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, nil, err
	}
	return root.FS(), root, nil
}

// Read reads a whole tree. What is wrong is among the bundle's issues; it
// never fails otherwise.
func Read(tree fs.FS) catalogue.Bundle {
	r := &reader{tree: tree, from: map[*catalogue.Entry]string{}}
	r.root()
	r.problems()
	r.schemas()
	r.interlinkers()
	r.coverage()
	return catalogue.Bundle{Entries: r.entries, Files: r.from, Issues: r.issues}
}

type reader struct {
	tree    fs.FS
	files   int
	read    int64 // bytes
	looked  int64 // bytes of documents that were looked through
	stopped bool  // a bound of the tree is reached: nothing more is read
	entries []*catalogue.Entry
	from    map[*catalogue.Entry]string // their files
	issues  []catalogue.Issue
}

func (r *reader) warn(file, field, format string, args ...any) {
	r.note(catalogue.Issue{File: file, Field: field, Message: fmt.Sprintf(format, args...)})
}

func (r *reader) fail(file, field, format string, args ...any) {
	r.note(catalogue.Issue{File: file, Field: field, Message: fmt.Sprintf(format, args...), Error: true})
}

func (r *reader) note(i catalogue.Issue) {
	switch {
	case r.stopped:
	case len(r.issues) < maxIssues:
		r.issues = append(r.issues, i)
	default:
		r.stop(i.File, "there are more than %d faults: those above come first", maxIssues)
	}
}

// stop ends the reading with one last error.
func (r *reader) stop(file, format string, args ...any) {
	if !r.stopped {
		r.stopped = true
		r.issues = append(r.issues, catalogue.Issue{File: file, Message: fmt.Sprintf(format, args...), Error: true})
	}
}

func (r *reader) add(file string, e *catalogue.Entry) {
	if len(r.entries) == maxEntries {
		r.stop(file, "the tree has more than %d entries", maxEntries)
	}
	if !r.stopped {
		r.entries = append(r.entries, e)
		r.from[e] = file
	}
}

// root refuses a directory that is no tree at all: somebody named another one
// than they meant.
func (r *reader) root() {
	for _, part := range []string{"interlinkers", "problemprofiles", "schemas"} {
		if _, err := fs.Lstat(r.tree, part); !errors.Is(err, fs.ErrNotExist) {
			return
		}
	}
	r.fail(".", "", "has none of interlinkers, problemprofiles and schemas: name the directory in which they are")
}

// dirs lists the directories in dir, by name; a missing dir has none.
func (r *reader) dirs(dir string) []string {
	var names []string
	for _, e := range r.list(dir) {
		if e.IsDir() {
			names = append(names, e.Name())
		} else if e.Type()&fs.ModeSymlink != 0 {
			r.fail(path.Join(dir, e.Name()), "", "a symbolic link: replace it by what it points to")
		}
	}
	return names
}

func (r *reader) list(dir string) []fs.DirEntry {
	if r.stopped {
		return nil
	}
	entries, err := fs.ReadDir(r.tree, dir)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			r.fail(dir, "", "cannot be listed: %v", err)
		}
		return nil
	}
	if r.files += len(entries); r.files > maxFiles {
		r.stop(dir, "the tree has more than %d files", maxFiles)
		return nil
	}
	sort.Slice(entries, func(i, j int) bool { return entries[i].Name() < entries[j].Name() })
	return entries
}

// bytes reads a file of at most limit bytes; ok is false after an issue.
func (r *reader) bytes(file string, limit int64) (raw []byte, ok bool) {
	if r.stopped {
		return nil, false
	}
	info, err := fs.Lstat(r.tree, file)
	if err == nil && info.Mode()&fs.ModeSymlink != 0 {
		r.fail(file, "", "a symbolic link: replace it by what it points to")
		return nil, false
	}
	if err == nil && !info.Mode().IsRegular() {
		r.fail(file, "", "not a file")
		return nil, false
	}
	if err == nil && info.Size() > limit {
		r.fail(file, "", "%d MB: more than %d MB are not read", info.Size()>>20, limit>>20)
		return nil, false
	}
	f, err := r.tree.Open(file)
	if err != nil {
		r.fail(file, "", "cannot be read: %v", err)
		return nil, false
	}
	defer f.Close()
	raw, err = io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil || int64(len(raw)) > limit {
		r.fail(file, "", "cannot be read, or is too large: %v", err)
		return nil, false
	}
	if r.read += int64(len(raw)); r.read > maxTree {
		r.stop(file, "the tree has more than %d MB to read", maxTree>>20)
		return nil, false
	}
	raw = []byte(strings.TrimPrefix(string(raw), "\ufeff"))
	if !utf8.Valid(raw) {
		r.fail(file, "", "not UTF-8")
		return nil, false
	}
	if bytes.IndexByte(raw, 0) >= 0 {
		r.fail(file, "", "has a NUL character, which no text has")
		return nil, false
	}
	return raw, true
}

// json reads a JSON file.
func (r *reader) json(file string) (raw []byte, ok bool) {
	if raw, ok = r.bytes(file, maxFile); ok && escapesNUL(raw) {
		r.fail(file, "", `has a NUL character (\u0000), which no text has`)
		return nil, false
	}
	return raw, ok
}

// escapesNUL reports whether a string of a JSON text holds an escaped NUL.
func escapesNUL(raw []byte) bool {
	for {
		i := bytes.IndexByte(raw, '\\')
		if i < 0 || i+1 == len(raw) {
			return false
		}
		if raw = raw[i+1:]; bytes.HasPrefix(raw, []byte("u0000")) {
			return true
		}
		raw = raw[1:]
	}
}

// object reads a JSON object.
func (r *reader) object(file string) (object, bool) {
	raw, ok := r.json(file)
	if !ok {
		return object{}, false
	}
	return r.parse(file, raw)
}

func (r *reader) parse(file string, raw []byte) (object, bool) {
	if depth(raw) > maxDepth {
		r.fail(file, "", "nested more than %d deep", maxDepth)
		return object{}, false
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil || members == nil {
		r.fail(file, "", "not a JSON object: %v", err)
		return object{}, false
	}
	return object{r: r, file: file, members: members}, true
}

// depth returns how deep brackets are nested, outside strings.
func depth(raw []byte) int {
	deepest, now := 0, 0
	inString, escaped := false, false
	for _, c := range raw {
		switch {
		case escaped:
			escaped = false
		case inString:
			escaped = c == '\\'
			inString = c != '"'
		case c == '"':
			inString = true
		case c == '{' || c == '[':
			now++
			deepest = max(deepest, now)
		case c == '}' || c == ']':
			now--
		}
	}
	return deepest
}

// problems reads problemprofiles/problemprofiles.json.
func (r *reader) problems() {
	const file = "problemprofiles/problemprofiles.json"
	if _, err := fs.Stat(r.tree, file); errors.Is(err, fs.ErrNotExist) {
		r.warn(file, "", "the tree has no problem profiles")
		return
	}
	raw, ok := r.json(file)
	if !ok {
		return
	}
	var list []json.RawMessage
	if depth(raw) > maxDepth || json.Unmarshal(raw, &list) != nil {
		r.fail(file, "", "not a JSON list")
		return
	}
	for i, item := range list {
		if r.stopped {
			return
		}
		at := fmt.Sprintf("%s#%d", file, i)
		o, ok := r.parse(at, item)
		if !ok {
			continue
		}
		code := o.text("id")
		if code == "" {
			r.fail(at, "id", "a problem profile without id")
			continue
		}
		name, summary := o.named()
		r.add(at, &catalogue.Entry{
			Kind: catalogue.KindProblem, Key: strings.ToUpper(code), Name: name, Summary: summary,
			Problem: &catalogue.ProblemProfile{Code: code, Functionality: o.texts("functionality_translations")},
		})
	}
}

// coverage tells what nothing answers: hints for those who keep a catalogue.
func (r *reader) coverage() {
	answered, asked := map[string]bool{}, map[string]bool{}
	for _, e := range r.entries {
		for _, code := range e.Problems() {
			switch e.Kind {
			case catalogue.KindInterlinker:
				answered[strings.ToUpper(code)] = true
			case catalogue.KindSchema:
				asked[strings.ToUpper(code)] = true
			}
		}
	}
	for _, e := range r.entries {
		if e.Kind != catalogue.KindProblem {
			continue
		}
		if code := strings.ToUpper(e.Problem.Code); !answered[code] {
			r.warn("problemprofiles/problemprofiles.json", e.Problem.Code, "no Interlinker answers this problem profile")
		} else if !asked[code] {
			r.warn("problemprofiles/problemprofiles.json", e.Problem.Code, "no task of a schema has this problem profile")
		}
	}
}
