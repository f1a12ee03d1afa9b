package portable

import (
	"context"
	"errors"
	"reflect"
	"slices"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/lineage"
	"interlink/domain/policy"
)

// Became is a process or community that an earlier export became here.
type Became struct {
	ID    domain.ActorID
	IRI   domain.IRI
	Name  string
	Title domain.Text
}

// Earlier lists what earlier exports of the same process or community became
// here, as far as the viewer administers it.
func (s *Service) Earlier(ctx context.Context, v policy.Viewer, b *Bringing) ([]Became, error) {
	all, err := s.store.BroughtFrom(ctx, b.Head.IRI)
	if err != nil {
		return nil, err
	}
	var out []Became
	for _, before := range all {
		if before.ID == b.ID || before.Head.Kind != b.Head.Kind {
			continue
		}
		one, err := s.became(ctx, v, before)
		switch domain.CodeOf(err) {
		case domain.OK:
			out = append(out, one)
		case domain.NotFound, domain.Gone, domain.Forbidden, domain.Unauthenticated:
		default:
			return nil, err
		}
	}
	return out, nil
}

// became reads what something became, if the viewer administers it.
func (s *Service) became(ctx context.Context, v policy.Viewer, b *Bringing) (Became, error) {
	if b.Head.Kind == KindCommunity {
		c, err := s.communities.CommunityByID(ctx, v, b.Process)
		if err != nil {
			return Became{}, err
		}
		return Became{c.ID, c.IRI, c.Name, c.Title}, policy.Allow(v, policy.Administer, c)
	}
	p, err := s.processes.ProcessByID(ctx, v, b.Process)
	if err != nil {
		return Became{}, err
	}
	return Became{p.ID, p.IRI, p.Name, p.Title}, policy.Allow(v, policy.Administer, p)
}

// earlier finds the one of a name, with the export that it became of. Errors:
// NotFound; Invalid if that is as late as b, or later.
func (s *Service) earlier(ctx context.Context, v policy.Viewer, b *Bringing, name string) (*Bringing, error) {
	all, err := s.Earlier(ctx, v, b)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, func(one Became) bool { return one.Name == name })
	if i < 0 {
		return nil, notThere()
	}
	before, err := s.store.BroughtAs(ctx, all[i].ID)
	if err == nil && !b.Head.ExportedAt.After(before.Head.ExportedAt) {
		err = domain.Fail(domain.Invalid, older, all[i].Title)
	}
	return before, err
}

const older = "import.older"

// IsOlder reports whether an import was refused because what is here is of an
// export that is as late, or later.
func IsOlder(err error) bool {
	var told *domain.Error
	return errors.As(err, &told) && told.Key == older
}

// updating is what a later export changes of a process.
type updating struct {
	process *coproduction.Process
	before  *Bringing
	written coproduction.Written
	known   map[string]*lineage.Base // what it knows of its source, where that changes; nil for nothing any more
	built   Built
	base    Base
	changes []Change
	carried Carried
	lost    []Lost
}

// update works out what a later export changes of the process that an earlier
// one became. Errors: as of [Service.earlier].
func (s *Service) update(ctx context.Context, v policy.Viewer, b *Bringing, d *Document, name string) (*updating, error) {
	before, err := s.earlier(ctx, v, b, name)
	if err != nil {
		return nil, err
	}
	p, err := s.processes.ProcessByID(ctx, v, before.Process)
	if err != nil {
		return nil, err
	}
	base, err := s.store.Base(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	e, err := s.Export(ctx, v, p.Name)
	if err != nil {
		return nil, err
	}
	from := d.before(b.Head)
	compared, err := compare(d, base, !slices.Equal(from, before.Carried.From)) // all have other names, then
	if err != nil {
		return nil, err
	}
	here, there, err := s.names(base, d)
	if err != nil {
		return nil, err
	}
	m, err := e.mergeLater(ctx, compared, here, there)
	if err != nil {
		return nil, err
	}
	u := &updating{process: p, before: before, changes: m.changes, base: d.base(base.IDs)}
	u.base.IDs = base.IDs // also of what is not there any more, and may be again
	if err := s.rebuild(ctx, v, b, u, m); err != nil {
		return nil, err
	}
	u.learn(m.ours.Known, m.merged.Known)
	u.written.Described = slices.ContainsFunc(m.changes, func(c Change) bool { return c.ID == "" })
	known := map[domain.ID][]string{}
	for _, it := range m.theirs.Items {
		known[here(it.ID)] = it.formerly(from)
	}
	if err := s.items(ctx, u, known); err != nil {
		return nil, err
	}
	if err := s.changed(ctx, v, u, here); err != nil {
		return nil, err
	}
	u.carry(m.theirs, here)
	u.carried.From = from
	return u, nil
}

// rebuild makes of what was merged what this node has of it.
func (s *Service) rebuild(ctx context.Context, v policy.Viewer, b *Bringing, u *updating, m mergedLater) error {
	now, t, err := s.target(ctx, v, b, m.merged, Input{Name: u.process.Name})
	if err != nil {
		return err
	}
	d := m.merged.document()
	d.frame = m.frame
	build, err := d.build(now, t)
	if err != nil {
		return err
	}
	if u.built, err = build.whole(); err != nil {
		return err
	}
	p := u.process
	p.Title, p.Summary, p.Aim, p.Challenges = now.Title, now.Summary, now.Aim, now.Challenges
	p.Language, p.Governance, p.Country, p.UpdatedAt = now.Language, now.Governance, now.Country, s.mint.Now()
	d.frame.Summarize(p)
	return nil
}

// learn notes where what the process knows of its source changes.
func (u *updating) learn(before, after map[string]lineage.Base) {
	u.known = map[string]*lineage.Base{}
	for id := range before {
		if _, stays := after[id]; !stays {
			u.known[id] = nil
		}
	}
	for id, one := range after {
		if was, known := before[id]; !known || !sameJSON(was, one) {
			u.known[id] = &one
		}
	}
}

// names translate ids between here and where a process is from. What is new
// there gets an id of its own here if the others have.
func (s *Service) names(base *Base, d *Document) (here, there func(domain.ID) domain.ID, err error) {
	back := map[domain.ID]domain.ID{}
	if len(base.IDs) > 0 {
		fresh := func(id domain.ID) {
			if base.IDs[id] == "" {
				base.IDs[id] = s.mint.ID()
			}
		}
		for it, err := range d.items {
			if err != nil {
				return nil, nil, err
			}
			fresh(it.ID)
		}
		for r, err := range d.resources {
			if err != nil {
				return nil, nil, err
			}
			fresh(r.ID)
		}
	}
	for id, own := range base.IDs {
		back[own] = id
	}
	named := func(in map[domain.ID]domain.ID) func(domain.ID) domain.ID {
		return func(id domain.ID) domain.ID {
			if other := in[id]; other != "" {
				return other
			}
			return id
		}
	}
	return named(base.IDs), named(back), nil
}

// items finds what of the tree changes: what is as it was keeps who put it
// aside, and its revision. known are the names of what the export has.
func (s *Service) items(ctx context.Context, u *updating, known map[domain.ID][]string) error {
	for some := range slices.Chunk(u.built.Items, step) {
		ids := make([]domain.ID, len(some))
		for i, it := range some {
			ids[i] = it.ID
		}
		read, err := s.kept.ItemsOf(ctx, u.process.ID, ids)
		if err != nil {
			return err
		}
		were := make(map[domain.ID]coproduction.Item, len(read))
		for _, it := range read {
			were[it.ID] = it
		}
		for _, it := range some {
			was, there := were[it.ID]
			it.Formerly = coproduction.FormerIDs(append(slices.Clone(was.Formerly), known[it.ID]...)...)
			if there {
				it.Revision = was.Revision
				if was.Disabled() && it.DisabledAt.Equal(was.DisabledAt) {
					it.DisabledAt, it.DisabledBy = was.DisabledAt, was.DisabledBy
				}
				if alike(it, was) {
					continue
				}
			}
			u.written.Items = append(u.written.Items, it)
		}
	}
	return nil
}

// alike compares two items as archives have them.
func alike(a, b coproduction.Item) bool {
	of := func(it coproduction.Item) Item {
		return Describe(Held{Process: &coproduction.Process{}, Items: []coproduction.Item{it}}).Items[0]
	}
	return reflect.DeepEqual(members(of(a)), members(of(b)))
}

// changed finds which resources change, with their new versions.
func (s *Service) changed(ctx context.Context, v policy.Viewer, u *updating, here func(domain.ID) domain.ID) error {
	told := map[domain.ID]bool{}
	for _, c := range u.changes {
		told[here(c.ID)] = true
	}
	words := map[int]Part{}
	for _, body := range u.built.Bodies {
		words[body.Version] = body.Part
	}
	for _, r := range u.built.Resources {
		if !told[r.ID] {
			continue
		}
		was, err := s.processes.Resource(ctx, v, u.process.Name, r.ID)
		switch domain.CodeOf(err) {
		case domain.OK:
			was.Name, was.Language, was.Licence = r.Name, r.Language, r.Licence
		case domain.NotFound:
			was, r.Version = &r, 0
		case domain.Gone:
			continue // removed here
		default:
			return err
		}
		for i, version := range u.built.Versions {
			if version.Resource != r.ID || version.Number <= was.Version {
				continue
			}
			if version.Body, err = s.markdown(ctx, words[i]); err != nil {
				return domain.Fail(domain.Gone, "import.gone").Because(err)
			}
			was.Version, was.URL, was.File, was.Body = version.Number, version.URL, version.File, version.Body
			u.written.Versions = append(u.written.Versions, version)
		}
		if was != &r {
			was.Revision++
		}
		was.UpdatedAt = s.mint.Now()
		u.written.Resources = append(u.written.Resources, *was)
	}
	return nil
}

// carry adds to what the process brought along what the later export says
// beyond it.
func (u *updating) carry(d *Process, here func(domain.ID) domain.ID) {
	c := u.before.Carried
	if len(d.History) > 0 {
		c.History = d.History
	}
	c.Clones, c.Releases = d.Clones, d.Releases
	c.Administrators = union(c.Administrators, d.Administrators)
	for _, g := range d.Grants {
		if g.Item != "" {
			g.Item = here(g.Item)
		}
		if !slices.Contains(c.Grants, g) {
			c.Grants = append(slices.Clone(c.Grants), g)
		}
	}
	authors := map[string]domain.IRI{}
	for what, iri := range c.Authors {
		authors[what] = iri
	}
	for _, r := range u.written.Resources {
		if r.Revision == 1 {
			authors[string(r.ID)] = u.built.Carried.Authors[string(r.ID)]
		}
	}
	for _, v := range u.written.Versions {
		key := versionKey(v.Resource, v.Number)
		authors[key] = u.built.Carried.Authors[key]
	}
	c.Authors = authors
	u.carried = c
	for _, l := range u.built.Lost {
		if l.Reason == LostFile || l.Reason == LostBroken {
			u.lost = append(u.lost, l)
		}
	}
	for _, iri := range d.rolesOf() {
		if !slices.Contains(u.before.Carried.Administrators, iri) && !slices.ContainsFunc(u.before.Carried.Grants, func(g Grant) bool { return g.Grantee == iri }) {
			u.lost = append(u.lost, Lost{IRI: iri, Reason: LostRole})
		}
	}
}

// merge saves what a later export changes, in one transaction.
func (s *Service) merge(ctx context.Context, b *Bringing, d *Document) error {
	u, err := s.update(ctx, b.Asker, b, d, b.In.Update)
	if err != nil {
		return err
	}
	made := *b
	made.Process, made.Made, made.Lost, made.Carried, made.Changes = u.process.ID, u.process.IRI, u.lost, u.carried, u.changes[:min(len(u.changes), maxLost)]
	made.State, made.Asker, made.UpdatedAt, made.Problem = ImportDone, policy.Viewer{}, s.mint.Now(), lineage.Problem{}
	var change domain.Change
	if u.written.Works() {
		change.Events = []domain.Event{domain.NewEvent(s.mint, coproduction.ProcessUpdated, b.Asker.Actor, u.process.Subject(), coproduction.Named{Name: u.process.Name, Title: u.process.Title})}
	}
	if err := s.store.Update(ctx, u.process, u.written, u.known, &made, u.base, change); err != nil {
		return err
	}
	*b = made
	return nil
}
