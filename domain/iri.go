package domain

import (
	"net/url"
	"strings"
)

// IRI is the ActivityPub id of an actor, object or activity: an absolute
// https (in loopback mode also http) address. IRIs are compared as strings
// and are never database keys of other rows.
type IRI string

// maxIRI is the longest IRI accepted, in bytes (reference: 2048 is what the
// peers store).
const maxIRI = 2048

// ParseIRI checks that s can be an ActivityPub id: http or https in small
// letters, a host as it is looked up (lower case, ASCII) and in no second
// spelling (no port that is the scheme's own, no dot at the end), no user, at
// most 2048 bytes, no white space or control character. Whoever could be
// written in two ways would be two hosts to who blocks or counts them.
// Errors: Invalid.
func ParseIRI(s string) (IRI, error) {
	u := parseLink(s)
	if u == nil || !canonicalHost(u) {
		return "", Fail(Invalid, "error.iri")
	}
	return IRI(s), nil
}

// canonicalHost reports whether the host of an address has one spelling.
func canonicalHost(u *url.URL) bool {
	if strings.ContainsFunc(u.Host, func(r rune) bool { return r > 0x7e || r == '%' }) || strings.HasSuffix(u.Hostname(), ".") {
		return false
	}
	if strings.HasSuffix(u.Host, ":") || u.Scheme == "https" && u.Port() == "443" || u.Scheme == "http" && u.Port() == "80" {
		return false
	}
	return u.Port() == "" || u.Port()[0] != '0'
}

// ParseLink checks that s can be followed as a link: as [ParseIRI], but its
// host may be written as people write it. Errors: Invalid.
func ParseLink(s string) (IRI, error) {
	if parseLink(s) == nil {
		return "", Fail(Invalid, "error.iri")
	}
	return IRI(s), nil
}

// parseLink returns nil for what is none.
func parseLink(s string) *url.URL {
	if len(s) == 0 || len(s) > maxIRI || strings.ContainsFunc(s, func(r rune) bool {
		return r <= ' ' || r == 0x7f || r == '\\' || r == '<' || r == '>' || r == '"'
	}) {
		return nil
	}
	if !strings.HasPrefix(s, "https://") && !strings.HasPrefix(s, "http://") {
		return nil
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.User != nil {
		return nil
	}
	if u.Host != strings.ToLower(u.Host) || strings.ContainsFunc(u.Host, func(r rune) bool { return r > 0x7f }) {
		return nil // one spelling alone, for whatever compares hosts
	}
	return u
}

// Host returns the host with its port, as written; "" if the IRI is broken.
func (i IRI) Host() string {
	u, err := url.Parse(string(i))
	if err != nil {
		return ""
	}
	return u.Host
}

// WithoutFragment returns the IRI up to, and without, its '#'.
func (i IRI) WithoutFragment() IRI {
	s, _, _ := strings.Cut(string(i), "#")
	return IRI(s)
}

// SameOrigin reports whether both IRIs have the same scheme, host and port
// (FEP-fe34). A broken IRI has no origin: the answer is false.
func SameOrigin(a, b IRI) bool {
	ua, err := url.Parse(string(a))
	if err != nil || ua.Host == "" {
		return false
	}
	ub, err := url.Parse(string(b))
	if err != nil {
		return false
	}
	return ua.Scheme == ub.Scheme && ua.Host == ub.Host
}

// Namespace mints the addresses of a node. An address is chosen once and
// serves the page and the ActivityPub document alike (DESIGN §5).
type Namespace struct {
	base    string // "https://services.city.example", without a slash at the end
	host    string
	handles string // host of handles, if it is another one
}

// NewNamespace makes the namespace of a base URL: scheme and host, no path.
// Errors: Invalid.
func NewNamespace(base string) (Namespace, error) {
	base = strings.TrimSuffix(base, "/")
	u, err := url.Parse(base)
	if err != nil || u.Path != "" || u.RawQuery != "" || u.Fragment != "" {
		return Namespace{}, Fail(Invalid, "error.base_url")
	}
	if _, err := ParseIRI(base); err != nil {
		return Namespace{}, Fail(Invalid, "error.base_url").Because(err)
	}
	return Namespace{base: base, host: u.Host}, nil
}

// Base returns the base URL without a slash at the end.
func (n Namespace) Base() string { return n.base }

// Host returns the host of addresses, with its port: "services.city.example".
func (n Namespace) Host() string { return n.host }

// WithHandles makes the handles of the node stand on another host than its
// addresses; "" changes nothing.
func (n Namespace) WithHandles(host string) Namespace {
	n.handles = host
	return n
}

// HandleHost returns the host of handles, as in "@ana@city.example": that of
// addresses unless the node has another one for them.
func (n Namespace) HandleHost() string {
	if n.handles != "" {
		return n.handles
	}
	return n.host
}

// Here reports whether a handle with this host is of this node: all are found
// on the host of its addresses too.
func (n Namespace) Here(host string) bool { return host == n.host || host == n.HandleHost() }

// IRI joins path segments to an address; segments are escaped.
func (n Namespace) IRI(segments ...string) IRI {
	var b strings.Builder
	b.WriteString(n.base)
	for _, s := range segments {
		b.WriteByte('/')
		b.WriteString(url.PathEscape(s))
	}
	return IRI(b.String())
}

// Owns reports whether the IRI is an address of this node.
func (n Namespace) Owns(i IRI) bool {
	rest, ok := strings.CutPrefix(string(i), n.base)
	return ok && (rest == "" || rest[0] == '/' || rest[0] == '#' || rest[0] == '?')
}

// Path returns the part of a local IRI behind the base, "/users/ana"; "" for
// an IRI of another node.
func (n Namespace) Path(i IRI) string {
	if !n.Owns(i) {
		return ""
	}
	return strings.TrimPrefix(string(i), n.base)
}
