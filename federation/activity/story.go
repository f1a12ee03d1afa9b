package activity

import (
	"encoding/json"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/markup"
	"interlink/domain/story"
)

type articleDocument struct {
	ID           domain.IRI        `jsonld:"id"`
	Type         string            `jsonld:"type"`
	AttributedTo domain.IRI        `jsonld:"attributedTo"`
	To           List[domain.IRI]  `jsonld:"to"`
	Cc           List[domain.IRI]  `jsonld:"cc"`
	Audience     domain.IRI        `jsonld:"audience,omitempty"`
	Name         string            `jsonld:"name"`
	NameMap      map[string]string `jsonld:"nameMap,omitempty"`
	Summary      string            `jsonld:"summary,omitempty"`
	SummaryMap   map[string]string `jsonld:"summaryMap,omitempty"`
	Content      string            `jsonld:"content"`
	ContentMap   map[string]string `jsonld:"contentMap,omitempty"`
	URL          domain.IRI        `jsonld:"url"`
	Published    *instant          `jsonld:"published,omitempty"`
	Updated      *instant          `jsonld:"updated,omitempty"`
	License      string            `jsonld:"license,omitempty"`
	Tag          List[any]         `jsonld:"tag"`
	Preview      any               `jsonld:"preview,omitempty"`
	Story        json.RawMessage   `jsonld:"interlink:story,omitempty"`
	Interlinker  json.RawMessage   `jsonld:"interlink:interlinker,omitempty"`
	Schema       json.RawMessage   `jsonld:"interlink:schema,omitempty"`
	Problem      json.RawMessage   `jsonld:"interlink:problem,omitempty"`
	Release      json.RawMessage   `jsonld:"interlink:release,omitempty"`

	InteractionPolicy *interactionPolicy `jsonld:"interactionPolicy,omitempty"`
}

// article starts an Article: title, one-paragraph summary (which is what
// Mastodon shows) and the content in the first language, all three with their
// translations beside them.
func article(id, owner domain.IRI, cc []domain.IRI, name, summary domain.Text, content map[domain.Lang]string, lang domain.Lang) articleDocument {
	title, lang2 := name.In(lang)
	short, _ := summary.In(lang2)
	d := articleDocument{
		ID: id, Type: "Article", AttributedTo: owner, To: List[domain.IRI]{Public}, Cc: cc,
		Name: title, NameMap: texts(name), Summary: short, SummaryMap: texts(summary), URL: id, Tag: List[any]{},
		Content: content[lang2],
	}
	// The map's single key tells microblogs the language of the text.
	d.ContentMap = map[string]string{string(language(lang2)): d.Content}
	if short != "" {
		d.Preview = previewDocument{Type: "Note", Content: "<p>" + markup.Escape(title) + "</p><p>" + markup.Escape(short) + "</p>"}
	}
	return d
}

// previewDocument is a long text's short form (FEP-b2b8).
type previewDocument struct {
	Type    string `jsonld:"type"`
	Content string `jsonld:"content"`
}

type hashtag struct {
	Type string     `jsonld:"type"`
	Name string     `jsonld:"name"`
	Href domain.IRI `jsonld:"href"`
}

// storyExtension is the interlink:story of an Article.
type storyExtension struct {
	Process    domain.IRI     `json:"process,omitempty"`
	Challenge  domain.Text    `json:"challenge,omitempty"`
	Objectives domain.Text    `json:"objectives,omitempty"`
	Results    domain.Text    `json:"results,omitempty"`
	Lessons    domain.Text    `json:"lessons,omitempty"`
	Keywords   []string       `json:"keywords,omitempty"`
	Countries  []string       `json:"countries,omitempty"`
	Figures    []story.Figure `json:"figures,omitempty"`

	Incentives   domain.Text      `json:"incentives,omitempty"`
	Terms        domain.Text      `json:"terms,omitempty"` // what else is to be said of licences
	Materials    []story.Material `json:"materials,omitempty"`
	Makers       []story.Maker    `json:"makers,omitempty"`
	Spoken       []domain.Lang    `json:"spoken,omitempty"` // languages in which it was done
	Begun        string           `json:"begun,omitempty"`  // days
	Ended        string           `json:"ended,omitempty"`
	ServiceTypes []string         `json:"serviceTypes,omitempty"`
	Regulations  []string         `json:"regulations,omitempty"`

	Snapshot domain.IRI `json:"snapshot,omitempty"`
	Digest   string     `json:"digest,omitempty"` // hex SHA-256 of the snapshot's canonical JSON
	Version  int        `json:"version"`
}

// Story makes a story as an Article by its organisation. The snapshot of its
// process is a document of its own, named with its digest. headings are the
// words for challenge, objectives, results and lessons in the story's first
// language.
func Story(s *story.Story, owner domain.IRI, cc []domain.IRI, ns domain.Namespace, lang domain.Lang, headings [4]string) any {
	_, lang = s.Title.In(lang)
	var content strings.Builder
	for i, part := range []domain.Text{s.Challenge, s.Objectives, s.Results, s.Lessons} {
		if text, _ := part.In(lang); text != "" {
			content.WriteString("<p><strong>" + markup.Escape(headings[i]) + "</strong></p>" + markup.Markdown(text))
		}
	}
	d := article(s.IRI, owner, cc, s.Title, s.Summary, map[domain.Lang]string{lang: content.String()}, lang)
	d.InteractionPolicy = quotable()
	d.Published, d.Updated, d.License = when(s.PublishedAt), changed(s.PublishedAt, s.UpdatedAt), licence(s.Licence)
	for _, k := range s.Keywords {
		d.Tag = append(d.Tag, tag(k, ns))
	}
	ext := storyExtension{
		Process: s.ProcessIRI, Challenge: s.Challenge, Objectives: s.Objectives, Results: s.Results, Lessons: s.Lessons,
		Keywords: s.Keywords, Countries: s.Countries, Figures: s.Figures, Version: s.Version,
		Incentives: s.Incentives, Terms: s.Terms, Materials: s.Materials, Makers: s.Makers, Spoken: s.Spoken, Begun: s.Begun, Ended: s.Ended,
		ServiceTypes: s.ServiceTypes, Regulations: s.Regulations,
	}
	if s.Digest != "" {
		ext.Snapshot, ext.Digest = s.IRI+"/snapshot", s.Digest
	}
	d.Story = typed(ext)
	if s.ProcessIRI != "" {
		d.Tag = append(d.Tag, objectLink(s.ProcessIRI, ""))
	}
	return d
}

// tag makes a Hashtag; its address finds what this node has on it.
func tag(keyword string, ns domain.Namespace) hashtag {
	name := strings.Map(func(r rune) rune {
		if r == ' ' || r == '#' || r == '-' {
			return -1
		}
		return r
	}, keyword)
	return hashtag{Type: "Hashtag", Name: "#" + name, Href: ns.IRI("tags", strings.ToLower(name))}
}

// licence gives an SPDX identifier its address.
func licence(spdx string) string {
	if spdx == "" {
		return ""
	}
	return "https://spdx.org/licenses/" + spdx
}

func readLicence(doc Document) string {
	return clip(strings.TrimPrefix(doc.String("license"), "https://spdx.org/licenses/"), 100)
}

// ReadStory reads a story and tells where its snapshot is ("" if it has
// none). ok is false for an Article that is no story. Owner is to be found by
// OwnerIRI.
func ReadStory(doc Document) (in story.Received, snapshot domain.IRI, ok bool) {
	var ext storyExtension
	if raw := doc["interlink:story"]; raw == nil || json.Unmarshal(raw, &ext) != nil {
		return in, "", false
	}
	links := doc.Object("interlink:story") // whose addresses are checked
	in = story.Received{
		IRI: doc.IRI("id"), OwnerIRI: doc.IRI("attributedTo"), ProcessIRI: links.IRI("process"), Digest: ext.Digest,
		Version: ext.Version, Published: doc.Time("published"), Updated: lastChange(doc),
		Telling: story.Telling{
			Title: doc.Text("name", domain.Undetermined), Summary: doc.Text("summary", domain.Undetermined),
			Challenge: ext.Challenge, Objectives: ext.Objectives, Results: ext.Results, Lessons: ext.Lessons,
			Keywords: ext.Keywords, Countries: known(ext.Countries), Figures: ext.Figures, Licence: readLicence(doc),
			Incentives: ext.Incentives, Terms: ext.Terms, Materials: ext.Materials, Makers: ext.Makers, Spoken: ext.Spoken, Begun: ext.Begun, Ended: ext.Ended,
			ServiceTypes: ext.ServiceTypes, Regulations: ext.Regulations,
		},
	}
	in.Slug = lastSegment(in.IRI)
	if snapshot = links.IRI("snapshot"); !domain.SameOrigin(snapshot, in.IRI) {
		snapshot = ""
	}
	return in, snapshot, in.IRI != "" && in.OwnerIRI != ""
}

func lastSegment(iri domain.IRI) string {
	s := string(iri)
	return s[strings.LastIndexByte(s, '/')+1:]
}

type snapshotDocument struct {
	ID           domain.IRI      `jsonld:"id"`
	Type         string          `jsonld:"type"`
	AttributedTo domain.IRI      `jsonld:"attributedTo"`
	Name         string          `jsonld:"name"`
	Published    *instant        `jsonld:"published,omitempty"`
	Snapshot     json.RawMessage `jsonld:"interlink:snapshot"`
}

// SnapshotTerm is the member that holds the snapshot of a story.
const SnapshotTerm = "interlink:snapshot"

// Snapshot makes the document of a story's snapshot around that: it ends with the
// member [SnapshotTerm], an empty object in the place of the snapshot, which is
// canonical JSON and may be large. taken is when it was.
func Snapshot(s *story.Story, taken time.Time, owner domain.IRI) ([]byte, error) {
	return Encode(snapshotDocument{
		ID: s.IRI + "/snapshot", Type: "Document", AttributedTo: owner, Name: s.Title.String(),
		Published: when(taken), Snapshot: json.RawMessage("{}"),
	})
}

// ReadSnapshot reads a snapshot's document. Errors: Invalid.
func ReadSnapshot(doc Document) (*story.Snapshot, error) {
	s := new(story.Snapshot)
	if err := json.Unmarshal(doc[SnapshotTerm], s); err != nil {
		return nil, domain.Fail(domain.Invalid, "story.snapshot_broken").Because(err)
	}
	return s, nil
}

// known are those of some codes that are of countries.
func known(countries []string) []string {
	var out []string
	for _, code := range countries {
		if code = domain.Country(code); code != "" {
			out = append(out, code)
		}
	}
	return out
}
