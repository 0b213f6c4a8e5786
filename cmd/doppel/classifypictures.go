package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"github.com/doppeldb/doppel/db"
	"github.com/doppeldb/doppel/encoder"
	"github.com/doppeldb/doppel/internal/table"
	"github.com/doppeldb/doppel/query/gallery"
	"github.com/doppeldb/doppel/record"
	"github.com/doppeldb/doppel/record/picture"
)

// pictureAnswer is what one picture was taken for.
type pictureAnswer struct {
	name string
	got  *db.Classification
	err  error // the picture cannot be read
}

// runPictures classifies pictures by a folder of supports: in a temporary file, the way classify does
// it in one that is kept.
func (k *classifier) runPictures(ctx context.Context, queries []string) (err error) {
	o, err := k.pictureOptions(queries)
	if err != nil {
		return err
	}
	model, err := readPictureModel(k.model)
	if err != nil {
		return err
	}
	var rows *table.Writer
	if k.out != "" {
		if rows, err = table.Create(k.out, k.stdout); err != nil {
			return err
		}
		defer rows.Abort()
	}
	file, c, err := k.supportCollection(ctx, model)
	if err != nil {
		return err
	}
	defer file.Close()
	answers, err := k.classifyFiles(ctx, c, queries, o)
	if err != nil {
		return err
	}
	if rows != nil {
		if err := writeAnswers(rows, answers); err != nil {
			return err
		}
	}
	if err := k.printAnswers(answers); err != nil {
		return err
	}
	unreadable := 0
	for _, a := range answers {
		unreadable += index(a.err != nil)
	}
	if unreadable > 0 {
		return fmt.Errorf("%s could not be read", count(unreadable, "picture", "pictures"))
	}
	return nil
}

func (k *classifier) pictureOptions(queries []string) (o db.ClassifyOptions, err error) {
	switch {
	case k.dbPath != "" || k.name != "" || k.set != "":
		return o, usagef("--supports takes the classes from a folder: leave --db, --collection and --set out")
	case k.key != "" || len(k.fields) > 0:
		return o, usagef("--supports goes with pictures, not with --record and --field")
	case len(queries) == 0:
		return o, usagef("classify --supports needs a picture, or a folder of pictures, to classify")
	case k.out == "-" && k.json:
		return o, usagef("-o - and --json both go to stdout; use one of them")
	}
	return k.options()
}

// supportCollection makes a temporary file with the classes of the folder.
func (k *classifier) supportCollection(ctx context.Context, model *gallery.Model) (*db.DB, *db.Collection, error) {
	set, err := pictureRead{k.app, k.strict, k.threads}.set(ctx, k.supports)
	if err != nil {
		return nil, nil, err
	}
	if err := set.Copies(); err != nil {
		return nil, nil, err
	}
	for c, name := range set.Names {
		if name == "" {
			return nil, nil, fmt.Errorf("%s: %s is in no folder of its own; a folder per class is wanted, its name is the class", k.supports, set.First(c))
		}
	}
	if len(set.Names) == 1 {
		k.warn("%s: there is one class, %q; what is not of it can be told only by how far its pictures are from each other", k.supports, set.Names[0])
	}
	var e *encoder.Encoder
	if model != nil {
		e = model.Encoder
	} else if e, err = set.ZeroLabel(ctx, k.threads); err != nil {
		return nil, nil, err
	}
	file, err := db.OpenTemp()
	if err != nil {
		return nil, nil, fmt.Errorf("no temporary file for the work: %w; set TMPDIR to a directory with space", plainCause(err))
	}
	c, err := supportClasses(ctx, file, set, e)
	if err != nil {
		file.Close()
		return nil, nil, err
	}
	k.say("%s: %s%s", k.supports, countPictures(set), map[bool]string{true: "", false: "; no --model: compared by what they look like"}[model != nil])
	return file, c, nil
}

// supportClasses puts a set into a new collection, as classes.
func supportClasses(ctx context.Context, file *db.DB, set *gallery.Set, e *encoder.Encoder) (*db.Collection, error) {
	c, err := file.Create("pictures", e.Schema())
	if err != nil {
		return nil, err
	}
	if err := c.SetEncoder(ctx, e); err != nil {
		return nil, err
	}
	byClass := make([][]record.Record, len(set.Names))
	for _, p := range set.Pictures {
		byClass[p.Class] = append(byClass[p.Class], record.Record{Key: p.Name, Values: []string{p.Value}})
	}
	for class, records := range byClass {
		if err := c.AddSupports(ctx, "", set.Names[class], records...); err != nil {
			return nil, fmt.Errorf("class %q: %w", set.Names[class], err)
		}
	}
	return c, nil
}

// classifyFiles asks about every picture of the paths.
func (k *classifier) classifyFiles(ctx context.Context, c *db.Collection, paths []string, o db.ClassifyOptions) (out []pictureAnswer, err error) {
	for _, path := range paths {
		info, err := os.Stat(path)
		if err == nil && info.IsDir() {
			set, err := pictureRead{k.app, k.strict, k.threads}.set(ctx, path)
			if err != nil {
				return nil, err
			}
			for _, p := range set.Pictures {
				got, err := c.Classify(ctx, []string{p.Value}, &o)
				if err != nil {
					return nil, err
				}
				out = append(out, pictureAnswer{name: filepath.Join(path, filepath.FromSlash(p.Name)), got: got})
			}
			continue
		}
		a := pictureAnswer{name: path}
		value, err := packedFile(path)
		if err != nil {
			a.err = err
			k.warn("%v", err)
		} else if a.got, err = c.Classify(ctx, []string{value}, &o); err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, nil
}

// packedFile reads a picture as the value of a field. It must be one that can be decoded.
func packedFile(path string) (string, error) {
	p, err := gallery.ReadFile(path)
	if err != nil {
		return "", err
	}
	return p.Value, nil
}

// taken is the class of an answer, "" for none of these.
func (a pictureAnswer) taken() string {
	if a.err != nil || a.got.None {
		return ""
	}
	return a.got.Classes[0].Class
}

// closest is the first class of an answer.
func (a pictureAnswer) closest() (hit db.ClassHit, ok bool) {
	if a.err != nil || len(a.got.Classes) == 0 {
		return hit, false
	}
	return a.got.Classes[0], true
}

func writeAnswers(w *table.Writer, answers []pictureAnswer) error {
	if err := w.WriteHeader([]string{"picture", "class", "closest", "confidence", "distance", "threshold", "support"}); err != nil {
		return err
	}
	number := func(x float64) string { return strconv.FormatFloat(x, 'f', 6, 64) }
	for _, a := range answers {
		row := []string{a.name, a.taken(), "", "", "", "", ""}
		if hit, ok := a.closest(); ok {
			row = []string{a.name, a.taken(), hit.Class, number(hit.Confidence), number(float64(hit.Distance)), number(float64(hit.Threshold)), picture.Name(hit.Support)}
		}
		if err := w.WriteRow(row); err != nil {
			return err
		}
	}
	return w.Commit()
}

// jsonPicture is one picture of what --json prints.
type jsonPicture struct {
	Picture string `json:"picture"`
	Error   string `json:"error,omitempty"`
	*jsonClassification
}

func (k *classifier) printAnswers(answers []pictureAnswer) error {
	if k.json {
		out := []jsonPicture{}
		for _, a := range answers {
			p := jsonPicture{Picture: a.name}
			if a.err != nil {
				p.Error = a.err.Error()
			} else {
				p.jsonClassification = newJSONClassification(a.got)
			}
			out = append(out, p)
		}
		return writeIndented(k.stdout, out)
	}
	if k.out == "-" {
		return nil
	}
	g := newGrid(k.app, "picture", "class", "confidence", "distance", "up to", "").numbers(2, 3, 4)
	for _, a := range answers {
		hit, ok := a.closest()
		switch {
		case a.err != nil:
			g.add(a.name, "cannot be read")
		case !ok:
			g.add(a.name, "none of these", "", "", "", "nothing to see on it")
		case a.got.None:
			g.add(a.name, "none of these", "", decimal(float64(hit.Distance)), decimal(float64(hit.Threshold)), "closest is "+hit.Class)
		default:
			g.add(a.name, hit.Class, decimal(hit.Confidence), decimal(float64(hit.Distance)), decimal(float64(hit.Threshold)), "like "+hit.Support)
		}
	}
	_, err := io.WriteString(k.stdout, g.String())
	return err
}

// decimal writes a number for a reader.
func decimal(x float64) string { return strconv.FormatFloat(x, 'f', 3, 64) }
