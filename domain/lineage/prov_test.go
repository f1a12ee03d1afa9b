package lineage

import (
	"strings"
	"testing"
	"time"

	"interlink/domain"
)

// lineageOf is one of three nodes: the source is gone, the clone of the clone
// is confirmed.
func lineageOf() Family {
	at := time.Date(2026, 5, 1, 8, 0, 0, 0, time.UTC)
	huertos, darzi, orti := domain.IRI("https://zaragoza.example/processes/huertos"), domain.IRI("https://riga.example/processes/darzi"), domain.IRI("https://rome.example/processes/orti")
	return NewFamily(darzi, []Kin{
		{IRI: huertos, Distance: 1, State: KinGone},
		{IRI: darzi, State: KinRead, Seen: at, Known: &Relative{
			IRI: darzi, Title: domain.Text{"lv": "Dārzi"}, Owner: "https://riga.example/organizations/riga", Digest: strings.Repeat("cd", 32), Version: "9",
			Releases: []Released{{"1.1", strings.Repeat("ce", 32)}, {"1.0", strings.Repeat("cf", 32)}},
			From:     &Descent{Source: huertos, Title: "Huertos", Version: "7", Digest: strings.Repeat("ab", 32)},
		}},
		{
			IRI: orti, Via: darzi, Distance: 1, State: KinRead, Seen: at, Known: &Relative{
				IRI: orti, Title: domain.Text{"it": `=cmd|"orti"`}, Version: "12", Country: "IT",
				From: &Descent{Source: darzi, Version: "8", Digest: strings.Repeat("cf", 32), Stamp: darzi + "/clones/1"},
			},
			Stamp: &Stamp{IRI: darzi + "/clones/1", Source: darzi, Owner: "https://riga.example/organizations/riga", Clone: orti, Digest: strings.Repeat("cf", 32), At: at},
		},
	})
}

func TestProvenance(t *testing.T) {
	t.Parallel()
	f := lineageOf()
	taken := []Credit{{
		Improvement: "https://rome.example/processes/orti/improvements/1", Clone: "https://rome.example/processes/orti", Title: domain.Text{"it": "Orti"},
		Licence: "CC-BY-4.0", At: time.Date(2026, 5, 2, 8, 0, 0, 0, time.UTC),
	}}
	var turtle, jsonld, table strings.Builder
	g := f.Provenance(taken)
	if err := g.Turtle(&turtle); err != nil {
		t.Fatal(err)
	}
	if err := g.JSONLD(&jsonld); err != nil {
		t.Fatal(err)
	}
	if err := f.CSV(&table, taken); err != nil {
		t.Fatal(err)
	}
	for _, form := range []string{turtle.String(), jsonld.String()} {
		for _, want := range []string{
			"http://www.w3.org/ns/prov#wasDerivedFrom", "https://zaragoza.example/processes/huertos", "https://rome.example/processes/orti",
			"https://riga.example/organizations/riga", strings.Repeat("ab", 32), "2026-05-01T08:00:00Z", "Dārzi", "Huertos", "confirmed", "claimed", "wasInfluencedBy", "https://rome.example/processes/orti/improvements/1", "https://riga.example/processes/darzi/clones/1", "gone",
		} {
			if !strings.Contains(form, want) {
				t.Errorf("it does not say %q:\n%s", want, form)
			}
		}
	}
	want := strings.Join(columns, ",") + `
https://zaragoza.example/processes/huertos,,0,Huertos,zaragoza.example,,,,` + strings.Repeat("ab", 32) + `,,,,,,,,,,gone,
https://riga.example/processes/darzi,https://zaragoza.example/processes/huertos,1,Dārzi,riga.example,,,9,` + strings.Repeat("cd", 32) + `,7,` + strings.Repeat("ab", 32) + `,claimed,,,,,,,read,2026-05-01T08:00:00Z
https://rome.example/processes/orti,https://riga.example/processes/darzi,2,"'=cmd|""orti""",rome.example,IT,,12,,8,` + strings.Repeat("cf", 32) + `,confirmed,https://riga.example/organizations/riga,2026-05-01T08:00:00Z,1,0,,,read,2026-05-01T08:00:00Z
https://rome.example/processes/orti/improvements/1,https://rome.example/processes/orti,,Orti,rome.example,,,,,,,improvement,,2026-05-02T08:00:00Z,,,,,taken,
`
	if table.String() != want {
		t.Errorf("the table:\n%s\nwant\n%s", table.String(), want)
	}
}
