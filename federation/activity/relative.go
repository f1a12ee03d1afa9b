package activity

import (
	"encoding/json"
	"strconv"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/lineage"
)

// ReadRelative reads what the actor of a process tells everybody of its lineage.
// Errors: Invalid for what is no process, and for what no process says.
func ReadRelative(doc Document) (lineage.Relative, error) {
	ext := doc.Object("interlink:process")
	if ext == nil {
		return lineage.Relative{}, domain.Fail(domain.Invalid, "clone.not_a_process")
	}
	lang, _ := domain.ParseLang(ext.String("language"))
	r := lineage.Relative{
		IRI: doc.IRI("id"), Title: doc.Text("name", language(lang)), Status: coproduction.Status(ext.String("status")), Country: ext.String("country"),
		Version: number(ext, "version"), Story: ext.IRI("story"), Active: ext.String("active"),
	}
	if owner := ext.IRI("organization"); domain.SameOrigin(owner, r.IRI) {
		r.Owner = owner
	}
	if raw := ext["releases"]; raw != nil && json.Unmarshal(raw, &r.Releases) != nil {
		r.Releases = nil
	}
	if source, from := ext.Reference("clonedFrom"); source != "" {
		r.From = &lineage.Descent{Source: source}
		if from != nil {
			r.From.Title, r.From.Version, r.From.Digest = from.String("name"), number(from, "version"), from.String("digest")
			r.From.Release, r.From.Stamp = from.String("release"), from.IRI("stamp")
		}
	}
	return r, r.Check()
}

// number reads a positive number as text; "" for none.
func number(doc Document, name string) string {
	if v := doc.Int(name); v > 0 {
		return strconv.FormatInt(v, 10)
	}
	return ""
}
