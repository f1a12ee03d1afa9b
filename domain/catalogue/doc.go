// Package catalogue holds what a node offers for reuse: Interlinkers (tools,
// templates and guides), problem profiles (controlled words for needs) and
// coproduction schemas (templates of processes); its own ones, and copies of
// those that the catalogues it follows offer. It recommends Interlinkers for
// a task, with reasons.
package catalogue
