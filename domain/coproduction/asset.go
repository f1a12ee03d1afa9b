package coproduction

import (
	"context"

	"interlink/domain"
	"interlink/domain/policy"
)

// Asset is something that a software Interlinker keeps for a task, on its own
// server.
type Asset struct {
	Interlinker domain.ID // the catalogue's row
	IRI         domain.IRI
	Version     int // of the Interlinker
	ID          string
	URL         domain.IRI // where it is shown
	Name        string
}

// Assets finds the resources of what software Interlinkers keep.
type Assets interface {
	// ResourceOfAsset reads the resource of a process for something that an
	// Interlinker keeps. Errors: NotFound.
	ResourceOfAsset(ctx context.Context, process domain.ActorID, interlinker domain.IRI, asset string) (*Resource, error)
}

// Workable reads a process for who may work in a task of it. Errors: NotFound,
// Forbidden; Invalid for what is no task, or disabled.
func (s *Service) Workable(ctx context.Context, v policy.Viewer, name string, task domain.ID) (*Process, error) {
	p, err := s.process(ctx, v, policy.Read, name)
	if err != nil {
		return nil, err
	}
	t, err := s.outline(ctx, p)
	if err != nil {
		return nil, err
	}
	if err := p.allow(v, policy.Contribute, t, task); err != nil {
		return nil, err
	}
	_, err = t.task(task)
	return p, err
}

// Tool reads an Interlinker that is to be used. Errors: NotFound, Conflict for
// one that is not to be used any more.
func (s *Service) Tool(ctx context.Context, v policy.Viewer, interlinker string) (Tool, error) {
	return s.catalogue.Tool(ctx, v, interlinker)
}

// AddAsset takes what a software Interlinker keeps into a task, as a link that
// knows it. The same again gives the resource that there is. Errors: those of
// [Service.AddResource]; Gone if it was removed.
func (s *Service) AddAsset(ctx context.Context, v policy.Viewer, name string, task domain.ID, a Asset) (*Resource, error) {
	var known *Resource
	added, err := s.putAll(ctx, v, name, task, func(p *Process) ([]*Resource, error) {
		var err error
		if known, err = s.store.ResourceOfAsset(ctx, p.ID, a.IRI, a.ID); domain.CodeOf(err) != domain.NotFound {
			return nil, err
		}
		r, err := newResource(ResourceDetails{Name: a.Name, URL: string(a.URL)}, p.Language)
		if err != nil {
			return nil, err
		}
		r.InterlinkerID, r.Interlinker, r.InterlinkerVersion, r.Asset = a.Interlinker, a.IRI, a.Version, a.ID
		return []*Resource{r}, nil
	})
	switch {
	case err != nil:
		return nil, err
	case len(added) > 0:
		return added[0], nil
	case !known.RemovedAt.IsZero():
		return nil, domain.Fail(domain.Gone, "process.resource_removed")
	}
	return known, nil
}

// Kept reads a resource that a software Interlinker keeps, for who may see
// inside its task, with its process. Errors: NotFound for others too, Gone.
func (s *Service) Kept(ctx context.Context, v policy.Viewer, name string, id domain.ID) (*Process, *Resource, error) {
	p, r, err := s.resource(ctx, v, name, id)
	if err == nil {
		err = s.allowInside(ctx, v, p, r.Item)
	}
	if err == nil && r.Asset == "" {
		err = domain.Fail(domain.NotFound, "error.not_found")
	}
	return p, r, err
}

// JobEraseAsset has a software Interlinker delete what was a resource;
// [EraseAssetArgs] are its arguments.
const JobEraseAsset = "coproduction.erase_asset"

// EraseAssetArgs name the resource, which is erased.
type EraseAssetArgs struct {
	Resource domain.ID `json:"resource"`
}

// EraseAsset makes the job.
func EraseAsset(id domain.ID) domain.Job {
	return domain.Job{Kind: JobEraseAsset, Unique: string(id), Args: EraseAssetArgs{id}, Remote: true}
}

// ErasedAsset reads a resource that is erased, for the job; one that is not has
// no asset.
func (s *Service) ErasedAsset(ctx context.Context, id domain.ID) (*Process, *Resource, error) {
	r, err := s.store.Resource(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	if !r.Erased {
		r.Asset = ""
	}
	p, err := s.store.Process(ctx, r.Process)
	return p, r, err
}
