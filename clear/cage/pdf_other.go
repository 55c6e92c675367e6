//go:build !linux

package cage

// becomeShutIn needs Landlock.
func becomeShutIn(string, []string) int { return codeNotShutIn }
