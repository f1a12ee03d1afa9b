package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"time"

	"interlink/cmd/interlink/node"
	"interlink/config"
	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/lineage"
	"interlink/domain/story"
	"interlink/federation/activity"
	"interlink/federation/evidence"
	"interlink/federation/httpsig"
	"interlink/federation/remote"
	"interlink/web/locale"
)

// verifyStoryCommand checks who signed a story, a release, the stamp of a clone, an entry of a catalogue, or another
// document with a proof, and that a story shows, and a release is of, what was signed. No node is needed for it.
type verifyStoryCommand struct {
	What     string   `arg:"" help:"Address of a story, of a copy of one on another node, of a release, of an entry of a catalogue or of the stamp of a clone, or a file: what a page of a story offers as its evidence, any document with a proof, or an archive. - reads standard input."`
	Keys     []string `name:"key" help:"A key that you know to be the organisation's (z6Mk…), from its page or by another way; repeat it for several. Without it, the keys that came with a file are only as good as the file."`
	Ask      bool     `help:"Ask the organisations' own servers for their keys; always so for an address."`
	Loopback bool     `help:"Ask servers on this machine without https, too; always so where the settings have federation.allow_private."`
}

// Help tells of the exit status.
func (*verifyStoryCommand) Help() string {
	return "Exit status: 0 verified; 1 not verified: it was altered, or its owner did not sign it; 2 the command line cannot be understood; 3 it could not be checked: what was missing, and what to do, is said."
}

// Validate refuses what is no key: whoever mistypes one is not told that the
// signature is somebody else's.
func (c *verifyStoryCommand) Validate() error {
	for _, key := range c.Keys {
		if _, err := httpsig.ParseMultibase(strings.TrimSpace(key)); err != nil {
			return fmt.Errorf("--key: %q is no key: those of organisations begin with z6Mk and are copied as a whole", key)
		}
	}
	return nil
}

// maxFile is the longest file that is read, in bytes: a story and what it shows.
const maxFile = story.MaxSnapshot + 2*activity.MaxBytes

// unchecked is why something could not be checked, and what to do then.
type unchecked struct{ why, todo string }

func (u *unchecked) Error() string { return u.why }

// Run implements the command.
func (c *verifyStoryCommand) Run(env *environment) error {
	options := remote.Options{UserAgent: "interlink-verify/" + node.Version, AllowPrivate: c.Loopback}
	if s, err := config.Load(env.config, env.environ); err == nil { // no node is needed; one's own knows whom it trusts
		options.AllowPrivate = c.Loopback || s.Federation.AllowPrivate
		options.ExtraCA = s.Federation.ExtraCA.PEM
	}
	client, err := remote.NewClient(options)
	if err != nil {
		return err
	}
	defer client.Close()
	v := &verifying{verifyStoryCommand: c, ctx: env.ctx, out: env.out, client: client, words: locale.Default().Printer(locale.Fallback, nil)}
	return v.run(env.in)
}

// verifying is one run of the command.
type verifying struct {
	*verifyStoryCommand
	ctx    context.Context
	out    io.Writer
	client *remote.Client
	words  *locale.Printer
	gone   []string // keys of partners that are no more
}

func (v *verifying) run(in io.Reader) error {
	if v.address() {
		v.Ask = true
		opened, err := v.fetch()
		if err != nil {
			return v.end(err)
		}
		return v.end(v.judge(opened))
	}
	if v.What != "-" {
		file, err := os.Open(v.What)
		if err != nil {
			return v.end(&unchecked{err.Error(), "Name a file that is there, or an address that begins with https://."})
		}
		defer func() { _ = file.Close() }()
		if isArchive(file) {
			return v.end(v.archive(file))
		}
		in = file
	}
	raw, err := io.ReadAll(io.LimitReader(in, maxFile+1))
	if err != nil {
		return v.end(&unchecked{err.Error(), "Try again, or copy the file first."})
	}
	opened, err := openFile(raw)
	if err != nil {
		return v.end(err)
	}
	return v.end(v.judge(opened))
}

func (v *verifying) address() bool {
	return strings.HasPrefix(v.What, "https://") || strings.HasPrefix(v.What, "http://")
}

// fetch reads what is at an address.
func (v *verifying) fetch() (opened *evidence.Opened, err error) {
	iri := domain.IRI(v.What)
	if at := evidenceAt(v.What); at != "" {
		read, err := v.client.File(v.ctx, at, "", "", maxFile)
		if err != nil {
			return nil, unread(at, err)
		}
		return openFile(read.Body)
	}
	opened, err = fetched(v.ctx, v.client, iri)
	if err != nil {
		err = unread(iri, err)
	}
	return opened, err
}

// unread says that an address could not be read.
func unread(at domain.IRI, err error) error {
	todo := "Check the address, and try again later. If you have saved the evidence of a story, verify that file; another node that has a copy offers it, too."
	switch domain.CodeOf(err) {
	case domain.Gone:
		todo = "Its own server says that it was withdrawn or deleted. A copy on another node, or evidence that somebody saved, can still be verified."
	case domain.Forbidden:
		todo = "The address is not one that is asked from here: servers on this machine need --loopback."
	}
	return &unchecked{"what is at " + string(at) + " could not be read: " + explain(err), todo}
}

// judge checks a document, and says what came of it.
func (v *verifying) judge(o *evidence.Opened) error {
	if err := unsignable(o.Document); err != nil {
		return err
	}
	report, err := v.check(o)
	if err != nil {
		return err
	}
	return v.tell(report)
}

// check finds out who signed a document. Where a key cannot be found, those that
// are known are tried.
func (v *verifying) check(o *evidence.Opened) (*evidence.Report, error) {
	keys := o.Along
	if v.Ask {
		keys = v.asked(o)
	}
	report, err := evidence.Check(v.ctx, o.Document, o.Snapshot, keys, time.Now())
	if err != nil {
		return nil, err
	}
	for _, known := range v.Keys {
		if !missing(report.Err()) {
			break
		}
		by := func(_ context.Context, method string) (evidence.Key, error) {
			return evidence.Key{ID: method, Controller: domain.IRI(method).WithoutFragment(), Multibase: strings.TrimSpace(known)}, nil
		}
		if again, err := evidence.Check(v.ctx, o.Document, o.Snapshot, by, time.Now()); err == nil && again.Err() == nil {
			report = again
		}
	}
	report.CompareTree(o.Document, o.Tree)
	return report, nil
}

// asked asks for keys at their servers. That of a partner that is no more by the
// word of its server is the one that came along: that it signed stays so.
func (v *verifying) asked(o *evidence.Opened) evidence.Keys {
	ask, owner := asking(v.client), evidence.OwnerOf(o.Document)
	return func(ctx context.Context, method string) (evidence.Key, error) {
		key, err := ask(ctx, method)
		if domain.CodeOf(err) != domain.Gone || domain.IRI(method).WithoutFragment() == owner {
			return key, err
		}
		along, none := v.along(ctx, o, method)
		if none != nil {
			return key, err
		}
		v.gone = append(v.gone, method)
		return along, nil
	}
}

// along finds a key that came with a document, or that the evidence of a story has
// which is read from its server, of who is no more.
func (v *verifying) along(ctx context.Context, o *evidence.Opened, method string) (evidence.Key, error) {
	if _, _, told := activity.ReadStory(o.Document); told && v.address() && o.Keys == nil {
		read, err := v.client.File(ctx, o.Document.IRI("id")+"/evidence", "", "", maxFile)
		if err != nil {
			return evidence.Key{}, err
		}
		offered, err := evidence.Open(read.Body)
		if err != nil {
			return evidence.Key{}, err
		}
		o.Keys = offered.Keys
	}
	return o.Orphaned(ctx, method)
}

// missing reports whether a signature could not be checked as its key is not to
// be had.
func missing(err error) bool {
	switch domain.CodeOf(err) {
	case domain.NotFound, domain.Gone, domain.Unavailable, domain.TooMany:
		return true
	}
	return false
}

// evidenceShape finds the evidence of a story, and the page of a copy of one,
// which is no document of the node that shows it.
var evidenceShape = regexp.MustCompile(`^(https?://[^/]+/stories/(?:[a-z0-9-]+@[^/?#]+|[a-z0-9-]+/evidence))(?:/evidence|[?#].*)?$`)

// evidenceAt is where the evidence of a story, or of a copy of one, is; "" for
// another address.
func evidenceAt(address string) domain.IRI {
	found := evidenceShape.FindStringSubmatch(address)
	if found == nil {
		return ""
	}
	return domain.IRI(strings.TrimSuffix(found[1], "/evidence") + "/evidence")
}

// fetched reads a document, and of a story what it shows, from its server.
func fetched(ctx context.Context, client *remote.Client, iri domain.IRI) (*evidence.Opened, error) {
	raw, err := client.Object(ctx, iri)
	if err != nil {
		return nil, err
	}
	opened, err := evidence.Open(raw)
	if err != nil {
		return nil, err
	}
	if _, ok := activity.ReadRelease(opened.Document); ok {
		opened.Tree, err = treeOf(ctx, client, opened.Document.IRI("id")+"/tree")
		return opened, err
	}
	_, at, ok := activity.ReadStory(opened.Document)
	if !ok || at == "" {
		return opened, nil
	}
	if raw, err = client.Large(ctx, at, maxFile); err != nil {
		return nil, err
	}
	shown, err := activity.ScanLarge(raw, maxFile)
	if err == nil {
		opened.Snapshot = shown["interlink:snapshot"]
	}
	return opened, err
}

// treeOf reads the tree of a release from its server, page by page.
func treeOf(ctx context.Context, client *remote.Client, at domain.IRI) ([]lineage.SourceItem, error) {
	var items []lineage.SourceItem
	for seen := map[domain.IRI]bool{}; at != "" && !seen[at]; {
		seen[at] = true
		raw, err := client.Object(ctx, at)
		if err != nil {
			return nil, err
		}
		doc, err := activity.Scan(raw)
		if err != nil {
			return nil, err
		}
		for _, one := range doc.Objects("orderedItems") {
			if it, ok := activity.ReadItem(one); ok {
				items = append(items, it)
			}
		}
		if len(items) > coproduction.MaxItems {
			return nil, errors.New("the tree is too large")
		}
		next := doc.IRI("next")
		if next == "" && len(seen) == 1 && len(items) == 0 {
			next = doc.IRI("first")
		}
		if next != "" && !domain.SameOrigin(next, at) {
			return nil, errors.New("the tree goes on at another server")
		}
		at = next
	}
	return items, nil
}

// asking reads keys from the documents of their owners, at their own servers.
func asking(client *remote.Client) evidence.Keys {
	return func(ctx context.Context, method string) (evidence.Key, error) {
		iri, err := domain.ParseIRI(method)
		if err != nil {
			return evidence.Key{}, err
		}
		raw, err := client.Object(ctx, iri.WithoutFragment())
		if err != nil {
			return evidence.Key{}, err
		}
		actor, err := activity.Scan(raw)
		if err != nil {
			return evidence.Key{}, err
		}
		return evidence.KeyOf(actor, method)
	}
}
