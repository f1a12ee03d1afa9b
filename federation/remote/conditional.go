package remote

import (
	"context"
	"errors"
	"net/http"

	"interlink/domain"
	"interlink/federation/httpsig"
)

// manner is how a document is asked for.
type manner struct {
	scheme httpsig.Scheme // of the signature; "" for none
	known  *known         // what is had of it already; nil for nothing
	most   int            // bytes that are read; 0 is maxBody
}

// known is a document that is had already, by its entity tag (RFC 9110 §8.8.3).
type known struct{ tag string }

// maxTag is the longest entity tag that is kept, in bytes.
const maxTag = 200

// errUnchanged says that a document is as it is known.
var errUnchanged = errors.New("remote: the document has not changed")

// ask asks for a document only if it is another than the one that is known (RFC
// 9110 §13.1.2).
func (m manner) ask(r *http.Request) {
	if m.known != nil && m.known.tag != "" {
		r.Header.Set("If-None-Match", m.known.tag)
	}
}

// unchanged reports whether the answer is that it is not.
func (m manner) unchanged(response *http.Response) bool {
	return response.StatusCode == http.StatusNotModified && m.known != nil && m.known.tag != ""
}

// learn notes the tag of what is sent.
func (m manner) learn(response *http.Response) {
	if m.known == nil {
		return
	}
	if m.known.tag = response.Header.Get("ETag"); len(m.known.tag) > maxTag {
		m.known.tag = ""
	}
}

// Changed reads the document whose id is the IRI unless it is still the one
// that has an entity tag: then body is nil. It returns the tag of what is there
// now, "" if it has none. Errors: those of [Client.Object].
func (c *Client) Changed(ctx context.Context, iri domain.IRI, tag string) (body []byte, now string, err error) {
	ctx, cancel := c.reading(ctx)
	defer cancel()
	had := &known{tag}
	body, id, err := c.document(ctx, iri, manner{known: had})
	if errors.Is(err, errUnchanged) {
		return nil, tag, nil
	}
	if err == nil && id != iri {
		err = domain.Fail(domain.Invalid, "error.id_elsewhere", string(iri))
	}
	return body, had.tag, err
}
