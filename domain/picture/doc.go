// Package picture holds the pictures by which organisations and communities
// are known, their logos, and those that people show in what they post. What is
// uploaded is hostile until it was decoded: of its bytes nothing is served but
// those that make the picture, and where these are odd, it is drawn anew.
package picture
