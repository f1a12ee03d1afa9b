package federationtest_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"interlink/cmd/interlink/node"
	"interlink/domain"
	"interlink/domain/account"
	"interlink/domain/community"
	"interlink/domain/policy"
	"interlink/federation/federationtest"
)

// TestTLS: two nodes without reverse proxies speak https with each other:
// handles are found, a follow is accepted, a post arrives.
func TestTLS(t *testing.T) {
	t.Parallel()
	authority := federationtest.NewAuthority(t)
	secure := func(o *node.Options) {
		o.TLS = node.TLS{Certificate: authority.CertFile, Key: authority.KeyFile}
		o.ExtraCA = authority.PEM
	}
	zaragoza, at := servingWith(t, secure)
	riga, _ := servingWith(t, secure)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	official := person(t, zaragoza, "official", policy.RoleAdmin)
	mobility(t, zaragoza, official)
	reader := person(t, riga, "reader", policy.RoleMember)
	found, err := riga.Lookup(ctx, "@mobility@"+strings.TrimPrefix(at, "https://"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := riga.Network.Follow(ctx, reader, reader.Actor, found.ID); err != nil {
		t.Fatal(err)
	}
	within(t, 20*time.Second, "the follow is accepted", func() bool {
		follows, err := riga.Communities.Follows(ctx, found.ID)
		return err == nil && follows
	})
	if _, err := zaragoza.Communities.Post(ctx, official, "mobility", community.Draft{Content: "The bridge opens.", Language: "en"}); err != nil {
		t.Fatal(err)
	}
	within(t, 20*time.Second, "the post arrives", func() bool {
		items, err := riga.Communities.Home(ctx, reader, domain.Page{Limit: 10})
		return err == nil && len(items.Items) == 1
	})
}

// TestTLSServer: HTTP/2 and TLS 1.2 are spoken, nothing older, nor plain http;
// a renewed certificate is served without a restart, and one that cannot be
// used is not.
func TestTLSServer(t *testing.T) {
	t.Parallel()
	authority := federationtest.NewAuthority(t)
	heard := make(chan os.Signal, 1)
	signal.Notify(heard, syscall.SIGHUP) // or one that comes too early would end the tests
	defer signal.Stop(heard)
	looking := func(every time.Duration) string {
		_, at := servingWith(t, func(o *node.Options) {
			o.TLS = node.TLS{Certificate: authority.CertFile, Key: authority.KeyFile, LookEvery: every}
		})
		return at
	}
	at, often := looking(time.Hour), looking(50*time.Millisecond)
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority.PEM)
	get := func(url string, config *tls.Config) (*http.Response, error) {
		t.Helper()
		config.RootCAs = roots
		transport := &http.Transport{TLSClientConfig: config, ForceAttemptHTTP2: true}
		defer transport.CloseIdleConnections()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := (&http.Client{Transport: transport}).Do(r)
		if err == nil {
			_ = answer.Body.Close()
		}
		return answer, err
	}
	if answer, err := get(at+"/livez", &tls.Config{}); err != nil || answer.ProtoMajor != 2 || answer.StatusCode != http.StatusOK || answer.TLS.Version != tls.VersionTLS13 {
		t.Errorf("HTTP/2: %v, %v", answer, err)
	}
	if answer, err := get(at+"/livez", &tls.Config{MinVersion: tls.VersionTLS12, MaxVersion: tls.VersionTLS12}); err != nil || answer.StatusCode != http.StatusOK {
		t.Errorf("TLS 1.2: %v, %v", answer, err)
	}
	if _, err := get(at+"/livez", &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}); err == nil {
		t.Error("TLS 1.1 is spoken")
	}
	if answer, err := get(strings.Replace(at, "https:", "http:", 1)+"/livez", &tls.Config{}); err == nil && answer.StatusCode == http.StatusOK {
		t.Error("plain http is answered")
	}
	serial := func(at string) *big.Int {
		t.Helper()
		answer, err := get(at+"/livez", &tls.Config{})
		if err != nil {
			t.Fatal(err)
		}
		return answer.TLS.PeerCertificates[0].SerialNumber
	}
	before := serial(at)
	renewed := authority.Renew(t)
	if before.Cmp(renewed) == 0 {
		t.Fatal("the same certificate")
	}
	hangUp := func() {
		t.Helper()
		if err := syscall.Kill(os.Getpid(), syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
		<-heard
	}
	hangUp()
	within(t, 20*time.Second, "the renewed certificate is served", func() bool { return serial(at).Cmp(renewed) == 0 })
	if err := os.WriteFile(authority.KeyFile, []byte("no key"), 0o600); err != nil {
		t.Fatal(err)
	}
	hangUp()
	if got := serial(at); got.Cmp(renewed) != 0 {
		t.Errorf("serial number %v", got)
	}
	again := authority.Renew(t)
	within(t, 30*time.Second, "a certificate is found by the clock", func() bool { return serial(often).Cmp(again) == 0 })
}

// person makes an account of a node that works by itself.
func person(t *testing.T, n *node.Node, username string, role policy.Role) policy.Viewer {
	t.Helper()
	a, err := n.Accounts.Create(t.Context(), account.SignUp{Username: username, Email: username + "@people.example"}, role)
	if err != nil {
		t.Fatal(err)
	}
	return a.Viewer()
}

// mobility makes a community of a node that works by itself.
func mobility(t *testing.T, n *node.Node, v policy.Viewer) domain.IRI {
	t.Helper()
	c, err := n.Communities.Create(t.Context(), v, "mobility", community.Details{Title: domain.Text{"en": "Mobility"}, Language: "en"})
	if err != nil {
		t.Fatal(err)
	}
	return c.IRI
}
