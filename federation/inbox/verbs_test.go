package inbox

import (
	"os"
	"strings"
	"testing"
)

// Whoever looks for where an activity is received finds it by the name of the
// file.
func TestVerbsHaveTheirFiles(t *testing.T) {
	kin := map[string]string{
		"Dislike": "like", "EmojiReact": "like", "FeatureRequest": "quote", "QuoteRequest": "quote", "Reject": "accept", "TentativeAccept": "accept",
	}
	for verb := range new(Verbs).Table() {
		file := strings.ToLower(verb)
		if kin[verb] != "" {
			file = kin[verb]
		}
		source, err := os.ReadFile(file + ".go")
		if err != nil {
			t.Errorf("%s: %v", verb, err)
		} else if !strings.Contains(string(source), " handles "+verb) {
			t.Errorf("%s.go does not say that it handles %s", file, verb)
		}
	}
}
