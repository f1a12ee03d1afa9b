package coproduction

import (
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxFileName is the longest name of a file, in bytes: with what archives and
// browsers add it stays below the 255 of file systems.
const maxFileName = 150

// FileName makes a name that people sent safe to be shown, to be downloaded
// under and to be written to any disk: the last part of a path, without
// control characters, marks that turn the direction of writing and what file
// systems refuse; at most 150 bytes, its extension kept; "file" if nothing is
// left. A safe name stays as it is.
func FileName(sent string) string {
	s := strings.ToValidUTF8(sent, "_")
	s = s[strings.LastIndexAny(s, `/\`)+1:]
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Cs, unicode.Co):
			return -1
		case unicode.IsSpace(r):
			return ' '
		case strings.ContainsRune(`<>:"|?*`, r):
			return '_'
		}
		return r
	}, s)
	s = trimName(s)
	if name, _, _ := strings.Cut(s, "."); reserved(name) {
		s = "_" + s
	}
	if len(s) > maxFileName {
		s = shortName(s)
	}
	if s == "" {
		return "file"
	}
	return s
}

// trimName takes away what hides a file or what Windows drops.
func trimName(s string) string { return strings.TrimRight(strings.TrimLeft(s, ". "), ". ") }

// reserved reports whether Windows has another use for a name.
func reserved(name string) bool {
	name = strings.ToUpper(strings.TrimRight(name, " "))
	if slices.Contains([]string{"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"}, name) {
		return true
	}
	device := strings.HasPrefix(name, "COM") || strings.HasPrefix(name, "LPT")
	return device && utf8.RuneCountInString(name) == 4 && strings.ContainsAny(name[3:], "0123456789¹²³")
}

// shortName cuts a name between two letters, before its extension.
func shortName(s string) string {
	extension := path.Ext(s)
	if len(extension) > 20 {
		extension = ""
	}
	end := maxFileName - len(extension)
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return trimName(s[:end]) + extension
}
