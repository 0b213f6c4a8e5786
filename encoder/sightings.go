package encoder

import (
	"slices"
	"sync"
)

// sightings remembers the pictures of records after they were looked at.
type sightings struct {
	once   []sync.Once
	values [][]string // of the image fields of a record, once it was asked for
}

func newSightings(n int) *sightings {
	return &sightings{once: make([]sync.Once, n), values: make([][]string, n)}
}

// row gives the values of record i with its pictures looked at.
func (s *sightings) row(i int, values []string, fields []int) []string {
	s.once[i].Do(func() {
		for _, f := range fields {
			s.values[i] = append(s.values[i], Looked(values[f]))
		}
	})
	out := slices.Clone(values)
	for k, f := range fields {
		out[f] = s.values[i][k]
	}
	return out
}
