//go:build !race

package demo

import (
	"bytes"
	"context"
	"image"
	"image/jpeg"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/network"
	"interlink/domain/organization"
	"interlink/domain/participation"
	"interlink/domain/picture"
	"interlink/domain/policy"
)

// measures are what every page keeps to, beyond axe-core. Each script returns
// what is wrong, in words.
const (
	// targets: what is touched is 44 pixels wide and high, but for links in
	// sentences (WCAG 2.5.5 and its exceptions). A label is part of its box.
	targets = `(() => {
	const wrong = [];
	const hits = (el, x, y) => {
		const at = document.elementFromPoint(x, y);
		if (!at) return false;
		if (el.contains(at) || at.contains(el) && getComputedStyle(el, "::after").position === "absolute") return true;
		const label = at.closest("label");
		return !!label && (label.control === el || label.contains(el));
	};
	const inSentence = (el) => {
		if (getComputedStyle(el).display !== "inline") return false;
		let block = el.parentElement;
		while (getComputedStyle(block).display === "inline") block = block.parentElement;
		const words = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
		for (let n; (n = words.nextNode());) if (/[\p{L}\p{N}]/u.test(n.data) && !n.parentElement.closest("a, .sr, svg")) return true;
		return false;
	};
	for (const el of document.querySelectorAll("a[href], button, summary, select, textarea, input:not([type=hidden])")) {
		if (el.closest(".rich, .skip, [popover]:not(:popover-open)") || el.matches(".sr, :disabled") || !el.checkVisibility({visibilityProperty: true, opacityProperty: false})) continue;
		if (inSentence(el)) continue;
		el.scrollIntoView({block: "center", inline: "center", behavior: "instant"});
		let box = el.getClientRects()[0];
		if (!box || box.width === 0) continue;
		if (el.matches("[type=checkbox], [type=radio]") && el.labels[0]) {
			const label = el.labels[0].getBoundingClientRect();
			const left = Math.min(box.left, label.left), top = Math.min(box.top, label.top);
			box = new DOMRect(left, top, Math.max(box.right, label.right) - left, Math.max(box.bottom, label.bottom) - top);
		}
		const x = box.left + box.width / 2, y = box.top + box.height / 2, far = 21;
		const reach = (dx, dy) => hits(el, x + dx * far, y + dy * far);
		const fits = (a, b, size) => size >= 43.5 || reach(a, b) && reach(-a, -b) || reach(a, b) && hits(el, x + 2 * a * far, y + 2 * b * far) || reach(-a, -b) && hits(el, x - 2 * a * far, y - 2 * b * far);
		if (!fits(0, 1, box.height) || !fits(1, 0, box.width))
			wrong.push("too small to touch, " + Math.round(box.width) + "×" + Math.round(box.height) + ": " + el.outerHTML.slice(0, 160));
	}
	scrollTo(0, 0);
	return wrong;
})()`

	// order: the keyboard goes down the page, and along its lines; it goes up
	// only into a column beside. Each stop is marked, and the first leads to
	// the content.
	order = `(() => {
	const wrong = [], stops = [];
	for (const el of document.querySelectorAll("a[href], button, summary, select, textarea, input:not([type=hidden]), [tabindex]")) {
		if (el.tabIndex < 0 || el.disabled || !el.checkVisibility({visibilityProperty: true})) continue;
		if (el.tabIndex > 0) wrong.push("a place of its own in the order of the keyboard: " + el.outerHTML.slice(0, 160));
		stops.push(el);
	}
	if (!stops[0] || !stops[0].matches('.skip[href="#main"]')) wrong.push("the first stop does not lead to the content");
	let last = null;
	for (const el of stops) {
		el.focus({focusVisible: true, preventScroll: true});
		if (document.activeElement !== el) { wrong.push("takes no focus: " + el.outerHTML.slice(0, 160)); continue; }
		const marked = [el, el.nextElementSibling].some((e) => {
			if (!e) return false;
			const s = getComputedStyle(e);
			return s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2;
		});
		if (!marked) wrong.push("the focus is not seen: " + el.outerHTML.slice(0, 160));
		const seen = el.getBoundingClientRect();
		const box = new DOMRect(seen.x + scrollX, seen.y + scrollY, seen.width, seen.height);
		if (el.matches(".skip")) {
			if (seen.top < 0 || seen.left < 0 || seen.height < 24) wrong.push("the link to the content is not seen when it has the focus");
			continue;
		}
		if (el.closest("[popover]")) continue;
		const up = last && box.bottom <= last.box.top + 1 && box.left < last.box.right;
		const back = last && Math.abs(box.top + box.bottom - last.box.top - last.box.bottom) < 8 && box.right <= last.box.left + 1;
		if (up || back) wrong.push("the keyboard goes " + (up ? "up" : "back") + " from " + last.el.outerHTML.slice(0, 110) + " to " + el.outerHTML.slice(0, 110));
		last = {el, box};
	}
	document.activeElement.blur();
	scrollTo(0, 0);
	return wrong;
})()`

	// paper: black on white, without what only a screen can do, and with the
	// addresses of links that lead away.
	paper = `(() => {
	const wrong = [];
	for (const el of document.querySelectorAll(".skip, nav, button, .themes, .top-search, input[type=search]"))
		if (el.checkVisibility()) wrong.push("on paper: " + el.outerHTML.slice(0, 120));
	const light = (colour) => {
		const [r, g, b, a = 1] = colour.match(/[\d.]+/g).map(Number).map((v, i) => i < 3 ? v / 255 : v);
		const [x, y, z] = [r, g, b].map((v) => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
		return a === 0 ? -1 : .2126 * x + .7152 * y + .0722 * z;
	};
	const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	const seen = new Set();
	for (let n; (n = words.nextNode());) {
		const el = n.parentElement;
		if (!n.data.trim() || seen.has(el) || el.closest(".sr, script, svg") || !el.checkVisibility()) continue;
		seen.add(el);
		if (light(getComputedStyle(el).color) > .1) wrong.push("not black on paper: " + el.outerHTML.slice(0, 120));
	}
	for (let el of [document.documentElement, document.body, ...document.querySelectorAll("body *")]) {
		if (!el.checkVisibility() || el.closest("svg, img")) continue;
		const back = light(getComputedStyle(el).backgroundColor);
		if (back >= 0 && back < .9) wrong.push("not white on paper: " + el.outerHTML.slice(0, 120));
	}
	for (const a of document.querySelectorAll('.rich a[href^="http"], .resources a[href^="http"], .files a[href^="http"]'))
		if (a.checkVisibility() && !getComputedStyle(a, "::after").content.includes(a.getAttribute("href"))) wrong.push("no address on paper: " + a.outerHTML.slice(0, 120));
	return wrong;
})()`
)

// measure tells what is wrong with the page that is open: what is touched on a
// phone, the order of the keyboard there and at a desk, and, in the dark, the
// same page on paper.
func measure(ctx context.Context, width int64, dark bool) ([]string, error) {
	if _, err := chromedp.Call(ctx, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}); err != nil {
		return nil, err
	}
	if err := chromedp.Do(ctx, chromedp.KeyEvent("\t")); err != nil { // from now on with the keyboard
		return nil, err
	}
	var scripts []string
	switch {
	case dark && width > 1000:
		scheme := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}, {Name: "prefers-reduced-motion", Value: "reduce"}}
		if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print", Features: scheme}); err != nil {
			return nil, err
		}
		scripts = []string{paper}
	case dark || width < 390:
	case width == 390:
		scripts = []string{targets, order}
	default:
		scripts = []string{order}
	}
	var wrong []string
	for _, script := range scripts {
		found, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](script))
		if err != nil {
			return nil, err
		}
		wrong = append(wrong, found...)
	}
	_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{}) // off the paper
	return wrong, err
}

// furnish gives the administration of a city something to show: a rule, a
// report, invitations to a team, and a role call that is open.
func furnish(t *testing.T, c, other *city) (call string) {
	t.Helper()
	ctx := t.Context()
	a, err := c.node.Accounts.ByUsername(ctx, c.username)
	if err != nil {
		t.Fatal(err)
	}
	rule := network.Rule{Host: "spam.example", Verdict: network.VerdictBlock, Reason: "Advertising", Comment: "Agreed in the round of 3 November"}
	if _, err := c.node.Gate.Set(ctx, a.Viewer(), rule); err != nil {
		t.Fatal(err)
	}
	x, err := c.node.Network.ActorByIRI(ctx, a.Viewer(), domain.IRI(person(other)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.node.Communities.Report(ctx, a.Viewer(), community.Complaint{Target: x.ID, Reason: "Writes the same advertisement below every post."}); err != nil {
		t.Fatal(err)
	}
	team, err := c.node.Organizations.Team(ctx, a.Viewer(), "school_routes")
	if err != nil {
		t.Fatal(err)
	}
	invited := []organization.Newcomer{{Person: x.ID}, {Email: "parents.of.the.school@neighbourhood.example"}}
	if _, err := c.node.Organizations.Enroll(ctx, a.Viewer(), team.ID, "es", invited); err != nil {
		t.Fatal(err)
	}
	wanted, err := c.node.Participation.Publish(ctx, a.Viewer(), participation.Draft{Team: "school_routes", Community: "mobility", Details: participation.Details{
		Title: domain.Text{"en": "Two people who walk the routes with the children"}, Duties: domain.Text{"en": "Walk along, and write down where they **stop**."},
		Eligible: domain.Text{"en": "Anybody over 16."}, Effort: domain.Text{"en": "four hours a week"}, Seats: 2,
	}})
	if err != nil {
		t.Fatal(err)
	}
	group, err := c.node.Communities.Community(ctx, a.Viewer(), "mobility")
	if err != nil {
		t.Fatal(err)
	}
	if err := c.node.Pictures.Set(ctx, a.Viewer(), group.ID, dots(t), "Dots in many colours"); err != nil {
		t.Fatal(err)
	}
	talk(t, c, a.Viewer())
	return string(wanted.ID)
}

// dots is a picture.
func dots(t *testing.T) []byte {
	t.Helper()
	var plan bytes.Buffer
	m := image.NewNRGBA(image.Rect(0, 0, 640, 360))
	for i := range m.Pix {
		m.Pix[i] = byte(i * i / 997)
	}
	if err := jpeg.Encode(&plan, m, nil); err != nil {
		t.Fatal(err)
	}
	return plan.Bytes()
}

// talk has a community ask, warn and show pictures.
func talk(t *testing.T, c *city, v policy.Viewer) {
	t.Helper()
	plan := dots(t)
	keep := func(ctx context.Context) (picture.Kept, error) { return c.node.Pictures.Keep(ctx, plan) }
	week := time.Now().Add(7 * 24 * time.Hour)
	for _, d := range []community.Draft{
		{Content: "Where shall the new bench stand? #Streets", Poll: &community.PollDraft{Options: []string{"Elm Street, by the playground", "Oak Street", "Nowhere: leave the room for bicycles"}, Ends: week}},
		{Content: "When can you come to the walk?", Poll: &community.PollDraft{Options: []string{"Monday", "Thursday"}, Multiple: true, Ends: week}},
		{Content: "The siren is tested at noon.", Warning: "Loud noise"},
		{Content: "Two plans of the square #Streets", Pictures: []community.Picture{{Alt: "The square with trees along the north side", Keep: keep}, {Alt: "The square with a row of benches", Keep: keep}}},
	} {
		d.Language = "en"
		p, err := c.node.Communities.Post(t.Context(), v, "mobility", d)
		if err == nil && d.Poll != nil && d.Poll.Multiple {
			err = c.node.Communities.Vote(t.Context(), v, p.ID, []int{1})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}
