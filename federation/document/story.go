package document

import (
	"context"

	"interlink/domain"
	"interlink/domain/policy"
	"interlink/domain/story"
	"interlink/federation/activity"
)

// Stories reads stories.
type Stories interface {
	Story(ctx context.Context, v policy.Viewer, slug, host string) (*story.Story, error)
	Head(ctx context.Context, v policy.Viewer, slug, host string) (*story.Story, error)
	Text(ctx context.Context, s *story.Story) (*story.Text, error)
}

// Story makes a story's Article, proven by its organisation and by the partners
// that signed this version. Errors: NotFound
// if its organisation is one that not everybody may know of: the story would
// name it.
func (d *Documents) Story(ctx context.Context, s *story.Story) (any, error) {
	owner, err := d.Actors.Actor(ctx, s.Owner)
	if err != nil {
		return nil, err
	}
	if owner.Local() && owner.Visibility != domain.VisiblePublic {
		return nil, domain.Fail(domain.NotFound, "error.not_found")
	}
	cc := []domain.IRI{owner.Followers}
	if s.Community != domain.Nobody {
		community, err := d.Actors.Actor(ctx, s.Community)
		if err != nil {
			return nil, err
		}
		cc = append(cc, community.Followers)
	}
	_, lang := s.Title.In(d.Language)
	return d.signedTogether(ctx, s, activity.Story(s, owner.IRI, cc, d.NS, lang, [4]string{
		d.Phrase(lang, "page.story.challenge"), d.Phrase(lang, "page.story.done"),
		d.Phrase(lang, "page.story.results"), d.Phrase(lang, "page.story.lessons"),
	}))
}

// StoryAt makes the Article of a story of this node by its slug.
func (d *Documents) StoryAt(ctx context.Context, slug string) (any, error) {
	s, err := d.Stories.Head(ctx, everybody, slug, "")
	if err != nil {
		return nil, err
	}
	return d.Story(ctx, s)
}

// RatingsAt makes the ratings of a story of this node by its slug. Errors:
// NotFound if nobody ever rated it.
func (d *Documents) RatingsAt(ctx context.Context, slug string) (any, error) {
	s, err := d.Stories.Head(ctx, everybody, slug, "")
	if err == nil && s.Ratings.At.IsZero() {
		err = domain.Fail(domain.NotFound, "error.not_found")
	}
	if err != nil {
		return nil, err
	}
	owner, err := d.address(ctx, s.Owner)
	if err == nil && owner == "" {
		err = domain.Fail(domain.NotFound, "error.not_found")
	}
	if err != nil {
		return nil, err
	}
	return activity.Ratings(s.IRI, owner, s.Ratings), nil
}
