package lineage

import (
	"strings"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/coproduction"
)

func TestProvenance(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 5, 1, 8, 0, 0, 0, time.UTC)
	f := Family{
		Process: &coproduction.Process{
			IRI: "https://riga.example/processes/darzi", Title: domain.Text{"lv": "Dārzi"}, CreatedAt: at,
			ClonedFrom: &coproduction.Origin{
				IRI: "https://zaragoza.example/processes/huertos", Title: domain.Text{"es": "Huertos"}, Version: "7", Digest: strings.Repeat("ab", 32), At: at, Answer: coproduction.Accepted,
			},
		},
		Owner: "https://riga.example/organizations/riga",
		Clones: []*Derivation{{
			IRI: "https://rome.example/processes/orti", Title: domain.Text{"it": `=cmd|"orti"`}, Version: "12", State: coproduction.Accepted, OfferedAt: at,
		}},
	}
	var turtle, jsonld, table strings.Builder
	g := f.Provenance()
	if err := g.Turtle(&turtle); err != nil {
		t.Fatal(err)
	}
	if err := g.JSONLD(&jsonld); err != nil {
		t.Fatal(err)
	}
	if err := f.CSV(&table); err != nil {
		t.Fatal(err)
	}
	for _, form := range []string{turtle.String(), jsonld.String()} {
		for _, want := range []string{
			"http://www.w3.org/ns/prov#wasDerivedFrom", "https://zaragoza.example/processes/huertos", "https://rome.example/processes/orti",
			"https://riga.example/organizations/riga", strings.Repeat("ab", 32), "2026-05-01T08:00:00Z", "Dārzi",
		} {
			if !strings.Contains(form, want) {
				t.Errorf("it does not say %q:\n%s", want, form)
			}
		}
	}
	want := `iri,relation,title,host,version,digest,answer,at
https://zaragoza.example/processes/huertos,source,Huertos,zaragoza.example,7,` + strings.Repeat("ab", 32) + `,accepted,2026-05-01T08:00:00Z
https://riga.example/processes/darzi,self,Dārzi,riga.example,,,,2026-05-01T08:00:00Z
https://rome.example/processes/orti,clone,"'=cmd|""orti""",rome.example,12,,accepted,2026-05-01T08:00:00Z
`
	if table.String() != want {
		t.Errorf("the table:\n%s\nwant\n%s", table.String(), want)
	}
}
