package cli

import (
	"fmt"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"constat.example/internal/failure"
	"constat.example/internal/near"
	"constat.example/internal/visible"
)

// app is one run of the program.
type app struct {
	services Services
	ui       *ui
	getenv   func(string) string
	now      func() time.Time

	// Flags of every command.
	home           string
	identity       string
	passphraseFile string
	verbose        bool
	as             string // of commands that act
	store          string // of commands that act on a case
	about          string // case that a command worked on, where its words do not name it
}

// root builds the command tree of the services there are.
func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "constat COMMAND",
		Short: "Establish the facts behind a claim that personal data was stolen",
		Long: `Constat takes a claim that personal data was stolen and establishes the facts:
whose records are in the file that is offered, which fields, and whether the
values are those of today.

It compares the file with snapshots of your own register. Of both it keeps
tokens: numbers that stand for values and that nobody can read back without the
key. The file itself is kept as evidence, sealed; of the register nothing else
is kept.

First steps:
  1. constat demo                        see it done on invented people
  2. constat register import REGISTER    add a snapshot of your register
  3. constat assess DUMP                 compare the file with it`,
		Example: `  constat register import people.csv
  constat assess leak.csv.gz
  constat assess leak.csv.gz --json > assessment.json`,
		Version:       version(),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownVerb(cmd, args[0])
			}
			return cmd.Help()
		},
		CompletionOptions:          cobra.CompletionOptions{DisableDefaultCmd: true},
		SuggestionsMinimumDistance: 2,
	}
	root.SetIn(a.ui.in)
	root.SetOut(a.ui.out)
	root.SetErr(a.ui.err)
	root.SetVersionTemplate("constat {{.Version}}\n")
	root.SetFlagErrorFunc(flagError)
	flags := root.PersistentFlags()
	flags.StringVar(&a.home, "home", "", "`folder` of keys, register and cases (default $CONSTAT_HOME, else constat in the user's data folder)")
	flags.StringVar(&a.identity, "identity", "", "identity `file` that opens the keys (default $CONSTAT_IDENTITY_FILE, else the one in the home)")
	flags.StringVar(&a.passphraseFile, "passphrase-file", "", "`file` whose first line is the passphrase of the keys (default $CONSTAT_PASSPHRASE_FILE)")
	flags.BoolVarP(&a.verbose, "verbose", "v", false, "say on stderr how long each stage took")
	a.add(root, a.demo(), a.register(), a.assess(), a.trace(), a.watch(), a.link(), a.claim(), a.leaks(), a.owner(), a.honey(), a.cases(), a.report(), a.organisation(), a.exchange(), a.team(), a.storage(), a.verify(), a.ledger(), a.key(), a.drill(), a.completion(root), a.man(root))
	a.add(root, topics()...)
	root.SetHelpCommand(helpCommand(root))
	root.SetUsageTemplate(usage)
	return root
}

// add adds those of the commands that are there. A command is nil when the
// services it needs are.
func (a *app) add(parent *cobra.Command, commands ...*cobra.Command) {
	for _, command := range commands {
		if command != nil {
			command.DisableFlagsInUseLine = true
			parent.AddCommand(command)
		}
	}
}

// noun returns a command that only holds verbs, or nil when it would hold
// none.
func (a *app) noun(noun *cobra.Command, verbs ...*cobra.Command) *cobra.Command {
	a.add(noun, verbs...)
	if !noun.HasSubCommands() {
		return nil
	}
	noun.Args = cobra.ArbitraryArgs
	noun.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return unknownVerb(cmd, args[0])
		}
		return failure.New(failure.Usage, seeHelp(cmd), "%s needs to know what to do: %s", cmd.CommandPath(), strings.Join(verbNames(cmd), ", "))
	}
	return noun
}

// unknownVerb is the error of a word that is no command of cmd.
func unknownVerb(cmd *cobra.Command, word string) error {
	hint := seeHelp(cmd)
	if like := near.Word(word, append(verbNames(cmd), topicNames(cmd)...)); like != "" {
		hint = fmt.Sprintf("Did you mean %q? %s", like, hint)
	}
	what := "there is no command"
	if cmd.HasParent() {
		what = cmd.CommandPath() + " has no command"
	}
	return failure.New(failure.Usage, hint, "%s %q", what, visible.Text(word, 40))
}

// flagError is the error of a flag that is not understood.
func flagError(cmd *cobra.Command, err error) error {
	hint := seeHelp(cmd)
	if unknown, ok := strings.CutPrefix(err.Error(), "unknown flag: --"); ok {
		var names []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
		slices.Sort(names)
		if like := near.Word(unknown, names); like != "" {
			hint = fmt.Sprintf("Did you mean --%s? %s", like, hint)
		}
	}
	return failure.New(failure.Usage, hint, "%w", err)
}

func seeHelp(cmd *cobra.Command) string {
	if !cmd.HasParent() {
		return `See "constat help".`
	}
	return fmt.Sprintf("See %q.", cmd.CommandPath()+" --help")
}

// between checks the number of arguments; most < 0 is any number.
func between(least, most int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		write := fmt.Sprintf("Write it as %q.", cmd.UseLine())
		switch {
		case len(args) < least:
			return failure.New(failure.Usage, write, "%s needs %s", cmd.CommandPath(), what)
		case most == 0 && len(args) > 0:
			return failure.New(failure.Usage, seeHelp(cmd), "%s takes no arguments", cmd.CommandPath())
		case most >= 0 && len(args) > most:
			return failure.New(failure.Usage, write, "%s takes %s and nothing more", cmd.CommandPath(), what)
		}
		return nil
	}
}

// limits are the flags of commands that do heavy work.
type limits struct {
	memory  string
	threads int
}

func (l *limits) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&l.memory, "memory", "", "keep the process within this `size`, as 2GiB (default 1200MiB)")
	cmd.Flags().IntVar(&l.threads, "threads", 0, "use this `number` of threads (default all cores)")
}

// common gathers what every request carries. l is nil where the command does
// no heavy work.
func (a *app) common(l *limits) (Common, error) {
	home, err := a.homeDir()
	if err != nil {
		return Common{}, err
	}
	c := Common{
		Home:     home,
		Identity: either(a.identity, a.getenv("CONSTAT_IDENTITY_FILE")),
		Who:      a.who(),
		Store:    either(a.store, a.getenv("CONSTAT_STORE")),
		Progress: a.ui.progress(a.verbose, a.now),
		Now:      a.now,
		Say:      a.ui.say,
		Detail:   func(string) {},
	}
	if a.verbose {
		c.Detail = a.ui.say
	}
	file := either(a.passphraseFile, a.getenv("CONSTAT_PASSPHRASE_FILE"))
	c.PassphraseNamed = file != ""
	c.Passphrase = func() ([]byte, error) {
		if file != "" {
			return passphraseFile(file)
		}
		return a.ui.ask("Passphrase of the keys:")
	}
	if l == nil {
		return c, nil
	}
	if l.threads < 0 {
		return Common{}, failure.New(failure.Usage, "Leave --threads out to use all cores.", "--threads %d is not a number of threads", l.threads)
	}
	c.Threads = l.threads
	if l.memory != "" {
		if c.Memory, err = parseSize(l.memory); err != nil {
			return Common{}, failure.New(failure.Usage, "Leave --memory out to use 1200MiB.", "--memory: %w", err)
		}
	}
	return c, nil
}

// homeDir is where keys, register and cases are: --home, else $CONSTAT_HOME,
// else constat in the user's data folder (XDG Base Directory Specification,
// which has relative paths ignored).
func (a *app) homeDir() (string, error) {
	dir := either(a.home, a.getenv("CONSTAT_HOME"))
	if dir == "" {
		data := a.getenv("XDG_DATA_HOME")
		if !filepath.IsAbs(data) {
			user := a.getenv("HOME")
			if !filepath.IsAbs(user) {
				return "", failure.New(failure.Usage, "Name one with --home or $CONSTAT_HOME.", "no home folder is known for this user")
			}
			data = filepath.Join(user, ".local", "share")
		}
		dir = filepath.Join(data, "constat")
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("finding the home folder: %w", err)
	}
	return abs, nil
}

func either(first, second string) string {
	if first != "" {
		return first
	}
	return second
}

// version tells which build this is.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "(unknown build)"
	}
	text := info.Main.Version
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" && text == "(devel)" {
			text = setting.Value
		}
	}
	return text
}
