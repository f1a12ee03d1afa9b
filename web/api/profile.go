package api

import (
	"context"
	"net/http"
	"time"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/profile"
)

// Profile is what an actor says of itself beside its name and description.
type Profile struct {
	Fields             []ProfileField `json:"fields"`
	Discoverable       bool           `json:"discoverable"`
	Indexable          bool           `json:"indexable"`
	AttributionDomains []string       `json:"attributionDomains"`
}

// ProfileField is a line of a profile.
type ProfileField struct {
	Name  string `json:"name" maxLength:"100"`
	Value string `json:"value" maxLength:"400" doc:"plain text; an address becomes a link"`
}

// ProfileEdit changes a profile; what is absent stays.
type ProfileEdit struct {
	Fields             *[]ProfileField `json:"fields,omitempty" maxItems:"4"`
	Discoverable       *bool           `json:"discoverable,omitempty" doc:"others may recommend it"`
	Indexable          *bool           `json:"indexable,omitempty" doc:"posts may be found by searching"`
	AttributionDomains *[]string       `json:"attributionDomains,omitempty" maxItems:"10" doc:"hosts whose pages may name it as author, beside the node's own"`
}

// Move is under what other names an actor is known, and where it went.
type Move struct {
	AlsoKnownAs []domain.IRI `json:"alsoKnownAs"`
	MovedTo     domain.IRI   `json:"movedTo,omitempty" doc:"absent while it is here"`
	MovedAt     *time.Time   `json:"movedAt,omitempty" doc:"its last move; it can move again seven days later"`
}

// MoveEdit moves followers to another actor.
type MoveEdit struct {
	Target   string `json:"target" maxLength:"2000" doc:"handle or address; it must name this actor in its alsoKnownAs"`
	Password string `json:"password" maxLength:"300" doc:"of the account that the token belongs to"`
}

// AliasEdit names another actor of the same person or community.
type AliasEdit struct {
	Actor string `json:"actor" maxLength:"2000" doc:"handle or address"`
}

// OwnProfileInput changes the caller's profile.
type OwnProfileInput struct {
	Body ProfileEdit
}

// ProfileOfInput changes the profile of an organisation or community.
type ProfileOfInput struct {
	Named
	Body ProfileEdit
}

// OwnMoveInput moves the caller's followers.
type OwnMoveInput struct {
	Body MoveEdit
}

// MoveOfInput moves the followers of a community.
type MoveOfInput struct {
	Named
	Body MoveEdit
}

// OwnAliasInput names another actor of the caller.
type OwnAliasInput struct {
	Body AliasEdit
}

// AliasOfInput names another actor of a community.
type AliasOfInput struct {
	Named
	Body AliasEdit
}

// OwnAlias asks for an alias of the caller.
type OwnAlias struct {
	Actor domain.IRI `query:"actor" maxLength:"2048" doc:"its address"`
}

// AliasOf asks for an alias of a community.
type AliasOf struct {
	Named
	OwnAlias
}

// The words of the operations.
const (
	patchProfile = "What is absent stays. Actors tell of it by `attachment`, `discoverable`, `indexable` and `attributionDomains`."
	postMove     = "Followers follow the other actor from now on, new ones and new posts are refused; clones of a process have the other one as their source. Once in seven days."
)

func (a *API) profileOperations() {
	a.ownProfileOperations()
	organization := func(ctx context.Context, c *caller, name string) (domain.ActorID, error) {
		o, err := a.Organizations.Organization(ctx, c.viewer, name)
		if err != nil {
			return domain.Nobody, err
		}
		return o.ID, nil
	}
	community := func(ctx context.Context, c *caller, name string) (domain.ActorID, error) {
		found, err := a.Communities.Community(ctx, c.viewer, name)
		if err != nil {
			return domain.Nobody, err
		}
		return found.ID, nil
	}
	a.profileOf("Organizations", "/organizations/{name}", "an organisation", organization)
	a.profileOf("Communities", "/communities/{name}", "a community", community)
	a.moveOf("Communities", "/communities/{name}", "a community", community)
	a.moveOf("Processes", "/processes/{name}", "a process", func(ctx context.Context, c *caller, name string) (domain.ActorID, error) {
		p, err := a.Coproduction.Process(ctx, c.viewer, name)
		if err != nil {
			return domain.Nobody, err
		}
		return p.ID, nil
	})
}

// self is the actor of the caller.
func self(c *caller) domain.ActorID {
	if c.account == nil {
		return domain.Nobody
	}
	return c.account.Actor
}

func (a *API) ownProfileOperations() {
	const tag = "Account"
	do(a, tag, operation{method: http.MethodGet, path: "/me/profile", own: true, summary: "Read one's own profile"},
		func(ctx context.Context, c *caller, _ *struct{}) (*One[Profile], error) {
			return a.profile(ctx, c, self(c))
		})
	do(a, tag, operation{method: http.MethodPatch, path: "/me/profile", summary: "Change one's own profile lines and switches", description: patchProfile},
		func(ctx context.Context, c *caller, in *OwnProfileInput) (*One[Profile], error) {
			return a.editProfile(ctx, c, self(c), in.Body)
		})
	do(a, tag, operation{method: http.MethodGet, path: "/me/move", own: true, summary: "Read where one moved, and one's other names"},
		func(ctx context.Context, c *caller, _ *struct{}) (*One[Move], error) { return a.move(ctx, c, self(c)) })
	do(a, tag, operation{method: http.MethodPost, path: "/me/move", summary: "Move one's followers to another actor", description: postMove},
		func(ctx context.Context, c *caller, in *OwnMoveInput) (*One[Move], error) {
			err := a.Profiles.Move(ctx, c.viewer, self(c), in.Body.Target, in.Body.Password)
			return a.moved(ctx, c, self(c), err)
		})
	do(a, tag, operation{method: http.MethodDelete, path: "/me/move", summary: "Be here again"},
		func(ctx context.Context, c *caller, _ *struct{}) (*None, error) {
			return nothing(a.Profiles.Return(ctx, c.viewer, self(c)))
		})
	do(a, tag, operation{method: http.MethodPost, path: "/me/aliases", summary: "Name another actor of one's own"},
		func(ctx context.Context, c *caller, in *OwnAliasInput) (*One[Move], error) {
			return a.moved(ctx, c, self(c), a.Profiles.AddAlias(ctx, c.viewer, self(c), in.Body.Actor))
		})
	do(a, tag, operation{method: http.MethodDelete, path: "/me/aliases", summary: "Take the name of another actor back"},
		func(ctx context.Context, c *caller, in *OwnAlias) (*None, error) {
			return nothing(a.Profiles.RemoveAlias(ctx, c.viewer, self(c), in.Actor))
		})
}

func (a *API) profileOf(tag, path, what string, find func(ctx context.Context, c *caller, name string) (domain.ActorID, error)) {
	do(a, tag, operation{method: http.MethodGet, path: path + "/profile", summary: "Read the profile of " + what},
		func(ctx context.Context, c *caller, in *Named) (*One[Profile], error) {
			id, err := find(ctx, c, in.Name)
			if err != nil {
				return nil, err
			}
			return a.profile(ctx, c, id)
		})
	do(a, tag, operation{method: http.MethodPatch, path: path + "/profile", summary: "Change the profile of " + what, description: patchProfile},
		func(ctx context.Context, c *caller, in *ProfileOfInput) (*One[Profile], error) {
			id, err := find(ctx, c, in.Name)
			if err != nil {
				return nil, err
			}
			return a.editProfile(ctx, c, id, in.Body)
		})
}

func (a *API) moveOf(tag, path, what string, find func(ctx context.Context, c *caller, name string) (domain.ActorID, error)) {
	do(a, tag, operation{method: http.MethodGet, path: path + "/move", summary: "Read where " + what + " moved, and its other names"},
		func(ctx context.Context, c *caller, in *Named) (*One[Move], error) {
			id, err := find(ctx, c, in.Name)
			if err != nil {
				return nil, err
			}
			return a.move(ctx, c, id)
		})
	do(a, tag, operation{method: http.MethodPost, path: path + "/move", summary: "Move the followers of " + what + " to another actor", description: postMove},
		func(ctx context.Context, c *caller, in *MoveOfInput) (*One[Move], error) {
			id, err := find(ctx, c, in.Name)
			if err == nil {
				err = a.Profiles.Move(ctx, c.viewer, id, in.Body.Target, in.Body.Password)
			}
			return a.moved(ctx, c, id, err)
		})
	do(a, tag, operation{method: http.MethodDelete, path: path + "/move", summary: "Say that " + what + " is here again"},
		func(ctx context.Context, c *caller, in *Named) (*None, error) {
			id, err := find(ctx, c, in.Name)
			if err == nil {
				err = a.Profiles.Return(ctx, c.viewer, id)
			}
			return nothing(err)
		})
	do(a, tag, operation{method: http.MethodPost, path: path + "/aliases", summary: "Name another actor of " + what},
		func(ctx context.Context, c *caller, in *AliasOfInput) (*One[Move], error) {
			id, err := find(ctx, c, in.Name)
			if err == nil {
				err = a.Profiles.AddAlias(ctx, c.viewer, id, in.Body.Actor)
			}
			return a.moved(ctx, c, id, err)
		})
	do(a, tag, operation{method: http.MethodDelete, path: path + "/aliases", summary: "Take the name of another actor of " + what + " back"},
		func(ctx context.Context, c *caller, in *AliasOf) (*None, error) {
			id, err := find(ctx, c, in.Name)
			if err == nil {
				err = a.Profiles.RemoveAlias(ctx, c.viewer, id, in.Actor)
			}
			return nothing(err)
		})
}

// read finds the actor that an operation is about.
func (a *API) read(ctx context.Context, c *caller, id domain.ActorID) (*network.Actor, error) {
	if id == domain.Nobody {
		return nil, domain.Fail(domain.Unauthenticated, "error.token")
	}
	return a.Network.Actor(ctx, c.viewer, id)
}

func (a *API) profile(ctx context.Context, c *caller, id domain.ActorID) (*One[Profile], error) {
	of, err := a.read(ctx, c, id)
	if err != nil {
		return nil, err
	}
	p := Profile{Fields: []ProfileField{}, Discoverable: of.Discoverable, Indexable: of.Indexable, AttributionDomains: append([]string{}, of.Sites...)}
	for _, f := range of.Fields {
		p.Fields = append(p.Fields, ProfileField(f))
	}
	return one(p), nil
}

func (a *API) editProfile(ctx context.Context, c *caller, id domain.ActorID, edit ProfileEdit) (*One[Profile], error) {
	of, err := a.read(ctx, c, id)
	if err != nil {
		return nil, err
	}
	s := profile.Of(of)
	if edit.Fields != nil {
		s.Fields = nil
		for _, f := range *edit.Fields {
			s.Fields = append(s.Fields, network.Field(f))
		}
	}
	set(&s.Discoverable, edit.Discoverable)
	set(&s.Indexable, edit.Indexable)
	set(&s.Sites, edit.AttributionDomains)
	if err := a.Profiles.Edit(ctx, c.viewer, id, s); err != nil {
		return nil, err
	}
	return a.profile(ctx, c, id)
}

func (a *API) move(ctx context.Context, c *caller, id domain.ActorID) (*One[Move], error) {
	of, err := a.read(ctx, c, id)
	if err != nil {
		return nil, err
	}
	return one(Move{AlsoKnownAs: append([]domain.IRI{}, of.AlsoKnownAs...), MovedTo: of.MovedTo, MovedAt: instant(of.MovedAt)}), nil
}

// moved answers with what was changed, unless it was refused.
func (a *API) moved(ctx context.Context, c *caller, id domain.ActorID, err error) (*One[Move], error) {
	if err != nil {
		return nil, err
	}
	return a.move(ctx, c, id)
}
