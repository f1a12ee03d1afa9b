package portable

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"slices"
	"strings"

	"interlink/domain"
)

// The bounds of a document, beside those of what stands in it.
const (
	maxValue  = 16 << 20 // bytes of an item, a resource, or another value
	maxFields = 200      // of a document
)

// The lists of a document that are read value by value. They may stand in any
// order, and among the other members, but each once: two readers of one that is
// there twice would read two things.
const (
	listKnown     = "known"
	listItems     = "items"
	listResources = "resources"
	listHistory   = "history"
	listClones    = "clones"
	listReleases  = "releases"
)

// opener opens a document at a place.
type opener func(from int64) (io.ReadCloser, error)

// scanner reads JSON value by value: no more of it is in memory than the longest
// of them.
type scanner struct {
	*json.Decoder
	metered
	begun int64 // where the list begins that was read last; none if negative
}

// metered is a reader that gives no more than is left.
type metered struct {
	io.Reader
	left int64
}

func (m *metered) Read(p []byte) (int, error) {
	if m.left <= 0 {
		return 0, tooLarge()
	}
	n, err := m.Reader.Read(p[:min(int64(len(p)), m.left)])
	m.left -= int64(n)
	return n, err
}

func newScanner(from io.Reader) *scanner {
	s := &scanner{metered: metered{Reader: from}}
	s.Decoder = json.NewDecoder(&s.metered)
	return s
}

// value reads the next value.
func (s *scanner) value(into any) error {
	s.left = maxValue
	return s.Decode(into)
}

// delimiter reads the next token, which must be one; null in its place is none.
func (s *scanner) delimiter(d json.Delim) (there bool, err error) {
	s.left = maxValue
	switch t, err := s.Token(); {
	case err != nil:
		return false, err
	case t == nil:
		return false, nil
	case t != d:
		return false, errors.New("it is something else")
	}
	return true, nil
}

// name reads the name of the next member.
func (s *scanner) name() (string, error) {
	s.left = maxValue
	t, err := s.Token()
	if err != nil {
		return "", err
	}
	name, _ := t.(string)
	return name, nil
}

// end sees that nothing follows.
func (s *scanner) end() error {
	s.left = maxDocument
	if _, err := s.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows it")
	}
	return nil
}

// list reads a list or an object value by value, and does something with each and
// its number, from 0.
func (s *scanner) list(name string, begin, end json.Delim, do func(n int) error) error {
	there, err := s.delimiter(begin)
	if err != nil || !there {
		return placed(err, name)
	}
	s.begun = s.InputOffset() - 1
	for n := 0; s.More(); n++ {
		if err := do(n); err != nil {
			return placed(err, place(name, n))
		}
	}
	_, err = s.delimiter(end)
	return placed(err, name)
}

// place names a value of a list.
func place(list string, n int) string { return list + "[" + itoa(n) + "]" }

// values reads the values of a list.
func values[T any](s *scanner, name string, do func(n int, one T) error) error {
	return s.list(name, '[', ']', func(n int) error {
		var one T
		if err := s.value(&one); err != nil {
			return err
		}
		return do(n, one)
	})
}

// knowns reads the members of what is known.
func knowns(s *scanner, name string, do func(n int, one Known) error) error {
	return s.list(name, '{', '}', func(n int) (err error) {
		var one Known
		if one.ID, err = s.name(); err == nil {
			err = s.value(&one.Base)
		}
		if err != nil {
			return err
		}
		return do(n, one)
	})
}

// scan goes through a document of an archive with such a head, and judges it: what
// it says of the process is in memory then, and how its items stand, but not what
// they say. Errors: Invalid with the place, TooLarge.
func scan(h Head, open opener) (*Document, error) {
	content, err := open(0)
	if err != nil {
		return nil, err
	}
	defer func() { _ = content.Close() }()
	j := newJudge(h)
	s := newScanner(content)
	at := map[string]int64{}
	lists := j.lists()
	err = object(s, func(name string) error {
		for list, read := range lists {
			if strings.EqualFold(name, list) {
				s.begun = -1
				err := read(s)
				at[list] = s.begun
				return err
			}
		}
		return j.member(s, name)
	})
	if err == nil {
		err = s.end()
	}
	if err = placed(err, processName); err != nil {
		return nil, err
	}
	d, err := j.document()
	if err != nil {
		return nil, err
	}
	d.lists = listsOf(open, at)
	return d, nil
}

// listsOf are the lists of a document that was scanned.
func listsOf(open opener, at map[string]int64) lists {
	return lists{
		known: listAt(open, at, listKnown, knowns), items: settledItems(listAt(open, at, listItems, values[Item])),
		resources: listAt(open, at, listResources, values[Resource]),
	}
}

// object reads an object: read reads the value of each member.
func object(s *scanner, read func(name string) error) error {
	there, err := s.delimiter('{')
	if err != nil || !there {
		return placed(err, processName)
	}
	var names []string
	for s.More() {
		name, err := s.name()
		if err != nil {
			return err
		}
		same := func(n string) bool { return strings.EqualFold(n, name) } // as encoding/json takes them for one
		if len(names) == maxFields || slices.ContainsFunc(names, same) {
			return broken(shown(name))
		}
		names = append(names, name)
		if err := read(name); err != nil {
			return placed(err, shown(name))
		}
	}
	_, err = s.delimiter('}')
	return err
}

// listAt goes through a list of a document that was scanned, from where it stands.
func listAt[T any](open opener, at map[string]int64, name string, read func(*scanner, string, func(int, T) error) error) iter.Seq2[T, error] {
	from, there := at[name]
	if !there || from < 0 {
		return each[T](nil)
	}
	return func(yield func(T, error) bool) {
		content, err := open(from)
		if err == nil {
			defer func() { _ = content.Close() }()
			err = read(newScanner(content), name, func(_ int, one T) error {
				if !yield(one, nil) {
					return errEnough
				}
				return nil
			})
		}
		if err != nil && !errors.Is(err, errEnough) {
			var none T
			yield(none, placed(err, processName))
		}
	}
}

func settledItems(items iter.Seq2[Item, error]) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		for it, err := range items {
			it.settle()
			if !yield(it, err) {
				return
			}
		}
	}
}

var errEnough = errors.New("nobody reads on")

// placed names the place where a document is not what it should be, unless an
// error does so itself.
func placed(err error, where string) error {
	var told *domain.Error
	if err == nil || errors.As(err, &told) || errors.Is(err, errEnough) {
		return err
	}
	return domain.Fail(domain.Invalid, "import.archive_broken", where).Because(err)
}

// seen are names that were read, each as the beginning of its hash.
type seen map[[16]byte]struct{}

// again reports whether one was read before.
func (s seen) again(name string) bool {
	sum := sha256.Sum256([]byte(name))
	key := [16]byte(sum[:16])
	_, again := s[key]
	s[key] = struct{}{}
	return again
}

// fromBytes opens what is in memory.
func fromBytes(raw []byte) opener {
	return func(from int64) (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(raw[min(from, int64(len(raw))):])), nil
	}
}

// Decode reads the document of an archive with such a head into memory, and judges
// it. Errors: Invalid, TooLarge.
func Decode(h Head, raw []byte) (*Process, error) {
	d, err := scan(h, fromBytes(raw))
	if err != nil {
		return nil, err
	}
	return d.Whole()
}
