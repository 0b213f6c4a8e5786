package measure

import "testing"

func TestRankingByHand(t *testing.T) {
	rs := []Ranking{
		{Hits: []bool{false, true, false, true}, Relevant: 2}, // R = 2: (0 + 1/2) / 2
		{Hits: []bool{true, false}, Relevant: 1},              // 1
		{Hits: []bool{false, false}, Relevant: 1},             // never found: 0
		{Hits: []bool{true, true, true}, Relevant: 4},         // found fewer answers than there are: 3/4
		{Hits: []bool{false}, Relevant: 0},                    // nothing to find: left out
	}
	for what, v := range map[string][2]float64{
		"recall@0":  {RecallAt(rs, 0), 0},
		"recall@1":  {RecallAt(rs, 1), 2. / 8},
		"recall@2":  {RecallAt(rs, 2), 4. / 8},
		"recall@9":  {RecallAt(rs, 9), 6. / 8},
		"P@1":       {PrecisionAt1(rs), 2. / 4},
		"MRR":       {MRR(rs), (1./2 + 1 + 0 + 1) / 4},
		"MAP@R":     {MAPAtR(rs), (1./4 + 1 + 0 + 3./4) / 4},
		"none":      {MRR(rs[4:]), nan},
		"no recall": {RecallAt(rs[4:], 3), nan},
		"no P@1":    {PrecisionAt1(nil), nan},
		"no MAP@R":  {MAPAtR(nil), nan},
		"empty":     {MRR([]Ranking{{Relevant: 1}}), 0},
	} {
		if !close2(v[0], v[1]) {
			t.Errorf("%s is %v, want %v", what, v[0], v[1])
		}
	}
}

func TestTripletsByHand(t *testing.T) {
	// Record 7: matches .9 and .4 against non-matches .5 and .4: .9 beats both, .4
	// loses one and ties one: 2.5 of 4. Record 8 has no match, record 9 one triplet
	// that NaN loses.
	anchor := []uint32{7, 8, 7, 7, 9, 7, 9}
	score := []float64{.9, .3, .5, .4, nan, .4, .1}
	match := []bool{true, false, false, true, true, false, false}
	if got := TripletAccuracy(anchor, score, match); !close2(got, 2.5/5) {
		t.Errorf("%v, want .5", got)
	}
	if got := TripletAccuracy(anchor[:2], score[:2], match[:2]); !close2(got, nan) {
		t.Errorf("no triplet gives %v", got)
	}
}

func TestCandidatesByHand(t *testing.T) {
	vectors := [][]uint32{{3, 1, 2}, {0}, nil}
	words := [][]uint32{{1, 4}, {2, 0}, {5}}
	truth := [][2]uint32{{0, 2}, {0, 4}, {1, 2}, {2, 0}}
	for _, c := range []struct {
		k             int
		views         [][][]uint32
		recall, mean_ float64
	}{
		{3, [][][]uint32{vectors}, 1. / 4, 4. / 3},
		{1, [][][]uint32{vectors, words}, 1. / 4, 5. / 3}, // {3,1} {0,2} {5}
		{3, [][][]uint32{vectors, words}, 3. / 4, 7. / 3}, // {3,1,2,4} {0,2} {5}
		{0, [][][]uint32{vectors, words}, 0, 0},
	} {
		got := Candidates(truth, c.k, c.views...)
		if !close2(got.Recall, c.recall) || !close2(got.PerRecord, c.mean_) {
			t.Errorf("k %d: %+v, want %v and %v", c.k, got, c.recall, c.mean_)
		}
	}
	if got := Candidates(nil, 1, vectors); !close2(got.Recall, nan) {
		t.Errorf("nothing to find: %v", got.Recall)
	}
}
