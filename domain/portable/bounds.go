package portable

import (
	"bytes"
	"encoding/binary"
	"io"
)

// The signatures of the ends of a ZIP (APPNOTE 4.3.14 to 4.3.16), and the
// lengths of these without what may follow.
var (
	endSignature     = []byte("PK\x05\x06")
	locatorSignature = []byte("PK\x06\x07")
	wideSignature    = []byte("PK\x06\x06")
)

const (
	endLength     = 22
	locatorLength = 20
	wideLength    = 56
	maxComment    = 1<<16 - 1
	elsewhere     = 1<<32 - 1 // the size stands in the wide end
)

// Bounded refuses a ZIP whose directory is longer than so many bytes, before
// anything makes a list of what it names. Errors: Invalid, TooLarge.
func Bounded(from io.ReaderAt, size, most int64) error {
	tail := make([]byte, min(size, endLength+maxComment))
	if _, err := from.ReadAt(tail, size-int64(len(tail))); err != nil && err != io.EOF {
		return noArchive()
	}
	at := bytes.LastIndex(tail, endSignature)
	if at < 0 || at+endLength > len(tail) {
		return noArchive()
	}
	length := uint64(binary.LittleEndian.Uint32(tail[at+12:]))
	if length == elsewhere {
		var err error
		if length, err = wide(from, size, size-int64(len(tail))+int64(at)); err != nil {
			return err
		}
	}
	if length > uint64(most) {
		return tooLarge()
	}
	return nil
}

// wide reads the length of the directory of a ZIP that is larger than 4 GiB;
// end is where its ordinary end begins.
func wide(from io.ReaderAt, size, end int64) (uint64, error) {
	var locator [locatorLength]byte
	if end < locatorLength {
		return 0, noArchive()
	}
	if _, err := from.ReadAt(locator[:], end-locatorLength); err != nil || !bytes.HasPrefix(locator[:], locatorSignature) {
		return 0, noArchive()
	}
	at := binary.LittleEndian.Uint64(locator[8:])
	if size < wideLength || at > uint64(size-wideLength) {
		return 0, noArchive()
	}
	var found [wideLength]byte
	if _, err := from.ReadAt(found[:], int64(at)); err != nil || !bytes.HasPrefix(found[:], wideSignature) {
		return 0, noArchive()
	}
	return binary.LittleEndian.Uint64(found[40:]), nil
}
