package lineage

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/policy"
)

// What happens to improvements. The subject is the clone for those that are
// sent and settled, the source for those that are received and answered, and
// either for one that is withdrawn.
const (
	ImprovementSent      domain.EventKind = "improvement.sent"      // [ImprovementTold]
	ImprovementReceived  domain.EventKind = "improvement.received"  // [ImprovementTold]
	ImprovementRetracted domain.EventKind = "improvement.withdrawn" // [ImprovementTold]
	ImprovementAnswered  domain.EventKind = "improvement.answered"  // [ImprovementTold]
	ImprovementSettled   domain.EventKind = "improvement.settled"   // [ImprovementTold]
)

// ImprovementTold is the payload of the events of an improvement.
type ImprovementTold struct {
	Improvement domain.ID        `json:"improvement"`
	IRI         domain.IRI       `json:"iri"`
	Name        domain.Text      `json:"name"` // of the clone
	Host        string           `json:"host"` // of the clone
	Source      domain.IRI       `json:"source"`
	SourceTitle domain.Text      `json:"sourceTitle"`
	Items       int              `json:"items"`
	Taken       int              `json:"taken,omitempty"`
	State       ImprovementState `json:"state"`
}

func (m *Improvement) told() ImprovementTold {
	return ImprovementTold{m.ID, m.IRI, m.CloneTitle, m.Clone.Host(), m.Source, m.SourceTitle, m.Count, m.Taken(), m.State}
}

// JobAdopt asks that a clone learns what its source took of it.
const JobAdopt = "lineage.adopt" // args [AdoptArgs]

// AdoptArgs name an improvement.
type AdoptArgs struct {
	Improvement domain.ID `json:"improvement"`
}

// ImprovementStore keeps improvements. Reads fail with NotFound.
type ImprovementStore interface {
	ReleaseStore
	Improvement(ctx context.Context, id domain.ID) (*Improvement, error)
	ImprovementAt(ctx context.Context, iri domain.IRI) (*Improvement, error)
	// Improvements lists those that a process was offered, or offered itself,
	// newest first, without items.
	Improvements(ctx context.Context, process domain.ActorID, sent bool, page domain.Page) (domain.List[*Improvement], error)
	// Waiting counts those that a clone offered and nobody answered.
	Waiting(ctx context.Context, clone domain.ActorID) (int, error)
	// SaveImprovement inserts one with Revision 0, else updates it where the
	// revision is unchanged (Conflict if not); p, if not nil, is the process
	// that changes by it, with its items and what it knows of its source.
	SaveImprovement(ctx context.Context, m *Improvement, p *coproduction.Process, items []coproduction.Item, bases map[string]*Base, change domain.Change) error
}

// Improvements is how clones offer what they made better to their sources.
type Improvements struct {
	store    ImprovementStore
	releases *Releases
	mint     *domain.Mint
	ns       domain.Namespace
}

// NewImprovements makes the service.
func NewImprovements(store ImprovementStore, releases *Releases, mint *domain.Mint, ns domain.Namespace) *Improvements {
	return &Improvements{store, releases, mint, ns}
}

// Improvable is what a clone could offer to its source.
type Improvable struct {
	Process *coproduction.Process
	Against Against
	Updates []Update // Theirs is the clone, Mine its source as the clone knows it
	names   map[string]domain.Text
	trees   Trees
}

// Name is what an item of the source or of the clone is called.
func (i *Improvable) Name(id string) domain.Text { return i.names[id] }

// Improvable compares a clone with its source as it knows that, for those who
// may change its tree: what everybody may read of it. Errors: NotFound for what
// is no clone, Forbidden; Invalid if it is not public, or its source refused it.
func (s *Improvements) Improvable(ctx context.Context, v policy.Viewer, name string) (*Improvable, error) {
	return s.improvable(ctx, v, policy.Read, name)
}

func (s *Improvements) improvable(ctx context.Context, v policy.Viewer, verb policy.Verb, name string) (*Improvable, error) {
	p, err := s.releases.clone(ctx, v, verb, name)
	if err != nil {
		return nil, err
	}
	switch {
	case p.Visibility != domain.VisiblePublic:
		return nil, domain.Fail(domain.Invalid, "improvement.public")
	case p.ClonedFrom.Answer == coproduction.Rejected:
		return nil, domain.Fail(domain.Invalid, "improvement.no_clone")
	}
	bases, err := s.store.Bases(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	l, t, err := s.releases.named(ctx, p, func(it coproduction.Item) string {
		if _, known := bases[it.FromItem]; known {
			return it.FromItem
		}
		return ""
	})
	if err != nil {
		return nil, err
	}
	out := &Improvable{Process: p, names: map[string]domain.Text{}}
	out.trees = Trees{Bases: maps.Clone(bases), Theirs: public(l, t), Mine: treeOf(bases)}
	for id, b := range out.trees.Bases {
		b.Never = false
		out.trees.Bases[id] = b
	}
	for _, from := range [][]SourceItem{out.trees.Mine, out.trees.Theirs} {
		for _, it := range from {
			out.names[it.ID] = it.Name
		}
	}
	out.Updates = slices.DeleteFunc(out.trees.Updates(), func(u Update) bool { return u.Outcome == Removed })
	out.Against, err = s.against(ctx, p)
	return out, err
}

// public are the items that everybody may read, of those that are in use.
func public(l *local, t Trees) []SourceItem {
	seen := l.process.Seen(policy.Viewer{}, l.tree)
	return slices.DeleteFunc(slices.Clone(t.Mine), func(it SourceItem) bool {
		_, err := seen.Item(l.ids[it.ID])
		return err != nil || !l.tree.Enabled(l.ids[it.ID])
	})
}

// against is the state of its source that a clone has: that of the last
// release that was merged, or that which was cloned.
func (s *Improvements) against(ctx context.Context, p *coproduction.Process) (Against, error) {
	merges, err := s.store.MergeRecords(ctx, p.ID, domain.Page{Limit: domain.MaxPage})
	if err != nil {
		return Against{}, err
	}
	for _, m := range merges.Items {
		if m.UndoneAt.IsZero() {
			return Against{Release: m.IRI, Version: m.Version, Digest: m.Digest}, nil
		}
	}
	return Against{Version: p.ClonedFrom.Version, Digest: p.ClonedFrom.Digest}, nil
}

// ImproveInput says what is offered, and how.
type ImproveInput struct {
	Chosen  []Resolution // Take for a whole item, Edit with those Kept that stay here
	Marks   map[string]string
	Note    domain.Text
	Licence string
	Credits []string // people who agreed to be named
}

// Preview makes what would be offered, and sends nothing. Errors: as of
// [Improvements.Offer].
func (s *Improvements) Preview(ctx context.Context, v policy.Viewer, name string, in ImproveInput) (*Improvement, error) {
	i, err := s.improvable(ctx, v, policy.Edit, name)
	if err != nil {
		return nil, err
	}
	return s.made(v, i, in)
}

func (s *Improvements) made(v policy.Viewer, i *Improvable, in ImproveInput) (*Improvement, error) {
	for _, u := range i.Updates {
		if seen := in.Marks[u.ID]; seen != "" && seen != u.Mark() {
			return nil, domain.Fail(domain.Conflict, "improvement.changed")
		}
	}
	p, from := i.Process, i.Process.ClonedFrom
	m := &Improvement{
		ID: s.mint.ID(), Serial: s.mint.Serial(), Clone: p.IRI, CloneID: p.ID, CloneTitle: p.Title, Source: from.IRI, SourceTitle: from.Title,
		Against: i.Against, Licence: strings.TrimSpace(in.Licence), Note: in.Note.Clean(), Items: i.trees.Improve(in.Chosen),
		State: ImprovementOpen, SentBy: v.Actor, SentAt: s.mint.Now(),
	}
	m.IRI = p.IRI + "/improvements/" + domain.IRI(m.ID)
	for _, c := range in.Credits {
		if c = strings.TrimSpace(c); c != "" && !slices.Contains(m.Credits, c) {
			m.Credits = append(m.Credits, c)
		}
	}
	m.Count, m.formerly = len(m.Items), from.Sources()[1:]
	return m, m.check()
}

// Offer offers what a clone made better to its source. Errors: NotFound,
// Forbidden; Invalid for a licence that lets nobody use it, if nothing is
// chosen, or too much; Conflict if it is not any more what was seen.
func (s *Improvements) Offer(ctx context.Context, v policy.Viewer, name string, in ImproveInput) (*Improvement, error) {
	if !fits(in.Note, maxNote) {
		return nil, domain.InvalidField("note", "error.too_long", maxNote)
	}
	i, err := s.improvable(ctx, v, policy.Edit, name)
	if err != nil {
		return nil, err
	}
	m, err := s.made(v, i, in)
	if err != nil {
		return nil, err
	}
	sent := domain.NewEvent(s.mint, ImprovementSent, v.Actor, i.Process.Subject(), m.told())
	m.Offer = s.ns.IRI("activities", string(sent.ID))
	events := []domain.Event{sent}
	if s.ns.Owns(m.Source) {
		source, err := s.store.ProcessNamed(ctx, s.releases.source.nameOf(m.Source))
		if err != nil {
			return nil, err
		}
		if err := s.accepts(ctx, source, m); err != nil {
			return nil, err
		}
		m.SourceID = source.ID
		events = append(events, domain.NewEvent(s.mint, ImprovementReceived, v.Actor, source.Subject(), m.told()))
	}
	return m, s.store.SaveImprovement(ctx, m, nil, nil, nil, domain.Change{Events: events})
}

// List lists what a process was offered, or offered itself, newest first, for
// those who may change its tree. Errors: NotFound, Forbidden.
func (s *Improvements) List(ctx context.Context, v policy.Viewer, name string, sent bool, page domain.Page) (domain.List[*Improvement], error) {
	p, err := s.releases.kept(ctx, v, policy.Read, name)
	if err != nil {
		return domain.List[*Improvement]{}, err
	}
	return s.store.Improvements(ctx, p.ID, sent, page)
}

// Improvement reads one of a process, as its source or its clone. Errors:
// NotFound, Forbidden.
func (s *Improvements) Improvement(ctx context.Context, v policy.Viewer, name string, id domain.ID) (*Improvement, error) {
	_, m, err := s.improvement(ctx, v, policy.Read, name, id)
	return m, err
}

func (s *Improvements) improvement(ctx context.Context, v policy.Viewer, verb policy.Verb, name string, id domain.ID) (*coproduction.Process, *Improvement, error) {
	p, err := s.releases.kept(ctx, v, verb, name)
	if err != nil {
		return nil, nil, err
	}
	if _, err := domain.ParseID(string(id)); err != nil {
		return nil, nil, domain.Fail(domain.NotFound, "error.not_found")
	}
	m, err := s.store.Improvement(ctx, id)
	if err == nil && m.CloneID != p.ID && m.SourceID != p.ID {
		err = domain.Fail(domain.NotFound, "error.not_found")
	}
	return p, m, err
}

// Withdraw takes an offer back that was not answered. Again changes nothing.
// Errors: NotFound, Forbidden, Conflict if it was answered.
func (s *Improvements) Withdraw(ctx context.Context, v policy.Viewer, name string, id domain.ID) (*Improvement, error) {
	p, m, err := s.improvement(ctx, v, policy.Edit, name, id)
	if err == nil && m.CloneID != p.ID {
		err = domain.Fail(domain.NotFound, "error.not_found")
	}
	if err != nil || m.State == ImprovementWithdrawn {
		return m, err
	}
	if m.State != ImprovementOpen {
		return nil, domain.Fail(domain.Conflict, "improvement.answered")
	}
	m.State = ImprovementWithdrawn
	events := []domain.Event{domain.NewEvent(s.mint, ImprovementRetracted, v.Actor, p.Subject(), m.told())}
	return m, s.store.SaveImprovement(ctx, m, nil, nil, nil, domain.Change{Events: events})
}

// ImprovementAnswer is what the source's node says to an improvement of a clone
// of this one.
type ImprovementAnswer struct {
	IRI      domain.IRI
	By       domain.IRI     // the source
	Actor    domain.ActorID // the same, as this node knows it
	Taken    bool           // at least in part
	Verdicts []Verdict      // of each item; none for all alike
	Reason   string
}

// answered is the improvement of a clone of this node about which its source
// says something. Errors: NotFound; Forbidden for anybody else.
func (s *Improvements) answered(ctx context.Context, in ImprovementAnswer) (*Improvement, error) {
	m, err := s.store.ImprovementAt(ctx, in.IRI)
	if err == nil && !s.ns.Owns(m.Clone) {
		err = domain.Fail(domain.NotFound, "error.not_found")
	}
	if err == nil && in.By != m.Source {
		err = domain.Fail(domain.Forbidden, "error.forbidden")
	}
	return m, err
}

// RecordAnswer notes what the source of a clone took. Received again it changes
// nothing. Errors: NotFound unless the improvement is of this node; Forbidden
// unless the source answers; Invalid.
func (s *Improvements) RecordAnswer(ctx context.Context, in ImprovementAnswer) error {
	m, err := s.answered(ctx, in)
	if err != nil {
		return err
	}
	if m.State != ImprovementOpen && m.State != ImprovementWithdrawn {
		return nil
	}
	if m.Verdicts, err = m.judged(in); err != nil {
		return err
	}
	clone, err := s.store.Process(ctx, m.CloneID)
	if err != nil {
		return err
	}
	m.State, m.AnsweredAt = stateOf(m.Verdicts), s.mint.Now()
	if m.Reason = in.Reason; !plain(m.Reason, maxReason) {
		m.Reason = ""
	}
	err = s.store.SaveImprovement(ctx, m, nil, nil, nil, domain.Change{
		Events: []domain.Event{domain.NewEvent(s.mint, ImprovementSettled, in.Actor, clone.Subject(), m.told())},
		Jobs:   []domain.Job{m.adopting()},
	})
	if err != nil {
		return err
	}
	return s.Adopt(ctx, AdoptArgs{m.ID})
}

// judged are the verdicts of an answer, one of each item. Errors: Invalid.
func (m *Improvement) judged(in ImprovementAnswer) ([]Verdict, error) {
	said := map[string]Verdict{}
	for _, v := range in.Verdicts {
		said[v.Item] = v
	}
	out := make([]Verdict, 0, len(m.Items))
	for _, e := range m.Items {
		v, judged := said[e.Item.ID]
		if !judged {
			v = Verdict{Item: e.Item.ID, Answer: AnswerRefused}
			if in.Taken && len(in.Verdicts) == 0 {
				v.Answer = AnswerTaken
			}
		}
		if !in.Taken {
			v.Answer, v.Became = AnswerRefused, ""
		}
		if !v.Answer.known() || !plain(v.Reason, maxReason) || !plain(v.Became, maxID) || v.Became != "" && !strings.HasPrefix(v.Became, string(m.Source)+"/") {
			return nil, domain.Fail(domain.Invalid, "process.source_broken")
		}
		if !e.Fresh() {
			v.Became = ""
		}
		out = append(out, v)
	}
	return out, nil
}

func (m *Improvement) adopting() domain.Job {
	return domain.Job{Kind: JobAdopt, Unique: string(m.ID), Args: AdoptArgs{m.ID}}
}

// Adopt lets a clone know what its source took of it: these are the source's
// items from now on, and the next merge does not ask about them. It is the
// handler of [JobAdopt]; it changes no words of the clone.
func (s *Improvements) Adopt(ctx context.Context, args AdoptArgs) error {
	for race := 1; ; race++ {
		err := s.adopt(ctx, args.Improvement)
		if domain.CodeOf(err) != domain.Conflict || race == maxRaces {
			return err
		}
	}
}

func (s *Improvements) adopt(ctx context.Context, id domain.ID) error {
	m, err := s.store.Improvement(ctx, id)
	if err != nil || m.Adopted || len(m.Verdicts) == 0 || !s.ns.Owns(m.Clone) {
		return err
	}
	back := m.State == ImprovementTakenBack
	p, err := s.store.Process(ctx, m.CloneID)
	if err != nil {
		return err
	}
	bases, err := s.store.Bases(ctx, p.ID)
	if err != nil {
		return err
	}
	items, err := s.store.Items(ctx, p.ID)
	if err != nil {
		return err
	}
	have := map[string]bool{}
	for _, it := range items {
		have[it.FromItem] = true
	}
	var changed []coproduction.Item
	for i, v := range m.Verdicts {
		if v.Became == "" || !v.Answer.Took() {
			continue
		}
		at := slices.IndexFunc(items, func(it coproduction.Item) bool { return string(p.ItemIRI(it.ID)) == v.Item })
		if back {
			if at >= 0 && items[at].FromItem == v.Became { // it is its own again
				items[at].FromItem = ""
				changed = append(changed, items[at])
			}
			continue
		}
		if at < 0 || have[v.Became] { // it is gone, or came back with a release before the answer did
			m.Verdicts[i].Became = ""
			continue
		}
		items[at].FromItem = v.Became
		changed = append(changed, items[at])
	}
	var learned map[string]*Base
	if back {
		learned = m.unlearned(bases)
	} else {
		learned = m.learned(bases)
	}
	m.Adopted = true
	if len(changed) == 0 && len(learned) == 0 {
		p = nil
	}
	return s.store.SaveImprovement(ctx, m, p, changed, learned, domain.Change{})
}

// MaxCredits is how many improvements a process, or a release, names.
const MaxCredits = 100

// Credit is a clone whose improvement a process took.
type Credit struct {
	Improvement domain.IRI  `json:"improvement"`
	Clone       domain.IRI  `json:"clone"`
	Title       domain.Text `json:"title"`             // of the clone
	Authors     []string    `json:"authors,omitempty"` // who agreed to be named
	Licence     string      `json:"licence"`
	Taken       int         `json:"taken"` // items
	At          time.Time   `json:"at"`
}

// fits reports whether a credit of another node is within its bounds.
func (c Credit) fits() bool {
	for _, iri := range []domain.IRI{c.Improvement, c.Clone} {
		if _, err := domain.ParseIRI(string(iri)); err != nil {
			return false
		}
	}
	return fits(c.Title, maxTitle) && plain(c.Licence, maxLicence) && len(c.Authors) <= maxCredits &&
		!slices.ContainsFunc(c.Authors, func(s string) bool { return !plain(s, maxCredit) })
}
