package activity_test

import (
	"encoding/json"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/federation/activity"
)

// TestCarries: the words in an activity are those of the object that was sent
// along, also within another activity.
func TestCarries(t *testing.T) {
	t.Parallel()
	const note = `{"id":"https://a.example/1","type":"Note","content":"Hello"}`
	for object, want := range map[string]domain.IRI{
		note:                           "https://a.example/1",
		"[" + note + "]":               "https://a.example/1",
		`"https://a.example/1"`:        "",
		`{"id":"https://a.example/1"}`: "",
		`{"id":"https://a.example/c","type":"Create","actor":"https://a.example/ana","object":` + note + `}`:          "https://a.example/1",
		`{"id":"https://a.example/c","type":"Create","actor":"https://a.example/ana","object":"https://a.example/1"}`: "https://a.example/c",
		`{"type":"Note","content":"without an id"}`:                                                                   "",
		`{"id":"https://a.example/ana","type":"Person","name":"Ana","inbox":"https://a.example/inbox"}`:               "https://a.example/ana",
	} {
		for _, kind := range []string{"Create", "Update", "Announce", "Add"} {
			in, err := activity.Decode([]byte(`{"id":"https://b.example/1","type":"` + kind + `","actor":"https://b.example/ben","object":` + object + `}`))
			if err != nil {
				t.Fatal(err)
			}
			if got := in.Carries(); got != want {
				t.Errorf("%s of %s carries %q, want %q", kind, object, got, want)
			}
		}
		for _, kind := range []string{"Delete", "Undo", "Like", "Follow", "Wink"} {
			in, err := activity.Decode([]byte(`{"id":"https://b.example/1","type":"` + kind + `","actor":"https://b.example/ben","object":` + object + `}`))
			if err != nil {
				t.Fatal(err)
			}
			if got := in.Carries(); got != "" {
				t.Errorf("%s of %s carries %q", kind, object, got)
			}
		}
	}
}

// TestRulesOfGroups: what those who write in a group agree to is read from its
// description where servers have it there, up to the next heading of its rank.
func TestRulesOfGroups(t *testing.T) {
	for about, want := range map[string][2]string{
		"Lamps and benches.\r\n\r\n### Rules\r\n\r\n1. Be kind.":            {"<p>Lamps and benches.</p>", "1. Be kind."},
		"## Community rules\n\n#### First\n\nBe kind.\n\n# More\n\nAsk us.": {"<h2>More</h2>\n<p>Ask us.</p>", "#### First\n\nBe kind."},
		"As a rule we meet on Fridays.":                                     {"<p>as HTML</p>", ""},
		"### Rules":                                                         {"<p>as HTML</p>", ""},
		"### Rules\n\nBe kind.":                                             {"", "Be kind."},
	} {
		raw, err := json.Marshal(map[string]any{
			"id": "https://there.example/m/streets", "type": "Group", "preferredUsername": "streets", "inbox": "https://there.example/m/streets/inbox",
			"summary": "<p>as HTML</p>", "source": map[string]any{"content": about, "mediaType": "text/markdown"},
		})
		if err != nil {
			t.Fatal(err)
		}
		doc, err := activity.Scan(raw)
		if err != nil {
			t.Fatal(err)
		}
		a, err := activity.ReadActor(doc)
		if err != nil || strings.TrimSpace(a.Summary) != want[0] || a.Rules[domain.Undetermined] != want[1] {
			t.Errorf("%q: %q, %q (%v)", about, a.Summary, a.Rules[domain.Undetermined], err)
		}
	}
}
