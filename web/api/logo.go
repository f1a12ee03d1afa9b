package api

import (
	"context"
	"net/http"

	"interlink/domain"
)

// LogoInput gives an organisation, team or community a logo.
type LogoInput struct {
	Named
	Body struct {
		File []byte `json:"file,omitempty" doc:"PNG, JPEG, GIF or WebP of at most 2 MB, in base64; absent to change the words alone"`
		Alt  string `json:"alt,omitempty" maxLength:"500" doc:"what it shows, in words"`
	}
}

// maxLogo bounds the body: 2 MB in base64, and words.
const maxLogo = 11 << 18

func (a *API) logoOperations() {
	a.logoOf("Organizations", "/organizations/{name}/logo", "an organisation", func(ctx context.Context, c *caller, name string) (domain.ActorID, error) {
		o, err := a.Organizations.Organization(ctx, c.viewer, name)
		if err != nil {
			return domain.Nobody, err
		}
		return o.ID, nil
	})
	a.logoOf("Organizations", "/teams/{name}/logo", "a team", func(ctx context.Context, c *caller, name string) (domain.ActorID, error) {
		t, err := a.Organizations.Team(ctx, c.viewer, name)
		if err != nil {
			return domain.Nobody, err
		}
		return t.ID, nil
	})
	a.logoOf("Communities", "/communities/{name}/logo", "a community", func(ctx context.Context, c *caller, name string) (domain.ActorID, error) {
		of, err := a.Communities.Community(ctx, c.viewer, name)
		if err != nil {
			return domain.Nobody, err
		}
		return of.ID, nil
	})
}

func (a *API) logoOf(tag, path, what string, find func(ctx context.Context, c *caller, name string) (domain.ActorID, error)) {
	do(a, tag, operation{
		method: http.MethodPut, path: path, summary: "Set the logo of " + what, maxBody: maxLogo,
		description: "What the file says beside the picture is left out; it is drawn anew only if it is wider or higher than 512 pixels, or turned. Actors show it as `icon`.",
	},
		func(ctx context.Context, c *caller, in *LogoInput) (*None, error) {
			id, err := find(ctx, c, in.Name)
			if err != nil {
				return nil, err
			}
			return nothing(a.Pictures.Set(ctx, c.viewer, id, in.Body.File, in.Body.Alt))
		})
	do(a, tag, operation{method: http.MethodDelete, path: path, summary: "Remove the logo of " + what},
		func(ctx context.Context, c *caller, in *Named) (*None, error) {
			id, err := find(ctx, c, in.Name)
			if err != nil {
				return nil, err
			}
			return nothing(a.Pictures.Remove(ctx, c.viewer, id))
		})
}
