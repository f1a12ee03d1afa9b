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
	"interlink/federation/remote"
)

// verifyStoryCommand checks who signed a story, a release, the stamp of a clone, or another document with a proof, and
// that a story shows, and a release is of, what was signed. No node is needed for it.
type verifyStoryCommand struct {
	What     string   `arg:"" help:"Address of a story, of a copy of one on another node, of a release or of the stamp of a clone, or a file: what a page of a story offers as its evidence, or any document with a proof. - reads standard input."`
	Keys     []string `name:"key" help:"A key that you know to be the organisation's (z6Mk…), from its page or by another way; repeat it for several. Without it, the keys that came with a file are only as good as the file."`
	Ask      bool     `help:"Ask the organisations' own servers for their keys; always so for an address."`
	Loopback bool     `help:"Ask servers on this machine without https, too; always so where the settings have federation.allow_private."`
}

// maxFile is the longest file that is read, in bytes: a story and what it shows.
const maxFile = story.MaxSnapshot + 2*activity.MaxBytes

// Run implements the command; what does not verify ends it with status 1.
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
	opened, err := c.open(env, client)
	if err != nil {
		return err
	}
	keys, from := opened.Along, "came with the file"
	if c.Ask {
		keys, from = asking(client), "read from its server now"
	}
	report, err := evidence.Check(env.ctx, opened.Document, opened.Snapshot, keys, time.Now())
	if err != nil {
		return err
	}
	report.CompareTree(opened.Document, opened.Tree)
	return c.tell(env.out, report, from)
}

// open reads what is to be checked.
func (c *verifyStoryCommand) open(env *environment, client *remote.Client) (*evidence.Opened, error) {
	if strings.HasPrefix(c.What, "https://") || strings.HasPrefix(c.What, "http://") {
		c.Ask = true
		if at := evidenceAt(c.What); at != "" {
			read, err := client.File(env.ctx, at, "", "", maxFile)
			if err != nil {
				return nil, err
			}
			return evidence.Open(read.Body)
		}
		return fetched(env.ctx, client, domain.IRI(c.What))
	}
	in := env.in
	if c.What != "-" {
		file, err := os.Open(c.What)
		if err != nil {
			return nil, err
		}
		defer func() { _ = file.Close() }()
		in = file
	}
	raw, err := io.ReadAll(io.LimitReader(in, maxFile+1))
	if err != nil {
		return nil, err
	}
	if len(raw) > maxFile {
		return nil, errors.New("the file is too large to be a story")
	}
	return evidence.Open(raw)
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

// tell says what was checked, and how it ended.
func (c *verifyStoryCommand) tell(out io.Writer, r *evidence.Report, from string) error {
	say := func(format string, args ...any) { _, _ = fmt.Fprintf(out, format+"\n", args...) }
	title, _ := r.Title.In("en")
	say("%s %s %q", strings.ToLower(r.Type), r.ID, title)
	if s := r.Stamp; s != nil {
		say("  says: %s is a clone of %s, accepted on %s", s.Clone, s.Source, s.At.Format(time.DateOnly))
		if s.Digest != "" {
			say("  of the tree with SHA-256 %s", s.Digest)
		}
	}
	verdict := r.Err()
	for _, s := range r.Signatures {
		who := "partner"
		if s.Signer == r.Owner || s.Signer == "" && domain.SameOrigin(domain.IRI(s.Method), r.Owner) {
			who = "owner"
		}
		known := c.known(s.Key)
		switch {
		case s.Err != nil:
			say("  %s: %s: DOES NOT HOLD: %s", who, s.Method, explain(s.Err))
		case len(c.Keys) > 0 && !known:
			say("  %s: %s: signed by a key that you do not know: %s", who, s.Signer, s.Key)
			if who == "owner" {
				verdict = errors.New("the owner's key is none of those you know")
			}
		default:
			source := from
			if known {
				source = "known to you"
			}
			say("  %s: signed by %s on %s; key %s (%s)", who, s.Signer, s.Created.Format(time.DateOnly), s.Key, source)
		}
	}
	switch r.Shown {
	case evidence.ShownSame:
		say("  shows: what was signed (SHA-256 %s)", r.Digest)
	case evidence.ShownAltered:
		say("  shows: SOMETHING ELSE than what was signed (SHA-256 %s)", r.Digest)
	case evidence.ShownAbsent:
		say("  shows: not there to be compared (SHA-256 %s)", r.Digest)
	}
	if verdict != nil {
		say("NOT VERIFIED: %s", explain(verdict))
		return errFailed
	}
	if !c.Ask && len(c.Keys) == 0 {
		say("verified against the keys that came with the file: compare them with those on the organisation's page, or name one with --key")
		return nil
	}
	say("verified")
	return nil
}

func (c *verifyStoryCommand) known(key string) bool {
	for _, k := range c.Keys {
		if strings.TrimSpace(k) == key {
			return true
		}
	}
	return false
}
