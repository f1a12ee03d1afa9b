// Package cache shares what is quick to lose between the processes of one
// node, by Redis: which queues have new work, what changed, and how much
// somebody has sent. Nothing here is the source of truth, and no request
// waits for it: without Redis, or while it is away, processes look by the
// clock and count for themselves.
package cache
