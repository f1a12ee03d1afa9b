package api

import (
	"bytes"
	"errors"
	"net/url"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"interlink/domain"
)

// kept reports whether a text is one that both databases keep.
func kept(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

// addressed refuses an address with what is no text.
func addressed(u url.URL) error {
	if !kept(u.Path) {
		return domain.Fail(domain.NotFound, "error.not_found")
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return domain.Fail(domain.Invalid, "error.not_text").Because(err)
	}
	for name, values := range query {
		if !kept(name) || !kept(strings.Join(values, "")) {
			return domain.Fail(domain.Invalid, "error.not_text")
		}
	}
	return nil
}

// languages refuses a body with texts in what is no language.
func languages(in any) error {
	var problems domain.Problems
	if body := reflect.ValueOf(in).Elem().FieldByName("Body"); body.IsValid() {
		textsOf(&problems, "", body)
	}
	return problems.Err()
}

func textsOf(p *domain.Problems, field string, v reflect.Value) {
	if t, ok := v.Interface().(domain.Text); ok {
		for lang := range t {
			if parsed, err := domain.ParseLang(string(lang)); err != nil || parsed != lang {
				p.Add(field, "error.language", strings.ToValidUTF8(string(lang[:min(len(lang), 35)]), ""))
				return
			}
		}
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			textsOf(p, field, v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			textsOf(p, field, v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ","); v.Type().Field(i).IsExported() {
				if name == "" {
					name = field
				}
				textsOf(p, name, v.Field(i))
			}
		}
	}
}

var errNoText = errors.New("not UTF-8, or with a NUL character")

// plainJSON is JSON with nothing in its strings but text. encoding/json
// itself puts something else in the place of what is no UTF-8.
var plainJSON = huma.Format{
	Marshal: huma.DefaultJSONFormat.Marshal,
	Unmarshal: func(data []byte, v any) error {
		if !utf8.Valid(data) {
			return errNoText
		}
		if err := huma.DefaultJSONFormat.Unmarshal(data, v); err != nil {
			return err
		}
		if tree, ok := v.(*any); ok && bytes.Contains(data, []byte(`\u0000`)) && !keptTree(*tree) {
			return errNoText
		}
		return nil
	},
}

func keptTree(v any) bool {
	switch v := v.(type) {
	case string:
		return kept(v)
	case []any:
		for _, member := range v {
			if !keptTree(member) {
				return false
			}
		}
	case map[string]any:
		for name, member := range v {
			if !kept(name) || !keptTree(member) {
				return false
			}
		}
	}
	return true
}
