package view

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
)

// TestLetter: the letter of who has no picture has the colours of the pages, and
// is a file of its own whatever somebody is called.
func TestLetter(t *testing.T) {
	t.Parallel()
	tokens, err := os.ReadFile("../static/files/css/tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	for _, colour := range []string{letterLight, letterDark} {
		if !strings.Contains(string(tokens), "--accent-strong: "+colour+";") {
			t.Errorf("%s is no --accent-strong", colour)
		}
	}
	for name, want := range map[string]string{"ana": ">A</text>", "@bo@riga.example": ">B</text>", "<b>": ">B</text>", "": ">·</text>", "ļoti": ">Ļ</text>"} {
		for theme, colours := range map[Theme][2]bool{System: {true, true}, Light: {true, false}, Dark: {false, true}} {
			letter := string(Letter(name, theme))
			if !strings.Contains(letter, want) || strings.Contains(letter, letterLight) != colours[0] || strings.Contains(letter, letterDark) != colours[1] {
				t.Errorf("%q in %q: %s", name, theme, letter)
			}
			d := xml.NewDecoder(strings.NewReader(letter))
			for err = nil; err == nil; {
				_, err = d.Token()
			}
			if !errors.Is(err, io.EOF) {
				t.Errorf("%q: %v", name, err)
			}
		}
	}
}
