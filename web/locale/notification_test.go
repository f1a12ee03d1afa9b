package locale

import (
	"strings"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/notification"
)

// TestEveryTopicHasASentence: in each language, what is told, and how people
// choose about it.
func TestEveryTopicHasASentence(t *testing.T) {
	ns, err := domain.NewNamespace("https://city.example")
	if err != nil {
		t.Fatal(err)
	}
	actors := map[domain.ActorID]*network.Actor{"ana": {ID: "ana", Title: "Ana {1}", IRI: "https://city.example/users/ana"}, "p": {ID: "p", Title: "Safe ways", IRI: "https://city.example/processes/safe"}}
	for _, lang := range Default().Langs() {
		p := Default().Printer(lang, nil)
		for _, class := range notification.Classes {
			keys := []string{"notification.class." + string(class), "notification.class_hint." + string(class)}
			for _, topic := range notification.Topics(class) {
				keys = append(keys, "notification.say."+string(topic), "notification.topic."+string(topic))
				for _, l := range []notification.Line{
					{Topic: topic, Who: []domain.ActorID{"ana"}, Title: domain.Text{"en": "{0} <b>"}, Place: "p", Link: notification.Link{Actor: "p", Path: "/guide"}},
					{Topic: topic}, // everything is gone
					{Topic: topic, Who: []domain.ActorID{"ana", "x", "y", "z"}, Link: notification.Link{Actor: "x", Path: "/guide"}},
				} {
					words, path := p.Notification(l, actors, ns)
					if words == "" || strings.Contains(words, "notification.") || !strings.HasPrefix(path, "/") && path != "" {
						t.Errorf("%s, %s: %q at %q", lang, topic, words, path)
					}
				}
			}
			for _, key := range keys {
				if _, ok := Default().of(lang)[key]; !ok {
					t.Errorf("%s has no %q", lang, key)
				}
			}
		}
		for _, state := range notification.Outcomes {
			key := notification.Line{Topic: "application_decided", Says: state}.Key()
			if _, ok := Default().of(lang)[key]; !ok {
				t.Errorf("%s has no %q", lang, key)
			}
		}
		for _, channel := range notification.Channels {
			if _, ok := Default().of(lang)["notification.channel."+string(channel)]; !ok {
				t.Errorf("%s has no word for %s", lang, channel)
			}
		}
	}
	got, path := Default().Printer("es", nil).Notification(notification.Line{Topic: "liked", Who: []domain.ActorID{"ana", "x", "y", "z", "w"}, Link: notification.Link{Path: "/posts/1"}}, actors, ns)
	if got != "Una publicación suya ha gustado a Ana {1} y 4 personas más" || path != "/posts/1" {
		t.Errorf("%q at %q", got, path)
	}
	// A team that is no more is named by its handle; a person who left is not.
	gone := map[domain.ActorID]*network.Actor{
		"team": {ID: "team", Type: "Group", Name: "gardeners", Host: "riga.example", GoneAt: time.Now()},
		"bo":   {ID: "bo", Type: "Person", Name: "bo", Host: "riga.example", GoneAt: time.Now()},
	}
	got, _ = Default().Printer("en", nil).Notification(notification.Line{Topic: "membership_ended", Place: "team"}, gone, ns)
	if got != "You are not a member of @gardeners@riga.example any more" {
		t.Errorf("of a team that is gone: %q", got)
	}
	got, _ = Default().Printer("en", nil).Notification(notification.Line{Topic: "assigned", Who: []domain.ActorID{"bo"}, Title: domain.Text{"en": "Map"}}, gone, ns)
	if got != "somebody asks you to take on “Map”" {
		t.Errorf("of a person who left: %q", got)
	}
}
