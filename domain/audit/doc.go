// Package audit is the log of who changed or decided what: the chain of all
// events, as those may see it who ask. What happens in a public process is
// public, without who did it; the log of a process, an organisation or a team
// is for its people, that of the whole node for its administrators.
package audit
