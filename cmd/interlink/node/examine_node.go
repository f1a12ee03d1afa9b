package node

import (
	"context"
	"time"

	"interlink/domain"
	"interlink/domain/audit"
	"interlink/storage"
)

// Examine looks at what only shows in an opened node: whether its address leads
// to it as other servers need it, whether its queues are worked, what failed,
// and that the chain of events was not altered.
func (n *Node) Examine(ctx context.Context) []Finding {
	ctx = storage.Bounded(ctx) // it may fall silent in the middle
	found := n.examineAddress(ctx)
	for _, look := range []func(context.Context) ([]Finding, error){
		n.examineHandles, n.examineQueues, n.examineHosts, n.examineIndex, n.examineTime, n.examineChain,
	} {
		more, err := look(ctx)
		if err != nil {
			more = []Finding{finding(Fault, "the database does not answer as it should: %v", err)}
		}
		found = append(found, more...)
	}
	return found
}

func (n *Node) examineHandles(ctx context.Context) ([]Finding, error) {
	host := n.Namespace.HandleHost()
	if host == n.Namespace.Host() {
		return nil, nil
	}
	if err := n.CheckHandles(ctx); err != nil {
		return []Finding{finding(Fault, "handles end in @%s, but that host does not lead here: its server must send requests for /.well-known/webfinger on to %s, "+
			"with their query, and the node must run (%v)", host, n.Namespace.Base(), err)}, nil
	}
	return []Finding{finding(Well, "handles that end in @%s lead here", host)}, nil
}

// stopped is after how long something that is due waits because nobody works it.
const stopped = 5 * time.Minute

// examineQueues finds queues that nobody works. Deliveries wait for hosts, too:
// those have pages of their own.
func (n *Node) examineQueues(ctx context.Context) ([]Finding, error) {
	queues, err := n.Queues(ctx)
	if err != nil {
		return nil, err
	}
	ages, err := n.stores.traffic.Ages(ctx)
	if err != nil {
		return nil, err
	}
	var found []Finding
	for _, queue := range []struct {
		what   string
		waits  int
		oldest time.Time
	}{
		{"received activities", queues.Received, ages.Received}, {"activities to be sent", queues.Fanouts, ages.Fanouts}, {"jobs", queues.Jobs, ages.Jobs},
	} {
		if age := n.mint.Now().Sub(queue.oldest); !queue.oldest.IsZero() && age > stopped {
			found = append(found, finding(Fault, "nobody works the %s: %d wait, the oldest for %s; start `interlink serve` (of several processes, "+
				"one with the role worker), or read in its log what stops it", queue.what, queue.waits, age.Round(time.Minute)))
		}
	}
	if len(found) == 0 {
		found = []Finding{finding(Well, "no queue stands still: %d received activities, %d activities to be sent, %d deliveries and %d jobs wait",
			queues.Received, queues.Fanouts, queues.Deliveries, queues.Jobs)}
	}
	if queues.Failed > 0 {
		found = append(found, finding(Note, "%d received activities could not be worked: replay them, or set them aside, at %s",
			queues.Failed, n.Namespace.IRI("admin", "received")))
	}
	return found, nil
}

// examineHosts tells how many hosts keep the node waiting.
func (n *Node) examineHosts(ctx context.Context) ([]Finding, error) {
	list, err := n.stores.traffic.Hosts(ctx, true, n.mint.Now(), domain.Page{Limit: 1})
	if err != nil || list.Total == 0 {
		return nil, err
	}
	worst := list.Items[0]
	return []Finding{finding(Note, "%d hosts are late, failing or paused, %s the most (%d deliveries wait): see %s",
		list.Total, worst.Host.Host, worst.Waiting, n.Namespace.IRI("admin", "federation"))}, nil
}

// examineIndex tells how far the search is with the catalogue after an upgrade.
func (n *Node) examineIndex(ctx context.Context) ([]Finding, error) {
	all, left, err := n.Indexed(ctx)
	switch {
	case err != nil:
		return nil, err
	case left == 0:
		return []Finding{finding(Well, "the search knows all %d entries of the catalogue", all)}, nil
	}
	return []Finding{finding(Note, "the search knows %d of %d entries of the catalogue as this version does (%d%%); it goes on with the others while the node runs",
		all-left, all, 100*(all-left)/all)}, nil
}

// examineTime finds a clock that was set back: something happened later than now.
func (n *Node) examineTime(ctx context.Context) ([]Finding, error) {
	head, err := n.Audit.Head(ctx)
	if err != nil || head.Seq == 0 {
		return nil, err
	}
	last, err := n.stores.events.After(ctx, head.Seq-1, 1)
	if err != nil || len(last) == 0 {
		return nil, err
	}
	if ahead := last[0].Time.Sub(n.mint.Now()); ahead > clocksApart {
		return []Finding{finding(Fault, "by the clock of this machine what happened last happens only in %s: set the clock by NTP (chrony, systemd-timesyncd)",
			ahead.Round(time.Second))}, nil
	}
	return nil, nil
}

func (n *Node) examineChain(ctx context.Context) ([]Finding, error) {
	events, err := n.Verify(ctx, audit.Check{})
	if err != nil {
		return []Finding{finding(Fault, "the chain of events, which is the audit log, was altered: %v", err)}, nil
	}
	return []Finding{finding(Well, "%d events form one chain: none was altered or removed", events.Events)}, nil
}
