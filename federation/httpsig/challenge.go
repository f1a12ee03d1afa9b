package httpsig

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/dunglas/httpsfv"
)

// Challenge is a signature that a server asks for (RFC 9421 §5). It is made as
// asked or not at all ([Challenge.Sign]).
type Challenge struct {
	label      string
	components []string
	algorithm  string // "" leaves it to the key
	keyID      string // "" leaves it to the signer
	nonce, tag string
	expires    bool
}

// The bounds of a challenge.
const (
	maxComponents = 16
	maxLabel      = 64
	maxNonce      = 512
)

// askable are the components that a challenge may ask for: what every request
// of ours has. What is of a body is only signed of a POST.
var askable = []string{
	"@method", "@target-uri", "@authority", "@scheme", "@request-target", "@path", "@query", "content-type", "content-digest", "date", "host", "user-agent", "accept",
}

// ReadChallenge reads Accept-Signature of an answer: of several signatures the
// first that can be made and is safe to make. One that covers neither method,
// target nor body could be shown again with any other request: it is not
// made, whoever asks. nil means that there is none.
func ReadChallenge(answer *http.Response) *Challenge {
	header := answer.Header.Values("Accept-Signature")
	if len(header) == 0 || len(strings.Join(header, ",")) > maxHeader {
		return nil
	}
	asked, err := httpsfv.UnmarshalDictionary(header)
	if err != nil {
		return nil
	}
	for _, label := range asked.Names() {
		member, _ := asked.Get(label)
		if list, ok := member.(httpsfv.InnerList); ok && len(label) <= maxLabel {
			if c := challenge(label, list); c != nil && c.safe(answer.Request.Method) {
				return c
			}
		}
	}
	return nil
}

// challenge reads one label; nil if it asks for what we do not make.
func challenge(label string, list httpsfv.InnerList) *Challenge {
	c := &Challenge{label: label}
	for _, item := range list.Items {
		name, ok := item.Value.(string)
		if !ok || item.Params != nil && len(item.Params.Names()) > 0 || !slices.Contains(askable, name) || slices.Contains(c.components, name) {
			return nil
		}
		c.components = append(c.components, name)
	}
	if list.Params == nil {
		return c
	}
	for _, name := range list.Params.Names() {
		value, _ := list.Params.Get(name)
		text, isText := value.(string)
		into := map[string]*string{"alg": &c.algorithm, "keyid": &c.keyID, "nonce": &c.nonce, "tag": &c.tag}[name]
		switch {
		case into != nil && isText && len(text) <= maxNonce:
			*into = text
		case name == "created":
		case name == "expires":
			c.expires = true
		default:
			return nil
		}
	}
	return c
}

// safe reports whether a signature by the challenge holds for its request
// alone.
func (c *Challenge) safe(method string) bool {
	s := Signature{components: c.components}
	body := s.covers("content-digest")
	return len(c.components) <= maxComponents && s.covers("@method") && s.coversTarget() &&
		body == (method == http.MethodPost) && (body || !s.covers("content-type")) && c.Scheme() != ""
}

// Scheme is how a signature as asked is made; "" for an algorithm that is not
// ours. A server that names Ed25519 says that it takes it.
func (c *Challenge) Scheme() Scheme {
	switch c.algorithm {
	case "", "rsa-v1_5-sha256":
		return RFC9421
	case "ed25519":
		return Ed25519
	}
	return ""
}

// Once reports whether a signature as asked is good for one request alone.
func (c *Challenge) Once() bool { return c.nonce != "" }

// Sign signs a request as asked, as [Sign] does otherwise. made is false, and
// the request as it was, if the key is not the one that is asked for.
func (c *Challenge) Sign(r *http.Request, key *Key, digest *Digest, now time.Time) (made bool, err error) {
	if c.keyID != "" && c.keyID != key.ID || c.algorithm != "" && c.algorithm != key.algorithm() || !c.safe(r.Method) {
		return false, nil
	}
	clearSignature(r)
	if slices.Contains(c.components, "date") {
		r.Header.Set("Date", now.UTC().Format(http.TimeFormat))
	}
	if digest != nil {
		setContentDigest(r, digest)
	}
	list := httpsfv.InnerList{Params: httpsfv.NewParams()}
	for _, name := range c.components {
		list.Items = append(list.Items, httpsfv.NewItem(name))
	}
	list.Params.Add("created", now.Unix())
	if c.expires {
		list.Params.Add("expires", now.Add(maxSkew).Unix())
	}
	list.Params.Add("keyid", key.ID)
	list.Params.Add("alg", key.algorithm())
	if c.nonce != "" {
		list.Params.Add("nonce", c.nonce)
	}
	if c.tag != "" {
		list.Params.Add("tag", c.tag)
	}
	s := Signature{request: r}
	base, err := s.base(list, r.URL.String())
	if err != nil {
		return false, nil //nolint:nilerr // the request lacks a part that is asked for
	}
	signature, err := key.sign([]byte(base))
	if err != nil {
		return false, fmt.Errorf("sign: %w", err)
	}
	_, params, _ := strings.Cut(base, `"@signature-params": `)
	r.Header.Set("Signature-Input", c.label+"="+params)
	r.Header.Set("Signature", c.label+"=:"+base64.StdEncoding.EncodeToString(signature)+":")
	return true, nil
}
