package domain

// Visibility says who may know of an object.
type Visibility string

// The visibilities. Anything else is treated as VisibleMembers.
const (
	VisiblePublic  Visibility = "public"  // everybody, and it federates
	VisibleMembers Visibility = "members" // those who take part; never leaves the node
)
