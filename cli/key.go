package cli

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"constat.example/internal/failure"
)

func (a *app) key() *cobra.Command {
	return a.noun(&cobra.Command{
		Use:   "key COMMAND",
		Short: "Make and keep the keys that tokens are made with",
		Long: `A key turns personal values into tokens. Whoever has it can tell by trial which
values tokens stand for; without it they say nothing. It is kept in the home,
encrypted with age for an identity file or under a passphrase.

If the key is lost the register has to be imported anew: keep a copy of the
identity file or of the passphrase away from this machine.`,
		Example: `  constat key new
  constat key list`,
	}, a.keyNew(), a.keyRotate(), a.keyList())
}

func (a *app) keyNew() *cobra.Command {
	return a.keyVerb(a.services.NewKey, &cobra.Command{
		Use:   "new [flags]",
		Short: "Make a key",
		Long: `Make a key and use it from now on. It is kept under an identity file, which is
made in the home where there is none, or under a passphrase with --passphrase
(typed on the terminal) or --passphrase-file.

A register belongs to one key: a new key is for a new register. The first
import makes a key by itself where there is none.`,
		Example: `  constat key new
  constat key new --passphrase
  constat key new --home /srv/constat --passphrase-file /run/secrets/constat`,
	}, "keep the key under a passphrase typed on the terminal", func(c Common, wanted bool) func() ([]byte, error) {
		switch {
		case c.PassphraseNamed:
			return c.Passphrase
		case wanted:
			return a.ui.askTwice
		}
		return nil
	})
}

func (a *app) keyRotate() *cobra.Command {
	var newFile string
	cmd := a.keyVerb(a.services.RotateKey, &cobra.Command{
		Use:   "rotate [flags]",
		Short: "Keep the current key under a new identity or passphrase",
		Long: `Encrypt the current key anew: under a new identity file, or under a passphrase
with --passphrase (typed on the terminal) or --new-passphrase-file. What opened
it before no longer does. The key itself and every token stay as they are.

Rotate when somebody who could open the key leaves, or when the identity file
or the passphrase may have been seen. Copies made of the home before then can
still be opened with the old one.`,
		Example: `  constat key rotate
  constat key rotate --passphrase
  constat key rotate --passphrase-file old --new-passphrase-file new`,
	}, "keep the key under a new passphrase typed on the terminal", func(_ Common, wanted bool) func() ([]byte, error) {
		switch {
		case newFile != "":
			return func() ([]byte, error) { return passphraseFile(newFile) }
		case wanted:
			return a.ui.askTwice
		}
		return nil
	})
	if cmd != nil {
		cmd.Flags().StringVar(&newFile, "new-passphrase-file", "", "`file` whose first line is the new passphrase")
	}
	return cmd
}

// keyVerb completes a command that makes or rotates a key. to says, once flags
// are read, how to get the passphrase the key is to be kept under.
func (a *app) keyVerb(service func(context.Context, KeyRequest) (*Key, error), cmd *cobra.Command, usage string, to func(c Common, wanted bool) func() ([]byte, error)) *cobra.Command {
	if service == nil {
		return nil
	}
	var wanted, asJSON bool
	cmd.Args = between(0, 0, "")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		common, err := a.common(nil)
		if err != nil {
			return err
		}
		key, err := service(cmd.Context(), KeyRequest{Common: common, ToPassphrase: to(common, wanted)})
		if err != nil {
			return err
		}
		for _, warning := range key.Warnings {
			a.ui.warn(warning)
		}
		if asJSON {
			return a.printJSON(key)
		}
		return a.print(func(w io.Writer) { keyFacts(w, key, a.ui.outStyle) })
	}
	cmd.Flags().BoolVar(&wanted, "passphrase", false, usage)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print as JSON")
	return cmd
}

func keyFacts(w io.Writer, key *Key, s style) {
	f := newFacts(s)
	f.add("key", key.ID)
	f.add("kept by", key.KeptBy)
	f.add("file", key.Path)
	if key.Identity != "" {
		f.add("identity", key.Identity)
	}
	f.write(w, "")
	if key.Identity != "" {
		fmt.Fprintln(w, "\nName an identity file that is kept elsewhere with --identity or\n$CONSTAT_IDENTITY_FILE.")
	}
}

// keyWarnings tells what is wrong with the way keys are kept.
func (a *app) keyWarnings(keys []Key) error {
	n := int64(0)
	for _, key := range keys {
		for _, warning := range key.Warnings {
			a.ui.warn(warning)
			n++
		}
	}
	if n == 0 {
		return nil
	}
	return failure.New(failure.Attention, "", "%s about the way keys are kept, said above", plural(n, "warning"))
}

func (a *app) keyList() *cobra.Command {
	if a.services.ListKeys == nil {
		return nil
	}
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list [flags]",
		Short: "List the keys, oldest first",
		Long: `List the keys of the home: the id of each, when it was made, whether an identity
file or a passphrase opens it, and which one is in use. None is opened.`,
		Example: `  constat key list
  constat key list --json`,
		Args: between(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			common, err := a.common(nil)
			if err != nil {
				return err
			}
			keys, err := a.services.ListKeys(cmd.Context(), common)
			if err != nil {
				return err
			}
			switch {
			case asJSON:
				err = a.printJSON(orEmpty(keys))
			case len(keys) == 0:
				a.ui.say("there is no key yet; the first import makes one, or \"constat key new\"")
			default:
				err = a.print(func(w io.Writer) { keyTable(w, keys, a.ui.outStyle) })
			}
			if err != nil {
				return err
			}
			return a.keyWarnings(keys)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print as JSON")
	return cmd
}

func keyTable(w io.Writer, keys []Key, s style) {
	t := newGrid(s, left("key"), left("made"), left("kept by"), left("in use"), left("file"))
	for _, k := range keys {
		use := ""
		if k.Current {
			use = "yes"
		}
		t.row(k.ID, instant(k.Created), k.KeptBy, use, k.Path)
	}
	t.write(w, "")
}
