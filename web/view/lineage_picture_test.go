package view

import (
	"bytes"
	"flag"
	"os"
	"testing"

	"interlink/domain"
	"interlink/web/locale"
)

var update = flag.Bool("update", false, "write the golden picture anew")

// TestLineagePicture: a lineage is drawn as a file of its own, the one that the
// README shows. `go test ./web/view -run TestLineagePicture -update` writes it.
func TestLineagePicture(t *testing.T) {
	const golden = "testdata/lineage.svg"
	r := New(Site{Base: "https://zaragoza.example", Host: "zaragoza.example"}, locale.Default(), nil, nowIsNoon)
	from := func(s string) domain.Text { return domain.Text{"en": s} }
	stamp := &Stamp{By: "…"}
	rows := []LineageRow{
		{Title: from("Safe routes to school"), Host: "zaragoza.example", Country: "Spain", State: "read"},
		{Title: domain.Text{"lv": "Droši ceļi uz skolu Rīgā"}, Depth: 1, Self: true, Host: "riga.example", Country: "Latvia", Source: from("x"), Stamp: stamp, Standing: []Sentence{Say("lineage.same"), Say("lineage.ahead", 1)}, State: "read"},
		{Title: domain.Text{"it": "Percorsi sicuri a Roma"}, Depth: 2, Host: "rome.example", Country: "Italy", Source: from("x"), Stamp: stamp, Standing: []Sentence{Say("lineage.behind", 1)}, State: "read"},
		{Title: domain.Text{"nl": "Veilig naar school in Gent"}, Depth: 2, Host: "ghent.example", Country: "Belgium", Source: from("x"), Standing: []Sentence{Say("lineage.moved")}, State: "read"},
		{Title: domain.Text{"fr": "Chemins de l’école"}, Depth: 1, Host: "nantes.example", Country: "France", Source: from("x"), Stamp: stamp, State: "gone"},
	}
	got, err := r.Picture(Frame{Lang: "en"}, NewLineage(rows, []int{-1, 0, 1, 1, 0}, "en", 0))
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(golden, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("the picture is another than in %s (%v)", golden, err)
	}
}
