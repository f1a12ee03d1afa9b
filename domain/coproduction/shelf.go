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
// template, where that is a text, else its instructions, else its summary. The
// others are linked to: at their own
// address, or, if they have none that works, at their page. Errors: NotFound,
// Conflict for a withdrawn Interlinker.
func (s Shelf) Tool(ctx context.Context, v policy.Viewer, interlinker string) (Tool, error) {
	e, err := s.entry(ctx, v, catalogue.KindInterlinker, interlinker)
	if err != nil {
		return Tool{}, err
	}
	t := Tool{ID: e.ID, IRI: e.IRI, Name: e.Name, Licence: e.Interlinker.SPDX, Version: e.Version}
	if e.Interlinker.Nature == catalogue.NatureKnowledge {
		for _, body := range []domain.Text{e.Interlinker.Template(), e.Interlinker.Instructions, e.Summary} {
			if t.Body = body; !t.Body.Empty() {
				break
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
