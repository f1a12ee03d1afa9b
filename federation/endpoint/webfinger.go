package endpoint

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/federation/activity"
)

// Actors finds local actors.
type Actors interface {
	ActorByIRI(ctx context.Context, iri domain.IRI) (*network.Actor, error)
	ActorByHandle(ctx context.Context, name, host string) (*network.Actor, error)
}

// WebFinger answers /.well-known/webfinger (RFC 7033) for handles and for the
// addresses of actors. One name means one actor.
type WebFinger struct {
	ns     domain.Namespace
	actors Actors
	log    *slog.Logger
}

// NewWebFinger makes the handler.
func NewWebFinger(ns domain.Namespace, actors Actors, log *slog.Logger) *WebFinger {
	return &WebFinger{ns, actors, log}
}

type jrd struct {
	Subject string    `json:"subject"`
	Aliases []string  `json:"aliases,omitempty"`
	Links   []jrdLink `json:"links"`
}

type jrdLink struct {
	Rel        string            `json:"rel"`
	Type       string            `json:"type,omitempty"`
	Href       string            `json:"href,omitempty"`
	Template   string            `json:"template,omitempty"`
	Properties map[string]string `json:"properties,omitempty"`
}

// ServeHTTP implements http.Handler: 400 without a resource that could be
// one, 404 for an unknown one, 410 for one that is gone.
func (h *WebFinger) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	actor, err := h.find(r.Context(), r.URL.Query().Get("resource"))
	if err == nil && actor.Gone() {
		err = domain.Fail(domain.Gone, "error.gone")
	}
	if err != nil {
		fail(w, r, h.log, err, tombstone{})
		return
	}
	body, err := json.Marshal(jrd{
		Subject: "acct:" + actor.Name + "@" + h.ns.HandleHost(),
		Aliases: []string{string(actor.IRI)},
		Links: []jrdLink{
			{
				Rel: "self", Type: activity.MediaType, Href: string(actor.IRI),
				Properties: map[string]string{activity.Streams + "#type": string(actor.Type)},
			},
			{Rel: "http://webfinger.net/rel/profile-page", Type: "text/html", Href: string(actor.URL)},
			{Rel: "http://ostatus.org/schema/1.0/subscribe", Template: h.ns.Base() + "/lookup?q={uri}"},
			{Rel: "https://w3id.org/fep/3b86/Follow", Template: h.ns.Base() + "/lookup?q={object}"},
			{Rel: "https://w3id.org/fep/3b86/Object", Template: h.ns.Base() + "/lookup?q={object}"},
		},
	})
	if err != nil {
		fail(w, r, h.log, err, tombstone{})
		return
	}
	serve(w, r, "application/jrd+json", body)
}

func (h *WebFinger) find(ctx context.Context, resource string) (*network.Actor, error) {
	bad := domain.Fail(domain.Invalid, "error.resource")
	if resource == "" || len(resource) > 2048 {
		return nil, bad
	}
	if iri, err := domain.ParseIRI(resource); err == nil {
		if !h.ns.Owns(iri) {
			return nil, domain.Fail(domain.NotFound, "error.not_found")
		}
		path := h.ns.Path(iri)
		if path == "" || path == "/" {
			iri = h.ns.IRI("actor")
		}
		if name, ok := strings.CutPrefix(path, "/@"); ok {
			return h.public(h.actors.ActorByHandle(ctx, strings.ToLower(name), ""))
		}
		return h.public(h.actors.ActorByIRI(ctx, iri))
	}
	account, ok := strings.CutPrefix(resource, "acct:")
	if !ok {
		return nil, bad
	}
	name, host, ok := strings.Cut(strings.TrimPrefix(account, "@"), "@")
	if !ok || name == "" || host == "" {
		return nil, bad
	}
	if unescaped, err := url.PathUnescape(name); err == nil {
		name = unescaped
	}
	if host = strings.ToLower(host); !h.ns.Here(host) {
		return nil, domain.Fail(domain.NotFound, "error.not_found")
	}
	if h.ns.Here(name) { // FEP-d556: the application actor by host name
		return h.public(h.actors.ActorByIRI(ctx, h.ns.IRI("actor")))
	}
	return h.public(h.actors.ActorByHandle(ctx, strings.ToLower(name), ""))
}

func (h *WebFinger) public(a *network.Actor, err error) (*network.Actor, error) {
	if err != nil {
		return nil, err
	}
	if !a.Local() || a.Visibility != domain.VisiblePublic {
		return nil, domain.Fail(domain.NotFound, "error.not_found")
	}
	return a, nil
}

type xrd struct {
	XMLName xml.Name `xml:"http://docs.oasis-open.org/ns/xri/xrd-1.0 XRD"`
	Link    struct {
		Rel      string `xml:"rel,attr"`
		Template string `xml:"template,attr"`
	} `xml:"Link"`
}

// HostMeta answers /.well-known/host-meta (RFC 6415), which some peers read
// before WebFinger, and host-meta.json.
func (h *WebFinger) HostMeta(w http.ResponseWriter, r *http.Request) {
	if strings.HasSuffix(r.URL.Path, ".json") {
		template := jrdLink{Rel: "lrdd", Type: "application/jrd+json", Template: h.ns.Base() + "/.well-known/webfinger?resource={uri}"}
		body, err := json.Marshal(map[string][]jrdLink{"links": {template}})
		if err != nil {
			fail(w, r, h.log, err, tombstone{})
			return
		}
		serve(w, r, "application/jrd+json", body)
		return
	}
	var x xrd
	x.Link.Rel, x.Link.Template = "lrdd", h.ns.Base()+"/.well-known/webfinger?resource={uri}"
	body, err := xml.Marshal(x)
	if err != nil {
		fail(w, r, h.log, err, tombstone{})
		return
	}
	serve(w, r, "application/xrd+xml", append([]byte(xml.Header), body...))
}
