package document

import (
	"context"
	"strconv"
	"time"

	"interlink/domain"
	"interlink/domain/lineage"
	"interlink/domain/markup"
	"interlink/domain/policy"
	"interlink/federation/activity"
	"interlink/federation/httpsig"
)

// Releases reads the releases of processes.
type Releases interface {
	Release(ctx context.Context, v policy.Viewer, name, version string) (*lineage.Release, error)
	Releases(ctx context.Context, v policy.Viewer, name string, page domain.Page) (domain.List[*lineage.Release], error)
	Tree(ctx context.Context, v policy.Viewer, name, version string, from, most int) (*lineage.Release, []lineage.SourceItem, error)
}

// Release makes a release of a public process. Errors: NotFound.
func (d *Documents) Release(ctx context.Context, name, version string) (any, error) {
	r, err := d.Releases.Release(ctx, everybody, name, version)
	if err != nil {
		return nil, err
	}
	return d.ReleaseOf(ctx, r)
}

// ReleaseOf makes the document of a release, in the language of its process,
// with the proofs of the process and of its organisation.
func (d *Documents) ReleaseOf(ctx context.Context, r *lineage.Release) (any, error) {
	p, err := d.Processes.ProcessByID(ctx, everybody, r.Actor)
	if err != nil {
		return nil, err
	}
	doc, err := d.proven(ctx, r.Actor, r.At, activity.Release(r, p.Language, d.summary(r, p.Language)))
	signed, ok := doc.(activity.Proven)
	if err != nil || !ok || p.Organization == domain.Nobody {
		return doc, err
	}
	publisher, err := d.Actors.Actor(ctx, p.Organization)
	if err != nil || publisher.Visibility != domain.VisiblePublic || publisher.Gone() {
		return doc, err
	}
	return d.signedToo(ctx, p.Organization, r.At, signed)
}

// summary says in one plain paragraph what a release is.
func (d *Documents) summary(r *lineage.Release, lang domain.Lang) domain.Text {
	title, _ := r.Title.In(lang)
	words := d.Phrase(lang, "release.summary", r.Version.String(), title, len(r.Changes))
	note, in := r.Note.In(lang)
	if text := markup.Excerpt(markup.Markdown(note), 300); text != "" && (in == lang || lang == "") {
		words += " " + text
	}
	return domain.Text{lang: words}
}

// signedToo adds the proof of an actor of this node to a document that another
// signed.
func (d *Documents) signedToo(ctx context.Context, by domain.ActorID, at time.Time, doc activity.Proven) (any, error) {
	first, err := proofOf(doc)
	if err != nil {
		return nil, err
	}
	bare, err := httpsig.WithProofs(doc)
	if err != nil {
		return nil, err
	}
	raw, err := d.Keys.Prove(ctx, by, bare, at)
	if err != nil {
		return nil, err
	}
	second, err := proofOf(raw)
	if err != nil {
		return nil, err
	}
	raw, err = httpsig.WithProofs(bare, first, second)
	return activity.Proven(raw), err
}

// ReleaseList makes one page of the releases of a public process, newest
// first. Errors: NotFound.
func (d *Documents) ReleaseList(ctx context.Context, name string, p domain.Page) (domain.List[any], error) {
	list, err := d.Releases.Releases(ctx, everybody, name, p)
	out := domain.List[any]{Next: list.Next, Prev: list.Prev, Total: list.Total}
	if err != nil {
		return out, err
	}
	for _, r := range list.Items {
		doc, err := d.ReleaseOf(ctx, r)
		if err != nil {
			return out, err
		}
		out.Items = append(out.Items, doc)
	}
	return out, nil
}

// ReleaseTree makes one page of the tree of a release, in its order. Cursors
// are places, as a release does not change. Errors: NotFound, Invalid.
func (d *Documents) ReleaseTree(ctx context.Context, name, version string, p domain.Page) (domain.List[any], error) {
	at, total := 0, 0
	if p.After != "" {
		n, err := strconv.Atoi(p.After)
		if err != nil || n < 0 || n > maxPlace {
			return domain.List[any]{}, domain.InvalidField("page", "error.cursor")
		}
		at = n
	}
	r, err := d.Releases.Release(ctx, everybody, name, version)
	if err != nil {
		return domain.List[any]{}, err
	}
	total = r.Items
	from, to := at, min(at+p.Size(), total)
	if p.Back {
		if p.After == "" {
			at = total
		}
		from, to = max(0, at-p.Size()), min(at, total)
	}
	out := domain.List[any]{Total: total}
	if from >= to {
		return out, nil
	}
	_, items, err := d.Releases.Tree(ctx, everybody, name, version, from, to-from)
	if err != nil {
		return out, err
	}
	first, last := fitting(items, p.Back)
	from, to = from+first, from+last
	for _, it := range items[first:last] {
		out.Items = append(out.Items, activity.Item(r.Process, "", it))
	}
	if to < total {
		out.Next = strconv.Itoa(to)
	}
	if from > 0 {
		out.Prev = strconv.Itoa(from)
	}
	return out, nil
}

// maxPlace bounds the cursor of a tree.
const maxPlace = 1 << 20
