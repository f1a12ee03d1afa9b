package view

import (
	"net/url"

	"interlink/domain"
)

func opinionStories(add adder, in, out framer) {
	name := three("Map of needs", "Mapa de necesidades", "Kaart")
	said := Opinion{ID: "1", Author: Actor{Kind: "person", Name: "Ana", Handle: "@ana@riverbend.example", Href: "/@ana@riverbend.example"}, Rating: 4, Title: only("en", "Good for a first meeting"),
		Text: []domain.Text{only("en", "We used it with parents."), only("en", "<b>Bring</b> large paper.")}, At: ago(day), Edited: true, Reply: []domain.Text{only("es", "Gracias.")}, Replied: ago(day), Report: "/report?about=x", Answer: "/interlinkers/map/reviews/1/reply"}
	long := Opinion{ID: "2", Author: Actor{Kind: "person", Handle: "@" + longWord + "@" + longWord + ".example"}, Rating: 1, Title: only("und", longWord+longWord), At: ago(3 * day), Report: "/report?about=y"}
	removed := said
	removed.ID, removed.Removed, removed.Reason, removed.Reply = "3", true, "It names a child. https://"+longWord+".example/statements/x", nil
	bars := []StarBar{{5, 2, 12}, {4, 8, 12}, {3, 0, 12}, {2, 1, 12}, {1, 1, 12}}
	all := Opinions{Href: "/interlinkers/map/reviews", Write: "/interlinkers/map/reviews/mine", Mean: 3.8, Count: 12, Bars: bars, Items: []Opinion{said, long}, MayAnswer: true}
	crumbs := []Link{{"/catalogue", only("en", "Catalogue")}, {"/interlinkers/map", name}}
	add("opinions", OpinionsPage{Frame: in("/interlinkers/map/reviews"), Opinions: all, Name: name, Crumbs: crumbs, Pager: Pager{Total: 12, Shown: 2},
		Langs: []OpinionLang{{"", "/x", 12, true}, {"en", "/x?lang=en", 11, false}, {"lv", "/x?lang=lv", 1, false}}})
	add("opinions-none", OpinionsPage{Frame: out("/interlinkers/map/reviews"), Opinions: Opinions{Href: "/interlinkers/map/reviews", SignIn: true}, Name: name, Crumbs: crumbs})
	card := InterlinkerCard{Href: "/interlinkers/map", Name: name, Summary: only("en", "Who needs what."), Rating: 3.8, Ratings: 12}
	mine := all
	mine.Mine, mine.Write, mine.Owner = &removed, "", &Link{"https://riverbend.example/interlinkers/map/reviews", only("und", "riverbend.example")}
	add("interlinker-reviewed", InterlinkerPage{Frame: in("/interlinkers/map"), InterlinkerCard: card, Opinions: &mine, Translate: "/interlinkers/map/translate", Stale: true})
	fields := []Field{{Name: "field", Control: Hidden, Value: "summary"}, {Name: "text", Control: TextArea, Label: Say("curation.text_in", "Latviešu"), Rows: 10}}
	translate := TranslatePage{
		FormPage: FormPage{Frame: in("/interlinkers/map/translate"), Crumbs: crumbs, Action: "/interlinkers/map/translate", Lead: Say("curation.translate_lead"), Submit: Say("curation.offer_translation"), Cancel: "/interlinkers/map", Fields: fields},
		Name:     name, Href: "/interlinkers/map", Choose: []Option{{Value: "name", Key: "entry_field.name"}, {Value: "summary", Key: "entry_field.summary", Selected: true}},
		Langs: []Option{{Value: "lv", Text: only("lv", "Latviešu"), Selected: true}}, Source: only("en", "Who needs what, in a table.\n\nTwo lines."), State: "stale",
		Offers: []OfferLine{{State: "rejected", Reason: "It says something else.", At: ago(day), Field: "summary", Lang: "lv"}, {State: "waiting", At: ago(day), Field: "name", Lang: "lv"}},
	}
	add("translate", translate)
	translate.Form, translate.Offers, translate.State = refused(url.Values{"text": {"x"}}, "text"), nil, ""
	add("translate-refused", translate)
	add("proposal-translation", ProposalPage{
		FormPage: FormPage{Frame: in("/catalogue/offers/1"), Fields: []Field{{Name: "reason", Control: TextArea, Label: Say("curation.why_not")}}},
		Proposal: Proposal{Href: "/catalogue/offers/1", Name: name, Host: "riverbend.example", At: ago(day), State: "waiting", Field: "summary", Language: "lv"}, Revision: "1",
		Translation: &OfferedTranslation{Of: crumbs[1], Source: only("en", "Who needs what."), Text: only("lv", "Kam kas vajadzīgs."), Before: only("lv", "Vecais"), Outdated: true},
	})
	add("offers-translation", OffersPage{Frame: in("/catalogue/offers"), State: "waiting", Pager: Pager{Total: 1, Shown: 1},
		Offers: []Proposal{{Href: "/catalogue/offers/1", Name: name, Host: "riverbend.example", At: ago(day), State: "waiting", Field: "summary", Language: "lv"}}})
}
