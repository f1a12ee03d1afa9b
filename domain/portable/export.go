package portable

import (
	"bufio"
	"context"
	"errors"
	"io"
	"iter"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/lineage"
	"interlink/domain/policy"
)

// Export is an archive about to be written. In memory are what the process says of
// itself, and how its items stand; all else is read page by page as it is written.
type Export struct {
	Head   Head
	Count  Count // known once it is written
	s      *Service
	viewer policy.Viewer
	name   string
	inside bool // the viewer takes part
	held   Held // without lists
	frame  lineage.Frame
	seen   map[domain.ID]coproduction.Item // what the viewer sees of a process that hides something; else nil
	only   func(domain.ID) bool            // which items are asked for; nil for all
	names  names                           // bytes that were named
	bodies map[string]bodyAt               // where Markdown is read again
}

type bodyAt struct {
	resource domain.ID
	number   int // 0 for the present one
}

// Name is what the file is called.
func (e *Export) Name() string { return fileName(e.Head) }

func fileName(h Head) string { return coproduction.FileName(h.Name + ".interlink.zip") }

// Write writes the archive; no more than a page of the process or a part of one
// file is in memory. What is in it is one state of the process: if somebody works
// there while it is read, it is read again before anything is written. Errors:
// Conflict if that does not end; those of w and of the store.
func (e *Export) Write(ctx context.Context, w io.Writer) error {
	release, err := e.s.turn()
	if err != nil {
		return err
	}
	defer release()
	f, err := os.CreateTemp("", "interlink-*.json")
	if err != nil {
		return err
	}
	_ = os.Remove(f.Name()) // open it stays; so nothing is left if this process is ended
	defer func() {
		_ = f.Close()
		_ = os.Remove(f.Name())
	}()
	if err := e.settled(ctx, func(d *Document) error { return spool(f, d) }); err != nil {
		return err
	}
	copied := func(to io.Writer) error {
		_, err := io.Copy(to, f)
		return err
	}
	return pack(w, e.Head, copied, e.names.parts(), func(p Part) (io.ReadCloser, error) { return e.open(ctx, p) })
}

// spool writes a document into a file, from its beginning, to be read from there.
func spool(f *os.File, d *Document) error {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if err := f.Truncate(0); err != nil {
		return err
	}
	out := bufio.NewWriterSize(f, 1<<16)
	if err := d.encode(out); err != nil {
		return err
	}
	if err := out.Flush(); err != nil {
		return err
	}
	_, err := f.Seek(0, io.SeekStart)
	return err
}

// Whole reads the document into memory.
func (e *Export) Whole(ctx context.Context) (d *Process, err error) {
	err = e.settled(ctx, func(of *Document) (err error) {
		d, err = of.Whole()
		return err
	})
	return d, err
}

// settled does something with the document, again if the process was changed
// meanwhile: what was read page by page would be no state of it.
func (e *Export) settled(ctx context.Context, do func(*Document) error) error {
	for race := 1; ; race++ {
		err := do(e.document(ctx))
		if err == nil {
			err = e.unmoved(ctx)
		}
		if !errors.Is(err, errMoved) || race == maxRaces {
			return err
		}
		if err := e.prepare(ctx); err != nil {
			return err
		}
	}
}

// maxRaces is how often a process is read again that is changed meanwhile.
const maxRaces = 10

var errMoved = domain.Fail(domain.Conflict, "error.conflict")

func (e *Export) unmoved(ctx context.Context) error {
	now, err := e.s.processes.ProcessByID(ctx, e.viewer, e.held.Process.ID)
	if err == nil && now.Revision != e.held.Process.Revision {
		err = errMoved
	}
	return err
}

// open opens the bytes of a part.
func (e *Export) open(ctx context.Context, p Part) (io.ReadCloser, error) {
	where, markdown := e.bodies[p.SHA256]
	if !markdown {
		return e.s.files.Open(ctx, p.SHA256)
	}
	body, err := e.s.body(ctx, e.viewer, e.name, where)
	return io.NopCloser(strings.NewReader(body)), err
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

// Export prepares an archive of what the viewer may see of a process: who does not
// take part gets what is public, and nobody's name. Errors: NotFound.
func (s *Service) Export(ctx context.Context, v policy.Viewer, name string) (*Export, error) {
	e := &Export{s: s, viewer: v, name: name}
	for race := 1; ; race++ {
		err := e.prepare(ctx)
		if err == nil {
			err = e.unmoved(ctx)
		}
		if !errors.Is(err, errMoved) || race == maxRaces {
			return e, err
		}
	}
}

// prepare reads what the process says of itself and how its items stand.
func (e *Export) prepare(ctx context.Context) error {
	p, err := e.s.processes.Process(ctx, e.viewer, e.name)
	if err != nil {
		return err
	}
	e.inside = e.s.processes.Inside(e.viewer, p)
	e.held = Held{Process: p, People: map[domain.ActorID]domain.IRI{domain.Nobody: ""}}
	if !e.inside {
		open := *p
		open.Administrators, open.Grants, open.Team = nil, nil, domain.Nobody
		e.held.Process = &open
	}
	if err := e.past(ctx); err != nil {
		return err
	}
	if err := e.named(ctx); err != nil {
		return err
	}
	owner := e.held.People[p.Organization]
	if owner == "" || !domain.SameOrigin(owner, p.IRI) {
		owner = p.IRI
	}
	e.Head = Head{
		Format: Format, Version: Version, Schema: e.s.ns.Base() + SchemaPath, Kind: KindProcess, IRI: p.IRI, Owner: owner, Name: p.Name,
		Revision: strconv.FormatInt(p.Revision, 10), Whole: e.inside, ExportedAt: e.s.mint.Now(),
	}
	if e.Head.Tree, err = e.stand(ctx, p, owner); err != nil {
		return err
	}
	e.Head.Formerly, err = e.formerly(ctx)
	return err
}

// stand reads how the items stand, and the digest of the tree as clones name it.
func (e *Export) stand(ctx context.Context, p *coproduction.Process, owner domain.IRI) (digest string, err error) {
	if e.seen = nil; p.Hides(e.viewer) { // which only the tree can tell
		_, t, err := e.s.processes.Tree(ctx, e.viewer, e.name)
		if err != nil {
			return "", err
		}
		e.seen = map[domain.ID]coproduction.Item{}
		for _, it := range t.Items() {
			e.seen[it.ID] = it
		}
		e.frame, err = lineage.FrameOf(each(t.Items()))
		return lineage.SourceOf(p, t, owner).Digest(), err
	}
	published, err := lineage.Publish(ctx, e.s.kept, p, owner)
	if err == nil {
		digest, err = published.Digest(ctx)
	}
	if err != nil {
		return "", err
	}
	e.frame, err = lineage.FrameOf(e.s.kept.Outline(ctx, p.ID))
	return digest, err
}

// formerly is where the process was before, as of [Held.Formerly].
func (e *Export) formerly(ctx context.Context) ([]domain.IRI, error) {
	from := e.held.Carried.From
	if len(from) == 0 {
		return nil, nil
	}
	for it, err := range e.items(ctx) {
		if err != nil {
			return nil, err
		}
		from = common(from, it)
	}
	return from, nil
}

// document is the document of the process, to be gone through once.
func (e *Export) document(ctx context.Context) *Document {
	e.Count, e.names, e.bodies = Count{}, names{}, map[string]bodyAt{}
	d := &Document{Process: *e.held.head()}
	e.Count.Releases = len(d.Releases)
	d.lists = lists{
		known: e.known(ctx), history: e.history(ctx),
		items: func(yield func(Item, error) bool) {
			for it, err := range e.items(ctx) {
				e.Count.Items++
				if !yield(e.held.item(it, e.Head.Formerly), err) || err != nil {
					return
				}
			}
		},
		resources: func(yield func(Resource, error) bool) {
			for r, err := range e.resources(ctx) {
				var out Resource
				if err == nil {
					out = e.held.resource(r)
					e.names.add(out)
					e.Count.Resources++
				}
				if !yield(out, err) || err != nil {
					return
				}
			}
		},
	}
	return d
}

// items goes through the items that the viewer gets, in the order of the tree.
func (e *Export) items(ctx context.Context) iter.Seq2[coproduction.Item, error] {
	return func(yield func(coproduction.Item, error) bool) {
		for from := 0; from < e.frame.Len(); from += step {
			page, err := e.page(ctx, from, min(from+step, e.frame.Len()))
			if err != nil {
				yield(coproduction.Item{}, err)
				return
			}
			for _, it := range page {
				if !yield(it, nil) {
					return
				}
			}
		}
	}
}

// page reads the items from one place up to another, with who put them aside. Who
// does not take part gets those in use.
func (e *Export) page(ctx context.Context, from, to int) ([]coproduction.Item, error) {
	var ids []domain.ID
	for at := from; at < to; at++ {
		if id := e.frame.ID(at); (e.inside || e.frame.Enabled(at)) && (e.only == nil || e.only(id)) {
			ids = append(ids, id)
		}
	}
	read := e.seen
	if read == nil {
		some, err := e.s.kept.ItemsOf(ctx, e.held.Process.ID, ids)
		if err != nil {
			return nil, err
		}
		read = map[domain.ID]coproduction.Item{}
		for _, it := range some {
			read[it.ID] = it
		}
	}
	out, by := make([]coproduction.Item, len(ids)), make([]domain.ActorID, len(ids))
	for i, id := range ids {
		it, there := read[id]
		if !there {
			return nil, errMoved
		}
		if !e.inside {
			it.Prerequisites = slices.DeleteFunc(slices.Clone(it.Prerequisites), func(id domain.ID) bool {
				_, _, enabled := e.frame.Item(id)
				return !enabled
			})
		}
		out[i], by[i] = it, it.DisabledBy
	}
	return out, e.addresses(ctx, by...)
}

// resources goes through the resources that the viewer gets.
func (e *Export) resources(ctx context.Context) iter.Seq2[HeldResource, error] {
	return func(yield func(HeldResource, error) bool) {
		for page := (domain.Page{Limit: domain.MaxPage}); ; {
			list, err := e.s.processes.Resources(ctx, e.viewer, e.name, coproduction.ResourceFilter{}, page)
			for _, listed := range list.Items {
				there, _, enabled := e.frame.Item(listed.Item)
				if !there || !e.inside && !enabled {
					continue
				}
				one, err := e.resource(ctx, listed.ID)
				if code := domain.CodeOf(err); code == domain.NotFound || code == domain.Gone {
					continue // changed meanwhile
				}
				if !yield(one, err) || err != nil {
					return
				}
			}
			if err != nil {
				yield(HeldResource{}, err)
				return
			}
			if page.After = list.Next; list.Next == "" {
				return
			}
		}
	}
}

// resource reads one with its versions, whose Markdown becomes parts.
func (e *Export) resource(ctx context.Context, id domain.ID) (HeldResource, error) {
	r, err := e.s.processes.Resource(ctx, e.viewer, e.name, id)
	if err != nil {
		return HeldResource{}, err
	}
	one := HeldResource{Resource: *r, Bodies: map[int]Part{}}
	one.Body = ""
	by := []domain.ActorID{r.CreatedBy}
	err = e.versions(ctx, r, func(v coproduction.Version) {
		if r.Kind == coproduction.Document && v.Body != "" {
			part := hashed("", []byte(v.Body))
			where := bodyAt{resource: r.ID, number: v.Number}
			if !e.inside {
				where.number = 0
			}
			one.Bodies[v.Number], e.bodies[part.SHA256] = part, where
		}
		v.Body = ""
		one.Versions, by = append(one.Versions, v), append(by, v.By)
	})
	slices.Reverse(one.Versions)
	if err == nil && e.inside {
		err = e.addresses(ctx, by...)
	}
	return one, err
}

// versions goes through all versions of a resource, the newest first, for who
// takes part, else the present one.
func (e *Export) versions(ctx context.Context, r *coproduction.Resource, do func(coproduction.Version)) error {
	if !e.inside {
		do(coproduction.Version{Number: r.Version, URL: r.URL, Body: r.Body, File: r.File, At: r.UpdatedAt})
		return nil
	}
	for page := (domain.Page{Limit: domain.MaxPage}); ; {
		list, err := e.s.processes.Versions(ctx, e.viewer, e.name, r.ID, page)
		if err != nil {
			return err
		}
		for _, listed := range list.Items {
			one, err := e.s.processes.Version(ctx, e.viewer, e.name, r.ID, listed.Number)
			if err != nil {
				return err
			}
			do(*one)
		}
		if page.After = list.Next; list.Next == "" {
			return nil
		}
	}
}

// known goes through what a clone knows of its source, for who takes part.
func (e *Export) known(ctx context.Context) iter.Seq2[Known, error] {
	p := e.held.Process
	if !e.inside || p.ClonedFrom == nil {
		return each[Known](nil)
	}
	return func(yield func(Known, error) bool) {
		for page, err := range e.s.kept.BasePages(ctx, p.ID) {
			if err != nil {
				yield(Known{}, err)
				return
			}
			for _, id := range slices.Sorted(maps.Keys(page)) {
				if !yield(Known{id, page[id]}, nil) {
					return
				}
			}
		}
	}
}

// past reads what became of the process: what it brought along, its clones and
// its releases.
func (e *Export) past(ctx context.Context) error {
	held, p := &e.held, e.held.Process
	before, err := e.s.store.BroughtAs(ctx, p.ID)
	if err == nil {
		if held.Carried = before.Carried; !e.inside {
			held.Carried = Carried{From: before.Carried.From, Clones: before.Carried.Clones, Releases: before.Carried.Releases, Said: before.Carried.Said, Organization: before.Carried.Organization}
		}
	} else if domain.CodeOf(err) != domain.NotFound {
		return err
	}
	for page := (domain.Page{Limit: domain.MaxPage}); len(held.Clones) < maxClones; {
		list, err := e.s.kept.Derivations(ctx, p.ID, coproduction.Accepted, page)
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
		list, err := e.s.releases.Releases(ctx, e.viewer, p.Name, page)
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
	return nil
}

// history goes through what happened elsewhere and, for who takes part, here.
func (e *Export) history(ctx context.Context) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		for _, x := range e.held.Carried.History {
			if !yield(x, nil) {
				return
			}
		}
		n := 0
		for page := (domain.Page{Limit: domain.MaxPage}); e.inside && n < maxHistory; {
			list, err := e.s.processes.History(ctx, e.viewer, e.name, page)
			by := make([]domain.ActorID, len(list.Items))
			for i, x := range list.Items {
				by[i] = x.Actor
			}
			if err == nil {
				err = e.addresses(ctx, by...)
			}
			if err != nil {
				yield(Event{}, err)
				return
			}
			for _, x := range list.Items {
				if !yield(Event{At: x.Time.UTC(), Kind: x.Kind, By: e.held.People[x.Actor], Item: x.Part}, nil) {
					return
				}
			}
			n += len(list.Items)
			if page.After = list.Next; list.Next == "" {
				return
			}
		}
	}
}

// named finds the addresses of those whom the process itself names.
func (e *Export) named(ctx context.Context) error {
	p := e.held.Process
	ids := []domain.ActorID{p.Organization, p.Team, p.Community}
	if e.inside {
		ids = append(ids, p.Administrators...)
		for _, g := range p.Grants {
			ids = append(ids, g.Grantee)
		}
	}
	return e.addresses(ctx, ids...)
}

// addresses finds the addresses of some actors that were not looked for yet.
func (e *Export) addresses(ctx context.Context, ids ...domain.ActorID) error {
	people := e.held.People
	var wanted []domain.ActorID
	for _, id := range ids {
		if _, known := people[id]; !known {
			people[id] = ""
			wanted = append(wanted, id)
		}
	}
	for some := range slices.Chunk(wanted, domain.MaxPage) {
		actors, err := e.s.people.Actors(ctx, some)
		if err != nil {
			return err
		}
		for _, a := range actors {
			// Whom only members may know of is not named to others.
			if e.inside || a.Visibility != domain.VisibleMembers {
				people[a.ID] = a.IRI
			}
		}
	}
	return nil
}
