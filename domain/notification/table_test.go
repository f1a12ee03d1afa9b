package notification_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/notification"
)

// kindsOfTheDomain finds every constant of the type EventKind in the sources.
func kindsOfTheDomain(t *testing.T) []domain.EventKind {
	t.Helper()
	var kinds []domain.EventKind
	for _, k := range catalogue.Kinds {
		kinds = append(kinds, catalogue.Created(k), catalogue.Updated(k), catalogue.Withdrew(k), catalogue.Deprecates(k), catalogue.Deletes(k))
	}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			if of, ok := spec.Type.(*ast.SelectorExpr); !ok || of.Sel.Name != "EventKind" {
				return true
			}
			for _, v := range spec.Values {
				lit, ok := v.(*ast.BasicLit)
				if !ok {
					t.Errorf("%s: the kind of an event is no literal", path)
					continue
				}
				kind, err := strconv.Unquote(lit.Value)
				if err != nil {
					t.Error(err)
				}
				kinds = append(kinds, domain.EventKind(kind))
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(kinds) < 80 {
		t.Fatalf("only %d kinds of events were found: does this test still read them?", len(kinds))
	}
	return kinds
}

// TestEveryKindIsDecided: of each kind of event somebody is told, or it says
// why nobody is.
func TestEveryKindIsDecided(t *testing.T) {
	told, known := notification.Kinds(), map[domain.EventKind]bool{}
	for _, kind := range kindsOfTheDomain(t) {
		known[kind] = true
		reason, silent := notification.Silent[kind]
		switch {
		case silent && slices.Contains(told, kind):
			t.Errorf("%s is in the table and among the silent ones", kind)
		case silent && reason == "":
			t.Errorf("%s: why is nobody told?", kind)
		case !silent && !slices.Contains(told, kind):
			t.Errorf("%s: who is told of it? Write a line in table.go, or the reason why nobody is", kind)
		}
	}
	for _, kind := range told {
		if !known[kind] {
			t.Errorf("%s is in the table and never happens", kind)
		}
	}
	for kind := range notification.Silent {
		if !known[kind] {
			t.Errorf("%s is among the silent ones and never happens", kind)
		}
	}
}

// TestEditsTellNobodyAgain: who was told of an answer or a mention is not told
// of it anew when its author changes what they wrote.
func TestEditsTellNobodyAgain(t *testing.T) {
	wrote := domain.Event{ID: "01890a5d-ac96-774b-bcce-b302099a8057", Kind: "post.received", Subject: domain.Subject{Kind: "post", ID: "the-post"}, Payload: []byte(`{"author":"bo"}`)}
	changed, other := wrote, wrote
	changed.ID, other.ID, other.Subject.ID = "01890a5d-ac96-774b-bcce-b302099a8058", "01890a5d-ac96-774b-bcce-b302099a8059", "another"
	for i, x := range notification.Tell(wrote) {
		if again := notification.Tell(changed)[i]; again.Once != x.Once {
			t.Errorf("%s is told again: %q, %q", x.Topic, x.Once, again.Once)
		}
		if next := notification.Tell(other)[i]; next.Once == x.Once {
			t.Errorf("%s is not told of another post", x.Topic)
		}
	}
}

// TestDenialTellsNobody: a grant by which somebody does not come to see
// anything does not tell them that they may take part.
func TestDenialTellsNobody(t *testing.T) {
	for payload, want := range map[string]int{`{"grantee":"bo","deny":["edit"]}`: 0, `{"grantee":"bo","allow":["view"],"deny":["edit"]}`: 1} {
		given := domain.Event{ID: "01890a5d-ac96-774b-bcce-b302099a8057", Kind: "process.grant_given", Payload: []byte(payload)}
		if got := len(notification.Tell(given)); got != want {
			t.Errorf("%s is told %d times, not %d", payload, got, want)
		}
	}
}
