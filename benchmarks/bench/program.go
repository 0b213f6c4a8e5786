package bench

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"runtime"
)

// Build compiles doppel into a folder and gives the path of the program. It runs in the root of the module.
func Build(dir string) (string, error) {
	bin := filepath.Join(dir, "doppel")
	if runtime.GOOS == "windows" {
		bin += ".exe"
	}
	if msg, err := exec.Command("go", "build", "-o", bin, "./cmd/doppel").CombinedOutput(); err != nil {
		return "", fmt.Errorf("building doppel: %w\n%s", err, msg)
	}
	return bin, nil
}
