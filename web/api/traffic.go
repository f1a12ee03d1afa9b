package api

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/policy"
)

// Host is another server, with what is on its way to it.
type Host struct {
	Host         string     `json:"host"`
	State        string     `json:"state" enum:"reached,failing,pausing,dead,blocked"`
	Software     string     `json:"software,omitempty" doc:"what it runs, by its NodeInfo"`
	Version      string     `json:"softwareVersion,omitempty"`
	Waiting      int        `json:"waiting" doc:"deliveries that are pending"`
	Dead         int        `json:"dead" doc:"deliveries that were given up"`
	Lag          int        `json:"lag" doc:"seconds that the oldest pending delivery has waited"`
	Failures     int        `json:"failures" doc:"in a row"`
	LastError    string     `json:"lastError,omitempty"`
	PausesUntil  *time.Time `json:"pausesUntil,omitempty"`
	FailingSince *time.Time `json:"failingSince,omitempty"`
	LastSuccess  *time.Time `json:"lastSuccess,omitempty"`
	LastFailure  *time.Time `json:"lastFailure,omitempty"`
	LastInbound  *time.Time `json:"lastInbound,omitempty" doc:"last sign of life"`
}

// Delivery is an activity on its way to an inbox.
type Delivery struct {
	ID       domain.ID  `json:"id"`
	Activity domain.IRI `json:"activity"`
	Type     string     `json:"type"`
	Inbox    domain.IRI `json:"inbox"`
	State    string     `json:"state" enum:"pending,dead"`
	Attempts int        `json:"attempts"`
	Next     *time.Time `json:"next,omitempty" doc:"when it is tried again"`
	Status   int        `json:"status,omitempty" doc:"of the last answer; absent if there was none"`
	Error    string     `json:"error,omitempty"`
	Queued   time.Time  `json:"queued"`
}

// Failure is a received activity that could not be worked.
type Failure struct {
	ID       domain.ID       `json:"id"`
	Activity domain.IRI      `json:"activity"`
	Type     string          `json:"type"`
	Actor    domain.IRI      `json:"actor"`
	Attempts int             `json:"attempts"`
	Error    string          `json:"error,omitempty"`
	Received time.Time       `json:"received"`
	Raw      json.RawMessage `json:"raw,omitempty" doc:"the activity as it was received; in the answer about one"`
}

// HostsInput lists hosts.
type HostsInput struct {
	Paging
	Troubled bool `query:"troubled" doc:"only those that are late, failing or paused"`
}

// HostName names a host.
type HostName struct {
	Host string `path:"host" maxLength:"300"`
}

// DeliveriesInput lists the deliveries to a host.
type DeliveriesInput struct {
	HostName
	Paging
	State string `query:"state" enum:"pending,dead" default:"pending"`
}

// FailureID names a failed activity.
type FailureID struct {
	ID string `path:"id" maxLength:"36"`
}

func host(h *network.HostStatus) Host {
	now := time.Now()
	return Host{
		Host: h.Host.Host, State: string(h.State(now)), Software: h.Software.Name, Version: h.Software.Version, Waiting: h.Waiting, Dead: h.Dead, Lag: int(h.Lag(now).Seconds()),
		Failures: h.Failures, LastError: h.LastError, PausesUntil: instant(h.OpenUntil), FailingSince: instant(h.FailingSince),
		LastSuccess: instant(h.LastSuccessAt), LastFailure: instant(h.LastFailureAt), LastInbound: instant(h.LastInboundAt),
	}
}

func delivery(s *network.Sent) Delivery {
	d := Delivery{
		ID: s.ID, Activity: s.Activity, Type: s.Type, Inbox: s.Inbox, State: string(s.State), Attempts: s.Attempts, Status: s.Status, Error: s.Error, Queued: s.Since,
	}
	if s.State == network.DeliveryPending {
		d.Next = instant(s.NextAt)
	}
	return d
}

func failure(f *network.Failure) Failure {
	view := Failure{ID: f.ID, Activity: f.IRI, Type: f.Type, Actor: f.Actor, Attempts: f.Attempts, Error: f.Error, Received: f.At}
	if json.Valid(f.Raw) {
		view.Raw = f.Raw
	}
	return view
}

func (a *API) trafficOperations() {
	const tag = "Network"
	do(a, tag, operation{method: http.MethodGet, path: "/hosts", own: true, node: true, summary: "Other servers and what is on its way to them, worst first"},
		func(ctx context.Context, c *caller, in *HostsInput) (*List[Host], error) {
			return listAs(c, host)(a.Traffic.Hosts(ctx, c.viewer, in.Troubled, in.page()))
		})
	do(a, tag, operation{method: http.MethodGet, path: "/hosts/{host}", own: true, node: true, summary: "One other server"},
		func(ctx context.Context, c *caller, in *HostName) (*One[Host], error) {
			return oneAs(host)(a.Traffic.Host(ctx, c.viewer, in.Host))
		})
	do(a, tag, operation{method: http.MethodGet, path: "/hosts/{host}/deliveries", own: true, node: true, summary: "What waits for a server, or was given up, oldest first"},
		func(ctx context.Context, c *caller, in *DeliveriesInput) (*List[Delivery], error) {
			if _, err := a.Traffic.Host(ctx, c.viewer, in.Host); err != nil {
				return nil, err
			}
			return listAs(c, delivery)(a.Traffic.Sent(ctx, c.viewer, in.Host, in.State == string(network.DeliveryDead), in.page()))
		})
	do(a, tag, operation{method: http.MethodPost, path: "/hosts/{host}/retry", node: true, summary: "Try a server again now"},
		func(ctx context.Context, c *caller, in *HostName) (*None, error) {
			return nothing(a.Traffic.Retry(ctx, c.viewer, in.Host))
		})
	do(a, tag, operation{method: http.MethodGet, path: "/received/failed", own: true, node: true, summary: "Received activities that could not be worked, newest first"},
		func(ctx context.Context, c *caller, in *Paging) (*List[Failure], error) {
			return listAs(c, failure)(a.Traffic.Failures(ctx, c.viewer, in.page()))
		})
	do(a, tag, operation{method: http.MethodGet, path: "/received/failed/{id}", own: true, node: true, summary: "One of them, with its bytes"},
		func(ctx context.Context, c *caller, in *FailureID) (*One[Failure], error) {
			return oneAs(failure)(a.Traffic.Failure(ctx, c.viewer, domain.ID(in.ID)))
		})
	for path, o := range map[string]struct {
		summary string
		command func(context.Context, policy.Viewer, domain.ID) error
	}{
		"replay":    {"Work a failed activity again", a.Traffic.Replay},
		"set-aside": {"Make an end of a failed activity", a.Traffic.SetAside},
	} {
		do(a, tag, operation{method: http.MethodPost, path: "/received/failed/{id}/" + path, node: true, summary: o.summary},
			func(ctx context.Context, c *caller, in *FailureID) (*None, error) {
				return nothing(o.command(ctx, c.viewer, domain.ID(in.ID)))
			})
	}
}
