package picture

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"io"
	"slices"
)

// maxProfile is the longest ICC profile that stays with a picture: those of
// screens and cameras have up to a few kilobytes, those of printers more.
const maxProfile = 64 << 10

const (
	iccName = "ICC_PROFILE\x00" // with which its segments begin (ICC.1:2022, annex B.4)
	iccPart = 65533 - len(iccName) - 2
)

// profiled returns an ICC profile that is one by its header (ICC.1:2022 §7.2),
// of colours that are red, green and blue; else nil. What follows it is not kept.
func profiled(raw []byte) []byte {
	if len(raw) < 128 || len(raw) > maxProfile || int64(binary.BigEndian.Uint32(raw)) != int64(len(raw)) ||
		string(raw[16:20]) != "RGB " || string(raw[36:40]) != "acsp" {
		return nil
	}
	return raw
}

// iccParts gathers a profile from the segments of a JPEG file.
type iccParts struct {
	parts  [][]byte
	broken bool
}

func (p *iccParts) add(content []byte) {
	rest, found := bytes.CutPrefix(content, []byte(iccName))
	if !found {
		return
	}
	if len(rest) < 2 || int(rest[0]) != len(p.parts)+1 {
		p.broken = true
		return
	}
	p.parts = append(p.parts, rest[2:])
}

func (p *iccParts) whole() []byte {
	if p.broken {
		return nil
	}
	return profiled(slices.Concat(p.parts...))
}

// iccSegments writes a profile as segments of a JPEG file.
func iccSegments(profile []byte) (out []byte) {
	parts := slices.Collect(slices.Chunk(profile, iccPart))
	for i, part := range parts {
		out = appendSegment(out, markerAPP2, slices.Concat([]byte(iccName), []byte{byte(i + 1), byte(len(parts))}, part))
	}
	return out
}

// iccOfPNG reads the profile of a chunk of a PNG file: a name, how it is
// compressed, and it.
func iccOfPNG(chunk []byte) []byte {
	_, rest, found := bytes.Cut(chunk, []byte{0})
	if !found || len(rest) < 1 || rest[0] != 0 {
		return nil
	}
	r, err := zlib.NewReader(bytes.NewReader(rest[1:]))
	if err != nil {
		return nil
	}
	profile, err := io.ReadAll(io.LimitReader(r, maxProfile+1))
	if err != nil {
		return nil
	}
	return profiled(profile)
}

// iccChunk writes a profile as a chunk of a PNG file. It is not compressed: the
// same profile is the same bytes wherever it is written.
func iccChunk(profile []byte) []byte {
	if profile == nil {
		return nil
	}
	var packed bytes.Buffer
	w, _ := zlib.NewWriterLevel(&packed, zlib.NoCompression) // the level is one
	_, _ = w.Write(profile)                                  // to memory
	_ = w.Close()
	return appendChunk(nil, "iCCP", append([]byte("ICC\x00\x00"), packed.Bytes()...))
}

func appendChunk(out []byte, kind string, content []byte) []byte {
	out = append(binary.BigEndian.AppendUint32(out, uint32(len(content))), kind...)
	out = append(out, content...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[len(out)-len(content)-4:]))
}

// pngStart is how long a PNG file is before what may tell of its colours.
const pngStart = len(pngSignature) + 4 + 4 + 13 + 4

// withProfile tells in a picture that was drawn anew what its colours mean, as
// the file did from which it was drawn.
func withProfile(file []byte, mediaType string, profile []byte) []byte {
	if mediaType == TypeJPEG {
		return slices.Concat(file[:2], iccSegments(profile), file[2:])
	}
	return slices.Concat(file[:pngStart], iccChunk(profile), file[pngStart:])
}
