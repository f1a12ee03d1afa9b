package portable

import (
	"context"
	"io"
	"strconv"
	"strings"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/lineage"
	"interlink/domain/policy"
)

// Export is an archive about to be written.
type Export struct {
	Head     Head
	Document *Process
	s        *Service
	bodies   map[string]bodyAt // where Markdown is read again
	viewer   policy.Viewer
}

type bodyAt struct {
	resource domain.ID
	number   int // 0 for the present one
}

// Name is what the file is called.
func (e *Export) Name() string { return fileName(e.Head) }

func fileName(h Head) string { return coproduction.FileName(h.Name + ".interlink.zip") }

// Write writes the archive; no more than one document or a part of one file is
// in memory beside the tree. Errors: those of w and of the store.
func (e *Export) Write(ctx context.Context, w io.Writer) error {
	release, err := e.s.turn()
	if err != nil {
		return err
	}
	defer release()
	return Write(w, e.Head, e.Document, func(p Part) (io.ReadCloser, error) {
		where, markdown := e.bodies[p.SHA256]
		if !markdown {
			return e.s.files.Open(ctx, p.SHA256)
		}
		body, err := e.s.body(ctx, e.viewer, e.Head.Name, where)
		return io.NopCloser(strings.NewReader(body)), err
	})
}

func (s *Service) body(ctx context.Context, v policy.Viewer, name string, where bodyAt) (string, error) {
	if where.number == 0 {
		r, err := s.processes.Resource(ctx, v, name, where.resource)
		if err != nil {
			return "", err
		}
		return r.Body, nil
	}
	version, err := s.processes.Version(ctx, v, name, where.resource, where.number)
	if err != nil {
		return "", err
	}
	return version.Body, nil
}

// Export gathers what the viewer may see of a process: who does not take part
// gets what is public, and nobody's name. Errors: NotFound.
func (s *Service) Export(ctx context.Context, v policy.Viewer, name string) (*Export, error) {
	p, t, err := s.processes.Tree(ctx, v, name)
	if err != nil {
		return nil, err
	}
	inside := s.processes.Inside(v, p)
	held := Held{Process: p, People: map[domain.ActorID]domain.IRI{}}
	e := &Export{s: s, viewer: v, bodies: map[string]bodyAt{}}
	if held.Items = t.Items(); !inside {
		open := *p
		open.Administrators, open.Grants, open.Team = nil, nil, domain.Nobody
		held.Process = &open
		held.Items = nil
		for _, it := range t.Items() {
			if t.Enabled(it.ID) {
				held.Items = append(held.Items, it)
			}
		}
		held.Items = known(held.Items)
	}
	if err := s.resources(ctx, v, e, &held, inside); err != nil {
		return nil, err
	}
	if err := s.past(ctx, v, &held, inside); err != nil {
		return nil, err
	}
	if err := s.name(ctx, &held, inside); err != nil {
		return nil, err
	}
	e.Document = Describe(held)
	owner := held.People[p.Organization]
	if owner == "" || !domain.SameOrigin(owner, p.IRI) {
		owner = p.IRI
	}
	e.Head = Head{
		Format: Format, Version: Version, Schema: s.ns.Base() + SchemaPath, Kind: KindProcess, IRI: p.IRI, Owner: owner, Name: p.Name,
		Revision: strconv.FormatInt(p.Revision, 10), Whole: inside, Formerly: held.Formerly(), ExportedAt: s.mint.Now(),
	}
	source := lineage.SourceOf(p, t, owner)
	e.Head.Tree = source.Digest()
	return e, nil
}

// known leaves out of prerequisites what is not among some items.
func known(items []coproduction.Item) []coproduction.Item {
	there := map[domain.ID]bool{}
	for _, it := range items {
		there[it.ID] = true
	}
	for i := range items {
		var before []domain.ID
		for _, id := range items[i].Prerequisites {
			if there[id] {
				before = append(before, id)
			}
		}
		items[i].Prerequisites = before
	}
	return items
}

func (s *Service) resources(ctx context.Context, v policy.Viewer, e *Export, held *Held, inside bool) error {
	there := map[domain.ID]bool{}
	for _, it := range held.Items {
		there[it.ID] = true
	}
	name := held.Process.Name
	for page := (domain.Page{Limit: domain.MaxPage}); ; {
		list, err := s.processes.Resources(ctx, v, name, coproduction.ResourceFilter{}, page)
		if err != nil {
			return err
		}
		for _, listed := range list.Items {
			r, err := s.processes.Resource(ctx, v, name, listed.ID)
			if code := domain.CodeOf(err); code == domain.NotFound || code == domain.Gone || !there[listed.Item] {
				continue // changed meanwhile
			}
			if err != nil {
				return err
			}
			one := HeldResource{Resource: *r, Bodies: map[int]Part{}}
			if one.Versions, err = s.versions(ctx, v, name, r, inside); err != nil {
				return err
			}
			for i := range one.Versions {
				version := &one.Versions[i]
				if r.Kind != coproduction.Document || version.Body == "" {
					continue
				}
				part := hashed("", []byte(version.Body))
				one.Bodies[version.Number] = part
				where := bodyAt{resource: r.ID, number: version.Number}
				if !inside {
					where.number = 0
				}
				e.bodies[part.SHA256] = where
				version.Body = ""
			}
			one.Body = ""
			held.Resources = append(held.Resources, one)
		}
		if page.After = list.Next; list.Next == "" {
			return nil
		}
	}
}

// versions are all of a resource for who takes part, else the present one.
func (s *Service) versions(ctx context.Context, v policy.Viewer, name string, r *coproduction.Resource, inside bool) ([]coproduction.Version, error) {
	if !inside {
		return []coproduction.Version{{Number: r.Version, URL: r.URL, Body: r.Body, File: r.File, At: r.UpdatedAt}}, nil
	}
	var out []coproduction.Version
	for page := (domain.Page{Limit: domain.MaxPage}); ; {
		list, err := s.processes.Versions(ctx, v, name, r.ID, page)
		if err != nil {
			return nil, err
		}
		for _, listed := range list.Items { // newest first
			one, err := s.processes.Version(ctx, v, name, r.ID, listed.Number)
			if err != nil {
				return nil, err
			}
			out = append([]coproduction.Version{*one}, out...)
		}
		if page.After = list.Next; list.Next == "" {
			return out, nil
		}
	}
}

// past reads what became of the process: clones, releases and, for who takes
// part, its history.
func (s *Service) past(ctx context.Context, v policy.Viewer, held *Held, inside bool) error {
	p := held.Process
	before, err := s.store.BroughtAs(ctx, p.ID)
	if err == nil {
		if held.Carried = before.Carried; !inside {
			held.Carried = Carried{From: before.Carried.From, Clones: before.Carried.Clones, Releases: before.Carried.Releases, Said: before.Carried.Said, Organization: before.Carried.Organization}
		}
	} else if domain.CodeOf(err) != domain.NotFound {
		return err
	}
	if inside && p.ClonedFrom != nil {
		if held.Known, err = s.kept.Bases(ctx, p.ID); err != nil {
			return err
		}
	}
	for page := (domain.Page{Limit: domain.MaxPage}); len(held.Clones) < maxClones; {
		list, err := s.kept.Derivations(ctx, p.ID, coproduction.Accepted, page)
		if err != nil {
			return err
		}
		for _, d := range list.Items {
			if d.WithdrawnAt.IsZero() {
				held.Clones = append(held.Clones, Clone{
					IRI: d.IRI, Title: d.Title, Host: d.Host, Version: d.Version, Digest: d.Digest, State: d.State,
					OfferedAt: d.OfferedAt.UTC(), AnsweredAt: instant(d.AnsweredAt),
				})
			}
		}
		if page.After = list.Next; list.Next == "" {
			break
		}
	}
	for page := (domain.Page{Limit: domain.MaxPage}); len(held.Releases) < maxClones; {
		list, err := s.releases.Releases(ctx, v, p.Name, page)
		if err != nil {
			return err
		}
		for _, r := range list.Items {
			held.Releases = append(held.Releases, Release{IRI: r.IRI, Version: r.Version.String(), Note: r.Note, Licence: r.Licence, Items: r.Items, Digest: r.Digest, At: r.At.UTC()})
		}
		if page.After = list.Next; list.Next == "" {
			break
		}
	}
	for page := (domain.Page{Limit: domain.MaxPage}); inside && len(held.History) < maxHistory; {
		list, err := s.processes.History(ctx, v, p.Name, page)
		if err != nil {
			return err
		}
		for _, x := range list.Items {
			held.History = append(held.History, Event{At: x.Time.UTC(), Kind: x.Kind, By: domain.IRI(x.Actor), Item: x.Part})
		}
		if page.After = list.Next; list.Next == "" {
			break
		}
	}
	return nil
}

// name finds the addresses of those whom an export names.
func (s *Service) name(ctx context.Context, held *Held, inside bool) error {
	p := held.Process
	ids := []domain.ActorID{p.Organization, p.Team, p.Community}
	if inside {
		ids = append(ids, p.Administrators...)
		for _, g := range p.Grants {
			ids = append(ids, g.Grantee)
		}
		for _, it := range held.Items {
			ids = append(ids, it.DisabledBy)
		}
		for _, r := range held.Resources {
			ids = append(ids, r.CreatedBy)
			for _, v := range r.Versions {
				ids = append(ids, v.By)
			}
		}
		for _, x := range held.History {
			ids = append(ids, domain.ActorID(x.By))
		}
	}
	seen := map[domain.ActorID]bool{domain.Nobody: true}
	var wanted []domain.ActorID
	for _, id := range ids {
		if !seen[id] {
			seen[id] = true
			wanted = append(wanted, id)
		}
	}
	for len(wanted) > 0 {
		n := min(len(wanted), domain.MaxPage)
		actors, err := s.people.Actors(ctx, wanted[:n])
		if err != nil {
			return err
		}
		for _, a := range actors {
			// Whom only members may know of is not named to others.
			if inside || a.Visibility != domain.VisibleMembers {
				held.People[a.ID] = a.IRI
			}
		}
		wanted = wanted[n:]
	}
	for i := range held.History {
		held.History[i].By = held.People[domain.ActorID(held.History[i].By)]
	}
	return nil
}
