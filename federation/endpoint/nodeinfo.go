package endpoint

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"

	"interlink/domain"
	"interlink/domain/network"
)

// Usage counts what NodeInfo tells.
type Usage struct {
	Users int // people with an account
	Posts int // posts written here
}

// NodeInfo answers the NodeInfo documents 2.0 and 2.1.
type NodeInfo struct {
	ns      domain.Namespace
	name    string
	version string
	open    bool
	usage   func(ctx context.Context) (Usage, error)
	log     *slog.Logger
}

// NewNodeInfo makes the handler: name is the node's, version the program's,
// open whether anybody may sign up.
func NewNodeInfo(ns domain.Namespace, name, version string, open bool, usage func(context.Context) (Usage, error), log *slog.Logger) *NodeInfo {
	return &NodeInfo{ns, name, version, open, usage, log}
}

const nodeinfoSchema = "http://nodeinfo.diaspora.software/ns/schema/"

// Discovery answers /.well-known/nodeinfo.
func (h *NodeInfo) Discovery(w http.ResponseWriter, r *http.Request) {
	type link struct {
		Rel  string `json:"rel"`
		Href string `json:"href"`
	}
	body, err := json.Marshal(map[string][]link{"links": {
		{nodeinfoSchema + "2.1", h.ns.Base() + "/nodeinfo/2.1"},
		{nodeinfoSchema + "2.0", h.ns.Base() + "/nodeinfo/2.0"},
		{"https://www.w3.org/ns/activitystreams#Application", string(h.ns.IRI("actor"))}, // FEP-2677
	}})
	if err != nil {
		fail(w, r, h.log, err, tombstone{})
		return
	}
	serve(w, r, "application/json", body)
}

// ServeHTTP answers /nodeinfo/{version}.
func (h *NodeInfo) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	version := r.PathValue("version")
	if version != "2.0" && version != "2.1" {
		fail(w, r, h.log, domain.Fail(domain.NotFound, "error.not_found"), tombstone{})
		return
	}
	usage, err := h.usage(r.Context())
	if err != nil {
		fail(w, r, h.log, err, tombstone{})
		return
	}
	software := map[string]any{"name": network.Ours, "version": h.version}
	body, err := json.Marshal(map[string]any{
		"version":           version,
		"software":          software,
		"protocols":         []string{"activitypub"},
		"services":          map[string]any{"inbound": []string{}, "outbound": []string{}},
		"openRegistrations": h.open,
		"usage":             map[string]any{"users": map[string]int{"total": usage.Users}, "localPosts": usage.Posts},
		"metadata":          map[string]any{"nodeName": h.name},
	})
	if err != nil {
		fail(w, r, h.log, err, tombstone{})
		return
	}
	serve(w, r, `application/json; profile="`+nodeinfoSchema+version+`#"`, body)
}
