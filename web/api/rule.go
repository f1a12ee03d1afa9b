package api

import (
	"context"
	"net/http"
	"time"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/policy"
)

// Rule says how the node deals with a host and its subdomains.
type Rule struct {
	Host    string     `json:"host"`
	Verdict string     `json:"verdict" enum:"block,limit,allow"`
	Reason  string     `json:"reason,omitempty" doc:"for those who run the node"`
	Comment string     `json:"comment,omitempty" doc:"for everybody"`
	Expires *time.Time `json:"expires,omitempty" doc:"when it ends; absent for a rule without end"`
}

func (a *API) rule(r network.Rule) Rule {
	view := Rule{Host: r.Host, Verdict: string(r.Verdict), Reason: r.Reason, Comment: r.Comment}
	if !r.ExpiresAt.IsZero() {
		view.Expires = &r.ExpiresAt
	}
	return view
}

func (a *API) ruleOperations() {
	const tag = "Network"
	do(a, tag, operation{
		method: http.MethodGet, path: "/rules", summary: "Rules about other hosts", description: "Those with a public comment; with a moderator's token all, with their reasons.",
	}, a.rules)
	do(a, tag, operation{method: http.MethodPost, path: "/rules", summary: "Set the rule about a host and its subdomains, in the place of the one before"},
		func(ctx context.Context, c *caller, in *RuleInput) (*One[Rule], error) {
			r := network.Rule{Host: in.Body.Host, Verdict: network.Verdict(in.Body.Verdict), Reason: in.Body.Reason, Comment: in.Body.Comment}
			if in.Body.Expires != nil {
				r.ExpiresAt = *in.Body.Expires
			}
			return oneAs(a.rule)(a.Gate.Set(ctx, c.viewer, r))
		})
	do(a, tag, operation{method: http.MethodDelete, path: "/rules/{host}", summary: "Lift the rule about a host", description: "What was hidden is shown again."},
		func(ctx context.Context, c *caller, in *HostName) (*None, error) {
			return nothing(a.Gate.Lift(ctx, c.viewer, in.Host))
		})
	do(a, tag, operation{method: http.MethodGet, path: "/rules/weight", own: true, summary: "What is known of a host and its subdomains: what a rule about it touches"},
		func(ctx context.Context, c *caller, in *WeightInput) (*One[Weight], error) {
			w, err := a.Gate.Weigh(ctx, c.viewer, in.Host)
			if err != nil {
				return nil, err
			}
			return one(Weight{
				Actors: w.Actors, Followers: w.Followers, Following: w.Following, Posts: w.Posts, Stories: w.Stories,
				Members: w.Members, Entries: w.Entries, Clones: w.Clones, Applications: w.Applied,
			}), nil
		})
	do(a, tag, operation{
		method: http.MethodPost, path: "/rules/purge", summary: "Erase what is kept of a blocked host",
		description: "Posts and stories, and all follows between it and this node: lifting the rule does not bring them back.",
	}, func(ctx context.Context, c *caller, in *PurgeInput) (*None, error) {
		return nothing(a.Gate.Purge(ctx, c.viewer, in.Body.Host, in.Body.Confirm))
	})
}

// RuleInput sets a rule.
type RuleInput struct {
	Body struct {
		Host    string     `json:"host" maxLength:"300" doc:"such as example.org"`
		Verdict string     `json:"verdict" enum:"block,limit,allow"`
		Reason  string     `json:"reason,omitempty" maxLength:"2000" doc:"for those who run the node"`
		Comment string     `json:"comment,omitempty" maxLength:"2000" doc:"for everybody"`
		Expires *time.Time `json:"expires,omitempty" doc:"when it ends; absent for a rule without end"`
	}
}

// PurgeInput confirms that a host is purged.
type PurgeInput struct {
	Body struct {
		Host    string `json:"host" maxLength:"300"`
		Confirm string `json:"confirm" maxLength:"259" doc:"the name of the host again"`
	}
}

// WeightInput asks what is known of a host.
type WeightInput struct {
	Host string `query:"host" required:"true" maxLength:"300"`
}

// Weight is what is known of a host.
type Weight struct {
	Actors    int `json:"actors" doc:"of it that are known here"`
	Followers int `json:"followers" doc:"of actors here: they go, if it is blocked"`
	Following int `json:"following" doc:"whom people here follow there"`
	Posts     int `json:"posts" doc:"copies that are hidden, if it is blocked"`
	Stories   int `json:"stories" doc:"likewise"`

	Members      int `json:"members" doc:"people of it in teams and organisations here, and people here in theirs"`
	Entries      int `json:"entries" doc:"of its catalogue that are known here"`
	Clones       int `json:"clones" doc:"it made of processes here"`
	Applications int `json:"applications" doc:"of its people to role calls here"`
}

func (a *API) rules(ctx context.Context, c *caller, _ *struct{}) (*List[Rule], error) {
	if err := policy.Allow(c.viewer, policy.Read, network.RuleFacts{}); err != nil {
		return nil, err
	}
	read := a.Gate.Told
	if policy.Allow(c.viewer, policy.Moderate, network.RuleFacts{}) == nil {
		read = func(ctx context.Context) ([]network.Rule, error) { return a.Gate.Rules(ctx, c.viewer) }
	}
	rules, err := read(ctx)
	if err != nil {
		return nil, err
	}
	return listed(c, domain.List[network.Rule]{Items: rules, Total: len(rules)}, a.rule), nil
}
