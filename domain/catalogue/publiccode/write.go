package publiccode

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"interlink/domain"
	"interlink/domain/catalogue"
)

// Version is the version that is written.
const Version = "0.7"

// file is a publiccode.yml, with its keys in the order of the standard.
type file struct {
	Version      string                 `yaml:"publiccodeYmlVersion"`
	Name         string                 `yaml:"name"`
	URL          string                 `yaml:"url"`
	Landing      string                 `yaml:"landingURL,omitempty"`
	BasedOn      []string               `yaml:"isBasedOn,omitempty"`
	Software     string                 `yaml:"softwareVersion,omitempty"`
	Released     string                 `yaml:"releaseDate,omitempty"`
	Platforms    []string               `yaml:"platforms"`
	Categories   []string               `yaml:"categories,omitempty"`
	UsedBy       []string               `yaml:"usedBy,omitempty"`
	Roadmap      string                 `yaml:"roadmap,omitempty"`
	Status       string                 `yaml:"developmentStatus"`
	Type         string                 `yaml:"softwareType"`
	Audience     *audience              `yaml:"intendedAudience,omitempty"`
	Description  map[string]description `yaml:"description"`
	Supports     []support              `yaml:"supports,omitempty"`
	Organisation *organisation          `yaml:"organisation,omitempty"`
	Legal        legal                  `yaml:"legal"`
	Maintenance  maintenance            `yaml:"maintenance"`
	Localisation localisation           `yaml:"localisation"`
	DependsOn    map[string][]dependsOn `yaml:"dependsOn,omitempty"`
}

type audience struct {
	Scope     []string `yaml:"scope,omitempty"`
	Countries []string `yaml:"countries,omitempty"`
}

type description struct {
	Name          string   `yaml:"localisedName,omitempty"`
	Short         string   `yaml:"shortDescription"`
	Long          string   `yaml:"longDescription"`
	Documentation string   `yaml:"documentation,omitempty"`
	API           string   `yaml:"apiDocumentation,omitempty"`
	Features      []string `yaml:"features"`
}

type support struct {
	ID string `yaml:"id"`
}

type organisation struct {
	URI  string `yaml:"uri"`
	Name string `yaml:"name,omitempty"`
}

type legal struct {
	License   string `yaml:"license"`
	Copyright string `yaml:"mainCopyrightOwner,omitempty"`
}

type maintenance struct {
	Type        string       `yaml:"type"`
	Contractors []contractor `yaml:"contractors,omitempty"`
	Contacts    []contact    `yaml:"contacts,omitempty"`
}

type contractor struct {
	Name    string `yaml:"name"`
	Until   string `yaml:"until"`
	Website string `yaml:"website,omitempty"`
}

type contact struct {
	Name string `yaml:"name"`
}

type localisation struct {
	Ready     bool     `yaml:"localisationReady"`
	Languages []string `yaml:"availableLanguages"`
}

type dependsOn struct {
	Name     string `yaml:"name"`
	Version  string `yaml:"version,omitempty"`
	From     string `yaml:"versionMin,omitempty"`
	To       string `yaml:"versionMax,omitempty"`
	Optional bool   `yaml:"optional,omitempty"`
}

// Describes reports whether an entry is software that a publiccode.yml can
// describe: its licence is known as an SPDX expression, and where it is.
func Describes(e *catalogue.Entry) bool {
	i := e.Interlinker
	if i == nil || i.Nature != catalogue.NatureSoftware && i.Nature != catalogue.NatureExternalSoftware || i.SPDX == "" || len(e.Name.Langs()) == 0 {
		return false
	}
	_, err := domain.ParseLink(repository(i))
	return err == nil
}

// Repository is the address by which the software is known: that of its
// source, else where it is.
func Repository(e *catalogue.Entry) string { return repository(e.Interlinker) }

func repository(i *catalogue.Interlinker) string {
	if i.Software != nil {
		return i.Software.Repository
	}
	return i.Address()
}

// Write describes an entry that [Describes] accepts. What is mandatory and not
// known is said with the value that promises least; steward is named where the
// standard wants a contact, as no people are.
func Write(e *catalogue.Entry, steward string) ([]byte, error) {
	i := e.Interlinker
	s := i.Software
	if s == nil {
		s = &catalogue.Software{Repository: repository(i)}
	}
	f := file{
		Version: Version, Name: e.Name.String(), URL: s.Repository, Landing: s.Landing, BasedOn: s.BasedOn, Software: s.Version, Released: s.Released,
		Platforms: or(s.Platforms, "web"), Categories: s.Categories, UsedBy: s.UsedBy, Roadmap: s.Roadmap,
		Status: cmp.Or(s.Development, "stable"), Type: cmp.Or(s.Type, "standalone/other"),
		Description: descriptions(e, s), Legal: legal{i.SPDX, s.Copyright},
		Localisation: localisation{s.Localised, or(s.Languages, languages(e)...)},
	}
	if len(s.Fields)+len(s.Countries) > 0 {
		f.Audience = &audience{s.Fields, s.Countries}
	}
	if p := s.Publisher; p != nil && p.URI != "" {
		f.Organisation = &organisation{p.URI, p.Name}
	}
	for _, x := range i.Supports {
		if Resource(x.ID) != "" {
			f.Supports = append(f.Supports, support{x.ID})
		}
	}
	f.Maintenance = upkeep(s, steward)
	for _, d := range s.Dependencies {
		if f.DependsOn == nil {
			f.DependsOn = map[string][]dependsOn{}
		}
		f.DependsOn[d.Kind] = append(f.DependsOn[d.Kind], dependsOn{d.Name, d.Version, d.From, d.To, d.Optional})
	}
	var b bytes.Buffer
	encoder := yaml.NewEncoder(&b)
	encoder.SetIndent(2)
	if err := encoder.Encode(f); err != nil {
		return nil, err
	}
	return b.Bytes(), encoder.Close()
}

// upkeep says who maintains it. Contractors are there if and only if it is by
// contract; a contact must be, if it is by people of an organisation.
func upkeep(s *catalogue.Software, steward string) maintenance {
	m := maintenance{Type: cmp.Or(s.Maintenance, "none")}
	if m.Type == "contract" {
		for _, c := range s.Contractors {
			if c.Until != "" {
				m.Contractors = append(m.Contractors, contractor(c))
			}
		}
		if len(m.Contractors) == 0 {
			m.Type = "none" // nobody has a contract any more, as far as is known
		}
	}
	if m.Type == "internal" || m.Type == "community" {
		name := steward
		if s.Publisher != nil && s.Publisher.Name != "" {
			name = s.Publisher.Name
		}
		m.Contacts = []contact{{name}}
	}
	return m
}

// The bounds of texts, in characters.
const (
	shortest, longest = 150, 10_000
	mostShort         = 150
)

func descriptions(e *catalogue.Entry, s *catalogue.Software) map[string]description {
	i := e.Interlinker
	out := map[string]description{}
	for _, lang := range e.Name.Langs() {
		summary := e.Summary[lang]
		short := i.Overview[lang]
		if short == "" {
			short, _, _ = strings.Cut(cmp.Or(summary, e.Name[lang]), "\n")
		}
		long := cmp.Or(summary, short)
		if len([]rune(long)) < shortest && i.Instructions[lang] != "" {
			long += "\n\n" + i.Instructions[lang]
		}
		d := description{
			Name: e.Name[lang], Short: cut(strings.Join(strings.Fields(short), " "), mostShort), Long: cut(long, longest),
			Documentation: s.Manual[lang], API: s.APIManual[lang], Features: s.Features[string(lang)],
		}
		if d.Features == nil {
			d.Features = slices.Clone(i.Tags[string(lang)])
		}
		if d.Features == nil {
			d.Features = []string{}
		}
		out[string(lang)] = d
	}
	return out
}

// cut shortens a text to so many characters, at a space if there is one.
func cut(s string, most int) string {
	r := []rune(s)
	if len(r) <= most {
		return s
	}
	short := string(r[:most-1])
	if i := strings.LastIndexByte(short, ' '); i > len(short)/2 {
		short = short[:i]
	}
	return short + "…"
}

func languages(e *catalogue.Entry) []string {
	var out []string
	for _, lang := range e.Name.Langs() {
		out = append(out, string(lang))
	}
	return out
}

func or(list []string, instead ...string) []string {
	if len(list) > 0 {
		return list
	}
	return instead
}
