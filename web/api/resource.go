package api

import (
	"cmp"
	"context"
	"net/http"
	"strconv"
	"time"

	"interlink/domain"
	"interlink/domain/coproduction"
)

// ResourceInput adds a resource to a task: a link or a document.
type ResourceInput struct {
	TaskInput
	Body struct {
		Name     string      `json:"name" maxLength:"200"`
		URL      string      `json:"url,omitempty" maxLength:"2048"`
		Text     string      `json:"text,omitempty" maxLength:"500000" doc:"Markdown, of a document"`
		Language domain.Lang `json:"language,omitempty" maxLength:"35"`
		Licence  string      `json:"licence,omitempty" maxLength:"100" doc:"SPDX"`
		Public   bool        `json:"public,omitempty" doc:"may be shown outside and go into a story"`
	}
}

// ResourceEdit changes a resource; what is absent stays.
type ResourceEdit struct {
	ResourceID
	Body struct {
		Revision int64        `json:"revision" doc:"the one that was read"`
		Name     *string      `json:"name,omitempty" maxLength:"200"`
		URL      *string      `json:"url,omitempty" maxLength:"2048" doc:"of a link"`
		Text     *string      `json:"text,omitempty" maxLength:"500000" doc:"Markdown, of a document; it becomes a new version"`
		Language *domain.Lang `json:"language,omitempty" maxLength:"35"`
		Licence  *string      `json:"licence,omitempty" maxLength:"100" doc:"SPDX"`
		Public   *bool        `json:"public,omitempty"`
		Summary  string       `json:"summary,omitempty" maxLength:"300" doc:"of the change, for the list of versions"`
	}
}

// ResourceFile is a file of a resource, or of a version of it.
type ResourceFile struct {
	Name   string     `json:"name"`
	Type   string     `json:"mediaType" doc:"by its bytes"`
	Size   int64      `json:"size" doc:"bytes"`
	SHA256 string     `json:"sha256"`
	URL    domain.IRI `json:"url" doc:"for browsers; programs read it by the operation"`
}

// Resource is what a task has: a link, a document, a file, perhaps made with
// an Interlinker.
type Resource struct {
	ID                 domain.ID     `json:"id"`
	IRI                domain.IRI    `json:"iri" doc:"its page"`
	Item               domain.ID     `json:"item"`
	Kind               string        `json:"kind" enum:"link,document,file"`
	Name               string        `json:"name"`
	URL                domain.IRI    `json:"url,omitempty"`
	Text               string        `json:"text,omitempty" doc:"Markdown; absent in lists"`
	File               *ResourceFile `json:"file,omitempty"`
	Language           domain.Lang   `json:"language,omitempty"`
	Licence            string        `json:"licence,omitempty"`
	Interlinker        domain.IRI    `json:"interlinker,omitempty"`
	InterlinkerVersion int           `json:"interlinkerVersion,omitempty" doc:"of the Interlinker when it was taken"`
	Source             domain.IRI    `json:"source,omitempty" doc:"the resource it is a copy of"`
	CreatedBy          *Actor        `json:"createdBy,omitempty"`
	Public             bool          `json:"public"`
	CreatedAt          time.Time     `json:"createdAt"`
	UpdatedAt          time.Time     `json:"updatedAt"`
	RemovedAt          *time.Time    `json:"removedAt,omitempty"`
	Version            int           `json:"version"`
	Revision           int64         `json:"revision"`
}

// ResourceVersion is what a resource was from one change of its content to the
// next.
type ResourceVersion struct {
	Number   int           `json:"number"`
	URL      domain.IRI    `json:"url,omitempty"`
	Text     string        `json:"text,omitempty" doc:"Markdown; absent in lists"`
	File     *ResourceFile `json:"file,omitempty"`
	Summary  string        `json:"summary,omitempty"`
	Restored int           `json:"restored,omitempty" doc:"number of the version that it brought back"`
	By       *Actor        `json:"by,omitempty"`
	At       time.Time     `json:"at"`
}

// ResourceLine is one line of two versions that are compared.
type ResourceLine struct {
	Change string `json:"change" enum:"kept,removed,added"`
	Old    int    `json:"old,omitempty" doc:"number in the older version"`
	New    int    `json:"new,omitempty" doc:"number in the newer version"`
	Text   string `json:"text"`
}

// ResourceComparison tells what became of each line.
type ResourceComparison struct {
	Lines []ResourceLine `json:"lines"`
}

// namesOf tells who actors are, each read once.
func (a *API) namesOf(ctx context.Context, c *caller, ids []domain.ActorID) (func(domain.ActorID) *Actor, error) {
	known, err := a.Network.Actors(ctx, c.viewer, ids)
	if err != nil {
		return nil, err
	}
	return func(id domain.ActorID) *Actor {
		if known[id] == nil {
			return nil
		}
		shown := a.actor(c, known[id])
		return &shown
	}, nil
}

func (a *API) resource(ctx context.Context, c *caller, r *coproduction.Resource) Resource {
	return a.resourceBy(c, r, a.actorByID(ctx, c, r.CreatedBy))
}

func (a *API) resourceBy(_ *caller, r *coproduction.Resource, by *Actor) Resource {
	out := Resource{
		ID: r.ID, Item: r.Item, Kind: string(r.Kind), Name: r.Name, URL: r.URL, Text: r.Body, Language: r.Language,
		Licence: r.Licence, Interlinker: r.Interlinker, InterlinkerVersion: r.InterlinkerVersion, Source: r.Source, CreatedBy: by, Public: r.Public,
		CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt, Version: r.Version, Revision: r.Revision,
	}
	if !r.RemovedAt.IsZero() {
		out.RemovedAt = &r.RemovedAt
	}
	return out
}

// at adds the addresses of a resource of the named process.
func (a *API) at(name string, out Resource, r *coproduction.Resource) Resource {
	out.IRI = a.Namespace.IRI("processes", name, "resources", string(r.ID))
	out.File = fileOf(r.File, out.IRI+"/file")
	return out
}

func fileOf(f coproduction.Stored, at domain.IRI) *ResourceFile {
	if f.Hash == "" {
		return nil
	}
	return &ResourceFile{Name: f.Name, Type: f.Type, Size: f.Size, SHA256: f.Hash, URL: at}
}

func (a *API) version(in ResourceID, v coproduction.Version, by *Actor) ResourceVersion {
	at := a.Namespace.IRI("processes", in.Name, "resources", in.ID) + "/file?version=" + domain.IRI(strconv.Itoa(v.Number))
	return ResourceVersion{
		Number: v.Number, URL: v.URL, Text: v.Body, File: fileOf(v.File, at), Summary: v.Summary, Restored: v.Restored, By: by, At: v.At,
	}
}

// ResourcesInput lists the resources of a process, or of one part of it.
type ResourcesInput struct {
	NamedPaging
	Task    string `query:"task" maxLength:"36" doc:"id of a task, objective or phase"`
	Kind    string `query:"kind" enum:"link,document,file"`
	By      string `query:"by" maxLength:"500" doc:"handle or address of who made them"`
	Removed bool   `query:"removed" doc:"those that were removed and can be restored"`
}

// ResourceID asks for a resource.
type ResourceID struct {
	Named
	ID string `path:"id" maxLength:"36"`
}

// VersionsInput lists the versions of a resource.
type VersionsInput struct {
	ResourceID
	Paging
}

// VersionInput asks for a version of a resource.
type VersionInput struct {
	ResourceID
	Number string `path:"number" maxLength:"36" doc:"from 1"`
}

// number reads the number of a version. Errors: NotFound.
func number(s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		return 0, domain.Fail(domain.NotFound, "error.not_found")
	}
	return n, nil
}

// VersionRestoration makes an old version the present one.
type VersionRestoration struct {
	VersionInput
	Body struct {
		Revision int64 `json:"revision" doc:"of the resource, as it was read"`
	}
}

// ComparisonInput asks what changed between two versions of a document.
type ComparisonInput struct {
	ResourceID
	Old int `query:"old" minimum:"1" doc:"number of a version; without it the one before"`
	New int `query:"new" minimum:"1" doc:"number of a later version; without it the present one"`
}

func (a *API) resourceOperations() {
	const tag = "Resources"
	do(a, tag, operation{method: http.MethodPost, path: "/processes/{name}/tasks/{task}/resources", summary: "Add a link or a document to a task", status: http.StatusCreated, maxBody: 2 << 20},
		func(ctx context.Context, c *caller, in *ResourceInput) (*Made[Resource], error) {
			b := in.Body
			r, err := a.Coproduction.AddResource(ctx, c.viewer, in.Name, domain.ID(in.Task), coproduction.ResourceDetails{
				Name: b.Name, URL: b.URL, Body: b.Text, Language: b.Language, Licence: b.Licence, Public: b.Public,
			})
			if err != nil {
				return nil, asSent(err)
			}
			return &Made[Resource]{Body: a.at(in.Name, a.resource(ctx, c, r), r)}, nil
		})
	do(a, tag, operation{method: http.MethodGet, path: "/processes/{name}/resources", summary: "List the resources of a process"}, a.listResources)
	do(a, tag, operation{method: http.MethodGet, path: "/processes/{name}/resources/{id}", summary: "Read a resource"},
		func(ctx context.Context, c *caller, in *ResourceID) (*One[Resource], error) {
			r, err := a.Coproduction.Resource(ctx, c.viewer, in.Name, domain.ID(in.ID))
			return a.changed(ctx, c, in.Name, r, err)
		})
	do(a, tag, operation{
		method: http.MethodPatch, path: "/processes/{name}/resources/{id}", summary: "Change a resource", maxBody: 2 << 20,
		description: "If somebody changed it since the given revision, nothing is changed: read it again, and bring both together.",
	}, a.editResource)
	do(a, tag, operation{method: http.MethodDelete, path: "/processes/{name}/resources/{id}", summary: "Remove a resource", description: "It can be restored for 30 days; then it is erased."},
		func(ctx context.Context, c *caller, in *ResourceID) (*None, error) {
			return nothing(a.Coproduction.RemoveResource(ctx, c.viewer, in.Name, domain.ID(in.ID)))
		})
	do(a, tag, operation{method: http.MethodPost, path: "/processes/{name}/resources/{id}/restoration", summary: "Bring back a resource that was removed"},
		func(ctx context.Context, c *caller, in *ResourceID) (*None, error) {
			return nothing(a.Coproduction.RestoreResource(ctx, c.viewer, in.Name, domain.ID(in.ID)))
		})
	a.versionOperations(tag)
}

func (a *API) versionOperations(tag string) {
	do(a, tag, operation{method: http.MethodGet, path: "/processes/{name}/resources/{id}/versions", summary: "List the versions of a resource, newest first"},
		func(ctx context.Context, c *caller, in *VersionsInput) (*List[ResourceVersion], error) {
			list, err := a.Coproduction.Versions(ctx, c.viewer, in.Name, domain.ID(in.ID), in.page())
			if err != nil {
				return nil, err
			}
			var ids []domain.ActorID
			for _, v := range list.Items {
				ids = append(ids, v.By)
			}
			names, err := a.namesOf(ctx, c, ids)
			if err != nil {
				return nil, err
			}
			return listed(c, list, func(v coproduction.Version) ResourceVersion { return a.version(in.ResourceID, v, names(v.By)) }), nil
		})
	do(a, tag, operation{method: http.MethodGet, path: "/processes/{name}/resources/{id}/versions/{number}", summary: "Read a version of a resource"},
		func(ctx context.Context, c *caller, in *VersionInput) (*One[ResourceVersion], error) {
			n, err := number(in.Number)
			if err != nil {
				return nil, err
			}
			v, err := a.Coproduction.Version(ctx, c.viewer, in.Name, domain.ID(in.ID), n)
			if err != nil {
				return nil, err
			}
			return one(a.version(in.ResourceID, *v, a.actorByID(ctx, c, v.By))), nil
		})
	do(a, tag, operation{method: http.MethodPost, path: "/processes/{name}/resources/{id}/versions/{number}/restoration", summary: "Make an old version the newest"},
		func(ctx context.Context, c *caller, in *VersionRestoration) (*One[Resource], error) {
			n, err := number(in.Number)
			if err != nil {
				return nil, err
			}
			r, err := a.Coproduction.RestoreVersion(ctx, c.viewer, in.Name, domain.ID(in.ID), in.Body.Revision, n)
			return a.changed(ctx, c, in.Name, r, err)
		})
	do(a, tag, operation{method: http.MethodGet, path: "/processes/{name}/resources/{id}/comparison", summary: "What changed between two versions of a document, line by line"}, a.compare)
}

// changed answers with a resource as it is now.
func (a *API) changed(ctx context.Context, c *caller, name string, r *coproduction.Resource, err error) (*One[Resource], error) {
	if err != nil {
		return nil, err
	}
	return one(a.at(name, a.resource(ctx, c, r), r)), nil
}

func (a *API) listResources(ctx context.Context, c *caller, in *ResourcesInput) (*List[Resource], error) {
	f := coproduction.ResourceFilter{Item: domain.ID(in.Task), Kind: coproduction.ResourceKind(in.Kind), Removed: in.Removed}
	if in.By != "" {
		by, err := a.Network.Known(ctx, c.viewer, in.By)
		if err != nil {
			return nil, err
		}
		f.By = by.ID
	}
	list, err := a.Coproduction.Resources(ctx, c.viewer, in.Name, f, in.page())
	if err != nil {
		return nil, err
	}
	var ids []domain.ActorID
	for _, r := range list.Items {
		ids = append(ids, r.CreatedBy)
	}
	names, err := a.namesOf(ctx, c, ids)
	if err != nil {
		return nil, err
	}
	return listed(c, list, func(r coproduction.Resource) Resource {
		return a.at(in.Name, a.resourceBy(c, &r, names(r.CreatedBy)), &r)
	}), nil
}

func (a *API) editResource(ctx context.Context, c *caller, in *ResourceEdit) (*One[Resource], error) {
	r, err := a.Coproduction.Resource(ctx, c.viewer, in.Name, domain.ID(in.ID))
	if err != nil {
		return nil, err
	}
	b := in.Body
	d := coproduction.ResourceDetails{Name: r.Name, URL: string(r.URL), Body: r.Body, Language: r.Language, Licence: r.Licence, Public: r.Public}
	set(&d.Name, b.Name)
	set(&d.URL, b.URL)
	set(&d.Body, b.Text)
	set(&d.Language, b.Language)
	set(&d.Licence, b.Licence)
	set(&d.Public, b.Public)
	if r, err = a.Coproduction.EditResource(ctx, c.viewer, in.Name, r.ID, b.Revision, d, b.Summary); err != nil {
		return nil, asSent(err)
	}
	return a.changed(ctx, c, in.Name, r, nil)
}

// asSent gives the members at fault the names that they are sent by.
func asSent(err error) error {
	names := map[string]string{"body": "text", "change": "summary"}
	var problems domain.Problems
	for _, f := range domain.FieldsOf(err) {
		one := *f
		one.Field = cmp.Or(names[f.Field], f.Field)
		problems = append(problems, &one)
	}
	if len(problems) == 0 {
		return err
	}
	return problems.Err()
}

func (a *API) compare(ctx context.Context, c *caller, in *ComparisonInput) (*One[ResourceComparison], error) {
	r, err := a.Coproduction.Resource(ctx, c.viewer, in.Name, domain.ID(in.ID))
	if err != nil {
		return nil, err
	}
	in.New = cmp.Or(in.New, r.Version)
	in.Old = cmp.Or(in.Old, max(1, in.New-1))
	before, err := a.Coproduction.Version(ctx, c.viewer, in.Name, domain.ID(in.ID), in.Old)
	if err != nil {
		return nil, err
	}
	after, err := a.Coproduction.Version(ctx, c.viewer, in.Name, domain.ID(in.ID), in.New)
	if err != nil {
		return nil, err
	}
	words := map[coproduction.LineChange]string{
		coproduction.LineKept: "kept", coproduction.LineRemoved: "removed", coproduction.LineAdded: "added",
	}
	out := ResourceComparison{Lines: []ResourceLine{}}
	for _, l := range coproduction.Compare(before.Body, after.Body) {
		out.Lines = append(out.Lines, ResourceLine{Change: words[l.Change], Old: l.Old, New: l.New, Text: l.Text})
	}
	return one(out), nil
}
