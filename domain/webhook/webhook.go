// Package webhook tells programs elsewhere what happens in a process. Whoever
// administers one names an address and kinds of events; each event is posted
// there, signed and tried again, in the way of Standard Webhooks
// (https://www.standardwebhooks.com, specification 1.0). A post says what
// happened to what, and when, and nothing that people wrote but names: who
// wants to know more reads it by the API, with rights of their own.
package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/coproduction"
)

// Families are the kinds of events that can be chosen, by the first part of
// their name.
var Families = []string{"process", "item", "task", "resource", "assignment", "contribution"}

// Hook is an address that is told.
type Hook struct {
	ID       domain.ID
	Process  domain.ActorID
	URL      domain.IRI
	Families []string // at least one
	Sealed   []byte   // the secret, as the node's own key encrypts it
	On       bool
	Failing  time.Time // since when nothing gets through; zero while it does
	Disabled time.Time // when it was switched off because of that; zero if it was not

	CreatedBy domain.ActorID
	CreatedAt time.Time
	Revision  int64
}

// wants reports whether the hook is told of an event.
func (h *Hook) wants(e domain.Event) bool {
	family, _, _ := strings.Cut(string(e.Kind), ".")
	return h.On && domain.ID(h.Process) == e.Subject.ID && slices.Contains(h.Families, family) && !e.Time.Before(h.CreatedAt)
}

// State is how a delivery is.
type State string

// The states.
const (
	Waiting State = "waiting"
	Done    State = "done"
	Failed  State = "failed" // for good
)

// Test is the kind of a delivery by which people try an address.
const Test = "webhook.test"

// Delivery is one post to an address.
type Delivery struct {
	ID       domain.ID // also the id of the message, the same at each attempt
	Hook     domain.ID
	Kind     domain.EventKind
	Seq      int64 // of the event; 0 of a test
	State    State
	Attempts int
	Answer   string    // to the last attempt: a status, or what failed; "" before it
	At       time.Time // when it was made
	TriedAt  time.Time // zero before the first attempt
	NextAt   time.Time // of one that waits
}

// backoff is how long after each failed attempt the next is made; after the
// last the delivery has failed.
var backoff = []time.Duration{
	5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 14 * time.Hour, 20 * time.Hour,
}

// disableAfter is how long nothing may get through before a hook is switched
// off.
const disableAfter = 5 * 24 * time.Hour

// KeptFor is how long deliveries are kept.
const KeptFor = 30 * 24 * time.Hour

// Message is the body of a post.
type Message struct {
	Type      domain.EventKind `json:"type"`
	Timestamp time.Time        `json:"timestamp"`
	Data      Data             `json:"data"`
}

// Data says what it happened to.
type Data struct {
	Event    int64       `json:"event,omitempty"` // place in the log of the node; absent in a test
	Process  domain.IRI  `json:"process"`
	Title    domain.Text `json:"title"`
	Item     domain.IRI  `json:"item,omitempty"`
	Resource domain.IRI  `json:"resource,omitempty"`
	Status   string      `json:"status,omitempty"` // of a task, after the event
}

// message tells of an event of a process.
func message(p *coproduction.Process, e domain.Event, now time.Time) Message {
	m := Message{Type: e.Kind, Timestamp: e.Time.UTC(), Data: Data{Event: e.Seq, Process: p.IRI, Title: p.Title}}
	if e.Seq == 0 {
		m.Timestamp = now.UTC()
		return m
	}
	if e.Part != "" {
		m.Data.Item = p.ItemIRI(e.Part)
	}
	var about struct {
		Resource domain.ID `json:"resource"`
		To       string    `json:"to"`
	}
	if json.Unmarshal(e.Payload, &about) == nil {
		if about.Resource != "" {
			m.Data.Resource = p.IRI + "/resources/" + domain.IRI(about.Resource)
		}
		if e.Kind == coproduction.TaskStatusChanged {
			m.Data.Status = about.To
		}
	}
	return m
}

// secretPrefix begins a secret as it is shown.
const secretPrefix = "whsec_"

// secretSize is that of a secret, in bytes.
const secretSize = 32

// sign returns the header webhook-signature of a message: "v1," and the
// base64 of HMAC-SHA256 over id, time in seconds and body.
func sign(secret []byte, id domain.ID, at time.Time, body []byte) string {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(string(id) + "." + strconv.FormatInt(at.Unix(), 10) + "."))
	mac.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// The events of hooks; the subject is the process.
const (
	Added    domain.EventKind = "process.webhook_added"    // [Changed], as those below
	Removed  domain.EventKind = "process.webhook_removed"  //
	Enabled  domain.EventKind = "process.webhook_enabled"  //
	Disabled domain.EventKind = "process.webhook_disabled" // by the node: nothing gets through
)

// Changed is the payload of the events of hooks.
type Changed struct {
	Process string      `json:"process"` // its name
	Name    domain.Text `json:"name"`    // host of the address, in no language
}
