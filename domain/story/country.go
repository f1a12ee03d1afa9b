package story

import "strings"

// Countries are those of Europe that stories are from, by code: ISO 3166-1
// alpha-2, but that Greece is GR. Others can be written by code.
var Countries = map[string]string{
	"AD": "Andorra", "AL": "Albania", "AM": "Armenia", "AT": "Austria", "AZ": "Azerbaijan", "BA": "Bosnia and Herzegovina", "BE": "Belgium", "BG": "Bulgaria", "BY": "Belarus",
	"CH": "Switzerland", "CY": "Cyprus", "CZ": "Czechia", "DE": "Germany", "DK": "Denmark", "EE": "Estonia", "ES": "Spain", "FI": "Finland", "FR": "France", "GB": "United Kingdom",
	"GE": "Georgia", "GR": "Greece", "HR": "Croatia", "HU": "Hungary", "IE": "Ireland", "IS": "Iceland", "IT": "Italy", "LI": "Liechtenstein", "LT": "Lithuania", "LU": "Luxembourg",
	"LV": "Latvia", "MC": "Monaco", "MD": "Moldova", "ME": "Montenegro", "MK": "North Macedonia", "MT": "Malta", "NL": "Netherlands", "NO": "Norway", "PL": "Poland", "PT": "Portugal",
	"RO": "Romania", "RS": "Serbia", "SE": "Sweden", "SI": "Slovenia", "SK": "Slovakia", "SM": "San Marino", "TR": "Türkiye", "UA": "Ukraine", "VA": "Vatican City", "XK": "Kosovo",
}

// otherNames are what some of them are called too.
var otherNames = map[string]string{
	"el": "GR", "uk": "GB", "czech republic": "CZ", "the netherlands": "NL", "holland": "NL", "great britain": "GB", "turkey": "TR", "españa": "ES", "italia": "IT", "latvija": "LV",
	"nederland": "NL", "deutschland": "DE", "france": "FR", "macedonia": "MK",
}

// countryCode finds a country by its code or its name; "" if it is not known.
func countryCode(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	if code := otherNames[s]; code != "" {
		return code
	}
	for code, name := range Countries {
		if strings.ToLower(name) == s || strings.ToLower(code) == s {
			return code
		}
	}
	return ""
}
