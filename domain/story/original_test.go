package story

import (
	"encoding/json"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/domaintest"
)

// original is a story as the platform before this one had it, with most of what can be wrong.
const originalStory = `{
	"title": "Sharing gardens", "short_description": "How a street\r\nshares its gardens.", "countries": "Italy, Greece,ES,Atlantis", "logo": "/static/x.png",
	"schema_template": "d248887d", "coproduction_story_squema_id": "", "description": "Nobody\r\nhad a garden.", "objectives": "Gardens for all.", "results": "",
	"lessons_learned": "Begin small.", "licenses": "It is offered under an open licence.", "incentives": "Tomatoes",
	"materials": [{"name": "Second", "order": 2, "type": "video_channel", "link": "https://films.example/2"}, {"name": "First", "order": 1, "type": "page", "link": "https://films.example/1"}, {"name": "Bad", "order": 3, "link": "javascript:alert(1)"}],
	"owners": [{"order": 1, "name": "Garden club", "info": "Since 1920", "logo": "https://pictures.example/x.jpg", "link": "https://club.example/"}],
	"stats": [{"order": 2, "name": "Teams", "value": 5, "units_measure": "teams", "category": "Project"}, {"order": 1, "name": "Months", "value": "34", "units_measure": "meses"}, "five"],
	"languages": "en,it,el,martian!", "story_language": "en", "tags": "B2C,CE", "keywords": "gardens,Families", "start_at": "18-01-2018", "end_at": "yesterday", "budget": 12
}`

func TestReadOriginal(t *testing.T) {
	t.Parallel()
	told, lang, found, err := ReadOriginal([]byte(strings.Replace(originalStory, `, "five"`, "", 1)))
	if err != nil || lang != "en" {
		t.Fatalf("%v, %s", err, lang)
	}
	var p domain.Problems
	if told.check(&p); p.Err() != nil {
		t.Errorf("what was read cannot be told: %v", p)
	}
	if told.Title["en"] != "Sharing gardens" || told.Summary["en"] != "How a street shares its gardens." || told.Challenge["en"] != "Nobody\nhad a garden." || told.Incentives["en"] != "Tomatoes" ||
		strings.Join(told.Countries, " ") != "IT GR ES" || told.Begun != "2018-01-18" || told.Ended != "" || len(told.Spoken) != 3 || strings.Join(told.Keywords, " ") != "gardens families b2c ce" {
		t.Errorf("texts: %+v", told)
	}
	if told.Licence != "CC-BY-4.0" || told.Terms["en"] != "It is offered under an open licence." {
		t.Errorf("licence %q, %v", told.Licence, told.Terms)
	}
	if len(told.Materials) != 2 || told.Materials[0].Name["en"] != "First" || told.Materials[1].Kind != "video channel" || len(told.Makers) != 1 || told.Makers[0].Info["en"] != "Since 1920" {
		t.Errorf("materials %+v, makers %+v", told.Materials, told.Makers)
	}
	if len(told.Figures) != 2 || told.Figures[0].Value != "34" || told.Figures[1].Value != "5" || told.Figures[1].Category["en"] != "Project" {
		t.Errorf("figures %+v", told.Figures)
	}
	var fields []string
	for _, f := range found {
		fields = append(fields, f.Field+" "+f.Key[len("story.original_"):])
	}
	want := "budget unknown; countries country; end_at day; languages language; licenses licence; logo left; materials.3 link; materials.3 item; owners.1.logo left; schema_template left"
	if got := strings.Join(fields, "; "); got != want {
		t.Errorf("found %s\nwant  %s", got, want)
	}
}

func TestReadBrokenOriginals(t *testing.T) {
	t.Parallel()
	for name, raw := range map[string]string{"nothing": "", "a list": "[]", "null": "null", "two": "{} {}", "half": `{"title":`, "a text": `"x"`, "large": `{"title":"` + strings.Repeat("x", MaxOriginal) + `"}`} {
		if _, _, _, err := ReadOriginal([]byte(raw)); domain.CodeOf(err) != domain.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	told, _, found, err := ReadOriginal([]byte(strings.Replace(originalStory, `"value": 5,`, `"value": 5, "source": "us",`, 1)))
	if err != nil || !strings.Contains(found.Error(), "story.original_type (stats.3)") || !strings.Contains(found.Error(), "story.original_unknown (stats.1.source)") || len(told.Figures) != 2 {
		t.Errorf("a list with something else in it: %v, %v, %v", found, told.Figures, err)
	}
	told, _, found, err = ReadOriginal([]byte(`{"title": "` + strings.Repeat("ñ", 101) + `", "short_description": "` + strings.Repeat("ñ", 501) + `", "results": "` + strings.Repeat("x", maxText+1) + `"}`))
	if err != nil || len(found) != 3 || told.Title["en"] != strings.Repeat("ñ", 100) || told.Summary["en"] != strings.Repeat("ñ", 500) || len(told.Results["en"]) != maxText {
		t.Errorf("what is too long is not shortened: %v, %v", found, err)
	}
}

// FuzzOriginal feeds a story as somebody has it in a file: what is read keeps
// the bounds, and is read back from a draft as it was.
func FuzzOriginal(f *testing.F) {
	f.Add([]byte(originalStory), uint16(0), uint8(0))
	f.Add([]byte(`{"title":1e400,"stats":[{"order":"x","name":"N","value":"v"}],"materials":null,"owners":"","start_at":"31-02-2020","end_at":"01-01-0001"}`), uint16(0), uint8(0))
	f.Add([]byte("\xef\xbb\xbf{\"title\":\"\\u0000\",\"languages\":\"en-,x\",\"countries\":\",,\"}"), uint16(0), uint8(0))
	f.Fuzz(func(t *testing.T, raw []byte, place uint16, other uint8) {
		raw = domaintest.Twisted(raw, place, other)
		told, lang, found, err := ReadOriginal(raw)
		if err != nil {
			return
		}
		if _, err := domain.ParseLang(string(lang)); err != nil {
			t.Fatalf("language %q", lang)
		}
		for _, problem := range found {
			if problem.Field == "" || !strings.HasPrefix(problem.Key, "story.") {
				t.Fatalf("a problem without a place or words: %+v", problem)
			}
		}
		var p domain.Problems
		told.bounds(&p)
		if p.Err() != nil {
			t.Fatalf("breaks a bound: %v", p)
		}
		for _, m := range told.Materials {
			if !m.sound() {
				t.Fatalf("material %+v", m)
			}
		}
		first, err := json.Marshal(told)
		if err != nil {
			t.Fatal(err)
		}
		var back Telling
		if err := json.Unmarshal(first, &back); err != nil {
			t.Fatal(err)
		}
		if second, err := json.Marshal(back.clean()); err != nil || string(second) != string(first) {
			t.Fatalf("read back from a draft: %s\nwas %s (%v)", second, first, err)
		}
	})
}
