package config

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// certified writes a certificate of city.example that ends after some time,
// and its key.
func certified(t *testing.T, lasts time.Duration) (certificate, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "city.example"}, DNSNames: []string{"city.example"},
		NotBefore: time.Now().Add(min(lasts, 0) - time.Hour), NotAfter: time.Now().Add(lasts),
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	bare, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	certificate, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for path, block := range map[string]*pem.Block{certificate: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: bare}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return certificate, key
}

func served(baseURL, certificate, key string) []string {
	return []string{"INTERLINK_BASE_URL=" + baseURL, "INTERLINK_SERVER_TLS_CERTIFICATE=" + certificate, "INTERLINK_SERVER_TLS_KEY=" + key, "INTERLINK_ACCOUNTS_REGISTRATION=closed"}
}

func TestCertificate(t *testing.T) {
	t.Parallel()
	certificate, key := certified(t, 90*24*time.Hour)
	s := load(t, "", served("https://city.example", certificate, key)...)
	if s.Server.TLSCertificate != certificate || s.Server.TLSKey != key || len(s.Warnings()) != 0 {
		t.Errorf("%+v, warnings %q", s.Server, s.Warnings())
	}
	_, other := certified(t, time.Hour)
	for what, c := range map[string]struct {
		environ []string
		want    string
	}{
		"no key":                  {served("https://city.example", certificate, ""), "server.tls_key (INTERLINK_SERVER_TLS_KEY): it is not set, but server.tls_certificate is"},
		"no certificate":          {served("https://city.example", "", key), "server.tls_certificate (INTERLINK_SERVER_TLS_CERTIFICATE): it is not set, but server.tls_key is"},
		"a key of another":        {served("https://city.example", certificate, other), "private key does not match"},
		"the wrong way round":     {served("https://city.example", key, certificate), "server.tls_key"},
		"a key that is not there": {served("https://city.example", certificate, "/does/not/exist"), "no such file"},
		"no certificate in it":    {served("https://city.example", write(t, "name = 1"), key), "server.tls_key"},
		"a node with plain http":  {served("http://localhost:8080", certificate, key), "base_url begins with http://"},
	} {
		_, err := Load("", c.environ)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "a setting is wrong") {
			t.Errorf("%s: %v, want one problem with %q", what, err, c.want)
		}
	}
}

func TestCertificateWarnings(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		base  string
		lasts time.Duration
		want  []string
	}{
		"good":            {"https://city.example", 30 * 24 * time.Hour, nil},
		"of another host": {"https://town.example", 30 * 24 * time.Hour, []string{"is not for town.example"}},
		"soon over":       {"https://city.example", 48 * time.Hour, []string{"ends at"}},
		"over":            {"https://city.example", -time.Hour, []string{"has ended"}},
		"both":            {"https://town.example:8443", -time.Hour, []string{"is not for town.example", "has ended"}},
	} {
		certificate, key := certified(t, c.lasts)
		got := load(t, "", served(c.base, certificate, key)...).Warnings()
		if len(got) != len(c.want) || !slices.EqualFunc(got, c.want, strings.Contains) {
			t.Errorf("%s: %q, want %q", what, got, c.want)
		}
	}
	certificate, key := certified(t, 30*24*time.Hour)
	s := load(t, "", served("https://city.example", certificate, key)...)
	if err := os.Remove(key); err != nil {
		t.Fatal(err)
	}
	if got := s.Warnings(); len(got) != 1 || !strings.Contains(got[0], "cannot be read any more") {
		t.Errorf("a key that went: %q", got)
	}
}
