package domaintest_test

import (
	"testing"

	"interlink/domain/domaintest"
)

// TestTwisted: one value is another, wherever it stands.
func TestTwisted(t *testing.T) {
	const raw = `{"b":[1.50,{"c":"x"}],"a":null}`
	for place, want := range []string{
		raw, `{"a":true,"b":[1.50,{"c":"x"}]}`, `{"a":null,"b":true}`, `{"a":null,"b":[true,{"c":"x"}]}`, `{"a":null,"b":[1.50,true]}`, `{"a":null,"b":[1.50,{"c":true}]}`, raw,
	} {
		if got := domaintest.Twisted([]byte(raw), uint16(place), 1); string(got) != want {
			t.Errorf("place %d: %s", place, got)
		}
	}
	if got := domaintest.Twisted([]byte(raw), 1, 21); string(got) != `{"a":[1.50,{"c":"x"}],"b":[1.50,{"c":"x"}]}` {
		t.Errorf("a value of its own: %s", got)
	}
	if got := domaintest.Twisted([]byte(`{"a":`), 1, 1); string(got) != `{"a":` {
		t.Errorf("no JSON: %s", got)
	}
}
