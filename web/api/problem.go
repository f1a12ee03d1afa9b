package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"interlink/domain"
)

var noURL = &url.URL{}

// Problem is a failure (RFC 9457). It never tells a cause: that is in the
// node's log.
type Problem struct {
	Title  string         `json:"title"`
	Status int            `json:"status"`
	Detail string         `json:"detail" doc:"what went wrong and what to do, in the caller's language"`
	Code   string         `json:"code" doc:"the same for programs" enum:"invalid,unauthenticated,forbidden,not_found,gone,conflict,too_large,too_many,unavailable,internal"`
	Errors []FieldProblem `json:"errors,omitempty"`

	Conflict *ItemConflict `json:"conflict,omitempty" doc:"of an item that somebody else changed meanwhile"`

	cause error // says when to try again; nil where nobody knows
}

// FieldProblem is what is wrong with one field.
type FieldProblem struct {
	Message  string `json:"message"`
	Location string `json:"location" doc:"such as body.title or query.after"`
}

// Error implements error.
func (p *Problem) Error() string { return p.Detail }

// GetStatus implements huma.StatusError.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType implements huma.ContentTypeFilter.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// GetHeaders implements huma.HeadersError: how to authenticate, when to try
// again.
func (p *Problem) GetHeaders() http.Header {
	header := http.Header{}
	if p.Status == http.StatusUnauthorized {
		header.Set("Www-Authenticate", "Bearer")
	}
	domain.ComeAgain(header, p.Status, p.cause)
	return header
}

// inRequests are the names of the domain's fields in requests that call them
// otherwise everywhere.
var inRequests = map[string]string{"handle": "actor"}

// problem translates an error; one that is translated stays.
func (a *API) problem(c *caller, err error) *Problem {
	var already *Problem
	if errors.As(err, &already) {
		return already
	}
	code := domain.CodeOf(err)
	status := code.Status()
	if domain.Ours(err) {
		a.Log("api", "error", err)
	}
	p := &Problem{Title: http.StatusText(status), Status: status, Code: string(code), Detail: c.words.FromError(err), cause: err}
	place := "body."
	if c.reads {
		place = "query."
	}
	for _, f := range domain.FieldsOf(domain.Renamed(err, inRequests)) {
		p.Errors = append(p.Errors, FieldProblem{Message: c.words.FromError(f), Location: place + f.Field})
	}
	return p
}

// write answers outside an operation.
func (a *API) write(ctx huma.Context, p *Problem) {
	for name, values := range p.GetHeaders() {
		ctx.SetHeader(name, values[0])
	}
	ctx.SetHeader("Content-Type", p.ContentType(""))
	ctx.SetStatus(p.Status)
	_ = json.NewEncoder(ctx.BodyWriter()).Encode(p)
}

// Huma refuses by itself what does not fit the description of an operation:
// as a problem of ours too, with a code and in the caller's language.
func init() {
	huma.ValidateStrictCasing = true // encoding/json would take "TITLE" for "title"
	huma.NewErrorWithContext = func(ctx huma.Context, status int, message string, errs ...error) huma.StatusError {
		return refused(callerOf(ctx.Context()), status, message, errs)
	}
	huma.NewError = func(status int, message string, errs ...error) huma.StatusError {
		return refused(callerOf(context.Background()), status, message, errs)
	}
}

// maxFaults is how many faults of one body are told.
const maxFaults = 50

// refused makes the problem of a request; message alone says what is wrong with
// one whose body as a whole is at fault.
func refused(c *caller, status int, message string, errs []error) *Problem {
	if status == http.StatusInternalServerError {
		status = http.StatusBadRequest // a body that breaks off: ours are made by [API.problem]
	}
	code := domain.CodeOfStatus(status)
	p := &Problem{Title: http.StatusText(status), Status: status, Code: string(code), Detail: c.words.T("error." + string(code))}
	for _, err := range errs[:min(len(errs), maxFaults)] {
		f := FieldProblem{Message: err.Error()}
		var detailed huma.ErrorDetailer
		if errors.As(err, &detailed) { // without the value: it may be secret, and is long
			d := detailed.ErrorDetail()
			f = FieldProblem{Message: d.Message, Location: d.Location}
		}
		p.Errors = append(p.Errors, f)
	}
	if len(errs) == 0 && code == domain.Invalid {
		p.Errors = []FieldProblem{{Message: message, Location: "body"}}
	}
	return p
}

// otherwise answers for addresses that are no operation, and for methods that
// an address does not have.
func (a *API) otherwise() {
	methods := []string{
		http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions,
	}
	for _, method := range methods {
		a.huma.Adapter().Handle(&huma.Operation{Method: method, Path: Path + "/{rest:.*}"}, func(ctx huma.Context) {
			u := ctx.URL()
			p := a.problem(&caller{words: a.words(ctx)}, domain.Fail(domain.NotFound, "error.not_found"))
			if allowed := a.methods(u.Path); len(allowed) > 0 {
				ctx.SetHeader("Allow", strings.Join(allowed, ", "))
				p.Status, p.Title = http.StatusMethodNotAllowed, http.StatusText(http.StatusMethodNotAllowed)
			}
			a.write(ctx, p)
		})
	}
}

// methods lists what may be done at an address, sorted; none if it is no
// operation's.
func (a *API) methods(path string) []string {
	var found []string
	parts := strings.Split(path, "/")
	for pattern, item := range a.huma.OpenAPI().Paths {
		if !slices.EqualFunc(strings.Split(pattern, "/"), parts, func(p, s string) bool { return p == s || strings.HasPrefix(p, "{") && s != "" }) {
			continue
		}
		for method, o := range map[string]*huma.Operation{
			http.MethodGet: item.Get, http.MethodPost: item.Post, http.MethodPut: item.Put, http.MethodPatch: item.Patch, http.MethodDelete: item.Delete,
		} {
			if o != nil {
				found = append(found, method)
			}
		}
	}
	slices.Sort(found)
	return found
}
