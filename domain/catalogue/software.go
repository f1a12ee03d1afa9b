package catalogue

import (
	"strings"
	"time"

	"interlink/domain"
)

// Software is what is told of an Interlinker that is software, beside what is
// told of any: what publiccode.yml 0.7 has a key for. People's names and
// addresses are none of it.
type Software struct {
	Repository   string              `json:"repository"`             // address of the source code, by which it is known
	Landing      string              `json:"landing,omitempty"`      // a page about it
	BasedOn      []string            `json:"basedOn,omitempty"`      // addresses of what it is a variant of
	Version      string              `json:"version,omitempty"`      // newest stable one
	Released     string              `json:"released,omitempty"`     // day of that, "2026-11-26"
	Platforms    []string            `json:"platforms,omitempty"`    // web, windows, mac, linux, ios, android, or others
	Categories   []string            `json:"categories,omitempty"`   // of publiccode.yml's list
	UsedBy       []string            `json:"usedBy,omitempty"`       // administrations, by name
	Development  string              `json:"development,omitempty"`  // concept, development, beta, stable, obsolete
	Type         string              `json:"type,omitempty"`         // "standalone/web", "library", …
	Fields       []string            `json:"fields,omitempty"`       // intendedAudience/scope: "local-authorities", …
	Countries    []string            `json:"countries,omitempty"`    // it is made for, ISO 3166-1 alpha-2
	Publisher    *Publisher          `json:"publisher,omitempty"`    // organisation that publishes it
	Copyright    string              `json:"copyright,omitempty"`    // who owns most of it
	Maintenance  string              `json:"maintenance,omitempty"`  // internal, contract, community, none
	Contractors  []Contractor        `json:"contractors,omitempty"`  // who is paid to maintain it
	Localised    bool                `json:"localised,omitempty"`    // can be shown in several languages
	Languages    []string            `json:"languages,omitempty"`    // in which it is there, BCP 47
	Features     map[string][]string `json:"features,omitempty"`     // by language
	Manual       domain.Text         `json:"manual,omitempty"`       // addresses of manuals for those who use it
	APIManual    domain.Text         `json:"apiManual,omitempty"`    // and for those who program with it
	Roadmap      string              `json:"roadmap,omitempty"`      // address
	Dependencies []Dependency        `json:"dependencies,omitempty"` // what it needs beside itself
}

// Publisher is an organisation that publishes software.
type Publisher struct {
	URI  string `json:"uri"`
	Name string `json:"name,omitempty"`
}

// Contractor is who is paid to maintain software.
type Contractor struct {
	Name    string `json:"name"`
	Until   string `json:"until"` // day
	Website string `json:"website,omitempty"`
}

// Dependency is something that software needs to run.
type Dependency struct {
	Kind     string `json:"kind"` // open, proprietary, hardware
	Name     string `json:"name"`
	Version  string `json:"version,omitempty"`
	From     string `json:"from,omitempty"` // first version that fits
	To       string `json:"to,omitempty"`   // last one
	Optional bool   `json:"optional,omitempty"`
}

// DependencyKinds lists the kinds of dependencies.
var DependencyKinds = []string{"open", "proprietary", "hardware"}

// check judges what is told of software: addresses that can be followed, days
// that are some, and no more than an entry holds.
func (s *Software) check(p *domain.Problems) {
	if _, err := domain.ParseLink(s.Repository); err != nil {
		p.Add("software.repository", "catalogue.uri")
	}
	for field, address := range map[string]string{"software.landing": s.Landing, "software.roadmap": s.Roadmap} {
		if _, err := domain.ParseLink(address); address != "" && err != nil {
			p.Add(field, "catalogue.uri")
		}
	}
	for field, list := range map[string][]string{
		"software.basedOn": s.BasedOn, "software.platforms": s.Platforms, "software.categories": s.Categories, "software.usedBy": s.UsedBy,
		"software.fields": s.Fields, "software.countries": s.Countries, "software.languages": s.Languages,
	} {
		checkList(p, field, list)
	}
	for lang, list := range s.Features {
		if _, err := domain.ParseLang(lang); err != nil {
			p.Add("software.features", "error.language", lang)
		}
		checkList(p, "software.features", list)
	}
	checkLangs(p, "software.manual", s.Manual)
	checkLangs(p, "software.apiManual", s.APIManual)
	if len(s.Features) > maxLangs || len(s.Contractors) > maxCodes || len(s.Dependencies) > maxCodes {
		p.Add("software.features", "catalogue.too_many", maxCodes)
	}
	if _, err := time.Parse(time.DateOnly, s.Released); s.Released != "" && err != nil {
		p.Add("software.released", "catalogue.day")
	}
	if text := strings.Join([]string{s.Version, s.Development, s.Type, s.Copyright, s.Maintenance}, ""); len(text) > 5*maxString || strings.IndexByte(text, 0) >= 0 {
		p.Add("software.version", "error.too_long", maxString)
	}
}

// checkList judges a list of short texts.
func checkList(p *domain.Problems, field string, list []string) {
	if len(list) > maxCodes {
		p.Add(field, "catalogue.too_many", maxCodes)
	}
	for _, s := range list {
		if len(s) > 4*maxString {
			p.Add(field, "error.too_long", 4*maxString)
			return
		}
		if strings.IndexByte(s, 0) >= 0 {
			p.Add(field, "error.not_text")
			return
		}
	}
}

// Address returns where an Interlinker is: the page about it, its own address
// in English or in any language, or its source; "" if none is known.
func (i *Interlinker) Address() string {
	if uri := i.URI.String(); uri != "" {
		return uri
	}
	if s := i.Software; s != nil {
		if s.Landing != "" {
			return s.Landing
		}
		return s.Repository
	}
	return ""
}
