package match

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"math"
	"strings"
	"testing"

	"github.com/doppeldb/doppel/record"
)

// smallModel trains on few records. Its encoder is not tuned: that is the encoder's test.
func smallModel(t testing.TB) *Model {
	cs, labels := openShops(t, 24)
	m := mustTrain(t, cs, TrainSet{Train: labels[:48], Valid: labels[48:]}, TrainOptions{Epochs: -1})
	trainedOnce = modelBytes(t, m)
	return m
}

// resealed gives bytes a checksum that fits.
func resealed(b []byte) []byte {
	body := b[:len(b)-4]
	return binary.LittleEndian.AppendUint32(bytes.Clone(body), crc32.Checksum(body, castagnoli))
}

func TestModelFile(t *testing.T) {
	m := smallModel(t)
	data := modelBytes(t, m)
	again, err := UnmarshalModel(data)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(modelBytes(t, again), data) {
		t.Error("a model that was read writes other bytes")
	}
	cs, labels := openShops(t, 24)
	var scores [2]*Scored
	for k, x := range []*Model{m, again} {
		if scores[k], err = ScorePairs(context.Background(), cs[0], cs[1], labels, x, Options{}); err != nil {
			t.Fatal(err)
		}
	}
	for k := range labels {
		if scores[0].Pairs[k] != scores[1].Pairs[k] {
			t.Fatalf("pair %d: %v before, %v after", k, scores[0].Pairs[k], scores[1].Pairs[k])
		}
	}
	if again.Summary.String() != m.Summary.String() || again.Summary.Recall() != m.Summary.Recall() {
		t.Errorf("summary %v before, %v after", &m.Summary, &again.Summary)
	}
}

func TestDamagedModelFile(t *testing.T) {
	data := modelBytes(t, smallModelCopy(t))
	for _, n := range []int{0, 3, 6, 9, 11, 100, len(data) / 2, len(data) - 1} {
		if _, err := UnmarshalModel(data[:n]); !errors.Is(err, ErrCorrupt) {
			t.Errorf("%d bytes of %d: %v", n, len(data), err)
		}
	}
	for _, at := range []int{20, len(data) / 3, len(data) - 2} {
		bad := bytes.Clone(data)
		bad[at] ^= 0x10
		if _, err := UnmarshalModel(bad); !errors.Is(err, ErrCorrupt) {
			t.Errorf("byte %d changed: %v", at, err)
		}
	}
	for version, says := range map[byte]string{1: "version 1", 2: "version 2", 4: "version 4"} {
		other := bytes.Clone(data)
		other[len(modelMagic)] = version
		if _, err := UnmarshalModel(other); !errors.Is(err, ErrVersion) || !strings.Contains(err.Error(), says) {
			t.Errorf("version %d: %v", version, err)
		}
	}
	// A length that would allocate gigabytes, under a checksum that fits.
	huge := bytes.Clone(data)
	binary.LittleEndian.PutUint32(huge[len(modelMagic)+2:], math.MaxUint32)
	if _, err := UnmarshalModel(resealed(huge)); !errors.Is(err, ErrCorrupt) {
		t.Errorf("an encoder of 4 GB: %v", err)
	}
}

// A model that passes its checksum and makes no sense is refused, not believed.
func TestSenselessModel(t *testing.T) {
	for name, spoil := range map[string]func(m *Model){
		"threshold above 1":         func(m *Model) { m.Scorer.threshold = 2 },
		"threshold not a number":    func(m *Model) { m.Scorer.threshold = math.NaN() },
		"slope not a number":        func(m *Model) { m.Scorer.slope = math.NaN() },
		"trust above 1":             func(m *Model) { m.Scorer.prior.learned = 1.5 },
		"trust not a number":        func(m *Model) { m.Scorer.prior.learned = math.NaN() },
		"usual prior not a number":  func(m *Model) { m.Scorer.prior.usual = math.NaN() },
		"no judgement":              func(m *Model) { m.Scorer.final = nil },
		"one judgement of two":      func(m *Model) { m.Scorer.first = nil },
		"usual row too short":       func(m *Model) { m.Scorer.usual = m.Scorer.usual[1:] },
		"tree that runs in circles": func(m *Model) { m.Scorer.final[0].boosting.trees = []tree{{{0, 0, 0, 0, 0, false}}} },
		"tree that leaves itself":   func(m *Model) { m.Scorer.final[0].boosting.trees = []tree{{{0, 0, 0, 1, 9, false}, {clue: -1}}} },
		"tree without a node":       func(m *Model) { m.Scorer.final[0].boosting.trees = []tree{{}} },
		"tree on a clue that is none": func(m *Model) {
			m.Scorer.final[0].boosting.trees = []tree{{{1 << 20, 0, 0, 1, 2, false}, {clue: -1}, {clue: -1}}}
		},
		"network of another width": func(m *Model) { m.Scorer.final[0].nets[0].sizes[0]++ },
		"network without weights":  func(m *Model) { m.Scorer.final[0].nets[0].params = nil },
		"weight not a number":      func(m *Model) { m.Scorer.final[0].nets[0].params[3] = float32(math.NaN()) },
		"knots that fall": func(m *Model) {
			m.Scorer.final[0].m.knots[0] = []float32{2, 1}
			m.Scorer.final[0].m.place[0] = []float32{0, 0}
		},
		"gap of no clue":          func(m *Model) { m.Scorer.final[0].m.gap = append(m.Scorer.final[0].m.gap, 1<<30) },
		"lexicon of another size": func(m *Model) { m.Scorer.final[0].linear.words = m.Scorer.final[0].linear.words[1:] },
	} {
		m := smallModelCopy(t)
		spoil(m)
		if _, err := UnmarshalModel(modelBytes(t, m)); !errors.Is(err, ErrCorrupt) {
			t.Errorf("%s: %v", name, err)
		}
	}
	m := smallModelCopy(t)
	m.Scorer.second[0] = "first.of.old"
	if _, err := UnmarshalModel(modelBytes(t, m)); !errors.Is(err, ErrVersion) {
		t.Errorf("evidence that is no more: %v", err)
	}
}

var trainedOnce []byte

// smallModelCopy gives a model that a test may spoil.
func smallModelCopy(t testing.TB) *Model {
	if trainedOnce == nil {
		smallModel(t)
	}
	m, err := UnmarshalModel(trainedOnce)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestModelOfOtherRecords(t *testing.T) {
	m := smallModelCopy(t)
	ctx := context.Background()
	other := record.Schema{{Name: "name", Kind: record.Text}, {Name: "maker", Kind: record.Text}, {Name: "price", Kind: record.Number}}
	left, right, _ := variantShops(24)
	cs := store(t, other, left, right)
	asked := []Label{{Left: 0, Right: 0}}
	if _, err := ScorePairs(ctx, cs[0], cs[1], asked, m, Options{}); !errors.Is(err, ErrModel) || !strings.Contains(err.Error(), "title") {
		t.Errorf("another schema: %v", err)
	}
	if _, err := Link(ctx, cs[0], cs[1], Options{Model: m}); !errors.Is(err, ErrModel) {
		t.Errorf("link with another schema: %v", err)
	}
	if _, err := Dedupe(ctx, cs[0], Options{Model: m}); !errors.Is(err, ErrModel) || !strings.Contains(err.Error(), "two collections") {
		t.Errorf("dedupe with a model of a link: %v", err)
	}
	cs, _ = openShops(t, 24)
	if _, err := ScorePairs(ctx, cs[0], cs[1], []Label{{Left: 0, Right: 24}}, m, Options{}); !errors.Is(err, ErrLabels) || !strings.Contains(err.Error(), "right record 24") {
		t.Errorf("a record that is not there: %v", err)
	}
	if _, err := ScorePairs(ctx, cs[0], cs[1], asked, nil, Options{}); !errors.Is(err, ErrModel) {
		t.Errorf("no model: %v", err)
	}
	if _, err := Link(ctx, cs[0], cs[1], Options{Model: &Model{Scorer: m.Scorer}}); !errors.Is(err, ErrOptions) {
		t.Errorf("half a model: %v", err)
	}
	empty := store(t, productSchema, nil, nil)
	if r, err := Link(ctx, empty[0], empty[1], Options{Model: m}); err != nil || len(r.Matches) != 0 {
		t.Errorf("nothing with nothing: %v", err)
	}
	if got, err := ScorePairs(ctx, cs[0], cs[1], nil, m, Options{}); err != nil || len(got.Pairs) != 0 {
		t.Errorf("no pairs: %v", err)
	}
}

// FuzzScorer reads the scorer's part of a model: the encoder's has a target of its own, and the checksum
// would keep all else out.
func FuzzScorer(f *testing.F) {
	s := smallModelCopy(f).Scorer
	s.first, s.final = s.first[:1], s.final[:1]
	w := &modelWriter{}
	w.scorer(s)
	f.Add(w.b[:len(w.b)/2], uint32(0), byte(0))
	for _, at := range []int{5, 40, 300, len(w.b) / 3, len(w.b) - 3000} {
		f.Add(w.b, uint32(at), byte(0x81))
	}
	f.Fuzz(func(t *testing.T, b []byte, at uint32, flip byte) {
		if len(b) > 0 {
			b = bytes.Clone(b)
			b[int(at)%len(b)] ^= flip
		}
		r := &modelReader{b: b}
		s := r.scorer()
		if r.bad || s.valid() != nil {
			return
		}
		// What is accepted works.
		if len(s.first) > 0 {
			meanLogits(s.first, make([]float32, len(s.clues)), make([][]uint16, 1))
		}
		meanLogits(s.final, make([]float32, len(s.usual)), make([][]uint16, 1))
	})
}
