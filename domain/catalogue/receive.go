package catalogue

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"interlink/domain"
	"interlink/domain/network"
)

// Remote is an entry as another node sent it.
type Remote struct {
	IRI         domain.IRI
	Slug        string // as its address ends
	Kind        Kind
	Content     Content
	Status      Status
	Reason      domain.Text
	Replacement domain.IRI
	Version     int
	Origin      string
	Alert       domain.Text
	Ratings     Ratings
	Published   time.Time
	Updated     time.Time
	Old         bool // it was told before it was read here
}

// maxAlert bounds a warning, in bytes.
const maxAlert = 2000

// Receive keeps or refreshes the copy of an entry of another node's
// catalogue, and decides where it stands. The same or an older version
// changes nothing. Of an entry that changes too often, the newest state is
// read a little later instead; a catalogue that goes on so, or has too many
// entries, is halted. Errors: Invalid unless the entry is on its owner's
// node, or if it breaks a bound; Forbidden from a blocked host, a halted
// catalogue, or one that has too many entries; Gone if it was deleted.
func (s *Service) Receive(ctx context.Context, owner *network.Actor, in Remote) (*Entry, error) {
	j, sub, err := s.admit(ctx, owner)
	if err != nil {
		return nil, err
	}
	known, err := s.store.EntryByIRI(ctx, in.IRI)
	if domain.CodeOf(err) == domain.NotFound {
		known, err = nil, nil
	}
	if err != nil {
		return nil, err
	}
	var old Entry
	if known == nil {
		if err := s.room(ctx, owner, sub); err != nil {
			return nil, err
		}
	} else {
		old = *known
	}
	e, changed, err := s.apply(owner, known, in)
	if err != nil || !changed {
		return e, err
	}
	if known != nil && s.mint.Now().Sub(old.Verified) < s.bounds.Every && (old.Unfit() || !e.Unfit()) {
		return &old, s.later(ctx, owner, sub, in.IRI) // bad news cannot wait
	}
	j.Judge(e)
	change := domain.Change{Events: s.received(owner, &old, e)}
	err = s.store.Save(ctx, []*Entry{e}, change, false)
	if domain.CodeOf(err) == domain.Conflict && known == nil { // another entry of this host has its address
		e.Slug = otherSlug(e)
		err = s.store.Save(ctx, []*Entry{e}, change, false)
	}
	return e, err
}

// received are the events of a copy that is new or changed.
func (s *Service) received(owner *network.Actor, old, e *Entry) []domain.Event {
	events := []domain.Event{s.event(Received, owner.ID, e)}
	if e.Unfit() && !old.Unfit() {
		events = append(events, s.event(Unfit, owner.ID, e))
	}
	return events
}

// admit decides whether entries of a catalogue are taken, and where they
// stand.
func (s *Service) admit(ctx context.Context, owner *network.Actor) (Judge, *Subscription, error) {
	if owner.Local() {
		return Judge{}, nil, domain.Fail(domain.Invalid, "error.origin")
	}
	sub, err := s.store.Subscription(ctx, owner.ID)
	if domain.CodeOf(err) == domain.NotFound {
		sub, err = nil, nil
	}
	if err != nil {
		return Judge{}, nil, err
	}
	if sub != nil && !sub.Takes() {
		return Judge{}, nil, domain.Fail(domain.Forbidden, "catalogue.halted", owner.Host)
	}
	j, err := s.judge(ctx, owner.Host, owner.ID)
	if err == nil && j.Trust == TrustBlocked {
		err = domain.Fail(domain.Forbidden, "error.host_blocked")
	}
	return j, sub, err
}

// room refuses one entry more of a catalogue that has as many as are kept.
func (s *Service) room(ctx context.Context, owner *network.Actor, sub *Subscription) error {
	left, err := s.left(ctx, owner)
	if err != nil || left > 0 {
		return err
	}
	if err := s.halt(ctx, sub, HaltQuota); err != nil {
		return err
	}
	return domain.Fail(domain.Forbidden, "catalogue.quota", s.bounds.Copies)
}

// left is how many entries more are kept of a catalogue.
func (s *Service) left(ctx context.Context, owner *network.Actor) (int, error) {
	copies, err := s.store.Copies(ctx, owner.ID)
	left := s.bounds.Copies
	for _, n := range copies {
		left -= n
	}
	return left, err
}

// later has an entry read again once it may change again, and halts a
// catalogue of which too many changes are put off.
func (s *Service) later(ctx context.Context, owner *network.Actor, sub *Subscription, iri domain.IRI) error {
	now := s.mint.Now()
	if s.excess != nil && domain.CodeOf(s.excess.Spend(owner.Host, 1, now)) == domain.TooMany {
		return s.halt(ctx, sub, HaltRate)
	}
	job := domain.Job{Kind: JobRead, Unique: string(iri), At: now.Add(s.bounds.Every), Args: ReadArgs{Entry: iri}, Remote: true}
	return s.store.Save(ctx, nil, domain.Change{Jobs: []domain.Job{job}}, false)
}

// halt takes nothing more of a catalogue until somebody lets it go on, whom
// it tells.
func (s *Service) halt(ctx context.Context, sub *Subscription, why Halt) error {
	if sub == nil || sub.State == SubscriptionHalted {
		return nil
	}
	sub.State, sub.Halt = SubscriptionHalted, why
	err := s.store.SaveSubscription(ctx, sub, domain.Change{Events: []domain.Event{s.subscriptionEvent(Halted, sub.Catalogue, sub, sub.State)}})
	if domain.CodeOf(err) == domain.Conflict {
		return nil // somebody else did
	}
	return err
}

// apply makes of what is known of an entry, nil for nothing, what another
// node says. changed is false for the same or an older version. Errors:
// Invalid.
func (s *Service) apply(owner *network.Actor, e *Entry, in Remote) (_ *Entry, changed bool, err error) {
	if owner.Local() || s.ns.Owns(in.IRI) || !domain.SameOrigin(in.IRI, owner.IRI) {
		return nil, false, domain.Fail(domain.Invalid, "error.origin")
	}
	switch {
	case e == nil:
		e = &Entry{
			ID: s.mint.ID(), Serial: s.mint.Serial(), IRI: in.IRI, Kind: in.Kind, Owner: owner.ID, Host: owner.Host,
			PublishedAt: in.Published, Slug: remoteSlug(in.Slug),
		}
	case e.Owner != owner.ID || e.Kind != in.Kind:
		return nil, false, domain.Fail(domain.Invalid, "error.origin")
	case in.Version < e.Version || in.Version == e.Version && !in.Updated.After(e.UpdatedAt):
		return s.rated(e, in)
	}
	next := *e
	c := in.Content
	next.Name, next.Summary = c.Name.Clean(), c.Summary.Clean()
	next.Interlinker, next.Problem, next.Schema = c.Interlinker, c.Problem, c.Schema
	next.Status, next.Reason, next.Replacement, next.Version, next.UpdatedAt = Published, nil, "", max(in.Version, 1), in.Updated
	if in.Status == Withdrawn || in.Status == Deprecated {
		next.Status, next.Reason = in.Status, in.Reason.Clean()
		if domain.SameOrigin(in.Replacement, in.IRI) {
			next.Replacement = in.Replacement
		}
	}
	now := s.mint.Now()
	next.Ratings = e.Ratings.Newer(in.Ratings, now)
	if next.UpdatedAt.IsZero() || next.UpdatedAt.After(now) {
		next.UpdatedAt = now
	}
	if next.PublishedAt.IsZero() {
		next.PublishedAt = next.UpdatedAt
	}
	next.Verified, next.Alert, next.Old = now, in.Alert.Clean(), in.Old
	if next.Origin = in.Origin; len(in.Origin) > maxOrigin {
		next.Origin = ""
	}
	if next.Alert.Longest() > maxAlert || len(next.Alert) > maxLangs {
		return nil, false, domain.InvalidField("alert", "error.too_long", maxAlert)
	}
	if err := next.Check(); err != nil {
		return nil, false, err
	}
	next.Hash = next.ContentHash()
	return &next, true, nil
}

// rated takes the ratings of an entry of which nothing else is new.
func (s *Service) rated(e *Entry, in Remote) (_ *Entry, changed bool, err error) {
	next, now := *e, s.mint.Now()
	if in.Version == e.Version {
		next.Ratings = e.Ratings.Newer(in.Ratings, now)
	}
	if next.Ratings == e.Ratings {
		return e, false, nil
	}
	next.Verified = now
	return &next, true, nil
}

// Page is one page of another node's entries.
type Page struct {
	Entries []Remote
	Refused int        // items that are none
	Next    domain.IRI // "" for the last
	Total   int        // as the other node says
}

// Begin tells where to go on reading a catalogue: its subscription, which is
// made if there is none, or nil if it is not to be read now.
func (s *Service) Begin(ctx context.Context, owner *network.Actor) (*Subscription, error) {
	sub, err := s.subscription(ctx, owner)
	if err != nil {
		return nil, err
	}
	switch sub.State {
	case SubscriptionReading:
		return sub, nil
	case SubscriptionAsked:
		sub.begin()
		return sub, s.store.SaveSubscription(ctx, sub, domain.Change{})
	}
	return nil, nil
}

// TakePage keeps the entries of one page, and that the next one follows, in
// one transaction: a reader that is killed goes on where it was. It sets in
// sub what is to be read then. Entries that break a bound are counted and
// left. Errors: Conflict if somebody else read the page, paused or halted it
// meanwhile.
func (s *Service) TakePage(ctx context.Context, owner *network.Actor, sub *Subscription, page Page) error {
	j, _, err := s.admit(ctx, owner)
	if err != nil {
		return err
	}
	for i := range page.Entries {
		page.Entries[i].Old = true
	}
	entries, events, err := s.pageEntries(ctx, owner, j, sub, page)
	if err != nil {
		return err
	}
	full := sub.State == SubscriptionHalted
	var jobs []domain.Job
	sub.Pages++
	sub.Total, sub.NotBefore, sub.FailingSince = max(0, page.Total), time.Time{}, time.Time{}
	if !full {
		sub.Next = page.Next
	}
	if page.Next == "" && !full {
		if !sub.ReadAt.IsZero() {
			jobs = append(jobs, s.checking(sub.Catalogue)) // what it had and deleted meanwhile is in no page
		}
		now := s.mint.Now()
		sub.State, sub.ReadAt, sub.VerifiedAt = SubscriptionCurrent, now, now
	}
	err = s.store.SavePage(ctx, entries, sub, domain.Change{Events: events, Jobs: jobs})
	if domain.CodeOf(err) != domain.Conflict || len(entries) == 0 {
		return err
	}
	return s.oneByOne(ctx, owner, sub, page)
}

// pageEntries are those of a page that are new or changed, as far as there
// is room.
func (s *Service) pageEntries(ctx context.Context, owner *network.Actor, j Judge, sub *Subscription, page Page) ([]*Entry, []domain.Event, error) {
	iris := make([]domain.IRI, len(page.Entries))
	for i, in := range page.Entries {
		iris[i] = in.IRI
	}
	found, err := s.whole(ctx, iris)
	if err != nil {
		return nil, nil, err
	}
	buried, err := s.store.Tombstones(ctx, iris)
	if err != nil {
		return nil, nil, err
	}
	known := make(map[domain.IRI]*Entry, len(found))
	for _, e := range found {
		known[e.IRI] = e
	}
	left, err := s.left(ctx, owner)
	if err != nil {
		return nil, nil, err
	}
	var entries []*Entry
	var events []domain.Event
	done := map[domain.IRI]bool{}
	addresses := map[string]bool{}
	sub.Refused += page.Refused
	for _, in := range page.Entries {
		if _, gone := buried[in.IRI]; gone || done[in.IRI] {
			continue
		}
		done[in.IRI] = true
		old := known[in.IRI]
		if old == nil && left <= 0 {
			sub.State, sub.Halt = SubscriptionHalted, HaltQuota
			events = append(events, s.subscriptionEvent(Halted, sub.Catalogue, sub, sub.State))
			break
		}
		e, changed, err := s.apply(owner, old, in)
		if err != nil {
			sub.Refused++
			continue
		}
		if !changed {
			continue
		}
		if old == nil {
			left--
			old = &Entry{}
			if addresses[e.Address()] {
				e.Slug = otherSlug(e)
			}
			addresses[e.Address()] = true
		}
		j.Judge(e)
		entries = append(entries, e)
		events = append(events, s.received(owner, old, e)...)
		sub.Taken++
	}
	return entries, events, nil
}

// whole reads entries that may be saved again: schemas with their nodes, but
// for those of blocked hosts, which nobody reads.
func (s *Service) whole(ctx context.Context, iris []domain.IRI) ([]*Entry, error) {
	entries, err := s.store.EntriesByIRI(ctx, iris)
	if err != nil {
		return nil, err
	}
	out := entries[:0]
	for _, e := range entries {
		if e.Kind == KindSchema {
			e, err = s.store.EntryByIRI(ctx, e.IRI)
		}
		switch domain.CodeOf(err) {
		case domain.OK:
			out = append(out, e)
		case domain.NotFound:
			err = nil
		default:
			return nil, err
		}
	}
	return out, nil
}

// oneByOne takes the entries of a page that cannot be taken together, as one
// of them has the address of another, or changed meanwhile.
func (s *Service) oneByOne(ctx context.Context, owner *network.Actor, sub *Subscription, page Page) error {
	fresh, err := s.store.Subscription(ctx, sub.Catalogue)
	if err != nil {
		return err
	}
	if fresh.Revision != sub.Revision {
		return domain.Fail(domain.Conflict, "error.conflict")
	}
	for _, in := range page.Entries {
		if _, err := s.Receive(ctx, owner, in); domain.CodeOf(err) == domain.Internal || domain.CodeOf(err) == domain.Unavailable {
			return err
		}
	}
	return s.store.SaveSubscription(ctx, sub, domain.Change{})
}

// Postpone notes that a page could not be read, and asks to go on at a time.
func (s *Service) Postpone(ctx context.Context, sub *Subscription, at time.Time) error {
	if now := s.mint.Now(); sub.FailingSince.IsZero() {
		sub.FailingSince = now
	}
	sub.NotBefore = at
	return s.store.SaveSubscription(ctx, sub, domain.Change{Jobs: []domain.Job{s.reading(sub.Catalogue, at)}})
}

// copyOf reads the copy of an entry of a catalogue, whole; nil if there is
// none. Errors: Forbidden if it is of another.
func (s *Service) copyOf(ctx context.Context, owner *network.Actor, iri domain.IRI) (*Entry, error) {
	e, err := s.store.EntryByIRI(ctx, iri)
	switch code := domain.CodeOf(err); {
	case code == domain.NotFound, code == domain.Gone:
		return nil, nil
	case err != nil:
		return nil, err
	case e.Owner != owner.ID || e.Local():
		return nil, domain.Fail(domain.Forbidden, "error.origin")
	}
	return e, nil
}

// ReceiveDeletion erases the copy of an entry that its owner deleted: a
// tombstone stays, and those who use it are told. An unknown one changes
// nothing. Errors: Forbidden unless owner is its catalogue.
func (s *Service) ReceiveDeletion(ctx context.Context, owner *network.Actor, iri domain.IRI) error {
	e, err := s.copyOf(ctx, owner, iri)
	if err != nil || e == nil {
		return err
	}
	events := []domain.Event{s.event(Lost, owner.ID, e)}
	activity, err := s.store.Endorsement(ctx, e.ID)
	if err != nil {
		return err
	}
	if activity != "" {
		events = append(events, domain.NewEvent(s.mint, EndorsementEnded, s.owner, e.Subject(), EndorsementPayload{Entry: e.IRI, Name: e.Name, Activity: activity}))
	}
	e.Status, e.UpdatedAt = Deleted, s.mint.Now()
	return s.store.Save(ctx, []*Entry{e}, domain.Change{Events: events}, false)
}

// ReceiveLoss withdraws the copy of an entry that is not found on its owner's
// node any more, which does not say that it was deleted. Errors: as of
// [Service.ReceiveDeletion].
func (s *Service) ReceiveLoss(ctx context.Context, owner *network.Actor, iri domain.IRI) error {
	e, err := s.copyOf(ctx, owner, iri)
	if err != nil || e == nil || e.Status == Withdrawn {
		return err
	}
	old := *e
	e.Status, e.UpdatedAt = Withdrawn, s.mint.Now()
	return s.store.Save(ctx, []*Entry{e}, domain.Change{Events: s.received(owner, &old, e)}, false)
}

// remoteSlug keeps a foreign slug if it has the shape of ours.
func remoteSlug(slug string) string {
	if codeShape.MatchString(slug) {
		return slug
	}
	return slugOf(slug)
}

// otherSlug is a slug for an entry whose own is taken on its host.
func otherSlug(e *Entry) string {
	sum := sha256.Sum256([]byte(e.IRI))
	return e.Slug[:min(len(e.Slug), 60)] + "-" + hex.EncodeToString(sum[:4])
}
