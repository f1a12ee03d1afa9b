package remote

import (
	"context"
	"encoding/json"
	"mime"
	"net"
	"net/url"
	"strings"

	"interlink/domain"
)

// answer is what a server tells of one of its actors (RFC 7033 §4.4).
type answer struct {
	Links []struct{ Rel, Type, Href, Template string }
}

// Finger finds the IRI of the actor with a handle: "@name@host", "name@host"
// or "acct:name@host" (RFC 7033). Errors: Invalid for what is no handle,
// NotFound, Unavailable, Forbidden.
func (c *Client) Finger(ctx context.Context, handle string) (domain.IRI, error) {
	found, host, err := c.finger(ctx, handle)
	if err != nil {
		return "", err
	}
	for _, link := range found.Links {
		if link.Rel == "self" && activityStreams(link.Type) {
			return domain.ParseIRI(link.Href)
		}
	}
	return "", domain.Fail(domain.NotFound, "error.not_found_there", host)
}

// subscribe is the relation of the page at which a person follows others from
// their own server.
const subscribe = "http://ostatus.org/schema/1.0/subscribe"

// Subscribe returns the address of the page at which the person with a handle
// follows target. Errors: as [Client.Finger]; NotFound also if their server
// has no such page.
func (c *Client) Subscribe(ctx context.Context, handle string, target domain.IRI) (string, error) {
	found, host, err := c.finger(ctx, handle)
	if err != nil {
		return "", err
	}
	for _, link := range found.Links {
		if link.Rel != subscribe || !strings.Contains(link.Template, "{uri}") {
			continue
		}
		address := strings.ReplaceAll(link.Template, "{uri}", url.QueryEscape(string(target)))
		if iri, err := domain.ParseIRI(address); err == nil && strings.HasPrefix(address, c.scheme(iri.Host())+"://") {
			return address, nil
		}
	}
	return "", domain.Fail(domain.NotFound, "follow.no_page", host)
}

func (c *Client) finger(ctx context.Context, handle string) (found answer, host string, err error) {
	name, host, err := SplitHandle(handle)
	if err != nil {
		return answer{}, "", err
	}
	resource := "acct:" + name + "@" + host
	iri := domain.IRI(c.scheme(host) + "://" + host + "/.well-known/webfinger?resource=" + url.QueryEscape(resource))
	body, err := c.get(ctx, iri, "application/jrd+json, application/json", jrd, "")
	if err == nil {
		err = json.Unmarshal(body, &found)
	}
	switch domain.CodeOf(err) {
	case domain.Unauthenticated, domain.Invalid, domain.Internal:
		err = domain.Fail(domain.NotFound, "error.not_found_there", host).Because(err)
	}
	return found, host, err
}

// SplitHandle reads a handle. Errors: Invalid.
func SplitHandle(handle string) (name, host string, err error) {
	handle = strings.TrimPrefix(strings.TrimPrefix(strings.TrimSpace(handle), "acct:"), "@")
	name, host, ok := strings.Cut(handle, "@")
	host = strings.ToLower(host)
	bad := len(handle) > 512 || name == "" || host == "" || strings.ContainsAny(name, "/?#%&@ \t\r\n") ||
		strings.ContainsFunc(host, func(r rune) bool {
			return (r < 'a' || r > 'z') && (r < '0' || r > '9') && !strings.ContainsRune(".-:[]", r) && r <= 0x7f
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
