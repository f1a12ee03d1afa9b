package activity_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"interlink/federation/activity"
)

// What the contexts that we name by their address define, as far as we use it.
var defined = map[string][]string{
	activity.Streams: strings.Fields(`id type Accept Add Announce Article Audio Block Collection CollectionPage Create Delete Document Flag Follow
		Group Image Invite Join Leave Like Link Mention Move Note Offer OrderedCollection OrderedCollectionPage Organization Page Person Question
		Reject Relationship Remove Service Application Tombstone Undo Update Video Event Place Object TentativeAccept
		actor anyOf attachment attributedTo audience bcc bto cc closed content context contentMap deleted describedby duration endTime endpoints first generator
		followers following formerType height href hreflang icon image inReplyTo inbox instrument items last latitude longitude liked likes
		location mediaType name nameMap next object oneOf orderedItems origin outbox partOf preferredUsername prev preview published rel relationship
		replies result sharedInbox shares source startIndex startTime subject summary summaryMap tag target to totalItems updated url width`),
	"https://w3id.org/security/v1":                strings.Fields("owner publicKey publicKeyPem"),
	"https://w3id.org/security/data-integrity/v2": strings.Fields("proof DataIntegrityProof cryptosuite created expires proofPurpose proofValue verificationMethod"),
}

// scope is what the contexts around a place define.
type scope struct {
	terms map[string]any
	all   bool // everything, by @vocab
}

// within is the scope inside an object.
func (s scope) within(object map[string]any) scope {
	context, own := object["@context"]
	if !own {
		return s
	}
	inner := scope{terms: map[string]any{}, all: s.all}
	for name, meaning := range s.terms {
		inner.terms[name] = meaning
	}
	parts, several := context.([]any)
	if !several {
		parts = []any{context}
	}
	for _, part := range parts {
		switch part := part.(type) {
		case string:
			for _, name := range defined[part] {
				inner.terms[name] = part
			}
		case map[string]any:
			for name, meaning := range part {
				inner.terms[name] = meaning
			}
		}
	}
	return inner
}

func (s scope) knows(name string) bool {
	prefix, _, compact := strings.Cut(name, ":")
	return s.all || s.terms[name] != nil || compact && s.terms[prefix] != nil
}

// undefined lists the names and types that a document does not say the meaning
// of: for a reader of JSON-LD they are not there.
func undefined(s scope, value any, found []string) []string {
	switch value := value.(type) {
	case []any:
		for _, v := range value {
			found = undefined(s, v, found)
		}
	case map[string]any:
		s = s.within(value)
		for name, v := range value {
			if name == "@context" {
				continue
			}
			if !s.knows(name) {
				found = append(found, name)
			}
			if kind, ok := v.(string); ok && name == "type" && !s.knows(kind) {
				found = append(found, kind)
			}
			if strings.HasSuffix(name, "Map") { // of languages
				continue
			}
			inner := s
			if meaning, ok := s.terms[name].(map[string]any); ok && meaning["@context"] != nil {
				inner.all = true
			}
			found = undefined(inner, v, found)
		}
	}
	return found
}

// TestContext: each document defines every term that it uses, and none that it
// does not: a peer that reads JSON-LD loses nothing, and a short post stays
// short.
func TestContext(t *testing.T) {
	for name, encoded := range goldens(t) {
		raw, err := encoded()
		if err != nil {
			t.Fatal(err)
		}
		var doc map[string]any
		if json.Unmarshal(raw, &doc) != nil || doc["type"] == nil {
			continue // of WebFinger, NodeInfo and the like
		}
		missing := undefined(scope{}, doc, nil)
		slices.Sort(missing)
		if missing = slices.Compact(missing); len(missing) > 0 {
			t.Errorf("%s: nothing defines %q", name, missing)
		}
		_, body, _ := strings.Cut(string(raw), `}],"`)
		parts, _ := doc["@context"].([]any)
		inline, _ := parts[len(parts)-1].(map[string]any)
		for term := range inline {
			if !strings.Contains(body, `"`+term) && !strings.Contains(string(raw), `"`+term+":") {
				t.Errorf("%s: %q is defined and not used", name, term)
			}
		}
	}
}
