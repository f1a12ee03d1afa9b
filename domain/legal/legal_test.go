package legal

import (
	"strings"
	"testing"

	"interlink/domain"
)

// TestPublishable: nothing with a gap is published, nor what is in force
// already; terms that are to be accepted say what changed.
func TestPublishable(t *testing.T) {
	before := &Version{Words: Words{Text: domain.Text{"en": "We."}}, Kind: Terms, Number: 1}
	for name, c := range map[string]struct {
		words  Words
		before *Version
		fields string
	}{
		"a first version":          {Words{Text: domain.Text{"en": "We."}}, nil, ""},
		"nothing":                  {Words{Text: domain.Text{"en": " \n"}}, nil, "text_es"},
		"a gap":                    {Words{Text: domain.Text{"en": "We.", "lv": "## Kas\n\n[[Iestādes nosaukums]]"}}, nil, "text_lv"},
		"an open gap":              {Words{Text: domain.Text{"en": "[[" + strings.Repeat("x", 200)}}, nil, "text_en"},
		"the same":                 {Words{Text: domain.Text{"en": "We. "}}, before, "text_es"},
		"demands without a reason": {Words{Text: domain.Text{"en": "They."}, Demands: true}, before, "changes_es"},
		"demands with one":         {Words{Text: domain.Text{"en": "They."}, Changes: domain.Text{"en": "Who."}, Demands: true}, before, ""},
		"too long":                 {Words{Text: domain.Text{"en": strings.Repeat("ā", MaxText+1)}}, nil, "text_en"},
		"as long as may be":        {Words{Text: domain.Text{"en": strings.Repeat("ā", MaxText)}}, nil, ""},
		"no text":                  {Words{Text: domain.Text{"en": "a\xff"}}, nil, "text_en"},
	} {
		problems := append(c.words.clean(Terms), c.words.publishable(c.before, "es")...)
		var fields []string
		for _, p := range problems {
			fields = append(fields, p.Field)
		}
		if got := strings.Join(fields, " "); got != c.fields {
			t.Errorf("%s: problems of %q, want %q", name, got, c.fields)
		}
	}
	w := Words{Text: domain.Text{"en": "We."}, Demands: true}
	if w.clean(Privacy); w.Demands {
		t.Error("a privacy notice is to be accepted")
	}
}
