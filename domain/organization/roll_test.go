package organization

import (
	"cmp"
	"fmt"
	"strings"
	"testing"

	"interlink/domain"
)

func TestParseRoll(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		text string
		want string // number, who, role, or the key of the problem
	}{
		"addresses":           {"ana@people.example\n\nBo@People.Example,administrator\n", "1 ana@people.example member|3 Bo@people.example administrator"},
		"semicolons":          {"ana@people.example;admin\r\nbo;\r\n", "1 ana@people.example administrator|2 bo member"},
		"tabs":                {"ana\tBeheerder\nbo\tlid", "1 ana administrator|2 bo member"},
		"handles":             {"@Ana\n@bo@riga.example\nhttps://riga.example/users/cleo", "1 ana member|2 @bo@riga.example member|3 https://riga.example/users/cleo member"},
		"a spreadsheet":       {"\ufeffName;E-mail;Role\n\"Vale, Ana\";ana@people.example;miembro\nBo;bo@people.example;administrador", "2 ana@people.example member|3 bo@people.example administrator"},
		"titles, another way": {"role,handle\nadministrator,@bo@riga.example", "2 @bo@riga.example administrator"},
		"titles, names alone": {"usuario\nana", "2 ana member"},
		"with a name":         {"Ana Vale <ana@people.example>\nmailto:bo@people.example", "1 ana@people.example member|2 bo@people.example member"},
		"twice":               {"ana@people.example\nANA@people.example", "1 ana@people.example member|2 organization.roll_twice 1"},
		"no role":             {"ana,king", "1 organization.roll_role king"},
		"no address":          {"ana@@people", "1 organization.roll_email"},
		"nobody":              {"Ana Vale\nana-vale", "1 organization.roll_nobody|2 organization.roll_nobody"},
		"quotes":              {"bo\n\"ana\n", "1 bo member|2 organization.roll_quotes"},
		"empty":               {" \n,,\n;\n", "organization.roll_empty"},
		"titles alone":        {"e-mail;role\n", "organization.roll_empty"},
		"each its separator":  {"E-mail;Role\nana@people.example,administrator\nbo@people.example;member", "2 ana@people.example administrator|3 bo@people.example member"},
		"no text":             {"ana\x00", "error.not_text"},
		"long":                {strings.Repeat("x", MaxRoll+1), "organization.roll_too_long"},
		"many":                {strings.Repeat("a\n", maxRollLines+1), "organization.roll_too_long"},
	} {
		t.Run(name, func(t *testing.T) {
			lines, err := parseRoll(tc.text)
			if got := told(lines, err); got != tc.want {
				t.Errorf("read as\n%s\nnot\n%s", got, tc.want)
			}
		})
	}
}

// told writes what was understood of a list.
func told(lines []Line, err error) string {
	if err != nil {
		for _, f := range domain.FieldsOf(err) {
			return f.Key
		}
		return err.Error()
	}
	var all []string
	for _, l := range lines {
		if l.Problem != nil {
			all = append(all, strings.TrimSpace(fmt.Sprint(l.Number, " ", l.Problem.Key, " ", strings.Trim(fmt.Sprint(l.Problem.Args), "[]"))))
			continue
		}
		all = append(all, fmt.Sprintf("%d %s%s%s %s", l.Number, l.Newcomer.Email, l.name, l.handle, cmp.Or(l.Newcomer.Role, RoleMember)))
	}
	return strings.Join(all, "|")
}

func FuzzParseRoll(f *testing.F) {
	f.Add("e-mail;role\nana@people.example;admin\n@bo@riga.example;\n\"x")
	f.Add("a\tb\tc\r\r\nhttps://riga.example/users/cleo")
	f.Fuzz(func(t *testing.T, text string) {
		lines, err := parseRoll(text)
		if err != nil {
			if lines != nil || len(domain.FieldsOf(err)) != 1 || domain.FieldsOf(err)[0].Field != "people" {
				t.Errorf("%d lines, %v", len(lines), err)
			}
			return
		}
		before := 0
		for _, l := range lines {
			if l.Number <= before || l.Number > strings.Count(text, "\n")+strings.Count(text, "\r")+1 {
				t.Errorf("line %d after %d", l.Number, before)
			}
			before = l.Number
			ways := 0
			for _, way := range []string{l.Newcomer.Email, l.name, l.handle} {
				if way != "" {
					ways++
				}
			}
			if (l.Problem == nil) != (ways == 1) && l.Problem == nil {
				t.Errorf("line %d names somebody in %d ways", l.Number, ways)
			}
			if l.Problem == nil && l.Newcomer.Role != "" && l.Newcomer.Role != RoleMember && l.Newcomer.Role != RoleAdministrator {
				t.Errorf("line %d: role %q", l.Number, l.Newcomer.Role)
			}
			if len([]rune(l.Typed)) > longestTyped+1 {
				t.Errorf("line %d shows %d bytes", l.Number, len(l.Typed))
			}
		}
	})
}

func TestMembersPage(t *testing.T) {
	t.Parallel()
	mint := domain.NewMint(nil, nil)
	var all Members
	for range 5 {
		all = append(all, Member{Actor: mint.ActorID(), Role: RoleMember})
	}
	var got []domain.ActorID
	for page, more := (domain.Page{Limit: 2}), true; more; more = page.After != "" {
		list, err := all.Page(page)
		if err != nil || list.Total != 5 || len(list.Items) > 2 {
			t.Fatalf("%+v, %v", list, err)
		}
		for _, m := range list.Items {
			got = append(got, m.Actor)
		}
		page.After = list.Next
	}
	for i, m := range all {
		if len(got) != len(all) || got[i] != m.Actor {
			t.Fatalf("pages: %v", got)
		}
	}
	if _, err := all.Page(domain.Page{After: "x"}); domain.CodeOf(err) != domain.Invalid {
		t.Errorf("a strange cursor: %v", err)
	}
	if list, err := all.Page(domain.Page{After: string(mint.ActorID())}); err != nil || len(list.Items) != 5 {
		t.Errorf("a cursor of somebody who left: %+v, %v", list, err)
	}
}
