package picture

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"io"
	"slices"
)

const pngSignature = "\x89PNG\r\n\x1a\n"

// cleanPNG leaves the size, the palette, what is seen through, what the colours
// mean, and the picture itself, as one chunk of exactly its bytes: of a moving
// picture the first, as others show it who know none.
func cleanPNG(raw []byte) cleaned {
	var (
		c            cleaned
		head, colour []byte
		picture      []byte
	)
	for at := len(pngSignature); at+12 <= len(raw); {
		size := int64(binary.BigEndian.Uint32(raw[at:]))
		if size > int64(len(raw)-at-12) {
			return c
		}
		kind, content := string(raw[at+4:at+8]), raw[at+8:at+8+int(size)]
		whole := raw[at : at+12+int(size)]
		switch kind {
		case "IHDR":
			head = append(head, whole...)
		case "gAMA", "cHRM", "sRGB", "sBIT", "PLTE", "tRNS":
			if len(content) <= 3*256 { // a palette; what is longer carries something else
				colour = append(colour, whole...)
			}
		case "iCCP":
			c.profile = iccOfPNG(content)
		case "eXIf":
			c.turned = orientationOf(content)
		case "IDAT":
			picture = append(picture, content...)
		case "IEND":
			if len(head) == pngStart-len(pngSignature) && inflated(picture) {
				c.file = slices.Concat([]byte(pngSignature), head, iccChunk(c.profile), colour, appendChunk(nil, "IDAT", picture), appendChunk(nil, "IEND", nil))
			}
			return c
		}
		at += len(whole)
	}
	return c
}

// inflated reports whether bytes are compressed ones (RFC 1950) and nothing
// after these: what reads pictures stops at their end.
func inflated(packed []byte) bool {
	rest := bytes.NewReader(packed)
	r, err := zlib.NewReader(rest)
	if err != nil {
		return false
	}
	_, err = io.Copy(io.Discard, io.LimitReader(r, 8*maxPixels+1<<20))
	return err == nil && rest.Len() == 0
}

// The bits of an extended WebP file (RFC 9649 §2.7) that stay.
const (
	webpProfile = 1 << 5
	webpAlpha   = 1 << 4
	webpMoves   = 1 << 1
)

// cleanWebP leaves the picture, what is seen through, and what the colours
// mean. A file that needs no more than the picture becomes a simple one.
func cleanWebP(raw []byte) cleaned {
	var (
		c                    cleaned
		extent, alpha, whole []byte
		simple               bool
	)
	for at := 12; at+8 <= len(raw) && whole == nil; {
		size := int64(binary.LittleEndian.Uint32(raw[at+4:]))
		end := int64(at) + 8 + size
		if end > int64(len(raw)) {
			return c
		}
		kind, content := string(raw[at:at+4]), raw[at+8:end]
		switch {
		case kind == "VP8X" && size == 10 && content[0]&webpMoves == 0:
			extent = bytes.Clone(content)
		case kind == "VP8X":
			return c
		case kind == "ICCP":
			c.profile = profiled(content)
		case kind == "ALPH":
			alpha = riff(kind, content)
		case kind == "VP8 " || kind == "VP8L":
			whole, simple = riff(kind, content), kind == "VP8L" || alpha == nil
		}
		at = int(end + size%2)
	}
	if whole == nil {
		return c
	}
	if extent != nil && (c.profile != nil || !simple) {
		whole = slices.Concat(extended(extent, c.profile, alpha), whole)
	}
	c.file = riff("RIFF", append([]byte("WEBP"), whole...))
	return c
}

// extended is what stands before the picture of an extended WebP file.
func extended(extent, profile, alpha []byte) []byte {
	extent[0], extent[1], extent[2], extent[3] = extent[0]&webpAlpha, 0, 0, 0
	if profile == nil {
		return append(riff("VP8X", extent), alpha...)
	}
	extent[0] |= webpProfile
	return slices.Concat(riff("VP8X", extent), riff("ICCP", profile), alpha)
}

func riff(kind string, content []byte) []byte {
	out := append(binary.LittleEndian.AppendUint32([]byte(kind), uint32(len(content))), content...)
	if len(content)%2 == 1 {
		out = append(out, 0)
	}
	return out
}
