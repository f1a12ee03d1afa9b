// Package policy decides who may do what to which object: one function, asked
// by the services for the web page, the API and an incoming activity alike.
// No route checks rights of its own (DESIGN §2.7).
package policy

import (
	"slices"

	"interlink/domain"
)

// Verb is what somebody wants to do.
type Verb string

// The verbs.
const (
	Read       Verb = "read"       // see the object and its parts
	Create     Verb = "create"     // make an object of this kind
	Edit       Verb = "edit"       // change its description
	Contribute Verb = "contribute" // work in it: task status, resources, posts
	Publish    Verb = "publish"    // make it, or a part of it, public
	Administer Verb = "administer" // its people, its rights, its end
	Moderate   Verb = "moderate"   // hide or remove what others made
	Follow     Verb = "follow"     // receive its news
	Clone      Verb = "clone"      // make a copy of one's own
	React      Verb = "react"      // say that one likes it
	Reply      Verb = "reply"      // answer it, in public and in one's own name
	Report     Verb = "report"     // tell those who moderate of it
	Apply      Verb = "apply"      // ask for a place in it, and take that back
)

// Role is what a person may do on the node as a whole.
type Role string

// The roles. A remote actor has RoleRemote, a reader without an account
// RoleNone.
const (
	RoleNone      Role = ""
	RoleRemote    Role = "remote"
	RoleMember    Role = "member"
	RoleCurator   Role = "curator" // a member who writes the node's catalogue
	RoleModerator Role = "moderator"
	RoleAdmin     Role = "admin"
)

// Viewer is who asks.
type Viewer struct {
	Actor  domain.ActorID
	Role   Role
	Scopes []Scope // what a token allows; nil means everything (a session)
}

// Scope limits a token.
type Scope string

// The scopes of tokens.
const (
	ScopeRead  Scope = "read"
	ScopeWrite Scope = "write"
	ScopeAdmin Scope = "admin"
)

// Local reports whether the viewer has an account here.
func (v Viewer) Local() bool {
	return v.Role == RoleMember || v.Role == RoleCurator || v.Role == RoleModerator || v.Role == RoleAdmin
}

func (v Viewer) scope(s Scope) bool { return v.Scopes == nil || slices.Contains(v.Scopes, s) }

// Relation says what an object knows of a viewer. Relations grow: an
// administrator of an object is also a member of it.
type Relation int

// The relations, weakest first.
const (
	Stranger      Relation = iota
	Follower               // receives its news
	Member                 // takes part, may see what is not public
	Contributor            // may work in it
	Moderator              // may remove what others made in it
	Administrator          // may change it and its people
)

// Facts is what the policy asks of an object. Each subject's objects answer.
type Facts interface {
	PolicyKind() string                     // "process", "story", "interlinker", "node", …
	PolicyVisibility() domain.Visibility    // who may know of it
	PolicyRelation(domain.ActorID) Relation // never called with Nobody
	PolicyLocal() bool                      // owned by this node; a remote copy is never changed
}

// Allow decides. It returns nil or an [domain.Error]: Unauthenticated if
// signing in could help, NotFound if the viewer may not even know of the
// object, Forbidden otherwise.
func Allow(v Viewer, verb Verb, o Facts) error {
	relation := Stranger
	if v.Actor != domain.Nobody {
		relation = o.PolicyRelation(v.Actor)
	}
	node := v.Role == RoleAdmin && v.scope(ScopeAdmin) || v.Role == RoleCurator && curated[o.PolicyKind()]
	mayRead := o.PolicyVisibility() == domain.VisiblePublic || relation >= Member || node
	if !mayRead {
		return domain.Fail(domain.NotFound, "error.not_found")
	}
	if allowed(v, verb, o, relation, node) {
		return nil
	}
	if v.Actor == domain.Nobody {
		return domain.Fail(domain.Unauthenticated, "error.sign_in")
	}
	return domain.Fail(domain.Forbidden, "error.forbidden")
}

func allowed(v Viewer, verb Verb, o Facts, relation Relation, node bool) bool {
	if verb == Read {
		return v.scope(ScopeRead)
	}
	if v.Actor == domain.Nobody || !v.scope(ScopeWrite) {
		return false
	}
	switch verb {
	case Follow, React, Report, Apply:
		return true
	case Clone, Reply:
		return v.Local()
	case Create:
		return v.Local() && (createdByMembers[o.PolicyKind()] || relation >= creator(o) || node)
	}
	if !o.PolicyLocal() {
		return false // the owning node is authoritative (DESIGN §2.6)
	}
	node = node && !own[o.PolicyKind()]
	switch verb {
	case Contribute:
		return relation >= Contributor || node
	case Edit, Publish, Administer:
		return relation >= Administrator || node
	case Moderate:
		return relation >= Moderator || v.Role == RoleModerator || v.Role == RoleCurator && curated[o.PolicyKind()] || v.Role == RoleAdmin && v.scope(ScopeAdmin)
	}
	return false
}

// curated lists the kinds that curators of the node write as its administrators
// do.
var curated = map[string]bool{"catalogue": true}

// own lists the kinds that nobody changes for who they are of, not even who
// runs the node: what a person says of themselves.
var own = map[string]bool{"person": true}

// Creation is answered by objects that more people than the administrators of
// what they belong to may create.
type Creation interface {
	Facts
	PolicyCreator() Relation // the weakest relation with which somebody may
}

func creator(o Facts) Relation {
	if c, ok := o.(Creation); ok {
		return c.PolicyCreator()
	}
	return Administrator
}

// createdByMembers lists the kinds that any member of the node may create;
// the others need an administrator of the object they belong to.
var createdByMembers = map[string]bool{
	"organization": true,
	"community":    true,
	"process":      true,
}
