package api

import (
	"context"
	"net/http"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/policy"
)

// Grant is what a person or team was granted at a place of a process.
type Grant struct {
	Grantee *Actor    `json:"grantee"`
	Item    domain.ID `json:"item,omitempty" doc:"and all below it; absent for the whole process"`
	Allow   []string  `json:"allow" enum:"view,create,delete,manage"`
	Deny    []string  `json:"deny" enum:"view,create,delete,manage"`
}

// GrantsInput asks for the grants of a process.
type GrantsInput struct {
	Named
	Paging
	Item string `query:"item" maxLength:"36" doc:"only those that hold at this item"`
}

// GrantInput gives rights.
type GrantInput struct {
	Named
	Body struct {
		Actor string   `json:"actor" minLength:"1" maxLength:"2048" doc:"address of a person or team, or @name@host"`
		Item  string   `json:"item,omitempty" maxLength:"36" doc:"where, and all below it; absent for the whole process"`
		Allow []string `json:"allow,omitempty" maxItems:"4" enum:"view,create,delete,manage" doc:"each implies those that it cannot be used without"`
		Deny  []string `json:"deny,omitempty" maxItems:"4" enum:"view,create,delete,manage" doc:"each with those that cannot be had without it; what is neither allowed nor denied is as in the place above"`
	}
}

// GrantName says which grant is meant.
type GrantName struct {
	Named
	Actor string `query:"actor" maxLength:"2048" doc:"address of the person or team, or @name@host"`
	Item  string `query:"item" maxLength:"36" doc:"where; absent for the whole process"`
}

// RightsInput asks what somebody may do.
type RightsInput struct {
	Named
	Item  string `query:"item" maxLength:"36" doc:"where; absent for the whole process"`
	Actor string `query:"actor" maxLength:"2048" doc:"address of a person, or @name@host, for those who manage the place; the caller by default"`
}

// HeldRight is one right of somebody at a place, and where it comes from.
type HeldRight struct {
	Right         string    `json:"right" enum:"view,create,delete,manage"`
	Granted       bool      `json:"granted"`
	Administrator bool      `json:"administrator,omitempty" doc:"of the process: it comes from there"`
	Grantee       *Actor    `json:"grantee,omitempty" doc:"whose grant gives it, or, if it is not granted, denies it"`
	Item          domain.ID `json:"item,omitempty" doc:"where that grant is; absent for the whole process"`
}

// AdministratorInput says who is, or is not any more, an administrator.
type AdministratorInput struct {
	Named
	Body struct {
		Actor string `json:"actor" minLength:"1" maxLength:"2048" doc:"address of the person, or @name@host"`
	}
}

// AdministratorName says which administrator is meant.
type AdministratorName struct {
	Named
	Actor string `query:"actor" maxLength:"2048" doc:"address of the person, or @name@host"`
}

func (a *API) grantOperations() {
	const tag = "Rights"
	do(a, tag, operation{method: http.MethodGet, path: "/processes/{name}/grants", summary: "Who was granted what in a process"},
		func(ctx context.Context, c *caller, in *GrantsInput) (*List[Grant], error) {
			at, err := a.place(ctx, c, in.Name, in.Item)
			if err != nil {
				return nil, err
			}
			list, err := at.Known(c.viewer, in.page())
			if err != nil {
				return nil, err
			}
			return shown(ctx, a, c, list, func(g coproduction.Grant) []domain.ActorID { return []domain.ActorID{g.Grantee} }, func(g coproduction.Grant) Grant {
				return Grant{Grantee: a.actorByID(ctx, c, g.Grantee), Item: g.Item, Allow: g.Allow.Names(), Deny: g.Deny.Names()}
			})
		})
	do(a, tag, operation{
		method: http.MethodPut, path: "/processes/{name}/grants", summary: "Give somebody rights at a place",
		description: "In place of those they were granted there. A person's own grants and those of each of their teams are evaluated by themselves, from the whole process down, and then united.",
	}, a.putGrant)
	do(a, tag, operation{method: http.MethodDelete, path: "/processes/{name}/grants", summary: "Withdraw the rights of somebody at a place"},
		func(ctx context.Context, c *caller, in *GrantName) (*None, error) {
			if _, err := a.managed(ctx, c, in.Name, in.Item); err != nil {
				return nil, err
			}
			who, err := a.find(ctx, c, "actor", in.Actor)
			if err != nil {
				return nil, err
			}
			return nothing(a.Coproduction.RevokeGrant(ctx, c.viewer, in.Name, who.ID, domain.ID(in.Item)))
		})
	do(a, tag, operation{method: http.MethodGet, path: "/processes/{name}/rights", own: true, summary: "What somebody may do at a place, and from which grant it comes"}, a.effective)
	do(a, tag, operation{method: http.MethodPut, path: "/processes/{name}/administrators", summary: "Make a person an administrator"},
		func(ctx context.Context, c *caller, in *AdministratorInput) (*None, error) {
			if err := a.administers(ctx, c, in.Name); err != nil {
				return nil, err
			}
			who, err := a.find(ctx, c, "actor", in.Body.Actor)
			if err != nil {
				return nil, err
			}
			return nothing(a.Coproduction.AddAdministrator(ctx, c.viewer, in.Name, who.ID))
		})
	do(a, tag, operation{method: http.MethodDelete, path: "/processes/{name}/administrators", summary: "Take the role of administrator from a person, unless they are the last"},
		func(ctx context.Context, c *caller, in *AdministratorName) (*None, error) {
			if err := a.administers(ctx, c, in.Name); err != nil {
				return nil, err
			}
			who, err := a.find(ctx, c, "actor", in.Actor)
			if err != nil {
				return nil, err
			}
			return nothing(a.Coproduction.RemoveAdministrator(ctx, c.viewer, in.Name, who.ID))
		})
}

// place reads an item of a process, or, for "", the whole.
func (a *API) place(ctx context.Context, c *caller, name, item string) (coproduction.Place, error) {
	p, t, err := a.Coproduction.Guide(ctx, c.viewer, name, domain.ID(item))
	if err == nil && item != "" {
		_, err = t.Item(domain.ID(item))
	}
	return coproduction.Place{Process: p, Tree: t, Item: domain.ID(item)}, err
}

// managed is [API.place] for those who say who works there: it fails before
// another server is asked for somebody.
func (a *API) managed(ctx context.Context, c *caller, name, item string) (coproduction.Place, error) {
	at, err := a.place(ctx, c, name, item)
	if err != nil {
		return at, err
	}
	return at, policy.Allow(c.viewer, policy.Administer, at)
}

// administers fails before another server is asked for somebody.
func (a *API) administers(ctx context.Context, c *caller, name string) error {
	p, err := a.Coproduction.Process(ctx, c.viewer, name)
	if err != nil {
		return err
	}
	return policy.Allow(c.viewer, policy.Administer, p)
}

func (a *API) putGrant(ctx context.Context, c *caller, in *GrantInput) (*One[Grant], error) {
	at, err := a.managed(ctx, c, in.Name, in.Body.Item)
	if err != nil {
		return nil, err
	}
	who, err := a.find(ctx, c, "actor", in.Body.Actor)
	if err != nil {
		return nil, err
	}
	g := coproduction.Grant{Grantee: who.ID, Item: at.Item}
	if g.Allow, err = coproduction.ParseRights(in.Body.Allow...); err != nil {
		return nil, err
	}
	if g.Deny, err = coproduction.ParseRights(in.Body.Deny...); err != nil {
		return nil, err
	}
	if err := a.Coproduction.PutGrant(ctx, c.viewer, in.Name, g); err != nil {
		return nil, err
	}
	g, err = g.Settled()
	grantee := a.actor(c, who)
	return one(Grant{Grantee: &grantee, Item: g.Item, Allow: g.Allow.Names(), Deny: g.Deny.Names()}), err
}

func (a *API) effective(ctx context.Context, c *caller, in *RightsInput) (*One[[]HeldRight], error) {
	at, err := a.place(ctx, c, in.Name, in.Item)
	if err != nil {
		return nil, err
	}
	who := c.viewer.Actor
	if in.Actor != "" {
		if err := policy.Allow(c.viewer, policy.Administer, at); err != nil {
			return nil, err
		}
		of, err := a.find(ctx, c, "actor", in.Actor)
		if err != nil {
			return nil, err
		}
		who = of.ID
	}
	out := []HeldRight{}
	for _, h := range at.Effective(who) {
		out = append(out, HeldRight{
			Right: h.Right.String(), Granted: h.Granted, Administrator: h.Administrator, Grantee: a.actorByID(ctx, c, h.Grantee), Item: h.Item,
		})
	}
	return one(out), nil
}
