// Package personal is what the node holds of one person: they take all of it
// with them as an archive, and they leave. Who leaves is erased here, and every
// server that may know of them is asked to do the same; what each answered is
// told on a page that only they can find. What others share with them stays
// without their name.
package personal
