// Package gallery is labelled pictures: read from a folder per class, learned from, and
// measured, as one-shot classification and as verification.
//
// [Read] gives a [Set]. [Train] makes a [Model] of it: a network, and how often which distance
// was wrong on classes that training has not seen. [Set.Embed] gives vectors by a model or, with
// none, by what pictures look like; [Set.Verify] and [Set.Episodes] say how well they tell classes apart.
package gallery
