package coproduction

import (
	"archive/zip"
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/policy"
)

// maxArchives is how many archives one process of the node writes at once:
// each takes as long as its reader does.
const maxArchives = 6

// Archive is a process, or a branch of it, about to be written as one ZIP
// file. It is to be closed.
type Archive struct {
	s       *Service
	process *Process
	tree    *Tree
	items   []Item // without what is written about them, see [Archive.pages]
	only    domain.ID
	inside  bool               // of the whole: nothing is left out
	hides   bool               // what is written about an item is for who sees inside of it
	open    map[domain.ID]bool // the items inside of which the reader may see
	shown   ResourceFilter

	zip     *zip.Writer
	words   ArchiveWords
	taken   map[string]bool        // paths, in small letters
	folders map[domain.ID]string   // of tasks
	paths   map[domain.ID][]string // of the present versions of resources, by task, in order
	links   []manifestEntry
	entries []manifestEntry
}

// ArchiveWords puts into words what an archive says of people and statuses.
type ArchiveWords struct {
	Say    func(key string, args ...any) string // in the reader's language
	Text   func(domain.Text) string
	Person func(domain.ActorID) string // their address; "" if not known
}

// Archive makes an archive of what the viewer may see of a process: of the
// whole for "", else of the branch of an item. Errors: NotFound; TooMany if too
// many are written just now.
func (s *Service) Archive(ctx context.Context, v policy.Viewer, name string, item domain.ID) (*Archive, error) {
	p, t, err := s.Guide(ctx, v, name, "")
	if err != nil {
		return nil, err
	}
	a := &Archive{
		s: s, process: p, tree: t, only: item, inside: inside(v, p), hides: p.Hides(v),
		open: map[domain.ID]bool{}, taken: map[string]bool{}, folders: map[domain.ID]string{}, paths: map[domain.ID][]string{},
	}
	if a.items, err = t.branchOf(item); err != nil {
		return nil, err
	}
	a.shown.Item = item
	if err := s.confine(ctx, v, p, &a.shown); err != nil {
		return nil, err
	}
	for _, id := range a.shown.Inside {
		a.open[id] = true
	}
	select {
	case s.archives <- struct{}{}:
		return a, nil
	default:
		return nil, domain.Fail(domain.TooMany, "resource.archives_busy").In(time.Minute)
	}
}

// sees reports whether the reader may see what is not public at an item.
func (a *Archive) sees(item domain.ID) bool { return a.inside || a.open[item] }

// Close lets others write theirs.
func (a *Archive) Close() { <-a.s.archives }

// Name is what the file is called.
func (a *Archive) Name() string {
	name := a.process.Name
	if it, err := a.tree.Item(a.only); err == nil {
		name += " " + shortened(it.Name.String(), 80)
	}
	return titled(name + ".zip")
}

// branchOf returns an item with all above and below it, in the order of the
// tree; all items for "".
func (t *Tree) branchOf(id domain.ID) ([]Item, error) {
	if id == "" {
		return t.items, nil
	}
	it, err := t.Item(id)
	if err != nil {
		return nil, err
	}
	in := map[domain.ID]bool{id: true}
	for above := it.Parent; above != ""; {
		in[above] = true
		parent, err := t.Item(above)
		if err != nil {
			return nil, err
		}
		above = parent.Parent
	}
	below := map[domain.ID]bool{id: true}
	var out []Item
	for _, it := range t.items { // each after the one above it
		below[it.ID] = below[it.ID] || below[it.Parent]
		if in[it.ID] || below[it.ID] {
			out = append(out, it)
		}
	}
	return out, nil
}

// manifestEntry says what a file of the archive is.
type manifestEntry struct {
	Path               string       `json:"path,omitempty"` // "" for a link
	Size               int64        `json:"size"`
	SHA256             string       `json:"sha256,omitempty"`
	Missing            bool         `json:"missing,omitempty"` // it could not be read
	Resource           domain.ID    `json:"resource,omitempty"`
	Item               domain.IRI   `json:"item,omitempty"`
	Kind               ResourceKind `json:"kind,omitempty"`
	Name               string       `json:"name,omitempty"`
	URL                domain.IRI   `json:"url,omitempty"`
	Type               string       `json:"mediaType,omitempty"`
	Version            int          `json:"version,omitempty"`
	Present            bool         `json:"present,omitempty"` // the present version
	Summary            string       `json:"summary,omitempty"`
	Language           domain.Lang  `json:"language,omitempty"`
	Licence            string       `json:"licence,omitempty"`
	Public             bool         `json:"public,omitempty"`
	Interlinker        domain.IRI   `json:"interlinker,omitempty"`
	InterlinkerVersion int          `json:"interlinkerVersion,omitempty"`
	Source             domain.IRI   `json:"source,omitempty"`
	By                 string       `json:"by,omitempty"`
	At                 *time.Time   `json:"at,omitempty"`

	inside bool // the reader may see who made it, and older versions
}

// manifest is manifest.json: what is in the archive, and how to check it.
type manifest struct {
	Process domain.IRI      `json:"process"`
	Item    domain.IRI      `json:"item,omitempty"`
	Made    time.Time       `json:"made"`
	Whole   bool            `json:"whole"` // what is for members alone is in it too
	Entries []manifestEntry `json:"entries"`
	Links   []manifestEntry `json:"links,omitempty"`
}

// Write writes the archive as it reads it: no more than one document, a part of
// one file, or what is written about some items, is in memory. What cannot be read is left out, and the
// manifest says so. Errors: those of w and of the store.
func (a *Archive) Write(ctx context.Context, w io.Writer, words ArchiveWords) error {
	a.zip, a.words = zip.NewWriter(w), words
	a.name()
	for page := (domain.Page{Limit: domain.MaxPage}); ; {
		list, err := a.s.store.Resources(ctx, a.process.ID, a.shown, page)
		if err != nil {
			return err
		}
		for i := range list.Items {
			if err := a.resource(ctx, &list.Items[i]); err != nil {
				return err
			}
		}
		if page.After = list.Next; list.Next == "" {
			break
		}
	}
	if err := a.written("process.md", "text/markdown", func(w io.Writer) error { return a.readable(ctx, w) }); err != nil {
		return err
	}
	if len(a.links) > 0 {
		if err := a.written("links.md", "text/markdown", a.linkList); err != nil {
			return err
		}
	}
	if err := a.written("process.json", "application/json", func(w io.Writer) error { return a.whole(ctx, w) }); err != nil {
		return err
	}
	m := manifest{Process: a.process.IRI, Made: a.s.mint.Now(), Whole: a.inside, Entries: a.entries, Links: a.links}
	if a.only != "" {
		m.Item = a.process.ItemIRI(a.only)
	}
	err := a.written("manifest.json", "application/json", func(w io.Writer) error {
		raw, err := json.MarshalIndent(m, "", "  ")
		if err == nil {
			_, err = w.Write(append(raw, '\n'))
		}
		return err
	})
	if err != nil {
		return err
	}
	return a.zip.Close()
}

// name gives each task its folder: its place in the tree, then its name.
func (a *Archive) name() {
	places := map[domain.ID]string{}
	for _, it := range a.items {
		places[it.ID] = strings.TrimPrefix(places[it.Parent]+"."+strconv.Itoa(a.tree.Place(it.ID)+1), ".")
		if it.Kind == Task {
			a.folders[it.ID] = "resources/" + titled(places[it.ID]+" "+shortened(a.words.Text(it.Name), 80))
		}
	}
}

// titled makes a file's name of a title, in which a slash parts no folders.
func titled(title string) string {
	return FileName(strings.NewReplacer("/", "_", `\`, "_").Replace(title))
}

// shortened cuts a text to so many bytes, between two letters.
func shortened(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "")
}

// unique returns a path that nothing in the archive has, on any file system.
func (a *Archive) unique(folder, name string) string {
	extension := path.Ext(name)
	stem := strings.TrimSuffix(name, extension)
	for n := 1; ; n++ {
		at := folder + "/" + name
		if n > 1 {
			at = folder + "/" + stem + " (" + strconv.Itoa(n) + ")" + extension
		}
		if key := strings.ToLower(at); !a.taken[key] {
			a.taken[key] = true
			return at
		}
	}
}

func (a *Archive) resource(ctx context.Context, listed *Resource) error {
	r, err := a.s.store.Resource(ctx, listed.ID)
	if err != nil {
		return err
	}
	folder, there := a.folders[r.Item]
	if !there || !r.RemovedAt.IsZero() || !r.Public && !a.sees(r.Item) {
		return nil // changed meanwhile
	}
	entry := manifestEntry{
		Resource: r.ID, Item: a.process.ItemIRI(r.Item), Kind: r.Kind, Name: r.Name, Language: r.Language, Licence: r.Licence, Public: r.Public,
		Interlinker: r.Interlinker, InterlinkerVersion: r.InterlinkerVersion, Source: r.Source, inside: a.sees(r.Item),
	}
	name := titled(shortened(r.Name, 120) + ".md")
	if r.Kind == File {
		name = r.File.Name
	}
	present, err := a.s.store.Version(ctx, r.ID, r.Version)
	if err != nil {
		return err
	}
	entry.Present = true
	if r.Kind != Link {
		at := a.unique(folder, name)
		a.paths[r.Item] = append(a.paths[r.Item], at)
		if err := a.version(ctx, at, entry, *present); err != nil {
			return err
		}
		name = path.Base(at)
	} else {
		a.link(entry, *present)
	}
	if r.Version == 1 || !entry.inside {
		return nil
	}
	entry.Present = false
	return a.versions(ctx, folder+"/"+FileName(shortened(name, 120)+" versions"), r, entry)
}

// versions writes the older versions of a resource.
func (a *Archive) versions(ctx context.Context, folder string, r *Resource, entry manifestEntry) error {
	for page := (domain.Page{Limit: domain.MaxPage}); ; {
		list, err := a.s.store.Versions(ctx, r.ID, page)
		if err != nil {
			return err
		}
		for _, listed := range list.Items {
			if listed.Number == r.Version {
				continue
			}
			v, err := a.s.store.Version(ctx, r.ID, listed.Number)
			if err != nil {
				return err
			}
			name := "v" + strconv.Itoa(v.Number)
			if r.Kind == Link {
				a.link(entry, *v)
				continue
			}
			if r.Kind == File {
				name += " " + v.File.Name
			} else {
				name += ".md"
			}
			if err := a.version(ctx, a.unique(folder, FileName(name)), entry, *v); err != nil {
				return err
			}
		}
		if page.After = list.Next; list.Next == "" {
			return nil
		}
	}
}

// describe adds to an entry what it says of a version.
func (a *Archive) describe(e *manifestEntry, v Version) {
	at := v.At
	e.Version, e.Summary, e.At = v.Number, v.Summary, &at
	if e.inside && a.words.Person != nil {
		e.By = a.words.Person(v.By)
	}
}

// link notes where a link leads, or led.
func (a *Archive) link(e manifestEntry, v Version) {
	a.describe(&e, v)
	e.URL = v.URL
	a.links = append(a.links, e)
}

func (a *Archive) version(ctx context.Context, at string, e manifestEntry, v Version) error {
	a.describe(&e, v)
	e.Path, e.Type = at, "text/markdown"
	if v.File.Hash == "" {
		return a.add(e, strings.NewReader(v.Body), v.At)
	}
	e.Type = v.File.Type
	content, err := a.s.files.Open(ctx, v.File.Hash)
	if err != nil {
		e.Missing, e.Path, e.Size, e.SHA256 = true, "", v.File.Size, v.File.Hash
		a.entries = append(a.entries, e)
		return nil
	}
	defer func() { _ = content.Close() }()
	return a.add(e, content, v.At)
}

// add writes one file of what is read, and notes its size and hash. What cannot
// be read is missing.
func (a *Archive) add(e manifestEntry, content io.Reader, at time.Time) error {
	from := &faulty{from: content}
	return a.file(e, at, func(e *manifestEntry, w io.Writer) error {
		_, err := io.Copy(w, from)
		if from.err != nil {
			e.Missing, err = true, nil
		}
		return err
	})
}

// written writes one file of the archive's own.
func (a *Archive) written(at, mediaType string, write func(w io.Writer) error) error {
	return a.file(manifestEntry{Path: at, Type: mediaType}, a.s.mint.Now(), func(_ *manifestEntry, w io.Writer) error {
		buffered := bufio.NewWriter(w)
		if err := write(buffered); err != nil {
			return err
		}
		return buffered.Flush()
	})
}

func (a *Archive) file(e manifestEntry, at time.Time, write func(e *manifestEntry, w io.Writer) error) error {
	header := &zip.FileHeader{Name: e.Path, Method: zip.Deflate, Modified: at}
	if packed(e.Type) {
		header.Method = zip.Store
	}
	w, err := a.zip.CreateHeader(header)
	if err != nil {
		return err
	}
	sum, size := sha256.New(), counter(0)
	if err := write(&e, io.MultiWriter(w, sum, &size)); err != nil {
		return err
	}
	e.SHA256, e.Size = hex.EncodeToString(sum.Sum(nil)), int64(size)
	a.entries = append(a.entries, e)
	return nil
}

// counter counts bytes.
type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

// packed reports whether bytes of a type are not made smaller by packing them.
func packed(mediaType string) bool {
	kind, what, _ := strings.Cut(mediaType, "/")
	switch kind {
	case "image":
		return what != "svg+xml" && what != "bmp"
	case "audio", "video":
		return true
	}
	return strings.Contains(what, "zip") || strings.Contains(what, "openxmlformats") || strings.Contains(what, "opendocument") || what == "pdf"
}

// faulty remembers what failed in reading, apart from what failed in writing.
type faulty struct {
	from io.Reader
	err  error
}

func (f *faulty) Read(p []byte) (int, error) {
	n, err := f.from.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		f.err = err
	}
	return n, err
}

// archivedAtOnce is how many items are read whole at a time.
const archivedAtOnce = 100

// pages goes through the items with what is written about them, as far as the
// reader may see it.
func (a *Archive) pages(ctx context.Context) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		for some := range slices.Chunk(a.items, archivedAtOnce) {
			ids := make([]domain.ID, len(some))
			for i, it := range some {
				ids[i] = it.ID
			}
			read, err := a.s.store.ItemsOf(ctx, a.process.ID, ids)
			if err != nil {
				yield(Item{}, err)
				return
			}
			written := make(map[domain.ID]domain.Text, len(read))
			for _, it := range read {
				if !a.hides || a.sees(it.ID) {
					written[it.ID] = it.Description
				}
			}
			for _, it := range some {
				it.Description = written[it.ID]
				if !yield(it, nil) {
					return
				}
			}
		}
	}
}
