package view

// PeoplePage shows who may do what in a process, at /processes/{name}/people,
// or at one item of it, at /processes/{name}/guide/{item}/people.
//
// Forms: GET {q}, GET {of}; of the process, POST Href/people {handle, role};
// POST Href/teams {team, role}.
type PeoplePage struct {
	Frame
	ProcessHead
	Item      *Link    // nil for the whole process
	Here      string   // address of the page
	Members   []Member // administrators; none for an item
	Grants    []GrantRow
	Pager     Pager
	Effective []HeldRow // what somebody may do there; none for a reader without an account
	Of        *Actor    // who; nil for the reader

	MayGive  bool
	Give     string // address of the form that gives rights
	Query    string
	Searched bool
	Found    []GrantRow
	Form     Form
	Roles    []Option
	Offer    []Option // teams that can be added
}

// GrantRow is what a person or team was granted at a place.
type GrantRow struct {
	Grantee   Actor
	Where     *Link    // nil for the whole process
	Allow     []string // names of rights, translated as right.<value>
	Deny      []string
	Change    string // address of the form that changes it; "" if not offered
	Withdraw  string // address that withdraws it by POST
	Effective string // address of what a person may do
}

// HeldRow is one right of somebody, and where it comes from.
type HeldRow struct {
	Right         string
	Granted       bool
	Administrator bool   // it comes from that
	From          *Actor // whose grant says so; nil if none says anything
	Where         *Link  // of that grant; nil for the whole process
}
