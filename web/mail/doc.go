// Package mail writes the mails that accounts cause, in the language of who
// gets them, and hands them to an SMTP server. Without a server, in loopback
// mode, they are written in the log.
package mail
