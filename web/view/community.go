package view

import (
	"time"

	"interlink/domain"
	"interlink/web/locale"
)

// CommunitiesPage lists communities, at /communities.
type CommunitiesPage struct {
	Frame
	Query string
	Items []Card
	Pager Pager
	Start string // /communities/new, "" if not offered
}

// CommunityPage shows one, at /communities/{name}, or a remote one at
// /@{name}@{host}.
//
// Forms: [Compose]; POST /follows {target,
// return}; POST /follows/undo {target, return}. Link: Href/follow for those
// with an account elsewhere.
type CommunityPage struct {
	Frame

	RoleCalls []Card // open ones

	Said
	Href       string
	Title      domain.Text
	Handle     string
	Address    string // absolute
	Summary    Rich
	Rules      Rich
	Picture    string
	PictureAlt string // what it shows, in words
	Origin     Origin
	Followers  int
	Members    []Member
	MemberAll  int
	Requests   []Member // who asks to follow, for administrators
	Tabs       []Option // its other pages
	Archived   int      // posts from before it came here
	Banned     *BanRow  // why the reader cannot write here; nil if they can
	Follow     string
	MayFollow  bool // a member of this node
	MayPost    bool
	MayEdit    bool
	Form       Form
	Compose    *Compose // nil if not offered
	Live       *Live    // nil where it is not the first page
	Langs      []Option
	Pinned     []Post
	// The post that says elsewhere what this page says, for who runs it.
	Introduction *Post
	Posts        []Post
	Pager        Pager
	Processes    []Card
	Owner        *Actor
}

// FollowPage helps a person with an account on another server to follow, at
// Href/follow, or to answer a post, at Post/elsewhere. Form: POST there
// {handle}, which leads to that server.
type FollowPage struct {
	Frame
	Who     Actor
	Post    string // the post that is answered; "" for a follow
	Address string // of it, for other servers
	Form    Form
}

// PostPage shows a post with its replies, at /posts/{id}.
// Form: POST Href/replies {content, lang}.
type PostPage struct {
	Frame
	Post
	Thread   []Post // what it answers, oldest first
	Answers  []Post
	MayReply bool
	Place    *Link // the community in which it stands; nil for none
	Rules    Rich  // of the community, for who may answer
	// Where who has no account here is helped to answer; "" if not offered.
	Elsewhere string
	Denied    Sentence // why the reader cannot answer; empty if they can
	Step      string   // what they can do about it, if anything
	StepKey   string
	Asked     []OwnWaitingPost // the reader's answers that its author has not taken
	Live      *Live            // nil where not all answers are shown
	Form      Form
	Langs     []Option
	Pager     Pager
}

// EarlierPage shows what a post said before it was changed, at
// /posts/{id}/earlier.
type EarlierPage struct {
	Frame
	Now      Post
	Versions []PostVersion // the newest first
}

// PostVersion is what a post said for a time.
type PostVersion struct {
	Content Rich
	At      time.Time
}

func (x EarlierPage) head(p *locale.Printer) head {
	return head{template: "earlier", nav: navCommunities, title: p.T("edit_post.earlier"), noindex: true}
}

// Live is a list of which the reader is told what is new while they look.
type Live struct {
	Watch string // "home", "community:name", "post:id"
	Since string // cursor of the newest that is shown
}

// TimelinePage is what the reader follows, newest first, at /timeline.
type TimelinePage struct {
	Frame
	Posts     []Post
	Moved     []Replacement
	Pager     Pager
	Suggested []Actor // to follow
	Following int
	Kinds     []Option // what is shown, by address
	Kind      string
	Sources   []Option // from whom: the parameter "from"
	Empty     Empty
	Tags      []Link // that the reader follows
	Live      *Live  // nil where it is not the first page
}

// Empty is what a list says that has nothing, and where it leads.
type Empty struct {
	Icon, Words, Href, Submit string
}

// LookupPage finds an actor or thing by handle or address, at /lookup. Its
// form asks by GET for q. A thing that was found leads away; an actor is shown.
type LookupPage struct {
	Frame
	Query string
	Found *ActorCard
	Form  Form // with the problem, if nothing was found
}

// ActorCard is an actor with what it says of itself.
type ActorCard struct {
	Actor
	Said
	Summary   Rich
	Followers int // -1 if not known
	Posts     int // -1 if not known
	Joined    time.Time
	Follow    string
	MayFollow bool
	Target    string // value of "target" of the form that follows
}

// ActorField is a line of an actor's profile.
type ActorField struct {
	Name  string
	Value Rich
}

// ActorPage shows a person of this node at /users/{name}, or a remote actor
// at /@{name}@{host}.
type ActorPage struct {
	Frame
	ActorCard
	Timeline      []Post
	Pager         Pager
	Organizations []Card
	Processes     []Card
	Self          bool // the reader's own
	Rules         Rich // of a group of another node
	Pinned        []Post
	Report        string // address of the form; "" if not offered
	Join          string // value of "target" of the form that asks a team to take the reader in; "" if not offered
	Closed        bool   // it is a process that takes no requests
	Ask           string // address where the reader can ask to join a process of another node; "" if not offered
	Membership    string // state of the reader's membership of a team of another node; "" for none
	Entries       string // address of what is here of a catalogue of another node; "" for others
	Unread        bool   // this node takes in nothing of that catalogue

	Compose *Compose // with which the reader begins a thread in a community of another node; nil if not offered
	Form    Form
	Langs   []Option
}

// OrganizationsPage lists organisations, at /organizations.
type OrganizationsPage struct {
	Frame
	Query string
	Items []Card
	Pager Pager
	Start string // /organizations/new, "" if not offered
}

// OrganizationPage shows one, at /organizations/{name}.
//
// Form: POST Href/leave. Links: Href/edit, Href/people, Href/teams, Href/delete.
type OrganizationPage struct {
	Frame

	RoleCalls []Card // open ones

	Said
	Href        string
	Title       domain.Text
	Handle      string
	Kind        string // translated as kind.<value>
	Summary     Rich
	Picture     string
	PictureAlt  string // what it shows, in words
	Origin      Origin
	Teams       []Card // the first ones
	TeamsAll    int
	Members     []Member // the first ones
	MembersAll  int
	Communities []Card
	Processes   []Card
	Stories     []Card
	MayEdit     bool
	NewTeam     string // address of the form; "" if not offered
	Leave       bool   // the reader is a member
	Form        Form
}

// CreatePage makes an organisation, a team or a community, at
// /organizations/new, /organizations/{name}/teams/new, /communities/new.
//
// Form: POST Action {title, summary, lang, name, kind, visibility, teams,
// joinPolicy, organization}; the last five where they have options.
type CreatePage struct {
	Frame
	What          string // "organization", "team", "community"
	Crumbs        []Link
	Action        string
	Form          Form
	Host          string // shown behind the name: "@…@zaragoza.example"
	Langs         []Option
	Kinds         []Option
	Visibilities  []Option
	JoinPolicies  []Option
	TeamMakers    []Option
	Organizations []Option
	Cancel        string
}

// TeamPage shows a team, at /teams/{name}.
//
// Forms: POST Href/join; POST Href/leave. Links: Href/edit, Href/people,
// Href/logo, Href/delete.
type TeamPage struct {
	Frame

	RoleCalls []Card // open ones
	NewCall   string // address of the form of a new one; "" if not offered

	Href         string
	Title        domain.Text
	Handle       string
	Kind         string
	Summary      Rich
	Picture      string
	PictureAlt   string // what it shows, in words
	Organization Actor
	Origin       Origin
	Members      []Member // the first ones
	MembersAll   int
	Requests     []Member
	Processes    []Card
	Join         string // "" not offered, "join", "request", "requested", "leave"
	MayEdit      bool
	Form         Form
}
