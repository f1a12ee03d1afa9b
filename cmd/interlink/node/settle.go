package node

import "context"

// Settle works this node's queues on the caller's goroutine until there is
// nothing due, and reports whether there was anything. Jobs need [Node.Run]
// or [Node.Jobs] to go on beside it. Several nodes are settled when none of
// them had anything in one round: see federationtest.
func (n *Node) Settle(ctx context.Context) (worked bool, err error) {
	f := n.federation
	for _, step := range []func(context.Context) (int, error){f.relay.Step, f.sender.Step, f.worker.Step, n.Tell, n.Webhooks.Step} {
		for {
			done, err := step(ctx)
			if err != nil {
				return worked, err
			}
			if done == 0 {
				break
			}
			worked = true
		}
	}
	busy, err := n.jobs.Idle(ctx)
	return worked || busy, err
}

// Tell tells people of what happened, as far as one step goes, and returns how
// much that was.
func (n *Node) Tell(ctx context.Context) (int, error) { return n.telling.Step(ctx) }

// Jobs works background jobs alone until ctx ends.
func (n *Node) Jobs(ctx context.Context) error { return n.jobs.Run(ctx) }
