package portable

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/markup"
	"interlink/domain/network"
	"interlink/domain/policy"
)

// WriteCommunity writes an archive of a community with its posts, in the order
// in which they come: one part of them alone is in memory. open returns the
// bytes of a file, which it closes; one that cannot be opened is named as
// missing. Errors: those of w and of posts.
func WriteCommunity(w io.Writer, h Head, d *Community, posts iter.Seq2[community.Past, error], open func(sha256 string) (io.ReadCloser, error)) error {
	p := &postsPacker{packer: newPacker(w, h, KindCommunity)}
	if d.Icon != nil {
		p.show(d.Icon.SHA256)
	}
	for post, err := range posts {
		if err == nil {
			err = p.post(post)
		}
		if err != nil {
			return err
		}
	}
	if err := p.flush(); err != nil {
		return err
	}
	whole := *d
	whole.Left.Files += p.left
	whole.Total, whole.Posts, whole.Files = p.total, append([]Part{}, p.Files...), []Part{}
	for _, hash := range p.shown {
		part := Part{Path: filesFolder + hash, SHA256: hash}
		content, err := open(hash)
		if err != nil {
			part.Missing = true
			p.Files = append(p.Files, part)
			continue
		}
		if part.Size, err = p.file(part.Path, content); err != nil {
			return err
		}
		p.Files, whole.Files = append(p.Files, part), append(whole.Files, part)
	}
	raw, err := encode(&whole)
	if err != nil {
		return err
	}
	err = p.document(func(w io.Writer) error {
		_, err := w.Write(raw)
		return err
	})
	if err != nil {
		return err
	}
	return p.close()
}

// postsPacker gathers posts into parts.
type postsPacker struct {
	*packer
	posts []json.RawMessage
	size  int
	total int
	shown []string // hashes of files, in the order in which they were named
	seen  map[string]bool
	left  int // files that found no room
}

func (p *postsPacker) show(hash string) {
	if hash == "" || p.seen[hash] {
		return
	}
	if p.seen == nil {
		p.seen = map[string]bool{}
	}
	p.seen[hash] = true
	if len(p.shown) >= maxFilesListed {
		p.left++
		return
	}
	p.shown = append(p.shown, hash)
}

func (p *postsPacker) post(post community.Past) error {
	raw, err := json.Marshal(post)
	if err != nil {
		return err
	}
	for _, f := range post.Files {
		p.show(f.SHA256)
	}
	p.posts = append(p.posts, raw)
	p.total++
	if p.size += len(raw); len(p.posts) < maxPosts && p.size < maxPostsBytes {
		return nil
	}
	return p.flush()
}

func (p *postsPacker) flush() error {
	if len(p.posts) == 0 {
		return nil
	}
	if len(p.Files) >= maxPostsParts {
		return domain.Fail(domain.TooLarge, "import.too_much")
	}
	raw, err := json.Marshal(map[string]any{"posts": p.posts})
	if err != nil {
		return err
	}
	number := strconv.Itoa(len(p.Files) + 1)
	part := hashed("posts-"+strings.Repeat("0", 4-len(number))+number+".json", raw)
	p.Files = append(p.Files, part)
	p.posts, p.size = p.posts[:0], 0
	_, err = p.file(part.Path, io.NopCloser(bytes.NewReader(raw)))
	return err
}

// Written is a post of a community of this node.
type Written struct {
	community.Post
	Shares int // how often somebody else passed it on
}

// CommunityExport is an archive of a community about to be written.
type CommunityExport struct {
	Head     Head
	Document *Community // without its posts, which are read while it is written
	s        *Service
	held     *community.Community
	written  int
}

// Posts is how many posts were written.
func (e *CommunityExport) Posts() int { return e.written }

// Name is what the file is called.
func (e *CommunityExport) Name() string { return fileName(e.Head) }

// Write writes the archive; no more than a part of its posts is in memory.
// Errors: those of w and of the store.
func (e *CommunityExport) Write(ctx context.Context, w io.Writer) error {
	release, err := e.s.turn()
	if err != nil {
		return err
	}
	defer release()
	return WriteCommunity(w, e.Head, e.Document, e.posts(ctx), func(hash string) (io.ReadCloser, error) {
		if f, err := e.s.files.Open(ctx, hash); err == nil {
			return f, nil
		}
		raw, err := e.s.pictures.File(ctx, hash)
		return io.NopCloser(bytes.NewReader(raw)), err
	})
}

// atATime is how many posts are read at once.
const atATime = 200

// posts goes through what was said before the community came here, and then
// through what was written here, oldest first.
func (e *CommunityExport) posts(ctx context.Context) iter.Seq2[community.Past, error] {
	return func(yield func(community.Past, error) bool) {
		for _, read := range []func(ctx context.Context, after domain.Serial) ([]community.Past, domain.Serial, error){e.before, e.here} {
			for after := domain.Serial(0); ; {
				page, last, err := read(ctx, after)
				if err != nil {
					yield(community.Past{}, err)
					return
				}
				for _, p := range page {
					if e.written++; !yield(p, nil) {
						return
					}
				}
				if after = last; after == 0 {
					break
				}
			}
		}
	}
}

// before reads a page of what was said before; last is 0 after the last one.
func (e *CommunityExport) before(ctx context.Context, after domain.Serial) (out []community.Past, last domain.Serial, err error) {
	all, err := e.s.kept.ArchivedAfter(ctx, e.held.ID, e.Head.Whole, after, atATime)
	for _, a := range all {
		out, last = append(out, a.Past), a.Serial
	}
	if len(all) < atATime {
		last = 0
	}
	return out, last, err
}

// here reads a page of what was written here.
func (e *CommunityExport) here(ctx context.Context, after domain.Serial) (out []community.Past, last domain.Serial, err error) {
	all, err := e.s.kept.WrittenIn(ctx, e.held.ID, e.Head.Whole, after, atATime)
	if err != nil {
		return nil, 0, err
	}
	var ids []domain.ActorID
	for _, w := range all {
		if !slices.Contains(ids, w.Author) {
			ids = append(ids, w.Author)
		}
	}
	authors, err := e.s.people.Actors(ctx, ids)
	if err != nil {
		return nil, 0, err
	}
	for _, w := range all {
		last = w.Serial
		i := slices.IndexFunc(authors, func(a *network.Actor) bool { return a.ID == w.Author && !a.Gone() })
		if i < 0 || e.held.Introduces(&w.Post) {
			continue
		}
		out = append(out, e.past(w, authors[i]))
	}
	if len(all) < atATime {
		last = 0
	}
	return out, last, nil
}

// past is a post of this node as archives tell it.
func (e *CommunityExport) past(w *Written, author *network.Actor) community.Past {
	p := community.Past{
		IRI: w.IRI, Author: author.IRI, AuthorName: author.Title, Community: e.Head.IRI, Type: w.Type, InReplyTo: w.InReplyTo, Title: w.Title,
		Content: markup.Sanitize(w.Content), Source: w.Source, Language: w.Language, URL: w.URL, Visibility: w.Visibility, Sensitive: w.Sensitive, Summary: w.Summary,
		Poll: w.Poll, Locked: w.Lock != "", Likes: w.Likes, Shares: w.Shares, Published: w.Published.UTC(),
	}
	if p.AuthorName == "" {
		p.AuthorName = author.Name
	}
	if !w.Updated.IsZero() {
		p.Updated = w.Updated.UTC()
	}
	for _, a := range w.Images {
		p.Files = append(p.Files, community.PastFile{Attachment: a, SHA256: e.s.hashOf(a.URL)})
	}
	return p
}

// hashOf is the hash of a picture that this node serves; "" for others.
func (s *Service) hashOf(file domain.IRI) string {
	hash, ours := strings.CutPrefix(string(file), string(s.ns.IRI("files"))+"/")
	if !ours || !isHash(hash) {
		return ""
	}
	return hash
}

// ExportCommunity gathers what the viewer may see of a community: who does not
// administer it gets what is public. Errors: NotFound.
func (s *Service) ExportCommunity(ctx context.Context, v policy.Viewer, name string) (*CommunityExport, error) {
	c, err := s.communities.Community(ctx, v, name)
	if err != nil {
		return nil, err
	}
	whole := policy.Allow(v, policy.Administer, c) == nil
	held := HeldCommunity{Community: c, People: map[domain.ActorID]domain.IRI{}}
	if before, err := s.store.BroughtAs(ctx, c.ID); err == nil {
		if held.Carried = before.Carried; !whole {
			held.Carried = Carried{From: before.Carried.From, Organization: before.Carried.Organization, Pinned: before.Carried.Pinned}
			if c.OpenLog {
				held.Carried.Log = before.Carried.Log
			}
		}
	} else if domain.CodeOf(err) != domain.NotFound {
		return nil, err
	}
	ids, err := s.around(ctx, v, &held, whole)
	if err != nil {
		return nil, err
	}
	if err := s.called(ctx, ids, func(a *network.Actor) {
		if whole || a.Visibility != domain.VisibleMembers { // whom only members may know of is not named to others
			held.People[a.ID] = a.IRI
		}
		if a.ID == c.ID && s.hashOf(a.Icon) != "" {
			held.Icon = &Icon{SHA256: s.hashOf(a.Icon), Alt: a.IconAlt}
		}
	}); err != nil {
		return nil, err
	}
	if !whole {
		open := *c
		open.Administrators, open.Moderators = nil, nil
		held.Community = &open
	}
	if held.Removed, err = s.kept.RemovedFrom(ctx, c.ID, maxRemoved); err != nil {
		return nil, err
	}
	owner := held.People[c.Organization]
	if owner == "" || !domain.SameOrigin(owner, c.IRI) {
		owner = c.IRI
	}
	return &CommunityExport{s: s, held: c, Document: DescribeCommunity(held), Head: Head{
		Format: Format, Version: Version, Schema: s.ns.Base() + SchemaPath, Kind: KindCommunity, IRI: c.IRI, Owner: owner, Name: c.Name,
		Revision: strconv.FormatInt(c.Revision, 10), Whole: whole, Formerly: held.Carried.From, ExportedAt: s.mint.Now(),
	}}, nil
}

// around reads what stands around the posts of a community, and returns whom
// it names.
func (s *Service) around(ctx context.Context, v policy.Viewer, held *HeldCommunity, whole bool) ([]domain.ActorID, error) {
	c := held.Community
	ids := []domain.ActorID{c.ID, c.Organization}
	pinned, err := s.communities.Pinned(ctx, policy.Viewer{}, c.ID)
	if err != nil {
		return nil, err
	}
	for _, p := range pinned {
		if !c.Introduces(p) {
			held.Pinned = append(held.Pinned, p.IRI)
		}
	}
	if whole || c.OpenLog {
		held.Log, held.Left.Log, err = gather(maxHistory, func(page domain.Page) (domain.List[community.Act], error) {
			return s.communities.Log(ctx, v, c.Name, page)
		})
		for _, a := range held.Log {
			ids = append(ids, a.By)
		}
	}
	if err != nil || !whole {
		return ids, err
	}
	held.Bans, held.Left.Bans, err = gather(maxBans, func(page domain.Page) (domain.List[*community.Ban], error) {
		return s.communities.Bans(ctx, v, c.Name, page)
	})
	if err != nil {
		return nil, err
	}
	for _, b := range held.Bans {
		ids = append(ids, b.Actor, b.By)
	}
	members, left, err := gather(maxMembers, func(page domain.Page) (domain.List[*network.Actor], error) {
		return s.people.Followers(ctx, c.ID, page)
	})
	held.Left.Members = left
	for _, a := range members {
		held.Members = append(held.Members, a.ID)
		held.People[a.ID] = a.IRI
	}
	return append(ids, c.Staff()...), err
}

// gather reads all pages of a list, up to so many, and counts what is left.
func gather[T any](most int, read func(domain.Page) (domain.List[T], error)) (out []T, left int, err error) {
	for page := (domain.Page{Limit: domain.MaxPage}); len(out) < most; {
		list, err := read(page)
		if err != nil {
			return nil, 0, err
		}
		out = append(out, list.Items...)
		left = max(0, list.Total-len(out))
		if page.After = list.Next; list.Next == "" {
			break
		}
	}
	return out, left, nil
}

// called finds the actors with some ids, each once.
func (s *Service) called(ctx context.Context, ids []domain.ActorID, each func(*network.Actor)) error {
	wanted := slices.DeleteFunc(slices.Clone(ids), func(id domain.ActorID) bool { return id == domain.Nobody })
	slices.Sort(wanted)
	for some := range slices.Chunk(slices.Compact(wanted), domain.MaxPage) {
		actors, err := s.people.Actors(ctx, some)
		if err != nil {
			return err
		}
		for _, a := range actors {
			each(a)
		}
	}
	return nil
}
