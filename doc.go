// Package doppel is an embedded vector-matching database in pure Go: one file
// and one import find the records that are the same thing.
//
// It has no code of its own; the work is in these packages, from the top down:
//
//	cmd/doppel    the command line: demo, dedupe, link, train, score, eval
//	query/match   same or not: candidates, evidence, score, matches, clusters, learning
//	query/label   judged pairs: files, checks, splits, figures
//	db            the file: collections, records, vectors, models
//	encoder       record -> unit vector, the twin network
//	index         nearest neighbours over dense ids
//	record        schema, kinds, records: the words all share
//
// ARCHITECTURE.md follows one record through them.
package doppel
