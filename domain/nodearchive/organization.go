package nodearchive

import (
	"context"
	"encoding/json"
	"io"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/organization"
	"interlink/domain/policy"
	"interlink/domain/portable"
)

// Organization is organizations/NAME.json: what an organisation says of itself,
// with its teams. Of people it has their addresses; nobody gets a role by them.
type Organization struct {
	Described
	Visibility domain.Visibility         `json:"visibility"`
	MakeTeams  organization.TeamCreation `json:"makeTeams"`
	Teams      []Team                    `json:"teams,omitempty"`
}

// Team is a team of an organisation.
type Team struct {
	Described
	Join organization.JoinPolicy `json:"join"`
}

// Described is what both have.
type Described struct {
	IRI       domain.IRI        `json:"id"`
	Name      string            `json:"name"`
	Title     domain.Text       `json:"title"`
	Summary   domain.Text       `json:"summary,omitempty"`
	Kind      organization.Kind `json:"kind"`
	Logo      *Logo             `json:"logo,omitempty"`
	Members   []Member          `json:"members,omitempty"`
	CreatedAt time.Time         `json:"createdAt"`
}

// Logo is a picture.
type Logo struct {
	Bytes []byte `json:"bytes"` // base64
	Alt   string `json:"alt,omitempty"`
}

// Member is somebody who has a role.
type Member struct {
	IRI  domain.IRI        `json:"id"`
	Role organization.Role `json:"role"`
}

// maxDocument is the longest part that is read into memory, and maxMembers how
// many people one may name.
const (
	maxDocument = 64 << 20
	maxMembers  = 50_000
	maxTeams    = 1000
)

// Pictures reads and gives pictures.
type Pictures interface {
	File(ctx context.Context, hash string) ([]byte, error)
	Set(ctx context.Context, v policy.Viewer, id domain.ActorID, raw []byte, alt string) error
}

// People finds actors.
type People interface {
	Actors(ctx context.Context, ids []domain.ActorID) ([]*network.Actor, error)
}

type organizations struct {
	all      *organization.Service
	pictures Pictures
	people   People
}

// OfOrganizations is the subject of organisations and their teams.
func OfOrganizations(all *organization.Service, pictures Pictures, people People) Subject {
	s := &organizations{all, pictures, people}
	return Subject{Kind: Organizations, Write: s.write, Bring: s.bring}
}

func (s *organizations) write(ctx context.Context, v policy.Viewer, to *Writer) error {
	private := 0
	err := each(func(page domain.Page) (domain.List[*organization.Organization], error) {
		return s.all.Organizations(ctx, v, organization.Filter{}, page)
	}, func(o *organization.Organization) error {
		if o.Visibility != domain.VisiblePublic && o.PolicyRelation(v.Actor) < policy.Administrator {
			private++
			return nil
		}
		return to.add(ctx, Part{Path: string(Organizations) + "/" + o.Name + ".json", Kind: Organizations, IRI: o.IRI}, func(w io.Writer) error {
			d, err := s.describe(ctx, v, o)
			if err != nil {
				return err
			}
			return writeJSON(w, d)
		})
	})
	to.leavePrivate(Organizations, private)
	return err
}

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

func (s *organizations) describe(ctx context.Context, v policy.Viewer, o *organization.Organization) (*Organization, error) {
	d := &Organization{
		Described:  Described{IRI: o.IRI, Name: o.Name, Title: o.Title, Summary: o.Summary, Kind: o.Kind, CreatedAt: o.CreatedAt.UTC()},
		Visibility: o.Visibility, MakeTeams: o.Teams,
	}
	if err := s.fill(ctx, v, o.ID, &d.Described); err != nil {
		return nil, err
	}
	return d, each(func(page domain.Page) (domain.List[*organization.Team], error) {
		return s.all.Teams(ctx, v, o.Name, page)
	}, func(t *organization.Team) error {
		one := Team{
			Described: Described{IRI: t.IRI, Name: t.Name, Title: t.Title, Summary: t.Summary, Kind: t.Kind, CreatedAt: t.CreatedAt.UTC()}, Join: t.JoinPolicy,
		}
		err := s.fill(ctx, v, t.ID, &one.Described)
		d.Teams = append(d.Teams, one)
		return err
	})
}

// fill adds the logo and the members of a group.
func (s *organizations) fill(ctx context.Context, v policy.Viewer, id domain.ActorID, d *Described) error {
	self, err := s.people.Actors(ctx, []domain.ActorID{id})
	if err != nil {
		return err
	}
	if len(self) == 1 && self[0].Icon != "" {
		if raw, err := s.pictures.File(ctx, lastOf(self[0].Icon)); err == nil { // else it has none any more
			d.Logo = &Logo{raw, self[0].IconAlt}
		}
	}
	return each(func(page domain.Page) (domain.List[organization.Member], error) {
		return s.all.MembersOf(ctx, v, id, page)
	}, func(m organization.Member) error {
		who, err := s.people.Actors(ctx, []domain.ActorID{m.Actor})
		if err == nil && len(who) == 1 && len(d.Members) < maxMembers {
			d.Members = append(d.Members, Member{who[0].IRI, m.Role})
		}
		return err
	})
}

// lastOf is the last segment of an address.
func lastOf(iri domain.IRI) string { return string(iri)[strings.LastIndexByte(string(iri), '/')+1:] }

func (s *organizations) bring(ctx context.Context, in *Brought) (Result, error) {
	ctx = in.making(ctx)
	d := new(Organization)
	if err := in.decode(ctx, d); err != nil {
		return Result{}, err
	}
	if d.IRI != in.Part.IRI || d.Name != in.Part.Name() || len(d.Members) > maxMembers || len(d.Teams) > maxTeams {
		return Result{}, broken(in.Part.Path)
	}
	r := Result{Outcome: Unchanged}
	o, err := s.all.Organization(ctx, in.Viewer, d.Name)
	switch {
	case domain.CodeOf(err) == domain.NotFound:
		o, err = s.all.Create(ctx, in.Viewer, d.Name, organization.Details{Title: d.Title, Summary: d.Summary, Kind: d.Kind, Visibility: d.Visibility, Teams: d.MakeTeams})
		if err != nil {
			return r, err
		}
		r.Outcome = Made
	case err != nil:
		return r, err
	case o.PolicyRelation(in.Viewer.Actor) < policy.Administrator || !o.Title.Equal(d.Title):
		return r, domain.Fail(domain.Conflict, "error.name_taken", d.Name)
	}
	r.Made = o.IRI
	if err := s.finish(ctx, in.Viewer, o.ID, &d.Described, &r); err != nil {
		return r, err
	}
	for _, t := range d.Teams {
		if err := s.team(ctx, in.Viewer, o, t, &r); err != nil {
			return r, err
		}
	}
	return r, nil
}

// decode reads a part that is a JSON document.
func (b *Brought) decode(ctx context.Context, into any) error {
	raw, err := b.Whole(ctx, maxDocument)
	if err != nil {
		return err
	}
	if strings.Contains(string(raw), `\u0000`) || json.Unmarshal(raw, into) != nil {
		return broken(b.Part.Path)
	}
	return nil
}

// team makes a team of an organisation. One whose name somebody else has is
// lost, and told of.
func (s *organizations) team(ctx context.Context, v policy.Viewer, o *organization.Organization, d Team, r *Result) error {
	t, err := s.all.Team(ctx, v, d.Name)
	if domain.CodeOf(err) == domain.NotFound {
		t, err = s.all.CreateTeam(ctx, v, o.Name, d.Name, organization.TeamDetails{Title: d.Title, Summary: d.Summary, Kind: d.Kind, JoinPolicy: d.Join})
		switch code := domain.CodeOf(err); {
		case code == domain.Conflict || code == domain.Invalid:
			r.lose(portable.Lost{What: shown(d.Name), Reason: portable.LostGroup})
			return nil
		case code == domain.NotFound && domain.Rehearses(ctx):
			t, err = &organization.Team{Organization: o.ID}, nil // its organisation would be here by now
		}
		r.Outcome = Made
	}
	if domain.CodeOf(err) == domain.Gone || err == nil && t.Organization != o.ID {
		r.lose(portable.Lost{What: shown(d.Name), Reason: portable.LostGroup})
		return nil
	}
	if err != nil {
		return err
	}
	return s.finish(ctx, v, t.ID, &d.Described, r)
}

// finish gives a group its logo, if it has none, and tells who had roles.
func (s *organizations) finish(ctx context.Context, v policy.Viewer, id domain.ActorID, d *Described, r *Result) error {
	for _, m := range d.Members {
		if plain(string(m.IRI), maxLine) {
			r.lose(portable.Lost{What: string(m.IRI), IRI: m.IRI, Reason: portable.LostRole})
		}
	}
	if d.Logo == nil || len(d.Logo.Bytes) == 0 {
		return nil
	}
	self, err := s.people.Actors(ctx, []domain.ActorID{id})
	if err != nil || len(self) != 1 || self[0].Icon != "" {
		return err
	}
	err = s.pictures.Set(ctx, v, id, d.Logo.Bytes, d.Logo.Alt)
	if code := domain.CodeOf(err); code == domain.Invalid || code == domain.TooLarge {
		r.lose(portable.Lost{What: shown(d.Name), Reason: portable.LostBroken})
		return nil
	}
	return err
}
