package db

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// lockHolders says which processes hold a lock on the file at path, as the
// kernel tells; nothing where it does not. A line of /proc/locks is
//
//	1: FLOCK  ADVISORY  WRITE 1234 08:02:131 0 EOF
//
// with the process that took the lock and the device and inode of the file. The
// device of some file systems is another than stat's, so the inode decides, and of
// a process that may be looked into, its open files.
func lockHolders(path string) []string {
	info, err := os.Stat(path)
	if err != nil {
		return nil
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return nil
	}
	locks, err := os.Open("/proc/locks")
	if err != nil {
		return nil
	}
	defer locks.Close()
	inode := ":" + strconv.FormatUint(stat.Ino, 10)
	var out []string
	for lines := bufio.NewScanner(locks); lines.Scan(); {
		f := strings.Fields(lines.Text())
		if len(f) < 6 || f[1] != "FLOCK" || !strings.HasSuffix(f[5], inode) {
			continue
		}
		pid, err := strconv.Atoi(f[4])
		if err != nil || pid <= 0 || !hasOpen(pid, info) {
			continue
		}
		out = append(out, describe(pid, f[3] == "WRITE"))
	}
	return out
}

// hasOpen says whether a process has the file open; true if it may not be looked into.
func hasOpen(pid int, file os.FileInfo) bool {
	dir := fmt.Sprintf("/proc/%d/fd", pid)
	entries, err := os.ReadDir(dir)
	if err != nil {
		return true
	}
	for _, e := range entries {
		if info, err := os.Stat(filepath.Join(dir, e.Name())); err == nil && os.SameFile(info, file) {
			return true
		}
	}
	return false
}

func describe(pid int, writes bool) string {
	how := "to read"
	if writes {
		how = "to write"
	}
	if pid == os.Getpid() {
		return "this process has it open " + how
	}
	program := ""
	if name, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid)); err == nil {
		program = " (" + strings.TrimSpace(string(name)) + ")"
	}
	return fmt.Sprintf("process %d%s has it open %s", pid, program, how)
}
