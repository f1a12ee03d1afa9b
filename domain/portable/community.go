package portable

import (
	"crypto/sha256"
	"encoding/hex"
	"iter"
	"regexp"
	"slices"
	"strconv"
	"time"

	"interlink/domain"
	"interlink/domain/community"
)

// Community is community.json: a community as it is, without an address of its
// own. What was written in it stands in parts of their own.
type Community struct {
	Title          domain.Text       `json:"title"`
	Summary        domain.Text       `json:"summary,omitempty"` // Markdown
	Rules          domain.Text       `json:"rules,omitempty"`   // Markdown
	Language       domain.Lang       `json:"language"`
	Restricted     bool              `json:"restricted,omitempty"` // only who moderates it begins threads
	Approves       bool              `json:"approves,omitempty"`   // follows wait for an answer
	Holds          bool              `json:"holds,omitempty"`      // first posts wait
	OpenLog        bool              `json:"openLog,omitempty"`
	Cadence        community.Cadence `json:"cadence"`
	Icon           *Icon             `json:"icon,omitempty"`
	CreatedAt      time.Time         `json:"createdAt"`
	Organization   domain.IRI        `json:"organization,omitempty"`
	Administrators []domain.IRI      `json:"administrators,omitempty"`
	Moderators     []domain.IRI      `json:"moderators,omitempty"`
	Members        []domain.IRI      `json:"members,omitempty"` // who follows it
	Bans           []Ban             `json:"bans,omitempty"`
	Pinned         []domain.IRI      `json:"pinned,omitempty"`  // posts, the first one first
	Log            []Act             `json:"log,omitempty"`     // oldest first
	Removed        []string          `json:"removed,omitempty"` // posts that were deleted there, by the first 16 bytes of the SHA-256 of their addresses, in hex; at most 100,000
	Total          int               `json:"total"`             // how many posts there are
	Posts          []Part            `json:"posts"`             // in the order in which they were written
	Files          []Part            `json:"files"`             // that posts and the community show
	Left           Left              `json:"left,omitzero"`     // what an archive has no room for
}

// Left counts what there is of a community beyond what an archive holds.
type Left struct {
	Members int `json:"members,omitempty"`
	Log     int `json:"log,omitempty"`   // the oldest acts
	Bans    int `json:"bans,omitempty"`  // the oldest ones
	Files   int `json:"files,omitempty"` // pictures of the latest posts: posts name them, their bytes are not there
}

// Icon is the picture by which a community is known.
type Icon struct {
	SHA256 string `json:"sha256"`
	Alt    string `json:"alt,omitempty"`
}

// Ban keeps somebody from writing in a community.
type Ban struct {
	Person domain.IRI `json:"person"`
	Reason string     `json:"reason,omitempty"`
	By     domain.IRI `json:"by,omitempty"`
	At     time.Time  `json:"at"`
	Until  time.Time  `json:"until,omitzero"`
}

// Act is something that those who moderate a community did: never whom it
// concerned.
type Act struct {
	At    time.Time        `json:"at"`
	Kind  domain.EventKind `json:"kind"`
	By    domain.IRI       `json:"by,omitempty"`
	Until time.Time        `json:"until,omitzero"`
	Role  community.Role   `json:"role,omitempty"`
}

// Posts is a part with posts of a community.
type Posts struct {
	Posts []community.Past `json:"posts"`
}

// The bounds of an archive of a community.
const (
	maxMembers     = 50_000
	maxBans        = 50_000
	maxPostsParts  = 5000
	maxPosts       = 500     // in one part
	maxPostsBytes  = 1 << 20 // of a part that is written: it ends with the post that reaches it
	maxPostsPart   = 2 << 20 // of one that is read: a post may be of 600 kB
	maxPinned      = 100
	maxFilesListed = 15_000
	maxRemoved     = 100_000
)

var postsName = regexp.MustCompile(`^posts-[0-9]{4}\.json$`)

func isPosts(name string) bool { return postsName.MatchString(name) }

// Encode writes a document: the same one always in the same bytes.
func (d *Community) Encode() ([]byte, error) { return encode(d) }

// DecodeCommunity reads the document of an archive with such a head, and judges
// it. Errors: Invalid, TooLarge.
func DecodeCommunity(h Head, raw []byte) (*Community, error) {
	d := new(Community)
	if err := decode(raw, d); err != nil {
		return nil, broken(communityName)
	}
	return d, d.check()
}

// partsOf lists the bytes that a document names.
func (d *Community) partsOf() []Part { return slices.Concat(d.Posts, d.Files) }

// Details are what the document says that people can change.
func (d *Community) Details() community.Details {
	return community.Details{
		Title: d.Title, Summary: d.Summary, Rules: d.Rules, Language: d.Language, Restricted: d.Restricted, Approves: d.Approves, Holds: d.Holds,
		OpenLog: d.OpenLog, Cadence: d.Cadence,
	}
}

// bare is a document without people, and without what was said: what a [Base]
// keeps.
func (d *Community) bare() *Community {
	return &Community{
		Title: d.Title, Summary: d.Summary, Rules: d.Rules, Language: d.Language, Restricted: d.Restricted, Approves: d.Approves, Holds: d.Holds,
		OpenLog: d.OpenLog, Cadence: d.Cadence, Icon: d.Icon,
	}
}

// check judges a document from elsewhere. What people can change is judged when
// they do. Errors: Invalid, TooLarge.
func (d *Community) check() error {
	if len(d.Posts) > maxPostsParts || len(d.Files) > maxFilesListed || len(d.Members) > maxMembers || len(d.Log) > maxHistory || len(d.Pinned) > maxPinned || len(d.Removed) > maxRemoved || d.Total < 0 || d.Total > maxPostsParts*maxPosts ||
		len(d.Administrators)+len(d.Moderators) > maxPeople || len(d.Bans) > maxBans {
		return domain.Fail(domain.TooLarge, "import.too_much")
	}
	d.CreatedAt = settled(d.CreatedAt)
	if d.Title.Empty() || !fits(d.Title, maxLine) || !fits(d.Summary, maxDocument) || !fits(d.Rules, maxDocument) {
		return broken("title")
	}
	if i := d.Icon; i != nil && (!isHash(i.SHA256) || !plain(i.Alt, maxLine)) {
		return broken("icon")
	}
	if min(d.Left.Members, d.Left.Log, d.Left.Bans, d.Left.Files) < 0 {
		return broken("left")
	}
	for _, name := range d.Removed {
		if raw, err := hex.DecodeString(name); err != nil || len(raw) != len(postName{}) {
			return broken("removed")
		}
	}
	iris := slices.Concat([]domain.IRI{d.Organization}, d.Administrators, d.Moderators, d.Members, d.Pinned)
	for i := range d.Bans {
		b := &d.Bans[i]
		b.At, b.Until = settled(b.At), settled(b.Until)
		if iris = append(iris, b.Person, b.By); b.Person == "" || !plain(b.Reason, maxLine*2) {
			return broken("bans")
		}
	}
	for i := range d.Log {
		a := &d.Log[i]
		a.At, a.Until = settled(a.At), settled(a.Until)
		if iris = append(iris, a.By); !plain(string(a.Kind), maxName) || !plain(string(a.Role), maxName) {
			return broken("log")
		}
	}
	for _, iri := range iris {
		if _, err := domain.ParseIRI(string(iri)); iri != "" && (err != nil || len(iri) > maxLine) {
			return broken(shown(string(iri)))
		}
	}
	return d.checkParts()
}

func (d *Community) checkParts() error {
	seen := map[string]bool{}
	for i, p := range d.partsOf() {
		posts := i < len(d.Posts)
		if !isHash(p.SHA256) || p.Size < 0 || p.Size > MaxArchive || seen[p.Path] || posts != isPosts(p.Path) || !posts && p.Path != filesFolder+p.SHA256 || posts && p.Size > maxPostsPart {
			return broken(shown(p.Path))
		}
		seen[p.Path] = true
	}
	return nil
}

// postsOf goes through the posts of a document, a part at a time: that part
// alone is in memory. Errors: those of read; Invalid.
func (d *Community) postsOf(read func(Part) ([]byte, error)) iter.Seq2[[]community.Past, error] {
	return func(yield func([]community.Past, error) bool) {
		for _, part := range d.Posts {
			raw, err := read(part)
			var in Posts
			if err == nil && (decode(raw, &in) != nil || len(in.Posts) > maxPosts) {
				err = broken(part.Path)
			}
			if !yield(in.Posts, err) || err != nil {
				return
			}
		}
	}
}

// HeldCommunity is what a community consists of on its node, as values, beside
// what was written in it.
type HeldCommunity struct {
	Community *community.Community
	Icon      *Icon
	Members   []domain.ActorID
	Bans      []*community.Ban
	Pinned    []domain.IRI
	Log       []community.Act               // newest first
	Removed   []string                      // posts that were deleted, as [Community] has them
	Left      Left                          // what was not read
	People    map[domain.ActorID]domain.IRI // who is named, and may be
	Carried   Carried
}

// DescribeCommunity makes the document of a community, without its posts. It is
// pure.
func DescribeCommunity(h HeldCommunity) *Community {
	c, old := h.Community, h.Carried
	d := &Community{
		Title: c.Title, Summary: c.Summary, Rules: c.Rules, Language: c.Language, Restricted: c.Restricted, Approves: c.Approves, Holds: c.Holds,
		OpenLog: c.OpenLog, Cadence: c.Cadence, Icon: h.Icon, CreatedAt: c.CreatedAt.UTC(), Organization: old.Organization,
		Administrators: union(h.named(c.Administrators), old.Administrators), Moderators: union(h.named(c.Moderators), old.Moderators),
		Members: union(h.named(h.Members), old.Members), Bans: slices.Clone(old.Bans), Pinned: slices.Concat(h.Pinned, old.Pinned), Log: slices.Clone(old.Log), Removed: h.Removed, Left: h.Left,
	}
	if iri := h.People[c.Organization]; iri != "" {
		d.Organization = iri
	}
	for _, b := range h.Bans {
		if iri := h.People[b.Actor]; iri != "" {
			d.Bans = append(d.Bans, Ban{Person: iri, Reason: b.Reason, By: h.People[b.By], At: b.At.UTC(), Until: b.Until.UTC()})
		}
	}
	for _, a := range slices.Backward(h.Log) {
		d.Log = append(d.Log, Act{At: a.At.UTC(), Kind: a.Kind, By: h.People[a.By], Until: a.Until.UTC(), Role: a.Role})
	}
	d.bound()
	return d
}

// bound leaves out what no archive has room for, and counts it.
func (d *Community) bound() {
	if over := len(d.Members) - maxMembers; over > 0 {
		d.Members, d.Left.Members = d.Members[:maxMembers], d.Left.Members+over
	}
	if over := len(d.Log) - maxHistory; over > 0 {
		d.Log, d.Left.Log = d.Log[over:], d.Left.Log+over
	}
	if over := len(d.Bans) - maxBans; over > 0 {
		d.Bans, d.Left.Bans = d.Bans[:maxBans], d.Left.Bans+over
	}
	d.Pinned = d.Pinned[:min(len(d.Pinned), maxPinned)] // those of here come first
}

// named are the addresses of those of some people who may be named.
func (h HeldCommunity) named(ids []domain.ActorID) []domain.IRI {
	var out []domain.IRI
	for _, id := range ids {
		if iri := h.People[id]; iri != "" {
			out = append(out, iri)
		}
	}
	return out
}

// Arrival takes in what an archive of a community holds. It is pure but for
// what it remembers.
type Arrival struct {
	Carried Carried
	Lost    []Lost
	owns    func(domain.IRI) bool
	from    domain.IRI        // the community there
	whole   bool              // also what not everybody could read is in it
	has     map[string]bool   // files that came along, by their hash
	named   map[postName]bool // all posts of it; true of those that were taken
	removed map[postName]bool // posts that were deleted there
	tally   map[Outcome]int   // of posts, once they were compared with those here
}

// Arrive begins with the document. h is the head of the archive, self who
// imports it by address, has whether bytes came along, and owns whether an
// address is of the node that imports it.
func (d *Community) Arrive(h Head, self domain.IRI, has func(sha256 string) bool, owns func(domain.IRI) bool) *Arrival {
	a := &Arrival{
		Carried: Carried{
			From: slices.Concat([]domain.IRI{h.IRI}, h.Formerly), Organization: d.Organization, Administrators: d.Administrators, Moderators: d.Moderators,
			Members: d.Members, Bans: d.Bans, Pinned: d.Pinned, Log: d.Log,
		},
		owns: owns, from: h.IRI, whole: h.Whole, has: map[string]bool{}, named: map[postName]bool{}, removed: map[postName]bool{}, tally: map[Outcome]int{},
	}
	for _, name := range d.Removed {
		raw, err := hex.DecodeString(name)
		if err == nil && len(raw) == len(postName{}) { // no other was let through
			a.removed[postName(raw)] = true
		}
	}
	a.Carried.From = a.Carried.From[:min(len(a.Carried.From), maxFormerly)]
	for _, f := range d.Files {
		a.has[f.SHA256] = has(f.SHA256)
	}
	for _, l := range []struct {
		n   int
		why Reason
	}{{d.Left.Members, LostMoreMembers}, {d.Left.Log, LostMoreLog}, {d.Left.Bans, LostMoreBans}, {d.Left.Files, LostMoreFiles}} {
		if l.n > 0 {
			a.lose(strconv.Itoa(l.n), "", l.why)
		}
	}
	for _, iri := range union(d.Administrators, d.Moderators) {
		if iri != self {
			a.lose("", iri, LostRole)
		}
	}
	for _, iri := range d.Pinned {
		a.lose("", iri, LostPin)
	}
	for _, b := range d.Bans {
		a.lose("", b.Person, LostBan)
	}
	if d.Organization != "" {
		a.lose("", d.Organization, LostGroup)
	}
	if len(d.Members) > 0 {
		a.lose("", "", LostMembers)
	}
	if len(d.Log) > 0 {
		a.lose("", "", LostHistory)
	}
	if d.Icon != nil && !a.has[d.Icon.SHA256] {
		a.lose("", "", LostFile)
	}
	return a
}

func (a *Arrival) lose(what string, iri domain.IRI, why Reason) {
	if len(a.Lost) < maxLost {
		a.Lost = append(a.Lost, Lost{What: what, IRI: iri, Reason: why})
	}
}

// Take judges posts, and returns those that are kept; gone names those, or
// authors, that are known to be deleted. What stands at an address of this node
// is known here, or was deleted here: no file says otherwise.
func (a *Arrival) Take(posts []community.Past, gone map[domain.IRI]bool) []community.Past {
	var out []community.Past
	for _, p := range posts {
		key := nameOf(p.IRI)
		taken := a.named[key]
		a.named[key] = taken
		switch {
		case taken || !p.Settle():
			a.lose(shown(p.AuthorName), addressed(p.IRI), LostBroken)
			continue
		case a.owns(p.IRI):
			a.lose("", p.IRI, LostHere)
			continue
		case gone[p.IRI], gone[p.Author]:
			a.lose("", p.IRI, LostGone)
			continue
		}
		a.named[key] = true
		for _, f := range p.Files {
			if f.SHA256 != "" && !a.has[f.SHA256] {
				a.lose("", p.IRI, LostFile)
			}
		}
		out = append(out, p)
	}
	return out
}

// postName is a post in what is remembered of an archive, by a digest of its
// address: that may have a name in it.
type postName [16]byte

func nameOf(iri domain.IRI) postName {
	sum := sha256.Sum256([]byte(iri))
	return postName(sum[:len(postName{})])
}

// NameOf is the digest as archives have it.
func NameOf(iri domain.IRI) string {
	name := nameOf(iri)
	return hex.EncodeToString(name[:])
}

// shown is a post with the files whose bytes are here: they came along, or are
// here with the post as it was.
func (a *Arrival) shown(p, was community.Past) community.Past {
	p.Files = slices.Clone(p.Files)
	for i := range p.Files {
		if f := &p.Files[i]; !a.has[f.SHA256] && !was.Shows(f.SHA256) {
			f.SHA256 = ""
		}
	}
	return p
}

// addressed is an address, if it is one.
func addressed(iri domain.IRI) domain.IRI {
	if _, err := domain.ParseIRI(string(iri)); err != nil || len(iri) > maxLine {
		return ""
	}
	return iri
}
