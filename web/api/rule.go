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
