package seed

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"

	"interlink/domain/catalogue"
)

// Below returns the tree of an archive: its root, or the one directory in it
// in which the tree lies, as archives of a repository have it.
func Below(archive fs.FS) fs.FS {
	for range 4 {
		entries, err := fs.ReadDir(archive, ".")
		if err != nil {
			return archive
		}
		var only fs.DirEntry
		for _, e := range entries {
			switch {
			case e.Name() == "interlinkers" || e.Name() == "problemprofiles" || e.Name() == "schemas":
				return archive
			case e.IsDir() && only == nil:
				only = e
			case e.IsDir():
				return archive
			}
		}
		if only == nil {
			return archive
		}
		below, err := fs.Sub(archive, only.Name())
		if err != nil {
			return archive
		}
		archive = below
	}
	return archive
}

// whole is a tree in one document, the all.json of interlinkers-data: its
// external Interlinkers are in one list, whichever they are.
type whole struct {
	Problems     json.RawMessage `json:"problemprofiles"`
	Schemas      []json.RawMessage
	Interlinkers struct {
		Software          []json.RawMessage
		Knowledge         []json.RawMessage
		External          []json.RawMessage
		ExternalSoftware  []json.RawMessage
		ExternalKnowledge []json.RawMessage
	}
}

// ReadAll reads a tree that is one JSON document. It is laid out as the tree
// that it was made of, and read as one: instructions and documents, which are
// files of their own, are not in it. What is wrong is among the issues.
func ReadAll(file string, raw []byte) catalogue.Bundle {
	fail := func(format string, args ...any) catalogue.Bundle {
		return catalogue.Bundle{Issues: []catalogue.Issue{{File: file, Message: fmt.Sprintf(format, args...), Error: true}}}
	}
	if len(raw) > maxTree || depth(raw) > maxDepth {
		return fail("larger than %d MB, or nested more than %d deep", maxTree>>20, maxDepth)
	}
	var all whole
	if err := json.Unmarshal(raw, &all); err != nil {
		return fail("not the JSON of a tree: %v", err)
	}
	l := layout{taken: map[string]bool{}}
	l.zip = zip.NewWriter(&l.bytes)
	if all.Problems != nil {
		l.file("problemprofiles/problemprofiles.json", all.Problems)
	}
	for _, schema := range all.Schemas {
		l.schema(schema)
	}
	in := all.Interlinkers
	for folder, list := range map[string][]json.RawMessage{
		"software": in.Software, "knowledge": in.Knowledge, "externalsoftware": in.ExternalSoftware, "externalknowledge": in.ExternalKnowledge,
	} {
		l.interlinkers(folder, list)
	}
	for _, item := range in.External {
		var of struct{ Type string }
		if json.Unmarshal(item, &of) == nil && of.Type == "software" {
			l.interlinkers("externalsoftware", []json.RawMessage{item})
		} else {
			l.interlinkers("externalknowledge", []json.RawMessage{item})
		}
	}
	if err := l.zip.Close(); err != nil {
		return fail("cannot be laid out: %v", err)
	}
	tree, err := zip.NewReader(bytes.NewReader(l.bytes.Bytes()), int64(l.bytes.Len()))
	if err != nil {
		return fail("cannot be laid out: %v", err)
	}
	return Read(tree)
}

// layout writes a document as the files of a tree.
type layout struct {
	bytes bytes.Buffer
	zip   *zip.Writer
	taken map[string]bool
	n     int
}

func (l *layout) file(name string, raw []byte) {
	w, err := l.zip.Create(name)
	if err == nil {
		_, _ = w.Write(raw) // a buffer
	}
}

// directory is a name for an element of a list: its id, as directories are
// called by it, or its number.
func (l *layout) directory(parent string, raw json.RawMessage) string {
	var of struct{ ID string }
	_ = json.Unmarshal(raw, &of) // what is no object is said when it is read
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' {
			return r
		}
		return '-'
	}, of.ID)
	if l.n++; name == "" || len(name) > 100 || l.taken[strings.ToLower(parent+name)] {
		name = fmt.Sprintf("item-%d", l.n)
	}
	l.taken[strings.ToLower(parent+name)] = true
	return parent + name
}

func (l *layout) interlinkers(folder string, list []json.RawMessage) {
	for _, item := range list {
		l.file(l.directory("interlinkers/"+folder+"/", item)+"/metadata.json", item)
	}
}

func (l *layout) schema(raw json.RawMessage) {
	dir := l.directory("schemas/", raw)
	l.file(dir+"/metadata.json", raw)
	var of struct{ Phases []json.RawMessage }
	_ = json.Unmarshal(raw, &of)
	for i, phase := range of.Phases {
		l.file(fmt.Sprintf("%s/phases/%04d.json", dir, i), phase)
	}
}
