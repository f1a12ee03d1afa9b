package lineage

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/network"
	"interlink/domain/policy"
)

// ReceivedImprovement is what another node says of an improvement of a process
// of this one: Offer{object: the improvement, target: the source}.
type ReceivedImprovement struct {
	IRI      domain.IRI
	Source   domain.IRI // process of this node
	Title    domain.Text
	Against  Against
	Licence  string
	Note     domain.Text
	Credits  []string
	Items    []Improved
	Activity domain.IRI
}

// maxWaiting is how many improvements of one clone wait at a time.
const maxWaiting = 20

// Receive notes an improvement of a process of this node, for its people to
// look at. Received again it changes nothing. Errors: NotFound unless the
// process is public; Forbidden unless a clone of it offers it itself that was
// not rejected; Invalid if it names what is not of the process, was made
// against a release that was another, or is out of bounds; TooMany.
func (s *Improvements) Receive(ctx context.Context, by *network.Actor, in ReceivedImprovement) error {
	p, err := s.releases.source.process(ctx, policy.Viewer{}, policy.Read, s.releases.source.nameOf(in.Source))
	if err != nil {
		return err
	}
	id, ours := strings.CutPrefix(string(in.IRI), string(by.IRI)+"/improvements/")
	if by.Local() || !ours || id == "" || strings.ContainsAny(id, "/?#") || !domain.SameOrigin(in.Activity, by.IRI) {
		return domain.Fail(domain.Invalid, "error.origin")
	}
	if _, err := domain.ParseIRI(string(in.IRI)); err != nil {
		return err
	}
	if _, err := s.store.ImprovementAt(ctx, in.IRI); domain.CodeOf(err) != domain.NotFound {
		return err
	}
	m := &Improvement{
		ID: s.mint.ID(), Serial: s.mint.Serial(), IRI: in.IRI, Clone: by.IRI, CloneID: by.ID, CloneTitle: in.Title.Clean(), Source: p.IRI, SourceID: p.ID,
		SourceTitle: p.Title, Offer: in.Activity, Against: in.Against, Licence: strings.TrimSpace(in.Licence), Note: in.Note.Clean(), Credits: in.Credits,
		Items: in.Items, Count: len(in.Items), State: ImprovementOpen, SentAt: s.mint.Now(),
	}
	if err := s.accepts(ctx, p, m); err != nil {
		return s.releases.source.declined(ctx, ImprovementDeclined, p, Declined{Offer: in.Activity, Object: in.IRI, By: by.ID}, err)
	}
	event := domain.NewEvent(s.mint, ImprovementReceived, by.ID, p.Subject(), m.told())
	err = s.store.SaveImprovement(ctx, m, nil, nil, nil, domain.Change{Events: []domain.Event{event}})
	if domain.CodeOf(err) == domain.Conflict { // the same, a moment earlier
		return nil
	}
	return err
}

// under reports whether an address is below one of some.
func under(all []domain.IRI, at string) bool {
	return slices.ContainsFunc(all, func(iri domain.IRI) bool { return strings.HasPrefix(at, string(iri)+"/") })
}

// former are the processes whose place one may have taken: clones know its items
// by the names that they had there.
func former(p *coproduction.Process, items []coproduction.Item) []domain.IRI {
	out := p.ClonedFrom.Sources()
	for _, it := range items {
		for _, id := range it.Formerly {
			at, _, _ := strings.Cut(id, "/guide/")
			if iri := domain.IRI(at); iri != "" && !slices.Contains(out, iri) {
				out = append(out, iri)
			}
		}
	}
	return out
}

// accepts judges what is offered to a process. Errors: as of
// [Improvements.Receive].
func (s *Improvements) accepts(ctx context.Context, p *coproduction.Process, m *Improvement) error {
	items, err := s.store.Items(ctx, p.ID)
	if err != nil {
		return err
	}
	m.formerly = former(p, items)
	if err := m.check(); err != nil {
		return err
	}
	if err := s.releases.source.here(ctx, p); err != nil {
		return err
	}
	d, err := s.store.DerivationAt(ctx, m.Clone)
	if domain.CodeOf(err) == domain.NotFound || err == nil && (d.Source != p.ID || d.State == coproduction.Rejected) {
		return domain.Fail(domain.Forbidden, "improvement.no_clone")
	}
	if err != nil {
		return err
	}
	if m.Claimed = d.State != coproduction.Accepted; m.CloneTitle.Empty() {
		m.CloneTitle = d.Title
	}
	waiting, err := s.store.Waiting(ctx, m.CloneID)
	if err != nil {
		return err
	}
	if waiting >= maxWaiting {
		return domain.Fail(domain.TooMany, "improvement.waiting", maxWaiting)
	}
	m.Against.Checked, err = s.honest(ctx, p, d, m)
	return err
}

// honest tells whether the state that an improvement was made against was one
// of the process. Errors: Invalid if it was another than is said.
func (s *Improvements) honest(ctx context.Context, p *coproduction.Process, d *Derivation, m *Improvement) (known bool, err error) {
	a, lie := m.Against, domain.Fail(domain.Invalid, "clone.digest_differs", d.Host)
	if a.Release != "" {
		if under(m.formerly, string(a.Release)) { // of one whose place it took
			return false, nil
		}
		r, err := s.store.ReleaseAt(ctx, a.Release)
		if domain.CodeOf(err) == domain.NotFound || err == nil && (r.Process != p.IRI || r.Digest != a.Digest || r.Version.String() != a.Version) {
			return false, lie
		}
		return err == nil, err
	}
	if a.Digest == "" {
		return false, nil
	}
	if d.Digest != "" && d.Version == a.Version && d.Digest != a.Digest {
		return false, lie
	}
	if a.Version != strconv.FormatInt(p.Revision, 10) { // of earlier states nobody knows any more what they were
		return false, nil
	}
	now, err := s.releases.source.digest(ctx, p)
	if err == nil && now != a.Digest {
		err = lie
	}
	return err == nil, err
}

// Retract notes that a clone took an improvement back. What was answered stays.
// Errors: NotFound, Forbidden unless the clone itself says so.
func (s *Improvements) Retract(ctx context.Context, by *network.Actor, iri domain.IRI) error {
	m, err := s.store.ImprovementAt(ctx, iri)
	if err != nil {
		return err
	}
	if by.Local() || m.Clone != by.IRI {
		return domain.Fail(domain.Forbidden, "error.origin")
	}
	if m.State != ImprovementOpen {
		return nil
	}
	m.State = ImprovementWithdrawn
	event := domain.NewEvent(s.mint, ImprovementRetracted, by.ID, domain.Subject{Kind: "process", ID: domain.ID(m.SourceID)}, m.told())
	return s.store.SaveImprovement(ctx, m, nil, nil, nil, domain.Change{Events: []domain.Event{event}})
}

// Review is an improvement beside the source as it is.
type Review struct {
	Process     *coproduction.Process
	Improvement *Improvement
	Updates     []Update          // Theirs is what is offered
	Settled     map[string]Answer // items about which there is nothing to decide
	names       map[string]domain.Text
}

// Name is what an item of the source or of the improvement is called.
func (r *Review) Name(id string) domain.Text { return r.names[id] }

// Review compares an improvement with its source as it is, for those who may
// change its tree. Of one that is answered there is nothing to compare. Errors:
// NotFound, Forbidden.
func (s *Improvements) Review(ctx context.Context, v policy.Viewer, name string, id domain.ID) (*Review, error) {
	r, _, _, err := s.review(ctx, v, policy.Read, name, id)
	return r, err
}

func (s *Improvements) review(ctx context.Context, v policy.Viewer, verb policy.Verb, name string, id domain.ID) (*Review, *local, Trees, error) {
	p, m, err := s.improvement(ctx, v, verb, name, id)
	if err == nil && m.SourceID != p.ID {
		err = domain.Fail(domain.NotFound, "error.not_found")
	}
	if err != nil {
		return nil, nil, Trees{}, err
	}
	named := m.names()
	l, now, err := s.releases.named(ctx, p, func(it coproduction.Item) string {
		if named[it.FromItem] && p.ClonedFrom.Named(it.FromItem) >= 0 {
			return it.FromItem
		}
		if i := slices.IndexFunc(it.Formerly, func(id string) bool { return named[id] }); i >= 0 {
			return it.Formerly[i]
		}
		return ""
	})
	if err != nil {
		return nil, nil, Trees{}, err
	}
	l.own = true
	t := m.Trees(now.Mine)
	t.Aside, t.Worked = now.Aside, now.Worked
	r := &Review{Process: p, Improvement: m, names: map[string]domain.Text{}}
	for _, e := range m.Items {
		r.names[e.Item.ID] = e.Item.Name
	}
	for _, it := range t.Mine {
		r.names[it.ID] = it.Name
	}
	if m.State == ImprovementOpen {
		r.Updates = t.Updates()
		r.Settled = m.settled(t, r.Updates)
	}
	return r, l, t, nil
}

// AnswerInput is what the people of a source say to an improvement: to the
// whole, or to each item.
type AnswerInput struct {
	All       bool         // take all as it is offered
	None      bool         // refuse all
	Decisions []Resolution // Take, Edit, or Keep to refuse
	Reasons   map[string]string
	Reason    string            // of what is refused
	Marks     map[string]string // of the updates as they were seen
}

// Answer takes of an improvement what is decided, in one change, and tells the
// clone. Errors: NotFound, Forbidden; Invalid if an item is not decided, one is
// refused without a reason, one is taken without what holds it, or a text is
// too long; Conflict if it was answered or withdrawn, or the source is not any
// more what was seen.
func (s *Improvements) Answer(ctx context.Context, v policy.Viewer, name string, id domain.ID, in AnswerInput) (*Improvement, error) {
	if err := checkValues(in.Decisions); err != nil {
		return nil, err
	}
	for race := 1; ; race++ {
		m, raced, err := s.answer(ctx, v, name, id, in)
		if !raced || race == maxRaces {
			return m, err
		}
	}
}

func (s *Improvements) answer(ctx context.Context, v policy.Viewer, name string, id domain.ID, in AnswerInput) (m *Improvement, raced bool, err error) {
	r, l, trees, err := s.review(ctx, v, policy.Edit, name, id)
	if err != nil {
		return nil, false, err
	}
	if m = r.Improvement; m.State != ImprovementOpen {
		return nil, false, domain.Fail(domain.Conflict, "improvement.answered")
	}
	decisions, err := in.decide(r)
	if err != nil {
		return nil, false, err
	}
	merged := trees.Merge(decisions)
	if m.Record = trees.Record(merged); len(merged.Items)+len(merged.Aside)+len(merged.Restored) == 0 {
		m.Record = Record{}
	}
	m.Record.Bases = nil // it is of the source, which has none
	m.Verdicts = m.judge(r, in, decisions)
	m.State, m.Reason, m.AnsweredBy, m.AnsweredAt = stateOf(m.Verdicts), strings.TrimSpace(in.Reason), v.Actor, s.mint.Now()
	p := r.Process
	var events []domain.Event
	changed, err := s.releases.write(l, v, merged, &events)
	if err != nil {
		return nil, false, err
	}
	for i, verdict := range m.Verdicts {
		if verdict.Answer.Took() && strings.HasPrefix(verdict.Item, string(m.Clone)+"/") {
			m.Verdicts[i].Became = string(p.ItemIRI(l.ids[verdict.Item]))
		}
	}
	change := domain.Change{Events: append([]domain.Event{domain.NewEvent(s.mint, ImprovementAnswered, v.Actor, p.Subject(), m.told())}, events...)}
	if s.ns.Owns(m.Clone) {
		subject := domain.Subject{Kind: "process", ID: domain.ID(m.CloneID)}
		change.Events = append(change.Events, domain.NewEvent(s.mint, ImprovementSettled, v.Actor, subject, m.told()))
		change.Jobs = append(change.Jobs, m.adopting())
	}
	if len(changed) == 0 {
		p = nil
	}
	if err := s.store.SaveImprovement(ctx, m, p, changed, nil, change); err != nil {
		return nil, domain.CodeOf(err) == domain.Conflict, err
	}
	return m, false, nil
}

// decide makes one decision on each update. Errors: Invalid, Conflict.
func (in AnswerInput) decide(r *Review) ([]Resolution, error) {
	said := map[string]Resolution{}
	for _, d := range in.Decisions {
		said[d.ID] = d
	}
	var problems domain.Problems
	refused := false
	out := make([]Resolution, 0, len(r.Updates))
	for n, u := range r.Updates {
		if seen := in.Marks[u.ID]; seen != "" && seen != u.Mark() {
			return nil, domain.Fail(domain.Conflict, "improvement.changed")
		}
		d := said[u.ID]
		switch {
		case in.All:
			d = Resolution{ID: u.ID, Decision: Take}
		case in.None:
			d = Resolution{ID: u.ID, Decision: Keep}
		case d.Decision != Take && d.Decision != Edit && d.Decision != Keep:
			problems.Add("decide."+strconv.Itoa(n), "improvement.undecided")
		}
		if reason := in.Reasons[u.ID]; !plain(reason, maxReason) {
			problems.Add("reason."+strconv.Itoa(n), "error.too_long", maxReason)
		} else if d.Decision == Keep && strings.TrimSpace(reason) == "" {
			refused = true
		}
		out = append(out, d)
	}
	for n, u := range r.Updates { // what is taken needs what holds it
		if by := out[n]; by.Decision == Take || by.Decision == Edit {
			for m, holder := range r.Updates {
				if holder.ID != "" && holder.ID == u.Parent && holder.Outcome == Added && out[m].Decision == Keep {
					problems.Add("decide."+strconv.Itoa(n), "improvement.needs_parent")
				}
			}
		}
	}
	switch {
	case !plain(in.Reason, maxReason):
		problems.Add("reason", "error.too_long", maxReason)
	case refused && strings.TrimSpace(in.Reason) == "":
		problems.Add("reason", "improvement.reason")
	}
	return out, problems.Err()
}

// judge writes what was said to each item.
func (m *Improvement) judge(r *Review, in AnswerInput, decisions []Resolution) []Verdict {
	by := map[string]Decision{}
	for _, d := range decisions {
		by[d.ID] = d.Decision
	}
	out := make([]Verdict, 0, len(m.Items))
	for _, e := range m.Items {
		id := e.Item.ID
		v := Verdict{Item: id, Answer: AnswerRefused, Reason: strings.TrimSpace(in.Reasons[id])}
		switch settled, ok := r.Settled[id]; {
		case ok:
			v.Answer = settled
		case by[id] == Take:
			v.Answer = AnswerTaken
		case by[id] == Edit:
			v.Answer = AnswerEdited
		}
		if v.Answer.Took() {
			v.Reason = ""
		}
		out = append(out, v)
	}
	return out
}

// Credits are the clones whose improvements a process took, newest first: what
// everybody may know. Errors: NotFound.
func (s *Improvements) Credits(ctx context.Context, v policy.Viewer, name string) ([]Credit, error) {
	p, err := s.releases.source.process(ctx, v, policy.Read, name)
	if err != nil {
		return nil, err
	}
	return s.store.Credits(ctx, p.ID, time.Time{})
}
