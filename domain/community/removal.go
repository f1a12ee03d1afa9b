package community

import (
	"context"
	"net/url"
	"regexp"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/markup"
	"interlink/domain/network"
	"interlink/domain/policy"
)

// RemovedFor is how long a removed post is kept, so that its author may appeal
// (Regulation (EU) 2022/2065, Art. 20(1)); its pictures are kept a while longer,
// so that an appeal of the last day can be answered.
const (
	RemovedFor    = 6 * 31 * 24 * time.Hour
	keepsPictures = RemovedFor + 90*24*time.Hour
)

// Grounds are why those who moderate remove a post; plain text, for its author.
type Grounds struct {
	Reason string
	Rule   string // of the community, which it breaks; may be empty
}

const (
	maxRule  = 200
	maxRules = 30
	// mostShown is how many letters of a rule name it: in maxRule bytes.
	mostShown = 95
)

// RuleList is each rule of a community by itself, as it is named to whom broke
// it: the points of a list, or else the paragraphs of the text.
func RuleList(source string) (rules []string) {
	points := rulePoint.FindAllStringSubmatch(source, maxRules)
	if points == nil {
		points = ruleLine.FindAllStringSubmatch(source, maxRules)
	}
	for _, p := range points {
		if rule := markup.Excerpt(markup.Markdown(p[1]), mostShown); rule != "" && len(rule) <= maxRule {
			rules = append(rules, rule)
		}
	}
	return rules
}

// A point of a list, and a line of words that is no heading, in Markdown.
var (
	rulePoint = regexp.MustCompile(`(?m)^[ \t]{0,3}(?:[-*+]|\d{1,3}[.)])[ \t]+(\S.*)$`)
	ruleLine  = regexp.MustCompile(`(?m)^[ \t]*([^#\s].*)$`)
)

func (g Grounds) text() (string, error) {
	var problems domain.Problems
	g.Reason, g.Rule = strings.TrimSpace(g.Reason), strings.TrimSpace(g.Rule)
	switch {
	case g.Reason == "":
		problems.Add("reason", "removal.reason_missing")
	case len(g.Reason) > maxReason-maxRule:
		problems.Add("reason", "error.too_long", maxReason-maxRule)
	}
	if len(g.Rule) > maxRule {
		problems.Add("rule", "error.too_long", maxRule)
	}
	return strings.TrimSpace(g.Rule + "\n" + g.Reason), problems.Err()
}

// Removes reports whether the viewer would end a post as one who moderates,
// and so has to say why. What a community says itself is those people's own.
func (p *Post) Removes(v policy.Viewer) bool {
	return p.Author != v.Actor && (p.Author != p.Community || !p.Local())
}

// RemovePost ends what somebody else wrote, as [Service.Remove] does; its author
// is told why, wherever they are, and may appeal. Errors: as of
// [Service.DeletePost]; Invalid on "reason" and "rule", Conflict for what the
// viewer may delete without any.
func (s *Service) RemovePost(ctx context.Context, v policy.Viewer, id domain.ID, g Grounds) error {
	p, err := s.editable(ctx, v, id, policy.Moderate)
	if err != nil {
		return err
	}
	if !p.Removes(v) {
		return domain.Fail(domain.Conflict, "removal.own")
	}
	reason, err := g.text()
	if err != nil {
		return err
	}
	return s.remove(ctx, v, p, reason)
}

func (s *Service) remove(ctx context.Context, v policy.Viewer, p *Post, reason string) error {
	r, change, err := s.removal(ctx, v, p, keepsPictures)
	if err != nil {
		return err
	}
	now := s.mint.Now()
	h := &Held{Post: *r.Was, Serial: s.mint.Serial(), State: HeldRemoved, Reason: reason, By: v.Actor, At: now, DecidedAt: now, Deletion: r.Deletion, Pinned: r.Pinned}
	c, err := s.communityOf(ctx, policy.Viewer{}, r.Was)
	if err != nil {
		return err
	}
	if c != nil {
		h.Group = c.ID
	}
	letters, err := s.letters(ctx, c, network.Letter{
		To: p.Author, Key: "removal.letter", Words: reason, Tells: s.ns.IRI("activities", string(r.Deletion)), Refuses: p.IRI,
	}, "/me/waiting")
	if err != nil {
		return err
	}
	change.Jobs = append(change.Jobs, letters...)
	return s.store.Remove(ctx, h, r.Gone, change)
}

// letters writes to somebody of another server what those who moderate a
// community, or the node, decided about them, and where they may appeal; people
// of this node are told by the event. What is told is an activity, if others
// are sent one of it: its IRI derives from the event's id, see federation/publish.
func (s *Service) letters(ctx context.Context, c *Community, letter network.Letter, path string) ([]domain.Job, error) {
	a, err := s.actors.Actor(ctx, letter.To)
	if err != nil || a.Local() || a.Gone() {
		return nil, err
	}
	letter.ID, letter.From, letter.About = s.mint.ID(), s.reporter, domain.Text{domain.Undetermined: s.ns.HandleHost()}
	letter.Link = s.ns.Base() + "/guest?return=" + url.QueryEscape(path)
	if c != nil {
		letter.From, letter.Language, letter.About = c.ID, c.Language, c.Title
	}
	return []domain.Job{{Kind: network.JobLetter, Args: letter}}, nil
}

// bringBack takes a removal back, in the name of who decided so; c is the
// community in which it stands, nil for none. tell has its author be told by a
// letter, if they are elsewhere.
func (s *Service) bringBack(ctx context.Context, by domain.ActorID, h *Held, c *Community, tell bool) error {
	was := h.Post
	p, feed, change, err := s.Restore(ctx, policy.Viewer{Actor: by}, &Removal{Was: &was, Pinned: h.Pinned, Deletion: h.Deletion})
	if err != nil {
		return err
	}
	if tell {
		back := network.Letter{To: p.Author, Key: "removal.back_letter", Tells: s.ns.IRI("activities", string(change.Events[0].ID)), Admits: p.IRI}
		letters, err := s.letters(ctx, c, back, "/posts/"+string(p.ID))
		if err != nil {
			return err
		}
		change.Jobs = append(change.Jobs, letters...)
	}
	return s.store.Release(ctx, h, p, feed, change)
}
