package domain

import "context"

// Incoming is a file that was received and is not kept yet. Exactly one of
// Keep and Drop is to be called; Drop after Keep does nothing.
type Incoming struct {
	Hash string // hex SHA-256 of its bytes
	Type string // media type, by its bytes: nobody's word
	Size int64  // bytes

	// Keep stores it under its hash; one that is there already is left as it
	// is. Errors: Unavailable.
	Keep func(ctx context.Context) error
	// Drop removes what was received.
	Drop func()
}
