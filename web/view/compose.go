package view

import (
	"time"

	"interlink/domain"
)

// CompletePath is where the script of these forms asks how "@an" or "#str" may
// end; the template "completes" repeats it.
const CompletePath = "/complete"

// ComposePictures is how many pictures a post may have.
const ComposePictures = 4

// Compose is the form of a new post. It posts to Action {content, lang,
// warning, file, alt, focus_left, focus_top, file_2, alt_2, …, poll_options (one in each line),
// poll_several, poll_until}.
type Compose struct {
	Action    string
	Pictures  []ComposePicture
	PollTimes []Option
}

// ComposePicture names the inputs of one picture.
type ComposePicture struct {
	File, Alt string
	Left, Top string // of the point that stays in sight, in hundredths
	Number    int    // from 1
}

// First is the picture that is asked for at once, Others those that few add.
func (c *Compose) First() []ComposePicture  { return c.Pictures[:min(1, len(c.Pictures))] }
func (c *Compose) Others() []ComposePicture { return c.Pictures[len(c.First()):] }

// pictureFields are the inputs of pictures.
func pictureFields(pictures []ComposePicture) (names []string) {
	for _, p := range pictures {
		names = append(names, p.File, p.Alt, p.Left, p.Top)
	}
	return names
}

// Poll is what a post asks. Form: POST Vote {option, return}.
type Poll struct {
	ID       string // of the post
	Options  []PollOption
	Multiple bool
	Voters   int
	Ends     time.Time // or when it ended; zero if not known
	Over     bool
	Voted    bool   // the reader did
	Vote     string // address that votes by POST; "" if not offered
	Host     string // of another server, which counts; "" for this node
	Return   string
	Problems []Problem
}

// PollOption is one answer.
type PollOption struct {
	Place  int
	Name   domain.Text
	Votes  int
	Chosen bool // by the reader
}
