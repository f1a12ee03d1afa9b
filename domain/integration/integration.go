// Package integration runs software Interlinkers in tasks: programs on servers
// of their own, such as a board or a survey, that keep what is made with them.
//
// An administrator registers one with the address below which it has the routes
// of INTERLINK's integration contract:
//
//	GET    /health                 answers 2xx while it works
//	POST   /assets/instantiate     a page on which something is made
//	GET    /assets/{id}            {"name": …}
//	POST   /assets/{id}/view       a page that shows it
//	POST   /assets/{id}/edit       a page that changes it
//	POST   /assets/{id}/clone      makes a copy, answers {"id": …, "name": …}
//	GET    /assets/{id}/download   it as a file
//	DELETE /assets/{id}
//
// Pages are opened by a form that a browser posts, in a frame or in a window of
// its own: token, lang, and for instantiate state and return. They never see the
// session. The token is a JWT for that Interlinker alone, signed with a key of
// the node's /.well-known/jwks.json; it names a person and a process by
// pseudonyms that no other Interlinker has. The other routes get it in the header
// Authorization. What was made is told to the opener, by
// postMessage({code: "asset_created", message: {id}}, origin of the node), or by
// leading the window to return with state and asset.
package integration

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/policy"
)

// Capability is a part of the contract that a software Interlinker has.
type Capability string

// The capabilities. Each has instantiate.
const (
	Instantiate Capability = "instantiate"
	View        Capability = "view"
	Edit        Capability = "edit"
	Clone       Capability = "clone"
	Download    Capability = "download"
	Delete      Capability = "delete"
)

// Optional lists the capabilities that one may have beside instantiate.
var Optional = []Capability{View, Edit, Clone, Download, Delete}

// State says how a software Interlinker answered last.
type State string

// The states; Unknown before the first check.
const (
	Unknown State = ""
	Up      State = "up"
	Down    State = "down"
)

// maxTools bounds how many software Interlinkers are registered.
const maxTools = 100

// maxBase is the longest address, in bytes.
const maxBase = 500

// Tool is a software Interlinker that is registered here.
type Tool struct {
	ID           domain.ID
	Interlinker  domain.ID // the catalogue's row
	IRI          domain.IRI
	Base         domain.IRI   // "https://board.example/api/v1", without a slash at its end
	Capabilities []Capability // beside instantiate
	Frame        bool         // its pages are shown in a frame; else in a window of their own
	On           bool
	State        State
	Answer       string    // to the last check: a status, or what failed; "" before it
	CheckedAt    time.Time // zero before the first check
	Since        time.Time // since when it is in its state
	CreatedAt    time.Time
	Revision     int64
}

// Details are what an administrator says of a software Interlinker.
type Details struct {
	Base         string
	Capabilities []Capability
	Frame        bool
	On           bool
}

// Can reports whether it has a part of the contract.
func (t *Tool) Can(c Capability) bool {
	return c == Instantiate || slices.Contains(t.Capabilities, c)
}

// Origin is "https://board.example", as browsers compare it (RFC 6454).
func (t *Tool) Origin() string {
	u, err := url.Parse(string(t.Base))
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// at is the address of one of its routes.
func (t *Tool) at(asset string, c Capability) domain.IRI {
	if asset == "" {
		return t.Base + "/assets/" + domain.IRI(c)
	}
	address := t.Base + "/assets/" + domain.IRI(url.PathEscape(asset))
	if c == "" || c == Delete {
		return address
	}
	return address + "/" + domain.IRI(c)
}

// assetID is what a software Interlinker may call what it keeps.
var assetID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._~:-]{0,199}$`)

// apply takes over what an administrator says. Errors: Invalid on "base" and
// "capabilities".
func (t *Tool) apply(d Details, ns domain.Namespace) error {
	var p domain.Problems
	base, err := domain.ParseLink(strings.TrimRight(strings.TrimSpace(d.Base), "/"))
	u, bad := url.Parse(string(base))
	switch {
	case err != nil || bad != nil || u.Scheme != "https" && strings.HasPrefix(ns.Base(), "https:") || len(base) > maxBase || u.RawQuery != "" || u.Fragment != "" || u.User != nil:
		p.Add("base", "integration.base")
	case base.Host() == ns.Host():
		p.Add("base", "integration.base_here") // its pages would act as this node's
	}
	for _, c := range d.Capabilities {
		if !slices.Contains(Optional, c) {
			p.Add("capabilities", "integration.capability")
		}
	}
	if err := p.Err(); err != nil {
		return err
	}
	t.Capabilities = slices.DeleteFunc(slices.Clone(Optional), func(c Capability) bool { return !slices.Contains(d.Capabilities, c) })
	t.Base, t.Frame, t.On = base, d.Frame, d.On
	return nil
}

// usable fails for what cannot be used now. Errors: Unavailable.
func (t *Tool) usable(c Capability) error {
	if !t.On {
		return domain.Fail(domain.Unavailable, "integration.off")
	}
	if !t.Can(c) {
		return domain.Fail(domain.Invalid, "integration.cannot_"+string(c))
	}
	return nil
}

// Subject names the Interlinker in events.
func (t *Tool) Subject() domain.Subject { return domain.Subject{Kind: "integration", ID: t.ID} }

// registry is what the policy asks of the list of what is registered: who
// administers the node writes it.
type registry struct{}

func (registry) PolicyKind() string                            { return "integration" }
func (registry) PolicyVisibility() domain.Visibility           { return domain.VisibleMembers }
func (registry) PolicyRelation(domain.ActorID) policy.Relation { return policy.Stranger }
func (registry) PolicyLocal() bool                             { return true }

// The events of what is registered; the subject is that.
const (
	Registered domain.EventKind = "integration.registered" // [Changed]
	Edited     domain.EventKind = "integration.changed"    // [Changed]
	Removed    domain.EventKind = "integration.removed"    // [Changed]
	Turned     domain.EventKind = "integration.turned"     // [Changed]: it answers again, or not any more
)

// Changed is the payload of the events.
type Changed struct {
	Interlinker domain.IRI `json:"interlinker"`
	Base        domain.IRI `json:"base"`
	On          bool       `json:"on"`
	State       State      `json:"state,omitempty"`
}
