package view

import (
	"time"

	"interlink/domain"
	"interlink/web/locale"
)

// StaffPage shows who runs a community, at /communities/{name}/people, and to
// those who do, who is kept from writing there.
//
// Forms: of administrators, POST Href/people {handle, role}; of moderators,
// POST Href/bans {person, reason, until (date)}; of administrators, POST
// Href/following {group}.
type StaffPage struct {
	Frame
	Crumbs  []Link
	Href    string
	Title   domain.Text
	Staff   []Member // administrators first
	MayEdit bool
	MayBan  bool
	Tabs    []Option // the other pages of the community
	Roles   []Option
	Form    Form
	Bans    []BanRow
	Pager   Pager    // of the bans
	Groups  []Member // that the community follows, for administrators
}

// BanRow is somebody who is kept from writing in a community.
type BanRow struct {
	Who    Actor
	Reason string // plain text; "" if none was given
	By     *Actor // nil if that is not told
	At     time.Time
	Until  time.Time // zero for without end
	Lift   string    // address that ends it by POST

	Appeal   string // address of a form to appeal it; "" if that was done
	Appealed bool
	Answer   string // to the appeal
}

func (x StaffPage) head(p *locale.Printer) head {
	return head{template: "staff", nav: navCommunities, title: p.T("page.people.title_of", in(p, x.Title)), noindex: true}
}
