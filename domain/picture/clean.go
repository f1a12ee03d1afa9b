package picture

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// cleaned is a file without what it says beside the picture: where and when it
// was taken, by whom, with what, words, and all after its end.
type cleaned struct {
	file    []byte // nil for what is to be drawn anew, because it is odd or turned
	turned  int    // how it is to be turned: see [orientation]
	profile []byte // what its colours mean (ICC.1), "" for sRGB
}

// clean takes from a file what is no part of its picture, and leaves the
// picture's own bytes as they are, so that a picture that goes from node to node
// is not worse after each. What is left is still to be decoded: it may be broken.
func clean(raw []byte, format string) cleaned {
	var c cleaned
	switch format {
	case "jpeg":
		c = cleanJPEG(raw)
	case "png":
		c = cleanPNG(raw)
	case "webp":
		c = cleanWebP(raw)
	}
	if c.turned == 0 {
		c.turned = 1
	}
	if c.turned != 1 {
		c.file = nil
	}
	return c
}

// The markers of JPEG files (ITU-T T.81, table B.1) that are looked at.
const (
	markerDHT  = 0xc4
	markerSOI  = 0xd8
	markerEOI  = 0xd9
	markerSOS  = 0xda
	markerDQT  = 0xdb
	markerDRI  = 0xdd
	markerAPP0 = 0xe0
	markerAPP2 = 0xe2
	markerAPPE = 0xee
	markerCOM  = 0xfe
)

// cleanJPEG leaves the tables, the frame and its scans, that a file is JFIF,
// what the colours mean (Adobe's transform, the ICC profile), and nothing else.
// Files of four colours, for printers, are drawn anew: not all show them alike.
func cleanJPEG(raw []byte) cleaned {
	c := cleaned{turned: orientation(raw)}
	var profile iccParts
	out := make([]byte, 0, len(raw))
	scanned := false
	for at := 2; ; {
		marker, content, next := segment(raw, at)
		switch {
		case marker == markerEOI:
			if c.profile = profile.whole(); scanned {
				c.file = slices.Concat([]byte{0xff, markerSOI}, iccSegments(c.profile), out, []byte{0xff, markerEOI})
			}
			return c
		case marker == markerAPP0 && len(content) >= 14 && bytes.HasPrefix(content, []byte("JFIF\x00")):
			out = appendSegment(out, marker, append(bytes.Clone(content[:12]), 0, 0)) // without its thumbnail
		case marker == markerAPP2:
			profile.add(content)
		case marker == markerAPPE && len(content) >= 12 && bytes.HasPrefix(content, []byte("Adobe")):
			out = appendSegment(out, marker, content[:12])
		case marker == markerSOS:
			end := next + scan(raw[next:])
			out = append(appendSegment(out, marker, content), raw[next:end]...)
			next, scanned = end, true
		case isFrame(marker) && len(content) > 5 && content[5] <= 3, marker == markerDHT, marker == markerDQT, marker == markerDRI:
			out = appendSegment(out, marker, content)
		case marker == markerCOM, marker > markerAPP0 && marker <= 0xef, marker == markerAPP0: // told beside it
		default:
			return c
		}
		at = next
	}
}

// isFrame reports whether a frame begins, of a kind that is read: baseline,
// extended or progressive, by Huffman's codes.
func isFrame(marker byte) bool { return marker >= 0xc0 && marker <= 0xc2 }

// segment reads one of a JPEG file; a marker of 0 says that there is none.
func segment(raw []byte, at int) (marker byte, content []byte, next int) {
	if at >= len(raw) || raw[at] != 0xff {
		return 0, nil, 0
	}
	for at < len(raw) && raw[at] == 0xff { // it may be filled up
		at++
	}
	switch {
	case at >= len(raw):
		return 0, nil, 0
	case raw[at] == markerEOI:
		return markerEOI, nil, at + 1
	case at+3 > len(raw):
		return 0, nil, 0
	}
	next = at + 1 + int(binary.BigEndian.Uint16(raw[at+1:]))
	if next < at+3 || next > len(raw) {
		return 0, nil, 0
	}
	return raw[at], raw[at+3 : next], next
}

func appendSegment(out []byte, marker byte, content []byte) []byte {
	out = binary.BigEndian.AppendUint16(append(out, 0xff, marker), uint16(len(content)+2))
	return append(out, content...)
}

// scan is how long the coded picture is that begins here: up to the next marker
// that is none of those inside it.
func scan(raw []byte) int {
	for at := 0; ; at += 2 {
		n := bytes.IndexByte(raw[at:], 0xff)
		if n < 0 || at+n+1 >= len(raw) {
			return len(raw)
		}
		at += n
		if next := raw[at+1]; next != 0 && (next < 0xd0 || next > 0xd7) {
			return at
		}
	}
}
