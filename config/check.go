package config

import (
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // a minimal container has no time zones of its own
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"
)

// The checks take what was written, trimmed and never "", and return its
// normal form or what is wrong with it. Those of secrets never repeat them.

func checkBaseURL(s string) (string, string) {
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Host == "" || u.Opaque != "" || u.Scheme != "https" && u.Scheme != "http":
		return "", fmt.Sprintf("%q is no https:// address", s)
	case u.User != nil:
		return "", "a name or password does not belong there"
	case u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.Fragment != "" || strings.ContainsAny(s, "?#"):
		return "", fmt.Sprintf("%q has more than scheme and host", s)
	}
	host := strings.ToLower(u.Hostname())
	if _, err := netip.ParseAddr(host); err != nil && !isHostname(host) {
		return "", fmt.Sprintf("%q is no name of a host (write names with other letters in their xn-- form)", host)
	}
	if u.Scheme == "http" && !isLoopback(host) {
		return "", "plain http is for loopback addresses alone: other nodes would not talk with it"
	}
	port := u.Port()
	if strings.HasSuffix(u.Host, ":") || port == "443" && u.Scheme == "https" || port == "80" && u.Scheme == "http" {
		port = ""
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if port != "" {
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
			return "", fmt.Sprintf("%q is no port", port)
		}
		host += ":" + port
	}
	return u.Scheme + "://" + host, ""
}

func checkHandleDomain(s string) (string, string) {
	name, port, ported := strings.Cut(strings.ToLower(s), ":")
	n, wrong := strconv.Atoi(port)
	if _, err := netip.ParseAddr(name); err != nil && !isHostname(name) || ported && (wrong != nil || n < 1 || n > 65535) {
		return "", fmt.Sprintf("%q is no name of a host (write names with other letters in their xn-- form, without https://)", s)
	}
	return strings.ToLower(s), ""
}

// isHostname reports whether s is a DNS name (RFC 1123 §2.1), here also with
// underscores, which container networks have.
func isHostname(s string) bool {
	if len(s) == 0 || len(s) > 253 {
		return false
	}
	for label := range strings.SplitSeq(s, ".") {
		if len(label) == 0 || len(label) > 63 || strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") {
			return false
		}
		if strings.ContainsFunc(label, func(r rune) bool {
			return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_'
		}) {
			return false
		}
	}
	return true
}

// isLoopback reports whether a host is this machine by any name.
func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	a, err := netip.ParseAddr(host)
	return err == nil && a.Unmap().IsLoopback()
}

func checkListen(s string) (string, string) {
	host, port, err := net.SplitHostPort(s)
	if err != nil {
		return "", fmt.Sprintf("%q is not host:port", s)
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return "", fmt.Sprintf("%q is no port", port)
	}
	if _, err := netip.ParseAddr(host); err != nil && host != "" && !isHostname(host) {
		return "", fmt.Sprintf("%q is no address", host)
	}
	return s, ""
}

func checkPath(s string) (string, string) {
	if strings.ContainsRune(s, 0) {
		return "", "it has a NUL byte"
	}
	return s, ""
}

func checkDatabaseURL(s string) (string, string) {
	if path, ok := strings.CutPrefix(s, "sqlite:"); ok {
		if path == "" || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "?\x00") {
			return "", "no file is named behind sqlite:"
		}
		return s, ""
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
		return "", "it begins with neither sqlite: nor postgres://"
	}
	if len(u.Path) < 2 {
		return "", "it names no database"
	}
	return s, ""
}

func checkRedisURL(s string) (string, string) {
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Scheme != "redis" && u.Scheme != "rediss" && u.Scheme != "unix":
		return "", "it begins with neither redis:// nor rediss:// nor unix://"
	case u.Scheme == "unix" && u.Path == "" || u.Scheme != "unix" && u.Hostname() == "":
		return "", "it names no server"
	}
	return s, ""
}

// checkFilesURL takes "s3://KEY:SECRET@HOST[:PORT]/BUCKET", with region and
// tls behind it.
func checkFilesURL(s string) (string, string) {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "s3" || u.Fragment != "" {
		return "", "it does not begin with s3://"
	}
	secret, _ := u.User.Password()
	for name, values := range u.Query() {
		if name != "region" && (name != "tls" || values[0] != "true" && values[0] != "false") {
			return "", "behind ? are only region=… and tls=true or tls=false"
		}
	}
	switch bucket := strings.TrimPrefix(u.Path, "/"); {
	case u.User.Username() == "" || secret == "":
		return "", "it names no key and secret"
	case u.Hostname() == "":
		return "", "it names no server"
	case bucket == "" || strings.Contains(bucket, "/"):
		return "", "its path is not the name of one bucket"
	}
	return s, ""
}

// keySize is the length of the secret key in bytes.
const keySize = 32

// decodeKey reads a key in any of the usual forms of base64.
func decodeKey(s string) []byte {
	s = strings.TrimRight(strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimSpace(s)), "=")
	key, err := base64.RawStdEncoding.Strict().DecodeString(s)
	if err != nil || len(key) != keySize {
		return nil
	}
	return key
}

func checkSecretKey(s string) (string, string) {
	if decodeKey(s) == nil {
		return "", "it is not 32 bytes in base64"
	}
	return s, ""
}

// checkLine takes one line of text of at most longest letters.
func checkLine(longest int) func(string) (string, string) {
	return func(s string) (string, string) {
		switch {
		case !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl):
			return "", "it has line breaks or control characters"
		case utf8.RuneCountInString(s) > longest:
			return "", fmt.Sprintf("it is longer than %d letters", longest)
		}
		return s, ""
	}
}

func checkLanguage(s string) (string, string) {
	tag, err := language.Parse(s)
	if err != nil || tag == language.Und {
		return "", fmt.Sprintf("%q is no language", s)
	}
	return tag.String(), ""
}

func checkTimeZone(s string) (string, string) {
	if _, err := time.LoadLocation(s); err != nil || s == "Local" {
		return "", fmt.Sprintf("%q is no time zone", s)
	}
	return s, ""
}

func checkEmail(s string) (string, string) {
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s || strings.ContainsAny(s, "\"[") {
		return "", fmt.Sprintf("%q is no e-mail address", s)
	}
	return s, ""
}

// oneOf takes one of the words.
func oneOf(words ...string) func(string) (string, string) {
	return func(s string) (string, string) {
		if low := strings.ToLower(s); slices.Contains(words, low) {
			return low, ""
		}
		return "", fmt.Sprintf("%q is none of them", s)
	}
}

// checkCookie takes a token of RFC 6265 §4.1.1 as far as it needs no thought.
func checkCookie(s string) (string, string) {
	if len(s) > 64 || strings.ContainsFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_'
	}) {
		return "", fmt.Sprintf("%q cannot be the name of a cookie", s)
	}
	return s, ""
}

func checkPrefixes(s string) (string, string) {
	prefixes := splitList(s)
	for i, p := range prefixes {
		parsed, err := parsePrefix(p)
		if err != nil {
			return "", fmt.Sprintf("%q is no address or network", p)
		}
		prefixes[i] = parsed.String()
	}
	return strings.Join(prefixes, ","), ""
}

// parsePrefix reads a network, or an address as a network of one.
func parsePrefix(s string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(s); err == nil {
		return a.Unmap().Prefix(a.Unmap().BitLen())
	}
	p, err := netip.ParsePrefix(s)
	return p.Masked(), err
}

func checkCertificates(path string) (string, string) {
	raw, fault := readSmall(path)
	if fault != "" {
		return "", fault
	}
	if !x509.NewCertPool().AppendCertsFromPEM(raw) {
		return "", fmt.Sprintf("%s has no certificate", path)
	}
	return path, ""
}

// checkFile takes the path of a file that can be read.
func checkFile(path string) (string, string) {
	_, fault := readSmall(path)
	return path, fault
}

func checkHost(s string) (string, string) {
	if _, err := netip.ParseAddr(s); err != nil && !isHostname(s) {
		return "", fmt.Sprintf("%q is no name of a host", s)
	}
	return strings.ToLower(s), ""
}

func checkInFlight(s string) (string, string) {
	if n, err := strconv.Atoi(s); err != nil || n < 1 || n > 4096 {
		return "", fmt.Sprintf("%q is not from 1 to 4096", s)
	}
	return s, ""
}

func checkDays(s string) (string, string) {
	if n, err := strconv.Atoi(s); err != nil || n < 1 || n > 3650 {
		return "", fmt.Sprintf("%q is not from 1 to 3650", s)
	}
	return s, ""
}

func checkMebibytes(s string) (string, string) {
	if n, err := strconv.Atoi(s); err != nil || n < 0 || n > 1_000_000 {
		return "", fmt.Sprintf("%q is not from 0 to 1000000", s)
	}
	return s, ""
}

func checkGrace(s string) (string, string) {
	if n, err := strconv.Atoi(s); err != nil || n < 0 || n > 30 {
		return "", fmt.Sprintf("%q is not from 0 to 30", s)
	}
	return s, ""
}

func checkPort(s string) (string, string) {
	if n, err := strconv.Atoi(s); err != nil || n < 1 || n > 65535 {
		return "", fmt.Sprintf("%q is no port", s)
	}
	return s, ""
}
