package federationtest_test

import (
	"bytes"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/policy"
	"interlink/federation/federationtest"
)

// arrival is what a server of some make sends when somebody writes there: its
// actors, the activity, and what people here see of it. In the file the server
// is https://there.example.
type arrival struct {
	About     string
	Documents []members
	By        string // who signs
	Send      members
	Shows     struct {
		IRI, Type, Title, Text, Summary, Language, URL, Not string
		Images, Tags                                        []string
	}
}

// readArrival moves a file's server to the place.
func readArrival(t *testing.T, file string, p *place) arrival {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	at, err := url.Parse(p.URL)
	if err != nil {
		t.Fatal(err)
	}
	key, err := json.Marshal(p.public)
	if err != nil {
		t.Fatal(err)
	}
	for old, now := range map[string]string{
		"https://there.example": p.URL, "{{host}}": at.Host, `"{{key}}"`: string(key), "{{now}}": time.Now().UTC().Format(time.RFC3339),
	} {
		raw = bytes.ReplaceAll(raw, []byte(old), []byte(now))
	}
	var a arrival
	if err := json.Unmarshal(raw, &a); err != nil {
		t.Fatal(err)
	}
	return a
}

// TestOtherServersPosts: what is written on servers of many makes, in the
// shapes in which they send it, is read as its author meant it.
func TestOtherServersPosts(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/inbound/*.json")
	if err != nil || len(files) < 12 {
		t.Fatalf("%d files (%v)", len(files), err)
	}
	c, zaragoza := alone(t)
	reader := zaragoza.Person("reader", policy.RoleMember)
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		t.Run(name, func(t *testing.T) {
			p := newPlace(t)
			a := readArrival(t, file, p)
			for _, doc := range a.Documents {
				p.serve(strings.TrimPrefix(doc["id"].(string), p.URL), doc)
			}
			p.followedBy(t, zaragoza, reader, a.By)
			c.Settle()
			a.send(c, zaragoza, p, p.activity("Accept", a.By, one(t, p.got("Follow")), nil))
			a.send(c, zaragoza, p, a.Send)
			iri := a.Shows.IRI
			if iri == "" {
				iri = a.Send["object"].(members)["id"].(string)
			}
			got, err := zaragoza.Communities.PostByIRI(t.Context(), reader, domain.IRI(iri))
			if err != nil {
				t.Fatal(err)
			}
			a.matches(t, got)
			for _, tag := range a.Shows.Tags {
				tagged, err := zaragoza.Communities.Tagged(t.Context(), reader, tag, domain.Page{})
				if err != nil || !slices.ContainsFunc(tagged.Items, func(p *community.Post) bool { return p.IRI == got.IRI }) {
					t.Errorf("it is not under #%s (%v)", tag, err)
				}
			}
		})
	}
}

// send posts an activity, signed by the key that the actor's document names.
func (a arrival) send(c *federationtest.Cluster, to *city, p *place, activity members) {
	p.t.Helper()
	i := slices.IndexFunc(a.Documents, func(doc members) bool { return doc["id"] == a.By })
	key, _ := a.Documents[i]["publicKey"].(members)
	raw, err := json.Marshal(activity)
	if err != nil {
		p.t.Fatal(err)
	}
	p.sendBy(c, to, key["id"].(string), raw)
}

// matches compares a post with what is to be shown of it.
func (a arrival) matches(t *testing.T, got *community.Post) {
	t.Helper()
	want := a.Shows
	if got.Type != want.Type || got.Title != want.Title || got.Summary != want.Summary || string(got.Language) != want.Language {
		t.Errorf("%s %q, %q, in %q; want %+v", got.Type, got.Title, got.Summary, got.Language, want)
	}
	if !strings.Contains(got.Content, want.Text) || want.Not != "" && strings.Contains(got.Content, want.Not) {
		t.Errorf("reads %q, want %q", got.Content, want.Text)
	}
	if want.URL != "" && string(got.URL) != want.URL {
		t.Errorf("is at %s, want %s", got.URL, want.URL)
	}
	var images []string
	for _, i := range got.Images {
		images = append(images, i.Name)
	}
	if !slices.Equal(images, want.Images) {
		t.Errorf("pictures of %q, want %q", images, want.Images)
	}
}

// followedBy has a reader follow an actor by its address.
func (p *place) followedBy(t *testing.T, c *city, reader policy.Viewer, actor string) {
	t.Helper()
	a, err := c.Lookup(t.Context(), actor)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Network.Follow(t.Context(), reader, reader.Actor, a.ID); err != nil {
		t.Fatal(err)
	}
}
