package syntax

// Cardinality says how many partners a record may have.
type Cardinality uint8

// The cardinalities of LINK.
const (
	AnyCardinality Cardinality = iota // not said
	OneToOne
	OneToMany
	ManyToMany
)

// Link is LINK left TO right [ONE TO ONE] [THRESHOLD x] [USING model] [INTO destination].
type Link struct {
	At          Pos
	Left, Right Name
	Cardinality Cardinality
	Threshold   Expr // nil without
	Model       Model
	Into        Destination
}

// Destination is where a result goes: a file, a collection, or to the reader.
type Destination struct {
	File       Expr // nil without
	Collection Name // Text is "" without
}

// Pos is where the statement begins.
func (s *Link) Pos() Pos { return s.At }

func (p *parser) link(pos Pos) Statement {
	s := &Link{At: pos, Left: p.name(aCollection)}
	p.needWords(kwTo)
	s.Right = p.name(aCollection)
	s.Cardinality = p.cardinality()
	s.Threshold = p.threshold()
	s.Model = p.model()
	s.Into = p.destination()
	p.end()
	return s
}

func (p *parser) cardinality() Cardinality {
	switch {
	case p.acceptWord(kwOne):
		p.needWords(kwTo)
		if p.acceptWord(kwMany) {
			return OneToMany
		}
		p.needWords(kwOne)
		return OneToOne
	case p.acceptWord(kwMany):
		p.needWords(kwTo, kwMany)
		return ManyToMany
	}
	return AnyCardinality
}

func (p *parser) threshold() Expr {
	if p.acceptWord(kwThreshold) {
		return p.value(aNumber)
	}
	return nil
}

func (p *parser) destination() (d Destination) {
	if !p.acceptWord(kwInto) {
		return d
	}
	if p.acceptWord(kwCollection) {
		d.Collection = p.name(aCollection)
		return d
	}
	d.File = p.value(aFile)
	return d
}

func (d Destination) print(p *printer) {
	p.clause("INTO", d.File)
	if d.Collection.Text != "" {
		p.words("INTO COLLECTION")
		p.name(d.Collection)
	}
}

func (s *Link) print(p *printer) {
	p.words("LINK")
	p.name(s.Left)
	p.words("TO")
	p.name(s.Right)
	switch s.Cardinality {
	case OneToOne:
		p.words("ONE TO ONE")
	case OneToMany:
		p.words("ONE TO MANY")
	case ManyToMany:
		p.words("MANY TO MANY")
	}
	p.clause("THRESHOLD", s.Threshold)
	p.model(s.Model)
	s.Into.print(p)
}
