package catalogue

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/policy"
)

// Kind says what an entry is.
type Kind string

// The kinds of entries.
const (
	KindInterlinker Kind = "interlinker"
	KindProblem     Kind = "problem"
	KindSchema      Kind = "schema"
)

// Status says whether an entry is to be used.
type Status string

// The statuses. A draft is for those who write the catalogue, and never leaves
// the node. A deprecated entry can still be used and is not recommended any
// more; a withdrawn one stays readable and is not used any more. Both may say
// why, and name a replacement.
const (
	Draft      Status = "draft"
	Published  Status = "published"
	Deprecated Status = "deprecated"
	Withdrawn  Status = "withdrawn"
	// Deleted is told to a store alone, which erases the entry; see [Tombstone].
	Deleted Status = "deleted"
)

// Usable reports whether an entry of this status may be taken into tasks.
func (s Status) Usable() bool { return s == Published || s == Deprecated }

// Entry is one entry of a catalogue: of this node, or a copy of another's.
// Exactly one of Interlinker, Problem and Schema is set, as Kind says.
type Entry struct {
	ID     domain.ID
	Serial domain.Serial
	Kind   Kind
	IRI    domain.IRI
	Owner  domain.ActorID // the catalogue it belongs to
	Host   string         // "" for an entry of this node
	Slug   string         // last part of its address; never changed
	Key    string         // by which an import finds it again; "" for a copy

	Name    domain.Text
	Summary domain.Text // Markdown, one or a few paragraphs

	Interlinker *Interlinker
	Problem     *ProblemProfile
	Schema      *Schema

	Status      Status
	Reason      domain.Text // why it is deprecated or withdrawn; empty if nobody said
	Replacement domain.IRI  // of a deprecated or withdrawn entry; "" if none
	Version     int         // 1, 2, … with each change of the content; 0 for a draft
	Hash        string      // hex SHA-256 of the content
	PublishedAt time.Time
	UpdatedAt   time.Time
	Revision    int64

	Uses    int // how often it was taken into a task on this node
	Ratings Ratings

	Trust    Trust
	Standing Standing
	Why      Why
	Decision Decision    // of whoever reviewed a copy
	Verified time.Time   // when a copy was last known to be as its owner has it; zero for an entry of this node
	Origin   string      // what the import that made it calls it, on whatever node that was; "" for none
	Alert    domain.Text // what the owner warns of, such as a fault of security
	Warning  string      // what this node warns of
	Variant  string      // the same for all variants of one thing, see [Entry.Same]
	Lead     bool        // lists show this one of the variants

	// Of what is being saved, not kept with the entry but with its new version
	// (see [Version]): who made it, what it changes in their words, and files
	// that it has from now on.
	ChangedBy domain.ActorID
	Note      string
	Attached  []string // hex SHA-256
	Old       bool     // its catalogue told of it before it was read here
}

// Told is when those who follow its catalogue hear of what is being saved: of
// what another node told before anybody here listened, when it told it.
func (e *Entry) Told() time.Time {
	if e.Local() || e.Old || e.Verified.IsZero() {
		return e.UpdatedAt
	}
	return e.Verified
}

// Content is what an entry says, apart from whose it is: what is hashed and
// what travels.
type Content struct {
	Name        domain.Text     `json:"name"`
	Summary     domain.Text     `json:"summary,omitempty"`
	Interlinker *Interlinker    `json:"interlinker,omitempty"`
	Problem     *ProblemProfile `json:"problem,omitempty"`
	Schema      *Schema         `json:"schema,omitempty"`
}

// Content returns what the entry says.
func (e *Entry) Content() Content {
	return Content{Name: e.Name, Summary: e.Summary, Interlinker: e.Interlinker, Problem: e.Problem, Schema: e.Schema}
}

// ContentHash returns the hex SHA-256 of the content as JSON, whose members
// and map keys have a fixed order.
func (e *Entry) ContentHash() string {
	raw, err := json.Marshal(e.Content())
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// Local reports whether the entry is of this node.
func (e *Entry) Local() bool { return e.Host == "" }

// Problems returns the codes of the problem profiles that an Interlinker
// answers or a schema's tasks have; of a profile its own.
func (e *Entry) Problems() []string {
	switch {
	case e.Interlinker != nil:
		return e.Interlinker.Problems
	case e.Schema != nil:
		return e.Schema.Problems()
	case e.Problem != nil:
		return []string{e.Problem.Code}
	}
	return nil
}

// Languages returns the languages in which both name and summary are there,
// computed from the content.
func (e *Entry) Languages() []domain.Lang {
	var langs []domain.Lang
	for _, l := range e.Name.Langs() {
		if e.Summary[l] != "" || e.Summary.Empty() {
			langs = append(langs, l)
		}
	}
	return langs
}

// Address returns the path of the entry's page on this node.
func (e *Entry) Address() string {
	path := "/" + collections[e.Kind] + "/" + e.Slug
	if e.Host != "" {
		path += "@" + e.Host
	}
	return path
}

// collections are the first parts of addresses (DESIGN §5).
var collections = map[Kind]string{KindInterlinker: "interlinkers", KindProblem: "problems", KindSchema: "schemas"}

// Subject names the entry in events.
func (e *Entry) Subject() domain.Subject { return domain.Subject{Kind: string(e.Kind), ID: e.ID} }

// PolicyKind implements policy.Facts.
func (e *Entry) PolicyKind() string { return "catalogue" }

// PolicyVisibility implements policy.Facts: a catalogue is public, but for its
// drafts and for copies that are not shown.
func (e *Entry) PolicyVisibility() domain.Visibility {
	if e.Status == Draft || e.Standing != "" && e.Standing != Shown {
		return domain.VisibleMembers
	}
	return domain.VisiblePublic
}

// PolicyRelation implements policy.Facts: who administers the node or curates
// its catalogue writes it.
func (e *Entry) PolicyRelation(domain.ActorID) policy.Relation { return policy.Stranger }

// PolicyLocal implements policy.Facts.
func (e *Entry) PolicyLocal() bool { return e.Local() }

// Nature is what kind of thing an Interlinker is.
type Nature string

// The four natures, as INTERLINK names them.
const (
	NatureSoftware          Nature = "softwareinterlinker"
	NatureKnowledge         Nature = "knowledgeinterlinker"
	NatureExternalSoftware  Nature = "externalsoftwareinterlinker"
	NatureExternalKnowledge Nature = "externalknowledgeinterlinker"
)

// Natures lists the natures in the order in which they are shown.
var Natures = []Nature{NatureKnowledge, NatureSoftware, NatureExternalSoftware, NatureExternalKnowledge}

// Interlinker is a reusable tool, template or guide.
type Interlinker struct {
	Nature       Nature              `json:"nature"`
	Aliases      []string            `json:"aliases,omitempty"`  // other names it was known by
	Overview     domain.Text         `json:"overview,omitempty"` // what it is, in a few words
	Instructions domain.Text         `json:"instructions,omitempty"`
	Constraints  domain.Text         `json:"constraints,omitempty"`
	Regulations  domain.Text         `json:"regulations,omitempty"` // in words
	Supports     []Support           `json:"supports,omitempty"`    // the same as references
	Tags         map[string][]string `json:"tags,omitempty"`        // by language
	Problems     []string            `json:"problems,omitempty"`
	Difficulty   string              `json:"difficulty,omitempty"` // very_easy … very_difficult
	Licence      string              `json:"licence,omitempty"`    // class: public_domain, permissive, copyleft, non_commercial, proprietary
	SPDX         string              `json:"spdx,omitempty"`       // expression, as declared
	Detected     []string            `json:"detected,omitempty"`   // SPDX identifiers that its templates name themselves
	Audience     []string            `json:"audience,omitempty"`   // "all;pas;public_servants", …
	ServiceTypes []string            `json:"serviceTypes,omitempty"`
	Scopes       []string            `json:"scopes,omitempty"` // eu, national, local
	Form         string              `json:"form,omitempty"`
	Format       string              `json:"format,omitempty"`
	URI          domain.Text         `json:"uri,omitempty"`         // of an external one
	AssetName    domain.Text         `json:"assetName,omitempty"`   // what a use of it is called
	Documents    map[string]Document `json:"documents,omitempty"`   // templates by language
	SupportedBy  []string            `json:"supportedBy,omitempty"` // saas, on_premise, installed_app
	Software     *Software           `json:"software,omitempty"`    // of one whose source is published
	Service      *Integration        `json:"service,omitempty"`
	Snapshots    []Snapshot          `json:"snapshots,omitempty"` // pictures of it, in order
	Authors      []Author            `json:"authors,omitempty"`   // who is credited
	Made         *Made               `json:"made,omitempty"`      // where it was co-produced; nil for others

	// The language that it is written in and translated from, and how far the
	// translations are, by field and language: see [Entry.Translation].
	Original     domain.Lang             `json:"original,omitempty"`
	Translations map[string]Translations `json:"translations,omitempty"`

	Sustainability bool `json:"sustainability,omitempty"`
}

// Support says that an Interlinker helps to comply with a rule of law, as
// `supports` of publiccode.yml 0.7 does.
type Support struct {
	// "alias:gdpr", or a URI: an ELI ("http://data.europa.eu/eli/reg/2016/679/oj") or any other.
	ID       string `json:"id"`
	Country  string `json:"country,omitempty"`  // ISO 3166-1 alpha-2; "" for the whole of the European Union
	Reviewed string `json:"reviewed,omitempty"` // day of the last review, "2026-11-26"; "" if none is known
}

// Document is a template of a knowledge Interlinker.
type Document struct {
	Name      string `json:"name"`                // file name
	Available bool   `json:"available,omitempty"` // whether the file came with the metadata
	MediaType string `json:"mediaType,omitempty"`
	Licence   string `json:"licence,omitempty"` // SPDX identifier that the document itself names
	Text      string `json:"text,omitempty"`    // of one in Markdown: what a use of it begins with

	// Of one that is a file which its catalogue hands out.
	URL  domain.IRI `json:"url,omitempty"`
	Hash string     `json:"hash,omitempty"` // hex SHA-256 of its bytes
	Size int64      `json:"size,omitempty"` // bytes
}

// Snapshot is a picture that shows what an Interlinker looks like.
type Snapshot struct {
	URL       domain.IRI  `json:"url"` // on the server of its catalogue
	MediaType string      `json:"mediaType"`
	Width     int         `json:"width,omitempty"`  // pixels
	Height    int         `json:"height,omitempty"` // pixels
	Alt       domain.Text `json:"alt"`              // what it shows, in words
}

// Author is somebody who is credited.
type Author struct {
	Name string     `json:"name"`
	IRI  domain.IRI `json:"iri,omitempty"` // of the actor, if it has one
}

// Made tells of which process an Interlinker is a result.
type Made struct {
	Process  domain.IRI  `json:"process"`
	Title    domain.Text `json:"title"` // of the process, as it was then
	Resource domain.IRI  `json:"resource"`
}

// Template returns the text with which a use of a knowledge Interlinker
// begins: its templates in Markdown by language; empty if it has none.
func (i *Interlinker) Template() domain.Text {
	t := domain.Text{}
	for lang, d := range i.Documents {
		t[domain.Lang(lang)] = d.Text
	}
	return t.Clean()
}

// Integration says how a software Interlinker is reached. It is a
// description: no service is called unless an administrator sets it up.
type Integration struct {
	Name         string          `json:"name"`
	Domain       string          `json:"domain,omitempty"`
	Path         string          `json:"path,omitempty"`
	Subdomain    bool            `json:"subdomain,omitempty"`
	APIPath      string          `json:"apiPath,omitempty"`
	Auth         string          `json:"auth,omitempty"` // header, cookie
	Capabilities map[string]bool `json:"capabilities,omitempty"`
}

// ProblemProfile is a controlled word for a need.
type ProblemProfile struct {
	Code          string      `json:"code"` // "ORG_PROBLEM_5"
	Functionality domain.Text `json:"functionality,omitempty"`
}

// Schema is a template of coproduction processes.
type Schema struct {
	Tags    map[string][]string `json:"tags,omitempty"`
	Licence string              `json:"licence,omitempty"`
	SPDX    string              `json:"spdx,omitempty"`
	// What it is made for; empty for one that does not say, see [RankSchemas].
	Purposes []Purpose `json:"purposes,omitempty"`
	Nodes    []Node    `json:"nodes"` // in order: each parent before its children
}

// NodeKind is the level of a node of a schema.
type NodeKind string

// The kinds of nodes.
const (
	Phase     NodeKind = "phase"
	Objective NodeKind = "objective"
	Task      NodeKind = "task"
)

// Node is a phase, objective or task of a schema.
type Node struct {
	Path          string      `json:"path"`             // "phase/objective/task", unique in the schema
	Parent        string      `json:"parent,omitempty"` // path
	Kind          NodeKind    `json:"kind"`
	Position      int         `json:"position"` // among its siblings, by prerequisites
	Name          domain.Text `json:"name"`
	Description   domain.Text `json:"description,omitempty"`
	Problems      []string    `json:"problems,omitempty"`      // its own; see [Schema.Effective]
	Prerequisites []string    `json:"prerequisites,omitempty"` // paths of siblings
	CoDelivery    bool        `json:"coDelivery,omitempty"`
}

// Outline is what schemas are compared and counted by: its nodes without their
// descriptions, which are most of it.
func (s *Schema) Outline() *Schema {
	out := *s
	out.Nodes = slices.Clone(s.Nodes)
	for i := range out.Nodes {
		out.Nodes[i].Description, out.Nodes[i].Prerequisites = nil, nil
	}
	return &out
}

// Problems returns the codes that any node has, each once, in order.
func (s *Schema) Problems() []string {
	var out []string
	seen := map[string]bool{}
	for _, n := range s.Nodes {
		for _, p := range n.Problems {
			if !seen[p] {
				seen[p] = true
				out = append(out, p)
			}
		}
	}
	return out
}

// Effective returns the problem profiles of a node with those of the nodes
// above it, nearest first.
func (s *Schema) Effective(path string) []string {
	var out []string
	seen := map[string]bool{}
	for {
		for _, n := range s.Nodes {
			if n.Path != path {
				continue
			}
			for _, p := range n.Problems {
				if !seen[p] {
					seen[p] = true
					out = append(out, p)
				}
			}
		}
		i := strings.LastIndexByte(path, '/')
		if i < 0 {
			return out
		}
		path = path[:i]
	}
}

// Count returns how many nodes of a kind the schema has.
func (s *Schema) Count(kind NodeKind) int {
	n := 0
	for _, node := range s.Nodes {
		if node.Kind == kind {
			n++
		}
	}
	return n
}
