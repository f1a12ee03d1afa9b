package organization

import (
	"time"

	"interlink/domain"
	"interlink/domain/policy"
)

// JoinPolicy says how somebody becomes a member of a team.
type JoinPolicy string

// The policies.
const (
	JoinOpen   JoinPolicy = "open"   // anybody who asks
	JoinInvite JoinPolicy = "invite" // those whom an administrator adds
)

// Team is a group of people of one organisation that works on processes. Its
// ID is the id of its actor (DESIGN §5: type Group, /teams/{name}).
type Team struct {
	ID           domain.ActorID
	Serial       domain.Serial
	IRI          domain.IRI
	Name         string // handle, never changed: see [CheckName]
	Organization domain.ActorID
	Title        domain.Text
	Summary      domain.Text
	Kind         Kind
	JoinPolicy   JoinPolicy
	Members      Members
	CreatedAt    time.Time
	UpdatedAt    time.Time
	Revision     int64

	// Parent is the organisation, read with the team; its administrators are
	// the team's too, and the team is as visible as it.
	Parent *Organization
}

// PolicyKind answers [policy.Facts].
func (t *Team) PolicyKind() string { return "team" }

// PolicyVisibility answers [policy.Facts].
func (t *Team) PolicyVisibility() domain.Visibility { return t.Parent.Visibility }

// PolicyRelation answers [policy.Facts]: administrators of the organisation
// administer its teams, its other members may see them.
func (t *Team) PolicyRelation(a domain.ActorID) policy.Relation {
	above := t.Parent.PolicyRelation(a)
	if above == policy.Contributor {
		above = policy.Member
	}
	return max(above, t.Members.relation(a))
}

// PolicyLocal answers [policy.Facts].
func (t *Team) PolicyLocal() bool { return true }

// PolicyCreator answers [policy.Creation]: the organisation says who makes
// teams.
func (t *Team) PolicyCreator() policy.Relation { return t.Parent.Teams.relation() }

// TeamDetails is what can be changed of a team.
type TeamDetails struct {
	Title      domain.Text
	Summary    domain.Text
	Kind       Kind       // "" means the organisation's
	JoinPolicy JoinPolicy // "" means by invitation
}

func (d TeamDetails) clean(of *Organization) TeamDetails {
	d.Title, d.Summary = d.Title.Clean(), d.Summary.Clean()
	if d.Kind == "" {
		d.Kind = of.Kind
	}
	if d.JoinPolicy == "" {
		d.JoinPolicy = JoinInvite
	}
	return d
}

func (d TeamDetails) check(p *domain.Problems) {
	checkTexts(p, d.Title, d.Summary)
	if !d.Kind.Known() {
		p.Add("kind", "organization.kind_unknown")
	}
	if d.JoinPolicy != JoinOpen && d.JoinPolicy != JoinInvite {
		p.Add("joinPolicy", "organization.join_policy_unknown")
	}
}

func (t *Team) apply(d TeamDetails, now time.Time) {
	t.Title, t.Summary, t.Kind, t.JoinPolicy = d.Title, d.Summary, d.Kind, d.JoinPolicy
	t.UpdatedAt = now
}

// Admit makes a person, local or remote, a member whose application the team's
// people accepted; a member stays what they are, and changed is false. The
// event is to be saved with the team.
func (t *Team) Admit(m *domain.Mint, by, person domain.ActorID) (event domain.Event, changed bool, err error) {
	if t.Members.Role(person) != "" {
		return event, false, nil
	}
	members, changed, err := t.Members.with(person, RoleMember, m.Now())
	if err != nil || !changed {
		return event, false, err
	}
	t.Members = members
	return domain.NewEvent(m, TeamMemberAdded, by, t.subject(), Membership{Actor: person, Role: RoleMember, Applied: true}), true, nil
}
