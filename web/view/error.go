package view

import (
	"net/http"

	"interlink/domain"
)

// statuses are the HTTP statuses of the domain's codes.
var statuses = map[domain.Code]int{
	domain.OK:              http.StatusOK,
	domain.Invalid:         http.StatusUnprocessableEntity,
	domain.Unauthenticated: http.StatusUnauthorized,
	domain.Forbidden:       http.StatusForbidden,
	domain.NotFound:        http.StatusNotFound,
	domain.Gone:            http.StatusGone,
	domain.Conflict:        http.StatusConflict,
	domain.TooLarge:        http.StatusRequestEntityTooLarge,
	domain.TooMany:         http.StatusTooManyRequests,
	domain.Unavailable:     http.StatusServiceUnavailable,
	domain.Internal:        http.StatusInternalServerError,
}

// StatusOf returns the HTTP status of an error's code; 200 for nil.
func StatusOf(err error) int {
	if status, ok := statuses[domain.CodeOf(err)]; ok {
		return status
	}
	return http.StatusInternalServerError
}

// ErrorOf makes the page of an error, to be rendered with its Status. The
// request's id is shown for faults of ours only.
func ErrorOf(f Frame, err error, request string) ErrorPage {
	return ErrorPage{Frame: f, Status: StatusOf(err), Code: domain.CodeOf(err), Err: err, Request: request}
}

// kind names the sentences of the page: those of the code where it has its
// own, else those of a refused request.
func (x ErrorPage) kind() string {
	switch x.Code {
	case domain.NotFound, domain.Gone, domain.Forbidden, domain.Unauthenticated, domain.Conflict, domain.TooMany, domain.Unavailable, domain.Internal:
		return string(x.Code)
	}
	return "refused"
}

// Kind is [ErrorPage.kind], for the template.
func (x ErrorPage) Kind() string { return x.kind() }
