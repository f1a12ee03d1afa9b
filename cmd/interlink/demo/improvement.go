package demo

import (
	"context"
	"errors"
	"fmt"
)

// improvement is what a clone offers, as far as the steps read it.
type improvement struct {
	ID    string `json:"id"`
	IRI   string `json:"iri"`
	State string `json:"state"`
	Count int    `json:"count"`
}

// difference is an update, as far as the steps read it.
type difference struct {
	Item    string `json:"item"`
	Outcome string `json:"outcome"`
	Mark    string `json:"mark"`
}

func (s *story) offerImprovement(ctx context.Context) (note, open string, err error) {
	var found struct {
		Updates []difference `json:"updates"`
	}
	if err := s.riga.api.get(ctx, copied+"/improvable", &found); err != nil {
		return "", "", err
	}
	if len(found.Updates) == 0 {
		return "", "", errors.New("nothing in Riga differs")
	}
	var items []map[string]string
	for _, u := range found.Updates {
		items = append(items, map[string]string{"item": u.Item, "mark": u.Mark})
	}
	err = s.riga.api.post(ctx, copied+"/improvements", map[string]any{
		"items": items, "note": text{"en": "How we did it, in Latvian too."}, "licence": "CC-BY-4.0",
	}, &s.improved)
	if err == nil && s.improved.State != "open" {
		err = fmt.Errorf("what was offered is %s", s.improved.State)
	}
	return plural(s.improved.Count, "item") + ", under CC-BY-4.0", s.riga.base + copied + "/improvements?side=sent", err
}

func (s *story) takeImprovement(ctx context.Context) (note, open string, err error) {
	var offered improvement
	err = until(ctx, "the improvement in Zaragoza", func(ctx context.Context) (bool, error) {
		var list struct {
			Items []improvement `json:"items"`
		}
		err := s.zaragoza.api.get(ctx, source+"/improvements", &list)
		if err == nil && len(list.Items) == 1 {
			offered = list.Items[0]
		}
		return offered.IRI == s.improved.IRI, err
	})
	if err != nil {
		return "", "", err
	}
	at := source + "/improvements/" + offered.ID
	if err := s.zaragoza.api.post(ctx, at+"/answer", map[string]any{"all": true}, &offered); err != nil {
		return "", "", err
	}
	if offered.State != "taken" {
		return "", "", fmt.Errorf("what was taken is %s", offered.State)
	}
	err = until(ctx, "the answer in Riga", func(ctx context.Context) (bool, error) {
		var answered improvement
		err := s.riga.api.get(ctx, copied+"/improvements/"+s.improved.ID, &answered)
		return answered.State == "taken", err
	})
	if err != nil {
		return "", "", err
	}
	made, err := s.release(ctx, 0, "With what Riga learned.")
	if err != nil {
		return "", "", err
	}
	if len(made.Credits) != 1 {
		return "", "", fmt.Errorf("release %s credits %d clones", made.Version, len(made.Credits))
	}
	err = until(ctx, "the release in Riga", func(ctx context.Context) (bool, error) {
		var now struct {
			Release *released    `json:"release"`
			Updates []difference `json:"updates"`
		}
		err := s.riga.api.get(ctx, copied+"/updates", &now)
		if err == nil && now.Release != nil && now.Release.Version == made.Version && len(now.Updates) > 0 {
			err = fmt.Errorf("there are questions about %+v in Riga", now.Updates)
		}
		return now.Release != nil && now.Release.Version == made.Version, err
	})
	note = fmt.Sprintf("taken whole; release %s credits %s; nothing is left to ask in Riga", made.Version, made.Credits[0].Clone)
	return note, s.zaragoza.base + at, err
}
