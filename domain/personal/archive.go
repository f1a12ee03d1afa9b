package personal

import (
	"archive/zip"
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"path"
	"strings"

	"interlink/domain"
	"interlink/domain/account"
	"interlink/domain/policy"
)

// Data reads all that the node holds of a person, in parts.
type Data interface {
	// Parts names the parts: each becomes a file data/NAME.json.
	Parts() []string
	// Part passes the rows of one on, in pages, oldest first.
	Part(ctx context.Context, name string, person domain.ActorID, account domain.ID, row func(map[string]any) error) error
	// Sent passes the bytes of the activities of a person on, oldest first.
	Sent(ctx context.Context, person domain.ActorID, activity func(raw []byte) error) error
	// Followed passes those on whom a person follows, with the host "" for this
	// node's.
	Followed(ctx context.Context, person domain.ActorID, one func(name, host string) error) error
}

// ReadFile reads a picture by the last part of its address. Errors: NotFound,
// Unavailable.
type ReadFile func(ctx context.Context, hash string) ([]byte, error)

// ArchiveBy sets where the contents of archives come from.
func (s *Service) ArchiveBy(data Data, files ReadFile) { s.data, s.files = data, files }

// Packed is a file of an archive.
type Packed struct {
	Path string
	Key  string // what it is: "posts", "outbox", "following", "file", …
	N    int    // rows in it; -1 for one that has none
}

// Archive is all that the node holds of one person, to be written once.
type Archive struct {
	s       *Service
	account *account.Account
	zip     *zip.Writer
	packed  []Packed

	// Index makes the page that says what is in the archive; it is asked last.
	Index func([]Packed) (string, error)
	// Progress is called before each file; nil is not.
	Progress func()
}

// Archive asks the viewer for their password and returns what is to be
// written. Errors: Unauthenticated, TooMany; Invalid on "password".
func (s *Service) Archive(ctx context.Context, v policy.Viewer, password string) (*Archive, error) {
	a, err := s.own(ctx, v)
	if err != nil {
		return nil, err
	}
	if err := s.prove(ctx, v, password); err != nil {
		return nil, err
	}
	return &Archive{s: s, account: a}, nil
}

// Name is that of the file.
func (a *Archive) Name() string {
	return a.account.Username + "-" + a.s.mint.Now().Format("2006-01-02") + ".zip"
}

// Write writes the archive as a ZIP file; no more than a page of rows, or one
// picture, is in memory at once.
func (a *Archive) Write(ctx context.Context, w io.Writer) error {
	a.zip = zip.NewWriter(w)
	for _, name := range a.s.data.Parts() {
		if err := a.part(ctx, name); err != nil {
			return err
		}
	}
	for _, write := range []func(context.Context) error{a.outbox, a.following, a.pictures, a.index} {
		if err := write(ctx); err != nil {
			return err
		}
	}
	return a.zip.Close()
}

// file begins a file of the archive; end notes how many rows it has.
func (a *Archive) file(name, key string) (w io.Writer, end func(n int), err error) {
	if a.Progress != nil {
		a.Progress()
	}
	w, err = a.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: a.s.mint.Now()})
	return w, func(n int) { a.packed = append(a.packed, Packed{Path: name, Key: key, N: n}) }, err
}

// rows writes a list of JSON values, with something before and behind it.
func rows(w io.Writer, before, behind string, each func(write func(raw []byte) error) error) (n int, err error) {
	if _, err := io.WriteString(w, before+"["); err != nil {
		return 0, err
	}
	err = each(func(raw []byte) error {
		sep := ",\n"
		if n == 0 {
			sep = "\n"
		}
		n++
		if _, err := io.WriteString(w, sep); err != nil {
			return err
		}
		_, err := w.Write(raw)
		return err
	})
	if err == nil {
		_, err = io.WriteString(w, "\n]"+behind+"\n")
	}
	return n, err
}

func (a *Archive) part(ctx context.Context, name string) error {
	w, end, err := a.file(path.Join("data", name+".json"), name)
	if err != nil {
		return err
	}
	n, err := rows(w, "", "", func(write func([]byte) error) error {
		return a.s.data.Part(ctx, name, a.account.Actor, a.account.ID, func(row map[string]any) error {
			raw, err := json.Marshal(row)
			if err != nil {
				return err
			}
			return write(raw)
		})
	})
	end(n)
	return err
}

// outbox is what the person sent, as it was sent: a collection of
// ActivityStreams, as other servers pack it.
func (a *Archive) outbox(ctx context.Context) error {
	w, end, err := a.file("outbox.json", "outbox")
	if err != nil {
		return err
	}
	n, err := rows(w, `{"@context":"https://www.w3.org/ns/activitystreams","id":"outbox.json","type":"OrderedCollection","orderedItems":`, "}",
		func(write func([]byte) error) error { return a.s.data.Sent(ctx, a.account.Actor, write) })
	end(n)
	return err
}

// following is a list in the form that Mastodon imports.
func (a *Archive) following(ctx context.Context) error {
	w, end, err := a.file("following_accounts.csv", "following")
	if err != nil {
		return err
	}
	list, n := csv.NewWriter(w), 0
	if err := list.Write([]string{"Account address", "Show boosts", "Notify on new posts", "Languages"}); err != nil {
		return err
	}
	err = a.s.data.Followed(ctx, a.account.Actor, func(name, host string) error {
		if host == "" {
			host = a.s.ns.HandleHost()
		}
		n++
		return list.Write([]string{name + "@" + host, "true", "false", ""})
	})
	list.Flush()
	end(n)
	if err == nil {
		err = list.Error()
	}
	return err
}

// pictures are those that the person shows; one that is not there is left out.
func (a *Archive) pictures(ctx context.Context) error {
	files, err := a.s.store.Files(ctx, a.account.Actor)
	for _, iri := range files {
		if err != nil {
			return err
		}
		hash := path.Base(string(iri))
		content, failed := a.s.files(ctx, hash)
		if domain.CodeOf(failed) == domain.NotFound {
			continue
		}
		if failed != nil {
			return failed
		}
		var w io.Writer
		var end func(int)
		if w, end, err = a.file("files/"+hash+suffix(content), "file"); err == nil {
			_, err = w.Write(content)
			end(-1)
		}
	}
	return err
}

// suffix names the kind of a picture that was drawn here.
func suffix(content []byte) string {
	switch begin := string(content[:min(len(content), 12)]); {
	case strings.HasPrefix(begin, "\x89PNG"):
		return ".png"
	case strings.HasPrefix(begin, "\xff\xd8"):
		return ".jpg"
	}
	return ""
}

func (a *Archive) index(context.Context) error {
	if a.Index == nil {
		return nil
	}
	page, err := a.Index(a.packed)
	if err != nil {
		return err
	}
	w, _, err := a.file("index.html", "index")
	if err == nil {
		_, err = io.WriteString(w, page)
	}
	return err
}
