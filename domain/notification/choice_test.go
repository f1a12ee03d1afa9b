package notification_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"interlink/domain"
	"interlink/domain/notification"
)

// zones have their changes of the clock at other times, one of them at
// midnight, and one is a quarter of an hour off.
var zones = []string{"", "UTC", "Europe/Madrid", "Europe/Riga", "America/Sao_Paulo", "Asia/Kathmandu", "Pacific/Auckland", "Pacific/Apia", "America/Havana"}

func choices(t *rapid.T) notification.Choices {
	c := notification.Choices{
		Classes: map[notification.Class]notification.Channel{}, Topics: map[notification.Topic]notification.Channel{},
		Hour: rapid.IntRange(0, 23).Draw(t, "hour"), Zone: rapid.SampledFrom(zones).Draw(t, "zone"),
	}
	for _, class := range notification.Classes {
		if rapid.Bool().Draw(t, "chosen") {
			c.Classes[class] = rapid.SampledFrom(notification.Channels[:]).Draw(t, "class")
		}
		for _, topic := range notification.Topics(class) {
			if rapid.IntRange(0, 4).Draw(t, "chosen") == 0 {
				c.Topics[topic] = rapid.SampledFrom(notification.Channels[:]).Draw(t, "topic")
			}
		}
	}
	return c
}

// TestDue: a summary comes after what it tells of, the next time that the
// person's clock shows the hour, and the weekly one on a Monday.
func TestDue(t *testing.T) {
	madrid, err := time.LoadLocation("Europe/Madrid")
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		c := choices(t)
		at := time.Unix(rapid.Int64Range(1_700_000_000, 2_000_000_000).Draw(t, "at"), 0).UTC()
		zone := c.Location(madrid)
		if got := c.Due(notification.AtOnce, at, madrid); !got.Equal(at) {
			t.Errorf("at once: %v for %v", got, at)
		}
		for _, quiet := range []notification.Channel{notification.Off, notification.Portal} {
			if got := c.Due(quiet, at, madrid); !got.IsZero() {
				t.Errorf("%s: %v", quiet, got)
			}
		}
		for channel, most := range map[notification.Channel]time.Duration{notification.Daily: 25 * time.Hour, notification.Weekly: 8 * 24 * time.Hour} {
			due := c.Due(channel, at, madrid)
			local := due.In(zone)
			if !due.After(at) || due.Sub(at) > most || local.Minute() != 0 && zone.String() != "Asia/Kathmandu" {
				t.Errorf("%s: %v (%v) for %v", channel, due, local, at)
			}
			if local.Hour() != c.Hour && local.Hour() != (c.Hour+1)%24 { // an hour that a day leaves out
				t.Errorf("%s: at %v, not %d", channel, local, c.Hour)
			}
			if channel == notification.Weekly && local.Weekday() != time.Monday {
				t.Errorf("weekly: on %v", local.Weekday())
			}
			if again := c.Due(channel, at.Add(due.Sub(at)-1), madrid); !again.Equal(due) {
				t.Errorf("%s: what happens a moment before %v comes at %v", channel, due, again)
			}
		}
	})
}

// TestDueLeftOut: an hour that the clock leaves out is the next one, though the
// clock be put forward at midnight and the hour before it is of another day.
func TestDueLeftOut(t *testing.T) {
	for _, c := range []struct {
		zone         string
		hour         int
		channel      notification.Channel
		at, due, why string
	}{
		{"America/Havana", 0, notification.Daily, "2025-03-08T12:00:00-05:00", "2025-03-09T01:00:00-04:00", "midnight on a Sunday"},
		{"America/Havana", 0, notification.Weekly, "2025-03-08T12:00:00-05:00", "2025-03-10T00:00:00-04:00", "the day after"},
		{"Europe/Madrid", 2, notification.Daily, "2025-03-29T12:00:00+01:00", "2025-03-30T03:00:00+02:00", "two at night"},
		{"Pacific/Apia", 8, notification.Daily, "2011-12-29T12:00:00-10:00", "2011-12-31T08:00:00+14:00", "a whole day"},
	} {
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		got := notification.Choices{Hour: c.hour, Zone: c.zone}.Due(c.channel, at, time.UTC)
		if want, err := time.Parse(time.RFC3339, c.due); err != nil || !got.Equal(want) {
			t.Errorf("%s: %v, not %v (%v)", c.why, got, want, err)
		}
	}
}

// TestUnsubscribeExactly: the mails of a scope end, and nothing else changes.
func TestUnsubscribeExactly(t *testing.T) {
	signer := notification.NewSigner([]byte("a secret"))
	rapid.Check(t, func(t *rapid.T) {
		c := choices(t)
		scope := notification.Scope{Channel: rapid.SampledFrom([]notification.Channel{notification.Daily, notification.Weekly}).Draw(t, "channel")}
		if rapid.Bool().Draw(t, "at once") {
			scope = notification.Scope{Channel: notification.AtOnce, Class: rapid.SampledFrom(notification.Classes[:]).Draw(t, "class")}
		}
		person := domain.ActorID(rapid.StringMatching(`[0-9a-f-]{36}`).Draw(t, "person"))
		token := signer.Token(person, scope)
		who, read, err := signer.Read(token)
		if err != nil || who != person || read != scope {
			t.Fatalf("%+v of %s is read as %+v of %s (%v)", scope, person, read, who, err)
		}
		at := rapid.IntRange(0, len(token)-1).Draw(t, "at")
		forged := []byte(token)
		forged[at] ^= 1 << rapid.IntRange(0, 6).Draw(t, "bit")
		if who, read, err := signer.Read(string(forged)); err == nil && (who != person || read != scope) {
			t.Errorf("a forged token is read as %+v of %s", read, who)
		}
		if _, _, err := notification.NewSigner([]byte("another")).Read(token); domain.CodeOf(err) != domain.NotFound {
			t.Errorf("a token of another node: %v", err)
		}
		after := c.Without(scope)
		for _, class := range notification.Classes {
			for _, topic := range notification.Topics(class) {
				was, is := c.Topic(class, topic), after.Topic(class, topic)
				if ends := was == scope.Channel && (scope.Class == "" || scope.Class == class); ends && is != notification.Portal || !ends && is != was {
					t.Errorf("without %+v: %s was %s and is %s", scope, topic, was, is)
				}
			}
		}
		if err := after.Check(); err != nil {
			t.Error(err)
		}
	})
}

// TestTellNobodyTwice: whatever an event holds, nobody who did it is told of
// it, what is told can be read as a line, and what is the same has one name.
func TestTellNobodyTwice(t *testing.T) {
	kinds := notification.Kinds()
	rapid.Check(t, func(t *rapid.T) {
		e := domain.Event{
			ID: "01890a5d-ac96-774b-bcce-b302099a8057", Kind: rapid.SampledFrom(kinds).Draw(t, "kind"),
			Actor: domain.ActorID(rapid.SampledFrom([]string{"", "ana", "bo"}).Draw(t, "actor")),
			Subject: domain.Subject{
				Kind: rapid.SampledFrom([]string{"process", "team", "post", "role_call", "actor"}).Draw(t, "subject"), ID: "the-subject",
			},
			Payload: []byte(rapid.SampledFrom([]string{
				`{"actor":"ana","author":"bo","follower":"ana","followed":"bo","person":"ana","group":"bo","grantee":"bo","team":"t","community":"c","process":"p","application":"a","title":{"en":"A title"},"post":"x","to":"finished","ended":"declined"}`,
				`{"name":"A name","item":"i","actor":"bo","by":"ana","author":"ana"}`, `{"title":5,"actor":{},"applied":"yes"}`, `[]`, `null`, `"`, ``,
			}).Draw(t, "payload")),
		}
		if rapid.Bool().Draw(t, "erased") {
			e.Payload = nil
		}
		told := notification.Tell(e)
		for _, x := range told {
			if x.To.Of == "" || x.Once == "" || !notification.Known(x.Topic) {
				t.Errorf("told: %+v", x)
			}
			if x.To.Standing == notification.Themselves && slices.Contains(x.Except, domain.ActorID(x.To.Of)) && len(told) == 1 {
				continue // who did it themselves; the store leaves them out
			}
			again := e
			again.ID = "01890a5d-ac96-774b-bcce-b302099a8058"
			same := notification.Tell(again)
			if len(same) != len(told) {
				t.Errorf("told %d and %d times", len(told), len(same))
			}
			lines := notification.Lines([]*notification.Notification{{Serial: 2, Topic: x.Topic, Event: e}, {Serial: 1, Topic: x.Topic, Event: again}}, func(time.Time) string { return "" })
			if n := 0; len(lines) == 0 || len(lines) > 2 {
				t.Errorf("%d lines", n)
			}
			serials := 0
			for _, l := range lines {
				serials += len(l.Serials)
			}
			if serials != 2 {
				t.Errorf("%d notifications in lines", serials)
			}
		}
	})
}
