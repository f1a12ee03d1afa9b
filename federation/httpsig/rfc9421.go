package httpsig

import (
	"net/http"
	"strings"

	"github.com/dunglas/httpsfv"
)

// parseRFC9421 reads Signature-Input and Signature; of several labels the
// first that has both.
func parseRFC9421(r *http.Request, publicURL string) (*Signature, error) {
	inputs, err := httpsfv.UnmarshalDictionary(r.Header.Values("Signature-Input"))
	if err != nil {
		return nil, fail(ReasonMalformed, "Signature-Input")
	}
	values, err := httpsfv.UnmarshalDictionary(r.Header.Values("Signature"))
	if err != nil {
		return nil, fail(ReasonMalformed, "Signature")
	}
	for _, label := range inputs.Names() {
		input, _ := inputs.Get(label)
		list, ok := input.(httpsfv.InnerList)
		if !ok {
			continue
		}
		member, _ := values.Get(label)
		item, ok := member.(httpsfv.Item)
		if !ok {
			continue
		}
		value, ok := item.Value.([]byte)
		if !ok || len(value) == 0 {
			continue
		}
		s := &Signature{scheme: RFC9421, value: value, request: r}
		return s, s.read9421(list, publicURL)
	}
	return nil, fail(ReasonMalformed, "no label with both input and signature")
}

// read9421 reads the parameters (RFC 9421 §2.3) and builds the signature base
// (§2.5).
func (s *Signature) read9421(list httpsfv.InnerList, publicURL string) error {
	if list.Params == nil {
		return fail(ReasonMalformed, "no parameters")
	}
	text := func(name string) string {
		v, _ := list.Params.Get(name)
		t, _ := v.(string)
		return t
	}
	s.keyID, s.algorithm = text("keyid"), text("alg")
	switch s.algorithm {
	case "", "rsa-v1_5-sha256", "rsa-pss-sha512", "ed25519":
	default:
		return fail(ReasonUnsupported, "algorithm "+s.algorithm)
	}
	if s.keyID == "" {
		return fail(ReasonMalformed, "no keyid")
	}
	if v, ok := list.Params.Get("created"); ok {
		n, ok := v.(int64)
		if !ok || n <= 0 {
			return fail(ReasonMalformed, "created")
		}
		s.created = unix(n)
	}
	if v, ok := list.Params.Get("expires"); ok {
		n, ok := v.(int64)
		if !ok || n <= 0 {
			return fail(ReasonMalformed, "expires")
		}
		s.expires = unix(n)
	}
	var base strings.Builder
	for _, item := range list.Items {
		name, ok := item.Value.(string)
		if !ok || s.covers(name) || item.Params != nil && len(item.Params.Names()) > 0 {
			return fail(ReasonUnsupported, "component with parameters, or twice")
		}
		value, err := s.component(name, publicURL)
		if err != nil {
			return err
		}
		s.components = append(s.components, name)
		base.WriteString(`"` + name + `": ` + value + "\n")
	}
	if !s.covers("@method") || !s.coversTarget() {
		return fail(ReasonCoverage, "@method and the target must be signed")
	}
	params, err := httpsfv.Marshal(httpsfv.List{list})
	if err != nil {
		return fail(ReasonMalformed, "Signature-Input")
	}
	s.bases = []string{base.String() + `"@signature-params": ` + params}
	return nil
}

func (s *Signature) coversTarget() bool {
	return s.covers("@target-uri") ||
		s.covers("@authority") && (s.covers("@request-target") || s.covers("@path"))
}

// component returns the value of a derived component (RFC 9421 §2.2) or of a
// header field (§2.1).
func (s *Signature) component(name, publicURL string) (string, error) {
	host, target := splitURL(publicURL)
	path, query, hasQuery := strings.Cut(target, "?")
	switch name {
	case "@method":
		return s.request.Method, nil
	case "@target-uri":
		return publicURL, nil
	case "@authority":
		return host, nil
	case "@scheme":
		scheme, _, _ := strings.Cut(publicURL, "://")
		return scheme, nil
	case "@request-target":
		return target, nil
	case "@path":
		return path, nil
	case "@query":
		if !hasQuery {
			return "?", nil
		}
		return "?" + query, nil
	}
	if strings.HasPrefix(name, "@") {
		return "", fail(ReasonUnsupported, "component "+name)
	}
	if name == "host" {
		return host, nil
	}
	values := s.request.Header.Values(http.CanonicalHeaderKey(name))
	if len(values) == 0 {
		return "", fail(ReasonCoverage, name+" is signed but absent")
	}
	trimmed := make([]string, len(values))
	for i, v := range values {
		trimmed[i] = strings.TrimSpace(v)
	}
	return strings.Join(trimmed, ", "), nil
}
