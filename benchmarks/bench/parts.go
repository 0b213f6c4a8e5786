package bench

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
)

// Part is one section of a report.
type Part struct {
	Name, Title string
	Run         func(ctx context.Context, w *bytes.Buffer) error
}

// Names lists the parts for the help of a flag.
func Names(parts []Part) string {
	names := make([]string, len(parts))
	for i, p := range parts {
		names[i] = p.Name
	}
	return strings.Join(names, ", ")
}

// Report runs the parts, or the one called only, prints what they wrote behind the head, and writes it
// to a file unless it is one part alone. The file grows with each part, so that an
// interrupted run leaves what it has. A part that fails says so in its place, and the others go on.
func Report(ctx context.Context, head, file, only string, parts []Part) error {
	w := bytes.NewBufferString(head)
	known := only == ""
	for _, p := range parts {
		if only != "" && p.Name != only {
			continue
		}
		known = true
		fmt.Fprintf(os.Stderr, "%s ...\n", p.Title)
		fmt.Fprintf(w, "\n## %s\n\n", p.Title)
		if err := p.Run(ctx, w); err != nil {
			fmt.Fprintf(w, "not measured: %v\n", err)
			fmt.Fprintln(os.Stderr, "  ", err)
		}
		if only != "" {
			continue
		}
		if err := os.WriteFile(file, w.Bytes(), 0o644); err != nil {
			return err
		}
	}
	if !known {
		return fmt.Errorf("there is no part %q: use one of %s", only, Names(parts))
	}
	fmt.Print(w.String())
	return nil
}
