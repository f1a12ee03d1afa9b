package view

import (
	"fmt"
	"net/url"
	"time"

	"interlink/domain"
)

// story is one page in one state.
type story struct {
	name string
	page Page
}

// storybook makes every page in every state, in one language.
func storybook(lang domain.Lang) []story {
	var all []story
	add := func(name string, p Page) { all = append(all, story{name, p}) }
	in := func(path string) Frame { return frame(path, lang, true) }
	out := func(path string) Frame { return frame(path, lang, false) }
	entryStories(add, in, out)
	authorStories(add, in)
	processStories(add, in, out)
	releaseStories(add, in)
	communityStories(add, in, out)
	accountStories(add, in, out)
	notificationStories(add, in, out)
	legalStories(add, in, out)
	exchangeStories(add, in, out)
	return all
}

type adder = func(string, Page)
type framer = func(string) Frame

func entryStories(add adder, in, out framer) {
	counts := Counts{Interlinkers: 78, Processes: 1, Stories: 3, Communities: 2, Nodes: 2}
	home := HomePage{Frame: in("/"), Needs: needs(), Processes: processes(3), Stories: stories(2), Communities: communities(3), Latest: interlinkers(3), Counts: counts}
	home.Notices = []Notice{{Kind: Success, Sentence: Say("page.confirmed.done"), Href: "/sign-in", Link: Say("ui.sign_in")}, {Kind: Failure, Sentence: Say("error.conflict")}}
	add("home", home)
	add("home-empty", HomePage{Frame: out("/"), Setup: []Link{{"/admin/import", three("Import a catalogue", "Importar un catálogo", "Catalogus importeren")}, {"/organizations/new", three("Create an organisation", "Crear una organización", "Organisatie aanmaken")}}})

	facets := []Facet{
		{Name: "nature", Key: "facet.nature", Options: []FacetOption{{Value: "software", Enum: "nature", Count: 5}, {Value: "knowledge", Enum: "nature", Count: 46, Selected: true}, {Value: "external_software", Enum: "nature", Count: 15}, {Value: "external_knowledge", Enum: "nature", Count: 12}}},
		{Name: "language", Key: "facet.language", Options: []FacetOption{{Value: "en", Enum: "language", Count: 78}, {Value: "es", Enum: "language", Count: 37}, {Value: "lv", Enum: "language", Count: 37}}},
		{Name: "licence", Key: "facet.licence", Options: []FacetOption{{Value: "CC-BY-4.0", Enum: "licence", Count: 1041}, {Value: "copyleft", Enum: "licence", Count: 2}}},
		{Name: "origin", Key: "facet.origin", Options: []FacetOption{{Value: stranger.Host, Count: 4}}},
	}
	sorts := []Choice{{"relevance", "sort.relevance", true}, {"newest", "sort.newest", false}}
	add("catalogue", CataloguePage{Frame: in("/catalogue"), Facets: facets, Chosen: []Chosen{{Enum: "nature", Value: "knowledge", Remove: "/catalogue"}}, Clear: "/catalogue", Sorts: sorts, Items: interlinkers(10),
		Pager: Pager{Total: 1046, Shown: 10, Next: "/catalogue?after=1"}, Hosts: 2, Handle: "@catalogue@brightwater.example", MayEdit: true, For: &Link{"/processes/safe_paths/guide/p1o0t0", only("es", "Dibujar un mapa")}})
	add("catalogue-one", CataloguePage{Frame: out("/catalogue?q=map"), Query: "map", Facets: facets, Clear: "/catalogue", Items: interlinkers(1), Pager: Pager{Total: 1, Shown: 1}})
	add("catalogue-none", CataloguePage{Frame: out("/catalogue?q=xyz"), Query: `"><script>alert(1)</script>`, Clear: "/catalogue"})
	searchStories(add, in, out, interlinkers(2))
	add("catalogue-empty", CataloguePage{Frame: out("/catalogue")})

	il := InterlinkerPage{Frame: in("/interlinkers/sample-0"), InterlinkerCard: interlinkers(2)[1],
		Description:  markup("en", "<p>Thirty people, four hours, one wall. The kit holds what a facilitator needs, from the invitation to the letter of thanks.</p>"),
		Instructions: markup("es", "<p>Reservar una sala con <strong>paredes libres</strong>.</p><ol><li>Imprimir las fichas.</li><li>Formar grupos de seis.</li></ol>"),
		Documents:    []Document{{Name: only("en", "Workshop kit"), Href: "/blobs/1", Lang: "en", Format: "ODT", Bytes: 234567}, {Name: only("lv", "Darbnīcas komplekts"), Href: "/blobs/2", Lang: "lv", Format: "PDF"}},
		Problems:     problems(2), Audience: []string{"all;pas", "all;citizens"}, Forms: []string{"document_template"}, Scopes: []string{"local", "eu"},
		Limits: markup("en", "<p>Not for more than thirty people.</p>"), Rules: markup("en", "<p>WCAG 2.2</p>"), Tags: []domain.Text{only("en", "workshop"), only("es", "taller")},
		Steward: Actor{Kind: "catalogue", Name: "Catalogue", Handle: "@catalogue@brightwater.example", Href: "/catalogue"}, Published: ago(400 * day), Updated: ago(2 * day), Revision: 4,
		UsedIn: processes(2), Related: interlinkers(3), UseIn: []OptionGroup{{Of: "Safe paths to school: Understand › Who lives here", Options: []Option{{Value: "t1", Text: only("en", "Draw a map")}}}}}
	add("interlinker", il)
	withdrawn := il
	withdrawn.Frame, withdrawn.Origin, withdrawn.UsedIn, withdrawn.Nature = out("/interlinkers/x"), riverbend, nil, "externalSoftware"
	withdrawn.Withdrawal = &Withdrawal{At: ago(day), Reason: only("es", "Hay una versión más sencilla."), Replacement: &Link{"/interlinkers/sample-2", only("en", "Open survey desk")}}
	withdrawn.Address, withdrawn.Name = "https://tool.example/start", only("de", longWord)
	add("interlinker-withdrawn", withdrawn)
	add("interlinker-bare", InterlinkerPage{Frame: out("/interlinkers/bare"), InterlinkerCard: InterlinkerCard{Name: only("und", "Bare"), Nature: "somethingNew", Licence: "LicenseRef-own"}})

	add("problems", ProblemsPage{Frame: out("/problems"), Total: 5, Groups: []ProblemGroup{{"UND", problems(3)}, {"OTHER", problems(2)}}})
	add("problems-none", ProblemsPage{Frame: out("/problems?q=x"), Query: "x"})
	add("problems-empty", ProblemsPage{Frame: out("/problems")})
	add("problem", ProblemPage{Frame: out("/problems/UND_PROBLEM_1"), ProblemCard: problems(1)[0], Description: markup("en", "<p>Who is touched by the service, and who decides?</p>"), Functionality: markup("en", "<ul><li>a template</li></ul>"),
		InterlinkerCards: interlinkers(3), TaskLinks: []Link{{"/schemas/public-service", only("lv", "Uzzīmēt karti")}}, StoryCards: stories(2), Origin: riverbend})
	add("problem-gap", ProblemPage{Frame: out("/problems/UND_PROBLEM_2"), ProblemCard: problems(2)[1], Curation: &Curation{Status: "published", Withdraw: "/problems/UND_PROBLEM_2/withdraw"}})
	add("schemas", SchemasPage{Frame: out("/schemas"), Schemas: []Card{card("schema", "/schemas/public-service", three("A public service", "Un servicio público", "Een publieke dienst"), three("From the first idea to the running service.", "De la primera idea al servicio en marcha.", "Van eerste idee tot draaiende dienst."))}, Pager: Pager{Total: 1, Shown: 1}})
	add("schemas-empty", SchemasPage{Frame: out("/schemas")})
	schema := SchemaPage{Frame: in("/schemas/public-service"), Name: three("A public service", "Un servicio público", "Een publieke dienst"), Description: markup("en", "<p>For services that many people use.</p>"), Licence: "CC-BY-SA-4.0", Languages: []domain.Lang{"en", "lv"},
		Tree: tree(4, 3, false, ""), Phases: 4, Objectives: 8, Tasks: 24, Start: "/processes/new?schema=public-service", Updated: ago(20 * day), Steward: city}
	add("schema", schema)
	schema.Curation, schema.Withdrawal = &Curation{Status: "withdrawn", Delete: "/schemas/public-service/delete"}, &Withdrawal{At: ago(day), Replacement: &Link{"/schemas/hackathon", three("A hackathon", "Un hackatón", "Een hackathon")}}
	add("schema-withdrawn", schema)
	schema.Frame, schema.Start, schema.Origin, schema.Curation, schema.Withdrawal = out("/schemas/x"), "", stranger, nil, &Withdrawal{At: ago(day)}
	add("schema-foreign", schema)
}

func accountStories(add adder, in, out framer) {
	add("sign-in", SignInPage{Frame: out("/sign-in"), SignUp: true})
	add("sign-in-refused", SignInPage{Frame: out("/sign-in"), Form: Failed(url.Values{"login": {"ada"}, "password": {"secret"}}, domain.Fail(domain.Unauthenticated, "error.too_many")), Return: "/me"})
	for _, mode := range []string{"open", "approval", "invitation", "closed"} {
		p := SignUpPage{Frame: out("/sign-up"), Mode: mode, Host: "brightwater.example", Langs: langs(), Terms: 2, Rules: []domain.Text{three("Be kind.", "Trato amable.", "Wees vriendelijk."), only("es", "Sin publicidad.")}}
		if mode == "approval" {
			p.Form = refused(url.Values{"title": {"Ada"}, "lang": {"nl"}}, "username", "email", "password", "accept")
		}
		add("sign-up-"+mode, p)
	}
	add("check-mail", CheckMailPage{Frame: out("/check-mail"), For: "confirm", Address: "ada@brightwater.example", Again: "/check-mail", Log: true})
	add("check-mail-reset", CheckMailPage{Frame: out("/check-mail"), For: "reset"})
	for _, state := range []string{"ready", "done", "waiting", "expired"} {
		add("confirmed-"+state, ConfirmedPage{Frame: out("/confirm/x"), State: state, Action: "/confirm/x"})
	}
	add("reset", ResetPage{Frame: out("/reset"), Expired: true})
	add("reset-chosen", ResetPage{Frame: out("/reset/x"), Chosen: true, Action: "/reset/x", Form: refused(nil, "password")})
	settings := SettingsPage{Frame: in("/me"), Name: "Ada Fields", Handle: ada.Handle, Summary: "Streets.", Email: "ada@brightwater.example", Joined: ago(200 * day), Role: "admin", Langs: langs()}
	add("settings", settings)
	settings.Which, settings.Form = "password", refused(url.Values{}, "current", "password")
	add("settings-refused", settings)
	move := MovePage{Frame: in("/me/move"), Crumbs: []Link{{"/me", only("en", "Ada Fields")}}, Action: "/me/move", Handle: ada.Handle, Aliases: []Alias{{milo, "https://riverbend.example/users/milo"}, {far, "https://far.example/users/council"}}}
	add("move", move)
	move.Which, move.Form = "move", refused(url.Values{"target": {"@x@y.example"}}, "target", "password")
	add("move-refused", move)
	add("move-gone", MovePage{Frame: in("/communities/x/move"), Action: "/communities/x/move", Handle: hood.Handle, MovedTo: &far})
	add("move-early", MovePage{Frame: in("/communities/x/move"), Action: "/communities/x/move", Handle: hood.Handle, Until: ago(-3 * day)})
	add("tokens", TokensPage{Frame: in("/me/tokens"), Tokens: []Token{{Label: "Backup", Scopes: []string{"read", "write"}, Created: ago(30 * day), Used: ago(time.Hour), Revoke: "/me/tokens/1/revoke"}, {Label: "Old", Created: ago(300 * day), Revoke: "/me/tokens/2/revoke"}},
		Fresh: "ilk_0123456789abcdef0123456789abcdef0123456789abcdef", Scopes: []Option{{Value: "read", Key: "scope_of_token.read", Selected: true}, {Value: "write", Key: "scope_of_token.write"}}})
	add("tokens-empty", TokensPage{Frame: in("/me/tokens"), Form: refused(url.Values{}, "label", "scopes"), Scopes: []Option{{Value: "read", Key: "scope_of_token.read"}}})
	add("admin", AdminPage{Frame: in("/admin"), Needs: needs(), Counts: Counts{Interlinkers: 78}, Queues: []Queue{{"inbox", 12, 0}, {"deliveries", 12043, 3}, {"jobs", 0, 0}}, Facts: []Fact{{"fact.version", "0.1.0"}, {"fact.base_url", "https://city.example"}}})
	add("admin-calm", AdminPage{Frame: in("/admin")})
	report := ImportReport{Took: 2300 * time.Millisecond, Rows: []ImportRow{{"interlinkers", 78, 0, 0, 78}, {"problem_profiles", 45, 0, 0, 45}, {"schemas", 4, 0, 0, 4}}, Phases: 14, Objectives: 40, Tasks: 109,
		Warnings: []ImportRemark{{"interlinkers/knowledge/a-long-name-for-a-directory/metadata.json", "languages", "es is listed, but no text is in it"}}, Hidden: 30}
	add("import", ImportPage{Frame: in("/admin/import"), Report: &report})
	bad := ImportReport{Refused: true, Rows: report.Rows, Errors: []ImportRemark{{"schemas/x/metadata.json", "", "unexpected end of JSON"}}}
	add("import-refused", ImportPage{Frame: in("/admin/import"), Report: &bad, Form: refused(url.Values{"directory": {"/nowhere"}}, "directory")})
	dry := ImportReport{Dry: true}
	add("import-running", ImportPage{Frame: in("/admin/import"), Report: &dry, Work: &Progress{State: "running", Doing: Say("count.interlinkers_n", 40), Done: 40, Total: 78, Started: ago(time.Second)}})
	add("approvals", ApprovalsPage{Frame: in("/admin/approvals"), Pager: Pager{Total: 1, Shown: 1}, Items: []Approval{{"Noa Vale", "@noa@brightwater.example", "noa@vale.example", "I run the library.", ago(3 * time.Hour), "/a", "/r"}}})
	weight := RuleWeight{"spam.example", "block", []RuleFigure{{Say("page.rules.actors"), 3}, {Say("page.rules.followers"), 2}, {Say("page.rules.posts"), 40}}}
	add("rules", RulesPage{
		Frame: in("/admin/rules"), Items: []Rule{{Host: "spam.example", Verdict: "block", Reason: "Spam", Comment: "Spam", Since: ago(time.Hour), Until: ago(-48 * time.Hour)}},
		Weight: &weight, Import: &RuleImport{Added: 2, Kept: 1, Touched: []RuleWeight{weight}, Problems: []RuleProblem{{4, "b**.example", domain.InvalidField("host", "rule.obfuscated")}}},
	})
	holdStories(add, in, out)
	add("rules-empty", RulesPage{Frame: in("/admin/rules"), Listed: true})
	host := Host{
		Host: "away.example", Href: "/admin/federation/away.example", State: "pausing", Until: ago(-time.Hour), Since: ago(5 * time.Hour), Waiting: 12043, Dead: 3, Oldest: ago(5 * time.Hour),
		Failures: 17, Error: "dial tcp: connection refused", FailedAt: ago(time.Minute), ReachedAt: ago(6 * time.Hour), HeardAt: ago(7 * time.Hour),
		Software: "mastodon", Version: "4.5.2",
	}
	var hosts []Host
	for _, state := range []string{"reached", "failing", "pausing", "dead", "blocked"} {
		host.State = state
		hosts = append(hosts, host)
	}
	hosts[0].Oldest, hosts[0].ReachedAt, hosts[0].HeardAt = time.Time{}, time.Time{}, time.Time{}
	add("hosts", HostsPage{Frame: in("/admin/federation"), Items: hosts, Failures: 2, Pager: Pager{Total: 5, Shown: 5}})
	add("hosts-fine", HostsPage{Frame: in("/admin/federation?state=troubled"), Troubled: true})
	add("hosts-empty", HostsPage{Frame: in("/admin/federation")})
	sent := Sent{Activity: "https://brightwater.example/activities/1", Type: "Create", Inbox: "https://away.example/inbox", Attempts: 4, Status: 503, Error: "Busy", At: ago(5 * time.Hour), Next: ago(-time.Hour)}
	add("host", HostPage{Frame: in("/admin/federation/away.example"), Host: host, Items: []Sent{sent, sent}, Retry: "/admin/federation/away.example/retry", Pager: Pager{Total: 2, Shown: 2}})
	add("host-dead", HostPage{Frame: in("/admin/federation/away.example?state=dead"), Host: host, Dead: true, Items: []Sent{sent}, Pager: Pager{Total: 1, Shown: 1}})
	add("host-empty", HostPage{Frame: in("/admin/federation/well.example"), Host: hosts[0]})
	failed := FailedActivity{Href: "/admin/received/1", IRI: "https://away.example/activities/1", Type: "Create", Actor: "https://away.example/users/ana", Error: "no answer", Attempts: 8, At: ago(5 * time.Hour), Replay: "/admin/received/1/replay", SetAside: "/admin/received/1/set-aside"}
	add("failures", FailuresPage{Frame: in("/admin/received"), Items: []FailedActivity{failed, failed}, ReplayAll: "/admin/received/replay", Pager: Pager{Total: 2, Shown: 2}})
	add("failures-empty", FailuresPage{Frame: in("/admin/received")})
	add("failure", FailurePage{Frame: in("/admin/received/1"), FailedActivity: failed, JSON: "{\n  \"type\": \"Create\"\n}", Bytes: 1 << 20, Cut: true})
	reported := Report{ID: "r1", Target: milo, By: &ada, Posts: posts(1), Reason: "Advertises what nobody asked for.", At: ago(3 * time.Hour), Forwarded: true, Review: "/reviews/" + longWord, Resolve: "/admin/reports/r1/resolve"}
	add("reports", ReportsPage{Frame: in("/admin/reports"), Href: "/admin/reports", Items: []Report{reported}, Pager: Pager{Total: 1, Shown: 1}})
	here := reported
	here.By = nil
	add("reports-community", ReportsPage{Frame: in("/communities/mill_quarter/reports"), Href: "/communities/mill_quarter/reports", Tabs: tabs("/reports"), In: &Link{"/communities/mill_quarter", only("en", "Mill Quarter")}, Items: []Report{here}, Pager: Pager{Total: 1, Shown: 1}})
	reported.Resolve, reported.Note, reported.Resolver, reported.Resolved = "", "Talked to them.", &ada, ago(time.Hour)
	add("reports-resolved", ReportsPage{Frame: in("/admin/reports?state=resolved"), Href: "/admin/reports", Resolved: true, Items: []Report{reported}, Pager: Pager{Total: 1, Shown: 1}})
	add("reports-empty", ReportsPage{Frame: in("/admin/reports"), Href: "/admin/reports"})
	add("approvals-empty", ApprovalsPage{Frame: in("/admin/approvals")})

	for _, code := range []domain.Code{domain.NotFound, domain.Forbidden, domain.Unauthenticated, domain.Conflict, domain.TooMany, domain.TooLarge, domain.Unavailable, domain.Internal} {
		add(fmt.Sprintf("error-%s", code), ErrorOf(out("/somewhere?x=1"), domain.Fail(code, ""), "0199-abcd"))
	}
	gone := ErrorOf(out("/stories/x"), domain.Fail(domain.Gone, "error.gone"), "")
	gone.Gone = &Tombstone{Kind: "story", At: ago(9 * day), Origin: riverbend, Instead: &Link{"/stories/y", only("en", "Another story")}}
	add("error-gone", gone)
	resend := ErrorOf(out("/sign-in"), domain.Fail(domain.Unavailable, "error.unconfirmed"), "")
	resend.HoldsTyped = true
	resend.Resend = &Resend{Action: "/processes/x/resources/new", Upload: true, Typed: []Typed{{"name", longWord}, {"text", "One\nTwo"}}, Asked: []Typed{{"current", "page.settings.current"}},
		Files: []SentFiles{{"file", []string{"map.png", longWord + ".pdf"}}, {"image", []string{"bench.jpg"}}}, Look: "/processes/x/resources"}
	add("error-resend", resend)
	add("form", FormPage{Frame: in("/interlinkers/x/edit"), Crumbs: []Link{{"/catalogue", three("Catalogue", "Catálogo", "Catalogus")}}, Title: Say("ui.edit"), Lead: Say("page.withdrawn.words"), Action: "/interlinkers/x/edit", Submit: Say("ui.save"), Cancel: "/interlinkers/x",
		Form: refused(url.Values{"name": {"Map"}, "kind": {"citizen"}}, "name", "kind"),
		Fields: []Field{{Name: "revision", Control: Hidden, Value: "3"}, {Name: "name", Label: Say("ui.person"), Hint: Say("ui.short_name_hint"), Max: 30}, {Name: "text", Control: TextArea, Label: Say("page.create.summary"), Optional: true, Rows: 8},
			{Name: "kind", Control: Radios, Label: Say("page.create.kind"), Options: []Option{{Value: "citizen", Key: "kind.citizen", Hint: only("es", "Vecinas y vecinos")}, {Value: "x", Text: only("es", "Otra")}}},
			{Name: "many", Control: Checks, Label: Say("ui.tags"), Options: []Option{{Value: "1", Text: only("en", "One"), Selected: true}}}, {Name: "one", Control: Select, Label: Say("ui.role"), Options: roles()}, {Name: "yes", Control: Check, Label: Say("page.import.try"), Optional: true}}})
	add("form-danger", FormPage{Frame: in("/interlinkers/x/withdraw"), Title: Say("ui.withdraw"), Action: "/x", Submit: Say("ui.withdraw"), Danger: true, Lost: Say("page.withdrawn.words"), Fields: []Field{{Name: "reason", Control: TextArea, Label: Say("page.create.summary")}}})
	add("confirm", ConfirmPage{Frame: in("/x/delete"), Title: Say("ui.remove_of", "Mill Quarter"), Lost: []Sentence{Say("count.posts_n", 120), Say("count.followers_n", 1284)}, Action: "/x/delete", Word: "mill_quarter", Submit: Say("ui.delete"), Cancel: "/x"})
	add("confirm-plain", ConfirmPage{Frame: in("/x/delete"), Title: Say("ui.delete"), Action: "/x/delete", Submit: Say("ui.delete"), Cancel: "/x"})
}
