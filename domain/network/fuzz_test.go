package network

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"interlink/domain"
)

// FuzzReadRules: of whatever list, each rule that is taken is within its
// bounds, can be kept by every database, and is the same after it was written
// and read again.
func FuzzReadRules(f *testing.F) {
	for _, s := range []string{
		"#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\nevil.example,suspend,true,true,\"spam, all of it\",false\n",
		"domain,severity,private_comment\n*.evil.example,silence,\"=cmd()\"\n", "\ufeffdomain\nbad.example\n", "a.example\nb.example\n\n",
		"https://c.example/x\nd.*.example\n", "domain,severity\ne.example,none\n", "a,\"\n", "bücher.example\n*.Bücher.example:8443,suspend\n。ü.example\n", "\"a\"b\n", "severity,domain\n,\n", "domain,public_comment\na.example,\x00\xff\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		rules, problems, err := ReadRules(bytes.NewReader(raw), VerdictBlock)
		if err != nil {
			if code := domain.CodeOf(err); code != domain.Invalid && code != domain.TooLarge {
				t.Errorf("%q: %v", code, err)
			}
			return
		}
		for _, p := range problems {
			if p.Error == nil || p.Line < 1 {
				t.Errorf("line %d: %v", p.Line, p.Error)
			}
		}
		for _, r := range rules {
			if again, err := ParseHost(r.Host); err != nil || again != r.Host {
				t.Errorf("the host %q is read again as %q (%v)", r.Host, again, err)
			}
			switch r.Verdict {
			case VerdictBlock, VerdictLimit, VerdictAllow:
			default:
				t.Errorf("the verdict %q", r.Verdict)
			}
			for _, s := range []string{r.Comment, r.Reason} {
				if len(s) > maxReason || !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
					t.Errorf("the comment %q", s)
				}
			}
		}
		var list bytes.Buffer
		if err := WriteRules(&list, rules); err != nil {
			t.Fatal(err)
		}
		back, problems, err := ReadRules(&list, VerdictBlock)
		if err != nil || len(problems) > 0 || len(back) != len(rules) {
			t.Fatalf("%d rules became %d, %v %v", len(rules), len(back), problems, err)
		}
		for i, r := range rules {
			if back[i].Host != r.Host || back[i].Verdict != r.Verdict {
				t.Errorf("%q %q became %q %q", r.Host, r.Verdict, back[i].Host, back[i].Verdict)
			}
		}
	})
}
