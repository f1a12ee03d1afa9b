package view

import (
	"net/url"
	"time"

	"interlink/domain"
)

// processStories are the pages of processes.
func processStories(add adder, in, out framer) {
	add("processes", ProcessesPage{Frame: in("/processes"), Items: processes(6), Pager: Pager{Total: 6, Shown: 6}, Start: "/processes/new",
		Facets: []Facet{{Name: "status", Key: "facet.status", Options: []FacetOption{{Value: "in_progress", Enum: "status", Count: 3}, {Value: "finished", Enum: "status", Count: 2, Selected: true}}}}})
	add("processes-empty", ProcessesPage{Frame: out("/processes")})
	add("processes-none", ProcessesPage{Frame: out("/processes?q=x"), Query: "x"})
	schemas := []Option{{Value: "public-service", Text: three("A public service", "Un servicio público", "Een publieke dienst"), Hint: three("4 phases, 24 tasks", "4 fases, 24 tareas", "4 fasen, 24 taken"), Selected: true}, {Value: "", Text: three("No schema", "Sin esquema", "Geen schema")}}
	approachStories(add, in, schemas)
	add("start", StartPage{Frame: in("/processes/new/start"), Governances: []Option{{Key: "ui.not_said"}, {Value: "citizen_sourcing", Key: "governance.citizen_sourcing", Selected: true}}, Countries: []Option{{Key: "ui.not_said"}, {Value: "LV", Text: only("lv", "Latvija")}}, Schemas: schemas, Langs: langs(), Organizations: orgs()})
	add("start-refused", StartPage{Frame: in("/processes/new"), Schemas: schemas, Langs: langs(), Form: refused(url.Values{"title": {"Safe paths"}, "visibility": {"members"}, "schema": {""}}, "schema", "name", "title", "visibility")})

	process := ProcessPage{Frame: in("/processes/safe_paths"), ProcessHead: processHead("overview", true), Summary: markup("en", "<p>Two schools, four streets and a bridge. By summer every child from eight years can walk alone.</p>"),
		Phases: phases(6, 3, 0, 0), Done: 9, Tasks: 24, Starts: ago(100 * day), Ends: noon.Add(200 * day), Next: needs(), Latest: entries(), People: []Actor{ada, milo}, PeopleAll: 14, Teams: []Actor{team},
		Schema: &Link{"/schemas/public-service", only("lv", "Publisks pakalpojums")}, Source: &Source{Title: only("es", "Caminos tranquilos"), Href: "/@caminos@riverbend.example", Origin: riverbend, At: ago(100 * day), Status: "accepted"}, Stories: stories(1), Community: &hood, Calls: stories(1), Seek: "/role-calls/new", Governance: "citizen_sourcing", Country: "Latvija"}
	add("process", process)
	process.Checklist = &Checklist{Done: 1, Steps: []ChecklistStep{{Say("checklist.tree"), true, "/x"}, {Say("checklist.people"), false, "/processes/safe_paths/people"}}}
	add("process-begins", process)
	foreign := ProcessPage{Frame: in("/@safe_paths@riverbend.example"), ProcessHead: remoteHead("overview"), Phases: phases(6, 6, 6, 6), Done: 24, Tasks: 24}
	add("process-foreign", foreign)
	bare := ProcessPage{Frame: out("/processes/bare"), ProcessHead: processHead("overview", false), Source: &Source{Title: only("en", "Gone"), Origin: riverbend, At: ago(day), Gone: true}}
	bare.Visibility, bare.Clones, bare.Waiting = domain.VisibleMembers, 0, 0
	add("process-bare", bare)

	item := GuideItem{ID: "p1o0t0", Kind: "task", Stale: true, Href: "/processes/safe_paths/guide/p1o0t0", Name: three("Draw a map of everybody concerned", "Dibujar un mapa de las partes interesadas", "Een kaart tekenen van alle betrokkenen"),
		Description: markup("en", "<p>Find out who uses the streets, who decides about them and who is easily forgotten. One hour with a large sheet of paper is enough to begin.</p>"),
		Path:        []Link{{"/processes/safe_paths/guide/p1", phases(0, 0)[1].Name}, {"/processes/safe_paths/guide/p1o0", three("Know who is concerned", "Saber a quién afecta", "Weten wie het aangaat")}},
		Status:      InProgress, Revision: 7, Starts: ago(3 * day), Ends: noon.Add(4 * day), Statuses: []string{Awaiting, InProgress, Finished}, Problems: problems(1),
		Prerequisites: []Prerequisite{{Link{"/processes/safe_paths/guide/p0", phases(0)[0].Name}, Finished}, {Link{"/x", only("lv", "Vienoties par darba valodu")}, Awaiting}}, Blocked: true,
		Catalogue: "/catalogue?problem=UND_PROBLEM_1&task=p1o0t0", People: []Actor{ada, milo}, MayWork: true, MayDisable: true, Previous: &Link{"/a", only("lv", "Vienoties par darba valodu")}, Next: &Link{"/b", three("Invite them in a way they notice", "Invitar de forma que llegue", "Uitnodigen op een manier die opvalt")},
		Resources: []Resource{{Kind: "link", Title: only("en", "Who walks where"), Href: "https://docs.example/1", Page: "/r/1", Interlinker: &Link{"/interlinkers/sample-0", three("Stakeholder map", "Mapa de actores", "Kaart van betrokkenen")}, Nature: Knowledge, By: ada, At: ago(time.Hour), Remove: "/r"}, {Kind: "document", Title: only("es", "Notas"), Href: "/x", Page: "/x", By: milo, At: ago(9 * day)}}}
	for i, c := range interlinkers(5) {
		r := Recommendation{InterlinkerCard: c, ID: c.Href, Score: 90 - 10*i, Used: i == 0, Reasons: []Sentence{Say("page.guide.more_catalogue"), Say("ui.in_language", domain.Lang("es"))}}
		item.Recommended = append(item.Recommended, r)
	}
	guide := GuidePage{Frame: in("/processes/safe_paths/guide/p1o0t0"), ProcessHead: processHead("guide", true), Tree: tree(4, 5, true, "p1o0t0"), Done: 9, Tasks: 40, Item: &item}
	item.Assignments, item.Contributions, item.Assign, item.Claim, item.Take = "/a", "/c", "/a/assign", "/c/claim", "/take"
	item.Rights, item.May = "/processes/safe_paths/guide/p1o0t0/people", []string{"view", "create"}
	add("guide", guide)
	guide.Item.Examples = []Example{{Story: Link{"/stories/paths@riverbend.example", only("lv", "Droši ceļi")}, By: &city, Origin: riverbend, Task: only("lv", "Karte"), Places: []string{"Latvia"}, Used: []Link{{"/interlinkers/sample-0", only("en", "Stakeholder map")}}, Made: 2}, {Story: Link{"/stories/x", only("en", "Bare")}, Task: only("en", "Map")}}
	guide.Item.AllExamples = "/stories?problem=ORG_PROBLEM_5"
	add("guide-examples", guide)
	wrong := item
	wrong.Form = refused(url.Values{"form": {"link"}, "address": {"nowhere"}}, "address")
	wrong.Recommended, wrong.Resources, wrong.Blocked, wrong.Disabled = nil, nil, false, true
	add("guide-refused", GuidePage{Frame: in("/x"), ProcessHead: processHead("guide", true), Tree: tree(1, 2, true, ""), Item: &wrong})
	phase := GuideItem{ID: "p1", Kind: "phase", Href: "/p1", Name: phases(0, 0)[1].Name, Status: InProgress, Children: tree(4, 3, true, "")[1].Children}
	add("guide-phase", GuidePage{Frame: out("/x"), ProcessHead: processHead("guide", false), Tree: tree(4, 3, true, ""), Done: 9, Tasks: 24, Item: &phase})
	add("guide-begin", GuidePage{Frame: out("/x"), ProcessHead: remoteHead("guide"), Tree: tree(2, 3, true, ""), Tasks: 12})
	add("guide-empty", GuidePage{Frame: in("/x"), ProcessHead: processHead("guide", true)})

	people := PeoplePage{Frame: in("/processes/safe_paths/people"), ProcessHead: processHead("people", true), Members: members(3), Here: "/processes/safe_paths/people", Roles: roles(), Offer: []Option{{Value: "t", Text: only("en", "Safe Streets Team")}},
		Grants:    []GrantRow{{Grantee: team, Allow: []string{"view", "create"}, Change: "/c", Withdraw: "/w"}, {Grantee: far, Where: &Link{"/p1", phases(0, 0)[1].Name}, Deny: []string{"delete"}, Effective: "?of=1", Change: "/c", Withdraw: "/w"}},
		Effective: []HeldRow{{Right: "view", Granted: true, Administrator: true}, {Right: "create", Granted: true, From: &team}, {Right: "delete", From: &team, Where: &Link{"/p1", phases(0, 0)[1].Name}}, {Right: "manage"}},
		MayGive:   true, Give: "/processes/safe_paths/rights", Query: "ada", Searched: true, Found: []GrantRow{{Grantee: ada, Change: "/c"}}, Pager: Pager{Total: 2, Shown: 2}}
	add("people", people)
	people.Form = refused(url.Values{"handle": {"ada"}}, "handle")
	people.Members, people.Grants, people.Found, people.Of, people.Item = nil, nil, nil, &ada, &Link{"/p1", phases(0, 0)[1].Name}
	add("people-empty", people)
	add("history", HistoryPage{Frame: out("/processes/safe_paths/history"), ProcessHead: processHead("history", false), Entries: entries(), Pager: Pager{Total: 300, Shown: 3, Next: "/n", First: "/f"}})
	resourceStories(add, in, out)
	useStories(add, in, out)
	webhookStories(add, in, out)
	itemStories(add, in)
	workStories(add, in, out)
	add("history-empty", HistoryPage{Frame: out("/processes/safe_paths/history"), ProcessHead: processHead("history", false)})
	clones := []Derivation{{Title: only("lv", "Droši ceļi uz skolu"), Href: "/@drosi@riverbend.example", By: milo, Origin: riverbend, At: ago(2 * time.Hour), Status: "offered", Kept: 20, Tasks: 24, Accept: "/a", Reject: "/r", Message: only("lv", "Paldies!")},
		{Title: only("en", "Quiet streets"), Href: "/@quiet@x", By: far, Origin: stranger, At: ago(40 * day), Status: "accepted"}, {Title: only("en", "Copy"), Href: "/c", By: ada, At: ago(90 * day), Status: "rejected"}}
	add("clones", ClonesPage{Frame: in("/processes/safe_paths/clones"), ProcessHead: processHead("clones", true), Source: process.Source, Derivations: clones, Data: "/processes/safe_paths/lineage", Pager: Pager{Total: 3, Shown: 3}})
	source := *process.Source
	source.Stamp = &Stamp{By: "Ayuntamiento", Href: "https://riverbend.example/processes/caminos/clones/1", At: ago(9 * day), Checked: ago(time.Hour)}
	clones[0].Withdraw = "/processes/safe_paths/clones/1/withdraw"
	add("clones-confirmed", ClonesPage{Frame: in("/processes/safe_paths/clones"), ProcessHead: processHead("clones", true), Source: &source, Derivations: clones, Data: "/processes/safe_paths/lineage", CheckStamp: "/processes/safe_paths/stamp", OfferAgain: "/processes/safe_paths/offer", Pager: Pager{Total: 3, Shown: 3}})
	kin := lineageRows()
	family := LineagePage{Frame: in("/processes/safe_paths/lineage"), ProcessHead: processHead("clones", true), Rows: kin, Picture: NewLineage(kin, []int{-1, 0, 1, 1, 0, 0}, "en", 3), Read: ago(time.Hour), Running: true, Cut: true, Renew: "/processes/safe_paths/lineage", Data: "/processes/safe_paths/lineage", Pager: Pager{Total: 9, Shown: 6, Next: "/processes/safe_paths/lineage?after=6"}}
	add("lineage", family)
	add("lineage-alone", LineagePage{Frame: out("/processes/safe_paths/lineage"), ProcessHead: processHead("clones", false), Rows: kin[1:2], Picture: NewLineage(kin[1:2], []int{-1}, "en", 0), Pager: Pager{Total: 1, Shown: 1}})
	add("clones-empty", ClonesPage{Frame: out("/processes/safe_paths/clones"), ProcessHead: processHead("clones", false)})
	cloneStories(add, in, out)
	storyStories(add, in, out)
}

// cloneStories are the pages by which processes come from elsewhere.
func cloneStories(add adder, in, out framer) {
	add("clone", ClonePage{Frame: in("/clone"), Known: processes(2)})
	brought := BroughtPage{Frame: in("/bring/1"), Here: "/bring/1", Title: only("es", "Caminos tranquilos"), Name: "caminos", Origin: riverbend, At: ago(day), Whole: true, Items: 27, Resources: 14, Clone: "/clone?address=x", Organizations: orgs(), Form: Form{Values: url.Values{"name": {"caminos"}}}}
	add("brought", brought)
	later := brought
	later.Earlier, later.Failed, later.Tried = []Earlier{{"caminos", Link{Href: "/processes/caminos", Text: only("es", "Caminos tranquilos")}}}, errAway, true
	later.Changes = []Skipped{{Name: "Plan", Why: Say("import.change_taken")}, {Name: "Mapa", Why: Say("import.change_added")}, {Why: Say("import.change_kept")}}
	add("brought-later", later)
	brought.Clone, brought.Made = "", &Link{Href: "/processes/caminos", Text: only("es", "Caminos tranquilos")}
	brought.Lost = []Skipped{{Name: "https://riverbend.example/users/ana", Href: "/processes/caminos/rights?handle=x", Why: Say("import.lost_role")}, {Name: "https://riverbend.example/users/bo", Why: Say("import.lost_person")}, {Name: "1.0", Why: Say("import.lost_release")}, {Why: Say("import.lost_history")}}
	add("brought-made", brought)
	row := NodeArchiveRow{Href: "/admin/archive/1", Name: "Riverbend", Host: "riverbend.example", At: ago(day), State: "running"}
	add("node_archives", NodeArchivesPage{Frame: in("/admin/archive"), Items: []NodeArchiveRow{row}, Pager: Pager{Total: 1, Shown: 1}})
	add("node_archives-refused", NodeArchivesPage{Frame: in("/admin/archive"), Form: Failed(nil, domain.InvalidField("file", "node_archive.no_archive"))})
	lost := []Skipped{{Name: "https://riverbend.example/users/ana", Href: "https://riverbend.example/users/ana", Why: Say("import.lost_role")}}
	whole := NodeArchivePage{
		Frame: in("/admin/archive/1"), NodeArchiveRow: row, Written: ago(day), Cancel: "/admin/archive/1/cancel", Unknown: []string{"pets/rex.json"},
		Tally: []NodeArchiveCount{{"node_archive_outcome.failed", 1, "?outcome=failed"}, {"node_archive_outcome.waiting", 12, "?outcome=waiting"}, {"node_archive_outcome.done", 4, "?outcome=done"}},
		Parts: []NodeArchivePart{{Path: "organizations/city_hall.json", Outcome: "done", Made: "/organizations/city_hall", Lost: lost, More: 3}, {Path: "processes/caminos.zip", Outcome: "failed", Err: errAway}, {Path: "versions/interlinker-canvas.json", Outcome: "kept", Made: "/interlinkers/x", Lost: []Skipped{{Why: Say("import.lost_version", "5"), Compare: "/admin/archive/1/parts/3?version=5"}}}, {Path: "settings/node.json", Outcome: "kept"}},
		Left:  []NodeArchiveLeft{{What: "processes", Word: "processes", N: 2, Why: "private"}, {What: "passwords", Word: "secret", Why: "secret"}},
		Work:  &Progress{State: "running", Doing: Say("node_archive.brings"), Done: 4, Total: 17, Started: ago(time.Minute)},
	}
	add("node_archive", whole)
	whole.State, whole.Work, whole.Cancel, whole.Begin, whole.Again = "done", nil, "", "/admin/archive/1", true
	add("node_archive-done", whole)
	add("brought-community", BroughtPage{Frame: in("/bring/2"), Here: "/bring/2", Title: only("lv", "Drošas ielas"), Name: "streets", Origin: riverbend, At: ago(day), Whole: true, Community: true, Posts: 1204, Tried: true, Organizations: orgs(), Form: Form{Values: url.Values{"name": {"streets"}}},
		Lost: []Skipped{{Why: Say("import.lost_members")}, {Name: "https://riverbend.example/users/bo", Why: Say("import.lost_ban")}, {Name: "https://riverbend.example/posts/1", Why: Say("import.lost_gone")}, {Name: "https://riverbend.example/posts/2", Why: Say("import.lost_here")}}})
	add("clone-refused", ClonePage{Frame: in("/clone?address=x"), Form: Failed(url.Values{"address": {"https://away.example/x"}}, errAway)})
	preview := ClonePreviewPage{Frame: in("/clone?address=x"), Address: "https://riverbend.example/processes/caminos", Title: only("es", "Caminos tranquilos"), Story: Link{Href: "/stories/caminos", Text: only("es", "Caminos que funcionan")}, Summary: only("es", "Rutas escolares a pie, con familias y policía local."), Owner: far, Origin: riverbend, Licence: "CC-BY-4.0", Languages: []domain.Lang{"es", "en"}, Updated: ago(day),
		Tree: pruning(tree(3, 3, true, "")), Phases: 3, Objectives: 6, Tasks: 18, Known: 7, Unknown: 2, Resources: 3, Left: []Sentence{Say("count.resources_n", 14), Say("error.not_found")}, Warnings: []Sentence{Say("error.unavailable")}, Langs: langs(), Organizations: orgs()}
	preview.Unlicensed, preview.Absent, preview.Reset = 2, []string{"https://riverbend.example/interlinkers/map"}, []Sentence{Say("clone.left_status"), Say("clone.reset_people")}
	preview.Warnings = append(preview.Warnings, Say("clone.language_missing", domain.Lang("lv"), 3, 27))
	preview.Rules = []Regulated{{Link{"/interlinkers/map", only("es", "Mapa")}, only("es", "RGPD")}}
	preview.Countries = []Option{{Key: "ui.not_said"}, {Value: "LV", Text: only("lv", "Latvija"), Selected: true}}
	add("clone-preview", preview)
	preview.Form, preview.Warnings, preview.Tree = refused(url.Values{"title": {"x"}}, "name"), nil, folded()
	add("clone-preview-refused", preview)
	add("progress", ProgressPage{Frame: in("/jobs/1"), Title: Say("page.clone.preview_of", only("es", "Caminos tranquilos")), Work: Progress{State: "running", Doing: Say("count.tasks_n", 12), Done: 12, Total: 18, Started: ago(4 * time.Second)}, Cancel: "/clonings/1/cancel"})
	add("progress-queued", ProgressPage{Frame: in("/jobs/1"), Title: Say("page.clone.title"), Work: Progress{State: "queued"}})
	add("progress-done", ProgressPage{Frame: in("/jobs/1"), Title: Say("page.clone.title"), Work: Progress{State: "done", Done: 18, Total: 18, Started: ago(time.Minute), Ended: noon}, Result: &Link{"/processes/caminos", only("es", "Caminos tranquilos")},
		Manifest: &Manifest{Items: 27, Resources: 3, LeftOut: 2, Asked: 1, More: 4, Skipped: []Skipped{{Name: "Plan", Href: "https://riverbend.example/x", Why: Say("clone.skipped_licence")}, {Name: "R", Why: Say("clone.skipped_broken")}}}})
	add("progress-failed", ProgressPage{Frame: in("/jobs/1"), Title: Say("page.clone.title"), Work: Progress{State: "failed", Err: errAway, Started: ago(time.Minute), Ended: noon}, Retry: "/jobs/1/retry", Again: "/clone?address=x"})
	add("progress-stopped", ProgressPage{Frame: in("/jobs/1"), Title: Say("page.clone.title"), Work: Progress{State: "stopped", Err: domain.Fail(domain.Gone, "clone.cancelled"), Started: ago(time.Minute), Ended: noon}, Again: "/clone?address=x"})
}

// storyStories are the pages of success stories.
func storyStories(add adder, in, out framer) {
	add("stories", StoriesPage{Frame: out("/stories"), Items: stories(4), Pager: Pager{Total: 40, Shown: 4, Next: "/n", Previous: "/p"}, Facets: []Facet{{Name: "language", Key: "facet.language", Options: []FacetOption{{Value: "lv", Enum: "language", Count: 3}}}}, Chosen: []Chosen{{Enum: "language", Value: "lv", Remove: "/stories"}}, Map: &CountryMap{Countries: []CountryCount{{Code: "ES", Name: "Spain", Count: 12, Href: "/stories?country=ES", Chosen: true}, {Code: "LV", Name: "Latvia", Count: 1, Href: "/stories?country=LV"}, {Code: "NZ", Name: "New Zealand", Count: 1, Href: "/stories?country=NZ"}}}})
	add("stories-empty", StoriesPage{Frame: out("/stories")})
	add("stories-none", StoriesPage{Frame: out("/stories?q=x"), Query: "x"})
	tale := sampleStory()
	tale.Frame, tale.Retract = in("/stories/one-counter"), "/stories/one-counter/retract"
	tale.Verification = &Verification{Signed: []Signed{{By: city, At: ago(2 * day), Key: "z6MkpTHR8VNsBxYAAWHut2Geadd9jSwuBV8xRoAnwWsdvktH"}, {By: far, At: ago(day), Key: "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK", Gone: true}}, Digest: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", Evidence: "/stories/one-counter/evidence", Checks: []string{"verify.words", "verify.partners", "verify.shown", "story.signed_along"}, Unchecked: []string{"verify.not_true", "verify.not_linked", "verify.not_newer"}}
	tale.Partners, tale.Incentives, tale.Terms = "/stories/one-counter/partners", markup("en", "<p>Tea.</p>"), markup("en", "<p>The film is under CC BY-ND.</p>")
	tale.Materials, tale.Makers = []MaterialLink{{"https://films.example/1", only("lv", "Filma"), "video"}}, []MakerLine{{"Garden club", "https://club.example/", only("en", "Since 1920")}, {"Nameless", "", nil}}
	tale.Spoken, tale.Begun, tale.Ended, tale.ServiceTypes, tale.Regulations, tale.Keywords = []domain.Lang{"lv"}, ago(100*day), ago(20*day), []string{"enabling_services"}, []Link{{"/regulations/gdpr", only("en", "GDPR")}}, []string{"counter"}
	tale.Resources = append(tale.Resources, Made{Title: only("en", "Plan"), Href: "https://brightwater.example/processes/x/resources/1", Licence: "CC-BY-ND-4.0", Attribution: "Brightwater"})
	add("story", tale)
	tale.Verification = &Verification{Digest: "ab"}
	add("story-unsigned", tale)
	asked := Asked{Href: "/organizations/walkers/cosignatures/1", Title: only("lv", "Viens logs"), Who: far, State: "asked", Version: 2, At: ago(day), Away: "riverbend.example"}
	no := asked
	no.State, no.Reason, no.Ask = "refused", "We had no part in it.", "https://far.example/organizations/walkers"
	never := no
	never.State, never.Never, never.Ask = "withdrawn", true, ""
	soon := no
	soon.Again, soon.Ask = ago(-day), ""
	lost, back, hidden := asked, asked, asked
	asked.Cancel, lost.Cancel, lost.GivenUp = "/stories/one-counter/partners/1/cancel", "/stories/one-counter/partners/2/cancel", true
	back.State, back.Away, back.Ask = "cancelled", "", no.Ask
	hidden.State, hidden.Away, hidden.Hidden = "signed", "", true
	gone := hidden
	gone.Hidden, gone.Gone = false, true
	add("partners", PartnersPage{FormPage: FormPage{Frame: in("/stories/one-counter/partners"), Action: "/stories/one-counter/partners", Cancel: "/stories/one-counter", Fields: []Field{{Name: "partner", Label: Say("cosign.partner"), Hint: Say("cosign.partner_hint"), Max: 300}}}, Title: tale.Title, Href: "/stories/one-counter", Version: 2, Asked: []Asked{asked, lost, back, no, never, soon, hidden, gone}})
	add("cosign-requests", CosignRequestsPage{Frame: in("/organizations/walkers/cosignatures"), Organization: Link{"/organizations/walkers", only("en", "Walkers")}, Items: []Asked{asked}, Pager: Pager{Total: 1, Shown: 1}})
	add("cosign-requests-empty", CosignRequestsPage{Frame: in("/organizations/walkers/cosignatures"), Organization: Link{"/organizations/walkers", only("en", "Walkers")}})
	add("cosign-request", CosignRequestPage{Frame: in("/organizations/walkers/cosignatures/1"), Organization: Link{"/organizations/walkers", only("en", "Walkers")}, Asked: asked, Story: StoryPage{Title: only("lv", "Viens logs"), Author: far, Origin: stranger, Summary: only("lv", "Īsi.")}, Address: "https://brightwater.example/stories/x", Digest: "ab12", Document: "/organizations/walkers/cosignatures/1/document", Hash: "cd34", Action: "/organizations/walkers/cosignatures/1", Revision: "1"})
	for _, one := range []Asked{{State: "signed"}, {State: "refused", Reason: "No.", Never: true}, {State: "asked"}, {State: "cancelled"}} {
		one.Title, one.Who, one.At = asked.Title, asked.Who, asked.At
		add("cosign-request-"+one.State, CosignRequestPage{Frame: in("/organizations/walkers/cosignatures/1"), Organization: Link{"/organizations/walkers", only("en", "Walkers")}, Asked: one, Story: StoryPage{Title: asked.Title, Author: far, Origin: stranger}, Address: "https://brightwater.example/stories/x", Action: "/organizations/walkers/cosignatures/1", Outdated: true})
	}
	add("cosign-request-crossed", CosignRequestPage{Frame: in("/organizations/walkers/cosignatures/1"), Organization: Link{"/organizations/walkers", only("en", "Walkers")}, Asked: Asked{State: "cancelled", Title: asked.Title, Who: asked.Who, At: asked.At}, Story: StoryPage{Title: asked.Title, Author: far, Origin: stranger}, Address: "https://brightwater.example/stories/x", Action: "/organizations/walkers/cosignatures/1", Crossed: true})
	original := OriginalPage{FormPage: FormPage{Frame: in("/processes/safe_paths/publish/import"), Action: "/processes/safe_paths/publish/import", Cancel: "/processes/safe_paths/publish", Fields: []Field{{Name: "file", Control: File, Label: Say("tell.import_file"), Hint: Say("tell.import_hint"), Value: "application/json,.json"}}}, ProcessHead: processHead("publish", true)}
	add("original", original)
	original.Draft, original.Found = "/processes/safe_paths/publish?draft=1", []Problem{{Field: "budget", Err: domain.InvalidField("budget", "story.original_unknown")}}
	add("original-read", original)
	add("story-bare", StoryPage{Frame: out("/stories/x@y"), Unknown: []string{"UND_PROBLEM_1", "ORG_PROBLEM_6.2"}, Title: only("lv", "Viens logs"), Author: far, Origin: stranger,
		Opinions: &Opinions{Href: "/stories/x@y/reviews", SignIn: true, Mean: 4.2, Count: 12, Bars: []StarBar{{5, 4, 12}, {4, 8, 12}}, Owner: &Link{"https://riverside.example/stories/x/reviews", only("und", "riverside.example")}}})
	publish := PublishPage{Frame: in("/processes/safe_paths/publish"), ProcessHead: processHead("publish", true), Tree: pruning(tree(3, 3, true, "")), Langs: langs(), Licences: []Option{{Value: "CC-BY-4.0", Text: only("en", "CC BY 4.0"), Selected: true}}, Communities: []Option{{Value: "mill_quarter", Text: only("en", "Mill Quarter")}}, Kept: 18, Tasks: 18}
	add("publish", publish)
	shown := sampleStory()
	shown.Frame = publish.Frame
	publish.Preview, publish.Tree, publish.Kept, publish.Linked, publish.Redacted = &shown, folded(), 1, 2, 1
	publish.Card = &FediverseCard{By: city, Title: shown.Title, Summary: shown.Summary, Address: "https://brightwater.example/stories/…", Tags: []string{"counter"}}
	publish.ServiceTypes = []Option{{Value: "enabling_services", Key: "service_type.enabling_services", Selected: true}}
	publish.Draft, publish.Seen, publish.Written = "1", "3", []LangState{{Lang: "en", Href: "/processes/safe_paths/publish?draft=1&in=en", Present: true}, {Lang: "lv", Href: "/processes/safe_paths/publish?draft=1&in=lv"}}
	publish.Drafts = []DraftLink{{Href: "/processes/safe_paths/publish?draft=2", Title: only("lv", "Logs"), Langs: []domain.Lang{"lv"}, At: ago(day), Again: true}, {Href: "/processes/safe_paths/publish?draft=3", At: ago(day)}}
	publish.Form = Form{Values: url.Values{"title": {"One counter"}, "challenge": {"Six offices."}}}
	add("publish-preview", publish)
	publish.Preview, publish.Form = nil, refused(url.Values{}, "title", "challenge")
	add("publish-refused", publish)
}

// compose is the form of a post.
func compose() *Compose {
	c := &Compose{Action: "/communities/mill_quarter/posts", PollTimes: []Option{{Value: "1d", Key: "poll.for_1d"}, {Value: "7d", Key: "poll.for_7d", Selected: true}}}
	for i, of := range []string{"", "_2", "_3", "_4"} {
		c.Pictures = append(c.Pictures, ComposePicture{"file" + of, "alt" + of, "focus_left" + of, "focus_top" + of, i + 1})
	}
	return c
}

// poll is one that is open, or over and on another server.
func poll(over bool) *Poll {
	p := &Poll{ID: "s2", Voters: 31, Ends: noon.Add(3 * day), Vote: "/posts/s2/votes", Return: "/timeline", Options: []PollOption{
		{0, only("en", "Elm Street, by the playground"), 12, false}, {1, only("en", "Oak Street"), 25, false}, {2, only("und", longWord), 0, false},
	}}
	if over {
		p.Over, p.Voted, p.Vote, p.Ends, p.Multiple, p.Host, p.Options[1].Chosen = true, true, "", ago(day), true, "riverbend.example", true
	}
	return p
}

// tabs are the pages of a community; current is the end of the address of one.
func tabs(current string) []Option {
	out := []Option{{Key: "page.community.posts"}, {Value: "/people", Key: "staff.title"}, {Value: "/held", Key: "hold.title"}, {Value: "/reports", Key: "page.reports.title"}, {Value: "/log", Key: "acts.title"}}
	for i := range out {
		out[i].Selected = out[i].Value == current
		out[i].Value = "/communities/mill_quarter" + out[i].Value
	}
	return out
}

func communityStories(add adder, in, out framer) {
	add("communities", CommunitiesPage{Frame: in("/communities"), Items: communities(3), Pager: Pager{Total: 3, Shown: 3}, Start: "/communities/new"})
	add("communities-empty", CommunitiesPage{Frame: in("/communities"), Start: "/communities/new"})
	add("communities-none", CommunitiesPage{Frame: out("/communities?q=x"), Query: "x"})
	c := CommunityPage{Frame: in("/communities/mill_quarter"), Href: "/communities/mill_quarter", Title: three("Mill Quarter", "Barrio del Molino", "Molenwijk"), Handle: hood.Handle, Address: "https://brightwater.example/communities/mill_quarter",
		Summary: markup("en", "<p>Neighbours who want quieter streets and more benches.</p>"), Rules: markup("en", "<ol><li>Be kind.</li><li>Stay with the quarter.</li></ol>"), Followers: 1284, Members: members(2), MemberAll: 14, MayFollow: true, Follow: Following, MayPost: true, MayEdit: true,
		Langs: langs(), Pinned: posts(3)[2:], Posts: posts(6), Pager: Pager{Total: -1, Shown: 6, Next: "/n"}, Processes: processes(2), Owner: &city}
	c.Compose = compose()
	c.Posts[2].Poll, c.Posts[3].Poll, c.Posts[4].Warned, c.Posts[4].Warning = poll(false), poll(true), true, only("en", "Loud noise")
	c.Requests, c.Tabs, c.Introduction = members(3)[2:], tabs(""), &c.Pinned[0]
	c.Posts[0].Locked, c.Posts[0].Lock, c.Posts[0].Ban = true, "/l", "/b"
	add("community", c)
	founded := CommunityPage{Frame: in("/communities/mill_quarter"), Href: c.Href, Title: c.Title, Handle: c.Handle, Followers: 1, Follow: Following, MayFollow: true, MayPost: true, MayEdit: true, Compose: compose(), Langs: langs()}
	founded.Notices = []Notice{{Kind: Success, Sentence: Say("notice.community_founded")}}
	add("community-founded", founded)
	banned := c
	banned.MayPost, banned.MayEdit, banned.Requests, banned.Banned = false, false, nil, &BanRow{Reason: "Advertised a lottery three times.", At: ago(2 * day), Until: noon.Add(5 * day)}
	add("community-banned", banned)
	staff := StaffPage{
		Frame: in("/communities/mill_quarter/people"), Crumbs: []Link{{"/communities", only("en", "Communities")}, {c.Href, c.Title}}, Href: c.Href, Title: c.Title, Tabs: tabs("/people"),
		Staff: []Member{{Actor: ada, Role: "administrator", Change: "/c", Remove: "/r"}, {Actor: far, Role: "moderator", Remove: "/r"}}, MayEdit: true, MayBan: true, Roles: roles(),
		Bans: []BanRow{{Who: milo, Reason: "Advertised a lottery three times.", By: &ada, At: ago(2 * day), Until: noon.Add(5 * day), Lift: "/u"}, {Who: far, Reason: "Threatened a neighbour.", At: ago(20 * day), Lift: "/u"}}, Pager: Pager{Total: 2, Shown: 2},
	}
	add("staff", staff)
	staff.Bans, staff.Form = nil, refused(url.Values{"person": {"ada"}, "reason": {""}}, "reason")
	add("staff-refused", staff)
	staff.Frame, staff.MayEdit, staff.MayBan, staff.Roles, staff.Form = out("/communities/mill_quarter/people"), false, false, nil, Form{}
	add("staff-reader", staff)
	c.Requests = nil
	c.Frame, c.MayFollow, c.MayPost, c.MayEdit, c.Pinned, c.Posts, c.Members, c.Rules = out("/communities/mill_quarter"), false, false, false, nil, nil, nil, Rich{}
	add("community-visitor", c)
	c.Frame, c.Origin, c.MayFollow, c.Follow, c.Posts = in("/@x@riverbend.example"), riverbend, true, Requested, posts(2)
	c.Pager = Pager{}
	add("community-foreign", c)
	c.Origin, c.MayPost, c.Form = Origin{}, true, refused(url.Values{"content": {""}}, "content")
	add("community-refused", c)
	c.Form = refused(url.Values{"content": {"?"}, "poll_options": {"Elm"}, "alt_2": {""}, "warning": {"Noise"}}, "poll_options", "alt_2")
	add("community-refused-poll", c)
	add("follow", FollowPage{Frame: out("/communities/mill_quarter/follow"), Who: hood})
	add("answer-elsewhere", FollowPage{Frame: out("/posts/s0/elsewhere"), Who: hood, Post: "/posts/s0", Address: "https://brightwater.example/posts/s0"})
	add("follow-refused", FollowPage{Frame: out("/communities/mill_quarter/follow"), Who: hood, Form: refused(url.Values{"handle": {"me"}}, "handle")})
	add("post", PostPage{Frame: in("/posts/s1"), Post: posts(2)[1], Thread: posts(1), Answers: posts(4)[2:], MayReply: true, Rules: markup("en", "<p>Be kind.</p>"), Langs: langs()})
	begun := PostPage{Frame: in("/posts/s1"), Post: posts(2)[1], MayReply: true, Rules: markup("en", "<p>Be kind.</p>"), Langs: langs()}
	begun.Notices = []Notice{{Kind: Success, Sentence: Say("notice.posted_elsewhere", "River Bend")}}
	add("post-begun-elsewhere", begun)
	asks := posts(3)[0]
	asks.Poll = poll(false)
	asks.Poll.Problems = refused(url.Values{}, "option").Problems
	add("post-poll-refused", PostPage{Frame: in("/posts/s0"), Post: asks})
	add("post-deleted", PostPage{Frame: out("/posts/s1"), Post: Post{ID: "s1", Href: "/posts/s1", At: ago(day), Deleted: true}})
	add("post-earlier", EarlierPage{Frame: out("/posts/s1/earlier"), Now: posts(1)[0], Versions: []PostVersion{{posts(3)[2].Content, ago(day)}}})
	add("post-never-edited", EarlierPage{Frame: out("/posts/s1/earlier"), Now: posts(1)[0]})
	waits := posts(1)[0]
	waits.ID, waits.Href = "w1", ""
	asked := posts(3)[2]
	asked.Answering = "asked"
	add("post-asked", PostPage{Frame: in("/posts/s2"), Post: asked, MayReply: true, Langs: langs(), Asked: []OwnWaitingPost{{Post: waits, Asks: true, Withdraw: "/w"}}})
	add("post-not-follower", PostPage{Frame: in("/posts/s2"), Post: posts(3)[2], Denied: Say("page.post.not_follower"), Step: "/communities/streets", StepKey: "page.post.to_community"})
	add("post-alone", PostPage{Frame: out("/posts/s2"), Post: posts(3)[2]})
	mine := posts(4)
	mine[0].Delete = "/posts/s0/delete"
	mine[1].Like, mine[1].Liked, mine[1].Likes, mine[1].Return, mine[1].Report = "/posts/s1/unlike", true, 3, "/timeline", "/report?post=s1"
	mine[0].Like, mine[0].Liked, mine[0].Liking = "/posts/s0/unlike", true, "waits"
	mine[3].Like, mine[3].Liking = "/posts/s3/like", "declined"
	mine[2].Like, mine[2].Pin, mine[2].Pinned, mine[2].Attachments = "/posts/s2/like", "/posts/s2/unpin", true, []Attachment{{Href: "https://riverbend.example/1.png", Words: only("es", "Un plano"), MediaType: "image/png", Host: "riverbend.example", Width: 640, Height: 480}}
	e := interlinkers(1)[0]
	mine[0].Entry = &e
	add("timeline", TimelinePage{Frame: in("/timeline"), Posts: mine, Pager: Pager{Next: "/n", First: "/timeline"}, Suggested: []Actor{hood, far}, Following: 4})
	var entries []EntryLine
	for _, card := range interlinkers(3) {
		entries = append(entries, EntryLine{Interlinker: &card})
	}
	entries[2] = EntryLine{Card: &Card{Kind: "problem", Href: "/problems/A_1@riverbend.example", Title: only("es", "Faltan sitios"), Summary: only("es", "Nadie encuentra aparcamiento."), Origin: riverbend}}
	all := []Sentence{Say("bulletin.new", 12), Say("bulletin.renewed", 1)}
	news := []Post{
		{ID: "b1", Author: far, At: ago(day), Return: "/timeline", Unfollow: &Link{Href: "https://riverbend.example/catalogue", Text: only("en", "River Bend")}, Bulletin: &Bulletin{Href: "/catalogue/bulletins/b1", Why: true, Heading: all, Total: 13, All: Say("bulletin.all", 13), First: entries}},
		{ID: "b2", Author: far, At: ago(2 * day), Bulletin: &Bulletin{Href: "/catalogue/bulletins/b2", Heading: all[1:], Total: 1, First: entries[:1], Use: "/interlinkers/x#use"}},
		{ID: "b4", Author: far, At: ago(3 * day), Bulletin: &Bulletin{Href: "/catalogue/bulletins/b4", Heading: []Sentence{Say("bulletin.new_more", 1000), Say("bulletin.renewed_more", 1000)}, Total: 2002, All: Say("bulletin.all_more", 1000), First: entries}},
		{ID: "b3", Author: far, At: ago(3 * day), Bulletin: &Bulletin{Href: "/catalogue/bulletins/b3", Heading: []Sentence{Say("bulletin.shared", 1)}, Total: 1, First: entries[2:]}},
	}
	add("timeline-catalogues", TimelinePage{Frame: in("/timeline"), Posts: news, Following: 4})
	add("bulletin", BulletinPage{Frame: out("/catalogue/bulletins/b1"), Actor: far, At: ago(day), Heading: all, Items: entries, Pager: Pager{Next: "/n", First: "/n", Shown: 3, Total: 13}})
	add("timeline-moved", TimelinePage{Frame: in("/timeline"), Moved: []Replacement{{From: hood, To: far, State: Following, At: ago(day)}, {From: ada, To: milo, State: Requested, At: ago(2 * day)}}, Following: 4})
	add("timeline-empty", TimelinePage{
		Frame: in("/timeline?kind=polls&from=tags"), Kind: "polls",
		Kinds:   []Option{{Value: "/timeline?from=tags", Key: "home.kind_all"}, {Value: "/timeline?from=tags&kind=polls", Key: "home.kind_polls", Selected: true}},
		Sources: []Option{{Value: "", Key: "home.from_all"}, {Value: "tags", Key: "home.from_tags", Selected: true}},
		Empty:   Empty{Icon: "people", Words: "home.empty_tags", Href: "/lookup", Submit: "page.lookup.title"},
	})
	actor := ActorCard{Actor: milo, Summary: markup("es", "<p>Urbanista.</p>"), Said: Said{Fields: []ActorField{{"Web", markup("es", `<a href="https://milo.example">milo.example</a>`)}}, MovedTo: &ada}, Followers: 120, Posts: -1, Joined: ago(500 * day), MayFollow: true, Target: "https://riverbend.example/users/milo"}
	add("lookup", LookupPage{Frame: in("/lookup?q=@milo@riverbend.example"), Query: "@milo@riverbend.example", Found: &actor})
	add("lookup-empty", LookupPage{Frame: out("/lookup")})
	add("lookup-none", LookupPage{Frame: in("/lookup?q=x"), Query: "x", Form: Form{Problems: []Problem{{Field: "q", Sentence: Say("error.not_found_there", "far.example")}}}})
	add("actor-foreign", ActorPage{Frame: in("/@milo@riverbend.example"), ActorCard: actor, Rules: markup("en", "<ol><li>Be kind.</li><li>Say where it is.</li></ol>")})
	begin := ActorPage{Frame: in("/@streets@riverbend.example"), ActorCard: actor, Rules: markup("en", "<ol><li>Be kind.</li></ol>"), Compose: compose(), Langs: langs()}
	add("actor-begin", begin)
	begin.Form = refused(url.Values{"content": {" "}, "warning": {"Noise"}}, "content")
	add("actor-begin-refused", begin)
	add("actor-closed", ActorPage{Frame: in("/@milo@riverbend.example"), ActorCard: actor, Closed: true, Ask: "/join-requests"})
	add("actor-unread", ActorPage{Frame: in("/@catalogue@riverbend.example"), ActorCard: actor, Unread: true})
	add("actor-pinned", ActorPage{Frame: in("/@milo@riverbend.example"), ActorCard: actor, Pinned: posts(3)[2:], Report: "/report?actor=x"})
	add("tag", TagPage{Frame: in("/tags/streets"), Tag: "streets", Posts: posts(2), Pager: Pager{Total: 2, Shown: 2}})
	add("tag-empty", TagPage{Frame: out("/tags/streets"), Tag: "streets"})
	actor.Actor, actor.MayFollow = ada, false
	add("actor", ActorPage{Frame: in("/users/ada"), ActorCard: actor, Timeline: posts(1), Organizations: processes(1), Processes: processes(2), Self: true})
	org := card("organization", "/organizations/city", only("en", "City of Brightwater"), only("en", "The administration of a small town on a river."))
	org.Facts = []Sentence{Say("count.teams_n", 2)}
	add("organizations", OrganizationsPage{Frame: in("/organizations"), Items: []Card{org}, Pager: Pager{Total: 1, Shown: 1}, Start: "/organizations/new"})
	add("organizations-empty", OrganizationsPage{Frame: out("/organizations")})
	add("organizations-none", OrganizationsPage{Frame: out("/organizations?q=x"), Query: "x"})
	o := OrganizationPage{Frame: in("/organizations/city"), Href: "/organizations/city", Title: only("en", "City of Brightwater"), Handle: city.Handle, Kind: "public_administration", Summary: markup("en", "<p>The administration of a small town on a river.</p>"),
		Teams: []Card{card("team", "/teams/safe_streets", only("en", "Safe Streets Team"), nil)}, TeamsAll: 14, Members: members(3), MembersAll: 120, Communities: communities(1), Processes: processes(1), Stories: stories(1), MayEdit: true, NewTeam: "/organizations/city/teams/new", Leave: true}
	add("organization", o)
	add("organization-bare", OrganizationPage{Frame: out("/@x@y"), Title: only("lv", "Dome"), Handle: far.Handle, Kind: "citizen", Origin: stranger})
	kinds := []Option{{Value: "public_administration", Key: "kind.public_administration"}, {Value: "citizen", Key: "kind.citizen"}}
	add("create-organization", CreatePage{Frame: in("/organizations/new"), What: "organization", Action: "/organizations", Host: "brightwater.example", Langs: langs(), Kinds: kinds, Visibilities: visibilities(), TeamMakers: []Option{{Value: "administrators", Key: "team_makers.administrators", Selected: true}, {Value: "members", Key: "team_makers.members"}, {Value: "anyone", Key: "team_makers.anyone"}}, Cancel: "/organizations"})
	add("create-team", CreatePage{Frame: in("/organizations/city/teams/new"), What: "team", Crumbs: []Link{{"/organizations/city", only("en", "City of Brightwater")}}, Action: "/organizations/city/teams", Host: stranger.Host, Langs: langs(), Kinds: kinds, JoinPolicies: []Option{{Value: "open", Key: "join_policy.open"}, {Value: "invite", Key: "join_policy.invite"}}, Form: refused(url.Values{"name": {"Ä"}, "kind": {"citizen"}}, "name", "title", "joinPolicy")})
	add("create-community", CreatePage{Frame: in("/communities/new"), What: "community", Action: "/communities", Host: "brightwater.example", Langs: langs(), Organizations: orgs(), Visibilities: visibilities()})
	t := TeamPage{Frame: in("/teams/safe_streets"), Href: "/teams/safe_streets", Title: only("en", "Safe Streets Team"), Handle: team.Handle, Kind: "citizen", Summary: markup("en", "<p>Meets on Tuesdays.</p>"), Organization: city, Members: members(2), MembersAll: 2, Requests: members(3)[2:], Processes: processes(1), Join: "leave", MayEdit: true}
	add("team", t)
	membershipStories(add, in, out)
	logStories(add, in, out)
	leaveStories(add, in, out)
	noticeStories(add, in, out)
	catalogueStories(add, in, out)
	opinionStories(add, in, out)
	roleCallStories(add, in, out)
	for _, join := range []string{"", "join", "request", "requested"} {
		t.Frame, t.Join, t.MayEdit, t.Requests, t.Members = out("/teams/safe_streets"), join, false, nil, nil
		add("team-join-"+join, t)
	}
}
