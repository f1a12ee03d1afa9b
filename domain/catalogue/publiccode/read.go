package publiccode

import (
	"bytes"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"interlink/domain"
	"interlink/domain/catalogue"
)

// maxFile bounds a file, in bytes.
const maxFile = 512 << 10

// Read reads one file. What is wrong is among the bundle's issues, with the
// line and the key; it never fails otherwise. The bundle has one entry, or
// none after an error.
func Read(file string, raw []byte) catalogue.Bundle {
	r := &reader{file: file}
	root := node{r: r, line: 1}
	var doc yaml.Node
	switch raw = bytes.TrimPrefix(raw, []byte("\ufeff")); {
	case len(raw) > maxFile:
		root.fail("larger than %d KB", maxFile>>10)
	case !utf8.Valid(raw):
		root.fail("not UTF-8")
	default:
		if err := yaml.Unmarshal(raw, &doc); err != nil {
			root.fail("not YAML: %v", err)
		} else if len(doc.Content) == 0 || resolved(doc.Content[0]).Kind != yaml.MappingNode {
			root.fail("has no keys")
		} else {
			root.at = resolved(doc.Content[0])
		}
	}
	if root.missing() {
		return catalogue.Bundle{Issues: r.issues}
	}
	e := root.entry()
	for _, issue := range r.issues {
		if issue.Error {
			return catalogue.Bundle{Issues: r.issues}
		}
	}
	return catalogue.Bundle{Entries: []*catalogue.Entry{e}, Files: map[*catalogue.Entry]string{e: file}, Issues: r.issues}
}

// Key is by which software is found again: the address of its source, without
// what may be written or left out.
func Key(repository string) string {
	key := strings.ToLower(strings.TrimSpace(repository))
	_, rest, ok := strings.Cut(key, "://")
	if ok {
		key = rest
	}
	key = strings.TrimSuffix(strings.TrimSuffix(strings.TrimPrefix(key, "www."), "/"), ".git")
	return "publiccode/" + key
}

// versions are the versions that are read. "0" stands for any of them.
var versions = []string{"0", "0.4", "0.5", "0.6", "0.7"}

func (n node) version() {
	v := n.member("publiccodeYmlVersion")
	said := v.text()
	short := said
	if parts := strings.Split(said, "."); len(parts) == 3 {
		short = parts[0] + "." + parts[1]
	}
	switch {
	case v.missing():
		v.fail("is missing: this is no publiccode.yml")
	case !slices.Contains(versions, short):
		v.fail("is %.20q: 0.4 to 0.7 are read", said)
	}
}

func (n node) entry() *catalogue.Entry {
	n.version()
	n.keys()
	s := n.software()
	e := &catalogue.Entry{Kind: catalogue.KindInterlinker, Key: Key(s.Repository)}
	i := &catalogue.Interlinker{Nature: catalogue.NatureExternalSoftware, Form: "software", Format: "software", Software: s}
	e.Interlinker = i
	name := n.member("name")
	if name.text() == "" {
		name.fail("is missing")
	}
	n.descriptions(e, name.text())
	i.URI = domain.Text{"en": s.Landing}
	if s.Landing == "" {
		i.URI = domain.Text{"en": s.Repository}
	}
	if len(s.Categories) > 0 {
		i.Tags = map[string][]string{"en": words(s.Categories)}
	}
	license := n.section("legal").member("license")
	if i.SPDX = license.text(); i.SPDX == "" {
		license.warn("is missing: nobody knows what may be done with it")
	}
	i.Licence = Class(i.SPDX)
	i.Supports = n.supports()
	if slices.Contains(s.Fields, "local-authorities") {
		i.Scopes = []string{"local"}
	}
	return e
}

// words writes the terms of a list as words: "content management".
func words(terms []string) []string {
	out := make([]string, len(terms))
	for i, t := range terms {
		out[i] = strings.ReplaceAll(t, "-", " ")
	}
	return out
}

func (n node) software() *catalogue.Software {
	s := &catalogue.Software{
		Repository: n.member("url").address(true), Landing: n.member("landingURL").address(false), Version: n.member("softwareVersion").text(),
		Released: n.member("releaseDate").day(), UsedBy: n.member("usedBy").texts(), Categories: n.member("categories").texts(),
		Roadmap: n.member("roadmap").address(false),
	}
	platforms := n.member("platforms")
	if s.Platforms = platforms.texts(); len(s.Platforms) == 0 {
		platforms.warn("is missing")
	}
	s.Development = n.member("developmentStatus").oneOf("concept", "development", "beta", "stable", "obsolete")
	s.Type = n.member("softwareType").oneOf("standalone/mobile", "standalone/iot", "standalone/desktop", "standalone/web",
		"standalone/backend", "standalone/other", "addon", "library", "configurationFiles")
	for _, item := range n.member("isBasedOn").items() {
		if address := item.address(false); address != "" {
			s.BasedOn = append(s.BasedOn, address)
		}
	}
	audience := n.section("intendedAudience")
	s.Fields, s.Countries = audience.member("scope").texts(), audience.member("countries").countries()
	n.organisation(s)
	n.upkeep(s)
	localisation := n.section("localisation")
	s.Localised, s.Languages = localisation.member("localisationReady").flag(), localisation.member("availableLanguages").languages()
	for _, kind := range catalogue.DependencyKinds {
		for _, item := range n.section("dependsOn").member(kind).items() {
			d := catalogue.Dependency{
				Kind: kind, Name: item.member("name").text(), Version: item.member("version").text(),
				From: item.member("versionMin").text(), To: item.member("versionMax").text(), Optional: item.member("optional").flag(),
			}
			if d.Name == "" {
				item.warn("has no name: left out")
				continue
			}
			s.Dependencies = append(s.Dependencies, d)
		}
	}
	return s
}

// organisation reads who publishes it: under "organisation" since 0.5, before
// in legal/repoOwner and it/riuso/codiceIPA.
func (n node) organisation(s *catalogue.Software) {
	legal, o := n.section("legal"), n.section("organisation")
	s.Copyright = legal.member("mainCopyrightOwner").text()
	p := catalogue.Publisher{URI: o.member("uri").text(), Name: o.member("name").text()}
	if code := n.section("it").section("riuso").member("codiceIPA").text(); p.URI == "" && code != "" {
		p.URI = "urn:x-italian-pa:" + code
	}
	if p.Name == "" {
		p.Name = legal.member("repoOwner").text()
	}
	if p.URI != "" || p.Name != "" {
		s.Publisher = &p
	}
}

func (n node) upkeep(s *catalogue.Software) {
	m := n.section("maintenance")
	s.Maintenance = m.member("type").oneOf("internal", "contract", "community", "none")
	for _, item := range m.member("contractors").items() {
		c := catalogue.Contractor{Name: item.member("name").text(), Until: item.member("until").day(), Website: item.member("website").address(false)}
		if c.Name == "" {
			item.warn("has no name: left out")
			continue
		}
		s.Contractors = append(s.Contractors, c)
	}
}

// descriptions reads the texts by language.
func (n node) descriptions(e *catalogue.Entry, name string) {
	all := n.section("description")
	e.Name, e.Summary = domain.Text{}, domain.Text{}
	overview, manual, api := domain.Text{}, domain.Text{}, domain.Text{}
	features := map[string][]string{}
	for _, key := range all.keys() {
		d := all.section(key)
		lang, err := domain.ParseLang(key)
		if err != nil {
			d.warn("is no language: left out")
			continue
		}
		e.Name[lang] = name
		if own := d.member("localisedName").text(); own != "" {
			e.Name[lang] = own
		}
		short := d.member("shortDescription")
		if overview[lang] = strings.Join(strings.Fields(short.text()), " "); overview[lang] == "" {
			short.warn("is missing")
		} else if len([]rune(overview[lang])) > 150 {
			short.warn("is longer than 150 characters")
		}
		if e.Summary[lang] = d.member("longDescription").text(); e.Summary[lang] == "" {
			e.Summary[lang] = overview[lang]
		}
		manual[lang], api[lang] = d.member("documentation").address(false), d.member("apiDocumentation").address(false)
		if list := d.member("features").texts(); len(list) > 0 {
			features[string(lang)] = list
		}
	}
	if len(e.Name) == 0 {
		all.fail("is there in no language")
	}
	i := e.Interlinker
	e.Summary, i.Overview = e.Summary.Clean(), overview.Clean()
	i.Software.Manual, i.Software.APIManual = manual.Clean(), api.Clean()
	if len(features) > 0 {
		i.Software.Features = features
	}
}

// platform are the keys of older versions that 0.7 says with "supports".
var platform = []string{"spid", "cie", "anpr", "pagopa", "io"}

// supports reads regulations and standards: the list of 0.7, and the keys of
// the Italian section before.
func (n node) supports() []catalogue.Support {
	var out []catalogue.Support
	add := func(id, country string) {
		if !slices.ContainsFunc(out, func(s catalogue.Support) bool { return s.ID == id }) {
			out = append(out, catalogue.Support{ID: id, Country: country})
		}
	}
	for _, item := range n.member("supports").items() {
		id := item.member("id")
		said := id.text()
		alias, isAlias := strings.CutPrefix(said, "alias:")
		_, known := aliases[alias]
		switch u, err := url.Parse(said); {
		case said == "":
			item.warn("has no id: left out")
		case isAlias && !known:
			id.warn("%.80q is no alias of the standard: left out", said)
		case err != nil || u.Scheme == "" || len(said) > 2048:
			id.warn("%.80q is no alias and no address: left out", said)
		default:
			add(said, "")
		}
	}
	for _, section := range []string{"it", "IT"} {
		of := n.section(section)
		for _, key := range platform {
			if of.section("piattaforme").member(key).flag() {
				add("alias:"+key, "IT")
			}
		}
		if of.section("conforme").member("gdpr").flag() {
			add("alias:gdpr", "")
		}
	}
	return out
}

// aliases are the short names of publiccode.yml 0.7, with what they name.
var aliases = map[string]string{
	"gdpr":   "https://eur-lex.europa.eu/eli/reg/2016/679/oj",
	"eidas":  "https://eur-lex.europa.eu/eli/reg/2014/910/oj",
	"nis2":   "https://eur-lex.europa.eu/eli/dir/2022/2555/oj",
	"cra":    "https://eur-lex.europa.eu/eli/reg/2024/2847/oj",
	"spid":   "https://www.spid.gov.it/",
	"cie":    "https://www.cartaidentita.interno.gov.it/",
	"anpr":   "https://www.anpr.interno.it/",
	"pagopa": "https://www.pagopa.gov.it/",
	"io":     "https://io.italia.it/",
}

// Resource is what an id of a regulation or standard names: an alias is
// resolved, anything else is returned as it is.
func Resource(id string) string {
	if alias, ok := strings.CutPrefix(id, "alias:"); ok {
		return aliases[alias]
	}
	return id
}

// AliasNames lists the aliases in their order.
func AliasNames() []string { return slices.Sorted(maps.Keys(aliases)) }

// address reads an address that can be followed.
func (n node) address(mandatory bool) string {
	s := n.text()
	u, err := url.Parse(s)
	if s == "" {
		if mandatory {
			n.fail("is missing")
		}
		return ""
	}
	if err == nil && u.Host != "" {
		u.Scheme, u.Host = strings.ToLower(u.Scheme), strings.ToLower(u.Host)
		s = u.String()
	}
	if _, err := domain.ParseLink(s); err != nil {
		if mandatory {
			n.fail("%.200q is no web address", s)
		} else {
			n.warn("%.200q is no web address: left out", s)
		}
		return ""
	}
	return s
}

func (n node) day() string {
	s := n.text()
	if s == "" {
		return ""
	}
	day, _, _ := strings.Cut(s, "T") // YAML libraries write a day as a time
	if _, err := time.Parse(time.DateOnly, day); err != nil {
		n.warn("%.40q is no day as 2026-11-26: left out", s)
		return ""
	}
	return day
}

func (n node) oneOf(values ...string) string {
	s := n.text()
	if s == "" {
		n.warn("is missing")
		return ""
	}
	if !slices.Contains(values, s) {
		n.warn("%.80q is none of %s: left out", s, strings.Join(values, ", "))
		return ""
	}
	return s
}

func (n node) countries() []string {
	var out []string
	for _, s := range n.texts() {
		code := domain.Country(s)
		if code == "" {
			n.warn("%.20q is no country of two letters: left out", s)
			continue
		}
		out = append(out, code)
	}
	return out
}

func (n node) languages() []string {
	var out []string
	for _, s := range n.texts() {
		lang, err := domain.ParseLang(s)
		if err != nil {
			n.warn("%.40q is no language: left out", s)
			continue
		}
		out = append(out, string(lang))
	}
	return out
}

// Class is the class of the catalogue to which the licence of software
// belongs: public_domain, permissive or copyleft; "" if it is not known. Of
// several to choose from, the freest.
func Class(spdx string) string {
	best := ""
	for _, id := range strings.FieldsFunc(spdx, func(r rune) bool { return r == ' ' || r == '(' || r == ')' }) {
		for _, c := range classes {
			if strings.HasPrefix(strings.ToUpper(id), c.prefix) && (best == "" || c.class == "public_domain" || c.class == "permissive" && best == "copyleft") {
				best = c.class
			}
		}
	}
	return best
}

var classes = []struct{ prefix, class string }{
	{"CC0", "public_domain"}, {"UNLICENSE", "public_domain"}, {"0BSD", "public_domain"},
	{"MIT", "permissive"}, {"BSD-", "permissive"}, {"APACHE-", "permissive"}, {"ISC", "permissive"}, {"ZLIB", "permissive"}, {"BSL-", "permissive"},
	{"POSTGRESQL", "permissive"}, {"PYTHON-", "permissive"}, {"CC-BY-4", "permissive"},
	{"GPL-", "copyleft"}, {"AGPL-", "copyleft"}, {"LGPL-", "copyleft"}, {"EUPL-", "copyleft"}, {"MPL-", "copyleft"}, {"EPL-", "copyleft"},
	{"CDDL-", "copyleft"}, {"OSL-", "copyleft"}, {"CECILL", "copyleft"}, {"CC-BY-SA", "copyleft"},
}
