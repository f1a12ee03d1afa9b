package blob

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"interlink/domain"
)

// S3 keeps files in a bucket, which is there already.
type S3 struct {
	client *minio.Client
	bucket string
	prefix string // of all names, "resources/"
}

func (s *S3) key(hash string) string { return s.prefix + key(hash) }

var _ Store = (*S3)(nil)

// patience is how long a server that hangs is waited for, each try, also in the
// middle of a file: all those of an upload end before a proxy gives up (nginx
// after a minute), so that people are told what is away.
const patience = 8 * time.Second

// newS3 makes the store of an address, "s3://KEY:SECRET@HOST[:PORT]/BUCKET",
// with ?region=R and ?tls=false behind it. Errors: Invalid; they do not repeat
// the secret.
func newS3(address string, patience time.Duration) (*S3, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "s3" {
		return nil, domain.Fail(domain.Invalid, "config.files_url")
	}
	secret, _ := u.User.Password()
	secure := u.Query().Get("tls") != "false"
	transport, err := minio.DefaultTransport(secure)
	if err != nil {
		return nil, err
	}
	heed(transport, patience)
	client, err := minio.New(u.Host, &minio.Options{
		Creds:      credentials.NewStaticV4(u.User.Username(), secret, ""),
		Secure:     secure,
		Region:     u.Query().Get("region"),
		Transport:  transport,
		MaxRetries: 3,
	})
	if err != nil {
		return nil, domain.Fail(domain.Invalid, "config.files_url").Because(err)
	}
	return &S3{client: client, bucket: strings.Trim(u.Path, "/")}, nil
}

// Put implements [Store].
func (s *S3) Put(ctx context.Context, content []byte) (string, error) {
	hash := name(content)
	if _, err := s.client.StatObject(ctx, s.bucket, s.key(hash), minio.StatObjectOptions{}); err == nil {
		return hash, nil
	}
	_, err := s.client.PutObject(ctx, s.bucket, s.key(hash), bytes.NewReader(content), int64(len(content)),
		minio.PutObjectOptions{ContentType: "application/octet-stream", DisableMultipart: true})
	if err != nil {
		return "", unavailable("store", err)
	}
	return hash, nil
}

// Get implements [Store].
func (s *S3) Get(ctx context.Context, hash string) ([]byte, error) {
	if err := known(hash); err != nil {
		return nil, err
	}
	object, err := s.client.GetObject(ctx, s.bucket, s.key(hash), minio.GetObjectOptions{})
	if err != nil {
		return nil, unavailable("read", err)
	}
	defer func() { _ = object.Close() }()
	content, err := io.ReadAll(io.LimitReader(object, MaxSize))
	if absent(err) {
		return nil, domain.Fail(domain.NotFound, "error.not_found")
	}
	if err != nil {
		return nil, unavailable("read", err)
	}
	return sound(hash, content)
}

// Delete implements [Store].
func (s *S3) Delete(ctx context.Context, hash string) error {
	if known(hash) != nil {
		return nil //nolint:nilerr // what is no name is nobody's: there is nothing to remove
	}
	err := s.client.RemoveObject(ctx, s.bucket, s.key(hash), minio.RemoveObjectOptions{})
	if err != nil && !absent(err) {
		return unavailable("remove", err)
	}
	return nil
}

func absent(err error) bool {
	said := minio.ToErrorResponse(err)
	return err != nil && said.StatusCode == http.StatusNotFound && said.Code != minio.NoSuchBucket
}

func unavailable(what string, err error) error {
	return domain.Fail(domain.Unavailable, "error.files").Because(fmt.Errorf("%s a file: %w", what, err))
}
