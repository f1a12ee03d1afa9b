package main

import (
	"errors"
	"strings"

	"interlink/config"
	"interlink/domain"
	"interlink/web/locale"
)

// explain puts an error into words for the operator: what went wrong, each
// field on a line of its own, and the cause, which people in a browser are
// not told.
func explain(err error) string {
	var settings config.Problems
	if errors.As(err, &settings) {
		return "the settings cannot be used:\n" + settings.Error()
	}
	if domain.Ours(err) {
		return err.Error()
	}
	printer := locale.Default().Printer(locale.Fallback, nil)
	lines := []string{printer.FromError(err)}
	if fields := domain.FieldsOf(err); len(fields) > 0 {
		lines = lines[:0]
		for _, f := range fields {
			lines = append(lines, f.Field+": "+printer.FromError(f))
		}
	}
	var coded *domain.Error
	if errors.As(err, &coded) && coded.Err != nil && len(domain.FieldsOf(err)) == 0 {
		lines = append(lines, "("+coded.Err.Error()+")")
	}
	return strings.Join(lines, "\n")
}
