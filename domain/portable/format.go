// Package portable takes what people made along to another node: as one ZIP
// archive that says what it is, has a version and a schema, and is read there
// without trust. A ZIP, as every system opens it, a reader finds each part
// without reading the others, and a writer needs no part twice.
package portable

import (
	_ "embed"
	"encoding/hex"
	"time"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/coproduction"
	"interlink/domain/lineage"
)

// Format is what every archive says it is, and Version the version of that.
const (
	Format  = "interlink-export"
	Version = 1
)

// SchemaPath is where a node serves [Schema].
const SchemaPath = "/ns/interlink/export-v1.json"

//go:embed schema.json
var schema []byte

// Schema returns the JSON schema of what stands in an archive.
func Schema() []byte { return schema }

// Kind says what an archive holds.
type Kind string

// The kinds: an archive holds one process, or one community.
const (
	KindProcess   Kind = "process"
	KindCommunity Kind = "community"
)

// document is the part of an archive of a kind that says what is in it; "" for
// kinds that this version does not know.
func (k Kind) document() string {
	switch k {
	case KindProcess:
		return processName
	case KindCommunity:
		return communityName
	}
	return ""
}

// The parts of an archive; files stand at "files/" and their SHA-256, the posts
// of a community at "posts-0001.json" and so on.
const (
	manifestName  = "manifest.json"
	processName   = "process.json"
	communityName = "community.json"
	filesFolder   = "files/"
)

// The bounds of an archive that is read.
const (
	MaxArchive   = 2 << 30  // bytes, packed
	maxManifest  = 8 << 20  // bytes of manifest.json
	maxDocument  = 64 << 20 // bytes of process.json
	maxDirectory = 8 << 20  // bytes of the directory of the ZIP
	maxParts     = maxPostsParts + maxFilesListed + 2
	maxResources = 5000
	maxVersions  = 20_000
	maxHistory   = 20_000
	maxPeople    = 5000
	maxClones    = 5000
	maxFormerly  = 8
)

// Head says what an archive holds, and whose that is.
type Head struct {
	Format     string       `json:"format"`
	Version    int          `json:"version"`
	Schema     string       `json:"$schema,omitempty"`
	Kind       Kind         `json:"kind"`
	IRI        domain.IRI   `json:"id"`                 // of what is in it
	Owner      domain.IRI   `json:"owner"`              // actor that answers for it: an organisation or itself
	Name       string       `json:"name"`               // handle there
	Revision   string       `json:"revision"`           // as its clones name it
	Formerly   []domain.IRI `json:"formerly,omitempty"` // where it was before, the last first: its items have the same ids there
	Tree       string       `json:"tree,omitempty"`     // digest of the tree as its clones name it
	Whole      bool         `json:"whole"`              // what is for its people alone is in it too
	ExportedAt time.Time    `json:"exportedAt"`
}

// before are the processes that one is as it is brought, the last first, as far
// back as is kept; none if not everybody may know of it there.
func (d *Process) before(h Head) []domain.IRI {
	if d.Visibility != domain.VisiblePublic {
		return nil
	}
	all := append([]domain.IRI{h.IRI}, h.Formerly...)
	return all[:min(len(all), maxFormerly)]
}

// Manifest is manifest.json, the last part of an archive.
type Manifest struct {
	Head
	Document Part   `json:"document"`
	Files    []Part `json:"files"`
}

// Part is a part of an archive.
type Part struct {
	Path    string `json:"path"`
	SHA256  string `json:"sha256"`
	Size    int64  `json:"size"`
	Missing bool   `json:"missing,omitempty"` // it could not be read when the archive was written
}

// Process is process.json: a process as it is, without an address of its own.
// People, organisations and teams are named by their addresses as actors.
// Nothing of it is secret: no e-mail address, key or token has a field here.
type Process struct {
	Title          domain.Text             `json:"title"`
	Summary        domain.Text             `json:"summary,omitempty"`
	Aim            domain.Text             `json:"aim,omitempty"`
	Challenges     domain.Text             `json:"challenges,omitempty"`
	Language       domain.Lang             `json:"language"`
	Governance     coproduction.Governance `json:"governance,omitempty"`
	Country        string                  `json:"country,omitempty"`
	Visibility     domain.Visibility       `json:"visibility"`
	Schema         domain.IRI              `json:"schema,omitempty"`
	Rewards        bool                    `json:"rewards,omitempty"`
	Leaderboard    bool                    `json:"leaderboard,omitempty"`
	TellsReuse     bool                    `json:"tellsReuse,omitempty"`
	CreatedAt      time.Time               `json:"createdAt"`
	Organization   domain.IRI              `json:"organization,omitempty"`
	Team           domain.IRI              `json:"team,omitempty"`
	Community      domain.IRI              `json:"community,omitempty"`
	Administrators []domain.IRI            `json:"administrators,omitempty"`
	Grants         []Grant                 `json:"grants,omitempty"`
	ClonedFrom     *Origin                 `json:"clonedFrom,omitempty"`
	Known          map[string]lineage.Base `json:"known,omitempty"` // of what it is a clone of: its items as this one last looked at them, by the ids that they have there
	Clones         []Clone                 `json:"clones,omitempty"`
	Releases       []Release               `json:"releases,omitempty"`
	Items          []Item                  `json:"items"`
	Resources      []Resource              `json:"resources,omitempty"`
	History        []Event                 `json:"history,omitempty"`
}

// Grant is what somebody may do in a process, or at an item of it.
type Grant struct {
	Grantee domain.IRI          `json:"grantee"`
	Item    domain.ID           `json:"item,omitempty"`
	Allow   coproduction.Rights `json:"allow"`
	Deny    coproduction.Rights `json:"deny"`
}

// Origin is what a process is a clone of, and what that one's people said.
type Origin struct {
	IRI     domain.IRI  `json:"id"`
	Owner   domain.IRI  `json:"owner"`
	Title   domain.Text `json:"title"`
	Host    string      `json:"host"`
	Version string      `json:"version,omitempty"`
	Digest  string      `json:"digest,omitempty"`
	At      time.Time   `json:"at"`
	Said
}

// Said is what the people of a source said to a clone.
type Said struct {
	Answer coproduction.Answer `json:"answer"`
	Proof  domain.IRI          `json:"proof,omitempty"`
	Stamp  domain.IRI          `json:"stamp,omitempty"`
}

// Clone is a clone of the process.
type Clone struct {
	IRI         domain.IRI          `json:"id"`
	Title       domain.Text         `json:"title"`
	Cloner      domain.IRI          `json:"cloner,omitempty"`
	Host        string              `json:"host"`
	Version     string              `json:"version,omitempty"`
	Digest      string              `json:"digest,omitempty"`
	State       coproduction.Answer `json:"state"`
	OfferedAt   time.Time           `json:"offeredAt"`
	AnsweredAt  *time.Time          `json:"answeredAt,omitempty"`
	WithdrawnAt *time.Time          `json:"withdrawnAt,omitempty"`
}

// Release is a release of the process.
type Release struct {
	IRI     domain.IRI  `json:"id"`
	Version string      `json:"version"`
	Note    domain.Text `json:"note,omitempty"`
	Licence string      `json:"licence,omitempty"`
	Items   int         `json:"items"`
	Digest  string      `json:"digest"`
	At      time.Time   `json:"at"`
}

// Item is a phase, objective or task.
type Item struct {
	ID            domain.ID             `json:"id"`
	Parent        domain.ID             `json:"parent,omitempty"`
	Kind          coproduction.ItemKind `json:"kind"`
	Position      int                   `json:"position"`
	Name          domain.Text           `json:"name"`
	Description   domain.Text           `json:"description,omitempty"`
	Problems      []string              `json:"problems,omitempty"`
	Prerequisites []domain.ID           `json:"prerequisites,omitempty"`
	Interlinkers  []domain.IRI          `json:"interlinkers,omitempty"`
	Complexity    int                   `json:"complexity,omitempty"`
	CoDelivery    bool                  `json:"coDelivery,omitempty"`
	Status        coproduction.Status   `json:"status,omitempty"`
	Starts        *time.Time            `json:"starts,omitempty"`
	Ends          *time.Time            `json:"ends,omitempty"`
	DisabledAt    *time.Time            `json:"disabledAt,omitempty"`
	DisabledBy    domain.IRI            `json:"disabledBy,omitempty"`
	FromNode      string                `json:"fromSchemaNode,omitempty"`
	FromItem      string                `json:"fromItem,omitempty"`

	Translations map[string]catalogue.Translations `json:"translations,omitempty"` // by field
	Formerly     []string                          `json:"formerly,omitempty"`     // as others know it whose item it came from
}

// Resource is something made or used in a task, with its versions, the
// present one last.
type Resource struct {
	ID                 domain.ID                 `json:"id"`
	Item               domain.ID                 `json:"item"`
	Kind               coproduction.ResourceKind `json:"kind"`
	Name               string                    `json:"name"`
	Language           domain.Lang               `json:"language,omitempty"`
	Licence            string                    `json:"licence,omitempty"`
	Public             bool                      `json:"public,omitempty"`
	CreatedBy          domain.IRI                `json:"createdBy,omitempty"`
	CreatedAt          time.Time                 `json:"createdAt"`
	UpdatedAt          time.Time                 `json:"updatedAt"`
	Interlinker        domain.IRI                `json:"interlinker,omitempty"`
	InterlinkerVersion int                       `json:"interlinkerVersion,omitempty"`
	Source             domain.IRI                `json:"source,omitempty"`
	Versions           []ResourceVersion         `json:"versions"`
}

// ResourceVersion is what a resource was: an address, or bytes by their hash.
type ResourceVersion struct {
	Number   int        `json:"number"`
	URL      domain.IRI `json:"url,omitempty"`
	SHA256   string     `json:"sha256,omitempty"` // of a file, or of the Markdown of a document
	Size     int64      `json:"size,omitempty"`
	FileName string     `json:"fileName,omitempty"` // of a file
	Type     string     `json:"mediaType,omitempty"`
	Summary  string     `json:"summary,omitempty"`
	Restored int        `json:"restored,omitempty"`
	By       domain.IRI `json:"by,omitempty"`
	At       time.Time  `json:"at"`
}

// Event is something that happened in the process: what, and who did it, not
// what was said.
type Event struct {
	At   time.Time        `json:"at"`
	Kind domain.EventKind `json:"kind"`
	By   domain.IRI       `json:"by,omitempty"`
	Item domain.ID        `json:"item,omitempty"`
}

// isHash reports whether s is a SHA-256 as archives write it.
func isHash(s string) bool {
	raw, err := hex.DecodeString(s)
	return err == nil && len(raw) == 32 && hex.EncodeToString(raw) == s
}

// isID reports whether s has the shape of an id of a node.
func isID(s domain.ID) bool {
	if len(s) != 36 {
		return false
	}
	for i, c := range s {
		switch {
		case i == 8 || i == 13 || i == 18 || i == 23:
			if c != '-' {
				return false
			}
		case (c < '0' || c > '9') && (c < 'a' || c > 'f'):
			return false
		}
	}
	return true
}

// instant is a time, nil for none.
func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// at is the time of an [instant].
func at(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return settled(*t)
}

// settled is a time as nodes keep it.
func settled(t time.Time) time.Time {
	if t.Year() < 1900 || t.Year() > 9000 {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Microsecond)
}
