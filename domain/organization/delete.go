package organization

import (
	"context"

	"interlink/domain"
	"interlink/domain/policy"
)

// Holdings are what an organisation or a team has, and what becomes of it when
// the group is deleted.
type Holdings struct {
	Members     int
	Elsewhere   []domain.ActorID // members of other nodes, and who asked it from there to sign a story
	Followers   int
	Invitations int
	Teams       []*Team // of an organisation: deleted with it
	Granted     []Part  // processes in which it has rights: they end
	Owned       []Part  // processes that are its own, or that it leads: they go on without it
	ByTeams     []Part  // processes in which Teams have rights: they end too
	LedByTeams  []Part  // processes that Teams lead, and that are not its own: they go on without them
	Communities int     // of an organisation: they go on without it
	Stories     int     // published ones of an organisation: it cannot be deleted before they are withdrawn
}

// Part is a process in which a group takes part.
type Part struct {
	ID    domain.ActorID
	Name  string
	IRI   domain.IRI
	Title domain.Text
}

// Ending is a group that ends, as it was read.
type Ending struct {
	Group   Group
	Granted []domain.ActorID // processes from which its rights are taken
	Owned   []domain.ActorID // processes that lose it
}

// Holdings tells what deleting a group would mean. Errors: NotFound,
// Forbidden.
func (s *Service) Holdings(ctx context.Context, v policy.Viewer, group domain.ActorID) (Holdings, error) {
	if _, err := s.group(ctx, v, policy.Administer, group); err != nil {
		return Holdings{}, err
	}
	return s.store.Holdings(ctx, group)
}

// Delete ends a group, and with an organisation its teams: their rights in
// processes end, processes and communities of theirs go on without them, their
// people are members no more. Their names are never given again; followers and
// members of other nodes are told. It cannot be undone: confirm must be the
// group's name. Errors: NotFound, Forbidden, Invalid on "confirm", Conflict for
// an organisation with published stories, or if somebody changed something
// meanwhile.
func (s *Service) Delete(ctx context.Context, v policy.Viewer, group domain.ActorID, confirm string) error {
	g, err := s.group(ctx, v, policy.Administer, group)
	if err != nil {
		return err
	}
	if confirm != g.Ref().Name {
		return domain.InvalidField("confirm", "organization.confirm_name", g.Ref().Name)
	}
	holds, err := s.store.Holdings(ctx, group)
	if err != nil {
		return err
	}
	if holds.Stories > 0 {
		return domain.Fail(domain.Conflict, "organization.has_stories", holds.Stories)
	}
	var endings []Ending
	var change domain.Change
	lost := losses{}
	if t, ok := g.(*Team); ok {
		lost.of(t, holds)
	}
	for _, t := range holds.Teams {
		has, err := s.store.Holdings(ctx, t.ID)
		if err != nil {
			return err
		}
		lost.of(t, has)
		endings = append(endings, s.ending(v, t, has, &change))
	}
	endings = append(endings, s.ending(v, g, holds, &change))
	if err := s.tell(ctx, v.Actor, lost, &change); err != nil {
		return err
	}
	return s.store.End(ctx, endings, s.mint.Now(), change)
}

// ending adds what the end of a group tells.
func (s *Service) ending(v policy.Viewer, g Group, holds Holdings, change *domain.Change) Ending {
	ref := g.Ref()
	named := Named{Name: ref.Name, Title: ref.Title}
	if t, ok := g.(*Team); ok {
		named.Organization = t.Organization
	}
	e := Ending{Group: g}
	told := map[domain.ActorID]bool{}
	tell := func(parts []Part) (ids []domain.ActorID) {
		for _, p := range parts {
			ids = append(ids, p.ID)
			if !told[p.ID] {
				told[p.ID] = true
				change.Events = append(change.Events,
					domain.NewEvent(s.mint, GroupEnded, v.Actor, domain.Subject{Kind: "process", ID: domain.ID(p.ID)}, named))
			}
		}
		return ids
	}
	e.Granted, e.Owned = tell(holds.Granted), tell(holds.Owned)
	change.Events = append(change.Events, s.toldOf(g, TeamDeleted, OrganizationDeleted, v.Actor, Deleted{Named: named, Elsewhere: holds.Elsewhere}))
	return e
}
