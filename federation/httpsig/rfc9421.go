package httpsig

import (
	"net/http"
	"net/url"
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

// read9421 reads the parameters (RFC 9421 §2.3), has the signature base built
// and asks for what must be in it.
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
	base, err := s.base(list, publicURL)
	if err != nil {
		return err
	}
	if !s.covers("@method") || !s.coversTarget() {
		return fail(ReasonCoverage, "@method and the target must be signed")
	}
	s.bases = []string{base}
	return nil
}

// base builds the signature base (RFC 9421 §2.5) and notes what it covers.
func (s *Signature) base(list httpsfv.InnerList, publicURL string) (string, error) {
	var base strings.Builder
	seen := map[string]bool{}
	for _, item := range list.Items {
		name, ok := item.Value.(string)
		identifier, err := httpsfv.Marshal(item)
		if !ok || err != nil || seen[identifier] {
			return "", fail(ReasonUnsupported, "component twice, or none")
		}
		seen[identifier] = true
		value, err := s.valueOf(name, item.Params, publicURL)
		if err != nil {
			return "", err
		}
		base.WriteString(identifier + ": " + value + "\n")
	}
	params, err := httpsfv.Marshal(httpsfv.List{list})
	if err != nil {
		return "", fail(ReasonMalformed, "Signature-Input")
	}
	return base.String() + `"@signature-params": ` + params, nil
}

// valueOf returns the value of a component. Of those with parameters, one of
// the query is known (RFC 9421 §2.2.8); it does not count as covering the
// query.
func (s *Signature) valueOf(name string, params *httpsfv.Params, publicURL string) (string, error) {
	switch {
	case params == nil || len(params.Names()) == 0:
		s.components = append(s.components, name)
		return component(s.request, name, publicURL)
	case name == "@query-param" && len(params.Names()) == 1:
		named, _ := params.Get("name")
		if text, ok := named.(string); ok {
			return queryParam(text, publicURL)
		}
	}
	return "", fail(ReasonUnsupported, "component with parameters")
}

// queryParam returns the one value that a query has for a name, percent-encoded
// again, as the name is given.
func queryParam(encoded, publicURL string) (string, error) {
	u, err := url.Parse(publicURL)
	if err != nil {
		return "", fail(ReasonMalformed, "@query-param")
	}
	name, err := url.PathUnescape(encoded)
	values := u.Query()[name]
	if err != nil || len(values) != 1 {
		return "", fail(ReasonCoverage, "@query-param is signed but absent or there twice")
	}
	return strings.ReplaceAll(url.QueryEscape(values[0]), "+", "%20"), nil
}

func (s *Signature) coversTarget() bool {
	return s.covers("@target-uri") ||
		s.covers("@authority") && (s.covers("@request-target") || s.covers("@path"))
}

// component returns the value of a derived component (RFC 9421 §2.2) or of a
// header field (§2.1).
func component(r *http.Request, name, publicURL string) (string, error) {
	host, target := splitURL(publicURL)
	path, query, hasQuery := strings.Cut(target, "?")
	switch name {
	case "@method":
		return r.Method, nil
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
	values := r.Header.Values(http.CanonicalHeaderKey(name))
	if len(values) == 0 {
		return "", fail(ReasonCoverage, name+" is signed but absent")
	}
	trimmed := make([]string, len(values))
	for i, v := range values {
		trimmed[i] = strings.TrimSpace(v)
	}
	return strings.Join(trimmed, ", "), nil
}
