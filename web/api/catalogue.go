package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/catalogue/seed"
	"interlink/domain/catalogue/starter"
)

// Entry is an entry of the catalogue: of this node, or a copy of another's.
type Entry struct {
	ID          domain.ID         `json:"id"`
	Kind        string            `json:"kind" enum:"interlinker,problem,schema"`
	Slug        string            `json:"slug" doc:"slug, or slug@host for a copy: how it is named here"`
	IRI         domain.IRI        `json:"iri"`
	URL         string            `json:"url" doc:"its page on this node"`
	Host        string            `json:"host,omitempty" doc:"of the node it belongs to; absent for this one"`
	Status      string            `json:"status" enum:"draft,published,deprecated,withdrawn"`
	Reason      domain.Text       `json:"reason,omitempty" doc:"why it is deprecated or withdrawn"`
	Replacement domain.IRI        `json:"replacement,omitempty"`
	Languages   []domain.Lang     `json:"languages"`
	Uses        int               `json:"uses" doc:"how often it was taken into a task on this node"`
	Ratings     *Ratings          `json:"ratings,omitempty" doc:"how people rate it, as its owner counts; absent if nobody did"`
	Version     int               `json:"version" doc:"0 for a draft"`
	Revision    int64             `json:"revision"`
	UpdatedAt   time.Time         `json:"updatedAt"`
	Trust       string            `json:"trust" enum:"own,endorsed,followed,discovered,limited,blocked" doc:"how far this node trusts where it comes from"`
	Standing    string            `json:"standing" enum:"shown,waiting,filtered,rejected"`
	Why         string            `json:"why" doc:"what the standing follows from"`
	VerifiedAt  *time.Time        `json:"verifiedAt,omitempty" doc:"when a copy was last known to be as its owner has it"`
	Alert       domain.Text       `json:"alert,omitempty" doc:"what its owner warns of"`
	Warning     string            `json:"warning,omitempty" doc:"what this node warns of"`
	Content     catalogue.Content `json:"content"`
}

func (a *API) entry(e *catalogue.Entry) Entry {
	slug := e.Slug
	if e.Host != "" {
		slug += "@" + e.Host
	}
	return Entry{
		ID: e.ID, Kind: string(e.Kind), Slug: slug, IRI: e.IRI, URL: a.Namespace.Base() + e.Address(), Host: e.Host,
		Status: string(e.Status), Reason: e.Reason, Replacement: e.Replacement, Languages: append([]domain.Lang{}, e.Languages()...),
		Uses: e.Uses, Version: e.Version, Revision: e.Revision, UpdatedAt: e.UpdatedAt, Content: e.Content(),
		Trust: string(e.Trust), Standing: string(e.Standing), Why: string(e.Why), VerifiedAt: instant(e.Verified), Alert: e.Alert, Warning: e.Warning,
		Ratings: ratings(e.Ratings.Tally),
	}
}

// EntriesInput narrows the catalogue. Of several values of one facet one is
// enough.
type EntriesInput struct {
	Paging
	Q          string   `query:"q" maxLength:"200" doc:"words in names, tags, summaries and instructions, in any language: beginnings, other forms and misspelt ones count"`
	Nature     []string `query:"nature,explode" maxItems:"50" maxLength:"300"`
	Problem    []string `query:"problem,explode" maxItems:"50" maxLength:"300" doc:"code of a problem profile"`
	Language   []string `query:"language,explode" maxItems:"50" maxLength:"300"`
	Difficulty []string `query:"difficulty,explode" maxItems:"50" maxLength:"300"`
	Licence    []string `query:"licence,explode" maxItems:"50" maxLength:"300" doc:"class"`
	Audience   []string `query:"audience,explode" maxItems:"50" maxLength:"300"`
	Scope      []string `query:"scope,explode" maxItems:"50" maxLength:"300"`
	Regulation []string `query:"regulation,explode" maxItems:"50" maxLength:"300" doc:"rule of law that it helps to comply with, as the facet names it"`
	Country    []string `query:"country,explode" maxItems:"50" maxLength:"300" doc:"whose law that is; EU for the Union's"`
	Origin     []string `query:"origin,explode" maxItems:"50" maxLength:"300" doc:"host of a node; local for this one"`
	Trust      []string `query:"trust,explode" maxItems:"50" maxLength:"300" doc:"how far this node trusts where it comes from"`
	Variants   bool     `query:"variants" doc:"include all variants of one thing, not the best alone"`
	Withdrawn  bool     `query:"withdrawn" doc:"include what was withdrawn"`
}

// EntryList is a part of the catalogue with its facets.
type EntryList struct {
	Link string `header:"Link" doc:"address of the next part (RFC 8288)"`
	Body struct {
		ListBody[Entry]
		Facets  map[string]map[string]int `json:"facets" doc:"how many entries have a value, with the other filters applied"`
		Partly  bool                      `json:"partly,omitempty" doc:"no entry has all words: these have most of them"`
		Instead map[string]string         `json:"instead,omitempty" doc:"words that no entry has, and what they were taken for"`
	}
}

// AdviceInput describes a problem.
type AdviceInput struct {
	Words string `query:"words" maxLength:"2000" doc:"in any language; none finds nothing"`
}

// maxAdvice is how many Interlinkers an answer names.
const maxAdvice = 12

// Advice is what helps with a problem that somebody described.
type Advice struct {
	Problems     []FoundProblem   `json:"problems" doc:"problem profiles that it speaks of, likeliest first"`
	Interlinkers []Recommendation `json:"interlinkers" doc:"the best twelve"`
}

// FoundProblem is a problem profile that a description speaks of.
type FoundProblem struct {
	Problem Entry    `json:"problem"`
	Words   []string `json:"words" doc:"of the description"`
}

// SlugInput asks for an entry.
type SlugInput struct {
	Slug string `path:"slug" maxLength:"500" doc:"slug, or slug@host for a copy"`
}

// EntryEdit corrects an entry; what is absent stays.
type EntryEdit struct {
	SlugInput
	Body struct {
		Revision int64       `json:"revision" doc:"the one that was read"`
		Name     domain.Text `json:"name,omitempty"`
		Summary  domain.Text `json:"summary,omitempty"`
	}
}

// InterlinkerEdit corrects an Interlinker; what is absent stays.
type InterlinkerEdit struct {
	SlugInput
	Body struct {
		Revision     int64       `json:"revision" doc:"the one that was read"`
		Name         domain.Text `json:"name,omitempty"`
		Summary      domain.Text `json:"summary,omitempty"`
		Instructions domain.Text `json:"instructions,omitempty"`
	}
}

// WithdrawalInput takes an entry out of use.
type WithdrawalInput struct {
	SlugInput
	Body struct {
		Revision    int64       `json:"revision" doc:"the one that was read"`
		Reason      domain.Text `json:"reason,omitempty" doc:"why"`
		Replacement domain.IRI  `json:"replacement,omitempty" maxLength:"2048" doc:"address of what is to be used instead"`
	}
}

// EntryHoldings are what is lost with an entry that is deleted.
type EntryHoldings struct {
	Name         domain.Text `json:"name" doc:"in one of its languages it has to be repeated"`
	Revision     int64       `json:"revision"`
	Processes    int         `json:"processes" doc:"processes of this node that use it: what was made with it stays"`
	Elsewhere    int         `json:"elsewhere" doc:"other nodes that told of their use of it"`
	Reviews      int         `json:"reviews"`
	Versions     int         `json:"versions"`
	Files        int         `json:"files" doc:"attached now or once; those that nothing else has are erased"`
	Pictures     int         `json:"pictures"`
	Translations int         `json:"translations" doc:"languages beside the one that it was written in"`
}

// EntryDeletion deletes an entry.
type EntryDeletion struct {
	SlugInput
	Body struct {
		Revision int64  `json:"revision" doc:"the one that was read"`
		Confirm  string `json:"confirm" maxLength:"2000" doc:"its name, in any of its languages"`
	}
}

// ImportInput asks for an import.
type ImportInput struct {
	Body struct {
		Source string `json:"source" enum:"starter" doc:"starter: the content that comes with the program; /catalogue/import/file and /catalogue/import/address take others"`
		DryRun bool   `json:"dryRun,omitempty" doc:"report what would happen, and change nothing"`
	}
}

func (a *API) catalogueOperations() {
	const tag = "Catalogue"
	for _, of := range []struct {
		kind         catalogue.Kind
		path, plural string
		article      string
	}{
		{catalogue.KindInterlinker, "/interlinkers", "Interlinkers", "an Interlinker"},
		{catalogue.KindSchema, "/schemas", "coproduction schemas", "a coproduction schema"},
		{catalogue.KindProblem, "/problems", "problem profiles", "a problem profile"},
	} {
		do(a, tag, operation{method: http.MethodGet, path: of.path, summary: "Find " + of.plural},
			func(ctx context.Context, c *caller, in *EntriesInput) (*EntryList, error) {
				return a.entries(ctx, c, of.kind, in)
			})
		do(a, tag, operation{method: http.MethodGet, path: of.path + "/{slug}", summary: "Read " + of.article},
			func(ctx context.Context, c *caller, in *SlugInput) (*One[Entry], error) {
				return oneAs(a.entry)(a.entryNamed(ctx, c, of.kind, in.Slug))
			})
		correct := operation{method: http.MethodPatch, path: of.path + "/{slug}", summary: "Correct " + of.article, description: "For those who write the catalogue. Those who follow the catalogue are told."}
		if of.kind == catalogue.KindInterlinker { // only they have instructions
			do(a, tag, correct, func(ctx context.Context, c *caller, in *InterlinkerEdit) (*One[Entry], error) {
				b := in.Body
				return a.correct(ctx, c, of.kind, in.Slug, b.Revision, catalogue.Correction{Name: b.Name, Summary: b.Summary, Instructions: b.Instructions})
			})
		} else {
			do(a, tag, correct, func(ctx context.Context, c *caller, in *EntryEdit) (*One[Entry], error) {
				return a.correct(ctx, c, of.kind, in.Slug, in.Body.Revision, catalogue.Correction{Name: in.Body.Name, Summary: in.Body.Summary})
			})
		}
		for _, end := range []struct {
			status  catalogue.Status
			path    string
			summary string
		}{
			{catalogue.Withdrawn, "/withdrawal", "Take " + of.article + " out of use"},
			{catalogue.Deprecated, "/deprecation", "Deprecate " + of.article + ": it can be used and is no longer recommended"},
		} {
			do(a, tag, operation{method: http.MethodPost, path: of.path + "/{slug}" + end.path, summary: end.summary, description: "For those who write the catalogue. It stays readable; those who follow the catalogue are told."},
				func(ctx context.Context, c *caller, in *WithdrawalInput) (*One[Entry], error) {
					e, err := a.entryNamed(ctx, c, of.kind, in.Slug)
					if err != nil {
						return nil, err
					}
					how := catalogue.Ending{Status: end.status, Reason: in.Body.Reason, Replacement: in.Body.Replacement}
					if e, err = a.Catalogue.End(ctx, c.viewer, e.ID, in.Body.Revision, how); err != nil {
						return nil, err
					}
					return one(a.entry(e)), nil
				})
		}
		a.deletionOperations(of.kind, of.path, of.article)
	}
	a.authorOperations()
	a.curationOperations()
	a.opinionOperations()
	do(a, tag, operation{method: http.MethodGet, path: "/catalogue/advice", summary: "Find what helps with a problem that is described", description: "Which problem profiles the words speak of, and which Interlinkers help, with the reasons. The words are not kept."}, a.advise)
	do(a, tag, operation{method: http.MethodPost, path: "/catalogue/import", node: true, summary: "Import content into the catalogue", description: "For administrators of the node. Again changes nothing."}, a.importStarter)
}

func (a *API) importStarter(ctx context.Context, c *caller, in *ImportInput) (*One[catalogue.Report], error) {
	report, err := a.Catalogue.Import(ctx, c.viewer, seed.Read(starter.Tree()), in.Body.DryRun)
	if err != nil {
		return nil, err
	}
	return one(report), nil
}

func (a *API) deletionOperations(kind catalogue.Kind, path, article string) {
	const tag = "Catalogue"
	do(a, tag, operation{method: http.MethodGet, path: path + "/{slug}/holdings", own: true, summary: "See what is lost with " + article + " that is deleted", description: "For those who write the catalogue, of what was withdrawn."},
		func(ctx context.Context, c *caller, in *SlugInput) (*One[EntryHoldings], error) {
			e, err := a.entryNamed(ctx, c, kind, in.Slug)
			if err != nil {
				return nil, err
			}
			h, err := a.Catalogue.Holdings(ctx, c.viewer, e.ID)
			if err != nil {
				return nil, err
			}
			return one(EntryHoldings{e.Name, e.Revision, h.Processes, h.Elsewhere, h.Reviews, h.Versions, h.Files, h.Pictures, h.Translations}), nil
		})
	do(a, tag, operation{method: http.MethodPost, path: path + "/{slug}/deletion", summary: "Delete " + article + " for good", description: "For those who write the catalogue, of what was withdrawn. A tombstone stays; those who were told of the entry are told. It cannot be undone."},
		func(ctx context.Context, c *caller, in *EntryDeletion) (*None, error) {
			e, err := a.entryNamed(ctx, c, kind, in.Slug)
			if err != nil {
				return nil, err
			}
			return nothing(a.Catalogue.Delete(ctx, c.viewer, e.ID, in.Body.Revision, in.Body.Confirm))
		})
}

func (a *API) entries(ctx context.Context, c *caller, kind catalogue.Kind, in *EntriesInput) (*EntryList, error) {
	found, err := a.Catalogue.Search(ctx, c.viewer, catalogue.Filter{
		Kind: kind, Text: in.Q, Withdrawn: in.Withdrawn, Variants: in.Variants, Any: map[string][]string{
			catalogue.FacetNature: in.Nature, catalogue.FacetProblem: in.Problem, catalogue.FacetLanguage: in.Language, catalogue.FacetDifficulty: in.Difficulty,
			catalogue.FacetLicence: in.Licence, catalogue.FacetAudience: in.Audience, catalogue.FacetScope: in.Scope, catalogue.FacetRegulation: in.Regulation,
			catalogue.FacetCountry: in.Country, catalogue.FacetOrigin: in.Origin, catalogue.FacetTrust: in.Trust,
		},
	}, in.page())
	if err != nil {
		return nil, err
	}
	plain := listed(c, found.List, a.entry)
	out := &EntryList{Link: plain.Link}
	out.Body.ListBody = plain.Body
	out.Body.Facets, out.Body.Partly = facetsOf(found.Facets), found.Partly
	for i := 0; i+1 < len(found.Instead); i += 2 {
		if out.Body.Instead == nil {
			out.Body.Instead = map[string]string{}
		}
		out.Body.Instead[found.Instead[i]] = found.Instead[i+1]
	}
	return out, nil
}

func (a *API) advise(ctx context.Context, c *caller, in *AdviceInput) (*One[Advice], error) {
	found, err := a.Catalogue.Describe(ctx, c.viewer, in.Words, c.words.Lang, maxAdvice)
	if err != nil {
		return nil, err
	}
	out := Advice{Problems: []FoundProblem{}, Interlinkers: []Recommendation{}}
	for _, n := range found.Needs {
		out.Problems = append(out.Problems, FoundProblem{a.entry(n.Problem), n.Words})
	}
	for _, r := range found.Tools {
		out.Interlinkers = append(out.Interlinkers, a.recommendation(c, "advise.", r))
	}
	return one(out), nil
}

func (a *API) correct(ctx context.Context, c *caller, kind catalogue.Kind, name string, revision int64, with catalogue.Correction) (*One[Entry], error) {
	e, err := a.entryNamed(ctx, c, kind, name)
	if err != nil {
		return nil, err
	}
	if e, err = a.Catalogue.Correct(ctx, c.viewer, e.ID, revision, with); err != nil {
		return nil, err
	}
	return one(a.entry(e)), nil
}

// entryNamed reads an entry by "slug" or "slug@host".
func (a *API) entryNamed(ctx context.Context, c *caller, kind catalogue.Kind, name string) (*catalogue.Entry, error) {
	slug, host, err := placed(name)
	if err != nil {
		return nil, err
	}
	return a.Catalogue.Entry(ctx, c.viewer, kind, slug, host)
}

// placed takes "slug" or "slug@host" apart.
func placed(name string) (slug, host string, err error) {
	slug, host, copied := strings.Cut(name, "@")
	if copied && host == "" {
		return "", "", domain.Fail(domain.NotFound, "error.not_found")
	}
	return slug, host, nil
}

func facetsOf(f catalogue.Facets) map[string]map[string]int {
	out := map[string]map[string]int{}
	for _, name := range catalogue.FacetNames {
		out[name] = map[string]int{}
		for _, v := range f[name] {
			out[name][v.Value] = v.Count
		}
	}
	return out
}
