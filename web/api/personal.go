package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humamux"

	"interlink/domain"
	"interlink/domain/personal"
)

// Holding counts one kind of things that the node holds of the caller.
type Holding struct {
	What string `json:"what" doc:"such as posts, likes, resources"`
	N    int    `json:"n"`
	Kept bool   `json:"kept" doc:"it stays when they leave, without their name"`
}

// Prospect is what leaving would mean.
type Prospect struct {
	Holdings []Holding    `json:"holdings"`
	Sole     []domain.IRI `json:"sole" doc:"what has the caller as its only administrator: needs a successor"`
	Last     bool         `json:"last" doc:"nobody else administers the node: they cannot leave"`
}

// PasswordInput proves who calls: a token alone is not enough.
type PasswordInput struct {
	Body struct {
		Password string `json:"password" minLength:"1" maxLength:"300"`
	}
}

// LeaveInput asks for the deletion of the caller's account.
type LeaveInput struct {
	Body struct {
		Password  string `json:"password" minLength:"1" maxLength:"300"`
		Days      int    `json:"days,omitempty" minimum:"0" maximum:"30" doc:"in which it can be called off; 0 for at once"`
		Successor string `json:"successor,omitempty" maxLength:"30" doc:"username of who takes over what would have no administrator"`
		Mail      bool   `json:"mail,omitempty" doc:"tell by mail how it ended"`
	}
}

// Deletion is how far the deletion of an account is.
type Deletion struct {
	State    string         `json:"state" enum:"waiting,sent,done"`
	Asked    time.Time      `json:"asked"`
	Due      time.Time      `json:"due"`
	Erased   *time.Time     `json:"erased,omitempty" doc:"since then nothing is left here"`
	Done     *time.Time     `json:"done,omitempty" doc:"since then all servers answered or were given up"`
	Page     domain.IRI     `json:"page" doc:"only who has this address can find it"`
	Secret   string         `json:"secret" doc:"last part of that address"`
	Receipts map[string]int `json:"receipts" doc:"how many servers confirmed, refused, are pending, given_up, blocked"`
}

// Receipt is what became of asking one server.
type Receipt struct {
	Host   string     `json:"host"`
	State  string     `json:"state" enum:"pending,confirmed,refused,given_up,blocked"`
	Status int        `json:"status,omitempty" doc:"of HTTP"`
	At     *time.Time `json:"at,omitempty"`
}

// Secret names something that only who has the secret can find.
type Secret struct {
	Secret string `path:"secret" maxLength:"100"`
}

// SecretList is a list of it.
type SecretList struct {
	Secret
	Paging
}

func (a *API) personalOperations() {
	const tag = "My data"
	do(a, tag, operation{method: http.MethodGet, path: "/me/data", own: true, summary: "What the node holds of one, and what leaving would mean"},
		func(ctx context.Context, c *caller, _ *struct{}) (*One[Prospect], error) {
			p, err := a.Personal.Prospect(ctx, c.viewer)
			if err != nil {
				return nil, err
			}
			out := Prospect{Holdings: []Holding{}, Sole: []domain.IRI{}, Last: p.Last}
			for _, h := range p.Holdings {
				out.Holdings = append(out.Holdings, Holding{h.Key, h.N, h.Kept})
			}
			for _, s := range p.Sole {
				out.Sole = append(out.Sole, s.IRI)
			}
			return one(out), nil
		})
	do(a, tag, operation{
		method: http.MethodPost, path: "/me/data", always: true, stream: "application/zip", summary: "Take all that is one's own along, as one ZIP file",
		description: "It is written as it is read: there is nothing to wait for, and nothing is kept. data/*.json, outbox.json (ActivityStreams), following_accounts.csv, pictures.",
	}, a.takeData)
	do(a, tag, operation{
		method: http.MethodPost, path: "/me/deletion", always: true, status: http.StatusAccepted, summary: "Delete one's account",
		description: "All sessions and tokens end at once. The answer names the address at which it is told how far the deletion is.",
	}, a.leave)
	do(a, tag, operation{method: http.MethodGet, path: "/deletions/{secret}", summary: "How far the deletion of an account is"},
		func(ctx context.Context, _ *caller, in *Secret) (*One[Deletion], error) {
			return a.deletion(ctx, in.Secret)
		})
	do(a, tag, operation{method: http.MethodGet, path: "/deletions/{secret}/receipts", summary: "What each server answered that was asked to delete"},
		func(ctx context.Context, c *caller, in *SecretList) (*List[Receipt], error) {
			p, err := a.Personal.Progress(ctx, in.Secret.Secret, in.page())
			if err != nil {
				return nil, err
			}
			return listed(c, p.Receipts, func(r personal.Receipt) Receipt {
				return Receipt{r.Host, string(r.State), r.Status, instant(r.At)}
			}), nil
		})
	do(a, tag, operation{
		method: http.MethodDelete, path: "/deletions/{secret}", open: true, status: http.StatusNoContent, summary: "Call the deletion of one's account off",
		description: "While it is waiting. Needs no token, as all have ended; the secret is enough. Signing in does the same.",
	}, func(ctx context.Context, _ *caller, in *Secret) (*None, error) {
		return nothing(a.Personal.CallOff(ctx, in.Secret))
	})
}

func (a *API) takeData(ctx context.Context, c *caller, in *PasswordInput) (*Stream, error) {
	archive, err := a.Personal.Archive(ctx, c.viewer, in.Body.Password)
	if err != nil {
		return nil, err
	}
	return &Stream{Body: func(ctx huma.Context) {
		r, w := humamux.Unwrap(ctx)
		control := http.NewResponseController(w)
		archive.Progress = func() { _ = control.SetWriteDeadline(time.Now().Add(uploadTimeout)) } // not every writer can
		h := w.Header()
		h.Set("Content-Type", "application/zip")
		h.Set("Content-Disposition", `attachment; filename="`+archive.Name()+`"`)
		h.Set("Cache-Control", "private, no-store")
		if err := archive.Write(r.Context(), w); err != nil {
			if r.Context().Err() == nil {
				a.Log("an archive of somebody's data was broken off", "error", err)
			}
			panic(http.ErrAbortHandler) // what is sent must not look whole
		}
	}}, nil
}

func (a *API) leave(ctx context.Context, c *caller, in *LeaveInput) (*One[Deletion], error) {
	b := in.Body
	link, err := a.Personal.Ask(ctx, c.viewer, personal.Leave{
		Password: b.Password, Days: b.Days, Successor: strings.ToLower(strings.TrimPrefix(b.Successor, "@")), Mail: b.Mail,
	})
	if err != nil {
		return nil, err
	}
	return a.deletion(ctx, link[strings.LastIndexByte(link, '/')+1:])
}

func (a *API) deletion(ctx context.Context, secret string) (*One[Deletion], error) {
	p, err := a.Personal.Progress(ctx, secret, domain.Page{Limit: 1})
	if err != nil {
		return nil, err
	}
	d := p.Deletion
	out := Deletion{
		State: string(d.State), Asked: d.AskedAt, Due: d.DueAt, Erased: instant(d.ErasedAt), Done: instant(d.DoneAt),
		Page: a.Namespace.IRI("deletions", secret), Secret: secret, Receipts: map[string]int{},
	}
	for state, n := range p.Counts {
		out.Receipts[string(state)] = n
	}
	return one(out), nil
}
