package web

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/personal"
	"interlink/domain/policy"
	"interlink/web/view"
)

func (p *Portal) leaveRoutes() []route {
	return []route{
		{http.MethodGet, "/me/leave", p.leave},
		{http.MethodPost, "/me/leave", p.doLeave},
		{http.MethodGet, "/deletions/{secret}", p.deletion},
	}
}

// leave says what deleting the account would mean.
func (p *Portal) leave(q *request) error {
	if err := q.signedIn(); err != nil {
		return err
	}
	page, err := p.leavePage(q, view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

func (p *Portal) leavePage(q *request, f view.Form) (view.LeavePage, error) {
	prospect, err := p.Personal.Prospect(q.Context(), q.viewer)
	if err != nil {
		return view.LeavePage{}, err
	}
	page := view.LeavePage{
		Frame: q.frame(), Form: f, Handle: "@" + q.account.Username + "@" + p.Namespace.HandleHost(), Last: prospect.Last,
		Mails: q.account.Email != "", Kept: int(p.KeepsReceipts / (24 * time.Hour)),
		Rows: p.retentionRows(),
	}
	for _, h := range prospect.Holdings {
		if h.N == 0 {
			continue
		}
		if h.Kept {
			page.Stays = append(page.Stays, view.Say("leave.stays_"+h.Key, h.N))
		} else {
			page.Goes = append(page.Goes, view.Say("leave.goes_"+h.Key, h.N))
		}
	}
	for _, s := range prospect.Sole {
		link := view.Link{Href: p.path(s.IRI), Text: view.Plain(domain.Undetermined, s.Title)}
		if s.Title == "" {
			link.Text = view.Plain(domain.Undetermined, s.Name)
		}
		page.Sole = append(page.Sole, link)
	}
	for _, n := range []int{0, 7, 14, 30} {
		page.Days = append(page.Days, view.Option{Value: strconv.Itoa(n), Key: "leave.days_" + strconv.Itoa(n), Selected: n == graceOffered(p.DeletionGrace) && f.Values == nil})
	}
	return page, nil
}

// graceOffered is the nearest choice of days that is not shorter.
func graceOffered(n int) int {
	for _, choice := range []int{0, 7, 14} {
		if n <= choice {
			return choice
		}
	}
	return personal.MaxGrace
}

// doLeave ends the session and leads to the page of the deletion.
func (p *Portal) doLeave(q *request) error {
	if err := q.signedIn(); err != nil {
		return err
	}
	n, err := strconv.Atoi(q.typed.Get("days"))
	if err != nil {
		n = -1
	}
	successor := strings.ToLower(strings.TrimPrefix(strings.TrimSpace(q.typed.Get("successor")), "@"))
	if name, host, found := strings.Cut(successor, "@"); found && p.Namespace.Here(host) {
		successor = name
	}
	link, err := p.Personal.Ask(q.Context(), q.viewer, personal.Leave{
		Password: q.typed.Get("current"), Days: n, Successor: successor, Mail: q.typed.Get("mail") != "",
	})
	if err != nil {
		return q.refused(domain.Renamed(err, passwordAsked), func(f view.Form) (view.Page, error) {
			f.Values.Del("current")
			return p.leavePage(q, f)
		})
	}
	q.setCookie(p.Cookie, "", -1)
	q.account, q.viewer = nil, policy.Viewer{}
	return q.redirect(p.path(domain.IRI(link)))
}

// deletion tells who left how far it is.
func (p *Portal) deletion(q *request) error {
	progress, err := p.Personal.Progress(q.Context(), q.PathValue("secret"), q.cursor())
	if err != nil {
		return err
	}
	q.w.Header().Set("Referrer-Policy", "no-referrer") // the address is the secret
	q.w.Header().Set("Cache-Control", "private, no-store")
	d := progress.Deletion
	page := view.DeletionPage{
		Frame: q.frame(), State: string(d.State), Address: p.Namespace.Base() + q.URL.Path, Asked: d.AskedAt, Due: d.DueAt, Erased: d.ErasedAt, Done: d.DoneAt,
		Servers: progress.Counts.All(), Mail: d.Email != "", Kept: int(p.KeepsReceipts / (24 * time.Hour)),
	}
	for _, state := range []personal.ReceiptState{personal.ReceiptConfirmed, personal.ReceiptPending, personal.ReceiptRefused, personal.ReceiptGivenUp, personal.ReceiptBlocked} {
		if n := progress.Counts[state]; n > 0 {
			page.Counts = append(page.Counts, view.Say("leave.count_"+string(state), n))
		}
	}
	for _, r := range progress.Receipts.Items {
		page.Receipts = append(page.Receipts, view.Receipt{Host: r.Host, State: string(r.State), Status: r.Status, At: r.At})
	}
	page.Pager = q.pager(progress.Receipts.Next, -1, len(page.Receipts))
	return q.show(page)
}
