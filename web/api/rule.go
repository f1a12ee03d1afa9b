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

// RuleInput is a rule to be set.
type RuleInput struct {
	Host string `path:"host" maxLength:"300" doc:"name of a host, such as example.org"`
	Body struct {
		Verdict string     `json:"verdict" enum:"block,limit,allow"`
		Reason  string     `json:"reason,omitempty" maxLength:"2000"`
		Comment string     `json:"comment,omitempty" maxLength:"2000"`
		Expires *time.Time `json:"expires,omitempty"`
	}
}

// RuleHost names the host of a rule.
type RuleHost struct {
	Host string `path:"host" maxLength:"300"`
}

func (a *API) ruleOperations() {
	const tag = "Network"
	do(a, tag, operation{
		method: http.MethodGet, path: "/rules", summary: "Rules about other hosts", description: "Those with a public comment; with a moderator's token all, with their reasons.",
	}, a.rules)
	do(a, tag, operation{
		method: http.MethodPut, path: "/rules/{host}", node: true, summary: "Set the rule about a host", description: "It holds for all subdomains.",
	}, a.setRule)
	do(a, tag, operation{method: http.MethodDelete, path: "/rules/{host}", node: true, summary: "Lift the rule about a host"}, a.liftRule)
}

func (a *API) rules(ctx context.Context, c *caller, _ *struct{}) (*List[Rule], error) {
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

func (a *API) setRule(ctx context.Context, c *caller, in *RuleInput) (*One[Rule], error) {
	r := network.Rule{Host: in.Host, Verdict: network.Verdict(in.Body.Verdict), Reason: in.Body.Reason, Comment: in.Body.Comment}
	if in.Body.Expires != nil {
		r.ExpiresAt = *in.Body.Expires
	}
	r, err := a.Gate.Set(ctx, c.viewer, r)
	if err != nil {
		return nil, err
	}
	return one(a.rule(r)), nil
}

func (a *API) liftRule(ctx context.Context, c *caller, in *RuleHost) (*struct{}, error) {
	return &struct{}{}, a.Gate.Lift(ctx, c.viewer, in.Host)
}
