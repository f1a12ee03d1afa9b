package remote

import (
	"context"
	"encoding/json"
	"mime"
	"net"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"interlink/domain"
	"interlink/domain/network"
)

// answer is what a server tells of one of its actors (RFC 7033 §4.4).
type answer struct {
	Subject string
	Links   []struct{ Rel, Type, Href, Template string }
}

// Finger finds the IRI of the actor with a handle: "@name@host", "name@host"
// or "acct:name@host" (RFC 7033), and the host on which its server says that
// the handle stands, which may be another. Errors: Invalid for what is no
// handle, NotFound, Unavailable, Forbidden.
func (c *Client) Finger(ctx context.Context, handle string) (iri domain.IRI, host string, err error) {
	found, host, err := c.finger(ctx, handle)
	if err != nil {
		return "", "", err
	}
	for _, link := range found.Links {
		if link.Rel != "self" || !activityStreams(link.Type) {
			continue
		}
		if iri, err := domain.ParseIRI(link.Href); err == nil {
			return iri, host, nil
		}
	}
	return "", "", unknownThere(host)
}

// subscribes are the relations of the page at which a person follows others
// from their own server, the best first, with what stands in its template for
// the address of whom they follow (FEP-3b86, OStatus).
var subscribes = []intent{
	{"https://w3id.org/fep/3b86/Follow", "{object}"},
	{"https://w3id.org/fep/3b86/Object", "{object}"},
	{"http://ostatus.org/schema/1.0/subscribe", "{uri}"},
}

type intent struct{ rel, variable string }

// optional are further variables of such templates: what to do afterwards.
var optional = strings.NewReplacer("{on-success}", "", "{on-cancel}", "")

// Subscribe returns the address of the page at which the person with a handle
// follows target. Errors: as [Client.Finger]; NotFound also if their server
// has no such page.
func (c *Client) Subscribe(ctx context.Context, handle string, target domain.IRI) (string, error) {
	return c.pageOf(ctx, handle, target, subscribes)
}

// Opens is as [Client.Subscribe] for the page at which the person reads and
// answers a post.
func (c *Client) Opens(ctx context.Context, handle string, post domain.IRI) (string, error) {
	return c.pageOf(ctx, handle, post, subscribes[1:])
}

func (c *Client) pageOf(ctx context.Context, handle string, target domain.IRI, relations []intent) (string, error) {
	found, host, err := c.finger(ctx, handle)
	if err != nil {
		return "", err
	}
	for _, s := range relations {
		for _, link := range found.Links {
			if link.Rel != s.rel || !strings.Contains(link.Template, s.variable) {
				continue
			}
			address := optional.Replace(strings.ReplaceAll(link.Template, s.variable, url.QueryEscape(string(target))))
			if iri, err := domain.ParseIRI(address); err == nil && strings.HasPrefix(address, c.scheme(iri.Host())+"://") {
				return address, nil
			}
		}
	}
	return "", domain.Fail(domain.NotFound, "follow.no_page", host)
}

// finger asks the host of a handle. If that host says that the account is one
// of another host, that host is asked, once, and must call it its own: a
// server may have another name than the handles of its people, but nobody
// speaks for others.
func (c *Client) finger(ctx context.Context, handle string) (found answer, host string, err error) {
	ctx, cancel := c.reading(ctx)
	defer cancel()
	name, host, err := SplitHandle(handle)
	if err != nil {
		return answer{}, "", err
	}
	if found, err = c.ask(ctx, name, host); err != nil || found.of(host) {
		return found, host, err
	}
	name, other, err := SplitHandle(found.Subject)
	if err == nil {
		found, err = c.ask(ctx, name, other)
	}
	if code := domain.CodeOf(err); code == domain.Invalid || code == domain.OK && !found.of(other) {
		return answer{}, host, unknownThere(host).Because(err)
	}
	return found, other, err
}

// of reports whether the answer is about somebody of a host; one that does
// not say is.
func (a answer) of(host string) bool {
	if a.Subject == "" {
		return true
	}
	if iri, err := domain.ParseIRI(a.Subject); err == nil {
		return iri.Host() == host
	}
	_, at, err := SplitHandle(a.Subject)
	return err == nil && at == host
}

func (c *Client) ask(ctx context.Context, name, host string) (found answer, err error) {
	resource := "acct:" + name + "@" + host
	iri := domain.IRI(c.scheme(host) + "://" + host + "/.well-known/webfinger?resource=" + url.QueryEscape(resource))
	body, _, err := c.get(ctx, iri, "application/jrd+json, application/json", jrd, manner{})
	if err == nil {
		err = json.Unmarshal(body, &found)
	}
	switch domain.CodeOf(err) {
	case domain.Unauthenticated, domain.Invalid, domain.Internal:
		err = unknownThere(host).Because(err)
	}
	return found, err
}

// longestHost is how many bytes a name of a host has at most (RFC 1035 §2.3.4),
// with a port.
const longestHost = 253 + len(":65535")

// SplitHandle reads a handle; the host is returned as names are looked up, in
// lower case and ASCII. Errors: Invalid.
func SplitHandle(handle string) (name, host string, err error) {
	handle = strings.TrimPrefix(strings.TrimPrefix(strings.TrimSpace(handle), "acct:"), "@")
	name, host, ok := strings.Cut(handle, "@")
	host = network.ASCIIHost(host)
	bad := len(handle) > 512 || !utf8.ValidString(handle) || name == "" || host == "" || len(host) > longestHost || strings.ContainsAny(name, "/?#%&@") ||
		strings.ContainsFunc(name, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }) ||
		strings.ContainsFunc(host, func(r rune) bool {
			return (r < 'a' || r > 'z') && (r < '0' || r > '9') && !strings.ContainsRune(".-:[]", r)
		})
	if !ok || bad {
		return "", "", domain.InvalidField("handle", "follow.handle", handle)
	}
	return name, host, nil
}

func jrd(contentType string) bool {
	t, _, err := mime.ParseMediaType(contentType)
	return err == nil && (t == "application/jrd+json" || t == "application/json")
}

// scheme is https, except towards loopback addresses in loopback mode.
func (c *Client) scheme(host string) string {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	ip := net.ParseIP(strings.Trim(name, "[]"))
	if c.o.AllowPrivate && c.o.Roots == nil && (name == "localhost" || ip != nil && ip.IsLoopback()) {
		return "http"
	}
	return "https"
}
