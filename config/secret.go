package config

import (
	"fmt"
	"log/slog"
)

// hidden stands where a secret would be shown.
const hidden = "[hidden]"

// Secret is a text that is never shown: not by package fmt with any verb, in
// JSON or in a log.
type Secret struct{ text *string } // a pointer, which fmt does not follow inside of others' unexported fields

// newSecret makes a secret.
func newSecret(text string) Secret {
	if text == "" {
		return Secret{}
	}
	return Secret{&text}
}

// Reveal returns the text itself.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// IsSet reports whether there is a text.
func (s Secret) IsSet() bool { return s.text != nil }

// String returns "" if it is not set, else a word in place of the text.
func (s Secret) String() string {
	if !s.IsSet() {
		return ""
	}
	return hidden
}

// Format implements fmt.Formatter, so that no verb reaches the text.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(s.String())) }

// MarshalText implements encoding.TextMarshaler, and so JSON's.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue implements slog.LogValuer.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }
