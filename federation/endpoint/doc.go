// Package endpoint serves what other servers read: actors, objects,
// collections, activities, WebFinger, NodeInfo. Documents carry an ETag and
// Vary: Accept, because the same address is a page for people.
package endpoint
