package api

import (
	"context"
	"net/http"
	"time"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/coproduction"
)

// TaskInput asks for a task of a process.
type TaskInput struct {
	Named
	Task string `path:"task" maxLength:"36" doc:"id of the task"`
}

// StatusInput sets the status of a task.
type StatusInput struct {
	TaskInput
	Body struct {
		Revision int64  `json:"revision" doc:"of the item, as it was read"`
		Status   string `json:"status" enum:"awaiting,in_progress,finished"`
	}
}

// Recommendation is an Interlinker for a task, with the reasons for it,
// strongest first.
type Recommendation struct {
	Interlinker Entry    `json:"interlinker"`
	Score       float64  `json:"score"`
	Reasons     []Reason `json:"reasons"`
}

// Reason says why an Interlinker is recommended.
type Reason struct {
	Kind     string `json:"kind" enum:"problem,focused,language,translate,used,easy,audience"`
	Sentence string `json:"sentence" doc:"the same for people, in the caller's language"`
}

// RecommendationsInput asks for Interlinkers for a task.
type RecommendationsInput struct {
	TaskInput
	After string `query:"after" doc:"cursor: \"next\" of an earlier answer" maxLength:"36"`
	Limit int    `query:"limit" doc:"how many" minimum:"1" maximum:"100" default:"8"`
}

// InstantiationInput takes an Interlinker into a task.
type InstantiationInput struct {
	TaskInput
	Body struct {
		Interlinker string `json:"interlinker" minLength:"1" maxLength:"500" doc:"slug, or slug@host for a copy"`
	}
}

// ResourceInput adds a resource to a task: a link or a document.
type ResourceInput struct {
	TaskInput
	Body struct {
		Name     string      `json:"name" maxLength:"200"`
		URL      string      `json:"url,omitempty" maxLength:"2048"`
		Text     string      `json:"text,omitempty" maxLength:"500000" doc:"Markdown, of a document"`
		Language domain.Lang `json:"language,omitempty" maxLength:"35"`
		Licence  string      `json:"licence,omitempty" maxLength:"100" doc:"SPDX"`
		Public   bool        `json:"public,omitempty" doc:"may be shown outside and go into a story"`
	}
}

// Resource is what a task has: made with an Interlinker, a link, a document.
type Resource struct {
	ID          domain.ID   `json:"id"`
	Item        domain.ID   `json:"item"`
	Kind        string      `json:"kind" enum:"link,document"`
	Name        string      `json:"name"`
	URL         domain.IRI  `json:"url,omitempty"`
	Text        string      `json:"text,omitempty" doc:"Markdown"`
	Language    domain.Lang `json:"language,omitempty"`
	Licence     string      `json:"licence,omitempty"`
	Interlinker domain.IRI  `json:"interlinker,omitempty"`
	CreatedBy   *Actor      `json:"createdBy,omitempty"`
	Public      bool        `json:"public"`
	CreatedAt   time.Time   `json:"createdAt"`
}

func (a *API) resource(ctx context.Context, c *caller, r *coproduction.Resource) Resource {
	return Resource{
		ID: r.ID, Item: r.Item, Kind: string(r.Kind), Name: r.Name, URL: r.URL, Text: r.Body, Language: r.Language,
		Licence: r.Licence, Interlinker: r.Interlinker, CreatedBy: a.actorByID(ctx, c, r.CreatedBy), Public: r.Public,
		CreatedAt: r.CreatedAt,
	}
}

// ResourcesInput lists the resources of a process, or of one task of it.
type ResourcesInput struct {
	NamedPaging
	Task string `query:"task" maxLength:"36"`
}

// ResourceID asks for a resource.
type ResourceID struct {
	Named
	ID string `path:"id" maxLength:"36"`
}

func (a *API) taskOperations() {
	const tag = "Tasks"
	do(a, tag, operation{method: http.MethodPut, path: "/processes/{name}/tasks/{task}/status", summary: "Set the status of a task"},
		func(ctx context.Context, c *caller, in *StatusInput) (*One[Process], error) {
			p, err := a.Coproduction.SetTaskStatus(ctx, c.viewer, in.Name, domain.ID(in.Task), in.Body.Revision, coproduction.Status(in.Body.Status))
			if err != nil {
				return nil, err
			}
			return one(a.process(ctx, c, p)), nil
		})
	do(a, tag, operation{method: http.MethodGet, path: "/processes/{name}/tasks/{task}/recommendations", summary: "Which Interlinkers help with a task, and why"}, a.recommend)
	do(a, tag, operation{
		method: http.MethodPost, path: "/processes/{name}/tasks/{task}/instantiations", summary: "Take an Interlinker into a task", status: http.StatusCreated,
		description: "A knowledge Interlinker becomes a document of the process; others become a link. The use is recorded.",
	}, func(ctx context.Context, c *caller, in *InstantiationInput) (*Made[Resource], error) {
		r, err := a.Coproduction.Instantiate(ctx, c.viewer, in.Name, domain.ID(in.Task), in.Body.Interlinker)
		if err != nil {
			return nil, err
		}
		return &Made[Resource]{Body: a.resource(ctx, c, r)}, nil
	})
	do(a, tag, operation{method: http.MethodPost, path: "/processes/{name}/tasks/{task}/resources", summary: "Add a resource to a task", status: http.StatusCreated, maxBody: 2 << 20},
		func(ctx context.Context, c *caller, in *ResourceInput) (*Made[Resource], error) {
			b := in.Body
			r, err := a.Coproduction.AddResource(ctx, c.viewer, in.Name, domain.ID(in.Task), coproduction.ResourceDetails{
				Name: b.Name, URL: b.URL, Body: b.Text, Language: b.Language, Licence: b.Licence, Public: b.Public,
			})
			if err != nil {
				return nil, err
			}
			return &Made[Resource]{Body: a.resource(ctx, c, r)}, nil
		})
	do(a, tag, operation{method: http.MethodGet, path: "/processes/{name}/resources", summary: "List the resources of a process"},
		func(ctx context.Context, c *caller, in *ResourcesInput) (*List[Resource], error) {
			list, err := a.Coproduction.Resources(ctx, c.viewer, in.Name, domain.ID(in.Task), in.page())
			if err != nil {
				return nil, err
			}
			return listed(c, list, func(r coproduction.Resource) Resource { return a.resource(ctx, c, &r) }), nil
		})
	do(a, tag, operation{method: http.MethodDelete, path: "/processes/{name}/resources/{id}", summary: "Remove a resource"},
		func(ctx context.Context, c *caller, in *ResourceID) (*None, error) {
			return nothing(a.Coproduction.RemoveResource(ctx, c.viewer, in.Name, domain.ID(in.ID)))
		})
}

func (a *API) recommend(ctx context.Context, c *caller, in *RecommendationsInput) (*List[Recommendation], error) {
	p, t, err := a.Coproduction.Tree(ctx, c.viewer, in.Name)
	if err != nil {
		return nil, err
	}
	task, err := t.Item(domain.ID(in.Task))
	if err != nil {
		return nil, err
	}
	found, err := a.Catalogue.Recommend(ctx, c.viewer, catalogue.Query{
		Problems: t.Problems(task.ID), Language: p.Language, After: domain.ID(in.After), Limit: in.Limit,
	})
	if err != nil {
		return nil, err
	}
	return listed(c, found, func(r catalogue.Recommendation) Recommendation {
		view := Recommendation{Interlinker: a.entry(r.Entry), Score: r.Score, Reasons: []Reason{}}
		for _, why := range r.Reasons {
			view.Reasons = append(view.Reasons, Reason{Kind: string(why.Kind), Sentence: c.words.T("recommend."+string(why.Kind), why.Args...)})
		}
		return view
	}), nil
}
