package config

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/knadh/koanf/parsers/toml/v2"
	"github.com/knadh/koanf/providers/confmap"
	"github.com/knadh/koanf/providers/rawbytes"
	"github.com/knadh/koanf/v2"
)

// prefix begins the names of all variables of the environment.
const prefix = "INTERLINK_"

// Variables that are no settings: the path of the file, and what the project's
// own tests are steered by.
const (
	fileVariable = prefix + "CONFIG"
	testVariable = prefix + "TEST_"
)

// ofFile is the ending of a key whose value is the path of a file with the
// secret in it.
const ofFile = "_file"

// largest is how many bytes of any file are read.
const largest = 1 << 20

// env returns the name of the variable of a key.
func env(key string) string {
	return prefix + strings.ToUpper(strings.ReplaceAll(key, ".", "_"))
}

// Load reads the settings: path is the TOML file ("" means the one that
// INTERLINK_CONFIG names, or none), environ the environment as from
// os.Environ. A variable that is set to nothing counts as not set. Errors:
// [Problems], with everything that is wrong.
func Load(path string, environ []string) (Settings, error) {
	l := &loader{merged: koanf.New("."), file: koanf.New("."), env: koanf.New(".")}
	variables := l.environment(environ)
	l.path = cmp.Or(path, variables[fileVariable])
	if l.path != "" {
		l.readFile()
	}
	l.readEnvironment(variables)
	s := l.settings()
	l.together(&s)
	if len(l.problems) > 0 {
		return Settings{}, l.problems
	}
	return s, nil
}

// loader gathers the layers and what is wrong with them.
type loader struct {
	path              string
	merged, file, env *koanf.Koanf
	problems          Problems
}

func (l *loader) wrong(key, from, fault, remedy string) {
	l.problems = append(l.problems, Problem{Key: key, From: from, Fault: fault, Remedy: remedy})
}

// environment picks the node's variables out of the environment.
func (l *loader) environment(environ []string) map[string]string {
	variables := make(map[string]string)
	for _, pair := range environ {
		name, value, _ := strings.Cut(pair, "=")
		if strings.HasPrefix(name, prefix) && !strings.HasPrefix(name, testVariable) && value != "" {
			variables[name] = value
		}
	}
	return variables
}

// keys are all keys of the file, those of files with secrets among them.
func keys() []string {
	var keys []string
	for _, s := range table {
		keys = append(keys, s.key)
		if s.secret {
			keys = append(keys, s.key+ofFile)
		}
	}
	return keys
}

func (l *loader) readFile() {
	raw, fault := readSmall(l.path)
	if fault != "" {
		l.wrong("the file of settings", l.path, fault, "name a file that can be read")
		return
	}
	if err := l.file.Load(rawbytes.Provider(raw), toml.Parser()); err != nil {
		l.wrong("the file of settings", l.path, "it is not TOML: "+where(err), "see https://toml.io for the form")
		l.file = koanf.New(".")
		return
	}
	known := keys()
	for _, key := range l.file.Keys() {
		if slices.Contains(known, key) || slices.ContainsFunc(known, func(k string) bool { return strings.HasPrefix(key, k+".") }) {
			continue // a table in place of a value: see asText
		}
		remedy := "`interlink config print` lists all keys"
		if key == "" || slices.ContainsFunc(known, func(k string) bool { return strings.HasPrefix(k, key+".") }) {
			continue // a table without anything in it, or a value in place of one: see below
		}
		if like := nearest(key, known); like != "" {
			remedy = "did you mean " + like + "?"
		}
		l.wrong(key, l.path, "no setting has this name", remedy)
	}
	for _, section := range sections[1:] {
		if v := l.file.Get(section.name); v != nil {
			if _, ok := v.(map[string]any); !ok {
				l.wrong(section.name, l.path, "it is a table of settings, not a value", "write ["+section.name+"] and its settings below")
			}
		}
	}
	l.merge(l.file)
}

// where says what a parser of TOML did not like, and in which line.
func where(err error) string {
	var at interface{ Position() (row, column int) }
	if errors.As(err, &at) {
		row, column := at.Position()
		return fmt.Sprintf("line %d, column %d: %s", row, column, strings.TrimPrefix(err.Error(), "toml: "))
	}
	return strings.TrimPrefix(err.Error(), "toml: ")
}

func (l *loader) readEnvironment(variables map[string]string) {
	byName := map[string]string{fileVariable: ""}
	for _, key := range keys() {
		byName[env(key)] = key
	}
	found := make(map[string]any)
	for name, value := range variables {
		key, ok := byName[name]
		if ok && key != "" {
			found[key] = value
		}
		if ok {
			continue
		}
		remedy := "`interlink config print` lists all of them"
		names := make([]string, 0, len(byName))
		for n := range byName {
			names = append(names, strings.TrimPrefix(n, prefix))
		}
		slices.Sort(names)
		if like := nearest(strings.TrimPrefix(name, prefix), names); like != "" {
			remedy = "did you mean " + prefix + like + "?"
		}
		l.wrong(name, "", "no setting has this name", remedy)
	}
	slices.SortFunc(l.problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.Key, b.Key))
	})
	_ = l.env.Load(confmap.Provider(found, "."), nil) // a map cannot fail to load
	l.merge(l.env)
}

// merge lays one layer over those before it.
func (l *loader) merge(layer *koanf.Koanf) {
	if err := l.merged.Merge(layer); err != nil {
		l.wrong("the settings", "", err.Error(), "")
	}
}

// settings reads every row of the table.
func (l *loader) settings() Settings {
	s := Settings{origins: make(map[string]string)}
	for _, row := range table {
		text, origin, ok := l.find(row, &s)
		if !ok {
			continue
		}
		if text != "" && row.check != nil {
			normal, fault := row.check(text)
			if fault != "" {
				l.wrong(row.key, origin, fault, row.remedy)
				continue
			}
			text = normal
		}
		s.set(row, text, origin)
	}
	return s
}

// find returns what is written for a row, as text, and where. It is false if
// that cannot be read.
func (l *loader) find(row setting, s *Settings) (text, origin string, ok bool) {
	origin = "default"
	layer := func(k *koanf.Koanf, origin func(key string) string) (string, string, bool) {
		direct, inFile := k.Get(row.key), any(nil)
		if row.secret {
			inFile = k.Get(row.key + ofFile)
		}
		switch {
		case direct != nil && inFile != nil:
			l.wrong(row.key, origin(row.key), "it is given twice, by itself and by a file", "keep one of "+origin(row.key)+" and "+origin(row.key+ofFile))
			return "", "", false
		case inFile != nil:
			from := origin(row.key + ofFile)
			path, isText := inFile.(string)
			if !isText {
				l.wrong(row.key+ofFile, from, "it is no text", "write the path of a file in quotes")
				return "", "", false
			}
			raw, fault := readSmall(path)
			if fault != "" {
				l.wrong(row.key+ofFile, from, fault, "name a file that can be read and has the value alone in it")
				return "", "", false
			}
			return strings.TrimSpace(string(raw)), from, true
		default:
			text, fault := asText(direct, row.field(s), k == l.env)
			if fault != "" {
				l.wrong(row.key, origin(row.key), fault, row.remedy)
				return "", "", false
			}
			return text, origin(row.key), true
		}
	}
	has := func(k *koanf.Koanf) bool { return k.Exists(row.key) || row.secret && k.Exists(row.key+ofFile) }
	switch {
	case has(l.env):
		return layer(l.env, env)
	case has(l.file):
		return layer(l.file, func(string) string { return l.path })
	}
	return row.fallback, origin, true
}

// together completes what depends on several settings and checks them against
// each other.
func (l *loader) together(s *Settings) {
	faulty := func(key string) bool {
		return slices.ContainsFunc(l.problems, func(p Problem) bool { return p.Key == key })
	}
	if s.BaseURL == "" && !faulty("base_url") {
		l.wrong("base_url", env("base_url"), "it is not set", row("base_url").remedy)
	}
	if s.Federation.AllowPrivate && s.BaseURL != "" && !isLoopback(hostOf(s.BaseURL)) {
		l.wrong("federation.allow_private", s.origins["federation.allow_private"],
			"it is refused for "+s.BaseURL+", which is not this machine alone", row("federation.allow_private").remedy)
	}
	if !s.DatabaseURL.IsSet() {
		s.set(row("database_url"), "sqlite:"+filepath.Join(s.DataDir, "interlink.db"), s.origins["database_url"])
	}
	l.roles(s, faulty)
	l.mail(s, faulty)
	l.certificate(s, faulty)
}

// roles checks what processes need that are not a node for themselves.
func (l *loader) roles(s *Settings, faulty func(string) bool) {
	if s.Role == "all" || s.Role == "" {
		return
	}
	if strings.HasPrefix(s.DatabaseURL.Reveal(), "sqlite:") && !faulty("database_url") {
		l.wrong("role", s.origins["role"], "a SQLite database belongs to one process, which does all",
			"leave the role out, or set database_url to a PostgreSQL database")
	}
	if !s.SecretKey.IsSet() && !faulty("secret_key") && !faulty("secret_key"+ofFile) {
		l.wrong("secret_key", env("secret_key"), "it is not set, and all processes of a node need the same",
			"make one with `openssl rand -base64 32`, and give it to all, or name a file that has it with "+env("secret_key"+ofFile))
	}
}

func (l *loader) mail(s *Settings, faulty func(string) bool) {
	if s.SMTP.Port == 0 {
		s.set(row("smtp.port"), map[string]string{"tls": "465", "none": "25"}[s.SMTP.TLS], "default")
	}
	if s.SMTP.Port == 0 {
		s.set(row("smtp.port"), "587", "default")
	}
	if s.SMTP.Host == "" {
		return
	}
	if s.SMTP.From == "" && !faulty("smtp.from") {
		l.wrong("smtp.from", env("smtp.from"), "it is not set, but smtp.host is", row("smtp.from").remedy)
	}
	if s.SMTP.Username != "" && !s.SMTP.Password.IsSet() && !faulty("smtp.password") && !faulty("smtp.password"+ofFile) {
		l.wrong("smtp.password", env("smtp.password"), "it is not set, but smtp.username is",
			"set it, or name a file that has it with "+env("smtp.password"+ofFile))
	}
	if s.SMTP.Username == "" && s.SMTP.Password.IsSet() && !faulty("smtp.username") {
		l.wrong("smtp.username", env("smtp.username"), "it is not set, but smtp.password is", row("smtp.username").remedy)
	}
	if s.SMTP.TLS == "none" && s.SMTP.Password.IsSet() && !isLoopback(s.SMTP.Host) {
		l.wrong("smtp.tls", s.origins["smtp.tls"], "the password would go over the network for all to read", "write starttls or tls")
	}
}

// row returns the row of a key.
func row(key string) setting {
	return table[slices.IndexFunc(table, func(s setting) bool { return s.key == key })]
}

// readSmall reads a file, or says why it cannot be. It reads no pipe or
// device, which might never end.
func readSmall(path string) ([]byte, string) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, reason(err)
	}
	if !info.Mode().IsRegular() {
		return nil, path + " is not a file"
	}
	f, err := os.Open(path) //nolint:gosec // the operator names it
	if err != nil {
		return nil, reason(err)
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, largest+1))
	if err != nil {
		return nil, reason(err)
	}
	if len(raw) > largest {
		return nil, fmt.Sprintf("%s is larger than %d bytes", path, largest)
	}
	return raw, ""
}

// reason says why a file cannot be had.
func reason(err error) string {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Path + ": " + p.Err.Error()
	}
	return err.Error()
}
