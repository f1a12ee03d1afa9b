// Package cache shares what is quick to lose between the processes of one
// node, by Redis: which queues have new work. Nothing here is the source of
// truth: without Redis, or while it is away, the processes look by the clock.
package cache
