package view

import (
	"fmt"
	"html"
)

// The colours of letters: --accent-strong of tokens.css.
const (
	letterLight = "#073e4c"
	letterDark  = "#a9dfec"
)

// Letter draws, as an SVG file, the letter that pages show for who has no
// picture, for a picture that is not there: what is around it shows through.
func Letter(name string, theme Theme) []byte {
	colour, style := letterLight, ""
	switch theme {
	case Dark:
		colour = letterDark
	case System:
		style = "<style>@media (prefers-color-scheme: dark) { text { fill: " + letterDark + " } }</style>"
	case Light:
	}
	return fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 36 36">%s<text x="18" y="18" fill="%s" font-family="system-ui, sans-serif" font-size="14" font-weight="650" text-anchor="middle" dominant-baseline="central">%s</text></svg>`,
		style, colour, html.EscapeString(initial(name)))
}
