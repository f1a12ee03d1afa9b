package lineage

import (
	"context"
	"errors"
	"iter"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/policy"
)

// Service is how processes are cloned and sources learn of it.
type Service struct {
	store         Store
	processes     *coproduction.Service
	organizations Organizations
	mint          *domain.Mint
	ns            domain.Namespace
	reader        Reader    // of other nodes; nil if there is none
	catalogue     Catalogue // nil if there is none
}

// NewService makes the service.
func NewService(store Store, processes *coproduction.Service, organizations Organizations, mint *domain.Mint, ns domain.Namespace) *Service {
	return &Service{store: store, processes: processes, organizations: organizations, mint: mint, ns: ns}
}

// ReadBy sets what reads processes of other nodes page by page, and what the
// node's catalogue knows.
func (s *Service) ReadBy(reader Reader, catalogue Catalogue) {
	s.reader, s.catalogue = reader, catalogue
}

// Preview is what of a process of this node may be cloned, as it is shown to
// who chooses.
type Preview struct {
	SourceProcess     // of whose items there are headings alone
	Resources     int // public ones that go along
	Unlicensed    int // public ones that do not, as nobody may use them again
}

// Preview shows what of a process of this node may be cloned: its enabled
// branches. Errors: NotFound, Unauthenticated, Forbidden.
func (s *Service) Preview(ctx context.Context, v policy.Viewer, name string) (*Preview, error) {
	p, err := s.process(ctx, v, policy.Clone, name)
	if err != nil {
		return nil, err
	}
	published, err := s.published(ctx, v, p)
	if err != nil {
		return nil, err
	}
	out := &Preview{SourceProcess: published.SourceProcess}
	out.Items = make([]SourceItem, 0, published.Len())
	for items, err := range published.Pages(ctx) {
		if err != nil {
			return nil, err
		}
		for _, it := range items {
			out.Items = append(out.Items, it.Heading())
		}
	}
	for page := (domain.Page{Limit: domain.MaxPage}); ; {
		list, err := s.store.Resources(ctx, p.ID, coproduction.ResourceFilter{Confined: true, Public: true}, page)
		if err != nil {
			return nil, err
		}
		for _, r := range list.Items {
			if coproduction.Reusable(r.Licence) {
				out.Resources++
			} else {
				out.Unlicensed++
			}
		}
		if page.After = list.Next; list.Next == "" {
			return out, nil
		}
	}
}

// The most that one page of published resources has: in number and in bytes.
const (
	resourcesOnPage = 20
	bytesOnPage     = 600_000
)

// Resources lists what a process publishes for its clones, oldest first: the
// public resources; of those without a licence only what they are called.
// Errors: NotFound.
func (s *Service) Resources(ctx context.Context, v policy.Viewer, name string, page domain.Page) (domain.List[SourceResource], error) {
	p, err := s.process(ctx, v, policy.Read, name)
	if err != nil {
		return domain.List[SourceResource]{}, err
	}
	return s.resources(ctx, p, page)
}

func (s *Service) resources(ctx context.Context, p *coproduction.Process, page domain.Page) (out domain.List[SourceResource], err error) {
	page.Limit, page.Back = min(page.Size(), resourcesOnPage), false
	list, err := s.store.Resources(ctx, p.ID, coproduction.ResourceFilter{Confined: true, Public: true}, page)
	if err != nil {
		return out, err
	}
	out.Total, out.Next = list.Total, list.Next
	size := 0
	for i := range list.Items {
		r := &list.Items[i]
		if r.Kind == coproduction.Document && coproduction.Reusable(r.Licence) { // lists have no bodies
			if r, err = s.store.Resource(ctx, r.ID); err != nil {
				return out, err
			}
		}
		if size += len(r.Body); size > bytesOnPage && i > 0 {
			out.Next = list.Items[i-1].Serial.Cursor()
			break
		}
		if r.Public {
			out.Items = append(out.Items, resourceOf(p, *r))
		}
	}
	return out, nil
}

// CloneInput is what a person says to clone a process.
type CloneInput struct {
	Name       string            `json:"name"`
	Title      domain.Text       `json:"title,omitempty"`      // nil means the source's
	Language   domain.Lang       `json:"language,omitempty"`   // "" means the source's
	Country    string            `json:"country,omitempty"`    // for which its service is: not the source's
	Visibility domain.Visibility `json:"visibility,omitempty"` // "" means the source's
	Owner      domain.ActorID    `json:"owner,omitempty"`      // organisation; Nobody for none
	Team       domain.ActorID    `json:"team,omitempty"`
	Followed   domain.ActorID    `json:"followed,omitempty"` // community that follows the clone
	Keep       map[string]bool   `json:"keep,omitempty"`     // ids of the source's items to take, see [Prune]; nil for all

	// Published says that the source is the snapshot of a story kept here. It
	// is taken as it is, whatever became of its process, with the resources
	// that it shows.
	Published bool             `json:"published,omitempty"`
	Resources []SourceResource `json:"-"`
}

// CloneFrom makes a process of the viewer's own while they wait for it, in one
// transaction. Of the source only its IRI counts, unless it was published: one
// of this node is read as the viewer may see it, one of another node is read
// there. Errors: Invalid, TooLarge for a broken source; those of [Reader]; else
// those of [coproduction.Service.Start].
func (s *Service) CloneFrom(ctx context.Context, v policy.Viewer, source SourceProcess, in CloneInput) (*coproduction.Process, error) {
	if !s.ns.Owns(source.IRI) && !in.Published {
		return s.fromAbroad(ctx, v, source, in)
	}
	return Again(func() (*coproduction.Process, error) {
		in := in
		from, err := s.reading(ctx, v, source, &in)
		if err != nil {
			return nil, err
		}
		return s.make(ctx, &Cloning{Asker: v, Source: from.SourceProcess, In: in}, from.digest, from.outline, from.pages)
	})
}

// patience is after how long a job does what nobody seems to do any more who
// began it.
const patience = 10 * time.Minute

// fromAbroad clones a process of another node page by page, as a cloning that
// is worked at once. It is cancelled if that fails: who asked is told, and
// nothing comes of it later. Should the node stop meanwhile, its job goes on.
func (s *Service) fromAbroad(ctx context.Context, v policy.Viewer, source SourceProcess, in CloneInput) (*coproduction.Process, error) {
	c, err := s.begin(ctx, v, source, in, patience)
	if err != nil {
		return nil, err
	}
	if err := s.work(ctx, c); err != nil {
		_, failed := s.Cancel(context.WithoutCancel(ctx), v, c.ID)
		return nil, errors.Join(err, failed)
	}
	return s.store.ProcessNamed(ctx, in.Name)
}

// reading is a source that is gone through as often as it is asked.
type reading struct {
	SourceProcess // without items
	outline       *Outline
	digest        string
	pages         iter.Seq2[SourcePage, error]
}

// reading is a source of which all is here. Errors: as of [Service.CloneFrom].
func (s *Service) reading(ctx context.Context, v policy.Viewer, source SourceProcess, in *CloneInput) (*reading, error) {
	if s.ns.Owns(source.IRI) {
		if !in.Published {
			return s.ours(ctx, v, source.IRI, in)
		}
		if _, err := s.store.ProcessNamed(ctx, s.nameOf(source.IRI)); err != nil {
			return nil, err
		}
	}
	if err := source.Check(); err != nil {
		return nil, err
	}
	items := source.Items
	return &reading{source, outlineOf(items), source.Digest(), func(yield func(SourcePage, error) bool) {
		yield(SourcePage{Items: items, Resources: in.Resources}, nil)
	}}, nil
}

// ours is a process of this node as the viewer may see it.
func (s *Service) ours(ctx context.Context, v policy.Viewer, iri domain.IRI, in *CloneInput) (*reading, error) {
	p, err := s.process(ctx, v, policy.Clone, s.nameOf(iri))
	if err != nil {
		return nil, err
	}
	if in.Visibility == "" {
		in.Visibility = p.Visibility
	}
	published, err := s.published(ctx, v, p)
	if err != nil {
		return nil, err
	}
	digest, err := published.Digest(ctx)
	return &reading{published.SourceProcess, published.outline, digest, s.pages(ctx, published)}, err
}

func (in CloneInput) start(source SourceProcess) coproduction.StartInput {
	d := coproduction.Details{Title: in.Title, Summary: source.Summary, Language: in.Language, Country: in.Country, Visibility: in.Visibility}
	if d.Title.Empty() {
		d.Title = source.Title
	}
	if d.Language == "" {
		d.Language = source.Language
	}
	if d.Language == "" {
		d.Language = domain.Undetermined
	}
	return coproduction.StartInput{Name: in.Name, Details: d, Owner: in.Owner, Team: in.Team, Followed: in.Followed}
}

// nameOf returns the name in the address of a process of this node, "" for
// another address.
func (s *Service) nameOf(iri domain.IRI) string {
	name, ok := strings.CutPrefix(s.ns.Path(iri), "/processes/")
	if !ok || strings.ContainsAny(name, "/?#") {
		return ""
	}
	return name
}

func (s *Service) process(ctx context.Context, v policy.Viewer, verb policy.Verb, name string) (*coproduction.Process, error) {
	p, err := s.store.ProcessNamed(ctx, name)
	if err != nil {
		return nil, err
	}
	if err := policy.Allow(v, verb, p); err != nil {
		return nil, err
	}
	return p, nil
}
