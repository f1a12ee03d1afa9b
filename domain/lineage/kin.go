package lineage

import (
	"context"
	"slices"
	"time"

	"interlink/domain"
	"interlink/domain/coproduction"
)

// About is what a node tells everybody of its process beside the process
// itself, for the lineage of it.
type About struct {
	Releases []Released // newest first, at most [MaxTold]
	Story    domain.IRI // newest story that tells of it; "" for none
	Merged   string     // newest release of its source that it merged, or had all of; "" for none

	MergedDigest string // of the tree of that release
}

// Released names a release.
type Released struct {
	Version string `json:"version"`
	Digest  string `json:"digest"`
}

// MaxTold is how many releases of a process are told and taken.
const MaxTold = 20

// About returns what is told of a process beside itself.
func (s *Service) About(ctx context.Context, p *coproduction.Process) (About, error) {
	return s.store.About(ctx, p)
}

// Relative is a process as its own node tells everybody of it.
type Relative struct {
	IRI      domain.IRI          `json:"iri"`
	Title    domain.Text         `json:"title"`
	Owner    domain.IRI          `json:"owner,omitempty"` // its organisation; "" if it has none
	Status   coproduction.Status `json:"status,omitempty"`
	Country  string              `json:"country,omitempty"` // ISO 3166-1 alpha-2
	Version  string              `json:"version,omitempty"`
	Digest   string              `json:"digest,omitempty"` // of its tree, when that was read last
	Releases []Released          `json:"releases,omitempty"`
	Story    domain.IRI          `json:"story,omitempty"`
	Active   string              `json:"active,omitempty"` // day of the last change
	From     *Descent            `json:"from,omitempty"`   // nil unless it is a clone
}

// Descent is what a clone says of where it comes from.
type Descent struct {
	Source  domain.IRI `json:"source"`
	Title   string     `json:"title,omitempty"` // of the source, in one language
	Version string     `json:"version,omitempty"`
	Digest  string     `json:"digest,omitempty"`  // of the tree that it was made of
	Release string     `json:"release,omitempty"` // of the source that it merged last
	Stamp   domain.IRI `json:"stamp,omitempty"`
}

// Check judges what another node says of a process; what is only too much is
// cut. Errors: Invalid.
func (r *Relative) Check() error {
	broken := r.Title.Empty() || !fits(r.Title, maxTitle) || !plain(r.Version, maxTitle) || r.Digest != "" && !isDigest(r.Digest) ||
		r.Owner != "" && !domain.SameOrigin(r.Owner, r.IRI) || !iri(r.IRI) || r.Story != "" && !iri(r.Story)
	if from := r.From; from != nil {
		broken = broken || !iri(from.Source) || from.Source == r.IRI || !plain(from.Version, maxTitle) || from.Digest != "" && !isDigest(from.Digest) ||
			from.Stamp != "" && (!iri(from.Stamp) || !domain.SameOrigin(from.Stamp, from.Source))
	}
	if broken {
		return domain.Fail(domain.Invalid, "process.source_broken")
	}
	if _, err := time.Parse(time.DateOnly, r.Active); err != nil {
		r.Active = ""
	}
	r.Country = domain.Country(r.Country)
	switch r.Status {
	case coproduction.Awaiting, coproduction.InProgress, coproduction.Finished:
	default:
		r.Status = ""
	}
	r.Releases = slices.DeleteFunc(r.Releases[:min(len(r.Releases), MaxTold)], func(one Released) bool {
		_, err := ParseVersion(one.Version)
		return err != nil || !isDigest(one.Digest)
	})
	if from := r.From; from != nil {
		if !plain(from.Title, maxTitle) {
			from.Title = ""
		}
		if _, err := ParseVersion(from.Release); err != nil {
			from.Release = ""
		}
	}
	return nil
}

func iri(i domain.IRI) bool {
	_, err := domain.ParseIRI(string(i))
	return err == nil
}

// KinState is how the last attempt to read a process ended.
type KinState string

// The states.
const (
	KinUnread KinState = ""       // nobody looked yet
	KinRead   KinState = "read"   // it is as it says
	KinAway   KinState = "away"   // its node did not answer, or not in a way that can be read
	KinGone   KinState = "gone"   // it was deleted
	KinHidden KinState = "hidden" // it is for everybody no more, or never was
)

// Kin is a process of a lineage, as it is known to who looks at one of them.
type Kin struct {
	IRI      domain.IRI
	Via      domain.IRI // process that lists it among its clones; "" for none
	Distance int        // steps from the process whose lineage it is

	Known   *Relative // as it was read last; nil if it never was, or is hidden
	State   KinState
	Seen    time.Time // its node told of it last; zero if it never did
	Tried   time.Time
	Stamp   *Stamp // that confirms where it comes from; nil for none
	Listed  int    // clones that it said it has
	Tags    map[domain.IRI]string
	Problem string // key of why it was not read; "" if it was
}

// source is where it says that it comes from; else who lists it, as long as it
// says nothing.
func (k *Kin) source() domain.IRI {
	if k.Known != nil {
		if k.Known.From != nil {
			return k.Known.From.Source
		}
		return ""
	}
	return k.Via
}

// confirmed is the stamp by which the source's people confirm where it comes
// from; nil while it alone says so.
func (k *Kin) confirmed() *Stamp {
	if k.Known == nil || k.Known.From == nil || !k.Stamp.Confirms(k.IRI, k.Known.From.Source, k.Known.From.Digest) {
		return nil
	}
	return k.Stamp
}

// Standing is how a clone stands to its source, as far as that is known.
type Standing struct {
	Known  bool // both were read
	Same   bool // the source is as it was when it was cloned, or its newest release was merged
	Behind int  // releases of the source that came after what the clone has; 0 if none, or if that cannot be told
	Ahead  int  // releases that the clone made of its own
}

// standing compares a clone with its source.
func standing(clone, source *Relative) Standing {
	if clone == nil || clone.From == nil || source == nil {
		return Standing{}
	}
	s := Standing{Known: true, Ahead: len(clone.Releases), Same: clone.From.Digest != "" && clone.From.Digest == source.Digest}
	at := slices.IndexFunc(source.Releases, func(r Released) bool { return r.Version == clone.From.Release })
	if at < 0 {
		at = slices.IndexFunc(source.Releases, func(r Released) bool { return r.Digest == clone.From.Digest })
	}
	switch {
	case at > 0:
		s.Behind, s.Same = at, false
	case at == 0 && clone.From.Release != "":
		s.Same = true
	}
	return s
}
