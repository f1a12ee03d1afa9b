package federationtest_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/policy"
	"interlink/domain/story"
	"interlink/federation/activity"
	"interlink/federation/federationtest"
)

// TestStoryOfMuch: a story that shows more than other documents may have is read
// by another node as it is, and one that shows more than any node reads is not
// published: who writes it is told to leave branches out.
func TestStoryOfMuch(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza", "Riga"}, func(t *testing.T, c *federationtest.Cluster) {
		ctx := t.Context()
		zaragoza, riga := newCity(t, c.Nodes[0]), newCity(t, c.Nodes[1])
		zaragoza.starterCatalogue(t)
		_, task := zaragoza.begun(t, "safe_ways")
		add := func(from, to int) {
			t.Helper()
			for n := from; n < to; n++ {
				_, err := zaragoza.Coproduction.AddResource(ctx, zaragoza.official, "safe_ways", task, coproduction.ResourceDetails{
					Name: fmt.Sprint("Minutes ", n), Body: strings.Repeat("We met. ", coproduction.MaxBody/8), Licence: "CC-BY-4.0", Public: true,
				})
				if err != nil {
					t.Fatal(err)
				}
			}
		}
		in := story.Input{Slug: "safe-ways", Process: "safe_ways", Owner: zaragoza.owner.ID, Telling: story.Telling{Title: english("Children walk alone again"), Summary: english("How a district did it.")}}
		reader := riga.Person("reader", policy.RoleMember)
		riga.follow(t, reader, reader.Actor, "@city_hall@"+zaragoza.Namespace.HandleHost())
		c.Settle()
		add(0, 4)
		told, err := zaragoza.Stories.Publish(ctx, zaragoza.official, in)
		if err != nil {
			t.Fatal(err)
		}
		c.Settle()
		read, err := riga.Stories.Story(ctx, reader, "safe-ways", domain.IRI(zaragoza.URL).Host())
		if err != nil || read.Snapshot == nil || read.Snapshot.Digest() != told.Snapshot.Digest() || len(read.Snapshot.Canonical()) < 2_000_000 {
			t.Fatalf("elsewhere it is %v (%v)", read, err)
		}
		at := string(told.IRI) + "/snapshot"
		whole := bytesAt(t, http.MethodGet, at, "")
		if sum := sha256.Sum256(whole.body); whole.tag != `"`+hex.EncodeToString(sum[:12])+`"` || whole.length != int64(len(whole.body)) || !bytes.Contains(whole.body, told.Snapshot.Canonical()) {
			t.Errorf("%d bytes, said to be %d, with the tag %s", len(whole.body), whole.length, whole.tag)
		}
		if head := bytesAt(t, http.MethodHead, at, ""); head.status != http.StatusOK || len(head.body) > 0 || head.length != whole.length || head.tag != whole.tag {
			t.Errorf("its head: %d, of %d bytes, with the tag %s", head.status, head.length, head.tag)
		}
		if again := bytesAt(t, http.MethodGet, at, whole.tag); again.status != http.StatusNotModified || len(again.body) > 0 || again.tag != whole.tag {
			t.Errorf("to who has it: %d, %d bytes", again.status, len(again.body))
		}
		add(4, 18)
		if _, err := zaragoza.Stories.Revise(ctx, zaragoza.official, "safe-ways", told.Revision, in); domain.CodeOf(err) != domain.Invalid || domain.FieldsOf(err)[0].Field != "keep" {
			t.Errorf("one that shows too much: %v", err)
		}
	})
}

// asSent is what is answered, byte by byte.
type asSent struct {
	status int
	length int64
	tag    string
	body   []byte
}

// bytesAt asks for a document, of which one with a tag is known.
func bytesAt(t *testing.T, method, address, known string) asSent {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", activity.MediaType)
	if known != "" {
		r.Header.Set("If-None-Match", known)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return asSent{answer.StatusCode, answer.ContentLength, answer.Header.Get("ETag"), body}
}
