// Package domain holds what every subject of interlink shares: errors with a
// code, identifiers, translated texts, pages of lists, and the envelope of
// domain events with its hash chain.
//
// It imports the standard library only. It knows no HTTP, no SQL, no JSON-LD
// and no clock of its own: time and randomness come in through [Mint].
package domain
