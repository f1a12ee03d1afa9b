package demo

import (
	"context"
	"errors"
	"fmt"
	"net/url"
)

// offer is what the API tells of a resource that is offered to a catalogue.
type offer struct {
	ID       string `json:"id"`
	State    string `json:"state"`
	Entry    string `json:"entry"`
	Revision int64  `json:"revision"`
	Proposal struct {
		Name    string `json:"name"`
		Authors []struct {
			Name string `json:"name"`
		} `json:"authors"`
	} `json:"proposal"`
}

// offerInterlinker writes a document in a finished task and offers it to
// Riga's catalogue, whose curator accepts it.
func (s *story) offerInterlinker(ctx context.Context) (note, open string, err error) {
	at, err := s.writeResult(ctx)
	if err != nil {
		return "", "", err
	}
	in := map[string]string{"catalogue": "@catalogue@" + s.riga.node.Namespace.HandleHost(), "summary": "Parents of two schools wrote it with us."}
	if err := s.zaragoza.api.post(ctx, at+"/offers", in, nil); err != nil {
		return "", "", err
	}
	var offered offer
	err = until(ctx, "the offer in Riga", func(ctx context.Context) (bool, error) {
		var queue list[offer]
		err := s.riga.api.get(ctx, "/catalogue/offers", &queue)
		if err == nil && len(queue.Items) > 0 {
			offered = queue.Items[0]
		}
		return offered.ID != "", err
	})
	if err != nil {
		return "", "", err
	}
	if len(offered.Proposal.Authors) == 0 {
		return "", "", errors.New("nobody is credited")
	}
	var taken offer
	if err := s.riga.api.post(ctx, "/catalogue/offers/"+offered.ID+"/acceptance", map[string]int64{"revision": offered.Revision}, &taken); err != nil {
		return "", "", err
	}
	err = until(ctx, "the answer in Zaragoza", func(ctx context.Context) (bool, error) {
		var offers []offer
		err := s.zaragoza.api.get(ctx, at+"/offers", &offers)
		return err == nil && len(offers) == 1 && offers[0].State == "accepted" && offers[0].Entry == taken.Entry, err
	})
	if err != nil {
		return "", "", err
	}
	return fmt.Sprintf("“%s” by %s is an Interlinker of Riga", offered.Proposal.Name, offered.Proposal.Authors[0].Name), taken.Entry, nil
}

// writeResult adds a public document to a finished task. at is its path in the
// API.
func (s *story) writeResult(ctx context.Context) (at string, err error) {
	for _, task := range s.tasks {
		if task.Status != "finished" {
			continue
		}
		var made struct {
			ID string `json:"id"`
		}
		err := s.zaragoza.api.post(ctx, "/processes/safe_school_routes/tasks/"+url.PathEscape(task.ID)+"/resources", map[string]any{
			"name": "Letter to parents", "text": "# Dear parents\n\nwe walk the way to school with your children.", "language": "en", "licence": "CC-BY-4.0", "public": true,
		}, &made)
		return "/processes/safe_school_routes/resources/" + made.ID, err
	}
	return "", errors.New("no task is finished")
}
