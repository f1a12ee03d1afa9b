package api

import (
	"context"
	"net/http"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/participation"
	"interlink/domain/policy"
)

// JoiningInput says whether a process takes join requests.
type JoiningInput struct {
	Named
	Body struct {
		Revision int64       `json:"revision" doc:"of the call that was read; 0 for a new one"`
		Open     bool        `json:"open" doc:"anybody may ask; only of a public process"`
		Gives    []string    `json:"gives" minItems:"1" maxItems:"2" enum:"view,create" doc:"what who is let in may do in the whole process: view, or view and create"`
		Words    domain.Text `json:"words,omitempty" doc:"Markdown: who is welcome, and for what"`
	}
}

// JoinRequestInput asks to join a process.
type JoinRequestInput struct {
	Body struct {
		Process   string `json:"process" maxLength:"2048" doc:"its address or @name@host, here or on another node"`
		Statement string `json:"statement" minLength:"1" maxLength:"5000" doc:"plain text"`
	}
}

func (a *API) joiningOperations() {
	const tag = "Role calls"
	do(a, tag, operation{
		method: http.MethodGet, path: "/processes/{name}/joining", summary: "Read whether a process takes join requests",
		description: "The requests are the applications to this call; who administers the process decides on them.",
	}, func(ctx context.Context, c *caller, in *Named) (*One[RoleCall], error) {
		return oneFor(ctx, c, a.roleCall)(a.Participation.Joining(ctx, c.viewer, in.Name))
	})
	do(a, tag, operation{method: http.MethodPut, path: "/processes/{name}/joining", summary: "Say whether a process takes join requests, and what they give"},
		func(ctx context.Context, c *caller, in *JoiningInput) (*One[RoleCall], error) {
			b := in.Body
			gives, err := coproduction.ParseRights(b.Gives...)
			if err != nil {
				return nil, domain.Renamed(err, map[string]string{"rights": "gives"})
			}
			return oneFor(ctx, c, a.roleCall)(a.Participation.SetTerms(ctx, c.viewer, in.Name, b.Revision, participation.Terms{Open: b.Open, Gives: gives, Words: b.Words}))
		})
	do(a, tag, operation{method: http.MethodPost, path: "/join-requests", summary: "Ask to join a process, here or on another node"},
		func(ctx context.Context, c *caller, in *JoinRequestInput) (*One[Application], error) {
			if err := policy.Allow(c.viewer, policy.Apply, &participation.Call{}); err != nil {
				return nil, err // before another server is asked
			}
			process, err := a.find(ctx, c, "process", in.Body.Process)
			if err != nil {
				return nil, err
			}
			return oneFor(ctx, c, a.application)(a.Participation.Ask(ctx, c.viewer, process.IRI, in.Body.Statement))
		})
}

// joined is the process of a standing call, and what it gives; "" and none for
// the call of a team.
func joined(of *participation.Call) (domain.IRI, []string) {
	if !of.Standing() {
		return "", nil
	}
	return of.IRI, of.Gives.Names()
}
