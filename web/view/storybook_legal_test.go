package view

import (
	"net/url"

	"interlink/domain"
)

func legalStories(add adder, in, out framer) {
	add("legal-index", LegalIndexPage{Frame: out("/legal"), Contact: "info@brightwater.example", Items: []LegalItem{
		{Kind: "privacy", Href: "/legal/privacy", Number: 3, At: ago(30 * day)}, {Kind: "terms", Href: "/legal/terms"}, {Kind: "accessibility", Href: "/legal/accessibility"}, {Kind: "imprint", Href: "/legal/imprint"},
	}})
	text := markup("en", "<h2>Who is responsible</h2><p>The town of Brightwater.</p><ul><li>One thing</li><li>"+longWord+"</li></ul>")
	add("legal", LegalPage{Frame: out("/legal/privacy"), Kind: "privacy", Number: 3, Latest: 3, At: ago(30 * day), Text: text, Langs: []domain.Lang{"en"}})
	add("legal-old", LegalPage{Frame: out("/legal/privacy/versions/1"), Kind: "privacy", Number: 1, Latest: 3, At: ago(300 * day), Text: text})
	add("legal-none", LegalPage{Frame: out("/legal/imprint"), Kind: "imprint", Contact: "info@brightwater.example"})
	versions := []LegalVersion{{Href: "/legal/terms/versions/2", Number: 2, At: ago(day), Changes: three("Pictures need words.", "Las imágenes necesitan palabras.", "Afbeeldingen hebben woorden nodig."), Demands: true}, {Href: "/legal/terms/versions/1", Number: 1, At: ago(100 * day)}}
	add("legal-versions", LegalVersionsPage{Frame: out("/legal/terms/versions"), Kind: "terms", Items: versions, Pager: Pager{Total: 2, Shown: 2}})
	add("legal-versions-none", LegalVersionsPage{Frame: out("/legal/terms/versions"), Kind: "terms"})
	terms := TermsPage{Frame: in("/terms"), Number: 2, At: ago(day), Text: text, Owed: true, Return: "/"}
	add("terms", terms)
	terms.Accepted, terms.AcceptedAt, terms.News, terms.Form = 1, ago(100*day), versions[:1], refused(url.Values{}, "terms")
	add("terms-again", terms)
	add("terms-accepted", TermsPage{Frame: in("/terms"), Number: 2, At: ago(day), Text: text, Accepted: 2, AcceptedAt: ago(day)})
	add("terms-none", TermsPage{Frame: in("/terms")})
	add("legal-admin", LegalAdminPage{Frame: in("/admin/legal"), Items: []LegalItem{
		{Kind: "privacy", Href: "/admin/legal/privacy", Number: 3, At: ago(30 * day), Langs: []domain.Lang{"en", "es", "lv"}}, {Kind: "terms", Href: "/admin/legal/terms", Draft: true},
	}})
	edit := LegalEditPage{
		Frame: in("/admin/legal/terms"), Kind: "terms", Action: "/admin/legal/terms", Revision: "4", Number: 1, At: ago(day), Terms: true, Demands: true, Drafted: true, MaxText: 60000, MaxChanges: 2000,
		Langs: []LegalLang{{Lang: "en", Name: "English", Text: "## Who\n\nWe.", Preview: text, Open: true}, {Lang: "lv", Name: "latviešu", Headings: "## Kas\n\n[[Iestādes nosaukums]]"}},
	}
	add("legal-edit", edit)
	edit.Form = refused(url.Values{"text_en": {"[[Name]]"}}, "text_en", "changes_en", "text_lv")
	add("legal-edit-refused", edit)
	add("retention", RetentionPage{Frame: out("/legal/retention"), Rows: retentionRows()})
	add("statements", StatementsPage{Frame: out("/statements"), Items: []StatementRow{
		{Category: "hate", Outcome: "removed", Ground: "law", Provision: "§ 1 of the act, as it calls for violence.", At: ago(day)}, {Category: "rules", Outcome: "suspended", Ground: "terms", Provision: longWord, Automated: true, Reversed: true, At: ago(9 * day)},
	}, Pager: Pager{Total: 2, Shown: 2}})
	add("statements-none", StatementsPage{Frame: out("/statements")})
}

func retentionRows() []RetentionRow {
	return []RetentionRow{
		{Data: "account", Ends: "until_leaving", Then: "erased"}, {Data: "sessions", Ends: "since_use", Then: "erased", Long: Say("retention.days", 30)},
		{Data: "attempts", Ends: "since_last", Then: "erased", Long: Say("retention.hours", 1)}, {Data: "log", Ends: "for_ever", Then: "hashed"},
	}
}
