//go:build !race

package demo

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/portable"
)

// askedAbroad makes a city's process ask somebody of another city to do
// something, who takes it on. It returns the address there of the page on which
// they say what they did.
func askedAbroad(t *testing.T, c, other *city) string {
	t.Helper()
	ctx := t.Context()
	official, err := c.node.Accounts.ByUsername(ctx, c.username)
	if err != nil {
		t.Fatal(err)
	}
	asked, err := other.node.Accounts.ByUsername(ctx, other.username)
	if err != nil {
		t.Fatal(err)
	}
	there, err := c.node.Network.ActorByIRI(ctx, official.Viewer(), domain.IRI(person(other)))
	if err != nil {
		t.Fatal(err)
	}
	task := domain.ID(firstTask(t, c, "safe_school_routes"))
	if err := c.node.Coproduction.PutGrant(ctx, official.Viewer(), "safe_school_routes", coproduction.Grant{Grantee: there.ID, Item: task, Allow: coproduction.MayCreate}); err != nil {
		t.Fatal(err)
	}
	in := coproduction.AssignInput{People: []domain.ActorID{there.ID}, Subject: "Count the crossings on the way to school", Instructions: "Those without a light too."}
	if _, err := c.node.Coproduction.Assign(ctx, official.Viewer(), "safe_school_routes", task, in); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); {
		list, err := other.node.Coproduction.MyAssignments(ctx, asked.Viewer(), true, domain.Page{})
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(list.Items, func(a *coproduction.Assignment) bool { return a.Subject == in.Subject })
		if i < 0 {
			continue
		}
		id := list.Items[i].ID
		if _, err := other.node.Coproduction.AnswerAssignment(ctx, asked.Viewer(), id, coproduction.AssignmentTaken, ""); err != nil {
			t.Fatal(err)
		}
		return "/me/assignments/" + string(id) + "/claim"
	}
	t.Fatalf("%s is never asked", other.name)
	return ""
}

// broughtFrom brings the file of a process of one city to another, and returns
// the address of the page that shows what is in it; imported says whether it
// was imported there.
func broughtFrom(t *testing.T, from, to *city, process string, imported bool) string {
	t.Helper()
	ctx := t.Context()
	export, err := from.node.Portable.Export(ctx, from.node.Operator(), process)
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if err := export.Write(ctx, &file); err != nil {
		t.Fatal(err)
	}
	official, err := to.node.Accounts.ByUsername(ctx, to.username)
	if err != nil {
		t.Fatal(err)
	}
	b, err := to.node.Portable.Bring(ctx, official.Viewer(), bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err == nil && imported {
		if b, _, err = to.node.Portable.Begin(ctx, official.Viewer(), b.ID, portable.Input{Name: "brought_along"}); err == nil {
			_, err = to.node.Portable.Finish(ctx, b)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return "/bring/" + string(b.ID)
}

// takenAlong brings the archive of a node to another one, imports a community of
// it there, and returns the pages that show both.
func takenAlong(t *testing.T, from, to *city) []string {
	t.Helper()
	ctx := t.Context()
	official, err := to.node.Accounts.ByUsername(ctx, to.username)
	if err != nil {
		t.Fatal(err)
	}
	var whole, one bytes.Buffer
	all, err := from.node.NodeArchives.Export(ctx, from.node.Operator())
	if err == nil {
		err = all.Write(ctx, &whole)
	}
	if err != nil {
		t.Fatal(err)
	}
	along, err := to.node.NodeArchives.Bring(ctx, official.Viewer(), bytes.NewReader(whole.Bytes()), int64(whole.Len()))
	if err != nil {
		t.Fatal(err)
	}
	export, err := from.node.Portable.ExportCommunity(ctx, from.node.Operator(), "mobility")
	if err == nil {
		err = export.Write(ctx, &one)
	}
	if err != nil {
		t.Fatal(err)
	}
	b, err := to.node.Portable.Bring(ctx, official.Viewer(), bytes.NewReader(one.Bytes()), int64(one.Len()))
	if err == nil {
		if b, _, err = to.node.Portable.Begin(ctx, official.Viewer(), b.ID, portable.Input{Name: "mobility_before"}); err == nil {
			b, err = to.node.Portable.Finish(ctx, b)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	said, err := to.node.Communities.Archive(ctx, official.Viewer(), "mobility_before", "", domain.Page{})
	if err != nil || len(said.Items) == 0 {
		t.Fatalf("%d posts from before, %v", len(said.Items), err)
	}
	thread := said.Items[0]
	for _, a := range said.Items {
		if a.Answers > thread.Answers {
			thread = a
		}
	}
	const archive = "/communities/mobility_before/archive"
	return []string{"/admin/archive/" + string(along.ID), archive, archive + "/" + string(thread.ID), "/bring/" + string(b.ID)}
}
