package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/lineage"
)

// CloneInput clones a process, of this node or of another.
type CloneInput struct {
	Body struct {
		Source       string      `json:"source" minLength:"1" maxLength:"2048" doc:"address of a process or story, of this node or another, or of a file that was brought; POST /clones begins with a schema too"`
		Name         string      `json:"name" maxLength:"30" doc:"handle of the clone, never changed"`
		Title        domain.Text `json:"title,omitempty" doc:"the source's by default"`
		Language     domain.Lang `json:"language,omitempty" maxLength:"35" doc:"the source's by default"`
		Country      string      `json:"country,omitempty" pattern:"^[A-Z]{2}$" doc:"for which its service is, ISO 3166-1 alpha-2"`
		Visibility   string      `json:"visibility,omitempty" enum:"public,members"`
		Organization string      `json:"organization,omitempty" maxLength:"100"`
		Team         string      `json:"team,omitempty" maxLength:"100"`
		Community    string      `json:"community,omitempty" maxLength:"100"`
		Keep         []string    `json:"keep,omitempty" maxItems:"5000" doc:"addresses of phases, objectives and tasks to take; what is above an item must be named too. All by default"`
	}
}

// Clone is a clone of a process, as its source knows it.
type Clone struct {
	ID          domain.ID   `json:"id"`
	IRI         domain.IRI  `json:"iri" doc:"of the clone"`
	Title       domain.Text `json:"title"`
	Cloner      *Actor      `json:"cloner,omitempty" doc:"who offered it"`
	Host        string      `json:"host" doc:"where it lives"`
	Version     string      `json:"version,omitempty" doc:"of the source that was cloned, as the cloner says"`
	Digest      string      `json:"digest,omitempty" doc:"of the tree that was cloned, as the cloner says: hex"`
	State       string      `json:"state" enum:"offered,accepted,rejected"`
	WithdrawnAt *time.Time  `json:"withdrawnAt,omitempty" doc:"when it was taken back that it was accepted"`

	OfferedAt  time.Time  `json:"offeredAt"`
	AnsweredAt *time.Time `json:"answeredAt,omitempty"`
}

func (a *API) clone(ctx context.Context, c *caller, d *lineage.Derivation) Clone {
	return Clone{
		ID: d.ID, IRI: d.IRI, Title: d.Title, Cloner: a.actorByID(ctx, c, d.Cloner), Host: d.Host, Version: d.Version, Digest: d.Digest, State: string(d.State),
		OfferedAt: d.OfferedAt, AnsweredAt: instant(d.AnsweredAt), WithdrawnAt: instant(d.WithdrawnAt),
	}
}

// CloneAnswerInput answers an offered clone.
type CloneAnswerInput struct {
	Named
	ID   string `path:"id" maxLength:"36"`
	Body struct {
		Accept bool `json:"accept" doc:"list it among the clones, or leave it out"`
	}
}

func (a *API) cloneOperations() {
	const tag = "Clones"
	do(a, tag, operation{
		method: http.MethodPost, path: "/clones", summary: "Clone a process with its lineage", status: http.StatusCreated,
		description: "A process of another node is read from there, page by page; its people are told and may list the clone. If that fails nothing is made; POST /clonings does not wait, and tries again. Of a story what it shows is taken; a schema that the catalogue has is begun with, as POST /processes does.",
	}, a.cloneProcess)
	a.cloningOperations(tag)
	a.broughtOperations(tag)
	a.lineageOperations(tag)
	do(a, tag, operation{method: http.MethodGet, path: "/processes/{name}/clones", summary: "List the clones of a process", description: "Administrators also see those that wait for an answer."},
		func(ctx context.Context, c *caller, in *NamedPaging) (*List[Clone], error) {
			list, err := a.Lineage.Clones(ctx, c.viewer, in.Name, in.page())
			if err != nil {
				return nil, err
			}
			return shown(ctx, a, c, list, func(d *lineage.Derivation) []domain.ActorID { return []domain.ActorID{d.Cloner} },
				func(d *lineage.Derivation) Clone { return a.clone(ctx, c, d) })
		})
	do(a, tag, operation{method: http.MethodPut, path: "/processes/{name}/clones/{id}/answer", summary: "Accept or reject an offered clone"},
		func(ctx context.Context, c *caller, in *CloneAnswerInput) (*One[Clone], error) {
			answer := a.Lineage.RejectClone
			if in.Body.Accept {
				answer = a.Lineage.AcceptClone
			}
			return oneFor(ctx, c, a.clone)(answer(ctx, c.viewer, in.Name, domain.ID(in.ID)))
		})
}

func (a *API) cloneProcess(ctx context.Context, c *caller, in *CloneInput) (*Made[Process], error) {
	source, clone, err := a.toClone(ctx, c, in)
	if err != nil {
		return nil, err
	}
	if schema, err := a.schemaAt(ctx, c, source.IRI); err != nil { // perhaps it was brought just now
		return nil, err
	} else if schema != nil {
		return a.startProcess(ctx, c, in.beginning(schema))
	}
	p, err := a.Lineage.CloneFrom(ctx, c.viewer, source, clone)
	if err != nil {
		return nil, err
	}
	return &Made[Process]{Location: string(p.IRI), Body: a.process(ctx, c, p)}, nil
}

// schemaAt is the schema of the catalogue with an address; nil if it has none.
func (a *API) schemaAt(ctx context.Context, c *caller, iri domain.IRI) (*catalogue.Entry, error) {
	known, err := a.Catalogue.EntriesByIRI(ctx, c.viewer, []domain.IRI{iri})
	if e := known[iri]; err == nil && e != nil && e.Kind == catalogue.KindSchema {
		return e, nil
	}
	return nil, err
}

// beginning is a process that begins with a schema.
func (in *CloneInput) beginning(schema *catalogue.Entry) *ProcessInput {
	b, out := in.Body, new(ProcessInput)
	out.Body.Name, out.Body.Title, out.Body.Language = b.Name, b.Title, b.Language
	if b.Title.Empty() {
		out.Body.Title = schema.Name
	}
	if b.Language == "" {
		out.Body.Language = domain.Undetermined
	}
	out.Body.Country, out.Body.Visibility, out.Body.Schema = b.Country, b.Visibility, strings.TrimPrefix(schema.Address(), "/schemas/")
	out.Body.Organization, out.Body.Team, out.Body.Community = b.Organization, b.Team, b.Community
	return out
}

// toClone reads what is asked for; of the source only the address is known.
func (a *API) toClone(ctx context.Context, c *caller, in *CloneInput) (source lineage.SourceProcess, clone lineage.CloneInput, err error) {
	b := in.Body
	if source.IRI, err = domain.ParseIRI(b.Source); err != nil {
		return source, clone, domain.InvalidField("source", "error.iri")
	}
	if !c.viewer.Local() {
		return source, clone, domain.Fail(domain.Unauthenticated, "error.token")
	}
	clone = lineage.CloneInput{Name: b.Name, Title: b.Title, Language: b.Language, Country: b.Country, Visibility: domain.Visibility(b.Visibility)}
	if source, err = a.sourceAt(ctx, c, source.IRI, &clone); err != nil {
		return source, clone, err
	}
	if clone.Owner, err = a.organizationID(ctx, c, b.Organization); err != nil {
		return source, clone, err
	}
	if clone.Team, err = a.teamID(ctx, c, b.Team); err != nil {
		return source, clone, err
	}
	if clone.Followed, err = a.communityID(ctx, c, b.Community); err != nil {
		return source, clone, err
	}
	if b.Keep != nil {
		clone.Keep = map[string]bool{}
		for _, item := range b.Keep {
			clone.Keep[item] = true
		}
	}
	return source, clone, nil
}

// sourceAt is what an address leads to: what a brought file or a story shows, or
// else the address alone, of a process that is yet to be read. Errors: Invalid
// for a story that was withdrawn, or a schema that nobody looked at yet.
func (a *API) sourceAt(ctx context.Context, c *caller, iri domain.IRI, clone *lineage.CloneInput) (source lineage.SourceProcess, err error) {
	if id, found := strings.CutPrefix(a.Namespace.Path(iri), "/bring/"); found {
		clone.Published = true
		if source, clone.Resources, err = a.Portable.Source(ctx, c.viewer, domain.ID(id)); err != nil {
			return source, err
		}
		if a.Namespace.Owns(source.IRI) { // taken as it is now
			source, clone.Published, clone.Resources = lineage.SourceProcess{IRI: source.IRI}, false, nil
		}
		return source, nil
	}
	if _, err := a.Network.ActorByIRI(ctx, c.viewer, iri); err == nil {
		return lineage.SourceProcess{IRI: iri}, nil
	}
	s, err := a.Stories.Pasted(ctx, c.viewer, iri, a.Directory.Object)
	switch {
	case err == nil:
	case domain.CodeOf(err) == domain.Gone:
		return source, domain.InvalidField("source", "story.was_withdrawn").Because(err)
	case domain.Ours(err):
		return source, err
	default:
		if a.Catalogue.SchemaWaits(ctx, c.viewer, iri) {
			return source, domain.InvalidField("source", "clone.schema_waits").Because(err)
		}
		return lineage.SourceProcess{IRI: iri}, nil
	}
	shown, along, known := s.Source()
	if !known {
		return source, domain.InvalidField("source", "clone.not_found")
	}
	clone.Published, clone.Resources = true, along
	if !a.Namespace.Owns(shown.IRI) {
		// Its people are told of the clone; if their node is away, the clone is
		// made all the same.
		_, _ = a.Directory.Lookup(ctx, string(shown.IRI))
	}
	return shown, nil
}
