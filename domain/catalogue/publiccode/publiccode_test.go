package publiccode_test

import (
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/catalogue/publiccode"
)

const whole = `publiccodeYmlVersion: "0.7"
name: Medusa
url: "https://Example.com/city/medusa.git"
landingURL: https://example.com/city/medusa
isBasedOn: https://example.com/other/otello.git
softwareVersion: 1.0
releaseDate: 2026-04-15
platforms: web
categories: [content-management, office]
developmentStatus: stable
softwareType: standalone/web
intendedAudience: {scope: [local-authorities], countries: [it, DE, ITA]}
description:
  en:
    localisedName: Medusa
    shortDescription: Books rooms
    longDescription: |
      A *long* text.
    features: [Fast, Fast, Safe]
    documentation: https://example.com/manual
  it: {shortDescription: Prenota sale, longDescription: Un testo lungo.}
supports:
  - id: alias:gdpr
  - id: http://data.europa.eu/eli/dir/2016/2102/oj
  - id: alias:nonsense
legal: {license: "EUPL-1.2 OR MIT", mainCopyrightOwner: City}
maintenance:
  type: contract
  contractors: [{name: Maker, until: "2027-01-01", website: "https://maker.example"}]
  contacts: [{name: Ana Person, email: ana@people.example, phone: "+34"}]
localisation: {localisationReady: yes, availableLanguages: [en, it]}
dependsOn: {open: [{name: MySQL, versionMin: "1.1", optional: true}]}
`

func TestRead(t *testing.T) {
	t.Parallel()
	b := publiccode.Read("medusa/publiccode.yml", []byte(whole))
	if len(b.Entries) != 1 {
		t.Fatalf("%+v", b.Issues)
	}
	e := b.Entries[0]
	i, s := e.Interlinker, e.Interlinker.Software
	if e.Key != "publiccode/example.com/city/medusa" || e.Name["it"] != "Medusa" || e.Summary["en"] != "A *long* text." || i.Overview["it"] != "Prenota sale" {
		t.Errorf("key %q, name %v, summary %v", e.Key, e.Name, e.Summary)
	}
	if i.SPDX != "EUPL-1.2 OR MIT" || i.Licence != "permissive" || s.Version != "1.0" || s.Released != "2026-04-15" || s.Repository != "https://example.com/city/medusa.git" {
		t.Errorf("%q %q %+v", i.SPDX, i.Licence, s)
	}
	if !reflect.DeepEqual(s.Countries, []string{"IT", "DE"}) || !s.Localised || len(s.Features["en"]) != 2 || s.Dependencies[0].From != "1.1" {
		t.Errorf("%+v", s)
	}
	want := []catalogue.Support{{ID: "alias:gdpr"}, {ID: "http://data.europa.eu/eli/dir/2016/2102/oj"}}
	if !reflect.DeepEqual(i.Supports, want) {
		t.Errorf("supports %v", i.Supports)
	}
	said := map[string]int{}
	for _, issue := range b.Issues {
		said[issue.Field] = issue.Line
	}
	if !reflect.DeepEqual(said, map[string]int{"intendedAudience/countries": 12, "supports[2]/id": 25}) {
		t.Errorf("issues %+v", b.Issues)
	}
	if err := e.Check(); err != nil {
		t.Error(err)
	}
	raw, err := publiccode.Write(e, "Node")
	if err != nil || strings.Contains(string(raw), "Ana") || strings.Contains(string(raw), "people.example") {
		t.Errorf("a person is in it: %v\n%s", err, raw)
	}
}

// TestVersions: what the versions say differently is read alike.
func TestVersions(t *testing.T) {
	t.Parallel()
	for version, italian := range map[string]string{"0.4": "it", "0.5.0": "IT", "0.6": "IT", "0": "it"} {
		b := publiccode.Read("x", []byte("publiccodeYmlVersion: '"+version+`'
name: X
url: https://x.example/x
description: {en: {shortDescription: X}}
legal: {license: MIT, repoOwner: City of X}
`+italian+`: {piattaforme: {spid: true, io: false}, conforme: {gdpr: true}}
`))
		if len(b.Entries) != 1 {
			t.Fatalf("%s: %+v", version, b.Issues)
		}
		i := b.Entries[0].Interlinker
		if !reflect.DeepEqual(i.Supports, []catalogue.Support{{ID: "alias:spid", Country: "IT"}, {ID: "alias:gdpr"}}) || i.Software.Publisher.Name != "City of X" {
			t.Errorf("%s: %v %+v", version, i.Supports, i.Software.Publisher)
		}
	}
}

// TestFaults: each is said with its line and key.
func TestFaults(t *testing.T) {
	t.Parallel()
	for doc, want := range map[string]string{
		"name: X\nurl: https://x.example\n":                                             "publiccodeYmlVersion 1",
		"publiccodeYmlVersion: 0.7\nname: X\nurl: nowhere\n":                            "url 3",
		"publiccodeYmlVersion: 0.9\nname: X\nurl: https://x.example\n":                  "publiccodeYmlVersion 1",
		"publiccodeYmlVersion: 0.7\nname: [X]\nurl: https://x.example\n":                "name 2",
		"publiccodeYmlVersion: 0.7\nname: X\nname: Y\nurl: https://x.example\n":         " 3",
		"publiccodeYmlVersion: 0.7\nname: X\nurl: https://x.example\nlegal: [1]\n":      "legal 4",
		"publiccodeYmlVersion: 0.7\n\nname: X\nurl: https://x.example\ndescription: {}": "description 5",
		"a: b: c": " 1", "": " 1", "\xff": " 1", "- a": " 1",
	} {
		b := publiccode.Read("x", []byte(doc))
		found := false
		for _, issue := range b.Issues {
			found = found || issue.Error && issue.Field+" "+string(rune('0'+issue.Line)) == want
		}
		if !found || len(b.Entries) > 0 {
			t.Errorf("%q: %+v, want an error at %s", doc, b.Issues, want)
		}
	}
}

// TestRoundTrip: what is written is read as it was.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	text := rapid.StringMatching(`[A-Za-z:'"#\-é ]{0,20}[a-zé]`)
	lists := rapid.SliceOfNDistinct(rapid.StringMatching(`[a-z:# ]{0,8}[a-z]`), 0, 4, strings.TrimSpace)
	rapid.Check(t, func(t *rapid.T) {
		e := &catalogue.Entry{Kind: catalogue.KindInterlinker, Name: domain.Text{}, Summary: domain.Text{}}
		s := &catalogue.Software{
			Repository: "https://x.example/" + rapid.StringMatching(`[a-z]{1,9}`).Draw(t, "repository"), Version: strings.TrimSpace(text.Draw(t, "version")),
			Platforms: []string{"web"}, Development: "beta", Type: "library", Maintenance: "none", Localised: rapid.Bool().Draw(t, "ready"), Languages: []string{"lv"},
			Features: map[string][]string{}, Manual: domain.Text{"en": "https://x.example/m"},
		}
		for _, list := range []*[]string{&s.Categories, &s.UsedBy, &s.Fields} {
			for _, one := range lists.Draw(t, "list") {
				if one = strings.TrimSpace(one); one != "" {
					*list = append(*list, one)
				}
			}
		}
		i := &catalogue.Interlinker{Nature: catalogue.NatureExternalSoftware, SPDX: "MIT", Software: s, Overview: domain.Text{}, Supports: []catalogue.Support{{ID: "alias:eidas"}}}
		e.Interlinker = i
		for _, lang := range []domain.Lang{"en", "lv"} {
			e.Name[lang], e.Summary[lang], i.Overview[lang] = strings.TrimSpace(text.Draw(t, "name")), strings.TrimSpace(text.Draw(t, "summary")), strings.Join(strings.Fields(text.Draw(t, "short")), " ")
			s.Features[string(lang)] = []string{"one", "two"}
		}
		raw, err := publiccode.Write(e, "Node")
		if err != nil {
			t.Fatal(err)
		}
		b := publiccode.Read("x", raw)
		if len(b.Entries) != 1 {
			t.Fatalf("%+v\n%s", b.Issues, raw)
		}
		got := b.Entries[0]
		if !reflect.DeepEqual(got.Name, e.Name) || !reflect.DeepEqual(got.Summary, e.Summary) || !reflect.DeepEqual(got.Interlinker.Overview, i.Overview) ||
			!reflect.DeepEqual(got.Interlinker.Supports, i.Supports) || !reflect.DeepEqual(got.Interlinker.Software, s) {
			t.Fatalf("%+v\n%+v\nfrom\n%s", got.Interlinker.Software, s, raw)
		}
	})
}

// FuzzRead: any bytes end in an entry that can be kept, or in errors in words.
func FuzzRead(f *testing.F) {
	f.Add([]byte(whole))
	f.Add([]byte("publiccodeYmlVersion: 0.4\nname: &a X\nurl: *a\n"))
	f.Add([]byte("a: &a [*a]\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		b := publiccode.Read("x", raw)
		for _, issue := range b.Issues {
			if issue.Message == "" || issue.File == "" {
				t.Errorf("an issue without words: %+v", issue)
			}
		}
		for _, e := range b.Entries {
			if e.Name.Empty() || e.Key == "" || e.ContentHash() == "" {
				t.Errorf("let through: %+v", e)
			}
			if _, err := publiccode.Write(e, "Node"); err != nil {
				t.Error(err)
			}
			_ = e.Check()
		}
	})
}
