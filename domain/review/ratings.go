package review

import "time"

// Ratings are how often people gave a thing how many stars, as its owner counts
// them. They are no part of what it says: they change without a version.
type Ratings struct {
	Tally
	At time.Time // when they were counted, to the second; zero if they never were
}

// mostRatings is more than people will ever rate one thing with so many stars.
const mostRatings = 10_000_000

// Newer returns what another node says of its thing, if it counted later than
// these were: nonsense is not believed, nor is a time to come.
func (r Ratings) Newer(in Ratings, now time.Time) Ratings {
	for _, of := range in.Tally {
		if of < 0 || of > mostRatings {
			return r
		}
	}
	if in.At.After(now) {
		in.At = now
	}
	if !in.At.After(r.At) {
		return r
	}
	return in
}

// Counted are the ratings after they were counted anew: who has a copy sees
// that they are newer.
func (r Ratings) Counted(t Tally, now time.Time) Ratings {
	at := now.UTC().Truncate(time.Second)
	if !at.After(r.At) {
		at = r.At.Add(time.Second)
	}
	return Ratings{t, at}
}
