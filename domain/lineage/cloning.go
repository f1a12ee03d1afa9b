package lineage

import (
	"strconv"
	"time"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/policy"
)

// Cloning is the work of one clone: who asked for what, how far it is, and
// what came of it. What was read of the source is staged beside it, and
// becomes a process in its last transaction: a clone never half-appears.
type Cloning struct {
	ID      domain.ID
	Serial  domain.Serial
	Asker   policy.Viewer // who asked, as whom the clone is made
	Address domain.IRI    // that was asked for: of a process or story
	Source  SourceProcess // without items; as its node said when it was read last
	Claim   string        // digest of the tree, as the source's node said then; "" if it did not
	In      CloneInput    // without resources, which are staged

	State     CloningState
	Next      domain.IRI // page of items or resources to be read next; "" when all is read
	Then      domain.IRI // first page of what comes after that; "" for nothing
	Read      int        // items that are staged
	Total     int        // of how many, as the source's node says; 0 if it does not
	Resources int        // that are staged
	Again     int        // how often it was begun again, because the source changed meanwhile
	Waits     int        // how often its node was away, in a row
	Manifest  Manifest   // of one that is done
	Clone     domain.IRI // "" before it is done
	Problem   Problem    // of one that failed

	CreatedAt time.Time
	UpdatedAt time.Time
	Revision  int64
}

// Problem is why a clone was not made, as [domain.Error] says it.
type Problem struct {
	Code domain.Code `json:"code,omitempty"`
	Key  string      `json:"key,omitempty"`
	Args []any       `json:"args,omitempty"`
}

// Err is the problem as an error.
func (p Problem) Err() error { return &domain.Error{Code: p.Code, Key: p.Key, Args: p.Args} }

// CloningState is how far a cloning is.
type CloningState string

// The states; the last three are final.
const (
	CloningRuns      CloningState = "running"
	CloningDone      CloningState = "done"
	CloningFailed    CloningState = "failed"
	CloningCancelled CloningState = "cancelled"
)

// JobClone asks to go on with a cloning.
const JobClone = "lineage.clone"

// CloningArgs are the arguments of [JobClone].
type CloningArgs struct {
	Cloning domain.ID `json:"cloning"`
}

// job makes the job that works it.
func (c *Cloning) job() domain.Job {
	return domain.Job{Kind: JobClone, Args: CloningArgs{c.ID}, Unique: string(c.ID), Remote: c.Next != ""}
}

// again makes the job that goes on at a time; its key is another, as the one
// that asks for it has not ended yet.
func (c *Cloning) again(at time.Time) domain.Job {
	job := c.job()
	job.At, job.Unique = at, job.Unique+" "+strconv.Itoa(c.Waits)
	return job
}

// PolicyKind answers [policy.Facts].
func (c *Cloning) PolicyKind() string { return "cloning" }

// PolicyVisibility answers [policy.Facts].
func (c *Cloning) PolicyVisibility() domain.Visibility { return domain.VisibleMembers }

// PolicyRelation answers [policy.Facts]: it is whose it is who asked.
func (c *Cloning) PolicyRelation(a domain.ActorID) policy.Relation {
	if a != domain.Nobody && a == c.Asker.Actor {
		return policy.Administrator
	}
	return policy.Stranger
}

// PolicyLocal answers [policy.Facts].
func (c *Cloning) PolicyLocal() bool { return true }

// begin sets out to read a source from its start.
func (c *Cloning) begin(h Head) {
	c.Source, c.Claim, c.Total = h.SourceProcess, h.Digest, h.Total
	c.Source.Items = nil
	c.Next, c.Then = h.Tree, h.Resources
	c.Read, c.Resources, c.Waits = 0, 0, 0
}

// take notes that a page was read. Errors: TooLarge.
func (c *Cloning) take(p SourcePage) error {
	if c.Next = p.Next; c.Next == "" {
		c.Next, c.Then = c.Then, ""
	}
	return c.count(len(p.Items), len(p.Resources))
}

// count counts what was read. Errors: TooLarge.
func (c *Cloning) count(items, resources int) error {
	c.Read += items
	c.Resources += resources
	c.Waits = 0
	if c.Read > coproduction.MaxItems {
		return domain.Fail(domain.TooLarge, "process.too_many_items", coproduction.MaxItems)
	}
	return nil
}

// Head is what another node says of a process as a whole.
type Head struct {
	SourceProcess            // without items
	Digest        string     // of the tree; "" if not said
	Total         int        // items; 0 if not said
	Tree          domain.IRI // collection of its items
	Resources     domain.IRI // collection of its public resources; "" for none
}

// SourcePage is a page of what a process consists of.
type SourcePage struct {
	Items     []SourceItem
	Resources []SourceResource
	Next      domain.IRI // of the same server; "" after the last
}

// follows judges where a page leads that was read of a source. Errors: Invalid.
func (p *SourcePage) follows(at, source domain.IRI) error {
	if p.Next != "" && (p.Next == at || !domain.SameOrigin(p.Next, source) || len(p.Items)+len(p.Resources) == 0) {
		return domain.Fail(domain.Invalid, "process.source_broken") // it leads to no end
	}
	return nil
}

// check judges a page from another node. Errors: Invalid. A resource that is
// out of bounds is kept by name: the manifest says what came of it.
func (p *SourcePage) check() error {
	for _, it := range p.Items {
		if err := it.check(); err != nil {
			return err
		}
	}
	for i, r := range p.Resources {
		if !r.fits() {
			p.Resources[i] = SourceResource{Kind: r.Kind, Name: shorten(r.Name)}
		}
		p.Resources[i].File = coproduction.Stored{} // of a file that another node keeps
	}
	return nil
}

// shorten makes a name of any bytes.
func shorten(s string) string {
	if len(s) > maxTitle {
		s = s[:maxTitle]
	}
	if plain(s, maxTitle) {
		return s
	}
	return "…"
}
