// Package node joins the parts of one node: database, services, federation,
// portal. It is the one place that knows all of them (DESIGN §2.2); read
// node.go for what there is, federation.go for how activities flow, and
// run.go for what runs.
package node
