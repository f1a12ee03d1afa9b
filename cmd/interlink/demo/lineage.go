package demo

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// kin is a process of a lineage, as far as the steps read it.
type kin struct {
	IRI      string `json:"iri"`
	Host     string `json:"host"`
	Depth    int    `json:"depth"`
	Title    text   `json:"title"`
	Status   string `json:"status"`
	Release  string `json:"release"`
	State    string `json:"state"`
	Standing *struct {
		Same   bool `json:"same"`
		Behind int  `json:"behind"`
	} `json:"standing"`
	Stamp *struct {
		IRI string `json:"iri"`
		By  string `json:"by"`
	} `json:"stamp"`
}

// again is the clone of the clone.
const again = "/processes/safe_school_routes_rome"

func (s *story) cloneAgain(ctx context.Context) (note, open string, err error) {
	var clone process
	if err := s.rome.api.post(ctx, "/clones", map[string]any{
		"source": s.clone.IRI, "name": "safe_school_routes_rome", "title": text{"en": "Safe routes to school in Rome", "it": "Percorsi sicuri verso la scuola a Roma"},
	}, &clone); err != nil {
		return "", "", err
	}
	var offered string
	err = until(ctx, "the offer of the clone in Riga", func(ctx context.Context) (bool, error) {
		var clones list[struct {
			ID  string `json:"id"`
			IRI string `json:"iri"`
		}]
		if err := s.riga.api.get(ctx, copied+"/clones", &clones); err != nil {
			return false, err
		}
		for _, c := range clones.Items {
			if c.IRI == clone.IRI {
				offered = c.ID
			}
		}
		return offered != "", nil
	})
	if err != nil {
		return "", "", err
	}
	if err := s.riga.api.call(ctx, http.MethodPut, copied+"/clones/"+offered+"/answer", map[string]bool{"accept": true}, nil); err != nil {
		return "", "", err
	}
	err = until(ctx, "the answer in Rome", func(ctx context.Context) (bool, error) {
		var p process
		err := s.rome.api.get(ctx, again, &p)
		return err == nil && p.ClonedFrom != nil && p.ClonedFrom.Answer == "accepted", err
	})
	return "from " + s.riga.node.Namespace.Host() + ", accepted", clone.IRI, err
}

func (s *story) readLineage(ctx context.Context) (note, open string, err error) {
	if err := s.rome.api.post(ctx, again+"/lineage/readings", nil, nil); err != nil {
		return "", "", err
	}
	var found struct {
		Items []kin  `json:"items"`
		Read  string `json:"read"`
	}
	err = until(ctx, "the lineage in Rome", func(ctx context.Context) (bool, error) {
		err := s.rome.api.get(ctx, again+"/lineage", &found)
		return err == nil && found.Read != "", err
	})
	if err != nil {
		return "", "", err
	}
	if len(found.Items) != 3 || found.Items[0].IRI != s.process.IRI || found.Items[2].Host != s.rome.node.Namespace.Host() {
		return "", "", fmt.Errorf("the lineage is %+v", found.Items)
	}
	var lines []string
	for _, k := range found.Items {
		if k.Depth > 0 && k.Stamp == nil {
			return "", "", errors.New("nobody confirms where " + k.IRI + " comes from")
		}
		lines = append(lines, k.line())
	}
	return strings.Join(lines, "\n"), s.rome.base + again + "/lineage", nil
}

// line draws a process below its source.
func (k kin) line() string {
	var b strings.Builder
	if k.Depth > 0 {
		b.WriteString(strings.Repeat("   ", k.Depth-1) + "└─ ")
	}
	b.WriteString("“" + k.Title.english() + "”, " + k.Host)
	if k.Release != "" {
		b.WriteString(", release " + k.Release)
	}
	switch {
	case k.Standing == nil:
	case k.Standing.Behind > 0:
		b.WriteString(", " + plural(k.Standing.Behind, "release") + " behind")
	case k.Standing.Same:
		b.WriteString(", up to date")
	}
	if k.Stamp != nil {
		b.WriteString(", confirmed by " + k.Stamp.By)
	}
	return b.String()
}
