package coproduction

import (
	"context"

	"interlink/domain"
	"interlink/domain/policy"
)

// Catalogue is what processes take from the node's catalogue. Reads fail with
// NotFound for what the viewer may not see.
type Catalogue interface {
	SchemaTree(ctx context.Context, v policy.Viewer, schema string) (SchemaTree, error)
	Tool(ctx context.Context, v policy.Viewer, interlinker string) (Tool, error)
}

// SchemaTree is a coproduction schema as a process takes it.
type SchemaTree struct {
	IRI   domain.IRI
	Nodes []SchemaNode
}

// SchemaNode is a phase, objective or task of a schema.
type SchemaNode struct {
	Path          string // unique in the schema
	Parent        string // path; "" for a phase
	Kind          ItemKind
	Position      int
	Name          domain.Text
	Description   domain.Text
	Problems      []string
	Prerequisites []string // paths of nodes of the same kind
	CoDelivery    bool
}

// Tool is an Interlinker as a task takes it.
type Tool struct {
	ID      domain.ID
	IRI     domain.IRI
	Name    domain.Text
	Licence string // SPDX; "" if not said
	Version int    // of the Interlinker: 1, 2, … with each change of it

	// Address is where a software or external Interlinker is found, by
	// language; empty for a knowledge Interlinker, which is copied from Body.
	Address domain.Text
	Body    domain.Text // Markdown: template, else instructions
	Files   map[domain.Lang]TemplateFile
}

// Items makes the items of a new process from the schema. Prerequisites that
// the schema does not have, or has at another level, are left out.
func (s SchemaTree) Items(mint *domain.Mint) []Item {
	ids := make(map[string]domain.ID, len(s.Nodes))
	kinds := make(map[string]ItemKind, len(s.Nodes))
	for _, n := range s.Nodes {
		ids[n.Path], kinds[n.Path] = mint.ID(), n.Kind
	}
	items := make([]Item, len(s.Nodes))
	for i, n := range s.Nodes {
		it := Item{
			ID: ids[n.Path], Parent: ids[n.Parent], Kind: n.Kind, Position: n.Position, Name: n.Name,
			Description: n.Description, Problems: n.Problems, CoDelivery: n.CoDelivery, FromNode: n.Path,
		}
		if n.Kind == Task {
			it.Status = Awaiting
		}
		for _, p := range n.Prerequisites {
			if kinds[p] == n.Kind && p != n.Path {
				it.Prerequisites = append(it.Prerequisites, ids[p])
			}
		}
		items[i] = it
	}
	return items
}
