package api

import (
	"context"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/catalogue/exchange"
	"interlink/domain/catalogue/publiccode"
)

// Formatted names a format of catalogues.
type Formatted struct {
	Format exchange.Format `json:"format,omitempty" query:"format" enum:"interlink,publiccode,csv,json,list,open-catalog" doc:"absent to tell it by the content"`
}

// AddressImportInput asks for an import of what is at an address.
type AddressImportInput struct {
	Body struct {
		Address string `json:"address" maxLength:"2048" doc:"of a file of any format, of a repository on a forge, of a list of such addresses, or of an Open Catalog API"`
		Formatted
		DryRun bool `json:"dryRun,omitempty" doc:"report what would happen, and change nothing"`
	}
}

// FileImportInput is a file to import: its bytes are the body.
type FileImportInput struct {
	Sent
	FileName string `query:"name" maxLength:"300" doc:"of the file, as the report names it; without it \"file\""`
	Formatted
	DryRun bool `query:"dryRun" doc:"report what would happen, and change nothing"`
}

// Source is an address from which the node imports by itself.
type Source struct {
	ID      domain.ID        `json:"id"`
	Address domain.IRI       `json:"address"`
	Format  string           `json:"format,omitempty" doc:"absent if it is told by the content"`
	Every   string           `json:"every" enum:"daily,weekly"`
	NextAt  time.Time        `json:"nextAt"`
	LastAt  *time.Time       `json:"lastAt,omitempty" doc:"of the last import"`
	Outcome exchange.Outcome `json:"outcome,omitempty" enum:"done,unchanged,refused,failed" doc:"of the last import; unchanged: the address gave what it gave before"`
	Report  catalogue.Report `json:"report" doc:"of the last import that read something"`
}

func sourceOf(s *exchange.Source) Source {
	s.Report.Errors, s.Report.Warnings = append([]catalogue.Issue{}, s.Report.Errors...), append([]catalogue.Issue{}, s.Report.Warnings...)
	return Source{
		ID: s.ID, Address: s.Address, Format: string(s.Format), Every: string(s.Every), NextAt: s.NextAt, LastAt: instant(s.LastAt), Outcome: s.Outcome, Report: s.Report,
	}
}

// SourceInput adds a source.
type SourceInput struct {
	Body struct {
		Address string `json:"address" maxLength:"2048"`
		Formatted
		Every exchange.Interval `json:"every" enum:"daily,weekly"`
	}
}

// SourceID names a source.
type SourceID struct {
	ID string `path:"id" maxLength:"36"`
}

// MatchInput says that a problem profile is the same as another.
type MatchInput struct {
	SlugInput
	Body struct {
		Other string `json:"other" maxLength:"2048" doc:"address of the other, of any node or vocabulary"`
	}
}

// UnmatchInput says that it is not.
type UnmatchInput struct {
	SlugInput
	Other string `query:"other" maxLength:"2048" doc:"address of the other"`
}

// Matches are the problem profiles that are the same as one.
type Matches struct {
	Items []domain.IRI `json:"items" doc:"skos:exactMatch"`
}

// Regulation is a rule of law, a standard or a system that Interlinkers
// support.
type Regulation struct {
	ID           string       `json:"id" doc:"an alias of publiccode.yml, or a URI"`
	Resource     string       `json:"resource,omitempty" doc:"address of its text"`
	URL          domain.IRI   `json:"url" doc:"its page on this node"`
	Total        int          `json:"total" doc:"how many Interlinkers support it"`
	Interlinkers []domain.IRI `json:"interlinkers" doc:"of these, at most 20"`
	Problems     []string     `json:"problems" doc:"codes of the problem profiles that these answer"`
}

func (a *API) exchangeOperations() {
	const tag = "Catalogue"
	do(a, tag, operation{
		method: http.MethodPost, path: "/catalogue/import/address", node: true, summary: "Import from an address into the catalogue",
		description: "For administrators of the node. Again changes nothing; with errors nothing changes, and the report names them.",
	}, func(ctx context.Context, c *caller, in *AddressImportInput) (*One[catalogue.Report], error) {
		report, err := a.Exchange.Address(ctx, c.viewer, in.Body.Address, in.Body.Format, in.Body.DryRun)
		if err != nil {
			return nil, err
		}
		return one(report), nil
	})
	do(a, tag, operation{
		method: http.MethodPost, path: "/catalogue/import/file", node: true, summary: "Import a file into the catalogue",
		sent:        &huma.RequestBody{Required: true, Description: "The bytes of the file, at most 32 MB.", Content: bytesOf("application/octet-stream")},
		description: "An INTERLINK tree (a ZIP file of it, or its all.json), a publiccode.yml, a table in CSV, the export of a node, or a list of addresses. As the import from an address.",
	}, a.importFile)
	do(a, tag, operation{method: http.MethodGet, path: "/catalogue/sources", own: true, node: true, summary: "List the addresses from which the node imports by itself"},
		func(ctx context.Context, c *caller, _ *struct{}) (*List[Source], error) {
			all, err := a.Exchange.Sources(ctx, c.viewer)
			if err != nil {
				return nil, err
			}
			return listed(c, domain.List[*exchange.Source]{Items: all, Total: len(all)}, sourceOf), nil
		})
	do(a, tag, operation{
		method: http.MethodPost, path: "/catalogue/sources", node: true, summary: "Import from an address each day or week", status: http.StatusCreated,
		description: "The first import begins at once.",
	}, func(ctx context.Context, c *caller, in *SourceInput) (*Made[Source], error) {
		s, err := a.Exchange.Add(ctx, c.viewer, in.Body.Address, in.Body.Format, in.Body.Every)
		if err != nil {
			return nil, err
		}
		return &Made[Source]{Location: a.Namespace.Base() + "/admin/import", Body: sourceOf(s)}, nil
	})
	do(a, tag, operation{method: http.MethodPost, path: "/catalogue/sources/{id}/run", node: true, summary: "Import from a source now"},
		func(ctx context.Context, c *caller, in *SourceID) (*None, error) {
			return nothing(a.Exchange.Ask(ctx, c.viewer, domain.ID(in.ID)))
		})
	do(a, tag, operation{method: http.MethodDelete, path: "/catalogue/sources/{id}", node: true, summary: "End the imports from a source", description: "What was imported stays."},
		func(ctx context.Context, c *caller, in *SourceID) (*None, error) {
			return nothing(a.Exchange.Remove(ctx, c.viewer, domain.ID(in.ID)))
		})
	a.matchOperations(tag)
}

// importFile reads the body and imports it.
func (a *API) importFile(ctx context.Context, c *caller, in *FileImportInput) (*One[catalogue.Report], error) {
	raw, err := io.ReadAll(io.LimitReader(in.body, exchange.MaxFile+1))
	if err != nil {
		return nil, cut(err)
	}
	if len(raw) > exchange.MaxFile {
		return nil, domain.Fail(domain.TooLarge, "error.document_size")
	}
	name := in.FileName
	if name == "" {
		name = "file"
	}
	report, err := a.Exchange.File(ctx, c.viewer, name, raw, in.Format, in.DryRun)
	if err != nil {
		return nil, err
	}
	return one(report), nil
}

func (a *API) matchOperations(tag string) {
	do(a, tag, operation{method: http.MethodGet, path: "/problems/{slug}/matches", summary: "Read what is the same as a problem profile elsewhere"},
		func(ctx context.Context, c *caller, in *SlugInput) (*One[Matches], error) {
			e, err := a.entryNamed(ctx, c, catalogue.KindProblem, in.Slug)
			if err != nil {
				return nil, err
			}
			same, err := a.Catalogue.Matches(ctx, e.IRI)
			if err != nil {
				return nil, err
			}
			return one(Matches{append([]domain.IRI{}, same[e.IRI]...)}), nil
		})
	do(a, tag, operation{method: http.MethodPost, path: "/problems/{slug}/matches", node: true, summary: "Say that a problem profile is the same as another"},
		func(ctx context.Context, c *caller, in *MatchInput) (*None, error) {
			return nothing(a.Catalogue.Match(ctx, c.viewer, in.Slug, in.Body.Other, true))
		})
	do(a, tag, operation{method: http.MethodDelete, path: "/problems/{slug}/matches", node: true, summary: "Say that a problem profile is not the same as another"},
		func(ctx context.Context, c *caller, in *UnmatchInput) (*None, error) {
			return nothing(a.Catalogue.Match(ctx, c.viewer, in.Slug, in.Other, false))
		})
	do(a, tag, operation{method: http.MethodGet, path: "/regulations", summary: "List what Interlinkers help to comply with"},
		func(ctx context.Context, c *caller, in *Paging) (*List[Regulation], error) {
			all, err := a.Catalogue.Regulations(ctx, c.viewer)
			if err != nil {
				return nil, err
			}
			list, err := afterID(all, in.page())
			if err != nil {
				return nil, err
			}
			entries, err := a.Catalogue.Supporters(ctx, c.viewer, list.Items)
			if err != nil {
				return nil, err
			}
			return listed(c, list, func(r catalogue.Supported) Regulation { return a.regulation(r, entries) }), nil
		})
}

// afterID is the part of a list behind the one with an id. Errors: Invalid for
// an id that is not in it.
func afterID(all []catalogue.Supported, page domain.Page) (domain.List[catalogue.Supported], error) {
	list := domain.List[catalogue.Supported]{Total: len(all)}
	from := 0
	if page.After != "" {
		if from = slices.IndexFunc(all, func(r catalogue.Supported) bool { return r.ID == page.After }) + 1; from == 0 {
			return list, domain.InvalidField("after", "error.cursor")
		}
	}
	to := min(len(all), from+page.Size())
	if list.Items = all[from:to]; to < len(all) {
		list.Next = all[to-1].ID
	}
	return list, nil
}

func (a *API) regulation(r catalogue.Supported, entries map[domain.ID]*catalogue.Entry) Regulation {
	out := Regulation{
		ID: r.ID, Resource: publiccode.Resource(r.ID), URL: a.Catalogue.RegulationIRI(r.ID), Total: r.Interlinkers, Interlinkers: []domain.IRI{},
		Problems: append([]string{}, r.Problems...),
	}
	for _, id := range r.First {
		if e := entries[id]; e != nil {
			out.Interlinkers = append(out.Interlinkers, e.IRI)
		}
	}
	return out
}
