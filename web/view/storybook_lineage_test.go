package view

import (
	"strings"
	"time"
)

// lineageRows are processes of a lineage in all their states.
func lineageRows() []LineageRow {
	stamp := &Stamp{By: "riverbend.example", Href: "https://riverbend.example/processes/caminos/clones/1", At: ago(9 * day), Checked: ago(time.Hour)}
	source := only("es", "Caminos tranquilos")
	own := only("en", "Safe paths to school")
	return []LineageRow{
		{Title: source, Href: "https://riverbend.example/processes/caminos", Host: "riverbend.example", Country: "Spain", Trust: "followed", Release: "1.2", Status: "finished", Story: "https://riverbend.example/stories/caminos", Active: ago(30 * day), State: "read", Seen: ago(time.Hour), Clones: 3},
		{Title: own, Href: "/processes/safe_paths", Self: true, Depth: 1, Host: "harbour.example", Country: "Netherlands", Trust: "own", Status: "in_progress", Source: source, Stamp: stamp, Standing: []Sentence{Say("lineage.behind", 1), Say("lineage.ahead", 2)}, Active: ago(day), State: "read", Seen: ago(time.Hour), Clones: 2},
		{Title: only("lv", "Droši ceļi uz skolu, kurus kopā veidojuši vecāki, skolotāji un pašvaldība"), Href: "https://delta.example/processes/celi", Depth: 2, Host: "delta.example", Country: "Latvia", Trust: "endorsed", Status: "awaiting", Source: own, Standing: []Sentence{Say("lineage.same")}, State: "read", Seen: ago(time.Hour)},
		{Title: only("it", "Strade sicure"), Href: "https://away.example/processes/strade", Depth: 2, Host: "away.example", Trust: "discovered", Source: own, State: "away", Seen: ago(4 * day), Standing: []Sentence{Say("lineage.moved")}},
		{Title: only("nl", "Veilige wegen"), Href: "https://gone.example/processes/wegen", Depth: 1, Host: "gone.example", Trust: "limited", Source: source, State: "gone", Seen: ago(40 * day), Digest: strings.Repeat("ab", 32), Circle: true},
		{Href: "https://hidden.example/processes/x", Depth: 1, Host: "hidden.example", Trust: "discovered", Source: source, State: "hidden", Digest: strings.Repeat("cd", 32)},
	}
}
