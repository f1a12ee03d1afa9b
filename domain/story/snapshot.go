package story

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/lineage"
)

// Snapshot is a process as a story shows it and others clone it: the pruned
// tree and the public resources of what is left. It holds no person, no
// right, and no e-mail address. A snapshot never changes; it is kept by its
// digest and does not depend on the process any more.
type Snapshot struct {
	Process   lineage.SourceProcess `json:"process"`
	Resources []Resource            `json:"resources,omitempty"`
	TakenAt   time.Time             `json:"takenAt"` // to the second
}

// Resource is a public resource in a snapshot.
type Resource struct {
	Item        string                    `json:"item"` // id in the tree
	Kind        coproduction.ResourceKind `json:"kind"`
	Name        string                    `json:"name"`
	URL         domain.IRI                `json:"url,omitempty"`
	Body        string                    `json:"body,omitempty"` // Markdown
	Language    domain.Lang               `json:"language,omitempty"`
	Licence     string                    `json:"licence,omitempty"`
	Interlinker domain.IRI                `json:"interlinker,omitempty"`
	File        *File                     `json:"file,omitempty"` // of a file, which URL serves
	// Whose it is, for what is only linked to: its licence does not let others
	// use it, so that the story leads to where it is instead of showing it.
	Attribution string `json:"attribution,omitempty"`
}

// File is a file in a snapshot.
type File struct {
	Name   string `json:"name"`
	Type   string `json:"mediaType"`
	Size   int64  `json:"size"`   // bytes
	SHA256 string `json:"sha256"` // hex
}

// Stored is the file as this node keeps it, if the story is its own.
func (f File) Stored() coproduction.Stored {
	return coproduction.Stored{Hash: f.SHA256, Name: f.Name, Type: f.Type, Size: f.Size}
}

// Reusable returns the resources that go along with a clone: those whose
// licence lets others use them. Files that are not here stay where they are,
// and are linked to.
func (s *Snapshot) Reusable(here bool) []lineage.SourceResource {
	var out []lineage.SourceResource
	for _, r := range s.Resources {
		if !coproduction.Reusable(r.Licence) {
			continue
		}
		one := lineage.SourceResource{
			IRI: s.Process.IRI, Item: r.Item, Kind: r.Kind, Name: r.Name, URL: r.URL, Body: r.Body, Language: r.Language, Licence: r.Licence, Interlinker: r.Interlinker,
		}
		if r.File != nil && here {
			one.File = r.File.Stored()
		}
		out = append(out, one)
	}
	return out
}

// serve gives the files of a snapshot the addresses at which a story serves
// them.
func (s *Snapshot) serve(story domain.IRI) {
	for i := range s.Resources {
		if f := s.Resources[i].File; f != nil {
			s.Resources[i].URL = story + "/files/" + domain.IRI(f.SHA256)
		}
	}
}

// taking is what a snapshot is made of.
type taking struct {
	source      lineage.SourceProcess // without items
	pages       lineage.Pages         // of the items
	resources   []coproduction.Resource
	process     *coproduction.Process
	attribution string // whose the resources are
	now         time.Time
}

// Taken says what a snapshot leaves out.
type Taken struct {
	Redacted int // e-mail addresses
	Linked   int // resources that are only linked to, as their licence does not let others use them
}

// take makes a snapshot. Errors: those of the pages.
func (t taking) take() (*Snapshot, Taken, error) {
	r := redactor{}
	shot, out := &Snapshot{Process: t.source, TakenAt: t.now.UTC().Truncate(time.Second)}, Taken{}
	source := &shot.Process
	source.Version, source.Items = "", nil
	source.Title, source.Summary = r.text(source.Title), r.text(source.Summary)
	there := map[string]bool{}
	for items, err := range t.pages {
		if err != nil {
			return nil, out, err
		}
		for _, it := range items {
			it.Name, it.Description = r.text(it.Name), r.text(it.Description)
			it.Translations = nil // a story tells what is so, not how far the work on its words is
			there[it.ID] = true
			source.Items = append(source.Items, it)
		}
	}
	for _, res := range t.resources {
		item := string(t.process.ItemIRI(res.Item))
		if !res.Public || !res.RemovedAt.IsZero() || !there[item] || r.address(res.URL) {
			continue
		}
		one, linked := t.resource(&r, res)
		if linked {
			out.Linked++
		}
		shot.Resources = append(shot.Resources, one)
	}
	out.Redacted = r.count
	return shot, out, nil
}

// resource is a resource as the snapshot has it; linked says that it is only
// linked to.
func (t taking) resource(r *redactor, res coproduction.Resource) (one Resource, linked bool) {
	one = Resource{
		Item: string(t.process.ItemIRI(res.Item)), Kind: res.Kind, Name: r.plain(res.Name), URL: res.URL,
		Language: res.Language, Licence: res.Licence, Interlinker: res.Interlinker,
	}
	switch {
	case res.Kind == coproduction.Link:
	case !coproduction.Reusable(res.Licence):
		one.Kind, one.URL, one.Attribution, linked = coproduction.Link, t.process.ResourceIRI(res.ID), r.plain(t.attribution), true
	case res.Kind == coproduction.File:
		f := res.File
		one.File = &File{Name: coproduction.FileName(r.plain(f.Name)), Type: f.Type, Size: f.Size, SHA256: f.Hash}
	default:
		one.Body = r.plain(res.Body)
	}
	return one, linked
}

// problems returns the codes of the problem profiles in the tree, sorted.
func (s *Snapshot) problems() []string {
	var codes []string
	for _, it := range s.Process.Items {
		codes = append(codes, it.Problems...)
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

// maxResources is how many resources a snapshot of another node may have.
const maxResources = 2000

// check judges a snapshot from another node. Errors: Invalid, TooLarge.
func (s *Snapshot) check() error {
	if err := s.Process.Check(); err != nil {
		return err
	}
	if year := s.TakenAt.UTC().Year(); year < 1970 || year > 9999 { // RFC 3339 has four digits
		return domain.Fail(domain.Invalid, "story.snapshot_broken")
	}
	if len(s.Resources) > maxResources || s.size() > MaxSnapshot {
		return domain.Fail(domain.TooLarge, "story.snapshot_too_large")
	}
	for _, r := range s.Resources {
		if len(r.Name) > maxText || len(r.Body) > 10*maxText || len(r.Licence) > maxTitle || len(r.Attribution) > maxText {
			return domain.Fail(domain.TooLarge, "story.snapshot_too_large")
		}
		if r.File != nil && !r.File.sound() || (r.File == nil) != (r.Kind != coproduction.File) {
			return domain.Fail(domain.Invalid, "story.snapshot_broken")
		}
		for _, iri := range []domain.IRI{r.URL, r.Interlinker} {
			if iri == "" {
				continue
			}
			if _, err := domain.ParseIRI(string(iri)); err != nil {
				return err
			}
		}
	}
	return nil
}

// sound judges a file of another node's snapshot.
func (f File) sound() bool {
	hash, err := hex.DecodeString(f.SHA256)
	return err == nil && len(hash) == sha256.Size && f.SHA256 == strings.ToLower(f.SHA256) && f.Size >= 0 && len(f.Type) <= 100 && f.Name == coproduction.FileName(f.Name)
}

// email finds addresses of e-mail, and handles, which look the same; also with
// the at sign as Markdown, HTML and links may write it, and as people do who
// hide one from machines.
var email = regexp.MustCompile(`(?i)@?[\p{L}\p{N}._%+-]+(?:\\?[@＠﹫]|%40|&#0*64;|&#x0*40;|&commat;| ?[(\[](?:at|arroba|chiocciola)[)\]] ?)[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+`)

// redactor takes e-mail addresses out of texts and counts them.
type redactor struct{ count int }

func (r *redactor) plain(s string) string {
	if !email.MatchString(s) {
		return s // most: it is not copied
	}
	return email.ReplaceAllStringFunc(s, func(string) string {
		r.count++
		return "[…]"
	})
}

func (r *redactor) text(t domain.Text) domain.Text {
	out := make(domain.Text, len(t))
	for lang, s := range t {
		out[lang] = r.plain(s)
	}
	return out.Clean()
}

// address reports whether a link holds an e-mail address, and counts it: such
// a link is left out as a whole.
func (r *redactor) address(iri domain.IRI) bool {
	s, err := url.QueryUnescape(string(iri))
	if err != nil {
		s = string(iri)
	}
	if !email.MatchString(s) {
		return false
	}
	r.count++
	return true
}
