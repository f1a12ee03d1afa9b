package inbox

import "testing"

// TestSources: a network is one source, whatever address of its asks; an
// address behind which everybody may be is none.
func TestSources(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"93.184.216.34:5000":              "93.184.216.0/24",
		"93.184.216.200:1":                "93.184.216.0/24",
		"[2606:2800:220:1:248::1]:443":    "2606:2800:220::/48",
		"[2606:2800:220:ffff::2]:443":     "2606:2800:220::/48",
		"[::ffff:93.184.216.34]:5000":     "93.184.216.0/24",
		"[2606:2800:220:1::1%25eth0]:443": "2606:2800:220::/48",
		"127.0.0.1:5000":                  "",
		"10.1.2.3:5000":                   "",
		"192.168.0.1:1":                   "",
		"[::1]:443":                       "",
		"[fd00::1]:443":                   "",
		"[fe80::1%eth0]:443":              "",
		"unix":                            "",
		"":                                "",
	} {
		if got := source(address); got != want {
			t.Errorf("%q is of %q, want %q", address, got, want)
		}
	}
}
