package web

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/web/view"
)

func (p *Portal) trafficRoutes() []route {
	return []route{
		{http.MethodGet, "/admin/federation", p.hosts},
		{http.MethodGet, "/admin/federation/{host}", p.host},
		{http.MethodPost, "/admin/federation/{host}/retry", p.retryHost},
		{http.MethodGet, "/admin/received", p.failures},
		{http.MethodGet, "/admin/received/{id}", p.failure},
		{http.MethodPost, "/admin/received/replay", p.replayAll},
		{http.MethodPost, "/admin/received/{id}/replay", p.replay},
		{http.MethodPost, "/admin/received/{id}/set-aside", p.setAside},
	}
}

func (p *Portal) hosts(q *request) error {
	if err := q.operator(); err != nil {
		return err
	}
	troubled := q.URL.Query().Get("state") == "troubled"
	list, err := p.Traffic.Hosts(q.Context(), q.viewer, troubled, q.cursor())
	if err != nil {
		return err
	}
	failures, err := p.Traffic.Failures(q.Context(), q.viewer, domain.Page{Limit: 1})
	if err != nil {
		return err
	}
	page := view.HostsPage{
		Frame: q.frame(), Troubled: troubled, Failures: failures.Total, Pager: q.pager(list.Next, list.Total, len(list.Items)),
	}
	for _, h := range list.Items {
		page.Items = append(page.Items, p.hostOf(h))
	}
	return q.show(page)
}

func hostHref(host string) string { return "/admin/federation/" + url.PathEscape(host) }

func (p *Portal) hostOf(h *network.HostStatus) view.Host {
	return view.Host{
		Host: h.Host.Host, Href: hostHref(h.Host.Host), State: string(h.State(p.Now())), Until: h.OpenUntil, Since: h.FailingSince,
		Waiting: h.Waiting, Dead: h.Dead, Oldest: h.Oldest, Failures: h.Failures, Error: h.LastError, FailedAt: h.LastFailureAt,
		ReachedAt: h.LastSuccessAt, HeardAt: h.LastInboundAt, Software: h.Software.Name, Version: h.Software.Version,
	}
}

func (p *Portal) host(q *request) error {
	if err := q.operator(); err != nil {
		return err
	}
	h, err := p.Traffic.Host(q.Context(), q.viewer, q.PathValue("host"))
	if err != nil {
		return err
	}
	dead := q.URL.Query().Get("state") == "dead"
	list, err := p.Traffic.Sent(q.Context(), q.viewer, h.Host.Host, dead, q.cursor())
	if err != nil {
		return err
	}
	page := view.HostPage{
		Frame: q.frame(), Host: p.hostOf(h), Dead: dead, Pager: q.pager(list.Next, list.Total, len(list.Items)),
	}
	if h.State(p.Now()) != network.HostBlocked {
		page.Retry = page.Href + "/retry"
	}
	for _, s := range list.Items {
		page.Items = append(page.Items, view.Sent{
			Activity: string(s.Activity), Type: s.Type, Inbox: string(s.Inbox), Attempts: s.Attempts, Status: s.Status, Error: s.Error,
			At: s.Since, Next: s.NextAt,
		})
	}
	return q.show(page)
}

func (p *Portal) retryHost(q *request) error {
	host := q.PathValue("host")
	if err := p.Traffic.Retry(q.Context(), q.viewer, host); err != nil {
		return err
	}
	return q.done(hostHref(host), view.Say("notice.host_retried", host))
}

func (p *Portal) failures(q *request) error {
	if err := q.operator(); err != nil {
		return err
	}
	list, err := p.Traffic.Failures(q.Context(), q.viewer, q.cursor())
	if err != nil {
		return err
	}
	page := view.FailuresPage{Frame: q.frame(), ReplayAll: "/admin/received/replay", Pager: q.pager(list.Next, list.Total, len(list.Items))}
	for _, f := range list.Items {
		page.Items = append(page.Items, failureOf(f))
	}
	return q.show(page)
}

func failureOf(f *network.Failure) view.FailedActivity {
	href := "/admin/received/" + string(f.ID)
	return view.FailedActivity{
		Href: href, IRI: string(f.IRI), Type: f.Type, Actor: string(f.Actor), Error: f.Error, Attempts: f.Attempts, At: f.At,
		Replay: href + "/replay", SetAside: href + "/set-aside",
	}
}

// mostShown is how much of an activity its page shows, in bytes.
const mostShown = 48 << 10

func (p *Portal) failure(q *request) error {
	if err := q.operator(); err != nil {
		return err
	}
	f, err := p.Traffic.Failure(q.Context(), q.viewer, domain.ID(q.PathValue("id")))
	if err != nil {
		return err
	}
	var text bytes.Buffer
	if err := json.Indent(&text, f.Raw, "", "  "); err != nil {
		text.Reset()
		text.Write(f.Raw) // it came as it came
	}
	shown := text.Bytes()[:min(text.Len(), mostShown)]
	return q.show(view.FailurePage{
		Frame: q.frame(), FailedActivity: failureOf(f), JSON: strings.ToValidUTF8(string(shown), "\uFFFD"), Bytes: int64(len(f.Raw)), Cut: text.Len() > mostShown,
	})
}

func (p *Portal) replay(q *request) error {
	if err := p.Traffic.Replay(q.Context(), q.viewer, domain.ID(q.PathValue("id"))); err != nil {
		return err
	}
	return q.done("/admin/received", view.Say("notice.replayed"))
}

func (p *Portal) replayAll(q *request) error {
	n, err := p.Traffic.ReplayAll(q.Context(), q.viewer)
	if err != nil {
		return err
	}
	return q.done("/admin/received", view.Say("notice.replayed_all", n))
}

func (p *Portal) setAside(q *request) error {
	if err := p.Traffic.SetAside(q.Context(), q.viewer, domain.ID(q.PathValue("id"))); err != nil {
		return err
	}
	return q.done("/admin/received", view.Say("notice.set_aside"))
}
