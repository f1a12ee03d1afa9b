package domain

import (
	"cmp"
	"strconv"
	"time"
)

// statuses are the HTTP statuses of the codes (RFC 9110 §15, RFC 6585 §4): the
// one table of all edges. Beside it [ComeAgain] is all that is known here of HTTP.
var statuses = map[Code]int{
	OK: 200, Invalid: 422, Unauthenticated: 401, Forbidden: 403, NotFound: 404, Gone: 410,
	Conflict: 409, TooLarge: 413, TooMany: 429, Unavailable: 503, Internal: 500,
}

// Status returns the HTTP status of a code; 500 of one that is none.
func (c Code) Status() int {
	if status, ok := statuses[c]; ok {
		return status
	}
	return statuses[Internal]
}

// StatusOf returns the HTTP status of an error; 200 for nil.
func StatusOf(err error) int { return CodeOf(err).Status() }

// CodeOfStatus returns the code of an HTTP status; [Invalid] of one that is no
// code's.
func CodeOfStatus(status int) Code {
	for code, s := range statuses {
		if s == status {
			return code
		}
	}
	return Invalid
}

// ComeAgain says in the header of an answer when to try again (Retry-After, RFC
// 9110 §10.2.3), if its status is one after which that helps: [WaitOf] its error
// in whole seconds, a minute where nobody knows.
func ComeAgain(header interface{ Set(name, value string) }, status int, err error) {
	if status != TooMany.Status() && status != Unavailable.Status() {
		return
	}
	wait := cmp.Or(WaitOf(err), time.Minute)
	header.Set("Retry-After", strconv.Itoa(int((wait+time.Second-1)/time.Second)))
}
