package picture

import (
	"bytes"
	"context"
	"image"
	"image/color"
	_ "image/gif" // is read
	"image/jpeg"
	"image/png"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp" // is read

	"interlink/domain"
)

// The bounds of an uploaded picture.
const (
	MaxBytes  = 5 << 20    // of the file
	maxPixels = 16_000_000 // 64 MB once decoded
	maxSide   = 512        // of a logo as it is kept, in pixels
	shownSide = 1600       // of a picture in a post
	blurSide  = 32         // of one of which only the colours count
	maxScans  = 200        // of a JPEG file, of which each goes over all of the picture, however short it is
)

// The media types of what is kept.
const (
	TypePNG  = "image/png"
	TypeJPEG = "image/jpeg"
	TypeWebP = "image/webp"
)

// drawings lets two pictures at a time be decoded: each may take 128 MB.
var drawings = make(chan struct{}, 2)

// drawing is a picture as it is kept.
type drawing struct {
	content   []byte
	mediaType string
	picture   image.Image // which the content shows
}

// drawn reads a PNG, JPEG, GIF (its first picture) or WebP file. One that is at
// most so many pixels wide and high keeps its bytes, without what the file says
// beside the picture, such as where it was taken: see [clean]. What is larger,
// turned, or odd is drawn anew: a JPEG stays one, all else becomes a PNG.
// Errors: TooLarge, or Invalid on "file".
func drawn(ctx context.Context, raw []byte, side int) (*drawing, error) {
	if len(raw) > MaxBytes {
		return nil, tooLarge("picture.too_large", MaxBytes>>20)
	}
	config, format, err := image.DecodeConfig(bytes.NewReader(raw))
	if err != nil || config.Width < 1 || config.Height < 1 {
		return nil, domain.InvalidField("file", "picture.unknown").Because(err)
	}
	if config.Width > maxPixels/config.Height {
		return nil, tooLarge("picture.too_many_pixels", maxPixels/1_000_000)
	}
	if format == "jpeg" && bytes.Count(raw, []byte{0xff, markerSOS}) > maxScans {
		return nil, domain.InvalidField("file", "picture.unknown")
	}
	select {
	case drawings <- struct{}{}:
		defer func() { <-drawings }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	c := clean(raw, format)
	if kept := c.kept(format, side); kept != nil {
		return kept, nil
	}
	decoded, _, err := image.Decode(bytes.NewReader(raw))
	if err != nil {
		return nil, domain.InvalidField("file", "picture.unknown").Because(err)
	}
	return anew(upright(fit(decoded, side), c.turned), format, c.profile)
}

// kept is a file as it was cleaned, if it is whole, small enough, and no longer
// than its pixels could need: what hides in them hides little. Else nil.
func (c cleaned) kept(format string, side int) *drawing {
	config, same, err := image.DecodeConfig(bytes.NewReader(c.file))
	if err != nil || same != format || max(config.Width, config.Height) > side ||
		len(c.file) > 8*config.Width*config.Height+len(c.profile)+4096 {
		return nil
	}
	decoded, _, err := image.Decode(bytes.NewReader(c.file))
	if err != nil || decoded.Bounds().Dx() != config.Width || decoded.Bounds().Dy() != config.Height {
		return nil
	}
	return &drawing{c.file, "image/" + format, decoded}
}

// anew writes a picture as a file of our own.
func anew(m *image.NRGBA, format string, profile []byte) (*drawing, error) {
	var (
		out       bytes.Buffer
		err       error
		mediaType = TypePNG
	)
	if format == "jpeg" {
		mediaType = TypeJPEG
		err = jpeg.Encode(&out, m, &jpeg.Options{Quality: 88})
	} else {
		err = png.Encode(&out, m)
	}
	if err != nil {
		return nil, err
	}
	return &drawing{withProfile(out.Bytes(), mediaType, profile), mediaType, m}, nil
}

func tooLarge(key string, most int) error {
	return &domain.Error{Code: domain.TooLarge, Key: key, Args: []any{most}, Field: "file"}
}

// fit draws a picture on an empty one, smaller if it is too large.
func fit(in image.Image, side int) *image.NRGBA {
	b := in.Bounds()
	w, h := b.Dx(), b.Dy()
	if longest := max(w, h); longest > side {
		w, h = max(1, w*side/longest), max(1, h*side/longest)
	}
	out := image.NewNRGBA(image.Rect(0, 0, w, h))
	draw.Draw(out, out.Bounds(), image.NewUniform(color.Transparent), image.Point{}, draw.Src)
	draw.CatmullRom.Scale(out, out.Bounds(), in, b, draw.Src, nil)
	return out
}
