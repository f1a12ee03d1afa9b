package network

// Field is a line of an actor's profile (schema:PropertyValue).
type Field struct {
	Name  string `json:"name"`  // plain text
	Value string `json:"value"` // plain text if local, sanitised HTML if remote
}

// The bounds of what a profile from elsewhere says in fields.
const (
	MaxFields     = 16
	MaxFieldName  = 255  // bytes
	MaxFieldValue = 2047 // bytes
)
