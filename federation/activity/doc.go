// Package activity turns domain values into ActivityStreams bytes and back.
// What we send is encoded from the structs of this package by go-ap/jsonld,
// with our context first; what we receive is scanned within bounds
// ([Scan]) and read member by member, never by a JSON-LD processor.
//
// One standard single-string type goes on the wire for everyone; our meaning
// is in one extension property that holds one object of ours (DESIGN §5).
package activity
