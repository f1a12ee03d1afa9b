package picture

import (
	"bytes"
	"context"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"testing"
)

// photo is a JPEG, 32 wide and 16 high, whose left upper corner is red, with
// what a telephone writes about how it was held.
func photo(t testing.TB, order binary.AppendByteOrder, turned uint16) []byte {
	t.Helper()
	m := image.NewNRGBA(image.Rect(0, 0, 32, 16))
	for y := range 16 {
		for x := range 32 {
			c := color.NRGBA{B: 255, A: 255}
			if x < 16 && y < 8 {
				c = color.NRGBA{R: 255, A: 255}
			}
			m.SetNRGBA(x, y, c)
		}
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, m, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	mark := "MM"
	if order == binary.AppendByteOrder(binary.LittleEndian) {
		mark = "II"
	}
	tiff := append([]byte("Exif\x00\x00"+mark), order.AppendUint16(nil, 42)...)
	tiff = order.AppendUint32(tiff, 8)
	tiff = order.AppendUint16(tiff, 2)
	for _, entry := range [][2]uint16{{0x010f, 7}, {0x0112, turned}} {
		tiff = order.AppendUint16(tiff, entry[0])
		tiff = order.AppendUint16(tiff, 3)
		tiff = order.AppendUint32(tiff, 1)
		tiff = order.AppendUint16(tiff, entry[1])
		tiff = order.AppendUint16(tiff, 0)
	}
	segment := binary.BigEndian.AppendUint16([]byte{0xff, 0xd8, 0xff, 0xe1}, uint16(len(tiff)+2))
	return append(append(segment, tiff...), out.Bytes()[2:]...)
}

// TestOrientation: a photo stands as it was held, whatever the camera wrote,
// and says nothing of it any more.
func TestOrientation(t *testing.T) {
	for turned, red := range map[uint16]struct {
		size   image.Point
		corner image.Point
	}{
		0: {image.Pt(32, 16), image.Pt(2, 2)}, 1: {image.Pt(32, 16), image.Pt(2, 2)}, 2: {image.Pt(32, 16), image.Pt(29, 2)},
		3: {image.Pt(32, 16), image.Pt(29, 13)}, 4: {image.Pt(32, 16), image.Pt(2, 13)}, 5: {image.Pt(16, 32), image.Pt(2, 2)},
		6: {image.Pt(16, 32), image.Pt(13, 2)}, 7: {image.Pt(16, 32), image.Pt(13, 29)}, 8: {image.Pt(16, 32), image.Pt(2, 29)}, 9: {image.Pt(32, 16), image.Pt(2, 2)},
	} {
		for _, order := range []binary.AppendByteOrder{binary.BigEndian, binary.LittleEndian} {
			d, err := drawn(context.Background(), photo(t, order, turned), shownSide)
			if err != nil || d.picture.Bounds().Size() != red.size {
				t.Errorf("turned %d: %+v (%v)", turned, d, err)
				continue
			}
			if bytes.Contains(d.content, []byte("Exif")) {
				t.Errorf("turned %d: it still says so", turned)
			}
			m, err := jpeg.Decode(bytes.NewReader(d.content))
			if err != nil {
				t.Fatal(err)
			}
			if r, _, b, _ := m.At(red.corner.X, red.corner.Y).RGBA(); r>>8 < 200 || b>>8 > 60 {
				t.Errorf("turned %d: the corner is %v", turned, m.At(red.corner.X, red.corner.Y))
			}
		}
	}
}

// FuzzOrientation: whatever the bytes are, the answer is one of eight.
func FuzzOrientation(f *testing.F) {
	f.Add(photo(f, binary.BigEndian, 6))
	f.Add(photo(f, binary.LittleEndian, 8)[:40])
	f.Add([]byte{0xff, 0xd8, 0xff, 0xe1, 0, 16, 'E', 'x', 'i', 'f', 0, 0, 'I', 'I', 42, 0, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, raw []byte) {
		if n := orientation(raw); n < 1 || n > 8 {
			t.Errorf("%d", n)
		}
	})
}
