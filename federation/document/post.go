package document

import (
	"context"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/network"
	"interlink/domain/participation"
	"interlink/domain/policy"
	"interlink/federation/activity"
)

// NoteInput reads what a post's document is made of. Errors: NotFound for a
// post that not everybody may see, or of another node.
func (d *Documents) NoteInput(ctx context.Context, p *community.Post) (activity.NoteInput, error) {
	in := activity.NoteInput{Post: p, OwnHost: d.NS.HandleHost(), NS: d.NS}
	if !p.Local() || p.Visibility != community.Public {
		return in, domain.Fail(domain.NotFound, "error.not_found")
	}
	var err error
	if in.Author, err = d.Actors.Actor(ctx, p.Author); err != nil {
		return in, err
	}
	if p.Community != domain.Nobody {
		if in.Community, err = d.Actors.Actor(ctx, p.Community); err != nil {
			return in, err
		}
	}
	for _, id := range p.Mentions {
		m, err := d.Actors.Actor(ctx, id)
		if domain.CodeOf(err) == domain.NotFound {
			continue // a copy that was not needed any more
		}
		if err != nil {
			return in, err
		}
		in.Mentions = append(in.Mentions, m)
	}
	in.Call, err = d.call(ctx, p)
	return in, err
}

// Calls reads role calls.
type Calls interface {
	Call(ctx context.Context, v policy.Viewer, id domain.ID) (*participation.Call, error)
	Joining(ctx context.Context, v policy.Viewer, process string) (*participation.Call, error)
}

// call returns the role call that a post tells of, nil for any other: only a
// community's own posts do.
func (d *Documents) call(ctx context.Context, p *community.Post) (*participation.Call, error) {
	if p.Author != p.Community {
		return nil, nil
	}
	c, err := d.Calls.Call(ctx, everybody, p.ID)
	if domain.CodeOf(err) == domain.NotFound {
		return nil, nil
	}
	return c, err
}

// PostAt makes the Note of a public post of this node.
func (d *Documents) PostAt(ctx context.Context, id domain.ID) (any, error) {
	p, err := d.Communities.PostByID(ctx, everybody, id)
	if err != nil {
		return nil, err
	}
	in, err := d.NoteInput(ctx, p)
	if err != nil {
		return nil, err
	}
	replies, err := d.Replies(ctx, id, domain.Page{Limit: inlineReplies})
	if err != nil {
		return nil, err
	}
	in.Replies = &replies
	return activity.Note(in), nil
}

// inlineReplies is how many replies stand in the document of a post.
const inlineReplies = 10

// Replies lists the addresses of the public replies to a post of this node.
func (d *Documents) Replies(ctx context.Context, id domain.ID, p domain.Page) (domain.List[domain.IRI], error) {
	list, err := d.Communities.Replies(ctx, everybody, id, p)
	return addresses(list), err
}

// Conversation lists the addresses of the public posts of a thread that began
// here.
func (d *Documents) Conversation(ctx context.Context, id domain.ID, p domain.Page) (domain.List[domain.IRI], error) {
	list, err := d.Communities.Conversation(ctx, everybody, id, p)
	return addresses(list), err
}

// addresses of posts.
func addresses(list domain.List[*community.Post]) domain.List[domain.IRI] {
	out := domain.List[domain.IRI]{Next: list.Next, Prev: list.Prev, Total: list.Total}
	for _, p := range list.Items {
		out.Items = append(out.Items, p.IRI)
	}
	return out
}

// Featured makes the collection of what an actor shows first: its own posts as
// they are, those of others by their address. Only communities show any.
func (d *Documents) Featured(ctx context.Context, a *network.Actor) (any, error) {
	posts, err := d.Communities.Pinned(ctx, everybody, a.ID)
	if err != nil {
		return nil, err
	}
	items := []any{}
	for _, p := range posts {
		if !p.Local() {
			items = append(items, p.IRI)
			continue
		}
		in, err := d.NoteInput(ctx, p)
		if err != nil {
			return nil, err
		}
		items = append(items, activity.Note(in))
	}
	return activity.WholeCollection(activity.Featured(a.IRI), a.IRI, items), nil
}
