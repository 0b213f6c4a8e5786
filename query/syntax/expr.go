package syntax

// Expr is an expression: it has a value for every record.
type Expr interface {
	// Pos is where to point at when it is wrong.
	Pos() Pos
	print(p *printer, outer int)
}

// Name is the name of a collection, a field, a class set or a model.
type Name struct {
	At     Pos
	Text   string
	Quoted bool // it was in double quotes
}

// Pos is where the name stands.
func (n Name) Pos() Pos { return n.At }

// LiteralKind says what a literal is.
type LiteralKind uint8

// The kinds of literals.
const (
	NullLiteral LiteralKind = iota
	TextLiteral
	NumberLiteral
	TrueLiteral
	FalseLiteral
)

// Literal is a value that is written down. Text is that of a text, or a number
// as it was written.
type Literal struct {
	At   Pos
	Kind LiteralKind
	Text string
}

// Param is ? or :name. Index counts the ? from 0; Name is "" for them.
type Param struct {
	At    Pos
	Name  string
	Index int
}

// Field is the value of a field, or of key or distance.
type Field struct{ Name }

// Op is an operator.
type Op uint8

// The operators. Those of [Binary] take values, of [Logic] truths.
const (
	Or Op = iota
	And
	Not
	Equal
	Unequal
	Less
	LessEqual
	Greater
	GreaterEqual
	Plus
	Minus
	Times
	Over
)

var opNames = [...]string{
	Or: "OR", And: "AND", Not: "NOT", Equal: "=", Unequal: "<>", Less: "<", LessEqual: "<=", Greater: ">",
	GreaterEqual: ">=", Plus: "+", Minus: "-", Times: "*", Over: "/",
}

// String is the operator as it is written.
func (o Op) String() string { return opNames[o] }

// Compares says whether the operator is one of = <> < <= > >=.
func (o Op) Compares() bool { return Equal <= o && o <= GreaterEqual }

// Unary is NOT x or -x.
type Unary struct {
	At Pos
	Op Op
	X  Expr
}

// Binary is x op y, a comparison or arithmetic. At is the operator's place.
type Binary struct {
	At   Pos
	Op   Op
	X, Y Expr
}

// Logic joins two or more truths by AND or by OR.
type Logic struct {
	At   Pos
	Op   Op
	Args []Expr
}

// In is x [NOT] IN (list).
type In struct {
	At   Pos
	X    Expr
	Not  bool
	List []Expr
}

// Between is x [NOT] BETWEEN low AND high, both included.
type Between struct {
	At        Pos
	X         Expr
	Not       bool
	Low, High Expr
}

// Like is x [NOT] LIKE pattern: % is any text, _ any character; case does not count.
type Like struct {
	At      Pos
	X       Expr
	Not     bool
	Pattern Expr
}

// IsNull is x IS [NOT] NULL.
type IsNull struct {
	At  Pos
	X   Expr
	Not bool
}

// Call is name(args), name(*) or name(DISTINCT arg).
type Call struct {
	Func     Name
	Star     bool
	Distinct bool
	Args     []Expr
}

// Pos is where the literal begins.
func (x *Literal) Pos() Pos { return x.At }

// Pos is where the parameter stands.
func (x *Param) Pos() Pos { return x.At }

// Pos is where the operator stands.
func (x *Unary) Pos() Pos { return x.At }

// Pos is where the operator stands.
func (x *Binary) Pos() Pos { return x.At }

// Pos is where the first operator stands.
func (x *Logic) Pos() Pos { return x.At }

// Pos is where IN stands.
func (x *In) Pos() Pos { return x.At }

// Pos is where BETWEEN stands.
func (x *Between) Pos() Pos { return x.At }

// Pos is where LIKE stands.
func (x *Like) Pos() Pos { return x.At }

// Pos is where IS stands.
func (x *IsNull) Pos() Pos { return x.At }

// Pos is where the function's name stands.
func (x *Call) Pos() Pos { return x.Func.At }

// Start is where an expression begins, which for an operator is its left side.
func Start(x Expr) Pos {
	switch x := x.(type) {
	case *Binary:
		return Start(x.X)
	case *Logic:
		return Start(x.Args[0])
	case *In:
		return Start(x.X)
	case *Between:
		return Start(x.X)
	case *Like:
		return Start(x.X)
	case *IsNull:
		return Start(x.X)
	}
	return x.Pos()
}
