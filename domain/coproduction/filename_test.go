package coproduction_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"interlink/domain/coproduction"
)

func TestFileName(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ā", 200)
	for sent, want := range map[string]string{
		"Plan of the square.pdf": "Plan of the square.pdf", "../../etc/passwd": "passwd", `C:\Users\ana\minutes.docx`: "minutes.docx",
		"": "file", "..": "file", "/": "file", ".htaccess": "htaccess", "a\x00b\nc.txt": "abc.txt", "CON": "_CON", "nul.txt": "_nul.txt", "com7.a.b": "_com7.a.b",
		"photo\u202egnp.exe": "photognp.exe", "what?.png": "what_.png", "a<b>:c|d*.x": "a_b__c_d_.x", "end. . ": "end", "Mājas plāns.odt": "Mājas plāns.odt",
		long + ".pdf": strings.Repeat("ā", 73) + ".pdf", "x." + strings.Repeat("y", 300): "x." + strings.Repeat("y", 148), "broken\xff.txt": "broken_.txt",
		"two\u00a0words.md": "two words.md", "COMET.png": "COMET.png",
	} {
		if got := coproduction.FileName(sent); got != want {
			t.Errorf("%q becomes %q, want %q", sent, got, want)
		}
	}
}

// FuzzFileName: whatever is sent, the name is one that a disk takes and that
// hides nothing.
func FuzzFileName(f *testing.F) {
	for _, seed := range []string{"plan.pdf", "../../x", "a\\b\x00.svg", "CON.txt", strings.Repeat("ā", 120) + ".tar.gz", " . ", "\u202e", "x. .", "aux .b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, sent string) {
		name := coproduction.FileName(sent)
		if name == "" || len(name) > 150 || !utf8.ValidString(name) || strings.ContainsAny(name, "/\\<>:\"|?*") {
			t.Fatalf("%q becomes %q", sent, name)
		}
		if strings.HasPrefix(name, ".") || strings.HasPrefix(name, " ") || strings.HasSuffix(name, ".") || strings.HasSuffix(name, " ") {
			t.Fatalf("%q becomes %q", sent, name)
		}
		for _, r := range name {
			if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
				t.Fatalf("%q becomes %q", sent, name)
			}
		}
		if again := coproduction.FileName(name); again != name {
			t.Fatalf("%q becomes %q, and that %q", sent, name, again)
		}
	})
}
