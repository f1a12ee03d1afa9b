// Package remote reads documents of other servers and posts to their inboxes,
// safely: every address is checked when it is dialled, after name resolution
// and at every redirect; sizes, times and redirects are bounded; what is read
// must have the type and the id that was asked for. It caches keys.
package remote
