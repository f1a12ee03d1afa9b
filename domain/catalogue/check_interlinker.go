package catalogue

import (
	"net/url"
	"regexp"
	"slices"
	"time"

	"interlink/domain"
)

// The bounds of what authors add to an Interlinker.
const (
	maxSnapshots = 20
	maxAuthors   = 200
	maxSupports  = 100
	maxNote      = 300
	maxTags      = 50
)

// checkMore judges what authors add, from wherever it comes.
func (i *Interlinker) checkMore(p *domain.Problems) {
	if len(i.Snapshots) > maxSnapshots {
		p.Add("snapshots", "catalogue.too_many", maxSnapshots)
	}
	for _, s := range i.Snapshots {
		if !linked(string(s.URL)) {
			p.Add("snapshots", "catalogue.uri")
			break
		}
		if s.Alt.Longest() > maxString {
			p.Add("snapshots", "error.too_long", maxString)
			break
		}
		checkLangs(p, "snapshots", s.Alt)
	}
	if len(i.Authors) > maxAuthors {
		p.Add("authors", "catalogue.too_many", maxAuthors)
	}
	for _, a := range i.Authors {
		if len(a.Name) > maxName || len(a.IRI) > 2048 || a.IRI != "" && !linked(string(a.IRI)) {
			p.Add("authors", "error.too_long", maxName)
			break
		}
	}
	if len(i.Supports) > maxSupports {
		p.Add("supports", "catalogue.too_many", maxSupports)
	}
	for _, s := range i.Supports {
		if len(s.ID) > maxString || len(s.Country) > 8 || len(s.Reviewed) > 40 {
			p.Add("supports", "error.too_long", maxString)
			break
		}
	}
	for _, d := range i.Documents {
		if d.URL != "" && !linked(string(d.URL)) || len(d.Hash) > 64 || d.Size < 0 {
			p.Add("documents", "catalogue.uri")
			break
		}
	}
	if i.Made != nil && (!linked(string(i.Made.Process)) || !linked(string(i.Made.Resource)) || i.Made.Title.Longest() > maxName) {
		p.Add("made", "catalogue.uri")
	}
	if len(i.Original) > 35 || len(i.Translations) > len(Fields) {
		p.Add("translations", "error.too_long", maxString)
	}
	for _, states := range i.Translations {
		if len(states) > maxLangs {
			p.Add("translations", "catalogue.too_many", maxLangs)
			break
		}
	}
}

// linked reports whether s is an absolute http or https address of up to 2048
// bytes.
func linked(s string) bool {
	u, err := url.Parse(s)
	return err == nil && len(s) <= 2048 && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}

// The words that authors choose from; INTERLINK's. Entries from elsewhere may
// have others.
var (
	Difficulties = []string{"very_easy", "easy", "medium", "difficult", "very_difficult"}
	Licences     = []string{"public_domain", "permissive", "copyleft", "non_commercial", "proprietary"}
	Scopes       = []string{"eu", "national", "local"}
	Forms        = []string{
		"visual_template", "document_template", "canvas", "best_practices", "guidelines", "checklist", "survey_template",
		"legal_agreement_template", "software", "other",
	}
	Formats      = []string{"pdf", "editable_source_document", "open_document", "structured_format", "software"}
	ServiceTypes = []string{
		"enabling_services", "enabling_services;implementing_software_and_artifacts", "enabling_services;operation_services",
		"enhancing_services", "enhancing_services;onboarding_services", "enhancing_services;followup_services",
		"enhancing_services;external_experts",
	}
	Audiences = []string{
		"all", "all;pas", "all;pas;public_servants", "all;pas;politicians", "all;businesses", "all;businesses;smes",
		"all;businesses;freelancers", "all;businesses;large_companies", "all;businesses;private_non_profit", "all;citizens",
		"all;citizens;potential_end_users", "all;citizens;expert_citizens", "all;research_organizations",
		"all;research_organizations;universities", "all;research_organizations;other_research_entities",
	}
)

var (
	spdxShape  = regexp.MustCompile(`^[A-Za-z0-9.+-]+(?: (?:AND|OR|WITH) [A-Za-z0-9.+-]+)*$`)
	aliasShape = regexp.MustCompile(`^alias:[a-z0-9][a-z0-9-]{0,60}$`)
)

// checkWritten judges, beyond [Entry.Check], what people write here: words are
// of their lists, licences and references have their shape. A draft may lack
// where it is found.
func (i *Interlinker) checkWritten(p *domain.Problems, draft bool) {
	one := func(field, value string, of []string) {
		if value != "" && !slices.Contains(of, value) {
			p.Add(field, "catalogue.word", value)
		}
	}
	one("difficulty", i.Difficulty, Difficulties)
	one("licence", i.Licence, Licences)
	one("form", i.Form, Forms)
	one("format", i.Format, Formats)
	for field, values := range map[string]struct{ have, of []string }{
		"scopes": {i.Scopes, Scopes}, "audience": {i.Audience, Audiences}, "serviceTypes": {i.ServiceTypes, ServiceTypes},
	} {
		for _, v := range values.have {
			one(field, v, values.of)
		}
	}
	if i.SPDX != "" && !spdxShape.MatchString(i.SPDX) {
		p.Add("spdx", "catalogue.spdx")
	}
	for _, s := range i.Supports {
		u, err := url.Parse(s.ID)
		uri := err == nil && u.IsAbs() && u.Scheme != "alias"
		switch {
		case !uri && !aliasShape.MatchString(s.ID):
			p.Add("supports", "catalogue.support", s.ID)
		case s.Country != "" && domain.Country(s.Country) == "":
			p.Add("supports", "catalogue.country", s.Country)
		case s.Reviewed != "" && !isDay(s.Reviewed):
			p.Add("supports", "form.date")
		}
	}
	for _, tags := range i.Tags {
		if len(tags) > maxTags {
			p.Add("tags", "catalogue.too_many", maxTags)
		}
	}
	if !draft && (i.Nature == NatureExternalSoftware || i.Nature == NatureExternalKnowledge) && i.URI.Empty() {
		p.Add("uri", "catalogue.uri_missing")
	}
}

func isDay(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}
