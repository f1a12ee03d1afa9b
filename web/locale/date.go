package locale

import (
	"fmt"
	"strconv"
	"time"
)

// Date writes a day: "23 November 2026".
func (p *Printer) Date(t time.Time) string {
	t = t.In(p.Zone)
	return p.T("format.date", strconv.Itoa(t.Day()), p.month(t), strconv.Itoa(t.Year()))
}

// Day writes a day of the calendar, given as its midnight in UTC, which is the
// same day for readers in all zones.
func (p *Printer) Day(t time.Time) string {
	y, m, d := t.UTC().Date()
	return p.Date(time.Date(y, m, d, 12, 0, 0, 0, p.Zone))
}

// ShortDate writes a day without its year if that is the year of now.
func (p *Printer) ShortDate(t, now time.Time) string {
	t = t.In(p.Zone)
	if t.Year() != now.In(p.Zone).Year() {
		return p.Date(t)
	}
	return p.T("format.day_month", strconv.Itoa(t.Day()), p.month(t))
}

// DateTime writes a day and a time with its zone: "23 November 2026, 14:05 CET".
func (p *Printer) DateTime(t time.Time) string {
	t = t.In(p.Zone)
	zone, _ := t.Zone()
	return p.T("format.date_time", p.Date(t), fmt.Sprintf("%02d:%02d", t.Hour(), t.Minute()), zone)
}

// Deadline is a last moment, for [Printer.T] to write as [Printer.Deadline]
// does.
type Deadline time.Time

// Deadline writes a last moment: the day where it is the end of one for the
// reader, else with the time.
func (p *Printer) Deadline(t time.Time) string {
	if t.In(p.Zone).Day() != t.Add(time.Second).In(p.Zone).Day() {
		return p.Date(t)
	}
	return p.DateTime(t)
}

// When writes a time as people say it: relative for a week around now, else
// the day.
func (p *Printer) When(t, now time.Time) string {
	ago := now.Sub(t)
	switch {
	case ago < -7*24*time.Hour || ago >= 7*24*time.Hour:
		return p.ShortDate(t, now)
	case ago <= -24*time.Hour:
		return p.T("format.in_days", p.days(now, t))
	case ago <= -time.Hour:
		return p.T("format.in_hours", int(-ago/time.Hour))
	case ago <= -time.Minute:
		return p.T("format.in_minutes", int(-ago/time.Minute))
	case ago < time.Minute:
		return p.T("format.now")
	case ago < time.Hour:
		return p.T("format.minutes_ago", int(ago/time.Minute))
	case ago < 24*time.Hour:
		return p.T("format.hours_ago", int(ago/time.Hour))
	}
	return p.T("format.days_ago", p.days(t, now))
}

// Due writes when something is to be done: what is due within a minute, or
// waits for its turn, is never "just now".
func (p *Printer) Due(t, now time.Time) string {
	if t.Sub(now) < time.Minute {
		return p.T("format.soon")
	}
	return p.When(t, now)
}

// days counts the midnights between two times in the reader's zone, at least
// one.
func (p *Printer) days(from, to time.Time) int {
	day := func(t time.Time) int64 {
		y, m, d := t.In(p.Zone).Date()
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400
	}
	return max(1, int(day(to)-day(from)))
}

func (p *Printer) month(t time.Time) string {
	return p.T("format.month_" + strconv.Itoa(int(t.Month())))
}
