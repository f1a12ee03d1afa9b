package domain_test

import (
	"context"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"strconv"
	"testing"

	"interlink/domain"
)

// TestStatuses: each code that is declared has a status that is no other's, so
// that a status tells the code, too.
func TestStatuses(t *testing.T) {
	t.Parallel()
	file, err := parser.ParseFile(token.NewFileSet(), "error.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	of := map[int]domain.Code{}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || spec.Type == nil || len(spec.Values) != 1 {
			return true
		}
		if name, ok := spec.Type.(*ast.Ident); !ok || name.Name != "Code" {
			return true
		}
		text, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		code := domain.Code(text)
		status := code.Status()
		if other, taken := of[status]; taken || http.StatusText(status) == "" || domain.CodeOfStatus(status) != code {
			t.Errorf("%q: %d, that of %q; back again it is %q", code, status, other, domain.CodeOfStatus(status))
		}
		of[status] = code
		return true
	})
	if len(of) < 11 {
		t.Errorf("only %d codes were found", len(of))
	}
	for err, want := range map[error]int{
		nil: http.StatusOK, errors.New("any"): http.StatusInternalServerError, context.Canceled: http.StatusServiceUnavailable,
		domain.Fail("of tomorrow", "error.internal"): http.StatusInternalServerError, domain.InvalidField("title", "form.title"): http.StatusUnprocessableEntity,
	} {
		if got := domain.StatusOf(err); got != want {
			t.Errorf("%v: %d, want %d", err, got, want)
		}
	}
	if code := domain.CodeOfStatus(http.StatusTeapot); code != domain.Invalid {
		t.Errorf("a status of no code is %q", code)
	}
}
