package evidence

import (
	"context"
	"encoding/json"

	"interlink/domain"
	"interlink/domain/lineage"
	"interlink/federation/activity"
)

// Bundle is a story with all that is needed to check it away from its node:
// what is served at its address with "/evidence" after it, by its node and by
// each that has a copy.
type Bundle struct {
	Story    json.RawMessage `json:"story"`              // the Article with its proofs
	Snapshot json.RawMessage `json:"snapshot,omitempty"` // what it shows
	Keys     []Key           `json:"keys"`               // of the proofs, as whoever made the bundle found them
}

// Opened is a file that is to be checked.
type Opened struct {
	Document activity.Document
	Snapshot []byte               // nil if there is none
	Tree     []lineage.SourceItem // of a release; nil if it is not there
	Keys     []Key                // that came along: whose they are, the file alone says
}

// Open reads a bundle, or any document with a proof. Errors: Invalid, TooLarge.
func Open(raw []byte) (*Opened, error) {
	var b Bundle
	if json.Unmarshal(raw, &b) == nil && len(b.Story) > 0 {
		doc, err := activity.Scan(b.Story)
		return &Opened{Document: doc, Snapshot: b.Snapshot, Keys: b.Keys}, err
	}
	doc, err := activity.Scan(raw)
	if err == nil && doc.IRI("id") == "" {
		err = domain.Fail(domain.Invalid, "error.document")
	}
	return &Opened{Document: doc}, err
}

// Along finds the keys that came along.
func (o *Opened) Along(_ context.Context, method string) (Key, error) {
	for _, k := range o.Keys {
		if k.ID == method {
			return k, nil
		}
	}
	return Key{}, domain.Fail(domain.NotFound, "error.key")
}

// Orphaned finds a key that came along whose server was asked for it and does not
// give it. It is of the actor in whose document it would stand: that an address
// fails, or is gone, says nothing of anybody else there. Errors: NotFound.
func (o *Opened) Orphaned(ctx context.Context, method string) (Key, error) {
	key, err := o.Along(ctx, method)
	if err == nil && key.Controller != domain.IRI(method).WithoutFragment() {
		err = domain.Fail(domain.NotFound, "error.key")
	}
	return key, err
}

// KeyOf finds a key in the document of the actor whose it is. Errors: NotFound.
func KeyOf(actor activity.Document, method string) (Key, error) {
	id := actor.IRI("id")
	for _, m := range actor.Objects("assertionMethod") {
		if m.String("id") == method && m.IRI("controller") == id {
			return Key{ID: method, Controller: id, Multibase: m.String("publicKeyMultibase")}, nil
		}
	}
	return Key{}, domain.Fail(domain.NotFound, "error.key")
}
