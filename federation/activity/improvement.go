package activity

import (
	"encoding/json"

	"interlink/domain"
	"interlink/domain/lineage"
	"interlink/domain/markup"
)

// improvementDocument is what a clone offers to its source. Its
// interlink:improvement says for programs what it is, item by item.
type improvementDocument struct {
	ID           domain.IRI        `jsonld:"id"`
	Type         string            `jsonld:"type"`
	AttributedTo domain.IRI        `jsonld:"attributedTo"`
	Name         string            `jsonld:"name"`
	NameMap      map[string]string `jsonld:"nameMap,omitempty"`
	Content      string            `jsonld:"content,omitempty"`
	Published    *instant          `jsonld:"published,omitempty"`
	License      string            `jsonld:"license,omitempty"`
	Improvement  json.RawMessage   `jsonld:"interlink:improvement"`
}

// improvementExtension is the interlink:improvement of an Article.
type improvementExtension struct {
	Of      domain.IRI         `json:"of"` // the source
	Title   domain.Text        `json:"title"`
	Against lineage.Against    `json:"against"`
	Note    domain.Text        `json:"note,omitempty"`
	Credits []string           `json:"credits,omitempty"`
	Items   []lineage.Improved `json:"items"`
}

// Improvement makes the object of an Offer of a clone to its source.
func Improvement(m *lineage.Improvement, lang domain.Lang) any {
	name, in := m.CloneTitle.In(lang)
	note, _ := m.Note.In(in)
	return improvementDocument{
		ID: m.IRI, Type: "Article", AttributedTo: m.Clone, Name: name, NameMap: texts(m.CloneTitle), Content: markup.Markdown(note),
		Published: when(m.SentAt), License: licence(m.Licence),
		Improvement: typed(improvementExtension{Of: m.Source, Title: m.CloneTitle, Against: m.Against, Note: m.Note, Credits: m.Credits, Items: m.Items}),
	}
}

// ReadImprovement reads the object of an Offer; ok is false if it is no
// improvement, or not by the clone that it is of. Its bounds are for the
// domain.
func ReadImprovement(doc Document) (in lineage.ReceivedImprovement, by domain.IRI, ok bool) {
	var ext improvementExtension
	if raw := doc["interlink:improvement"]; raw == nil || json.Unmarshal(raw, &ext) != nil {
		return in, "", false
	}
	in = lineage.ReceivedImprovement{
		IRI: doc.IRI("id"), Source: ext.Of, Title: ext.Title, Against: ext.Against, Licence: readLicence(doc), Note: ext.Note, Credits: ext.Credits, Items: ext.Items,
	}
	by = doc.IRI("attributedTo")
	return in, by, in.IRI != "" && in.Source != "" && by != ""
}

// improvementAnswer is what a source says to an improvement.
type improvementAnswer struct {
	ID          domain.IRI          `jsonld:"id"`
	Type        string              `jsonld:"type"`
	Actor       domain.IRI          `jsonld:"actor"`
	Published   *instant            `jsonld:"published,omitempty"`
	To          List[domain.IRI]    `jsonld:"to"`
	Cc          List[domain.IRI]    `jsonld:"cc"`
	Summary     string              `jsonld:"summary,omitempty"`
	Object      MembershipReference `jsonld:"object"`
	Improvement json.RawMessage     `jsonld:"interlink:improvement"`
}

// verdictExtension is the interlink:improvement of an Accept or Reject.
type verdictExtension struct {
	Verdicts []lineage.Verdict `json:"verdicts"`
}

// NewImprovementReference names the Offer of an improvement.
func NewImprovementReference(m *lineage.Improvement) MembershipReference {
	return MembershipReference{ID: m.Offer, Type: "Offer", Actor: m.Clone, Object: m.IRI, Target: m.Source}
}

// AnswerImprovement accepts an improvement, or what was taken of it, with what
// was said to each item; or, if nothing was taken, rejects it.
func AnswerImprovement(e Envelope, m *lineage.Improvement) ([]byte, error) {
	d := improvementAnswer{
		ID: e.ID, Type: "Accept", Actor: e.Actor, Published: when(e.Published), To: e.To, Cc: e.Cc, Summary: markup.Escape(m.Reason),
		Object: NewImprovementReference(m), Improvement: typed(verdictExtension{m.Verdicts}),
	}
	if m.State == lineage.ImprovementRefused {
		d.Type = "Reject"
	}
	return Encode(d)
}

// takenBack undoes an Accept: what was taken is taken back.
type takenBack struct {
	ID        domain.IRI          `jsonld:"id"`
	Type      string              `jsonld:"type"`
	Actor     domain.IRI          `jsonld:"actor"`
	Published *instant            `jsonld:"published,omitempty"`
	To        List[domain.IRI]    `jsonld:"to"`
	Cc        List[domain.IRI]    `jsonld:"cc"`
	Summary   string              `jsonld:"summary,omitempty"`
	Object    MembershipReference `jsonld:"object"`
}

// TakeBackImprovement undoes that an improvement was accepted. The object names
// the improvement, not the Accept, which has no name that the clone keeps.
func TakeBackImprovement(e Envelope, m *lineage.Improvement) ([]byte, error) {
	return Encode(takenBack{
		ID: e.ID, Type: "Undo", Actor: e.Actor, Published: when(e.Published), To: e.To, Cc: e.Cc, Summary: markup.Escape(m.Reason),
		Object: MembershipReference{ID: m.Offer + "#accept", Type: "Accept", Actor: m.Source, Object: m.IRI, Target: m.Clone},
	})
}

// Decline rejects an Offer that was not even received, with a reason.
func Decline(e Envelope, offer MembershipReference, reason string) ([]byte, error) {
	return Encode(takenBack{
		ID: e.ID, Type: "Reject", Actor: e.Actor, Published: when(e.Published), To: e.To, Cc: e.Cc, Summary: markup.Escape(reason), Object: offer,
	})
}

// ReadVerdicts reads what an Accept or Reject says to each item of an
// improvement; nil if it says nothing of that.
func ReadVerdicts(doc Document) []lineage.Verdict {
	var ext verdictExtension
	if raw := doc["interlink:improvement"]; raw == nil || json.Unmarshal(raw, &ext) != nil {
		return nil
	}
	return ext.Verdicts
}
