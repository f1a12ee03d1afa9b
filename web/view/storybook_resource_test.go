package view

import (
	"net/url"
	"strings"
	"time"

	"interlink/domain"
)

func resourceStories(add adder, in, out framer) {
	at := "/processes/safe_paths/resources/1"
	file := &FileFacts{Name: "Crossings of the old town, north and south.png", Kind: "image", Size: 2_345_678, Href: at + "/file", Picture: true}
	document := Resource{Kind: "document", Title: only("en", "Who walks where"), Href: at, Page: at, Task: &Link{"/processes/safe_paths/guide/1", only("lv", "Vienoties par darba valodu")}, Interlinker: &Link{"/interlinkers/sample-0", three("Stakeholder map", "Mapa de actores", "Kaart van betrokkenen")}, Nature: Knowledge, By: ada, At: ago(9 * day), Updated: ago(day), Version: 4, Public: true, Remove: at + "/remove"}
	photo := Resource{Kind: "file", Title: only("en", file.Name), Href: at, Page: at, Task: document.Task, By: milo, At: ago(day), Updated: ago(day), Version: 1, File: file, Remove: at + "/remove"}
	link := Resource{Kind: "link", Title: only("es", "Notas"), Href: "https://docs.example/1", Page: at, Task: document.Task, By: milo, At: ago(2 * day), Version: 1}
	kinds := []Option{{Key: "ui.all"}, {Value: "document", Key: "resource.kind_document"}, {Value: "file", Key: "resource.kind_file", Selected: true}, {Value: "link", Key: "resource.kind_link"}}
	parts := []Option{{Key: "ui.all"}, {Value: "p1", Text: phases(0)[0].Name}, {Value: "p2", Text: only("lv", "– Vienoties par darba valodu"), Selected: true}}
	list := ResourcesPage{Frame: in("/processes/safe_paths/resources"), ProcessHead: processHead("resources", true), Filter: kinds, Items: parts, Makers: []Option{{Key: "ui.all"}, {Value: "1", Text: only("und", "Ada")}, {Value: "2", Text: only("und", "Milo")}},
		Resources: []Resource{document, photo, link}, Pager: Pager{Total: 300, Shown: 3, Next: "/n"}, Bin: "/processes/safe_paths/resources?removed=yes", Archive: "/processes/safe_paths/archive.zip", Portable: "/processes/safe_paths/export.zip", Branch: "/processes/safe_paths/archive.zip?item=p2"}
	add("resources", list)
	list.Frame, list.Resources, list.Filtered, list.Bin, list.Branch, list.Makers = out("/processes/safe_paths/resources?kind=file"), nil, true, "", "", nil
	add("resources-none", list)
	list.Filtered = false
	add("resources-empty", list)
	gone := photo
	gone.Removed, gone.Remove, gone.Recover = ago(3*day), "", at+"/recover"
	list.Frame, list.Removed, list.Resources = in("/processes/safe_paths/resources?removed=yes"), true, []Resource{gone}
	add("resources-removed", list)
	list.Resources = nil
	add("resources-removed-empty", list)

	add("resource", ResourcePage{Frame: in(at), ProcessHead: processHead("resources", true), Resource: document, Text: Rich{HTML: "<p>Twelve crossings, three without lights.</p>"}, Licence: "CC-BY-4.0", Language: "en", Made: &MadeWith{Link: *document.Interlinker, Version: 2, Newer: 3, Since: ago(5 * day)}, Edit: at + "/edit", Versions: at + "/versions", Back: "/processes/safe_paths/guide/1"})
	add("resource-file", ResourcePage{Frame: in(at), ProcessHead: processHead("resources", true), Resource: photo, Language: domain.Undetermined, Edit: at + "/edit", New: at + "/file", MaxFile: 50 << 20, Versions: at + "/versions", Back: "/processes/safe_paths/guide/1", Source: "https://riverbend.example/processes/caminos/resources/7"})
	add("resource-refused", ResourcePage{Frame: in(at), ProcessHead: processHead("resources", true), Resource: photo, New: at + "/file", Back: "/processes/safe_paths/guide/1", Form: refused(url.Values{"change": {"Sharper"}}, "file")})
	add("resource-link", ResourcePage{Frame: out(at), ProcessHead: processHead("resources", false), Resource: link, Address: "https://docs.example/" + strings.Repeat("long/", 30), Open: "/open", Fallback: "lv", Language: "es", Back: "/processes/safe_paths/guide/1"})

	form := ResourceFormPage{Frame: in(at + "/edit"), Crumbs: []Link{{"/processes/safe_paths/resources", only("en", "Safe paths")}, {at, document.Title}}, Title: document.Title, Kind: "document", Action: at + "/edit", Cancel: at, Revision: "4", Name: "Who walks where", Body: "Twelve crossings.\n\nThree without lights.", Langs: langs(), Licence: "CC-BY-4.0", Public: true, MaxBody: 500_000}
	add("resource-form", form)
	rows := []CompareRow{{Hidden: 12}, {Change: "kept", Old: 13, New: 13, Text: "## Crossings"}, {Change: "removed", Old: 14, Text: "Twelve crossings, of which three have no lights at all and four have lights that are off at night."}, {Change: "added", New: 14, Text: "Thirteen crossings."}, {Change: "kept", Old: 15, New: 15}, {Hidden: 1}}
	form.Theirs = &Theirs{By: milo, At: ago(time.Minute), Name: "Who walks where", Body: "Twelve crossings.\n\nFour without lights.", Lang: "en", Licence: "CC-BY-4.0", Versions: at + "/versions", Rows: rows, More: 3}
	form.Form = Form{Values: url.Values{"name": {"Who walks where"}, "body": {"Thirteen crossings."}}}
	add("resource-conflict", form)
	form.Theirs, form.Kind, form.Address = nil, "link", "https://docs.example/1"
	form.Form = refused(url.Values{"address": {"nowhere"}}, "name", "address", "change")
	add("resource-form-refused", form)

	versions := []ResourceVersion{
		{Number: 4, Href: at + "/versions/4", By: ada, At: ago(day), Restored: 2, Present: true, New: true, Revision: "5"},
		{Number: 3, Href: at + "/versions/3", By: milo, At: ago(2 * day), Summary: "The lights were counted again", Old: true, Restore: at + "/versions/3/restore", Revision: "5"},
		{Number: 2, Href: at + "/versions/2", By: ada, At: ago(3 * day), Restore: at + "/versions/2/restore", Revision: "5"},
	}
	add("resource-versions", VersionsPage{Frame: in(at + "/versions"), ProcessHead: processHead("resources", true), Resource: document, Compare: at + "/compare", Versions: versions, Pager: Pager{Total: 4, Shown: 3, Next: "/n"}})
	of := versions[1]
	of.File = file
	add("resource-versions-file", VersionsPage{Frame: in(at + "/versions"), ProcessHead: processHead("resources", true), Resource: photo, Versions: []ResourceVersion{of}})
	add("resource-version", VersionPage{Frame: in(at + "/versions/3"), ProcessHead: processHead("resources", true), Resource: document, Version: versions[1], Text: Rich{HTML: "<p>Twelve crossings.</p>"}})
	add("resource-compare", ComparePage{Frame: in(at + "/compare?old=3&new=4"), ProcessHead: processHead("resources", true), Resource: document, Old: versions[1], New: versions[0], Rows: rows, Lang: "es"})
	add("resource-compare-same", ComparePage{Frame: in(at + "/compare?old=3&new=4"), ProcessHead: processHead("resources", true), Resource: document, Old: versions[1], New: versions[0], Same: true})
}
