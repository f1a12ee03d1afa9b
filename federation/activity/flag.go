package activity

import "interlink/domain"

type flagDocument struct {
	ID        domain.IRI       `jsonld:"id"`
	Type      string           `jsonld:"type"`
	Actor     domain.IRI       `jsonld:"actor"`
	Published *instant         `jsonld:"published,omitempty"`
	To        List[domain.IRI] `jsonld:"to"`
	Cc        List[domain.IRI] `jsonld:"cc"`
	Object    any              `jsonld:"object"`
	Content   string           `jsonld:"content"`
}

// Flag reports objects to their server (ActivityStreams Vocabulary, Flag):
// the actor and its posts in a list, as microblogs read it, or one object as
// an id, as the threadiverse does. reason is plain text, "" for none.
func Flag(e Envelope, objects []domain.IRI, reason string) ([]byte, error) {
	d := flagDocument{ID: e.ID, Type: "Flag", Actor: e.Actor, Published: when(e.Published), To: e.To, Cc: e.Cc, Content: reason}
	if len(objects) == 1 {
		d.Object = objects[0]
	} else {
		d.Object = List[domain.IRI](objects)
	}
	return Encode(d)
}

// ReadFlag reads what is reported and why: content, or summary as some of the
// threadiverse write it.
func ReadFlag(doc Document) (objects []domain.IRI, reason string) {
	if reason = doc.String("content"); reason == "" {
		reason = doc.String("summary")
	}
	return doc.IRIs("object"), clip(reason, 20_000)
}
