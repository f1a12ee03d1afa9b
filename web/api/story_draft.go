package api

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"interlink/domain"
	"interlink/domain/story"
	"interlink/web/locale"
)

// StoryDraft is a story that is being written.
type StoryDraft struct {
	ID        domain.ID    `json:"id"`
	Telling   StoryTelling `json:"telling"`
	Keep      []domain.ID  `json:"keep,omitempty" doc:"ids of phases, objectives and tasks to show"`
	Again     bool         `json:"again,omitempty" doc:"it is a new version of a story that is told"`
	UpdatedAt time.Time    `json:"updatedAt"`
	Revision  int64        `json:"revision"`
}

func draftOf(d *story.Draft) StoryDraft {
	t := d.Telling
	return StoryDraft{ID: d.ID, Keep: d.Keep, Again: d.Story != "", UpdatedAt: d.UpdatedAt, Revision: d.Revision, Telling: StoryTelling{
		Title: t.Title, Summary: t.Summary, Challenge: t.Challenge, Objectives: t.Objectives, Results: t.Results, Lessons: t.Lessons,
		Keywords: t.Keywords, Countries: t.Countries, Figures: t.Figures, Licence: t.Licence, StoryFacts: factsOf(t),
	}}
}

// StoryDraftBody is what is written so far.
type StoryDraftBody struct {
	Telling  StoryTelling `json:"telling"`
	Keep     []domain.ID  `json:"keep,omitempty" maxItems:"5000"`
	Revision int64        `json:"revision,omitempty" doc:"the one that was read; to change a draft"`
}

// NewStoryDraft begins a draft.
type NewStoryDraft struct {
	Named
	Body StoryDraftBody
}

// StoryDraftID asks for a draft.
type StoryDraftID struct {
	Named
	ID string `path:"id" maxLength:"36"`
}

// StoryDraftChange changes one.
type StoryDraftChange struct {
	StoryDraftID
	Body StoryDraftBody
}

// OriginalStory is a story of the platform before this one.
type OriginalStory struct {
	Named
	Body json.RawMessage
}

// ImportedStory is the draft that it became.
type ImportedStory struct {
	Draft StoryDraft  `json:"draft"`
	Found []NotTaken  `json:"found" doc:"what was not taken over"`
	Lang  domain.Lang `json:"language" doc:"in which it is written"`
}

// NotTaken is something that was not taken over.
type NotTaken struct {
	Field  string `json:"field"`
	Detail string `json:"detail"`
}

func (a *API) storyDraftOperations() {
	const tag = "Stories"
	at := "/processes/{name}/story-drafts"
	do(a, tag, operation{method: http.MethodPost, path: at, status: http.StatusCreated, summary: "Begin a story as a draft"},
		func(ctx context.Context, c *caller, in *NewStoryDraft) (*Made[StoryDraft], error) {
			d, err := a.Stories.SaveDraft(ctx, c.viewer, in.Name, story.Draft{Keep: in.Body.Keep, Telling: in.Body.Telling.telling()})
			if err != nil {
				return nil, err
			}
			return &Made[StoryDraft]{Body: draftOf(d)}, nil
		})
	do(a, tag, operation{method: http.MethodGet, path: at, own: true, summary: "List the drafts of stories of a process", description: "For those who administer it; at most 50."},
		func(ctx context.Context, c *caller, in *Named) (*One[[]StoryDraft], error) {
			list, err := a.Stories.Drafts(ctx, c.viewer, in.Name)
			out := []StoryDraft{}
			for _, d := range list {
				out = append(out, draftOf(d))
			}
			return one(out), err
		})
	do(a, tag, operation{method: http.MethodGet, path: at + "/{id}", own: true, summary: "Read a draft of a story"},
		func(ctx context.Context, c *caller, in *StoryDraftID) (*One[StoryDraft], error) {
			return oneAs(draftOf)(a.Stories.Draft(ctx, c.viewer, in.Name, domain.ID(in.ID)))
		})
	do(a, tag, operation{method: http.MethodPut, path: at + "/{id}", summary: "Change a draft of a story"}, a.changeStoryDraft)
	do(a, tag, operation{method: http.MethodDelete, path: at + "/{id}", summary: "Throw a draft of a story away"},
		func(ctx context.Context, c *caller, in *StoryDraftID) (*None, error) {
			return nothing(a.Stories.DiscardDraft(ctx, c.viewer, in.Name, domain.ID(in.ID)))
		})
	do(a, tag, operation{method: http.MethodPost, path: at + "/import", status: http.StatusCreated, summary: "Make a draft of a story of the platform before this one", description: "The body is its data_story. What cannot be taken over is told."}, a.importStory)
}

func (a *API) changeStoryDraft(ctx context.Context, c *caller, in *StoryDraftChange) (*One[StoryDraft], error) {
	was, err := a.Stories.Draft(ctx, c.viewer, in.Name, domain.ID(in.ID))
	if err != nil {
		return nil, err
	}
	next := story.Draft{ID: was.ID, Owner: was.Owner, Community: was.Community, Keep: in.Body.Keep, Telling: in.Body.Telling.telling(), Revision: in.Body.Revision}
	if next.Revision == 0 {
		next.Revision = -1 // none was read
	}
	return oneAs(draftOf)(a.Stories.SaveDraft(ctx, c.viewer, in.Name, next))
}

func (a *API) importStory(ctx context.Context, c *caller, in *OriginalStory) (*Made[ImportedStory], error) {
	telling, lang, found, err := story.ReadOriginal(in.Body)
	if err != nil {
		return nil, err
	}
	d, err := a.Stories.SaveDraft(ctx, c.viewer, in.Name, story.Draft{Telling: telling})
	if err != nil {
		return nil, err
	}
	out := ImportedStory{Draft: draftOf(d), Found: []NotTaken{}, Lang: lang}
	printer := a.Translations.Printer(locale.Fallback, nil)
	for _, f := range found {
		out.Found = append(out.Found, NotTaken{Field: f.Field, Detail: printer.FromError(f)})
	}
	return &Made[ImportedStory]{Body: out}, nil
}
