package cli

// wired returns the services of the program as it stands: the one place where
// commands meet what they run on, and where a concrete engine is chosen.
func wired() Services {
	return Services{}
}
