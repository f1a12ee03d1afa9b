package federationtest_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"interlink/cmd/interlink/node"
	"interlink/domain"
	"interlink/domain/domaintest"
	"interlink/domain/network"
	"interlink/federation/federationtest"
	"interlink/federation/httpsig"
)

// faults keeps what a node logs as a fault of its own: panics, which its
// workers survive, and errors without a reason.
type faults struct {
	mu    sync.Mutex
	lines []string
}

func (f *faults) Enabled(context.Context, slog.Level) bool { return true }
func (f *faults) WithAttrs([]slog.Attr) slog.Handler       { return f }
func (f *faults) WithGroup(string) slog.Handler            { return f }

func (f *faults) Handle(_ context.Context, r slog.Record) error {
	fault, line := r.Level >= slog.LevelError, r.Message
	r.Attrs(func(a slog.Attr) bool {
		if err, ok := a.Value.Any().(error); ok && domain.CodeOf(err) == domain.Internal {
			fault = true
		}
		line += " " + a.String()
		return true
	})
	if fault {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.lines = append(f.lines, line)
	}
	return nil
}

func (f *faults) take() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	lines := f.lines
	f.lines = nil
	return lines
}

// FuzzInbox: whatever activity a stranger signs and sends, the node answers,
// acts on it and is at rest, without a fault of its own. OWN stands for the
// sender, who is another one each time, CITY and GROUP for the node and a
// community on it. The node deals with the sender's server alone, so that
// nobody else is asked for what an activity names.
func FuzzInbox(f *testing.F) {
	log := new(faults)
	c := federationtest.New(f)
	city := newCity(f, c.Add("Zaragoza", func(o *node.Options) { o.Log, o.AllowList = slog.New(log), true }))
	peer := federationtest.NewPeer(f)
	if _, err := city.Gate.Set(f.Context(), city.official, network.Rule{Host: strings.TrimPrefix(peer.URL, "http://"), Verdict: network.VerdictAllow}); err != nil {
		f.Fatal(err)
	}
	object := func(kind, more string) string {
		return `{"id":"OWN/x","type":"` + kind + `","attributedTo":"OWN","name":"N","content":"<p>Hi <script>x</script></p>","to":["GROUP","https://www.w3.org/ns/activitystreams#Public"],
			"published":"2026-01-01T00:00:00Z","tag":[{"type":"Mention","href":"GROUP","name":"@x"},{"type":"Hashtag","name":"#a"}],"attachment":[{"type":"Image","url":"OWN/image","name":"x"}]` + more + `}`
	}
	const follow = `{"id":"OWN/f","type":"Follow","actor":"OWN","object":"GROUP"}`
	for _, rest := range []string{
		`"type":"Create","object":` + object("Note", ""), `"type":"Update","object":` + object("Page", ""), `"type":"Create","object":` + object("Question", `,"oneOf":[{"name":"a"}]`),
		`"type":"Create","object":` + object("Article", `,"interlink:story":{"version":1,"keywords":["a"],"snapshot":"OWN/x/snapshot"}`),
		`"type":"Create","object":` + object("Article", `,"interlink:interlinker":{"version":1,"status":"published","content":{"name":{"en":"N"},"interlinker":{"nature":"knowledgeinterlinker"}}}`),
		`"type":"Update","object":` + object("Article", `,"interlink:schema":{"version":1,"content":{"name":{"en":"N"},"schema":{"nodes":[{"path":"a","kind":"phase","name":{"en":"A"}}]}}}`),
		`"type":"Update","object":{"id":"OWN","type":"Person","preferredUsername":"p","inbox":"OWN/inbox","interlink:catalogue":{"entries":"OWN/entries"}}`,
		`"type":"Delete","object":{"id":"OWN/x","type":"Tombstone"}`, `"type":"Delete","object":"OWN"`, `"type":"Announce","object":` + object("Note", ""), `"type":"Announce","object":"GROUP"`,
		`"type":"Follow","object":"GROUP"`, `"type":"Accept","object":` + follow, `"type":"Reject","object":` + follow, `"type":"Undo","object":` + follow,
		`"type":"Offer","object":{"id":"OWN/c","name":"C","interlink:clone":{"of":"CITY/processes/x"}},"target":"CITY/processes/x/clones"`,
		`"type":"Add","object":"OWN/x","target":"OWN/featured"`, `"type":"Remove","object":"OWN/x","target":"OWN/featured"`, `"type":"Like","object":"GROUP"`, `"type":"EmojiReact","content":"🚲","object":"OWN/x"`,
		`"type":"Flag","object":["GROUP","OWN/x"],"content":"spam"`, `"type":"Move","object":"OWN","target":"OWN2"`, `"type":"Block","object":"GROUP"`, `"type":"Dislike","object":"GROUP"`,
	} {
		f.Add([]byte(`{"@context":"`+streams+`","id":"OWN/1","actor":"OWN","to":["GROUP"],"cc":[],"published":"2026-01-01T00:00:00Z",`+rest+`}`), uint16(0), uint8(0))
	}
	sender := 0
	f.Fuzz(func(t *testing.T, raw []byte, place uint16, other uint8) {
		sender++
		own := string(peer.Person(sender))
		raw = []byte(strings.NewReplacer("OWN", own, "CITY", city.URL, "GROUP", string(city.community.IRI)).Replace(string(domaintest.Twisted(raw, place, other))))
		request := httptest.NewRequest(http.MethodPost, city.URL+"/inbox", bytes.NewReader(raw))
		request.Header.Set("Content-Type", "application/activity+json")
		digest := sha256.Sum256(raw)
		if err := httpsig.Sign(request, peer.Key(sender), httpsig.Cavage, &digest, time.Now()); err != nil {
			t.Fatal(err)
		}
		answer := httptest.NewRecorder()
		city.ServeHTTP(answer, request)
		switch answer.Code {
		case http.StatusAccepted:
			if !json.Valid(raw) {
				t.Error("taken, and no JSON")
			}
			for busy := true; busy; {
				var err error
				if busy, err = city.Settle(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
		case http.StatusBadRequest, http.StatusForbidden, http.StatusUnauthorized, http.StatusRequestEntityTooLarge:
		default:
			t.Errorf("status %d", answer.Code)
		}
		if found := log.take(); len(found) > 0 {
			t.Errorf("%s\n%s", raw, strings.Join(found, "\n"))
		}
	})
}
