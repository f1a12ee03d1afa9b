package activity

import (
	"bytes"
	"encoding/json"
)

// What is below reads JSON that is known to be valid: the bytes that [Scan]
// took, or a value in them. encoding/json checks every value again each time
// it is looked at, and copies it; an activity of a few kilobytes is looked at
// some fifty times.

// members splits an object; nil for any other value.
func members(raw json.RawMessage) Document {
	i := space(raw, 0)
	if i == len(raw) || raw[i] != '{' {
		return nil
	}
	d := Document{}
	for i = space(raw, i+1); raw[i] != '}'; {
		end := stringEnd(raw, i)
		name := text(raw[i:end])
		i = space(raw, space(raw, end)+1) // behind the colon
		end = valueEnd(raw, i)
		d[name] = raw[i:end:end]
		if i = space(raw, end); raw[i] == ',' {
			i = space(raw, i+1)
		}
	}
	return d
}

// elements returns the elements of a list, at most maxList, or the value
// itself as the only one; nothing for null and absent members.
func elements(raw json.RawMessage) []json.RawMessage {
	if len(raw) == 0 || string(raw) == "null" {
		return nil
	}
	if raw[0] != '[' {
		return []json.RawMessage{raw}
	}
	var list []json.RawMessage
	for i := space(raw, 1); raw[i] != ']' && len(list) < maxList; {
		end := valueEnd(raw, i)
		list = append(list, raw[i:end:end])
		if i = space(raw, end); raw[i] == ',' {
			i = space(raw, i+1)
		}
	}
	return list
}

// text reads a string; "" for any other value.
func text(raw json.RawMessage) string {
	if len(raw) == 0 || raw[0] != '"' {
		return ""
	}
	if bytes.IndexByte(raw, '\\') < 0 {
		return string(raw[1 : len(raw)-1])
	}
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return ""
	}
	return s
}

// space returns where the white space ends that begins at i.
func space(raw []byte, i int) int {
	for i < len(raw) && (raw[i] == ' ' || raw[i] == '\n' || raw[i] == '\r' || raw[i] == '\t') {
		i++
	}
	return i
}

// valueEnd returns where the value ends that begins at i.
func valueEnd(raw []byte, i int) int {
	for depth := 0; ; i++ {
		switch raw[i] {
		case '"':
			if i = stringEnd(raw, i) - 1; depth == 0 {
				return i + 1
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		default:
			if depth == 0 { // a number, true, false or null
				if end := bytes.IndexAny(raw[i:], ",]} \t\r\n"); end >= 0 {
					return i + end
				}
				return len(raw)
			}
		}
	}
}
