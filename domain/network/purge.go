package network

import (
	"context"
	"slices"
	"strings"

	"interlink/domain"
	"interlink/domain/policy"
)

// HostPurged tells that what is kept of a blocked host is erased.
const HostPurged domain.EventKind = "host.purged" // [RulePayload]

// JobPurge erases it; its argument is [PurgeArgs].
const JobPurge = "host.purge"

// PurgeArgs names a host whose rule counts for its subdomains too.
type PurgeArgs struct {
	Host string `json:"host"`
}

// Purge has the posts and stories of a blocked host and its subdomains erased,
// with all follows between them and this node: lifting the rule does not bring
// them back. confirm repeats the name of the host. Errors: Forbidden, Invalid
// on "host" unless a rule blocks it, on "confirm".
func (g *Gate) Purge(ctx context.Context, v policy.Viewer, host, confirm string) error {
	if err := policy.Allow(v, policy.Moderate, RuleFacts{}); err != nil {
		return err
	}
	host, err := ParseHost(host)
	if err != nil {
		return err
	}
	rules, err := g.store.Rules(ctx)
	if err != nil {
		return err
	}
	if r, ok := byHost(rules)[host]; !ok || r.Verdict != VerdictBlock {
		return domain.InvalidField("host", "rule.purge_blocked")
	}
	if ASCIIHost(strings.TrimSpace(confirm)) != host {
		return domain.InvalidField("confirm", "rule.purge_confirm", host)
	}
	e := domain.NewEvent(g.mint, HostPurged, v.Actor, domain.Subject{Kind: "host", ID: domain.ID(host)}, RulePayload{Host: host, Verdict: VerdictBlock})
	return g.store.ChangeRules(ctx, nil, nil, g.judge, domain.Change{
		Events: []domain.Event{e}, Jobs: []domain.Job{{Kind: JobPurge, Args: PurgeArgs{host}, Unique: host}},
	})
}

// RunPurge is the handler of [JobPurge]; it may stop anywhere and run again. A
// host that is blocked no more is left as it is, such as a subdomain with a rule
// of its own.
func (g *Gate) RunPurge(ctx context.Context, args PurgeArgs) error {
	rules, err := g.store.Rules(ctx)
	if err != nil {
		return err
	}
	hosts, err := g.store.KnownHosts(ctx)
	if err != nil {
		return err
	}
	judge := g.judge(byHost(rules))
	for _, host := range hosts {
		if !slices.Contains(names(host), args.Host) || judge(host) != VerdictBlock {
			continue
		}
		if g.abandon != nil {
			if err := g.abandon(ctx, host); err != nil {
				return err
			}
		}
		for more := true; more; {
			if more, err = g.store.PurgeHost(ctx, host); err != nil {
				return err
			}
		}
	}
	return nil
}
