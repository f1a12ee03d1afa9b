package inbox

import (
	"context"
	"net/http"
	"time"

	"interlink/domain"
	"interlink/federation/httpsig"
)

// Signers tells who signed a request.
type Signers struct {
	ns    domain.Namespace
	keys  Keys
	hosts Hosts
	now   func() time.Time
}

// NewSigners makes the judge of signatures.
func NewSigners(ns domain.Namespace, keys Keys, hosts Hosts, now func() time.Time) *Signers {
	return &Signers{ns, keys, hosts, now}
}

// Signer returns the actor whose key signed a request, and how; body is that
// of a POST. A key is read again once if the signature does not hold, as its
// owner may have a new one. Errors: Unauthenticated; Forbidden for a blocked
// host; as of [Keys].
func (s *Signers) Signer(ctx context.Context, r *http.Request, body []byte) (domain.IRI, httpsig.Scheme, error) {
	sig, err := httpsig.Parse(r, s.ns.Base()+r.URL.RequestURI())
	if err != nil {
		return "", "", err
	}
	keyIRI, err := domain.ParseIRI(sig.KeyID())
	if err != nil {
		return "", "", domain.Fail(domain.Unauthenticated, "error.signature").Because(err)
	}
	host, err := s.hosts.Host(ctx, keyIRI.Host())
	if err != nil {
		return "", "", err
	}
	if host.Blocked {
		return "", "", domain.Fail(domain.Forbidden, "error.host_blocked")
	}
	key, err := s.keys.PublicKey(ctx, sig.KeyID())
	if err != nil {
		return "", "", err
	}
	if err := sig.Verify(key.Key, body, s.now()); err != nil {
		fresh, again := s.keys.Refresh(ctx, sig.KeyID())
		if again != nil {
			return "", "", err
		}
		key = fresh
		if err := sig.Verify(key.Key, body, s.now()); err != nil {
			return "", "", err
		}
	}
	return key.Owner, sig.Scheme(), nil
}
