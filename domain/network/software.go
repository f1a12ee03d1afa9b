package network

import (
	"time"

	"interlink/domain"
)

// Software is what a host runs, as its NodeInfo says: short words without
// control characters.
type Software struct {
	Name    string // in small letters, such as "mastodon"; at most 64 bytes
	Version string // at most 64 bytes; "" if not said
}

// Ours is how this program calls itself in NodeInfo.
const Ours = "interlink"

// GroupReaders stands, in [Outgoing], for the hosts that read what communities
// share of what is done in them (FEP-1b12): those that run one of
// [GroupSoftware], and those that shared such themselves.
const GroupReaders = "group readers"

// GroupSoftware are the programs that do.
var GroupSoftware = []string{Ours, "lemmy", "piefed", "mbin", "kbin", "nodebb", "lotide", "hubzilla", "friendica"}

// FeatureReaders are the hosts that read which communities are recommended
// (FEP-7aa9); others might refuse a type that they do not know.
const FeatureReaders = "mastodon"

// SoftwareFor is how long what was read, or could not be, is left as it is.
const SoftwareFor = 24 * time.Hour

// JobSoftware asks to read what a host runs.
const JobSoftware = "host.software"

// SoftwareArgs are the arguments of [JobSoftware].
type SoftwareArgs struct {
	Host string `json:"host"`
}

// ReadSoftware makes the job; there is one for each host at a time.
func ReadSoftware(host string) domain.Job {
	return domain.Job{Kind: JobSoftware, Unique: host, Args: SoftwareArgs{host}, Remote: true}
}
