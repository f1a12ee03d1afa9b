package publiccode

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"interlink/domain/catalogue"
)

// node is a value of the document with the path to it. One that is missing has
// the place of what it would be in.
type node struct {
	r    *reader
	path string
	at   *yaml.Node // the value; nil if it is missing
	line int
}

// reader collects what is wrong with one file.
type reader struct {
	file   string
	issues []catalogue.Issue
}

func (n node) fail(format string, args ...any) { n.note(true, format, args...) }

func (n node) warn(format string, args ...any) { n.note(false, format, args...) }

// maxIssues bounds what is said of one file.
const maxIssues = 200

func (n node) note(failed bool, format string, args ...any) {
	if len(n.r.issues) < maxIssues || failed && len(n.r.issues) < 2*maxIssues {
		n.r.issues = append(n.r.issues, catalogue.Issue{File: n.r.file, Line: n.line, Field: n.path, Message: fmt.Sprintf(format, args...), Error: failed})
	}
}

func (n node) missing() bool { return n.at == nil }

// resolved follows an alias, once: what it leads to is a value of the document.
func resolved(y *yaml.Node) *yaml.Node {
	if y != nil && y.Kind == yaml.AliasNode {
		return y.Alias
	}
	return y
}

// member returns the value of a key; null is missing.
func (n node) member(key string) node {
	below := node{r: n.r, path: strings.TrimPrefix(n.path+"/"+key, "/"), line: n.line}
	if n.missing() {
		return below
	}
	if n.at.Kind != yaml.MappingNode {
		return below
	}
	for i := 0; i+1 < len(n.at.Content); i += 2 {
		if n.at.Content[i].Value != key {
			continue
		}
		v := resolved(n.at.Content[i+1])
		below.line = n.at.Content[i].Line
		if v != nil && v.ShortTag() != "!!null" {
			below.at = v
		}
		return below
	}
	return below
}

// section is a member that is a mapping, if it is there.
func (n node) section(key string) node {
	below := n.member(key)
	if !below.missing() && below.at.Kind != yaml.MappingNode {
		below.fail("is no section of keys")
		below.at = nil
	}
	return below
}

// keys lists the keys of a mapping, each once.
func (n node) keys() []string {
	if n.missing() || n.at.Kind != yaml.MappingNode {
		return nil
	}
	var keys []string
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.at.Content); i += 2 {
		key := n.at.Content[i]
		if seen[key.Value] {
			at := n
			at.line = key.Line
			at.fail("the key %.80q is there twice", key.Value)
			continue
		}
		seen[key.Value] = true
		keys = append(keys, key.Value)
	}
	return keys
}

// text returns a value as a trimmed string: "1.0" that was written without
// quotes too.
func (n node) text() string {
	if n.missing() {
		return ""
	}
	if n.at.Kind != yaml.ScalarNode {
		n.fail("is no text")
		return ""
	}
	s := strings.TrimSpace(n.at.Value)
	if strings.ContainsRune(s, 0) {
		n.fail("has a NUL character, which no text has")
		return ""
	}
	return s
}

// flag returns a value that is true or false.
func (n node) flag() bool {
	switch s := strings.ToLower(n.text()); s {
	case "true", "yes", "on":
		return true
	case "", "false", "no", "off":
	default:
		n.warn("is neither true nor false: read as false")
	}
	return false
}

// items returns the elements of a list; a single value is a list of one, as
// the standard allows it for some keys.
func (n node) items() []node {
	if n.missing() {
		return nil
	}
	if n.at.Kind != yaml.SequenceNode {
		return []node{n}
	}
	out := make([]node, 0, min(len(n.at.Content), maxList))
	for i, c := range n.at.Content {
		if i == maxList {
			n.warn("has more than %d elements: those after them are left out", maxList)
			break
		}
		out = append(out, node{r: n.r, path: fmt.Sprintf("%s[%d]", n.path, i), at: resolved(c), line: c.Line})
	}
	return out
}

// maxList bounds a list; an entry holds no more.
const maxList = 200

// texts returns the texts of a list, without blanks and repetitions.
func (n node) texts() []string {
	var out []string
	seen := map[string]bool{}
	for _, item := range n.items() {
		if s := item.text(); s != "" && !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}
