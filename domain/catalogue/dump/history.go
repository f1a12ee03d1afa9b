package dump

import (
	"bytes"
	"encoding/json"
	"time"
	"unicode/utf8"

	"interlink/domain"
	"interlink/domain/catalogue"
)

// History is an entry with all that it said, and how it stands.
type History struct {
	Kind        catalogue.Kind `json:"kind"`
	IRI         domain.IRI     `json:"iri"`
	Slug        string         `json:"slug"`
	Key         string         `json:"key,omitempty"` // by which the import it came with finds it again
	Reason      domain.Text    `json:"reason,omitempty"`
	Replacement domain.IRI     `json:"replacement,omitempty"`
	Alert       domain.Text    `json:"alert,omitempty"`
	Versions    []Said         `json:"versions"`          // oldest first
	Earlier     int            `json:"earlier,omitempty"` // that had no room
}

// Said is what an entry said from one change to the next.
type Said struct {
	Number  int               `json:"number"`
	Status  catalogue.Status  `json:"status"`
	Note    string            `json:"note,omitempty"`
	At      time.Time         `json:"at"`
	Content catalogue.Content `json:"content"`
}

// Encode writes a history: nobody is named as who made a version.
func Encode(h *catalogue.History) ([]byte, error) {
	out := History{
		Kind: h.Kind, IRI: h.IRI, Slug: h.Slug, Reason: h.Reason, Replacement: h.Replacement, Alert: h.Alert,
		Versions: make([]Said, len(h.Versions)), Earlier: h.Earlier,
	}
	if h.Key != string(h.IRI) {
		out.Key = h.Key
	}
	for i, v := range h.Versions {
		out.Versions[i] = Said{v.Number, v.Status, v.Note, v.At.UTC(), v.Content}
	}
	return json.Marshal(out)
}

// Decode reads a history of any origin; what it says is judged by who restores
// it. Errors: Invalid, TooLarge.
func Decode(raw []byte) (*catalogue.History, error) {
	var in History
	if !utf8.Valid(raw) || bytes.Contains(raw, []byte(`\u0000`)) || tooDeep(raw) || json.Unmarshal(raw, &in) != nil {
		return nil, domain.InvalidField("versions", "error.invalid")
	}
	if len(in.Versions) > catalogue.MaxVersions {
		return nil, domain.Fail(domain.TooLarge, "import.too_much")
	}
	if _, err := domain.ParseIRI(string(in.IRI)); err != nil {
		return nil, domain.InvalidField("iri", "error.invalid")
	}
	h := &catalogue.History{
		Kind: in.Kind, IRI: in.IRI, Slug: in.Slug, Reason: in.Reason.Clean(), Replacement: in.Replacement, Alert: in.Alert.Clean(),
		Versions: make([]catalogue.Version, len(in.Versions)), Earlier: in.Earlier,
	}
	for i, v := range in.Versions {
		v.Content.Name, v.Content.Summary = v.Content.Name.Clean(), v.Content.Summary.Clean()
		h.Versions[i] = catalogue.Version{Number: v.Number, Status: v.Status, Note: v.Note, At: v.At, Content: v.Content}
		h.Key = keyOf(in.Kind, in.IRI, in.Key, v.Content)
	}
	return h, nil
}
