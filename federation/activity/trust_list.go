package activity

import (
	"encoding/json"

	"interlink/domain"
	"interlink/domain/catalogue"
)

type trustListDocument struct {
	ID           domain.IRI        `jsonld:"id"`
	Type         string            `jsonld:"type"`
	AttributedTo domain.IRI        `jsonld:"attributedTo"`
	Name         string            `jsonld:"name"`
	NameMap      map[string]string `jsonld:"nameMap,omitempty"`
	Updated      *instant          `jsonld:"updated"`
	TrustList    json.RawMessage   `jsonld:"interlink:trustList"`
}

// trustListExtension is the interlink:trustList of a Document.
type trustListExtension struct {
	Version   int                      `json:"version"`
	Retracted bool                     `json:"retracted,omitempty"`
	Hosts     []catalogue.ListedHost   `json:"hosts"`
	Entries   []catalogue.EntryWarning `json:"entries"`
}

// TrustList makes a trust list, to be proven by its owner.
func TrustList(l *catalogue.TrustList, lang domain.Lang) any {
	name, _ := l.Name.In(lang)
	ext := trustListExtension{Version: l.Version, Retracted: l.Retracted, Hosts: l.Hosts, Entries: l.Entries}
	if ext.Hosts == nil {
		ext.Hosts = []catalogue.ListedHost{}
	}
	if ext.Entries == nil {
		ext.Entries = []catalogue.EntryWarning{}
	}
	return trustListDocument{
		ID: l.IRI, Type: "Document", AttributedTo: l.Owner, Name: name, NameMap: texts(l.Name), Updated: when(l.Updated), TrustList: typed(ext),
	}
}

// ReadTrustList reads a trust list; whose it is must be proven. Errors:
// Invalid.
func ReadTrustList(doc Document) (*catalogue.TrustList, error) {
	var ext trustListExtension
	if err := json.Unmarshal(doc["interlink:trustList"], &ext); err != nil {
		return nil, domain.Fail(domain.Invalid, "trust_list.document").Because(err)
	}
	return &catalogue.TrustList{
		IRI: doc.IRI("id"), Owner: doc.IRI("attributedTo"), Name: doc.Text("name", domain.Undetermined).Clean(), Version: ext.Version,
		Updated: doc.Time("updated"), Retracted: ext.Retracted, Hosts: ext.Hosts, Entries: ext.Entries,
	}, nil
}
