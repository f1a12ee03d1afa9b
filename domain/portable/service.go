package portable

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/lineage"
	"interlink/domain/network"
	"interlink/domain/policy"
)

// Bringing is an archive that somebody brought: what it says it holds, and
// what was made of it. Its bytes are kept for an hour, until something here
// has them.
type Bringing struct {
	ID        domain.ID
	Serial    domain.Serial
	Bringer   domain.ActorID `json:"-"`
	Head      Head
	SHA256    string // of its document
	Size      int64
	Unknown   []string       // parts that this version does not know
	Missing   []string       // SHA-256 of bytes that did not come along: who only names bytes gets none that others keep here
	Process   domain.ActorID // that it became; Nobody before
	Made      domain.IRI     // the same by address
	Carried   Carried
	Lost      []Lost
	CreatedAt time.Time
	Revision  int64
}

// PolicyKind answers [policy.Facts].
func (b *Bringing) PolicyKind() string { return "bringing" }

// PolicyVisibility answers [policy.Facts].
func (b *Bringing) PolicyVisibility() domain.Visibility { return domain.VisibleMembers }

// PolicyRelation answers [policy.Facts]: it is whose it is who brought it.
func (b *Bringing) PolicyRelation(a domain.ActorID) policy.Relation {
	if a != domain.Nobody && a == b.Bringer {
		return policy.Administrator
	}
	return policy.Stranger
}

// PolicyLocal answers [policy.Facts].
func (b *Bringing) PolicyLocal() bool { return true }

// Store keeps what was brought. Reads fail with NotFound.
type Store interface {
	Bringing(ctx context.Context, id domain.ID) (*Bringing, error)
	// BroughtAs returns what a process of this node came from.
	BroughtAs(ctx context.Context, process domain.ActorID) (*Bringing, error)
	// Brought returns what somebody made of the same document, the newest.
	Brought(ctx context.Context, bringer domain.ActorID, iri domain.IRI, sha256 string) (*Bringing, error)
	// CreateBringing forgets what somebody brought before a time and made
	// nothing of.
	CreateBringing(ctx context.Context, b *Bringing, before time.Time) error
	// Import inserts the actor, the process and what it has, and saves what it
	// was brought as, in one transaction. Errors: Conflict if a name or an id
	// is taken, or something was made of it already.
	Import(ctx context.Context, p *coproduction.Process, w coproduction.Written, b *Bringing, change domain.Change) error
}

// Kept reads what a process has beside its tree and resources, and keeps files.
type Kept interface {
	Derivations(ctx context.Context, process domain.ActorID, state coproduction.Answer, page domain.Page) (domain.List[*lineage.Derivation], error)
	ReserveFile(ctx context.Context, f coproduction.Stored, at time.Time, most int64) error
	ProcessNamed(ctx context.Context, name string) (*coproduction.Process, error)
}

// People finds actors.
type People interface {
	Actors(ctx context.Context, ids []domain.ActorID) ([]*network.Actor, error)
}

// Service takes processes along and brings them.
type Service struct {
	store     Store
	kept      Kept
	people    People
	processes *coproduction.Service
	lineage   *lineage.Service
	releases  *lineage.Releases
	files     coproduction.Files
	mint      *domain.Mint
	ns        domain.Namespace
	writing   chan struct{}
}

// atOnce is how many archives are written or read at once.
const atOnce = 4

// NewService makes the service.
func NewService(store Store, kept Kept, people People, processes *coproduction.Service, clones *lineage.Service, releases *lineage.Releases, files coproduction.Files, mint *domain.Mint, ns domain.Namespace) *Service {
	return &Service{store: store, kept: kept, people: people, processes: processes, lineage: clones, releases: releases, files: files, mint: mint, ns: ns, writing: make(chan struct{}, atOnce)}
}

func (s *Service) turn() (release func(), err error) {
	select {
	case s.writing <- struct{}{}:
		return func() { <-s.writing }, nil
	default:
		return nil, domain.Fail(domain.TooMany, "resource.archives_busy")
	}
}

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
func (e *Export) Name() string { return coproduction.FileName(e.Head.Name + ".interlink.zip") }

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
		Revision: strconv.FormatInt(p.Revision, 10), Whole: inside, ExportedAt: s.mint.Now(),
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
			held.Carried = Carried{Clones: before.Carried.Clones, Releases: before.Carried.Releases, Said: before.Carried.Said, Organization: before.Carried.Organization}
		}
	} else if domain.CodeOf(err) != domain.NotFound {
		return err
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

// Bring reads an archive and keeps its bytes for an hour, in which something
// can be made of it. Errors: Unauthenticated, Forbidden, Invalid, TooLarge,
// TooMany, Unavailable.
func (s *Service) Bring(ctx context.Context, v policy.Viewer, from io.ReaderAt, size int64) (*Bringing, error) {
	if err := policy.Allow(v, policy.Create, &coproduction.Process{Visibility: domain.VisiblePublic}); err != nil {
		return nil, err
	}
	if s.files == nil {
		return nil, domain.Fail(domain.Unavailable, "error.files")
	}
	release, err := s.turn()
	if err != nil {
		return nil, err
	}
	defer release()
	a, err := Read(from, size)
	if err != nil {
		return nil, err
	}
	limits := s.processes.Limits()
	var all int64
	for _, part := range a.Document.partsOf() {
		if all += part.Size; limits.Process > 0 && all > limits.Process || limits.File > 0 && part.Size > limits.File {
			return nil, tooLarge()
		}
	}
	var missing []string
	for _, part := range a.Document.partsOf() {
		content, err := a.file(part)
		if domain.CodeOf(err) == domain.NotFound {
			missing = append(missing, part.SHA256)
			continue
		}
		if err != nil {
			return nil, err
		}
		err = s.keep(ctx, part, content)
		_ = content.Close()
		if err != nil {
			return nil, err
		}
	}
	document := Part{Path: processName, SHA256: a.SHA256, Size: int64(len(a.raw))}
	if err := s.keep(ctx, document, bytes.NewReader(a.raw)); err != nil {
		return nil, err
	}
	now := s.mint.Now()
	b := &Bringing{
		ID: s.mint.ID(), Serial: s.mint.Serial(), Bringer: v.Actor, Head: a.Head, SHA256: a.SHA256, Size: document.Size, Unknown: a.Unknown, Missing: missing, CreatedAt: now,
	}
	return b, s.store.CreateBringing(ctx, b, now.Add(-24*time.Hour))
}

// keep keeps bytes, if they are what they are said to be.
func (s *Service) keep(ctx context.Context, part Part, from io.Reader) error {
	in, err := s.files.Receive(ctx, from, part.Size+1)
	if err != nil {
		var told *domain.Error
		if errors.As(err, &told) && told.Code != domain.TooLarge {
			return err
		}
		return broken(part.Path)
	}
	defer in.Drop()
	if in.Hash != part.SHA256 || in.Size != part.Size {
		return broken(part.Path)
	}
	f := coproduction.Stored{Hash: in.Hash, Type: in.Type, Size: in.Size}
	if err := s.kept.ReserveFile(ctx, f, s.mint.Now(), s.processes.Limits().Node); err != nil {
		return err
	}
	return in.Keep(ctx)
}

// Bringing reads one with its document. Errors: NotFound unless the viewer
// brought it, Gone once its bytes are.
func (s *Service) Bringing(ctx context.Context, v policy.Viewer, id domain.ID) (*Bringing, *Process, error) {
	b, err := s.store.Bringing(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	if err := policy.Allow(v, policy.Read, b); err != nil {
		return nil, nil, err
	}
	raw, err := s.text(ctx, Part{SHA256: b.SHA256, Size: b.Size})
	if err != nil {
		return b, nil, domain.Fail(domain.Gone, "import.gone").Because(err)
	}
	d, err := Decode(b.Head, []byte(raw))
	return b, d, err
}

// text reads bytes that are kept, and are no more than they say.
func (s *Service) text(ctx context.Context, p Part) (string, error) {
	if p.SHA256 == "" {
		return "", nil
	}
	f, err := s.files.Open(ctx, p.SHA256)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	raw, err := io.ReadAll(io.LimitReader(f, p.Size+1))
	if err == nil && int64(len(raw)) != p.Size {
		err = broken(p.Path)
	}
	return string(raw), err
}

// markdown reads the text of a document: what is no text of a database is
// taken out, as of what people type.
func (s *Service) markdown(ctx context.Context, p Part) (string, error) {
	text, err := s.text(ctx, p)
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", ""), err
}

// Input is what a person says to import a process.
type Input struct {
	Name   string         // handle; "" for the one that it had
	Owner  domain.ActorID // organisation; Nobody for none
	DryRun bool           // do everything, report, and change nothing
}

// Import makes of what was brought a process of this node as it was: with its
// statuses, dates and people, resources and versions, in one transaction. Of
// what the node cannot hold as its own it keeps what was said, and reports it.
// The same document again changes nothing. Errors: NotFound, Gone, Invalid,
// TooLarge, Conflict if the name is taken; those of [coproduction.Service.Start].
func (s *Service) Import(ctx context.Context, v policy.Viewer, id domain.ID, in Input) (b *Bringing, again bool, err error) {
	b, d, err := s.Bringing(ctx, v, id)
	if b != nil && b.Process != domain.Nobody {
		return b, true, nil
	}
	if err != nil {
		return nil, false, err
	}
	if before, err := s.store.Brought(ctx, v.Actor, b.Head.IRI, b.SHA256); err == nil {
		return before, true, nil
	} else if domain.CodeOf(err) != domain.NotFound {
		return nil, false, err
	}
	if in.Name == "" {
		in.Name = b.Head.Name
	}
	switch _, err := s.kept.ProcessNamed(ctx, in.Name); domain.CodeOf(err) {
	case domain.OK:
		return nil, false, &domain.Error{Code: domain.Conflict, Field: "name", Key: "error.name_taken", Args: []any{in.Name}}
	case domain.NotFound:
	default:
		return nil, false, err
	}
	has := map[string]bool{}
	for _, part := range d.partsOf() {
		if slices.Contains(b.Missing, part.SHA256) {
			continue
		}
		if f, err := s.files.Open(ctx, part.SHA256); err == nil {
			_ = f.Close()
			has[part.SHA256] = true
		}
	}
	for _, fresh := range []bool{false, true} {
		if err = s.make(ctx, v, b, d, in, has, fresh); domain.CodeOf(err) != domain.Conflict || in.DryRun {
			break // Conflict: it is here already under these ids, as on the node where it was exported
		}
	}
	return b, false, err
}

func (s *Service) make(ctx context.Context, v policy.Viewer, b *Bringing, d *Process, in Input, has map[string]bool, fresh bool) error {
	p, err := s.processes.Draft(ctx, v, coproduction.StartInput{Name: in.Name, Details: d.Details(), Owner: in.Owner})
	if err != nil {
		return err
	}
	p.SchemaIRI, p.Rewards, p.Leaderboard = d.Schema, d.Rewards, d.Leaderboard
	if !d.CreatedAt.IsZero() && d.CreatedAt.Before(p.CreatedAt) {
		p.CreatedAt = d.CreatedAt
	}
	self, err := s.people.Actors(ctx, []domain.ActorID{v.Actor})
	if err != nil {
		return err
	}
	if len(self) != 1 {
		return domain.Fail(domain.Unauthenticated, "error.sign_in")
	}
	target := Target{Importer: v.Actor, Self: self[0].IRI, Serial: s.mint.Serial, Has: func(hash string) bool { return has[hash] }}
	if fresh {
		ids := map[domain.ID]domain.ID{}
		target.Fresh = func(id domain.ID) domain.ID {
			if ids[id] == "" {
				ids[id] = s.mint.ID()
			}
			return ids[id]
		}
	}
	built, err := d.Build(p, target)
	if err != nil {
		return err
	}
	for _, body := range built.Bodies {
		text, err := s.markdown(ctx, body.Part)
		if err != nil {
			return domain.Fail(domain.Gone, "import.gone").Because(err)
		}
		if built.Versions[body.Version].Body = text; body.Present >= 0 {
			built.Resources[body.Present].Body = text
		}
	}
	for _, name := range b.Unknown {
		built.Lost = append(built.Lost, Lost{What: name, Reason: LostPart})
	}
	b.Lost, b.Carried = built.Lost, built.Carried
	if in.DryRun {
		return nil
	}
	for _, part := range d.partsOf() {
		if has[part.SHA256] { // as if it had come now
			if err := s.kept.ReserveFile(ctx, coproduction.Stored{Hash: part.SHA256, Size: part.Size}, s.mint.Now(), 0); err != nil {
				return err
			}
		}
	}
	made := *b
	made.Process, made.Made = p.ID, p.IRI
	event := domain.NewEvent(s.mint, coproduction.ProcessStarted, v.Actor, p.Subject(), coproduction.Started{
		Name: p.Name, Title: p.Title, Organization: p.Organization, Schema: p.SchemaIRI, Items: len(built.Items), Imported: b.Head.IRI,
	})
	if err := s.store.Import(ctx, p, built.Written, &made, domain.Change{Events: []domain.Event{event}}); err != nil {
		return err
	}
	*b = made
	return nil
}

// Source is what was brought as clones take it. Errors: as of [Service.Bringing].
func (s *Service) Source(ctx context.Context, v policy.Viewer, id domain.ID) (lineage.SourceProcess, []lineage.SourceResource, error) {
	b, d, err := s.Bringing(ctx, v, id)
	if err != nil {
		return lineage.SourceProcess{}, nil, err
	}
	source, err := d.Source(b.Head)
	if err != nil {
		return source, nil, err
	}
	along, err := d.Reusable(b.Head, func(p Part) (string, error) {
		if slices.Contains(b.Missing, p.SHA256) {
			return "", nil
		}
		return s.markdown(ctx, p)
	})
	if err != nil {
		return source, nil, domain.Fail(domain.Gone, "import.gone").Because(err)
	}
	for i := range along {
		if f := &along[i].File; f.Hash != "" {
			content, err := s.files.Open(ctx, f.Hash)
			if err == nil && slices.Contains(b.Missing, f.Hash) {
				_ = content.Close()
				err = notThere()
			}
			if err != nil {
				*f = coproduction.Stored{} // it stays where it is, and is linked to
				continue
			}
			_ = content.Close()
		}
	}
	return source, along, nil
}
