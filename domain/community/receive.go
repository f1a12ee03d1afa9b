package community

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/markup"
	"interlink/domain/network"
	"interlink/domain/policy"
)

// Remote is a post as another node sent it.
type Remote struct {
	IRI       domain.IRI
	Type      string
	Author    *network.Actor
	InReplyTo domain.IRI
	Context   domain.IRI
	Title     string
	Content   string // HTML, not yet safe
	Summary   string
	Language  domain.Lang
	URL       domain.IRI
	Addressed []domain.IRI // to and cc
	Public    bool         // everybody is among to or cc
	Listed    bool         // … among to
	Mentions  []domain.IRI
	Images    []Attachment
	Tags      []string // hashtags, with or without "#"
	Sensitive bool
	Poll      *Poll          // of a Question
	Consent   *RemoteConsent // nil for one that says nothing
	Approvals []domain.IRI   // of an answer: where it claims that; not checked
	Approval  domain.IRI     // of an answer: where the author of what it answers says that they take it, checked; "" for none
	Published time.Time
	Updated   time.Time
	Limited   bool            // of a host that is shown to its followers alone: not announced
	Old       bool            // it was said before anybody here listened: it stands where it was said, and nobody is told
	Aside     bool            // it is to stand in no timeline
	Wanted    bool            // somebody here asked for it, or an actor they follow announced it
	Group     *network.Actor  // the community of another node that shared it; nil for none
	Activity  domain.IRI      // by which its author sent it; "" if it came otherwise
	Tells     domain.IRI      // of a letter: the activity of which it tells
	Refuses   domain.IRI      // of a letter: what of its reader is not published where it is from
	Stands    bool            // of Refuses: it answers an appeal
	Appeals   domain.IRI      // of a letter: what of its writer was refused or removed here, against which it appeals
	Admits    domain.IRI      // of a letter: what of its reader was refused there, and is not any more
	Rights    *network.Rights // of a letter: what its reader may do there, of which it tells; nil for none
	Reason    string          // of Refuses or Appeals, plain

	alone  bool      // it answers what is not known here
	told   bool      // its reader is told of what it says, and not of it
	answer domain.ID // of a letter that answers an appeal: what it is known by here
}

// The bounds of a post from elsewhere.
const (
	maxRemoteTitle = 500
	maxMentions    = 50
	maxImages      = 16
	maxTag         = 100 // bytes
)

// ReceivePost keeps a copy of a post of another node, if anybody here would
// see it: its author is followed, somebody here is addressed, it answers a
// post that is known, or it was asked for. Received again it changes
// nothing. A public top-level post by a follower that addresses a community
// of this node is announced by it. An answer that the author of what it answers
// would have to approve, and did not, is left. Errors: Invalid unless the post is of its
// author's node, Forbidden for what such a community does not take.
func (s *Service) ReceivePost(ctx context.Context, in Remote) (*Post, error) {
	if in.Author.Local() || s.ns.Owns(in.IRI) || !domain.SameOrigin(in.IRI, in.Author.IRI) {
		return nil, domain.Fail(domain.Invalid, "error.origin")
	}
	if known, err := s.store.PostByIRI(ctx, in.IRI, domain.Nobody); err == nil {
		return known, s.placed(ctx, known, in)
	} else if domain.CodeOf(err) != domain.NotFound {
		return nil, err
	}
	if deleted, err := s.store.Deleted(ctx, in.IRI); err != nil || deleted {
		if err == nil {
			err = s.reheld(ctx, in)
		}
		return nil, err
	}
	if in.Appeals != "" && !in.Public {
		return nil, s.receiveAppeal(ctx, in)
	}
	if err := s.receiveRefusal(ctx, &in); err != nil {
		return nil, err
	}
	group, parent, err := s.placeOf(ctx, in)
	if err != nil {
		return nil, err
	}
	if in.Approval == "" && s.unapproved(ctx, in.Author.IRI, in.IRI, parent) {
		return nil, nil
	}
	if err := s.welcome(ctx, in.Author, group, parent); err != nil {
		return nil, err
	}
	if ok, err := s.wanted(ctx, in, group); err != nil || !ok {
		return nil, err
	}
	in.alone = in.InReplyTo != "" && parent == nil && !s.ns.Owns(in.InReplyTo)
	p := &Post{
		ID: cmp.Or(in.answer, s.mint.ID()), Serial: s.serial(in.Old, in.Published), IRI: in.IRI, Author: in.Author.ID, Host: in.Author.Host,
		InReplyTo: in.InReplyTo, Context: in.Context,
	}
	switch {
	case group != nil:
		p.Community = group.ID
	case in.sharedWhere():
		p.Community = in.Group.ID
	}
	if err := s.fill(ctx, p, in); err != nil {
		return nil, err
	}
	p.Poll = in.Poll
	return s.admit(ctx, p, in, group)
}

// admit keeps a new copy, unless it has to wait or is not taken. Errors:
// Forbidden for what a filter turns down.
func (s *Service) admit(ctx context.Context, p *Post, in Remote, group *Community) (*Post, error) {
	a := arrival{group: group, mentions: len(in.Mentions), wanted: in.Wanted, activity: in.Activity}
	if in.Group != nil {
		a.announcer = in.Group.ID
	}
	var r Ruling
	var err error
	if in.answer == "" { // else it was asked for
		if r, err = s.judge(ctx, p, a); err != nil {
			return nil, err
		}
	}
	switch r.Action {
	case Reject:
		return nil, domain.Fail(domain.Forbidden, "community.filtered")
	case Hold:
		return nil, s.hold(ctx, p, a, r)
	case Limit:
		in.Limited = true
		if p.Visibility == Public {
			p.Visibility = Unlisted
		}
	}
	feed, change, err := s.arrive(ctx, p, in, group)
	if err != nil {
		return nil, err
	}
	if r.Action == Limit {
		change.Events[0] = domain.NewEvent(s.mint, PostReceived, p.Author, p.Subject(), Wrote{Author: p.Author, Community: p.Community, IRI: p.IRI, Limited: true})
		feed = feed[:1]
	}
	if in.Old {
		change.Events[0] = domain.NewEvent(s.mint, PostReceived, p.Author, p.Subject(), Wrote{Author: p.Author, Community: p.Community, IRI: p.IRI, Limited: true})
		for i := range feed {
			feed[i].Serial, feed[i].At = s.serial(true, p.Published), p.Published
		}
	} else if in.alone && (in.Group != nil || domain.SameOrigin(p.InReplyTo, p.IRI)) { // nobody has us ask others
		change.Jobs = append(change.Jobs, network.ReadThread(p.IRI, p.InReplyTo, in.Group != nil))
	}
	if in.Aside {
		feed = nil
	}
	change.Jobs = append(change.Jobs, r.telling(p)...)
	return p, s.store.SavePost(ctx, p, feed, change)
}

// serial is by what something stands among others: when it came, or, if it is
// old, when it was said.
func (s *Service) serial(old bool, at time.Time) domain.Serial {
	now := s.mint.Serial()
	if !old || at.IsZero() || at.Year() < 1970 || at.After(s.mint.Now()) {
		return now
	}
	return domain.NewSerial(at, uint16(now)) // the bits that tell apart
}

// arrive is how the copy of a post comes before people: in its author's feed
// first, before those it names, and in the community that shares it.
func (s *Service) arrive(ctx context.Context, p *Post, in Remote, group *Community) ([]FeedItem, domain.Change, error) {
	feed := append([]FeedItem{s.item(p.Author, Created, p)}, s.mentions(ctx, p)...)
	change := domain.Change{Events: []domain.Event{s.received(p, in, group)}, Jobs: early(p)}
	if group != nil && group.announces(p, in) && p.InReplyTo == "" {
		feed = append(feed, s.item(group.ID, Announced, p))
		if p.SharingFor(group.ID) == LeaveFree { // else it stands in the community, which was written to, and goes no further
			change.Events = append(change.Events, s.wrote(PostAnnounced, group.ID, p))
		}
		if err := s.relay(ctx, group.ID, p, &feed, &change); err != nil {
			return nil, domain.Change{}, err
		}
	}
	if in.Author != nil && in.Author.Type == network.TypeGroup && !in.Old && !in.Limited {
		if err := s.relay(ctx, p.Author, p, &feed, &change); err != nil {
			return nil, domain.Change{}, err
		}
	}
	return feed, change, nil
}

// sharedWhere tells whether a community elsewhere shared what its author meant
// for it: what moderators do there holds for such posts, and for no others that
// the community boosts.
func (in *Remote) sharedWhere() bool {
	return in.Group != nil && in.Group.Type == network.TypeGroup && !in.Group.Local() && slices.Contains(in.Addressed, in.Group.IRI)
}

// placed notes in which community of another node a copy stands that came by
// another way before.
func (s *Service) placed(ctx context.Context, p *Post, in Remote) error {
	if p.Local() || p.Deleted() || p.Community != domain.Nobody || !in.sharedWhere() {
		return nil
	}
	p.Community = in.Group.ID
	return s.store.SavePost(ctx, p, nil, domain.Change{})
}

// keeps tells whether a community of another node keeps the thread that begins
// with a post: it wrote that, or the author meant it for the community.
func keeps(group *network.Actor, first *Post) bool {
	return group.Type == network.TypeGroup && !group.Local() && (first.Author == group.ID || first.Community == group.ID)
}

// announces tells whether a community shares what somebody elsewhere wrote:
// threads that a follower begins, and answers.
func (c *Community) announces(p *Post, in Remote) bool {
	if p.InReplyTo == "" && (!c.following[p.Author] || c.Restricted && c.Role(p.Author) == NoRole) {
		return false
	}
	return !c.banned[p.Author] && !in.Limited && !in.Old && p.Visibility == Public
}

// received is the event of a copy that is new, or changed. It names the
// activity where a community of this node is to share it (FEP-1b12).
func (s *Service) received(p *Post, in Remote, group *Community) domain.Event {
	told := Wrote{Author: p.Author, Community: p.Community, IRI: p.IRI, Mentions: p.Mentions, Limited: in.told}
	if group != nil && group.announces(p, in) {
		told.Activity = in.Activity
	}
	if p.Visibility == Direct && domain.SameOrigin(in.Tells, in.IRI) {
		told.Tells = in.Tells
	}
	told.Letter = p.Visibility == Direct && in.Author != nil && in.Author.Type != network.TypePerson
	if told.Letter && in.Rights != nil && slices.Contains(network.RightsTurns[:], in.Rights.Turn) {
		if title := cut(markup.Text(in.Rights.Title), maxRemoteTitle); title != "" {
			told.Rights, told.Title = in.Rights.Turn, domain.Text{p.Language: title}
		}
	}
	return domain.NewEvent(s.mint, PostReceived, p.Author, p.Subject(), told)
}

// placeOf returns the community of this node that a post is meant for, or in
// whose thread it stands, and what it answers; nil for none.
func (s *Service) placeOf(ctx context.Context, in Remote) (*Community, *Post, error) {
	group, err := s.addressedCommunity(ctx, in)
	if err != nil || in.InReplyTo == "" {
		return group, nil, err
	}
	parent, err := s.store.PostByIRI(ctx, in.InReplyTo, domain.Nobody)
	if domain.CodeOf(err) == domain.NotFound {
		return group, nil, nil
	}
	if err == nil && group == nil {
		group, err = s.communityOf(ctx, policy.Viewer{Actor: in.Author.ID, Role: policy.RoleRemote}, parent)
	}
	return group, parent, err
}

// welcome refuses what a community does not take: of who is banned, and
// answers in closed threads, but for those who moderate it. Errors: Forbidden.
func (s *Service) welcome(ctx context.Context, by *network.Actor, group *Community, parent *Post) error {
	if group == nil || group.Role(by.ID) != NoRole {
		return nil
	}
	if group.banned[by.ID] {
		return domain.Fail(domain.Forbidden, "community.banned")
	}
	if parent == nil {
		return nil
	}
	first, err := s.first(ctx, parent)
	if err == nil && first.Locked() {
		err = domain.Fail(domain.Forbidden, "community.locked")
	}
	return err
}

// addressedCommunity returns the community of this node that a post is meant
// for; nil if it is for none.
func (s *Service) addressedCommunity(ctx context.Context, in Remote) (*Community, error) {
	for _, iri := range s.ours(in) {
		actor, err := s.actors.ActorByIRI(ctx, iri)
		if domain.CodeOf(err) == domain.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		if actor.Subject == network.SubjectCommunity {
			return s.store.Community(ctx, actor.ID, in.Author.ID)
		}
	}
	return nil, nil
}

// ours lists the addresses of this node that a post mentions or is addressed
// to, each once, at most maxMentions.
func (s *Service) ours(in Remote) []domain.IRI {
	var found []domain.IRI
	for _, list := range [][]domain.IRI{in.Mentions, in.Addressed} {
		for _, iri := range list {
			if len(found) < maxMentions && s.ns.Owns(iri) && !slices.Contains(found, iri) {
				found = append(found, iri)
			}
		}
	}
	return found
}

func (s *Service) wanted(ctx context.Context, in Remote, group *Community) (bool, error) {
	if in.Wanted || group != nil {
		return true, nil
	}
	if in.InReplyTo != "" {
		if _, err := s.store.PostByIRI(ctx, in.InReplyTo, domain.Nobody); err == nil {
			return true, nil
		}
	}
	return s.store.Relevant(ctx, in.Author.ID, s.ours(in))
}

// fill sets what a post says from what was received, made safe and cut to
// its bounds. Where it stands was decided when it came.
func (s *Service) fill(ctx context.Context, p *Post, in Remote) (err error) {
	p.Type, p.Language = in.Type, in.Language
	p.Title, p.Summary = cut(markup.Text(in.Title), maxRemoteTitle), cut(markup.Text(in.Summary), 5000)
	p.Content, p.Sensitive, p.Published, p.Updated = markup.Sanitize(in.Content), in.Sensitive, in.Published, in.Updated
	p.URL = in.URL
	if !domain.SameOrigin(p.URL, p.IRI) {
		p.URL = p.IRI
	}
	if now := s.mint.Now(); p.Published.IsZero() || p.Published.After(now) {
		p.Published = now
	}
	switch {
	case in.Listed:
		p.Visibility = Public
	case in.Public:
		p.Visibility = Unlisted
	default:
		p.Visibility = Direct
		for _, to := range in.Addressed {
			if to == in.Author.Followers && to != "" {
				p.Visibility = Followers
			}
		}
	}
	p.Mentions = nil
	for _, iri := range s.ours(in) {
		if a, err := s.actors.ActorByIRI(ctx, iri); err == nil {
			p.mention(a.ID)
		}
	}
	p.Approval = cmp.Or(in.Approval, p.Approval)
	p.Images = in.Images[:min(len(in.Images), maxImages)]
	p.tag(in.Tags)
	p.Consent, err = s.consent(ctx, in)
	return err
}

// tag gives a post the hashtags that another server marked.
func (p *Post) tag(named []string) {
	p.Tags = []string{}
	for _, tag := range named {
		tag = strings.ToLower(strings.TrimPrefix(strings.TrimSpace(tag), "#"))
		if tag != "" && len(tag) <= maxTag && len(p.Tags) < maxTags && !slices.Contains(p.Tags, tag) {
			p.Tags = append(p.Tags, tag)
		}
	}
}

func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && s[n]&0xc0 == 0x80 {
		n--
	}
	return s[:n]
}

// ReceiveUpdate changes the copy of a post; one that is unknown is received
// as if it were new. An older or equal version changes nothing, and a newer one
// neither moves a post into another thread nor shows it to more people: whether
// it may stand there was asked when it came. Errors: Forbidden unless its author
// sent it, or they are banned from its community.
func (s *Service) ReceiveUpdate(ctx context.Context, in Remote) (*Post, error) {
	p, err := s.store.PostByIRI(ctx, in.IRI, domain.Nobody)
	if domain.CodeOf(err) == domain.NotFound {
		return s.ReceivePost(ctx, in)
	}
	if err != nil {
		return nil, err
	}
	if p.Local() || p.Author != in.Author.ID {
		return nil, domain.Fail(domain.Forbidden, "error.origin")
	}
	if p.Deleted() {
		return p, nil
	}
	if !in.Updated.After(p.Updated) && !in.Updated.IsZero() || p.Poll != nil && in.Updated.IsZero() && p.says(in) {
		return p, s.recount(ctx, p, in.Poll)
	}
	group, err := s.communityOf(ctx, policy.Viewer{Actor: p.Author, Role: policy.RoleRemote}, p)
	if err != nil {
		return nil, err
	}
	if err := s.welcome(ctx, in.Author, group, nil); err != nil {
		return nil, err
	}
	published, shown := p.Published, p.Visibility
	if err := s.fill(ctx, p, in); err != nil {
		return nil, err
	}
	p.Published, p.Visibility = published, shown.narrower(p.Visibility)
	jobs, err := s.rescreened(ctx, p)
	if err != nil {
		return nil, err
	}
	events := append([]domain.Event{s.received(p, in, group)}, s.followed(p, in.Poll)...)
	return p, s.store.SavePost(ctx, p, nil, domain.Change{Events: events, Jobs: jobs})
}

// ReceiveDeletion erases the copy of a post. An unknown one is remembered for
// a day, as its deletion may have overtaken it.
// activity is that by which its author said so, "" if it was found out. Errors:
// Forbidden unless by is its author or of its author's node.
func (s *Service) ReceiveDeletion(ctx context.Context, by *network.Actor, iri, activity domain.IRI) error {
	p, err := s.store.PostByIRI(ctx, iri, domain.Nobody)
	if domain.CodeOf(err) == domain.NotFound {
		if !domain.SameOrigin(by.IRI, iri) {
			return domain.Fail(domain.Forbidden, "error.origin")
		}
		if err := s.store.DropHeld(ctx, by.ID, iri); err != nil {
			return err
		}
		return s.store.NoteDeletion(ctx, iri, s.mint.Now())
	}
	if err != nil {
		return err
	}
	if p.Local() || !domain.SameOrigin(by.IRI, p.IRI) {
		return domain.Fail(domain.Forbidden, "error.origin")
	}
	if p.Deleted() { // if those who moderate did so, it is not kept for an appeal any more
		return s.store.DropHeld(ctx, by.ID, iri)
	}
	told := Wrote{Author: p.Author, Community: p.Community, IRI: p.IRI}
	if by.ID == p.Author {
		told.Activity = activity
	}
	p.erase(s.mint)
	return s.store.SavePost(ctx, p, nil, domain.Change{Events: []domain.Event{domain.NewEvent(s.mint, PostGone, by.ID, p.Subject(), told)}})
}

// ReceiveRemoval takes a post out of a community: of this node, for one of its
// moderators elsewhere; of another node, for that community itself, which
// removes the copies of what others wrote in it, and shows no more what people
// here did, who are told so. The reason is plain text, and may be empty. Errors: NotFound, Gone,
// Forbidden.
func (s *Service) ReceiveRemoval(ctx context.Context, by *network.Actor, object, activity domain.IRI, reason string) error {
	v := policy.Viewer{Actor: by.ID, Role: policy.RoleRemote}
	p, err := s.PostByIRI(ctx, v, object)
	if err != nil {
		return err
	}
	first, err := s.first(ctx, p)
	if err != nil {
		return err
	}
	if !keeps(by, first) {
		if err := s.AllowPost(ctx, v, policy.Moderate, p); err != nil || !p.Removes(v) {
			return err
		}
		return s.remove(ctx, v, p, cut(strings.TrimSpace(reason), maxReason))
	}
	if p.Local() {
		return s.exclude(ctx, by, p, activity, reason)
	}
	p.erase(s.mint)
	return s.store.SavePost(ctx, p, nil, domain.Change{Events: []domain.Event{s.wrote(PostGone, by.ID, p)}})
}

// ReceiveAuthorDeletion erases all copies of what an actor of another node
// wrote, announced and liked; what communities here had from it is taken back.
func (s *Service) ReceiveAuthorDeletion(ctx context.Context, by *network.Actor) error {
	if by.Local() {
		return domain.Fail(domain.Forbidden, "error.forbidden")
	}
	if by.Type == network.TypeGroup {
		if err := s.Abandon(ctx, by.ID); err != nil {
			return err
		}
	}
	e := domain.NewEvent(s.mint, AuthorGone, by.ID, domain.Subject{Kind: "actor", ID: domain.ID(by.ID)}, Wrote{Author: by.ID})
	return s.store.EraseAuthor(ctx, by.ID, s.mint.Now(), domain.Change{Events: []domain.Event{e}})
}

// Announcement is an object that somebody shares. Kind and ID name it here; it
// was received before.
type Announcement struct {
	Kind     string
	ID       domain.ID
	IRI      domain.IRI
	At       time.Time  // now if it is zero, or later than that
	Approval domain.IRI // where it can be read that the author of a post lets them; "" where nobody has to
}

// ReceiveAnnounce puts an object into the feed of the actor who announced it.
func (s *Service) ReceiveAnnounce(ctx context.Context, by *network.Actor, in Announcement) error {
	now := s.mint.Now()
	if in.At.IsZero() || in.At.After(now) {
		in.At = now
	}
	item := FeedItem{Serial: s.mint.Serial(), Actor: by.ID, Verb: Announced, Kind: in.Kind, Object: in.ID, IRI: in.IRI, At: in.At, Approval: in.Approval}
	e := domain.NewEvent(s.mint, AnnounceReceived, by.ID, domain.Subject{Kind: in.Kind, ID: in.ID}, Wrote{Author: by.ID, IRI: in.IRI})
	feed, change := []FeedItem{item}, domain.Change{Events: []domain.Event{e}}
	if in.Kind == ObjectPost && by.Type == network.TypeGroup {
		p, err := s.store.Post(ctx, in.ID, domain.Nobody)
		if err != nil {
			return err
		}
		if err := s.relay(ctx, by.ID, p, &feed, &change); err != nil {
			return err
		}
	}
	return s.store.AddFeed(ctx, feed, change)
}

// ReceiveOldAnnounce puts what an actor of another node shared before anybody
// here listened where it belongs by then; nobody is told.
func (s *Service) ReceiveOldAnnounce(ctx context.Context, by *network.Actor, kind string, id domain.ID, object domain.IRI, at time.Time) error {
	item := FeedItem{Serial: s.serial(true, at), Actor: by.ID, Verb: Announced, Kind: kind, Object: id, IRI: object, At: at}
	if now := s.mint.Now(); at.IsZero() || at.After(now) {
		item.At = now
	}
	return s.store.AddFeed(ctx, []FeedItem{item}, domain.Change{})
}

// ReceiveUndoAnnounce takes an object out of the feed of the actor who had
// announced it, and of the communities here that had it from there.
func (s *Service) ReceiveUndoAnnounce(ctx context.Context, by domain.ActorID, object domain.IRI) error {
	if err := s.store.DeleteFeed(ctx, by, Announced, object); err != nil {
		return err
	}
	return s.unrelay(ctx, object)
}

// Knows reports whether a post is here, deleted or not.
func (s *Service) Knows(ctx context.Context, iri domain.IRI) (bool, error) {
	if iri == "" {
		return false, nil
	}
	_, err := s.store.PostByIRI(ctx, iri, domain.Nobody)
	if domain.CodeOf(err) == domain.NotFound {
		return false, nil
	}
	return err == nil, err
}

// ThreadOwners lists the actors of this node whose followers read the thread
// that a post of another node stands in, deleted or not: the author and the
// community of the thread's first post. None if that is not a public post of
// this node, or the reply is not for everybody.
func (s *Service) ThreadOwners(ctx context.Context, iri domain.IRI) ([]domain.ActorID, error) {
	reply, err := s.store.PostByIRI(ctx, iri, domain.Nobody)
	switch {
	case domain.CodeOf(err) == domain.NotFound:
		return nil, nil
	case err != nil:
		return nil, err
	case reply.Local() || reply.InReplyTo == "" || reply.Visibility != Public && reply.Visibility != Unlisted:
		return nil, nil
	}
	above, err := s.store.Ancestors(ctx, iri, domain.Nobody, maxAncestors)
	if err != nil || len(above) == 0 {
		return nil, err
	}
	first := above[len(above)-1]
	if !first.Local() || first.InReplyTo != "" || first.Visibility != Public || first.Deleted() {
		return nil, nil
	}
	owners := []domain.ActorID{first.Author}
	if first.Community != domain.Nobody && first.Community != first.Author {
		owners = append(owners, first.Community)
	}
	return owners, nil
}

// Follows reports whether anybody here follows an actor: what it announces is
// worth reading then.
func (s *Service) Follows(ctx context.Context, actor domain.ActorID) (bool, error) {
	return s.store.Relevant(ctx, actor, nil)
}
