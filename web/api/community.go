package api

import (
	"cmp"
	"context"
	"net/http"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/picture"
)

// Community is a community of this node.
type Community struct {
	Name         string      `json:"name"`
	Handle       string      `json:"handle"`
	IRI          domain.IRI  `json:"iri"`
	Title        domain.Text `json:"title"`
	Summary      domain.Text `json:"summary,omitempty"`
	Rules        domain.Text `json:"rules,omitempty"`
	Language     domain.Lang `json:"language"`
	Organization *Actor      `json:"organization,omitempty"`
	Followers    int         `json:"followers"`
	Restricted   bool        `json:"restricted" doc:"only those who run it begin threads"`
	Holds        bool        `json:"holds" doc:"the first post of who is new in it waits for those who moderate"`
	Approves     bool        `json:"approves" doc:"follows wait for an answer"`
	OpenLog      bool        `json:"openLog" doc:"everybody sees what those who moderate it did"`
	Cadence      string      `json:"cadence" enum:"day,week,never" doc:"how often it tells by itself what happened, at most; what ends soon is told in time, unless it is never"`
	Revision     int64       `json:"revision"`
}

// Post is a message, of this node or of another.
type Post struct {
	ID        domain.ID   `json:"id"`
	IRI       domain.IRI  `json:"iri"`
	URL       domain.IRI  `json:"url"`
	Author    *Actor      `json:"author"`
	Title     string      `json:"title,omitempty"`
	Content   string      `json:"content" doc:"HTML, sanitised"`
	Language  domain.Lang `json:"language,omitempty"`
	InReplyTo domain.IRI  `json:"inReplyTo,omitempty"`
	Published time.Time   `json:"published"`
	Updated   *time.Time  `json:"updated,omitempty"`
	Likes     int         `json:"likes"`
	Answers   int         `json:"answers" doc:"in the whole conversation below it, as far as everybody may read them; 1001 for more than a thousand"`
	Answering string      `json:"answering,omitempty" enum:"asked,followers,closed" doc:"by whose leave the caller may answer: the author decides on each answer; who follows the author may, and the answer waits until their server says so; nobody may. Absent where nobody is asked"`
	Liking    string      `json:"liking,omitempty" enum:"asked,followers,closed" doc:"by whose leave the caller may like it, with the values of answering; a like that waits is not counted"`
	Like      string      `json:"like,omitempty" enum:"liked,waits,declined" doc:"what became of the caller's like: it is counted; it waits for the author; they did not accept it, within the last 30 days. Absent where there is none"`
	Locked    bool        `json:"locked" doc:"the thread that begins here takes no answers"`
	Images    []Picture   `json:"images,omitempty" doc:"pictures and files, where they are"`
	Poll      *Poll       `json:"poll,omitempty"`
	Warning   string      `json:"warning,omitempty" doc:"what readers are warned of before they open it"`
	Sensitive bool        `json:"sensitive,omitempty"`
	Revision  int64       `json:"revision"`
	Waits     bool        `json:"waits,omitempty" doc:"it stands nowhere yet: those who moderate, or the author of what it answers, look at it first"`
	Asks      bool        `json:"asks,omitempty" doc:"it waits for the author of what it answers"`
}

func (a *API) community(ctx context.Context, c *caller, of *community.Community) Community {
	return Community{
		Name: of.Name, Handle: "@" + of.Name + "@" + a.Namespace.HandleHost(), IRI: of.IRI, Title: of.Title, Summary: of.Summary,
		Rules: of.Rules, Language: of.Language, Organization: a.actorByID(ctx, c, of.Organization), Followers: of.Followers,
		Restricted: of.Restricted, Holds: of.Holds, Approves: of.Approves, OpenLog: of.OpenLog, Cadence: string(of.Cadence), Revision: of.Revision,
	}
}

func (a *API) post(ctx context.Context, c *caller, p *community.Post) Post {
	url := p.URL
	if url == "" {
		url = p.IRI
	}
	images := pictures(p.Images)
	for i := range images {
		if at := p.Shown(i, a.Namespace); at != "" {
			images[i].Shown = domain.IRI(a.Namespace.Base() + at)
		}
	}
	return Post{
		ID: p.ID, IRI: p.IRI, URL: url, Author: a.actorByID(ctx, c, p.Author), Title: p.Title, Content: p.Content,
		Language: p.Language, InReplyTo: p.InReplyTo, Published: p.Published, Updated: instant(p.Updated), Likes: p.Likes, Answers: p.Answers, Answering: string(p.AnsweringFor(c.viewer)), Liking: string(p.LikingFor(c.viewer)), Like: string(a.likeOf(ctx, c, p.ID)), Locked: p.Locked(), Images: images, Revision: p.Revision, Waits: p.Waits, Asks: p.Asks,
		Poll: poll(p.Poll, a.Now()), Warning: warning(p), Sensitive: p.Sensitive,
	}
}

// likesOf reads at once what became of the caller's likes of the posts of a list.
func (a *API) likesOf(ctx context.Context, c *caller, posts []*community.Post) error {
	ids := make([]domain.ID, len(posts))
	for i, p := range posts {
		ids[i] = p.ID
	}
	liked, err := a.Communities.Liked(ctx, c.viewer, ids)
	c.likes = map[domain.ID]community.LikeState{}
	for _, id := range ids {
		c.likes[id] = liked[id]
	}
	return err
}

// likeOf is what became of the caller's like of a post; nothing where it cannot be
// read.
func (a *API) likeOf(ctx context.Context, c *caller, post domain.ID) community.LikeState {
	state, read := c.likes[post]
	if !read {
		if liked, err := a.Communities.Liked(ctx, c.viewer, []domain.ID{post}); err == nil {
			state = liked[post]
		}
	}
	return state
}

func warning(p *community.Post) string {
	if p.Warned() {
		return p.Summary
	}
	return ""
}

// CommunityInput makes a community.
type CommunityInput struct {
	Body struct {
		Name         string      `json:"name" maxLength:"30" doc:"handle, never changed"`
		Title        domain.Text `json:"title"`
		Summary      domain.Text `json:"summary,omitempty" doc:"Markdown"`
		Rules        domain.Text `json:"rules,omitempty" doc:"Markdown"`
		Language     domain.Lang `json:"language" maxLength:"35"`
		Organization string      `json:"organization,omitempty" maxLength:"100" doc:"name of the organisation it belongs to"`
		Restricted   bool        `json:"restricted,omitempty" doc:"only those who run it begin threads"`
		Approves     bool        `json:"approves,omitempty" doc:"follows wait for an answer"`
	}
}

// CommunityEdit changes a community; what is left out stays.
type CommunityEdit struct {
	Named
	Body struct {
		Revision   int64        `json:"revision" doc:"the one that was read"`
		Title      *domain.Text `json:"title,omitempty"`
		Summary    *domain.Text `json:"summary,omitempty" doc:"Markdown"`
		Rules      *domain.Text `json:"rules,omitempty" doc:"Markdown"`
		Language   domain.Lang  `json:"language,omitempty" maxLength:"35"`
		Restricted *bool        `json:"restricted,omitempty"`
		Approves   *bool        `json:"approves,omitempty"`
		Holds      *bool        `json:"holds,omitempty"`
		OpenLog    *bool        `json:"openLog,omitempty"`
		Cadence    string       `json:"cadence,omitempty" enum:"day,week,never"`
	}
}

// PostInput is a message to be published.
type PostInput struct {
	Named
	Body struct {
		Content   string      `json:"content" minLength:"1" maxLength:"20000" doc:"Markdown"`
		Language  domain.Lang `json:"language,omitempty" maxLength:"35" doc:"the community's by default, if that is of this node"`
		InReplyTo domain.ID   `json:"inReplyTo,omitempty" maxLength:"36" doc:"id of the post it answers"`
		Images    []NewImage  `json:"images,omitempty" maxItems:"4"`
		Poll      *NewPoll    `json:"poll,omitempty" doc:"of a message that begins a thread"`
		Warning   string      `json:"warning,omitempty" maxLength:"200" doc:"what readers are warned of before they open it"`
	}
}

// NewImage is a picture to be shown in a message.
type NewImage struct {
	File []byte `json:"file" doc:"PNG, JPEG, GIF or WebP of at most 5 MB, in base64; what it says beside the picture is left out, and it is drawn anew only if it is wider or higher than 1,600 pixels, or turned"`
	Alt  string `json:"alt" minLength:"1" maxLength:"1500" doc:"what it shows, in words, for those who do not see it"`

	Focus Focus `json:"focus,omitzero" doc:"the point that stays in sight where others cut it; the middle if it is absent"`
}

// maxPost bounds the body of a message: four pictures in base64, and words.
const maxPost = 28 << 20

// PostID asks for a post.
type PostID struct {
	ID string `path:"id" maxLength:"36"`
}

// PostRemoval deletes a post, or removes that of somebody else.
type PostRemoval struct {
	PostID
	Reason string `query:"reason" maxLength:"2000" doc:"for its author; plain text. Only for what somebody else wrote"`
	Rule   string `query:"rule" maxLength:"200" doc:"of the community, which it breaks; with a reason"`
}

// ReplyInput is an answer to a post.
type ReplyInput struct {
	PostID
	Body struct {
		Content  string      `json:"content" minLength:"1" maxLength:"20000" doc:"Markdown"`
		Language domain.Lang `json:"language,omitempty" maxLength:"35" doc:"the post's by default"`
		Images   []NewImage  `json:"images,omitempty" maxItems:"4"`
	}
}

// PostEdit changes a post.
type PostEdit struct {
	PostID
	Body struct {
		Revision int64  `json:"revision" doc:"the one that was read"`
		Content  string `json:"content" minLength:"1" maxLength:"20000" doc:"Markdown"`
	}
}

func (a *API) communityOperations() {
	const tag = "Communities"
	do(a, tag, operation{method: http.MethodGet, path: "/communities", summary: "List communities"},
		func(ctx context.Context, c *caller, in *SearchInput) (*List[Community], error) {
			list, err := a.Communities.Communities(ctx, c.viewer, in.Q, in.page())
			if err != nil {
				return nil, err
			}
			return shown(ctx, a, c, list, func(of *community.Community) []domain.ActorID { return []domain.ActorID{of.Organization} },
				func(of *community.Community) Community { return a.community(ctx, c, of) })
		})
	do(a, tag, operation{method: http.MethodPost, path: "/communities", summary: "Make a community", status: http.StatusCreated}, a.createCommunity)
	do(a, tag, operation{method: http.MethodGet, path: "/communities/{name}", summary: "Read a community"},
		func(ctx context.Context, c *caller, in *Named) (*One[Community], error) {
			return oneFor(ctx, c, a.community)(a.Communities.Community(ctx, c.viewer, in.Name))
		})
	a.archiveOperations(tag)
	do(a, tag, operation{method: http.MethodPatch, path: "/communities/{name}", summary: "Change a community"}, a.editCommunity)
	do(a, tag, operation{
		method: http.MethodPost, path: "/communities/{name}/posts", summary: "Publish a message in a community", status: http.StatusCreated, maxBody: maxPost,
		description: "A message by an administrator is news by the community itself; a member's is their own, announced by the community. The name may be the handle of a community of another node, as name@host, which the caller follows: the message is sent to it.",
	}, a.publishPost)
	do(a, tag, operation{method: http.MethodGet, path: "/communities/{name}/timeline", summary: "What a community published and announced, newest first"}, a.timeline)
	do(a, tag, operation{method: http.MethodGet, path: "/posts/{id}", summary: "Read a post"},
		func(ctx context.Context, c *caller, in *PostID) (*One[Post], error) {
			return oneFor(ctx, c, a.post)(a.Communities.PostByID(ctx, c.viewer, domain.ID(in.ID)))
		})
	do(a, tag, operation{method: http.MethodGet, path: "/posts/{id}/earlier", summary: "What a post of this node said before it was changed, the newest first"},
		func(ctx context.Context, c *caller, in *PostID) (*List[PostVersion], error) {
			_, all, err := a.Communities.Versions(ctx, c.viewer, domain.ID(in.ID))
			if err != nil {
				return nil, err
			}
			return listed(c, domain.List[community.Version]{Items: all, Total: len(all)}, func(v community.Version) PostVersion { return PostVersion{v.Content, v.At} }), nil
		})
	a.pollOperations()
	do(a, tag, operation{method: http.MethodPatch, path: "/posts/{id}", summary: "Change a post"},
		func(ctx context.Context, c *caller, in *PostEdit) (*One[Post], error) {
			return oneFor(ctx, c, a.post)(a.Communities.EditPost(ctx, c.viewer, domain.ID(in.ID), in.Body.Revision, in.Body.Content))
		})
	do(a, tag, operation{
		method: http.MethodPost, path: "/posts/{id}/replies", summary: "Answer a post", status: http.StatusCreated, maxBody: maxPost,
		description: "The post may be of another node: its author is told, and so is the community in which the thread stands.",
	}, a.reply)
	do(a, tag, operation{method: http.MethodDelete, path: "/posts/{id}", summary: "Delete a post", description: "Who moderates says why: its author is told, and may appeal."},
		func(ctx context.Context, c *caller, in *PostRemoval) (*None, error) {
			if in.Reason != "" {
				return nothing(a.Communities.RemovePost(ctx, c.viewer, domain.ID(in.ID), community.Grounds{Reason: in.Reason, Rule: in.Rule}))
			}
			return nothing(a.Communities.DeletePost(ctx, c.viewer, domain.ID(in.ID)))
		})
}

func (a *API) timeline(ctx context.Context, c *caller, in *NamedPaging) (*List[News], error) {
	of, err := a.Communities.Community(ctx, c.viewer, in.Name)
	if err != nil {
		return nil, err
	}
	list, err := a.Communities.Timeline(ctx, c.viewer, of.ID, in.page())
	if err != nil {
		return nil, err
	}
	return a.newsOf(ctx, c, list)
}

// PostVersion is what a post said before it was changed.
type PostVersion struct {
	Content string    `json:"content" doc:"HTML, sanitised"`
	At      time.Time `json:"at" doc:"since when it said so"`
}

func (a *API) createCommunity(ctx context.Context, c *caller, in *CommunityInput) (*Made[Community], error) {
	b := in.Body
	owner, err := a.organizationID(ctx, c, b.Organization)
	if err != nil {
		return nil, err
	}
	of, err := a.Communities.Create(ctx, c.viewer, b.Name, community.Details{
		Title: b.Title, Summary: b.Summary, Rules: b.Rules, Language: b.Language, Organization: owner, Restricted: b.Restricted, Approves: b.Approves,
	})
	if err != nil {
		return nil, err
	}
	return &Made[Community]{Location: string(of.IRI), Body: a.community(ctx, c, of)}, nil
}

func (a *API) editCommunity(ctx context.Context, c *caller, in *CommunityEdit) (*One[Community], error) {
	of, err := a.Communities.Community(ctx, c.viewer, in.Name)
	if err != nil {
		return nil, err
	}
	b := in.Body
	d := community.Details{
		Title: or(b.Title, of.Title), Summary: or(b.Summary, of.Summary), Rules: or(b.Rules, of.Rules), Language: cmp.Or(b.Language, of.Language),
		Organization: of.Organization, Restricted: or(b.Restricted, of.Restricted), Approves: or(b.Approves, of.Approves),
		Holds: or(b.Holds, of.Holds), OpenLog: or(b.OpenLog, of.OpenLog), Cadence: cmp.Or(community.Cadence(b.Cadence), of.Cadence),
	}
	if of, err = a.Communities.Edit(ctx, c.viewer, in.Name, b.Revision, d); err != nil {
		return nil, err
	}
	return one(a.community(ctx, c, of)), nil
}

func (a *API) publishPost(ctx context.Context, c *caller, in *PostInput) (*Made[Post], error) {
	if name, host, elsewhere := strings.Cut(in.Name, "@"); elsewhere {
		return a.publishElsewhere(ctx, c, in, name, host)
	}
	language := in.Body.Language
	if language == "" {
		of, err := a.Communities.Community(ctx, c.viewer, in.Name)
		if err != nil {
			return nil, err
		}
		language = of.Language
	}
	p, err := a.Communities.Post(ctx, c.viewer, in.Name, a.draft(in, language))
	if err != nil {
		return nil, err
	}
	return &Made[Post]{Location: string(p.IRI), Body: a.post(ctx, c, p)}, nil
}

// publishElsewhere begins a thread in a community of another node.
func (a *API) publishElsewhere(ctx context.Context, c *caller, in *PostInput, name, host string) (*Made[Post], error) {
	group, err := a.Network.ActorByHandle(ctx, c.viewer, name, host)
	if err != nil {
		return nil, err
	}
	p, err := a.Communities.Begin(ctx, c.viewer, group, a.draft(in, in.Body.Language))
	if err != nil {
		return nil, err
	}
	return &Made[Post]{Location: string(p.IRI), Body: a.post(ctx, c, p)}, nil
}

func (a *API) draft(in *PostInput, language domain.Lang) community.Draft {
	return community.Draft{Content: in.Body.Content, Language: language, InReplyTo: in.Body.InReplyTo, Pictures: a.pictures(in.Body.Images), Poll: in.Body.Poll.draft(), Warning: in.Body.Warning}
}

func (a *API) reply(ctx context.Context, c *caller, in *ReplyInput) (*Made[Post], error) {
	draft := community.Draft{Content: in.Body.Content, Language: in.Body.Language, Pictures: a.pictures(in.Body.Images)}
	p, err := a.Communities.Reply(ctx, c.viewer, domain.ID(in.ID), draft)
	if err != nil {
		return nil, err
	}
	return &Made[Post]{Location: string(p.IRI), Body: a.post(ctx, c, p)}, nil
}

func (a *API) pictures(images []NewImage) []community.Picture {
	var all []community.Picture
	for _, image := range images {
		all = append(all, community.Picture{Alt: image.Alt, Focus: community.Focus(image.Focus), Keep: func(ctx context.Context) (picture.Kept, error) {
			return a.Pictures.Keep(ctx, image.File)
		}})
	}
	return all
}

// or is what a body says, or what was before where it says nothing.
func or[T any](said *T, before T) T {
	if said == nil {
		return before
	}
	return *said
}
