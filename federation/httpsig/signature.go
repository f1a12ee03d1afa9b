package httpsig

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The limits of time: a Date may be an hour off, as some queues and clocks
// are; a creation time five minutes ahead.
const (
	maxSkew  = time.Hour
	maxAhead = 5 * time.Minute
)

// maxHeader is the longest signature header that is read.
const maxHeader = 8 << 10

// Signature is what a request claims, parsed but not verified.
type Signature struct {
	scheme     Scheme
	keyID      string
	algorithm  string // as named; "" if left to the key
	components []string
	value      []byte
	created    time.Time // zero if not given
	expires    time.Time
	bases      []string // texts that may have been signed
	request    *http.Request
}

// KeyID returns the key that the request claims to be signed with.
func (s *Signature) KeyID() string { return s.keyID }

// Scheme returns how it is signed.
func (s *Signature) Scheme() Scheme { return s.scheme }

// Parse reads the signature of a request. publicURL is the address under
// which this node is known: the configured base with the request's path and
// query. Errors: Unauthenticated with a [VerifyError].
func Parse(r *http.Request, publicURL string) (*Signature, error) {
	for _, name := range []string{"Signature", "Signature-Input", "Digest", "Content-Digest", "Date"} {
		if v := r.Header.Values(name); len(v) > 1 {
			return nil, fail(ReasonMalformed, "several "+name+" headers")
		} else if len(v) == 1 && len(v[0]) > maxHeader {
			return nil, fail(ReasonMalformed, name+" too long")
		}
	}
	if r.Header.Get("Signature") == "" {
		return nil, fail(ReasonNone, "unsigned")
	}
	if r.Header.Get("Signature-Input") != "" {
		return parseRFC9421(r, publicURL)
	}
	return parseCavage(r, publicURL)
}

// Verify checks the signature with the signer's key, the digest against the
// body, what is covered, and the time. Errors: Unauthenticated with a
// [VerifyError].
func (s *Signature) Verify(key crypto.PublicKey, body []byte, now time.Time) error {
	if err := s.checkTime(now); err != nil {
		return err
	}
	if err := s.checkDigest(body); err != nil {
		return err
	}
	for _, base := range s.bases {
		if s.matches(key, base) {
			return nil
		}
	}
	return fail(ReasonSignature, "does not verify with the key")
}

func (s *Signature) matches(key crypto.PublicKey, base string) bool {
	switch key := key.(type) {
	case *rsa.PublicKey:
		if s.algorithm == "rsa-pss-sha512" {
			sum := sha512.Sum512([]byte(base))
			return rsa.VerifyPSS(key, crypto.SHA512, sum[:], s.value, &rsa.PSSOptions{SaltLength: 64}) == nil
		}
		if s.algorithm == "ed25519" {
			return false
		}
		sum := sha256.Sum256([]byte(base))
		return rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], s.value) == nil
	case ed25519.PublicKey:
		if s.algorithm != "ed25519" && s.algorithm != "hs2019" && s.algorithm != "" {
			return false
		}
		return len(s.value) == ed25519.SignatureSize && ed25519.Verify(key, []byte(base), s.value)
	}
	return false
}

// checkTime refuses what is old, expired or from the future. The Date header
// counts only if it is signed; a cavage signature without Date needs its
// creation time.
func (s *Signature) checkTime(now time.Time) error {
	if !s.expires.IsZero() && now.After(s.expires) {
		return fail(ReasonExpired, "expired at "+s.expires.Format(time.RFC3339))
	}
	if !s.created.IsZero() {
		if s.created.After(now.Add(maxAhead)) {
			return fail(ReasonExpired, "created in the future")
		}
		if now.Sub(s.created) > maxSkew+maxAhead && s.expires.IsZero() {
			return fail(ReasonExpired, "created too long ago")
		}
		if now.Sub(s.created) > 12*time.Hour {
			return fail(ReasonExpired, "created too long ago")
		}
	}
	if s.covers("date") {
		date, err := http.ParseTime(s.request.Header.Get("Date"))
		if err != nil {
			return fail(ReasonMalformed, "Date")
		}
		if d := now.Sub(date); d > maxSkew || d < -maxSkew {
			return fail(ReasonExpired, "Date is "+d.Round(time.Second).String()+" off")
		}
		return nil
	}
	if s.created.IsZero() {
		return fail(ReasonCoverage, "neither date nor a creation time is signed")
	}
	return nil
}

// checkDigest compares the digests of the body: SHA-256 must be there on a
// POST and signed; SHA-512 may accompany it.
func (s *Signature) checkDigest(body []byte) error {
	if s.request.Method != http.MethodPost {
		return nil
	}
	header := "Digest"
	if s.scheme == RFC9421 {
		header = "Content-Digest"
	}
	if !s.covers(strings.ToLower(header)) {
		return fail(ReasonCoverage, header+" is not signed")
	}
	found := false
	for _, part := range strings.Split(s.request.Header.Get(header), ",") {
		name, value, ok := strings.Cut(strings.TrimSpace(part), "=")
		if !ok {
			return fail(ReasonDigest, "malformed "+header)
		}
		want, err := base64.StdEncoding.DecodeString(strings.Trim(value, ":"))
		if err != nil {
			return fail(ReasonDigest, "malformed "+header)
		}
		switch strings.ToLower(name) {
		case "sha-256":
			sum := sha256.Sum256(body)
			if subtle.ConstantTimeCompare(sum[:], want) != 1 {
				return fail(ReasonDigest, "the body was altered")
			}
			found = true
		case "sha-512":
			sum := sha512.Sum512(body)
			if subtle.ConstantTimeCompare(sum[:], want) != 1 {
				return fail(ReasonDigest, "the body was altered")
			}
		}
	}
	if !found {
		return fail(ReasonDigest, "no SHA-256")
	}
	return nil
}

func (s *Signature) covers(component string) bool { return slices.Contains(s.components, component) }

// parseCavage reads the Signature header of draft-cavage-12.
func parseCavage(r *http.Request, publicURL string) (*Signature, error) {
	params, err := cavageParams(r.Header.Get("Signature"))
	if err != nil {
		return nil, err
	}
	s := &Signature{scheme: Cavage, keyID: params["keyId"], algorithm: strings.ToLower(params["algorithm"]), request: r}
	if s.value, err = base64.StdEncoding.DecodeString(params["signature"]); err != nil || len(s.value) == 0 || s.keyID == "" {
		return nil, fail(ReasonMalformed, "keyId or signature")
	}
	switch s.algorithm {
	case "", "rsa-sha256", "hs2019", "ed25519":
	default:
		return nil, fail(ReasonUnsupported, "algorithm "+s.algorithm)
	}
	if s.created, err = unixTime(params["created"]); err != nil {
		return nil, err
	}
	if s.expires, err = unixTime(params["expires"]); err != nil {
		return nil, err
	}
	s.components = strings.Fields(strings.ToLower(params["headers"]))
	if len(s.components) == 0 {
		s.components = []string{"date"}
	}
	if !s.covers("(request-target)") || !s.covers("host") {
		return nil, fail(ReasonCoverage, "(request-target) and host must be signed")
	}
	return s, s.cavageBases(params, publicURL)
}

// cavageBases builds the texts that may have been signed: with the query, and
// without it, as some peers leave it out.
func (s *Signature) cavageBases(params map[string]string, publicURL string) error {
	host, target := splitURL(publicURL)
	targets := []string{target}
	if path, _, ok := strings.Cut(target, "?"); ok {
		targets = append(targets, path)
	}
	for _, target := range targets {
		lines := make([]string, len(s.components))
		for i, name := range s.components {
			switch name {
			case "(request-target)":
				lines[i] = name + ": " + strings.ToLower(s.request.Method) + " " + target
			case "(created)", "(expires)":
				v := params[strings.Trim(name, "()")]
				if v == "" || s.algorithm == "rsa-sha256" {
					return fail(ReasonMalformed, name+" without its parameter")
				}
				lines[i] = name + ": " + v
			case "host":
				lines[i] = "host: " + host
			default:
				values := s.request.Header.Values(name)
				if len(values) == 0 {
					return fail(ReasonCoverage, name+" is signed but absent")
				}
				lines[i] = name + ": " + strings.Join(values, ", ")
			}
		}
		s.bases = append(s.bases, strings.Join(lines, "\n"))
	}
	return nil
}

// cavageParams reads name="value" and name=number pairs; a name twice is an
// error.
func cavageParams(header string) (map[string]string, error) {
	params := map[string]string{}
	rest := strings.TrimSpace(header)
	for rest != "" {
		name, after, ok := strings.Cut(rest, "=")
		name = strings.TrimSpace(name)
		if !ok || name == "" || params[name] != "" {
			return nil, fail(ReasonMalformed, "Signature header")
		}
		after = strings.TrimSpace(after)
		var value string
		if quoted, ok := strings.CutPrefix(after, `"`); ok {
			if value, rest, ok = strings.Cut(quoted, `"`); !ok {
				return nil, fail(ReasonMalformed, "Signature header")
			}
		} else {
			value, rest, _ = strings.Cut(after, ",")
			params[name] = strings.TrimSpace(value)
			rest = strings.TrimSpace(rest)
			continue
		}
		params[name] = value
		rest = strings.TrimSpace(rest)
		if rest != "" {
			if rest[0] != ',' {
				return nil, fail(ReasonMalformed, "Signature header")
			}
			rest = strings.TrimSpace(rest[1:])
		}
	}
	return params, nil
}

func unixTime(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	seconds, err := strconv.ParseFloat(s, 64)
	if err != nil || seconds < 0 || seconds > 1<<40 {
		return time.Time{}, fail(ReasonMalformed, "time")
	}
	return time.Unix(int64(seconds), 0), nil
}

// splitURL returns the host and what is behind it.
func splitURL(publicURL string) (host, target string) {
	_, rest, _ := strings.Cut(publicURL, "://")
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		return rest[:i], rest[i:]
	}
	return rest, "/"
}

func unix(seconds int64) time.Time { return time.Unix(min(seconds, 1<<40), 0) }
