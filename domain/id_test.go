package domain_test

import (
	"testing"

	"pgregory.net/rapid"

	"interlink/domain"
)

// TestIDBytes: an id is written of its bytes as it was, and nothing else has bytes.
func TestIDBytes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		id := domain.ID(rapid.StringMatching(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`).Draw(t, "id"))
		if b, ok := id.Bytes(); !ok || domain.IDOf(b) != id {
			t.Fatal(id, b, ok)
		}
		raw := []byte(id)
		raw[rapid.IntRange(0, len(raw)-1).Draw(t, "at")] = rapid.SampledFrom([]byte("Ag-_ \xff")).Draw(t, "byte")
		broken := domain.ID(raw)
		if b, ok := broken.Bytes(); broken != id && ok {
			t.Fatalf("%q has the bytes %x", broken, b)
		}
	})
	for _, id := range []domain.ID{"", "0191f2c4", "0191f2c4-0000-7000-8000-0000000000000"} {
		if _, ok := id.Bytes(); ok {
			t.Errorf("%q has bytes", id)
		}
	}
}
