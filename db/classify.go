package db

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"sync"

	bolt "go.etcd.io/bbolt"

	"github.com/doppeldb/doppel/encoder"
	"github.com/doppeldb/doppel/internal/f32"
)

// Rule says what a class's distance to a record is.
type Rule uint8

const (
	// Prototype is the distance to the mean of the class's supports, brought to unit
	// length (nearest class mean: Mensink et al., TPAMI 2013; prototypical networks:
	// Snell et al., NIPS 2017).
	Prototype Rule = iota
	// NearestSupport is the distance to the closest support of the class.
	NearestSupport
)

// String gives the rule's name.
func (r Rule) String() string {
	switch r {
	case Prototype:
		return "prototype"
	case NearestSupport:
		return "nearest"
	}
	return fmt.Sprintf("Rule(%d)", uint8(r))
}

// ClassifyOptions says how to classify. The zero value, and nil, are the default.
type ClassifyOptions struct {
	Set  string // set of classes; "" is the default one
	Rule Rule
	Top  int // classes in the answer; 0 means 5
}

const defaultTop = 5

// Validate returns an ErrOptions for values that make no sense.
func (o ClassifyOptions) Validate() error {
	if o.Rule > NearestSupport || o.Top < 0 {
		return fmt.Errorf("%w: rule %v, top %d", ErrOptions, o.Rule, o.Top)
	}
	return nil
}

// ClassHit is one class of an answer.
type ClassHit struct {
	Class string
	// Distance is 1 - cosine, 0 to 2; of what, says the Rule.
	Distance float32
	// Confidence is the probability that this is the class, if it is one of the
	// set at all: over all classes it sums to 1. See calibration in rejection.go.
	Confidence float64
	// Threshold is the distance up to which a record closest to this class is taken for it.
	Threshold float32
	Support   string // key of the closest support of the class
}

// Classification is what a record is taken for.
type Classification struct {
	Classes []ClassHit // closest first, equal distances by name
	// None says that the record is of none of these classes: the closest is farther
	// away than Threshold, or the record has no feature at all.
	None bool
	// Threshold is that of the closest class, and the common one of the set where
	// Classes is empty: the distance up to which a record is taken for one of the set. It is
	// 2, which nothing exceeds, when the supports are too few to tell.
	Threshold float32
}

// Classify finds the classes of a set whose supports are closest to a record of
// these values. No weight is learned: a class is known as soon as it has one
// support. How confidence and threshold come from the supports is told in
// rejection.go.
//
// The first call after a change of the set reads its supports and measures
// them, 4*Dim bytes of memory a support and class. Errors: ErrNotFound (no such
// set), ErrNoEncoder, ErrSchema, ErrOptions, ErrCorrupt, the context's.
func (c *Collection) Classify(ctx context.Context, values []string, opts *ClassifyOptions) (*Classification, error) {
	var o ClassifyOptions
	if opts != nil {
		o = *opts
	}
	if err := o.Validate(); err != nil {
		return nil, err
	}
	if o.Top == 0 {
		o.Top = defaultTop
	}
	if err := c.schema.Check(values); err != nil {
		return nil, fmt.Errorf("collection %q: %w: %w", c.name, ErrSchema, err)
	}
	cl, err := c.classifier(ctx, o.Set)
	if err != nil {
		return nil, err
	}
	query := make([]float32, cl.dim)
	cl.encoder.Encode(values, query)
	return cl.classify(query, o), nil
}

// ClassThreshold is the distance up to which a record closest to a class is taken for it.
type ClassThreshold struct {
	Class    string
	Distance float32
	// Own says that it was found from this class's supports, of which there are enough; if
	// not, it is the common one of the set.
	Own bool
}

// Thresholds gives the thresholds of the classes of a set under a rule, by name. A
// class whose supports have no feature at all has none. They are measured on the supports
// whenever these have changed, and not stored: so they are never those of other supports or
// of another encoder. Errors: as [Collection.Classify].
func (c *Collection) Thresholds(ctx context.Context, set string, rule Rule) ([]ClassThreshold, error) {
	if err := (ClassifyOptions{Rule: rule}).Validate(); err != nil {
		return nil, err
	}
	cl, err := c.classifier(ctx, set)
	if err != nil {
		return nil, err
	}
	m := cl.measured[rule]
	out := make([]ClassThreshold, len(cl.names))
	for i, name := range cl.names {
		out[i] = ClassThreshold{name, m.own[i], m.isOwn[i]}
	}
	return out, nil
}

// classifier is the supports of one set in memory, with what was measured on
// them. It does not change.
type classifier struct {
	encoder    *encoder.Encoder
	generation uint32
	changes    uint64 // the collection's classChanges when it was read
	dim        int

	names      []string     // of classes, ascending
	class      []int        // by support: position in names; supports of a class are neighbours
	keys       []string     // by support
	vectors    []float32    // (supports, dim), none is zero
	prototypes []float32    // (classes, dim)
	measured   [2]rejection // by Rule
}

// classifiers are those of a collection's sets.
type classifiers struct {
	mu  sync.Mutex
	set map[string]*classifier
}

// classifier gives the one of a set, and reads it if it has changed.
func (c *Collection) classifier(ctx context.Context, set string) (*classifier, error) {
	changes := c.classChanges.Load()
	now, err := c.serve()
	if err != nil {
		return nil, err
	}
	if now == nil {
		return nil, fmt.Errorf("collection %q: %w", c.name, ErrNoEncoder)
	}
	c.classifiers.mu.Lock()
	have := c.classifiers.set[set]
	c.classifiers.mu.Unlock()
	if have != nil && have.changes == changes && have.generation == now.generation {
		return have, nil
	}
	cl, err := c.readClassifier(set, now)
	if err != nil {
		return nil, err
	}
	cl.changes = changes
	if err := cl.measure(ctx); err != nil {
		return nil, err
	}
	c.classifiers.mu.Lock()
	defer c.classifiers.mu.Unlock()
	if c.classifiers.set == nil {
		c.classifiers.set = map[string]*classifier{}
	}
	c.classifiers.set[set] = cl
	return cl, nil
}

// readClassifier reads supports, vectors and, when it is not that of now, the
// encoder that made them in one transaction: a new generation may come at any time.
func (c *Collection) readClassifier(set string, now *served) (*classifier, error) {
	cl := &classifier{encoder: now.encoder}
	var g generation
	var model []byte
	err := c.view(func(tx *bolt.Tx, b collectionBuckets) error {
		state, err := b.state()
		if err != nil {
			return err
		}
		if state.current == 0 { // it was there a moment ago
			return ErrNoEncoder
		}
		cl.generation = state.current
		if g, err = b.generation(state.current); err != nil {
			return err
		}
		cl.dim = g.dim
		s, err := b.classSet(set)
		if err != nil {
			return err
		}
		if now.generation != state.current {
			if model, err = modelBytes(tx, g.fingerprint); err != nil {
				return err
			}
		}
		return cl.read(b.supportBlocks(state.current, set), s, len(c.schema))
	})
	if err != nil || model == nil {
		return cl, err
	}
	if cl.encoder, err = unmarshalModel(model, g); err == nil && !cl.encoder.Schema().Equal(c.schema) {
		err = fmt.Errorf("%w: its encoder is for %v", ErrCorrupt, cl.encoder.Schema())
	}
	if err != nil {
		return nil, fmt.Errorf("collection %q: %w", c.name, err)
	}
	return cl, nil
}

// read takes the supports of a set; those without a direction have no say.
func (cl *classifier) read(blocks *bolt.Bucket, s classSet, fieldCount int) error {
	if blocks == nil {
		return fmt.Errorf("%w: the supports have no vectors", ErrCorrupt)
	}
	type one struct {
		class, key string
		vector     []float32
	}
	var all []one
	walk := newVectorWalk(blocks, cl.dim)
	names := map[string]int{}
	err := s.each(fieldCount, func(n uint32, support support) error {
		v := make([]float32, cl.dim)
		if err := walk.read(n, v); err != nil {
			return fmt.Errorf("support %d: %w", n, err)
		}
		if !isZero(v) {
			all = append(all, one{support.class, support.Key, v})
			names[support.class]++
		}
		return nil
	})
	if err != nil {
		return err
	}
	cl.names = sortedKeys(names)
	for i, name := range cl.names {
		names[name] = i
	}
	slices.SortStableFunc(all, func(a, b one) int { return cmp.Compare(a.class, b.class) })
	cl.prototypes = make([]float32, len(cl.names)*cl.dim)
	for _, s := range all {
		at := names[s.class]
		cl.class, cl.keys, cl.vectors = append(cl.class, at), append(cl.keys, s.key), append(cl.vectors, s.vector...)
		f32.Axpy(1, s.vector, cl.row(at))
	}
	for i := range cl.names {
		f32.Normalize(cl.row(i))
	}
	return nil
}

// row is the prototype of a class.
func (cl *classifier) row(class int) []float32 { return cl.prototypes[class*cl.dim : (class+1)*cl.dim] }

// distances gives 1 - cosine of a query and each row of block, in dst.
func (cl *classifier) distances(dst, query, block []float32) {
	f32.DotMany(dst, query, block, cl.dim)
	for i, x := range dst {
		dst[i] = min(max(1-x, 0), 2)
	}
}

func (cl *classifier) classify(query []float32, o ClassifyOptions) *Classification {
	m := cl.measured[o.Rule]
	out := &Classification{Threshold: m.threshold}
	if isZero(query) || len(cl.names) == 0 {
		out.None = true
		return out
	}
	toSupports := make([]float32, len(cl.class))
	cl.distances(toSupports, query, cl.vectors)
	hits := make([]ClassHit, len(cl.names))
	nearest := make([]float32, len(cl.names))
	for i := range hits {
		hits[i].Class, nearest[i] = cl.names[i], math.MaxFloat32
	}
	for i, d := range toSupports {
		if at := cl.class[i]; d < nearest[at] {
			nearest[at], hits[at].Support = d, cl.keys[i]
		}
	}
	d := nearest
	if o.Rule == Prototype {
		d = make([]float32, len(cl.names))
		cl.distances(d, query, cl.prototypes)
	}
	share := m.shares(d)
	for i := range hits {
		hits[i].Distance, hits[i].Confidence, hits[i].Threshold = d[i], share[i], m.own[i]
	}
	slices.SortStableFunc(hits, func(a, b ClassHit) int { return cmp.Compare(a.Distance, b.Distance) })
	out.Threshold = hits[0].Threshold
	out.None = hits[0].Distance > out.Threshold
	out.Classes = hits[:min(o.Top, len(hits))]
	return out
}
