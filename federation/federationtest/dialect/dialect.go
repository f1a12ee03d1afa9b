// Package dialect has small copies of how servers of other makes read what a
// node sends: what they refuse, what they leave aside, and what their people
// see of the rest. The rules are those that are known of their code; where one
// of them is lenient, so is its copy.
package dialect

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Server is a make of server.
type Server struct {
	Name string
	// Accept is the header with which it reads documents.
	Accept string
	// Cavage and RFC9421 tell which signatures of requests it checks.
	Cavage, RFC9421 bool
	// SignedReads tells that it signs what it asks for.
	SignedReads bool
	// Threads tells that it follows groups as FEP-1b12 describes them.
	Threads bool

	actor    func(Document) error
	activity func(Document) (Shown, error)
}

// Servers are all makes, by what is most used first.
var Servers = []Server{Mastodon, goToSocial, Lemmy, Misskey, Pleroma, oldCavage, only9421}

// oldCavage is a server that never learned of RFC 9421: cavage signatures, and
// answers to what it does not understand with 401.
var oldCavage = Server{Name: "old", Accept: "application/activity+json", Cavage: true, actor: Pleroma.actor, activity: Pleroma.activity}

// only9421 is a server of tomorrow, which does not read cavage signatures any
// more.
var only9421 = Server{Name: "new", Accept: profile, RFC9421: true, SignedReads: true, actor: Mastodon.actor, activity: Mastodon.activity}

const (
	activityStreams = "https://www.w3.org/ns/activitystreams"
	profile         = `application/ld+json; profile="https://www.w3.org/ns/activitystreams"`
)

// Shown is what people see.
type Shown struct {
	As       string // "post", "boost", "edit", "deletion", …; "" for what is left aside
	Title    string
	Text     string // HTML
	Warning  string // behind which the text is hidden
	Link     string
	Lang     string
	Of       string   // the id of what is boosted, deleted, answered, pinned
	Pictures []string // their alternative texts
	Choices  []string
}

// String is a line for the table of all documents.
func (s Shown) String() string {
	if s.As == "" {
		return "left aside"
	}
	out := []string{s.As}
	add := func(name, value string) {
		if value != "" {
			out = append(out, name+" "+value)
		}
	}
	add("of", s.Of)
	add("title", quoted(s.Title))
	add("behind", quoted(s.Warning))
	add("text", quoted(plain(s.Text)))
	add("link", s.Link)
	add("in", s.Lang)
	add("pictures", strings.Join(s.Pictures, ", "))
	add("choices", strings.Join(s.Choices, ", "))
	return strings.Join(out, ", ")
}

func quoted(s string) string {
	if s == "" {
		return ""
	}
	return "“" + s + "”"
}

// plain is HTML without its tags.
func plain(html string) string {
	var out strings.Builder
	depth := 0
	for _, r := range html {
		switch {
		case r == '<':
			depth++
		case r == '>' && depth > 0:
			depth--
			out.WriteByte(' ')
		case depth == 0:
			out.WriteRune(r)
		}
	}
	return strings.Join(strings.Fields(out.String()), " ")
}

// Reads reads an actor or an activity. The error says why the server refuses
// it.
func (s Server) Reads(raw []byte) (Shown, error) {
	var d Document
	if err := json.Unmarshal(raw, &d); err != nil {
		return Shown{}, err
	}
	if err := d.basics(); err != nil {
		return Shown{}, err
	}
	if d.isActor() {
		if err := s.actor(d); err != nil {
			return Shown{}, err
		}
		return Shown{As: "actor", Title: d.text("name"), Text: d.text("summary"), Link: d.one("url")}, nil
	}
	return s.activity(d)
}

// ReadsPost reads an object that it asked for, as of a boost: as if its author
// had sent it.
func (s Server) ReadsPost(raw []byte) (Shown, error) {
	var o Document
	if err := json.Unmarshal(raw, &o); err != nil {
		return Shown{}, err
	}
	create, err := json.Marshal(Document{
		"@context": o["@context"], "id": o.text("id") + "#create", "type": "Create", "actor": o.one("attributedTo"), "to": o["to"], "cc": o["cc"], "object": o,
	})
	if err != nil {
		return Shown{}, err
	}
	return s.Reads(create)
}

// Document is a JSON object.
type Document map[string]any

// basics is what all servers ask of a document.
func (d Document) basics() error {
	if !slices.Contains(d.list("@context"), any(activityStreams)) {
		return errors.New("@context does not name ActivityStreams")
	}
	if _, single := d["type"].(string); !single {
		return errors.New("type is not one string")
	}
	return address(d.text("id"))
}

func address(id string) error {
	u, err := url.Parse(id)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return fmt.Errorf("%q is no address", id)
	case u.User != nil || u.Host != strings.ToLower(u.Host) || len(id) > 2048:
		return fmt.Errorf("%q is no plain address", id)
	}
	return nil
}

func (d Document) isActor() bool {
	return slices.Contains([]string{"Person", "Group", "Organization", "Service", "Application"}, d.text("type"))
}

// text is a member that is one string, or "".
func (d Document) text(member string) string {
	s, _ := d[member].(string)
	return s
}

// list is a member as a list, whether it is one or not.
func (d Document) list(key string) []any {
	switch v := d[key].(type) {
	case nil:
		return nil
	case []any:
		return v
	default:
		return []any{v}
	}
}

// one is the id of the first value of a member.
func (d Document) one(key string) string {
	for _, v := range d.list(key) {
		return idOf(v)
	}
	return ""
}

func idOf(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case map[string]any:
		if href := Document(v).text("href"); href != "" {
			return href
		}
		return Document(v).text("id")
	}
	return ""
}

// part is a member that is an object.
func (d Document) part(key string) Document {
	o, _ := d[key].(map[string]any)
	return o
}

// parts are the objects of a member that is a list.
func (d Document) parts(key string) []Document {
	var out []Document
	for _, v := range d.list(key) {
		if o, ok := v.(map[string]any); ok {
			out = append(out, o)
		}
	}
	return out
}

// arrays refuses members that are not lists.
func (d Document) arrays(keys ...string) error {
	for _, key := range keys {
		if _, ok := d[key].([]any); !ok {
			return fmt.Errorf("%s of %s is no list", key, d.text("type"))
		}
	}
	return nil
}

// strings refuses members that are not one string.
func (d Document) strings(keys ...string) error {
	for _, key := range keys {
		if d.text(key) == "" {
			return fmt.Errorf("%s of %s is not one string", key, d.text("type"))
		}
	}
	return nil
}

// times refuses times that are not those of RFC 3339.
func (d Document) times(keys ...string) error {
	for _, key := range keys {
		if s, there := d[key]; there {
			if _, err := time.Parse(time.RFC3339, fmt.Sprint(s)); err != nil {
				return fmt.Errorf("%s: %w", key, err)
			}
		}
	}
	return nil
}

// oneHost refuses an object whose id, author and page are of different hosts.
func (d Document) oneHost() error {
	host := hostOf(d.text("id"))
	for _, other := range []string{d.one("attributedTo"), d.one("url")} {
		if other != "" && hostOf(other) != host {
			return fmt.Errorf("%s is of another host than %s", other, d.text("id"))
		}
	}
	return nil
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}

// lang is the language that servers take a text to have: the first key of its
// map.
func (d Document) lang() string {
	for key := range d.part("contentMap") {
		if d.part("contentMap")[key] == d["content"] {
			return key
		}
	}
	return ""
}

// pictures are the alternative texts of what is attached.
func (d Document) pictures() []string {
	var out []string
	for _, a := range d.parts("attachment") {
		if strings.HasPrefix(a.text("mediaType"), "image/") && a.one("url") != "" {
			out = append(out, quoted(a.text("name")))
		}
	}
	return out
}

// vote reads a Note that votes in a poll: a name, and no text.
func (d Document) vote() (Shown, bool) {
	if d.text("type") != "Note" || d.text("name") == "" || d.text("inReplyTo") == "" || d.text("content") != "" {
		return Shown{}, false
	}
	return Shown{As: "vote", Title: d.text("name"), Of: d.text("inReplyTo")}, true
}

// choices are those of a poll.
func (d Document) choices() []string {
	var out []string
	for _, key := range []string{"oneOf", "anyOf"} {
		for _, c := range d.parts(key) {
			out = append(out, quoted(c.text("name")))
		}
	}
	return out
}

// addressed tells whether somebody is meant.
func (d Document) addressed() bool { return len(d.list("to"))+len(d.list("cc")) > 0 }

// key checks the key of an actor, as one object.
func (d Document) key() error {
	k := d.part("publicKey")
	if k == nil {
		return errors.New("publicKey is not one object")
	}
	if k.text("owner") != d.text("id") || hostOf(k.text("id")) != hostOf(d.text("id")) {
		return errors.New("publicKey is somebody else's")
	}
	return k.strings("publicKeyPem")
}
