package reuse

import "interlink/domain"

// What happens to reports.
const (
	Told domain.EventKind = "reuse.told" // [Report]: the owner of what is reused on this node is told
	Came domain.EventKind = "reuse.came" // [Coming]: another node told how it reuses what is of this one
)

// Coming is the payload of [Came].
type Coming struct {
	Host  string     `json:"host"`
	Owner domain.IRI `json:"owner"`
	Month Month      `json:"month"`
	Lines int        `json:"lines"`
}
