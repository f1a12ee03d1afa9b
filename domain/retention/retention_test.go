package retention

import (
	"slices"
	"testing"

	"interlink/domain/network"
)

// TestRules: every kind of data stands in the table once, has a time or an end
// without one, and what never ends is not erased.
func TestRules(t *testing.T) {
	var known []Data
	for _, r := range Rules(network.DefaultRetention) {
		if slices.Contains(known, r.Data) {
			t.Errorf("%s stands in the table twice", r.Data)
		}
		known = append(known, r.Data)
		timed := !slices.Contains([]Ends{UntilLeaving, UntilDeleted, ForEver}, r.Ends)
		if timed != (r.Keep > 0) {
			t.Errorf("%s is kept for %s, which ends %s", r.Data, r.Keep, r.Ends)
		}
		if r.Ends == ForEver && r.Then == Erased {
			t.Errorf("%s never ends and is erased", r.Data)
		}
	}
}
