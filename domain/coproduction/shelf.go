package coproduction

import (
	"context"
	"strings"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/policy"
)

// Shelf is the node's catalogue as processes take from it: a [Catalogue]
// whose schemas and Interlinkers are named as in their addresses, "slug" or,
// for a copy of another node's, "slug@host".
type Shelf struct{ catalogue *catalogue.Service }

// NewShelf makes the shelf.
func NewShelf(c *catalogue.Service) Shelf { return Shelf{c} }

var _ Catalogue = Shelf{}

// SchemaTree implements [Catalogue]. Errors: NotFound, Conflict for a
// withdrawn schema.
func (s Shelf) SchemaTree(ctx context.Context, v policy.Viewer, schema string) (SchemaTree, error) {
	e, err := s.entry(ctx, v, catalogue.KindSchema, schema)
	if err != nil {
		return SchemaTree{}, err
	}
	tree := SchemaTree{IRI: e.IRI, Nodes: make([]SchemaNode, len(e.Schema.Nodes))}
	for i, n := range e.Schema.Nodes {
		tree.Nodes[i] = SchemaNode{
			Path: n.Path, Parent: n.Parent, Kind: ItemKind(n.Kind), Position: n.Position, Name: n.Name,
			Description: n.Description, Problems: n.Problems, Prerequisites: n.Prerequisites, CoDelivery: n.CoDelivery,
		}
	}
	return tree, nil
}

// Tool implements [Catalogue]. A knowledge Interlinker is copied: its
// templates, which are texts or files, else its instructions, else its summary.
// The others are linked to: at their own address, or, if they have none that
// works, at their page. Errors: NotFound, Conflict for a withdrawn Interlinker.
func (s Shelf) Tool(ctx context.Context, v policy.Viewer, interlinker string) (Tool, error) {
	e, err := s.entry(ctx, v, catalogue.KindInterlinker, interlinker)
	if err != nil {
		return Tool{}, err
	}
	t := Tool{ID: e.ID, IRI: e.IRI, Name: e.Name, Licence: e.Interlinker.SPDX, Version: e.Version}
	if e.Interlinker.Nature == catalogue.NatureKnowledge {
		t.Body = e.Interlinker.Template()
		if t.Files, err = s.files(ctx, v, e); err != nil {
			return Tool{}, err
		}
		for _, body := range []domain.Text{e.Interlinker.Instructions, e.Summary} {
			if t.Body.Empty() && len(t.Files) == 0 {
				t.Body = body
			}
		}
		return t, nil
	}
	t.Address = domain.Text{}
	for lang, address := range e.Interlinker.URI {
		if _, err := domain.ParseLink(strings.TrimSpace(address)); err == nil {
			t.Address[lang] = address
		}
	}
	if t.Address.Empty() {
		t.Address[domain.Undetermined] = string(e.IRI)
	}
	return t, nil
}

// files are the templates of an Interlinker that are files: of one of this
// node those that it keeps, of a copy those that its catalogue hands out.
func (s Shelf) files(ctx context.Context, v policy.Viewer, e *catalogue.Entry) (map[domain.Lang]TemplateFile, error) {
	files := map[domain.Lang]TemplateFile{}
	for name, d := range e.Interlinker.Documents {
		lang, err := domain.ParseLang(name)
		if err != nil || d.Hash == "" {
			continue
		}
		f := TemplateFile{Stored: Stored{Hash: d.Hash, Name: FileName(d.Name), Type: d.MediaType, Size: d.Size}}
		if e.Local() {
			_, _, err := s.catalogue.File(ctx, v, e.Slug, d.Hash)
			if domain.CodeOf(err) == domain.NotFound {
				continue // it is named, and was never kept here
			}
			if err != nil {
				return nil, err
			}
		} else if f.URL, err = domain.ParseLink(string(d.URL)); err != nil {
			continue
		}
		files[lang] = f
	}
	return files, nil
}

func (s Shelf) entry(ctx context.Context, v policy.Viewer, kind catalogue.Kind, name string) (*catalogue.Entry, error) {
	slug, host, _ := strings.Cut(name, "@")
	e, err := s.catalogue.Entry(ctx, v, kind, slug, host)
	if err != nil {
		return nil, err
	}
	if !e.Status.Usable() {
		return nil, domain.Fail(domain.Conflict, "process.entry_withdrawn", e.Name.String())
	}
	return e, nil
}
