package api

import (
	"context"
	"net/http"
	"time"

	"interlink/domain"
	"interlink/domain/community"
)

// Keeper is somebody who runs a community.
type Keeper struct {
	Actor *Actor `json:"actor"`
	Role  string `json:"role" enum:"administrator,moderator"`
}

// KeeperInput gives somebody a role.
type KeeperInput struct {
	Named
	Body struct {
		Actor string `json:"actor" maxLength:"2048" doc:"address of the person, or @name@host; administrators have an account on this node"`
		Role  string `json:"role" enum:"administrator,moderator"`
	}
}

// Ban keeps somebody from writing in a community.
type Ban struct {
	Actor  *Actor     `json:"actor"`
	Reason string     `json:"reason"`
	By     *Actor     `json:"by,omitempty"`
	Since  time.Time  `json:"since"`
	Until  *time.Time `json:"until,omitempty" doc:"absent: until it is lifted"`
}

// BanInput keeps somebody from writing.
type BanInput struct {
	Named
	Body struct {
		Actor  string     `json:"actor" maxLength:"2048" doc:"address of the person, or @name@host"`
		Reason string     `json:"reason" minLength:"1" maxLength:"5000" doc:"for them; plain text"`
		Until  *time.Time `json:"until,omitempty"`
	}
}

func (a *API) staffOperations() {
	const tag = "Communities"
	do(a, tag, operation{method: http.MethodGet, path: "/communities/{name}/people", summary: "Who runs a community: administrators, then moderators"}, a.staff)
	do(a, tag, operation{method: http.MethodPut, path: "/communities/{name}/people", summary: "Give somebody a role in a community"},
		func(ctx context.Context, c *caller, in *KeeperInput) (*None, error) {
			return a.setRole(ctx, c, in.Name, in.Body.Actor, community.Role(in.Body.Role))
		})
	do(a, tag, operation{method: http.MethodDelete, path: "/communities/{name}/people", summary: "End somebody's role in a community, or one's own"},
		func(ctx context.Context, c *caller, in *MemberName) (*None, error) {
			return a.setRole(ctx, c, in.Name, in.Actor, community.NoRole)
		})
	do(a, tag, operation{method: http.MethodGet, path: "/communities/{name}/bans", own: true, summary: "Who is kept from writing in a community, for its moderators"},
		func(ctx context.Context, c *caller, in *NamedPaging) (*List[Ban], error) {
			list, err := a.Communities.Bans(ctx, c.viewer, in.Name, in.page())
			if err != nil {
				return nil, err
			}
			return shown(ctx, a, c, list, func(b *community.Ban) []domain.ActorID { return []domain.ActorID{b.Actor, b.By} }, func(b *community.Ban) Ban {
				return Ban{Actor: a.actorByID(ctx, c, b.Actor), Reason: b.Reason, By: a.actorByID(ctx, c, b.By), Since: b.At, Until: instant(b.Until)}
			})
		})
	do(a, tag, operation{method: http.MethodPost, path: "/communities/{name}/bans", summary: "Keep somebody from writing in a community", description: "They may read on. They are told, with the reason."},
		func(ctx context.Context, c *caller, in *BanInput) (*None, error) {
			who, err := a.inCommunity(ctx, c, in.Name, in.Body.Actor)
			if err != nil {
				return nil, err
			}
			b := community.Banning{Who: who, Reason: in.Body.Reason}
			if in.Body.Until != nil {
				b.Until = *in.Body.Until
			}
			return nothing(a.Communities.Ban(ctx, c.viewer, in.Name, b))
		})
	do(a, tag, operation{method: http.MethodDelete, path: "/communities/{name}/bans", summary: "Let somebody write in a community again"},
		func(ctx context.Context, c *caller, in *MemberName) (*None, error) {
			who, err := a.inCommunity(ctx, c, in.Name, in.Actor)
			if err != nil {
				return nil, err
			}
			return nothing(a.Communities.Unban(ctx, c.viewer, in.Name, who))
		})
}

func (a *API) staff(ctx context.Context, c *caller, in *Named) (*List[Keeper], error) {
	of, err := a.Communities.Community(ctx, c.viewer, in.Name)
	if err != nil {
		return nil, err
	}
	all := of.Staff()
	return shown(ctx, a, c, domain.List[domain.ActorID]{Items: all, Total: len(all)}, func(id domain.ActorID) []domain.ActorID { return []domain.ActorID{id} },
		func(id domain.ActorID) Keeper { return Keeper{a.actorByID(ctx, c, id), string(of.Role(id))} })
}

func (a *API) setRole(ctx context.Context, c *caller, name, actor string, role community.Role) (*None, error) {
	who, err := a.inCommunity(ctx, c, name, actor)
	if err != nil {
		return nil, err
	}
	_, err = a.Communities.SetRole(ctx, c.viewer, name, who, role)
	return nothing(err)
}

// inCommunity finds who is meant, once it is known that the community is here.
func (a *API) inCommunity(ctx context.Context, c *caller, name, actor string) (domain.ActorID, error) {
	if _, err := a.Communities.Community(ctx, c.viewer, name); err != nil {
		return domain.Nobody, err
	}
	if actor == "" {
		return domain.Nobody, domain.InvalidField("actor", "follow.handle", actor)
	}
	who, err := a.find(ctx, c, "actor", actor)
	if err != nil {
		return domain.Nobody, err
	}
	return who.ID, nil
}
