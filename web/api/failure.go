package api

import (
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"interlink/domain"
)

// refusals are what an operation can answer instead of what was asked for: that
// of each code of the domain, and what huma says of a request that is none.
var (
	refusals = []int{
		http.StatusBadRequest, domain.Unauthenticated.Status(), domain.Forbidden.Status(), domain.NotFound.Status(), domain.Gone.Status(),
		domain.Invalid.Status(), domain.TooMany.Status(), domain.Internal.Status(), domain.Unavailable.Status(),
	}
	refusalsOfChanges = []int{http.StatusRequestTimeout, domain.Conflict.Status(), domain.TooLarge.Status(), http.StatusUnsupportedMediaType}
)

// failures are the responses of an operation that fails, by status.
func failures(method string) map[string]*huma.Response {
	statuses := refusals
	if method != http.MethodGet {
		statuses = append(statuses[:len(statuses):len(statuses)], refusalsOfChanges...)
	}
	out := map[string]*huma.Response{}
	for _, status := range statuses {
		name := strconv.Itoa(status)
		out[name] = &huma.Response{Ref: "#/components/responses/" + name}
	}
	return out
}

// failed describes each failure once, for all operations.
func failed() map[string]*huma.Response {
	out := failures("")
	for name := range out {
		status, _ := strconv.Atoi(name)
		problem := &Problem{Status: status}
		r := &huma.Response{
			Description: http.StatusText(status),
			Content:     map[string]*huma.MediaType{problem.ContentType(""): {Schema: &huma.Schema{Ref: "#/components/schemas/Problem"}}},
		}
		for header := range problem.GetHeaders() {
			r.Headers = map[string]*huma.Param{header: {Schema: &huma.Schema{Type: huma.TypeString}, Description: described[header]}}
		}
		out[name] = r
	}
	return out
}

// described are the headers of failures.
var described = map[string]string{
	"Retry-After":      "after how many seconds to try again",
	"Www-Authenticate": "how to say who asks",
}
