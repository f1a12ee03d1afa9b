package federationtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Authority certifies that servers of a test are localhost, so that they
// speak https, without which handles cannot be looked up.
type Authority struct {
	PEM      []byte // its certificate, for who shall trust it
	CertFile string // what it certified: PEM files of one key pair for all servers
	KeyFile  string
	CAFile   string // PEM again

	pair    tls.Certificate
	roots   *x509.CertPool
	root    *x509.Certificate
	rootKey *ecdsa.PrivateKey
	serial  int64
}

// NewAuthority makes an authority and the certificate of localhost.
func NewAuthority(t testing.TB) *Authority {
	t.Helper()
	dir := t.TempDir()
	a := &Authority{
		CertFile: filepath.Join(dir, "cert.pem"), KeyFile: filepath.Join(dir, "key.pem"), CAFile: filepath.Join(dir, "ca.pem"), roots: x509.NewCertPool(),
		rootKey: newECDSA(t),
	}
	a.root = &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Authority of a test"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	a.PEM = certify(t, a.root, a.root, a.rootKey, a.rootKey)
	a.roots.AppendCertsFromPEM(a.PEM)
	write(t, a.CAFile, a.PEM)
	a.Renew(t)
	return a
}

// Renew writes another certificate of localhost, with another key, into the
// same files, and returns its serial number.
func (a *Authority) Renew(t testing.TB) *big.Int {
	t.Helper()
	a.serial++
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(1 + a.serial), Subject: pkix.Name{CommonName: "localhost"}, NotBefore: a.root.NotBefore, NotAfter: a.root.NotAfter,
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	leafKey := newECDSA(t)
	certificate := certify(t, leaf, a.root, leafKey, a.rootKey)
	der, err := x509.MarshalPKCS8PrivateKey(leafKey)
	if err != nil {
		t.Fatal(err)
	}
	key := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	if a.pair, err = tls.X509KeyPair(certificate, key); err != nil {
		t.Fatal(err)
	}
	write(t, a.CertFile, certificate)
	write(t, a.KeyFile, key)
	return leaf.SerialNumber
}

func write(t testing.TB, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// Client returns a client that trusts the authority and no other.
func (a *Authority) Client() *http.Client {
	return &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: a.roots}}}
}

func newECDSA(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// certify signs a certificate and returns it as PEM.
func certify(t testing.TB, certificate, parent *x509.Certificate, key, by *ecdsa.PrivateKey) []byte {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, certificate, parent, key.Public(), by)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}
