package web

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"time"

	"interlink/domain"
	"interlink/domain/catalogue"
)

// feedLength is how many entries a feed has.
const feedLength = 50

// changed are the entries of a feed, the last changed first.
func (p *Portal) changed(q *request) ([]*catalogue.Entry, time.Time, error) {
	list, err := p.Exchange.Changed(q.Context(), feedLength)
	if err != nil || len(list) == 0 {
		return nil, time.Unix(0, 0).UTC(), err
	}
	return list, list[0].UpdatedAt.UTC(), nil
}

// words are name and summary of an entry in the reader's language, with the
// language they are in.
func (q *request) entryWords(e *catalogue.Entry) (name, summary string, lang domain.Lang) {
	name, lang = e.Name.In(q.lang)
	summary = e.Summary[lang]
	if summary == "" {
		summary, _ = e.Summary.In(q.lang)
	}
	return name, summary, lang
}

type atom struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    domain.Lang `xml:"http://www.w3.org/XML/1998/namespace lang,attr"`
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Updated string      `xml:"updated"`
	Author  string      `xml:"author>name"`
	Links   []atomLink  `xml:"link"`
	Entries []atomEntry `xml:"entry"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr,omitempty"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	Lang      domain.Lang  `xml:"http://www.w3.org/XML/1998/namespace lang,attr,omitempty"`
	ID        string       `xml:"id"`
	Title     string       `xml:"title"`
	Published string       `xml:"published"`
	Updated   string       `xml:"updated"`
	Link      atomLink     `xml:"link"`
	Category  atomCategory `xml:"category"`
	Summary   string       `xml:"summary"`
}

type atomCategory struct {
	Term string `xml:"term,attr"`
}

// atomFeed tells of new and changed entries (RFC 4287).
func (p *Portal) atomFeed(q *request) error {
	list, at, err := p.changed(q)
	if err != nil {
		return err
	}
	base := p.Namespace.Base()
	feed := atom{
		Lang: q.lang, ID: base + "/catalogue", Title: p.say(q, "exchange.feed_title", p.Name), Updated: at.Format(time.RFC3339), Author: p.Name,
		Links: []atomLink{{"self", "application/atom+xml", base + "/catalogue.atom"}, {"alternate", "text/html", base + "/catalogue"}},
	}
	for _, e := range list {
		name, summary, lang := q.entryWords(e)
		feed.Entries = append(feed.Entries, atomEntry{
			Lang: lang, ID: string(e.IRI), Title: name, Published: e.PublishedAt.UTC().Format(time.RFC3339), Updated: e.UpdatedAt.UTC().Format(time.RFC3339),
			Link: atomLink{"alternate", "text/html", string(e.IRI)}, Category: atomCategory{string(e.Kind)}, Summary: summary,
		})
	}
	var b bytes.Buffer
	b.WriteString(xml.Header)
	if err := xml.NewEncoder(&b).Encode(feed); err != nil {
		return err
	}
	return q.public("application/atom+xml; charset=utf-8", b.Bytes())
}

type feedDocument struct {
	Version     string     `json:"version"`
	Title       string     `json:"title"`
	Home        string     `json:"home_page_url"`
	Address     string     `json:"feed_url"`
	Language    string     `json:"language"`
	Items       []feedItem `json:"items"`
	Description string     `json:"description,omitempty"`
}

type feedItem struct {
	ID        string   `json:"id"`
	URL       string   `json:"url"`
	Title     string   `json:"title"`
	Text      string   `json:"content_text"`
	Published string   `json:"date_published"`
	Modified  string   `json:"date_modified"`
	Language  string   `json:"language"`
	Tags      []string `json:"tags"`
}

// jsonFeed tells the same (JSON Feed 1.1).
func (p *Portal) jsonFeed(q *request) error {
	list, _, err := p.changed(q)
	if err != nil {
		return err
	}
	base := p.Namespace.Base()
	feed := feedDocument{
		Version: "https://jsonfeed.org/version/1.1", Title: p.say(q, "exchange.feed_title", p.Name), Home: base + "/catalogue",
		Address: base + "/catalogue/feed.json", Language: string(q.lang), Items: []feedItem{}, Description: p.Summary,
	}
	for _, e := range list {
		name, summary, lang := q.entryWords(e)
		feed.Items = append(feed.Items, feedItem{
			ID: string(e.IRI), URL: string(e.IRI), Title: name, Text: summary, Language: string(lang), Tags: []string{string(e.Kind)},
			Published: e.PublishedAt.UTC().Format(time.RFC3339), Modified: e.UpdatedAt.UTC().Format(time.RFC3339),
		})
	}
	raw, err := json.Marshal(feed)
	if err != nil {
		return err
	}
	return q.public("application/feed+json", raw)
}
