package notification

import (
	"slices"
	"strconv"
	"time"

	"interlink/domain"
)

// Channel is how somebody is told.
type Channel string

// The channels. Each but Off shows it in the portal; the last three send a mail
// besides.
const (
	Off    Channel = "off"
	Portal Channel = "portal"
	AtOnce Channel = "at_once"
	Daily  Channel = "daily"  // in a mail with what else there is, once a day
	Weekly Channel = "weekly" // on Mondays
)

// Channels lists the channels, quietest first.
var Channels = [...]Channel{Off, Portal, Weekly, Daily, AtOnce}

// Mails reports whether it sends mails.
func (c Channel) Mails() bool { return c == AtOnce || c == Daily || c == Weekly }

// usual is how people are told who chose nothing: at once of what waits for
// them or changes what they may do, once a day of what others do, and of what
// is only pleasant to know in the portal alone.
var usual = map[Class]Channel{
	Personal: AtOnce, Decisions: AtOnce, Work: Daily, Conversation: Daily, Reactions: Portal, News: Weekly,
}

// DecisionsEvery is how often at most a mail tells at once of what waits for
// somebody: the first comes at once, what comes soon after in one mail. Who
// floods a community does not flood those who moderate it.
const DecisionsEvery = 15 * time.Minute

// DefaultHour is when summaries are sent, on the clock of who gets them.
const DefaultHour = 8

// Choices are how a person wants to be told.
type Choices struct {
	Classes map[Class]Channel // what is absent is the usual
	Topics  map[Topic]Channel // those that go another way than their class
	Hour    int               // of the summaries, 0 to 23
	Zone    string            // of its clock, an IANA name; "" for the node's
}

// Chosen are the choices of somebody who made none.
func Chosen() Choices { return Choices{Hour: DefaultHour} }

// Class returns how somebody is told of the topics of a class.
func (c Choices) Class(class Class) Channel {
	if channel, ok := c.Classes[class]; ok {
		return channel
	}
	return usual[class]
}

// Topic returns how somebody is told of a topic.
func (c Choices) Topic(class Class, topic Topic) Channel {
	if channel, ok := c.Topics[topic]; ok {
		return channel
	}
	return c.Class(class)
}

// Check judges choices. Errors: Invalid on "hour", "zone", or the class or
// topic whose channel there is not.
func (c Choices) Check() error {
	var problems domain.Problems
	if c.Hour < 0 || c.Hour > 23 {
		problems.Add("hour", "notification.hour_range")
	}
	if _, err := time.LoadLocation(c.Zone); err != nil || c.Zone == "Local" || len(c.Zone) > 64 {
		problems.Add("zone", "notification.zone_unknown")
	}
	for class, channel := range c.Classes {
		if !slices.Contains(Classes[:], class) || !slices.Contains(Channels[:], channel) {
			problems.Add(string(class), "notification.channel_unknown")
		}
	}
	for topic, channel := range c.Topics {
		if !Known(topic) || !slices.Contains(Channels[:], channel) {
			problems.Add(string(topic), "notification.channel_unknown")
		}
	}
	return problems.Err()
}

// Known reports whether somebody can be told of a topic.
func Known(topic Topic) bool {
	return slices.ContainsFunc(Classes[:], func(c Class) bool { return slices.Contains(Topics(c), topic) })
}

// Due returns when a mail tells of what happened at a time; zero for a channel
// without mails. node is the zone of the node.
func (c Choices) Due(channel Channel, at time.Time, node *time.Location) time.Time {
	if !channel.Mails() {
		return time.Time{}
	}
	if channel == AtOnce {
		return at
	}
	local := at.In(c.Location(node))
	for day := local.Day(); ; day++ {
		due := onClock(time.Date(local.Year(), local.Month(), day, c.Hour, 0, 0, 0, time.UTC), local.Location())
		if due.After(at) && (channel != Weekly || due.Weekday() == time.Monday) {
			return due.UTC()
		}
	}
}

// onClock returns when a clock in a zone shows what wall shows, a time in UTC.
// What the clock leaves out when it is put forward is as much later as it is
// put forward by: [time.Date] may return it as much earlier, and so on the day
// before.
func onClock(wall time.Time, zone *time.Location) time.Time {
	t := time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), wall.Second(), wall.Nanosecond(), zone)
	_, offset := t.Zone()
	if early := wall.Sub(t.Add(time.Duration(offset) * time.Second)); early > 0 {
		return t.Add(early)
	}
	return t
}

// Location is the zone of the person's clock.
func (c Choices) Location(node *time.Location) *time.Location {
	if zone, err := time.LoadLocation(c.Zone); err == nil && c.Zone != "" {
		return zone
	}
	if node == nil {
		return time.UTC
	}
	return node
}

// Scope is what one mail is of, and so what its recipient can unsubscribe from
// with it: a class of which they are told at once, or a summary.
type Scope struct {
	Channel Channel // AtOnce, Daily or Weekly
	Class   Class   // "" for a summary
}

// String writes a scope: "at_once personal", "daily".
func (s Scope) String() string {
	if s.Class == "" {
		return string(s.Channel)
	}
	return string(s.Channel) + " " + string(s.Class)
}

// Without returns the choices with exactly the mails of a scope left out: what
// they told is in the portal from then on.
func (c Choices) Without(s Scope) Choices {
	out := Choices{Classes: map[Class]Channel{}, Topics: map[Topic]Channel{}, Hour: c.Hour, Zone: c.Zone}
	for _, class := range Classes {
		out.Classes[class] = c.Class(class)
		if s.Class != "" && s.Class != class {
			continue
		}
		if out.Classes[class] == s.Channel {
			out.Classes[class] = Portal
		}
	}
	for topic, channel := range c.Topics {
		out.Topics[topic] = channel
		if channel == s.Channel && (s.Class == "" || slices.Contains(Topics(s.Class), topic)) {
			out.Topics[topic] = Portal
		}
	}
	return out
}

// Clock writes an hour as the choices show it: "08:00".
func Clock(hour int) string {
	s := strconv.Itoa(hour)
	if hour < 10 {
		s = "0" + s
	}
	return s + ":00"
}
