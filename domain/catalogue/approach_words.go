package catalogue

import (
	"slices"
	"strings"

	"interlink/domain"
)

// purposeStems are beginnings of the words with which schemas that declare no
// purpose tell it, in the languages of the catalogues.
var purposeStems = map[Purpose][]string{
	PurposeImprove: {
		"refine", "refinement", "redesign", "improve", "existing",
		"refinamiento", "perfeccion", "rediseño", "mejora", "existente",
		"rifinitura", "perfezion", "riprogett", "migliora", "esistente",
		"pilnveid", "uzlabo", "pārstrād", "esoš",
		"verfijn", "verbeter", "herontwerp", "bestaand",
	},
	PurposeDescribe: {
		"description", "describe", "explain", "plain language",
		"descripcion", "descripción", "explicar", "descrizion", "spiegar",
		"aprakst", "skaidro", "beschrijving", "uitleg",
	},
	PurposeEvent: {
		"hackathon", "hackaton", "hakaton", "event", "contest", "competition", "concurso", "evento", "concorso", "pasākum", "konkurs", "wedstrijd", "evenement",
	},
	PurposeDeliver: {
		"deliver", "delivery", "operate", "operation", "prestación", "prestar", "gestionar", "erogazione", "gestione", "sniegšan", "uitvoer", "levering",
	},
}

// Regulation is a rule of law that binds public services, with how what helps
// with it is found.
type Regulation struct {
	Name  string   // as lawyers cite it, the same in all languages
	marks []string // in capitals: in the texts of Interlinkers that help with it
	codes []string // problem profiles of tasks that deal with it
}

// Regulations are those of the European Union that are offered, by key;
// "regulation." + key is what each is called.
var Regulations = map[string]Regulation{
	"gdpr":          {"(EU) 2016/679", []string{"GDPR", "RGPD", "VDAR", "2016/679", "DATA PROTECTION"}, []string{"ORG_PROBLEM_9", "ORG_PROBLEM_14"}},
	"accessibility": {"(EU) 2016/2102", []string{"2016/2102", "EN 301 549", "WCAG", "ACCESSIBILITY OF THE WEBSITES"}, []string{"BUILD_PROBLEM_2"}},
	"gateway":       {"(EU) 2018/1724", []string{"2018/1724", "SINGLE DIGITAL GATEWAY", "ONCE-ONLY"}, nil},
	"eidas":         {"(EU) No 910/2014", []string{"910/2014", "2014/910", "2024/1183", "EIDAS"}, []string{"ORG_PROBLEM_3"}},
	"open_data":     {"(EU) 2019/1024", []string{"2019/1024", "OPEN DATA"}, nil},
	"interoperable": {"(EU) 2024/903", []string{"2024/903", "INTEROPERAB"}, []string{"BUILD_PROBLEM_4", "BUILD_PROBLEM_8"}},
	"ai":            {"(EU) 2024/1689", []string{"2024/1689", "AI ACT", "ARTIFICIAL INTELLIGENCE"}, nil},
	"security":      {"(EU) 2022/2555", []string{"2022/2555", "NIS2", "OWASP", "CYBERSECURITY"}, []string{"BUILD_PROBLEM_5"}},
}

// RegulationKeys lists the keys of [Regulations] in the order in which they
// are offered.
var RegulationKeys = []string{"gdpr", "accessibility", "gateway", "eidas", "interoperable", "open_data", "security", "ai"}

// RegulationKey finds the key in [Regulations] of what an ELI of the European
// Union names, such as http://data.europa.eu/eli/reg/2016/679/oj; "" for others.
func RegulationKey(eli string) string {
	_, act, _ := strings.Cut(eli, "/eli/")
	parts := strings.Split(act, "/") // kind, year, number
	if len(parts) < 3 {
		return ""
	}
	for _, key := range RegulationKeys {
		if slices.Contains(Regulations[key].marks, parts[1]+"/"+parts[2]) {
			return key
		}
	}
	return ""
}

// helped reports whether a task deals with the regulation, or gets an
// Interlinker that speaks of it.
func (r Regulation) helped(t taskFacts, key string, x *Index) bool {
	if slices.ContainsFunc(r.codes, func(code string) bool { return slices.Contains(t.codes, code) }) {
		return true
	}
	return slices.ContainsFunc(t.tools, func(p *place) bool { return x.has(p, FacetRegulation, key) })
}

func (r Regulation) namedBy(e *Entry) bool {
	texts := append(append(values(e.Name), values(e.Summary)...), values(e.Interlinker.Regulations)...)
	for _, tags := range e.Interlinker.Tags {
		texts = append(texts, tags...)
	}
	all := strings.ToUpper(strings.Join(texts, "\n"))
	return slices.ContainsFunc(r.marks, func(mark string) bool { return strings.Contains(all, mark) })
}

// countries are those of Europe with their official languages, as far as they
// are official of the whole country or a large part of it.
var countries = map[string]string{
	"AL": "sq", "AT": "de", "BA": "bs hr sr", "BE": "nl fr de", "BG": "bg", "CH": "de fr it rm", "CY": "el tr", "CZ": "cs", "DE": "de",
	"DK": "da", "EE": "et", "ES": "es ca eu gl", "FI": "fi sv", "FR": "fr", "GB": "en cy", "GE": "ka", "GR": "el", "HR": "hr", "HU": "hu",
	"IE": "ga en", "IS": "is", "IT": "it", "LI": "de", "LT": "lt", "LU": "lb fr de", "LV": "lv", "MD": "ro", "ME": "cnr sr", "MK": "mk sq",
	"MT": "mt en", "NL": "nl", "NO": "nb nn", "PL": "pl", "PT": "pt", "RO": "ro", "RS": "sr", "SE": "sv", "SI": "sl", "SK": "sk", "UA": "uk",
	"XK": "sq sr",
}

// Countries lists the countries that are offered, by code.
func Countries() []string {
	codes := make([]string, 0, len(countries))
	for code := range countries {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	return codes
}

// countryLanguages returns the official languages of a country, the first
// first; nil for one that is not known.
func countryLanguages(code string) []domain.Lang {
	var langs []domain.Lang
	for _, l := range strings.Fields(countries[code]) {
		langs = append(langs, domain.Lang(l))
	}
	return langs
}
