package domain

import (
	"net/mail"
	"strings"
)

// ParseEmail returns an e-mail address in the form in which it is compared:
// without a name, its host in small letters; 254 bytes at most, 64 before the
// @ (RFC 5321 §4.5.3.1), no quoted parts. ok is false for what is none.
func ParseEmail(s string) (address string, ok bool) {
	s = strings.TrimSpace(s)
	parsed, err := mail.ParseAddress(s)
	at := strings.LastIndexByte(s, '@')
	if err != nil || parsed.Address != s || len(s) > 254 || at > 64 || strings.ContainsAny(s, "\r\n<>\"[") {
		return "", false
	}
	return s[:at] + "@" + strings.ToLower(s[at+1:]), true
}
