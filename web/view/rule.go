package view

import (
	"time"

	"interlink/web/locale"
)

// RulesPage lists how the node deals with other hosts, at /admin/rules.
// Forms: POST /admin/rules {host, verdict, reason, comment, expires (date),
// weighed (the host, once what it touches was shown)},
// /admin/rules/lift {host}, /admin/rules/import {list (CSV), dry (checkbox)}.
type RulesPage struct {
	Frame
	Form   Form
	Listed bool // only hosts that a rule allows are dealt with
	Items  []Rule
	Weight *RuleWeight // what a rule about the host of the form would touch
	Import *RuleImport // what came of a list
}

// Rule is one rule.
type Rule struct {
	Host            string
	Verdict         string // translated as verdict.<verdict>
	Reason, Comment string
	Until           time.Time // zero without end
	Since           time.Time
}

// RuleWeight is what is known of a host.
type RuleWeight struct {
	Host    string
	Verdict string // of a rule that waits to be confirmed, or that a list has; "" for none
	Figures []RuleFigure
}

// RuleFigure is a count.
type RuleFigure struct {
	Of Sentence
	N  int
}

// RuleImport is the result of an import of rules.
type RuleImport struct {
	Dry         bool // nothing was saved
	Added, Kept int
	Problems    []RuleProblem
	Touched     []RuleWeight // hosts that are known here
}

// RuleProblem is what is wrong with one line.
type RuleProblem struct {
	Line int // 0 if it is not known
	Host string
	Err  error
}

// Problem is the problem as a form shows it.
func (p RuleProblem) Problem() Problem { return Problem{Err: p.Err} }

// Verdicts are the choices of the form.
func (RulesPage) Verdicts() []Option {
	return []Option{
		{Value: "block", Key: "verdict.block"},
		{Value: "limit", Key: "verdict.limit"},
		{Value: "allow", Key: "verdict.allow"},
	}
}

func (x RulesPage) head(p *locale.Printer) head {
	return head{template: "rules", nav: navAdmin, title: p.T("page.rules.title"), noindex: true}
}
