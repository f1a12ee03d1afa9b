// Package domaintest makes foreign input for tests, worse than it comes.
package domaintest

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
)

// strange are values that take the place of others.
var strange = []any{
	nil, true, "", " ", "x", "\x00", "\u202e", "https://evil.example/x", "https://a.example/1", "https://www.w3.org/ns/activitystreams#Public", "2026-13-01T00:00:00Z", "9999-12-31T23:59:59Z",
	json.Number("0"), json.Number("-1"), json.Number("1e308"), json.Number("9007199254740993"), map[string]any{}, []any{}, []any{nil}, map[string]any{"id": "https://evil.example/x"},
}

// Twisted is JSON in which the value at a place, counted from 1 with keys in
// their order, is another: a strange one or, beyond those, that of another
// place. It is raw if place is 0, if there is none, or if it is no JSON.
//
// A fuzz target takes it for documents: bytes that change at random are seldom
// JSON any more, and its readers then see little.
func Twisted(raw []byte, place uint16, other uint8) []byte {
	var whole any
	read := json.NewDecoder(bytes.NewReader(raw))
	read.UseNumber()
	if place == 0 || read.Decode(&whole) != nil {
		return raw
	}
	var values []any
	var puts []func(any)
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			for _, key := range slices.Sorted(maps.Keys(v)) {
				values, puts = append(values, v[key]), append(puts, func(other any) { v[key] = other })
				walk(v[key])
			}
		case []any:
			for i := range v {
				values, puts = append(values, v[i]), append(puts, func(other any) { v[i] = other })
				walk(v[i])
			}
		}
	}
	walk(whole)
	if int(place) > len(puts) {
		return raw
	}
	by := slices.Concat(strange, values)
	another, err := json.Marshal(by[int(other)%len(by)])
	if err != nil {
		return raw
	}
	puts[place-1](json.RawMessage(another)) // as bytes: a value may not hold itself
	out, err := json.Marshal(whole)
	if err != nil {
		return raw
	}
	return out
}
