package api

import (
	"encoding/json"
	"net/http"
	"net/url"

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
}

// FieldProblem is what is wrong with one field.
type FieldProblem struct {
	Message  string `json:"message"`
	Location string `json:"location" doc:"such as body.title"`
}

// Error implements error.
func (p *Problem) Error() string { return p.Detail }

// GetStatus implements huma.StatusError.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType implements huma.ContentTypeFilter.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

var statuses = map[domain.Code]int{
	domain.Invalid:         http.StatusUnprocessableEntity,
	domain.Unauthenticated: http.StatusUnauthorized,
	domain.Forbidden:       http.StatusForbidden,
	domain.NotFound:        http.StatusNotFound,
	domain.Gone:            http.StatusGone,
	domain.Conflict:        http.StatusConflict,
	domain.TooLarge:        http.StatusRequestEntityTooLarge,
	domain.TooMany:         http.StatusTooManyRequests,
	domain.Unavailable:     http.StatusServiceUnavailable,
}

// problem translates an error.
func (a *API) problem(lang domain.Lang, err error) *Problem {
	code := domain.CodeOf(err)
	status, ok := statuses[code]
	if !ok {
		status = http.StatusInternalServerError
		a.Log("api", "error", err)
	}
	printer := a.Translations.Printer(lang, nil)
	p := &Problem{Title: http.StatusText(status), Status: status, Code: string(code), Detail: printer.FromError(err)}
	for _, f := range domain.FieldsOf(err) {
		p.Errors = append(p.Errors, FieldProblem{Message: printer.FromError(f), Location: "body." + f.Field})
	}
	return p
}

// write answers outside an operation.
func (a *API) write(ctx huma.Context, p *Problem) {
	ctx.SetHeader("Content-Type", p.ContentType(""))
	ctx.SetStatus(p.Status)
	_ = json.NewEncoder(ctx.BodyWriter()).Encode(p)
}
