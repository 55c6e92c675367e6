package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"constat.example/desk/evidence"
	"constat.example/internal/failure"
	"constat.example/internal/visible"
)

// shells are the shells completions are written for.
var shells = []string{"bash", "zsh", "fish", "powershell"}

func (a *app) completion(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:   "completion SHELL",
		Short: "Print the completion script of a shell",
		Long: `Print a script that teaches a shell to complete commands, flags, cases and
columns: bash, zsh, fish or powershell.`,
		Example: `  source <(constat completion bash)
  constat completion fish > ~/.config/fish/completions/constat.fish`,
		ValidArgs: shells,
		Args:      between(1, 1, "one shell: "+strings.Join(shells, ", ")),
		RunE: func(_ *cobra.Command, args []string) error {
			w := a.ui.out
			switch args[0] {
			case "bash":
				return writing(root.GenBashCompletionV2(w, true))
			case "zsh":
				return writing(root.GenZshCompletion(w))
			case "fish":
				return writing(root.GenFishCompletion(w, true))
			case "powershell":
				return writing(root.GenPowerShellCompletionWithDesc(w))
			}
			return failure.New(failure.Usage, "The shells are "+strings.Join(shells, ", ")+".", "there is no completion for %q", visible.Text(args[0], 40))
		},
	}
}

// complete sets how a flag's value is completed.
func complete(cmd *cobra.Command, flag string, how cobra.CompletionFunc) {
	if err := cmd.RegisterFlagCompletionFunc(flag, how); err != nil {
		panic(err) // the flag does not exist: a mistake in the command's own lines
	}
}

func completeFiles(cmd *cobra.Command, flag string, extensions ...string) {
	complete(cmd, flag, cobra.FixedCompletions(extensions, cobra.ShellCompDirectiveFilterFileExt))
}

// completeCases completes --case with the cases of the home.
func (a *app) completeCases(cmd *cobra.Command) {
	complete(cmd, "case", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) { return a.caseIDs() })
}

func (a *app) caseIDs() ([]string, cobra.ShellCompDirective) {
	home, err := a.homeDir()
	if err != nil || a.services.Cases == nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	cases, err := a.services.Cases(home)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return cases, cobra.ShellCompDirectiveNoFileComp
}

// caseArgument completes a first argument with the cases of the home.
func (a *app) caseArgument(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return a.caseIDs()
}

// originalArgument completes a case, and after it the SHA-256 of its originals.
func (a *app) originalArgument(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return a.caseIDs()
	}
	common, err := a.common(nil)
	if err != nil || len(args) > 1 || a.services.ShowCase == nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	view, err := a.services.ShowCase(cmd.Context(), CaseRequest{Common: common, Case: args[0]})
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var sums []string
	for _, o := range view.Evidence {
		if o.State != string(evidence.StateDiscarded) {
			sums = append(sums, o.SHA256[:12]+"\t"+visible.Text(o.Name, 60))
		}
	}
	return sums, cobra.ShellCompDirectiveNoFileComp
}

// completeColumns completes a flag with the columns of the source named.
func (a *app) completeColumns(cmd *cobra.Command, flag string) {
	complete(cmd, flag, func(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(args) != 1 || a.services.SourceColumns == nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		columns, err := a.services.SourceColumns(cmd.Context(), args[0])
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return columns, cobra.ShellCompDirectiveNoFileComp
	})
}
