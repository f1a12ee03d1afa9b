package domain

import "strconv"

// Page asks for a part of a list by cursor, never by offset.
type Page struct {
	After string // opaque cursor of an earlier answer; "" for the first page
	Back  bool   // the page before the cursor instead; with "" the last page
	Limit int    // how many; 0 means 20, at most 100
}

// The sizes of a page.
const (
	DefaultPage = 20
	MaxPage     = 100
)

// MaxCursor bounds the length of a cursor in bytes.
const MaxCursor = 4096

// Size returns the limit within its bounds.
func (p Page) Size() int {
	if p.Limit <= 0 {
		return DefaultPage
	}
	return min(p.Limit, MaxPage)
}

// AfterSerial reads the cursor of a list that is ordered by serial; 0 for the
// first page. Errors: Invalid for a cursor that this list did not give.
func (p Page) AfterSerial() (Serial, error) {
	if p.After == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(p.After, 10, 64)
	if err != nil || n <= 0 {
		return 0, InvalidField("after", "error.cursor").Because(err)
	}
	return Serial(n), nil
}

// AfterID is the same for a list that is ordered by id, newest first: "" for the
// first page.
func (p Page) AfterID() (ID, error) {
	if p.After == "" {
		return "", nil
	}
	id, err := ParseID(p.After)
	if err != nil {
		return "", InvalidField("after", "error.cursor").Because(err)
	}
	return id, nil
}

// Cursor writes a serial as a cursor.
func (s Serial) Cursor() string { return strconv.FormatInt(int64(s), 10) }

// List is one page of a list.
type List[T any] struct {
	Items []T
	Next  string // cursor of the next page; "" if this is the last
	Prev  string // cursor of the page before, for [Page.Back]; "" if this is the first, or if the list is not read backwards
	Total int    // how many there are in all; -1 if not counted
}
