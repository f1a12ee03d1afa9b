package seed

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

// The bounds of what is looked through for notices of a licence, in bytes.
// What is beyond them is not looked at: that is no fault of the tree.
const (
	maxDocument  = 32 << 20  // of one document
	maxDocuments = 512 << 20 // of all
	maxUnpacked  = 64 << 20  // of what is packed in one
	maxStream    = 4 << 20   // of one part of a PDF
)

// noticeLink and noticeWords are how documents name their Creative Commons
// licence.
var (
	noticeLink  = regexp.MustCompile(`(?i)creativecommons\.org/(?:licen[sc]es/(by(?:-nc)?(?:-sa|-nd)?)|publicdomain/(zero))/([1-4]\.[0-9])`)
	noticeWords = regexp.MustCompile(`(?i)\bCC[ -](BY(?:-NC)?(?:-SA|-ND)?)[ -]([1-4]\.[0-9])`)
	markupTag   = regexp.MustCompile(`<[^<>]*>`)
)

// class is the licence of the vocabulary that a Creative Commons licence
// belongs to.
func class(spdx string) string {
	switch {
	case strings.HasPrefix(spdx, "CC0"):
		return "public_domain"
	case strings.Contains(spdx, "-NC"):
		return "non_commercial"
	case strings.Contains(spdx, "-SA"):
		return "copyleft"
	}
	return "permissive"
}

// notice returns the licence that a document names in itself, as an SPDX
// identifier; of several the newest of the strictest; "" for none.
func (r *reader) notice(file string) string {
	info, err := fs.Lstat(r.tree, file)
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxDocument || r.looked+info.Size() > maxDocuments {
		return ""
	}
	r.looked += info.Size()
	raw, err := fs.ReadFile(r.tree, file)
	if err != nil {
		return ""
	}
	var found []string
	look := func(part []byte) {
		for _, text := range [][]byte{part, markupTag.ReplaceAll(part, nil)} {
			for _, m := range noticeLink.FindAllSubmatch(text, -1) {
				found = append(found, spdxOf(strings.ToUpper(string(m[1])), string(m[3])))
			}
			for _, m := range noticeWords.FindAllSubmatch(text, -1) {
				found = append(found, spdxOf(strings.ToUpper(string(m[1])), string(m[2])))
			}
		}
	}
	switch strings.ToLower(path.Ext(file)) {
	case ".docx", ".pptx", ".xlsx", ".odt", ".odp", ".ods":
		unpack(raw, look)
	case ".pdf":
		inflate(raw, look)
	default:
		look(raw)
	}
	if len(found) == 0 {
		return ""
	}
	return slices.MaxFunc(found, func(a, b string) int {
		if a, b := len(strings.TrimRight(a, "0123456789.")), len(strings.TrimRight(b, "0123456789.")); a != b {
			return a - b
		}
		return strings.Compare(a, b)
	})
}

// spdxOf is the identifier of a Creative Commons licence: "CC-BY-SA-4.0"; name
// is "" for CC0.
func spdxOf(name, version string) string {
	if name == "" {
		return "CC0-" + version
	}
	return "CC-" + name + "-" + version
}

// unpack shows the texts and links of an office document.
func unpack(raw []byte, look func([]byte)) {
	archive, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		return
	}
	left := int64(maxUnpacked)
	for _, f := range archive.File {
		if ext := path.Ext(f.Name); ext != ".xml" && ext != ".rels" || left <= 0 {
			continue
		}
		part, err := f.Open()
		if err != nil {
			continue
		}
		text, _ := io.ReadAll(io.LimitReader(part, left))
		_ = part.Close()
		left -= int64(len(text))
		look(text)
	}
}

// inflate shows what a PDF has in the open, and what it has packed.
func inflate(raw []byte, look func([]byte)) {
	look(raw)
	left := maxUnpacked
	for rest := raw; left > 0; {
		i := bytes.Index(rest, []byte("stream"))
		if i < 0 {
			return
		}
		rest = rest[i+len("stream"):]
		packed, err := zlib.NewReader(bytes.NewReader(bytes.TrimLeft(rest[:min(len(rest), maxStream)], "\r\n")))
		if err != nil {
			continue
		}
		text, _ := io.ReadAll(io.LimitReader(packed, int64(min(left, maxStream))))
		left -= len(text)
		look(text)
	}
}
