package activity

import (
	"encoding/json"
	"time"

	"interlink/domain"
	"interlink/domain/reuse"
)

// reuseDocument is what a node tells an owner of how it reuses their things.
type reuseDocument struct {
	ID           domain.IRI       `jsonld:"id"`
	Type         string           `jsonld:"type"`
	AttributedTo domain.IRI       `jsonld:"attributedTo"`
	To           List[domain.IRI] `jsonld:"to"`
	Name         string           `jsonld:"name"`
	Published    *instant         `jsonld:"published"`
	Reuse        json.RawMessage  `jsonld:"interlink:reuse"`
}

// reuseExtension is the interlink:reuse of a Document.
type reuseExtension struct {
	Owner domain.IRI   `json:"owner"`
	Month reuse.Month  `json:"month"`
	At    time.Time    `json:"at"`   // when it was made, to the microsecond
	Band  int          `json:"band"` // a count n stands for any from n to n + band - 1
	Lines []reuse.Line `json:"lines"`
}

// Reuse makes a report by the node, to the owner alone.
func Reuse(id, node domain.IRI, r reuse.Report) any {
	ext := reuseExtension{r.Owner, r.Month, r.At.UTC(), reuse.Step, r.Lines}
	if ext.Lines == nil {
		ext.Lines = []reuse.Line{}
	}
	return reuseDocument{
		ID: id, Type: "Document", AttributedTo: node, To: List[domain.IRI]{r.Owner}, Name: "Reuse, " + string(r.Month), Published: when(r.At), Reuse: typed(ext),
	}
}

// IsReuse reports whether an object says that it is such a report.
func IsReuse(doc Document) bool { return doc["interlink:reuse"] != nil }

// ReadReuse reads a report; its bounds are for the domain. Errors: Invalid.
func ReadReuse(doc Document) (in reuse.Remote, err error) {
	var ext reuseExtension
	if err := json.Unmarshal(doc["interlink:reuse"], &ext); err != nil {
		return in, domain.Fail(domain.Invalid, "error.activity").Because(err)
	}
	if year := ext.At.UTC().Year(); year < 2000 || year > 9000 {
		ext.At = time.Time{}
	}
	return reuse.Remote{
		IRI: doc.IRI("id"), From: doc.IRI("attributedTo"), Report: reuse.Report{Owner: ext.Owner, Month: ext.Month, At: ext.At.UTC(), Lines: ext.Lines},
	}, nil
}
