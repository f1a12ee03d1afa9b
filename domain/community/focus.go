package community

import (
	"math"
	"strings"

	"interlink/domain"
)

// Focus is the point of a picture that stays in sight where it is cut: from -1
// (left, bottom) to 1 (right, top), as Mastodon counts. The zero value is the
// middle, where others look by themselves.
type Focus struct {
	X float64 `json:"x"`
	Y float64 `json:"y"`
}

// FocusAt is the point so many hundredths from the left and from the top.
func FocusAt(left, top int) Focus {
	return Focus{X: float64(left)/50 - 1, Y: 1 - float64(top)/50}
}

// Valid reports whether the point is in the picture.
func (f Focus) Valid() bool {
	return math.Abs(f.X) <= 1 && math.Abs(f.Y) <= 1 // not for NaN
}

const base83 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~"

// ReadBlurhash reads the colours of a picture in a few letters, as others send
// them; "" for what is none.
func ReadBlurhash(s string) string {
	if len(s) < 6 || len(s) > 4+2*81 {
		return ""
	}
	size := strings.IndexByte(base83, s[0])
	if size < 0 || len(s) != 4+2*(size%9+1)*(size/9+1) {
		return ""
	}
	for i := range len(s) {
		if strings.IndexByte(base83, s[i]) < 0 {
			return ""
		}
	}
	return s
}

func checkFocus(p *domain.Problems, i int, f Focus) {
	if !f.Valid() {
		p.Add(PictureField("focus_left", i), "picture.focus_range")
	}
}
