package httpsig

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Digest is the SHA-256 of a body; it is computed once for a fan-out.
type Digest = [sha256.Size]byte

// Sign signs a request by a scheme, at the moment it is sent. For a POST,
// digest is its body's and the Content-Type must be set; nil for a GET.
// Headers of an earlier signature are replaced. An Ed25519 key signs by
// RFC 9421 whatever the scheme: no peer reads it otherwise.
func Sign(r *http.Request, key *Key, scheme Scheme, digest *Digest, now time.Time) error {
	clearSignature(r)
	if scheme == Cavage && key.ed25519() == nil {
		return signCavage(r, key, digest, now)
	}
	return signRFC9421(r, key, digest, now)
}

// clearSignature takes away what an earlier signature set.
func clearSignature(r *http.Request) {
	for _, name := range []string{"Signature", "Signature-Input", "Digest", "Content-Digest"} {
		r.Header.Del(name)
	}
}

func setContentDigest(r *http.Request, digest *Digest) {
	r.Header.Set("Content-Digest", "sha-256=:"+base64.StdEncoding.EncodeToString(digest[:])+":")
}

// signCavage sets Date, Digest and Signature over (request-target), host,
// date and digest: what Mastodon, GoToSocial and Lemmy want.
func signCavage(r *http.Request, key *Key, digest *Digest, now time.Time) error {
	r.Header.Set("Date", now.UTC().Format(http.TimeFormat))
	names := []string{"(request-target)", "host", "date"}
	if digest != nil {
		r.Header.Set("Digest", "SHA-256="+base64.StdEncoding.EncodeToString(digest[:]))
		names = append(names, "digest")
	}
	if r.Header.Get(Followers) != "" {
		names = append(names, strings.ToLower(Followers))
	}
	var base strings.Builder
	for i, name := range names {
		if i > 0 {
			base.WriteByte('\n')
		}
		switch name {
		case "(request-target)":
			base.WriteString("(request-target): " + strings.ToLower(r.Method) + " " + r.URL.RequestURI())
		case "host":
			base.WriteString("host: " + hostOf(r))
		default:
			base.WriteString(name + ": " + r.Header.Get(name))
		}
	}
	signature, err := key.sign([]byte(base.String()))
	if err != nil {
		return fmt.Errorf("sign: %w", err)
	}
	r.Header.Set("Signature", fmt.Sprintf(`keyId="%s",algorithm="rsa-sha256",headers="%s",signature="%s"`,
		key.ID, strings.Join(names, " "), base64.StdEncoding.EncodeToString(signature)))
	return nil
}

// signRFC9421 sets Content-Digest, Signature-Input and Signature with one
// label (RFC 9421 §3.1).
func signRFC9421(r *http.Request, key *Key, digest *Digest, now time.Time) error {
	components := `"@method" "@target-uri"`
	base := `"@method": ` + r.Method + "\n" + `"@target-uri": ` + r.URL.String() + "\n"
	if digest != nil {
		setContentDigest(r, digest)
		components += ` "content-type" "content-digest"`
		base += `"content-type": ` + r.Header.Get("Content-Type") + "\n" + `"content-digest": ` + r.Header.Get("Content-Digest") + "\n"
	}
	if followers := r.Header.Get(Followers); followers != "" {
		name := strconv.Quote(strings.ToLower(Followers))
		components += " " + name
		base += name + ": " + followers + "\n"
	}
	params := fmt.Sprintf(`(%s);created=%d;keyid="%s";alg="%s"`, components, now.Unix(), key.ID, key.algorithm())
	signature, err := key.sign([]byte(base + `"@signature-params": ` + params))
	if err != nil {
		return fmt.Errorf("sign: %w", err)
	}
	r.Header.Set("Signature-Input", "sig1="+params)
	r.Header.Set("Signature", "sig1=:"+base64.StdEncoding.EncodeToString(signature)+":")
	return nil
}

func hostOf(r *http.Request) string {
	if r.Host != "" {
		return r.Host
	}
	return r.URL.Host
}
