package node

import (
	"context"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/coproduction"
	"interlink/domain/lineage"
	"interlink/domain/participation"
	"interlink/domain/policy"
	"interlink/domain/story"
)

// witness says which events communities and processes tell by themselves; it implements
// community.Witness. It sees as everybody does: what is not public is not told.
type witness struct{ *Node }

// warned is how long before its end something is told that ends.
const warned = 24 * time.Hour

// See implements community.Witness.
func (n witness) See(ctx context.Context, e domain.Event) (seen community.Seen, err error) {
	switch e.Kind {
	case coproduction.ProcessStarted:
		err = n.process(ctx, domain.ActorID(e.Subject.ID), &seen, func(p *coproduction.Process) {
			seen.Happenings = append(seen.Happenings, community.Happening{Key: "process " + string(p.ID), Kind: "process", Title: p.Title, Link: p.IRI})
		})
	case coproduction.TaskStatusChanged:
		var told coproduction.StatusChanged
		if err := e.Decode(&told); err != nil || told.To != coproduction.Finished {
			return seen, err
		}
		err = n.process(ctx, domain.ActorID(e.Subject.ID), &seen, func(p *coproduction.Process) {
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
	case lineage.ProcessReleased:
		var told lineage.ReleaseTold
		if err := e.Decode(&told); err != nil {
			return seen, err
		}
		err = n.ofProcess(ctx, domain.ActorID(e.Subject.ID), &seen, func(p *coproduction.Process) community.Happening {
			return community.Happening{Key: "release " + string(p.ID) + " " + told.Version, Kind: "release", Title: domain.Text{domain.Undetermined: told.Version}, Place: p.Title, Link: p.IRI}
		})
	case story.StoryPublished:
		err = n.story(ctx, e, &seen)
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

// process has happenings told by the community that follows a process, and by
// the process itself.
func (n witness) process(ctx context.Context, id domain.ActorID, seen *community.Seen, tell func(*coproduction.Process)) error {
	p, err := n.Coproduction.ProcessByID(ctx, policy.Viewer{}, id)
	if err != nil || p.Visibility != domain.VisiblePublic {
		return err
	}
	tell(p)
	all := seen.Happenings
	seen.Happenings = nil
	followed, err := n.followed(ctx, p.ID)
	for _, h := range all {
		if h.Community = p.Community; p.Community != domain.Nobody {
			seen.Happenings = append(seen.Happenings, h)
		}
		if h.Community = p.ID; followed {
			seen.Happenings = append(seen.Happenings, h)
		}
	}
	return err
}

// ofProcess has something told by a process alone: its community tells it in its
// own way.
func (n witness) ofProcess(ctx context.Context, id domain.ActorID, seen *community.Seen, tell func(*coproduction.Process) community.Happening) error {
	p, err := n.Coproduction.ProcessByID(ctx, policy.Viewer{}, id)
	if err != nil || p.Visibility != domain.VisiblePublic {
		return err
	}
	followed, err := n.followed(ctx, p.ID)
	if followed {
		h := tell(p)
		h.Community = p.ID
		seen.Happenings = append(seen.Happenings, h)
	}
	return err
}

// followed reports whether anybody follows a process: to nobody it says nothing.
func (n witness) followed(ctx context.Context, id domain.ActorID) (bool, error) {
	list, err := n.stores.network.Followers(ctx, id, domain.Page{Limit: 1})
	return len(list.Items) > 0, err
}

// Process implements community.Witness.
func (n witness) Process(ctx context.Context, id domain.ActorID) (community.Speaker, error) {
	p, err := n.Coproduction.ProcessByID(ctx, policy.Viewer{}, id)
	switch code := domain.CodeOf(err); {
	case code == domain.Gone || code == domain.Forbidden || code == domain.Unauthenticated, err == nil && p.Visibility != domain.VisiblePublic:
		return community.Speaker{}, domain.Fail(domain.NotFound, "error.not_found")
	case err != nil:
		return community.Speaker{}, err
	}
	return community.Speaker{ID: p.ID, IRI: p.IRI, Title: p.Title, Language: p.Language, Cadence: community.Daily}, nil
}

// story has a process tell that its story is published.
func (n witness) story(ctx context.Context, e domain.Event, seen *community.Seen) error {
	s, err := n.Stories.StoryByID(ctx, policy.Viewer{}, e.Subject.ID)
	if err != nil || s.Process == domain.Nobody {
		return err
	}
	return n.ofProcess(ctx, s.Process, seen, func(p *coproduction.Process) community.Happening {
		return community.Happening{Key: "story " + string(s.ID), Kind: "story", Title: s.Title, Place: p.Title, Link: s.IRI}
	})
}

// call has the end of a role call told a day before.
func (n witness) call(ctx context.Context, e domain.Event, seen *community.Seen) error {
	c, err := n.Participation.Call(ctx, policy.Viewer{}, e.Subject.ID)
	if err != nil || c.Community == domain.Nobody {
		return err
	}
	if e.Kind == participation.CallPublished && c.Process != domain.Nobody {
		err := n.ofProcess(ctx, c.Process, seen, func(p *coproduction.Process) community.Happening {
			return community.Happening{Key: "sought " + string(c.ID), Kind: "call", Title: c.Title, Place: p.Title, Link: c.URL}
		})
		if err != nil {
			return err
		}
	}
	key := "call " + string(c.ID)
	if c.Deadline.IsZero() || c.Deadline.Sub(e.Time) < 2*warned { // it was published just now
		seen.Dropped = []string{key}
		return nil
	}
	seen.Happenings = append(seen.Happenings, community.Happening{
		Community: c.Community, Key: key, Kind: "call_closes", Title: c.Title, Link: c.URL, Due: c.Deadline.Add(-warned), Until: c.Deadline,
	})
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
	case "process", "phase", "finished", "release":
		var p *coproduction.Process
		if p, err = n.Coproduction.ProcessByID(ctx, policy.Viewer{}, domain.ActorID(id)); err == nil {
			still = (p.Community == h.Community || p.ID == h.Community) && p.Visibility == domain.VisiblePublic
		}
	case "call", "sought":
		var c *participation.Call
		if c, err = n.Participation.Call(ctx, policy.Viewer{}, domain.ID(id)); err == nil {
			still = c.State == participation.CallOpen && (h.Until.IsZero() || c.Deadline.Equal(h.Until))
		}
	case "story":
		var s *story.Story
		if s, err = n.Stories.StoryByID(ctx, policy.Viewer{}, domain.ID(id)); err == nil {
			still = s.Status == story.Published
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
