package network

import (
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/net/idna"

	"interlink/domain"
	"interlink/domain/policy"
)

// Verdict is how a node deals with another host.
type Verdict string

// The verdicts.
const (
	VerdictAllow Verdict = "allow" // as with everybody
	VerdictLimit Verdict = "limit" // heard by those who follow it, shown to nobody else; its follows wait for a person
	VerdictBlock Verdict = "block" // nothing in, nothing out, nothing shown
)

// Rule says how the node deals with a host and its subdomains. The rule of
// the longest name decides, so that one subdomain can be an exception.
type Rule struct {
	Host      string // "example.org", in small letters and ASCII; without a port unless it is meant for one port
	Verdict   Verdict
	Reason    string    // for those who run the node
	Comment   string    // for everybody; a rule without one is not told of
	ExpiresAt time.Time // zero for a rule without end
	CreatedAt time.Time
	CreatedBy domain.ActorID
}

// The events of rules; their subject is the host.
const (
	RuleSet    domain.EventKind = "host.rule_set"    // [RulePayload]
	RuleLifted domain.EventKind = "host.rule_lifted" // [RulePayload]
)

// RulePayload is the payload of the events of rules.
type RulePayload struct {
	Host    string  `json:"host"`
	Verdict Verdict `json:"verdict,omitempty"`
	Reason  string  `json:"reason,omitempty"`
}

// RuleFacts answers the policy for the rules as a whole.
type RuleFacts struct{}

// PolicyKind implements policy.Facts.
func (RuleFacts) PolicyKind() string { return "host" }

// PolicyVisibility implements policy.Facts.
func (RuleFacts) PolicyVisibility() domain.Visibility { return domain.VisiblePublic }

// PolicyRelation implements policy.Facts.
func (RuleFacts) PolicyRelation(domain.ActorID) policy.Relation { return policy.Stranger }

// PolicyLocal implements policy.Facts.
func (RuleFacts) PolicyLocal() bool { return true }

// The bounds of what a rule says.
const (
	maxHostName = 253 + len(":65535")
	maxReason   = 2000
)

// ParseHost reads the name of a host as people write it: a name, an address
// of a page on it, a handle's end. Errors: Invalid on "host".
func ParseHost(s string) (string, error) {
	bad := domain.InvalidField("host", "rule.host", s)
	s = strings.ToLower(strings.TrimSpace(s))
	for _, scheme := range []string{"https://", "http://"} {
		s = strings.TrimPrefix(s, scheme)
	}
	s, _, _ = strings.Cut(s, "/")
	if i := strings.LastIndexByte(s, '@'); i >= 0 {
		s = s[i+1:]
	}
	s = ASCIIHost(strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(s, "*"), "."), ".")) // one dot: what has more is no name
	if s == "" || len(s) > maxHostName || strings.ContainsFunc(s, func(r rune) bool {
		return !unicode.IsLower(r) && !unicode.IsDigit(r) && !strings.ContainsRune(".-_:[]", r)
	}) {
		return "", bad
	}
	if slices.Contains(strings.Split(s, "."), "") {
		return "", bad
	}
	return s, nil
}

// ASCIIHost writes an international host name, with its port if it has one,
// in ASCII (RFC 5891), and any in small letters; "" for a name that cannot be.
func ASCIIHost(host string) string {
	if !strings.ContainsFunc(host, func(r rune) bool { return r > unicode.MaxASCII }) {
		return strings.ToLower(host)
	}
	name, port, ported := strings.Cut(host, ":")
	name, err := idna.Lookup.ToASCII(name)
	if err != nil {
		return ""
	}
	if ported {
		name += ":" + port
	}
	return name
}

// ShownHost writes a host name, with its port if it has one, as people write
// it; one that is no name as it is.
func ShownHost(host string) string {
	name, port, ported := strings.Cut(host, ":")
	name, err := idna.Display.ToUnicode(name)
	if err != nil || strings.HasPrefix(host, "[") {
		return host
	}
	if ported {
		name += ":" + port
	}
	return name
}

// check sets the normal form and tells what is wrong.
func (r *Rule) check(ns domain.Namespace, now time.Time) error {
	var problems domain.Problems
	host, err := ParseHost(r.Host)
	if err != nil {
		problems = append(problems, domain.FieldsOf(err)...)
	}
	r.Host, r.Reason, r.Comment = host, strings.TrimSpace(r.Reason), strings.TrimSpace(r.Comment)
	if err == nil && (slices.Contains(names(ns.Host()), host) || slices.Contains(names(ns.HandleHost()), host)) {
		problems.Add("host", "rule.own_host", host)
	}
	if r.Verdict != VerdictAllow && r.Verdict != VerdictLimit && r.Verdict != VerdictBlock {
		problems.Add("verdict", "rule.verdict", string(r.Verdict))
	}
	for field, text := range map[string]string{"reason": r.Reason, "comment": r.Comment} {
		if len(text) > maxReason {
			problems.Add(field, "error.too_long", maxReason)
		}
	}
	if !r.ExpiresAt.IsZero() && !r.ExpiresAt.After(now) {
		problems.Add("expires", "rule.expired")
	}
	return problems.Err()
}

// names lists the names under which rules for a host may stand, the longest
// first: as it is written, without its port, and the domains above it. An
// address has no domains.
func names(host string) []string {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	all := []string{host}
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = strings.TrimSuffix(h, ".")
		all = append(all, name)
	}
	if _, err := netip.ParseAddr(strings.Trim(name, "[]")); err == nil {
		return all
	}
	for {
		_, above, ok := strings.Cut(name, ".")
		if !ok {
			return all
		}
		name = above
		all = append(all, name)
	}
}

// Rules are all rules by host.
type Rules map[string]Rule

// Judge gives a host its verdict: that of the rule with the longest name, or
// without one otherwise.
func (r Rules) Judge(host string, now time.Time, otherwise Verdict) Verdict {
	for _, name := range names(host) {
		if rule, ok := r[name]; ok && (rule.ExpiresAt.IsZero() || rule.ExpiresAt.After(now)) {
			return rule.Verdict
		}
	}
	return otherwise
}
