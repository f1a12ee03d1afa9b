// Package publish turns domain events into activities and recipients: a stage
// that goes on where it stopped. An activity's id derives from its event's,
// its bytes are written once, and activities, audiences and the progress
// through the events are stored in one transaction, so a crash neither loses
// nor doubles anything. One file for each subject.
package publish
