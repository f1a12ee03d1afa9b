// Package delivery sends activities to other servers until they are accepted
// or dead. Rows are claimed by lease in lanes of their host, so that a slow or
// dead host never holds up the others; bytes are signed when they are sent,
// never when they are queued; a killed process costs at most one repeated
// request for each row in flight.
package delivery
