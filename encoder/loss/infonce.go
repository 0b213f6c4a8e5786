package loss

import "math"

// infoNCE is the supervised contrastive loss of Khosla et al., NeurIPS 2020, eq. 2 (L_out):
// for each anchor the mean over its matches p of
//
//	-ln( e^(-d(p)/t) / sum over matches and non-matches a of e^(-d(a)/t) )
//
// With one match it is InfoNCE (van den Oord et al. 2018). An anchor without a match or
// without a non-match is no term.
func infoNCE(b Batch, o Options, grad []float64) (sum float64, terms int) {
	for a := range b.N {
		dist, rel, g := row(b, a, grad)
		nearest, matches, others, far := math.Inf(1), 0, 0, 0.
		for j, r := range rel {
			if r == Masked {
				continue
			}
			nearest = min(nearest, dist[j])
			if r == Match {
				matches++
				far += dist[j]
			} else {
				others++
			}
		}
		if matches == 0 || others == 0 {
			continue
		}
		var total float64 // of e^((nearest - d) / t): no term above 1
		for j, r := range rel {
			if r != Masked {
				g[j] = math.Exp((nearest - dist[j]) / o.Temperature)
				total += g[j]
			}
		}
		for j, r := range rel {
			if r == Masked {
				continue
			}
			g[j] = -g[j] / total / o.Temperature
			if r == Match {
				g[j] += 1 / float64(matches) / o.Temperature
			}
		}
		sum += (far/float64(matches)-nearest)/o.Temperature + math.Log(total)
		terms++
	}
	scaleAll(grad, terms)
	return sum / float64(max(terms, 1)), terms
}
