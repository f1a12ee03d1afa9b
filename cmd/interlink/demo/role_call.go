package demo

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// What the steps read of role calls and applications.
type (
	roleCall struct {
		ID           string `json:"id"`
		IRI          string `json:"iri"`
		URL          string `json:"url"`
		Title        text   `json:"title"`
		Open         bool   `json:"open"`
		State        string `json:"state"`
		Applications []struct {
			State string `json:"state"`
			Count int    `json:"count"`
		} `json:"applications"`
	}
	application struct {
		ID        string `json:"id"`
		Applicant *actor `json:"applicant"`
		Statement string `json:"statement"`
		State     string `json:"state"`
		History   []struct {
			State  string `json:"state"`
			Reason string `json:"reason"`
		} `json:"history"`
		Revision int64 `json:"revision"`
	}
)

func (s *story) callForRoles(ctx context.Context) (note, open string, err error) {
	if err := s.zaragoza.api.post(ctx, "/role-calls", map[string]any{
		"team": "school_routes", "community": "mobility", "language": "en", "seats": 1, "method": "criteria",
		"deadline": time.Now().Add(21 * 24 * time.Hour).UTC().Format(time.RFC3339),
		"title":    text{"en": "Somebody who knows school routes elsewhere", "es": "Alguien que conozca rutas escolares de otros lugares", "nl": "Iemand die schoolroutes elders kent"},
		"duties":   text{"en": "Tell us what worked where you live, and read our drafts.", "es": "Contarnos qué ha funcionado donde vives y leer nuestros borradores.", "nl": "Ons vertellen wat bij u werkte en onze ontwerpen lezen."},
		"eligible": text{"en": "Anybody who has changed the way to a school."}, "effort": text{"en": "two hours a week", "es": "dos horas a la semana", "nl": "twee uur per week"},
	}, &s.call); err != nil {
		return "", "", err
	}
	err = until(ctx, "the call in Rome", func(ctx context.Context) (bool, error) {
		var calls list[roleCall]
		if err := s.rome.api.get(ctx, "/role-calls", &calls); err != nil {
			return false, err
		}
		for _, c := range calls.Items {
			if c.IRI == s.call.IRI && c.Open {
				s.abroad = c
				return true, nil
			}
		}
		return false, nil
	})
	return "“" + s.call.Title.english() + "”", s.rome.base + "/role-calls/" + s.abroad.ID, err
}

// statement is what the citizen of Rome writes.
const statement = "In our street the children walk together since spring. I can tell you how we began."

// applicationIn waits until the one application is in a state, in Zaragoza.
func (s *story) applicationIn(ctx context.Context, state string) (application, error) {
	var found application
	return found, until(ctx, "the application in Zaragoza", func(ctx context.Context) (bool, error) {
		var all list[application]
		err := s.zaragoza.api.get(ctx, "/role-calls/"+s.call.ID+"/applications", &all)
		if err == nil && len(all.Items) == 1 {
			found = all.Items[0]
		}
		return found.State == state, err
	})
}

// decide answers, and waits until Rome knows.
func (s *story) decide(ctx context.Context, a application, state, reason string) error {
	path := "/role-calls/" + s.call.ID + "/applications/" + a.ID + "/decision"
	if err := s.zaragoza.api.call(ctx, http.MethodPut, path, map[string]any{"state": state, "reason": reason, "revision": a.Revision}, nil); err != nil {
		return err
	}
	return until(ctx, "the answer in Rome", func(ctx context.Context) (bool, error) {
		var own application
		err := s.rome.api.get(ctx, "/role-calls/"+s.abroad.ID+"/application", &own)
		return err == nil && own.State == state && own.History[len(own.History)-1].Reason == reason, err
	})
}

func (s *story) apply(ctx context.Context) (note, open string, err error) {
	if err := s.rome.api.post(ctx, "/role-calls/"+s.abroad.ID+"/application", map[string]string{"statement": statement}, nil); err != nil {
		return "", "", err
	}
	received, err := s.applicationIn(ctx, "submitted")
	if err != nil {
		return "", "", err
	}
	if received.Statement != statement || received.Applicant == nil || received.Applicant.IRI != person(s.rome) {
		return "", "", fmt.Errorf("another application came to Zaragoza: %+v", received)
	}
	if err := s.decide(ctx, received, "shortlisted", ""); err != nil {
		return "", "", err
	}
	s.applied = received.ID
	return "from " + received.Applicant.Handle, s.zaragoza.base + "/role-calls/" + s.call.ID + "/applications", nil
}

func (s *story) acceptApplication(ctx context.Context) (note, open string, err error) {
	received, err := s.applicationIn(ctx, "shortlisted")
	if err != nil {
		return "", "", err
	}
	if err := s.decide(ctx, received, "accepted", "Welcome! We meet on Tuesdays."); err != nil {
		return "", "", err
	}
	if role, err := s.roleIn(ctx, "/teams/school_routes"); err != nil || role != "member" {
		return "", "", errors.Join(fmt.Errorf("in the team the citizen of Rome is %q", role), err)
	}
	if role, err := s.roleIn(ctx, "/organizations/city_lab"); err != nil || role != "" {
		return "", "", errors.Join(fmt.Errorf("in the organisation the citizen of Rome is %q", role), err)
	}
	if err := s.zaragoza.api.get(ctx, "/role-calls/"+s.call.ID, &s.call); err != nil {
		return "", "", err
	}
	if s.call.State != "filled" || len(s.call.Applications) != 1 || s.call.Applications[0].State != "accepted" {
		return "", "", fmt.Errorf("the seat is taken, and the call is %q with %v", s.call.State, s.call.Applications)
	}
	return "the call is filled; 1 accepted", s.call.URL, nil
}

// roleIn is the role of the citizen of Rome in a group of Zaragoza; "" for
// none.
func (s *story) roleIn(ctx context.Context, path string) (string, error) {
	var members list[struct {
		Actor *actor `json:"actor"`
		Role  string `json:"role"`
	}]
	if err := s.zaragoza.api.get(ctx, path+"/members?limit=100", &members); err != nil {
		return "", err
	}
	for _, m := range members.Items {
		if m.Actor != nil && m.Actor.IRI == person(s.rome) {
			return m.Role, nil
		}
	}
	return "", nil
}

// person is the address of who acts on a city.
func person(c *city) string { return c.base + "/users/" + c.username }
