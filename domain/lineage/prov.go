package lineage

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/catalogue/rdf"
)

// prov is a term of the Provenance Ontology.
func prov(name string) rdf.IRI { return rdf.IRI("http://www.w3.org/ns/prov#" + name) }

// Provenance says a lineage in the words of PROV-O: each process is an entity,
// each clone derived from its source, with the stamp of the source's people
// if they confirm it. Of one that vanished the last digest stays, and when it was
// seen. taken are the improvements of its clones that the process took.
func (f Family) Provenance(taken []Credit) *rdf.Graph {
	g := &rdf.Graph{}
	self := &rdf.Node{}
	for i := range f {
		p := &f[i]
		n := g.New(rdf.IRI(p.IRI), prov("Entity")).AddText(rdf.DCT("title"), p.Title)
		say := func(term rdf.IRI, words string) {
			if words != "" {
				n.Add(term, rdf.Literal{Text: words})
			}
		}
		say(rdf.Own("digest"), p.Digest)
		say(rdf.Own("state"), string(p.State))
		if !p.Seen.IsZero() {
			n.AddTime(rdf.Own("seen"), p.Seen)
		}
		if k := p.Known; k != nil {
			say(rdf.Own("version"), k.Version)
			say(rdf.Own("status"), string(k.Status))
			say(rdf.Own("country"), k.Country)
			say(rdf.Own("active"), k.Active)
			if k.Owner != "" {
				n.Add(prov("wasAttributedTo"), rdf.IRI(k.Owner))
			}
			if k.Story != "" {
				n.Add(rdf.Own("story"), rdf.IRI(k.Story))
			}
		}
		if p.Parent >= 0 {
			f.derived(n, p)
		}
		if p.Self {
			self = n
		}
	}
	for _, c := range taken {
		self.Add(prov("wasInfluencedBy"), rdf.IRI(c.Improvement))
		g.New(rdf.IRI(c.Improvement), prov("Entity")).AddText(rdf.DCT("title"), c.Title).Add(prov("wasAttributedTo"), rdf.IRI(c.Clone)).
			Add(rdf.DCT("license"), rdf.Literal{Text: c.Licence}).AddTime(prov("generatedAtTime"), c.At)
	}
	return g
}

// derived says where a process comes from, and who says so.
func (f Family) derived(n *rdf.Node, p *Placed) {
	source := f[p.Parent].IRI
	how := rdf.Blank(prov("Derivation")).Add(prov("entity"), rdf.IRI(source)).Add(rdf.Own("edge"), rdf.Literal{Text: p.edge()})
	if p.Known != nil && p.Known.From != nil {
		from := p.Known.From
		for _, said := range [][2]string{{"version", from.Version}, {"digest", from.Digest}, {"release", from.Release}} {
			if said[1] != "" {
				how.Add(rdf.Own(said[0]), rdf.Literal{Text: said[1]})
			}
		}
	}
	if s := p.confirmed(); s != nil {
		how.AddTime(prov("atTime"), s.At).Add(rdf.Own("stamp"), rdf.IRI(s.IRI)).Add(rdf.Own("confirmedBy"), rdf.IRI(s.Owner))
	}
	n.Add(prov("wasDerivedFrom"), rdf.IRI(source)).Add(prov("qualifiedDerivation"), how)
}

// edge is "confirmed" or "claimed"; "" for the top.
func (p *Placed) edge() string {
	switch {
	case p.Parent < 0:
		return ""
	case p.confirmed() != nil:
		return "confirmed"
	}
	return "claimed"
}

// columns of the table of a lineage; "source" and "depth" give the tree back.
var columns = []string{
	"iri", "source", "depth", "title", "host", "country", "status", "version", "digest", "from_version", "from_digest",
	"edge", "confirmed_by", "confirmed_at", "releases_behind", "releases_ahead", "story", "active", "state", "seen",
}

// CSV writes a lineage as a table, a process a line, a source before its
// clones; then the improvements of its clones that the process took.
func (f Family) CSV(w io.Writer, taken []Credit) error {
	out := csv.NewWriter(w)
	_ = out.Write(columns) // Error tells
	for i := range f {
		p := &f[i]
		k, from := p.Known, &Descent{}
		if k == nil {
			k = &Relative{}
		}
		if k.From != nil {
			from = k.From
		}
		source, behind, ahead, by, at := domain.IRI(""), "", "", domain.IRI(""), ""
		if p.Parent >= 0 {
			source = f[p.Parent].IRI
		}
		if p.Standing.Known {
			behind, ahead = strconv.Itoa(p.Standing.Behind), strconv.Itoa(p.Standing.Ahead)
		}
		if s := p.confirmed(); s != nil {
			by, at = s.Owner, instant(s.At)
		}
		_ = out.Write([]string{
			string(p.IRI), string(source), strconv.Itoa(p.Depth), cell(p.Title.String()), p.IRI.Host(), cell(k.Country), string(k.Status), cell(k.Version), p.Digest,
			cell(from.Version), from.Digest, p.edge(), string(by), at, behind, ahead, string(k.Story), k.Active, string(p.State), instant(p.Seen),
		})
	}
	for _, c := range taken {
		line := make([]string, len(columns))
		line[0], line[1], line[3], line[4] = string(c.Improvement), string(c.Clone), cell(c.Title.String()), c.Improvement.Host()
		line[11], line[13], line[18] = "improvement", instant(c.At), string(ImprovementTaken)
		_ = out.Write(line)
	}
	out.Flush()
	return out.Error()
}

// instant writes a time; "" for none.
func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// cell makes a cell of foreign words that no spreadsheet takes for a formula.
func cell(s string) string {
	if s != "" && strings.ContainsAny(s[:1], "=+-@\t\r") {
		return "'" + s
	}
	return s
}
