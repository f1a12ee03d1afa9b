package catalogue

// Software is what is told of an Interlinker that is software, beside what is
// told of any.
type Software struct {
	Repository string   `json:"repository"`        // address of the source code, by which it is known
	BasedOn    []string `json:"basedOn,omitempty"` // addresses of what it is a variant of
}
