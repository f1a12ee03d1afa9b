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

// What is asked for.
const (
	acceptFile    = "application/json, application/yaml, text/csv, application/zip, */*;q=0.5"
	acceptPicture = "image/png, image/jpeg, image/webp, image/gif, */*;q=0.1"
)

// File reads a file of any type and at most limit bytes, unsigned: it is no
// document of the fediverse. etag and modified are those of an earlier answer,
// or "". Redirects, hosts and addresses are checked as for documents. Errors:
// Forbidden, NotFound, Gone, TooLarge, Invalid, Unavailable.
func (c *Client) File(ctx context.Context, address domain.IRI, etag, modified string, limit int64) (Read, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, fileTimeout, errSlow)
	defer cancel()
	return c.file(ctx, address, fileManner{acceptFile, etag, modified, limit})
}

// Picture reads a file that is to be shown, as [Client.File] does, but within the
// time that a document may take: people look at the page. What the server says of
// its type counts for nothing: what is in it does.
func (c *Client) Picture(ctx context.Context, address domain.IRI, limit int64) ([]byte, error) {
	ctx, cancel := c.reading(ctx)
	defer cancel()
	read, err := c.file(ctx, address, fileManner{accept: acceptPicture, limit: limit})
	return read.Body, err
}

// fileManner is how a file is asked for.
type fileManner struct {
	accept, etag, modified string
	limit                  int64
}

func (c *Client) file(ctx context.Context, address domain.IRI, how fileManner) (Read, error) {
	address = address.WithoutFragment()
	for range maxRedirects + 1 {
		read, next, err := c.fileHop(ctx, address, how)
		if err != nil || next == "" {
			read.From = address
			return read, err
		}
		address = next
	}
	return Read{}, domain.Fail(domain.Invalid, "error.redirect", address.Host())
}

// fileHop asks one host, once it may be asked.
func (c *Client) fileHop(ctx context.Context, address domain.IRI, how fileManner) (read Read, next domain.IRI, err error) {
	if err := c.check(ctx, address); err != nil {
		return read, "", err
	}
	leave, err := c.breaker.enter(ctx, address.Host())
	if err != nil {
		return read, "", err
	}
	defer func() {
		slow := context.Cause(ctx) == errSlow //nolint:errorlint // the very one
		leave(domain.CodeOf(err) == domain.Unavailable && (ctx.Err() == nil || slow))
	}()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, string(address), nil)
	if err != nil {
		return read, "", domain.Fail(domain.Invalid, "error.iri").Because(err)
	}
	r.Header.Set("Accept", how.accept)
	r.Header.Set("User-Agent", c.o.UserAgent)
	if how.etag != "" {
		r.Header.Set("If-None-Match", how.etag)
	}
	if how.modified != "" {
		r.Header.Set("If-Modified-Since", how.modified)
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
	body, err := io.ReadAll(io.LimitReader(response.Body, how.limit+1))
	if err != nil {
		return read, "", unreachable(address.Host()).Because(err)
	}
	if int64(len(body)) > how.limit {
		return read, "", domain.Fail(domain.TooLarge, "error.document_size")
	}
	return Read{Body: body, ETag: response.Header.Get("ETag"), Modified: response.Header.Get("Last-Modified")}, "", nil
}

func anyType(string) bool { return true }
