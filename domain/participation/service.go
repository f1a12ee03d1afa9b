package participation

import (
	"context"
	"reflect"
	"slices"
	"strings"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/network"
	"interlink/domain/organization"
	"interlink/domain/policy"
)

// Service is what people do with calls and applications.
type Service struct {
	store       Store
	teams       Teams
	communities Communities
	actors      Actors
	processes   Processes
	phrase      Phrase
	mint        *domain.Mint
	ns          domain.Namespace
}

// Teams reads teams and people. Errors: NotFound, Gone.
type Teams interface {
	Team(ctx context.Context, id domain.ActorID) (*organization.Team, error)
	TeamNamed(ctx context.Context, name string) (*organization.Team, error)
	// Person fails with NotFound unless id is a person's, local or remote.
	Person(ctx context.Context, id domain.ActorID) error
}

// Communities tell their followers. Errors: NotFound.
type Communities interface {
	Community(ctx context.Context, v policy.Viewer, name string) (*community.Community, error)
	CommunityByID(ctx context.Context, v policy.Viewer, id domain.ActorID) (*community.Community, error)
	Compose(ctx context.Context, v policy.Viewer, c *community.Community, lang domain.Lang, words func(domain.ID) string) (community.News, error)
	Recompose(ctx context.Context, v policy.Viewer, c *community.Community, post domain.ID, words func(domain.Lang) string) (community.News, error)
}

// Actors reads actors. Errors: NotFound.
type Actors interface {
	Actor(ctx context.Context, id domain.ActorID) (*network.Actor, error)
	ActorByIRI(ctx context.Context, iri domain.IRI) (*network.Actor, error)
}

// Phrase puts a key of the translations into words: the post that tells of a
// call is read by people who never see a page of this node.
type Phrase func(lang domain.Lang, key string, args ...any) string

// NewService makes the service.
func NewService(store Store, teams Teams, communities Communities, actors Actors, processes Processes, phrase Phrase, mint *domain.Mint, ns domain.Namespace) *Service {
	return &Service{store: store, teams: teams, communities: communities, actors: actors, processes: processes, phrase: phrase, mint: mint, ns: ns}
}

// Draft is a call to be published.
type Draft struct {
	Team      string // names
	Community string
	Language  domain.Lang // of the post; "" for the community's
	Reviewers []domain.ActorID
	Details
}

// Publish publishes a call to the followers of a community. Errors: NotFound,
// Unauthenticated, Forbidden unless the viewer administers the team and the
// community, Invalid.
func (s *Service) Publish(ctx context.Context, v policy.Viewer, d Draft) (*Call, error) {
	team, group, err := s.places(ctx, v, d)
	if err != nil {
		return nil, err
	}
	now := s.mint.Now()
	d.clean()
	var p domain.Problems
	if d.check(&p, now); team.PolicyVisibility() != domain.VisiblePublic {
		p.Add("team", "role_call.team_hidden")
	}
	if len(d.Reviewers) > maxReviewers {
		p.Add("reviewers", "role_call.too_many_reviewers", maxReviewers)
	}
	c := &Call{
		Serial: s.mint.Serial(), Community: group.ID, Team: team.ID, TeamIRI: team.IRI, Details: d.Details, State: CallOpen,
		Creator: v.Actor, CreatedAt: now, UpdatedAt: now, Group: team,
	}
	if err := s.review(ctx, c, append([]domain.ActorID(nil), d.Reviewers[:min(len(d.Reviewers), maxReviewers)]...)); err != nil {
		fields := domain.FieldsOf(err)
		if len(fields) == 0 {
			return nil, err
		}
		p = append(p, fields...)
	}
	if err := p.Err(); err != nil {
		return nil, err
	}
	if d.Language == "" {
		d.Language = group.Language
	}
	news, err := s.communities.Compose(ctx, v, group, d.Language, func(id domain.ID) string {
		c.ID, c.URL = id, s.ns.IRI("role-calls", string(id))
		return s.words(c, team, d.Language)
	})
	if err != nil {
		return nil, err
	}
	c.IRI, news.Post.URL = news.Post.IRI, c.URL
	change := domain.Change{Events: []domain.Event{s.published(CallPublished, v.Actor, c), news.Event}}
	return c, s.store.TellCall(ctx, c, news, change)
}

// Revise changes what an open call says, as long as its seats are enough for
// who was accepted; followers of the community see it in the post. revision
// is the one the viewer saw. No change is no error. Errors: NotFound,
// Forbidden unless the viewer may decide on the call and publish in its
// community, Invalid, Conflict.
func (s *Service) Revise(ctx context.Context, v policy.Viewer, id domain.ID, revision int64, d Details) (*Call, error) {
	c, err := s.call(ctx, v, policy.Edit, id)
	if err != nil {
		return nil, err
	}
	if c.Revision != revision {
		return nil, domain.Fail(domain.Conflict, "error.conflict")
	}
	if c.State != CallOpen || c.Group == nil { // also a standing call, which has terms
		return nil, domain.Fail(domain.Conflict, "role_call.ended")
	}
	d.clean()
	if reflect.DeepEqual(d, c.Details) {
		return c, nil
	}
	var p domain.Problems
	if d.check(&p, s.mint.Now()); d.Seats < c.Taken() {
		p.Add("seats", "role_call.seats_taken_already", c.Taken())
	}
	if err := p.Err(); err != nil {
		return nil, err
	}
	group, err := s.communities.CommunityByID(ctx, v, c.Community)
	if err != nil {
		return nil, err
	}
	c.Details, c.UpdatedAt = d, s.mint.Now()
	news, err := s.communities.Recompose(ctx, v, group, c.ID, func(lang domain.Lang) string { return s.words(c, c.Group, lang) })
	if err != nil {
		return nil, err
	}
	return c, s.store.TellCall(ctx, c, news, domain.Change{Events: []domain.Event{s.published(CallRevised, v.Actor, c), news.Event}})
}

// places reads the team and the community of a draft, and asks whether the
// viewer may speak for both.
func (s *Service) places(ctx context.Context, v policy.Viewer, d Draft) (*organization.Team, *community.Community, error) {
	team, err := s.teams.TeamNamed(ctx, d.Team)
	if err != nil {
		return nil, nil, unknown("team", err)
	}
	if err := policy.Allow(v, policy.Administer, team); err != nil {
		return nil, nil, err
	}
	group, err := s.communities.Community(ctx, v, d.Community)
	if err != nil {
		return nil, nil, unknown("community", err)
	}
	return team, group, policy.Allow(v, policy.Publish, group)
}

// unknown says at which field a name is not known.
func unknown(field string, err error) error {
	if code := domain.CodeOf(err); code == domain.NotFound || code == domain.Gone {
		return domain.InvalidField(field, "error.unknown_name")
	}
	return err
}

// review sets who decides: those who were named, or who publishes the call.
func (s *Service) review(ctx context.Context, c *Call, reviewers []domain.ActorID) error {
	if len(reviewers) == 0 {
		reviewers = []domain.ActorID{c.Creator}
	}
	slices.Sort(reviewers)
	c.Reviewers = slices.Compact(reviewers)
	for _, id := range c.Reviewers {
		a, err := s.actors.Actor(ctx, id)
		if err == nil && (!a.Local() || a.Gone()) {
			err = domain.Fail(domain.NotFound, "error.not_found")
		}
		if err == nil {
			err = s.teams.Person(ctx, id)
		}
		if domain.CodeOf(err) == domain.NotFound {
			return domain.InvalidField("reviewers", "role_call.reviewer_elsewhere")
		}
		if err != nil {
			return err
		}
		c.DecidedBy = append(c.DecidedBy, a.IRI)
	}
	return nil
}

// words are the Markdown of the post that tells of a call.
func (s *Service) words(c *Call, team *organization.Team, lang domain.Lang) string {
	in := func(t domain.Text) string {
		words, _ := t.In(lang)
		return words
	}
	title := strings.NewReplacer("*", "", "\n", " ").Replace(in(c.Title))
	parts := []string{s.phrase(lang, "role_call.news", in(team.Title)), "**" + title + "**", in(c.Duties)}
	if !c.Deadline.IsZero() {
		parts = append(parts, s.phrase(lang, "role_call.news_deadline", c.Deadline))
	}
	return strings.Join(append(parts, s.phrase(lang, "role_call.news_apply")+" <"+string(c.URL)+">"), "\n\n")
}

// Call reads one. Errors: NotFound.
func (s *Service) Call(ctx context.Context, v policy.Viewer, id domain.ID) (*Call, error) {
	return s.call(ctx, v, policy.Read, id)
}

// CallsByID reads many at once; those that the viewer may not read are absent.
func (s *Service) CallsByID(ctx context.Context, v policy.Viewer, ids []domain.ID) (map[domain.ID]*Call, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	list, err := s.store.CallsByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	calls := make(map[domain.ID]*Call, len(list))
	for _, c := range list {
		if policy.Allow(v, policy.Read, c) == nil {
			calls[c.ID] = c
		}
	}
	return calls, nil
}

// CallByIRI reads one by its address on the wire. Errors: NotFound.
func (s *Service) CallByIRI(ctx context.Context, v policy.Viewer, iri domain.IRI) (*Call, error) {
	c, err := s.store.CallByIRI(ctx, iri)
	if err != nil {
		return nil, err
	}
	return c, policy.Allow(v, policy.Read, c)
}

// Calls lists calls, newest first.
func (s *Service) Calls(ctx context.Context, v policy.Viewer, f CallFilter, page domain.Page) (domain.List[*Call], error) {
	if err := policy.Allow(v, policy.Read, &Call{}); err != nil {
		return domain.List[*Call]{}, err
	}
	return s.store.Calls(ctx, f, page)
}

// End closes a call by hand; again changes nothing. Who applied is decided on
// as before. Errors: NotFound, Forbidden, Conflict if somebody changed it
// meanwhile.
func (s *Service) End(ctx context.Context, v policy.Viewer, id domain.ID, revision int64) (*Call, error) {
	c, err := s.call(ctx, v, policy.Administer, id)
	if err == nil && c.Standing() {
		t := c.Terms()
		t.Open = false
		return s.SetTerms(ctx, v, c.Into.Name, revision, t)
	}
	if err != nil || c.State != CallOpen {
		return c, err
	}
	if c.Revision != revision {
		return nil, domain.Fail(domain.Conflict, "error.conflict")
	}
	c.State, c.UpdatedAt = CallClosed, s.mint.Now()
	return c, s.store.SaveCall(ctx, c, domain.Change{Events: []domain.Event{s.published(CallEnded, v.Actor, c)}})
}

func (s *Service) call(ctx context.Context, v policy.Viewer, verb policy.Verb, id domain.ID) (*Call, error) {
	c, err := s.store.Call(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := policy.Allow(v, verb, c); err != nil {
		return nil, err
	}
	return c, nil
}
