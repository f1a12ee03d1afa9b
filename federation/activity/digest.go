package activity

import (
	"encoding/hex"
	"encoding/json"
	"strconv"

	"interlink/domain"
	"interlink/domain/catalogue"
)

// entriesCollection is the collection of a catalogue's entries: its first
// page, and where its digest is.
type entriesCollection struct {
	ID           domain.IRI `jsonld:"id"`
	Type         string     `jsonld:"type"`
	TotalItems   int        `jsonld:"totalItems"`
	First        domain.IRI `jsonld:"first"`
	Last         domain.IRI `jsonld:"last"`
	AttributedTo domain.IRI `jsonld:"attributedTo"`
	Digest       domain.IRI `jsonld:"interlink:digest"`
}

// EntriesCollection makes the collection of a catalogue's entries without
// them.
func EntriesCollection(shelf domain.IRI, total int) ([]byte, error) {
	id := shelf + "/entries"
	return Encode(entriesCollection{
		ID: id, Type: "OrderedCollection", TotalItems: total, AttributedTo: shelf, Digest: shelf + "/digest",
		First: id + "?page=" + FirstPage, Last: id + "?page=" + LastPage,
	})
}

type digestDocument struct {
	ID           domain.IRI      `jsonld:"id"`
	Type         string          `jsonld:"type"`
	AttributedTo domain.IRI      `jsonld:"attributedTo"`
	Digest       json.RawMessage `jsonld:"interlink:digest"`
	Deleted      domain.IRI      `jsonld:"interlink:deleted,omitempty"` // where what was deleted is listed
}

// partExtension is one partition of the digest of a catalogue.
type partExtension struct {
	Items domain.IRI `json:"items"` // where its entries are listed
	Total int        `json:"total"`
	Sum   string     `json:"sum"` // hex
}

// EntriesDigest makes the digest of a catalogue's entries: of each partition
// that has any, by its two hexadecimal digits, how many they are and the XOR
// of their sums. deleted says whether entries were.
func EntriesDigest(shelf domain.IRI, d *catalogue.Digest, deleted bool) any {
	id := shelf + "/digest"
	parts := map[string]partExtension{}
	for i, part := range d {
		if part.Count > 0 {
			name := hex.EncodeToString([]byte{byte(i)})
			parts[name] = partExtension{Items: id + "/" + domain.IRI(name), Total: part.Count, Sum: hex.EncodeToString(part.Sum[:])}
		}
	}
	out := digestDocument{ID: id, Type: "Object", AttributedTo: shelf, Digest: typed(parts)}
	if deleted {
		out.Deleted = shelf + "/deleted"
	}
	return out
}

// EntriesDeleted lists what is left of the entries that a catalogue deleted,
// newest first.
func EntriesDeleted(shelf domain.IRI, buried []catalogue.Tombstone) any {
	items := make([]any, len(buried))
	for i, t := range buried {
		items[i] = tombstone{ID: t.IRI, Type: "Tombstone", FormerType: "Article", Deleted: when(t.At)}
	}
	return WholeCollection(shelf+"/deleted", shelf, items)
}

// ReadDeleted reads what a catalogue says it deleted; what is of other servers
// is left out. Errors: TooLarge.
func ReadDeleted(doc Document) ([]domain.IRI, error) {
	items := doc.Objects("orderedItems")
	if len(items) > catalogue.MaxTombstones {
		return nil, domain.Fail(domain.TooLarge, "error.collection_size", catalogue.MaxTombstones)
	}
	var deleted []domain.IRI
	for _, item := range items {
		if iri := item.IRI("id"); domain.SameOrigin(iri, doc.IRI("id")) && item.Type() == "Tombstone" {
			deleted = append(deleted, iri)
		}
	}
	return deleted, nil
}

// ReadDigest reads the digest of a catalogue, with the addresses of the
// partitions that it has. Errors: Invalid.
func ReadDigest(doc Document) (*catalogue.Digest, map[byte]domain.IRI, error) {
	bad := domain.Fail(domain.Invalid, "error.document")
	var parts map[string]partExtension
	if err := json.Unmarshal(doc["interlink:digest"], &parts); err != nil {
		return nil, nil, bad.Because(err)
	}
	d, items := new(catalogue.Digest), map[byte]domain.IRI{}
	for name, part := range parts {
		at, err := hex.DecodeString(name)
		sum, errSum := hex.DecodeString(part.Sum)
		if err != nil || errSum != nil || len(at) != 1 || len(sum) != len(d[0].Sum) || part.Total < 0 || !domain.SameOrigin(part.Items, doc.IRI("id")) {
			return nil, nil, bad
		}
		d[at[0]].Count = part.Total
		copy(d[at[0]].Sum[:], sum)
		items[at[0]] = part.Items
	}
	return d, items, nil
}

// markDocument is an entry with its version alone.
type markDocument struct {
	ID      domain.IRI `jsonld:"id"`
	Type    string     `jsonld:"type"`
	Version int        `jsonld:"interlink:version"`
}

// EntriesPart lists the entries of one partition.
func EntriesPart(shelf domain.IRI, part byte, marks []catalogue.Mark) any {
	items := make([]any, len(marks))
	for i, m := range marks {
		items[i] = markDocument{ID: m.IRI, Type: "Article", Version: m.Version}
	}
	return WholeCollection(shelf+"/digest/"+domain.IRI(hex.EncodeToString([]byte{part})), shelf, items)
}

// maxMarks is how many entries of a partition are read.
const maxMarks = 5_000

// ReadPart reads the entries of a partition; those of other servers are left
// out. Errors: TooLarge.
func ReadPart(doc Document) ([]catalogue.Mark, error) {
	items := doc.Objects("orderedItems")
	if len(items) > maxMarks {
		return nil, domain.Fail(domain.TooLarge, "error.collection_size", maxMarks)
	}
	var marks []catalogue.Mark
	seen := map[domain.IRI]bool{}
	for _, item := range items {
		iri := item.IRI("id")
		if !domain.SameOrigin(iri, doc.IRI("id")) || seen[iri] {
			continue
		}
		seen[iri] = true
		marks = append(marks, catalogue.Mark{IRI: iri, Version: int(item.Int("interlink:version"))})
	}
	return marks, nil
}

// treeCollection is the collection of the items of a process: its first page,
// and what the tree is as a whole.
type treeCollection struct {
	ID           domain.IRI    `jsonld:"id"`
	Type         string        `jsonld:"type"`
	TotalItems   int           `jsonld:"totalItems"`
	First        domain.IRI    `jsonld:"first"`
	Last         domain.IRI    `jsonld:"last"`
	AttributedTo domain.IRI    `jsonld:"attributedTo"`
	Tree         treeExtension `jsonld:"interlink:tree"`
}

// treeExtension says which state of its process a tree is.
type treeExtension struct {
	Version int64  `jsonld:"version,omitempty"`
	Digest  string `jsonld:"digest"` // of all items, see lineage.SourceProcess.Digest
}

// TreeCollection makes the collection of the items of a process without them.
func TreeCollection(process domain.IRI, version, digest string, total int) ([]byte, error) {
	id := process + "/tree"
	number, _ := strconv.ParseInt(version, 10, 64)
	return Encode(treeCollection{
		ID: id, Type: "OrderedCollection", TotalItems: total, AttributedTo: process, Tree: treeExtension{Version: number, Digest: digest},
		First: id + "?page=" + FirstPage, Last: id + "?page=" + LastPage,
	})
}

// TreeHead is what the collection of a tree says of it as a whole.
type TreeHead struct {
	Version string // "" if not said
	Digest  string // "" if not said
	Total   int    // items
	First   domain.IRI
}

// ReadTree reads the collection of the items of a process of another node.
func ReadTree(doc Document) TreeHead {
	h := TreeHead{Total: int(doc.Int("totalItems")), First: doc.IRI("first")}
	if ext := doc.Object("interlink:tree"); ext != nil {
		h.Digest = ext.String("digest")
		if v := ext.Int("version"); v > 0 {
			h.Version = strconv.FormatInt(v, 10)
		}
	}
	return h
}
