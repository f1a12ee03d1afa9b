package api

import (
	"context"
	"net/http"
)

// TagBody names a hashtag.
type TagBody struct {
	Body struct {
		Tag string `json:"tag" minLength:"1" maxLength:"100" doc:"one word, with or without #"`
	}
}

// FollowedTags are the hashtags that the caller follows.
type FollowedTags struct {
	Tags []string `json:"tags" doc:"without #, by name; at most 100"`
}

func (a *API) tagOperations() {
	const tag = "Communities"
	do(a, tag, operation{method: http.MethodGet, path: "/tags", own: true, summary: "The hashtags that one follows"},
		func(ctx context.Context, c *caller, _ *struct{}) (*One[FollowedTags], error) {
			tags, err := a.Communities.FollowedTags(ctx, c.viewer)
			return one(FollowedTags{append([]string{}, tags...)}), err
		})
	do(a, tag, operation{
		method: http.MethodPost, path: "/tags", summary: "Follow a hashtag",
		description: "Public posts that have it are in the caller's home, whoever wrote them, if they want to be found. Nobody is told.",
	}, func(ctx context.Context, c *caller, in *TagBody) (*None, error) {
		return nothing(a.Communities.FollowTag(ctx, c.viewer, in.Body.Tag))
	})
	do(a, tag, operation{method: http.MethodDelete, path: "/tags", summary: "No longer follow a hashtag"},
		func(ctx context.Context, c *caller, in *TagBody) (*None, error) {
			return nothing(a.Communities.UnfollowTag(ctx, c.viewer, in.Body.Tag))
		})
}
