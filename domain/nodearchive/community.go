package nodearchive

import (
	"context"
	"io"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/organization"
	"interlink/domain/policy"
	"interlink/domain/portable"
)

// communities takes communities along, each as an archive of its own, with what
// was said in it.
type communities struct {
	packed
	all *community.Service
}

// OfCommunities is the subject of communities. Of those that the viewer does not
// administer as one of their own people, only what everybody may see is taken
// along.
func OfCommunities(all *community.Service, p *portable.Service, organizations *organization.Service, store Store) Subject {
	s := &communities{packed{p, organizations, store.Became}, all}
	return Subject{Kind: Communities, Write: s.write, Bring: s.bring}
}

func (s *communities) write(ctx context.Context, v policy.Viewer, to *Writer) error {
	return each(func(page domain.Page) (domain.List[*community.Community], error) {
		return s.all.Communities(ctx, v, "", page)
	}, func(c *community.Community) error {
		as := policy.Viewer{}
		if c.PolicyRelation(v.Actor) >= policy.Administrator {
			as = v
		}
		return to.add(ctx, Part{Path: string(Communities) + "/" + c.Name + ".zip", Kind: Communities, IRI: c.IRI}, func(w io.Writer) error {
			export, err := s.portable.ExportCommunity(ctx, as, c.Name)
			if err != nil {
				return err
			}
			return export.Write(ctx, w)
		})
	})
}

func (s *communities) bring(ctx context.Context, in *Brought) (Result, error) {
	b, err := s.read(ctx, in)
	if err != nil {
		return Result{}, err
	}
	if b.Head.Kind != portable.KindCommunity {
		return Result{}, broken(in.Part.Path) // of something else
	}
	var as portable.Input
	if as.Owner, err = s.owner(ctx, in.Viewer, b.Contents.Organization); err != nil {
		return Result{}, err
	}
	return s.make(ctx, in, b, as)
}
