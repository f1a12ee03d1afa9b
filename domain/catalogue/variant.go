package catalogue

import (
	"cmp"
	"net/url"
	"strings"

	"interlink/domain"
)

// maxOrigin bounds the words by which variants are told, in bytes.
const maxOrigin = 500

// Same is the word that all variants of one thing share, by what an entry
// says of itself alone, so that no entry can join others: what it is based on,
// else its source code, else what the import that made it calls it, else its
// own address.
//
// What is based on an entry that is known here shares the word of that one:
// the store knows.
func (e *Entry) Same() string {
	if i := e.Interlinker; i != nil && i.Software != nil {
		if key := addressKey(string(e.BasedOn())); key != "" {
			return key
		}
		if key := addressKey(i.Software.Repository); key != "" {
			return key
		}
	}
	if origin := cmp.Or(e.Origin, e.Key); origin != "" && len(origin) <= maxOrigin {
		return string(e.Kind) + " " + origin
	}
	return e.OwnKey()
}

// BasedOn is the address of what an Interlinker is a variant of, as it says
// itself; "" for none.
func (e *Entry) BasedOn() domain.IRI {
	if i := e.Interlinker; i != nil && i.Software != nil && len(i.Software.BasedOn) > 0 {
		return domain.IRI(i.Software.BasedOn[0])
	}
	return ""
}

// OwnKey is the word of what is based on this entry, as long as the entry is
// not known here.
func (e *Entry) OwnKey() string { return addressKey(string(e.IRI)) }

// addressKey is an address without what makes two spellings of one: scheme,
// "www.", case of the host, ".git", a slash at the end. "" for none.
func addressKey(address string) string {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Host == "" || len(address) > maxOrigin || strings.IndexByte(address, 0) >= 0 {
		return ""
	}
	path := strings.TrimSuffix(strings.TrimSuffix(u.EscapedPath(), "/"), ".git")
	host := strings.TrimPrefix(strings.ToLower(u.Host), "www.")
	switch host {
	case "github.com", "gitlab.com", "codeberg.org", "bitbucket.org":
		path = strings.ToLower(path)
	}
	key := host + path
	if u.RawQuery != "" {
		key += "?" + u.RawQuery
	}
	return key
}

// Before reports whether lists show e rather than another variant of the same
// thing: one that is to be used, more trusted, older.
func (e *Entry) Before(other *Entry) bool {
	return cmp.Or(
		cmp.Compare(e.unshown(), other.unshown()),
		cmp.Compare(e.Trust.Rank(), other.Trust.Rank()),
		cmp.Compare(e.Serial, other.Serial),
	) < 0
}

func (e *Entry) unshown() int {
	switch {
	case e.Standing != Shown:
		return 2
	case e.Status == Withdrawn:
		return 1
	}
	return 0
}
