package view

import (
	"net/url"
	"time"
)

func catalogueStories(add adder, in, out framer) {
	reading := Followed{
		Host: "riverbend.example", Href: "/admin/catalogues/1", State: "reading", Trust: "followed", Pages: 12, Taken: 600, Refused: 2, Total: 5000,
		Selection: []Sentence{Say("selection.languages", "Español"), Say("selection.difficulties", "Easy")}, Kept: []Fact{{"standing.shown", "40"}, {"standing.waiting", "560"}},
		Verified: ago(day), May: Steering{Pause: true, Change: true},
	}
	gone, halted := reading, reading
	gone.Host, gone.State, gone.Failing, gone.Away, gone.Trust, gone.May = "away.example", "current", ago(50*day), true, "endorsed", Steering{Again: true, Change: true}
	halted.Host, halted.State, halted.Halt, halted.Failing, halted.Selection, halted.Kept, halted.Verified, halted.May = longWord+".example", "halted", "quota", ago(time.Hour), nil, nil, time.Time{}, Steering{Resume: true}
	add("catalogues", CataloguesPage{Frame: in("/admin/catalogues"), MayFollow: true, Items: []Followed{reading, gone, halted}, Waiting: 560})
	add("catalogues-refused", CataloguesPage{Frame: in("/admin/catalogues"), MayFollow: true, Form: refused(url.Values{"handle": {"x"}}, "handle", "trust")})
	add("followed", FollowedPage{Frame: in("/admin/catalogues/1"), Followed: reading})
	add("followed-away", FollowedPage{Frame: in("/admin/catalogues/2"), Followed: gone})
	add("followed-halted", FollowedPage{Frame: in("/admin/catalogues/3"), Followed: halted})

	card := InterlinkerCard{Href: "/interlinkers/map@riverbend.example", Name: three("Map of needs", "Mapa de necesidades", "Kaart"), Summary: only("en", "Who needs what."), Origin: riverbend}
	add("review", WaitingPage{Frame: in("/admin/review?host=riverbend.example"), Host: "riverbend.example", Items: []Reviewed{{card, "1", "review"}, {card, "2", "licence"}}, Pager: Pager{Total: 2, Shown: 2}, Hosts: []Link{{"/admin/review?host=away.example", only("und", "away.example")}}})
	add("review-empty", WaitingPage{Frame: in("/admin/review"), Form: refused(nil, "entry")})

	licences := []Option{{Value: "permissive", Key: "licence.permissive", Selected: true}, {Value: "copyleft", Key: "licence.copyleft"}}
	actions := []Option{{Value: "show", Key: "admission.show", Selected: true}, {Value: "review", Key: "admission.review"}, {Value: "hide", Key: "admission.hide"}}
	list := TrustListRow{Href: "https://ministry.example/trust-list", Changes: "/admin/trust/lists?list=x", Name: only("es", "Catálogos de confianza"), Priority: 1, Version: 3, Offered: 4, Verified: ago(day), Hosts: 12}
	broken := TrustListRow{Href: "https://" + longWord + ".example/trust-list", Priority: 2, Problem: "trust_list.refused"}
	retracted := TrustListRow{Href: "/trust-list", Name: only("en", "Our friends"), Version: 2, Retracted: true}
	trust := TrustPage{
		Frame: in("/admin/trust"), MayRule: true, Hosts: []TrustedHost{{"riverbend.example", "endorsed", "Reviewed every year", ago(day)}, {"spam.example", "blocked", "", ago(day)}},
		Rules: []AdmissionRule{{"endorsed", actions, licences, "es lv"}, {"followed", actions, licences, ""}}, Lists: []TrustListRow{list, broken}, Own: &retracted,
	}
	add("trust", trust)
	add("trust-empty", TrustPage{Frame: in("/admin/trust")})
	for which, fields := range map[string][]string{"host": {"host", "level", "reason"}, "list": {"list", "priority"}, "own": {"name"}} {
		trust.Which, trust.Form = which, refused(url.Values{"host": {"x y"}}, fields...)
		add("trust-refused-"+which, trust)
	}
	add("list-changes", ListChangesPage{Frame: in("/admin/trust/lists"), List: list, May: true, Items: []ListChange{
		{Host: "riverbend.example", After: "endorsed", Counts: "endorsed", Reason: "Reviewed"}, {Host: "spam.example", Before: "endorsed", Counts: "blocked"}, {Entry: "https://rome.example/interlinkers/forms", Reason: "Unsafe"},
	}})
	add("list-changes-none", ListChangesPage{Frame: in("/admin/trust/lists"), List: broken})
	add("trust-list", TrustListPage{Frame: out("/trust-list"), Name: only("en", "Our friends"), Version: 3, Updated: ago(day), Hosts: trust.Hosts, Entries: []Link{{"https://rome.example/interlinkers/forms", only("und", "Unsafe")}}})
	add("trust-list-retracted", TrustListPage{Frame: out("/trust-list"), Version: 4, Updated: ago(day), Retracted: true})

	card.Warned = true
	entry := InterlinkerPage{Code: "https://code.example/parking", Release: "1.2", BasedOn: []string{"https://code.example/older"},
		Frame: in("/interlinkers/map@riverbend.example"), InterlinkerCard: card, Warning: only("en", "It shows everybody the answers."), Variants: []InterlinkerCard{card}, MayWarn: true,
		Provenance: &Provenance{Trust: "followed", Why: "review", Standing: "waiting", Verified: ago(day), Away: ago(60 * day), List: "https://ministry.example/trust-list", MayReview: true},
	}
	add("interlinker-copied", entry)
	entry.Provenance = &Provenance{Trust: "endorsed", Why: "trusted", Standing: "shown", Verified: ago(day), Endorsed: true, MayReview: true}
	add("interlinker-endorsed", entry)
}
