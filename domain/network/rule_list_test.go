package network_test

import (
	"strings"
	"testing"

	"interlink/domain/network"
)

// TestReadRulesNames: what is no name of a host is refused with its line, and
// takes no other one with it.
func TestReadRulesNames(t *testing.T) {
	t.Parallel()
	rules, problems, err := network.ReadRules(strings.NewReader("#domain,#severity\nnonsense..,suspend\n*.bad.example,silence\n..x,suspend\ngood.example.,suspend\n*.Bücher.example:8443,suspend\n-ü.example,suspend\n"), network.VerdictBlock)
	if err != nil || len(rules) != 3 || rules[0].Host != "bad.example" || rules[1].Host != "good.example" || rules[2].Host != "xn--bcher-kva.example:8443" {
		t.Errorf("rules: %v (%v)", rules, err)
	}
	if len(problems) != 3 || problems[0].Line != 2 || problems[0].Host != "nonsense.." || problems[1].Line != 4 {
		t.Errorf("problems: %+v", problems)
	}
}
