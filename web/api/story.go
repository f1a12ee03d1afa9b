package api

import (
	"context"
	"net/http"
	"time"

	"interlink/domain"
	"interlink/domain/story"
)

// Story is a success story, of this node or a copy of another's.
type Story struct {
	ID         domain.ID      `json:"id"`
	Slug       string         `json:"slug" doc:"slug, or slug@host for a copy: how it is named here"`
	IRI        domain.IRI     `json:"iri"`
	Host       string         `json:"host,omitempty"`
	Owner      *Actor         `json:"owner,omitempty"`
	Community  *Actor         `json:"community,omitempty"`
	Process    domain.IRI     `json:"process"`
	Title      domain.Text    `json:"title"`
	Summary    domain.Text    `json:"summary"`
	Challenge  domain.Text    `json:"challenge,omitempty"`
	Objectives domain.Text    `json:"objectives,omitempty"`
	Results    domain.Text    `json:"results,omitempty"`
	Lessons    domain.Text    `json:"lessons,omitempty"`
	Keywords   []string       `json:"keywords,omitempty"`
	Countries  []string       `json:"countries,omitempty"`
	Figures    []story.Figure `json:"figures,omitempty"`
	Licence    string         `json:"licence,omitempty"`
	StoryFacts
	Digest      string    `json:"digest,omitempty" doc:"of its snapshot"`
	Tasks       int       `json:"tasks,omitempty" doc:"in its snapshot"`
	Version     int       `json:"version"`
	Status      string    `json:"status" enum:"published,withdrawn"`
	PublishedAt time.Time `json:"publishedAt"`
	Revision    int64     `json:"revision"`
	Ratings     *Ratings  `json:"ratings,omitempty" doc:"how people rate it, as its owner counts; absent if nobody did"`
}

func (a *API) storyView(ctx context.Context, c *caller, s *story.Story) Story {
	slug := s.Slug
	if s.Host != "" {
		slug += "@" + s.Host
	}
	out := Story{
		ID: s.ID, Slug: slug, IRI: s.IRI, Host: s.Host, Owner: a.actorByID(ctx, c, s.Owner), Community: a.actorByID(ctx, c, s.Community),
		Process: s.ProcessIRI, Title: s.Title, Summary: s.Summary, Challenge: s.Challenge, Objectives: s.Objectives, Results: s.Results,
		Lessons: s.Lessons, Keywords: s.Keywords, Countries: s.Countries, Figures: s.Figures, Licence: s.Licence, Digest: s.Digest, StoryFacts: factsOf(s.Telling),
		Version: s.Version, Status: string(s.Status), PublishedAt: s.PublishedAt, Revision: s.Revision, Ratings: ratings(s.Ratings.Tally),
	}
	if s.Snapshot != nil {
		out.Tasks = tasksOf(s.Snapshot)
	}
	return out
}

func tasksOf(s *story.Snapshot) int {
	n := 0
	for _, it := range s.Process.Items {
		if it.Kind == "task" {
			n++
		}
	}
	return n
}

// StoriesInput asks for a part of the stories.
type StoriesInput struct {
	Paging
	StoriesFilter
}

// StoriesFilter narrows the stories.
type StoriesFilter struct {
	Q       string `query:"q" maxLength:"200" doc:"words in any language"`
	Country string `query:"country" maxLength:"2" doc:"ISO 3166-1 alpha-2"`
	Problem string `query:"problem" maxLength:"100" doc:"code of a problem profile"`
	Keyword string `query:"keyword" maxLength:"100"`
	StoryFilters
	Local bool `query:"local" doc:"only stories of this node"`
}

// StoryFilters are the facets; of several values of one, one is enough.
type StoryFilters struct {
	ServiceType []string `query:"service_type,explode" maxItems:"50" maxLength:"100"`
	Regulation  []string `query:"regulation,explode" maxItems:"50" maxLength:"300" doc:"alias:gdpr"`
	Language    []string `query:"language,explode" maxItems:"50" maxLength:"35"`
	Rating      []string `query:"rating,explode" maxItems:"5" maxLength:"1" doc:"as many stars, or more, on average: 1 to 5"`
	Origin      []string `query:"origin,explode" maxItems:"50" maxLength:"255" doc:"host, or local"`
}

func (f StoryFilters) any() map[string][]string {
	return map[string][]string{
		story.FacetServiceType: f.ServiceType, story.FacetRegulation: f.Regulation, story.FacetLanguage: f.Language, story.FacetOrigin: f.Origin, story.FacetRating: f.Rating,
	}
}

// StoryFacet is a value, and how many stories it would show.
type StoryFacet struct {
	Value string `json:"value"`
	Count int    `json:"count"`
}

// StoryFacets counts stories.
type StoryFacets struct {
	Facets map[string][]StoryFacet `json:"facets" doc:"by facet: country, problem, service_type, regulation, language, rating, origin"`
}

func (in *StoriesFilter) filter() story.Filter {
	return story.Filter{Text: in.Q, Country: in.Country, Problem: in.Problem, Keyword: in.Keyword, Local: in.Local, Any: in.any()}
}

func (a *API) storyFacets(ctx context.Context, c *caller, in *StoriesFilter) (*One[StoryFacets], error) {
	counted, err := a.Stories.Facets(ctx, c.viewer, in.filter())
	if err != nil {
		return nil, err
	}
	out := StoryFacets{Facets: map[string][]StoryFacet{}}
	for _, name := range story.FacetNames {
		out.Facets[name] = []StoryFacet{}
		for _, x := range counted[name] {
			out.Facets[name] = append(out.Facets[name], StoryFacet{x.Value, x.Count})
		}
	}
	return one(out), nil
}

// PreviewInput asks what a story would make public.
type PreviewInput struct {
	Named
	Body struct {
		Keep []domain.ID `json:"keep,omitempty" maxItems:"5000" doc:"ids of phases, objectives and tasks to show; what is above an item must be named too. Every enabled one by default"`
	}
}

// Preview is what a story would make public.
type Preview struct {
	Snapshot *story.Snapshot `json:"snapshot"`
	Tasks    int             `json:"tasks"`
	Redacted int             `json:"redacted" doc:"e-mail addresses that are left out"`
	Linked   int             `json:"linked" doc:"resources that are only linked to, as their licence does not let others use them"`
}

// StoryTelling is what a story says.
type StoryTelling struct {
	Title      domain.Text    `json:"title,omitempty" doc:"needed to publish, as the summary"`
	Summary    domain.Text    `json:"summary,omitempty" doc:"one plain paragraph"`
	Challenge  domain.Text    `json:"challenge,omitempty" doc:"Markdown, as the next three"`
	Objectives domain.Text    `json:"objectives,omitempty"`
	Results    domain.Text    `json:"results,omitempty"`
	Lessons    domain.Text    `json:"lessons,omitempty"`
	Keywords   []string       `json:"keywords,omitempty" maxItems:"50"`
	Countries  []string       `json:"countries,omitempty" maxItems:"50" doc:"ISO 3166-1 alpha-2"`
	Figures    []story.Figure `json:"figures,omitempty" maxItems:"50"`
	Licence    string         `json:"licence,omitempty" maxLength:"100" doc:"SPDX; CC-BY-4.0 by default"`
	StoryFacts
}

// StoryFacts are what else a story tells.
type StoryFacts struct {
	Incentives   domain.Text      `json:"incentives,omitempty" doc:"what moved people to take part; Markdown, as the next"`
	Terms        domain.Text      `json:"terms,omitempty" doc:"what else is to be said of licences"`
	Materials    []story.Material `json:"materials,omitempty" maxItems:"50" doc:"to look at"`
	Makers       []story.Maker    `json:"makers,omitempty" maxItems:"50" doc:"organisations that did it"`
	Spoken       []domain.Lang    `json:"spoken,omitempty" maxItems:"30" doc:"languages in which it was done"`
	Begun        string           `json:"begun,omitempty" maxLength:"10" doc:"day: 2026-03-01"`
	Ended        string           `json:"ended,omitempty" maxLength:"10" doc:"day"`
	ServiceTypes []string         `json:"serviceTypes,omitempty" maxItems:"30" doc:"as in the catalogue"`
	Regulations  []string         `json:"regulations,omitempty" maxItems:"30" doc:"rules of law, as in the catalogue: alias:gdpr"`
}

func factsOf(t story.Telling) StoryFacts {
	return StoryFacts{t.Incentives, t.Terms, t.Materials, t.Makers, t.Spoken, t.Begun, t.Ended, t.ServiceTypes, t.Regulations}
}

func (t StoryTelling) telling() story.Telling {
	return story.Telling{
		Incentives: t.Incentives, Terms: t.Terms, Materials: t.Materials, Makers: t.Makers, Spoken: t.Spoken, Begun: t.Begun, Ended: t.Ended,
		ServiceTypes: t.ServiceTypes, Regulations: t.Regulations,
		Title: t.Title, Summary: t.Summary, Challenge: t.Challenge, Objectives: t.Objectives, Results: t.Results, Lessons: t.Lessons,
		Keywords: t.Keywords, Countries: t.Countries, Figures: t.Figures, Licence: t.Licence,
	}
}

// StoryInput publishes a story.
type StoryInput struct {
	Body struct {
		StoryTelling
		Slug         string      `json:"slug" maxLength:"100" doc:"part of its address, never changed"`
		Process      string      `json:"process" maxLength:"30" doc:"name of the process it tells of"`
		Organization string      `json:"organization" maxLength:"100" doc:"that tells it"`
		Community    string      `json:"community,omitempty" maxLength:"100" doc:"that announces it"`
		Keep         []domain.ID `json:"keep,omitempty" maxItems:"5000" doc:"as in the preview"`
	}
}

func (a *API) storyOperations() {
	const tag = "Stories"
	do(a, tag, operation{method: http.MethodPost, path: "/processes/{name}/story-preview", summary: "What a story of a process would make public"},
		func(ctx context.Context, c *caller, in *PreviewInput) (*One[Preview], error) {
			p, err := a.Stories.Preview(ctx, c.viewer, in.Name, in.Body.Keep)
			if err != nil {
				return nil, err
			}
			return one(Preview{Snapshot: p.Snapshot, Tasks: tasksOf(p.Snapshot), Redacted: p.Redacted, Linked: p.Linked}), nil
		})
	do(a, tag, operation{method: http.MethodPost, path: "/stories", summary: "Publish a success story", status: http.StatusCreated}, a.publishStory)
	do(a, tag, operation{method: http.MethodGet, path: "/stories", summary: "List success stories"},
		func(ctx context.Context, c *caller, in *StoriesInput) (*List[Story], error) {
			list, err := a.Stories.Stories(ctx, c.viewer, in.filter(), in.page())
			if err != nil {
				return nil, err
			}
			return shown(ctx, a, c, list, func(s *story.Story) []domain.ActorID { return []domain.ActorID{s.Owner, s.Community} },
				func(s *story.Story) Story { return a.storyView(ctx, c, s) })
		})
	do(a, tag, operation{method: http.MethodGet, path: "/stories/facets", summary: "Count what success stories can be filtered by"}, a.storyFacets)
	do(a, tag, operation{method: http.MethodGet, path: "/stories/{slug}", summary: "Read a success story"},
		func(ctx context.Context, c *caller, in *SlugInput) (*One[Story], error) {
			return oneFor(ctx, c, a.storyView)(a.storyNamed(ctx, c, in.Slug))
		})
	do(a, tag, operation{method: http.MethodGet, path: "/stories/{slug}/snapshot", summary: "Read the process as a story published it"},
		func(ctx context.Context, c *caller, in *SlugInput) (*One[*story.Snapshot], error) {
			s, err := a.storyNamed(ctx, c, in.Slug)
			if err != nil {
				return nil, err
			}
			if s.Snapshot == nil {
				return nil, domain.Fail(domain.NotFound, "error.not_found")
			}
			return one(s.Snapshot), nil
		})
	do(a, tag, operation{method: http.MethodDelete, path: "/stories/{slug}", summary: "Withdraw a story", description: "Its followers are told; clones of the process stay."},
		func(ctx context.Context, c *caller, in *SlugInput) (*None, error) {
			_, err := a.Stories.Withdraw(ctx, c.viewer, in.Slug)
			return nothing(err)
		})
}

func (a *API) storyNamed(ctx context.Context, c *caller, name string) (*story.Story, error) {
	slug, host, err := placed(name)
	if err != nil {
		return nil, err
	}
	return a.Stories.Story(ctx, c.viewer, slug, host)
}

func (a *API) publishStory(ctx context.Context, c *caller, in *StoryInput) (*Made[Story], error) {
	b := in.Body
	input := story.Input{Slug: b.Slug, Process: b.Process, Keep: b.Keep, Telling: b.telling()}
	var err error
	if input.Owner, err = a.organizationID(ctx, c, b.Organization); err != nil {
		return nil, err
	}
	if input.Community, err = a.communityID(ctx, c, b.Community); err != nil {
		return nil, err
	}
	s, err := a.Stories.Publish(ctx, c.viewer, input)
	if err != nil {
		return nil, err
	}
	return &Made[Story]{Location: string(s.IRI), Body: a.storyView(ctx, c, s)}, nil
}
