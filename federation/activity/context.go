package activity

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"

	"github.com/go-ap/jsonld"

	"interlink/domain"
)

// The namespaces of what we emit.
const (
	Streams   = "https://www.w3.org/ns/activitystreams"
	Public    = Streams + "#Public"
	security  = "https://w3id.org/security/v1"
	integrity = "https://w3id.org/security/data-integrity/v2" // of proofs; other programs have it built in
	Namespace = "https://w3id.org/interlink/ns#"
)

// MediaType is the content type of what we serve and send.
const MediaType = "application/activity+json"

// terms is the inline part of our context: no peer has to fetch anything to
// read us. Inside an extension object every member is a term of ours.
type terms map[string]any

// Collapse implements jsonld.Collapsible.
func (t terms) Collapse() any { return t }

// MarshalJSON implements json.Marshaler.
func (t terms) MarshalJSON() ([]byte, error) { return json.Marshal(map[string]any(t)) }

func extension(name string) any {
	return map[string]any{"@id": Namespace + name, "@context": map[string]string{"@vocab": Namespace}}
}

// sec is the namespace of keys and proofs.
const sec = "https://w3id.org/security#"

// quotes is the namespace of quotes (FEP-044f).
const quotes = "https://w3id.org/fep/044f#"

// inline are the terms that a document may use. Those of Multikeys are written
// out, as fewer peers have their contexts built in.
var inline = terms{
	"interlink":                 Namespace,
	"toot":                      "http://joinmastodon.org/ns#",
	"gts":                       "https://gotosocial.org/ns#",
	"interactionPolicy":         map[string]string{"@id": "gts:interactionPolicy", "@type": "@id"},
	"canQuote":                  map[string]string{"@id": "gts:canQuote", "@type": "@id"},
	"automaticApproval":         map[string]string{"@id": "gts:automaticApproval", "@type": "@id"},
	"approvedBy":                map[string]string{"@id": "gts:approvedBy", "@type": "@id"},
	"replyAuthorization":        map[string]string{"@id": "gts:replyAuthorization", "@type": "@id"},
	"likeAuthorization":         map[string]string{"@id": "gts:likeAuthorization", "@type": "@id"},
	"announceAuthorization":     map[string]string{"@id": "gts:announceAuthorization", "@type": "@id"},
	"ReplyRequest":              "gts:ReplyRequest",
	"LikeRequest":               "gts:LikeRequest",
	"AnnounceRequest":           "gts:AnnounceRequest",
	"interactingObject":         map[string]string{"@id": "gts:interactingObject", "@type": "@id"},
	"interactionTarget":         map[string]string{"@id": "gts:interactionTarget", "@type": "@id"},
	"QuoteRequest":              quotes + "QuoteRequest",
	"QuoteAuthorization":        quotes + "QuoteAuthorization",
	"FeaturedCollection":        recommendations + "FeaturedCollection",
	"FeaturedItem":              recommendations + "FeaturedItem",
	"FeatureRequest":            recommendations + "FeatureRequest",
	"FeatureAuthorization":      recommendations + "FeatureAuthorization",
	"featuredCollections":       map[string]string{"@id": recommendations + "featuredCollections", "@type": "@id"},
	"featuredObject":            map[string]string{"@id": recommendations + "featuredObject", "@type": "@id"},
	"featuredObjectType":        recommendations + "featuredObjectType",
	"featureAuthorization":      map[string]string{"@id": recommendations + "featureAuthorization", "@type": "@id"},
	"canFeature":                map[string]string{"@id": recommendations + "canFeature", "@type": "@id"},
	"lemmy":                     "https://join-lemmy.org/ns#",
	"postingRestrictedToMods":   "lemmy:postingRestrictedToMods",
	"Lock":                      "lemmy:Lock",
	"mz":                        "https://joinmobilizon.org/ns#",
	"openness":                  map[string]string{"@id": "mz:openness", "@type": "@id"},
	"schema":                    "http://schema.org/",
	"PropertyValue":             "schema:PropertyValue",
	"value":                     "schema:value",
	"license":                   map[string]string{"@id": "schema:license", "@type": "@id"},
	"discoverable":              "toot:discoverable",
	"indexable":                 "toot:indexable",
	"attributionDomains":        "toot:attributionDomains",
	"alsoKnownAs":               map[string]string{"@id": "as:alsoKnownAs", "@type": "@id"},
	"movedTo":                   map[string]string{"@id": "as:movedTo", "@type": "@id"},
	"featured":                  map[string]string{"@id": "toot:featured", "@type": "@id"},
	"manuallyApprovesFollowers": "as:manuallyApprovesFollowers",
	"sensitive":                 "as:sensitive",
	"Hashtag":                   "as:Hashtag",
	"webfinger":                 "https://purl.archive.org/socialweb/webfinger#webfinger", // FEP-2c59
	"votersCount":               "toot:votersCount",
	"focalPoint":                map[string]string{"@id": "toot:focalPoint", "@container": "@list"},
	"blurhash":                  "toot:blurhash",
	"Multikey":                  sec + "Multikey",
	"assertionMethod":           map[string]string{"@id": sec + "assertionMethod", "@type": "@id", "@container": "@set"},
	"controller":                map[string]string{"@id": sec + "controller", "@type": "@id"},
	"publicKeyMultibase":        map[string]string{"@id": sec + "publicKeyMultibase", "@type": sec + "multibase"},
	"implements":                map[string]string{"@id": "https://w3id.org/fep/844e#implements", "@type": "@id", "@container": "@list"},
	"interlink:team":            extension("team"),
	"interlink:community":       extension("community"),
	"interlink:process":         extension("process"),
	"interlink:item":            extension("item"),
	"interlink:catalogue":       extension("catalogue"),
	"interlink:interlinker":     extension("interlinker"),
	"interlink:schema":          extension("schema"),
	"interlink:problem":         extension("problem"),
	"interlink:story":           extension("story"),
	"interlink:snapshot":        extension("snapshot"),
	"interlink:clone":           extension("clone"),
	"interlink:stamp":           extension("stamp"),
	"interlink:cosignature":     extension("cosignature"),
	"interlink:roleCall":        extension("roleCall"),
	"interlink:application":     extension("application"),
	"interlink:assignment":      extension("assignment"),
	"interlink:contribution":    extension("contribution"),
	"interlink:coproduced":      extension("coproduced"),
	"interlink:release":         extension("release"),
	"interlink:improvement":     extension("improvement"),
	"interlink:review":          extension("review"),
	"interlink:translation":     extension("translation"),
	"interlink:trustList":       extension("trustList"),
	"interlink:digest":          extension("digest"),
	"interlink:ratings":         extension("ratings"),
	"interlink:resource":        extension("resource"),
	"interlink:reuse":           extension("reuse"),
	"interlink:tree":            extension("tree"),
	"interlink:refusal":         extension("refusal"),
	"interlink:appeal":          extension("appeal"),
	"interlink:rights":          extension("rights"),
	"interlink:admits":          map[string]string{"@id": Namespace + "admits", "@type": "@id"},
	"interlink:tells":           map[string]string{"@id": Namespace + "tells", "@type": "@id"},
}

// contextOf is the @context of a document that is encoded without one: the
// inline terms are those that the document uses, as a short post would else be
// sent with forty times its length of them.
func contextOf(document []byte) []jsonld.Collapsible {
	used := terms{}
	words(document, func(word string) {
		add(used, word)
		if prefix, _, compact := strings.Cut(word, ":"); compact {
			add(used, prefix)
		}
	})
	context := []jsonld.Collapsible{jsonld.IRI(Streams)}
	if bytes.Contains(document, []byte(`"publicKeyPem"`)) {
		context = append(context, jsonld.IRI(security))
	}
	context = append(context, jsonld.IRI(integrity)) // whose proof comes later
	if len(used) > 0 {
		context = append(context, used)
	}
	return context
}

// longestTerm is how long the name of a term may be, in bytes.
const longestTerm = 64

// add takes a term, if it is one, and the prefix that it is written with.
func add(used terms, name string) {
	meaning, known := inline[name]
	if !known || used[name] != nil {
		return
	}
	used[name] = meaning
	iri, simple := meaning.(string)
	if !simple {
		iri = idOf(meaning)
	}
	if prefix, _, _ := strings.Cut(iri, ":"); prefix != name {
		add(used, prefix)
	}
}

func idOf(meaning any) string {
	switch meaning := meaning.(type) {
	case map[string]string:
		return meaning["@id"]
	case map[string]any:
		id, _ := meaning["@id"].(string)
		return id
	}
	return ""
}

// words visits the strings of a document, names of members and values, that
// have no escapes. Objects within it that begin with a @context of their own
// need none from outside.
func words(document []byte, visit func(string)) {
	for at := 0; ; {
		begin := bytes.IndexByte(document[at:], '"')
		if begin < 0 {
			return
		}
		begin += at + 1
		end := closing(document, begin)
		word := document[begin:end]
		at = end + 1
		if string(word) == "@context" && begin > 1 && document[begin-2] == '{' {
			at = beyond(document, at)
			continue
		}
		if len(word) <= longestTerm && bytes.IndexByte(word, '\\') < 0 {
			visit(string(word))
		}
	}
}

// closing is where the string that begins at a place ends.
func closing(document []byte, at int) int {
	for ; document[at] != '"'; at++ {
		if document[at] == '\\' {
			at++
		}
	}
	return at
}

// beyond is the place behind the object in whose middle a place is.
func beyond(document []byte, at int) int {
	for depth := 1; depth > 0; at++ {
		switch document[at] {
		case '{':
			depth++
		case '}':
			depth--
		case '"':
			at = closing(document, at+1)
		}
	}
	return at
}

// Proven is a document of ours as bytes, with its own context and proof:
// served or embedded, it stays the same.
type Proven json.RawMessage

// MarshalJSON implements json.Marshaler.
func (p Proven) MarshalJSON() ([]byte, error) { return p, nil }

// Encode writes a document of ours with its @context first. It is called
// once for a document; the bytes are kept.
func Encode(v any) ([]byte, error) {
	if proven, ok := v.(Proven); ok {
		return proven, nil
	}
	document, err := jsonld.Marshal(v)
	if err != nil {
		return nil, err
	}
	return jsonld.WithContext(contextOf(document)...).Marshal(v)
}

// Context returns the context document that every node serves at
// /ns/interlink/v1.
func Context() ([]byte, error) {
	return json.MarshalIndent(map[string]any{"@context": inline}, "", "  ")
}

// List is a member that peers need as an array, even with one element or
// none: go-ap/jsonld would collapse a plain slice.
type List[T any] []T

// MarshalJSON implements json.Marshaler.
func (l List[T]) MarshalJSON() ([]byte, error) {
	out := []byte{'['}
	for i, v := range l {
		if i > 0 {
			out = append(out, ',')
		}
		b, err := jsonld.Marshal(v)
		if err != nil {
			return nil, err
		}
		out = append(out, b...)
	}
	return append(out, ']'), nil
}

// instant is a time as peers read it: UTC, whole seconds (RFC 3339). The zero
// time must be left out by a nil pointer: see [when].
type instant time.Time

// MarshalJSON implements json.Marshaler.
func (i instant) MarshalJSON() ([]byte, error) {
	return []byte(`"` + time.Time(i).UTC().Format("2006-01-02T15:04:05Z") + `"`), nil
}

// when returns nil for the zero time.
func when(t time.Time) *instant {
	if t.IsZero() {
		return nil
	}
	i := instant(t)
	return &i
}

// changed is when something was last changed; nil if it is as it was published:
// whatever has an `updated` is shown as edited by GoToSocial.
func changed(published, updated time.Time) *instant {
	if !updated.After(published) {
		return nil
	}
	return when(updated)
}

// lastChange reads what [changed] wrote.
func lastChange(doc Document) time.Time {
	if updated := doc.Time("updated"); !updated.IsZero() {
		return updated
	}
	return doc.Time("published")
}

// texts returns the language map of a text; nil if it is empty.
func texts(t domain.Text) map[string]string {
	t = t.Clean()
	if len(t) == 0 {
		return nil
	}
	m := make(map[string]string, len(t))
	for l, s := range t {
		m[string(l)] = s
	}
	return m
}
