package activity

import (
	"bytes"
	"encoding/json"
)

// WithoutBlind returns a document without the members bto and bcc, at any
// depth: they name readers whom others must not learn of (ActivityPub §6). A
// document that has none is returned as it is, byte by byte; of one that has
// some, the order of members is lost. raw must have passed [Scan].
func WithoutBlind(raw []byte) []byte {
	if !bytes.Contains(raw, []byte("bto")) && !bytes.Contains(raw, []byte("bcc")) && !bytes.Contains(raw, []byte(`\u00`)) {
		return raw
	}
	var doc any
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	if dec.Decode(&doc) != nil || !dropBlind(doc) {
		return raw
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if enc.Encode(doc) != nil {
		return raw
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n"))
}

// dropBlind removes them and reports whether there were any.
func dropBlind(v any) bool {
	found := false
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			if name == "bto" || name == "bcc" || name == "as:bto" || name == "as:bcc" {
				delete(v, name)
				found = true
			} else {
				found = dropBlind(member) || found
			}
		}
	case []any:
		for _, e := range v {
			found = dropBlind(e) || found
		}
	}
	return found
}
