package portable

import (
	"strings"

	"interlink/domain"
)

// Contents is what is said of what is in an archive beside its title. It is noted when the
// archive comes in: its document may have 64 MiB, and is not read for each view.
type Contents struct {
	Summary      domain.Text // Markdown of a community; the first 2 KiB in each language
	Organization domain.IRI  // "" for none
	Licence      string      // of the newest release of a process; "" if there is none
	Items        int         // of a process, as the next two
	Resources    int
	Releases     int
	Posts        int // of a community
}

// contents is what the document of an archive holds.
func (a *Archive) contents() (domain.Text, Contents) {
	if a.Community != nil {
		return a.Community.contents()
	}
	return a.Document.contents()
}

func (d *Community) contents() (domain.Text, Contents) {
	return d.Title, Contents{Summary: beginning(d.Summary), Organization: d.Organization, Posts: d.Total}
}

func (d *Document) contents() (domain.Text, Contents) {
	out := Contents{
		Summary: beginning(d.Summary), Organization: d.Organization, Items: d.Count.Items, Resources: d.Count.Resources, Releases: d.Count.Releases,
	}
	var newest Release
	for _, r := range d.Releases {
		if !r.At.Before(newest.At) {
			newest = r
		}
	}
	out.Licence = newest.Licence
	return d.Title, out
}

// beginning is a text whose end is left out where it is long.
func beginning(t domain.Text) domain.Text {
	out := make(domain.Text, len(t))
	for lang, s := range t {
		if len(s) > maxLine {
			s = strings.ToValidUTF8(s[:maxLine], "") + "…"
		}
		out[lang] = s
	}
	return out
}
