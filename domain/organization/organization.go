// Package organization holds the organisations and teams in whose name people
// co-produce: a city, an association, a company, and the groups that work for
// them. Both are local actors; their people may live on any node.
package organization

import (
	"regexp"
	"slices"
	"time"

	"interlink/domain"
	"interlink/domain/policy"
)

// Kind says what sort of people an organisation or a team stands for.
type Kind string

// The kinds.
const (
	Citizen              Kind = "citizen"
	PublicAdministration Kind = "public_administration"
	Nonprofit            Kind = "nonprofit_organization"
	Forprofit            Kind = "forprofit_organization"
)

// Kinds lists the kinds in the order in which they are offered.
var Kinds = [...]Kind{PublicAdministration, Citizen, Nonprofit, Forprofit}

// Known reports whether k is one of the kinds.
func (k Kind) Known() bool {
	for _, known := range Kinds {
		if k == known {
			return true
		}
	}
	return false
}

// The longest texts, in bytes of the longest translation.
const (
	maxTitle   = 200
	maxSummary = 5000
)

// Organization is a body that owns teams, processes and stories. Its ID is the
// id of its actor (DESIGN §5: type Organization, /organizations/{name}).
type Organization struct {
	ID         domain.ActorID
	Serial     domain.Serial
	IRI        domain.IRI
	Name       string      // handle, never changed: see [CheckName]
	Title      domain.Text // what people call it; at least one language
	Summary    domain.Text // what it does, Markdown; may be empty
	Kind       Kind
	Visibility domain.Visibility
	Teams      TeamCreation
	Members    Members // administrators among them
	CreatedAt  time.Time
	UpdatedAt  time.Time
	Revision   int64
}

// TeamCreation says who may make teams of an organisation, beside the node's
// own administrators.
type TeamCreation string

// The answers.
const (
	TeamsByAdministrators TeamCreation = "administrators" // of the organisation
	TeamsByMembers        TeamCreation = "members"        // of the organisation
	TeamsByAnyone         TeamCreation = "anyone"         // who has an account here; for public organisations alone
)

// TeamCreations lists the answers in the order in which they are offered.
var TeamCreations = [...]TeamCreation{TeamsByAdministrators, TeamsByMembers, TeamsByAnyone}

// relation is the weakest one with which somebody may make a team.
func (c TeamCreation) relation() policy.Relation {
	switch c {
	case TeamsByAnyone:
		return policy.Stranger
	case TeamsByMembers:
		return policy.Member
	}
	return policy.Administrator
}

// PolicyKind answers [policy.Facts].
func (o *Organization) PolicyKind() string { return "organization" }

// PolicyVisibility answers [policy.Facts].
func (o *Organization) PolicyVisibility() domain.Visibility { return o.Visibility }

// PolicyRelation answers [policy.Facts]: members may work in its name.
func (o *Organization) PolicyRelation(a domain.ActorID) policy.Relation { return o.Members.relation(a) }

// PolicyLocal answers [policy.Facts]: remote organisations are known as
// actors only.
func (o *Organization) PolicyLocal() bool { return true }

// Details is what can be changed of an organisation.
type Details struct {
	Title      domain.Text
	Summary    domain.Text
	Kind       Kind
	Visibility domain.Visibility // "" means public
	Teams      TeamCreation      // "" means by administrators
}

// clean trims the texts and fills in what has a default.
func (d Details) clean() Details {
	d.Title, d.Summary = d.Title.Clean(), d.Summary.Clean()
	if d.Visibility == "" {
		d.Visibility = domain.VisiblePublic
	}
	if d.Teams == "" {
		d.Teams = TeamsByAdministrators
	}
	return d
}

func (d Details) check(p *domain.Problems) {
	checkTexts(p, d.Title, d.Summary)
	if !d.Kind.Known() {
		p.Add("kind", "organization.kind_unknown")
	}
	if d.Visibility != domain.VisiblePublic && d.Visibility != domain.VisibleMembers {
		p.Add("visibility", "organization.visibility_unknown")
	}
	switch {
	case !slices.Contains(TeamCreations[:], d.Teams):
		p.Add("teams", "organization.team_creation_unknown")
	case d.Teams == TeamsByAnyone && d.Visibility == domain.VisibleMembers:
		p.Add("teams", "organization.team_creation_hidden")
	}
}

// apply puts checked details into the organisation.
func (o *Organization) apply(d Details, now time.Time) {
	o.Title, o.Summary, o.Kind, o.Visibility, o.Teams = d.Title, d.Summary, d.Kind, d.Visibility, d.Teams
	o.UpdatedAt = now
}

func checkTexts(p *domain.Problems, title, summary domain.Text) {
	if title.Empty() {
		p.Add("title", "organization.title_missing")
	}
	if title.Longest() > maxTitle {
		p.Add("title", "organization.text_too_long", maxTitle)
	}
	if summary.Longest() > maxSummary {
		p.Add("summary", "organization.text_too_long", maxSummary)
	}
}

var handle = regexp.MustCompile(`^[a-z0-9_]{1,30}$`)

// CheckName adds a problem unless name can be the handle of a local actor: 1
// to 30 small letters, digits and underscores.
func CheckName(p *domain.Problems, name string) {
	if !handle.MatchString(name) {
		p.Add("name", "organization.name_shape")
	}
}
