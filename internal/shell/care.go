package shell

import (
	"context"
	"errors"
	"fmt"
)

// errDamaged ends a script: what comes after it should not build on a damaged file.
var errDamaged = errors.New("the file is damaged")

func (sh *Shell) dotCheck(ctx context.Context, args []string) error {
	if err := atMost(0, "check", args); err != nil {
		return err
	}
	report, err := sh.File.Check(ctx)
	if err != nil {
		return err
	}
	for _, p := range report.Problems {
		fmt.Fprintln(sh.out(), p)
	}
	fmt.Fprintf(sh.out(), "%d rows, %d vectors, %d problems\n", report.Rows, report.Vectors, len(report.Problems))
	if len(report.Problems) > 0 {
		return errDamaged
	}
	return nil
}
