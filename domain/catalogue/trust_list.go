package catalogue

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/policy"
)

// TrustList says how far its publisher trusts hosts, and of which entries it
// warns: one version of a document that its publisher signed.
type TrustList struct {
	IRI       domain.IRI     `json:"iri"`
	Owner     domain.IRI     `json:"owner"` // the catalogue that publishes it, on the same server
	Name      domain.Text    `json:"name"`
	Version   int            `json:"version"` // 1, 2, …
	Updated   time.Time      `json:"updated"`
	Retracted bool           `json:"retracted,omitempty"` // nothing of it counts any more
	Hosts     []ListedHost   `json:"hosts,omitempty"`
	Entries   []EntryWarning `json:"entries,omitempty"`
}

// ListedHost is what a list says of a host.
type ListedHost struct {
	Host   string `json:"host"`
	Level  Trust  `json:"level"` // endorsed, limited, blocked
	Reason string `json:"reason,omitempty"`
}

// EntryWarning is what a list warns of.
type EntryWarning struct {
	Entry  domain.IRI `json:"entry"`
	Reason string     `json:"reason"`
}

// The bounds of a list.
const (
	maxListed     = 5_000
	maxListName   = 200
	maxPriorities = 1_000
)

// Check judges a list that somebody published. own is this node, which no
// list speaks of. Errors: Invalid.
func (l *TrustList) Check(own domain.Namespace) error {
	switch {
	case l.Version < 1 || !domain.SameOrigin(l.IRI, l.Owner):
		return domain.Fail(domain.Invalid, "trust_list.document")
	case len(l.Hosts) > maxListed || len(l.Entries) > maxListed:
		return domain.Fail(domain.Invalid, "catalogue.too_many", maxListed)
	case l.Name.Empty() || l.Name.Longest() > maxListName || len(l.Name) > maxLangs:
		return domain.Fail(domain.Invalid, "trust_list.document")
	}
	seen := map[string]bool{}
	for _, h := range l.Hosts {
		name, err := network.ParseHost(h.Host)
		if err != nil || name != h.Host || seen[name] || !sayable(h.Level) || len(h.Reason) > maxReason || strings.IndexByte(h.Reason, 0) >= 0 {
			return domain.Fail(domain.Invalid, "trust_list.host", h.Host)
		}
		seen[name] = true
	}
	l.Hosts = slices.DeleteFunc(l.Hosts, func(h ListedHost) bool { return h.Host == own.Host() })
	for _, w := range l.Entries {
		if _, err := domain.ParseIRI(string(w.Entry)); err != nil || w.Reason == "" || len(w.Reason) > maxAlert || strings.IndexByte(w.Reason, 0) >= 0 {
			return domain.Fail(domain.Invalid, "trust_list.entry", string(w.Entry))
		}
	}
	return nil
}

// ListSubscription is a trust list that this node reads, or its own.
type ListSubscription struct {
	IRI        domain.IRI
	Own        bool
	Priority   int        // 1 counts most; of lists with the same, the older
	Taken      *TrustList // what counts; nil if nothing was taken yet
	Offered    *TrustList // a newer version, which waits for an administrator; nil for none
	FetchedAt  time.Time
	VerifiedAt time.Time // when its proof last held
	Problem    string    // key of why the last reading failed; "" if it did not
	Since      time.Time
}

// ListChange is one thing that taking a version of a list changes.
type ListChange struct {
	Host   string
	Entry  domain.IRI
	Before Trust // what the list said of the host; "" for nothing
	After  Trust // what it says; "" for nothing
	Reason string
	Counts Trust // how far the host is trusted with it, all said; "" for a host that is followed or discovered
}

// JobList asks to read a trust list; its arguments are [ListArgs].
const JobList = "catalogue.trust_list"

// ListArgs are the arguments of [JobList].
type ListArgs struct {
	List domain.IRI `json:"list"`
}

// ListPayload is the payload of the events of trust lists.
type ListPayload struct {
	List    domain.IRI  `json:"list"`
	Name    domain.Text `json:"name,omitempty"`
	Version int         `json:"version,omitempty"`
}

// TrustLists lists what this node reads and publishes. Errors: Forbidden.
func (s *Service) TrustLists(ctx context.Context, v policy.Viewer) ([]*ListSubscription, error) {
	if err := curator(v); err != nil {
		return nil, err
	}
	return s.store.TrustLists(ctx)
}

// OwnList is the address of the list that this node publishes.
func (s *Service) OwnList() domain.IRI { return s.ns.IRI("trust-list") }

// PublishedList returns the list of this node as it was last published.
// Errors: NotFound.
func (s *Service) PublishedList(ctx context.Context) (*TrustList, domain.ActorID, error) {
	l, err := s.store.TrustList(ctx, s.OwnList())
	if err != nil {
		return nil, "", err
	}
	if l.Taken == nil {
		return nil, "", domain.Fail(domain.NotFound, "error.not_found")
	}
	return l.Taken, s.owner, nil
}

// PublishList makes a new version of this node's list, of what it says of
// hosts and of which entries it warns. retract takes all of it back. Errors:
// Forbidden unless v administers the node, Invalid.
func (s *Service) PublishList(ctx context.Context, v policy.Viewer, owner domain.IRI, name domain.Text, retract bool) (*TrustList, error) {
	if err := policy.Allow(v, policy.Edit, &Entry{}); err != nil {
		return nil, err
	}
	switch name = name.Clean(); {
	case name.Empty():
		return nil, domain.InvalidField("name", "catalogue.name_missing")
	case name.Longest() > maxListName:
		return nil, domain.InvalidField("name", "error.too_long", maxListName)
	}
	l, err := s.store.TrustList(ctx, s.OwnList())
	if domain.CodeOf(err) == domain.NotFound {
		l, err = &ListSubscription{IRI: s.OwnList(), Own: true, Since: s.mint.Now()}, nil
	}
	if err != nil {
		return nil, err
	}
	now := s.mint.Now()
	next := &TrustList{IRI: l.IRI, Owner: owner, Name: name, Version: 1, Updated: now.UTC().Truncate(time.Second), Retracted: retract}
	if l.Taken != nil {
		next.Version = l.Taken.Version + 1
	}
	if !retract {
		if err := s.fill(ctx, next); err != nil {
			return nil, err
		}
	}
	if err := next.Check(s.ns); err != nil {
		return nil, err
	}
	l.Taken, l.FetchedAt, l.VerifiedAt = next, now, now
	return next, s.store.SaveTrustList(ctx, l, s.listTold(ListPublished, v.Actor, next))
}

func (s *Service) fill(ctx context.Context, l *TrustList) error {
	hosts, err := s.store.OwnTrust(ctx)
	if err != nil {
		return err
	}
	for _, h := range hosts {
		l.Hosts = append(l.Hosts, ListedHost{Host: h.Host, Level: h.Level, Reason: h.Reason})
	}
	warned, err := s.store.Warned(ctx)
	for _, e := range warned {
		reason := e.Warning
		if e.Local() {
			reason, _ = e.Alert.In("en")
		}
		l.Entries = append(l.Entries, EntryWarning{Entry: e.IRI, Reason: reason})
	}
	return err
}

func (s *Service) listTold(kind domain.EventKind, by domain.ActorID, l *TrustList, jobs ...domain.Job) domain.Change {
	subject := domain.Subject{Kind: "catalogue", ID: domain.ID(s.owner)}
	event := domain.NewEvent(s.mint, kind, by, subject, ListPayload{List: l.IRI, Name: l.Name, Version: l.Version})
	return domain.Change{Events: []domain.Event{event}, Jobs: jobs}
}

// SubscribeList has a list read from then on; nothing of it counts before
// somebody takes it. Again changes its priority. Errors: Forbidden unless v
// administers the node, Invalid.
func (s *Service) SubscribeList(ctx context.Context, v policy.Viewer, iri domain.IRI, priority int) error {
	if err := policy.Allow(v, policy.Edit, &Entry{}); err != nil {
		return err
	}
	var p domain.Problems
	if _, err := domain.ParseIRI(string(iri)); err != nil || s.ns.Owns(iri) {
		p.Add("list", "trust_list.address")
	}
	if priority < 1 || priority > maxPriorities {
		p.Add("priority", "trust_list.priority", maxPriorities)
	}
	if err := p.Err(); err != nil {
		return err
	}
	l, err := s.store.TrustList(ctx, iri)
	if domain.CodeOf(err) == domain.NotFound {
		l, err = &ListSubscription{IRI: iri, Since: s.mint.Now()}, nil
	}
	if err != nil {
		return err
	}
	l.Priority = priority
	return s.store.SaveTrustList(ctx, l, domain.Change{Jobs: []domain.Job{s.readList(iri), judging("")}})
}

// UnsubscribeList ends that; what the list said counts no more. Errors:
// Forbidden, NotFound.
func (s *Service) UnsubscribeList(ctx context.Context, v policy.Viewer, iri domain.IRI) error {
	if err := policy.Allow(v, policy.Edit, &Entry{}); err != nil {
		return err
	}
	l, err := s.store.TrustList(ctx, iri)
	if err != nil {
		return err
	}
	if l.Own {
		return domain.Fail(domain.Forbidden, "error.forbidden")
	}
	if l.Taken != nil {
		if err := s.warnBy(ctx, l.Taken, nil); err != nil {
			return err
		}
	}
	return s.store.DeleteTrustList(ctx, iri, domain.Change{Jobs: []domain.Job{judging("")}})
}

func (s *Service) readList(iri domain.IRI) domain.Job {
	return domain.Job{Kind: JobList, Unique: string(iri) + " " + string(s.mint.ID()), Args: ListArgs{List: iri}, Remote: true}
}

// dueLists asks to read the lists that were not read for a day.
func (s *Service) dueLists(ctx context.Context, now time.Time) ([]domain.Job, error) {
	lists, err := s.store.TrustLists(ctx)
	var jobs []domain.Job
	for _, l := range lists {
		if !l.Own && now.Sub(l.FetchedAt) >= checkEvery {
			jobs = append(jobs, s.readList(l.IRI))
		}
	}
	return jobs, err
}

// ReceiveList keeps what was read of a list, whose proof held, or why it
// could not be read. A version that is not newer than what is here changes
// nothing; a newer one waits for an administrator. Errors: NotFound if it is
// not subscribed any more.
func (s *Service) ReceiveList(ctx context.Context, iri domain.IRI, read *TrustList, problem error) error {
	l, err := s.store.TrustList(ctx, iri)
	if err != nil {
		return err
	}
	now := s.mint.Now()
	l.FetchedAt, l.Problem = now, ""
	if problem == nil {
		problem = read.Check(s.ns)
	}
	if problem == nil && read.IRI != iri {
		problem = domain.Fail(domain.Invalid, "trust_list.document")
	}
	if problem != nil {
		l.Problem = "trust_list.unread"
		if domain.CodeOf(problem) != domain.Unavailable {
			l.Problem = "trust_list.refused"
		}
		return s.store.SaveTrustList(ctx, l, domain.Change{})
	}
	l.VerifiedAt = now
	if l.Taken != nil && read.Version <= l.Taken.Version || l.Offered != nil && read.Version <= l.Offered.Version {
		return s.store.SaveTrustList(ctx, l, domain.Change{})
	}
	l.Offered = read
	return s.store.SaveTrustList(ctx, l, s.listTold(ListOffered, domain.Nobody, read))
}

// ListChanges tells what taking the newest version of a list changes, by host
// and then by entry. Errors: Forbidden, NotFound, Invalid for a cursor of
// another list.
func (s *Service) ListChanges(ctx context.Context, v policy.Viewer, iri domain.IRI, page domain.Page) (*ListSubscription, domain.List[ListChange], error) {
	var list domain.List[ListChange]
	if err := curator(v); err != nil {
		return nil, list, err
	}
	l, err := s.store.TrustList(ctx, iri)
	if err != nil || l.Offered == nil {
		return l, list, err
	}
	changes := changesOf(l.Taken, l.Offered)
	list.Total = len(changes)
	if page.After != "" {
		at, found := slices.BinarySearchFunc(changes, page.After, func(c ListChange, key string) int { return strings.Compare(c.key(), key) })
		if !found {
			return nil, list, domain.InvalidField("after", "error.cursor")
		}
		changes = changes[at+1:]
	}
	list.Items = changes
	if size := page.Size(); len(changes) > size {
		list.Items, list.Next = changes[:size], changes[size-1].key()
	}
	return l, list, s.count(ctx, list.Items)
}

// count says how far hosts are trusted once the changes are taken: this node's
// own word counts more than that of a list.
func (s *Service) count(ctx context.Context, changes []ListChange) error {
	var hosts []string
	for _, c := range changes {
		if c.Host != "" {
			hosts = append(hosts, c.Host)
		}
	}
	said, err := s.store.Said(ctx, hosts...)
	own := map[string]Trust{}
	for _, t := range said {
		if t.List == "" {
			own[t.Host] = t.Level
		}
	}
	for i := range changes {
		c := &changes[i]
		if c.Counts = own[c.Host]; c.Counts == "" {
			c.Counts = c.After
		}
	}
	return err
}

// key orders changes, and names one.
func (c ListChange) key() string { return c.Host + " " + string(c.Entry) }

// changesOf lists in order what one version of a list changes of the one before.
func changesOf(before, after *TrustList) []ListChange {
	var changes []ListChange
	was, now := hostsOf(before), hostsOf(after)
	for host, n := range now {
		if w := was[host]; w.Level != n.Level {
			changes = append(changes, ListChange{Host: host, Before: w.Level, After: n.Level, Reason: n.Reason})
		}
	}
	for host, w := range was {
		if _, still := now[host]; !still {
			changes = append(changes, ListChange{Host: host, Before: w.Level})
		}
	}
	warned := warningsOf(before)
	for entry, reason := range warningsOf(after) {
		if warned[entry] != reason {
			changes = append(changes, ListChange{Entry: entry, Reason: reason})
		}
	}
	slices.SortFunc(changes, func(a, b ListChange) int { return strings.Compare(a.key(), b.key()) })
	return changes
}

func hostsOf(l *TrustList) map[string]ListedHost {
	out := map[string]ListedHost{}
	if l != nil && !l.Retracted {
		for _, h := range l.Hosts {
			out[h.Host] = h
		}
	}
	return out
}

func warningsOf(l *TrustList) map[domain.IRI]string {
	out := map[domain.IRI]string{}
	if l != nil && !l.Retracted {
		for _, w := range l.Entries {
			out[w.Entry] = w.Reason
		}
	}
	return out
}

// TakeList makes the version that was shown count. Errors: Forbidden unless v
// administers the node, NotFound, Conflict if there is another one meanwhile.
func (s *Service) TakeList(ctx context.Context, v policy.Viewer, iri domain.IRI, version int) error {
	if err := policy.Allow(v, policy.Edit, &Entry{}); err != nil {
		return err
	}
	l, err := s.store.TrustList(ctx, iri)
	if err != nil {
		return err
	}
	if l.Offered == nil || l.Offered.Version != version {
		return domain.Fail(domain.Conflict, "error.conflict")
	}
	if err := s.warnBy(ctx, l.Taken, l.Offered); err != nil {
		return err
	}
	l.Taken, l.Offered = l.Offered, nil
	return s.store.SaveTrustList(ctx, l, s.listTold(ListTaken, v.Actor, l.Taken, judging("")))
}

// warnBy marks the copies that a list warns of, and takes back what it no
// longer does.
func (s *Service) warnBy(ctx context.Context, before, after *TrustList) error {
	old, now := warningsOf(before), warningsOf(after)
	said := maps.Clone(old)
	maps.Copy(said, now)
	entries, err := s.whole(ctx, slices.Collect(maps.Keys(said)))
	if err != nil {
		return err
	}
	var changed []*Entry
	var events []domain.Event
	for _, e := range entries {
		warning := now[e.IRI]
		if e.Local() || e.Warning != "" && e.Warning != old[e.IRI] || e.Warning == warning {
			continue // also if somebody else warned
		}
		unfit := e.Unfit()
		e.Warning = warning
		if e.Unfit() && !unfit {
			events = append(events, s.event(Unfit, domain.Nobody, e))
		}
		changed = append(changed, e)
	}
	if len(changed) == 0 {
		return nil
	}
	return s.store.Save(ctx, changed, domain.Change{Events: events}, false)
}
