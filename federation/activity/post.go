package activity

import (
	"slices"
	"time"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/network"
	"interlink/domain/participation"
)

type noteDocument struct {
	ID           domain.IRI        `jsonld:"id"`
	Type         string            `jsonld:"type"`
	AttributedTo domain.IRI        `jsonld:"attributedTo"`
	To           List[domain.IRI]  `jsonld:"to"`
	Cc           List[domain.IRI]  `jsonld:"cc"`
	Audience     domain.IRI        `jsonld:"audience,omitempty"`
	InReplyTo    domain.IRI        `jsonld:"inReplyTo,omitempty"`
	Context      domain.IRI        `jsonld:"context,omitempty"`
	Content      string            `jsonld:"content"`
	ContentMap   map[string]string `jsonld:"contentMap,omitempty"`
	Source       *source           `jsonld:"source,omitempty"`
	URL          domain.IRI        `jsonld:"url"`
	Sensitive    bool              `jsonld:"sensitive"`
	Published    *instant          `jsonld:"published,omitempty"`
	Updated      *instant          `jsonld:"updated,omitempty"`
	Tag          List[any]         `jsonld:"tag"`
	Attachment   List[any]         `jsonld:"attachment"`
	Replies      *replies          `jsonld:"replies,omitempty"`
	Summary      string            `jsonld:"summary,omitempty"` // a warning
	OneOf        List[any]         `jsonld:"oneOf,omitempty"`
	AnyOf        List[any]         `jsonld:"anyOf,omitempty"`
	EndTime      *instant          `jsonld:"endTime,omitempty"`
	Closed       *instant          `jsonld:"closed,omitempty"`
	VotersCount  *int              `jsonld:"votersCount,omitempty"`

	InteractionPolicy *interactionPolicy `jsonld:"interactionPolicy,omitempty"`
	Authorization     domain.IRI         `jsonld:"replyAuthorization,omitempty"`
	ApprovedBy        domain.IRI         `jsonld:"approvedBy,omitempty"` // what GoToSocial before 0.21 reads
	RoleCall          *RoleCallExtension `jsonld:"interlink:roleCall,omitempty"`
	Tells             domain.IRI         `jsonld:"interlink:tells,omitempty"` // of a letter: the activity of which it tells
	Refusal           *refusal           `jsonld:"interlink:refusal,omitempty"`
	Appeal            *refusal           `jsonld:"interlink:appeal,omitempty"`
	Admits            domain.IRI         `jsonld:"interlink:admits,omitempty"` // of a letter: what was refused, and is published after all
	Rights            *rights            `jsonld:"interlink:rights,omitempty"`
}

// rights is of a letter that tells its reader of theirs in a process.
type rights struct {
	Type  string       `jsonld:"type"`
	Turn  string       `jsonld:"turn"` // given, changed, ended
	Names List[string] `jsonld:"names"`
	Title string       `jsonld:"title"` // of the process, or of what in it they are for
}

// refusal is of a letter that tells of one: what is not published, and why; or
// that appeals against one, and why.
type refusal struct {
	Type   string     `jsonld:"type"`
	Object domain.IRI `jsonld:"object"`
	Reason string     `jsonld:"reason"`
	Stands bool       `jsonld:"stands,omitempty"` // after an appeal, to which this is the answer
}

// replies is a post's collection of replies with its first page inline
// (ActivityStreams Vocabulary §4, replies).
type replies struct {
	ID         domain.IRI  `jsonld:"id"`
	Type       string      `jsonld:"type"`
	TotalItems int         `jsonld:"totalItems"`
	First      repliesPage `jsonld:"first"`
}

type repliesPage struct {
	ID           domain.IRI       `jsonld:"id"`
	Type         string           `jsonld:"type"`
	PartOf       domain.IRI       `jsonld:"partOf"`
	Next         domain.IRI       `jsonld:"next,omitempty"`
	OrderedItems List[domain.IRI] `jsonld:"orderedItems"`
}

func repliesOf(p *community.Post, list domain.List[domain.IRI]) *replies {
	id := p.IRI + "/replies"
	page := repliesPage{ID: id + "?page=" + FirstPage, Type: "OrderedCollectionPage", PartOf: id, OrderedItems: list.Items}
	if list.Next != "" {
		page.Next = id + domain.IRI("?page="+list.Next)
	}
	return &replies{ID: id, Type: "OrderedCollection", TotalItems: list.Total, First: page}
}

type source struct {
	Content   string `jsonld:"content"`
	MediaType string `jsonld:"mediaType"`
}

type mention struct {
	Type string     `jsonld:"type"`
	Name string     `jsonld:"name"`
	Href domain.IRI `jsonld:"href"`
}

// NoteInput is what a post's document is made of.
type NoteInput struct {
	Post      *community.Post
	Author    *network.Actor
	Community *network.Actor // nil if it is in none
	Mentions  []*network.Actor
	OwnHost   string
	Replies   *domain.List[domain.IRI] // the first of its public replies; nil when it is sent
	NS        domain.Namespace
	Call      *participation.Call // that the post tells of; nil for none
}

// Audience returns to and cc of a public post: everybody; followers of its
// author, the community, and those it names.
func (in NoteInput) Audience() (to, cc []domain.IRI) {
	cc = []domain.IRI{in.Author.Followers}
	if in.Community != nil && in.Community.ID != in.Author.ID {
		cc = append(cc, in.Community.IRI)
	}
	for _, m := range in.Mentions {
		if !slices.Contains(cc, m.IRI) {
			cc = append(cc, m.IRI)
		}
	}
	return ToPublic(cc...)
}

// Note makes a post as a Note, or a Question if it is a poll: with a summary,
// which peers show as a warning, only where it is one (DESIGN §5).
func Note(in NoteInput) any {
	p := in.Post
	to, cc := in.Audience()
	d := noteDocument{
		ID: p.IRI, Type: "Note", AttributedTo: in.Author.IRI, To: to, Cc: cc, InReplyTo: p.InReplyTo, Context: p.Context,
		Content: p.Content, ContentMap: map[string]string{string(language(p.Language)): p.Content}, URL: p.URL,
		Sensitive: p.Sensitive, Published: when(p.Published), Updated: when(p.Updated), Tag: List[any]{}, Attachment: List[any]{},
		InteractionPolicy: quotable(), RoleCall: roleCall(in.Call), Authorization: p.Approval, ApprovedBy: p.Approval,
	}
	if c := in.Call; c != nil && c.State != participation.CallOpen {
		d.Updated = when(c.UpdatedAt)
	}
	if p.Sensitive {
		d.Summary = p.Summary
	}
	if p.Poll != nil {
		d.ask(p.Poll)
	}
	if p.Source != "" {
		d.Source = &source{p.Source, "text/markdown"}
	}
	if in.Community != nil {
		d.Audience = in.Community.IRI
	}
	if in.Replies != nil {
		d.Replies = repliesOf(p, *in.Replies)
	}
	for _, a := range p.Images {
		d.Attachment = append(d.Attachment, imageOf(a))
	}
	for _, m := range in.Mentions {
		d.Tag = append(d.Tag, mention{Type: "Mention", Name: m.Handle(in.OwnHost), Href: m.IRI})
	}
	for _, word := range community.Tags(p.Source) {
		d.Tag = append(d.Tag, tag(word, in.NS))
	}
	return d
}

// readable are the types of objects that are kept as posts (federation.md
// §2.10): the title of longer ones is shown.
var readable = map[string]bool{"Note": true, "Article": true, "Page": true, "Event": true, "Question": true, "Video": true, "Image": true, "Audio": true}

// ReadPost reads a post. The author is to be found by AuthorIRI. ok is false
// for an object that is none.
func ReadPost(doc Document) (in community.Remote, author domain.IRI, ok bool) {
	in = community.Remote{
		IRI: doc.IRI("id"), Type: doc.Type(), InReplyTo: doc.IRI("inReplyTo"), Context: doc.IRI("context"),
		Title: label(doc.String("name"), 1000), Content: doc.String("content"), Summary: doc.String("summary"), Language: doc.Language(),
		URL: doc.IRI("url"), Sensitive: doc.Bool("sensitive"), Published: doc.Time("published"), Updated: doc.Time("updated"),
		Tells: doc.IRI("interlink:tells"), Admits: doc.IRI("interlink:admits"),
	}
	to, cc := doc.IRIs("to"), doc.IRIs("cc")
	in.Listed = IsPublic(to)
	in.Public = in.Listed || IsPublic(cc)
	for _, iri := range append(append([]domain.IRI(nil), to...), cc...) {
		if iri != Public {
			in.Addressed = append(in.Addressed, iri)
		}
	}
	if audience := doc.IRI("audience"); audience != "" && audience != Public {
		in.Addressed = append(in.Addressed, audience)
	}
	for _, tag := range doc.Objects("tag") {
		if tag.Type() == "Hashtag" {
			in.Tags = append(in.Tags, tag.String("name"))
		}
		if tag.Type() == "Mention" {
			if href := tag.IRI("href"); href != "" {
				in.Mentions = append(in.Mentions, href)
			}
		}
	}
	in.Consent, in.Approvals = readConsent(doc), Approvals(doc, InteractionReply)
	in.Images = readAttachments(doc)
	if in.Type == "Question" {
		in.Poll = readPoll(doc)
	}
	if in.Content == "" {
		for _, lang := range doc.Text("content", domain.Undetermined).Langs() {
			in.Content, in.Language = doc.Text("content", domain.Undetermined)[lang], lang
			break
		}
	}
	if refused := doc.Object("interlink:refusal"); refused.Type() == "Refusal" {
		in.Refuses, in.Reason, in.Stands = refused.IRI("object"), clip(refused.String("reason"), 40_000), refused.Bool("stands")
	}
	if appeal := doc.Object("interlink:appeal"); appeal.Type() == "Appeal" {
		in.Appeals, in.Reason = appeal.IRI("object"), clip(appeal.String("reason"), 40_000)
	}
	if told := doc.Object("interlink:rights"); told.Type() == "Rights" {
		in.Rights = &network.Rights{Turn: told.String("turn"), Title: clip(told.String("title"), 4000)}
	}
	author = doc.IRI("attributedTo")
	return in, author, in.IRI != "" && author != "" && readable[in.Type]
}

// Letter makes a private message of its HTML: a Note that goes to its reader
// alone.
func Letter(id domain.IRI, from, to *network.Actor, l network.Letter, content, ownHost string, at time.Time) any {
	note := noteDocument{
		ID: id, Type: "Note", AttributedTo: from.IRI, To: List[domain.IRI]{to.IRI}, Cc: List[domain.IRI]{}, URL: from.URL,
		Content: content, ContentMap: map[string]string{string(language(l.Language)): content}, Published: when(at), Tells: l.Tells, Admits: l.Admits,
		Tag: List[any]{mention{Type: "Mention", Name: to.Handle(ownHost), Href: to.IRI}}, Attachment: List[any]{},
	}
	if l.Refuses != "" {
		note.Refusal = &refusal{"Refusal", l.Refuses, l.Words, l.Stands}
	}
	if l.Appeals != "" {
		note.Appeal = &refusal{Type: "Appeal", Object: l.Appeals, Reason: l.Words}
	}
	if l.Rights != nil {
		note.Rights = &rights{"Rights", l.Rights.Turn, l.Rights.Names, l.Rights.Title}
	}
	return note
}
