// Package story holds success stories: what a process achieved, told by the
// organisation behind it, with an immutable snapshot of the pruned tree that
// other cities can clone.
package story

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"interlink/domain"
	"interlink/domain/policy"
	"interlink/domain/review"
)

// Status says whether a story is to be seen.
type Status string

// The statuses. A withdrawn story leaves a tombstone; its slug stays taken.
const (
	Published Status = "published"
	Withdrawn Status = "withdrawn"
)

// The bounds of a story. Texts count in bytes of the longest translation, but
// the summary in letters.
const (
	maxTitle    = 200
	maxSummary  = 500
	maxText     = 50_000
	maxKeywords = 30
	maxKeyword  = 60
	maxFigures  = 30
	maxFigure   = 300

	maxMaterials = 50
	maxMakers    = 50
)

// Story is a success story of this node or a copy of another node's.
type Story struct {
	ID         domain.ID
	Serial     domain.Serial
	IRI        domain.IRI
	Slug       string         // never changed, never given again
	Host       string         // "" for a story of this node
	Owner      domain.ActorID // the organisation that tells it
	Process    domain.ActorID // it tells of; Nobody for another node's
	ProcessIRI domain.IRI
	Community  domain.ActorID // that announces it; Nobody for none
	Telling
	Languages   []domain.Lang // of the title
	Problems    []string      // codes of problem profiles, from the snapshot
	Snapshot    *Snapshot     // nil in lists and once erased
	Digest      string        // see [Snapshot.Digest]
	Version     int           // 1, 2, …
	Status      Status
	PublishedAt time.Time
	UpdatedAt   time.Time
	Revision    int64
	Ratings     review.Ratings

	// Brought is when an administrator brought a copy of another node's story in
	// an archive; zero if it came otherwise. It stays, and its files are here,
	// also when that node is no more.
	Brought time.Time

	// Along are the hashes of the files that came with it in that archive; told to
	// a store alone.
	Along []string

	// Evidence proves a copy of another node's story; nil if its owner did not
	// sign it, in lists, and for a story of this node.
	Evidence *Evidence

	// Stewards administer the owning organisation, and Cosigned are the partners
	// that signed this version; set by the store for a story of this node, not in
	// lists.
	Stewards []domain.ActorID
	Cosigned []*Cosignature
	Resigned time.Time // set with Cosigned: when the owner signed anew, as a partner took its signature back; zero if none did

	Draft domain.ID // that it was written in, and that goes when it is saved; "" for none

	// Cancelled are the requests to sign it that are taken back as it is saved; told
	// to a store alone.
	Cancelled []*Cosignature
}

// SignedAt is when the owner of a story of this node signed it as it is.
func (s *Story) SignedAt() time.Time {
	if s.Resigned.After(s.UpdatedAt) {
		return s.Resigned
	}
	return s.UpdatedAt
}

// Telling is what people write.
type Telling struct {
	Title      domain.Text
	Summary    domain.Text // one plain paragraph of at most 500 letters
	Challenge  domain.Text // Markdown, as the next three
	Objectives domain.Text
	Results    domain.Text
	Lessons    domain.Text
	Keywords   []string
	Countries  []string // ISO 3166-1 alpha-2
	Figures    []Figure
	Licence    string // SPDX; "" means CC-BY-4.0

	Incentives   domain.Text   // what moved people to take part; Markdown, as the next
	Terms        domain.Text   // what else is to be said of licences
	Materials    []Material    // to look at
	Makers       []Maker       // who did it
	Spoken       []domain.Lang // languages in which it was done
	Begun, Ended string        // days, "2026-03-01"; "" if not said
	ServiceTypes []string      // codes of the catalogue's list
	Regulations  []string      // names of rules of law, as the catalogue has them: "gdpr"
}

// Material is something to look at: a film, a page, a report.
type Material struct {
	Name domain.Text `json:"name"`
	Kind string      `json:"kind,omitempty"` // in the words of who wrote it: "video"
	URL  domain.IRI  `json:"url"`
}

// Maker is an organisation that did it.
type Maker struct {
	Name string      `json:"name"`
	Info domain.Text `json:"info,omitempty"`
	URL  domain.IRI  `json:"url,omitempty"`
}

// Figure is one result in numbers: "visitors", "1200", "a month".
type Figure struct {
	Name  domain.Text `json:"name"`
	Value string      `json:"value"`
	Unit  domain.Text `json:"unit,omitempty"`

	Category domain.Text `json:"category,omitempty"` // what it is about: "people"
}

// PolicyKind answers [policy.Facts].
func (s *Story) PolicyKind() string { return "story" }

// PolicyVisibility answers [policy.Facts].
func (s *Story) PolicyVisibility() domain.Visibility { return domain.VisiblePublic }

// PolicyRelation answers [policy.Facts].
func (s *Story) PolicyRelation(a domain.ActorID) policy.Relation {
	if slices.Contains(s.Stewards, a) {
		return policy.Administrator
	}
	return policy.Stranger
}

// PolicyLocal answers [policy.Facts].
func (s *Story) PolicyLocal() bool { return s.Host == "" }

// Address returns the path of the story's page on this node.
func (s *Story) Address() string {
	if s.Host == "" {
		return "/stories/" + s.Slug
	}
	return "/stories/" + s.Slug + "@" + s.Host
}

var (
	slugShape    = regexp.MustCompile(`^[a-z0-9-]{1,80}$`)
	licenceShape = regexp.MustCompile(`^[A-Za-z0-9.+-]{1,60}$`)
)

// clean trims what people wrote, makes the summary one line, countries
// by their codes, and leaves out empty and repeated entries.
func (t Telling) clean() Telling {
	t.Title, t.Challenge, t.Objectives = t.Title.Clean(), t.Challenge.Clean(), t.Objectives.Clean()
	t.Results, t.Lessons = t.Results.Clean(), t.Lessons.Clean()
	t.Incentives, t.Terms = t.Incentives.Clean(), t.Terms.Clean()
	t.ServiceTypes, t.Regulations = tidy(t.ServiceTypes, strings.TrimSpace), tidy(t.Regulations, strings.TrimSpace)
	t.Spoken = slices.Compact(slices.Sorted(slices.Values(t.Spoken)))
	t.Materials, t.Makers = cleanMaterials(t.Materials), cleanMakers(t.Makers)
	summary := make(domain.Text, len(t.Summary))
	for lang, s := range t.Summary {
		summary[lang] = strings.Join(strings.Fields(s), " ")
	}
	t.Summary = summary.Clean()
	t.Keywords = tidy(t.Keywords, strings.ToLower)
	t.Countries = tidy(t.Countries, func(s string) string { return cmp.Or(domain.Country(s), strings.ToUpper(s)) })
	var figures []Figure
	for _, f := range t.Figures {
		f.Name, f.Value, f.Unit, f.Category = f.Name.Clean(), strings.TrimSpace(f.Value), f.Unit.Clean(), f.Category.Clean()
		if !f.Name.Empty() || f.Value != "" {
			figures = append(figures, f)
		}
	}
	t.Figures = figures
	if t.Licence = strings.TrimSpace(t.Licence); t.Licence == "" {
		t.Licence = "CC-BY-4.0"
	}
	return t
}

// Check judges what a person wrote as [Service.Publish] does. Errors: Invalid.
func (t Telling) Check() error {
	var problems domain.Problems
	t.clean().check(&problems)
	return problems.Err()
}

func tidy(list []string, as func(string) string) []string {
	var out []string
	for _, s := range list {
		if s = as(strings.TrimSpace(strings.ReplaceAll(s, "\x00", ""))); s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

func cleanMaterials(list []Material) []Material {
	var out []Material
	for _, m := range list {
		m.Name, m.Kind = m.Name.Clean(), strings.Join(strings.Fields(m.Kind), " ")
		if !m.Name.Empty() || m.URL != "" {
			out = append(out, m)
		}
	}
	return out
}

func cleanMakers(list []Maker) []Maker {
	var out []Maker
	for _, m := range list {
		m.Name, m.Info = strings.Join(strings.Fields(m.Name), " "), m.Info.Clean()
		if m.Name != "" || m.URL != "" {
			out = append(out, m)
		}
	}
	return out
}

// check judges a story that is to be told: it has a title and a summary, and
// keeps the bounds.
func (t Telling) check(p *domain.Problems) {
	if t.Title.Empty() {
		p.Add("title", "story.title_missing")
	}
	if t.Summary.Empty() {
		p.Add("summary", "story.summary_missing")
	}
	t.bounds(p)
}

func (t Telling) bounds(p *domain.Problems) {
	if t.Title.Longest() > maxTitle {
		p.Add("title", "story.text_too_long", maxTitle)
	}
	for _, s := range t.Summary {
		if utf8.RuneCountInString(s) > maxSummary {
			p.Add("summary", "story.text_too_long", maxSummary)
			break
		}
	}
	for _, f := range []struct {
		name string
		text domain.Text
	}{{"challenge", t.Challenge}, {"objectives", t.Objectives}, {"results", t.Results}, {"lessons", t.Lessons}, {"incentives", t.Incentives}, {"terms", t.Terms}} {
		if f.text.Longest() > maxText {
			p.Add(f.name, "story.text_too_long", maxText)
		}
	}
	t.checkLists(p)
}

func (t Telling) checkLists(p *domain.Problems) {
	if len(t.Keywords) > maxKeywords || slices.ContainsFunc(t.Keywords, func(s string) bool { return len(s) > maxKeyword }) {
		p.Add("keywords", "story.keywords", maxKeywords, maxKeyword)
	}
	if len(t.Countries) > maxKeywords || slices.ContainsFunc(t.Countries, func(s string) bool { return domain.Country(s) == "" }) {
		p.Add("countries", "story.countries")
	}
	if len(t.Figures) > maxFigures || slices.ContainsFunc(t.Figures, func(f Figure) bool { return !f.sound() }) {
		p.Add("figures", "story.figures", maxFigures)
	}
	if len(t.Materials) > maxMaterials || slices.ContainsFunc(t.Materials, func(m Material) bool { return !m.sound() }) {
		p.Add("materials", "story.materials", maxMaterials)
	}
	if len(t.Makers) > maxMakers || slices.ContainsFunc(t.Makers, func(m Maker) bool { return !m.sound() }) {
		p.Add("makers", "story.makers", maxMakers)
	}
	if len(t.Spoken) > maxKeywords || slices.ContainsFunc(t.Spoken, func(l domain.Lang) bool { _, err := domain.ParseLang(string(l)); return err != nil }) {
		p.Add("spoken", "story.spoken")
	}
	for _, day := range []string{t.Begun, t.Ended} {
		if _, err := time.Parse(time.DateOnly, day); day != "" && err != nil {
			p.Add("ended", "story.days")
			break
		}
	}
	if t.Begun != "" && t.Ended != "" && t.Ended < t.Begun {
		p.Add("ended", "story.days")
	}
	for _, f := range []struct {
		name  string
		codes []string
	}{{"serviceTypes", t.ServiceTypes}, {"regulations", t.Regulations}} {
		if len(f.codes) > maxKeywords || slices.ContainsFunc(f.codes, func(s string) bool { return len(s) > maxTitle || strings.ContainsFunc(s, unicode.IsControl) }) {
			p.Add(f.name, "story.codes")
		}
	}
	if !licenceShape.MatchString(t.Licence) {
		p.Add("licence", "story.licence")
	}
}

// sound reports whether a figure has a name and a value, and keeps its bounds.
func (f Figure) sound() bool {
	return !f.Name.Empty() && f.Value != "" && f.Name.Longest() <= maxFigure && len(f.Value) <= maxFigure && f.Unit.Longest() <= maxFigure && f.Category.Longest() <= maxFigure
}

// sound reports whether a material has a name and an address.
func (m Material) sound() bool {
	iri, err := domain.ParseLink(string(m.URL))
	return err == nil && iri == m.URL && !m.Name.Empty() && m.Name.Longest() <= maxFigure && len(m.Kind) <= maxKeyword
}

// sound reports whether a maker has a name, and an address if any is given.
func (m Maker) sound() bool {
	iri, err := domain.ParseLink(string(m.URL))
	return (m.URL == "" || err == nil && iri == m.URL) && m.Name != "" && len(m.Name) <= maxFigure && m.Info.Longest() <= maxText
}

// tell puts a telling and a snapshot into the story.
func (s *Story) tell(t Telling, shot *Snapshot, now time.Time) {
	s.Telling, s.Languages = t, t.Title.Langs()
	s.Snapshot, s.Digest, s.Problems = shot, shot.Digest(), shot.problems()
	s.Version++
	s.Status, s.UpdatedAt = Published, now
}
