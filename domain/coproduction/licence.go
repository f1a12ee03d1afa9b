package coproduction

import "strings"

// openLicences are beginnings of the SPDX identifiers, in capitals, of licences
// that let anybody use, change and pass on what is under them. That some ask
// for the same licence, or for no commercial use, keeps no administration from
// using it.
var openLicences = []string{
	"CC0", "CC-BY-", "CC-PDDC", "CC-PDM", "PDDL", "ODC-BY", "ODBL", "EUPL", "GPL", "LGPL", "AGPL", "GFDL", "MPL", "EPL", "APACHE", "MIT", "BSD", "0BSD",
	"ISC", "ZLIB", "UNLICENSE", "OFL", "CECILL", "OGL-UK", "OGL-CANADA", "ETALAB", "NLOD", "DL-DE", "IODL", "OSL", "ARTISTIC-2",
}

// Reusable reports whether a licence lets others use what is under it, changed
// too. Of an expression (SPDX Specification 2.3, Annex D) all that AND joins,
// and one of what OR joins, must. What is not known does not: nor does "", a
// licence of one's own, or one without derivatives.
func Reusable(licence string) bool {
	for _, choice := range strings.Split(strings.ToUpper(licence), " OR ") {
		all := true
		for _, one := range strings.Split(choice, " AND ") {
			all = all && openLicence(strings.Trim(one, " ()"))
		}
		if all {
			return true
		}
	}
	return false
}

func openLicence(id string) bool {
	id, _, _ = strings.Cut(id, " WITH ")
	if strings.Contains(id, "-ND") {
		return false
	}
	for _, open := range openLicences {
		if strings.HasPrefix(id, open) {
			return true
		}
	}
	return false
}
