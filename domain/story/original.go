package story

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"interlink/domain"
	"interlink/domain/coproduction"
)

// MaxOriginal is the longest story of the platform before this one that is
// read, in bytes.
const MaxOriginal = 1 << 20

// original reads a story of the platform before this one: one JSON object.
type original struct {
	members map[string]json.RawMessage
	lang    domain.Lang
	told    Telling
	found   domain.Problems
}

// ReadOriginal reads a story of the platform before this one ("data_story"), to
// go on with as a draft. What cannot be taken over is left out and said, by the
// name of the field. Errors: Invalid for no JSON object, TooLarge.
func ReadOriginal(raw []byte) (Telling, domain.Lang, domain.Problems, error) {
	if len(raw) > MaxOriginal {
		return Telling{}, "", nil, domain.InvalidField("file", "story.original_large")
	}
	o := original{lang: "en"}
	dec := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))))
	if err := dec.Decode(&o.members); err != nil || o.members == nil || dec.More() {
		return Telling{}, "", nil, domain.InvalidField("file", "story.original_broken").Because(err)
	}
	if s := o.text("story_language"); s != "" {
		lang, err := domain.ParseLang(s)
		if err != nil {
			o.found.Add("story_language", "story.original_language", clipped(s))
		} else {
			o.lang = lang
		}
	}
	o.texts()
	o.lists()
	o.objects()
	o.days()
	o.rest()
	slices.SortStableFunc(o.found, func(a, b *domain.Error) int { return strings.Compare(a.Field, b.Field) })
	return o.told.clean(), o.lang, o.found, nil
}

// originalFields are what a story may have; those with false say nothing here:
// pictures and addresses of the server that it was on.
var originalFields = map[string]bool{
	"title": true, "short_description": true, "description": true, "objectives": true, "results": true, "lessons_learned": true, "incentives": true, "licenses": true,
	"countries": true, "languages": true, "story_language": true, "tags": true, "keywords": true, "materials": true, "owners": true, "stats": true, "start_at": true, "end_at": true,
	"logo": false, "schema_template": false, "coproduction_story_squema_id": false,
}

// rest says what is not known, or not taken over.
func (o *original) rest() {
	for name, raw := range o.members {
		taken, known := originalFields[name]
		switch {
		case !known:
			o.found.Add(cmp.Or(strings.TrimSpace(clipped(name)), `""`), "story.original_unknown") // a member may have no name
		case !taken && string(raw) != `""` && string(raw) != "null":
			o.found.Add(name, "story.original_left")
		}
	}
}

// clipped bounds what is said of foreign words.
func clipped(s string) string {
	r := []rune(s)
	if len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}

// plainText is what a JSON string or number says.
func plainText(raw json.RawMessage) (string, bool) {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return strings.TrimSpace(strings.NewReplacer("\r\n", "\n", "\r", "\n", "\x00", "").Replace(s)), true
	}
	var n json.Number
	if json.Unmarshal(raw, &n) == nil {
		return n.String(), true
	}
	return "", false
}

// text reads a member; what is no text is said.
func (o *original) text(name string) string {
	raw, there := o.members[name]
	if !there || string(raw) == "null" {
		return ""
	}
	s, ok := plainText(raw)
	if !ok {
		o.found.Add(name, "story.original_type")
	}
	return s
}

func (o *original) in(s string) domain.Text {
	if s == "" {
		return nil
	}
	return domain.Text{o.lang: s}
}

// short bounds a text, of which a letter counts as size says; that it is too
// long is said.
func (o *original) short(name, text string, most int, size func(rune) int) string {
	n := 0
	for i, letter := range text {
		if n += size(letter); n > most {
			o.found.Add(name, "story.original_shortened", most)
			return text[:i]
		}
	}
	return text
}

func (o *original) texts() {
	t := &o.told
	t.Title = o.in(o.short("title", o.text("title"), maxTitle, utf8.RuneLen))
	t.Summary = o.in(o.short("short_description", strings.Join(strings.Fields(o.text("short_description")), " "), maxSummary, func(rune) int { return 1 }))
	for name, text := range map[string]*domain.Text{
		"description": &t.Challenge, "objectives": &t.Objectives, "results": &t.Results, "lessons_learned": &t.Lessons, "incentives": &t.Incentives,
	} {
		*text = o.in(o.short(name, o.text(name), maxText, utf8.RuneLen))
	}
	licence := o.short("licenses", o.text("licenses"), maxText, utf8.RuneLen)
	switch {
	case licence == "":
	case licenceShape.MatchString(licence) && coproduction.Reusable(licence):
		t.Licence = licence
	default:
		t.Terms = o.in(licence)
		o.found.Add("licenses", "story.original_licence")
	}
}

// listed reads words between commas.
func (o *original) listed(name string) []string {
	var out []string
	for _, s := range strings.Split(o.text(name), ",") {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

func (o *original) lists() {
	for _, s := range o.listed("countries") {
		if code := countryCode(s); code != "" {
			o.told.Countries = append(o.told.Countries, code)
		} else {
			o.found.Add("countries", "story.original_country", clipped(s))
		}
	}
	for _, s := range o.listed("languages") {
		if lang, err := domain.ParseLang(s); err == nil {
			o.told.Spoken = append(o.told.Spoken, lang)
		} else {
			o.found.Add("languages", "story.original_language", clipped(s))
		}
	}
	for _, name := range []string{"keywords", "tags"} {
		for _, s := range o.listed(name) {
			if len(s) > maxKeyword || len(o.told.Keywords) >= maxKeywords {
				o.found.Add(name, "story.original_keyword", clipped(s))
				continue
			}
			o.told.Keywords = append(o.told.Keywords, s)
		}
	}
}

// one is an object of a list.
type one struct {
	at      string // its place in the file
	members map[string]json.RawMessage
}

func (x one) text(name string) string {
	s, _ := plainText(x.members[name])
	return s
}

// sorted reads a list of objects in the order that they give. Of one that is no
// object, or that has more members than are known, that is said.
func (o *original) sorted(name string, most int, known ...string) []one {
	raw, there := o.members[name]
	if !there || string(raw) == "null" || string(raw) == `""` {
		return nil
	}
	var parts []json.RawMessage
	if json.Unmarshal(raw, &parts) != nil {
		o.found.Add(name, "story.original_type")
		return nil
	}
	if len(parts) > most {
		o.found.Add(name, "story.original_many", most)
		parts = parts[:most]
	}
	var list []one
	for i, part := range parts {
		x := one{at: fmt.Sprintf("%s.%d", name, i+1)}
		if json.Unmarshal(part, &x.members) != nil || x.members == nil {
			o.found.Add(x.at, "story.original_type")
			continue
		}
		for _, member := range slices.Sorted(maps.Keys(x.members)) {
			if !slices.Contains(known, member) {
				o.found.Add(x.at+"."+clipped(member), "story.original_unknown")
			}
		}
		list = append(list, x)
	}
	order := func(x one) (n float64) { _ = json.Unmarshal(x.members["order"], &n); return n }
	slices.SortStableFunc(list, func(a, b one) int { return cmp.Compare(order(a), order(b)) })
	return list
}

// link reads an address; one that is none is said.
func (o *original) link(x one) domain.IRI {
	s := x.text("link")
	if s == "" {
		return ""
	}
	iri, err := domain.ParseLink(s)
	if err != nil {
		o.found.Add(x.at, "story.original_link", clipped(s))
	}
	return iri
}

func (o *original) objects() {
	for _, x := range o.sorted("materials", maxMaterials, "order", "name", "type", "link") {
		m := Material{Name: o.in(x.text("name")), Kind: strings.ReplaceAll(x.text("type"), "_", " "), URL: o.link(x)}
		if m.Name.Empty() || m.URL == "" || !m.sound() {
			o.found.Add(x.at, "story.original_item")
			continue
		}
		o.told.Materials = append(o.told.Materials, m)
	}
	for _, x := range o.sorted("owners", maxMakers, "order", "name", "info", "logo", "link") {
		m := Maker{Name: x.text("name"), Info: o.in(x.text("info")), URL: o.link(x)}
		if m.Name == "" || !m.sound() {
			o.found.Add(x.at, "story.original_item")
			continue
		}
		if x.text("logo") != "" {
			o.found.Add(x.at+".logo", "story.original_left")
		}
		o.told.Makers = append(o.told.Makers, m)
	}
	for _, x := range o.sorted("stats", maxFigures, "order", "name", "value", "units_measure", "category") {
		f := Figure{Name: o.in(x.text("name")), Value: x.text("value"), Unit: o.in(x.text("units_measure")), Category: o.in(x.text("category"))}
		if !f.sound() {
			o.found.Add(x.at, "story.original_item")
			continue
		}
		o.told.Figures = append(o.told.Figures, f)
	}
}

func (o *original) days() {
	for name, day := range map[string]*string{"start_at": &o.told.Begun, "end_at": &o.told.Ended} {
		s := o.text(name)
		if s == "" {
			continue
		}
		t, err := time.Parse("02-01-2006", s)
		if err != nil {
			t, err = time.Parse(time.DateOnly, s)
		}
		if err != nil || t.Year() < 1900 {
			o.found.Add(name, "story.original_day", clipped(s))
			continue
		}
		*day = t.Format(time.DateOnly)
	}
	if o.told.Begun != "" && o.told.Ended != "" && o.told.Ended < o.told.Begun {
		o.found.Add("end_at", "story.days")
		o.told.Ended = ""
	}
}
