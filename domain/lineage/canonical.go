package lineage

import (
	"bytes"
	"encoding"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Canonical returns plain data as canonical JSON (RFC 8785): what digests are
// made of. Its numbers are integers, its members are named in ASCII.
func Canonical(v any) []byte {
	var b bytes.Buffer
	CanonicalTo(&b, v)
	return b.Bytes()
}

// Writer is what canonical JSON is written to, such as a bufio.Writer before a
// hash, so that it is not in memory as a whole. What it cannot take it has to
// remember itself.
type Writer interface {
	WriteByte(c byte) error
	WriteRune(r rune) (size int, err error)
	WriteString(s string) (n int, err error)
}

// CanonicalTo writes plain data as [Canonical] has it.
func CanonicalTo(w Writer, v any) { canonical{w}.value(reflect.ValueOf(v)) }

// canonical writes values as encoding/json has them, member by member in their
// order, so that nothing is made of them in between. Names of members are field
// names and language tags: ASCII, whose order in bytes is that of UTF-16.
type canonical struct{ Writer }

func (w canonical) text(s string) { _, _ = w.WriteString(s) }
func (w canonical) sign(c byte)   { _ = w.WriteByte(c) }
func (w canonical) letter(r rune) { _, _ = w.WriteRune(r) }
func (w canonical) name(s string) { w.quote(s); w.sign(':') }
func (w canonical) comma(more bool) {
	if more {
		w.sign(',')
	}
}

func (w canonical) value(v reflect.Value) {
	if !v.IsValid() {
		w.text("null")
		return
	}
	form := formOf(v.Type())
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface, reflect.Map, reflect.Slice:
		if v.IsNil() && !form.itself {
			w.text("null")
			return
		}
	}
	switch {
	case form.itself:
		w.itself(v)
	case v.Kind() == reflect.String:
		w.quote(v.String())
	case v.Kind() == reflect.Bool:
		w.text(strconv.FormatBool(v.Bool()))
	case v.CanInt():
		w.text(strconv.FormatInt(v.Int(), 10))
	case v.CanUint():
		w.text(strconv.FormatUint(v.Uint(), 10))
	case v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface:
		w.value(v.Elem())
	case v.Kind() == reflect.Slice || v.Kind() == reflect.Array:
		w.sign('[')
		for i := range v.Len() {
			w.comma(i > 0)
			w.value(v.Index(i))
		}
		w.sign(']')
	case v.Kind() == reflect.Map:
		w.members(v)
	default:
		w.fields(v, form.fields)
	}
}

func (w canonical) members(v reflect.Value) {
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
	w.sign('{')
	for i, k := range keys {
		w.comma(i > 0)
		w.name(k.String())
		w.value(v.MapIndex(k))
	}
	w.sign('}')
}

func (w canonical) fields(v reflect.Value, fields []field) {
	w.sign('{')
	more := false
	for _, f := range fields {
		one := v.Field(f.index)
		if f.omitEmpty && empty(one) {
			continue
		}
		w.comma(more)
		more = true
		w.name(f.name)
		w.value(one)
	}
	w.sign('}')
}

// empty is what omitempty leaves out.
func empty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Array, reflect.Map, reflect.Slice, reflect.String:
		return v.Len() == 0
	case reflect.Struct:
		return false
	}
	return v.IsZero()
}

// form is how values of a type are written.
type form struct {
	itself bool    // as encoding/json does, which is slow: they say how, or are rare
	fields []field // of a struct, in their order
}

type field struct {
	name      string
	index     int
	omitEmpty bool
}

var forms sync.Map // of reflect.Type

func formOf(t reflect.Type) form {
	if known, ok := forms.Load(t); ok {
		return known.(form)
	}
	f := newForm(t)
	forms.Store(t, f)
	return f
}

var (
	ownJSON = reflect.TypeFor[json.Marshaler]()
	ownText = reflect.TypeFor[encoding.TextMarshaler]()
)

func newForm(t reflect.Type) (f form) {
	for _, one := range []reflect.Type{t, reflect.PointerTo(t)} {
		if t.Kind() != reflect.Interface && (one.Implements(ownJSON) || one.Implements(ownText)) {
			return form{itself: true}
		}
	}
	switch t.Kind() {
	case reflect.Float32, reflect.Float64:
		return form{itself: true}
	case reflect.Slice:
		return form{itself: t.Elem().Kind() == reflect.Uint8}
	case reflect.Map:
		return form{itself: t.Key().Kind() != reflect.String || t.Key().Implements(ownText)}
	case reflect.Struct:
	default:
		return form{}
	}
	for i := range t.NumField() {
		one := t.Field(i)
		name, options, _ := strings.Cut(one.Tag.Get("json"), ",")
		switch {
		case one.Anonymous || options != "" && options != "omitempty":
			return form{itself: true}
		case !one.IsExported() || name == "-":
			continue
		case name == "":
			name = one.Name
		}
		f.fields = append(f.fields, field{name, i, options != ""})
	}
	slices.SortFunc(f.fields, func(a, b field) int { return strings.Compare(a.name, b.name) })
	return f
}

// itself writes a value that says how it is written.
func (w canonical) itself(v reflect.Value) {
	if v.CanAddr() {
		v = v.Addr()
	}
	raw, err := json.Marshal(v.Interface())
	if err != nil {
		panic("lineage: plain data cannot be encoded: " + err.Error())
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var decoded any
	if err := dec.Decode(&decoded); err != nil {
		panic("lineage: plain data cannot be read back: " + err.Error())
	}
	w.decoded(decoded)
}

// decoded writes a decoded value. All numbers are integers, which encoding/json
// writes as RFC 8785 wants them.
func (w canonical) decoded(v any) {
	switch v := v.(type) {
	case map[string]any:
		w.sign('{')
		for i, k := range slices.Sorted(maps.Keys(v)) {
			w.comma(i > 0)
			w.name(k)
			w.decoded(v[k])
		}
		w.sign('}')
	case []any:
		w.sign('[')
		for i, e := range v {
			w.comma(i > 0)
			w.decoded(e)
		}
		w.sign(']')
	case string:
		w.quote(v)
	case nil:
		w.text("null")
	default: // json.Number, bool
		w.text(fmt.Sprint(v))
	}
}

// quote writes a string with the escapes of RFC 8785 §3.2.2.2 and no others.
func (w canonical) quote(s string) {
	w.sign('"')
	for _, r := range s {
		switch r {
		case '"', '\\':
			w.sign('\\')
			w.letter(r)
		case '\b':
			w.text(`\b`)
		case '\t':
			w.text(`\t`)
		case '\n':
			w.text(`\n`)
		case '\f':
			w.text(`\f`)
		case '\r':
			w.text(`\r`)
		default:
			if r < ' ' {
				w.text(fmt.Sprintf(`\u%04x`, r))
			} else {
				w.letter(r)
			}
		}
	}
	w.sign('"')
}
