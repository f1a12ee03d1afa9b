// Package catalogue holds what a node offers for reuse: Interlinkers (tools,
// templates and guides), problem profiles (controlled words for needs) and
// coproduction schemas (templates of processes); its own ones, and copies of
// those that the catalogues it follows offer. It recommends Interlinkers for
// a task, with reasons.
//
// How entries are found: [Words] and [Root] cut texts into words that both
// databases are given and asked for alike; an [Index] keeps a [Card] of each
// entry in memory, some 1,200 bytes of one in two languages, counts facets and
// weighs Interlinkers for tasks; the [Service] brings it up to date before
// each question.
package catalogue
