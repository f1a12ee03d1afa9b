package view

import (
	"time"

	"interlink/domain"
	"interlink/web/locale"
)

// RunPage holds the page of a software Interlinker, in a frame or as a window,
// at /processes/{name}/guide/{item}/run and …/resources/{id}/run.
//
// Forms: POST Action, on the Interlinker's own server, {token, lang, state,
// return}; POST /use/made {state, asset}, which the script sends when it is told
// what was made.
type RunPage struct {
	Frame
	Tool     Link
	Act      string      // instantiate, view, edit
	Resource domain.Text // what is opened; empty for instantiate
	Origin   string
	Host     string
	Action   string
	Token    string
	Language string
	State    string // of instantiate, else "", as Return
	Return   string
	Framed   bool
	Service  string
	Back     string
}

// ToolActions are what is offered of a resource that a software Interlinker
// keeps; each is an address, "" if not offered.
type ToolActions struct {
	View, Edit string
	Copy       string // by POST
	Export     string
	Service    string // "on", "off", "down"; "" if it is not connected any more
}

// ToolsPage lists the software Interlinkers that are connected, at
// /admin/interlinkers. Forms: POST Row.Edit/check and Row.Edit/remove.
type ToolsPage struct {
	Frame
	Tools []ToolRow
	Keys  string // address of the keys that sign the tokens
}

// ToolRow is one of them.
type ToolRow struct {
	Link
	Base         string
	Capabilities []string
	Framed       bool
	Service      string // "on", "off", "down"
	Unknown      bool   // it was not checked yet
	Answer       string // to the last check
	Checked      time.Time
	Since        time.Time
	Edit         string
}

func (x RunPage) head(p *locale.Printer) head {
	return head{template: "run", nav: navProcesses, title: p.T("integration.run_"+x.Act, in(p, x.Tool.Text)), noindex: true, wide: true}
}

func (x ToolsPage) head(p *locale.Printer) head {
	return head{template: "tools", nav: navAdmin, title: p.T("integration.title"), noindex: true}
}
