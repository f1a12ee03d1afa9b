package notification

// Standing is what people are to a thing, for which they are told.
type Standing string

// The standings. The store finds who has one: people who can sign in here, and
// nobody of another node, who is sent what federation sends. Of an event of a
// process it tells those of them alone who may know of that.
const (
	Themselves              Standing = "themselves"               // the person with this actor's id
	MembersOf               Standing = "members"                  // of a team or organisation; for the id of a person, they themselves
	AdministratorsOf        Standing = "administrators"           // of a team or organisation
	ParticipantsIn          Standing = "participants"             // who may see something of a process because they, or a team of theirs, take part
	ProcessAdministrators   Standing = "process_administrators"   //
	AdministratorsUsing     Standing = "administrators_using"     // of processes in which an Interlinker was taken into a task, or that began with a schema
	CommunityAdministrators Standing = "community_administrators" //
	CommunityModerators     Standing = "community_moderators"     // and its administrators
	FollowersOf             Standing = "followers"                // of an actor
	AuthorOf                Standing = "author"                   // of a post
	AnsweredBy              Standing = "answered"                 // who wrote what a post answers
	MentionedIn             Standing = "mentioned"                // whom a post names
	ApplicantOf             Standing = "applicant"                // who sent an application
	VotersIn                Standing = "voters"                   // who voted in the poll of a post
	WaitingFor              Standing = "waiting"                  // who applied to a role call and have no answer
	ReviewersOf             Standing = "reviewers"                // who decide on an application, but not who did so before; after an appeal also the administrators of the team
	DecidersOn              Standing = "deciders"                 // the reviewers of a role call and the administrators of its team
	ReporterOf              Standing = "reporter"                 // of a report
	Moderators              Standing = "moderators"               // of the node, and its administrators
	Curators                Standing = "curators"                 // who write the node's catalogue
	ApproversOf             Standing = "approvers"                // administrators of the node, while an account waits to be let in
)

// Audience is everybody who has a standing to a thing.
type Audience struct {
	Standing Standing
	Of       string // id of the actor, post, application, call, report or account
}

// who selects an audience for an event.
type who func(f facts) Audience

// named is who has a standing to what a member of the payload names.
func named(s Standing, member string) who {
	return func(f facts) Audience { return Audience{s, f.text(member)} }
}

// of is who has a standing to the subject.
func of(s Standing) who {
	return func(f facts) Audience { return Audience{s, string(f.Subject.ID)} }
}

// person is the person whom a member of the payload names.
func person(member string) who { return named(Themselves, member) }
