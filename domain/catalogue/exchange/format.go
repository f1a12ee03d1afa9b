package exchange

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/catalogue/dump"
	"interlink/domain/catalogue/publiccode"
	"interlink/domain/catalogue/seed"
	"interlink/domain/catalogue/sheet"
)

// Format is a format of catalogues.
type Format string

// The formats.
const (
	Auto        Format = ""           // told by the content
	Tree        Format = "interlink"  // the INTERLINK tree: a ZIP file of it, or its all.json
	PublicCode  Format = "publiccode" // one publiccode.yml
	Sheet       Format = "csv"        // a table, see package sheet
	Dump        Format = "json"       // a node's export, see package dump
	List        Format = "list"       // addresses of publiccode.yml files or repositories, one a line
	OpenCatalog Format = "open-catalog"
)

// Formats lists the formats in the order in which they are offered.
var Formats = []Format{Tree, PublicCode, Sheet, Dump, List, OpenCatalog}

// ParseFormat reads the name of a format. Errors: Invalid.
func ParseFormat(s string) (Format, error) {
	for _, f := range append([]Format{Auto}, Formats...) {
		if string(f) == s {
			return f, nil
		}
	}
	return Auto, domain.InvalidField("format", "exchange.format")
}

// MaxFile bounds a file that is taken in, in bytes.
const MaxFile = 32 << 20

var publiccodeKey = regexp.MustCompile(`(?m)^["']?publiccodeYmlVersion["']?\s*:`)

// Detect tells the format of a file by its content; Auto if it is none.
func Detect(raw []byte) Format {
	text := bytes.TrimSpace(bytes.TrimPrefix(raw, []byte("\ufeff")))
	switch {
	case bytes.HasPrefix(raw, []byte("PK\x03\x04")):
		return Tree
	case bytes.HasPrefix(text, []byte("{")):
		return detectJSON(text)
	case publiccodeKey.Match(text):
		return PublicCode
	case onlyAddresses(text):
		return List
	case sheetHead(text):
		return Sheet
	}
	return Auto
}

func detectJSON(text []byte) Format {
	var members map[string]json.RawMessage
	if json.Unmarshal(text, &members) != nil {
		return Auto
	}
	has := func(name string) bool { _, ok := members[name]; return ok }
	switch {
	case has("format") && has("entries"):
		return Dump
	case has("interlinkers") || has("problemprofiles"):
		return Tree
	case has("data"):
		return OpenCatalog
	case has("publiccodeYmlVersion"): // JSON is YAML
		return PublicCode
	}
	return Auto
}

func onlyAddresses(text []byte) bool {
	some := false
	for line := range strings.SplitSeq(string(text), "\n") {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if _, err := domain.ParseLink(line); err != nil {
			return false
		}
		some = true
	}
	return some
}

// sheetHead reports whether a text begins with the names of columns that every
// table has.
func sheetHead(text []byte) bool {
	head, _, _ := strings.Cut(strings.ToLower(string(text)), "\n")
	name, nature := false, false
	for _, cell := range strings.Split(head, string(sheet.Comma(text))) {
		cell = strings.Trim(cell, "\" \r")
		name = name || cell == "name" || strings.HasPrefix(cell, "name.")
		nature = nature || cell == "nature"
	}
	return name && nature
}

// Read reads a file of a format, or of whichever it is. Lists of addresses and
// open catalogues lead elsewhere: [Reader.Address] follows them. What is wrong
// is among the bundle's issues.
func Read(file string, raw []byte, format Format) catalogue.Bundle {
	if len(raw) > MaxFile {
		return refused(file, "larger than %d MB", MaxFile>>20)
	}
	if format == Auto {
		format = Detect(raw)
	}
	switch format {
	case Tree:
		return tree(file, raw)
	case PublicCode:
		return publiccode.Read(file, raw)
	case Sheet:
		return sheet.Read(file, raw)
	case Dump:
		return dump.Read(file, raw)
	}
	return refused(file, "of no format that is known: name it, if it has one")
}

// tree reads a ZIP file of a tree, or a tree in one JSON document.
func tree(file string, raw []byte) catalogue.Bundle {
	if !bytes.HasPrefix(raw, []byte("PK")) {
		return seed.ReadAll(file, raw)
	}
	archive, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		return refused(file, "not a ZIP file: %v", err)
	}
	return seed.Read(seed.Below(archive))
}

// refused is a bundle that has nothing but one error.
func refused(file, format string, args ...any) catalogue.Bundle {
	return catalogue.Bundle{Issues: []catalogue.Issue{{File: file, Message: fmt.Sprintf(format, args...), Error: true}}}
}
