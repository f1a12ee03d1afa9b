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

// Finger finds the IRI of the actor with a handle: "@name@host", "name@host"
// or "acct:name@host" (RFC 7033). Errors: Invalid for what is no handle,
// NotFound, Unavailable, Forbidden.
func (c *Client) Finger(ctx context.Context, handle string) (domain.IRI, error) {
	name, host, err := SplitHandle(handle)
	if err != nil {
		return "", err
	}
	resource := "acct:" + name + "@" + host
	iri := domain.IRI(c.scheme(host) + "://" + host + "/.well-known/webfinger?resource=" + url.QueryEscape(resource))
	body, err := c.get(ctx, iri, "application/jrd+json, application/json", jrd, "")
	if err != nil {
		if domain.CodeOf(err) == domain.Unauthenticated || domain.CodeOf(err) == domain.Invalid {
			err = domain.Fail(domain.NotFound, "error.not_found_there", host).Because(err)
		}
		return "", err
	}
	var answer struct {
		Subject string
		Links   []struct{ Rel, Type, Href string }
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return "", domain.Fail(domain.NotFound, "error.not_found_there", host).Because(err)
	}
	for _, link := range answer.Links {
		if link.Rel == "self" && activityStreams(link.Type) {
			return domain.ParseIRI(link.Href)
		}
	}
	return "", domain.Fail(domain.NotFound, "error.not_found_there", host)
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
