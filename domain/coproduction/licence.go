package coproduction

import (
	"slices"
	"strings"
)

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
	e := expression(strings.Fields(strings.NewReplacer("(", " ( ", ")", " ) ").Replace(strings.ToUpper(licence))))
	open := e.either()
	return open && len(e) == 0
}

// expression is what of an SPDX expression was not yet read, by words.
type expression []string

// take reads a word if it is the next.
func (e *expression) take(word string) bool {
	next := len(*e) > 0 && (*e)[0] == word
	if next {
		*e = (*e)[1:]
	}
	return next
}

func (e *expression) either() bool {
	open := e.all()
	for e.take("OR") {
		open = e.all() || open
	}
	return open
}

func (e *expression) all() bool {
	open := e.one()
	for e.take("AND") {
		open = e.one() && open
	}
	return open
}

// one reads a licence, with the words that it has, or what is in brackets.
func (e *expression) one() bool {
	if e.take("(") {
		open := e.either()
		return e.take(")") && open
	}
	end := 0
	for end < len(*e) && !slices.Contains([]string{"AND", "OR", "(", ")"}, (*e)[end]) {
		end++
	}
	open := openLicence(strings.Join((*e)[:end], " "))
	*e = (*e)[end:]
	return open
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
