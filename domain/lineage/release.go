package lineage

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/coproduction"
)

// Release is a state of a process that its people made known as such: a tree
// that does not change any more, with what changed since the one before. The
// node of the process keeps its releases, and that of a clone the newest of
// the clone's source.
type Release struct {
	ID       domain.ID
	Serial   domain.Serial
	IRI      domain.IRI
	Process  domain.IRI     // whose release it is
	Actor    domain.ActorID // the process
	Host     string         // of the process; "" for this node
	Version  Version
	Previous string      // version before; "" for the first
	Title    domain.Text // of the process
	Note     domain.Text // what it brings, Markdown
	Licence  string      // SPDX
	Changes  []ReleaseChange
	Credits  []Credit // clones whose improvements it brings
	Items    int
	Digest   string // of the tree, see [SourceProcess.Digest]
	Of       int64  // version of the process that has this tree, as [coproduction.Origin] names it; 0 if not known
	At       time.Time
	By       domain.ActorID // who released it; Nobody for another node's
	State    ReleaseState
	Proof    *Proof // of another node's, as it was checked when it came; nil if it has none
	Revision int64
}

// Proof is by what a release is known to be what its process said, whoever
// brought it (FEP-8b32): the process signed it, and its organisation.
type Proof struct {
	Signatures []Signature `json:"signatures"` // that of the process first
	CheckedAt  time.Time   `json:"checkedAt"`  // when they held here
}

// Signature says who signed a release, with what.
type Signature struct {
	Signer  domain.IRI `json:"signer"`
	Method  string     `json:"method"` // id of the key
	Key     string     `json:"key"`    // publicKeyMultibase
	Created time.Time  `json:"created,omitzero"`
}

// ReleaseState says whether the tree of a release is here.
type ReleaseState string

// The states.
const (
	ReleaseReady   ReleaseState = "ready"
	ReleaseWaiting ReleaseState = "waiting" // its tree is still to be read from its node
	ReleaseBroken  ReleaseState = "broken"  // its tree was not what its node said
)

// ChangeKind says why an item was changed.
type ChangeKind string

// The kinds.
const (
	Fix           ChangeKind = "fix"
	Clarification ChangeKind = "clarification"
	Legal         ChangeKind = "legal" // the law asks for it
	New           ChangeKind = "new"
)

// ChangeKinds lists all kinds.
var ChangeKinds = []ChangeKind{Fix, Clarification, Legal, New}

// ReleaseChange is what a release says of one item.
type ReleaseChange struct {
	Item    string      `json:"item"` // its id
	Name    domain.Text `json:"name"`
	Kind    ChangeKind  `json:"kind"`
	Removed bool        `json:"removed,omitempty"`
	Note    domain.Text `json:"note,omitempty"`
}

// The bounds of a release, from wherever it comes.
const (
	maxNote     = 5_000
	maxItemNote = 1_000
	maxChanges  = 2_000 // that are named
	maxLicence  = 100
)

// Version is the version of a release as semver.org has it: what is new for
// its clones grows from the patch to the major.
type Version struct{ Major, Minor, Patch int }

// maxNumber bounds each number of a version.
const maxNumber = 99_999

// ParseVersion reads "1.3" or "1.3.1". Errors: Invalid.
func ParseVersion(s string) (Version, error) {
	numbers := strings.Split(s, ".")
	var v Version
	if len(numbers) < 2 || len(numbers) > 3 {
		return v, domain.Fail(domain.Invalid, "release.version_shape")
	}
	for i, to := range []*int{&v.Major, &v.Minor, &v.Patch}[:len(numbers)] {
		n, err := strconv.Atoi(numbers[i])
		if err != nil || n < 0 || n > maxNumber || strconv.Itoa(n) != numbers[i] {
			return Version{}, domain.Fail(domain.Invalid, "release.version_shape")
		}
		*to = n
	}
	return v, nil
}

// String writes the version; without a patch as "1.3".
func (v Version) String() string {
	s := strconv.Itoa(v.Major) + "." + strconv.Itoa(v.Minor)
	if v.Patch > 0 {
		s += "." + strconv.Itoa(v.Patch)
	}
	return s
}

// Number orders versions.
func (v Version) Number() int64 {
	return (int64(v.Major)*(maxNumber+1)+int64(v.Minor))*(maxNumber+1) + int64(v.Patch)
}

// Following lists which versions may come after one: a patch, a minor and a
// major one. The zero version is none: it is followed by 1.0.
func (v Version) Following() []Version {
	if v == (Version{}) {
		return []Version{{Major: 1}}
	}
	return []Version{{v.Major, v.Minor, v.Patch + 1}, {v.Major, v.Minor + 1, 0}, {v.Major + 1, 0, 0}}
}

// Pending is one item that changed since the last release.
type Pending struct {
	Item     string
	ItemKind coproduction.ItemKind
	Name     domain.Text
	Kind     ChangeKind // proposed
	Removed  bool
	Parts    []coproduction.Difference
}

// Since lists what changed between two states of a source, in the order of the
// tree, then what was removed.
func Since(before, now []SourceItem) []Pending {
	was, is := branchesOf(before), branchesOf(now)
	var out []Pending
	is.inOrder(func(id string) {
		it := is.items.of(id)
		one := Pending{Item: id, ItemKind: it.Kind, Name: it.Name, Kind: Clarification}
		old, there := was.items.get(id)
		if !there {
			one.Kind = New
			out = append(out, one)
			return
		}
		for _, p := range differing(old, it) {
			one.Parts = append(one.Parts, coproduction.Difference{Part: p, Before: old.Value(p), After: it.Value(p)})
			if p.Field != coproduction.FieldName && p.Field != coproduction.FieldDescription {
				one.Kind = Fix
			}
		}
		if common := shared(was.below[id], is.below[id]); !slices.Equal(common, shared(is.below[id], was.below[id])) {
			one.Kind = Fix
			one.Parts = append(one.Parts, coproduction.Difference{
				Part: coproduction.Part{Field: FieldOrder}, Before: strings.Join(common, "\n"), After: strings.Join(shared(is.below[id], was.below[id]), "\n"),
			})
		}
		if len(one.Parts) > 0 {
			out = append(out, one)
		}
	})
	was.inOrder(func(id string) {
		if _, there := is.items.get(id); !there {
			it := was.items.of(id)
			out = append(out, Pending{Item: id, ItemKind: it.Kind, Name: it.Name, Kind: Fix, Removed: true})
		}
	})
	return out
}

// shared returns those of some ids that others have too, in their order.
func shared(ids, others []string) []string {
	var out []string
	for _, id := range ids {
		if slices.Contains(others, id) {
			out = append(out, id)
		}
	}
	return out
}

// check judges what people wrote of a release, or another node sent. Errors:
// Invalid with all problems.
func (r *Release) check() error {
	var p domain.Problems
	if r.Version == (Version{}) {
		p.Add("version", "release.version_shape")
	}
	if !fits(r.Note, maxNote) {
		p.Add("note", "error.too_long", maxNote)
	}
	if r.Licence == "" || !plain(r.Licence, maxLicence) {
		p.Add("licence", "release.licence_missing")
	}
	if len(r.Changes) > maxChanges {
		p.Add("changes", "release.too_many_changes", maxChanges)
	}
	for _, c := range r.Changes {
		if !slices.Contains(ChangeKinds, c.Kind) {
			p.Add("kind."+c.Item, "release.kind_unknown")
		}
		if !fits(c.Note, maxItemNote) {
			p.Add("note."+c.Item, "error.too_long", maxItemNote)
		}
		if !plain(c.Item, maxID) || !fits(c.Name, maxTitle) {
			p.Add("changes", "process.source_broken")
		}
	}
	if len(r.Credits) > MaxCredits || slices.ContainsFunc(r.Credits, func(c Credit) bool { return !c.fits() }) {
		p.Add("credits", "process.source_broken")
	}
	if !fits(r.Title, maxTitle) || r.Items < 0 || r.Items > coproduction.MaxItems || !isDigest(r.Digest) {
		p.Add("changes", "process.source_broken")
	}
	return p.Err()
}

// Older reports whether the tree of a release is older than the one that a clone
// was made of: it brings nothing to that, and would take it back. version is
// that of the source as the clone names it; of which the clone does not say, or
// the release, is not.
func (r *Release) Older(version, digest string) bool {
	of, err := strconv.ParseInt(version, 10, 64)
	return err == nil && r.Of > 0 && r.Of < of && r.Digest != digest
}

// Name is the title of the process with the version.
func (r *Release) Name() domain.Text {
	out := make(domain.Text, len(r.Title))
	for lang, title := range r.Title {
		out[lang] = title + " " + r.Version.String()
	}
	return out
}

// told is what events say of a release.
func (r *Release) told() ReleaseTold {
	return ReleaseTold{Release: r.ID, IRI: r.IRI, Version: r.Version.String(), Title: r.Title}
}
