package catalogue

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"sync"

	"interlink/domain"
	"interlink/domain/policy"
)

// Need is how a problem profile is met: how many tasks of schemas have it, and
// how many Interlinkers answer it.
type Need struct {
	Tasks        int
	First        []NeedTask // of the tasks, at most [MostNeedTasks]
	Interlinkers int
}

// MostNeedTasks is how many tasks of a need are told by name.
const MostNeedTasks = 50

// Gap reports whether nothing answers it.
func (n Need) Gap() bool { return n.Interlinkers == 0 }

// NeedTask is a task of a published schema.
type NeedTask struct {
	Schema string // the schema's address on this node
	Path   string
	Name   domain.Text
}

// Needs are needs by code, in capitals.
type Needs map[string]*Need

// Of returns the need of a code, empty if nothing has it.
func (needs Needs) Of(code string) Need {
	if need := needs[strings.ToUpper(code)]; need != nil {
		return *need
	}
	return Need{}
}

func (needs Needs) at(code string) *Need {
	if needs[code] == nil {
		needs[code] = &Need{}
	}
	return needs[code]
}

// met is what is kept of how needs are met, until the catalogue changes. It
// grows with the problems and rules of law that there are, not with the
// entries.
type met struct {
	mu        sync.Mutex
	state     string
	needs     Needs // nil if they were not asked for since
	supported []Supported
}

// metAt is what is kept at the present state of the catalogue. The lock is held
// until it is given back: others wait for the same.
func (s *Service) metAt(ctx context.Context, fill func(*met) error) error {
	if err := s.catchUp(ctx); err != nil {
		return err
	}
	s.met.mu.Lock()
	defer s.met.mu.Unlock()
	s.mu.RLock()
	state := s.state
	s.mu.RUnlock()
	if s.met.state != state {
		s.met.state, s.met.needs, s.met.supported = state, nil, nil
	}
	return fill(&s.met)
}

// Needs finds how all problem profiles are met. They are found anew when the
// catalogue has changed.
func (s *Service) Needs(ctx context.Context, _ policy.Viewer) (needs Needs, err error) {
	err = s.metAt(ctx, func(m *met) error {
		if m.needs == nil {
			schemas, err := s.store.Schemas(ctx)
			if err != nil {
				return err
			}
			m.needs = Needs{}
			for _, e := range schemas {
				m.needs.addTasks(e)
			}
			s.mu.RLock()
			m.needs.addInterlinkers(s.index)
			s.mu.RUnlock()
		}
		needs = m.needs
		return nil
	})
	return needs, err
}

// addTasks adds the tasks of a schema, with the codes of what is above them.
func (needs Needs) addTasks(e *Entry) {
	codes := make(map[string][]string, len(e.Schema.Nodes))
	for _, n := range e.Schema.Nodes { // parents before their children
		all := slices.Clone(codes[n.Parent])
		for _, code := range n.Problems {
			if code = strings.ToUpper(code); !slices.Contains(all, code) {
				all = append(all, code)
			}
		}
		codes[n.Path] = all
		if n.Kind != Task {
			continue
		}
		for _, code := range all {
			need := needs.at(code)
			if need.Tasks++; len(need.First) < MostNeedTasks {
				need.First = append(need.First, NeedTask{e.Address(), n.Path, n.Name})
			}
		}
	}
}

// addInterlinkers counts who answers.
func (needs Needs) addInterlinkers(x *Index) {
	for code, places := range x.byCode {
		for _, at := range places {
			if x.useful(&x.places[at]) {
				needs.at(code).Interlinkers++
			}
		}
	}
}

// Supported is a rule of law, a standard or a system that Interlinkers help
// to comply with.
type Supported struct {
	ID           string // "alias:gdpr", or a URI
	Interlinkers int
	First        []domain.ID // of the Interlinkers, at most [MostSupporters]
	Own          bool        // one of this node is among them
	Problems     []string    // codes that they answer, each once
}

// MostSupporters is how many Interlinkers are told of what is supported.
const MostSupporters = 20

// supported finds what the Interlinkers support, by id.
func (x *Index) supported() []Supported {
	found := map[int32]*Supported{}
	answered := map[[2]int32]bool{} // what is supported, and a problem
	for i := range x.places {
		p := &x.places[i]
		if !x.useful(p) {
			continue
		}
		for _, n := range p.values {
			if x.values[n].Facet != FacetSupports {
				continue
			}
			r := found[n]
			if r == nil {
				r = &Supported{ID: x.values[n].Value}
				found[n] = r
			}
			if r.Interlinkers++; len(r.First) < MostSupporters {
				r.First = append(r.First, p.id)
			}
			r.Own = r.Own || p.host == ""
			for _, m := range p.values {
				if v := x.values[m]; v.Facet == FacetProblem && !answered[[2]int32{n, m}] {
					answered[[2]int32{n, m}] = true
					r.Problems = append(r.Problems, v.Value)
				}
			}
		}
	}
	out := make([]Supported, 0, len(found))
	for _, r := range found {
		slices.Sort(r.Problems)
		out = append(out, *r)
	}
	slices.SortFunc(out, func(a, b Supported) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// Regulations lists what the published Interlinkers support, by id.
func (s *Service) Regulations(ctx context.Context, _ policy.Viewer) (all []Supported, err error) {
	err = s.metAt(ctx, func(m *met) error {
		if m.supported == nil {
			s.mu.RLock()
			m.supported = s.index.supported()
			s.mu.RUnlock()
		}
		all = m.supported
		return nil
	})
	return all, err
}

// Supporters returns the first Interlinkers that support what is listed, by
// id.
func (s *Service) Supporters(ctx context.Context, v policy.Viewer, list []Supported) (map[domain.ID]*Entry, error) {
	var ids []domain.ID
	for _, r := range list {
		ids = append(ids, r.First...)
	}
	slices.Sort(ids)
	entries, err := s.inOrder(ctx, v, slices.Compact(ids))
	out := make(map[domain.ID]*Entry, len(entries))
	for _, e := range entries {
		out[e.ID] = e
	}
	return out, err
}

// RegulationIRI is the address of a regulation's page on this node: an alias
// has its name, a URI is a parameter.
func (s *Service) RegulationIRI(id string) domain.IRI {
	if alias, ok := strings.CutPrefix(id, "alias:"); ok {
		return s.ns.IRI("regulations", alias)
	}
	return s.ns.IRI("regulations", "other") + domain.IRI("?id="+url.QueryEscape(id))
}
