-- Subscriptions that were made because a person here followed a catalogue: no
-- follow of this node's catalogue, in whatever state, stands behind them. What
-- is shown of theirs stays shown, as after unsubscribing.
UPDATE catalogue_entries SET why = 'accepted', decision = 'accepted', revision = revision + 1
WHERE standing = 'shown' AND decision = '' AND owner_id IN (
    SELECT s.catalogue_id FROM catalogue_subscriptions AS s
    WHERE NOT EXISTS (SELECT 1 FROM follows AS f JOIN actors AS a ON a.id = f.follower_id
        WHERE f.followed_id = s.catalogue_id AND a.host = '' AND a.subject = 'catalogue'));
--bun:split
UPDATE catalogue_entries SET trust = 'discovered', revision = revision + 1
WHERE trust = 'followed' AND owner_id IN (
    SELECT s.catalogue_id FROM catalogue_subscriptions AS s
    WHERE NOT EXISTS (SELECT 1 FROM follows AS f JOIN actors AS a ON a.id = f.follower_id
        WHERE f.followed_id = s.catalogue_id AND a.host = '' AND a.subject = 'catalogue'));
--bun:split
DELETE FROM catalogue_subscriptions
WHERE NOT EXISTS (SELECT 1 FROM follows AS f JOIN actors AS a ON a.id = f.follower_id
    WHERE f.followed_id = catalogue_subscriptions.catalogue_id AND a.host = '' AND a.subject = 'catalogue');
