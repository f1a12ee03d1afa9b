package locale

import (
	"strings"
	"testing"
	"time"

	"interlink/domain"
)

// TestLatvianPlurals: zero is for 0, 10 to 20 and the tens, one for what ends
// in 1 but not in 11 (CLDR).
func TestLatvianPlurals(t *testing.T) {
	p := Default().Printer("lv", nil)
	for n, want := range map[int]string{
		0: "0 uzdevumu", 1: "1 uzdevums", 2: "2 uzdevumi", 9: "9 uzdevumi", 10: "10 uzdevumu", 11: "11 uzdevumu", 19: "19 uzdevumu",
		20: "20 uzdevumu", 21: "21 uzdevums", 22: "22 uzdevumi", 100: "100 uzdevumu", 101: "101 uzdevums", 111: "111 uzdevumu", 1002: "1002 uzdevumi",
	} {
		if got := p.T("count.tasks_n", n); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
	if got := p.T("ui.uses", 0); got != "vēl nav lietots" {
		t.Errorf("none: %q", got)
	}
	for key, s := range Default().of("lv") {
		if s.forms == nil {
			continue
		}
		if s.forms["zero"] == "" || s.forms["one"] == "" {
			t.Errorf("%q lacks the form zero or one", key)
		}
		// The form one is said of 21 too. Relative days end at seven.
		named := key == "format.days_ago" || key == "format.in_days"
		if strings.Contains(s.forms["other"], "{0}") && !strings.Contains(s.forms["one"], "{0}") && !named {
			t.Errorf("%q leaves its number out: %q", key, s.forms["one"])
		}
	}
}

// TestNumbersAndDates: each language in its own way.
func TestNumbersAndDates(t *testing.T) {
	day := time.Date(2026, time.November, 23, 14, 5, 0, 0, time.UTC)
	rome := time.FixedZone("CET", 3600)
	for last, want := range map[time.Time]string{
		time.Date(2026, 11, 23, 23, 59, 59, 0, rome):     "23 November 2026",
		time.Date(2026, 11, 23, 23, 59, 59, 0, time.UTC): "24 November 2026, 00:59 CET",
	} {
		if got := Default().Printer("en", rome).T("{0}", Deadline(last)); got != want {
			t.Errorf("until %v: %q", last, got)
		}
	}
	for lang, want := range map[domain.Lang][]string{
		"en": {"23 November 2026", "23 November", "23 November 2026, 14:05 UTC", "1,234", "1,234,567", "2.5", "yesterday", "3 hours ago"},
		"es": {"23 de noviembre de 2026", "23 de noviembre", "23 de noviembre de 2026, 14:05 UTC", "1234", "1.234.567", "2,5", "ayer", "hace 3 horas"},
		"it": {"23 novembre 2026", "23 novembre", "23 novembre 2026, 14:05 UTC", "1234", "1.234.567", "2,5", "ieri", "3 ore fa"},
		"lv": {"2026. gada 23. novembris", "23. novembris", "2026. gada 23. novembris plkst. 14:05 UTC", "1234", "1\u00a0234\u00a0567", "2,5", "vakar", "pirms 3 stundām"},
		"nl": {"23 november 2026", "23 november", "23 november 2026, 14:05 UTC", "1.234", "1.234.567", "2,5", "gisteren", "3 uur geleden"},
	} {
		p := Default().Printer(lang, nil)
		got := []string{
			p.Date(day), p.ShortDate(day, day.AddDate(0, 0, 8)), p.DateTime(day), p.Number(1234), p.Number(1_234_567), p.Decimal(2.5, 1),
			p.When(day, day.Add(26*time.Hour)), p.When(day, day.Add(3*time.Hour)),
		}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("%s: %q, want %q", lang, got[i], want[i])
			}
		}
	}
	for wait, want := range map[time.Duration]string{-time.Hour: "in a moment", 30 * time.Second: "in a moment", time.Minute: "in 1 minute", time.Hour: "in 1 hour"} {
		if got := Default().Printer("en", nil).Due(day.Add(wait), day); got != want {
			t.Errorf("due in %v: %q", wait, got)
		}
	}
	for lang, name := range map[domain.Lang]string{"it": "italiano", "lv": "latviešu"} {
		if got := NameOf(lang); got != name {
			t.Errorf("%s calls itself %q", lang, got)
		}
	}
	for wish, want := range map[string]domain.Lang{"it-CH": "it", "lv-LV": "lv"} {
		if got, ok := Default().Match(wish); !ok || got != want {
			t.Errorf("%s finds %q", wish, got)
		}
	}
}
