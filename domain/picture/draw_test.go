package picture

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"testing"

	"interlink/domain"
)

// striped is a picture of two halves, one of them seen through.
func striped(w, h int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.SetNRGBA(x, y, color.NRGBA{R: 200, A: uint8(255 * (2 * x / w))})
		}
	}
	return m
}

func encoded(t testing.TB, encode func(b *bytes.Buffer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := encode(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// claims is the beginning of a PNG that says it is w by h pixels.
func claims(w, h uint32) []byte {
	header := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32([]byte("IHDR"), w), h)
	header = append(header, 8, 6, 0, 0, 0)
	raw := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), header...)
	return binary.BigEndian.AppendUint32(raw, crc32.ChecksumIEEE(header))
}

// manyScans is a progressive JPEG of one colour, whose scans each say of all its
// blocks that nothing more is in them (ITU-T T.81 §G.1.2.2).
func manyScans(side uint16, scans int) []byte {
	high, low := byte(side>>8), byte(side)
	out := appendSegment([]byte{0xff, markerSOI}, markerDQT, append([]byte{0}, bytes.Repeat([]byte{1}, 64)...))
	out = appendSegment(out, 0xc2, []byte{8, high, low, high, low, 1, 1, 0x11, 0})
	out = appendSegment(out, markerDHT, append([]byte{0x10, 1, 15: 0}, 0, 0xe0)) // one code, of one bit: no more in 2^14 blocks and up
	blocks := (int(side) + 7) / 8
	coded := make([]byte, (blocks*blocks>>14+1)*15/8+1)
	for range scans {
		out = append(appendSegment(out, markerSOS, []byte{1, 1, 0, 1, 63, 0}), coded...)
	}
	return append(out, 0xff, markerEOI)
}

func TestDrawn(t *testing.T) {
	for name, c := range map[string]struct {
		raw  []byte
		kind string
		w, h int
	}{
		"PNG":      {encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, striped(40, 20)) }), TypePNG, 40, 20},
		"wide PNG": {encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, striped(2048, 512)) }), TypePNG, 512, 128},
		"thin PNG": {encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, striped(2, 3000)) }), TypePNG, 1, 512},
		"JPEG":     {encoded(t, func(b *bytes.Buffer) error { return jpeg.Encode(b, striped(30, 30), nil) }), TypeJPEG, 30, 30},
		"GIF":      {encoded(t, func(b *bytes.Buffer) error { return gif.Encode(b, striped(16, 8), nil) }), TypePNG, 16, 8},
		"scans":    {manyScans(64, maxScans), TypeJPEG, 64, 64},
		"WebP":     {[]byte("RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00"), TypeWebP, 1, 1},
	} {
		d, err := drawn(t.Context(), c.raw, maxSide)
		if err != nil || d.mediaType != c.kind {
			t.Errorf("%s: %+v, %v", name, d, err)
			continue
		}
		m, format, err := image.Decode(bytes.NewReader(d.content))
		if err != nil || "image/"+format != c.kind || m.Bounds().Dx() != c.w || m.Bounds().Dy() != c.h {
			t.Errorf("%s: %s of %v, %v", name, format, m.Bounds(), err)
		}
	}
	d, err := drawn(t.Context(), encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, striped(40, 20)) }), maxSide)
	if err != nil {
		t.Fatal(err)
	}
	m, err := png.Decode(bytes.NewReader(d.content))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, _, a := m.At(5, 5).RGBA(); a != 0 {
		t.Error("what was seen through is so no more")
	}
}

func TestDrawnRefuses(t *testing.T) {
	whole := encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, striped(40, 20)) })
	for name, c := range map[string]struct {
		raw  []byte
		want domain.Code
	}{
		"nothing":         {nil, domain.Invalid},
		"text":            {[]byte("a tree"), domain.Invalid},
		"SVG":             {[]byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), domain.Invalid},
		"HTML":            {[]byte("<!doctype html><p>a tree"), domain.Invalid},
		"half a PNG":      {whole[:len(whole)/2], domain.Invalid},
		"no pixels":       {claims(0, 10), domain.Invalid},
		"many pixels":     {claims(50_000, 50_000), domain.TooLarge},
		"most pixels":     {claims(1<<20, 1<<20), domain.TooLarge},
		"a large file":    {make([]byte, MaxBytes+1), domain.TooLarge},
		"a claim of more": {claims(3000, 3000), domain.Invalid},
		"many scans":      {manyScans(64, maxScans+1), domain.Invalid},
	} {
		d, err := drawn(t.Context(), c.raw, maxSide)
		if domain.CodeOf(err) != c.want || d != nil {
			t.Errorf("%s: %+v, %v", name, d, err)
			continue
		}
		if fields := domain.FieldsOf(err); len(fields) != 1 || fields[0].Field != "file" {
			t.Errorf("%s: on %v", name, fields)
		}
	}
}

// FuzzDrawn: what is foreign is a picture of ours or an error, never a panic;
// and it is the same once more.
func FuzzDrawn(f *testing.F) {
	f.Add(encoded(f, func(b *bytes.Buffer) error { return png.Encode(b, striped(4, 4)) }))
	f.Add(encoded(f, func(b *bytes.Buffer) error { return jpeg.Encode(b, striped(4, 4), nil) }))
	f.Add(encoded(f, func(b *bytes.Buffer) error { return gif.Encode(b, striped(4, 4), nil) }))
	f.Add(claims(50_000, 50_000))
	for _, raw := range laden(f) {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		d, err := drawn(t.Context(), raw, maxSide)
		if err != nil {
			return
		}
		if config, format, err := image.DecodeConfig(bytes.NewReader(d.content)); err != nil || config.Width > maxSide || config.Height > maxSide || "image/"+format != d.mediaType {
			t.Errorf("%d by %d, %v", config.Width, config.Height, err)
		}
		if len(d.content) > MaxBytes {
			return // it was drawn from a smaller file, and would be refused
		}
		if again, err := drawn(t.Context(), d.content, maxSide); err != nil || !bytes.Equal(again.content, d.content) {
			t.Errorf("once more it is another (%v)", err)
		}
	})
}
