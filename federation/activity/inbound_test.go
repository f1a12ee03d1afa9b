package activity_test

import (
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
