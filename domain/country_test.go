package domain_test

import (
	"testing"

	"interlink/domain"
)

func TestCountry(t *testing.T) {
	for said, want := range map[string]string{
		"LV": "LV", "lv ": "LV", "EL": "GR", "UK": "GB", "XK": "XK", "XX": "", "EU": "", "": "", "  ": "", "L": "", "LVA": "", "V A": "", "ÄÖ": "",
	} {
		if got := domain.Country(said); got != want {
			t.Errorf("%q is %q, want %q", said, got, want)
		}
	}
}
