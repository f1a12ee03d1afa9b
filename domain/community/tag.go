package community

import (
	"context"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/policy"
)

// TagFollow says that a person wants to see what has a hashtag, whoever wrote
// it.
type TagFollow struct {
	Tag   string // in small letters, without "#"
	Actor domain.ActorID
	At    time.Time
}

// TagFollows is the part of [Store] about followed hashtags.
type TagFollows interface {
	// FollowTag stores one; again it changes nothing. Errors: Conflict for
	// more than so many.
	FollowTag(ctx context.Context, f TagFollow, most int) error
	UnfollowTag(ctx context.Context, actor domain.ActorID, tag string) error
	// FollowedTags lists those of a person, by name.
	FollowedTags(ctx context.Context, actor domain.ActorID) ([]string, error)
}

// maxTagFollows is how many hashtags one person follows.
const maxTagFollows = 100

// hashtag is what the policy asks of one: everybody may know it, and people of
// this node follow it.
type hashtag struct{}

func (hashtag) PolicyKind() string                            { return "tag" }
func (hashtag) PolicyVisibility() domain.Visibility           { return domain.VisiblePublic }
func (hashtag) PolicyLocal() bool                             { return true }
func (hashtag) PolicyRelation(domain.ActorID) policy.Relation { return policy.Stranger }

// ReadTag reads a hashtag as people write it. Errors: Invalid on "tag".
func ReadTag(typed string) (string, error) {
	tag := strings.ToLower(strings.TrimPrefix(strings.TrimSpace(typed), "#"))
	if tag == "" || len(tag) > maxTag || strings.ContainsAny(tag, " \n\t/#") {
		return "", domain.InvalidField("tag", "tag.shape")
	}
	return tag, nil
}

// FollowTag puts public posts with a hashtag into what the viewer follows.
// Nobody is told. Errors: Unauthenticated, Forbidden, Invalid on "tag"; Conflict
// for the 101st.
func (s *Service) FollowTag(ctx context.Context, v policy.Viewer, typed string) error {
	tag, err := s.followable(v, typed)
	if err != nil {
		return err
	}
	return s.store.FollowTag(ctx, TagFollow{tag, v.Actor, s.mint.Now()}, maxTagFollows)
}

// UnfollowTag ends that. Errors: as of [Service.FollowTag].
func (s *Service) UnfollowTag(ctx context.Context, v policy.Viewer, typed string) error {
	tag, err := s.followable(v, typed)
	if err != nil {
		return err
	}
	return s.store.UnfollowTag(ctx, v.Actor, tag)
}

func (s *Service) followable(v policy.Viewer, typed string) (string, error) {
	if err := policy.Allow(v, policy.Follow, hashtag{}); err != nil {
		return "", err
	}
	if !v.Local() {
		return "", domain.Fail(domain.Forbidden, "error.forbidden")
	}
	return ReadTag(typed)
}

// FollowedTags lists the hashtags that the viewer follows, by name; none for
// nobody.
func (s *Service) FollowedTags(ctx context.Context, v policy.Viewer) ([]string, error) {
	if v.Actor == domain.Nobody {
		return nil, nil
	}
	return s.store.FollowedTags(ctx, v.Actor)
}

// HomeKind narrows what somebody follows.
type HomeKind string

// The kinds of what is in a home.
const (
	HomeAll      HomeKind = ""
	HomePosts    HomeKind = "posts"
	HomePolls    HomeKind = "polls"
	HomePictures HomeKind = "pictures"
	HomeStories  HomeKind = "stories"
	HomeEntries  HomeKind = "entries" // of catalogues
)

// HomeKinds are all of them.
var HomeKinds = []HomeKind{HomeAll, HomePosts, HomePolls, HomePictures, HomeStories, HomeEntries}

// Followed is what of all that somebody follows a home is narrowed to.
type Followed string

// What somebody follows. Groups of other software are communities; people are
// organisations and teams too.
const (
	FollowedAny         Followed = "" // what they write themselves, too
	FollowedCommunities Followed = "communities"
	FollowedProcesses   Followed = "processes"
	FollowedPeople      Followed = "people"
	FollowedCatalogues  Followed = "catalogues"
	FollowedTags        Followed = "tags"
)

// AllFollowed are all of them.
var AllFollowed = []Followed{FollowedAny, FollowedCommunities, FollowedProcesses, FollowedPeople, FollowedCatalogues, FollowedTags}

// HomeFilter narrows a home. Its zero value does not.
type HomeFilter struct {
	Kind HomeKind
	From Followed
}
