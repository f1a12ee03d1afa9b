package catalogue

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"

	"interlink/domain"
	"interlink/domain/policy"
)

// Need is how a problem profile, or a regulation, is met: which tasks of
// schemas have it, and how many Interlinkers answer it.
type Need struct {
	Tasks        []NeedTask
	Interlinkers []*Entry
}

// Gap reports whether tasks have it, and nothing answers it.
func (n Need) Gap() bool { return len(n.Interlinkers) == 0 }

// NeedTask is a task of a published schema.
type NeedTask struct {
	Schema *Entry
	Node   Node
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
	code = strings.ToUpper(code)
	if needs[code] == nil {
		needs[code] = &Need{}
	}
	return needs[code]
}

// met is what is kept of how needs are met, until the catalogue changes.
type met struct {
	mu           sync.Mutex
	state        string
	interlinkers []*Entry
	needs        Needs // nil if they were not asked for since
}

// interlinkers are all published ones, at a state of the catalogue.
func (s *Service) interlinkers(ctx context.Context) (entries []*Entry, state string, err error) {
	tick, hidden, err := s.store.State(ctx)
	if err != nil {
		return nil, "", err
	}
	state = fmt.Sprint(tick, hidden)
	s.met.mu.Lock()
	defer s.met.mu.Unlock()
	if s.met.state == state {
		return s.met.interlinkers, state, nil
	}
	if entries, err = s.store.Candidates(ctx); err != nil {
		return nil, "", err
	}
	s.met.state, s.met.interlinkers, s.met.needs = state, entries, nil
	return entries, state, nil
}

// Needs finds how all problem profiles are met. They are found anew when the
// catalogue has changed.
func (s *Service) Needs(ctx context.Context, _ policy.Viewer) (Needs, error) {
	entries, state, err := s.interlinkers(ctx)
	if err != nil {
		return nil, err
	}
	s.met.mu.Lock()
	needs := s.met.needs
	s.met.mu.Unlock()
	if needs != nil {
		return needs, nil
	}
	schemas, err := s.store.Schemas(ctx)
	if err != nil {
		return nil, err
	}
	needs = Needs{}
	for _, e := range schemas {
		needs.addTasks(e)
	}
	needs.addInterlinkers(entries)
	s.met.mu.Lock()
	if s.met.state == state {
		s.met.needs = needs
	}
	s.met.mu.Unlock()
	return needs, nil
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
			need.Tasks = append(need.Tasks, NeedTask{e, n})
		}
	}
}

// addInterlinkers adds who answers, each once.
func (needs Needs) addInterlinkers(entries []*Entry) {
	for _, e := range entries {
		for _, code := range e.Interlinker.Problems {
			if need := needs.at(code); len(need.Interlinkers) == 0 || need.Interlinkers[len(need.Interlinkers)-1] != e {
				need.Interlinkers = append(need.Interlinkers, e)
			}
		}
	}
}

// Interlinkers returns all published ones, without instructions and templates,
// of this node and of others.
func (s *Service) Interlinkers(ctx context.Context, _ policy.Viewer) ([]*Entry, error) {
	entries, _, err := s.interlinkers(ctx)
	return entries, err
}

// Supported is a rule of law, a standard or a system that Interlinkers help
// to comply with.
type Supported struct {
	ID           string // "alias:gdpr", or a URI
	Interlinkers []*Entry
	Problems     []string // codes that they answer, each once
}

// Regulations lists what the published Interlinkers support, by id.
func (s *Service) Regulations(ctx context.Context, _ policy.Viewer) ([]Supported, error) {
	entries, _, err := s.interlinkers(ctx)
	if err != nil {
		return nil, err
	}
	found := map[string]*Supported{}
	for _, e := range entries {
		for _, x := range e.Interlinker.Supports {
			r := found[x.ID]
			if r == nil {
				r = &Supported{ID: x.ID}
				found[x.ID] = r
			}
			if slices.Contains(r.Interlinkers, e) {
				continue
			}
			r.Interlinkers = append(r.Interlinkers, e)
			for _, code := range e.Interlinker.Problems {
				if code = strings.ToUpper(code); !slices.Contains(r.Problems, code) {
					r.Problems = append(r.Problems, code)
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
	return out, nil
}

// RegulationIRI is the address of a regulation's page on this node: an alias
// has its name, a URI is a parameter.
func (s *Service) RegulationIRI(id string) domain.IRI {
	if alias, ok := strings.CutPrefix(id, "alias:"); ok {
		return s.ns.IRI("regulations", alias)
	}
	return s.ns.IRI("regulations", "other") + domain.IRI("?id="+url.QueryEscape(id))
}
