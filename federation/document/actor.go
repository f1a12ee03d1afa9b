package document

import (
	"context"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/coproduction"
	"interlink/domain/network"
	"interlink/domain/organization"
	"interlink/domain/policy"
	"interlink/federation/activity"
)

// Organizations reads organisations and teams.
type Organizations interface {
	OrganizationByID(ctx context.Context, v policy.Viewer, id domain.ActorID) (*organization.Organization, error)
	TeamByID(ctx context.Context, v policy.Viewer, id domain.ActorID) (*organization.Team, error)
	Group(ctx context.Context, v policy.Viewer, id domain.ActorID) (organization.Group, error)
}

// Processes reads processes.
type Processes interface {
	ProcessByID(ctx context.Context, v policy.Viewer, id domain.ActorID) (*coproduction.Process, error)
}

// Communities reads communities.
type Communities interface {
	CommunityByID(ctx context.Context, v policy.Viewer, id domain.ActorID) (*community.Community, error)
	PostByID(ctx context.Context, v policy.Viewer, id domain.ID) (*community.Post, error)
	Replies(ctx context.Context, v policy.Viewer, id domain.ID, p domain.Page) (domain.List[*community.Post], error)
	Conversation(ctx context.Context, v policy.Viewer, id domain.ID, p domain.Page) (domain.List[*community.Post], error)
	Pinned(ctx context.Context, v policy.Viewer, actor domain.ActorID) ([]*community.Post, error)
	RecommendedOf(ctx context.Context, v policy.Viewer, organization domain.ActorID, p domain.Page) (domain.List[*community.Community], error)
}

// Actor makes the document of a local actor. Errors: NotFound for what not
// everybody may see, Gone.
func (d *Documents) Actor(ctx context.Context, a *network.Actor) (any, error) {
	in, err := d.input(ctx, a)
	if err != nil {
		return nil, err
	}
	if err := d.extend(ctx, a, &in); err != nil {
		return nil, err
	}
	in.Featured = activity.Featured(a.IRI) // of all: some servers read it, said or not
	in.Featurable = a.Subject == network.SubjectCommunity && a.Discoverable
	if recommends(a) {
		in.Lists = activity.FeaturedCollections(a.IRI)
	}
	return activity.Actor(in), nil
}

// ActorKeys makes the document of a local actor for readers who may know its
// keys alone: its title and what it says of itself are left out. Errors: as
// [Documents.Actor].
func (d *Documents) ActorKeys(ctx context.Context, a *network.Actor) (any, error) {
	bare := *a
	bare.Title, bare.Summary, bare.Icon, bare.Fields, bare.AlsoKnownAs = a.Name, "", "", nil, nil
	in, err := d.input(ctx, &bare)
	if err != nil {
		return nil, err
	}
	return activity.Actor(in), nil
}

func (d *Documents) input(ctx context.Context, a *network.Actor) (in activity.ActorInput, err error) {
	switch {
	case !a.Local() || a.Visibility != domain.VisiblePublic:
		return in, domain.Fail(domain.NotFound, "error.not_found")
	case a.Gone():
		return in, domain.Fail(domain.Gone, "error.gone")
	}
	keys, err := d.Keys.Public(ctx, a.ID)
	if err != nil {
		return in, err
	}
	in = activity.ActorInput{Actor: a, KeyID: keys.ID, PublicKeyPEM: keys.PEM, Handle: a.Name + "@" + d.NS.HandleHost()}
	for _, k := range keys.Multikeys {
		in.Multikeys = append(in.Multikeys, activity.Multikey(k))
	}
	return in, nil
}

// extend adds what the actor is between our nodes.
func (d *Documents) extend(ctx context.Context, a *network.Actor, in *activity.ActorInput) error {
	switch a.Subject {
	case network.SubjectOrganization:
		o, err := d.Organizations.OrganizationByID(ctx, everybody, a.ID)
		if err != nil {
			return err
		}
		in.Title, in.Summary = o.Title, o.Summary
		in.Sites = d.sites(a)
	case network.SubjectPerson:
		in.Sites = d.sites(a)
	case network.SubjectTeam:
		return d.extendTeam(ctx, a, in)
	case network.SubjectCommunity:
		return d.extendCommunity(ctx, a, in)
	case network.SubjectProcess:
		return d.extendProcess(ctx, a, in)
	case network.SubjectCatalogue:
		in.Extension.Catalogue = &activity.CatalogueExtension{Entries: a.IRI + "/entries"}
	}
	return nil
}

// sites are the hosts whose pages may name an author (Mastodon's
// attributionDomains): the node's own, and those that the author chose.
func (d *Documents) sites(a *network.Actor) []string {
	return append([]string{d.NS.Host()}, a.Sites...)
}

func (d *Documents) extendTeam(ctx context.Context, a *network.Actor, in *activity.ActorInput) error {
	t, err := d.Organizations.TeamByID(ctx, everybody, a.ID)
	if err != nil {
		return err
	}
	organization, err := d.address(ctx, t.Organization)
	in.Title, in.Summary = t.Title, t.Summary
	in.Extension.Team = &activity.TeamExtension{Organization: organization, Kind: string(t.Kind)}
	return err
}

// mostAbout is how much of a community's description and of its rules the
// summary of its actor holds, in bytes: Mastodon reads 20 kB of HTML.
const mostAbout = 8000

func (d *Documents) extendCommunity(ctx context.Context, a *network.Actor, in *activity.ActorInput) error {
	c, err := d.Communities.CommunityByID(ctx, everybody, a.ID)
	if err != nil {
		return err
	}
	organization, err := d.address(ctx, c.Organization)
	in.Title, in.Summary = c.Title, c.Summary
	in.Moderators, in.Restricted = activity.Moderators(a.IRI), c.Restricted
	in.About = c.About(c.Language, d.Phrase(c.Language, "page.community.rules"), mostAbout)
	in.Extension.Community = activity.Community(c, organization)
	return err
}

// Moderators makes the collection of those who moderate a community: its
// administrators first. Who not everybody may know of is left out.
func (d *Documents) Moderators(ctx context.Context, a *network.Actor) (any, error) {
	c, err := d.Communities.CommunityByID(ctx, everybody, a.ID)
	if err != nil {
		return nil, err
	}
	items := []any{}
	for _, id := range c.Staff() {
		iri, err := d.address(ctx, id)
		if err != nil {
			return nil, err
		}
		if iri != "" {
			items = append(items, iri)
		}
	}
	return activity.WholeCollection(activity.Moderators(a.IRI), a.IRI, items), nil
}

func (d *Documents) extendProcess(ctx context.Context, a *network.Actor, in *activity.ActorInput) error {
	p, err := d.Processes.ProcessByID(ctx, everybody, a.ID)
	if err != nil {
		return err
	}
	organization, err := d.address(ctx, p.Organization)
	if err != nil {
		return err
	}
	community, err := d.address(ctx, p.Community)
	if err != nil {
		return err
	}
	joining, err := d.Calls.Joining(ctx, everybody, p.Name)
	if err != nil {
		return err
	}
	if in.Openness = network.InviteOnly; joining.Terms().Open {
		in.Openness = network.Moderated
	}
	about, err := d.Lineage.About(ctx, p)
	in.Title, in.Summary = p.Title, p.Summary
	in.Extension.Process = activity.Process(p, organization, community, about)
	return err
}

// MemberCount tells how many members a public organisation or team has; who
// they are is on its page for people. Errors: NotFound, Gone.
func (d *Documents) MemberCount(ctx context.Context, id domain.ActorID) (int, error) {
	g, err := d.Organizations.Group(ctx, everybody, id)
	if err != nil {
		return 0, err
	}
	return len(g.People()), nil
}
