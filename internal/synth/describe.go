package synth

// descriptionForm is how a merchant describes.
type descriptionForm uint8

const (
	describeSentence descriptionForm = iota // Kettle with limescale filter and cup. Colour: black. Model X123.
	describeList                            // limescale filter, black, 1.5 l, X123
	describePitch                           // Enjoy the limescale filter of this Heron kettle. Black. Model X123
	describeBars                            // 1.5 l | black | limescale filter | X123
)

// describe writes the description that the plan asks for.
func (w *writer) describe(q *product, s *style, p *plan) {
	start := len(w.buf)
	f := q.fam.features
	one, two := f[q.feature[1]], f[q.feature[2]]
	var between, label, end string
	switch s.description {
	case describeSentence:
		w.texts(q.fam.nouns[s.taxonomy], " with ", one)
		if one != two {
			w.texts(" and ", two)
		}
		between, label, end = ". ", "Model ", "."
	case describeList:
		w.text(one)
		between = ", "
	case describePitch:
		w.texts("you will like this ", q.brand.name, " ", q.fam.nouns[s.taxonomy], ": ", one)
		between, label, end = ". ", "Model: ", "!"
	case describeBars:
		w.text(one)
		if one != two {
			w.texts(" | ", two)
		}
		between = " | "
	}
	labelled := s.description == describeSentence
	for a := range q.fam.axes {
		if p.text>>a&1 != 0 {
			w.text(between)
			if labelled {
				w.texts(q.fam.axes[a].label, ": ")
			}
			w.value(q, s, a)
		}
	}
	if p.codeText != codeNone && q.fam.coded() {
		w.texts(between, label)
		w.code(q, p.codeText, s.sep)
	}
	w.text(end)
	if s.description != describeList {
		capitalise(w.buf[start:])
	}
}

func (w *writer) texts(parts ...string) {
	for _, s := range parts {
		w.text(s)
	}
}
