//go:build !linux

package db

// lockHolders says which processes hold a lock on the file at path: this system
// does not tell.
func lockHolders(string) []string { return nil }
