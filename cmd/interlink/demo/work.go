package demo

import (
	"context"
	"errors"
	"fmt"
	"net/http"
)

// What the steps read of who does what.
type (
	assignment struct {
		ID      string `json:"id"`
		IRI     string `json:"iri"`
		ItemIRI string `json:"itemIri"`
		Subject string `json:"subject"`
		State   string `json:"state"`
	}
	contribution struct {
		ID    string `json:"id"`
		State string `json:"state"`
		Level string `json:"level"`
	}
)

// assign asks the citizen of Rome, whom the team took in, for something in the
// first task; they accept it in Rome, and Zaragoza learns of it.
func (s *story) assign(ctx context.Context) (note, open string, err error) {
	task := s.tasks[0]
	var given []assignment
	if err := s.zaragoza.api.post(ctx, "/processes/safe_school_routes/tasks/"+task.ID+"/assignments", map[string]any{
		"people": []string{person(s.rome)}, "subject": "Tell us how your street began", "instructions": "One page, or ten minutes on Tuesday.",
	}, &given); err != nil {
		return "", "", err
	}
	if len(given) != 1 || given[0].State != "open" {
		return "", "", fmt.Errorf("nobody is asked: %+v", given)
	}
	var received assignment
	if err := until(ctx, "the task in Rome", func(ctx context.Context) (bool, error) {
		var mine list[assignment]
		err := s.rome.api.get(ctx, "/assignments", &mine)
		if err == nil && len(mine.Items) == 1 {
			received = mine.Items[0]
		}
		return received.IRI == given[0].IRI, err
	}); err != nil {
		return "", "", err
	}
	if err := s.rome.api.call(ctx, http.MethodPut, "/assignments/"+received.ID+"/state", map[string]string{"state": "accepted"}, nil); err != nil {
		return "", "", err
	}
	err = until(ctx, "the answer in Zaragoza", func(ctx context.Context) (bool, error) {
		var now assignment
		err := s.zaragoza.api.get(ctx, "/assignments/"+given[0].ID, &now)
		return now.State == "accepted", err
	})
	return "“" + received.Subject + "”, for “" + task.Name.english() + "”", s.process.IRI + "/assignments", err
}

// award says what the official did in a finished task, and what it is worth.
func (s *story) award(ctx context.Context) (note, open string, err error) {
	var done item
	for _, task := range s.tasks {
		if task.Status == "finished" {
			done = task
		}
	}
	if done.ID == "" {
		return "", "", errors.New("no task is finished")
	}
	var claim, awarded contribution
	if err := s.zaragoza.api.post(ctx, "/processes/safe_school_routes/tasks/"+done.ID+"/contributions", map[string]string{
		"subject": "Walked all routes with the parents", "content": "Four mornings, eleven crossings.",
	}, &claim); err != nil {
		return "", "", err
	}
	if err := s.zaragoza.api.call(ctx, http.MethodPut, "/processes/safe_school_routes/contributions/"+claim.ID+"/decision", map[string]string{"level": "high"}, &awarded); err != nil {
		return "", "", err
	}
	if awarded.State != "awarded" || awarded.Level != "high" {
		return "", "", fmt.Errorf("the contribution is %q, of level %q", awarded.State, awarded.Level)
	}
	return "for “" + done.Name.english() + "”, level high", s.process.IRI + "/contributions", nil
}
