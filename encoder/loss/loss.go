// Package loss holds what a twin network is trained to make small: functions of
// the distances of a batch of records and of what is known about its pairs.
//
// A loss sees distances alone, (n, n), smaller is closer, and gives its value and
// its derivative by each distance. [Distance] says how a distance comes from two
// unit vectors. Which pairs may be asked about is the batch's business: a pair that may
// be a match without anybody having said so is [Masked], and no loss looks at it.
//
// A loss is the mean over its terms that are not zero, so that a batch in which
// most terms are satisfied already still moves what is left.
package loss

import (
	"errors"
	"fmt"
	"math"
	"strings"
)

// ErrOptions is returned when an option makes no sense.
var ErrOptions = errors.New("loss: bad option")

// Relation is what is known of a pair of records.
type Relation int8

// The relations of a pair.
const (
	Masked Relation = iota // nothing is known, or it is one record twice
	Match                  // the same thing
	Differ                 // not the same thing
)

// Kind says which loss. The zero value is the default.
type Kind uint8

// The losses. Each has a file of its own.
const (
	InfoNCE           Kind = iota // every other record of the batch at once; several matches allowed
	Contrastive                   // pull matches together, push the others out of a margin
	OnlineContrastive             // the same over hard pairs only
	TripletAll                    // every anchor, match and non-match of the batch
	TripletSemiHard               // the nearest non-match that is farther than the match but inside the margin
	TripletHard                   // the farthest match and the nearest non-match of each anchor
	TripletSoft                   // the same, the margin replaced by a smooth one
	CoSENT                        // every match nearer than every non-match of the batch
	Prototype                     // every query nearer to the mean of its class than to those of the others
)

var kindNames = [...]string{
	InfoNCE: "infonce", Contrastive: "contrastive", OnlineContrastive: "online-contrastive", TripletAll: "triplet-all",
	TripletSemiHard: "triplet-semi-hard", TripletHard: "triplet-hard", TripletSoft: "triplet-soft", CoSENT: "cosent", Prototype: "prototype",
}

// Kinds lists all losses.
func Kinds() []Kind {
	all := make([]Kind, len(kindNames))
	for k := range all {
		all[k] = Kind(k)
	}
	return all
}

// String gives the name as the command line spells it.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return fmt.Sprintf("loss(%d)", uint8(k))
}

// Parse is the inverse of [Kind.String]. It gives [ErrOptions].
func Parse(s string) (Kind, error) {
	for k, name := range kindNames {
		if strings.EqualFold(s, name) {
			return Kind(k), nil
		}
	}
	return 0, fmt.Errorf("%w: unknown loss %q; use one of %s", ErrOptions, s, strings.Join(kindNames[:], ", "))
}

// Batch is the pairs of n records.
type Batch struct {
	N    int
	Dist []float64  // (N, N), symmetric
	Rel  []Relation // (N, N), symmetric, Masked on the diagonal
	// Support marks the records, (N), whose mean stands for their class in the prototype loss; the others are
	// its queries. Nil makes each record both, a support of the other queries. No other loss reads it.
	Support []bool
}

const errShape = "loss: lengths do not fit the batch"

// Eval gives the value of the loss and the number of its terms that are not
// zero, and writes the derivative by Dist to grad, (N, N); an entry and its mirror image are
// separate variables, their derivatives add up. A batch without a match or
// without a non-match has no terms, value 0 and gradient 0. Eval panics when a length does not fit.
func (k Kind) Eval(b Batch, o Options, grad []float64) (value float64, terms int) {
	if len(b.Dist) != b.N*b.N || len(b.Rel) != b.N*b.N || len(grad) != b.N*b.N || b.Support != nil && len(b.Support) != b.N {
		panic(errShape)
	}
	clear(grad)
	o = o.withDefaults(k)
	switch k {
	case Contrastive:
		return contrastive(b, o, grad, everyPair)
	case OnlineContrastive:
		return contrastive(b, o, grad, hardPairs(b))
	case TripletAll:
		return tripletAll(b, o, grad)
	case TripletSemiHard:
		return tripletSemiHard(b, o, grad)
	case TripletHard:
		return tripletHard(b, o, grad, hinge)
	case TripletSoft:
		return tripletHard(b, o, grad, softHinge)
	case CoSENT:
		return cosent(b, o, grad)
	case Prototype:
		return prototype(b, o, grad)
	}
	return infoNCE(b, o, grad)
}

// scaleAll multiplies by 1/terms: the mean over the terms.
func scaleAll(x []float64, terms int) {
	c := 1 / float64(max(terms, 1))
	for i := range x {
		x[i] *= c
	}
}

// logistic is ln(1 + e^x) and its derivative, without overflow.
func logistic(x float64) (value, slope float64) {
	if x > 0 {
		e := math.Exp(-x)
		return x + math.Log1p(e), 1 / (1 + e)
	}
	e := math.Exp(x)
	return math.Log1p(e), e / (1 + e)
}
