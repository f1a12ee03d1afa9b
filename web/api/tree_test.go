package api_test

import (
	"fmt"
	"net/http"
	"reflect"
	"testing"

	"interlink/storage/storagetest"
)

// TestTreeInParts: a tree that is read in parts is the one that is read whole.
func TestTreeInParts(t *testing.T) {
	t.Parallel()
	s := open(t, storagetest.SQLite)
	s.fill()
	whole := s.want(http.StatusOK, "official", http.MethodGet, "/processes/safe_ways/tree", nil)
	if whole["next"] != nil || whole["total"] != float64(len(items(whole))) {
		t.Errorf("the whole tree: next %v of %v", whole["next"], whole["total"])
	}
	for _, who := range []string{"official", "stranger", ""} {
		var all []object
		for after := ""; ; {
			part := s.want(http.StatusOK, who, http.MethodGet, fmt.Sprint("/processes/safe_ways/tree?limit=7&after=", after), nil)
			if all = append(all, items(part)...); len(items(part)) > 7 || part["total"] != whole["total"] {
				t.Fatalf("a part of %d items of %v", len(items(part)), part["total"])
			}
			if after = text(part, "next"); after == "" {
				break
			}
		}
		if !reflect.DeepEqual(all, items(whole)) {
			t.Errorf("%q reads another tree in parts", who)
		}
	}
	s.want(http.StatusUnprocessableEntity, "", http.MethodGet, "/processes/safe_ways/tree?limit=7&after="+unknown, nil)
}
