package inbox

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"

	"github.com/go-fed/activity/pub"
	"github.com/go-fed/activity/streams/vocab"

	"interlink/federation/activity"
)

// delegate is what go-fed's skeleton asks: it verifies and stores, and does
// nothing else. Side effects, forwarding and delivery are ours, from queues.
type delegate struct{ h *Handler }

var _ pub.DelegateActor = (*delegate)(nil)

// AuthenticatePostInbox reads, scans and verifies. Activities of types that
// the skeleton would refuse are stored here and answered with 202. The
// skeleton gets the envelope alone, id, type, actor and the object's id: that
// is all it looks at, what it makes of more costs ten times as much, and it
// would panic on some of it. Our own copy of the bytes is what is stored.
func (d *delegate) AuthenticatePostInbox(ctx context.Context, w http.ResponseWriter, r *http.Request) (context.Context, bool, error) {
	req := ctx.Value(requestKey{}).(*request)
	if req.refused = d.h.read(w, r, req); req.refused != nil {
		return ctx, false, nil //nolint:nilerr // the handler answers what is refused
	}
	if d.h.foreignDeletion(ctx, req.in) {
		w.WriteHeader(http.StatusAccepted)
		return ctx, false, nil
	}
	if req.refused = d.h.verify(ctx, r, req); req.refused != nil {
		return ctx, false, nil //nolint:nilerr // the handler answers what is refused
	}
	if !activity.Known(req.in.Type) {
		if req.refused = d.h.store(ctx, r, req); req.refused == nil {
			w.WriteHeader(http.StatusAccepted)
		}
		return ctx, false, nil
	}
	envelope, err := activity.Skeleton(req.in)
	if err != nil {
		return ctx, false, err
	}
	r.Body = io.NopCloser(bytes.NewReader(envelope))
	return ctx, true, nil
}

// AuthorizePostInbox has nothing to add: the signer was matched before.
func (d *delegate) AuthorizePostInbox(context.Context, http.ResponseWriter, pub.Activity) (bool, error) {
	return true, nil
}

// PostInboxRequestBodyHook keeps the context as it is.
func (d *delegate) PostInboxRequestBodyHook(ctx context.Context, _ *http.Request, _ pub.Activity) (context.Context, error) {
	return ctx, nil
}

// PostInbox stores the bytes.
func (d *delegate) PostInbox(ctx context.Context, inbox *url.URL, _ pub.Activity) error {
	req := ctx.Value(requestKey{}).(*request)
	return d.h.store(ctx, &http.Request{URL: inbox}, req)
}

// InboxForwarding is done from the queue, by those who own the thread.
func (d *delegate) InboxForwarding(context.Context, *url.URL, pub.Activity) error { return nil }

// errClient says that the client side of ActivityPub is not offered.
var errClient = errors.New("the ActivityPub client protocol is not offered")

// AuthenticateGetInbox refuses: inboxes are not read by peers.
func (d *delegate) AuthenticateGetInbox(ctx context.Context, _ http.ResponseWriter, _ *http.Request) (context.Context, bool, error) {
	return ctx, false, errClient
}

// AuthenticateGetOutbox refuses: package endpoint serves outboxes.
func (d *delegate) AuthenticateGetOutbox(ctx context.Context, _ http.ResponseWriter, _ *http.Request) (context.Context, bool, error) {
	return ctx, false, errClient
}

// AuthenticatePostOutbox refuses.
func (d *delegate) AuthenticatePostOutbox(ctx context.Context, _ http.ResponseWriter, _ *http.Request) (context.Context, bool, error) {
	return ctx, false, errClient
}

// PostOutboxRequestBodyHook refuses.
func (d *delegate) PostOutboxRequestBodyHook(ctx context.Context, _ *http.Request, _ vocab.Type) (context.Context, error) {
	return ctx, errClient
}

// PostOutbox refuses.
func (d *delegate) PostOutbox(context.Context, pub.Activity, *url.URL, map[string]interface{}) (bool, error) {
	return false, errClient
}

// AddNewIDs refuses.
func (d *delegate) AddNewIDs(context.Context, pub.Activity) error { return errClient }

// Deliver refuses: package delivery sends.
func (d *delegate) Deliver(context.Context, *url.URL, pub.Activity) error { return errClient }

// WrapInCreate refuses.
func (d *delegate) WrapInCreate(context.Context, vocab.Type, *url.URL) (vocab.ActivityStreamsCreate, error) {
	return nil, errClient
}

// GetOutbox refuses.
func (d *delegate) GetOutbox(context.Context, *http.Request) (vocab.ActivityStreamsOrderedCollectionPage, error) {
	return nil, errClient
}

// GetInbox refuses.
func (d *delegate) GetInbox(context.Context, *http.Request) (vocab.ActivityStreamsOrderedCollectionPage, error) {
	return nil, errClient
}
