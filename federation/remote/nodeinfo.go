package remote

import (
	"context"
	"encoding/json"
	"strings"
	"unicode"

	"interlink/domain"
	"interlink/domain/network"
)

// The addresses of NodeInfo (nodeinfo.diaspora.software).
const (
	nodeinfoPath   = "/.well-known/nodeinfo"
	nodeinfoSchema = "http://nodeinfo.diaspora.software/ns/schema/"
	nodeinfoAccept = "application/json, application/jrd+json"
)

// Software reads what a host runs from its NodeInfo, of version 2.1 or else
// 2.0, which must be on the host itself. Errors: NotFound if it has none that
// can be read, Unavailable, Forbidden, TooMany.
func (c *Client) Software(ctx context.Context, host string) (network.Software, error) {
	ctx, cancel := c.reading(ctx)
	defer cancel()
	body, _, err := c.get(ctx, domain.IRI(c.scheme(host)+"://"+host+nodeinfoPath), nodeinfoAccept, jrd, manner{})
	if err != nil {
		return network.Software{}, unreadable(err, host)
	}
	address := nodeinfoOf(body, host)
	if address == "" {
		return network.Software{}, unknownThere(host)
	}
	if body, _, err = c.get(ctx, address, nodeinfoAccept, jrd, manner{}); err != nil {
		return network.Software{}, unreadable(err, host)
	}
	software, ok := readSoftware(body)
	if !ok {
		return network.Software{}, unknownThere(host)
	}
	return software, nil
}

// unreadable says of a document that is none that there is none.
func unreadable(err error, host string) error {
	switch domain.CodeOf(err) {
	case domain.Unauthenticated, domain.Invalid, domain.TooLarge, domain.Gone:
		return unknownThere(host).Because(err)
	}
	return err
}

// nodeinfoOf finds the newest document of a host that is understood here.
func nodeinfoOf(body []byte, host string) domain.IRI {
	var found answer
	if json.Unmarshal(body, &found) != nil {
		return ""
	}
	for _, version := range []string{"2.1", "2.0"} {
		for _, link := range found.Links {
			if link.Rel != nodeinfoSchema+version {
				continue
			}
			if iri, err := domain.ParseIRI(link.Href); err == nil && iri.Host() == host {
				return iri
			}
		}
	}
	return ""
}

// readSoftware reads the member "software" of a NodeInfo document.
func readSoftware(body []byte) (software network.Software, ok bool) {
	var document struct {
		Software struct{ Name, Version string }
	}
	if json.Unmarshal(body, &document) != nil {
		return software, false
	}
	name := strings.ToLower(document.Software.Name)
	if name == "" || len(name) > 64 || strings.ContainsFunc(name, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && !strings.ContainsRune("-_.", r)
	}) {
		return software, false
	}
	return network.Software{Name: name, Version: word(document.Software.Version)}, true
}

// word makes of what another server says at most 64 bytes of one line.
func word(s string) string {
	s = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, s)
	return strings.TrimSpace(strings.ToValidUTF8(s[:min(len(s), 64)], ""))
}
