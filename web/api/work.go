package api

import (
	"context"
	"net/http"
	"time"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/policy"
)

// Assignment is what one person was asked to do in a task.
type Assignment struct {
	ID           domain.ID   `json:"id"`
	IRI          domain.IRI  `json:"iri"`
	Host         string      `json:"host,omitempty" doc:"of its process, if that is of another node"`
	Process      domain.IRI  `json:"process"`
	ProcessTitle domain.Text `json:"processTitle"`
	Item         domain.ID   `json:"item,omitempty" doc:"the task, of a process of this node"`
	ItemIRI      domain.IRI  `json:"itemIri"`
	ItemName     domain.Text `json:"itemName"`
	Resource     domain.ID   `json:"resource,omitempty"`
	ResourceName string      `json:"resourceName,omitempty"`
	Assignee     *Actor      `json:"assignee,omitempty"`
	Team         *Actor      `json:"team,omitempty" doc:"by which they were asked"`
	GivenBy      *Actor      `json:"givenBy,omitempty"`
	Subject      string      `json:"subject"`
	Instructions string      `json:"instructions,omitempty"`
	Due          string      `json:"due,omitempty" doc:"a day: 2026-03-31"`
	State        string      `json:"state" enum:"open,accepted,declined,done,withdrawn"`
	Reason       string      `json:"reason,omitempty"`
	Next         []string    `json:"next" doc:"what the assignee can say"`
	Claim        *Claim      `json:"claim,omitempty" doc:"what the assignee did, for a process of another node"`
	CreatedAt    time.Time   `json:"createdAt"`
	UpdatedAt    time.Time   `json:"updatedAt"`
}

// Claim is what the caller did for a process of another node, as it stands
// there.
type Claim struct {
	IRI     domain.IRI `json:"iri"`
	Title   string     `json:"subject"`
	Content string     `json:"content,omitempty"`
	Kind    string     `json:"kind" enum:"management,development,exploitation"`
	State   string     `json:"state" enum:"claimed,awarded,rejected,withdrawn"`
	Level   string     `json:"level,omitempty" enum:"low,average,high"`
	Points  int        `json:"points,omitempty" doc:"if the process shows points"`
	Reason  string     `json:"reason,omitempty"`
}

// AssignmentClaim says what the caller did of what a process of another node
// asked.
type AssignmentClaim struct {
	AssignmentName
	Body struct {
		Title   string `json:"subject" maxLength:"200"`
		Content string `json:"content,omitempty" maxLength:"10000" doc:"plain text"`
		Kind    string `json:"kind,omitempty" enum:"management,development,exploitation" default:"development"`
	}
}

// AssignmentInput asks people to do something.
type AssignmentInput struct {
	TaskInput
	Body struct {
		People       []string  `json:"people,omitempty" maxItems:"100" doc:"addresses, or @name@host, of people who may work at the task"`
		Team         string    `json:"team,omitempty" maxLength:"2048" doc:"address of a team, or @name@host: each member who may work at the task is asked"`
		Resource     domain.ID `json:"resource,omitempty" maxLength:"36"`
		Subject      string    `json:"subject" maxLength:"200"`
		Instructions string    `json:"instructions,omitempty" maxLength:"10000" doc:"plain text"`
		Due          string    `json:"due,omitempty" maxLength:"10" doc:"a day: 2026-03-31"`
	}
}

// AssignmentName says which assignment is meant.
type AssignmentName struct {
	ID string `path:"id" maxLength:"36"`
}

// AssignmentAnswer is what the assignee says.
type AssignmentAnswer struct {
	AssignmentName
	Body struct {
		State  string `json:"state" enum:"accepted,declined,done"`
		Reason string `json:"reason,omitempty" maxLength:"2000" doc:"why it is declined"`
	}
}

// OwnWork asks for a list of the caller's own.
type OwnWork struct {
	Paging
	All bool `query:"all" doc:"what is over too"`
}

// WorkInput asks for a list of a process.
type WorkInput struct {
	Named
	Paging
	Item string `query:"item" maxLength:"36" doc:"only those of this task"`
}

// ContributionsInput asks for contributions.
type ContributionsInput struct {
	WorkInput
	State string `query:"state" maxLength:"20" doc:"claimed, awarded, rejected or withdrawn"`
}

// Contribution is what somebody says that they did in a task.
type Contribution struct {
	ID         domain.ID   `json:"id"`
	Item       domain.ID   `json:"item"`
	ItemName   domain.Text `json:"itemName"`
	Resource   domain.ID   `json:"resource,omitempty"`
	Assignment domain.ID   `json:"assignment,omitempty"`
	Person     *Actor      `json:"person,omitempty"`
	Title      string      `json:"subject"`
	Content    string      `json:"content,omitempty"`
	Kind       string      `json:"kind" enum:"management,development,exploitation"`
	State      string      `json:"state" enum:"claimed,awarded,rejected,withdrawn"`
	Level      string      `json:"level,omitempty" enum:"low,average,high"`
	Points     int         `json:"points,omitempty" doc:"complexity of the task by level, if the process shows points"`
	Reason     string      `json:"reason,omitempty"`
	CreatedAt  time.Time   `json:"createdAt"`
	DecidedAt  *time.Time  `json:"decidedAt,omitempty"`
}

// ClaimInput says what the caller did.
type ClaimInput struct {
	TaskInput
	Body struct {
		Title      string    `json:"subject" maxLength:"200"`
		Content    string    `json:"content,omitempty" maxLength:"10000" doc:"plain text"`
		Kind       string    `json:"kind,omitempty" enum:"management,development,exploitation" default:"development"`
		Resource   domain.ID `json:"resource,omitempty" maxLength:"36"`
		Assignment domain.ID `json:"assignment,omitempty" maxLength:"36" doc:"of the caller, that it answers"`
	}
}

// ContributionName says which contribution is meant.
type ContributionName struct {
	Named
	ID string `path:"id" maxLength:"36"`
}

// ContributionDecision decides on a contribution.
type ContributionDecision struct {
	ContributionName
	Body struct {
		Level  string `json:"level,omitempty" maxLength:"10" doc:"low, average or high; absent to reject it"`
		Reason string `json:"reason,omitempty" maxLength:"2000" doc:"of a rejection"`
	}
}

// RewardsInput says what is shown of points.
type RewardsInput struct {
	Named
	Body struct {
		Rewards     bool `json:"rewards" doc:"points are shown"`
		Leaderboard bool `json:"leaderboard,omitempty" doc:"also who has how many, to all who take part"`
	}
}

// Standing is how many points somebody has.
type Standing struct {
	Person  *Actor `json:"person,omitempty"`
	Points  int    `json:"points"`
	Awarded int    `json:"awarded" doc:"contributions"`
}

// Certificate is the public address of what the caller was awarded.
type Certificate struct {
	URL       domain.IRI `json:"url" doc:"whoever has it reads the certificate"`
	CreatedAt time.Time  `json:"createdAt"`
}

func (a *API) assignment(ctx context.Context, c *caller, x *coproduction.Assignment) Assignment {
	out := Assignment{
		ID: x.ID, IRI: x.IRI, Host: x.Host, Process: x.ProcessIRI, ProcessTitle: x.ProcessTitle, Item: x.Item, ItemIRI: x.ItemIRI, ItemName: x.ItemName,
		Resource: x.Resource, ResourceName: x.ResourceName, Assignee: a.actorByID(ctx, c, x.Assignee), Team: a.actorByID(ctx, c, x.Team),
		GivenBy: a.actorByID(ctx, c, x.GivenBy), Subject: x.Subject, Instructions: x.Instructions, Due: dateOf(x.Due), State: string(x.State),
		Reason: x.Reason, Next: []string{}, CreatedAt: x.CreatedAt, UpdatedAt: x.UpdatedAt,
	}
	for _, s := range x.Next() {
		out.Next = append(out.Next, string(s))
	}
	if s := x.Claim; s != nil {
		out.Claim = &Claim{IRI: s.IRI, Title: s.Title, Content: s.Content, Kind: string(s.Kind), State: string(s.State), Level: s.Level.String(), Points: s.Points, Reason: s.Reason}
	}
	return out
}

func (a *API) workOperations() {
	a.assignmentOperations()
	a.contributionOperations()
	a.rewardOperations()
}

// ofAssignment are the actors that an assignment shows.
func ofAssignment(x *coproduction.Assignment) []domain.ActorID {
	return []domain.ActorID{x.Assignee, x.Team, x.GivenBy}
}

func (a *API) assignmentOperations() {
	const tag = "Work"
	do(a, tag, operation{method: http.MethodGet, path: "/assignments", own: true, summary: "What the caller was asked to do, newest first"},
		func(ctx context.Context, c *caller, in *OwnWork) (*List[Assignment], error) {
			list, err := a.Coproduction.MyAssignments(ctx, c.viewer, !in.All, in.page())
			if err != nil {
				return nil, err
			}
			return shown(ctx, a, c, list, ofAssignment, func(x *coproduction.Assignment) Assignment { return a.assignment(ctx, c, x) })
		})
	do(a, tag, operation{method: http.MethodGet, path: "/assignments/{id}", own: true, summary: "Read an assignment"},
		func(ctx context.Context, c *caller, in *AssignmentName) (*One[Assignment], error) {
			x, _, err := a.Coproduction.Assignment(ctx, c.viewer, domain.ID(in.ID))
			if err != nil {
				return nil, err
			}
			return one(a.assignment(ctx, c, x)), nil
		})
	do(a, tag, operation{method: http.MethodPut, path: "/assignments/{id}/state", summary: "Accept, decline or finish what the caller was asked to do, or take it up again"},
		func(ctx context.Context, c *caller, in *AssignmentAnswer) (*One[Assignment], error) {
			return oneFor(ctx, c, a.assignment)(a.Coproduction.AnswerAssignment(ctx, c.viewer, domain.ID(in.ID), coproduction.AssignmentState(in.Body.State), in.Body.Reason))
		})
	do(a, tag, operation{method: http.MethodPut, path: "/assignments/{id}/claim", summary: "Say what the caller did of what a process of another node asked"},
		func(ctx context.Context, c *caller, in *AssignmentClaim) (*One[Assignment], error) {
			x, err := a.Coproduction.ClaimAbroad(ctx, c.viewer, domain.ID(in.ID), coproduction.ClaimInput{
				Title: in.Body.Title, Content: in.Body.Content, Kind: coproduction.ContributionKind(in.Body.Kind),
			})
			if err != nil {
				return nil, err
			}
			return one(a.assignment(ctx, c, x)), nil
		})
	do(a, tag, operation{method: http.MethodDelete, path: "/assignments/{id}/claim", summary: "Take that back, unless it was decided on"},
		func(ctx context.Context, c *caller, in *AssignmentName) (*None, error) {
			_, err := a.Coproduction.RecallClaim(ctx, c.viewer, domain.ID(in.ID))
			return nothing(err)
		})
	do(a, tag, operation{method: http.MethodDelete, path: "/assignments/{id}", summary: "Withdraw an assignment"},
		func(ctx context.Context, c *caller, in *AssignmentName) (*None, error) {
			_, err := a.Coproduction.WithdrawAssignment(ctx, c.viewer, domain.ID(in.ID))
			return nothing(err)
		})
	do(a, tag, operation{method: http.MethodGet, path: "/processes/{name}/assignments", own: true, summary: "Who was asked to do what in a process, newest first"},
		func(ctx context.Context, c *caller, in *WorkInput) (*List[Assignment], error) {
			list, err := a.Coproduction.Assignments(ctx, c.viewer, in.Name, domain.ID(in.Item), in.page())
			if err != nil {
				return nil, err
			}
			return shown(ctx, a, c, list, ofAssignment, func(x *coproduction.Assignment) Assignment { return a.assignment(ctx, c, x) })
		})
	do(a, tag, operation{
		method: http.MethodPost, path: "/processes/{name}/tasks/{task}/assignments", summary: "Ask people to do something in a task", status: http.StatusCreated,
		description: "One assignment for each person, also of a team; whoever was asked the same and has not finished is left out.",
	}, a.assign)
}

func (a *API) assign(ctx context.Context, c *caller, in *AssignmentInput) (*Made[[]Assignment], error) {
	at, err := a.place(ctx, c, in.Name, in.Task)
	if err != nil {
		return nil, err
	}
	if err := policy.Allow(c.viewer, policy.Contribute, at); err != nil {
		return nil, err // before another server is asked
	}
	give := coproduction.AssignInput{Resource: in.Body.Resource, Subject: in.Body.Subject, Instructions: in.Body.Instructions}
	for _, address := range in.Body.People {
		who, err := a.find(ctx, c, "people", address)
		if err != nil {
			return nil, err
		}
		give.People = append(give.People, who.ID)
	}
	if in.Body.Team != "" {
		team, err := a.find(ctx, c, "team", in.Body.Team)
		if err != nil {
			return nil, err
		}
		give.Team = team.ID
	}
	give.Due = domain.ParseDay(in.Body.Due)
	given, err := a.Coproduction.Assign(ctx, c.viewer, in.Name, domain.ID(in.Task), give)
	if err != nil {
		return nil, err
	}
	out := make([]Assignment, len(given))
	for i := range given {
		out[i] = a.assignment(ctx, c, &given[i])
	}
	return &Made[[]Assignment]{Body: out}, nil
}

func (a *API) contribution(ctx context.Context, c *caller, points bool, x *coproduction.Contribution) Contribution {
	out := Contribution{
		ID: x.ID, Item: x.Item, ItemName: x.ItemName, Resource: x.Resource, Assignment: x.Assignment, Person: a.actorByID(ctx, c, x.Person), Title: x.Title,
		Content: x.Content, Kind: string(x.Kind), State: string(x.State), Level: x.Level.String(), Reason: x.Reason, CreatedAt: x.CreatedAt,
	}
	if points {
		out.Points = x.Points
	}
	if !x.DecidedAt.IsZero() {
		out.DecidedAt = &x.DecidedAt
	}
	return out
}

// ofProcess writes one contribution.
func (a *API) ofProcess(ctx context.Context, c *caller, name string, x *coproduction.Contribution, err error) (Contribution, error) {
	if err != nil {
		return Contribution{}, err
	}
	p, err := a.Coproduction.Process(ctx, c.viewer, name)
	if err != nil {
		return Contribution{}, err
	}
	return a.contribution(ctx, c, p.Rewards, x), nil
}

func (a *API) contributionOperations() {
	const tag = "Work"
	do(a, tag, operation{method: http.MethodGet, path: "/processes/{name}/contributions", own: true, summary: "Who did what in a process, newest first"},
		func(ctx context.Context, c *caller, in *ContributionsInput) (*List[Contribution], error) {
			list, err := a.Coproduction.Contributions(ctx, c.viewer, in.Name, domain.ID(in.Item), coproduction.ContributionState(in.State), in.page())
			if err != nil {
				return nil, err
			}
			p, err := a.Coproduction.Process(ctx, c.viewer, in.Name)
			if err != nil {
				return nil, err
			}
			return shown(ctx, a, c, list, func(x *coproduction.Contribution) []domain.ActorID { return []domain.ActorID{x.Person} },
				func(x *coproduction.Contribution) Contribution { return a.contribution(ctx, c, p.Rewards, x) })
		})
	do(a, tag, operation{method: http.MethodPost, path: "/processes/{name}/tasks/{task}/contributions", summary: "Say what the caller did in a task", status: http.StatusCreated},
		func(ctx context.Context, c *caller, in *ClaimInput) (*Made[Contribution], error) {
			b := in.Body
			x, err := a.Coproduction.Claim(ctx, c.viewer, in.Name, domain.ID(in.Task), coproduction.ClaimInput{
				Title: b.Title, Content: b.Content, Kind: coproduction.ContributionKind(b.Kind), Resource: b.Resource, Assignment: b.Assignment,
			})
			made, err := a.ofProcess(ctx, c, in.Name, x, err)
			if err != nil {
				return nil, err
			}
			return &Made[Contribution]{Body: made}, nil
		})
	do(a, tag, operation{
		method: http.MethodPut, path: "/processes/{name}/contributions/{id}/decision", summary: "Award a contribution a level, or reject it",
		description: "Its task must be finished to award it; reopening the task takes awards back. Nobody decides on their own, unless they are the only administrator.",
	}, func(ctx context.Context, c *caller, in *ContributionDecision) (*One[Contribution], error) {
		var x *coproduction.Contribution
		var err error
		if in.Body.Level != "" {
			x, err = a.Coproduction.Award(ctx, c.viewer, in.Name, domain.ID(in.ID), coproduction.ParseLevel(in.Body.Level))
		} else {
			x, err = a.Coproduction.RejectClaim(ctx, c.viewer, in.Name, domain.ID(in.ID), in.Body.Reason)
		}
		decided, err := a.ofProcess(ctx, c, in.Name, x, err)
		if err != nil {
			return nil, err
		}
		return one(decided), nil
	})
	do(a, tag, operation{method: http.MethodDelete, path: "/processes/{name}/contributions/{id}", summary: "Take a claim of the caller's own back, unless it was decided on"},
		func(ctx context.Context, c *caller, in *ContributionName) (*None, error) {
			return nothing(a.Coproduction.WithdrawClaim(ctx, c.viewer, in.Name, domain.ID(in.ID)))
		})
}

func (a *API) rewardOperations() {
	const tag = "Work"
	do(a, tag, operation{method: http.MethodPut, path: "/processes/{name}/rewards", summary: "Say what a process shows of points: nothing, unless it is turned on"},
		func(ctx context.Context, c *caller, in *RewardsInput) (*None, error) {
			return nothing(a.Coproduction.SwitchRewards(ctx, c.viewer, in.Name, in.Body.Rewards, in.Body.Leaderboard))
		})
	do(a, tag, operation{method: http.MethodGet, path: "/processes/{name}/leaderboard", own: true, summary: "Who has how many points, most first, if the process shows that"},
		func(ctx context.Context, c *caller, in *NamedPaging) (*List[Standing], error) {
			list, err := a.Coproduction.Standings(ctx, c.viewer, in.Name, in.page())
			if err != nil {
				return nil, err
			}
			return shown(ctx, a, c, list, func(x coproduction.Standing) []domain.ActorID { return []domain.ActorID{x.Person} }, func(x coproduction.Standing) Standing {
				return Standing{Person: a.actorByID(ctx, c, x.Person), Points: x.Points, Awarded: x.Awarded}
			})
		})
	do(a, tag, operation{method: http.MethodPut, path: "/processes/{name}/certificate", summary: "Make a public certificate of what the caller was awarded, or read its address"},
		func(ctx context.Context, c *caller, in *Named) (*One[Certificate], error) {
			x, err := a.Coproduction.Certify(ctx, c.viewer, in.Name)
			if err != nil {
				return nil, err
			}
			return one(Certificate{URL: a.Namespace.IRI("certificates", x.Token), CreatedAt: x.CreatedAt}), nil
		})
	do(a, tag, operation{method: http.MethodDelete, path: "/processes/{name}/certificate", summary: "Revoke the caller's certificate: its address shows nothing any more"},
		func(ctx context.Context, c *caller, in *Named) (*None, error) {
			return nothing(a.Coproduction.RevokeCertificate(ctx, c.viewer, in.Name))
		})
}
