package activity_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/community"
	"interlink/domain/domaintest"
	"interlink/domain/lineage"
	"interlink/domain/markup"
	"interlink/domain/network"
	"interlink/domain/story"
	"interlink/federation/activity"
)

// Whatever this package reads is fuzzed as the inbox reads it: [activity.Scan],
// then the reader. It begins with the golden documents. What is read is within
// its bounds, its addresses are addresses, and written again it is read as the
// same.

// odd are documents that once were, or might be, read wrong.
var odd = []string{
	`{"id":"https://a.example/1","type":"Create","actor":"https://a.example/ana","object":{"id":"https://a.example/2","type":"Note"}}`,
	`{"id":{},"type":["Follow"],"actor":{"id":"https://a.example/ana"},"object":["https://b.example/c"],"to":{"id":3}}`,
	`{"@context":[],"id":"https://a.example/1","type":"Person","inbox":"https://a.example/i","preferredUsername":"a","publicKey":{"owner":"https://a.example/1"}}`,
	`{"id":"https://a.example/1","type":"Announce","actor":"https://a.example/ana","object":["https://a.example/2",{"id":"https://b.example/3","ID":"https://a.example/2"}]}`,
	`{"id":"https://a.example/1","type":"Note","attributedTo":"https://a.example/ana","content":"\ud83d\ude00 \\ud800","tag":[{"type":"Mention","href":"https://a.example/b"}],"n":-9007199254740993}`,
	`{"id":"https://a.example/1","attributedTo":"https://a.example/o","interlink:story":{"figures":[{"name":{"en":"x"}}],"snapshot":"https://a.example/s"},"interlink:interlinker":{"content":{"interlinker":{}}}}`,
}

// documents are the golden ones, the objects and items in them without what is
// the same in all, and the odd ones.
func documents(f *testing.F) (all [][]byte) {
	f.Helper()
	files, err := filepath.Glob("testdata/golden/*.json")
	if err != nil || len(files) == 0 {
		f.Fatalf("%d golden files, %v", len(files), err)
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		all = append(all, raw)
		doc, err := activity.Scan(raw)
		if err != nil {
			f.Fatalf("%s: %v", file, err)
		}
		for _, part := range slices.Concat([]activity.Document{doc}, doc.Objects("object"), doc.Objects("orderedItems")) {
			bare := maps.Clone(part)
			delete(bare, "@context")
			delete(bare, "proof")
			all = append(all, encoded(f, bare))
		}
	}
	for _, s := range odd {
		all = append(all, []byte(s))
	}
	return all
}

func encoded(t testing.TB, v any) []byte {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// FuzzDocument hands whatever Scan takes to all readers: nobody says what a
// document is but the document itself, so each sees the others' too. Bytes that
// change at random are seldom JSON any more, so one value of the document is
// also put in for another.
func FuzzDocument(f *testing.F) {
	for _, raw := range documents(f) {
		f.Add(raw, uint16(0), uint8(0))
	}
	f.Add([]byte(odd[5]), uint16(3), uint8(1))
	f.Add([]byte(odd[5]), uint16(2), uint8(20))
	f.Fuzz(func(t *testing.T, raw []byte, place uint16, other uint8) {
		doc, err := activity.Scan(domaintest.Twisted(raw, place, other))
		if err != nil {
			return
		}
		for _, check := range []func(*testing.T, activity.Document){
			checkActor, checkPost, checkCollection, checkEntry, checkReview, checkTranslation, checkReuse, checkDigest, checkTrustList,
			checkProcess, checkStory, checkSnapshot, checkStamp, checkRelative, checkWork, checkUpstream,
		} {
			check(t, doc)
		}
	})
}

// again is a document of ours, written and scanned.
func again(t *testing.T, doc any) activity.Document {
	t.Helper()
	raw, err := activity.Encode(doc)
	if err != nil {
		t.Fatalf("what was read cannot be written: %v", err)
	}
	read, err := activity.Scan(raw)
	if err != nil && len(raw) <= activity.MaxBytes {
		t.Fatalf("what was written cannot be scanned: %v\n%s", err, raw)
	}
	return read
}

// same reports what two values look like as JSON if they differ. Of what is
// empty there may be none.
func same(t *testing.T, what string, got, want any) {
	t.Helper()
	none := strings.NewReplacer("{}", "null", "[]", "null")
	if a, b := none.Replace(string(encoded(t, got))), none.Replace(string(encoded(t, want))); a != b {
		t.Errorf("%s was\n%s\nand written and read again\n%s", what, b, a)
	}
}

// addresses checks that each is one, or absent.
func addresses(t *testing.T, iris ...domain.IRI) {
	t.Helper()
	for _, iri := range iris {
		if _, err := domain.ParseIRI(string(iri)); iri != "" && iri != activity.Public && err != nil {
			t.Errorf("not an address: %q", iri)
		}
	}
}

// bounded checks the length of a text in bytes, and that it is one.
func bounded(t *testing.T, what, s string, most int) {
	t.Helper()
	if len(s) > most || !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
		t.Errorf("%s has %d bytes: %.100q", what, len(s), s)
	}
}

// safe checks that HTML is as the sanitiser leaves it.
func safe(t *testing.T, what, html string) {
	t.Helper()
	if clean := markup.Sanitize(html); clean != html {
		t.Errorf("%s is %q, not %q", what, html, clean)
	}
}

// FuzzActivity: the envelope of every activity, its answer, and that nobody
// learns of blind readers.
func FuzzActivity(f *testing.F) {
	for _, raw := range documents(f) {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		in, err := activity.Decode(raw)
		if err != nil {
			return
		}
		if in.ID == "" || in.Actor == "" || in.Type == "" {
			t.Error("taken without id, actor or type")
		}
		bounded(t, "the type", in.Type, 200)
		addresses(t, append([]domain.IRI{in.ID, in.Actor, in.Object, in.Target}, in.Audience...)...)
		if o := in.Embedded; o != nil && in.Object != "" && o.IRI("id") != in.Object && o.IRI("href") != in.Object {
			t.Errorf("the object %s comes with %v", in.Object, o)
		}
		bones, err := activity.Skeleton(in)
		if err != nil {
			t.Fatal(err)
		}
		back, err := activity.Decode(bones)
		if err != nil || back.ID != in.ID || back.Type != in.Type || back.Actor != in.Actor || back.Object != in.Object {
			t.Errorf("the skeleton %s: %v", bones, err)
		}
		kept := activity.WithoutBlind(raw)
		if _, err := activity.Decode(kept); err != nil {
			t.Errorf("kept is %s: %v", kept, err)
		}
		if !bytes.Equal(activity.WithoutBlind(kept), kept) {
			t.Errorf("blind readers are left in %s", kept)
		}
		objects, reason := activity.ReadFlag(in.Document)
		addresses(t, objects...)
		bounded(t, "the reason", reason, 20_000)
		if len(objects) > 1000 {
			t.Errorf("%d objects are reported", len(objects))
		}
	})
}

// checkActor: all that an actor says of itself is of its own origin.
func checkActor(t *testing.T, doc activity.Document) {
	a, err := activity.ReadActor(doc)
	if err != nil {
		return
	}
	own := []domain.IRI{a.Inbox, a.SharedInbox, a.Outbox, a.Followers, a.URL, a.Featured, a.Entries, domain.IRI(a.KeyID)}
	for _, k := range a.MoreKeys {
		own = append(own, domain.IRI(k.ID))
		bounded(t, "a key", k.Text, 16<<10)
	}
	addresses(t, append(own, a.IRI, a.Icon)...)
	for _, iri := range own {
		if iri != "" && !domain.SameOrigin(a.IRI, iri) {
			t.Errorf("%s is elsewhere", iri)
		}
	}
	if strings.ContainsAny(a.Name, "@/ \n\u202e") || strings.ContainsAny(a.Title, "\n\u202e\x00") {
		t.Errorf("is called %q, %q", a.Name, a.Title)
	}
	bounded(t, "the name", a.Name, 128)
	bounded(t, "the title", a.Title, 500)
	bounded(t, "the key", a.PublicKey, 16<<10)
	bounded(t, "the type of the icon", a.IconType, 100)
	bounded(t, "what the icon shows", a.IconAlt, 1500)
	safe(t, "the summary", a.Summary)
	if len(a.Fields) > network.MaxFields || len(a.MoreKeys) > 10 {
		t.Errorf("%d fields, %d keys", len(a.Fields), len(a.MoreKeys))
	}
	for _, field := range a.Fields {
		bounded(t, "the name of a field", field.Name, network.MaxFieldName)
		safe(t, "a field", field.Value)
	}
	back, err := activity.ReadActor(again(t, activity.Actor(activity.ActorInput{Actor: a, KeyID: a.KeyID, PublicKeyPEM: a.PublicKey, Featured: a.Featured})))
	if err != nil {
		t.Fatalf("written and read again: %v", err)
	}
	same(t, "the actor",
		[]any{back.IRI, back.Type, back.Name, back.Title, back.Inbox, back.SharedInbox, back.Outbox, back.Followers, back.URL, back.Featured, back.Icon, back.IconAlt, back.KeyID, back.PublicKey, back.ManuallyApproves},
		[]any{a.IRI, a.Type, a.Name, a.Title, a.Inbox, a.SharedInbox, a.Outbox, a.Followers, a.URL, a.Featured, a.Icon, a.IconAlt, a.KeyID, a.PublicKey, a.ManuallyApproves})
}

// checkPost: a Note, or what is kept as one.
func checkPost(t *testing.T, doc activity.Document) {
	in, author, ok := activity.ReadPost(doc)
	if !ok {
		return
	}
	addresses(t, slices.Concat([]domain.IRI{in.IRI, author, in.InReplyTo, in.Context, in.URL}, in.Mentions, in.Addressed)...)
	if in.IRI == "" || author == "" {
		t.Error("taken without id or author")
	}
	bounded(t, "the title", in.Title, 1000)
	for _, image := range in.Images {
		addresses(t, image.URL)
		bounded(t, "the words of an attachment", image.Name, 2000)
		if image.Width < 0 || image.Width > 1<<16 || image.Height < 0 || image.Height > 1<<16 {
			t.Errorf("%d by %d", image.Width, image.Height)
		}
	}
	if slices.Contains(in.Addressed, activity.Public) || in.Listed && !in.Public {
		t.Errorf("addressed to %v, public %t, listed %t", in.Addressed, in.Public, in.Listed)
	}
	content := markup.Sanitize(in.Content)
	note := activity.NoteInput{
		Post: &community.Post{
			IRI: in.IRI, InReplyTo: in.InReplyTo, Context: in.Context, Content: content, Language: in.Language, URL: in.URL, Sensitive: in.Sensitive,
			Published: in.Published, Updated: in.Updated,
		},
		Author: &network.Actor{ID: "a", IRI: author},
	}
	back, writer, ok := activity.ReadPost(again(t, activity.Note(note)))
	if !ok && in.Published.Year() <= 9999 {
		t.Fatal("written, it is no post any more")
	}
	same(t, "the post", []any{back.IRI, writer, back.InReplyTo, back.Context, back.Content, back.URL, back.Sensitive}, []any{in.IRI, author, in.InReplyTo, in.Context, content, in.URL, in.Sensitive})
}

// checkEntry: an entry of a catalogue of any kind, with the bounds that keep
// it, as [catalogue.Service.Receive] has it.
func checkEntry(t *testing.T, doc activity.Document) {
	ns := space(t)
	in, owner, ok := activity.ReadEntry(doc)
	if !ok {
		return
	}
	addresses(t, in.IRI, owner)
	e := &catalogue.Entry{
		IRI: in.IRI, Kind: in.Kind, Slug: in.Slug, Name: in.Content.Name.Clean(), Summary: in.Content.Summary.Clean(), Interlinker: in.Content.Interlinker,
		Problem: in.Content.Problem, Schema: in.Content.Schema, Status: in.Status, Replacement: in.Replacement, Version: in.Version,
		PublishedAt: in.Published, UpdatedAt: in.Updated,
	}
	if e.Check() != nil {
		return
	}
	for _, s := range e.Name {
		bounded(t, "the name", s, 500)
	}
	written := again(t, activity.Entry(e, owner, "https://a.example/followers", ns, "en"))
	safe(t, "the content", written.String("content"))
	back, _, ok := activity.ReadEntry(written)
	if !ok {
		t.Fatal("written, it is no entry any more")
	}
	same(t, "the entry", []any{back.IRI, back.Kind, back.Content, back.Status, back.Replacement, back.Version}, []any{in.IRI, in.Kind, e.Content(), in.Status, in.Replacement, in.Version})
}

// checkStory: what is told, and where its snapshot is.
func checkStory(t *testing.T, doc activity.Document) {
	ns := space(t)
	in, shot, ok := activity.ReadStory(doc)
	if !ok {
		return
	}
	addresses(t, in.IRI, in.OwnerIRI, in.ProcessIRI, shot)
	if shot != "" && !domain.SameOrigin(shot, in.IRI) {
		t.Errorf("the snapshot is at %s", shot)
	}
	bounded(t, "the licence", in.Telling.Licence, 100)
	for _, text := range []domain.Text{in.Telling.Title, in.Telling.Summary} {
		for lang := range text {
			if _, err := domain.ParseLang(string(lang)); err != nil {
				t.Errorf("the language %q", lang)
			}
		}
	}
	s := &story.Story{IRI: in.IRI, ProcessIRI: in.ProcessIRI, Telling: in.Telling, Version: in.Version, PublishedAt: in.Published, UpdatedAt: in.Updated}
	written := again(t, activity.Story(s, in.OwnerIRI, nil, ns, "en", [4]string{"A", "B", "C", "D"}))
	safe(t, "the content", written.String("content"))
	back, _, ok := activity.ReadStory(written)
	if !ok {
		t.Fatal("written, it is no story any more")
	}
	same(t, "the story",
		[]any{back.IRI, back.OwnerIRI, back.ProcessIRI, back.Telling.Challenge, back.Telling.Results, back.Telling.Keywords, back.Telling.Figures, back.Version},
		[]any{in.IRI, in.OwnerIRI, in.ProcessIRI, in.Telling.Challenge, in.Telling.Results, in.Telling.Keywords, in.Telling.Figures, in.Version})
}

// checkSnapshot: the document of a story's snapshot; [story.Snapshot] itself
// has a target beside its bounds.
func checkSnapshot(t *testing.T, doc activity.Document) {
	shot, err := activity.ReadSnapshot(doc)
	if err != nil {
		return
	}
	if shot.Process.Check() != nil || shot.TakenAt.Year() < 1970 || shot.TakenAt.Year() > 9998 {
		return
	}
	s := &story.Story{IRI: "https://a.example/stories/x", Snapshot: shot}
	around, err := activity.Snapshot(s, shot.TakenAt, "https://a.example/o")
	if err != nil {
		t.Fatal(err)
	}
	back, err := activity.ReadSnapshot(again(t, activity.Proven(shown(around, shot))))
	if err != nil {
		t.Fatal(err)
	}
	if back.Digest() != shot.Digest() {
		t.Errorf("the digest of %s changes", shot.Canonical())
	}
}

// checkProcess: a process with the elements of its tree, and an offered clone.
func checkProcess(t *testing.T, doc activity.Document) {
	if source, tree, resources, err := activity.ReadProcess(doc); err == nil {
		if resources != "" {
			addresses(t, resources)
		}
		addresses(t, source.IRI, tree, source.Owner, source.Schema)
		if !domain.SameOrigin(source.IRI, source.Owner) || !domain.SameOrigin(source.IRI, tree) {
			t.Errorf("%s has the owner %s and the tree %s", source.IRI, source.Owner, tree)
		}
	}
	if item, ok := activity.ReadItem(doc); ok {
		whole := lineage.SourceProcess{IRI: "https://a.example/p", Owner: "https://a.example/p", Title: domain.Text{"en": "P"}, Items: []lineage.SourceItem{item}}
		back, ok := activity.ReadItem(again(t, activity.Item("https://a.example/p", "en", item)))
		if !ok {
			t.Fatal("written, it is no element any more")
		}
		if whole.Check() == nil {
			same(t, "the element", back, item)
		}
	}
	if o, ok := activity.ReadClone(doc); ok {
		addresses(t, o.Clone, o.Source)
		back, ok := activity.ReadClone(again(t, activity.Clone(o, "")))
		if !ok || back.Clone != o.Clone || back.Source != o.Source || back.Version != o.Version || back.Digest != o.Digest {
			t.Errorf("the clone %+v is %+v", o, back)
		}
	}
}

// checkCollection: a page of a collection, as readers of other nodes walk it.
func checkCollection(t *testing.T, doc activity.Document) {
	addresses(t, doc.IRI("first"), doc.IRI("next"), doc.IRI("partOf"))
	items := doc.Objects("orderedItems")
	if len(items) > 1000 || len(doc.IRIs("orderedItems")) > 1000 {
		t.Errorf("%d items", len(items))
	}
	if n := doc.Int("totalItems"); n > 1<<53 || n < -1<<53 {
		t.Errorf("%d items in all", n)
	}
	list := domain.List[any]{Total: len(items)}
	for _, item := range items {
		list.Items = append(list.Items, activity.RawItem(encoded(t, item)))
	}
	raw, err := activity.CollectionPage("https://a.example/c", "first", list)
	if err != nil {
		t.Fatal(err)
	}
	page, err := activity.Scan(raw)
	if err != nil && len(raw) <= activity.MaxBytes {
		t.Fatalf("a page of %d items: %v", len(items), err)
	}
	if err == nil && len(page.Objects("orderedItems")) != len(items) {
		t.Errorf("%d items became %d", len(items), len(page.Objects("orderedItems")))
	}
}

// checkDigest: whatever a catalogue says of its entries, what is read of it is
// on its own server, and bounded.
func checkDigest(t *testing.T, doc activity.Document) {
	digest, items, err := activity.ReadDigest(doc)
	if err == nil {
		for part, at := range items {
			if !domain.SameOrigin(at, doc.IRI("id")) {
				t.Errorf("partition %d is on another server: %s", part, at)
			}
		}
		if parts := digest.Differing(digest); len(parts) > 0 {
			t.Errorf("it differs from itself in %v", parts)
		}
	}
	marks, err := activity.ReadPart(doc)
	if err != nil {
		return
	}
	seen := map[domain.IRI]bool{}
	for _, m := range marks {
		if seen[m.IRI] || !domain.SameOrigin(m.IRI, doc.IRI("id")) {
			t.Errorf("%s is there twice, or on another server", m.IRI)
		}
		seen[m.IRI] = true
	}
}

// checkTrustList: a list that is taken has bounds, and comes back as it was
// written.
func checkTrustList(t *testing.T, doc activity.Document) {
	ns := space(t)
	list, err := activity.ReadTrustList(doc)
	if err != nil || list.Check(ns) != nil {
		return
	}
	if len(list.Hosts) > 5000 || len(list.Entries) > 5000 {
		t.Errorf("%d hosts, %d entries", len(list.Hosts), len(list.Entries))
	}
	for _, h := range list.Hosts {
		bounded(t, "the reason", h.Reason, 500)
		if h.Host == ns.Host() {
			t.Error("it speaks of this node")
		}
	}
	back, err := activity.ReadTrustList(again(t, activity.TrustList(list, "en")))
	if err != nil {
		t.Fatal(err)
	}
	same(t, "the list", []any{back.IRI, back.Owner, back.Version, back.Retracted, len(back.Hosts), len(back.Entries)},
		[]any{list.IRI, list.Owner, list.Version, list.Retracted, len(list.Hosts), len(list.Entries)})
}

// checkStamp: what is taken for a stamp is one: of one server, about one clone,
// and written again it says the same.
func checkStamp(t *testing.T, doc activity.Document) {
	s, ok := activity.ReadStamp(doc)
	if !ok {
		return
	}
	addresses(t, s.IRI, s.Source, s.Owner, s.Clone)
	if !domain.SameOrigin(s.IRI, s.Source) || !domain.SameOrigin(s.Owner, s.Source) || s.Clone == s.Source || s.Digest != "" && len(s.Digest) != 64 {
		t.Errorf("it is taken for a stamp: %+v", s)
	}
	back, ok := activity.ReadStamp(again(t, activity.Stamp(s)))
	if !ok || back.Clone != s.Clone || back.Digest != s.Digest || back.Version != s.Version {
		t.Errorf("the stamp %+v is %+v", s, back)
	}
}

// checkRelative: what a process tells of its lineage has bounds.
func checkRelative(t *testing.T, doc activity.Document) {
	r, err := activity.ReadRelative(doc)
	if err != nil {
		return
	}
	addresses(t, r.IRI, r.Owner, r.Story)
	if len(r.Releases) > lineage.MaxTold || len(r.Country) > 2 || len(r.Active) > 10 {
		t.Errorf("it is taken: %+v", r)
	}
	if from := r.From; from != nil {
		addresses(t, from.Source, from.Stamp)
		if from.Source == r.IRI || from.Stamp != "" && !domain.SameOrigin(from.Stamp, from.Source) {
			t.Errorf("it comes from %+v", from)
		}
	}
}

// checkWork: what is asked of people of other nodes, done by them, and answered.
func checkWork(t *testing.T, doc activity.Document) {
	if in, ok := activity.ReadAssignment(doc); ok {
		addresses(t, in.IRI, in.ItemIRI)
	}
	if in, ok := activity.ReadContribution(doc); ok {
		addresses(t, in.IRI, in.Assignment)
	}
	if in, ok := activity.ReadRoleCall(doc); ok {
		addresses(t, append(in.DecidedBy, in.IRI, in.URL, in.TeamIRI)...)
		if in.Seats < 0 || in.Title.Empty() {
			t.Errorf("%d seats of %v", in.Seats, in.Title)
		}
	}
	activity.ReadAssignmentState(doc)
	activity.ReadApplicationAnswer(doc)
	activity.ReadClaimAnswer(doc)
	bounded(t, "the statement", activity.ReadStatement(doc), 40_000)
	bounded(t, "the reason", activity.ReadReason(doc), 40_000)
}

// checkUpstream: what source and clone tell each other after the clone.
func checkUpstream(t *testing.T, doc activity.Document) {
	if in, ok := activity.ReadRelease(doc); ok {
		addresses(t, in.IRI, in.Process)
	}
	if in, by, ok := activity.ReadImprovement(doc); ok {
		addresses(t, in.IRI, by)
	}
	if head := activity.ReadTree(doc); head.First != "" {
		addresses(t, head.First)
	}
	if deleted, err := activity.ReadDeleted(doc); err == nil {
		addresses(t, deleted...)
	}
	activity.ReadResource(doc)
	activity.ReadVerdicts(doc)
	activity.ReadCosignature(doc)
}
