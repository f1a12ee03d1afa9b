package config

import (
	"crypto/tls"
	"fmt"
	"strings"
	"time"
)

// certificate checks that the server's certificate and key are there, belong
// together, and can be served from the base URL.
func (l *loader) certificate(s *Settings, faulty func(string) bool) {
	const certificate, key = "server.tls_certificate", "server.tls_key"
	switch {
	case faulty(certificate) || faulty(key) || s.Server.TLSCertificate == "" && s.Server.TLSKey == "":
		return
	case s.Server.TLSKey == "":
		l.wrong(key, env(key), "it is not set, but "+certificate+" is", row(key).remedy)
		return
	case s.Server.TLSCertificate == "":
		l.wrong(certificate, env(certificate), "it is not set, but "+key+" is", row(certificate).remedy)
		return
	}
	if strings.HasPrefix(s.BaseURL, "http:") {
		l.wrong(certificate, s.origins[certificate], "base_url begins with http://, where nobody would ask for it", "set base_url to https://")
	}
	if _, err := tls.LoadX509KeyPair(s.Server.TLSCertificate, s.Server.TLSKey); err != nil {
		l.wrong(key, s.origins[key], strings.TrimPrefix(err.Error(), "tls: "),
			"name the PEM files of a certificate, with those that certify it, and of its own key")
	}
}

// soonOver is how long before its end a certificate should have been renewed.
const soonOver = 7 * 24 * time.Hour

// certificateWarnings tells what other nodes will not accept.
func (s Settings) certificateWarnings(now time.Time) (warnings []string) {
	if s.Server.TLSCertificate == "" {
		return nil
	}
	pair, err := tls.LoadX509KeyPair(s.Server.TLSCertificate, s.Server.TLSKey)
	if err != nil {
		return []string{fmt.Sprintf("server.tls_certificate cannot be read any more: %v", err)}
	}
	leaf, name := pair.Leaf, s.Server.TLSCertificate
	if host := hostOf(s.BaseURL); leaf.VerifyHostname(host) != nil {
		warnings = append(warnings, fmt.Sprintf("server.tls_certificate: %s is not for %s, the host of base_url: other nodes will not talk with this one", name, host))
	}
	switch {
	case now.Before(leaf.NotBefore):
		warnings = append(warnings, fmt.Sprintf("server.tls_certificate: %s is not valid before %s", name, leaf.NotBefore.Format(time.RFC3339)))
	case now.After(leaf.NotAfter):
		warnings = append(warnings, fmt.Sprintf("server.tls_certificate: %s has ended at %s: renew it; it is read again by itself", name, leaf.NotAfter.Format(time.RFC3339)))
	case leaf.NotAfter.Sub(now) < soonOver:
		warnings = append(warnings, fmt.Sprintf("server.tls_certificate: %s ends at %s: renew it; it is read again by itself", name, leaf.NotAfter.Format(time.RFC3339)))
	}
	return warnings
}
