package node

import (
	"crypto"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"interlink/domain"
	"interlink/domain/integration"
)

// ticketPeriod is how long a key signs the tokens of software Interlinkers.
const ticketPeriod = 90 * 24 * time.Hour

// jwksPath is where their public keys are (RFC 7517).
const jwksPath = "/.well-known/jwks.json"

// tickets signs the tokens of software Interlinkers (RFC 7519) with EdDSA
// (RFC 8037). Its keys are made from the node's secret, one for each period, so
// that all processes have them and none is kept anywhere. They are no actor's:
// what these sign is never a token.
type tickets struct {
	secret []byte
	issuer string
	now    func() time.Time
}

// key is that of a period.
func (t tickets) key(period int64) (jose.JSONWebKey, error) {
	seed, err := hkdf.Key(sha256.New, t.secret, nil, fmt.Sprintf("interlink tickets v1 %d", period), ed25519.SeedSize)
	if err != nil {
		return jose.JSONWebKey{}, err
	}
	key := jose.JSONWebKey{Key: ed25519.NewKeyFromSeed(seed), Algorithm: string(jose.EdDSA), Use: "sig"}
	thumb, err := key.Thumbprint(crypto.SHA256) // RFC 7638
	key.KeyID = base64.RawURLEncoding.EncodeToString(thumb)
	return key, err
}

func (t tickets) period() int64 { return t.now().Unix() / int64(ticketPeriod/time.Second) }

// claims are those of a token beside the registered ones.
type claims struct {
	Process string      `json:"process"`
	Asset   string      `json:"asset,omitempty"`
	Act     string      `json:"scope"`
	Lang    domain.Lang `json:"locale,omitempty"`
}

// Sign implements integration.Sign.
func (t tickets) Sign(c integration.Claims) (string, error) {
	key, err := t.key(t.period())
	if err != nil {
		return "", err
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.EdDSA, Key: key}, (&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return "", err
	}
	return jwt.Signed(signer).Claims(jwt.Claims{
		Issuer: t.issuer, Audience: jwt.Audience{c.Audience}, Subject: c.Subject, ID: string(c.ID),
		IssuedAt: jwt.NewNumericDate(c.At), NotBefore: jwt.NewNumericDate(c.At.Add(-time.Minute)), Expiry: jwt.NewNumericDate(c.Until),
	}).Claims(claims{Process: c.Process, Asset: c.Asset, Act: string(c.Act), Lang: c.Lang}).Serialize()
}

// ServeHTTP gives the public keys of this period, the one before and the next.
func (t tickets) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	var set jose.JSONWebKeySet
	for at := t.period() - 1; at <= t.period()+1; at++ {
		key, err := t.key(at)
		if err != nil {
			http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
			return
		}
		set.Keys = append(set.Keys, key.Public())
	}
	w.Header().Set("Content-Type", "application/jwk-set+json")
	w.Header().Set("Cache-Control", "public, max-age=3600")
	_ = json.NewEncoder(w).Encode(set)
}
