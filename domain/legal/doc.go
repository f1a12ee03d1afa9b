// Package legal is what the law wants a node to say to everybody: its privacy
// notice, its terms, its accessibility statement and its imprint. Those who run
// the node write them, in several languages; every published version is kept.
// Terms may ask people to accept them: when they sign up, and again when a
// version says so.
package legal
