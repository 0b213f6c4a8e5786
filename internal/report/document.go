package report

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
)

//go:embed parts.html.tmpl
var partsText string

//go:embed report.html.tmpl
var documentText string

//go:embed evaluation.html.tmpl
var evaluationText string

//go:embed contact.html.tmpl
var contactText string

//go:embed det.svg.tmpl
var detText string

//go:embed learning.svg.tmpl
var learningText string

//go:embed style.css
var style string

//go:embed script.js
var script string

// parts is what the pages share. A template that does not parse is our mistake,
// found by any test, so it panics at start.
var parts = template.Must(template.New("parts").Funcs(template.FuncMap{
	"style":  func() template.CSS { return template.CSS(style) },
	"script": func() template.JS { return template.JS(script) },
	"policy": func() template.HTML { return policy },
	"count":  formatCount,
}).Parse(partsText))

// The pages: about a run, about how good scores are, and about pictures.
var (
	document       = template.Must(template.Must(parts.Clone()).New("report").Parse(documentText))
	evaluationPage = template.Must(template.Must(parts.Clone()).New("evaluation").Parse(evaluationText))
	contactPage    = template.Must(template.Must(parts.Clone()).New("contact").Parse(contactText))
	detFigure      = template.Must(template.Must(parts.Clone()).New("det").Parse(detText))
	learningFigure = template.Must(template.Must(parts.Clone()).New("learning").Parse(learningText))
)

// policy lets the browser run our one script, by hash, and load nothing at
// all: a second wall behind escaping, should a cell ever get through it. It is
// a whole element because html/template refuses to fill a meta content.
var policy = template.HTML(`<meta http-equiv="Content-Security-Policy" content="default-src 'none'; ` +
	`img-src data:; style-src 'unsafe-inline'; script-src 'sha256-` + scriptHash() + `'; base-uri 'none'; form-action 'none'">`)

func scriptHash() string {
	sum := sha256.Sum256([]byte(script))
	return base64.StdEncoding.EncodeToString(sum[:])
}
