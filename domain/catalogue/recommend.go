package catalogue

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"

	"interlink/domain"
	"interlink/domain/policy"
)

// Query asks for Interlinkers that help with a task.
type Query struct {
	Problems []string    // codes of the task, its own and those above it
	Language domain.Lang // of the process
	Audience string      // who will use it, such as "all;citizens"; "" for anybody
	After    domain.ID   // entry that an earlier answer ended with; "" for the strongest
	Limit    int         // 0 means 8
}

// Reason says why an Interlinker is recommended; its key is
// "recommend." + Kind.
type Reason struct {
	Kind ReasonKind
	Args []any
}

// ReasonKind is the kind of a reason.
type ReasonKind string

// The reasons, with their arguments.
const (
	ReasonProblem   ReasonKind = "problem"   // name of the problem: it answers this need
	ReasonFocused   ReasonKind = "focused"   // number: it answers only few needs
	ReasonLanguage  ReasonKind = "language"  // language: it is there in the process's language
	ReasonTranslate ReasonKind = "translate" // language: it is only there in another language
	ReasonUsed      ReasonKind = "used"      // number: so often used here
	ReasonEasy      ReasonKind = "easy"      // it is easy to use
	ReasonAudience  ReasonKind = "audience"  // it is made for these people
)

// Recommendation is an Interlinker with the reasons for it, strongest first.
type Recommendation struct {
	Entry   *Entry
	Score   float64
	Reasons []Reason
}

// Index answers queries over a set of Interlinkers. It is built once and does
// not change.
type Index struct {
	entries  []*Entry
	byCode   map[string][]int
	weight   map[string]float64 // inverse document frequency of a code
	specific []float64
}

// NewIndex makes an index of published Interlinkers; others are left out.
func NewIndex(entries []*Entry) *Index {
	x := &Index{byCode: map[string][]int{}, weight: map[string]float64{}}
	for _, e := range entries {
		if e.Interlinker == nil || e.Status != Published {
			continue
		}
		i := len(x.entries)
		x.entries = append(x.entries, e)
		// An Interlinker tagged with everything answers nothing in
		// particular: its weight falls with the number of its codes.
		x.specific = append(x.specific, 1/math.Sqrt(float64(max(1, len(e.Interlinker.Problems)))))
		seen := map[string]bool{}
		for _, code := range e.Interlinker.Problems {
			if code = strings.ToUpper(code); !seen[code] {
				seen[code] = true
				x.byCode[code] = append(x.byCode[code], i)
			}
		}
	}
	n := float64(len(x.entries))
	for code, hits := range x.byCode {
		x.weight[code] = math.Log(1 + n/float64(len(hits)))
	}
	return x
}

// Recommend ranks the Interlinkers that answer at least one of the query's
// problems. The same query over the same index gives the same list. A reason
// [ReasonProblem] has the code here, a string, and the name, a [domain.Text],
// from the service. Errors: Invalid for a cursor that names none of them.
func (x *Index) Recommend(q Query) (domain.List[Recommendation], error) {
	hits := map[int]*hit{}
	seen := map[string]bool{}
	for rank, code := range q.Problems {
		code = strings.ToUpper(code)
		if seen[code] {
			continue
		}
		seen[code] = true
		near := 1 / (1 + 0.15*float64(rank)) // the task's own needs come first
		for _, i := range x.byCode[code] {
			h := hits[i]
			if h == nil {
				h = &hit{entry: x.entries[i], specific: x.specific[i]}
				hits[i] = h
			}
			h.score += x.weight[code] * near
			h.codes = append(h.codes, code)
		}
	}
	ranked := make([]*hit, 0, len(hits))
	for _, h := range hits {
		h.weigh(q)
		ranked = append(ranked, h)
	}
	slices.SortFunc(ranked, func(a, b *hit) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.entry.Host, b.entry.Host), cmp.Compare(a.entry.Slug, b.entry.Slug),
			cmp.Compare(a.entry.IRI, b.entry.IRI))
	})
	limit := q.Limit
	if limit <= 0 {
		limit = 8
	}
	list := domain.List[Recommendation]{Total: len(ranked)}
	if q.After != "" {
		at := slices.IndexFunc(ranked, func(h *hit) bool { return h.entry.ID == q.After })
		if at < 0 {
			return list, domain.InvalidField("after", "error.cursor")
		}
		ranked = ranked[at+1:]
	}
	if len(ranked) > limit {
		ranked = ranked[:limit]
		list.Next = string(ranked[limit-1].entry.ID)
	}
	list.Items = make([]Recommendation, 0, len(ranked))
	for _, h := range ranked {
		list.Items = append(list.Items, Recommendation{h.entry, h.score, h.reasons(q)})
	}
	return list, nil
}

// easiness is a small bonus for what people can begin with at once.
var easiness = map[string]float64{"very_easy": 0.10, "easy": 0.06, "medium": 0, "difficult": -0.05, "very_difficult": -0.10}

// hit is an Interlinker that answers some of a query's problems.
type hit struct {
	entry    *Entry
	specific float64
	score    float64
	codes    []string
}

// weigh finds the score: what it answers, and how well it fits.
func (h *hit) weigh(q Query) {
	h.score *= h.specific
	switch lang := h.language(q); lang {
	case "":
	case q.Language:
		h.score *= 1.15
	default:
		h.score *= 0.85
	}
	if h.reaches(q.Audience) {
		h.score *= 1.1
	}
	h.score *= 1 + 0.1*math.Log1p(float64(h.entry.Uses))
	h.score *= 1 + easiness[h.entry.Interlinker.Difficulty]
}

// language is the one in which it would be read; "" if that does not count.
func (h *hit) language(q Query) domain.Lang {
	if q.Language == "" {
		return ""
	}
	_, lang := h.entry.Name.In(q.Language)
	return lang
}

// reaches reports whether it is made for these people, or for some of them.
func (h *hit) reaches(audience string) bool {
	return audience != "" && slices.ContainsFunc(h.entry.Interlinker.Audience, func(a string) bool {
		return a == audience || strings.HasPrefix(a, audience+";")
	})
}

// reasons say in words what [hit.weigh] counted.
func (h *hit) reasons(q Query) []Reason {
	var out []Reason
	for _, c := range h.codes {
		out = append(out, Reason{ReasonProblem, []any{c}})
	}
	if n := len(h.entry.Interlinker.Problems); n <= 3 {
		out = append(out, Reason{ReasonFocused, []any{n}})
	}
	switch lang := h.language(q); lang {
	case "":
	case q.Language:
		out = append(out, Reason{ReasonLanguage, []any{lang}})
	default:
		out = append(out, Reason{ReasonTranslate, []any{lang}})
	}
	if h.reaches(q.Audience) {
		out = append(out, Reason{Kind: ReasonAudience})
	}
	if h.entry.Uses > 0 {
		out = append(out, Reason{ReasonUsed, []any{h.entry.Uses}})
	}
	if easiness[h.entry.Interlinker.Difficulty] > 0 {
		out = append(out, Reason{Kind: ReasonEasy})
	}
	return out
}

// Recommend ranks the node's published Interlinkers, own and copied, for a
// task. Errors: as [Index.Recommend].
func (s *Service) Recommend(ctx context.Context, v policy.Viewer, q Query) (domain.List[Recommendation], error) {
	var found domain.List[Recommendation]
	index, err := s.fresh(ctx)
	if err != nil {
		return found, err
	}
	if found, err = index.Recommend(q); err != nil {
		return found, err
	}
	problems, err := s.Problems(ctx, v, q.Problems)
	if err != nil {
		return found, err
	}
	for _, r := range found.Items {
		for _, why := range r.Reasons {
			if why.Kind == ReasonProblem {
				why.Args[0] = problems.Name(why.Args[0].(string))
			}
		}
	}
	return found, nil
}

// RecommendTasks ranks, for each task of a schema that is asked for (its
// path), the Interlinkers that it would get, at most limit each, as
// [Service.Recommend] would, but for the reasons, whose problems have no
// names. Errors: as [Index.Recommend].
func (s *Service) RecommendTasks(ctx context.Context, schema *Schema, tasks []string, lang domain.Lang, limit int) (map[string]domain.List[Recommendation], error) {
	index, err := s.fresh(ctx)
	if err != nil {
		return nil, err
	}
	found := make(map[string]domain.List[Recommendation], len(tasks))
	for _, path := range tasks {
		if found[path], err = index.Recommend(Query{Problems: schema.Effective(path), Language: lang, Limit: limit}); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// fresh returns the index, built again if the catalogue changed.
func (s *Service) fresh(ctx context.Context) (*Index, error) {
	state, err := s.store.State(ctx)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	index, known := s.index, s.state
	s.mu.Unlock()
	if index != nil && known == state {
		return index, nil
	}
	entries, err := s.store.Candidates(ctx)
	if err != nil {
		return nil, err
	}
	index = NewIndex(entries)
	s.mu.Lock()
	s.index, s.state = index, state
	s.mu.Unlock()
	return index, nil
}
