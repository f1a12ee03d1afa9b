package api

import (
	"context"
	"net/http"

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
