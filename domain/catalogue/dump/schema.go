package dump

import (
	"encoding/json"
	"reflect"
	"strings"
	"time"
)

// SchemaPath is where a node serves [Schema].
const SchemaPath = "/catalogue/export-v1.schema.json"

// Schema is the JSON Schema (2020-12) of a document, made from the types with
// which it is written. Members that it does not name are allowed: a later
// program of the same version may write them.
func Schema() ([]byte, error) {
	s := described{}
	root := s.of(reflect.TypeFor[Document]())
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "A catalogue of an interlink node"
	root["properties"].(map[string]any)["format"] = map[string]any{"const": Format}
	root["properties"].(map[string]any)["version"] = map[string]any{"const": Version}
	root["$defs"] = s.defs()
	return json.MarshalIndent(root, "", "  ")
}

// described are the structures that are described once, by their name.
type described map[string]map[string]any

func (s described) defs() map[string]any {
	out := map[string]any{}
	for name, d := range s {
		out[name] = d
	}
	return out
}

func (s described) of(t reflect.Type) map[string]any {
	switch {
	case t == reflect.TypeFor[time.Time]():
		return map[string]any{"type": "string", "format": "date-time"}
	case t.Kind() == reflect.Pointer:
		return s.reference(t.Elem())
	}
	switch t.Kind() {
	case reflect.String:
		return map[string]any{"type": "string"}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Int, reflect.Int64:
		return map[string]any{"type": "integer"}
	case reflect.Slice:
		return map[string]any{"type": "array", "items": s.reference(t.Elem())}
	case reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": s.reference(t.Elem())}
	case reflect.Struct:
		return s.structure(t)
	}
	panic("dump: no schema for " + t.String()) // a type of ours: a test makes the schema
}

// reference describes a structure of its own among the definitions.
func (s described) reference(t reflect.Type) map[string]any {
	if t.Kind() != reflect.Struct || t == reflect.TypeFor[time.Time]() {
		return s.of(t)
	}
	if _, known := s[t.Name()]; !known {
		s[t.Name()] = map[string]any{} // it may refer to itself
		s[t.Name()] = s.structure(t)
	}
	return map[string]any{"$ref": "#/$defs/" + t.Name()}
}

func (s described) structure(t reflect.Type) map[string]any {
	properties, required := map[string]any{}, []string{}
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && name == "" {
			below := s.structure(f.Type)
			for n, p := range below["properties"].(map[string]any) {
				properties[n] = p
			}
			required = append(required, below["required"].([]string)...)
			continue
		}
		if f.Type.Kind() == reflect.Struct {
			properties[name] = s.reference(f.Type)
		} else {
			properties[name] = s.of(f.Type)
		}
		if !strings.Contains(options, "omitempty") {
			required = append(required, name)
		}
	}
	return map[string]any{"type": "object", "properties": properties, "required": required}
}
