package shell

import (
	"context"
	"errors"
	"fmt"
	"os"
)

func (sh *Shell) dotMode(_ context.Context, args []string) error {
	if err := atMost(1, "mode", args); err != nil {
		return err
	}
	if len(args) == 0 {
		fmt.Fprintln(sh.out(), sh.Mode)
		return nil
	}
	m, err := ParseMode(args[0])
	if err != nil {
		return fmt.Errorf(".mode: %w", err)
	}
	sh.Mode = m
	return nil
}

func (sh *Shell) dotTimer(_ context.Context, args []string) error {
	if len(args) != 1 || args[0] != "on" && args[0] != "off" {
		return errors.New(".timer takes on or off")
	}
	sh.timer = args[0] == "on"
	return nil
}

// dotOutput sends answers to a file. It is written as they come: what a failing statement gave
// before it failed is in it.
func (sh *Shell) dotOutput(_ context.Context, args []string) error {
	if err := atMost(1, "output", args); err != nil {
		return err
	}
	if err := sh.Close(); err != nil {
		return fmt.Errorf(".output: %w", err)
	}
	if len(args) == 0 || args[0] == "stdout" || args[0] == "-" {
		return nil
	}
	if info, err := os.Stat(sh.File.Path()); err == nil {
		if other, err := os.Stat(args[0]); err == nil && os.SameFile(info, other) {
			return fmt.Errorf(".output: %s is the file that is open; name another", args[0])
		}
	}
	f, err := os.Create(args[0])
	if err != nil {
		return plain(args[0], err, "name a file in a directory that is there")
	}
	sh.output = f
	return nil
}

func (sh *Shell) dotRead(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return errors.New(".read needs the name of a file")
	}
	if err := atMost(1, "read", args); err != nil {
		return err
	}
	return sh.read(ctx, args[0])
}
