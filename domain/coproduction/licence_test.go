package coproduction

import "testing"

func TestReusable(t *testing.T) {
	t.Parallel()
	for licence, want := range map[string]bool{
		"CC-BY-4.0": true, "cc-by-sa-4.0": true, "CC-BY-NC-4.0": true, "CC0-1.0": true, "EUPL-1.2": true, "ODbL-1.0": true, "GPL-3.0-or-later": true,
		"MIT OR LicenseRef-shop": true, "(MIT OR LicenseRef-shop) AND (EUPL-1.2 or GPL-2.0-only)": true, "LicenseRef-shop AND MIT OR CC0-1.0": true, "(Apache-2.0 AND CC-BY-4.0)": true, "GPL-2.0-only WITH Classpath-exception-2.0": true,
		"": false, "CC-BY-ND-4.0": false, "CC-BY-NC-ND-4.0": false, "LicenseRef-all-rights": false, "All rights reserved": false, "proprietary": false,
		"MIT AND LicenseRef-shop": false, "(MIT OR EUPL-1.2) AND LicenseRef-shop": false, "LicenseRef-shop AND (MIT OR EUPL-1.2)": false, "MIT)": false, "(MIT": false, "NOASSERTION": false, " ": false, "NONE": false,
	} {
		if Reusable(licence) != want {
			t.Errorf("%q: %v", licence, !want)
		}
	}
}
