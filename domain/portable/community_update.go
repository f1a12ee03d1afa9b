package portable

import (
	"context"
	"iter"
	"slices"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/picture"
	"interlink/domain/policy"
)

// PastChanges are changes of what was said in a community before it came here.
type PastChanges struct{ Added, Edited, Removed []*community.Archived }

// Standing is what is here of posts of an archive.
type Standing struct {
	Kept    map[domain.IRI]*community.Archived
	Removed map[domain.IRI]bool // by who moderates the community here
}

// communityParts are the parts of a community that a merge looks at: whose it
// is, and who is what in it, no file changes.
var communityParts = []string{"title", "summary", "rules", "language", "restricted", "approves", "holds", "openLog", "cadence"}

// MergeCommunity makes of a community as it was brought (base), as it is now
// where it is from (theirs) and as it is here (ours) what it becomes here, as
// [Merge] does. It is pure.
func MergeCommunity(base, theirs, ours *Community) (*Community, []Change) {
	m := &merging{}
	out := *ours
	m.join("", "", communityParts, base.bare(), theirs.bare(), ours.bare(), &out)
	return &out, m.changes
}

// Since compares posts of a later export with what is here of them; fresh keeps
// one that is new. What was removed here stays so.
func (a *Arrival) Since(posts []community.Past, here Standing, fresh func(community.Past) *community.Archived) PastChanges {
	var out PastChanges
	for _, p := range posts {
		was := here.Kept[p.IRI]
		switch {
		case here.Removed[p.IRI]:
			a.tally[OutcomeKept]++
		case was == nil:
			a.tally[OutcomeAdded]++
			out.Added = append(out.Added, fresh(a.shown(p, community.Past{})))
		default:
			now := *was
			if now.Past = a.shown(p, was.Past); !sameJSON(now.Past, was.Past) {
				a.tally[OutcomeTaken]++
				out.Edited = append(out.Edited, &now)
			}
		}
	}
	return out
}

// Deleted lists those of some posts here that were deleted there. A later export
// names them; and what is missing of those that were written there was, as a
// node removes none of its own by their age. Copies of others it does remove:
// what is missing of them stays here. It is asked after the last post.
func (a *Arrival) Deleted(here []*community.Archived) []*community.Archived {
	var out []*community.Archived
	for _, p := range here {
		name := nameOf(p.Past.IRI)
		_, there := a.named[name]
		told := a.whole || p.Past.Open()
		switch {
		case there:
		case a.removed[name], told && domain.SameOrigin(p.Past.IRI, a.from):
			a.tally[OutcomeRemoved]++
			out = append(out, p)
		case told:
			a.tally[OutcomeKept]++
		}
	}
	return out
}

// changes tells how many posts changed.
func (a *Arrival) changes() (out []Change) {
	for _, outcome := range []Outcome{OutcomeAdded, OutcomeTaken, OutcomeRemoved, OutcomeKept} {
		if n := a.tally[outcome]; n > 0 {
			out = append(out, Change{Outcome: outcome, Posts: n})
		}
	}
	return out
}

// renewal is what a later export changes of a community, but for its posts.
type renewal struct {
	community *community.Community
	before    *Bringing
	arrival   *Arrival
	base      Base
	repaint   bool // its picture is another one there, and was not changed here
	changes   []Change
}

// told reports whether what is told of the community changes.
func (r *renewal) told() bool {
	return r.repaint || slices.ContainsFunc(r.changes, func(c Change) bool { return c.Outcome == OutcomeTaken })
}

// renew works out what a later export changes of the community that an earlier
// one became. Errors: as of [Service.earlier].
func (s *Service) renew(ctx context.Context, v policy.Viewer, b *Bringing, d *Community, name string) (*renewal, error) {
	before, err := s.earlier(ctx, v, b, name)
	if err != nil {
		return nil, err
	}
	r := &renewal{before: before}
	if r.community, err = s.communities.CommunityByID(ctx, v, before.Process); err != nil {
		return nil, err
	}
	base, err := s.store.Base(ctx, before.Process)
	if domain.CodeOf(err) == domain.NotFound {
		base, err = &Base{Community: d.bare()}, nil // it was brought when none was kept: it stays as it is here
	}
	if err != nil {
		return nil, err
	}
	if r.arrival, err = s.arrive(ctx, v, b, d); err != nil {
		return nil, err
	}
	if err := s.redraft(r, base, d); err != nil {
		return nil, err
	}
	return r, s.compareIcon(ctx, r, base, d)
}

// redraft gives the community the details that both sides make together. Where
// these are none that a community can have, it stays as it is here.
func (s *Service) redraft(r *renewal, base *Base, d *Community) error {
	c := r.community
	r.base = Base{Community: d.bare(), Picture: base.Picture}
	merged, changes := MergeCommunity(base.Community, d, DescribeCommunity(HeldCommunity{Community: c}))
	r.changes = changes
	if !r.told() {
		return nil
	}
	details := merged.Details()
	details.Organization = c.Organization
	err := s.communities.Redraft(c, details)
	if domain.CodeOf(err) != domain.Invalid {
		return err
	}
	for i := range r.changes {
		r.changes[i].Outcome = OutcomeKept
	}
	return nil
}

// compareIcon looks whether the community is known by another picture there.
func (s *Service) compareIcon(ctx context.Context, r *renewal, base *Base, d *Community) error {
	if sameJSON(d.Icon, base.Community.Icon) {
		return nil
	}
	actors, err := s.people.Actors(ctx, []domain.ActorID{r.community.ID})
	if err != nil {
		return err
	}
	outcome := OutcomeKept
	if r.repaint = len(actors) == 1 && actors[0].Icon == base.Picture; r.repaint {
		outcome = OutcomeTaken
	}
	r.changes = append(r.changes, Change{Outcome: outcome, Parts: []string{"icon"}})
	return nil
}

// since goes through what a later export changes of what was said: what is new
// or was edited, as it comes, and then what was deleted.
func (s *Service) since(ctx context.Context, d *Community, r *renewal) iter.Seq2[PastChanges, error] {
	in := r.community.ID
	fresh := func(p community.Past) *community.Archived {
		return &community.Archived{ID: s.mint.ID(), Serial: s.mint.Serial(), Community: in, Past: p}
	}
	compared := func(posts []community.Past) (PastChanges, error) {
		taken, err := s.take(ctx, r.arrival, posts)
		if err != nil {
			return PastChanges{}, err
		}
		here, err := s.kept.StandingIn(ctx, in, taken)
		return r.arrival.Since(taken, here, fresh), err
	}
	return func(yield func(PastChanges, error) bool) {
		for posts, err := range s.brought(ctx, d) {
			var page PastChanges
			if err == nil {
				page, err = compared(posts)
			}
			if !yield(page, err) || err != nil {
				return
			}
		}
		for after := domain.Serial(0); ; {
			here, err := s.kept.ArchivedAfter(ctx, in, true, after, atATime)
			if !yield(PastChanges{Removed: r.arrival.Deleted(here)}, err) || err != nil || len(here) < atATime {
				return
			}
			after = here[len(here)-1].Serial
		}
	}
}

// compare reports what a later export would change of a community.
func (s *Service) compare(ctx context.Context, v policy.Viewer, b *Bringing, d *Community, name string) error {
	r, err := s.renew(ctx, v, b, d, name)
	if err != nil {
		return err
	}
	for _, err := range s.since(ctx, d, r) {
		if err != nil {
			return err
		}
	}
	r.report(b)
	return nil
}

// report notes what changed, and what is lost beside what was told of before.
func (r *renewal) report(b *Bringing) {
	b.Changes = slices.Concat(r.changes, r.arrival.changes())
	c := r.before.Carried
	before := &Community{Organization: c.Organization, Administrators: c.Administrators, Moderators: c.Moderators, Members: c.Members, Bans: c.Bans, Pinned: c.Pinned, Log: c.Log}
	told := slices.Concat(r.before.Lost, before.Arrive(r.before.Head, "", nil, nil).Lost)
	b.Lost = slices.DeleteFunc(slices.Clone(r.arrival.Lost), func(l Lost) bool { return slices.Contains(told, l) })
}

// carry is what the community brought along once a later export was: what that
// does not tell, because it tells only what everybody may see, stays.
func (r *renewal) carry() Carried {
	now := r.arrival.Carried
	if r.arrival.whole {
		return now
	}
	c := r.before.Carried
	c.From, c.Organization, c.Pinned = now.From, now.Organization, now.Pinned
	if len(now.Log) > len(c.Log) {
		c.Log = now.Log
	}
	return c
}

// mergeCommunity saves what a later export changes, in one transaction.
func (s *Service) mergeCommunity(ctx context.Context, b *Bringing, d *Community) error {
	r, err := s.renew(ctx, b.Asker, b, d, b.In.Update)
	if err != nil {
		return err
	}
	icon, again, err := s.repainted(ctx, r, d)
	if err != nil {
		return err
	}
	c, made := r.community, *b
	made.Process, made.Made, made.Carried = c.ID, c.IRI, r.carry()
	made.State, made.Asker, made.UpdatedAt = ImportDone, policy.Viewer{}, s.mint.Now()
	var change domain.Change
	if r.told() {
		change.Events = []domain.Event{domain.NewEvent(s.mint, community.CommunityUpdated, b.Asker.Actor, c.Subject(), community.Named{Name: c.Name, Title: c.Title})}
	}
	posts := func(yield func(PastChanges, error) bool) {
		for page, err := range s.since(ctx, d, r) {
			if !yield(page, err) {
				return
			}
		}
		r.report(&made)
	}
	if err := s.store.UpdateCommunity(ctx, c, icon, posts, &made, r.base, change); err != nil {
		return err
	}
	*b = made
	if err := again(ctx); err != nil || !r.told() {
		return err
	}
	return s.communities.Reintroduce(ctx, c.ID)
}

// repainted draws the picture that a community has there anew; nil if it stays.
func (s *Service) repainted(ctx context.Context, r *renewal, d *Community) (*picture.Icon, func(context.Context) error, error) {
	if !r.repaint {
		return nil, func(context.Context) error { return nil }, nil
	}
	icon, again, err := s.paint(ctx, d, r.arrival)
	r.base.Picture = icon.IRI
	return &icon, again, err
}
