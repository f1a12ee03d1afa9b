package catalogue

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strconv"
	"strings"

	"interlink/domain"
	"interlink/domain/policy"
)

// Query asks for Interlinkers that help with a task.
type Query struct {
	Problems    []string          // codes of the task, its own and those above it
	Name        domain.Text       // of the task
	Description domain.Text       // of the task
	Language    domain.Lang       // of the process
	Audience    string            // who will use it, such as "all;citizens"; "" for anybody
	Scopes      []string          // of the process, as [Interlinker.Scopes]
	Regulations []string          // that bind it: keys of [Regulations]
	Schema      domain.IRI        // that it began with; "" for none
	After       domain.ID         // entry that an earlier answer ended with; "" for the strongest
	Limit       int               // 0 means 8
	beside      map[domain.ID]int // processes that began with the same schema and used it
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
	ReasonText      ReasonKind = "text"      // words of the task that it speaks of, one string
	ReasonFocused   ReasonKind = "focused"   // number: it answers only few needs
	ReasonLanguage  ReasonKind = "language"  // language: it is there in the process's language
	ReasonTranslate ReasonKind = "translate" // language: it is only there in another language
	ReasonBeside    ReasonKind = "beside"    // number: so many processes like this one used it
	ReasonUsed      ReasonKind = "used"      // number: so often used here
	ReasonEasy      ReasonKind = "easy"      // it is easy to use
	ReasonAudience  ReasonKind = "audience"  // it is made for these people
	ReasonScope     ReasonKind = "scope"     // scope: it is made for this level
	ReasonRule      ReasonKind = "rule"      // key of a regulation: it helps with it
	ReasonRated     ReasonKind = "rated"     // mean of the stars, "4.5", and number: so many people rated it
)

// Recommendation is an Interlinker with the reasons for it, strongest first.
type Recommendation struct {
	Entry   *Entry
	Score   float64
	Reasons []Reason
}

// Pick is an Interlinker by its id with the reasons for it, as
// [Recommendation].
type Pick struct {
	ID      domain.ID
	Score   float64
	Reasons []Reason
}

// What counts how much. They are chosen on one half of the labels in
// seed/testdata and hold on the other: see TestRecommendationQuality.
const (
	textWeight = 25.0 // of a text that is the same, beside the task's problems
	alike      = 0.1  // 0 to 1: texts that have less in common are no reason by themselves
	besideName = 0.3  // of a word that an Interlinker has, but not in its name
	farther    = 0.5  // how fast problems count less that are not the task's own
	breadth    = 0.75 // how fast what answers many problems counts less for each
)

// Recommend ranks the Interlinkers that answer at least one of the query's
// problems, or speak of what its text does. The same query over the same
// index gives the same list. A reason [ReasonProblem] has the code here, a
// string, and the name, a [domain.Text], from the service. Errors: Invalid
// for a cursor that names none of them.
func (x *Index) Recommend(q Query) (domain.List[Pick], error) {
	w := x.weigh(q)
	limit := q.Limit
	if limit <= 0 {
		limit = 8
	}
	r := ranking{most: limit + 1}
	if q.After != "" {
		at, known := x.at[q.After]
		if !known || w.of(at) == 0 {
			return domain.List[Pick]{}, domain.InvalidField("after", "error.cursor")
		}
		last := scored{at, w.of(at)}
		r.after = func(s scored) bool { return x.before(last, s) }
	}
	for _, at := range w.touched {
		if score := w.of(at); score > 0 {
			x.offer(&r, scored{at, score})
		}
	}
	list := domain.List[Pick]{Total: r.total, Items: make([]Pick, 0, limit)}
	if len(r.best) > limit {
		r.best = r.best[:limit]
		list.Next = string(x.places[r.best[limit-1].at].id)
	}
	for _, s := range r.best {
		list.Items = append(list.Items, Pick{x.places[s.at].id, s.score, w.reasons(s.at)})
	}
	return list, nil
}

// weighing is a query over an index.
type weighing struct {
	Query
	x       *Index
	touched []int32   // places that answer a problem of it, or speak of the same
	answers []float64 // by place: the problems that it answers
	speaks  []float64 // by place: how alike the texts are, 0 to 1
	roots   []rootOf
	fits    []fit // by value
}

// fit is what a value of an entry means for a query.
type fit uint8

// The fits, which are added up.
const (
	fitLanguage fit = 1 << iota
	fitAudience
	fitScope
	fitRule
	fitVeryEasy
	fitEasy
	fitDifficult
	fitVeryDifficult
)

// fitFactors are what the score is multiplied with.
var fitFactors = map[fit]float64{
	fitAudience: 1.1, fitScope: 1.05, fitRule: 1.2, // it is made for this
	fitVeryEasy: 1.10, fitEasy: 1.06, fitDifficult: 0.95, fitVeryDifficult: 0.90, // people can begin with it at once
}

// weigh adds up, for each place, the problems that it answers and the words it
// has in common with the text.
func (x *Index) weigh(q Query) *weighing {
	w := &weighing{Query: q, x: x, answers: make([]float64, len(x.places))}
	w.Problems = nil
	for _, code := range q.Problems {
		if code = strings.ToUpper(code); !slices.Contains(w.Problems, code) {
			w.Problems = append(w.Problems, code)
		}
	}
	for _, key := range RegulationKeys {
		if slices.ContainsFunc(Regulations[key].codes, func(code string) bool { return slices.Contains(w.Problems, code) }) {
			w.Regulations = append(slices.Clone(w.Regulations), key)
		}
	}
	w.fits = w.fitting()
	for rank, code := range w.Problems {
		near := 1 / (1 + farther*float64(rank)) // the task's own needs come first
		worth := x.rarity(len(x.byCode[code])) * near
		for _, at := range x.byCode[code] {
			if w.answers[at] == 0 {
				w.touched = append(w.touched, at)
			}
			w.answers[at] += worth
		}
	}
	w.roots = x.rootsOf(q.Name, q.Description, q.Language)
	var spoken []int32
	w.speaks, spoken = x.alike(w.roots)
	for _, at := range spoken {
		if w.answers[at] == 0 && w.speaks[at] >= alike {
			w.touched = append(w.touched, at)
		}
	}
	return w
}

// fitting says of each value what it means for the query.
func (w *weighing) fitting() []fit {
	fits := make([]fit, len(w.x.values))
	mark := func(facet, value string, f fit) {
		if n, known := w.x.valueOf[Value{facet, value}]; known {
			fits[n] |= f
		}
	}
	primary, _, _ := strings.Cut(string(w.Language), "-")
	mark(FacetLanguage, string(w.Language), fitLanguage)
	mark(FacetLanguage, primary, fitLanguage)
	for _, s := range w.Scopes {
		mark(FacetScope, s, fitScope)
	}
	for _, r := range w.Regulations {
		mark(FacetRegulation, r, fitRule)
	}
	mark(FacetDifficulty, "very_easy", fitVeryEasy)
	mark(FacetDifficulty, "easy", fitEasy)
	mark(FacetDifficulty, "difficult", fitDifficult)
	mark(FacetDifficulty, "very_difficult", fitVeryDifficult)
	for n, v := range w.x.values {
		if w.Audience != "" && v.Facet == FacetAudience && within(w.Audience, v.Value) {
			fits[n] |= fitAudience
		}
	}
	return fits
}

// rootOf is a root of a text with the word it was found in, as it is written
// there, and its weight.
type rootOf struct {
	root, word string
	lang       domain.Lang // of the text that has the word
	weight     float64
}

// The words of a text that are compared: the rarest, none of which more than
// a part of the Interlinkers have, unless there are only few.
const (
	mostRoots  = 24
	commonPart = 10
	fewEntries = 500
)

// rootsOf are the roots of a text that tell it from others, in all its
// languages: those of its name count twice. A root that several languages have
// is of first, if that is one of them.
func (x *Index) rootsOf(name, description domain.Text, first domain.Lang) []rootOf {
	var out []rootOf
	seen := map[string]bool{}
	add := func(text domain.Text, weight float64) {
		all := text.Langs()
		slices.SortStableFunc(all, func(a, b domain.Lang) int { return cmp.Compare(foreign(a, first), foreign(b, first)) })
		for _, lang := range all {
			langs := []domain.Lang{lang}
			if lang == domain.Undetermined {
				langs = rootLanguages
			}
			for word, written := range spelled(text[lang]) {
				if stopWords[word] {
					continue
				}
				for _, as := range langs {
					root := Root(word, as)
					n := len(x.byRoot[root])
					if seen[root] || n == 0 || len(root) < shortestRoot || n > max(fewEntries, x.listed/commonPart) {
						continue
					}
					seen[root] = true
					out = append(out, rootOf{root, written, lang, weight * x.rarity(n)})
				}
			}
		}
	}
	add(name, 2)
	add(description, 1)
	slices.SortStableFunc(out, func(a, b rootOf) int { return cmp.Or(cmp.Compare(b.weight, a.weight), strings.Compare(a.root, b.root)) })
	return out[:min(len(out), mostRoots)]
}

// foreign is 1 for a language in which who reads first does not read, else 0.
func foreign(lang, first domain.Lang) int {
	a, _, _ := strings.Cut(string(lang), "-")
	b, _, _ := strings.Cut(string(first), "-")
	if first == "" || lang == domain.Undetermined || a == b {
		return 0
	}
	return 1
}

// alike says of each place how much it has in common with the roots, 0 to 1,
// and which ones have any of them.
func (x *Index) alike(roots []rootOf) (like []float64, which []int32) {
	all := 0.0
	for _, r := range roots {
		all += r.weight
	}
	like = make([]float64, len(x.places))
	for _, r := range roots {
		share := r.weight / all
		for _, entry := range x.byRoot[r.root] {
			at := entry >> 1
			if like[at] == 0 {
				which = append(which, at)
			}
			if entry&1 == 1 {
				like[at] += share
			} else {
				like[at] += share * besideName
			}
		}
	}
	return like, which
}

// of is the score of a place: what it answers, and how well it fits; 0 if it
// is not to be recommended.
func (w *weighing) of(at int32) float64 {
	p := &w.x.places[at]
	answers, like := w.answers[at], w.speaks[at]
	if !w.x.useful(p) || answers == 0 && like < alike {
		return 0
	}
	// An Interlinker tagged with everything answers nothing in particular: its
	// weight falls with the number of its problems.
	score := answers/math.Pow(float64(max(1, p.problems)), breadth) + textWeight*like
	var fits fit
	for _, n := range p.values {
		fits |= w.fits[n]
	}
	switch {
	case w.Language == "":
	case fits&fitLanguage != 0:
		score *= 1.15
	default:
		score *= 0.85
	}
	for bit := fitAudience; bit != 0; bit <<= 1 {
		if fits&bit != 0 {
			score *= fitFactors[bit]
		}
	}
	return score * (1 + 0.1*math.Log1p(float64(p.uses)) + 0.2*math.Log1p(float64(w.beside[p.id]))) * favour(float64(p.rating), int(p.ratings))
}

// other is the language in which what is not there in the wanted one is read.
func (w *weighing) other(p *place) domain.Lang {
	var first string
	for _, n := range p.values {
		if v := w.x.values[n]; v.Facet == FacetLanguage && (first == "" || v.Value == "en" || first != "en" && v.Value < first) {
			first = v.Value
		}
	}
	return domain.Lang(first)
}

func (w *weighing) scope(p *place) string { return w.firstOf(p, FacetScope, w.Scopes) }
func (w *weighing) rule(p *place) string  { return w.firstOf(p, FacetRegulation, w.Regulations) }

func (w *weighing) firstOf(p *place, facet string, values []string) string {
	for _, v := range values {
		if w.x.has(p, facet, v) {
			return v
		}
	}
	return ""
}

// From how many ratings on, and from which mean on, they are a reason.
const (
	manyRatings = 3
	wellRated   = 4.0
)

// maxReasonWords is how many words a reason names.
const maxReasonWords = 4

// reasons say in words what [weighing.of] counted.
func (w *weighing) reasons(at int32) []Reason {
	p := &w.x.places[at]
	var out []Reason
	say := func(kind ReasonKind, args ...any) { out = append(out, Reason{kind, args}) }
	for _, code := range w.Problems {
		if w.x.has(p, FacetProblem, code) {
			say(ReasonProblem, code)
		}
	}
	if words := w.x.shared(at, w.roots, w.Language); w.speaks[at] >= alike/2 && len(words) > 0 {
		say(ReasonText, strings.Join(words[:min(len(words), maxReasonWords)], ", "))
	}
	if p.problems > 0 && p.problems <= 3 && w.answers[at] > 0 {
		say(ReasonFocused, p.problems)
	}
	if rule := w.rule(p); rule != "" {
		say(ReasonRule, rule)
	}
	if w.Language != "" && slices.ContainsFunc(p.values, func(n int32) bool { return w.fits[n]&fitLanguage != 0 }) {
		say(ReasonLanguage, w.Language)
	} else if other := w.other(p); w.Language != "" && other != "" {
		say(ReasonTranslate, other)
	}
	if w.x.reaches(p, w.Audience) {
		say(ReasonAudience)
	}
	if scope := w.scope(p); scope != "" {
		say(ReasonScope, scope)
	}
	if n := w.beside[p.id]; n > 0 {
		say(ReasonBeside, n)
	}
	if p.uses > 0 {
		say(ReasonUsed, p.uses)
	}
	if p.ratings >= manyRatings && p.rating >= wellRated {
		say(ReasonRated, strconv.FormatFloat(float64(p.rating), 'f', 1, 64), int(p.ratings))
	}
	if w.x.has(p, FacetDifficulty, "easy") || w.x.has(p, FacetDifficulty, "very_easy") {
		say(ReasonEasy)
	}
	return out
}

// shared are the words of a language whose roots a place has, the rarest
// first, each once. Words of others would tell its readers nothing.
func (x *Index) shared(at int32, roots []rootOf, lang domain.Lang) []string {
	var words []string
	for _, r := range roots {
		_, has := slices.BinarySearchFunc(x.byRoot[r.root], at, func(entry, at int32) int { return cmp.Compare(entry>>1, at) })
		if has && foreign(r.lang, lang) == 0 && !slices.Contains(words, r.word) {
			words = append(words, r.word)
		}
	}
	return words
}

// Recommend ranks the node's published Interlinkers, own and copied, for a
// task. Errors: as [Index.Recommend].
func (s *Service) Recommend(ctx context.Context, v policy.Viewer, q Query) (domain.List[Recommendation], error) {
	var out domain.List[Recommendation]
	var err error
	if q.Schema != "" {
		if q.beside, err = s.store.UsedWith(ctx, q.Schema); err != nil {
			return out, err
		}
	}
	var found domain.List[Pick]
	err = s.looking(ctx, func(x *Index) error {
		found, err = x.Recommend(q)
		return err
	})
	if err != nil {
		return out, err
	}
	problems, err := s.Problems(ctx, v, q.Problems)
	if err != nil {
		return out, err
	}
	ids := make([]domain.ID, len(found.Items))
	byID := make(map[domain.ID]Pick, len(found.Items))
	for i, p := range found.Items {
		ids[i], byID[p.ID] = p.ID, p
		for _, why := range p.Reasons {
			if why.Kind == ReasonProblem {
				why.Args[0] = problems.Name(why.Args[0].(string))
			}
		}
	}
	entries, err := s.inOrder(ctx, v, ids)
	out.Total, out.Next = found.Total, found.Next
	for _, e := range entries {
		out.Items = append(out.Items, Recommendation{e, byID[e.ID].Score, byID[e.ID].Reasons})
	}
	return out, err
}

// RecommendTasks ranks, for each task of a schema that is asked for (its
// path), the Interlinkers that it would get, at most limit each, as
// [Service.Recommend] would, but for the reasons, whose problems have no
// names. Errors: as [Index.Recommend].
func (s *Service) RecommendTasks(ctx context.Context, v policy.Viewer, schema *Schema, tasks []string, lang domain.Lang, limit int) (map[string]domain.List[Recommendation], error) {
	picks := make(map[string]domain.List[Pick], len(tasks))
	var ids []domain.ID
	err := s.looking(ctx, func(x *Index) error {
		for _, path := range tasks {
			found, err := x.Recommend(schema.Query(path, lang, limit))
			if err != nil {
				return err
			}
			picks[path] = found
			for _, p := range found.Items {
				ids = append(ids, p.ID)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.Sort(ids)
	entries, err := s.inOrder(ctx, v, slices.Compact(ids))
	if err != nil {
		return nil, err
	}
	byID := make(map[domain.ID]*Entry, len(entries))
	for _, e := range entries {
		byID[e.ID] = e
	}
	out := make(map[string]domain.List[Recommendation], len(tasks))
	for path, found := range picks {
		list := domain.List[Recommendation]{Total: found.Total, Next: found.Next}
		for _, p := range found.Items {
			if e := byID[p.ID]; e != nil {
				list.Items = append(list.Items, Recommendation{e, p.Score, p.Reasons})
			}
		}
		out[path] = list
	}
	return out, nil
}

// Query asks for what helps with a task of a schema.
func (s *Schema) Query(path string, lang domain.Lang, limit int) Query {
	q := Query{Problems: s.Effective(path), Language: lang, Limit: limit}
	if i := slices.IndexFunc(s.Nodes, func(n Node) bool { return n.Path == path }); i >= 0 {
		q.Name, q.Description = s.Nodes[i].Name, s.Nodes[i].Description
	}
	return q
}
