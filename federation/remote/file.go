package remote

import (
	"context"
	"io"
	"net/http"
	"time"

	"interlink/domain"
)

// Read is a file as a server gave it.
type Read struct {
	From      domain.IRI // after redirects
	Body      []byte
	ETag      string
	Modified  string // Last-Modified
	Unchanged bool   // it is what etag and modified are of: there is no body
}

// fileTimeout is how long a file may take, with all requests for it.
const fileTimeout = time.Minute

// File reads a file of any type and at most limit bytes, unsigned: it is no
// document of the fediverse. etag and modified are those of an earlier answer,
// or "". Redirects, hosts and addresses are checked as for documents. Errors:
// Forbidden, NotFound, Gone, TooLarge, Invalid, Unavailable.
func (c *Client) File(ctx context.Context, address domain.IRI, etag, modified string, limit int64) (Read, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, fileTimeout, errSlow)
	defer cancel()
	address = address.WithoutFragment()
	for range maxRedirects + 1 {
		read, next, err := c.fileHop(ctx, address, etag, modified, limit)
		if err != nil || next == "" {
			read.From = address
			return read, err
		}
		address = next
	}
	return Read{}, domain.Fail(domain.Invalid, "error.redirect", address.Host())
}

// fileHop asks one host, once it may be asked.
func (c *Client) fileHop(ctx context.Context, address domain.IRI, etag, modified string, limit int64) (read Read, next domain.IRI, err error) {
	if err := c.check(ctx, address); err != nil {
		return read, "", err
	}
	leave, err := c.breaker.enter(ctx, address.Host())
	if err != nil {
		return read, "", err
	}
	defer func() { leave(domain.CodeOf(err) == domain.Unavailable && ctx.Err() == nil) }()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, string(address), nil)
	if err != nil {
		return read, "", domain.Fail(domain.Invalid, "error.iri").Because(err)
	}
	r.Header.Set("Accept", "application/json, application/yaml, text/csv, application/zip, */*;q=0.5")
	r.Header.Set("User-Agent", c.o.UserAgent)
	if etag != "" {
		r.Header.Set("If-None-Match", etag)
	}
	if modified != "" {
		r.Header.Set("If-Modified-Since", modified)
	}
	response, err := c.reader.Do(r)
	if err != nil {
		return read, "", failure(err, address.Host())
	}
	defer response.Body.Close()
	if location := response.Header.Get("Location"); response.StatusCode >= 300 && response.StatusCode < 400 && location != "" {
		to, err := response.Request.URL.Parse(location)
		if err != nil || to.Scheme != "https" && response.Request.URL.Scheme == "https" {
			return read, "", domain.Fail(domain.Invalid, "error.redirect", address.Host())
		}
		return read, domain.IRI(to.String()), nil
	}
	if response.StatusCode == http.StatusNotModified {
		return Read{Unchanged: true}, "", nil
	}
	if err := judge(response, address.Host(), anyType); err != nil {
		if domain.CodeOf(err) == domain.Unauthenticated { // nothing is asked again with a signature
			err = domain.Fail(domain.Forbidden, "error.refused", address.Host())
		}
		return read, "", err
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, limit+1))
	if err != nil {
		return read, "", unreachable(address.Host()).Because(err)
	}
	if int64(len(body)) > limit {
		return read, "", domain.Fail(domain.TooLarge, "error.document_size")
	}
	return Read{Body: body, ETag: response.Header.Get("ETag"), Modified: response.Header.Get("Last-Modified")}, "", nil
}

func anyType(string) bool { return true }
