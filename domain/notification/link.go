package notification

import (
	"net/url"
	"strings"

	"interlink/domain"
)

// Link is where a notification leads: to the page of an actor and on from
// there, or to an address of this node.
type Link struct {
	Actor domain.ActorID // Nobody if Path is the whole address
	Path  string
}

// link makes the link for an event.
type link func(f facts) Link

// page is always the same.
func page(path string) link { return func(facts) Link { return Link{Path: path} } }

// subjectPage is the page of the subject, between the beginning and the end of
// its address.
func subjectPage(begin string, end ...string) link {
	return func(f facts) Link {
		path := begin + string(f.Subject.ID)
		for _, e := range end {
			path += e
		}
		return Link{Path: path}
	}
}

// inPlace is a page of where it happened.
func inPlace(path string) link { return func(f facts) Link { return Link{f.place(), path} } }

// item is the page of an item in its process.
func item(f facts) Link { return Link{f.place(), "/guide/" + f.text("item")} }

// improvement is the page of what a clone offers to its source, in either.
func improvement(f facts) Link { return Link{f.place(), "/improvements/" + f.text("improvement")} }

// cosignRequest is the page of a story that an organisation is asked to sign.
func cosignRequest(f facts) Link { return Link{f.place(), "/cosignatures/" + f.text("cosignature")} }

// cosigners is the page on which partners are asked to sign a story of this
// node: it says what they answered, and why.
func cosigners(f facts) Link {
	_, slug, _ := strings.Cut(f.text("storyIri"), "/stories/")
	return Link{Path: "/stories/" + slug + "/partners"}
}

// offered is the page on which a resource was offered to catalogues: it says
// what they answered, and why.
func offered(f facts) Link {
	_, resource, found := strings.Cut(f.text("resource"), "/resources/")
	if !found { // told before resources were named
		return Link{f.place(), "/resources"}
	}
	return Link{f.place(), "/resources/" + resource + "/offer"}
}

// translated is the page on this node on which translations of an entry are
// offered, with what became of them.
func translated(f facts) Link {
	u, err := url.Parse(f.text("entry"))
	if err == nil && u.Host != "" {
		if slug, is := strings.CutPrefix(u.Path, "/interlinkers/"); is && slug != "" {
			return Link{Path: "/interlinkers/" + url.PathEscape(slug) + "@" + u.Host + "/translate"}
		}
	}
	return Link{Path: "/catalogue"}
}

// heldIn is what waits in the community that the payload names.
func heldIn(f facts) Link { return Link{f.actor("community"), "/held"} }

// heldOf is what waits in the community that wrote something, with what became of
// it elsewhere.
func heldOf(f facts) Link { return Link{f.actor("author"), "/held"} }

// answered is the letter that says why a post is back, if there is one, else the
// post.
func answered(f facts) Link {
	if id := f.text("answer"); id != "" {
		return Link{Path: "/posts/" + id}
	}
	return subjectPage("/posts/")(f)
}

// ownWork is where people find what they were asked to do, and did, elsewhere.
var ownWork = page("/me/assignments?all=yes")

// task is the page of the item of an assignment, which a process of another
// node has there.
func task(f facts) Link {
	if f.text("item") == "" {
		return ownWork(f)
	}
	return item(f)
}

// process is the page of the process that the payload names.
func process(f facts) Link { return Link{Path: "/processes/" + f.text("process")} }

// story is the page of a story, which goes by its slug.
func story(f facts) Link {
	path := "/stories/" + f.text("slug")
	if host := f.text("host"); host != "" {
		path += "@" + host
	}
	return Link{Path: path}
}

// toPath is the page that the payload names.
func toPath(f facts) Link { return Link{Path: f.text("path")} }

// entry is the page of an entry of the catalogue, which goes by its slug.
func entry(f facts) Link {
	path := "/interlinkers/" + f.text("slug")
	if f.Subject.Kind == "schema" {
		path = "/schemas/" + f.text("slug")
	}
	if host := f.text("host"); host != "" {
		path += "@" + host
	}
	return Link{Path: path}
}
