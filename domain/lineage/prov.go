package lineage

import (
	"context"
	"encoding/csv"
	"io"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/catalogue/rdf"
	"interlink/domain/coproduction"
	"interlink/domain/policy"
)

// Family is what this node knows of where a process comes from and what came
// of it.
type Family struct {
	Process *coproduction.Process
	Owner   domain.IRI // its organisation; "" if it has none
	Clones  []*Derivation
	Taken   []Credit // improvements of its clones
}

// maxFamily is how many clones a family names, the newest ones.
const maxFamily = 1000

// Family reads that of a process, with the clones that its people accepted:
// what everybody may know. Errors: NotFound.
func (s *Service) Family(ctx context.Context, name string) (Family, error) {
	p, err := s.process(ctx, policy.Viewer{}, policy.Read, name)
	if err != nil {
		return Family{}, err
	}
	f := Family{Process: p}
	if p.Organization != domain.Nobody {
		o, err := s.organizations.Organization(ctx, p.Organization)
		if err != nil {
			return f, err
		}
		if o.PolicyVisibility() == domain.VisiblePublic {
			f.Owner = o.IRI
		}
	}
	if f.Taken, err = s.store.Credits(ctx, p.ID, time.Time{}); err != nil {
		return f, err
	}
	for page := (domain.Page{Limit: domain.MaxPage}); len(f.Clones) < maxFamily; {
		list, err := s.store.Derivations(ctx, p.ID, coproduction.Accepted, page)
		if err != nil {
			return f, err
		}
		f.Clones = append(f.Clones, list.Items...)
		if page.After = list.Next; list.Next == "" {
			break
		}
	}
	return f, nil
}

// prov is a term of the Provenance Ontology.
func prov(name string) rdf.IRI { return rdf.IRI("http://www.w3.org/ns/prov#" + name) }

// Provenance says a family in the words of PROV-O: each process is an entity,
// each clone derived from its source. What only the one side says is an
// interlink:answer "offered" of the derivation.
func (f Family) Provenance() *rdf.Graph {
	g := &rdf.Graph{}
	p := f.Process
	self := g.New(rdf.IRI(p.IRI), prov("Entity")).AddText(rdf.DCT("title"), p.Title).AddTime(prov("generatedAtTime"), p.CreatedAt)
	if f.Owner != "" {
		self.Add(prov("wasAttributedTo"), rdf.IRI(f.Owner))
	}
	if from := p.ClonedFrom; from != nil {
		g.New(rdf.IRI(from.IRI), prov("Entity")).AddText(rdf.DCT("title"), from.Title)
		derived(self, from.IRI, from.Version, from.Digest, from.Answer, from.At)
	}
	for _, d := range f.Clones {
		derived(g.New(rdf.IRI(d.IRI), prov("Entity")).AddText(rdf.DCT("title"), d.Title), p.IRI, d.Version, d.Digest, d.State, d.OfferedAt)
	}
	for _, c := range f.Taken {
		self.Add(prov("wasInfluencedBy"), rdf.IRI(c.Improvement))
		g.New(rdf.IRI(c.Improvement), prov("Entity")).AddText(rdf.DCT("title"), c.Title).Add(prov("wasAttributedTo"), rdf.IRI(c.Clone)).
			Add(rdf.DCT("license"), rdf.Literal{Text: c.Licence}).AddTime(prov("generatedAtTime"), c.At)
	}
	return g
}

// derived says that a process was cloned from another, and in which state
// that was.
func derived(n *rdf.Node, from domain.IRI, version, digest string, answer coproduction.Answer, at time.Time) {
	how := rdf.Blank(prov("Derivation")).Add(prov("entity"), rdf.IRI(from)).AddTime(prov("atTime"), at).
		Add(rdf.Own("answer"), rdf.Literal{Text: string(answer)})
	if version != "" {
		how.Add(rdf.Own("version"), rdf.Literal{Text: version})
	}
	if digest != "" {
		how.Add(rdf.Own("digest"), rdf.Literal{Text: digest})
	}
	n.Add(prov("wasDerivedFrom"), rdf.IRI(from)).Add(prov("qualifiedDerivation"), how)
}

// CSV writes a family as a table, a process a line.
func (f Family) CSV(w io.Writer) error {
	out := csv.NewWriter(w)
	line := func(iri domain.IRI, relation string, title domain.Text, version, digest, answer string, at time.Time) {
		_ = out.Write([]string{string(iri), relation, cell(title.String()), iri.Host(), cell(version), digest, answer, at.UTC().Format(time.RFC3339)}) // Error tells
	}
	_ = out.Write([]string{"iri", "relation", "title", "host", "version", "digest", "answer", "at"})
	p := f.Process
	if from := p.ClonedFrom; from != nil {
		line(from.IRI, "source", from.Title, from.Version, from.Digest, string(from.Answer), from.At)
	}
	line(p.IRI, "self", p.Title, "", "", "", p.CreatedAt)
	for _, d := range f.Clones {
		line(d.IRI, "clone", d.Title, d.Version, d.Digest, string(d.State), d.OfferedAt)
	}
	for _, c := range f.Taken {
		line(c.Improvement, "improvement", c.Title, "", "", string(ImprovementTaken), c.At)
	}
	out.Flush()
	return out.Error()
}

// cell makes a cell of foreign words that no spreadsheet takes for a formula.
func cell(s string) string {
	if s != "" && strings.ContainsAny(s[:1], "=+-@\t\r") {
		return "'" + s
	}
	return s
}
