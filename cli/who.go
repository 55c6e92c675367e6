package cli

import (
	"os/user"
	"strings"

	"github.com/spf13/cobra"

	"constat.example/desk/casefile"
	"constat.example/internal/visible"
)

// acts makes cmd one whose acts are logged under a name, which --as gives.
func (a *app) acts(cmd *cobra.Command) {
	cmd.Flags().StringVar(&a.as, "as", "", "your `name` for the chain of custody, kept beside that of the account")
}

// who is who acts: the account, beside the name that was given and, under sudo,
// the account that asked for it.
func (a *app) who() casefile.Person {
	account := "unknown"
	if a.services.Account != nil {
		account = either(a.services.Account(), account)
	}
	if by := a.getenv("SUDO_USER"); by != "" {
		account += ", sudo by " + visible.Text(by, 40)
	}
	return casefile.Person{Account: visible.Text(account, 80), Name: visible.Text(strings.TrimSpace(a.as), 80)}
}

// account is the name of the operating system's user.
func account() string {
	u, err := user.Current()
	if err != nil {
		return ""
	}
	return visible.Text(u.Username, 80)
}
