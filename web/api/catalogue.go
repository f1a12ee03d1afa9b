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
	}
}

// EntriesInput narrows the catalogue.
type EntriesInput struct {
	Paging
	Q          string      `query:"q" maxLength:"200" doc:"words in names, summaries and tags, in any language"`
	Nature     string      `query:"nature" maxLength:"40"`
	Problem    string      `query:"problem" maxLength:"100" doc:"code of a problem profile"`
	Language   domain.Lang `query:"language" maxLength:"35"`
	Difficulty string      `query:"difficulty" maxLength:"40"`
	Licence    string      `query:"licence" maxLength:"40"`
	Origin     string      `query:"origin" maxLength:"300" doc:"host of a node; local for this one"`
	Trust      string      `query:"trust" maxLength:"20"`
	Variants   bool        `query:"variants" doc:"include all variants of one thing, not the best alone"`
	Withdrawn  bool        `query:"withdrawn" doc:"include what was withdrawn"`
}

// EntryList is a part of the catalogue with its facets.
type EntryList struct {
	Link string `header:"Link" doc:"address of the next part (RFC 8288)"`
	Body struct {
		ListBody[Entry]
		Facets map[string]map[string]int `json:"facets" doc:"how many entries have a value, with the other filters applied"`
	}
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
				e, err := a.entryNamed(ctx, c, of.kind, in.Slug)
				if err != nil {
					return nil, err
				}
				return one(a.entry(e)), nil
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
	}
	a.authorOperations()
	a.curationOperations()
	do(a, tag, operation{method: http.MethodPost, path: "/catalogue/import", node: true, summary: "Import content into the catalogue", description: "For administrators of the node. Again changes nothing."},
		func(ctx context.Context, c *caller, in *ImportInput) (*One[catalogue.Report], error) {
			report, err := a.Catalogue.Import(ctx, c.viewer, seed.Read(starter.Tree()), in.Body.DryRun)
			if err != nil {
				return nil, err
			}
			return one(report), nil
		})
}

func (a *API) entries(ctx context.Context, c *caller, kind catalogue.Kind, in *EntriesInput) (*EntryList, error) {
	list, facets, err := a.Catalogue.Find(ctx, c.viewer, catalogue.Filter{
		Kind: kind, Text: in.Q, Nature: catalogue.Nature(in.Nature), Problem: in.Problem, Language: in.Language,
		Difficulty: in.Difficulty, Licence: in.Licence, Origin: in.Origin, Withdrawn: in.Withdrawn, Trust: catalogue.Trust(in.Trust), Variants: in.Variants,
	}, in.page())
	if err != nil {
		return nil, err
	}
	plain := listed(c, list, a.entry)
	out := &EntryList{Link: plain.Link}
	out.Body.ListBody = plain.Body
	out.Body.Facets = facetsOf(facets)
	return out, nil
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
	for name, values := range map[string][]catalogue.Facet{
		"nature": f.Nature, "problem": f.Problem, "language": f.Language,
		"difficulty": f.Difficulty, "licence": f.Licence, "origin": f.Origin,
	} {
		out[name] = map[string]int{}
		for _, v := range values {
			out[name][v.Value] = v.Count
		}
	}
	return out
}
