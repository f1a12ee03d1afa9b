package api

import (
	"context"
	"net/http"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/moderation"
)

// FilterFields are what a filter says.
type FilterFields struct {
	Name    string `json:"name" minLength:"1" maxLength:"100" doc:"for those who moderate"`
	Kind    string `json:"kind" enum:"words,links,many,mentions,author,host,repeat" doc:"words and links take a pattern, the others most; author, host and repeat hours too"`
	Pattern string `json:"pattern,omitempty" maxLength:"500" doc:"regular expression (RE2); case does not matter"`
	Most    int    `json:"most,omitempty" minimum:"0" maximum:"10000" doc:"how many are let pass"`
	Hours   int    `json:"hours,omitempty" minimum:"0" maximum:"168"`
	Action  string `json:"action" enum:"report,limit,hold,reject"`
	Enabled bool   `json:"enabled"`
}

// Filter says what is done with what is written in a certain way.
type Filter struct {
	ID domain.ID `json:"id"`
	FilterFields
	Hits     int   `json:"hits" doc:"how often it acted"`
	Lately   int   `json:"lately" doc:"… in the last seven days"`
	Revision int64 `json:"revision"`
}

// FilterInput makes or tries a filter.
type FilterInput struct {
	Body FilterFields
}

// FilterEdit changes a filter.
type FilterEdit struct {
	FilterID
	Body struct {
		Revision int64 `json:"revision" doc:"the one that was read"`
		FilterFields
	}
}

// FilterID asks for a filter.
type FilterID struct {
	ID string `path:"id" maxLength:"36"`
}

// FilterTrial is what a filter would have done with the public posts of the
// last seven days.
type FilterTrial struct {
	Looked int         `json:"looked" doc:"at how many posts"`
	Hit    int         `json:"hit"`
	Posts  []domain.ID `json:"posts" doc:"the newest of these, at most 20"`
}

func (f FilterFields) filter() moderation.Filter {
	return moderation.Filter{
		Name: f.Name, Kind: moderation.FilterKind(f.Kind), Pattern: f.Pattern, Most: f.Most, Hours: f.Hours, Action: community.Action(f.Action), Enabled: f.Enabled,
	}
}

func shownFilter(f *moderation.Filter) Filter {
	return Filter{ID: f.ID, FilterFields: FilterFields{
		Name: f.Name, Kind: string(f.Kind), Pattern: f.Pattern, Most: f.Most, Hours: f.Hours, Action: string(f.Action), Enabled: f.Enabled,
	}, Hits: f.Hits, Lately: f.Lately, Revision: f.Revision}
}

func (a *API) filterOperations() {
	const tag = "Network"
	do(a, tag, operation{method: http.MethodGet, path: "/filters", own: true, summary: "Filters of what is written, for those who moderate the node"},
		func(ctx context.Context, c *caller, _ *struct{}) (*List[Filter], error) {
			all, err := a.Filters.List(ctx, c.viewer)
			if err != nil {
				return nil, err
			}
			return listed(c, domain.List[*moderation.Filter]{Items: all, Total: len(all)}, shownFilter), nil
		})
	do(a, tag, operation{method: http.MethodPost, path: "/filters", summary: "Make a filter", status: http.StatusCreated},
		func(ctx context.Context, c *caller, in *FilterInput) (*One[Filter], error) {
			return oneAs(shownFilter)(a.Filters.Save(ctx, c.viewer, in.Body.filter()))
		})
	do(a, tag, operation{method: http.MethodPut, path: "/filters/{id}", summary: "Change a filter"},
		func(ctx context.Context, c *caller, in *FilterEdit) (*One[Filter], error) {
			f := in.Body.filter()
			f.ID, f.Revision = domain.ID(in.ID), in.Body.Revision
			return oneAs(shownFilter)(a.Filters.Save(ctx, c.viewer, f))
		})
	do(a, tag, operation{method: http.MethodDelete, path: "/filters/{id}", summary: "Remove a filter"},
		func(ctx context.Context, c *caller, in *FilterID) (*None, error) {
			return nothing(a.Filters.Remove(ctx, c.viewer, domain.ID(in.ID)))
		})
	do(a, tag, operation{method: http.MethodPost, path: "/filters/try", summary: "Try a filter on the public posts of the last seven days; nothing is changed"},
		func(ctx context.Context, c *caller, in *FilterInput) (*One[FilterTrial], error) {
			trial, err := a.Filters.Try(ctx, c.viewer, in.Body.filter())
			if err != nil {
				return nil, err
			}
			out := FilterTrial{Looked: trial.Looked, Hit: trial.Hit, Posts: []domain.ID{}}
			for _, x := range trial.Posts {
				out.Posts = append(out.Posts, x.Post.ID)
			}
			return one(out), nil
		})
}
