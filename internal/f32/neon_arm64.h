// Vector instructions that the Go assembler has no name for, by encoding.
// Operands are register numbers: d is the destination, n and m the sources.

// FADD d.4S, n.4S, m.4S
#define FADD4S(m, n, d) WORD $(0x4E20D400 | (m)<<16 | (n)<<5 | (d))
// FSUB d.4S, n.4S, m.4S: d = n - m
#define FSUB4S(m, n, d) WORD $(0x4EA0D400 | (m)<<16 | (n)<<5 | (d))
// FMUL d.4S, n.4S, m.4S
#define FMUL4S(m, n, d) WORD $(0x6E20DC00 | (m)<<16 | (n)<<5 | (d))
// FMAX d.4S, n.4S, m.4S: NaN where one is
#define FMAX4S(m, n, d) WORD $(0x4E20F400 | (m)<<16 | (n)<<5 | (d))
// FMAXV d.S, n.4S
#define FMAXV4S(n, d) WORD $(0x6E30F800 | (n)<<5 | (d))
// FCMGT d.4S, n.4S, m.4S: ones where n > m
#define FCMGT4S(m, n, d) WORD $(0x6EA0E400 | (m)<<16 | (n)<<5 | (d))
// FCMEQ d.4S, n.4S, m.4S: ones where n == m
#define FCMEQ4S(m, n, d) WORD $(0x4E20E400 | (m)<<16 | (n)<<5 | (d))
// BIC d.16B, n.16B, m.16B: d = n and not m
#define BIC16B(m, n, d) WORD $(0x4E601C00 | (m)<<16 | (n)<<5 | (d))
// FADDP d.S, n.2S: d = n[0] + n[1]
#define FADDP2S(n, d) WORD $(0x7E30D800 | (n)<<5 | (d))
// FMLA d.4S, n.4S, m.S[i]: d += n * m[i], with i = 2*h + l
#define FMLAEL(m, h, l, n, d) WORD $(0x4F801000 | (l)<<21 | (m)<<16 | (h)<<11 | (n)<<5 | (d))
// SMULL d.8H, n.8B, m.8B
#define SMULL8B(m, n, d) WORD $(0x0E20C000 | (m)<<16 | (n)<<5 | (d))
// SMULL2 d.8H, n.16B, m.16B: the upper halves
#define SMULL16B(m, n, d) WORD $(0x4E20C000 | (m)<<16 | (n)<<5 | (d))
// SADALP d.4S, n.8H: d += pairs of n
#define SADALP8H(n, d) WORD $(0x4E606800 | (n)<<5 | (d))
// SDOT d.4S, n.16B, m.16B
#define SDOT16B(m, n, d) WORD $(0x4E809400 | (m)<<16 | (n)<<5 | (d))

// ZERO8 clears the sums of one row, v0 to v7 of eight registers.
#define ZERO8(a, b, c, d, e, f, g, h) \
	VEOR a.B16, a.B16, a.B16 \
	VEOR b.B16, b.B16, b.B16 \
	VEOR c.B16, c.B16, c.B16 \
	VEOR d.B16, d.B16, d.B16 \
	VEOR e.B16, e.B16, e.B16 \
	VEOR f.B16, f.B16, f.B16 \
	VEOR g.B16, g.B16, g.B16 \
	VEOR h.B16, h.B16, h.B16

// SUM32 adds the 32 sums in registers v to v+7 to one in S(v), as the tree that
// all paths share. It uses V28.
#define SUM32(v, V) \
	FADD4S((v)+4, v, v)     \
	FADD4S((v)+5, (v)+1, (v)+1) \
	FADD4S((v)+6, (v)+2, (v)+2) \
	FADD4S((v)+7, (v)+3, (v)+3) \
	FADD4S((v)+2, v, v)     \
	FADD4S((v)+3, (v)+1, (v)+1) \
	FADD4S((v)+1, v, v)     \
	VEXT $8, V.B16, V.B16, V28.B16 \
	FADD4S(28, v, v)        \
	FADDP2S(v, v)
