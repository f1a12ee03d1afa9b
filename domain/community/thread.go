package community

import (
	"context"
	"slices"

	"interlink/domain"
	"interlink/domain/policy"
)

// PostByID reads a post. Errors: NotFound; Gone for a deleted one.
func (s *Service) PostByID(ctx context.Context, v policy.Viewer, id domain.ID) (*Post, error) {
	p, err := s.store.Post(ctx, id, v.Actor)
	if err == nil && s.reads(ctx, v, p) {
		return p, nil
	}
	return visible(v)(p, err)
}

// reads reports whether a post was written to a community of this node, in
// private, and the viewer moderates that.
func (s *Service) reads(ctx context.Context, v policy.Viewer, p *Post) bool {
	if p.Visibility != Direct || p.Deleted() || v.Actor == domain.Nobody || !slices.Contains(p.Mentions, p.Community) {
		return false
	}
	c, err := s.store.Community(ctx, p.Community, v.Actor)
	return err == nil && policy.Allow(v, policy.Moderate, c) == nil
}

// PostByIRI reads a post by its address. Errors: as [Service.PostByID].
func (s *Service) PostByIRI(ctx context.Context, v policy.Viewer, iri domain.IRI) (*Post, error) {
	return visible(v)(s.store.PostByIRI(ctx, iri, v.Actor))
}

func visible(v policy.Viewer) func(*Post, error) (*Post, error) {
	return func(p *Post, err error) (*Post, error) {
		if err != nil {
			return nil, err
		}
		if err := policy.Allow(v, policy.Read, p); err != nil {
			return nil, err
		}
		if p.Deleted() {
			return nil, domain.Fail(domain.Gone, "error.gone")
		}
		return p, nil
	}
}

// Thread is a post with what is around it.
type Thread struct {
	Ancestors []*Post // oldest first, as far as they are known
	Post      *Post
	Replies   domain.List[*Post] // all that is below, each after what it answers
	Depths    []int              // of each reply: 0 answers the post itself
}

// Answer is a post in the place that it has in a thread.
type Answer struct {
	ID      domain.ID
	IRI, To domain.IRI
	Serial  domain.Serial
	Shown   bool // to who reads the thread; what answers it may be

	depth int
}

// The bounds of a thread: how far up it is followed, and how much of what is
// below is put in order.
const (
	maxAncestors = 50
	maxAnswers   = 5000

	// MostAnswers is up to how many a conversation is counted.
	MostAnswers = 1000
)

// Thread reads a post, what it answers, and the conversation below it: what
// answers a reply follows that reply. Errors: as [Service.PostByID].
func (s *Service) Thread(ctx context.Context, v policy.Viewer, id domain.ID, page domain.Page) (Thread, error) {
	p, err := s.PostByID(ctx, v, id)
	if err != nil {
		return Thread{}, err
	}
	t := Thread{Post: p}
	above, err := s.store.Ancestors(ctx, p.IRI, v.Actor, maxAncestors)
	if err != nil {
		return t, err
	}
	for _, a := range above {
		if _, err := visible(v)(a, nil); err != nil {
			break // gone, or not for v
		}
		t.Ancestors = append(t.Ancestors, a)
	}
	slices.Reverse(t.Ancestors)
	return t, s.below(ctx, v, &t, page)
}

// below reads a page of what is below the post of a thread.
func (s *Service) below(ctx context.Context, v policy.Viewer, t *Thread, page domain.Page) error {
	after, err := page.AfterSerial()
	if err != nil {
		return err
	}
	all, err := s.store.Answers(ctx, t.Post.IRI, v.Actor, maxAnswers)
	if err != nil {
		return err
	}
	all = inOrder(t.Post.IRI, all)
	t.Replies.Total = len(all)
	rest := all[1+slices.IndexFunc(all, func(a Answer) bool { return a.Serial == after }):]
	shown := rest[:min(len(rest), page.Size())]
	if len(shown) < len(rest) {
		t.Replies.Next = shown[len(shown)-1].Serial.Cursor()
	}
	ids := make([]domain.ID, len(shown))
	for i, a := range shown {
		ids[i] = a.ID
	}
	posts, err := s.store.PostsByID(ctx, ids)
	for _, a := range shown {
		if p := posts[a.ID]; p != nil && policy.Allow(v, policy.Read, p) == nil {
			t.Replies.Items, t.Depths = append(t.Replies.Items, p), append(t.Depths, a.depth)
		}
	}
	return err
}

// inOrder puts what is shown of answers behind what each answers; what answers
// something that is not shown stands in its place.
func inOrder(top domain.IRI, answers []Answer) []Answer {
	to := make(map[domain.IRI][]Answer, len(answers))
	for _, a := range answers {
		to[a.To] = append(to[a.To], a)
	}
	var ordered []Answer
	var walk func(iri domain.IRI, depth int)
	walk = func(iri domain.IRI, depth int) {
		for _, a := range to[iri] {
			below := depth
			if a.depth = depth; a.Shown {
				ordered = append(ordered, a)
				below++
			}
			walk(a.IRI, below)
		}
	}
	walk(top, 0)
	return ordered
}

// Replies lists the public replies to a post, oldest first. Errors: as
// [Service.PostByID].
func (s *Service) Replies(ctx context.Context, v policy.Viewer, id domain.ID, page domain.Page) (domain.List[*Post], error) {
	p, err := s.PostByID(ctx, v, id)
	if err != nil {
		return domain.List[*Post]{}, err
	}
	return s.store.PublicReplies(ctx, p.IRI, page)
}

// Conversation lists the public posts of a thread that begins with a post of
// this node, oldest first. Errors: as [Service.PostByID]; NotFound for a post
// that does not begin one.
func (s *Service) Conversation(ctx context.Context, v policy.Viewer, id domain.ID, page domain.Page) (domain.List[*Post], error) {
	p, err := s.PostByID(ctx, v, id)
	if err == nil && (!p.Local() || p.InReplyTo != "") {
		err = domain.Fail(domain.NotFound, "error.not_found")
	}
	if err != nil {
		return domain.List[*Post]{}, err
	}
	return s.store.PublicThread(ctx, p.IRI, page)
}
