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
	headerLength  = 46 // of a file in the directory, without its name
	maxComment    = 1<<16 - 1
)

// Bounded refuses a ZIP whose directory is longer than so many bytes, before
// anything makes a list of what it names. The directory must stand right before
// its end: readers go on from where it begins for as long as they find names,
// whatever length it says. Errors: Invalid, TooLarge.
func Bounded(from io.ReaderAt, size, most int64) error {
	tail := make([]byte, min(size, endLength+maxComment))
	if _, err := from.ReadAt(tail, size-int64(len(tail))); err != nil && err != io.EOF {
		return noArchive()
	}
	at := bytes.LastIndex(tail, endSignature)
	if at < 0 || at+endLength > len(tail) {
		return noArchive()
	}
	end := size - int64(len(tail)) + int64(at)
	d := directory{
		end: uint64(end), records: uint64(binary.LittleEndian.Uint16(tail[at+10:])),
		length: uint64(binary.LittleEndian.Uint32(tail[at+12:])), offset: uint64(binary.LittleEndian.Uint32(tail[at+16:])),
	}
	if d.elsewhere() {
		var err error
		if d, err = wide(from, d); err != nil {
			return err
		}
	}
	if d.length > uint64(most) {
		return tooLarge()
	}
	if d.offset > d.end || d.end-d.offset != d.length || d.records > d.length/headerLength {
		return noArchive()
	}
	return nil
}

// directory is what the end of a ZIP says of its directory.
type directory struct {
	end                     uint64 // where the end begins
	records, length, offset uint64
}

// elsewhere reports whether readers look for the wide end: they differ in which
// of the numbers has to be full.
func (d directory) elsewhere() bool {
	return d.records == 1<<16-1 || d.length == 1<<16-1 || d.length == 1<<32-1 || d.offset == 1<<32-1
}

// wide reads the end of a ZIP that is larger than 4 GiB, or has more than 65,534
// files: it stands right before its locator, which stands before the ordinary
// end. A ZIP without one is what its ordinary end says.
func wide(from io.ReaderAt, d directory) (directory, error) {
	found := make([]byte, min(d.end, wideLength+locatorLength))
	at := d.end - uint64(len(found))
	if _, err := from.ReadAt(found, int64(at)); err != nil {
		return d, noArchive()
	}
	locator := found[max(0, len(found)-locatorLength):]
	if !bytes.HasPrefix(locator, locatorSignature) {
		return d, nil
	}
	here := binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint32(bytes.Clone(locatorSignature), 0), at) // of the first disk
	if len(found) < wideLength+locatorLength || !bytes.Equal(locator, binary.LittleEndian.AppendUint32(here, 1)) || !bytes.HasPrefix(found, wideSignature) {
		return d, noArchive()
	}
	return directory{
		end: at, records: binary.LittleEndian.Uint64(found[32:]), length: binary.LittleEndian.Uint64(found[40:]), offset: binary.LittleEndian.Uint64(found[48:]),
	}, nil
}
