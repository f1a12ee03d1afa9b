package domain

// statuses are the HTTP statuses of the codes (RFC 9110 §15, RFC 6585 §4): the
// one table of all edges. Nothing else of HTTP is known here.
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
