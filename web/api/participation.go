package api

import (
	"context"
	"net/http"
	"time"

	"interlink/domain"
	"interlink/domain/participation"
)

// RoleCall is whom a team looks for.
type RoleCall struct {
	ID           domain.ID          `json:"id"`
	IRI          domain.IRI         `json:"iri" doc:"of the post that tells of it; what a Join names"`
	URL          domain.IRI         `json:"url" doc:"its page"`
	Team         domain.IRI         `json:"team,omitempty"`
	Process      domain.IRI         `json:"process,omitempty" doc:"that takes join requests; the call is of no team then"`
	Gives        []string           `json:"gives,omitempty" doc:"in the process: view, create"`
	Community    *Actor             `json:"community"`
	Title        domain.Text        `json:"title"`
	Duties       domain.Text        `json:"duties" doc:"Markdown"`
	Eligible     domain.Text        `json:"eligible,omitempty" doc:"Markdown: who can apply"`
	Effort       domain.Text        `json:"effort,omitempty"`
	Seats        int                `json:"seats,omitempty"`
	Starts       *time.Time         `json:"starts,omitempty"`
	Ends         *time.Time         `json:"ends,omitempty"`
	Deadline     *time.Time         `json:"deadline,omitempty" doc:"the last moment to apply"`
	Method       string             `json:"method" doc:"criteria, first_come, all_welcome, draw"`
	DecidedBy    []domain.IRI       `json:"decidedBy"`
	State        string             `json:"state" doc:"open, filled, closed"`
	Open         bool               `json:"open" doc:"it takes applications now"`
	Applications []ApplicationCount `json:"applications,omitempty" doc:"public counts, of a call of this node"`
	Revision     int64              `json:"revision"`
}

// ApplicationCount is how many applications are in a state.
type ApplicationCount struct {
	State  string `json:"state" doc:"submitted, shortlisted, accepted, declined, rejected, appealed, withdrawn"`
	Ground string `json:"ground,omitempty" doc:"why, of those that were turned down: requirements, experience, availability, seats, balance, late, other"`
	Count  int    `json:"count"`
}

// Application is an application, for who applied and for who decides.
type Application struct {
	ID        domain.ID           `json:"id"`
	Call      domain.ID           `json:"call"`
	Applicant *Actor              `json:"applicant"`
	Statement string              `json:"statement,omitempty"`
	State     string              `json:"state"`
	Ground    string              `json:"ground,omitempty"`
	History   []ApplicationChange `json:"history"`
	Revision  int64               `json:"revision"`
}

// ApplicationChange is one step of an application.
type ApplicationChange struct {
	State  string    `json:"state"`
	At     time.Time `json:"at"`
	By     *Actor    `json:"by,omitempty"`
	Reason string    `json:"reason,omitempty"`
}

func (a *API) roleCall(ctx context.Context, c *caller, of *participation.Call) RoleCall {
	out := RoleCall{
		ID: of.ID, IRI: of.IRI, URL: of.URL, Team: of.TeamIRI, Community: a.actorByID(ctx, c, of.Community), Title: of.Title, Duties: of.Duties,
		Eligible: of.Eligible, Effort: of.Effort, Seats: of.Seats, Starts: instant(of.Starts), Ends: instant(of.Ends), Deadline: instant(of.Deadline),
		Method: string(of.Method), DecidedBy: of.DecidedBy, State: string(of.State), Open: of.Open(a.Now()), Revision: of.Revision,
	}
	if out.DecidedBy == nil {
		out.DecidedBy = []domain.IRI{}
	}
	out.Process, out.Gives = joined(of)
	if of.Local() {
		for _, n := range of.Tally {
			out.Applications = append(out.Applications, ApplicationCount{State: string(n.State), Ground: string(n.Ground), Count: n.N})
		}
	}
	return out
}

func (a *API) application(ctx context.Context, c *caller, of *participation.Application) Application {
	out := Application{
		ID: of.ID, Call: of.Call, Applicant: a.actorByID(ctx, c, of.Applicant), Statement: of.Statement, State: string(of.State),
		Ground: string(of.Ground), Revision: of.Revision, History: []ApplicationChange{},
	}
	for _, s := range of.History {
		out.History = append(out.History, ApplicationChange{State: string(s.State), At: s.At, By: a.actorByID(ctx, c, s.By), Reason: s.Reason})
	}
	return out
}

// RoleCallsInput narrows the list of calls.
type RoleCallsInput struct {
	Paging
	All bool `query:"all" doc:"those that are over too"`
}

// RoleCallID asks for a call.
type RoleCallID struct {
	ID string `path:"id" maxLength:"36"`
}

// RoleCallInput publishes a call.
type RoleCallInput struct {
	Body struct {
		Team      string      `json:"team" maxLength:"30" doc:"name of the team"`
		Community string      `json:"community" maxLength:"30" doc:"name of the community whose followers are told"`
		Language  domain.Lang `json:"language,omitempty" maxLength:"35" doc:"of the post; the community's by default"`
		Title     domain.Text `json:"title"`
		Duties    domain.Text `json:"duties" doc:"Markdown"`
		Eligible  domain.Text `json:"eligible,omitempty" doc:"Markdown"`
		Effort    domain.Text `json:"effort,omitempty"`
		Seats     int         `json:"seats" minimum:"1" maximum:"1000"`
		Starts    *time.Time  `json:"starts,omitempty"`
		Ends      *time.Time  `json:"ends,omitempty"`
		Deadline  *time.Time  `json:"deadline,omitempty"`
		Method    string      `json:"method,omitempty" enum:"criteria,first_come,all_welcome,draw" default:"criteria"`
		Reviewers []string    `json:"reviewers,omitempty" maxItems:"20" doc:"addresses or @name@host of people of this node; the caller by default"`
	}
}

// RoleCallEdit changes an open call; what is absent stays.
type RoleCallEdit struct {
	RoleCallID
	Body struct {
		Revision int64        `json:"revision" doc:"the one that was read"`
		Title    *domain.Text `json:"title,omitempty"`
		Duties   *domain.Text `json:"duties,omitempty" doc:"Markdown"`
		Eligible *domain.Text `json:"eligible,omitempty" doc:"Markdown"`
		Effort   *domain.Text `json:"effort,omitempty"`
		Seats    *int         `json:"seats,omitempty" minimum:"1" maximum:"1000"`
		Starts   *time.Time   `json:"starts,omitempty"`
		Ends     *time.Time   `json:"ends,omitempty"`
		Deadline *time.Time   `json:"deadline,omitempty"`
		Method   string       `json:"method,omitempty" enum:"criteria,first_come,all_welcome,draw"`
	}
}

// RoleCallEnd closes a call.
type RoleCallEnd struct {
	RoleCallID
	Body struct {
		Revision int64 `json:"revision" doc:"the one that was read"`
	}
}

// StatementInput applies.
type StatementInput struct {
	RoleCallID
	Body struct {
		Statement string `json:"statement" minLength:"1" maxLength:"5000" doc:"plain text"`
	}
}

// AppealInput asks for a second reviewer.
type AppealInput struct {
	RoleCallID
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"5000" doc:"plain text"`
	}
}

// ApplicationsInput narrows the applications to a call.
type ApplicationsInput struct {
	RoleCallID
	Paging
	State string `query:"state" enum:"submitted,shortlisted,accepted,declined,rejected,appealed,withdrawn"`
}

// ApplicationID asks for an application to a call.
type ApplicationID struct {
	RoleCallID
	Application string `path:"application" maxLength:"36"`
}

// DecisionInput decides on an application.
type DecisionInput struct {
	ApplicationID
	Body struct {
		State    string `json:"state" enum:"shortlisted,accepted,declined,rejected"`
		Reason   string `json:"reason,omitempty" maxLength:"5000" doc:"for who applied, plain text; needed to decline or reject"`
		Ground   string `json:"ground,omitempty" enum:"requirements,experience,availability,seats,balance,other" doc:"counted in public; needed to decline or reject"`
		Revision int64  `json:"revision" doc:"the one that was read"`
	}
}

// concerned are the actors that an application shows.
func concerned(of *participation.Application) []domain.ActorID {
	ids := []domain.ActorID{of.Applicant}
	for _, s := range of.History {
		ids = append(ids, s.By)
	}
	return ids
}

func (a *API) participationOperations() {
	const tag = "Role calls"
	do(a, tag, operation{method: http.MethodGet, path: "/role-calls", summary: "List whom teams look for, here and on nodes that are followed"},
		func(ctx context.Context, c *caller, in *RoleCallsInput) (*List[RoleCall], error) {
			f := participation.CallFilter{}
			if !in.All {
				f.OpenAt = a.Now()
			}
			list, err := a.Participation.Calls(ctx, c.viewer, f, in.page())
			if err != nil {
				return nil, err
			}
			return shown(ctx, a, c, list, func(of *participation.Call) []domain.ActorID { return []domain.ActorID{of.Community} },
				func(of *participation.Call) RoleCall { return a.roleCall(ctx, c, of) })
		})
	do(a, tag, operation{method: http.MethodPost, path: "/role-calls", summary: "Look for people", status: http.StatusCreated}, a.publishRoleCall)
	do(a, tag, operation{method: http.MethodGet, path: "/role-calls/{id}", summary: "Read a role call"},
		func(ctx context.Context, c *caller, in *RoleCallID) (*One[RoleCall], error) {
			return oneFor(ctx, c, a.roleCall)(a.Participation.Call(ctx, c.viewer, domain.ID(in.ID)))
		})
	do(a, tag, operation{method: http.MethodPatch, path: "/role-calls/{id}", summary: "Change an open role call", description: "Followers of the community see it in the post."}, a.reviseRoleCall)
	do(a, tag, operation{method: http.MethodPost, path: "/role-calls/{id}/end", summary: "Close a role call"},
		func(ctx context.Context, c *caller, in *RoleCallEnd) (*One[RoleCall], error) {
			return oneFor(ctx, c, a.roleCall)(a.Participation.End(ctx, c.viewer, domain.ID(in.ID), in.Body.Revision))
		})
	a.applicationOperations()
}

func (a *API) reviseRoleCall(ctx context.Context, c *caller, in *RoleCallEdit) (*One[RoleCall], error) {
	of, err := a.Participation.Call(ctx, c.viewer, domain.ID(in.ID))
	if err != nil {
		return nil, err
	}
	d, b := of.Details, in.Body
	set(&d.Title, b.Title)
	set(&d.Duties, b.Duties)
	set(&d.Eligible, b.Eligible)
	set(&d.Effort, b.Effort)
	set(&d.Seats, b.Seats)
	set(&d.Starts, b.Starts)
	set(&d.Ends, b.Ends)
	set(&d.Deadline, b.Deadline)
	if b.Method != "" {
		d.Method = participation.Method(b.Method)
	}
	if of, err = a.Participation.Revise(ctx, c.viewer, of.ID, b.Revision, d); err != nil {
		return nil, err
	}
	return one(a.roleCall(ctx, c, of)), nil
}

func (a *API) applicationOperations() {
	const tag = "Role calls"
	answer := func(ctx context.Context, c *caller, of *participation.Application, err error) (*One[Application], error) {
		if err != nil {
			return nil, err
		}
		return one(a.application(ctx, c, of)), nil
	}
	do(a, tag, operation{method: http.MethodGet, path: "/applications", summary: "List your own applications, newest first", own: true},
		func(ctx context.Context, c *caller, in *Paging) (*List[Application], error) {
			list, err := a.Participation.Mine(ctx, c.viewer, in.page())
			if err != nil {
				return nil, err
			}
			return shown(ctx, a, c, list, concerned, func(of *participation.Application) Application { return a.application(ctx, c, of) })
		})
	do(a, tag, operation{method: http.MethodPost, path: "/role-calls/{id}/application", summary: "Apply, here or on the node of the call"},
		func(ctx context.Context, c *caller, in *StatementInput) (*One[Application], error) {
			of, err := a.Participation.Apply(ctx, c.viewer, domain.ID(in.ID), in.Body.Statement)
			return answer(ctx, c, of, err)
		})
	do(a, tag, operation{method: http.MethodGet, path: "/role-calls/{id}/application", summary: "Read your own application", own: true},
		func(ctx context.Context, c *caller, in *RoleCallID) (*One[Application], error) {
			of, err := a.Participation.Own(ctx, c.viewer, domain.ID(in.ID))
			return answer(ctx, c, of, err)
		})
	do(a, tag, operation{method: http.MethodDelete, path: "/role-calls/{id}/application", summary: "Withdraw your application"},
		func(ctx context.Context, c *caller, in *RoleCallID) (*None, error) {
			_, err := a.Participation.Withdraw(ctx, c.viewer, domain.ID(in.ID))
			return nothing(err)
		})
	do(a, tag, operation{method: http.MethodPost, path: "/role-calls/{id}/application/appeal", summary: "Ask for a second reviewer, once"},
		func(ctx context.Context, c *caller, in *AppealInput) (*One[Application], error) {
			of, err := a.Participation.Appeal(ctx, c.viewer, domain.ID(in.ID), in.Body.Reason)
			return answer(ctx, c, of, err)
		})
	do(a, tag, operation{method: http.MethodGet, path: "/role-calls/{id}/applications", summary: "List the applications, for who decides", own: true},
		func(ctx context.Context, c *caller, in *ApplicationsInput) (*List[Application], error) {
			list, err := a.Participation.Applications(ctx, c.viewer, domain.ID(in.ID), participation.State(in.State), in.page())
			if err != nil {
				return nil, err
			}
			return shown(ctx, a, c, list, concerned, func(of *participation.Application) Application { return a.application(ctx, c, of) })
		})
	do(a, tag, operation{method: http.MethodGet, path: "/role-calls/{id}/applications/{application}", summary: "Read an application, for who decides", own: true},
		func(ctx context.Context, c *caller, in *ApplicationID) (*One[Application], error) {
			_, of, err := a.Participation.Application(ctx, c.viewer, domain.ID(in.ID), domain.ID(in.Application))
			return answer(ctx, c, of, err)
		})
	do(a, tag, operation{method: http.MethodPut, path: "/role-calls/{id}/applications/{application}/decision", summary: "Decide on an application"},
		func(ctx context.Context, c *caller, in *DecisionInput) (*One[Application], error) {
			b := in.Body
			of, err := a.Participation.Decide(ctx, c.viewer, domain.ID(in.ID), domain.ID(in.Application), participation.Decision{
				State: participation.State(b.State), Reason: b.Reason, Ground: participation.Ground(b.Ground), Revision: b.Revision,
			})
			return answer(ctx, c, of, err)
		})
}

func (a *API) publishRoleCall(ctx context.Context, c *caller, in *RoleCallInput) (*Made[RoleCall], error) {
	b := in.Body
	d := participation.Draft{Team: b.Team, Community: b.Community, Language: b.Language, Details: participation.Details{
		Title: b.Title, Duties: b.Duties, Eligible: b.Eligible, Effort: b.Effort, Seats: b.Seats, Starts: moment(b.Starts), Ends: moment(b.Ends),
		Deadline: moment(b.Deadline), Method: participation.Method(b.Method),
	}}
	for _, who := range b.Reviewers {
		reviewer, err := a.find(ctx, c, "reviewers", who)
		if err != nil {
			return nil, err
		}
		d.Reviewers = append(d.Reviewers, reviewer.ID)
	}
	of, err := a.Participation.Publish(ctx, c.viewer, d)
	if err != nil {
		return nil, err
	}
	return &Made[RoleCall]{Location: string(of.URL), Body: a.roleCall(ctx, c, of)}, nil
}

// moment is a time that may be left out.
func moment(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Microsecond)
}
