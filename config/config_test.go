package config

import (
	"bytes"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

const (
	base  = "INTERLINK_BASE_URL=https://city.example"
	local = "INTERLINK_BASE_URL=http://127.0.0.1:8080"
	key   = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
)

// write makes a file in a directory of its own.
func write(t testing.TB, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "interlink.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func load(t *testing.T, file string, environ ...string) Settings {
	t.Helper()
	path := ""
	if file != "" {
		path = write(t, file)
	}
	s, err := Load(path, environ)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func printed(t *testing.T, s Settings) string {
	t.Helper()
	var b strings.Builder
	if err := s.Print(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	s := load(t, "", base, "PATH=/bin", "INTERLINK_TEST_KEEP=1", "INTERLINK_NAME=")
	if s.BaseURL != "https://city.example" || s.Listen != "127.0.0.1:8080" || s.DataDir != "./data" ||
		s.DatabaseURL.Reveal() != "sqlite:data/interlink.db" || s.RedisURL.IsSet() || s.SecretKey.IsSet() ||
		s.Accounts.Registration != "open" || s.Language != "en" || s.TimeZone.String() != "UTC" ||
		s.Federation.AllowPrivate || s.SMTP.Port != 587 || s.SMTP.TLS != "starttls" || s.Session.Cookie != "interlink_session" ||
		s.Log.Level != slog.LevelInfo || s.Log.Format != "text" || s.Name != "" {
		t.Errorf("defaults: %+v", s)
	}
	if w := s.Warnings(); len(w) != 1 || !strings.Contains(w[0], "INTERLINK_SMTP_HOST") {
		t.Errorf("warnings %q", w)
	}
	if w := load(t, "", local, "INTERLINK_FEDERATION_ALLOW_PRIVATE=true").Warnings(); len(w) != 0 {
		t.Errorf("warnings in loopback mode: %q", w)
	}
}

// The environment goes before the file, the file before the default.
func TestPrecedence(t *testing.T) {
	t.Parallel()
	const file = `
		base_url = "https://file.example"
		name = "From the file"
		data_dir = "/srv/interlink"
		[server]
		trusted_proxies = ["127.0.0.1", "10.1.2.3/8", "::1"]
		[smtp]
		host = "mail.example"
		from = "noreply@file.example"
		tls = "tls"
		[log]
		level = "debug"`
	s := load(t, file, "INTERLINK_NAME=From the environment", "INTERLINK_LOG_LEVEL=WARN", "INTERLINK_SMTP_HOST=")
	if s.Name != "From the environment" || s.BaseURL != "https://file.example" || s.Log.Level != slog.LevelWarn ||
		s.DatabaseURL.Reveal() != "sqlite:/srv/interlink/interlink.db" || s.Listen != "127.0.0.1:8080" ||
		s.SMTP.Host != "mail.example" || s.SMTP.Port != 465 {
		t.Errorf("settings %+v", s)
	}
	if got := fmt.Sprint(s.Server.TrustedProxies); got != "[127.0.0.1/32 10.0.0.0/8 ::1/128]" {
		t.Errorf("proxies %s", got)
	}
	text := printed(t, s)
	for _, want := range []string{
		"name = 'From the environment' # INTERLINK_NAME\n", "base_url = 'https://file.example' # /", "listen = '127.0.0.1:8080' # default\n",
		"port = 465 # default\n", "trusted_proxies = ['127.0.0.1/32', '10.0.0.0/8', '::1/128'] # /",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("printed\n%s\nwithout %q", text, want)
		}
	}
	t.Run("file named by the environment", func(t *testing.T) {
		t.Parallel()
		s := load(t, "", "INTERLINK_CONFIG="+write(t, file))
		if s.BaseURL != "https://file.example" {
			t.Errorf("base URL %q", s.BaseURL)
		}
	})
	t.Run("list in the environment", func(t *testing.T) {
		t.Parallel()
		s := load(t, file, "INTERLINK_SERVER_TRUSTED_PROXIES= 192.0.2.1 , 2001:db8::/32,")
		if got := fmt.Sprint(s.Server.TrustedProxies); got != "[192.0.2.1/32 2001:db8::/32]" {
			t.Errorf("proxies %s", got)
		}
	})
}

// Every value that can be wrong names its key and what to do.
func TestProblems(t *testing.T) {
	t.Parallel()
	broken := write(t, "no certificate")
	folder := t.TempDir()
	for name, c := range map[string]struct {
		file    string
		environ []string
		want    string // part of the one problem
	}{
		"handle domain":           {"", []string{base, "INTERLINK_HANDLE_DOMAIN=https://city.example"}, "handle_domain (INTERLINK_HANDLE_DOMAIN): \"https://city.example\" is no name of a host"},
		"nothing set":             {"", nil, "base_url (INTERLINK_BASE_URL): it is not set; set it to scheme and host alone"},
		"no scheme":               {"", []string{"INTERLINK_BASE_URL=city.example"}, `"city.example" is no https:// address`},
		"another scheme":          {"", []string{"INTERLINK_BASE_URL=ftp://city.example"}, "is no https:// address"},
		"path":                    {"", []string{"INTERLINK_BASE_URL=https://city.example/node"}, "more than scheme and host"},
		"query":                   {"", []string{"INTERLINK_BASE_URL=https://city.example?"}, "more than scheme and host"},
		"user":                    {"", []string{"INTERLINK_BASE_URL=https://a:hush@city.example"}, "a name or password does not belong there"},
		"letters":                 {"", []string{"INTERLINK_BASE_URL=https://bücher.example"}, "xn--"},
		"port of the base":        {"", []string{"INTERLINK_BASE_URL=https://city.example:99999"}, "no port"},
		"http":                    {"", []string{"INTERLINK_BASE_URL=http://city.example"}, "plain http is for loopback"},
		"private, public host":    {"", []string{base, "INTERLINK_FEDERATION_ALLOW_PRIVATE=true"}, "federation.allow_private (INTERLINK_FEDERATION_ALLOW_PRIVATE): it is refused for https://city.example"},
		"private, lookalike host": {"", []string{"INTERLINK_BASE_URL=https://localhost.example", "INTERLINK_FEDERATION_ALLOW_PRIVATE=1"}, "refused"},
		"private, 10.0.0.1":       {"", []string{"INTERLINK_BASE_URL=https://10.0.0.1", "INTERLINK_FEDERATION_ALLOW_PRIVATE=1"}, "refused"},
		"private, no bool":        {"", []string{local, "INTERLINK_FEDERATION_ALLOW_PRIVATE=maybe"}, "neither true nor false; leave it out"},
		"bool as text":            {"[federation]\nallow_private = \"true\"", []string{local}, "neither true nor false"},
		"listen":                  {"", []string{base, "INTERLINK_LISTEN=8080"}, `listen (INTERLINK_LISTEN): "8080" is not host:port; write host:port`},
		"listen's port":           {"", []string{base, "INTERLINK_LISTEN=:http"}, `"http" is no port`},
		"listen's host":           {"", []string{base, "INTERLINK_LISTEN=a/b:1"}, `"a/b" is no address`},
		"database":                {"", []string{base, "INTERLINK_DATABASE_URL=mysql://u:hush@h/d"}, "database_url (INTERLINK_DATABASE_URL): it begins with neither sqlite: nor postgres://"},
		"database's name":         {"", []string{base, "INTERLINK_DATABASE_URL=postgres://u:hush@h"}, "it names no database"},
		"database's path":         {"", []string{base, "INTERLINK_DATABASE_URL=sqlite:"}, "no file is named"},
		"database not an address": {"", []string{base, "INTERLINK_DATABASE_URL=postgres://u:hush%@h/d"}, "it begins with neither"},
		"redis":                   {"", []string{base, "INTERLINK_REDIS_URL=127.0.0.1:6379"}, "redis_url (INTERLINK_REDIS_URL)"},
		"redis without a host":    {"", []string{base, "INTERLINK_REDIS_URL=redis:///0"}, "it names no server"},
		"short key":               {"", []string{base, "INTERLINK_SECRET_KEY=aHVzaA=="}, "it is not 32 bytes in base64; make one with `openssl rand -base64 32`"},
		"key twice":               {"", []string{base, "INTERLINK_SECRET_KEY=" + key, "INTERLINK_SECRET_KEY_FILE=/hush"}, "given twice, by itself and by a file; keep one of INTERLINK_SECRET_KEY and INTERLINK_SECRET_KEY_FILE"},
		"key file absent":         {"", []string{base, "INTERLINK_SECRET_KEY_FILE=/does/not/exist"}, "secret_key_file (INTERLINK_SECRET_KEY_FILE): /does/not/exist: no such file"},
		"key file a folder":       {"", []string{base, "INTERLINK_SECRET_KEY_FILE=" + folder}, "is not a file"},
		"key file in the file":    {"secret_key_file = 5", []string{base}, "write the path of a file in quotes"},
		"file of what is none":    {"", []string{base, "INTERLINK_NAME_FILE=/etc/hostname"}, "INTERLINK_NAME_FILE: no setting has this name"},
		"registration":            {"", []string{base, "INTERLINK_ACCOUNTS_REGISTRATION=free"}, `"free" is none of them; write open, approval, invitation or closed`},
		"language":                {"", []string{base, "INTERLINK_LANGUAGE=english!"}, `"english!" is no language`},
		"time zone":               {"", []string{base, "INTERLINK_TIME_ZONE=Mars/Olympus"}, "Europe/Madrid"},
		"time zone of the host":   {"", []string{base, "INTERLINK_TIME_ZONE=Local"}, "is no time zone"},
		"contact":                 {"", []string{base, "INTERLINK_CONTACT=Ana <a@city.example>"}, "no e-mail address"},
		"long name":               {"", []string{base, "INTERLINK_NAME=" + strings.Repeat("a", 101)}, "longer than 100 letters"},
		"name of two lines":       {"name = \"a\\nb\"", []string{base}, "line breaks"},
		"name a number":           {"name = 5", []string{base}, "no text in quotes, but a number"},
		"name a table":            {"[name]\nx = 1", []string{base}, "no text in quotes, but a table"},
		"cookie":                  {"", []string{base, "INTERLINK_SESSION_COOKIE=a b"}, "cannot be the name of a cookie"},
		"proxies":                 {"", []string{base, "INTERLINK_SERVER_TRUSTED_PROXIES=10.0.0.0/33"}, `"10.0.0.0/33" is no address or network`},
		"proxies no list":         {"[server]\ntrusted_proxies = [1]", []string{base}, "no list of texts"},
		"certificates":            {"", []string{base, "INTERLINK_FEDERATION_EXTRA_CA=" + broken}, "has no certificate"},
		"certificates absent":     {"", []string{base, "INTERLINK_FEDERATION_EXTRA_CA=/does/not/exist"}, "no such file"},
		"smtp host":               {"", []string{base, "INTERLINK_SMTP_HOST=mail.example:25", "INTERLINK_SMTP_FROM=a@b.example"}, "smtp.host (INTERLINK_SMTP_HOST)"},
		"smtp port":               {"", []string{base, "INTERLINK_SMTP_PORT=0"}, `"0" is no port`},
		"smtp port as text":       {"[smtp]\nport = \"25\"", []string{base}, "it is no number"},
		"smtp from":               {"", []string{base, "INTERLINK_SMTP_HOST=mail.example"}, "smtp.from (INTERLINK_SMTP_FROM): it is not set, but smtp.host is"},
		"smtp password":           {"", []string{base, "INTERLINK_SMTP_HOST=m", "INTERLINK_SMTP_FROM=a@b.example", "INTERLINK_SMTP_USERNAME=a"}, "INTERLINK_SMTP_PASSWORD_FILE"},
		"smtp user":               {"", []string{base, "INTERLINK_SMTP_HOST=m", "INTERLINK_SMTP_FROM=a@b.example", "INTERLINK_SMTP_PASSWORD=hush"}, "smtp.username (INTERLINK_SMTP_USERNAME)"},
		"smtp in the clear":       {"", []string{base, "INTERLINK_SMTP_HOST=m", "INTERLINK_SMTP_FROM=a@b.example", "INTERLINK_SMTP_USERNAME=a", "INTERLINK_SMTP_PASSWORD=hush", "INTERLINK_SMTP_TLS=none"}, "for all to read; write starttls or tls"},
		"log level":               {"", []string{base, "INTERLINK_LOG_LEVEL=loud"}, "write debug, info, warn or error"},
		"unknown variable":        {"", []string{base, "INTERLINK_BASEURL=x"}, "INTERLINK_BASEURL: no setting has this name; did you mean INTERLINK_BASE_URL?"},
		"unlike any":              {"", []string{base, "INTERLINK_Q=x"}, "lists all"},
		"unknown key":             {"[smtp]\nhots = \"m\"", []string{base}, "smtp.hots (interlink.toml): no setting has this name; did you mean smtp.host?"},
		"unknown table":           {"[mail]\nhost = \"m\"", []string{base}, "mail.host (interlink.toml): no setting has this name"},
		"value for a table":       {"smtp = \"mail.example\"", []string{base}, "smtp (interlink.toml): it is a table of settings, not a value; write [smtp]"},
		"no TOML":                 {"name = \"a\"\nlisten = \n", []string{base}, "interlink.toml): it is not TOML: line 2"},
		"twice in the file":       {"name = \"a\"\nname = \"b\"", []string{base}, "it is not TOML"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := ""
			if c.file != "" {
				path = write(t, c.file)
			}
			_, err := Load(path, c.environ)
			var problems Problems
			if !errors.As(err, &problems) {
				t.Fatalf("error %v, want one that has %q", err, c.want)
			}
			text := strings.ReplaceAll(err.Error(), filepath.Dir(path)+"/", "")
			if len(problems) != 1 || !strings.Contains(text, c.want) {
				t.Errorf("error\n%s\nwant one problem with %q", text, c.want)
			}
			if strings.Contains(text, "hush") && !strings.Contains(name, "key twice") {
				t.Errorf("a secret is in %s", text)
			}
			if problems[0].Remedy == "" {
				t.Errorf("no remedy in %s", text)
			}
		})
	}
}

func TestAllProblemsAtOnce(t *testing.T) {
	t.Parallel()
	path := write(t, "lisen = \"x\"\nlanguage = 5\n[log]\nformat = \"xml\"")
	_, err := Load(path, []string{"INTERLINK_SMTP_PORT=x", "INTERLINK_NAMES=y", "INTERLINK_SMTP_HOST=mail.example"})
	var problems Problems
	if !errors.As(err, &problems) {
		t.Fatal(err)
	}
	var got []string
	for _, p := range problems {
		got = append(got, p.Key)
	}
	want := []string{"INTERLINK_NAMES", "lisen", "language", "smtp.port", "log.format", "base_url", "smtp.from"}
	if !slices.Equal(got, want) {
		t.Errorf("problems with %q, want %q:\n%v", got, want, err)
	}
	if !strings.HasPrefix(err.Error(), "7 settings are wrong:\n  ") || strings.Count(err.Error(), "\n") != 7 {
		t.Errorf("text:\n%v", err)
	}
	if _, err := Load("/does/not/exist.toml", []string{base}); err == nil || !strings.Contains(err.Error(), "/does/not/exist.toml") {
		t.Errorf("a file that is not there: %v", err)
	}
	if _, err := Load(write(t, "# "+strings.Repeat("x", largest)), []string{base}); err == nil || !strings.Contains(err.Error(), "larger than") {
		t.Errorf("a large file: %v", err)
	}
}

func TestBaseURL(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"https://City.Example/": "https://city.example", "https://city.example:443": "https://city.example",
		"https://city.example:8443": "https://city.example:8443", "http://localhost:80": "http://localhost",
		"http://[::1]:8080/": "http://[::1]:8080", "http://127.0.0.1:8081": "http://127.0.0.1:8081",
		"https://xn--bcher-kva.example": "https://xn--bcher-kva.example", "https://192.0.2.7": "https://192.0.2.7",
		" https://city.example:\n": "https://city.example",
	} {
		if s := load(t, "", "INTERLINK_BASE_URL="+in); s.BaseURL != want {
			t.Errorf("%q became %q, want %q", in, s.BaseURL, want)
		}
	}
	for _, host := range []string{"localhost:8080", "127.0.0.1", "127.8.8.8:1", "[::1]:8080", "[::ffff:127.0.0.1]:1"} {
		if s := load(t, "", "INTERLINK_BASE_URL=http://"+host, "INTERLINK_FEDERATION_ALLOW_PRIVATE=TRUE"); !s.Federation.AllowPrivate {
			t.Errorf("loopback mode is off at %s", host)
		}
	}
}

func TestSecrets(t *testing.T) {
	t.Parallel()
	file := write(t, "  hush-file\n")
	s := load(t, "[smtp]\npassword_file = '"+file+"'\nusername = \"node\"\nhost = \"mail.example\"\nfrom = \"a@b.example\"", base,
		"INTERLINK_SECRET_KEY="+key, "INTERLINK_DATABASE_URL=postgres://node:hush@db.example/interlink?password=hush",
		"INTERLINK_REDIS_URL_FILE="+write(t, "redis://:hush@redis.example:6379/1"))
	if s.SMTP.Password.Reveal() != "hush-file" || s.RedisURL.Reveal() != "redis://:hush@redis.example:6379/1" {
		t.Errorf("read %q and %q", s.SMTP.Password.Reveal(), s.RedisURL.Reveal())
	}
	asJSON, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("settings", "all", s, "one", s.SecretKey)
	slog.New(slog.NewTextHandler(&log, nil)).Info("settings", "all", s, "one", s.SMTP)
	out := printed(t, s)
	type wrap struct{ inside Settings }
	for _, text := range []string{
		fmt.Sprintf("%+v %#v", wrap{s}, wrap{s}), string(asJSON), log.String(), out, fmt.Sprint(s.SecretKey),
		fmt.Sprintf("%v %+v %#v %s %q %x %d", s.SMTP, s.SMTP, s.SMTP, s.SMTP.Password, s.SMTP.Password, s.SMTP.Password, s.SMTP.Password),
	} {
		for _, secret := range []string{"hush", key, fmt.Sprintf("%x", "hush")} {
			if strings.Contains(text, secret) {
				t.Errorf("%q is shown in %s", secret, text)
			}
		}
	}
	for _, want := range []string{
		"# secret_key = '[hidden]' # INTERLINK_SECRET_KEY\n", "# redis_url = 'redis://:[hidden]@redis.example:6379/1' # INTERLINK_REDIS_URL_FILE\n",
		"# database_url = 'postgres://node:[hidden]@db.example/interlink' # INTERLINK_DATABASE_URL\n", "# password = '[hidden]' # /",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("printed\n%s\nwithout %q", out, want)
		}
	}
	// The environment's file goes before the file's own value.
	s = load(t, "secret_key = \""+key+"\"", base, "INTERLINK_SECRET_KEY_FILE="+write(t, strings.Repeat("A", 43)))
	if s.SecretKey.Reveal() != strings.Repeat("A", 43) {
		t.Error("the file's key won")
	}
}

func TestExtraCA(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(nil)
	defer server.Close()
	text := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
	path := write(t, text)
	s := load(t, "", base, "INTERLINK_FEDERATION_EXTRA_CA="+path)
	if string(s.Federation.ExtraCA.PEM) != text || !strings.Contains(printed(t, s), "extra_ca = '"+path+"'") {
		t.Errorf("certificates %+v", s.Federation.ExtraCA)
	}
}

// What is printed is a file of settings that says the same.
func TestPrintIsAFile(t *testing.T) {
	t.Parallel()
	s := load(t, "", local, "INTERLINK_FEDERATION_ALLOW_PRIVATE=1",
		`INTERLINK_NAME=Say "hello" \ it's`, "INTERLINK_SERVER_TRUSTED_PROXIES=::1,10.0.0.0/8", "INTERLINK_TIME_ZONE=Europe/Riga",
		"INTERLINK_SMTP_PORT=2525", "INTERLINK_LOG_LEVEL=error", "INTERLINK_DATABASE_URL=postgres://node@db/interlink")
	again := load(t, printed(t, s))
	s.origins, again.origins = nil, nil
	if !reflect.DeepEqual(s, again) {
		t.Errorf("read again:\n%+v\nwant\n%+v", again, s)
	}
}

// The table and the struct belong together: each row has a field of its own,
// each field a row, and the sections hold all rows.
func TestTable(t *testing.T) {
	t.Parallel()
	s := new(Settings)
	fields, rows := make(map[any]string), 0
	for _, row := range table {
		p := row.field(s)
		if other, ok := fields[p]; ok {
			t.Errorf("%s and %s go into one field", other, row.key)
		}
		fields[p] = row.key
		if row.doc == "" || row.remedy == "" {
			t.Errorf("%s: say what it is and what to do if it is wrong", row.key)
		}
		if _, isSecret := p.(*Secret); isSecret != row.secret {
			t.Errorf("%s: is it a secret?", row.key)
		}
		if row.check != nil && row.fallback != "" {
			if normal, fault := row.check(row.fallback); fault != "" || normal != row.fallback {
				t.Errorf("the default of %s: %q, %s", row.key, normal, fault)
			}
		}
	}
	var count func(reflect.Type) int
	count = func(typ reflect.Type) int {
		n := 0
		for f := range typ.Fields() {
			switch {
			case !f.IsExported():
			case f.Type.Kind() == reflect.Struct && f.Type != reflect.TypeFor[Secret]() && f.Type != reflect.TypeFor[Certificates]():
				n += count(f.Type)
			default:
				n++
			}
		}
		return n
	}
	if n := count(reflect.TypeFor[Settings]()); n != len(table) {
		t.Errorf("%d fields, %d rows", n, len(table))
	}
	for _, section := range sections {
		rows += len(rowsOf(section.name))
	}
	if rows != len(table) {
		t.Errorf("the sections hold %d of %d rows", rows, len(table))
	}
}

func TestMarkdown(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	if err := Markdown(&b); err != nil {
		t.Fatal(err)
	}
	for _, row := range table {
		if !strings.Contains(b.String(), "\n| `"+row.key+"` | `"+env(row.key)+"`") {
			t.Errorf("%s is not in it", row.key)
		}
	}
	for line := range strings.Lines(b.String()) {
		if strings.HasPrefix(line, "|") && strings.Count(line, "|")-strings.Count(line, `\|`) != 5 {
			t.Errorf("not four columns: %s", line)
		}
	}
}

func FuzzFile(f *testing.F) {
	f.Add("base_url = \"https://city.example\"\n[smtp]\nport = 25\n")
	f.Add("[server]\ntrusted_proxies = [\"::1\"]\n[[smtp]]\n")
	f.Add("smtp.host = 'a'\nsmtp = 5\n\"a.b\" = 1979-05-27\n")
	f.Add("data_dir = \"a\\u0000\"\nname = '''\na'''\n[federation]\nallow_private = true")
	f.Fuzz(func(t *testing.T, text string) {
		path := write(t, text)
		s, err := Load(path, []string{local})
		if err != nil {
			var problems Problems
			if !errors.As(err, &problems) || len(problems) == 0 {
				t.Fatalf("error %v", err)
			}
			return
		}
		out := printed(t, s)
		again, err := Load(write(t, out), []string{local})
		if err != nil {
			t.Fatalf("%q was printed as\n%s\nwhich is wrong: %v", text, out, err)
		}
		for _, row := range table {
			if !row.secret && s.text(row) != again.text(row) {
				t.Errorf("%s is %q, read again %q", row.key, s.text(row), again.text(row))
			}
		}
	})
}

// Processes that are a part of a node need what all of them share.
func TestRoles(t *testing.T) {
	t.Parallel()
	const postgres = "INTERLINK_DATABASE_URL=postgres://interlink@db.example/interlink"
	for _, c := range []struct {
		environ []string
		faulty  []string
	}{
		{[]string{"INTERLINK_ROLE=web"}, []string{"role", "secret_key"}},
		{[]string{"INTERLINK_ROLE=worker", postgres}, []string{"secret_key"}},
		{[]string{"INTERLINK_ROLE=worker", "INTERLINK_SECRET_KEY=" + key}, []string{"role"}},
		{[]string{"INTERLINK_ROLE=nothing", postgres}, []string{"role"}},
		{[]string{"INTERLINK_ROLE=WEB", postgres, "INTERLINK_SECRET_KEY=" + key}, nil},
		{[]string{"INTERLINK_ROLE=all", "INTERLINK_FEDERATION_IN_FLIGHT=0"}, []string{"federation.in_flight"}},
		{[]string{"INTERLINK_ROLE=all", "INTERLINK_RETENTION_RECEIVED=0", "INTERLINK_RETENTION_DEAD=4000"}, []string{"retention.dead", "retention.received"}},
		{[]string{"INTERLINK_FILES_URL=https://k:s@files.example/b"}, []string{"files_url"}},
		{[]string{"INTERLINK_FILES_URL=s3://files.example/b"}, []string{"files_url"}},
		{[]string{"INTERLINK_FILES_URL=s3://k:s@files.example/"}, []string{"files_url"}},
		{[]string{"INTERLINK_FILES_URL=s3://k:s@files.example/b/c"}, []string{"files_url"}},
		{[]string{"INTERLINK_FILES_URL=s3://k:s@files.example/b?tls=maybe"}, []string{"files_url"}},
		{[]string{"INTERLINK_FILES_URL=s3://k:geheim@files.example:9000/b?tls=false&region=eu"}, nil},
	} {
		s, err := Load("", append([]string{base}, c.environ...))
		var problems Problems
		errors.As(err, &problems)
		var got []string
		for _, p := range problems {
			got = append(got, p.Key)
		}
		slices.Sort(got)
		if !slices.Equal(got, c.faulty) {
			t.Errorf("%q: wrong are %q, want %q", c.environ, got, c.faulty)
		}
		if err == nil && strings.Contains(printed(t, s), "geheim") {
			t.Errorf("%q: the secret is shown", c.environ)
		}
	}
}
