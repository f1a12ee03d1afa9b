// Package document makes the ActivityStreams documents of this node's actors
// and objects, read as everybody may see them: the same bytes whether they
// are sent in an activity or served at their address.
package document
