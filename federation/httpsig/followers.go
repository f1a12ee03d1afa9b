package httpsig

// Followers is the header by which followers are compared (FEP-8fcf). It is
// signed where it is set, as Mastodon signs it.
const Followers = "Collection-Synchronization"

// FollowersHeader is what the header [Followers] says.
type FollowersHeader struct {
	Collection string // the followers of an actor
	URL        string // where those of the host that is asked are listed
	Digest     string // of these
}

// String writes the header.
func (f FollowersHeader) String() string {
	return `collectionId="` + f.Collection + `", url="` + f.URL + `", digest="` + f.Digest + `"`
}

// ReadFollowers reads the header, which is written as a signature of the draft
// is.
func ReadFollowers(header string) (FollowersHeader, error) {
	if len(header) > maxHeader {
		return FollowersHeader{}, fail(ReasonMalformed, Followers)
	}
	params, err := cavageParams(header)
	return FollowersHeader{params["collectionId"], params["url"], params["digest"]}, err
}
