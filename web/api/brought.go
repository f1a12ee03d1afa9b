package api

import (
	"context"
	"net/http"
	"os"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"interlink/domain"
	"interlink/domain/portable"
	"interlink/web/transfer"
)

// Bringing is an archive that somebody brought.
type Bringing struct {
	ID         domain.ID        `json:"id"`
	IRI        domain.IRI       `json:"iri" doc:"its address here, from which it can be cloned"`
	From       domain.IRI       `json:"from" doc:"address of what is in it"`
	Title      domain.Text      `json:"title,omitempty"`
	Whole      bool             `json:"whole" doc:"what is for its people alone is in it too"`
	ExportedAt time.Time        `json:"exportedAt"`
	SHA256     string           `json:"sha256" doc:"of its document"`
	Kind       string           `json:"kind" enum:"process,community"`
	Process    domain.IRI       `json:"process,omitempty" doc:"that was made of it"`
	Community  domain.IRI       `json:"community,omitempty" doc:"that was made of it"`
	Lost       []BringingLost   `json:"lost" doc:"what is not held as it was; at most 500"`
	Changes    []BringingChange `json:"changes" doc:"what a later export changed; at most 500"`
	State      string           `json:"state,omitempty" enum:"running,done,failed,cancelled" doc:"of the import; missing while nobody asked for one"`
	Done       int              `json:"done" doc:"files and documents that were looked at"`
	Total      int              `json:"total" doc:"of how many"`
	Problem    string           `json:"problem,omitempty" doc:"code of why it failed"`
	CreatedAt  time.Time        `json:"createdAt"`
}

// BringingLost is something that is not held as it was.
type BringingLost struct {
	What   string     `json:"what,omitempty"`
	IRI    domain.IRI `json:"iri,omitempty"`
	Reason string     `json:"reason" enum:"person,role,group,answer,clones,release,history,broken,file,part,members,ban,gone,here,pin,more_members,more_log,more_bans,more_files,version,more_versions"`
}

// BringingChange is a difference that a later export makes.
type BringingChange struct {
	Outcome string   `json:"outcome" enum:"taken,added,kept,removed" doc:"kept: it was changed here too, and stays; removed: posts that were deleted there"`
	What    string   `json:"what,omitempty" doc:"name of an item or resource; missing for the process or community itself, and for posts"`
	Parts   []string `json:"parts,omitempty"`
	Posts   int      `json:"posts,omitempty" doc:"how many posts of a community"`
}

// BringingPath names what was brought.
type BringingPath struct {
	ID string `path:"id" maxLength:"36"`
}

// BroughtInput asks to make a process of what was brought.
type BroughtInput struct {
	BringingPath
	Body struct {
		Name         string `json:"name,omitempty" maxLength:"30" doc:"handle here; the one that it had by default"`
		Organization string `json:"organization,omitempty" maxLength:"100"`
		Update       string `json:"update,omitempty" maxLength:"30" doc:"handle of the process or community that an earlier export of the same one became: this one is merged with it three ways, and nothing that is there is lost"`
		DryRun       bool   `json:"dryRun,omitempty" doc:"do everything, report, and change nothing"`
	}
}

// BringInput is the body of an archive.
type BringInput struct{ Sent }

func (a *API) bringing(b *portable.Bringing) Bringing {
	out := Bringing{
		ID: b.ID, IRI: a.Namespace.IRI("bring", string(b.ID)), From: b.Head.IRI, Whole: b.Head.Whole, ExportedAt: b.Head.ExportedAt, SHA256: b.SHA256,
		Kind: string(b.Head.Kind), Lost: []BringingLost{}, Changes: []BringingChange{}, CreatedAt: b.CreatedAt,
		State: string(b.State), Done: b.Done, Total: b.Total, Problem: string(b.Problem.Code), Title: b.Title,
	}
	if b.Head.Kind == portable.KindCommunity {
		out.Community = b.Made
	} else {
		out.Process = b.Made
	}
	for _, c := range b.Changes {
		out.Changes = append(out.Changes, BringingChange{Outcome: string(c.Outcome), What: c.What, Parts: c.Parts, Posts: c.Posts})
	}
	for _, l := range b.Lost {
		out.Lost = append(out.Lost, BringingLost{What: l.What, IRI: l.IRI, Reason: string(l.Reason)})
	}
	return out
}

func (a *API) broughtOperations(tag string) {
	do(a, tag, operation{
		method: http.MethodGet, path: "/processes/{name}/export", summary: "Export a process for another node", stream: "application/zip",
		description: "One archive with a manifest, a document and files by their SHA-256; its JSON schema is at " + portable.SchemaPath + ". Who does not take part gets what is public.",
	}, a.exportProcess)
	do(a, tag, operation{
		method: http.MethodPost, path: "/bringings", summary: "Bring an exported process or community", status: http.StatusCreated,
		sent:        &huma.RequestBody{Required: true, Description: "The archive.", Content: bytesOf("application/zip")},
		description: "It is kept for an hour, in which it can be imported, or a process cloned by its address here.",
	}, a.bring)
	do(a, tag, operation{method: http.MethodGet, path: "/bringings/{id}", summary: "See what was brought"},
		func(ctx context.Context, c *caller, in *BringingPath) (*One[Bringing], error) {
			return oneAs(a.bringing)(a.Portable.Brought(ctx, c.viewer, domain.ID(in.ID)))
		})
	do(a, tag, operation{
		method: http.MethodPost, path: "/bringings/{id}/import", summary: "Make a process or community of what was brought",
		description: "As it was, as a job that appears whole in the end; the same archive again changes nothing. What the node does not hold as it was is listed. Nobody gets a role or rights by it but who asks.",
	}, func(ctx context.Context, c *caller, in *BroughtInput) (*One[Bringing], error) {
		owner, err := a.organizationID(ctx, c, in.Body.Organization)
		if err != nil {
			return nil, err
		}
		return oneAs(a.bringing)(a.importing(ctx, c, domain.ID(in.ID), portable.Input{Name: in.Body.Name, Owner: owner, Update: in.Body.Update}, in.Body.DryRun))
	})
	do(a, tag, operation{method: http.MethodPost, path: "/bringings/{id}/cancel", summary: "Stop an import", description: "Nothing comes of it. One that has ended stays as it is."},
		func(ctx context.Context, c *caller, in *BringingPath) (*One[Bringing], error) {
			return oneAs(a.bringing)(a.Portable.Cancel(ctx, c.viewer, domain.ID(in.ID)))
		})
}

// importing begins an import, or tries what it would be. One that is not large
// is done at once.
func (a *API) importing(ctx context.Context, c *caller, id domain.ID, in portable.Input, try bool) (*portable.Bringing, error) {
	if try {
		return a.Portable.Try(ctx, c.viewer, id, in)
	}
	b, done, err := a.Portable.Begin(ctx, c.viewer, id, in)
	if err != nil || done {
		return b, err
	}
	if b, err = a.Portable.Hasten(ctx, b); err == nil && b.State == portable.ImportFailed {
		err = b.Problem.Err()
	}
	return b, err
}

func (a *API) exportProcess(ctx context.Context, c *caller, in *Named) (*Stream, error) {
	export, err := a.Portable.Export(ctx, c.viewer, in.Name)
	if err != nil {
		return nil, err
	}
	return exported(export), nil
}

func (a *API) exportCommunity(ctx context.Context, c *caller, in *Named) (*Stream, error) {
	export, err := a.Portable.ExportCommunity(ctx, c.viewer, in.Name)
	if err != nil {
		return nil, err
	}
	return exported(export), nil
}

func (a *API) bring(ctx context.Context, c *caller, in *BringInput) (*Made[Bringing], error) {
	if !c.viewer.Local() {
		return nil, domain.Fail(domain.Unauthenticated, "error.token")
	}
	f, size, err := transfer.Spool(in.body, portable.MaxArchive)
	if err != nil {
		return nil, cut(err)
	}
	defer func() {
		_ = f.Close()
		_ = os.Remove(f.Name())
	}()
	b, err := a.Portable.Bring(ctx, c.viewer, f, size)
	if err != nil {
		return nil, err
	}
	return &Made[Bringing]{Location: Path + "/bringings/" + string(b.ID), Body: a.bringing(b)}, nil
}
