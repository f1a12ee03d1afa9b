package network

import (
	"context"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"interlink/domain"
	"interlink/domain/policy"
)

// RuleStore keeps rules about hosts.
type RuleStore interface {
	// Rules returns all rules.
	Rules(ctx context.Context) ([]Rule, error)
	// ChangeRules stores rules by their host and removes others, hides what
	// is here of the hosts that judge blocks or limits by then, shows the
	// rest again, and ends what is on its way to blocked ones.
	ChangeRules(ctx context.Context, set []Rule, lift []string, judge func(Rules) func(host string) Verdict, change domain.Change) error
	// HideHost hides what is here of one host more.
	HideHost(ctx context.Context, host string, verdict Verdict) error
	// Weight counts what is known of a host and its subdomains.
	Weight(ctx context.Context, host string) (Weight, error)
	// KnownHosts lists the hosts of which actors are known.
	KnownHosts(ctx context.Context) ([]string, error)
	// PurgeHost erases a part of what is kept of a host, and tells whether
	// there is more.
	PurgeHost(ctx context.Context, host string) (more bool, err error)
}

// Weight is what a rule about a host touches.
type Weight struct {
	Actors    int // of it that are known here
	Followers int // of actors here
	Following int // of actors here
	Posts     int // copies that are here
	Stories   int
	Members   int // people of it in teams and organisations here, and people here in theirs
	Entries   int // of its catalogue
	Clones    int // it made of processes here
	Applied   int // applications of its people
}

// Nothing reports whether a rule touches nobody.
func (w Weight) Nothing() bool { return w == Weight{} }

// Touched is a host with which something is shared, that a rule of a list is
// about.
type Touched struct {
	Host    string
	Verdict Verdict
	Weight  Weight
}

// mostTouched is of how many hosts it is told what a list of rules touches.
const mostTouched = 50

// Gate decides which hosts the node deals with: at the inbox, for whatever is
// asked of other servers, and for deliveries (federation.md §3.1-14).
type Gate struct {
	store     RuleStore
	mint      *domain.Mint
	ns        domain.Namespace
	otherwise Verdict
	abandon   func(ctx context.Context, host string) error // before a host is purged; nil: nothing

	mu    sync.Mutex
	rules Rules
	read  time.Time
}

// reread is after what time rules are read again: another process of the node
// may have changed them, and word of it may be lost.
const reread = 5 * time.Second

// NewGate makes the gate. With listed, only hosts that a rule allows are
// dealt with.
func NewGate(store RuleStore, mint *domain.Mint, ns domain.Namespace, listed bool) *Gate {
	g := &Gate{store: store, mint: mint, ns: ns, otherwise: VerdictAllow}
	if listed {
		g.otherwise = VerdictBlock
	}
	return g
}

// AbandonBy sets what is done before what is kept of a host is erased, which
// may be done again.
func (g *Gate) AbandonBy(abandon func(ctx context.Context, host string) error) { g.abandon = abandon }

// Listed reports whether only hosts that a rule allows are dealt with.
func (g *Gate) Listed() bool { return g.otherwise == VerdictBlock }

// Verdict tells how to deal with a host, given as in an IRI. Errors: those of
// the store; nothing may pass then.
func (g *Gate) Verdict(ctx context.Context, host string) (Verdict, error) {
	if host == g.ns.Host() {
		return VerdictAllow, nil
	}
	rules, err := g.current(ctx)
	if err != nil {
		return VerdictBlock, err
	}
	return rules.Judge(host, g.mint.Now(), g.otherwise), nil
}

// Check refuses what is blocked. Errors: Forbidden.
func (g *Gate) Check(ctx context.Context, host string) error {
	verdict, err := g.Verdict(ctx, host)
	if err == nil && verdict == VerdictBlock {
		err = domain.Fail(domain.Forbidden, "error.host_blocked")
	}
	return err
}

func (g *Gate) current(ctx context.Context) (Rules, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if now := g.mint.Now(); g.rules == nil || now.Sub(g.read) > reread {
		all, err := g.store.Rules(ctx)
		if err != nil {
			return nil, err
		}
		g.rules, g.read = byHost(all), now
	}
	return g.rules, nil
}

func byHost(all []Rule) Rules {
	rules := make(Rules, len(all))
	for _, r := range all {
		rules[r.Host] = r
	}
	return rules
}

// Forget makes the next question read the rules again, as another process of
// the node has changed them.
func (g *Gate) Forget() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.rules = nil
}

// Rules lists all rules, for those who run the node. Errors: Forbidden.
func (g *Gate) Rules(ctx context.Context, v policy.Viewer) ([]Rule, error) {
	if err := policy.Allow(v, policy.Moderate, RuleFacts{}); err != nil {
		return nil, err
	}
	return g.sorted(ctx)
}

// Told lists the rules that the node tells everybody of, without their
// reasons.
func (g *Gate) Told(ctx context.Context) ([]Rule, error) {
	all, err := g.sorted(ctx)
	told := make([]Rule, 0, len(all))
	for _, r := range all {
		if r.Comment != "" && (r.ExpiresAt.IsZero() || r.ExpiresAt.After(g.mint.Now())) {
			r.Reason, r.CreatedBy = "", domain.Nobody
			told = append(told, r)
		}
	}
	return told, err
}

func (g *Gate) sorted(ctx context.Context) ([]Rule, error) {
	all, err := g.store.Rules(ctx)
	slices.SortFunc(all, func(a, b Rule) int { return strings.Compare(a.Host, b.Host) })
	return all, err
}

// Weigh tells what a rule about a host would touch. Errors: Forbidden,
// Invalid.
func (g *Gate) Weigh(ctx context.Context, v policy.Viewer, host string) (Weight, error) {
	if err := policy.Allow(v, policy.Moderate, RuleFacts{}); err != nil {
		return Weight{}, err
	}
	host, err := ParseHost(host)
	if err != nil {
		return Weight{}, err
	}
	return g.store.Weight(ctx, host)
}

// Set makes a rule, or changes the one of its host. What is here of a blocked
// host is hidden and follows stay, so that lifting the rule restores both.
// Errors: Forbidden, Invalid.
func (g *Gate) Set(ctx context.Context, v policy.Viewer, r Rule) (Rule, error) {
	if err := policy.Allow(v, policy.Moderate, RuleFacts{}); err != nil {
		return Rule{}, err
	}
	if err := r.check(g.ns, g.mint.Now()); err != nil {
		return Rule{}, err
	}
	r.CreatedAt, r.CreatedBy = g.mint.Now(), v.Actor
	return r, g.change(ctx, v, []Rule{r}, nil)
}

// Lift removes the rule of a host. Errors: Forbidden, Invalid, NotFound.
func (g *Gate) Lift(ctx context.Context, v policy.Viewer, host string) error {
	if err := policy.Allow(v, policy.Moderate, RuleFacts{}); err != nil {
		return err
	}
	host, err := ParseHost(host)
	if err != nil {
		return err
	}
	all, err := g.store.Rules(ctx)
	if err != nil {
		return err
	}
	if _, ok := byHost(all)[host]; !ok {
		return domain.Fail(domain.NotFound, "error.not_found")
	}
	return g.change(ctx, v, nil, []string{host})
}

// Imported is what came of a list.
type Imported struct {
	Added    int
	Kept     int // hosts that had a rule already: theirs stays
	Problems []LineProblem
	Touched  []Touched // hosts of which something is here, and that are blocked or limited by it; some at most
}

// Import takes the rules of a list for hosts that have none; see [ReadRules].
// With dry nothing is stored. Errors: Forbidden, Invalid, TooLarge.
func (g *Gate) Import(ctx context.Context, v policy.Viewer, list io.Reader, verdict Verdict, dry bool) (Imported, error) {
	if err := policy.Allow(v, policy.Moderate, RuleFacts{}); err != nil {
		return Imported{}, err
	}
	rules, problems, err := ReadRules(list, verdict)
	if err != nil {
		return Imported{}, err
	}
	all, err := g.store.Rules(ctx)
	if err != nil {
		return Imported{}, err
	}
	known, now := byHost(all), g.mint.Now()
	out := Imported{Problems: problems}
	var set []Rule
	for _, r := range rules {
		if _, ok := known[r.Host]; ok {
			out.Kept++
			continue
		}
		if err := r.check(g.ns, now); err != nil {
			out.Problems = append(out.Problems, LineProblem{Host: r.Host, Error: domain.FieldsOf(err)[0]})
			continue
		}
		r.CreatedAt, r.CreatedBy, known[r.Host] = now, v.Actor, r
		set = append(set, r)
	}
	out.Added = len(set)
	if out.Touched, err = g.touched(ctx, set); err != nil {
		return out, err
	}
	if dry || len(set) == 0 {
		return out, nil
	}
	return out, g.change(ctx, v, set, nil)
}

// touched tells what rules touch that block or limit.
func (g *Gate) touched(ctx context.Context, set []Rule) (touched []Touched, err error) {
	hosts, err := g.store.KnownHosts(ctx)
	if err != nil {
		return nil, err
	}
	rules := byHost(set)
	for _, host := range hosts {
		verdict := rules.Judge(host, g.mint.Now(), VerdictAllow)
		if verdict == VerdictAllow {
			continue
		}
		w, err := g.store.Weight(ctx, host)
		if err != nil || len(touched) == mostTouched {
			return touched, err
		}
		touched = append(touched, Touched{host, verdict, w})
	}
	return touched, nil
}

func (g *Gate) change(ctx context.Context, v policy.Viewer, set []Rule, lift []string) error {
	var change domain.Change
	tell := func(kind domain.EventKind, p RulePayload) {
		change.Events = append(change.Events, domain.NewEvent(g.mint, kind, v.Actor, domain.Subject{Kind: "host", ID: domain.ID(p.Host)}, p))
	}
	for _, r := range set {
		tell(RuleSet, RulePayload{r.Host, r.Verdict, r.Reason})
	}
	for _, host := range lift {
		tell(RuleLifted, RulePayload{Host: host})
	}
	if len(set)+len(lift) > 0 { // a rule counts for subdomains too, so all are judged again
		change.Jobs = []domain.Job{{Kind: JobJudge, Args: struct{}{}}}
	}
	again := slices.Clone(lift)
	for _, r := range set {
		if r.Verdict != VerdictBlock {
			again = append(again, r.Host)
		}
	}
	if len(again) > 0 { // what was missed while it was blocked
		change.Jobs = append(change.Jobs, domain.Job{Kind: JobRestored, Args: RestoredArgs{again}})
	}
	defer g.Forget()
	return g.store.ChangeRules(ctx, set, lift, g.judge, change)
}

func (g *Gate) judge(rules Rules) func(string) Verdict {
	return func(host string) Verdict { return rules.Judge(host, g.mint.Now(), g.otherwise) }
}

// met hides what comes of a host that was unknown when its rule was made.
func (g *Gate) met(ctx context.Context, host string) error {
	verdict, err := g.Verdict(ctx, host)
	if err != nil || verdict == VerdictAllow {
		return err
	}
	return g.store.HideHost(ctx, host, verdict)
}

// Apply hides and shows what the rules say. It is called at the start, as
// the settings may have changed.
func (g *Gate) Apply(ctx context.Context) error { return g.change(ctx, policy.Viewer{}, nil, nil) }

// Sweep lifts the rules that are over.
func (g *Gate) Sweep(ctx context.Context) error {
	all, err := g.store.Rules(ctx)
	if err != nil {
		return err
	}
	var over []string
	for _, r := range all {
		if !r.ExpiresAt.IsZero() && !r.ExpiresAt.After(g.mint.Now()) {
			over = append(over, r.Host)
		}
	}
	if len(over) == 0 {
		return nil
	}
	return g.change(ctx, policy.Viewer{}, nil, over)
}
