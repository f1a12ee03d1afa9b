package view

import "interlink/web/locale"

// DataPage offers the reader all that the node holds of them, at /me/data.
//
// Form: POST /me/data {current}; the answer is a file.
type DataPage struct {
	Frame
	Form Form
}

func (x DataPage) head(p *locale.Printer) head {
	return head{template: "data", title: p.T("data.title"), noindex: true}
}
