package view

// authorStories are the pages of those who write the catalogue.
func authorStories(add adder, in framer) {
	name := three("Map of everybody concerned", "Mapa de personas afectadas", "Kaart van betrokkenen")
	langs := []LangState{
		{Lang: "en", Href: "/interlinkers/x/edit?in=en", State: "reviewed", Source: true, Present: true},
		{Lang: "es", Href: "/interlinkers/x/edit?in=es", State: "stale", Check: true, Fields: []FieldState{{"name", "reviewed"}, {"summary", "stale"}, {"template", "missing"}}},
		{Lang: "lv", Href: "/interlinkers/x/edit?in=lv", State: "draft", Check: true, Fields: []FieldState{{"name", "draft"}, {"overview", ""}}},
	}
	form := EntryFormPage{FormPage: FormPage{
		Frame: in("/interlinkers/x/edit"), Title: Say("form.edit_of", "Map"), Lead: Say("author.edit_lead"), Action: "/interlinkers/x/edit", Submit: Say("ui.save"), Cancel: "/interlinkers/x",
		Fields: []Field{
			{Name: "name", Label: Say("form.name"), Value: "Map of everybody concerned"},
			{Name: "scopes", Control: Checks, Label: Say("ui.scope"), Options: []Option{{Value: "eu", Key: "scope.eu", Selected: true}, {Value: "local", Key: "scope.local"}}, Optional: true},
			{Name: "supports", Control: TextArea, Label: Say("author.supports"), Hint: Say("author.supports_hint"), Value: "alias:gdpr ES 2026-11-26", Optional: true},
		},
	}, Facts: []Field{
		{Name: "problems", Control: Checks, Label: Say("form.problems"), Hint: Say("author.problems_choose_hint"), Options: []Option{{Value: "A_1", Text: name, Selected: true}, {Value: "A_2", Text: only("und", "A_2")}}, Optional: true, Folded: true},
	}, Note: Field{Name: "note", Label: Say("author.note"), Hint: Say("author.note_hint"), Optional: true}, Langs: langs}
	add("entry-form", form)
	form.Translating = true
	form.Fields[0].Source, form.Fields[0].SourceLang = "Map of everybody concerned", "en"
	add("entry-form-translating", form)
	fields := []ComparedField{
		{Name: "summary", Lang: "en", Rows: []CompareRow{{Change: "removed", Old: 1, Text: "A map."}, {Change: "added", New: 1, Text: "A map of people."}, {Hidden: 4}}},
		{Name: "service_types", Rows: []CompareRow{{Change: "added", New: 1, Text: "enabling_services"}}, More: 3},
	}
	form.Theirs = &EntryTheirs{By: ada, At: ago(day), Versions: "/interlinkers/x/versions", Fields: fields}
	add("entry-conflict", form)
	add("entry-translations", EntryTranslationsPage{Frame: in("/interlinkers/x/translations"), Name: name, Href: "/interlinkers/x", Langs: langs, Review: "/interlinkers/x/translations", Revision: "3", Edit: "/interlinkers/x/edit", Add: []Option{{Value: "it", Text: only("it", "Italiano")}}})
	files := EntryFilesPage{FormPage: FormPage{Frame: in("/interlinkers/x/files"), Fields: []Field{{Name: "alt", Label: Say("picture.alt")}}}, Name: name, Href: "/interlinkers/x", Revision: "3", MaxFile: 5 << 20}
	add("entry-files-none", files)
	files.Documents = []Document{{Name: only("en", "map.odt"), Href: "/interlinkers/x/files/1", Lang: "en", Format: "application/vnd.oasis.opendocument.text", Bytes: 12345}, {Name: only("es", "plantilla.md"), Href: "/interlinkers/x/files/2", Lang: "es"}}
	add("entry-files", files)
	files.Pictured, files.Pictures = true, []Snapshot{{URL: "https://riga.example/files/map.png", Source: "/static/favicon.svg", Width: 64, Height: 64, Alt: only("en", "The map on a wall.")}}
	add("entry-pictures", files)
	versions := []EntryVersion{{Number: 3, Status: "deprecated", Note: "There is a better one.", By: ada, At: ago(day), Present: true, New: true}, {Number: 2, Status: "published", At: ago(3 * day), Old: true}, {Number: 1, Status: "withdrawn", At: ago(9 * day)}}
	add("entry-versions", EntryVersionsPage{Frame: in("/interlinkers/x/versions"), Name: name, Href: "/interlinkers/x", Compare: "/interlinkers/x/compare", Versions: versions, Pager: Pager{Total: 3, Shown: 3}})
	add("entry-compare", EntryComparePage{Frame: in("/interlinkers/x/compare"), Name: name, Href: "/interlinkers/x", Old: versions[1], New: versions[0], Fields: fields})
	add("entry-compare-archive", EntryComparePage{Frame: in("/admin/archive/1/parts/7?version=5"), Name: name, Href: "/interlinkers/x", Old: versions[1], New: versions[0], Fields: fields, Archive: &NodeArchiveRow{Href: "/admin/archive/1", Name: "Riverbend", Host: "riverbend.example"}})
	add("entry-compare-same", EntryComparePage{Frame: in("/interlinkers/x/compare"), Name: name, Href: "/interlinkers/x", Old: versions[1], New: versions[1]})
	draft := interlinkers(1)
	draft[0].Status = "draft"
	add("drafts", DraftsPage{Frame: in("/catalogue/drafts"), Items: draft, Pager: Pager{Total: 1, Shown: 1}})
	add("drafts-none", DraftsPage{Frame: in("/catalogue/drafts")})
	written := InterlinkerPage{
		Frame: in("/interlinkers/x"), InterlinkerCard: interlinkers(1)[0], Deprecated: &Withdrawal{At: ago(day), Reason: only("en", "There is a better one."), Replacement: &Link{"/interlinkers/y", name}},
		Snapshots: files.Pictures, Authors: []Credit{{"Ada Example", "https://brightwater.example/users/ada"}, {"Somebody", ""}}, Made: &Link{"/processes/safe_paths", name},
		Supports: []SupportedRule{{Name: Plain("", "GDPR"), Href: "/regulations/gdpr", Country: "ES", Reviewed: ago(30 * day)}, {Name: Plain("", "http://data.europa.eu/eli/reg/2016/679/oj"), Href: "/regulations/eli"}},
		Versions: "/interlinkers/x/versions", Curation: &Curation{Status: "deprecated", Revision: "4", Publish: "/p", Edit: "/e", Translations: "/t", Files: "/f", Withdraw: "/w"},
	}
	written.InterlinkerCard.Status = "deprecated"
	add("interlinker-deprecated", written)
	written.Curation = &Curation{Status: "draft", Revision: "4", Publish: "/p", Edit: "/e", Translations: "/t", Files: "/f", Discard: "/d"}
	written.InterlinkerCard.Status, written.Deprecated = "draft", nil
	add("interlinker-draft", written)
}
