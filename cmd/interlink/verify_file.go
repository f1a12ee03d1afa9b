package main

import (
	"archive/zip"
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"interlink/domain"
	"interlink/domain/nodearchive"
	"interlink/federation/activity"
	"interlink/federation/evidence"
)

// takeEvidence is where what can be verified is to be had.
const takeEvidence = "Take “The evidence (JSON)” from the page of the story, or name the address of the story itself."

// openFile reads a document, or evidence of a story, from the bytes of a file. What
// cannot be checked at all is told apart: that is nobody's fault but the file's.
func openFile(raw []byte) (*evidence.Opened, error) {
	trimmed := bytes.TrimSpace(raw)
	switch {
	case len(raw) > maxFile:
		return nil, &unchecked{"it is longer than a story and what it shows can be", takeEvidence}
	case len(trimmed) == 0:
		return nil, &unchecked{"it is empty", "Fetch it again. " + takeEvidence}
	case trimmed[0] != '{':
		return nil, &unchecked{"it is " + looksLike(trimmed) + ", and no document that can be signed (JSON)", takeEvidence}
	}
	var whole json.RawMessage
	if err := json.NewDecoder(bytes.NewReader(raw)).Decode(&whole); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, &unchecked{fmt.Sprintf("it was cut off: it ends after %d bytes in the middle of the document", len(raw)), "Fetch it again, and compare its length."}
		}
		return nil, &unchecked{"it is no JSON: " + err.Error(), "Fetch it again. " + takeEvidence}
	}
	opened, err := evidence.Open(raw)
	if err == nil {
		return opened, nil
	}
	if doc, failed := activity.ScanLarge(raw, maxFile); failed == nil && doc["process"] != nil && doc["takenAt"] != nil {
		return nil, &unchecked{"it is what a story shows, without the story, and has no signature of its own", "The story names its SHA-256, by which it is compared. " + takeEvidence}
	}
	why := "it is JSON, but no document with an id and a type"
	var told *domain.Error
	if errors.As(err, &told) && told.Err != nil {
		why = "it is JSON that no server reads: " + told.Err.Error()
	}
	return nil, &unchecked{why, takeEvidence}
}

// looksLike says what a file is by how it begins.
func looksLike(raw []byte) string {
	for begin, name := range map[string]string{"%PDF": "a PDF", "<": "a web page or XML", "PK\x03\x04": "an archive (ZIP): give it as a file, not by standard input", "\x89PNG": "a picture", "\xff\xd8": "a picture", "[": "a list"} {
		if bytes.HasPrefix(raw, []byte(begin)) {
			return name
		}
	}
	return "something else"
}

// unsignable says of what is never signed as a whole what can be verified in its
// place; nil for other documents.
func unsignable(doc activity.Document) error {
	if len(doc["proof"]) > 0 {
		return nil
	}
	what, todo := "", ""
	switch typ := doc.Type(); {
	case doc["interlink:process"] != nil:
		what, todo = "a process", "Its releases and its stories are signed: name the address of one, such as "+string(doc.IRI("id"))+"/releases/1.0."
	case doc["interlink:community"] != nil:
		what, todo = "a community", "The stories that it announces are signed by their organisations: name the address of one."
	case typ == "Group" || typ == "Organization" || typ == "Person" || typ == "Service" || typ == "Application":
		what, todo = "somebody (type "+typ+")", "What they signed can be verified: name the address of a story, a release or an entry of a catalogue."
	case strings.HasSuffix(typ, "Collection") || strings.HasSuffix(typ, "CollectionPage"):
		what, todo = "a list (type "+typ+")", "Name the address of one of its documents."
	default:
		return nil
	}
	return &unchecked{"it is " + what + ", which goes on changing and is not signed as a whole: that it is so is known from its own server alone", todo}
}

// isArchive reports whether a file is a ZIP, which it is left at the beginning of.
func isArchive(file *os.File) bool {
	begin := make([]byte, 4)
	n, _ := io.ReadFull(file, begin)
	_, err := file.Seek(0, io.SeekStart)
	return err == nil && string(begin[:n]) == "PK\x03\x04"
}

// archive checks the documents in an archive that are signed, and, by the
// manifest of the archive of a node, that nothing was damaged.
func (v *verifying) archive(file *os.File) error {
	z, sum, err := openArchive(file)
	if err != nil {
		return err
	}
	v.say("archive %s, SHA-256 %x", v.What, sum)
	worst, n := v.whole(z), 0
	for _, part := range z.File {
		signed, outcome := v.part(part)
		if signed {
			n++
		}
		if outcome != nil && !errors.Is(worst, errFailed) {
			worst = outcome
		}
	}
	v.say("  %d signed documents; all else in it is not signed, and is as good as where you have the archive from", n)
	switch {
	case errors.Is(worst, errFailed):
		return errFailed
	case worst != nil:
		return &unchecked{"some of it could not be checked", "See above; --ask asks the organisations' servers for their keys."}
	case n == 0:
		return &unchecked{"nothing in it is signed", "Compare its SHA-256 with one that who made it tells you by another way."}
	}
	v.verified()
	return nil
}

// openArchive opens an archive, and hashes it by SHA-256.
func openArchive(file *os.File) (*zip.Reader, []byte, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, nil, &unchecked{err.Error(), "Try again, or copy the file first."}
	}
	z, err := zip.NewReader(file, info.Size())
	if err != nil {
		return nil, nil, &unchecked{fmt.Sprintf("it is an archive (ZIP) that was cut off or damaged: %v", err), "Fetch it again, and compare its length."}
	}
	sum := sha256.New()
	if _, err := io.Copy(sum, io.NewSectionReader(file, 0, info.Size())); err != nil {
		return nil, nil, &unchecked{err.Error(), "Try again, or copy the file first."}
	}
	return z, sum.Sum(nil), nil
}

// part checks one file of an archive and says what came of it: whether it is a
// signed document, and why that does not verify.
func (v *verifying) part(part *zip.File) (signed bool, outcome error) {
	if !strings.HasSuffix(part.Name, ".json") || part.UncompressedSize64 > maxFile {
		return false, nil
	}
	raw, err := readPart(part)
	if err != nil {
		v.say("  %s: NOT VERIFIED: %v", part.Name, err)
		return false, errFailed
	}
	opened, err := evidence.Open(raw)
	if err != nil || len(opened.Document["proof"]) == 0 {
		return false, nil //nolint:nilerr // it is no document that could be signed
	}
	report, err := v.check(opened)
	if err == nil {
		err = v.verdict(report)
	}
	if outcome = v.outcome(err); outcome == nil {
		v.say("  %s: verified: signed by %s", part.Name, report.Owner)
	} else {
		v.say("  %s: %s: %s", part.Name, verdictOf(outcome), explain(err))
	}
	return true, outcome
}

// whole compares what is in the archive of a node with its manifest.
func (v *verifying) whole(z *zip.Reader) error {
	var failed error
	parts := map[string]*zip.File{}
	for _, part := range z.File {
		if parts[part.Name] != nil {
			v.say("  %s: NOT VERIFIED: it is there twice: others may read the other", part.Name)
			failed = errFailed
		}
		parts[part.Name] = part
	}
	listed := parts["manifest.json"]
	if listed == nil {
		return failed
	}
	var m nodearchive.Manifest
	if raw, err := readPart(listed); err != nil || json.Unmarshal(raw, &m) != nil || len(m.Parts) == 0 {
		return failed // of another kind of archive
	}
	for _, p := range m.Parts {
		if why := differs(parts[p.Path], p.SHA256); why != "" {
			v.say("  %s: NOT VERIFIED: %s", p.Path, why)
			failed = errFailed
		}
	}
	if failed == nil {
		v.say("  %d parts: each as the manifest says, which is not signed itself", len(m.Parts))
	}
	return failed
}

// differs says how a part is not what the manifest has; "" if it is.
func differs(part *zip.File, want string) string {
	if part == nil {
		return "it is in the manifest, and not in the archive"
	}
	r, err := part.Open()
	if err != nil {
		return err.Error()
	}
	sum := sha256.New()
	_, err = io.Copy(sum, r) //nolint:gosec // nothing of it is kept
	if err = cmp.Or(err, r.Close()); err != nil {
		return err.Error()
	}
	if hex.EncodeToString(sum.Sum(nil)) != want {
		return "it is not what the manifest has"
	}
	return ""
}

func readPart(part *zip.File) ([]byte, error) {
	r, err := part.Open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	return io.ReadAll(io.LimitReader(r, maxFile))
}
