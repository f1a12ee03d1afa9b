package organization

import (
	"fmt"
	"strings"
	"testing"

	"interlink/domain"
)

// TestTitled: who lost rights in very many processes reads of some, in no more
// words than a letter holds.
func TestTitled(t *testing.T) {
	if got := titled([]Part{{Title: domain.Text{"en": "Paths", "lv": "Ceļi"}}, {Title: domain.Text{"en": "Quays"}}}); got["en"] != "Paths, Quays" || got["lv"] != "Ceļi, Quays" || len(got) != 2 {
		t.Errorf("two are %v", got)
	}
	parts := make([]Part, 3000)
	for i := range parts {
		parts[i].Title = domain.Text{domain.Lang(fmt.Sprintf("en-x%d", i%500)): strings.Repeat("long ", 40)}
	}
	if got := titled(parts); got.Longest() > 25*200 || len(got) > mostNamed || !strings.HasSuffix(got.String(), ", …") {
		t.Errorf("of many there are %d bytes in %d languages", got.Longest(), len(got))
	}
}
