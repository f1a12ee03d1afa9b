package activity

import (
	"encoding/json"

	"interlink/domain"
	"interlink/domain/markup"
	"interlink/domain/participation"
)

// RoleCallExtension is the interlink:roleCall of a community's Note: whom a
// team looks for. Who applied, and how many, is no part of it.
type RoleCallExtension struct {
	Title     json.RawMessage  `jsonld:"title"` // by language, as Duties, Eligible (both Markdown) and Effort
	Duties    json.RawMessage  `jsonld:"duties"`
	Eligible  json.RawMessage  `jsonld:"eligible,omitempty"`
	Effort    json.RawMessage  `jsonld:"effort,omitempty"`
	Seats     int              `jsonld:"seats"`
	Starts    *instant         `jsonld:"starts,omitempty"`
	Ends      *instant         `jsonld:"ends,omitempty"`
	Deadline  *instant         `jsonld:"deadline,omitempty"`
	Method    string           `jsonld:"method"` // criteria, first_come, all_welcome, draw
	DecidedBy List[domain.IRI] `jsonld:"decidedBy,omitempty"`
	Team      domain.IRI       `jsonld:"team"`
	State     string           `jsonld:"state"` // open, filled, closed
}

// roleCall makes the extension; nil for a post that tells of no call.
func roleCall(c *participation.Call) *RoleCallExtension {
	if c == nil {
		return nil
	}
	return &RoleCallExtension{
		Title: typedText(c.Title), Duties: typedText(c.Duties), Eligible: typedText(c.Eligible), Effort: typedText(c.Effort), Seats: c.Seats,
		Starts: when(c.Starts), Ends: when(c.Ends), Deadline: when(c.Deadline), Method: string(c.Method), DecidedBy: c.DecidedBy,
		Team: c.TeamIRI, State: string(c.State),
	}
}

// ReadRoleCall reads the call that a post tells of; ok is false if it tells of
// none. Its bounds are for the domain.
func ReadRoleCall(doc Document) (in participation.RemoteCall, ok bool) {
	ext := doc.Object("interlink:roleCall")
	if ext == nil || doc.IRI("id") == "" {
		return in, false
	}
	in = participation.RemoteCall{
		IRI: doc.IRI("id"), URL: doc.IRI("url"), TeamIRI: ext.IRI("team"), DecidedBy: ext.IRIs("decidedBy"),
		State: participation.CallState(ext.String("state")), Published: doc.Time("published"), Updated: lastChange(doc),
		Details: participation.Details{
			Title: byLanguage(ext["title"]), Duties: byLanguage(ext["duties"]), Eligible: byLanguage(ext["eligible"]), Effort: byLanguage(ext["effort"]),
			Starts: ext.Time("starts"), Ends: ext.Time("ends"), Deadline: ext.Time("deadline"), Method: participation.Method(ext.String("method")),
		},
	}
	if n := ext.Int("seats"); n > 0 && n < 1<<31 {
		in.Seats = int(n)
	}
	return in, !in.Title.Empty()
}

// byLanguage reads a text; nil if it is none.
func byLanguage(raw json.RawMessage) domain.Text {
	var t domain.Text
	if json.Unmarshal(raw, &t) != nil {
		return nil
	}
	return t
}

type applicationDocument struct {
	ID          domain.IRI            `jsonld:"id"`
	Type        string                `jsonld:"type"`
	Actor       domain.IRI            `jsonld:"actor"`
	Published   *instant              `jsonld:"published,omitempty"`
	To          List[domain.IRI]      `jsonld:"to"`
	Cc          List[domain.IRI]      `jsonld:"cc"`
	Summary     string                `jsonld:"summary,omitempty"`
	Content     string                `jsonld:"content,omitempty"`
	Object      any                   `jsonld:"object"`
	Application *ApplicationExtension `jsonld:"interlink:application,omitempty"`
}

// ApplicationExtension is the interlink:application of an answer: how the
// application stands, and why, in plain text.
type ApplicationExtension struct {
	State  string       `jsonld:"state"` // shortlisted, accepted, declined, rejected
	Reason string       `jsonld:"reason,omitempty"`
	Rights List[string] `jsonld:"rights,omitempty"` // in the process that was joined: view, create
}

// ApplyTo asks to take part in a role call (ActivityStreams Vocabulary, Join);
// after a negative answer it is an appeal. statement is plain text.
func ApplyTo(e Envelope, call domain.IRI, statement string) ([]byte, error) {
	return Encode(applicationDocument{
		ID: e.ID, Type: "Join", Actor: e.Actor, Published: when(e.Published), To: e.To, Cc: e.Cc, Content: markup.Paragraphs(statement), Object: call,
	})
}

// ReadStatement reads what somebody writes in their Join, as plain text.
func ReadStatement(doc Document) string {
	return markup.Text(clip(doc.String("content"), 40_000))
}

// answerTypes are the activities that tell how an application stands.
var answerTypes = map[participation.State]string{
	participation.Shortlisted: "TentativeAccept", participation.Accepted: "Accept", participation.Declined: "Reject", participation.Rejected: "Reject",
}

// AnswerType is the activity that tells of a state; "" if none does.
func AnswerType(s participation.State) string { return answerTypes[s] }

// AnswerApplication tells who applied by a Join how it stands; reason is plain
// text, "" for none; rights are those that an acceptance gives in a process.
func AnswerApplication(e Envelope, join MembershipReference, state participation.State, reason string, rights []string) ([]byte, error) {
	return Encode(applicationDocument{
		ID: e.ID, Type: answerTypes[state], Actor: e.Actor, Published: when(e.Published), To: e.To, Cc: e.Cc, Summary: markup.Escape(reason),
		Object: join, Application: &ApplicationExtension{State: string(state), Reason: reason, Rights: rights},
	})
}

// ReadApplicationAnswer reads how an application stands by the answer to its
// Join, and why. A bare Accept or Reject says enough.
func ReadApplicationAnswer(doc Document) (participation.State, string) {
	states := map[string]participation.State{"TentativeAccept": participation.Shortlisted, "Accept": participation.Accepted, "Reject": participation.Rejected}
	state, reason := states[doc.Type()], markup.Text(clip(doc.String("summary"), 40_000))
	if ext := doc.Object("interlink:application"); ext != nil {
		if said := participation.State(ext.String("state")); answerTypes[said] == doc.Type() {
			state = said
		}
		if said := ext.String("reason"); said != "" {
			reason = clip(said, 20_000)
		}
	}
	return state, reason
}
