package node

import (
	"context"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/coproduction"
	"interlink/domain/participation"
	"interlink/domain/policy"
)

// witness says which events communities tell by themselves; it implements
// community.Witness. It sees as everybody does: what is not public is not told.
type witness struct{ *Node }

// warned is how long before its end something is told that ends.
const warned = 24 * time.Hour

// See implements community.Witness.
func (n witness) See(ctx context.Context, e domain.Event) (seen community.Seen, err error) {
	switch e.Kind {
	case coproduction.ProcessStarted:
		err = n.process(ctx, e, &seen, func(p *coproduction.Process) {
			seen.Happenings = append(seen.Happenings, community.Happening{Key: "process " + string(p.ID), Kind: "process", Title: p.Title, Link: p.IRI})
		})
	case coproduction.TaskStatusChanged:
		var told coproduction.StatusChanged
		if err := e.Decode(&told); err != nil || told.To != coproduction.Finished {
			return seen, err
		}
		err = n.process(ctx, e, &seen, func(p *coproduction.Process) {
			for _, done := range told.Completed {
				if done.Kind == coproduction.Phase {
					key := "phase " + string(p.ID) + " " + string(done.Item)
					seen.Happenings = append(seen.Happenings, community.Happening{Key: key, Kind: "phase", Title: done.Name, Place: p.Title, Link: p.IRI})
				}
			}
			if told.Process == coproduction.Finished {
				seen.Happenings = append(seen.Happenings, community.Happening{Key: "finished " + string(p.ID), Kind: "finished", Title: p.Title, Link: p.IRI})
			}
		})
	case participation.CallPublished, participation.CallRevised:
		err = n.call(ctx, e, &seen)
	case participation.CallEnded:
		seen.Dropped = []string{"call " + string(e.Subject.ID)}
	case community.PostCreated:
		err = n.ending(ctx, e, &seen)
	}
	if code := domain.CodeOf(err); code == domain.NotFound || code == domain.Gone || code == domain.Forbidden || code == domain.Unauthenticated {
		return community.Seen{}, nil // it is gone meanwhile, or not for everybody
	}
	return seen, err
}

// process has a happening told by the community that follows a process.
func (n witness) process(ctx context.Context, e domain.Event, seen *community.Seen, tell func(*coproduction.Process)) error {
	p, err := n.Coproduction.ProcessByID(ctx, policy.Viewer{}, domain.ActorID(e.Subject.ID))
	if err != nil || p.Community == domain.Nobody || p.Visibility != domain.VisiblePublic {
		return err
	}
	tell(p)
	for i := range seen.Happenings {
		seen.Happenings[i].Community = p.Community
	}
	return nil
}

// call has the end of a role call told a day before.
func (n witness) call(ctx context.Context, e domain.Event, seen *community.Seen) error {
	c, err := n.Participation.Call(ctx, policy.Viewer{}, e.Subject.ID)
	if err != nil || c.Community == domain.Nobody {
		return err
	}
	key := "call " + string(c.ID)
	if c.Deadline.IsZero() || c.Deadline.Sub(e.Time) < 2*warned { // it was published just now
		seen.Dropped = []string{key}
		return nil
	}
	seen.Happenings = []community.Happening{{
		Community: c.Community, Key: key, Kind: "call_closes", Title: c.Title, Link: c.URL, Due: c.Deadline.Add(-warned), Until: c.Deadline,
	}}
	return nil
}

// ending has the end of a poll of a community told a day before.
func (n witness) ending(ctx context.Context, e domain.Event, seen *community.Seen) error {
	p, err := n.Communities.PostByID(ctx, policy.Viewer{}, e.Subject.ID)
	if err != nil || p.Author != p.Community || p.Poll == nil || p.Poll.Ends.Sub(e.Time) < 2*warned {
		return err
	}
	title := domain.Text{p.Language: firstLine(p.Source)}
	seen.Happenings = []community.Happening{{
		Community: p.Community, Key: "poll " + string(p.ID), Kind: "poll_closes", Title: title, Link: p.IRI, Due: p.Poll.Ends.Add(-warned), Until: p.Poll.Ends,
	}}
	return nil
}

// firstLine is the beginning of a post, by which it is named.
func firstLine(source string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(source), "\n")
	if words := []rune(line); len(words) > 120 {
		return string(words[:120]) + "…"
	}
	return line
}

// Still implements community.Witness.
func (n witness) Still(ctx context.Context, h community.Happening) (bool, error) {
	kind, id, _ := strings.Cut(h.Key, " ")
	id, _, _ = strings.Cut(id, " ")
	var still bool
	var err error
	switch kind {
	case "process", "phase", "finished":
		var p *coproduction.Process
		if p, err = n.Coproduction.ProcessByID(ctx, policy.Viewer{}, domain.ActorID(id)); err == nil {
			still = p.Community == h.Community && p.Visibility == domain.VisiblePublic
		}
	case "call":
		var c *participation.Call
		if c, err = n.Participation.Call(ctx, policy.Viewer{}, domain.ID(id)); err == nil {
			still = c.State == participation.CallOpen && c.Deadline.Equal(h.Until)
		}
	case "poll":
		var p *community.Post
		if p, err = n.Communities.PostByID(ctx, policy.Viewer{}, domain.ID(id)); err == nil {
			still = p.Poll != nil && p.Poll.Closed.IsZero()
		}
	}
	switch domain.CodeOf(err) {
	case domain.OK:
		return still, nil
	case domain.NotFound, domain.Gone, domain.Forbidden, domain.Unauthenticated:
		return false, nil
	}
	return false, err
}

// TellHappenings has communities tell what happened by themselves, as far as
// it is due.
func (n *Node) TellHappenings(ctx context.Context) error { return n.teller.Tend(ctx) }

// introduceAll gives communities that were made before a post by which they
// introduce themselves.
func (n *Node) introduceAll(ctx context.Context) error {
	if err := n.Communities.Introduce(ctx); err != nil && ctx.Err() == nil {
		n.o.Log.Error("introduce communities", "error", err)
	}
	return nil
}
