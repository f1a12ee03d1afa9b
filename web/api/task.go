package api

import (
	"context"
	"net/http"
	"slices"

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
	Kind     string `json:"kind" enum:"problem,text,focused,rule,language,translate,audience,scope,beside,used,easy"`
	Sentence string `json:"sentence" doc:"the same for people, in the caller's language"`
}

// RecommendationsInput asks for Interlinkers for a task.
type RecommendationsInput struct {
	TaskInput
	After string `query:"after" doc:"cursor: \"next\" of an earlier answer" maxLength:"36"`
	Limit int    `query:"limit" doc:"how many" minimum:"1" maximum:"100" default:"8"`
	// What is known of the undertaking beside.
	Audience   string   `query:"audience" maxLength:"100" doc:"who will use it, such as all;citizens"`
	Scope      []string `query:"scope,explode" maxItems:"3" maxLength:"20" doc:"level of the service: eu, national, local"`
	Regulation []string `query:"regulation,explode" maxItems:"20" maxLength:"40" doc:"keys of rules of law that bind it, such as gdpr"`
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
			return oneFor(ctx, c, a.process)(a.Coproduction.SetTaskStatus(ctx, c.viewer, in.Name, domain.ID(in.Task), in.Body.Revision, coproduction.Status(in.Body.Status)))
		})
	do(a, tag, operation{method: http.MethodGet, path: "/processes/{name}/tasks/{task}/recommendations", summary: "Which Interlinkers help with a task, and why"}, a.recommend)
	do(a, tag, operation{
		method: http.MethodPost, path: "/processes/{name}/tasks/{task}/instantiations", summary: "Take an Interlinker into a task", status: http.StatusCreated,
		description: "A knowledge Interlinker becomes a document or a file of the process; others become a link. A file of another node is a link until it is read from there. The use is recorded.",
	}, func(ctx context.Context, c *caller, in *InstantiationInput) (*Made[Resource], error) {
		r, err := a.Coproduction.Instantiate(ctx, c.viewer, in.Name, domain.ID(in.Task), in.Body.Interlinker)
		if err != nil {
			return nil, err
		}
		return &Made[Resource]{Body: a.resource(ctx, c, r)}, nil
	})
}

func (a *API) recommend(ctx context.Context, c *caller, in *RecommendationsInput) (*List[Recommendation], error) {
	p, t, err := a.Coproduction.Guide(ctx, c.viewer, in.Name, domain.ID(in.Task))
	if err != nil {
		return nil, err
	}
	task, err := t.Item(domain.ID(in.Task))
	if err != nil {
		return nil, err
	}
	found, err := a.Catalogue.Recommend(ctx, c.viewer, catalogue.Query{
		Problems: t.Problems(task.ID), Name: task.Name, Description: task.Description, Language: p.Language, Schema: p.SchemaIRI,
		Audience: in.Audience, Scopes: in.Scope, Regulations: in.Regulation, After: domain.ID(in.After), Limit: in.Limit,
	})
	if err != nil {
		return nil, err
	}
	return listed(c, found, func(r catalogue.Recommendation) Recommendation { return a.recommendation(c, "recommend.", r) }), nil
}

// recommendation shows an Interlinker with why it is recommended. Where it is
// no task's, some of the reasons have words of their own, with another prefix.
func (a *API) recommendation(c *caller, prefix string, r catalogue.Recommendation) Recommendation {
	out := Recommendation{Interlinker: a.entry(r.Entry), Score: r.Score, Reasons: []Reason{}}
	for _, why := range r.Reasons {
		args, key := slices.Clone(why.Args), "recommend."
		switch why.Kind {
		case catalogue.ReasonProblem, catalogue.ReasonLanguage, catalogue.ReasonTranslate:
			key = prefix
		case catalogue.ReasonRule:
			args[0] = c.words.T("approach.regulation." + args[0].(string))
		case catalogue.ReasonScope:
			args[0] = c.words.T("scope." + args[0].(string))
		}
		out.Reasons = append(out.Reasons, Reason{Kind: string(why.Kind), Sentence: c.words.T(key+string(why.Kind), args...)})
	}
	return out
}
