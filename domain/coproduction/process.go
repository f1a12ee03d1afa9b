// Package coproduction holds coproduction processes: the tree of phases,
// objectives and tasks that people work through, the resources they make in
// it, and who may work there.
package coproduction

import (
	"slices"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/policy"
)

// The longest texts, in bytes of the longest translation.
const (
	maxTitle = 200
	maxText  = 20_000
)

// Process is a coproduction process. Its ID is the id of its actor (DESIGN §5:
// type Group, /processes/{name}). Processes of other nodes are not kept; a
// copy of one is a process of its own, with ClonedFrom set.
type Process struct {
	ID           domain.ActorID
	Serial       domain.Serial
	IRI          domain.IRI
	Name         string // handle, never changed
	Title        domain.Text
	Summary      domain.Text // one paragraph
	Aim          domain.Text // Markdown, as Challenges
	Challenges   domain.Text
	Language     domain.Lang    // in which its people work; texts may have more
	Governance   Governance     // "" if not said
	Country      string         // for which the service is, ISO 3166-1 alpha-2; "" if not said
	Organization domain.ActorID // Nobody if it belongs to no organisation
	Team         domain.ActorID // that leads it; Nobody if none
	Community    domain.ActorID // that follows it; Nobody if none
	Visibility   domain.Visibility
	SchemaIRI    domain.IRI // of the schema it began with; "" if none
	ClonedFrom   *Origin    // nil unless it is a clone
	CreatedAt    time.Time
	UpdatedAt    time.Time
	Revision     int64 // counts every change of the process and its tree

	// Derived from the tree at each change, for lists.
	Status   Status
	Tasks    int // enabled tasks
	Finished int // of which finished

	Rewards     bool // points are shown
	Leaderboard bool // to its people, who has how many

	TellsReuse bool // those who made what is reused in it are told how often

	Administrators []domain.ActorID
	Grants         []Grant
}

// Origin says what a process is a clone of.
type Origin struct {
	IRI     domain.IRI // the source process
	Owner   domain.IRI // actor that answers the offer: an organisation or the process itself
	Title   domain.Text
	Host    string // where the source lives
	Version string // of the source, as it said
	Digest  string // of the source's tree as it was taken, see lineage.SourceProcess.Digest; "" of clones made before it was kept
	At      time.Time
	Answer  Answer     // of the source's people
	Proof   domain.IRI // activity that carried the answer; "" while there is none
	Stamp   domain.IRI // where the source's node confirms it for everybody; "" while it does not

	Before *Origin   // what it was before the source moved to another node; nil if it did not
	Moved  time.Time // it moved; zero if it did not
}

// Formerly is where the source was before it moved; "" if it did not.
func (o *Origin) Formerly() domain.IRI {
	if o == nil || o.Before == nil {
		return ""
	}
	return o.Before.IRI
}

// maxBefore is how many steps back an origin remembers.
const maxBefore = 8

// Sources are the addresses of the source: where it is, and where it was,
// the last first. A source that goes round in a circle has no more than others.
func (o *Origin) Sources() []domain.IRI {
	var out []domain.IRI
	for ; o != nil && len(out) <= maxBefore; o = o.Before {
		out = append(out, o.IRI)
	}
	return out
}

// Named tells how many steps back an item had its id in the source, at most; -1
// for never.
func (o *Origin) Named(item string) int {
	steps := -1
	for i, iri := range o.Sources() {
		if strings.HasPrefix(item, string(iri)+"/") {
			steps = i
		}
	}
	return steps
}

// shorten forgets what is more than some steps back.
func (o *Origin) shorten() {
	for range maxBefore {
		if o = o.Before; o == nil {
			return
		}
	}
	o.Before = nil
}

// Follow goes on from an origin that moved, which it remembers.
func (o *Origin) Follow(was *Origin, at time.Time) {
	o.Before, o.Moved = was, at
	o.shorten()
}

// Answer is what the people of a source said to an offered clone.
type Answer string

// The answers.
const (
	Offered  Answer = "offered" // none yet
	Accepted Answer = "accepted"
	Rejected Answer = "rejected"
)

// PolicyKind answers [policy.Facts].
func (p *Process) PolicyKind() string { return "process" }

// PolicyVisibility answers [policy.Facts].
func (p *Process) PolicyVisibility() domain.Visibility { return p.Visibility }

// PolicyRelation answers [policy.Facts]: administrators, then what grants of
// the whole process give; whoever may see a part of it may know of it. What
// somebody may do in a part, [Place] says.
func (p *Process) PolicyRelation(a domain.ActorID) policy.Relation {
	if p.administrates(a) {
		return policy.Administrator
	}
	relation := min(p.rights(a, []domain.ID{""}).relation(), policy.Contributor)
	if relation == policy.Stranger && p.somewhere(a) {
		return policy.Member
	}
	return relation
}

func (p *Process) administrates(a domain.ActorID) bool { return slices.Contains(p.Administrators, a) }

// PolicyLocal answers [policy.Facts]: only processes of this node are kept.
func (p *Process) PolicyLocal() bool { return true }

// Summarize sets what lists show of the tree.
func (p *Process) Summarize(t *Tree) {
	p.Status = t.Overall()
	p.Tasks, p.Finished = t.Progress("")
}

// Details is what can be changed of a process.
type Details struct {
	Title      domain.Text
	Summary    domain.Text
	Aim        domain.Text
	Challenges domain.Text
	Language   domain.Lang
	Governance Governance        // "" if not said
	Country    string            // ISO 3166-1 alpha-2; "" if not said
	Visibility domain.Visibility // "" means public
	TellsReuse bool              // see [Process]
}

func (d Details) clean() Details {
	d.Title, d.Summary = d.Title.Clean(), d.Summary.Clean()
	d.Aim, d.Challenges = d.Aim.Clean(), d.Challenges.Clean()
	if code := domain.Country(d.Country); code != "" {
		d.Country = code
	}
	if d.Visibility == "" {
		d.Visibility = domain.VisiblePublic
	}
	return d
}

func (d Details) check(p *domain.Problems) {
	if d.Title.Empty() {
		p.Add("title", "process.title_missing")
	}
	if d.Title.Longest() > maxTitle {
		p.Add("title", "process.text_too_long", maxTitle)
	}
	for _, f := range []struct {
		name string
		text domain.Text
	}{{"summary", d.Summary}, {"aim", d.Aim}, {"challenges", d.Challenges}} {
		if f.text.Longest() > maxText {
			p.Add(f.name, "process.text_too_long", maxText)
		}
	}
	if _, err := domain.ParseLang(string(d.Language)); err != nil {
		p.Add("language", "process.language_missing")
	}
	if d.Governance != "" && !slices.Contains(Governances, d.Governance) {
		p.Add("governance", "process.governance_unknown")
	}
	if d.Country != "" && domain.Country(d.Country) == "" {
		p.Add("country", "process.country_unknown")
	}
	if d.Visibility != domain.VisiblePublic && d.Visibility != domain.VisibleMembers {
		p.Add("visibility", "process.visibility_unknown")
	}
}

func (p *Process) apply(d Details, now time.Time) {
	p.Title, p.Summary, p.Aim, p.Challenges = d.Title, d.Summary, d.Aim, d.Challenges
	p.Language, p.Visibility, p.UpdatedAt = d.Language, d.Visibility, now
	p.Governance, p.Country, p.TellsReuse = d.Governance, d.Country, d.TellsReuse
}

// Details returns what can be changed of the process.
func (p *Process) Details() Details {
	return Details{
		Title: p.Title, Summary: p.Summary, Aim: p.Aim, Challenges: p.Challenges, Language: p.Language,
		Governance: p.Governance, Country: p.Country, Visibility: p.Visibility, TellsReuse: p.TellsReuse,
	}
}
