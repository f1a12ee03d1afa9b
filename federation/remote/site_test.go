package remote

import "testing"

func TestSiteOf(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]string{
		"a.b.evil.example": "evil.example", "evil.example": "evil.example", "x.city.gov.uk": "city.gov.uk",
		"one.github.io": "one.github.io", "deep.one.github.io:443": "one.github.io",
		"127.0.0.1:4000": "127.0.0.1:4000", "[2001:db8::1]:443": "[2001:db8::1]:443", "localhost:1": "localhost:1", "co.uk": "co.uk", "": "",
	} {
		if got := siteOf(host); got != want {
			t.Errorf("%q: %q, want %q", host, got, want)
		}
	}
}
