package coproduction

import (
	"encoding/json"
	"slices"
	"strings"

	"interlink/domain"
	"interlink/domain/policy"
)

// Rights is a set of what somebody may do at a place of a process: the whole
// of it, or one item and all below.
type Rights uint8

// The rights. Each implies those that it cannot be used without: who may
// manage may create and delete, who may do anything may view.
const (
	MayView   Rights = 1 << iota // see what is not public
	MayCreate                    // work: status of tasks, resources
	MayDelete                    // remove resources of others
	MayManage                    // change items and who may work on them

	AllRights = MayView | MayCreate | MayDelete | MayManage
)

var rightNames = []struct {
	right Rights
	name  string
}{{MayView, "view"}, {MayCreate, "create"}, {MayDelete, "delete"}, {MayManage, "manage"}}

// EachRight lists the rights, weakest first.
var EachRight = []Rights{MayView, MayCreate, MayDelete, MayManage}

// Has reports whether all of o are among the rights.
func (r Rights) Has(o Rights) bool { return r&o == o }

// Names lists the rights by name, weakest first; never nil.
func (r Rights) Names() []string {
	names := []string{}
	for _, n := range rightNames {
		if r.Has(n.right) {
			names = append(names, n.name)
		}
	}
	return names
}

// String is the names with spaces between them, as the database keeps them.
func (r Rights) String() string { return strings.Join(r.Names(), " ") }

// MarshalJSON writes the names.
func (r Rights) MarshalJSON() ([]byte, error) { return json.Marshal(r.Names()) }

// UnmarshalJSON reads them. Errors: Invalid for an unknown one.
func (r *Rights) UnmarshalJSON(b []byte) (err error) {
	var names []string
	if err := json.Unmarshal(b, &names); err != nil {
		return err
	}
	*r, err = ParseRights(names...)
	return err
}

// ParseRights reads rights by name. Errors: Invalid for an unknown one.
func ParseRights(names ...string) (Rights, error) {
	var r Rights
next:
	for _, name := range names {
		for _, n := range rightNames {
			if n.name == name {
				r |= n.right
				continue next
			}
		}
		return 0, domain.InvalidField("rights", "process.right_unknown", name)
	}
	return r, nil
}

// allowed adds what rights imply.
func (r Rights) allowed() Rights {
	if r&MayManage != 0 {
		r |= MayCreate | MayDelete
	}
	if r != 0 {
		r |= MayView
	}
	return r
}

// denied adds what cannot be had without them.
func (r Rights) denied() Rights {
	if r&MayView != 0 {
		return AllRights
	}
	if r != 0 {
		r |= MayManage
	}
	return r
}

// relation is what the policy knows of them.
func (r Rights) relation() policy.Relation {
	switch {
	case r.Has(MayManage):
		return policy.Administrator
	case r&(MayCreate|MayDelete) != 0:
		return policy.Contributor
	case r.Has(MayView):
		return policy.Member
	}
	return policy.Stranger
}

// Grant says what a person, or the members of a team, may do at a place, and
// what not. What it says nothing of is as in the place above. A person's own
// grants and those of each of their teams are evaluated by themselves, from
// the whole process down to the deepest place, and then united: no grant of
// one team takes a right away that another gives.
type Grant struct {
	Grantee domain.ActorID // person or team
	Item    domain.ID      // and all below it; "" for the whole process
	Allow   Rights
	Deny    Rights // none that is allowed

	// Members are those of a team, set by the store; nil for a person.
	Members []domain.ActorID
}

func (g Grant) includes(a domain.ActorID) bool {
	return g.Grantee == a || slices.Contains(g.Members, a)
}

// Settled returns the grant with all that it implies. Errors: Invalid for a
// grant that says nothing, or yes and no to the same.
func (g Grant) Settled() (Grant, error) {
	g.Allow = g.Allow.allowed()
	if g.Allow&g.Deny != 0 {
		return g, domain.InvalidField("deny", "process.grant_contradicts_itself")
	}
	if g.Deny = g.Deny.denied(); g.Allow == 0 && g.Deny == 0 {
		return g, domain.InvalidField("allow", "process.grant_of_nothing")
	}
	return g, nil
}

// over returns what is held where the grant is, if above was held above.
func (g Grant) over(above Rights) Rights { return above&^g.Deny | g.Allow }

// share is what one grantee, who is or includes an actor, was granted where.
type share struct {
	grantee domain.ActorID
	at      map[domain.ID]Grant
}

// shares returns what concerns an actor, one for each of their teams and one
// for their own grants.
func (p *Process) shares(a domain.ActorID) []share {
	var out []share
	index := map[domain.ActorID]int{}
	for _, g := range p.Grants {
		i, known := index[g.Grantee]
		if !known {
			i = -1
			if g.includes(a) {
				i = len(out)
				out = append(out, share{g.Grantee, map[domain.ID]Grant{}})
			}
			index[g.Grantee] = i
		}
		if i >= 0 {
			out[i].at[g.Item] = g
		}
	}
	return out
}

// along returns what a share gives at the end of a path that begins with ""
// for the whole process.
func (s share) along(path []domain.ID) Rights {
	var held Rights
	for _, at := range path {
		if g, ok := s.at[at]; ok {
			held = g.over(held)
		}
	}
	return held
}

// rights are what an actor may do at the end of a path.
func (p *Process) rights(a domain.ActorID, path []domain.ID) Rights {
	if p.administrates(a) {
		return AllRights
	}
	var held Rights
	for _, s := range p.shares(a) {
		held |= s.along(path)
	}
	return held
}

// whole reports whether the rights of an actor let them see all of a process,
// wherever: one grantee sees the whole and is denied nothing below.
func (p *Process) whole(a domain.ActorID) bool {
	if p.administrates(a) {
		return true
	}
	for _, s := range p.shares(a) {
		sees := s.at[""].Allow.Has(MayView)
		for _, g := range s.at {
			sees = sees && !g.Deny.Has(MayView)
		}
		if sees {
			return true
		}
	}
	return false
}

// somewhere reports whether a grant lets the actor see anything of a process.
func (p *Process) somewhere(a domain.ActorID) bool {
	for _, g := range p.Grants {
		if g.Allow.Has(MayView) && g.includes(a) {
			return true
		}
	}
	return false
}

// Held is one right of an actor at a place, and where it comes from.
type Held struct {
	Right         Rights // one
	Granted       bool
	Administrator bool           // of the process: it comes from there
	Grantee       domain.ActorID // whose grant gives it, or, if not granted, denies it; Nobody if none does
	Item          domain.ID      // where that grant is; "" for the whole process
}

// Effective tells each right of an actor at a place and where it comes from:
// of all grants that give it the deepest, else the deepest that denies it.
func (x Place) Effective(a domain.ActorID) []Held {
	path := x.path()
	out := make([]Held, len(EachRight))
	for i, right := range EachRight {
		out[i] = Held{Right: right}
		if x.administrates(a) {
			out[i].Granted, out[i].Administrator = true, true
			continue
		}
		deepest := -1
		for _, s := range x.shares(a) {
			granted, depth := s.origin(right, path)
			if depth < 0 || out[i].Granted && !granted {
				continue
			}
			if depth > deepest || granted && !out[i].Granted {
				out[i].Granted, out[i].Grantee, out[i].Item, deepest = granted, s.grantee, path[depth], depth
			}
		}
	}
	return out
}

// origin returns whether a share gives a right at the end of a path, and the
// index of the place that says so; -1 if none does.
func (s share) origin(right Rights, path []domain.ID) (granted bool, depth int) {
	depth = -1
	for i, at := range path {
		g, ok := s.at[at]
		switch {
		case ok && g.Allow.Has(right):
			granted, depth = true, i
		case ok && g.Deny.Has(right):
			granted, depth = false, i
		}
	}
	return granted, depth
}
