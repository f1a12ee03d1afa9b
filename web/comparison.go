package web

import (
	"strconv"

	"interlink/domain"
)

// compared are the numbers of the versions that are compared, the older first.
// Which is not named is the present one, or the one before the other, so that
// each can be compared, on whatever page of the history it stands. numbers lists
// the numbers of a page, newest first.
func (q *request) compared(present int, numbers func(domain.Page) ([]int, error)) (before, after int, err error) {
	number := func(name string, otherwise int) int {
		typed := q.URL.Query().Get(name)
		n, err := strconv.Atoi(typed)
		switch {
		case typed == "":
			return otherwise
		case err != nil:
			return 0
		}
		return n
	}
	after = number("new", present)
	if before = number("old", -1); before < 0 && after > 0 {
		earlier, err := numbers(domain.Page{Limit: 1, After: domain.Serial(after).Cursor()})
		if err != nil {
			return 0, 0, err
		}
		if len(earlier) > 0 {
			before = earlier[0]
		}
	}
	if before < 1 || after < 1 {
		return 0, 0, domain.Fail(domain.NotFound, "error.not_found")
	}
	return min(before, after), max(before, after), nil
}
