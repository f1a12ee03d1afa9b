package api

import (
	"context"
	"net/http"
	"time"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/policy"
)

// Followed is a catalogue of another node that this one follows.
type Followed struct {
	Host         string              `json:"host"`
	Catalogue    *Actor              `json:"catalogue,omitempty"`
	State        string              `json:"state" enum:"asked,reading,current,paused,halted"`
	Halt         string              `json:"halt,omitempty" doc:"why it is halted: quota, rate"`
	Selection    catalogue.Selection `json:"selection" doc:"which entries are wanted; all if it is empty"`
	Pages        int                 `json:"pages" doc:"read since the reading began"`
	Taken        int                 `json:"taken" doc:"entries that were new or newer"`
	Refused      int                 `json:"refused"`
	Total        int                 `json:"total" doc:"entries as the other node says"`
	VerifiedAt   *time.Time          `json:"verifiedAt,omitempty" doc:"when all was last known to be as it is there"`
	FailingSince *time.Time          `json:"failingSince,omitempty" doc:"since when the other node has not answered"`
}

func (a *API) followed(ctx context.Context, c *caller) func(*catalogue.Subscription) Followed {
	return func(s *catalogue.Subscription) Followed {
		return Followed{
			Host: s.Host, Catalogue: a.actorByID(ctx, c, s.Catalogue), State: string(s.State), Halt: string(s.Halt), Selection: s.Selection,
			Pages: s.Pages, Taken: s.Taken, Refused: s.Refused, Total: s.Total, VerifiedAt: instant(s.VerifiedAt), FailingSince: instant(s.FailingSince),
		}
	}
}

// FollowedEdit changes which entries are wanted.
type FollowedEdit struct {
	HostName
	Body catalogue.Selection
}

// WaitingInput lists what waits for review.
type WaitingInput struct {
	Paging
	Host string `query:"host" maxLength:"300" doc:"of one host alone"`
}

// ReviewInput decides entries.
type ReviewInput struct {
	Body struct {
		Decision string      `json:"decision" enum:"accepted,rejected"`
		Entries  []domain.ID `json:"entries,omitempty" maxItems:"100"`
		Host     string      `json:"host,omitempty" maxLength:"300" doc:"all entries of the host that wait, instead"`
	}
}

// Decided is how many entries were decided.
type Decided struct {
	Count int `json:"count"`
}

// TrustedHost is what this node says of a host.
type TrustedHost struct {
	Host   string    `json:"host"`
	Level  string    `json:"level" enum:"endorsed,limited,blocked"`
	Reason string    `json:"reason,omitempty"`
	At     time.Time `json:"at"`
}

// TrustInput says how far a host is trusted.
type TrustInput struct {
	Body struct {
		Host   string `json:"host,omitempty" maxLength:"300"`
		Level  string `json:"level,omitempty" enum:"endorsed,limited,blocked" doc:"absent to take back what was said"`
		Reason string `json:"reason,omitempty" maxLength:"500" doc:"for everybody"`
	}
}

// TrustList is a trust list that this node reads, or its own.
type TrustList struct {
	List       domain.IRI           `json:"list"`
	Own        bool                 `json:"own"`
	Priority   int                  `json:"priority" doc:"1 counts most"`
	Taken      *catalogue.TrustList `json:"taken,omitempty" doc:"the version that counts"`
	Offered    *catalogue.TrustList `json:"offered,omitempty" doc:"a newer version that waits for an administrator"`
	VerifiedAt *time.Time           `json:"verifiedAt,omitempty"`
}

func trustList(l *catalogue.ListSubscription) TrustList {
	return TrustList{List: l.IRI, Own: l.Own, Priority: l.Priority, Taken: l.Taken, Offered: l.Offered, VerifiedAt: instant(l.VerifiedAt)}
}

func (a *API) followedOperations() {
	const tag = "Catalogue"
	do(a, tag, operation{method: http.MethodGet, path: "/catalogues", own: true, node: true, summary: "Catalogues of other nodes that this one follows, by host", description: "One is followed by POST /follows as catalogue."},
		func(ctx context.Context, c *caller, _ *struct{}) (*List[Followed], error) {
			all, err := a.Catalogue.Subscriptions(ctx, c.viewer)
			if err != nil {
				return nil, err
			}
			return listed(c, domain.List[*catalogue.Subscription]{Items: all, Total: len(all)}, a.followed(ctx, c)), nil
		})
	do(a, tag, operation{method: http.MethodGet, path: "/catalogues/{host}", own: true, node: true, summary: "How one is followed"},
		func(ctx context.Context, c *caller, in *HostName) (*One[Followed], error) {
			return oneAs(a.followed(ctx, c))(a.Catalogue.SubscriptionOf(ctx, c.viewer, in.Host))
		})
	do(a, tag, operation{method: http.MethodPatch, path: "/catalogues/{host}", node: true, summary: "Choose which of its entries are wanted", description: "What is here is shown and hidden accordingly."},
		func(ctx context.Context, c *caller, in *FollowedEdit) (*One[Followed], error) {
			if err := in.Body.Check(); err != nil {
				return nil, err
			}
			s, err := a.Catalogue.SubscriptionOf(ctx, c.viewer, in.Host)
			if err != nil {
				return nil, err
			}
			owner, err := a.Network.Actor(ctx, c.viewer, s.Catalogue)
			if err != nil {
				return nil, err
			}
			if s, err = a.Catalogue.Subscribe(ctx, c.viewer, owner, in.Body); err != nil {
				return nil, err
			}
			return one(a.followed(ctx, c)(s)), nil
		})
	for step, o := range map[string]struct {
		summary string
		command func(context.Context, policy.Viewer, domain.ActorID) error
	}{
		"pause":  {"Stop reading a catalogue for the time being", a.Catalogue.Pause},
		"resume": {"Go on with a catalogue that is paused or halted", a.Catalogue.Resume},
		"again":  {"Read a catalogue from its first page on", a.Catalogue.Again},
		"check":  {"Look for what was missed of a catalogue", a.Catalogue.CheckNow},
	} {
		do(a, tag, operation{method: http.MethodPost, path: "/catalogues/{host}/" + step, node: true, summary: o.summary},
			func(ctx context.Context, c *caller, in *HostName) (*None, error) {
				s, err := a.Catalogue.SubscriptionOf(ctx, c.viewer, in.Host)
				if err != nil {
					return nil, err
				}
				return nothing(o.command(ctx, c.viewer, s.Catalogue))
			})
	}
	a.reviewOperations(tag)
}

func (a *API) reviewOperations(tag string) {
	a.trustOperations(tag)
	do(a, tag, operation{method: http.MethodGet, path: "/reviews", own: true, node: true, summary: "Entries of other nodes that wait for review, oldest first"},
		func(ctx context.Context, c *caller, in *WaitingInput) (*List[Entry], error) {
			return listAs(c, a.entry)(a.Catalogue.Waiting(ctx, c.viewer, in.Host, in.page()))
		})
	do(a, tag, operation{method: http.MethodPost, path: "/reviews", node: true, summary: "Accept or refuse entries of other nodes"},
		func(ctx context.Context, c *caller, in *ReviewInput) (*One[Decided], error) {
			var n int
			var err error
			if d := catalogue.Decision(in.Body.Decision); in.Body.Host != "" {
				n, err = a.Catalogue.ReviewHost(ctx, c.viewer, in.Body.Host, d)
			} else {
				n, err = a.Catalogue.Review(ctx, c.viewer, in.Body.Entries, d)
			}
			if err != nil {
				return nil, err
			}
			return one(Decided{n}), nil
		})
	do(a, tag, operation{method: http.MethodGet, path: "/trust", own: true, node: true, summary: "What this node says of hosts"},
		func(ctx context.Context, c *caller, _ *struct{}) (*List[TrustedHost], error) {
			said, err := a.Catalogue.OwnTrust(ctx, c.viewer)
			if err != nil {
				return nil, err
			}
			return listed(c, domain.List[catalogue.HostTrust]{Items: said, Total: len(said)}, func(h catalogue.HostTrust) TrustedHost {
				return TrustedHost{Host: h.Host, Level: string(h.Level), Reason: h.Reason, At: h.At}
			}), nil
		})
	do(a, tag, operation{method: http.MethodPut, path: "/trust", node: true, summary: "Say how far a host is trusted", description: "Its entries are judged again."},
		func(ctx context.Context, c *caller, in *TrustInput) (*None, error) {
			return nothing(a.Catalogue.SayTrust(ctx, c.viewer, in.Body.Host, catalogue.Trust(in.Body.Level), in.Body.Reason))
		})
	do(a, tag, operation{method: http.MethodGet, path: "/trust/lists", own: true, node: true, summary: "Trust lists that this node reads and publishes"},
		func(ctx context.Context, c *caller, _ *struct{}) (*List[TrustList], error) {
			lists, err := a.Catalogue.TrustLists(ctx, c.viewer)
			if err != nil {
				return nil, err
			}
			return listed(c, domain.List[*catalogue.ListSubscription]{Items: lists, Total: len(lists)}, trustList), nil
		})
}
