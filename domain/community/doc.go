// Package community holds communities, the groups that people follow, and
// what is written in them: news of the community, posts of its members,
// replies; and the feed of what actors published and announced, from which
// timelines are made. Posts of other nodes are kept as copies.
package community
