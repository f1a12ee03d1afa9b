package account

import (
	"strings"
	"testing"

	"interlink/domain"
)

// keyOf is the key of the sentence that says what is wrong; "" if nothing is.
func keyOf(err error) string {
	for _, f := range domain.FieldsOf(err) {
		return f.Key
	}
	return ""
}

func TestCheckUsername(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"ana": "", "a": "", "ana_2": "", "_": "", strings.Repeat("a", 30): "",
		"": "account.username_shape", strings.Repeat("a", 31): "account.username_shape",
		"Ana": "account.username_shape", "añ": "account.username_shape", "a b": "account.username_shape",
		"a-b": "account.username_shape", "a.b": "account.username_shape", "../a": "account.username_shape",
		"a\x00": "account.username_shape", "a\n": "account.username_shape", "city.example": "account.username_shape",
		"admin": "account.username_reserved", "actor": "account.username_reserved", "catalogue": "account.username_reserved",
	} {
		if got := keyOf(checkUsername(name)); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

func TestNormalEmail(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"ana@mail.example": "ana@mail.example", " ana@mail.example\n": "ana@mail.example",
		"Ana.Ruiz+node@Mail.EXAMPLE": "Ana.Ruiz+node@mail.example", "o'neil@mail.example": "o'neil@mail.example",
		"ana@localhost": "ana@localhost", "ana@bücher.example": "ana@bücher.example",
		"": "", "ana": "", "@mail.example": "", "ana@": "", "a@b@c": "", "ana@mail.example, bo@mail.example": "",
		"Ana <ana@mail.example>": "", "<ana@mail.example>": "", "ana@mail.example\r\nBcc: bo@mail.example": "",
		"ana\x00@mail.example": "", "ana@mail\x00.example": "", `"ana bo"@mail.example`: "", "ana@mail.example (Ana)": "",
		"ana@[127.0.0.1]": "", "ana@mail.example\xff": "", "ana @mail.example": "",
		strings.Repeat("a", 65) + "@mail.example":                      "", // RFC 5321 §4.5.3.1.1
		"ana@" + strings.Repeat("a.", 126) + "example":                 "",
		strings.Repeat("a", 64) + "@" + strings.Repeat("a.", 90) + "e": strings.Repeat("a", 64) + "@" + strings.Repeat("a.", 90) + "e",
	} {
		got, err := normalEmail(in)
		if got != want {
			t.Errorf("%q: %q (%v), want %q", in, got, err, want)
		}
		if want == "" && keyOf(err) != "account.email_shape" {
			t.Errorf("%q: error %v", in, err)
		}
	}
}

// What is accepted can stand in a mail's header, and is its own normal form.
func FuzzNormalEmail(f *testing.F) {
	for _, s := range []string{"ana@mail.example", "Ana@B\r\n.c", `"a@b"@c`, "a@[::1]", "é@ü.example"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := normalEmail(s)
		if err != nil {
			return
		}
		if strings.ContainsAny(got, "\r\n\x00 <>,;\"") || strings.Count(got, "@") != 1 || len(got) > 254 {
			t.Errorf("%q became %q", s, got)
		}
		if again, err := normalEmail(got); err != nil || again != got {
			t.Errorf("%q became %q, then %q (%v)", s, got, again, err)
		}
	})
}

func TestCheckPassword(t *testing.T) {
	t.Parallel()
	for password, want := range map[string]string{
		"seven wet umbrellas": "", "ñandúñandú": "", strings.Repeat("ab", 512): "",
		"": "account.password_short", "ninechars": "account.password_short", "ñandúñand": "account.password_short",
		strings.Repeat("ab", 513): "account.password_long", "Password1234": "account.password_common",
		"aaaaaaaaaaaa": "account.password_common", "ÑÑÑÑÑÑÑÑÑÑ": "account.password_common",
		"Anastasia_Ruiz": "account.password_common", "ANA@mail.example": "account.password_common",
	} {
		if got := keyOf(checkPassword(password, "anastasia_ruiz", "ana@mail.example")); got != want {
			t.Errorf("%q: %q, want %q", password, got, want)
		}
	}
}

func TestHash(t *testing.T) {
	t.Parallel()
	h := DefaultCost.hash("seven wet umbrellas")
	if ok, stale := DefaultCost.matches(h, "seven wet umbrellas"); !ok || stale {
		t.Errorf("its own password: %v, stale %v", ok, stale)
	}
	if ok, _ := DefaultCost.matches(h, "seven wet umbrella"); ok {
		t.Error("another password matches")
	}
	if DefaultCost.hash("seven wet umbrellas") == h {
		t.Error("two hashes of a password are the same: no salt")
	}
	// The reference implementation's: argon2 -id -t 2 -m 16 -p 1.
	const cheap = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	if ok, stale := DefaultCost.matches(cheap, "password"); !ok || !stale {
		t.Errorf("made with other costs: %v, stale %v; want both", ok, stale)
	}
	for _, broken := range []string{"", "$", "$argon2id$$$$", "$argon2i$v=19$m=16,t=2,p=1$c29tZXNhbHQ$AAAA",
		"$argon2id$v=19$m=16,t=0,p=1$c29tZXNhbHQ$AAAA", "$argon2id$v=19$m=16,t=2,p=0$c29tZXNhbHQ$AAAA",
		"$argon2id$v=19$m=16,t=2,p=1$?$AAAA", "$argon2id$v=19$m=16,t=2,p=1$c29tZXNhbHQ$"} {
		if ok, _ := DefaultCost.matches(broken, ""); ok {
			t.Errorf("%q matches", broken)
		}
	}
	if ok, _ := DefaultCost.matches(h, strings.Repeat("x", 1<<20)); ok {
		t.Error("a password of a million letters matches")
	}
}
