package storage

import "sync"

// Topic is what a waiting worker waits for.
type Topic string

// The topics.
const (
	TopicEvents     Topic = "events"     // a change was committed
	TopicReceived   Topic = "received"   // an activity came in
	TopicFanouts    Topic = "fanouts"    // an activity is to be addressed
	TopicDeliveries Topic = "deliveries" // deliveries are due
	TopicRules      Topic = "rules"      // rules about hosts changed

	TopicNotifications Topic = "notifications" // somebody was told of something, or read it
)

// signals wakes the workers of this process after a commit. Work is never
// lost with a signal: workers also look by the clock, because another process
// may have committed it.
type signals struct {
	mu      sync.Mutex
	waiting map[Topic][]chan struct{}
	tell    func(topics ...string) // the other processes; nil if there are none
}

func newSignals() *signals { return &signals{waiting: map[Topic][]chan struct{}{}} }

func (s *signals) wake(topics ...Topic) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.tell != nil {
		for _, t := range topics {
			s.tell(string(t))
		}
	}
	s.wakeHere(topics...)
}

func (s *signals) wakeHere(topics ...Topic) {
	for _, t := range topics {
		for _, c := range s.waiting[t] {
			select {
			case c <- struct{}{}:
			default: // already told
			}
		}
	}
}

// Share tells other processes of the same node what wakes the workers here.
// tell must not wait.
func (d *DB) Share(tell func(topics ...string)) {
	d.changed.mu.Lock()
	defer d.changed.mu.Unlock()
	d.changed.tell = tell
}

// Wake wakes the workers of this process for what another one told. Its
// events are changes here too: see [DB.Changes].
func (d *DB) Wake(topic string) {
	if Topic(topic) == TopicEvents {
		d.commits.Add(1)
	}
	d.changed.mu.Lock()
	defer d.changed.mu.Unlock()
	d.changed.wakeHere(Topic(topic))
}

// WakeAll is [DB.Wake] for everything, as something may not have been heard.
func (d *DB) WakeAll() {
	for _, topic := range []Topic{TopicEvents, TopicReceived, TopicFanouts, TopicDeliveries, TopicRules, TopicNotifications} {
		d.Wake(string(topic))
	}
}

// Watch returns a channel that receives after commits that concern the topic,
// at least once after the last of them.
func (d *DB) Watch(t Topic) <-chan struct{} {
	c := make(chan struct{}, 1)
	d.changed.mu.Lock()
	defer d.changed.mu.Unlock()
	d.changed.waiting[t] = append(d.changed.waiting[t], c)
	return c
}
