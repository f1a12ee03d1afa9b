package web

import (
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/markup"
	"interlink/domain/network"
	"interlink/domain/policy"
	"interlink/domain/search"
	"interlink/web/view"
)

func (p *Portal) postRoutes() []route {
	return []route{
		{http.MethodGet, timelinePath, p.timeline},
		{http.MethodGet, "/posts/{id}", p.postPage},
		{http.MethodPost, "/posts/{id}/replies", p.reply},
		{http.MethodPost, "/posts/{id}/delete", p.deletePost},
		{http.MethodGet, "/posts/{id}/elsewhere", p.answerElsewhere},
		{http.MethodPost, "/posts/{id}/elsewhere", p.goAnswer},
	}
}

// post shows a post in a list.
func (p *Portal) post(q *request, x *community.Post) view.Post {
	out := view.Post{
		ID: string(x.ID), Href: "/posts/" + string(x.ID), Author: p.actor(q, x.Author), At: x.Published, Edited: x.Updated,
		Title: view.Plain(x.Language, x.Title), Answering: string(x.AnsweringFor(q.viewer)), Locked: x.Locked(), Replies: x.Answers,
	}
	out.Content, out.Others = p.words(q, x)
	if x.Host == "" && !x.Updated.IsZero() {
		out.Earlier = out.Href + "/earlier"
	}
	if x.Local() && x.Author == q.viewer.Actor {
		out.Edit = out.Href + "/edit"
	}
	if x.Host != "" {
		if out.Original = string(x.URL); out.Original == "" {
			out.Original = string(x.IRI)
		}
	}
	p.inReplyTo(q, &out, x.InReplyTo)
	if policy.Allow(q.viewer, policy.Edit, x) == nil || policy.Allow(q.viewer, policy.Moderate, x) == nil {
		offerEnd(q, &out, x)
	}
	out.Poll = p.poll(q, x)
	if x.Warned() {
		out.Warned, out.Warning = true, view.Plain(x.Language, x.Summary)
	}
	p.reactions(q, &out, x)
	return out
}

// inReplyTo says what a post answers, if whoever reads it may know that: a post
// here, or one that was deleted.
func (p *Portal) inReplyTo(q *request, out *view.Post, iri domain.IRI) {
	if iri == "" {
		return
	}
	above, met := q.above[iri]
	if !met {
		var err error
		above, err = p.Communities.PostByIRI(q.Context(), q.viewer, iri)
		out.InReplyToDeleted = domain.CodeOf(err) == domain.Gone
	}
	if above != nil {
		author := p.actor(q, above.Author)
		out.InReplyTo = &view.Link{Href: "/posts/" + string(above.ID), Text: view.Plain(domain.Undetermined, author.Called())}
	}
}

// words are what a post says: if it says it in several languages, in that of the
// reader, and then in the others. Hashtags and people whom it names, and who are
// known here, lead to their pages here; what is stored stays as it is.
func (p *Portal) words(q *request, x *community.Post) (said view.Rich, others []view.Rich) {
	if !q.linked[x.ID] {
		p.meetNamed(q, []*community.Post{x})
	}
	words := markup.Lead(x.Content, func(m markup.Mark) (href, title string) {
		if m.Hashtag != "" {
			return tagPath(strings.ToLower(m.Hashtag)), "#" + m.Hashtag
		}
		if a := q.named[domain.IRI(m.Href)]; a != nil {
			return p.actorHref(a), a.Handle(p.Namespace.HandleHost())
		}
		return "", ""
	})
	parts := markup.Parts(words)
	if parts == nil {
		return safe(words, x.Language), nil
	}
	in := domain.Text{}
	for _, part := range parts {
		in[part.Lang] = part.HTML
	}
	chosen, lang := in.In(q.lang)
	for _, part := range parts {
		if part.Lang != lang {
			others = append(others, safe(part.HTML, part.Lang))
		}
	}
	return safe(chosen, lang), others
}

// mostNamed is of how many people in the posts of a page it is looked up who
// they are.
const mostNamed = 300

// meetNamed reads at once whom posts name. Who cannot be read stays a link to
// another server.
func (p *Portal) meetNamed(q *request, posts []*community.Post) {
	if q.linked == nil {
		q.linked, q.named = map[domain.ID]bool{}, map[domain.IRI]*network.Actor{}
	}
	var links []domain.IRI
	for _, x := range posts {
		q.linked[x.ID] = true
		for _, link := range markup.Mentions(x.Content) {
			if len(links) < mostNamed {
				links = append(links, domain.IRI(link))
			}
		}
	}
	found, err := p.Network.Linked(q.Context(), q.viewer, links)
	if err == nil {
		maps.Copy(q.named, found)
	}
}

// meetAuthors reads at once whom the posts of a page show. Who cannot be read is asked
// for by itself then.
func (p *Portal) meetAuthors(q *request, items []community.FeedItem, posts []*community.Post) {
	var ids []domain.ActorID
	for _, item := range items {
		ids = append(ids, item.Actor)
	}
	for _, x := range posts {
		ids = append(ids, x.Author)
	}
	_ = q.meet(ids)
	p.meetNamed(q, posts)
}

// feed shows the lines of a timeline; what the reader may not see, or is gone,
// is left out. offers add what the reader may do with a post.
func (p *Portal) feed(q *request, items []community.FeedItem, offers ...func(*view.Post, *community.Post)) []view.Post {
	var posts []view.Post
	var read []*community.Post
	for _, item := range items {
		if item.Post != nil {
			read = append(read, item.Post)
		}
	}
	p.meetAuthors(q, items, read)
	p.likesOf(q, read)
	p.chosenOf(q, read)
	entries := p.glimpsed(q, items)
	for _, item := range items {
		var out view.Post
		switch {
		case item.Post != nil:
			out = p.post(q, item.Post)
			for _, offer := range offers {
				offer(&out, item.Post)
			}
		case item.Kind == community.ObjectStory:
			s, err := p.Stories.StoryByID(q.Context(), q.viewer, item.Object)
			if err != nil {
				continue
			}
			card := p.storyCard(q, s)
			out = view.Post{ID: string(s.ID), Return: q.URL.RequestURI(), Author: p.actor(q, s.Owner), At: s.PublishedAt, Card: &card}
		case item.Bulletin != nil:
			var seen bool
			if out, seen = p.bulletin(q, item, entries); !seen {
				continue
			}
		default:
			continue
		}
		if item.Verb == community.Announced && item.Bulletin == nil {
			out.Via = p.actorRef(q, item.Actor)
		}
		if item.Tag != "" {
			out.Tag = &view.Link{Href: tagPath(item.Tag), Text: view.Plain(domain.Undetermined, "#"+item.Tag)}
		}
		if q.URL.Path == timelinePath {
			p.offerUnfollow(q, item, &out)
		}
		posts = append(posts, out)
	}
	return posts
}

// timelinePath is the page of what the reader follows.
const timelinePath = "/timeline"

// newest is the serial of the first line; 0 for none.
func newest(items []community.FeedItem) domain.Serial {
	if len(items) == 0 {
		return 0
	}
	return items[0].Serial
}

func (p *Portal) timeline(q *request) error {
	f := homeFilter(q.URL.Query())
	list, err := p.Communities.HomeOf(q.Context(), q.viewer, f, q.cursor())
	if err != nil {
		return err
	}
	tags, err := p.Communities.FollowedTags(q.Context(), q.viewer)
	if err != nil {
		return err
	}
	following, err := p.Network.Following(q.Context(), q.viewer, q.viewer.Actor, domain.Page{Limit: 1})
	if err != nil {
		return err
	}
	page := view.TimelinePage{
		Frame: q.frame(), Posts: p.feed(q, list.Items), Pager: q.pager(list.Next, list.Total, len(list.Items)), Following: following.Total,
	}
	page.Kinds, page.Sources, page.Kind = homeKinds(f), homeSources(f.From), string(f.Kind)
	page.Empty = homeEmpty(f.From)
	page.Saving = q.saving(search.Timeline, q.URL.Query())
	for _, tag := range tags {
		page.Tags = append(page.Tags, view.Link{Href: tagPath(tag), Text: view.Plain(domain.Undetermined, "#"+tag)})
	}
	if page.Pager.First == "" && f == (community.HomeFilter{}) {
		page.Live = live("home", "", newest(list.Items))
	}
	if page.Moved, err = p.replacements(q); err != nil {
		return err
	}
	if following.Total == 0 {
		communities, err := p.Communities.Recommended(q.Context(), q.viewer, domain.Page{Limit: 5})
		if err != nil {
			return err
		}
		for _, c := range communities.Items {
			page.Suggested = append(page.Suggested, p.actor(q, c.ID))
		}
	}
	return q.show(page)
}

func (p *Portal) postPage(q *request) error {
	page, err := p.thread(q, view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

// threadPage is how many answers a post shows at once.
const threadPage = 50

func (p *Portal) thread(q *request, f view.Form) (view.PostPage, error) {
	thread, err := p.Communities.Thread(q.Context(), q.viewer, domain.ID(q.PathValue("id")), domain.Page{After: q.cursor().After, Limit: threadPage})
	if err != nil {
		return view.PostPage{}, err
	}
	x := thread.Post
	all := slices.Concat(thread.Ancestors, []*community.Post{x}, thread.Replies.Items)
	p.meetAuthors(q, nil, all)
	p.likesOf(q, all)
	p.chosenOf(q, all)
	q.above = map[domain.IRI]*community.Post{}
	for _, known := range all {
		q.above[known.IRI] = known
	}
	page := view.PostPage{
		Frame: q.about(x.IRI), Post: p.post(q, x), Form: f, Langs: p.writingLangs(q, q.lang),
		Pager: q.pager(thread.Replies.Next, thread.Replies.Total, len(thread.Replies.Items)),
	}
	page.Replies = max(x.Answers, len(thread.Replies.Items)) // who reads it may see more than everybody
	for _, above := range thread.Ancestors {
		page.Thread = append(page.Thread, p.post(q, above))
	}
	for i, below := range thread.Replies.Items {
		answer := p.post(q, below)
		answer.Depth = thread.Depths[i]
		page.Answers = append(page.Answers, answer)
	}
	if thread.Replies.Next == "" {
		last := domain.Serial(0)
		for _, below := range thread.Replies.Items {
			last = max(last, below.Serial)
		}
		page.Live = live("post", string(x.ID), last)
	}
	if p.Communities.AllowEdit(q.Context(), q.viewer, x) == nil {
		page.Edit = page.Href + "/edit" // news of a community, by who runs it
	}
	denied := p.Communities.MayReply(q.Context(), q.viewer, x)
	page.MayReply = denied == nil
	p.answerless(q, &page, &thread, denied)
	if page.Asked, err = p.askedOf(q, x); err != nil {
		return page, err
	}
	if !q.viewer.Local() && !page.MayReply && !x.Locked() && page.Answering != string(community.LeaveClosed) && !x.Deleted() && x.PolicyVisibility() == domain.VisiblePublic {
		page.Elsewhere = page.Href + "/elsewhere"
	}
	err = p.threadPlace(q, &page, &thread)
	return page, err
}

// answerless says why the reader cannot answer a post, and what they can do
// about it.
func (p *Portal) answerless(q *request, page *view.PostPage, thread *community.Thread, denied error) {
	x := thread.Post
	if denied == nil || x.Deleted() {
		return
	}
	var why *domain.Error
	if !errors.As(denied, &why) {
		return
	}
	page.Denied = view.Say(why.Key, why.Args...)
	switch {
	case x.Locked() || len(thread.Ancestors) > 0 && thread.Ancestors[0].Locked(): // whoever asks
		page.Denied = view.Say("community.locked")
	case page.Answering == string(community.LeaveClosed):
		page.Denied = view.Say("community.answers_closed")
	case why.Code == domain.Unauthenticated:
		page.Denied = view.Say("page.post.sign_in")
		page.Step, page.StepKey = "/sign-in?return="+url.QueryEscape(page.Href), "ui.sign_in"
	case why.Key == "error.forbidden" && x.Community != domain.Nobody:
		page.Denied = view.Say("page.post.not_follower")
		fallthrough
	case why.Key == "community.banned":
		if c, err := p.Communities.CommunityByID(q.Context(), q.viewer, x.Community); err == nil {
			page.Step, page.StepKey = p.path(c.IRI), "page.post.to_community"
		}
	}
}

// askedOf are the reader's answers to a post that its author has not taken.
func (p *Portal) askedOf(q *request, x *community.Post) ([]view.OwnWaitingPost, error) {
	own, err := p.Communities.OwnAsked(q.Context(), q.viewer, x)
	if err != nil || len(own) == 0 {
		return nil, err
	}
	actors, err := p.Network.Actors(q.Context(), q.viewer, []domain.ActorID{q.viewer.Actor})
	var rows []view.OwnWaitingPost
	for _, h := range own {
		rows = append(rows, p.ownHeld(q, h, actors))
	}
	return rows, err
}

// threadPlace says where a thread stands, and by which rules, and offers what
// those who moderate there may do.
func (p *Portal) threadPlace(q *request, page *view.PostPage, thread *community.Thread) error {
	x := thread.Post
	if x.Community == domain.Nobody {
		return nil
	}
	rules := domain.Text{}
	if c, err := p.Communities.CommunityByID(q.Context(), q.viewer, x.Community); err == nil {
		rules = c.Rules
		page.Place = &view.Link{Href: p.path(c.IRI), Text: c.Title}
		if err := p.offerPin(q, &page.Post, x, c); err != nil {
			return err
		}
		p.offerModeration(q, &page.Post, x, c)
		for i, below := range thread.Replies.Items {
			p.offerModeration(q, &page.Answers[i], below, c)
		}
	} else if group, err := p.Network.Actor(q.Context(), q.viewer, x.Community); err == nil {
		rules = group.Rules
	}
	if page.MayReply {
		page.Rules = rich(q, rules)
	}
	return nil
}

func (p *Portal) reply(q *request) error {
	id := domain.ID(q.PathValue("id"))
	x, err := p.Communities.Reply(q.Context(), q.viewer, id, community.Draft{Content: q.typed.Get("content"), Language: q.typedLang()})
	if err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.thread(q, f) })
	}
	return q.done("/posts/"+string(id), posted(x))
}

// elsewherePage helps people with an account on another server to answer a post.
func (p *Portal) elsewherePage(q *request) (view.FollowPage, error) {
	x, err := p.Communities.PostByID(q.Context(), q.viewer, domain.ID(q.PathValue("id")))
	if err == nil && (x.Deleted() || x.PolicyVisibility() != domain.VisiblePublic) {
		err = domain.Fail(domain.NotFound, "error.not_found")
	}
	if err != nil {
		return view.FollowPage{}, err
	}
	return view.FollowPage{Frame: q.frame(), Who: p.actor(q, x.Author), Post: "/posts/" + string(x.ID), Address: string(x.IRI)}, nil
}

func (p *Portal) answerElsewhere(q *request) error {
	page, err := p.elsewherePage(q)
	if err != nil {
		return err
	}
	return q.show(page)
}

// goAnswer leads to the page of the person's own server that opens the post.
func (p *Portal) goAnswer(q *request) error {
	page, err := p.elsewherePage(q)
	if err != nil {
		return err
	}
	return p.toServer(q, p.Directory.Opens, domain.IRI(page.Address), page)
}

func (p *Portal) deletePost(q *request) error {
	x, err := p.Communities.PostByID(q.Context(), q.viewer, domain.ID(q.PathValue("id")))
	if err != nil {
		return err
	}
	if err := p.Communities.DeletePost(q.Context(), q.viewer, x.ID); err != nil {
		return err
	}
	return q.done(p.besides(q, x), view.Say("notice.deleted"))
}
