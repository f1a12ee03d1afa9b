package config

import (
	"fmt"
	"log/slog"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// asText turns what the file or the environment has into the text that the
// checks read, by the type of the field it goes into; or says what is wrong.
// In the environment everything is text.
func asText(v, field any, fromEnv bool) (text, fault string) {
	s, isText := v.(string)
	s = strings.TrimSpace(s)
	switch field.(type) {
	case *bool:
		if b, ok := v.(bool); ok {
			return strconv.FormatBool(b), ""
		}
		if b, err := strconv.ParseBool(strings.ToLower(s)); isText && fromEnv && err == nil {
			return strconv.FormatBool(b), ""
		}
		return "", "it is neither true nor false"
	case *int:
		if n, ok := v.(int64); ok {
			return strconv.FormatInt(n, 10), ""
		}
		if _, err := strconv.Atoi(s); isText && fromEnv && err == nil {
			return s, ""
		}
		return "", "it is no number"
	case *[]netip.Prefix:
		if isText {
			return s, ""
		}
		list, ok := v.([]any)
		items := make([]string, len(list))
		for i, item := range list {
			one, isText := item.(string)
			if ok = ok && isText && !strings.Contains(one, ","); ok {
				items[i] = one
			}
		}
		if !ok {
			return "", "it is no list of texts"
		}
		return strings.Join(items, ","), ""
	}
	if !isText {
		return "", fmt.Sprintf("it is no text in quotes, but %v", kindOf(v))
	}
	return s, ""
}

// kindOf names what TOML calls the type of a value.
func kindOf(v any) string {
	switch v.(type) {
	case map[string]any:
		return "a table"
	case []any, []map[string]any:
		return "a list"
	case bool:
		return "true or false"
	case int64, float64:
		return "a number"
	}
	return "a date or time"
}

// splitList reads a list with commas; blank items are left out.
func splitList(s string) []string {
	var items []string
	for item := range strings.SplitSeq(s, ",") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}

// set puts a checked text into its field and remembers where it came from.
func (s *Settings) set(row setting, text, origin string) {
	s.origins[row.key] = origin
	switch f := row.field(s).(type) {
	case *string:
		*f = text
	case *Secret:
		*f = newSecret(text)
	case *bool:
		*f = text == "true"
	case *int:
		*f, _ = strconv.Atoi(text) // "" is 0: not set
	case *[]netip.Prefix:
		for _, item := range splitList(text) {
			if p, err := parsePrefix(item); err == nil {
				*f = append(*f, p)
			}
		}
	case **time.Location:
		*f, _ = time.LoadLocation(text) // checked
	case *slog.Level:
		_ = f.UnmarshalText([]byte(text)) // checked
	case *Certificates:
		if f.Path = text; text != "" {
			f.PEM, _ = readSmall(text) // checked
		}
	default:
		panic(fmt.Sprintf("config: %s goes into a %T", row.key, f))
	}
}

// text returns what is in a field as [Settings.set] takes it.
func (s Settings) text(row setting) string {
	switch f := row.field(&s).(type) {
	case *string:
		return *f
	case *Secret:
		return f.Reveal()
	case *bool:
		return strconv.FormatBool(*f)
	case *int:
		return strconv.Itoa(*f)
	case *[]netip.Prefix:
		items := make([]string, len(*f))
		for i, p := range *f {
			items[i] = p.String()
		}
		return strings.Join(items, ",")
	case **time.Location:
		return (*f).String()
	case *slog.Level:
		return strings.ToLower(f.String())
	case *Certificates:
		return f.Path
	default:
		panic(fmt.Sprintf("config: %s is in a %T", row.key, f))
	}
}

// hostOf returns the host of a checked base URL, without its port.
func hostOf(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return ""
	}
	return u.Hostname()
}
