package view

import (
	"bytes"
	"fmt"
	"time"

	"interlink/domain"
	"interlink/web/locale"
)

// LineagePage shows the tree of a process across nodes, at
// /processes/{name}/lineage. Form: POST Renew.
type LineagePage struct {
	Frame
	ProcessHead
	Picture Lineage
	Rows    []LineageRow // a source before its clones
	Nodes   int          // hosts in the picture
	Read    time.Time    // when it was read last; zero before the first time
	Running bool         // it is being read now
	Cut     bool         // more is there than was read
	Renew   string       // address to read it again; "" if not offered
	Data    string       // address of all of it for programs, without its ending
	Pager   Pager
}

func (x LineagePage) head(p *locale.Printer) head {
	return head{template: "lineage", nav: navProcesses, title: p.T("page.clones.title_of", in(p, x.Title)), description: p.T("lineage.across_words"), noindex: x.hidden()}
}

// LineageRow is a process of a lineage.
type LineageRow struct {
	Title    domain.Text // nil if it is not known
	Href     string
	Self     bool
	Depth    int // steps below the first
	Host     string
	Country  string // in the reader's language
	Trust    string // of its host, translated as trust.<trust>
	Release  string // its newest; "" for none
	Status   string
	Source   domain.Text // that it comes from; nil for the first
	Stamp    *Stamp      // nil while the clone alone says so
	Standing []Sentence  // against its source
	Story    string      // address; "" for none
	Active   time.Time   // day; zero if not said
	State    string      // read, away, gone, hidden; "" if nobody looked yet
	Seen     time.Time   // when its node told of it last; zero if it never did
	Digest   string      // known last
	Clones   int         // in the lineage
	Circle   bool
}

// Tombstone reports whether only what was known of it is left.
func (r LineageRow) Tombstone() bool { return r.State == "gone" || r.State == "hidden" }

// Lineage is the picture of a lineage: boxes and the lines between them.
type Lineage struct {
	Boxes         []LineageBox
	Lines         []LineageLine
	Width, Height int
	More          int  // that are not drawn
	Alone         bool // it stands in a file of its own, without the styles of a page
}

// LineageBox is a process in it.
type LineageBox struct {
	X, Y  int
	Row   LineageRow
	Title string // cut to the box
	Lang  domain.Lang
}

// Width is that of all boxes; so is Height.
func (LineageBox) Width() int  { return lineageBoxWidth }
func (LineageBox) Height() int { return lineageBoxHeight }

// LineageLine leads from a source to a clone.
type LineageLine struct {
	Path      string
	Confirmed bool
}

// The measures of the picture, in pixels.
const (
	lineageBoxWidth  = 380
	lineageBoxHeight = 64
	lineageStep      = 84 // from one row to the next
	lineageIndent    = 44 // from a source to its clones
	lineageTitle     = 44 // letters of a title
)

// NewLineage draws processes in the order of their tree; parents says which is
// the source of each, -1 for none that is drawn.
func NewLineage(rows []LineageRow, parents []int, lang domain.Lang, more int) Lineage {
	l := Lineage{More: more}
	least := 0
	for i, r := range rows {
		if i == 0 || r.Depth < least {
			least = r.Depth
		}
	}
	for i, r := range rows {
		title, in := r.Title.In(lang)
		if title == "" {
			title, in = r.Host, ""
		}
		if letters := []rune(title); len(letters) > lineageTitle {
			title = string(letters[:lineageTitle-1]) + "…"
		}
		b := LineageBox{X: 2 + (r.Depth-least)*lineageIndent, Y: 2 + i*lineageStep, Row: r, Title: title, Lang: in}
		l.Boxes = append(l.Boxes, b)
		l.Width, l.Height = max(l.Width, b.X+lineageBoxWidth+2), b.Y+lineageBoxHeight+2
		if at := parents[i]; at >= 0 && at < i {
			from := l.Boxes[at]
			l.Lines = append(l.Lines, LineageLine{
				Path:      fmt.Sprintf("M%d %dV%dH%d", from.X+lineageIndent/2, from.Y+lineageBoxHeight, b.Y+lineageBoxHeight/2, b.X),
				Confirmed: r.Stamp != nil,
			})
		}
	}
	return l
}

// Picture writes a lineage as a file of its own (SVG), in the words of a frame's
// language.
func (r *Renderer) Picture(f Frame, l Lineage) ([]byte, error) {
	l.Alone = true
	var b bytes.Buffer
	err := r.press(f, func(p *press) error { return p.templates.ExecuteTemplate(&b, "lineage-picture", l) })
	if err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
