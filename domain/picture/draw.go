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
)

// The media types of what is kept.
const (
	TypePNG  = "image/png"
	TypeJPEG = "image/jpeg"
)

// drawing lets two pictures at a time be decoded: each may take 128 MB.
var drawing = make(chan struct{}, 2)

// drawn draws a logo anew: see [drawnTo].
func drawn(ctx context.Context, raw []byte) (content []byte, mediaType string, err error) {
	content, mediaType, _, err = drawnTo(ctx, raw, maxSide)
	return content, mediaType, err
}

// drawnTo reads a PNG, JPEG, GIF (its first picture) or WebP file and draws it
// anew, at most so many pixels wide and high: a JPEG stays one, all else
// becomes a PNG. What the file says beside the picture, such as where it was
// taken, is gone. Errors: TooLarge, or Invalid on "file".
func drawnTo(ctx context.Context, raw []byte, side int) (content []byte, mediaType string, small *image.NRGBA, err error) {
	if len(raw) > MaxBytes {
		return nil, "", nil, tooLarge("picture.too_large", MaxBytes>>20)
	}
	config, format, err := image.DecodeConfig(bytes.NewReader(raw))
	if err != nil || config.Width < 1 || config.Height < 1 {
		return nil, "", nil, domain.InvalidField("file", "picture.unknown").Because(err)
	}
	if config.Width > maxPixels/config.Height {
		return nil, "", nil, tooLarge("picture.too_many_pixels", maxPixels/1_000_000)
	}
	select {
	case drawing <- struct{}{}:
		defer func() { <-drawing }()
	case <-ctx.Done():
		return nil, "", nil, ctx.Err()
	}
	decoded, _, err := image.Decode(bytes.NewReader(raw))
	if err != nil {
		return nil, "", nil, domain.InvalidField("file", "picture.unknown").Because(err)
	}
	var out bytes.Buffer
	small = upright(fit(decoded, side), orientation(raw))
	if format == "jpeg" {
		err = jpeg.Encode(&out, small, &jpeg.Options{Quality: 88})
		return out.Bytes(), TypeJPEG, small, err
	}
	err = png.Encode(&out, small)
	return out.Bytes(), TypePNG, small, err
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
