package remote

import (
	"bytes"
	"context"
	"io"
	"mime"
	"net/http"
	"time"

	"interlink/domain"
)

// Call is a request to a server that is none of the fediverse.
type Call struct {
	Method string
	URL    domain.IRI
	Header http.Header // beside User-Agent
	Body   []byte      // nil for none
	Limit  int64       // bytes of the answer that are read
	Cut    bool        // a longer answer is cut, instead of refused
}

// Called is the answer to it.
type Called struct {
	Status int
	Header http.Header
	Body   []byte
}

// callTimeout is how long a call may take.
const callTimeout = 20 * time.Second

// Call makes a request that nobody signs, and returns the answer whatever its
// status: redirects are not followed. Hosts and addresses are checked as for
// documents. Errors: Forbidden for an address that must not be asked, TooLarge,
// Unavailable without an answer.
func (c *Client) Call(ctx context.Context, call Call) (answer Called, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, callTimeout, errSlow)
	defer cancel()
	if err := c.check(ctx, call.URL); err != nil {
		return answer, err
	}
	leave, err := c.breaker.enter(ctx, call.URL.Host())
	if err != nil {
		return answer, err
	}
	defer func() { leave(domain.CodeOf(err) == domain.Unavailable && ctx.Err() == nil) }()
	r, err := http.NewRequestWithContext(ctx, call.Method, string(call.URL), bodyOf(call.Body))
	if err != nil {
		return answer, domain.Fail(domain.Invalid, "error.iri").Because(err)
	}
	for name, values := range call.Header {
		r.Header[name] = values
	}
	r.Header.Set("User-Agent", c.o.UserAgent)
	response, err := c.reader.Do(r)
	if err != nil {
		return answer, failure(err, call.URL.Host())
	}
	defer response.Body.Close()
	answer = Called{Status: response.StatusCode, Header: response.Header}
	answer.Body, err = io.ReadAll(io.LimitReader(response.Body, call.Limit+1))
	if err != nil {
		return answer, unreachable(call.URL.Host()).Because(err)
	}
	if int64(len(answer.Body)) > call.Limit {
		if !call.Cut {
			return answer, domain.Fail(domain.TooLarge, "error.document_size")
		}
		answer.Body = answer.Body[:call.Limit]
	}
	return answer, nil
}

// FileName is what the server calls a file that it sends to be kept (RFC
// 6266); "" if it does not say.
func (c Called) FileName() string {
	_, params, err := mime.ParseMediaType(c.Header.Get("Content-Disposition"))
	if err != nil {
		return ""
	}
	return params["filename"]
}

// MediaType is the type of what the server sent, without parameters.
func (c Called) MediaType() string {
	kind, _, err := mime.ParseMediaType(c.Header.Get("Content-Type"))
	if err != nil {
		return "application/octet-stream"
	}
	return kind
}

// bodyOf reads a body; no body is none.
func bodyOf(body []byte) io.Reader {
	if body == nil {
		return nil
	}
	return bytes.NewReader(body)
}
