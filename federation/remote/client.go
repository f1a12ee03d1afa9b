package remote

import (
	"bytes"
	"cmp"
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/federation/httpsig"
)

// The bounds of a request.
const (
	maxBody      = 1 << 20 // 1 MiB, after decompression
	maxRedirects = 3
)

const (
	streams = "https://www.w3.org/ns/activitystreams"
	accept  = `application/activity+json, application/ld+json; profile="` + streams + `"`
)

// Options of a [Client].
type Options struct {
	UserAgent     string         // names the program and the node
	AllowPrivate  bool           // loopback mode: loopback addresses, any port, plain http
	ExtraCA       []byte         // PEM certificates trusted beside the system's
	Roots         *x509.CertPool // set by NewClient
	Resolver      *net.Resolver  // nil means the system's
	Timeout       time.Duration  // of a whole delivery; 0 means 30 s
	ReadTimeout   time.Duration  // of reading a document, with all requests for it; 0 means 10 s, or Timeout if that is less
	HeaderTimeout time.Duration  // until the answer begins; 0 means 10 s
	Now           func() time.Time
	// Allow refuses hosts that must not be asked, nor sent anything, with
	// Forbidden; nil allows all.
	Allow func(ctx context.Context, host string) error
	// Signer gives the keys that GETs are signed with: the node's.
	Signer func(ctx context.Context) (*httpsig.Keys, error)
	// Schemes remembers how requests to a host must be signed; nil for none.
	Schemes Schemes
}

// Schemes remembers how requests to hosts must be signed.
type Schemes interface {
	// Scheme returns what is known of a host, "" for nothing.
	Scheme(ctx context.Context, host string) httpsig.Scheme
	// Learned notes what a host took after it had refused another.
	Learned(ctx context.Context, host string, scheme httpsig.Scheme)
}

// Client reads and posts. It is safe for concurrent use.
type Client struct {
	o       Options
	reader  *http.Client
	poster  *http.Client
	asked   challenges
	breaker *breaker
}

// NewClient makes a client. Errors: Invalid for certificates that are none.
func NewClient(o Options) (*Client, error) {
	if o.Timeout == 0 {
		o.Timeout = 30 * time.Second
	}
	if o.ReadTimeout == 0 {
		o.ReadTimeout = min(10*time.Second, o.Timeout)
	}
	if o.HeaderTimeout == 0 {
		o.HeaderTimeout = 10 * time.Second
	}
	var err error
	if o.Roots, err = systemRoots(o.ExtraCA); err != nil {
		return nil, err
	}
	stop := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Client{
		o:       o,
		reader:  &http.Client{Transport: transport(o, perSite), CheckRedirect: stop}, // reading says when to end
		poster:  &http.Client{Transport: transport(o, 16), Timeout: o.Timeout, CheckRedirect: stop},
		breaker: newBreaker(o.Now),
	}, nil
}

// Close ends idle connections.
func (c *Client) Close() {
	c.reader.CloseIdleConnections()
	c.poster.CloseIdleConnections()
}

// Object reads the document whose id is the IRI; a fragment is cut off. If
// the document at the address has another id of the same origin, that one is
// read instead, once, and must then be its own (FEP-fe34). Whatever redirects
// say, only a document's own origin vouches for its id. Errors: Forbidden for
// an address that must not be asked, NotFound, Gone, Invalid for another
// type, size or id, Unavailable.
func (c *Client) Object(ctx context.Context, iri domain.IRI) ([]byte, error) {
	return c.Large(ctx, iri, maxBody)
}

// Large does so for a document of which it is known that it may be larger, of at
// most so many bytes.
func (c *Client) Large(ctx context.Context, iri domain.IRI, most int) ([]byte, error) {
	ctx, cancel := c.reading(ctx)
	defer cancel()
	iri = iri.WithoutFragment()
	body, id, err := c.document(ctx, iri, manner{most: most})
	if err != nil || id == iri {
		return body, err
	}
	if !domain.SameOrigin(id, iri) {
		return nil, domain.Fail(domain.Invalid, "error.id_elsewhere", string(iri))
	}
	body, again, err := c.document(ctx, id, manner{most: most})
	if err != nil {
		return nil, err
	}
	if again != id {
		return nil, domain.Fail(domain.Invalid, "error.id_elsewhere", string(iri))
	}
	return body, nil
}

// reading bounds all requests for one document together.
func (c *Client) reading(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, c.o.ReadTimeout, errSlow)
}

// idOf reads the member "id", of exactly this name: who reads the document
// later knows no other.
func idOf(body []byte) domain.IRI {
	var d map[string]short
	var id string
	if json.Unmarshal(body, &d) != nil || json.Unmarshal(d["id"], &id) != nil {
		return ""
	}
	iri, err := domain.ParseIRI(id)
	if err != nil {
		return ""
	}
	return iri.WithoutFragment()
}

// short is a value of a document that is kept if it may be an address: the others
// are large at times.
type short []byte

// UnmarshalJSON implements json.Unmarshaler.
func (s *short) UnmarshalJSON(raw []byte) error {
	if len(raw) <= 8<<10 {
		*s = append(short(nil), raw...)
	}
	return nil
}

// document reads an ActivityPub document and its id, "" if it has none that
// the origin it came from may give: signed as its host is known to take it,
// at first in the draft's way; if that is refused, once in the way the host asks
// for, or else in the other, which is remembered if it was taken. how says what is
// known of it already, and how much is read.
func (c *Client) document(ctx context.Context, iri domain.IRI, how manner) (body []byte, id domain.IRI, err error) {
	how.scheme = httpsig.Cavage
	if c.o.Schemes != nil {
		if known := c.o.Schemes.Scheme(ctx, iri.Host()); known != "" {
			how.scheme = known
		}
	}
	body, from, err := c.get(ctx, iri, accept, activityStreams, how)
	if domain.CodeOf(err) == domain.Unauthenticated {
		other := how.scheme.Other()
		if asked := c.asked.scheme(http.MethodGet, iri.Host()); asked != "" {
			other = asked
		}
		how.scheme = other
		body, from, err = c.get(ctx, iri, accept, activityStreams, how)
		if err == nil && c.o.Schemes != nil && from.Host() == iri.Host() {
			c.o.Schemes.Learned(ctx, iri.Host(), other)
		}
	}
	if domain.CodeOf(err) == domain.Unauthenticated {
		err = domain.Fail(domain.Forbidden, "error.refused", iri.Host()).Because(err)
	}
	if err != nil {
		return nil, "", err
	}
	if id = idOf(body); !domain.SameOrigin(id, from) {
		id = ""
	}
	return body, id, nil
}

// activityStreams accepts the types of ActivityPub §3.2; plain JSON may be
// anybody's upload.
func activityStreams(contentType string) bool {
	t, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return false
	}
	return t == "application/activity+json" ||
		t == "application/ld+json" && slices.Contains(strings.Fields(params["profile"]), streams)
}

// get follows at most three redirects, checks and signs each request, and
// tells where the answer came from.
func (c *Client) get(ctx context.Context, iri domain.IRI, accept string, wanted func(string) bool, how manner) (body []byte, from domain.IRI, err error) {
	for range maxRedirects + 1 {
		body, next, err := c.hop(ctx, iri, accept, wanted, how)
		if err != nil || next == "" {
			return body, iri, err
		}
		iri = next
	}
	return nil, "", domain.Fail(domain.Invalid, "error.redirect", iri.Host())
}

// hop asks one host, once it may be asked: for a body, or where to ask next.
func (c *Client) hop(ctx context.Context, iri domain.IRI, accept string, wanted func(string) bool, how manner) (body []byte, next domain.IRI, err error) {
	if err := c.check(ctx, iri); err != nil {
		return nil, "", err
	}
	leave, err := c.breaker.enter(ctx, iri.Host())
	if err != nil {
		return nil, "", err
	}
	answered := false
	defer func() {
		// That who asks went away, or may not ask there, says nothing of the host.
		failed := !answered && domain.CodeOf(err) == domain.Unavailable
		leave(failed && (ctx.Err() == nil || context.Cause(ctx) == errSlow)) //nolint:errorlint // the very one
	}()
	response, err := c.getOnce(ctx, iri, accept, how)
	if err != nil {
		return nil, "", err
	}
	defer response.Body.Close()
	if location := response.Header.Get("Location"); response.StatusCode >= 300 && response.StatusCode < 400 && location != "" {
		answered = true
		to, err := response.Request.URL.Parse(location)
		if err != nil || to.Scheme != "https" && response.Request.URL.Scheme == "https" {
			return nil, "", domain.Fail(domain.Invalid, "error.redirect", iri.Host())
		}
		return nil, domain.IRI(to.String()), nil
	}
	if how.unchanged(response) {
		answered = true
		return nil, "", errUnchanged
	}
	if err := judge(response, iri.Host(), wanted); err != nil {
		answered = true
		return nil, "", err
	}
	body, err = readBody(response, iri.Host(), cmp.Or(how.most, maxBody))
	if answered = err == nil; answered {
		how.learn(response)
	}
	return body, "", err
}

func (c *Client) getOnce(ctx context.Context, iri domain.IRI, accept string, how manner) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, string(iri), nil)
	if err != nil {
		return nil, domain.Fail(domain.Invalid, "error.iri").Because(err)
	}
	r.Header.Set("Accept", accept)
	r.Header.Set("User-Agent", c.o.UserAgent)
	how.ask(r)
	if scheme := how.scheme; c.o.Signer != nil && scheme != "" {
		keys, err := c.o.Signer(ctx)
		if err != nil {
			return nil, err
		}
		if err := c.asked.sign(r, keys.For(scheme), scheme, nil, c.o.Now()); err != nil {
			return nil, err
		}
	}
	response, err := c.reader.Do(r)
	if err != nil {
		return nil, failure(err, iri.Host())
	}
	c.asked.learn(response)
	return response, nil
}

// failure gives a broken request its code: Forbidden from the guard keeps it,
// all else is Unavailable.
func failure(err error, host string) error {
	var coded *domain.Error
	if errors.As(err, &coded) {
		return coded
	}
	return unreachable(host).Because(err)
}

// judge refuses an answer whose status or type is not what is wanted.
func judge(response *http.Response, host string, wanted func(string) bool) error {
	switch s := response.StatusCode; {
	case s == http.StatusUnauthorized || s == http.StatusForbidden:
		return domain.Fail(domain.Unauthenticated, "error.refused", host)
	case s == http.StatusNotFound:
		return unknownThere(host)
	case s == http.StatusGone:
		return domain.Fail(domain.Gone, "error.gone")
	case s == http.StatusRequestTimeout || s == http.StatusTooEarly || s == http.StatusTooManyRequests || s >= 500:
		return unreachable(host).Because(&Later{Status: s, header: response.Header.Get("Retry-After")})
	case s != http.StatusOK:
		return domain.Fail(domain.Invalid, "error.refused", host).Because(fmt.Errorf("status %d", s))
	}
	if !wanted(response.Header.Get("Content-Type")) {
		return domain.Fail(domain.Invalid, "error.content_type", host)
	}
	return nil
}

// Later is the cause of an error with which a server asks to come back.
type Later struct {
	Status int
	header string
}

// Error implements error.
func (l *Later) Error() string { return fmt.Sprintf("status %d", l.Status) }

// Wait is how long the server of a failed request asks to wait, at most a
// week; 0 if it does not say (RFC 9110 §10.2.3).
func Wait(err error, now time.Time) time.Duration {
	var later *Later
	if errors.As(err, &later) {
		return retryAfter(later.header, now)
	}
	return 0
}

func readBody(response *http.Response, host string, most int) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(response.Body, int64(most)+1))
	if err != nil {
		return nil, unreachable(host).Because(err)
	}
	if len(body) > most {
		return nil, domain.Fail(domain.TooLarge, "error.document_size")
	}
	return body, nil
}

// Response is a server's answer to a delivery.
type Response struct {
	Status     int
	RetryAfter time.Duration  // 0 if not said
	Excerpt    string         // of the body, at most 300 bytes
	Asks       httpsig.Scheme // of the signature that it asks for (RFC 9421 §5); "" if it asks for none
}

// Message is an activity as it is posted.
type Message struct {
	Inbox     domain.IRI
	Body      []byte
	Digest    httpsig.Digest // of the body
	Followers string         // Collection-Synchronization (FEP-8fcf); "" for none
}

// Post sends a signed activity to an inbox. Redirects are not followed: they
// are failures. Errors: Forbidden for an address that must not be asked,
// Unavailable without an answer.
func (c *Client) Post(ctx context.Context, m Message, key *httpsig.Key, scheme httpsig.Scheme) (Response, error) {
	if err := c.check(ctx, m.Inbox); err != nil {
		return Response{}, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, string(m.Inbox), bytes.NewReader(m.Body))
	if err != nil {
		return Response{}, domain.Fail(domain.Invalid, "error.iri").Because(err)
	}
	r.Header.Set("Content-Type", "application/activity+json")
	r.Header.Set("User-Agent", c.o.UserAgent)
	if m.Followers != "" {
		r.Header.Set(httpsig.Followers, m.Followers)
	}
	if err := c.asked.sign(r, key, scheme, &m.Digest, c.o.Now()); err != nil {
		return Response{}, err
	}
	response, err := c.poster.Do(r)
	if err != nil {
		return Response{}, failure(err, m.Inbox.Host())
	}
	defer response.Body.Close()
	excerpt, _ := io.ReadAll(io.LimitReader(response.Body, 300))
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, 64<<10)) // so that the connection is used again
	return Response{
		Asks: c.asked.learn(response), Status: response.StatusCode, Excerpt: strings.ToValidUTF8(string(excerpt), "?"),
		RetryAfter: retryAfter(response.Header.Get("Retry-After"), c.o.Now()),
	}, nil
}

// retryAfter reads seconds or a date (RFC 9110 §10.2.3).
func retryAfter(header string, now time.Time) time.Duration {
	if seconds, err := strconv.Atoi(header); err == nil && seconds > 0 {
		return time.Duration(min(seconds, 7*24*3600)) * time.Second
	}
	if at, err := http.ParseTime(header); err == nil && at.After(now) {
		return min(at.Sub(now), 7*24*time.Hour)
	}
	return 0
}

// unreachable and unknownThere are the errors of a host that does not answer, and
// of one that does not know what it was asked for.
func unreachable(host string) *domain.Error {
	return domain.Fail(domain.Unavailable, "error.unreachable", network.ShownHost(host))
}

func unknownThere(host string) *domain.Error {
	return domain.Fail(domain.NotFound, "error.not_found_there", network.ShownHost(host))
}
