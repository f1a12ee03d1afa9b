package view

import "interlink/domain"

// searchStories are what is found otherwise than it was asked for, and advice.
func searchStories(add adder, in, out framer, tools []InterlinkerCard) {
	add("catalogue-instead", CataloguePage{
		Frame: out("/catalogue?q=stakehodler"), Query: "stakehodler", Clear: "/catalogue", Items: tools, Pager: Pager{Total: len(tools), Shown: len(tools)},
		Instead: []Sentence{Say("search.instead", "stakehodler", "stakeholder"), Say("search.partly")},
	})
	need := NeedFound{
		ProblemCard: ProblemCard{Code: "UND_PROBLEM_2", Href: "/problems/UND_PROBLEM_2", Name: domain.Text{"en": "Map the stakeholders"}, Summary: domain.Text{"en": "We do not know who takes part."}},
		Because:     Say("search.because", "stakeholders, map"),
	}
	tool := Recommendation{InterlinkerCard: tools[0], Reasons: []Sentence{
		Say("advise.problem", domain.Text{"en": "Map the stakeholders"}), Say("recommend.text", "stakeholders, map"), Say("recommend.rule", Say("approach.regulation.gdpr")),
		Say("recommend.scope", Say("scope.local")), Say("recommend.beside", 3), Say("advise.language", domain.Lang("es")),
	}}
	add("advice", AdvicePage{Frame: in("/catalogue/advice?words=who"), Words: "We want to know who takes part.", Needs: []NeedFound{need}, Tools: []Recommendation{tool}})
	add("advice-empty", AdvicePage{Frame: out("/catalogue/advice")})
	add("advice-none", AdvicePage{Frame: out("/catalogue/advice?words=x"), Words: `"><script>alert(1)</script>`})
	add("advice-no-needs", AdvicePage{Frame: out("/catalogue/advice?words=x"), Words: "x", Tools: []Recommendation{tool}})
}
