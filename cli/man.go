package cli

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// man writes the reference from the help texts, so that there is one text. It
// is hidden: it is for those who package the program.
func (a *app) man(root *cobra.Command) *cobra.Command {
	var markdown bool
	cmd := &cobra.Command{
		Use:    "man DIR [flags]",
		Hidden: true,
		Short:  "Write the manual pages into a folder",
		Long: `Write one manual page for each command into a folder, which is made where it
does not exist; with --markdown, write the whole reference as one page of
Markdown to stdout instead.`,
		Example: `  constat man man/
  constat man --markdown > docs/cli.md`,
		Args: func(cmd *cobra.Command, args []string) error {
			if markdown {
				return between(0, 0, "")(cmd, args)
			}
			return between(1, 1, "one folder")(cmd, args)
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if markdown {
				_, err := fmt.Fprint(a.ui.out, reference(root))
				return writing(err)
			}
			if err := os.MkdirAll(args[0], 0o755); err != nil {
				return fmt.Errorf("making the folder of manual pages: %w", err)
			}
			root.DisableAutoGenTag = true
			// A fixed date: the same program gives the same pages.
			epoch := time.Unix(0, 0).UTC()
			header := &doc.GenManHeader{Section: "1", Source: "Constat", Manual: "Constat", Date: &epoch}
			if err := doc.GenManTree(root, header, args[0]); err != nil {
				return fmt.Errorf("writing the manual pages: %w", err)
			}
			return nil
		},
		ValidArgsFunction: cobra.FixedCompletions(nil, cobra.ShellCompDirectiveFilterDirs),
	}
	cmd.Flags().BoolVar(&markdown, "markdown", false, "write one page of Markdown to stdout")
	return cmd
}

// reference is the help of every command and topic as one page of Markdown, in
// the order of the tree.
func reference(root *cobra.Command) string {
	var b strings.Builder
	b.WriteString("# The commands of Constat\n\nMade from the help of the commands by `constat man --markdown`; do not edit.\n")
	var command func(cmd *cobra.Command)
	command = func(cmd *cobra.Command) {
		if cmd.Hidden {
			return
		}
		fmt.Fprintf(&b, "\n## %s\n\n%s.\n\n", cmd.CommandPath(), cmd.Short)
		fmt.Fprintf(&b, "```text\n%s\n```\n", strings.TrimSpace(cmd.Long))
		if cmd.Runnable() {
			fmt.Fprintf(&b, "\nUsage: `%s`\n", cmd.UseLine())
		}
		if flags := cmd.NonInheritedFlags(); flags.HasAvailableFlags() {
			fmt.Fprintf(&b, "\n```text\n%s```\n", flags.FlagUsages())
		}
		if cmd.HasExample() {
			fmt.Fprintf(&b, "\nExample:\n\n```sh\n%s\n```\n", unindent(cmd.Example))
		}
		for _, verb := range cmd.Commands() {
			command(verb)
		}
	}
	command(root)
	return b.String()
}

func unindent(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimPrefix(line, "  ")
	}
	return strings.Join(lines, "\n")
}
