package catalogue_test

import (
	"os"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/catalogue/seed"
	"interlink/domain/catalogue/starter"
)

// interlinkCatalogue is the data of the INTERLINK project, beside the
// repository of those who have it.
const interlinkCatalogue = "../../../shared/data/interlink-catalogue"

// published reads the catalogue of the INTERLINK project as it stands after
// an import.
func published(t *testing.T) (schemas []*catalogue.Entry, tools *catalogue.Index) {
	t.Helper()
	if _, err := os.Stat(interlinkCatalogue); err != nil {
		t.Skip("the INTERLINK catalogue is not here:", err)
	}
	return imported(seed.Read(os.DirFS(interlinkCatalogue)))
}

// imported is a catalogue as it stands after an import.
func imported(bundle catalogue.Bundle) (schemas []*catalogue.Entry, tools *catalogue.Index) {
	for _, e := range bundle.Entries {
		e.Status, e.Slug = catalogue.Published, e.Key
		if e.Kind == catalogue.KindSchema {
			schemas = append(schemas, e)
		}
	}
	return schemas, catalogue.NewIndex(bundle.Entries)
}

// TestChooseAmongInterlinkSchemas: people with four undertakings are led to
// the schema that was written for theirs, in whichever language they say it.
func TestChooseAmongInterlinkSchemas(t *testing.T) {
	schemas, tools := published(t)
	for name, c := range map[string]struct {
		approach catalogue.Approach
		want     string
	}{
		"a new service":              {catalogue.Approach{Purpose: catalogue.PurposeNew, Stage: catalogue.StageBegin, Language: "en"}, "default"},
		"an event":                   {catalogue.Approach{Purpose: catalogue.PurposeEvent, Language: "es"}, "hackathon"},
		"an app that is there":       {catalogue.Approach{Purpose: catalogue.PurposeImprove, Words: "rediseñar una aplicación existente", Language: "es"}, "solutioncorefinementprocess"},
		"descriptions":               {catalogue.Approach{Purpose: catalogue.PurposeDescribe, Language: "it"}, "servicedescriptionenhancement"},
		"words alone, in Latvian":    {catalogue.Approach{Words: "pakalpojumu aprakstu pilnveidošana", Language: "lv"}, "servicedescriptionenhancement"},
		"words alone, in English":    {catalogue.Approach{Words: "We want to organise a hackathon with students"}, "hackathon"},
		"nothing said: what is most": {catalogue.Approach{}, "default"},
	} {
		t.Run(name, func(t *testing.T) {
			choices := catalogue.RankSchemas(schemas, tools, c.approach)
			for _, x := range choices {
				t.Log(x.Schema.Slug, x.Fit, x.Reasons)
			}
			if len(choices) != 4 || choices[0].Schema.Slug != c.want {
				t.Errorf("%d choices, first %s; not %s", len(choices), choices[0].Schema.Slug, c.want)
			}
		})
	}
}

// TestChooseAmongStarterSchemas: on a new node what people say leads them to
// the schema that is made for it, in each language: the purpose that they
// choose, wherever they stand, and their words alone.
func TestChooseAmongStarterSchemas(t *testing.T) {
	schemas, tools := imported(seed.Read(starter.Tree()))
	wants := map[string]struct {
		purposes []catalogue.Purpose
		words    map[domain.Lang]string
	}{
		"public-service": {[]catalogue.Purpose{"", catalogue.PurposeNew, catalogue.PurposeDeliver}, map[domain.Lang]string{
			"en": "Create a public service with citizens", "es": "Crear un servicio público con la ciudadanía", "it": "Creare un servizio pubblico con i cittadini",
			"lv": "Kopā ar iedzīvotājiem radīt publisku pakalpojumu", "nl": "Met inwoners een publieke dienst maken",
		}},
		"improve-service": {[]catalogue.Purpose{catalogue.PurposeImprove}, map[domain.Lang]string{
			"en": "Improve our website", "es": "Mejorar nuestro sitio web", "it": "Migliorare il nostro sito web", "lv": "Uzlabot mūsu tīmekļvietni", "nl": "Onze website verbeteren",
		}},
		"plain-description": {[]catalogue.Purpose{catalogue.PurposeDescribe}, map[domain.Lang]string{
			"en": "Explain a service in plain language", "es": "Explicar un servicio en lenguaje claro", "it": "Spiegare un servizio con un linguaggio chiaro",
			"lv": "Aprakstīt pakalpojumu vienkāršā valodā", "nl": "Een dienst in heldere taal uitleggen",
		}},
		"idea-event": {[]catalogue.Purpose{catalogue.PurposeEvent}, map[domain.Lang]string{
			"en": "A hackathon with students", "es": "Un hackatón con estudiantes", "it": "Un hackathon con gli studenti", "lv": "Hakatons ar studentiem", "nl": "Een hackathon met studenten",
		}},
	}
	if len(schemas) != len(wants) {
		t.Errorf("%d schemas, want %d", len(schemas), len(wants))
	}
	for want, said := range wants {
		for lang, words := range said.words {
			approaches := []catalogue.Approach{{Words: words, Language: lang}}
			for _, p := range said.purposes {
				for _, stage := range append([]catalogue.Stage{""}, catalogue.Stages...) {
					approaches = append(approaches, catalogue.Approach{Purpose: p, Stage: stage, Language: lang})
				}
			}
			for _, a := range approaches {
				choices := catalogue.RankSchemas(schemas, tools, a)
				if len(choices) != len(schemas) || choices[0].Schema.Slug != want || choices[0].Fit == choices[1].Fit {
					t.Errorf("%s, purpose %q, stage %q, %q: not %s alone is first:", lang, a.Purpose, a.Stage, a.Words, want)
					for _, x := range choices {
						t.Log(x.Schema.Slug, x.Fit, x.Reasons)
					}
				}
			}
		}
	}
}

// schema makes a published schema with one task for each list of codes.
func schema(slug string, change func(*catalogue.Entry), tasks ...[]string) *catalogue.Entry {
	e := &catalogue.Entry{
		ID: domain.ID("id-" + slug), IRI: domain.IRI("https://city.example/schemas/" + slug), Slug: slug, Kind: catalogue.KindSchema,
		Status: catalogue.Published, Name: domain.Text{"en": slug},
		Schema: &catalogue.Schema{Nodes: []catalogue.Node{
			{Path: "p", Kind: catalogue.Phase, Name: domain.Text{"en": "Phase"}},
			{Path: "p/o", Parent: "p", Kind: catalogue.Objective, Name: domain.Text{"en": "Objective"}},
		}},
	}
	for i, codes := range tasks {
		path := "p/o/" + string(rune('a'+i))
		e.Schema.Nodes = append(e.Schema.Nodes, catalogue.Node{Path: path, Parent: "p/o", Kind: catalogue.Task, Name: domain.Text{"en": path}, Problems: codes})
	}
	if change != nil {
		change(e)
	}
	return e
}

// TestChooseReasons: what was said and is answered is given as a reason, with
// the number of tasks.
func TestChooseReasons(t *testing.T) {
	tools := catalogue.NewIndex([]*catalogue.Entry{
		tool("consent", func(e *catalogue.Entry) {
			e.Interlinker.Scopes, e.Interlinker.Audience = []string{"eu", "local"}, []string{"all;citizens;potential_end_users"}
			e.Interlinker.Regulations = domain.Text{"en": "Complies with GDPR norms"}
			e.Name["es"] = "consentimiento"
		}, "ORG_PROBLEM_1"),
	})
	x := schema("paths", func(e *catalogue.Entry) {
		e.Schema.Purposes, e.Uses = []catalogue.Purpose{catalogue.PurposeImprove}, 3
		e.Summary = domain.Text{"en": "What to look at after each path."}
	}, []string{"org_problem_1"}, []string{"SUS_PROBLEM_1"}, []string{"ORG_PROBLEM_9"})
	choices := catalogue.RankSchemas([]*catalogue.Entry{x}, tools, catalogue.Approach{
		Words: "safe path to look after at school", Purpose: catalogue.PurposeImprove, Stage: catalogue.StageRun, Country: "ES", Level: "local",
		Regulations: []string{"gdpr", "made_up"}, Partners: []string{"all;citizens"}, Language: "es",
	})
	want := []catalogue.Reason{
		{catalogue.ReasonPurpose, []any{"improve"}}, {catalogue.ReasonWords, []any{"path"}}, {catalogue.ReasonStage, []any{1, "run"}},
		{catalogue.ReasonBefore, []any{2}}, {catalogue.ReasonRegulation, []any{2, "gdpr"}}, {catalogue.ReasonTools, []any{1, 3}},
		{catalogue.ReasonPartners, []any{1}}, {catalogue.ReasonLevel, []any{1, "local"}}, {catalogue.ReasonCountry, []any{1, "ES"}},
		{catalogue.ReasonNoLanguage, []any{domain.Lang("en")}}, {catalogue.ReasonProcesses, []any{3}},
	}
	if got := choices[0].Reasons; !slices.EqualFunc(got, want, func(a, b catalogue.Reason) bool { return a.Kind == b.Kind && slices.Equal(a.Args, b.Args) }) {
		t.Errorf("the reasons are\n%v\nnot\n%v", got, want)
	}
}

// TestChooseAnything: whatever is said of whatever is there, every published
// schema is ranked once, between 0 and 100, and always alike.
func TestChooseAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		codes := rapid.SliceOf(rapid.SampledFrom([]string{"ORG_PROBLEM_1", "UND_PROBLEM_2", "und_problem_2", "SUS_PROBLEM_1", "X", "", "_"}))
		var schemas, tools []*catalogue.Entry
		for i := range rapid.IntRange(0, 4).Draw(t, "schemas") {
			schemas = append(schemas, schema(string(rune('a'+i)), func(e *catalogue.Entry) {
				e.Name = domain.Text{"en": rapid.String().Draw(t, "name")}
				e.Uses = rapid.IntRange(0, 1000).Draw(t, "uses")
			}, rapid.SliceOfN(codes, 0, 5).Draw(t, "tasks")...))
		}
		for i := range rapid.IntRange(0, 4).Draw(t, "tools") {
			tools = append(tools, tool(string(rune('a'+i)), nil, codes.Draw(t, "codes")...))
		}
		a := catalogue.Approach{
			Words: rapid.String().Draw(t, "words"), Purpose: catalogue.Purpose(rapid.SampledFrom([]string{"", "new", "event", "?"}).Draw(t, "purpose")),
			Stage: catalogue.Stage(rapid.SampledFrom([]string{"", "begin", "run", "?"}).Draw(t, "stage")), Country: rapid.SampledFrom([]string{"", "LV", "ZZ"}).Draw(t, "country"),
			Level: rapid.SampledFrom([]string{"", "eu", "?"}).Draw(t, "level"), Regulations: rapid.SliceOf(rapid.SampledFrom([]string{"gdpr", "ai", "?"})).Draw(t, "regulations"),
			Language: domain.Lang(rapid.SampledFrom([]string{"", "en", "lv"}).Draw(t, "language")),
		}
		first := catalogue.RankSchemas(schemas, catalogue.NewIndex(tools), a)
		if len(first) != len(schemas) {
			t.Fatalf("%d of %d schemas are ranked", len(first), len(schemas))
		}
		slices.Reverse(schemas)
		for i, c := range catalogue.RankSchemas(schemas, catalogue.NewIndex(tools), a) {
			if c.Fit < 0 || c.Fit > 100 || len(c.Reasons) == 0 {
				t.Fatalf("fit %d, reasons %v", c.Fit, c.Reasons)
			}
			if c.Schema != first[i].Schema || c.Fit != first[i].Fit {
				t.Fatalf("place %d has %s with %d, and %s with %d", i, c.Schema.Slug, c.Fit, first[i].Schema.Slug, first[i].Fit)
			}
		}
	})
}

// TestRegulationKey: an ELI names the same law as its key.
func TestRegulationKey(t *testing.T) {
	for eli, want := range map[string]string{
		"http://data.europa.eu/eli/reg/2016/679/oj": "gdpr", "https://eur-lex.europa.eu/eli/reg/2016/679/oj": "gdpr", "http://data.europa.eu/eli/dir/2016/2102/oj": "accessibility",
		"http://data.europa.eu/eli/reg/2014/910/oj": "eidas", "http://data.europa.eu/eli/reg/2016/67": "", "alias:gdpr": "", "https://likumi.lv/ta/id/1": "", "/eli/": "",
	} {
		if got := catalogue.RegulationKey(eli); got != want {
			t.Errorf("%s is %q, want %q", eli, got, want)
		}
	}
}
