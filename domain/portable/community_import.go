package portable

import (
	"context"
	"iter"
	"slices"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/network"
	"interlink/domain/picture"
	"interlink/domain/policy"
)

// readPosts looks through the posts of an archive, if it is of a community: all
// parts of them are there, and can be read. Errors: Invalid, TooLarge.
func (a *Archive) readPosts() error {
	if a.Community == nil {
		return nil
	}
	for _, err := range a.Posts() {
		if err != nil {
			return err
		}
	}
	return nil
}

// Posts goes through the posts of an archive of a community, part by part, as
// they stand there: nobody judged them. Errors: Invalid, TooLarge.
func (a *Archive) Posts() iter.Seq2[[]community.Past, error] {
	return a.Community.postsOf(func(p Part) ([]byte, error) {
		raw, err := a.whole(p.Path, maxPostsPart)
		if err == nil && hashed(p.Path, raw) != p {
			err = broken(p.Path)
		}
		return raw, err
	})
}

// draft makes the community of a document, which is nowhere yet.
func (s *Service) draft(ctx context.Context, v policy.Viewer, d *Community, in Input) (*community.Community, *network.Actor, error) {
	details := d.Details()
	details.Organization = in.Owner
	c, actor, err := s.communities.Draft(ctx, v, in.Name, details, v.Actor)
	if err == nil && !d.CreatedAt.IsZero() && d.CreatedAt.Before(c.CreatedAt) {
		c.CreatedAt = d.CreatedAt
	}
	return c, actor, err
}

// arrive takes in the document of what was brought.
func (s *Service) arrive(ctx context.Context, v policy.Viewer, b *Bringing, d *Community) (*Arrival, error) {
	self, err := s.people.Actors(ctx, []domain.ActorID{v.Actor})
	if err == nil && len(self) != 1 {
		err = domain.Fail(domain.Unauthenticated, "error.sign_in")
	}
	if err != nil {
		return nil, err
	}
	a := d.Arrive(b.Head, self[0].IRI, func(hash string) bool { return !slices.Contains(b.Missing, hash) }, s.ns.Owns)
	for _, name := range b.Unknown {
		a.lose(name, "", LostPart)
	}
	return a, nil
}

// brought goes through the posts of what was brought, as its bytes are kept.
func (s *Service) brought(ctx context.Context, d *Community) iter.Seq2[[]community.Past, error] {
	return d.postsOf(func(p Part) ([]byte, error) {
		raw, err := s.bytes(ctx, p)
		if err != nil {
			err = domain.Fail(domain.Gone, "import.gone").Because(err)
		}
		return raw, err
	})
}

// judge reports what an import of a community would not hold as it was.
func (s *Service) judge(ctx context.Context, v policy.Viewer, b *Bringing, d *Community) error {
	a, err := s.arrive(ctx, v, b, d)
	if err != nil {
		return err
	}
	for posts, err := range s.brought(ctx, d) {
		if err != nil {
			return err
		}
		if _, err := s.take(ctx, a, posts); err != nil {
			return err
		}
	}
	b.Lost = a.Lost
	return nil
}

// take takes in posts, but for those that are known to be deleted.
func (s *Service) take(ctx context.Context, a *Arrival, posts []community.Past) ([]community.Past, error) {
	gone, err := s.kept.TakenBack(ctx, posts)
	if err != nil {
		return nil, err
	}
	return a.Take(posts, gone), nil
}

// found makes the community of a document, with what was said in it before, in
// one transaction. Who imports it administers it; nobody else is anything in
// it.
func (s *Service) found(ctx context.Context, b *Bringing, d *Community) error {
	c, actor, err := s.draft(ctx, b.Asker, d, b.In)
	if err != nil {
		return err
	}
	a, err := s.arrive(ctx, b.Asker, b, d)
	if err != nil {
		return err
	}
	icon, again, err := s.paint(ctx, d, a)
	if err != nil {
		return err
	}
	actor.Icon, actor.IconType, actor.IconAlt = icon.IRI, icon.Type, icon.Alt
	made := *b
	made.Process, made.Made, made.Carried = c.ID, c.IRI, a.Carried
	made.State, made.Asker, made.UpdatedAt = ImportDone, policy.Viewer{}, s.mint.Now()
	event := domain.NewEvent(s.mint, community.CommunityCreated, b.Asker.Actor, c.Subject(), community.Named{Name: c.Name, Title: c.Title})
	base := Base{Community: d.bare(), Picture: actor.Icon}
	err = s.store.ImportCommunity(ctx, c, actor, s.archived(ctx, d, c.ID, a, &made), &made, base, domain.Change{Events: []domain.Event{event}})
	if err != nil {
		return err
	}
	*b = made
	if err := again(ctx); err != nil {
		return err
	}
	return s.communities.Reintroduce(ctx, c.ID)
}

// archived goes through the posts that a community keeps of its archive, and
// notes in b what it does not.
func (s *Service) archived(ctx context.Context, d *Community, in domain.ActorID, a *Arrival, b *Bringing) iter.Seq2[[]*community.Archived, error] {
	return func(yield func([]*community.Archived, error) bool) {
		for posts, err := range s.brought(ctx, d) {
			var taken []community.Past
			if err == nil {
				taken, err = s.take(ctx, a, posts)
			}
			var out []*community.Archived
			for _, p := range taken {
				out = append(out, &community.Archived{ID: s.mint.ID(), Serial: s.mint.Serial(), Community: in, Past: a.shown(p, community.Past{})})
			}
			if !yield(out, err) || err != nil {
				return
			}
		}
		b.Lost = a.Lost
	}
}

// paint draws the picture of an archive anew; one that is none is told of as
// lost. again is to be called once it is shown.
func (s *Service) paint(ctx context.Context, d *Community, a *Arrival) (icon picture.Icon, again func(context.Context) error, err error) {
	again = func(context.Context) error { return nil }
	if d.Icon == nil || !a.has[d.Icon.SHA256] {
		return icon, again, nil
	}
	i := slices.IndexFunc(d.Files, func(p Part) bool { return p.SHA256 == d.Icon.SHA256 })
	raw, err := s.bytes(ctx, d.Files[i])
	if err != nil {
		return icon, again, domain.Fail(domain.Gone, "import.gone").Because(err)
	}
	kept, err := s.pictures.Keep(ctx, raw)
	if code := domain.CodeOf(err); code == domain.Invalid || code == domain.TooLarge {
		a.lose("", "", LostFile)
		return icon, again, nil
	}
	if err != nil {
		return icon, again, err
	}
	return picture.Icon{IRI: kept.IRI, Type: kept.Type, Alt: d.Icon.Alt}, kept.Again, nil
}
