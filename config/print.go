package config

import (
	"bytes"
	"fmt"
	"io"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"github.com/knadh/koanf/parsers/toml/v2"
)

// Print writes the effective settings as a TOML file, each with where it came
// from. Secrets that are set stand as a comment without their value.
func (s Settings) Print(w io.Writer) error {
	var b bytes.Buffer
	for i, section := range sections {
		if i > 0 {
			fmt.Fprintf(&b, "\n[%s]\n", section.name)
		}
		for _, row := range rowsOf(section.name) {
			name := row.key[strings.LastIndexByte(row.key, '.')+1:]
			text := s.text(row)
			if row.secret && text != "" {
				shown, whole := shown(text)
				if !whole {
					fmt.Fprintf(&b, "# %s = %s # %s\n", name, quote(shown), s.origins[row.key])
					continue
				}
			}
			fmt.Fprintf(&b, "%s = %s # %s\n", name, literal(text, row.field(&s)), s.origins[row.key])
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}

// rowsOf returns the rows of a table of the file, "" for those before all.
func rowsOf(section string) []setting {
	var rows []setting
	for _, row := range table {
		name, _, inTable := strings.Cut(row.key, ".")
		if inTable && name == section || !inTable && section == "" {
			rows = append(rows, row)
		}
	}
	return rows
}

// shown returns a secret as far as it may be seen: of an address all but its
// password and parameters. whole says that nothing was hidden.
func shown(text string) (s string, whole bool) {
	if strings.HasPrefix(text, "sqlite:") {
		return text, true
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return hidden, false
	}
	_, hasPassword := u.User.Password()
	if !hasPassword && u.RawQuery == "" && u.Fragment == "" {
		return text, true
	}
	user := u.User.Username()
	if hasPassword {
		user += ":" + hidden
	}
	if user != "" {
		user += "@"
	}
	return u.Scheme + "://" + user + u.Host + u.EscapedPath(), false
}

// literal writes a text as TOML, by the type of its field.
func literal(text string, field any) string {
	switch field.(type) {
	case *bool, *int:
		return text
	case *[]netip.Prefix:
		items := splitList(text)
		for i, item := range items {
			items[i] = quote(item)
		}
		return "[" + strings.Join(items, ", ") + "]"
	}
	return quote(text)
}

// quote writes a text as a TOML string on one line.
func quote(text string) string {
	raw, err := toml.Parser().Marshal(map[string]any{"k": text})
	if err != nil {
		return strconv.Quote(text)
	}
	return strings.TrimSpace(strings.TrimPrefix(string(raw), "k = "))
}

// Markdown writes the documentation of all settings.
func Markdown(w io.Writer) error {
	var b bytes.Buffer
	for _, section := range sections {
		heading := section.doc
		if section.name != "" {
			heading += ": `[" + section.name + "]`"
		}
		fmt.Fprintf(&b, "### %s\n\n| key | variable | default | meaning |\n|---|---|---|---|\n", heading)
		for _, row := range rowsOf(section.name) {
			fallback := row.says
			if fallback == "" && row.fallback != "" {
				fallback = "`" + row.fallback + "`"
			}
			variable := "`" + env(row.key) + "`"
			if row.secret {
				variable += ", `" + env(row.key+ofFile) + "`"
			}
			fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", row.key, variable, fallback, strings.ReplaceAll(row.doc, "|", `\|`))
		}
		b.WriteByte('\n')
	}
	_, err := w.Write(bytes.TrimRight(b.Bytes(), "\n"))
	if err == nil {
		_, err = io.WriteString(w, "\n")
	}
	return err
}
