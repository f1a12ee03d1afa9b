package network

import (
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"interlink/domain"
)

// The columns of the lists of rules that administrators of the fediverse
// exchange. Other columns are left aside.
const (
	columnDomain   = "domain"
	columnSeverity = "severity"
	columnComment  = "public_comment"
	columnReason   = "private_comment"
)

// severities are the verdicts as those lists name them.
var severities = map[string]Verdict{
	"suspend": VerdictBlock, "block": VerdictBlock,
	"silence": VerdictLimit, "limit": VerdictLimit,
	"noop": VerdictAllow, "allow": VerdictAllow,
}

// maxListed is how many rules a list may have.
const maxListed = 20_000

// LineProblem is what is wrong with one line of a list.
type LineProblem struct {
	Line  int
	Host  string
	Error *domain.Error
}

// ReadRules reads a list of rules in CSV, with a header as Mastodon and
// others write it, or one host a line; a host without a severity is given
// verdict. Lines that cannot be read are told all at once; the others are
// returned.
func ReadRules(from io.Reader, verdict Verdict) (rules []Rule, problems []LineProblem, err error) {
	reader := csv.NewReader(from)
	reader.FieldsPerRecord, reader.TrimLeadingSpace, reader.LazyQuotes = -1, true, true
	columns := map[string]int{columnDomain: 0}
	for first := true; ; first = false {
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return rules, problems, nil
		}
		if err != nil {
			return nil, nil, domain.Fail(domain.Invalid, "rule.list").Because(err)
		}
		if first && header(record, columns) {
			continue
		}
		if strings.TrimSpace(record[0]) == "" && len(record) == 1 {
			continue
		}
		if len(rules)+len(problems) >= maxListed {
			return nil, nil, domain.Fail(domain.TooLarge, "rule.list_size", maxListed)
		}
		rule, wrong := readRule(record, columns, verdict)
		if wrong != nil {
			line, _ := reader.FieldPos(0)
			problems = append(problems, LineProblem{line, record[0], wrong})
			continue
		}
		rules = append(rules, rule)
	}
}

// header reads the names of the columns, "#domain" or "domain"; false for a
// line that has none.
func header(record []string, columns map[string]int) bool {
	named := map[string]int{}
	for i, name := range record {
		name = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(name, "\ufeff")))
		named[strings.TrimPrefix(name, "#")] = i
	}
	if _, ok := named[columnDomain]; !ok {
		return false
	}
	clear(columns)
	for name, i := range named {
		columns[name] = i
	}
	return true
}

func readRule(record []string, columns map[string]int, verdict Verdict) (Rule, *domain.Error) {
	cell := func(column string) string {
		i, ok := columns[column]
		if !ok || i >= len(record) {
			return ""
		}
		return strings.TrimSpace(record[i])
	}
	if strings.Contains(cell(columnDomain), "*") && !strings.HasPrefix(cell(columnDomain), "*.") {
		return Rule{}, domain.InvalidField("host", "rule.obfuscated")
	}
	host, err := ParseHost(cell(columnDomain))
	if err != nil {
		return Rule{}, domain.FieldsOf(err)[0]
	}
	rule := Rule{Host: host, Verdict: verdict, Comment: cell(columnComment), Reason: cell(columnReason)}
	if severity := strings.ToLower(cell(columnSeverity)); severity != "" {
		known, ok := severities[severity]
		if !ok {
			return Rule{}, domain.InvalidField("verdict", "rule.verdict", severity)
		}
		rule.Verdict = known
	}
	if text := rule.Comment + rule.Reason; !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return Rule{}, domain.InvalidField("comment", "error.not_text")
	}
	if len(rule.Comment) > maxReason || len(rule.Reason) > maxReason {
		return Rule{}, domain.InvalidField("comment", "error.too_long", maxReason)
	}
	return rule, nil
}

// WriteRules writes rules as a list that Mastodon and others import: reports
// and media of blocked hosts are refused too. Reasons stay here.
func WriteRules(to io.Writer, rules []Rule) error {
	w := csv.NewWriter(to)
	rows := [][]string{{"#domain", "#severity", "#reject_media", "#reject_reports", "#public_comment", "#obfuscate"}}
	words := map[Verdict][]string{
		VerdictBlock: {"suspend", "true", "true"}, VerdictLimit: {"silence", "false", "false"}, VerdictAllow: {"noop", "false", "false"},
	}
	for _, r := range rules {
		rows = append(rows, slices.Concat([]string{r.Host}, words[r.Verdict], []string{spreadsheet(r.Comment), "false"}))
	}
	return w.WriteAll(rows)
}

// spreadsheet keeps programs that open the list from taking words for a
// formula.
func spreadsheet(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
