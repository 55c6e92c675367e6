//go:build !linux

package cage

import "os"

// escapes is tried on Linux.
func escapes(*os.File) []string { return nil }
