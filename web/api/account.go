package api

import (
	"context"
	"net/http"

	"interlink/domain"
	"interlink/domain/account"
)

// Me is the account that a token belongs to.
type Me struct {
	Username    string      `json:"username"`
	Handle      string      `json:"handle"`
	IRI         domain.IRI  `json:"iri"`
	DisplayName string      `json:"displayName"`
	Summary     string      `json:"summary"`
	Email       string      `json:"email"`
	Language    domain.Lang `json:"language"`
	Role        string      `json:"role" enum:"member,moderator,admin"`
	Scopes      []string    `json:"scopes"`
}

func (a *API) me(c *caller, of *account.Account) Me {
	m := Me{
		Username: of.Username, Handle: "@" + of.Username + "@" + a.Namespace.HandleHost(), IRI: a.Namespace.IRI("users", of.Username),
		DisplayName: of.DisplayName, Summary: of.Summary, Email: of.Email, Language: of.Language, Role: string(of.Role), Scopes: []string{},
	}
	for _, s := range c.viewer.Scopes {
		m.Scopes = append(m.Scopes, string(s))
	}
	return m
}

// ProfileInput is what people change of themselves; what is absent stays.
type ProfileInput struct {
	Body struct {
		DisplayName *string      `json:"displayName,omitempty" maxLength:"200"`
		Summary     *string      `json:"summary,omitempty" maxLength:"2000"`
		Language    *domain.Lang `json:"language,omitempty" maxLength:"35"`
	}
}

func (a *API) accountOperations() {
	const tag = "Account"
	do(a, tag, operation{method: http.MethodGet, path: "/me", own: true, summary: "Who the token belongs to"},
		func(_ context.Context, c *caller, _ *struct{}) (*One[Me], error) {
			if c.account == nil {
				return nil, domain.Fail(domain.Unauthenticated, "error.token")
			}
			return one(a.me(c, c.account)), nil
		})
	do(a, tag, operation{method: http.MethodPatch, path: "/me", summary: "Change one's own profile"},
		func(ctx context.Context, c *caller, in *ProfileInput) (*One[Me], error) {
			if c.account == nil {
				return nil, domain.Fail(domain.Unauthenticated, "error.token")
			}
			p := account.Profile{DisplayName: c.account.DisplayName, Summary: c.account.Summary, Language: c.account.Language}
			set(&p.DisplayName, in.Body.DisplayName)
			set(&p.Summary, in.Body.Summary)
			set(&p.Language, in.Body.Language)
			changed, err := a.Accounts.UpdateProfile(ctx, c.viewer, p)
			if err != nil {
				return nil, err
			}
			return one(a.me(c, changed)), nil
		})
}

// set takes over what was sent.
func set[T any](field *T, sent *T) {
	if sent != nil {
		*field = *sent
	}
}
