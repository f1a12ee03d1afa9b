package community_test

import (
	"slices"
	"testing"

	"interlink/domain/community"
)

// TestRuleList: each rule of a list is one by itself, or each paragraph where
// there is no list.
func TestRuleList(t *testing.T) {
	t.Parallel()
	for source, want := range map[string][]string{
		"": nil,
		"# Rules\n\nBe kind.\n\nStay **on topic**.":                                  {"Be kind.", "Stay on topic."},
		"Here they are:\n\n1. Be kind\n2) No ads\n* [Read](https://a.example) first": {"Be kind", "No ads", "Read first"},
	} {
		if got := community.RuleList(source); !slices.Equal(got, want) {
			t.Errorf("%q: %q", source, got)
		}
	}
}
