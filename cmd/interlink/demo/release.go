package demo

import (
	"context"
	"errors"
	"fmt"
	"net/http"
)

// The clone of Riga, and Zaragoza's process of which it is one.
const (
	source = "/processes/safe_school_routes"
	copied = "/processes/safe_school_routes_riga"
)

// released is a release, as far as the steps read it.
type released struct {
	ID      string `json:"id"`
	IRI     string `json:"iri"`
	Version string `json:"version"`
	Digest  string `json:"digest"`
	Credits []struct {
		Clone string `json:"clone"`
	} `json:"credits"`
}

// release releases Zaragoza's process in the version that is the n-th of those
// that may come next.
func (s *story) release(ctx context.Context, n int, note string) (released, error) {
	var next struct {
		Versions []string `json:"versions"`
		Digest   string   `json:"digest"`
	}
	var made released
	if err := s.zaragoza.api.get(ctx, source+"/next-release", &next); err != nil {
		return made, err
	}
	if n >= len(next.Versions) {
		return made, fmt.Errorf("no version may come next but %v", next.Versions)
	}
	err := s.zaragoza.api.post(ctx, source+"/releases", map[string]any{
		"version": next.Versions[n], "note": text{"en": note}, "licence": "CC-BY-4.0", "digest": next.Digest,
	}, &made)
	return made, err
}

// reword changes what is said of a task.
func (c *city) reword(ctx context.Context, process string, task int, words text) error {
	var t tree
	if err := c.api.get(ctx, process+"/tree", &t); err != nil {
		return err
	}
	for _, it := range t.Items {
		if it.Kind != "task" {
			continue
		}
		if task--; task < 0 {
			return c.api.call(ctx, http.MethodPatch, process+"/items/"+it.ID, map[string]any{"revision": it.Revision, "description": words}, nil)
		}
	}
	return errors.New("there are fewer tasks")
}

func (s *story) releaseProcess(ctx context.Context) (note, open string, err error) {
	first, err := s.release(ctx, 0, "As it was told in the story.")
	if err != nil {
		return "", "", err
	}
	if err := s.riga.reword(ctx, copied, 1, text{"en": "As Riga does it.", "lv": "Kā to dara Rīgā."}); err != nil {
		return "", "", err
	}
	for task, words := range []text{{"en": "With the parents of the quarter."}, {"en": "With the police of the quarter."}} {
		if err := s.zaragoza.reword(ctx, source, task, words); err != nil {
			return "", "", err
		}
	}
	second, err := s.release(ctx, 1, "Who takes part in the first two tasks.")
	return fmt.Sprintf("%s, then %s with %s", first.Version, second.Version, plural(2, "change")), second.IRI, err
}

func (s *story) mergeRelease(ctx context.Context) (note, open string, err error) {
	var found struct {
		Release *released `json:"release"`
		Counts  struct {
			Safe      int `json:"safe"`
			Conflicts int `json:"conflicts"`
		} `json:"counts"`
	}
	err = until(ctx, "the release in Riga", func(ctx context.Context) (bool, error) {
		err := s.riga.api.get(ctx, copied+"/updates", &found)
		return err == nil && found.Release != nil && found.Release.Version == "1.1", err
	})
	if err != nil {
		return "", "", err
	}
	if found.Counts.Safe != 1 || found.Counts.Conflicts != 1 {
		return "", "", fmt.Errorf("asked of %+v, not of one safe change and one conflict", found.Counts)
	}
	var merged struct {
		Merge *struct {
			Release string `json:"release"`
			Version string `json:"version"`
			Taken   int    `json:"taken"`
		} `json:"merge"`
	}
	if err := s.riga.api.post(ctx, copied+"/merges", map[string]any{"release": found.Release.ID, "allSafe": true}, &merged); err != nil {
		return "", "", err
	}
	if merged.Merge == nil || merged.Merge.Taken != 1 || merged.Merge.Release != found.Release.IRI {
		return "", "", fmt.Errorf("what was merged is %+v", merged.Merge)
	}
	var clone process
	if err := s.riga.api.get(ctx, copied, &clone); err != nil || clone.ClonedFrom == nil {
		return "", "", errors.Join(err, errors.New("the clone does not know where it comes from"))
	}
	note = fmt.Sprintf("1 safe change taken, 1 conflict left to people; lineage: %s is a clone of %s, with release %s merged", clone.IRI, clone.ClonedFrom.IRI, merged.Merge.Version)
	return note, s.riga.base + copied + "/updates", nil
}
