package inbox

import (
	"context"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/network"
	"interlink/domain/policy"
	"interlink/federation/activity"
)

// GroupReaders keeps which hosts share what is done in communities.
type GroupReaders interface {
	NoteGroups(ctx context.Context, host string) error
}

// announce handles Announce (ActivityPub §7.11): an actor that somebody here
// follows shares an object, which is read from its own server unless it is
// known, or proven to be its author's. A community may share an activity
// (FEP-1b12).
func (v *Verbs) announce(ctx context.Context, in *activity.Inbound, actor *network.Actor) error {
	if in.Object == "" {
		return nil
	}
	follows, err := v.Posts.Follows(ctx, actor.ID)
	if err != nil || !follows {
		return err
	}
	if v.NS.Owns(in.Object) {
		return v.echo(ctx, in, actor)
	}
	if kind := in.Embedded.Type(); activity.Known(kind) || kind == "Lock" { // which ActivityStreams does not have
		return v.unwrap(ctx, in, actor)
	}
	doc, err := v.shared(ctx, in, actor)
	if err != nil {
		return err
	}
	taken, err := v.Intake.Take(ctx, doc, Taking{Announcer: actor, Wanted: true})
	if err != nil {
		return err
	}
	return v.announced(ctx, in, actor, doc, taken)
}

// echo is somebody sharing what is ours, itself or the activity that made it: a
// post, or a story.
func (v *Verbs) echo(ctx context.Context, in *activity.Inbound, actor *network.Actor) error {
	object := in.Object
	if in.Embedded.Type() == "Create" {
		object = in.Embedded.IRI("object")
	}
	if err := v.Posts.ReceiveEcho(ctx, actor, object, in.Published); err != nil || actor.Type == network.TypeGroup {
		return err
	}
	st, err := v.Intake.stories.StoryByIRI(ctx, policy.Viewer{}, object)
	if code := domain.CodeOf(err); code == domain.NotFound || code == domain.Gone {
		return nil
	}
	if err != nil {
		return err
	}
	return v.Posts.ReceiveAnnounce(ctx, actor, community.Announcement{Kind: community.ObjectStory, ID: st.ID, IRI: st.IRI, At: in.Published})
}

// announced puts what was shared before those who follow whoever shared it.
func (v *Verbs) announced(ctx context.Context, in *activity.Inbound, actor *network.Actor, doc activity.Document, taken Taken) error {
	if taken.Kind == "" && doc.IRI("inReplyTo") != "" {
		return nil // an answer that is not approved
	}
	var approval domain.IRI
	if taken.Kind == community.ObjectPost {
		var ok bool
		var err error
		if approval, ok, err = v.mayShare(ctx, in, actor, taken.ID); err != nil || !ok {
			return err
		}
	}
	if taken.Kind == "" {
		return domain.Fail(domain.Invalid, "error.activity_unknown", "Announce "+doc.Type())
	}
	return v.Posts.ReceiveAnnounce(ctx, actor, community.Announcement{Kind: taken.Kind, ID: taken.ID, IRI: taken.IRI, At: in.Published, Approval: approval})
}

// unwrap acts on an activity that a community shares. What is said of an
// object is believed of its author, by a proof or by reading it again; what
// those who moderate the community did in it, of the community itself, for the
// copies of what was written in it. Likes are counted at their author's.
func (v *Verbs) unwrap(ctx context.Context, in *activity.Inbound, group *network.Actor) error {
	inner, err := activity.Read(in.Embedded)
	if err != nil {
		return err
	}
	if inner.Type == "Create" || inner.Type == "Update" {
		return v.unwrapPost(ctx, in, inner, group)
	}
	if group.Type != network.TypeGroup {
		return domain.Fail(domain.Invalid, "error.activity_unknown", "Announce "+inner.Type)
	}
	if err := v.GroupReaders.NoteGroups(ctx, group.Host); err != nil {
		return err
	}
	switch inner.Type {
	case "Delete":
		return v.unwrapDelete(ctx, inner, group)
	case "Lock":
		return v.Locks.ReceiveLock(ctx, group, inner.Object, inner.ID, true)
	case "Block":
		if inner.Target != group.IRI {
			return domain.Fail(domain.Forbidden, "error.origin")
		}
		return v.Sanctions.ReceiveBan(ctx, sanction(inner, group))
	case "Undo":
		return v.unwrapUndo(ctx, inner, group)
	case "Add", "Remove":
		return v.unwrapPin(ctx, inner, group)
	}
	return nil // as Like and Dislike
}

// unwrapPost takes the object of a Create or Update. A thread that begins is
// shown to those who follow the community; answers stand in it.
func (v *Verbs) unwrapPost(ctx context.Context, in, inner *activity.Inbound, group *network.Actor) error {
	if inner.Object == "" || v.NS.Owns(inner.Object) {
		return domain.Fail(domain.Invalid, "error.activity")
	}
	doc := inner.Embedded
	if len(doc) <= 1 || doc.IRI("attributedTo") != inner.Actor || !domain.SameOrigin(inner.Object, inner.Actor) || !v.Proofs.Of(ctx, inner.Document, inner.Actor) {
		var err error
		if doc, err = v.Intake.Fetch(ctx, inner.Object); err != nil {
			return err
		}
	}
	taken, err := v.Intake.Take(ctx, doc, Taking{Announcer: group, Wanted: true, Update: inner.Type == "Update"})
	if err != nil {
		return err
	}
	if group.Type == network.TypeGroup {
		if err := v.GroupReaders.NoteGroups(ctx, group.Host); err != nil {
			return err
		}
	}
	if taken.Kind == community.ObjectPost && doc.IRI("inReplyTo") != "" {
		return nil
	}
	return v.announced(ctx, in, group, doc, taken)
}

// unwrapDelete asks the server of what its author deleted; what a moderator
// deleted is taken out of the community.
func (v *Verbs) unwrapDelete(ctx context.Context, inner *activity.Inbound, group *network.Actor) error {
	if !domain.SameOrigin(inner.Object, inner.Actor) {
		return v.Posts.ReceiveRemoval(ctx, group, inner.Object, inner.ID, activity.ReadReason(inner.Document))
	}
	if v.NS.Owns(inner.Object) {
		return nil // ours is deleted here
	}
	author, err := v.Directory.Actor(ctx, inner.Actor)
	if err != nil {
		return err
	}
	return v.recheck(ctx, inner, author)
}

func (v *Verbs) unwrapUndo(ctx context.Context, inner *activity.Inbound, group *network.Actor) error {
	object, target := inner.Embedded.IRI("object"), inner.Embedded.IRI("target")
	switch inner.Embedded.Type() {
	case "Delete":
		if domain.SameOrigin(object, inner.Actor) {
			return nil // its author tells of it
		}
		return v.Posts.ReceiveReturn(ctx, group, object)
	case "Lock":
		return v.Locks.ReceiveLock(ctx, group, object, inner.ID, false)
	case "Block":
		if target != group.IRI {
			return domain.Fail(domain.Forbidden, "error.origin")
		}
		return v.Sanctions.ReceiveUnban(ctx, community.Sanction{By: group, Group: target, Who: object, Activity: inner.ID})
	}
	return nil
}

// unwrapPin takes what a community shows first. Who moderates it is its own
// affair: what they do comes from the community.
func (v *Verbs) unwrapPin(ctx context.Context, inner *activity.Inbound, group *network.Actor) error {
	switch {
	case group.Featured == "" || inner.Target != group.Featured:
		return nil
	case inner.Type == "Remove":
		return v.Pins.ReceiveUnpin(ctx, group, inner.Object)
	}
	return v.feature(ctx, &activity.Inbound{Object: inner.Object, Embedded: inner.Embedded, Document: inner.Document}, group)
}
