package markup

import (
	"strings"
	"testing"

	"interlink/domain"
)

func TestParts(t *testing.T) {
	t.Parallel()
	for name, x := range map[string]struct {
		html string
		want []Part
	}{
		"parts between lines, and what is below": {
			`<p lang="es">Hola</p><ul lang="es"><li>uno</li></ul><hr/><p lang="en">Hello</p> <p><a href="https://a.example">a</a></p>`,
			[]Part{
				{"es", `<p lang="es">Hola</p><ul lang="es"><li>uno</li></ul> <p><a href="https://a.example">a</a></p>`},
				{"en", `<p lang="en">Hello</p> <p><a href="https://a.example">a</a></p>`},
			},
		},
		"points of a list, one of them in one language": {
			`<ul><li><span lang="es">Voto</span><br/><span lang="en">Vote</span><br/><a href="https://a.example">a</a></li><li><span lang="es">Pan</span><br/>b</li></ul>`,
			[]Part{
				{"es", `<ul><li><span lang="es">Voto</span><br/><a href="https://a.example">a</a></li><li><span lang="es">Pan</span><br/>b</li></ul>`},
				{"en", `<ul><li><span lang="en">Vote</span><br/><a href="https://a.example">a</a></li><li><span lang="es">Pan</span><br/>b</li></ul>`},
			},
		},
		"words of other languages in a text":    {`<p>He says <span lang="fr">oui</span>, she <span lang="de">ja</span></p>`, nil},
		"no line between them":                  {`<p lang="en">He said:</p><p lang="fr">Oui</p>`, nil},
		"a quotation in between":                {`<p lang="en">a</p><hr/><p lang="fr">b</p><hr/><p lang="en">c</p>`, nil},
		"more after what is in no language":     {`<p lang="en">a</p><hr/><p lang="fr">b</p><p>c</p><p lang="fr">d</p>`, nil},
		"text that stands between the parts":    {`<p lang="en">a</p>and<hr/><p lang="fr">b</p>`, nil},
		"no languages":                          {`<p lang="..">a</p><hr/><p lang="">b</p>`, nil},
		"one":                                   {`<p lang="en">a</p><hr/><p lang="en">b</p>`, nil},
		"more languages than anybody writes in": {languages(), nil},
		"none at all":                           {`<p>a</p>`, nil},
	} {
		got := Parts(Sanitize(x.html))
		if len(got) != len(x.want) {
			t.Errorf("%s: %q", name, got)
			continue
		}
		for i, want := range x.want {
			want.HTML = Sanitize(want.HTML)
			if got[i] != want {
				t.Errorf("%s\n got %q\nwant %q", name, got[i], want)
			}
		}
	}
}

func languages() string {
	var all []string
	for _, lang := range strings.Fields("aa ab ac ad ae af ag ah ai aj") {
		all = append(all, InLang("<p>x</p>", domain.Lang(lang)))
	}
	return strings.Join(all, "<hr>")
}

// FuzzParts: what is taken apart is as safe as the whole.
func FuzzParts(f *testing.F) {
	f.Add(`<p lang="es">Hola</p><hr/><p lang="en">Hello</p>`)
	f.Add(`<ul><li><span lang="es">a<br></span><br><span lang="en">b`)
	f.Fuzz(func(t *testing.T, html string) {
		for _, part := range Parts(Sanitize(html)) {
			if again := Sanitize(part.HTML); again != part.HTML {
				t.Errorf("%q: %q, safe: %q", html, part.HTML, again)
			}
		}
	})
}
