package lineage

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// Canonical returns plain data as canonical JSON (RFC 8785): what digests are
// made of. Its numbers are integers, its members are named in ASCII.
func Canonical(v any) []byte {
	raw, err := json.Marshal(v)
	if err != nil {
		panic("lineage: plain data cannot be encoded: " + err.Error())
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var decoded any
	if err := dec.Decode(&decoded); err != nil {
		panic("lineage: plain data cannot be read back: " + err.Error())
	}
	var b bytes.Buffer
	canonical(&b, decoded)
	return b.Bytes()
}

// canonical writes a decoded value. Names of members are field names and
// language tags: ASCII, whose order in bytes is that of UTF-16. All numbers
// are integers, which encoding/json writes as RFC 8785 wants them.
func canonical(b *bytes.Buffer, v any) {
	switch v := v.(type) {
	case map[string]any:
		b.WriteByte('{')
		for i, k := range slices.Sorted(maps.Keys(v)) {
			if i > 0 {
				b.WriteByte(',')
			}
			quote(b, k)
			b.WriteByte(':')
			canonical(b, v[k])
		}
		b.WriteByte('}')
	case []any:
		b.WriteByte('[')
		for i, e := range v {
			if i > 0 {
				b.WriteByte(',')
			}
			canonical(b, e)
		}
		b.WriteByte(']')
	case string:
		quote(b, v)
	case nil:
		b.WriteString("null")
	default: // json.Number, bool
		fmt.Fprint(b, v)
	}
}

// quote writes a string with the escapes of RFC 8785 §3.2.2.2 and no others.
func quote(b *bytes.Buffer, s string) {
	b.WriteByte('"')
	for _, r := range s {
		switch r {
		case '"', '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case '\b':
			b.WriteString(`\b`)
		case '\t':
			b.WriteString(`\t`)
		case '\n':
			b.WriteString(`\n`)
		case '\f':
			b.WriteString(`\f`)
		case '\r':
			b.WriteString(`\r`)
		default:
			if r < ' ' {
				fmt.Fprintf(b, `\u%04x`, r)
			} else {
				b.WriteRune(r)
			}
		}
	}
	b.WriteByte('"')
}
