package dcat

import (
	"strings"

	"interlink/domain"
	"interlink/domain/catalogue/rdf"
)

// authority is where the Publications Office of the EU keeps its tables.
const authority = "http://publications.europa.eu/resource/authority/"

// languages are the codes of the language table, three letters of ISO 639-3,
// for the two letters of ISO 639-1: the official languages of the EU and of
// countries beside it.
var languages = map[string]string{
	"bg": "BUL", "cs": "CES", "da": "DAN", "de": "DEU", "el": "ELL", "en": "ENG", "es": "SPA", "et": "EST", "fi": "FIN", "fr": "FRA", "ga": "GLE",
	"hr": "HRV", "hu": "HUN", "it": "ITA", "lt": "LIT", "lv": "LAV", "mt": "MLT", "nl": "NLD", "pl": "POL", "pt": "POR", "ro": "RON", "sk": "SLK",
	"sl": "SLV", "sv": "SWE", "is": "ISL", "nb": "NOB", "nn": "NNO", "no": "NOR", "uk": "UKR", "ru": "RUS", "sq": "SQI", "sr": "SRP", "mk": "MKD",
	"bs": "BOS", "tr": "TUR", "ca": "CAT", "eu": "EUS", "gl": "GLG", "cy": "CYM", "lb": "LTZ", "ar": "ARA", "he": "HEB", "ja": "JPN", "zh": "ZHO",
	"ka": "KAT", "hy": "HYE",
}

// Language names a language; "" for one that the table does not have.
func Language(lang domain.Lang) rdf.IRI {
	primary, _, _ := strings.Cut(string(lang), "-")
	if code, ok := languages[primary]; ok {
		return rdf.IRI(authority + "language/" + code)
	}
	return ""
}

// countries are the codes of the country table, three letters of ISO 3166-1.
var countries = map[string]string{
	"AT": "AUT", "BE": "BEL", "BG": "BGR", "CY": "CYP", "CZ": "CZE", "DE": "DEU", "DK": "DNK", "EE": "EST", "ES": "ESP", "FI": "FIN", "FR": "FRA",
	"GR": "GRC", "HR": "HRV", "HU": "HUN", "IE": "IRL", "IT": "ITA", "LT": "LTU", "LU": "LUX", "LV": "LVA", "MT": "MLT", "NL": "NLD", "PL": "POL",
	"PT": "PRT", "RO": "ROU", "SE": "SWE", "SI": "SVN", "SK": "SVK", "IS": "ISL", "LI": "LIE", "NO": "NOR", "CH": "CHE", "GB": "GBR", "UA": "UKR",
	"AL": "ALB", "BA": "BIH", "MD": "MDA", "ME": "MNE", "MK": "MKD", "RS": "SRB", "TR": "TUR", "GE": "GEO",
}

// Country names a country by its two letters; "" for one that is not known.
func Country(code string) rdf.IRI {
	if letters, ok := countries[strings.ToUpper(code)]; ok {
		return rdf.IRI(authority + "country/" + letters)
	}
	return ""
}

// licences are the codes of the licence table for SPDX identifiers.
var licences = map[string]string{
	"CC0-1.0": "CC0", "CC-BY-4.0": "CC_BY_4_0", "CC-BY-SA-4.0": "CC_BYSA_4_0", "CC-BY-NC-4.0": "CC_BYNC_4_0", "CC-BY-ND-4.0": "CC_BYND_4_0",
	"CC-BY-NC-SA-4.0": "CC_BYNCSA_4_0", "CC-BY-NC-ND-4.0": "CC_BYNCND_4_0", "EUPL-1.1": "EUPL_1_1", "EUPL-1.2": "EUPL_1_2", "Apache-2.0": "APACHE_2_0",
}

// licence names a licence by its SPDX identifier: in the EU's table, else
// where SPDX has it; "" for an expression of several, or none.
func licence(spdx string) rdf.IRI {
	if code, ok := licences[spdx]; ok {
		return rdf.IRI(authority + "licence/" + code)
	}
	if spdx == "" || strings.ContainsAny(spdx, " ()") || strings.HasPrefix(spdx, "LicenseRef-") {
		return ""
	}
	return rdf.IRI("https://spdx.org/licenses/" + spdx)
}
