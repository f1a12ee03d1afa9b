package seed

import (
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"

	"interlink/domain/catalogue"
)

// vocabularies are the values that INTERLINK trees use, by field. Others are
// kept and named: nothing is filtered by them, and no page has words for them.
var vocabularies = map[string][]string{
	"difficulty":            {"very_easy", "easy", "medium", "difficult", "very_difficult"},
	"licence":               {"public_domain", "permissive", "copyleft", "non_commercial", "proprietary"},
	"administrative_scopes": {"eu", "national", "local"},
	"supported_by":          {"saas", "on_premise", "installed_app"},
	"form": {
		"visual_template", "document_template", "canvas", "best_practices", "guidelines", "checklist", "survey_template",
		"legal_agreement_template", "software", "other",
	},
	"format": {"pdf", "editable_source_document", "open_document", "structured_format", "software"},
	"types": {
		"enabling_services", "enabling_services;implementing_software_and_artifacts", "enabling_services;operation_services",
		"enhancing_services", "enhancing_services;onboarding_services", "enhancing_services;followup_services",
		"enhancing_services;external_experts",
	},
	"targets": {
		"all", "all;pas", "all;pas;public_servants", "all;pas;politicians", "all;businesses", "all;businesses;smes",
		"all;businesses;freelancers", "all;businesses;large_companies", "all;businesses;private_non_profit", "all;citizens",
		"all;citizens;potential_end_users", "all;citizens;expert_citizens", "all;research_organizations",
		"all;research_organizations;universities", "all;research_organizations;other_research_entities",
	},
}

// members are what an Interlinker's metadata may have. Some say nothing that
// is kept: pilots that no longer are, marks of others, blanks.
var members = strings.Fields(`id type name_translations description_translations constraints_and_limitations_translations
	regulations_and_standards_translations supports tags_translations difficulty licence spdx problemprofiles targets types
	administrative_scopes form format domain process instructions_translations is_sustainability_related
	languages environments logotype softwareinterlinker file_translations supported_by supports_internationalization
	is_responsive author overview_text deployment_manual user_manual developer_manual integration uri_translations asset_name_translations`)

// vocabulary names values and members that nobody knows: mostly slips.
func (o object) vocabulary(i *catalogue.Interlinker) {
	for _, v := range []struct {
		field  string
		values []string
	}{
		{"difficulty", []string{i.Difficulty}}, {"licence", []string{i.Licence}}, {"form", []string{i.Form}}, {"format", []string{i.Format}},
		{"administrative_scopes", i.Scopes}, {"supported_by", i.SupportedBy}, {"types", i.ServiceTypes}, {"targets", i.Audience},
	} {
		for _, s := range v.values {
			if s != "" && !slices.Contains(vocabularies[v.field], s) {
				o.r.warn(o.file, v.field, "%.80q is no known value", s)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(o.members)) {
		if !slices.Contains(members, name) && string(o.members[name]) != "null" {
			o.r.warn(o.file, name, "is not kept: no such field is known")
		}
	}
}

// folder is the first part of a key: which nature it is of.
func folder(key string) string {
	name, _, _ := strings.Cut(key, "/")
	return name
}

// contradictions tells where the metadata says another nature than the
// folder, which is the one that counts.
func (o object) contradictions(folder string) {
	if t := o.text("type"); t != "" && t != strings.TrimPrefix(folder, "external") {
		o.r.warn(o.file, "type", "says %.80q in the folder %s: the folder counts", t, folder)
	}
}

// languageNames are how the names of files tell their language.
var languageNames = map[string][]string{
	"en": {"english", "en"}, "es": {"spanish", "es"}, "it": {"italian", "it"}, "lv": {"latvian", "lv"}, "nl": {"dutch", "nl"},
}

// suspectDocument tells of a file whose name says another language than that
// under which it stands.
func (o object) suspectDocument(lang, name string) {
	words := strings.FieldsFunc(strings.ToLower(strings.TrimSuffix(name, path.Ext(name))), func(r rune) bool { return strings.ContainsRune("-_. ", r) })
	for _, other := range slices.Sorted(maps.Keys(languageNames)) {
		// A short code is one only at the end: "it-form" may be about computers.
		if n := len(words); other != lang && n > 0 &&
			(slices.Contains(words, languageNames[other][0]) || n > 1 && words[n-1] == languageNames[other][1]) {
			o.r.warn(o.file, "file_translations."+lang, "%s seems to be in %q", name, other)
		}
	}
}

// suspectAddress tells of an address that leads to a page in another language
// than that under which it stands, or to a sheet of somebody's account.
func (o object) suspectAddress(lang, address string) {
	u, err := url.Parse(address)
	if err != nil {
		return
	}
	if parts := strings.Split(strings.Trim(u.Path, "/"), "/"); parts[0] != lang && languageNames[parts[0]] != nil {
		o.r.warn(o.file, "uri_translations."+lang, "leads to a page in %q", parts[0])
	}
	if u.Hostname() == "docs.google.com" {
		o.r.warn(o.file, "uri_translations."+lang, "leads to a document in somebody's account: it may go")
	}
}
