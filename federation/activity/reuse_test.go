package activity_test

import (
	"testing"

	"interlink/domain/reuse"
	"interlink/federation/activity"
)

// retold is how this node reuses what is of another.
var retold = reuse.Report{Owner: "https://riga.example/catalogue", Month: "2026-10", At: noon, Lines: []reuse.Line{
	{Kind: reuse.Interlinker, Object: "https://riga.example/interlinkers/map-of-needs", Counts: reuse.Counts{reuse.Uses: 15, reuse.Processes: 0}},
}}

// reuseGoldens are the documents of reuse.
func reuseGoldens() map[string]func() ([]byte, error) {
	return map[string]func() ([]byte, error){
		"create-reuse": func() ([]byte, error) {
			env := envelope(node.IRI, nil)
			env.To = append(env.To, retold.Owner)
			return activity.Create(env, activity.Reuse(env.ID+"#reuse", node.IRI, retold))
		},
	}
}

// TestReuseReadBack: our nodes understand what they say.
func TestReuseReadBack(t *testing.T) {
	doc := read(t, "create-reuse", "object")
	in, err := activity.ReadReuse(doc)
	if err != nil || !activity.IsReuse(doc) {
		t.Fatal(err)
	}
	same(t, "the report", in, reuse.Remote{IRI: doc.IRI("id"), From: node.IRI, Report: retold})
}

// checkReuse: whatever comes is read, or is not, without harm.
func checkReuse(t *testing.T, doc activity.Document) {
	if !activity.IsReuse(doc) {
		return
	}
	in, err := activity.ReadReuse(doc)
	if err != nil {
		return
	}
	back, err := activity.ReadReuse(again(t, activity.Reuse(in.IRI, in.From, in.Report)))
	if err != nil {
		t.Fatal(err)
	}
	same(t, "the lines", []any{len(back.Lines), back.Owner, back.Month}, []any{len(in.Lines), in.Owner, in.Month})
}
