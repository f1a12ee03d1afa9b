// Package nodearchive takes all that a node holds along to another: as one ZIP
// archive in which everything has a part of its own, that is a file in a format
// of its own, and that is brought one by one. What is in an archive gives nobody
// rights; what is secret, or private to some, is not in it.
package nodearchive

import (
	_ "embed"
	"encoding/hex"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"interlink/domain"
	"interlink/domain/portable"
)

// KindNode is the kind of an archive of a node, as [portable.Head] has it of
// others.
const KindNode portable.Kind = "node"

// Version is the version of the format; its name is [portable.Format].
const Version = 1

// SchemaPath is where a node serves [Schema].
const SchemaPath = "/ns/interlink/node-export-v1.json"

//go:embed schema.json
var schema []byte

// Schema returns the JSON schema of the manifest and of the parts that have no
// other.
func Schema() []byte { return schema }

// Kind says what a part is, and is the folder in which it stands.
type Kind string

// The kinds, in the order in which they are brought: what others name comes
// first.
const (
	Settings      Kind = "settings"      // NAME.json, legal pages, rules about hosts, trust
	Organizations Kind = "organizations" // NAME.json, with its teams
	Catalogue     Kind = "catalogue"     // catalogue.json, as [dump] writes it
	Versions      Kind = "versions"      // KIND-SLUG.json, entries with what they said before
	Communities   Kind = "communities"   // NAME.zip
	Processes     Kind = "processes"     // NAME.zip, as [portable] writes it
	Stories       Kind = "stories"       // SLUG.json, by which a story is verified
	Files         Kind = "files"         // SHA-256, that stories show or Interlinkers hand out
)

// order are all kinds that this version knows.
var order = []Kind{Settings, Organizations, Catalogue, Versions, Communities, Processes, Stories, Files}

// manifestName is the last part of an archive.
const manifestName = "manifest.json"

// The bounds of an archive that is read.
const (
	MaxArchive   = 16 << 30 // bytes, packed and unpacked
	maxManifest  = 32 << 20 // bytes of manifest.json
	maxDirectory = 32 << 20 // bytes of the directory of the ZIP
	maxParts     = 50_000
	maxLine      = 2048
	maxLeft      = 1000
)

// Head says whose archive it is.
type Head struct {
	Format     string        `json:"format"`
	Version    int           `json:"version"`
	Schema     string        `json:"$schema,omitempty"`
	Kind       portable.Kind `json:"kind"`
	IRI        domain.IRI    `json:"id"` // of the node as an actor
	Name       string        `json:"name"`
	Software   string        `json:"software,omitempty"` // version of the program that wrote it
	ExportedAt time.Time     `json:"exportedAt"`
}

// Manifest is manifest.json.
type Manifest struct {
	Head
	Counts map[Kind]int `json:"counts"`
	Parts  []Part       `json:"parts"`
	Left   []Left       `json:"left"`
}

// Part is something that a node has.
type Part struct {
	Path   string     `json:"path"`
	Kind   Kind       `json:"kind"`
	IRI    domain.IRI `json:"id,omitempty"` // that it had there
	SHA256 string     `json:"sha256"`
	Size   int64      `json:"size"`
}

// Name is what the part is called in its folder, without its suffix.
func (p Part) Name() string {
	name := p.Path[strings.LastIndexByte(p.Path, '/')+1:]
	name, _, _ = strings.Cut(name, ".")
	return name
}

// Left is what is not in an archive, and why.
type Left struct {
	What   string  `json:"what"`
	Reason LeftFor `json:"reason"`
	Count  int     `json:"count,omitempty"`
}

// Word names what archives of all nodes say that they leave out, to be told in the
// words of who reads it; "" for what one says in its own.
func (l Left) Word() string {
	switch {
	case l.What == string(Processes) || l.What == string(Organizations):
		return l.What
	case slices.Contains(left, l):
		return string(l.Reason)
	}
	return ""
}

// LeftFor says why something is not in an archive.
type LeftFor string

// The reasons.
const (
	LeftSecret   LeftFor = "secret"   // passwords, keys, tokens, sessions: never
	LeftPersonal LeftFor = "personal" // is people's own: they take it along themselves
	LeftPrivate  LeftFor = "private"  // is for its people alone: they take it along
	LeftSetting  LeftFor = "setting"  // stands in the settings file of the node
	LeftUnread   LeftFor = "unread"   // it could not be read when the archive was written
	LeftRoom     LeftFor = "room"     // so many older ones find no room
	LeftUnsigned LeftFor = "unsigned" // nobody could tell elsewhere whose it is
)

// Check judges what an archive says of itself. Errors: Invalid.
func (h *Head) check() error {
	switch {
	case h.Format != portable.Format:
		return fileError("node_archive.no_archive")
	case h.Kind != KindNode:
		return fileError("node_archive.kind")
	case h.Version != Version:
		return domain.InvalidField("file", "import.version", h.Version, Version)
	}
	if _, err := domain.ParseIRI(string(h.IRI)); err != nil || len(h.IRI) > maxLine {
		return broken("id")
	}
	if !plain(h.Name, maxLine) || !plain(h.Software, 100) {
		return broken(manifestName)
	}
	if year := h.ExportedAt.Year(); year < 1970 || year > 9000 {
		return broken("exportedAt")
	}
	h.ExportedAt, h.Schema = h.ExportedAt.UTC().Truncate(time.Microsecond), ""
	return nil
}

// partShape is how parts are called: one folder, one name, one suffix.
var partShape = regexp.MustCompile(`^(?:catalogue\.json|([a-z]+)/([a-z0-9_-]{1,100})(?:\.(?:json|zip|csv))?)$`)

// check judges a part as the manifest names it. Kinds that this version does
// not know are told of later.
func (p Part) check() error {
	found := partShape.FindStringSubmatch(p.Path)
	ok := found != nil && isHash(p.SHA256) && p.Size >= 0 && p.Size <= MaxArchive && (found[1] == string(p.Kind) || found[1] == "" && p.Kind == Catalogue)
	if p.IRI != "" && ok {
		_, err := domain.ParseIRI(string(p.IRI))
		ok = err == nil && len(p.IRI) <= maxLine
	}
	if p.Kind == Files && ok {
		ok = found[2] == p.SHA256
	}
	if !ok {
		return broken(shown(p.Path))
	}
	return nil
}

func isHash(s string) bool {
	raw, err := hex.DecodeString(s)
	return err == nil && len(raw) == 32 && hex.EncodeToString(raw) == s
}

func plain(s string, longest int) bool {
	return len(s) <= longest && utf8.ValidString(s) && !strings.ContainsRune(s, 0)
}

// shown is the start of a text, to be named in a report.
func shown(s string) string {
	if len(s) > 200 {
		s = s[:200]
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\x00", "")
}

func fileError(key string) error { return domain.InvalidField("file", key) }

// broken says that an archive is not what it says it is.
func broken(what string) error {
	return &domain.Error{Code: domain.Invalid, Key: "import.archive_broken", Args: []any{what}, Field: "file"}
}

func tooLarge() error {
	return &domain.Error{Code: domain.TooLarge, Key: "import.too_much", Field: "file"}
}
