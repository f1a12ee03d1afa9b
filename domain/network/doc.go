// Package network holds the fediverse as facts: actors of this and other
// nodes, who follows whom, hosts, and the activities that came in and went
// out, as bytes. It knows nothing of what activities mean; federation does.
package network
