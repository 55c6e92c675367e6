package cli

import (
	"os/user"
	"strings"

	"github.com/spf13/cobra"

	"constat.example/internal/visible"
)

// acts makes cmd one whose acts are logged under a name, which --as gives.
func (a *app) acts(cmd *cobra.Command) {
	cmd.Flags().StringVar(&a.as, "as", "", "your `name` for the chain of custody, kept beside that of the account")
}

// who is who acts: the account, beside the name that was given and, under sudo,
// the account that asked for it.
func (a *app) who() string {
	account := "unknown"
	if a.services.Account != nil {
		account = either(a.services.Account(), account)
	}
	if by := a.getenv("SUDO_USER"); by != "" {
		account += ", sudo by " + visible.Text(by, 40)
	}
	if name := strings.TrimSpace(a.as); name != "" {
		return visible.Text(name, 80) + " (" + account + ")"
	}
	return account
}

// account is the name of the operating system's user.
func account() string {
	u, err := user.Current()
	if err != nil {
		return ""
	}
	return visible.Text(u.Username, 80)
}
