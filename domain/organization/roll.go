package organization

import (
	"encoding/csv"
	"net/mail"
	"slices"
	"strings"
	"unicode/utf8"

	"interlink/domain"
)

// The bounds of a list of people.
const (
	MaxRoll      = 200_000 // bytes
	maxRollLines = 500
)

// Line is one line of a list of people, with what was understood of it.
type Line struct {
	Number   int    // in the list, from 1
	Typed    string // who, as it stands there
	Newcomer Newcomer
	Fate     Fate          // what becomes of them
	Problem  *domain.Error // why nothing does; nil if it was understood

	name   string // of somebody of this node; "" if they are named otherwise
	handle string // "@name@host", or an address; "" if they are named otherwise
}

// Fate is what becomes of somebody on a list.
type Fate string

// The fates.
const (
	FateAdd    Fate = "add"    // a member, or of another role, at once
	FateInvite Fate = "invite" // asked on their own server
	FateMail   Fate = "mail"   // asked by mail
	FateKnown  Fate = "known"  // a member already
)

// columns are the titles by which a list says what is in its columns, in
// small letters: of who it is, the best first, and of the role.
var columns = struct{ email, handle, name, role []string }{
	email:  []string{"email", "e-mail", "e-mail address", "email address", "mail", "correo", "correo electrónico", "posta elettronica", "e-mailadres", "e-pasts", "epasts"},
	handle: []string{"handle", "fediverse", "address", "account", "person", "persona", "persoon", "cuenta", "dirección", "indirizzo", "adres", "adrese", "konts"},
	name:   []string{"name", "short name", "username", "user", "nombre", "usuario", "naam", "gebruiker", "gebruikersnaam", "nome", "utente", "vārds", "lietotājs"},
	role:   []string{"role", "rol", "ruolo", "loma", "functie"},
}

// roleWords are the words for roles, in small letters; without one a member
// stays what they are.
var roleWords = map[string]Role{
	"": "", "member": RoleMember, "miembro": RoleMember, "lid": RoleMember, "membro": RoleMember, "dalībnieks": RoleMember, "dalībniece": RoleMember,
	"administrator": RoleAdministrator, "admin": RoleAdministrator, "administrador": RoleAdministrator, "administradora": RoleAdministrator,
	"beheerder": RoleAdministrator, "amministratore": RoleAdministrator, "amministratrice": RoleAdministrator,
	"administrators": RoleAdministrator, "administratore": RoleAdministrator,
}

// parseRoll reads a list of people: a line for each, in columns separated by
// commas, semicolons or tabs, as spreadsheets write them. Who it is comes
// first, as an e-mail address, the name of somebody here, "@name@host" or the
// address of a person; then, if wanted, the role: without one they become
// members. A first line with titles may say otherwise. Empty lines are left
// out. Errors: Invalid or TooLarge on "people" if it is no list at all; what is
// wrong with a line is in it.
func parseRoll(text string) ([]Line, error) {
	text = strings.TrimPrefix(text, "\ufeff")
	switch {
	case len(text) > MaxRoll:
		return nil, &domain.Error{Code: domain.TooLarge, Key: "organization.roll_too_long", Args: []any{maxRollLines}, Field: "people"}
	case !utf8.ValidString(text) || strings.ContainsRune(text, 0):
		return nil, domain.InvalidField("people", "error.not_text")
	}
	var lines []Line
	who, role, comma, first := 0, 1, ',', true
	seen := map[string]int{}
	for i, raw := range strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text), "\n") {
		if strings.Trim(raw, " \t,;") == "" {
			continue
		}
		if first {
			comma = separator(raw)
		}
		by := comma
		if !strings.ContainsRune(raw, by) { // pasted from elsewhere
			by = separator(raw)
		}
		cells, err := cellsOf(raw, by)
		if first {
			first = false
			if w, r, titles := titles(cells); titles {
				who, role = w, r
				continue
			}
		}
		if len(lines) == maxRollLines {
			return nil, &domain.Error{Code: domain.TooLarge, Key: "organization.roll_too_long", Args: []any{maxRollLines}, Field: "people"}
		}
		line := Line{Number: i + 1, Typed: cell(cells, who)}
		if err != nil {
			line.Typed, line.Problem = clip(raw), domain.Fail(domain.Invalid, "organization.roll_quotes")
		} else {
			line.read(cell(cells, role), seen)
		}
		lines = append(lines, line)
	}
	if len(lines) == 0 {
		return nil, domain.InvalidField("people", "organization.roll_empty")
	}
	return lines, nil
}

// separator guesses what separates the columns: what the first line has most
// of.
func separator(line string) rune {
	best, most := ',', 0
	for _, r := range ",;\t" {
		if n := strings.Count(line, string(r)); n > most {
			best, most = r, n
		}
	}
	return best
}

func cellsOf(line string, comma rune) ([]string, error) {
	r := csv.NewReader(strings.NewReader(line))
	r.Comma, r.FieldsPerRecord, r.TrimLeadingSpace = comma, -1, true
	cells, err := r.Read()
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}
	return cells, err
}

func cell(cells []string, i int) string {
	if i < 0 || i >= len(cells) {
		return ""
	}
	return cells[i]
}

// titles reports whether cells are titles of columns, and where who it is and
// the role stand; -1 for no role.
func titles(cells []string) (who, role int, ok bool) {
	find := func(words []string) int {
		return slices.IndexFunc(cells, func(c string) bool { return slices.Contains(words, strings.ToLower(c)) })
	}
	who, role = -1, find(columns.role)
	for _, words := range [][]string{columns.email, columns.handle, columns.name} {
		if who < 0 {
			who = find(words)
		}
	}
	return who, role, who >= 0
}

// longest is how much of a line that is not understood is shown, in letters.
const longestTyped = 100

func clip(s string) string {
	if r := []rune(s); len(r) > longestTyped {
		return string(r[:longestTyped]) + "…"
	}
	return s
}

// read finds out what stands in a line, as far as the line alone tells.
func (l *Line) read(role string, seen map[string]int) {
	typed := strings.TrimPrefix(l.Typed, "mailto:")
	l.Typed = clip(l.Typed)
	known := false
	if l.Newcomer.Role, known = roleWords[strings.ToLower(role)]; !known {
		l.Problem = domain.Fail(domain.Invalid, "organization.roll_role", clip(role))
		return
	}
	key := ""
	switch name, isName := strings.CutPrefix(typed, "@"); {
	case strings.HasPrefix(typed, "https://") || strings.HasPrefix(typed, "http://"):
		l.handle, key = typed, typed
	case isName && strings.Contains(name, "@"):
		l.handle, key = typed, strings.ToLower(typed)
	case strings.Contains(typed, "@") && !isName:
		address := typed
		if parsed, err := mail.ParseAddress(typed); err == nil {
			address = parsed.Address
		}
		email, ok := domain.ParseEmail(address)
		if !ok {
			l.Problem = domain.Fail(domain.Invalid, "organization.roll_email")
			return
		}
		l.Newcomer.Email, key = email, strings.ToLower(email)
	case handle.MatchString(strings.ToLower(name)):
		l.name = strings.ToLower(name)
		key = l.name
	default:
		l.Problem = domain.Fail(domain.Invalid, "organization.roll_nobody")
		return
	}
	if before, twice := seen[key]; twice {
		l.Problem = domain.Fail(domain.Invalid, "organization.roll_twice", before)
		return
	}
	seen[key] = l.Number
}
