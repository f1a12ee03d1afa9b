package view

import "interlink/domain"

// ErrorOf makes the page of an error, to be rendered with its Status. The
// request's id is shown for faults of ours only.
func ErrorOf(f Frame, err error, request string) ErrorPage {
	return ErrorPage{Frame: f, Status: domain.StatusOf(err), Code: domain.CodeOf(err), Err: err, Request: request}
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
