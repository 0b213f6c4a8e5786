// Package measure holds the numbers that say how good an answer is. It knows
// nothing of records, files or models: what goes in are scores, judgements and
// group numbers.
//
//	counts.go        precision, recall and F1 of a decision
//	sweep.go         all decisions that one score allows: average precision, ROC, EER, best F1
//	ranking.go       answers in an order: recall at k, MRR, MAP@R, precision at 1
//	triplet.go       is the match nearer than the non-match
//	cluster.go       groupings: pairwise, B-cubed, exact clusters
//	candidates.go    what a search for candidates leaves to be found, and at what cost
//	calibration.go   does .8 mean eight in ten
//	operating.go     a threshold for a false acceptance or false rejection rate
//	verification.go  the same or another: EER with interval, operating points, EER by identity
//	det.go           the detection-error trade-off curve
//	trials.go        pairs of the members of classes
//	episodes.go      N-way K-shot classification of labelled vectors
//	bootstrap.go     how far all of this may be off
//
// A score is larger for what is more alike. A score that is NaN ranks below
// every number and is never accepted. Where a figure is not defined, as recall
// without anything to find, it is NaN, and the comment says when; only [Counts]
// has the usual convention that nothing out of nothing is all.
package measure
