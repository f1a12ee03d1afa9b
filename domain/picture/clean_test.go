package picture

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/color/palette"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"slices"
	"testing"
)

// secret is what none may read in a picture.
const secret = "56.9496N 24.1052E <script>alert(1)</script> PK\x03\x04"

// icc is the head of a profile of colours, and nothing more.
func icc(space string) []byte {
	p := make([]byte, 200)
	binary.BigEndian.PutUint32(p, uint32(len(p)))
	copy(p[16:], space)
	copy(p[36:], "acsp")
	return p
}

// laden are small pictures, one of each kind, with all that a file may say
// beside the picture, and something after its end.
func laden(t testing.TB) map[string][]byte {
	t.Helper()
	photo := encoded(t, func(b *bytes.Buffer) error { return jpeg.Encode(b, striped(30, 30), nil) })
	told := []byte(secret)
	head := slices.Concat([]byte{0xff, markerSOI},
		appendSegment(nil, markerAPP0, append([]byte("JFIF\x00\x01\x02\x01\x00\x48\x00\x48\x02\x02"), told...)),
		appendSegment(nil, 0xe1, append([]byte("Exif\x00\x00"), told...)), appendSegment(nil, 0xe1, append([]byte("http://ns.adobe.com/xap/1.0/\x00"), told...)),
		iccSegments(icc("RGB ")), appendSegment(nil, 0xed, told), appendSegment(nil, markerAPPE, append([]byte("Adobe\x00\x64\x00\x00\x00\x00\x01"), told...)),
		appendSegment(nil, markerCOM, told))
	drawing := encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, striped(30, 30)) })
	end := len(drawing) - 12
	chunks := appendChunk(appendChunk(appendChunk(appendChunk(nil, "tEXt", told), "iTXt", told), "eXIf", told), "prVt", told)
	return map[string][]byte{
		"jpeg": slices.Concat(head, photo[2:], told),
		"png":  slices.Concat(drawing[:pngStart], iccChunk(icc("RGB ")), chunks, drawing[pngStart:end], appendChunk(nil, "IDAT", told), drawing[end:], told),
		"webp": append(riff("RIFF", slices.Concat([]byte("WEBP"), riff("VP8X", []byte{webpProfile | webpAlpha | 12, 0, 0, 0, 0, 0, 0, 0, 0, 0}), riff("ICCP", icc("RGB ")),
			riff("VP8L", []byte("\x2f\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00")[:13]), riff("EXIF", told), riff("XMP ", told))), told...),
	}
}

// TestClean: of a file nothing stays but the picture, whose colours mean what
// they did; and it is the same file wherever it goes from here.
func TestClean(t *testing.T) {
	for format, raw := range laden(t) {
		want, _, err := image.Decode(bytes.NewReader(raw))
		if err != nil {
			t.Fatalf("%s: %v", format, err)
		}
		d, err := drawn(t.Context(), raw, shownSide)
		if err != nil {
			t.Fatalf("%s: %v", format, err)
		}
		for _, word := range []string{"56.9496N", "script", "PK\x03\x04", "Exif", "ns.adobe.com"} {
			if bytes.Contains(d.content, []byte(word)) {
				t.Errorf("%s: it still says %q", format, word)
			}
		}
		got, _, err := image.Decode(bytes.NewReader(d.content))
		if err != nil || !alike(got, want) {
			t.Errorf("%s: it shows something else (%v)", format, err)
		}
		if !bytes.Contains(d.content, icc("RGB ")) || d.mediaType != "image/"+format {
			t.Errorf("%s: it became %s, of other colours", format, d.mediaType)
		}
		if again, err := drawn(t.Context(), d.content, shownSide); err != nil || !bytes.Equal(again.content, d.content) {
			t.Errorf("%s: once more it is another (%v)", format, err)
		}
	}
}

func alike(a, b image.Image) bool {
	if a.Bounds() != b.Bounds() {
		return false
	}
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			if color.NRGBA64Model.Convert(a.At(x, y)) != color.NRGBA64Model.Convert(b.At(x, y)) {
				return false
			}
		}
	}
	return true
}

// TestCleanKeeps: a picture of good quality that goes from node to node is not
// worse after each; what is odd is drawn anew, with the meaning of its colours.
func TestCleanKeeps(t *testing.T) {
	m := speckled(400, 300)
	photo := encoded(t, func(b *bytes.Buffer) error { return jpeg.Encode(b, m, &jpeg.Options{Quality: 97}) })
	withICC := func(space string) []byte { return slices.Concat(photo[:2], iccSegments(icc(space)), photo[2:]) }
	for name, c := range map[string]struct {
		raw    []byte
		side   int
		same   bool
		colour bool
	}{
		"as it is":                   {photo, 512, true, false},
		"filled up":                  {slices.Concat(photo[:2], []byte{0xff, 0xff}, photo[2:]), 512, true, false},
		"words after the end":        {append(bytes.Clone(photo), secret...), 512, true, false},
		"colours of a screen":        {withICC("RGB "), 512, false, true},
		"colours of a printer":       {withICC("CMYK"), 512, true, false},
		"too large":                  {withICC("RGB "), 200, false, true},
		"bytes between its segments": {slices.Concat(photo[:2], appendSegment(nil, 0x02, []byte(secret)), photo[2:]), 512, false, false},
	} {
		d, err := drawn(t.Context(), c.raw, c.side)
		if err != nil {
			if name != "bytes between its segments" {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if same := bytes.Equal(d.content, photo); same != c.same {
			t.Errorf("%s: the same: %t", name, same)
		}
		if colour := bytes.Contains(d.content, icc("RGB ")); colour != c.colour {
			t.Errorf("%s: its colours are told: %t", name, colour)
		}
	}
	indexed := encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, image.NewPaletted(m.Bounds(), palette.WebSafe)) })
	if d, err := drawn(t.Context(), indexed, 512); err != nil || !bytes.Equal(d.content, indexed) {
		t.Errorf("a drawing of few colours is another (%v)", err)
	}
	padded := slices.Concat(indexed[:pngStart], appendChunk(nil, "sBIT", bytes.Repeat([]byte("hidden "), 1000)), indexed[pngStart:])
	if d, err := drawn(t.Context(), padded, 512); err != nil || !bytes.Equal(d.content, indexed) {
		t.Errorf("what hides as the depth of colours is kept (%v)", err)
	}
	// A little picture of which the scan goes on and on hides something.
	stuffed := slices.Concat(photo[:len(photo)-2], bytes.Repeat([]byte("PK hidden "), 150_000), photo[len(photo)-2:])
	if d, err := drawn(t.Context(), stuffed, 512); err == nil && bytes.Contains(d.content, []byte("hidden")) {
		t.Error("what hides in the scan is kept")
	}
}

// speckled is a picture of much detail.
func speckled(w, h int) *image.NRGBA {
	m, r := image.NewNRGBA(image.Rect(0, 0, w, h)), rand.New(rand.NewPCG(1, 2))
	for i := range m.Pix {
		m.Pix[i] = byte(i/w) + byte(r.IntN(40))
	}
	for i := 3; i < len(m.Pix); i += 4 {
		m.Pix[i] = 255
	}
	return m
}

// BenchmarkDrawn measures a photo that is kept, and one that is drawn anew.
func BenchmarkDrawn(b *testing.B) {
	raw := encoded(b, func(out *bytes.Buffer) error {
		return jpeg.Encode(out, speckled(1600, 1200), &jpeg.Options{Quality: 85})
	})
	for name, side := range map[string]int{"kept": 1600, "anew": 1599} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				d, err := drawn(b.Context(), raw, side)
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(len(d.content)), "B/file")
			}
			b.ReportMetric(float64(len(raw)), "B/upload")
		})
	}
}
