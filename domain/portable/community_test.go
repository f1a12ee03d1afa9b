package portable_test

import (
	"bytes"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/portable"
)

var communityHead = portable.Head{
	Format: portable.Format, Version: portable.Version, Kind: portable.KindCommunity, IRI: "https://a.example/communities/walkers", Owner: "https://a.example/organizations/city",
	Name: "walkers", Revision: "3", Formerly: []domain.IRI{"https://w.example/communities/w"}, Whole: true, ExportedAt: day,
}

// walkers makes any community that can stand in an archive, with what was
// written in it and its bytes.
func walkers(t *rapid.T) (*portable.Community, []community.Past, map[string]string) {
	word := rapid.StringMatching(`[a-zäß ]{0,8}[a-z]`)
	person := rapid.SampledFrom([]domain.IRI{"https://a.example/users/al", "https://b.example/users/bo", "https://c.example/users/cy", "https://d.example/users/di"})
	people := func(label string) []domain.IRI {
		all := rapid.SliceOfNDistinct(person, 0, 3, rapid.ID).Draw(t, label)
		slices.Sort(all)
		return slices.Clip(all)
	}
	moment := rapid.Custom(func(t *rapid.T) time.Time {
		return day.Add(time.Duration(rapid.IntRange(0, 1000).Draw(t, "minutes")) * time.Minute)
	})
	d := &portable.Community{
		Title: domain.Text{"en": word.Draw(t, "title"), "lv": word.Draw(t, "virsraksts")}, Rules: domain.Text{"en": word.Draw(t, "rules")}, Language: "en",
		Restricted: rapid.Bool().Draw(t, "restricted"), OpenLog: rapid.Bool().Draw(t, "open"), Cadence: community.Daily, CreatedAt: moment.Draw(t, "created"),
		Organization:   rapid.SampledFrom([]domain.IRI{"", "https://a.example/organizations/city"}).Draw(t, "organization"),
		Administrators: people("administrators"), Moderators: people("moderators"), Members: people("members"),
	}
	bytesOf := map[string]string{}
	file := func() string {
		body := word.Draw(t, "picture")
		bytesOf[hash(body)] = body
		return hash(body)
	}
	if rapid.Bool().Draw(t, "icon") {
		d.Icon = &portable.Icon{SHA256: file(), Alt: "A path"}
	}
	if rapid.Bool().Draw(t, "moderated") {
		d.Bans = []portable.Ban{{Person: "https://e.example/users/ed", Reason: word.Draw(t, "reason"), By: "https://b.example/users/bo", At: moment.Draw(t, "banned")}}
		d.Log = []portable.Act{{At: moment.Draw(t, "acted"), Kind: community.PersonBanned, By: "https://b.example/users/bo", Until: day}}
	}
	var posts []community.Past
	for i := range rapid.IntRange(0, 12).Draw(t, "posts") {
		author := person.Draw(t, "author")
		p := community.Past{
			IRI: domain.IRI("https://" + author.Host() + fmt.Sprintf("/posts/%d", i)), Author: author, AuthorName: word.Draw(t, "called"), Community: communityHead.IRI, Type: "Note",
			Content: "<p>" + word.Draw(t, "content") + "</p>", Language: "lv", Visibility: rapid.SampledFrom([]community.Visibility{community.Public, community.Unlisted, community.Followers}).Draw(t, "visibility"),
			Summary: rapid.SampledFrom([]string{"", "heights"}).Draw(t, "warning"), Likes: rapid.IntRange(0, 9).Draw(t, "likes"), Shares: rapid.IntRange(0, 9).Draw(t, "shares"), Published: moment.Draw(t, "published"),
		}
		if i > 0 && rapid.Bool().Draw(t, "answer") {
			p.InReplyTo = posts[rapid.IntRange(0, i-1).Draw(t, "to")].IRI
		}
		if rapid.Bool().Draw(t, "poll") {
			p.Type, p.Poll = "Question", &community.Poll{Options: []community.PollOption{{Name: "yes", Votes: 3}, {Name: "no"}}, Voters: 3, Ends: moment.Draw(t, "ends")}
		}
		if rapid.Bool().Draw(t, "shows") {
			p.Files = []community.PastFile{{Attachment: community.Attachment{URL: "https://a.example/files/1", MediaType: "image/png", Name: "A map", Focus: community.Focus{X: 0.5}}, SHA256: file()}}
		}
		posts = append(posts, p)
	}
	if len(posts) > 0 {
		d.Pinned = []domain.IRI{posts[0].IRI}
	}
	return d, posts, bytesOf
}

// each goes through posts.
func each(posts []community.Past) iter.Seq2[community.Past, error] {
	return func(yield func(community.Past, error) bool) {
		for _, p := range posts {
			if !yield(p, nil) {
				return
			}
		}
	}
}

func communityArchive(t interface{ Fatal(...any) }, d *portable.Community, posts []community.Past, bytesOf map[string]string) []byte {
	var b bytes.Buffer
	err := portable.WriteCommunity(&b, communityHead, d, each(posts), func(hash string) (io.ReadCloser, error) {
		body, there := bytesOf[hash]
		if !there {
			return nil, domain.Fail(domain.NotFound, "error.not_found")
		}
		return io.NopCloser(strings.NewReader(body)), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// arrived imports an archive into a node and describes what that has then.
func arrived(t interface{ Fatal(...any) }, a *portable.Archive) (*portable.Community, []community.Past, *portable.Arrival) {
	d := a.Community
	arrival := d.Arrive(a.Head, "https://h.example/users/ana", func(string) bool { return true }, func(iri domain.IRI) bool { return iri.Host() == "h.example" })
	var posts []community.Past
	for part, err := range a.Posts() {
		if err != nil {
			if code := domain.CodeOf(err); code != domain.Invalid && code != domain.TooLarge {
				t.Fatal(err)
			}
			break
		}
		posts = append(posts, arrival.Take(part, map[domain.IRI]bool{"https://h.example/gone": true, "https://b.example/posts/gone": true})...)
	}
	c := &community.Community{
		Title: d.Title, Summary: d.Summary, Rules: d.Rules, Language: d.Language, Restricted: d.Restricted, Approves: d.Approves, Holds: d.Holds, OpenLog: d.OpenLog,
		Cadence: d.Cadence, CreatedAt: d.CreatedAt,
	}
	return portable.DescribeCommunity(portable.HeldCommunity{Community: c, Icon: d.Icon, Carried: arrival.Carried}), posts, arrival
}

// TestCommunityRoundTrip: any community that is exported, imported elsewhere
// and exported there again is the same archive, byte for byte, and twice is as
// once.
func TestCommunityRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d, posts, bytesOf := walkers(t)
		first := communityArchive(t, d, posts, bytesOf)
		for range 2 {
			a, err := portable.Read(bytes.NewReader(first), int64(len(first)))
			if err != nil {
				t.Fatal(err)
			}
			again, said, _ := arrived(t, a)
			if second := communityArchive(t, again, said, bytesOf); !bytes.Equal(first, second) {
				x, _ := a.Community.Encode()
				y, _ := again.Encode()
				t.Fatalf("another archive:\n%s\n%s\n%+v\n%+v", x, y, posts, said)
			}
		}
	})
}

// TestCommunityFileGivesNothing: a file makes nobody an administrator, moderator
// or member, bans nobody, and puts words into the mouth of nobody here or at
// another server's address; all that is not kept is reported.
func TestCommunityFileGivesNothing(t *testing.T) {
	t.Parallel()
	one := func(id, author domain.IRI) community.Past {
		return community.Past{IRI: id, Author: author, Community: communityHead.IRI, Type: "Note", Content: `<p onclick="x()">Hi<script>x()</script></p>`, Visibility: community.Public, Published: day}
	}
	good := one("https://b.example/posts/1", "https://b.example/users/bo")
	direct, nul := one("https://b.example/posts/2", "https://b.example/users/bo"), one("https://b.example/posts/3", "https://b.example/users/bo")
	direct.Visibility, nul.Content = community.Direct, "a\x00b"
	posts := []community.Past{
		good, good, direct, nul, one("https://h.example/posts/1", "https://h.example/users/ana"), one("https://b.example/posts/4", "https://h.example/users/ana"),
		one("https://b.example/posts/gone", "https://b.example/users/bo"), one("javascript:x()", "javascript:x()"),
	}
	d := &portable.Community{
		Title: domain.Text{"en": "Walkers"}, Language: "en", Cadence: community.Daily, CreatedAt: day, Administrators: []domain.IRI{"https://b.example/users/bo", "https://h.example/users/ana"},
		Moderators: []domain.IRI{"https://c.example/users/cy"}, Members: []domain.IRI{"https://d.example/users/di"}, Bans: []portable.Ban{{Person: "https://e.example/users/ed", At: day}},
	}
	raw := communityArchive(t, d, posts, nil)
	a, err := portable.Read(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	_, kept, arrival := arrived(t, a)
	if len(kept) != 1 || kept[0].IRI != good.IRI || kept[0].Content != "<p>Hi</p>" {
		t.Errorf("kept %+v", kept)
	}
	var reasons []string
	for _, l := range arrival.Lost {
		reasons = append(reasons, string(l.Reason))
	}
	if got := strings.Join(reasons, " "); got != "role role ban members broken broken broken here broken gone broken" {
		t.Errorf("lost: %s", got)
	}
}

// hostileCommunities are archives that nobody should read far into.
func hostileCommunities() map[string][]byte {
	const small = `{"title":{"en":"Walkers"},"language":"en","cadence":"day","createdAt":"2026-03-01T12:00:00Z","posts":[%s],"files":[%s]}`
	archive := func(posts, files string, more ...string) []byte {
		document := fmt.Sprintf(small, posts, files)
		manifest := fmt.Sprintf(`{"format":"interlink-export","version":1,"kind":"community","id":%q,"owner":%q,"name":"walkers","revision":"1","whole":true,"exportedAt":"2026-03-01T12:00:00Z","document":{"path":"community.json","sha256":%q,"size":%d},"files":[]}`,
			communityHead.IRI, communityHead.Owner, hash(document), len(document))
		return parts(append([]string{"community.json", document, "manifest.json", manifest}, more...)...)
	}
	part := func(name, body string) string {
		return fmt.Sprintf(`{"path":%q,"sha256":%q,"size":%d}`, name, hash(body), len(body))
	}
	bomb := strings.Repeat(" ", 40<<20)
	return map[string][]byte{
		"posts that are not there": archive(part("posts-0001.json", "{}"), ""),
		"other posts":              archive(part("posts-0001.json", "{}"), "", "posts-0001.json", "{ }"),
		"posts twice":              archive(part("posts-0001.json", "{}")+","+part("posts-0001.json", "{}"), "", "posts-0001.json", "{}"),
		"posts in a folder":        archive(part("../posts-0001.json", "{}"), ""),
		"a bomb":                   archive(fmt.Sprintf(`{"path":"posts-0001.json","sha256":%q,"size":10}`, hash(bomb)), "", "posts-0001.json", bomb),
		"a bomb that says so":      archive(part("posts-0001.json", bomb), "", "posts-0001.json", bomb),
		"posts that are none":      archive(part("posts-0001.json", `{"posts":7}`), "", "posts-0001.json", `{"posts":7}`),
		"more posts than a part":   archive(part("posts-0001.json", `{"posts":[`+strings.Repeat("{},", 600)+`{}]}`), "", "posts-0001.json", `{"posts":[`+strings.Repeat("{},", 600)+`{}]}`),
		"a file with another name": archive("", fmt.Sprintf(`{"path":"files/x","sha256":%q,"size":1}`, hash("x"))),
		"a file of less than none": archive("", fmt.Sprintf(`{"path":"files/%s","sha256":%q,"size":-1}`, hash("x"), hash("x"))),
		"a process":                parts("process.json", "{}", "manifest.json", `{"format":"interlink-export","version":1,"kind":"community"}`),
		"a node":                   parts("node.json", "{}", "manifest.json", `{"format":"interlink-export","version":1,"kind":"planet"}`),
	}
}

// TestHostileCommunities: what is no archive of a community is refused with a
// reason, not with a fault.
func TestHostileCommunities(t *testing.T) {
	t.Parallel()
	for name, raw := range hostileCommunities() {
		a, err := portable.Read(bytes.NewReader(raw), int64(len(raw)))
		if err == nil {
			for _, err = range a.Posts() {
				if err != nil {
					break
				}
			}
		}
		if code := domain.CodeOf(err); code != domain.Invalid && code != domain.TooLarge {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzPosts tries any JSON as posts in an archive that is otherwise whole: what
// is kept of them is kept the second time, too.
func FuzzPosts(f *testing.F) {
	f.Add([]byte(`{"posts":[{"id":"https://b.example/posts/1","author":"https://b.example/users/bo","community":"https://a.example/communities/walkers","type":"Note","content":"<p>Hi</p>","visibility":"public","published":"2026-03-01T12:00:00Z"}]}`))
	f.Add([]byte(`{"posts":[{"id":"https://b.example/posts/1","author":"https://b.example/users/bo","poll":{"options":[{"name":"a","votes":-1}]},"attachments":[{"url":"x","focus":{"x":1e9}}],"visibility":"direct"}]}`))
	f.Add([]byte(`{"posts":null}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		document := fmt.Sprintf(`{"title":{"en":"W"},"language":"en","posts":[{"path":"posts-0001.json","sha256":%q,"size":%d}]}`, hash(string(raw)), len(raw))
		manifest := fmt.Sprintf(`{"format":"interlink-export","version":1,"kind":"community","id":%q,"owner":%q,"document":{"path":"community.json","sha256":%q,"size":%d}}`,
			communityHead.IRI, communityHead.Owner, hash(document), len(document))
		whole := parts("community.json", document, "posts-0001.json", string(raw), "manifest.json", manifest)
		a, err := portable.Read(bytes.NewReader(whole), int64(len(whole)))
		if err != nil {
			return
		}
		d, once, _ := arrived(t, a)
		again := communityArchive(t, d, once, nil)
		if a, err = portable.Read(bytes.NewReader(again), int64(len(again))); err != nil {
			t.Fatal(err)
		}
		d, twice, _ := arrived(t, a)
		if second := communityArchive(t, d, twice, nil); !bytes.Equal(again, second) {
			t.Fatalf("once and twice:\n%+v\n%+v", once, twice)
		}
	})
}

// TestCommunityLeavesOut: of a community with more members, bans, acts and pictures
// than an archive holds, it says how many are not in it, and so does the report
// of who imports it; of what was pinned, which it was.
func TestCommunityLeavesOut(t *testing.T) {
	t.Parallel()
	held := portable.HeldCommunity{Community: &community.Community{Title: domain.Text{"en": "Walkers"}, Language: "en", Cadence: community.Daily, CreatedAt: day}, People: map[domain.ActorID]domain.IRI{}}
	for i := range 50_002 {
		id := domain.ActorID(fmt.Sprint(i))
		held.Members, held.People[id] = append(held.Members, id), domain.IRI(fmt.Sprintf("https://b.example/users/%d", i))
	}
	held.Left.Members = 3 // which were not even read
	for _, id := range held.Members {
		held.Bans = append(held.Bans, &community.Ban{Actor: id, At: day})
	}
	held.Log = make([]community.Act, 20_001)
	held.Pinned = []domain.IRI{"https://b.example/posts/1"}
	var posts []community.Past
	for i := 0; i < 15_004; i += 31 {
		p := community.Past{IRI: domain.IRI(fmt.Sprintf("https://b.example/posts/%d", i)), Author: "https://b.example/users/bo", Community: communityHead.IRI, Type: "Note", Visibility: community.Public, Published: day}
		for j := i; j < min(i+31, 15_004); j++ {
			p.Files = append(p.Files, community.PastFile{Attachment: community.Attachment{URL: "https://b.example/files/1"}, SHA256: hash(fmt.Sprint(j))})
		}
		posts = append(posts, p)
	}
	raw := communityArchive(t, portable.DescribeCommunity(held), posts, nil)
	a, err := portable.Read(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	if want := (portable.Left{Members: 5, Log: 1, Bans: 2, Files: 4}); a.Community.Left != want || len(a.Community.Members) != 50_000 || len(a.Community.Log) != 20_000 || len(a.Community.Bans) != 50_000 {
		t.Errorf("left out: %+v, not %+v", a.Community.Left, want)
	}
	_, _, arrival := arrived(t, a)
	for _, want := range []portable.Lost{
		{What: "5", Reason: portable.LostMoreMembers}, {What: "1", Reason: portable.LostMoreLog}, {What: "2", Reason: portable.LostMoreBans}, {What: "4", Reason: portable.LostMoreFiles},
		{IRI: "https://b.example/posts/1", Reason: portable.LostPin},
	} {
		if !slices.Contains(arrival.Lost, want) {
			t.Errorf("the report does not say %+v", want)
		}
	}
}
