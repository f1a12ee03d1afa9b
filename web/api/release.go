package api

import (
	"context"
	"net/http"
	"time"

	"interlink/domain"
	"interlink/domain/lineage"
)

// Release is a release of a process.
type Release struct {
	ID       domain.ID       `json:"id"`
	IRI      domain.IRI      `json:"iri"`
	Version  string          `json:"version"`
	Previous string          `json:"previous,omitempty" doc:"version before"`
	Title    domain.Text     `json:"title" doc:"of the process"`
	Note     domain.Text     `json:"note,omitempty" doc:"what it brings; Markdown"`
	Licence  string          `json:"licence" doc:"SPDX"`
	Changes  []ReleaseChange `json:"changes"`
	Items    int             `json:"items" doc:"phases, objectives and tasks in its tree"`
	Digest   string          `json:"digest" doc:"of its tree: hex SHA-256 of the SHA-256 of the canonical JSON of each item, in order"`
	At       time.Time       `json:"at"`
	Credits  []Credit        `json:"credits" doc:"clones whose improvements it brings"`
	Signers  []domain.IRI    `json:"signers,omitempty" doc:"of another node's: whose proofs held when it came"`
}

// Credit is a clone whose improvement was taken.
type Credit struct {
	Clone   domain.IRI  `json:"clone"`
	Title   domain.Text `json:"title,omitempty"`
	Authors []string    `json:"authors" doc:"who agreed to be named"`
	Licence string      `json:"licence"`
	Taken   int         `json:"taken" doc:"items"`
}

// ReleaseChange is what a release says of an item.
type ReleaseChange struct {
	Item    string      `json:"item" doc:"address"`
	Name    domain.Text `json:"name"`
	Kind    string      `json:"kind" enum:"fix,clarification,legal,new"`
	Removed bool        `json:"removed,omitempty"`
	Note    domain.Text `json:"note,omitempty"`
}

func releaseOf(r *lineage.Release) Release {
	out := Release{
		ID: r.ID, IRI: r.IRI, Version: r.Version.String(), Previous: r.Previous, Title: r.Title, Note: r.Note, Licence: r.Licence,
		Changes: []ReleaseChange{}, Items: r.Items, Digest: r.Digest, At: r.At, Credits: []Credit{},
	}
	for _, c := range r.Credits {
		out.Credits = append(out.Credits, Credit{c.Clone, c.Title, append([]string{}, c.Authors...), c.Licence, c.Taken})
	}
	if r.Proof != nil {
		for _, s := range r.Proof.Signatures {
			out.Signers = append(out.Signers, s.Signer)
		}
	}
	for _, c := range r.Changes {
		out.Changes = append(out.Changes, ReleaseChange{Item: c.Item, Name: c.Name, Kind: string(c.Kind), Removed: c.Removed, Note: c.Note})
	}
	return out
}

// NextRelease is what a next release of a process would say.
type NextRelease struct {
	Last     string          `json:"last,omitempty" doc:"version of the last release"`
	Versions []string        `json:"versions" doc:"of which the next one has one"`
	Digest   string          `json:"digest" doc:"of the tree as it is"`
	Changes  []ReleaseChange `json:"changes" doc:"since the last release, with the kinds that are proposed"`
}

// ReleaseInput makes a release.
type ReleaseInput struct {
	Named
	Body struct {
		Version string                        `json:"version" maxLength:"20"`
		Note    domain.Text                   `json:"note,omitempty"`
		Licence string                        `json:"licence" maxLength:"100" doc:"SPDX"`
		Digest  string                        `json:"digest" maxLength:"64" doc:"of the tree that was read; if it is another by now, nothing is released"`
		Changes map[string]ReleaseChangeInput `json:"changes,omitempty" doc:"by address of the item"`
	}
}

// ReleaseChangeInput says why an item changed.
type ReleaseChangeInput struct {
	Kind string      `json:"kind" enum:"fix,clarification,legal,new"`
	Note domain.Text `json:"note,omitempty"`
}

// VersionOfProcess asks for a release.
type VersionOfProcess struct {
	Named
	Version string `path:"version" maxLength:"36"`
}

// Updates are what the newest release of its source means for a clone.
type Updates struct {
	Release *Release       `json:"release,omitempty" doc:"newest of the source; absent if none is known"`
	Counts  lineage.Counts `json:"counts"`
	Updates []Update       `json:"updates"`
}

// Update is an item that changed in the source.
type Update struct {
	Item    string       `json:"item" doc:"address in the source; empty for the order of the phases"`
	Kind    string       `json:"kind,omitempty"`
	Name    domain.Text  `json:"name,omitempty"`
	Outcome string       `json:"outcome" enum:"safe,conflict,new,removed"`
	Touched bool         `json:"touched,omitempty" doc:"it is removed there, and was changed or worked in here"`
	Mark    string       `json:"mark" doc:"changes with what is in the update"`
	Parts   []UpdatePart `json:"parts"`
}

// UpdatePart is one thing that changed of an item.
type UpdatePart struct {
	Field    string      `json:"field"`
	Lang     domain.Lang `json:"lang,omitempty"`
	Base     string      `json:"base,omitempty"`
	Theirs   string      `json:"theirs,omitempty"`
	Mine     string      `json:"mine,omitempty"`
	Conflict bool        `json:"conflict,omitempty"`
}

// MergeInput decides on updates.
type MergeInput struct {
	Named
	Body struct {
		Release   domain.ID       `json:"release" maxLength:"36" doc:"that was read"`
		AllSafe   bool            `json:"allSafe,omitempty" doc:"take all that are safe"`
		AllNew    bool            `json:"allNew,omitempty" doc:"take all that are new"`
		Decisions []MergeDecision `json:"decisions,omitempty" maxItems:"5000"`
	}
}

// MergeDecision decides on one.
type MergeDecision struct {
	Item     string      `json:"item" maxLength:"2048"`
	Mark     string      `json:"mark,omitempty" maxLength:"64" doc:"of the update that was read; if it is another by now, it stays open"`
	Decision string      `json:"decision" enum:"take,keep,edit,never"`
	Texts    []MergeText `json:"texts,omitempty" maxItems:"200" doc:"for edit: what is said instead"`
}

// MergeText is a text of one's own.
type MergeText struct {
	Field string      `json:"field" enum:"name,description"`
	Lang  domain.Lang `json:"lang" maxLength:"35"`
	Text  string      `json:"text" maxLength:"50000"`
}

// Merge is a release that was merged into a clone.
type Merge struct {
	ID       domain.ID  `json:"id"`
	Release  domain.IRI `json:"release"`
	Version  string     `json:"version"`
	Digest   string     `json:"digest"`
	Taken    int        `json:"taken"`
	Kept     int        `json:"kept"`
	By       *Actor     `json:"by,omitempty"`
	At       time.Time  `json:"at"`
	UndoneAt *time.Time `json:"undoneAt,omitempty"`
}

func (a *API) merge(ctx context.Context, c *caller, m *lineage.MergeRecord) Merge {
	return Merge{
		ID: m.ID, Release: m.IRI, Version: m.Version, Digest: m.Digest, Taken: m.Taken, Kept: m.Kept, By: a.actorByID(ctx, c, m.By), At: m.At,
		UndoneAt: instant(m.UndoneAt),
	}
}

// Merged is what became of decisions.
type Merged struct {
	Merge   *Merge   `json:"merge,omitempty" doc:"absent if nothing changed"`
	Stale   []string `json:"stale,omitempty" doc:"items of which the update is another than was read, and that stay open; or that are settled in other words than these"`
	Skipped int      `json:"skipped,omitempty" doc:"prerequisites that were left out, as they would go in a circle"`
}

// MergeID asks for a merge.
type MergeID struct {
	Named
	Merge string `path:"merge" maxLength:"36"`
}

// Undone is what became of a merge that was undone.
type Undone struct {
	Kept int `json:"kept" doc:"items that stay, wholly or in part, as somebody changed them since"`
}

func (a *API) releaseOperations() {
	const tag = "Releases"
	do(a, tag, operation{method: http.MethodGet, path: "/processes/{name}/releases", summary: "List the releases of a process", description: "Newest first."},
		func(ctx context.Context, c *caller, in *NamedPaging) (*List[Release], error) {
			return listAs(c, releaseOf)(a.Releases.Releases(ctx, c.viewer, in.Name, in.page()))
		})
	do(a, tag, operation{method: http.MethodGet, path: "/processes/{name}/releases/{version}", summary: "Read a release of a process"},
		func(ctx context.Context, c *caller, in *VersionOfProcess) (*One[Release], error) {
			return oneAs(releaseOf)(a.Releases.Release(ctx, c.viewer, in.Name, in.Version))
		})
	do(a, tag, operation{method: http.MethodGet, path: "/processes/{name}/next-release", own: true, summary: "Read what changed since the last release", description: "For administrators of a public process."}, a.nextRelease)
	do(a, tag, operation{method: http.MethodPost, path: "/processes/{name}/releases", status: http.StatusCreated, summary: "Release a process as it is", description: "For administrators of a public process. A release does not change any more; the clones are told."}, a.publishRelease)
	do(a, tag, operation{method: http.MethodGet, path: "/processes/{name}/updates", own: true, summary: "Read what the newest release of its source means for a clone", description: "For administrators of the clone."}, a.updates)
	do(a, tag, operation{method: http.MethodPost, path: "/processes/{name}/merges", summary: "Decide on updates of a clone", description: "For administrators of the clone. What was changed here is never lost; a merge can be undone."}, a.mergeUpdates)
	do(a, tag, operation{method: http.MethodGet, path: "/processes/{name}/merges", own: true, summary: "List the merges of a clone", description: "For administrators of the clone. Newest first."},
		func(ctx context.Context, c *caller, in *NamedPaging) (*List[Merge], error) {
			list, err := a.Releases.Merges(ctx, c.viewer, in.Name, in.page())
			if err != nil {
				return nil, err
			}
			return shown(ctx, a, c, list, func(m *lineage.MergeRecord) []domain.ActorID { return []domain.ActorID{m.By} },
				func(m *lineage.MergeRecord) Merge { return a.merge(ctx, c, m) })
		})
	do(a, tag, operation{method: http.MethodPost, path: "/processes/{name}/merges/{merge}/undoing", summary: "Undo a merge", description: "For administrators of the clone. What was changed since stays; the questions are open again."},
		func(ctx context.Context, c *caller, in *MergeID) (*One[Undone], error) {
			kept, err := a.Releases.Undo(ctx, c.viewer, in.Name, domain.ID(in.Merge))
			if err != nil {
				return nil, err
			}
			return one(Undone{kept}), nil
		})
	do(a, tag, operation{method: http.MethodPost, path: "/processes/{name}/updates/look", summary: "Ask the source of a clone for a newer release", description: "For administrators of the clone. The answer takes a moment.", status: http.StatusAccepted},
		func(ctx context.Context, c *caller, in *Named) (*None, error) {
			return nothing(a.Releases.Look(ctx, c.viewer, in.Name))
		})
}

func (a *API) nextRelease(ctx context.Context, c *caller, in *Named) (*One[NextRelease], error) {
	d, err := a.Releases.Draft(ctx, c.viewer, in.Name)
	if err != nil {
		return nil, err
	}
	out := NextRelease{Versions: []string{}, Digest: d.Digest, Changes: []ReleaseChange{}}
	if d.Last != nil {
		out.Last = d.Last.Version.String()
	}
	for _, v := range d.Next {
		out.Versions = append(out.Versions, v.String())
	}
	for _, p := range d.Changes {
		out.Changes = append(out.Changes, ReleaseChange{Item: p.Item, Name: p.Name, Kind: string(p.Kind), Removed: p.Removed})
	}
	return one(out), nil
}

func (a *API) publishRelease(ctx context.Context, c *caller, in *ReleaseInput) (*Made[Release], error) {
	b := in.Body
	version, err := lineage.ParseVersion(b.Version)
	if err != nil {
		return nil, domain.InvalidField("version", "release.version_shape")
	}
	said := lineage.ReleaseInput{Version: version, Note: b.Note, Licence: b.Licence, Digest: b.Digest, Changes: map[string]lineage.ChangeInput{}}
	for item, change := range b.Changes {
		said.Changes[item] = lineage.ChangeInput{Kind: lineage.ChangeKind(change.Kind), Note: change.Note}
	}
	r, err := a.Releases.Publish(ctx, c.viewer, in.Name, said)
	if err != nil {
		return nil, err
	}
	return &Made[Release]{Location: string(r.IRI), Body: releaseOf(r)}, nil
}

func (a *API) updates(ctx context.Context, c *caller, in *Named) (*One[Updates], error) {
	u, err := a.Releases.Updates(ctx, c.viewer, in.Name)
	if err != nil {
		return nil, err
	}
	out := Updates{Counts: u.Counts, Updates: updatesOf(u.Updates)}
	if u.Release != nil {
		r := releaseOf(u.Release)
		out.Release = &r
	}
	return one(out), nil
}

func (a *API) mergeUpdates(ctx context.Context, c *caller, in *MergeInput) (*One[Merged], error) {
	said := lineage.MergeInput{Release: in.Body.Release, AllSafe: in.Body.AllSafe, AllNew: in.Body.AllNew, Marks: map[string]string{}}
	for _, d := range in.Body.Decisions {
		values, err := ownTexts(d.Texts)
		if err != nil {
			return nil, err
		}
		r := lineage.Resolution{ID: d.Item, Decision: lineage.Decision(d.Decision), Values: values}
		said.Decisions = append(said.Decisions, r)
		said.Marks[d.Item] = d.Mark
	}
	result, err := a.Releases.Merge(ctx, c.viewer, in.Name, said)
	if err != nil {
		return nil, err
	}
	out := Merged{Stale: result.Stale, Skipped: len(result.Skipped)}
	if result.Record != nil {
		m := a.merge(ctx, c, result.Record)
		out.Merge = &m
	}
	return one(out), nil
}
