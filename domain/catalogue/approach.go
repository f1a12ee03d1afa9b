package catalogue

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"
	"unicode"

	"interlink/domain"
	"interlink/domain/policy"
)

// Approach is what people say of their undertaking before they choose a
// schema. Everything may be left out; a value that is not known says nothing.
type Approach struct {
	Words       string  // what they want to do, as they put it
	Purpose     Purpose // what is to come of it
	Stage       Stage   // where they stand
	Country     string  // ISO 3166-1 alpha-2
	Level       string  // "local", "national", "eu", as [Interlinker.Scopes]
	Regulations []string
	Partners    []string // who takes part, as [Interlinker.Audience]
	Language    domain.Lang
}

// Purpose is what is to come of a coproduction.
type Purpose string

// The purposes.
const (
	PurposeNew      Purpose = "new"      // a service that is not there yet
	PurposeImprove  Purpose = "improve"  // a better one than there is
	PurposeDescribe Purpose = "describe" // a service explained so that people find and understand it
	PurposeEvent    Purpose = "event"    // ideas, from an event such as a hackathon
	PurposeDeliver  Purpose = "deliver"  // a service run together
)

// Purposes lists the purposes in the order in which they are offered.
var Purposes = []Purpose{PurposeNew, PurposeImprove, PurposeDescribe, PurposeEvent, PurposeDeliver}

// Stage is the delivery phase in which people stand.
type Stage string

// The stages.
const (
	StageBegin  Stage = "begin"  // finding people and the need
	StageDesign Stage = "design" // thinking up what it shall be
	StageBuild  Stage = "build"  // making and trying it
	StageRun    Stage = "run"    // offering it, and keeping it up
)

// Stages lists the stages in their order.
var Stages = []Stage{StageBegin, StageDesign, StageBuild, StageRun}

// The reasons for a schema, with their arguments.
const (
	ReasonPurpose     ReasonKind = "purpose"      // purpose, a string: it is made for this
	ReasonWords       ReasonKind = "words"        // the words of theirs that it speaks of, one string
	ReasonStage       ReasonKind = "stage"        // number of tasks, stage: for where they stand
	ReasonBefore      ReasonKind = "before"       // number of tasks that come before where they stand
	ReasonTools       ReasonKind = "tools"        // number of tasks with an Interlinker, number of all
	ReasonRegulation  ReasonKind = "regulation"   // number of tasks that help with it, its key
	ReasonPartners    ReasonKind = "partners"     // number of tasks with an Interlinker made for those who take part
	ReasonLevel       ReasonKind = "level"        // number of tasks with an Interlinker for this level, the level
	ReasonCountry     ReasonKind = "country"      // number of tasks with an Interlinker in a language of it, the country
	ReasonProcesses   ReasonKind = "processes"    // number of processes that began with it here
	ReasonNoLanguage  ReasonKind = "no_language"  // language: it is only there in another
	ReasonOfLanguage  ReasonKind = "of_language"  // language: it is there in it
	ReasonAnyApproach ReasonKind = "any_approach" // nothing was said that speaks for or against it
)

// Choice is a schema with the reasons for it, strongest first.
type Choice struct {
	Schema  *Entry
	Fit     int // 0 to 100: how much of what was said it answers
	Reasons []Reason
}

// The weights of what was said, in the order in which reasons are given.
const (
	weighPurpose    = 3.0
	weighWords      = 2.0
	weighStage      = 2.0
	weighRegulation = 1.0 // each
	weighTools      = 1.5
	weighLanguage   = 1.0
	weighPartners   = 0.5
	weighLevel      = 0.5
	weighCountry    = 0.5
	weighProcesses  = 0.5
)

// RankSchemas ranks schemas for an approach. tools are the node's
// Interlinkers. The same questions over the same catalogue give the same
// list.
func RankSchemas(schemas []*Entry, tools *Index, a Approach) []Choice {
	words := tellingOf(wordsOf(a.Words))
	texts := make([][]string, len(schemas))
	for i, e := range schemas {
		texts[i] = vocabularyOf(e)
	}
	rarity := rarityOf(words, texts)
	choices := make([]Choice, 0, len(schemas))
	for i, e := range schemas {
		if e.Schema == nil || e.Status != Published {
			continue
		}
		j := judgement{Approach: a, index: tools, entry: e, tasks: tasksOf(e.Schema, tools)}
		j.purpose()
		j.words(words, texts[i], rarity)
		j.stage()
		j.regulations()
		j.tools()
		j.language()
		j.experience()
		if len(j.reasons) == 0 {
			j.reasons = []Reason{{Kind: ReasonAnyApproach}}
		}
		choices = append(choices, Choice{Schema: e, Fit: int(math.Round(100 * j.got / j.asked)), Reasons: j.reasons})
	}
	slices.SortStableFunc(choices, func(x, y Choice) int {
		return cmp.Or(cmp.Compare(y.Fit, x.Fit), cmp.Compare(x.Schema.Host, y.Schema.Host), cmp.Compare(x.Schema.Slug, y.Schema.Slug))
	})
	return choices
}

// judgement weighs one schema.
type judgement struct {
	Approach
	index      *Index
	entry      *Entry
	tasks      []taskFacts
	got, asked float64
	reasons    []Reason
}

// taskFacts is what counts of a task of a schema.
type taskFacts struct {
	codes    []string // in capitals, its own and those above it
	delivery bool     // in a phase of co-delivery
	tools    []*place
}

// tasksOf finds what each task would get.
func tasksOf(s *Schema, tools *Index) []taskFacts {
	type above struct {
		codes    []string
		delivery bool
	}
	nodes := make(map[string]above, len(s.Nodes))
	var tasks []taskFacts
	for _, n := range s.Nodes { // parents before their children
		at := above{slices.Clone(nodes[n.Parent].codes), n.CoDelivery || nodes[n.Parent].delivery}
		for _, code := range n.Problems {
			if code = strings.ToUpper(code); !slices.Contains(at.codes, code) {
				at.codes = append(at.codes, code)
			}
		}
		nodes[n.Path] = at
		if n.Kind == Task {
			tasks = append(tasks, taskFacts{at.codes, at.delivery, tools.answering(at.codes)})
		}
	}
	return tasks
}

// answering lists the Interlinkers that answer one of the codes (in
// capitals), each once.
func (x *Index) answering(codes []string) []*place {
	var found []*place
	seen := map[int32]bool{}
	for _, code := range codes {
		for _, i := range x.byCode[code] {
			if p := &x.places[i]; !seen[i] && x.useful(p) {
				seen[i] = true
				found = append(found, p)
			}
		}
	}
	return found
}

// weigh adds what a question is worth, of which the schema has a share of 0
// to 1.
func (j *judgement) weigh(worth, share float64) {
	j.asked += worth
	j.got += worth * min(1, max(0, share))
}

func (j *judgement) say(kind ReasonKind, args ...any) {
	j.reasons = append(j.reasons, Reason{kind, args})
}

// count returns how many tasks fit.
func (j *judgement) count(fits func(taskFacts) bool) int {
	n := 0
	for _, t := range j.tasks {
		if fits(t) {
			n++
		}
	}
	return n
}

func (j *judgement) share(n int) float64 {
	if len(j.tasks) == 0 {
		return 0
	}
	return float64(n) / float64(len(j.tasks))
}

func (j *judgement) purpose() {
	if !slices.Contains(Purposes, j.Purpose) {
		j.weigh(1, j.entry.fits(PurposeNew)) // nothing said: what is for anything comes first
		return
	}
	fit := j.entry.fits(j.Purpose)
	if j.weigh(weighPurpose, fit); fit > 0.5 {
		j.say(ReasonPurpose, string(j.Purpose))
	}
}

func (j *judgement) words(words, text []string, rarity map[string]float64) {
	all, got := 0.0, 0.0
	var found []string
	for _, w := range words {
		all += rarity[w]
		if rarity[w] > 0 && speaksOf(text, w) {
			got += rarity[w]
			found = append(found, w)
		}
	}
	if all == 0 {
		return // no schema speaks of any of them
	}
	if j.weigh(weighWords, got/all); len(found) > 0 {
		j.say(ReasonWords, strings.Join(found, ", "))
	}
}

// stages are the groups of problem codes that belong to a stage: what comes
// before the first underscore.
var stages = map[Stage][]string{
	StageBegin: {"ORG", "UND"}, StageDesign: {"UND", "DEF"}, StageBuild: {"BUILD", "VAL"}, StageRun: {"SUS", "VAL"},
}

func (t taskFacts) of(s Stage) bool {
	if s == StageRun && t.delivery {
		return true
	}
	return slices.ContainsFunc(t.codes, func(code string) bool {
		group, _, _ := strings.Cut(code, "_")
		return slices.Contains(stages[s], group)
	})
}

// enough is the share of tasks for a stage with which a schema is made for
// it: the four stages of a whole way share its tasks.
const enough = 0.25

func (j *judgement) stage() {
	at := slices.Index(Stages, j.Stage)
	if at < 0 {
		return
	}
	here := j.count(func(t taskFacts) bool { return t.of(j.Stage) })
	before := j.count(func(t taskFacts) bool {
		return !slices.ContainsFunc(Stages[at:], t.of) && slices.ContainsFunc(Stages[:at], t.of)
	})
	if j.weigh(weighStage, j.share(here)/enough-j.share(before)/2); here > 0 {
		j.say(ReasonStage, here, string(j.Stage))
	}
	if before > 0 {
		j.say(ReasonBefore, before)
	}
}

func (j *judgement) regulations() {
	for _, key := range j.Regulations {
		r, known := Regulations[key]
		if !known {
			continue
		}
		n := j.count(func(t taskFacts) bool { return r.helped(t, key, j.index) })
		if share := j.share(n); n > 0 {
			j.weigh(weighRegulation, 0.5+share)
			j.say(ReasonRegulation, n, key)
		} else {
			j.weigh(weighRegulation, 0)
		}
	}
}

func (j *judgement) tools() {
	n := j.count(func(t taskFacts) bool { return len(t.tools) > 0 })
	if j.weigh(weighTools, j.share(n)); n > 0 {
		j.say(ReasonTools, n, len(j.tasks))
	}
	with := func(worth float64, fits func(*place) bool, kind ReasonKind, args ...any) {
		n := j.count(func(t taskFacts) bool { return slices.ContainsFunc(t.tools, fits) })
		if j.weigh(worth, j.share(n)); n > 0 {
			j.say(kind, append([]any{n}, args...)...)
		}
	}
	if len(j.Partners) > 0 {
		with(weighPartners, func(at *place) bool {
			return slices.ContainsFunc(j.Partners, func(p string) bool { return p != "all" && j.index.reaches(at, p) })
		}, ReasonPartners)
	}
	if slices.Contains([]string{"local", "national", "eu"}, j.Level) {
		with(weighLevel, func(at *place) bool { return j.index.has(at, FacetScope, j.Level) }, ReasonLevel, j.Level)
	}
	if langs := countryLanguages(j.Country); len(langs) > 0 {
		with(weighCountry, func(at *place) bool {
			return slices.ContainsFunc(langs, func(l domain.Lang) bool { return j.index.has(at, FacetLanguage, string(l)) })
		}, ReasonCountry, j.Country)
	}
}

func (j *judgement) language() {
	if j.Language == "" {
		return
	}
	_, lang := j.entry.Name.In(j.Language)
	if lang == j.Language {
		j.weigh(weighLanguage, 1)
		j.say(ReasonOfLanguage, lang)
		return
	}
	j.weigh(weighLanguage, 0)
	j.say(ReasonNoLanguage, lang)
}

func (j *judgement) experience() {
	n := j.entry.Uses
	if j.weigh(weighProcesses, math.Log1p(float64(n))/math.Log1p(20)); n > 0 {
		j.say(ReasonProcesses, n)
	}
}

// fits says, from 0 to 1, how much the schema is made for a purpose: as it
// declares, else by the words of its name, tags and summary. One that is made
// for nothing in particular is for what is new.
func (e *Entry) fits(p Purpose) float64 {
	if len(e.Schema.Purposes) > 0 {
		if slices.Contains(e.Schema.Purposes, p) {
			return 1
		}
		return 0
	}
	if p == PurposeNew {
		most := 0.0
		for _, other := range Purposes[1:] {
			most = max(most, e.fits(other))
		}
		return 1 - most
	}
	strong, weak := wordsOf(strings.Join(e.strongWords(), " ")), wordsOf(strings.Join(values(e.Summary), " "))
	hits, beside := 0.0, 0.0
	for _, stem := range purposeStems[p] {
		switch {
		case speaksOf(strong, stem):
			hits++
		case speaksOf(weak, stem):
			beside += 0.25
		}
	}
	return min(1, (hits+min(0.5, beside))/2)
}

// strongWords are its name and tags in all languages.
func (e *Entry) strongWords() []string {
	words := values(e.Name)
	for _, tags := range e.Schema.Tags {
		words = append(words, tags...)
	}
	return words
}

// vocabularyOf are the words of a schema and of its phases, objectives and
// tasks, sorted, each once.
func vocabularyOf(e *Entry) []string {
	if e.Schema == nil {
		return nil
	}
	texts := append(e.strongWords(), values(e.Summary)...)
	for _, n := range e.Schema.Nodes {
		texts = append(texts, values(n.Name)...)
	}
	words := wordsOf(strings.Join(texts, " "))
	slices.Sort(words)
	return slices.Compact(words)
}

func values(t domain.Text) []string {
	out := make([]string, 0, len(t))
	for _, l := range t.Langs() {
		out = append(out, t[l])
	}
	return out
}

// The words that count: those of people's own are cut at maxWords.
const (
	minWord  = 4 // letters: shorter ones are mostly of, the, and
	maxWords = 5000
)

// common are longer words that say nothing.
var common = func() map[string]bool {
	all := map[string]bool{}
	for _, w := range strings.Fields(`with want that this from have will would like need more their there about
		para como queremos quiero nuestra nuestro sobre entre desde vogliamo voglio sono della delle degli nella nostro nostra
		voor willen onze door naar maar mēs vēlamies gribam mūsu lai`) {
		all[w] = true
	}
	return all
}()

// wordsOf returns the words of a text in lower case, without short ones.
func wordsOf(text string) []string {
	all := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	words := all[:0]
	for _, w := range all {
		if len([]rune(w)) >= minWord && !common[w] && len(words) < maxWords {
			words = append(words, w)
		}
	}
	return words
}

// filler are words with which people put what they want, and which say nothing
// of it.
var filler = func() map[string]bool {
	all := map[string]bool{}
	for _, w := range strings.Fields(`after again also another because before being between both could does doing done during each every everybody everyone everything find first
		give given going good here itself just keep less look looking looks made make makes making many most much must needs never none only other others over same shall should
		since some somebody something still such take taken than then these they thing things those through under until upon used using very wants well were what when where
		whether which while whom whose within without your
		antes cada cuando después donde dónde estar hacer hacia hasta mejor otra otras otro otros pero porque puede pueden también tiene tienen toda todas todo todos
		altre altri altro anche avere come dopo essere fare meglio molto ogni perché prima quando dove questa queste questi questo tutte tutti tutto
		alle andere beter deze doen hebben heel iedereen maken meer omdat waar wanneer worden wordt zonder
		bez citi cits kuri kurš kura labāk pēc pirms tāpēc vairāk visas visi viss ļoti`) {
		all[w] = true
	}
	return all
}()

// tellingOf leaves out the words that say nothing of what people want.
func tellingOf(words []string) []string {
	return slices.DeleteFunc(words, func(w string) bool { return stopWords[w] || filler[w] })
}

// stem cuts the ending off a word, as most European languages have endings:
// what is left is compared as a beginning.
func stem(word string) string {
	letters := []rune(word)
	return string(letters[:min(len(letters), max(5, len(letters)-3))])
}

// speaksOf reports whether a word with the same stem is in a text.
func speaksOf(text []string, word string) bool {
	begin := stem(word)
	return slices.ContainsFunc(text, func(w string) bool { return strings.HasPrefix(w, begin) })
}

// rarityOf weighs words by how few of the texts speak of them; 0 for those of
// which none does.
func rarityOf(words []string, texts [][]string) map[string]float64 {
	rarity := make(map[string]float64, len(words))
	for _, w := range words {
		n := 0
		for _, text := range texts {
			if speaksOf(text, w) {
				n++
			}
		}
		if n > 0 {
			rarity[w] = math.Log(1 + float64(len(texts))/float64(n))
		}
	}
	return rarity
}

// maxApproachWords is how long the words of an approach may be, in bytes; more
// are not looked at.
const maxApproachWords = 500

// Choose ranks the node's schemas, own and copied, for an approach.
func (s *Service) Choose(ctx context.Context, v policy.Viewer, a Approach) ([]Choice, error) {
	if len(a.Words) > maxApproachWords {
		a.Words = strings.ToValidUTF8(a.Words[:maxApproachWords], "")
	}
	schemas, err := s.store.Schemas(ctx)
	if err != nil {
		return nil, err
	}
	schemas = slices.DeleteFunc(schemas, func(e *Entry) bool { return policy.Allow(v, policy.Read, e) != nil })
	var choices []Choice
	err = s.looking(ctx, func(tools *Index) error {
		choices = RankSchemas(schemas, tools, a)
		return nil
	})
	return choices, err
}
