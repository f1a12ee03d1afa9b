package api

import (
	"context"
	"net/http"
	"time"

	"interlink/domain"
	"interlink/domain/search"
)

// SearchFields are what a saved search asks for.
type SearchFields struct {
	Place string `json:"place" enum:"catalogue,stories,processes,communities,timeline,tag" doc:"the list in which is searched"`
	Query string `json:"query" minLength:"1" maxLength:"1000" doc:"of the address of the list: q=parking&nature=software; kind=polls of the timeline; tag=streets"`
	Name  string `json:"name,omitempty" maxLength:"100" doc:"what it asks for if left out"`
	Tell  bool   `json:"tell,omitempty" doc:"whether the person is told of what is new, by the way that they chose for search_found"`
}

// SavedSearch is one with how much is new in it.
type SavedSearch struct {
	ID domain.ID `json:"id"`
	SearchFields
	Fresh int       `json:"fresh" doc:"how much is new since it was looked at; at most 20 are counted"`
	Saved time.Time `json:"saved"`
	Seen  time.Time `json:"seen" doc:"when it was looked at last"`
}

// SavedSearches are those of the caller.
type SavedSearches struct {
	Searches []SavedSearch `json:"searches" doc:"newest first; at most 20"`
}

// SaveSearchInput saves one.
type SaveSearchInput struct {
	Body SearchFields
}

// SearchID asks for one.
type SearchID struct {
	ID string `path:"id" maxLength:"36"`
}

// SearchTelling says whether the caller is told.
type SearchTelling struct {
	SearchID
	Body struct {
		Tell bool `json:"tell"`
	}
}

func shownSearch(x *search.Search, fresh int) SavedSearch {
	return SavedSearch{ID: x.ID, SearchFields: SearchFields{Place: string(x.Place), Query: x.Query, Name: x.Name, Tell: x.Tell}, Fresh: fresh, Saved: x.At, Seen: x.SeenAt}
}

func (a *API) searchOperations() {
	const tag = "Account"
	do(a, tag, operation{method: http.MethodGet, path: "/searches", own: true, summary: "What one searches for again and again, with how much is new"},
		func(ctx context.Context, c *caller, _ *struct{}) (*One[SavedSearches], error) {
			list, err := a.Searches.List(ctx, c.viewer)
			out := SavedSearches{Searches: []SavedSearch{}}
			for _, x := range list {
				out.Searches = append(out.Searches, shownSearch(x.Search, x.Fresh))
			}
			return one(out), err
		})
	do(a, tag, operation{
		method: http.MethodPost, path: "/searches", summary: "Save a search", status: http.StatusCreated,
		description: "One for the same is not kept twice, but takes the new name.",
	}, func(ctx context.Context, c *caller, in *SaveSearchInput) (*One[SavedSearch], error) {
		x, err := a.Searches.Save(ctx, c.viewer, search.Place(in.Body.Place), in.Body.Query, in.Body.Name, in.Body.Tell)
		if err != nil {
			return nil, err
		}
		return one(shownSearch(x, 0)), nil
	})
	do(a, tag, operation{method: http.MethodPost, path: "/searches/{id}/seen", summary: "Note that one looked: nothing in it is new any more"},
		func(ctx context.Context, c *caller, in *SearchID) (*None, error) {
			_, err := a.Searches.Look(ctx, c.viewer, domain.ID(in.ID))
			return nothing(err)
		})
	do(a, tag, operation{method: http.MethodPut, path: "/searches/{id}/telling", summary: "Choose whether one is told of what is new in it"},
		func(ctx context.Context, c *caller, in *SearchTelling) (*None, error) {
			return nothing(a.Searches.Tell(ctx, c.viewer, domain.ID(in.ID), in.Body.Tell))
		})
	do(a, tag, operation{method: http.MethodDelete, path: "/searches/{id}", summary: "Forget a saved search"},
		func(ctx context.Context, c *caller, in *SearchID) (*None, error) {
			return nothing(a.Searches.Remove(ctx, c.viewer, domain.ID(in.ID)))
		})
}
