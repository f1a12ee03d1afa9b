// Package picture holds the pictures by which organisations and communities
// are known, their logos, and those that people show in what they post. What is uploaded is hostile until it was decoded and
// drawn anew: nothing of the uploaded bytes is ever served.
package picture
