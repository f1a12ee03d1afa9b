package activity

import (
	"strings"
	"unicode"
)

// maxUsername is how long a preferredUsername may be, in bytes.
const maxUsername = 128

// nameable reports whether a foreign preferredUsername can stand in a handle:
// letters, digits and a few marks. An "@" in it would name another host, white
// space or a change of direction would show another name.
// Colons and brackets stand in names of nodes, which are those of their hosts
// (FEP-d556).
func nameable(name string) bool {
	return name != "" && len(name) <= maxUsername && !strings.ContainsFunc(name, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) && !strings.ContainsRune("_-.~+!$*':[]", r)
	})
}

// label makes a foreign line fit to stand among others: one line of at most n
// bytes, without control characters and without those that turn what comes
// after them around (Unicode TR36 §2.5.1).
func label(s string, n int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Bidi_Control, r) && r != '\u200e' && r != '\u200f' && r != '\u061c':
			return -1
		case unicode.IsSpace(r), r == '\u2028', r == '\u2029':
			return ' '
		case unicode.IsControl(r):
			return -1
		}
		return r
	}, s)
	return clip(strings.Join(strings.Fields(s), " "), n)
}
