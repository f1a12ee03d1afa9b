package api

import (
	"context"
	"net/http"
	"os"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humamux"

	"interlink/domain"
	"interlink/domain/nodearchive"
	"interlink/web/transfer"
)

// NodeImport is the archive of a node that somebody brought.
type NodeImport struct {
	ID         domain.ID      `json:"id"`
	From       domain.IRI     `json:"from" doc:"the node, as an actor"`
	Name       string         `json:"name"`
	ExportedAt time.Time      `json:"exportedAt"`
	State      string         `json:"state" enum:"brought,running,done,cancelled"`
	Parts      map[string]int `json:"parts" doc:"how many are waiting, done, unchanged, kept (this node has its own), failed, unknown"`
	Left       []NodeLeft     `json:"left" doc:"what is not in the archive"`
	Unknown    []string       `json:"unknown" doc:"members that this version does not know"`
	CreatedAt  time.Time      `json:"createdAt"`
}

// NodeLeft is what is not in an archive, and why.
type NodeLeft struct {
	What   string `json:"what"`
	Reason string `json:"reason" enum:"secret,personal,private,setting,unread,unsigned"`
	Count  int    `json:"count,omitempty"`
}

// NodePart is a part of an archive, and what became of it.
type NodePart struct {
	Path    string         `json:"path"`
	Kind    string         `json:"kind"`
	From    domain.IRI     `json:"from,omitempty" doc:"address that it had"`
	Outcome string         `json:"outcome" enum:"waiting,done,unchanged,kept,failed,unknown"`
	Made    domain.IRI     `json:"made,omitempty" doc:"what it is here"`
	Problem string         `json:"problem,omitempty" doc:"code of why it failed"`
	Lost    []BringingLost `json:"lost" doc:"what is not held as it was; at most 100"`
}

// NodeImportPath names one.
type NodeImportPath struct {
	ID string `path:"id" maxLength:"36"`
}

// NodeParts asks for the parts of one.
type NodeParts struct {
	NodeImportPath
	Paging
	Outcome string `query:"outcome" enum:"waiting,done,unchanged,kept,failed,unknown"`
}

func nodeImport(i *nodearchive.Import, tally nodearchive.Tally) NodeImport {
	out := NodeImport{
		ID: i.ID, From: i.Head.IRI, Name: i.Head.Name, ExportedAt: i.Head.ExportedAt, State: string(i.State), Parts: map[string]int{},
		Left: []NodeLeft{}, Unknown: append([]string{}, i.Unknown...), CreatedAt: i.CreatedAt,
	}
	for o, n := range tally {
		out.Parts[string(o)] = n
	}
	for _, l := range i.Left {
		out.Left = append(out.Left, NodeLeft{l.What, string(l.Reason), l.Count})
	}
	return out
}

func nodePart(p *nodearchive.ImportPart) NodePart {
	out := NodePart{Path: p.Path, Kind: string(p.Kind), From: p.IRI, Outcome: string(p.Outcome), Made: p.Result.Made, Problem: string(p.Problem.Code), Lost: []BringingLost{}}
	for _, l := range p.Result.Lost {
		out.Lost = append(out.Lost, BringingLost{What: l.What, IRI: l.IRI, Reason: string(l.Reason)})
	}
	return out
}

func (a *API) nodeArchiveOperations() {
	const tag = "Node"
	do(a, tag, operation{
		method: http.MethodGet, path: "/node/export", own: true, node: true, summary: "Export the node for another", stream: "application/zip",
		description: "For administrators of the node. One archive with a manifest; its JSON schema is at " + nodearchive.SchemaPath + ". What is secret, people's own, or for some people alone is left out, and named.",
	}, a.exportNode)
	do(a, tag, operation{
		method: http.MethodPost, path: "/node/imports", node: true, summary: "Bring an exported node", status: http.StatusCreated,
		sent:        &huma.RequestBody{Required: true, Description: "The archive.", Content: bytesOf("application/zip")},
		description: "For administrators of the node. Nothing is made of it yet; it is kept for a day.",
	}, a.bringNode)
	do(a, tag, operation{method: http.MethodGet, path: "/node/imports", own: true, node: true, summary: "List exported nodes that were brought"},
		func(ctx context.Context, c *caller, in *Paging) (*List[NodeImport], error) {
			list, err := a.NodeArchives.Imports(ctx, c.viewer, in.page())
			if err != nil {
				return nil, err
			}
			return listed(c, list, func(i *nodearchive.Import) NodeImport { return nodeImport(i, nil) }), nil
		})
	do(a, tag, operation{method: http.MethodGet, path: "/node/imports/{id}", own: true, node: true, summary: "See how far the import of a node is"},
		func(ctx context.Context, c *caller, in *NodeImportPath) (*One[NodeImport], error) {
			i, tally, err := a.NodeArchives.Import(ctx, c.viewer, domain.ID(in.ID))
			if err != nil {
				return nil, err
			}
			return one(nodeImport(i, tally)), nil
		})
	do(a, tag, operation{method: http.MethodGet, path: "/node/imports/{id}/parts", own: true, node: true, summary: "List what became of each part"},
		func(ctx context.Context, c *caller, in *NodeParts) (*List[NodePart], error) {
			return listAs(c, nodePart)(a.NodeArchives.Parts(ctx, c.viewer, domain.ID(in.ID), nodearchive.Outcome(in.Outcome), in.page()))
		})
	for path, x := range map[string]struct {
		summary, description string
		do                   func(context.Context, *caller, domain.ID) (*nodearchive.Import, error)
	}{
		"/begin": {"Import a node, or go on with it", "As a job, part by part. What is made stays, what failed is tried again. Nobody gets a role or rights by it but who asks.", func(ctx context.Context, c *caller, id domain.ID) (*nodearchive.Import, error) {
			return a.NodeArchives.Begin(ctx, c.viewer, id)
		}},
		"/cancel": {"Stop the import of a node", "Between two parts; what is made stays.", func(ctx context.Context, c *caller, id domain.ID) (*nodearchive.Import, error) {
			return a.NodeArchives.Cancel(ctx, c.viewer, id)
		}},
	} {
		do(a, tag, operation{method: http.MethodPost, path: "/node/imports/{id}" + path, node: true, summary: x.summary, description: x.description},
			func(ctx context.Context, c *caller, in *NodeImportPath) (*One[NodeImport], error) {
				i, err := x.do(ctx, c, domain.ID(in.ID))
				if err != nil {
					return nil, err
				}
				return one(nodeImport(i, nil)), nil
			})
	}
}

func (a *API) exportNode(ctx context.Context, c *caller, _ *struct{}) (*Stream, error) {
	export, err := a.NodeArchives.Export(ctx, c.viewer)
	if err != nil {
		return nil, err
	}
	return exported(export), nil
}

// exported is an archive as an answer.
func exported(export transfer.Exported) *Stream {
	return &Stream{func(to huma.Context) {
		r, w := humamux.Unwrap(to)
		if err := transfer.Export(w, r, export); err != nil {
			panic(http.ErrAbortHandler) // half an archive must not look whole
		}
	}}
}

func (a *API) bringNode(ctx context.Context, c *caller, in *BringInput) (*Made[NodeImport], error) {
	if err := nodearchive.May(c.viewer); err != nil {
		return nil, err
	}
	f, size, err := transfer.Spool(in.body, nodearchive.MaxArchive)
	if err != nil {
		return nil, cut(err)
	}
	defer func() {
		_ = f.Close()
		_ = os.Remove(f.Name())
	}()
	i, err := a.NodeArchives.Bring(ctx, c.viewer, f, size)
	if err != nil {
		return nil, err
	}
	return &Made[NodeImport]{Location: Path + "/node/imports/" + string(i.ID), Body: nodeImport(i, nil)}, nil
}
