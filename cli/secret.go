package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/term"

	"constat.example/internal/failure"
)

// longestPassphrase is more than anybody types; a longer file is not one.
const longestPassphrase = 64 << 10

// passphraseFile reads a passphrase from a file: its first line.
func passphraseFile(path string) ([]byte, error) {
	const hint = "Write the passphrase on the first line of a file that only you can read, and name it with --passphrase-file."
	f, err := os.Open(path)
	if err != nil {
		return nil, failure.New(failure.BadInput, hint, "reading the passphrase file: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, longestPassphrase+1))
	if err != nil {
		return nil, failure.New(failure.BadInput, hint, "reading the passphrase file: %w", err)
	}
	line, _, _ := bytes.Cut(text, []byte("\n"))
	line = bytes.TrimSuffix(line, []byte("\r"))
	switch {
	case len(text) > longestPassphrase:
		return nil, failure.New(failure.BadInput, hint, "the passphrase file %s is too long to be one", path)
	case len(line) == 0:
		return nil, failure.New(failure.BadInput, hint, "the passphrase file %s begins with an empty line", path)
	}
	return line, nil
}

// ask has a passphrase typed on the terminal. It uses stdin when that is the
// terminal, else the terminal the program was started from.
func (u *ui) ask(prompt string) ([]byte, error) {
	fd, ok := terminal(u.in)
	if !ok {
		tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
		if err != nil {
			return nil, failure.New(failure.BadInput,
				"Name a file that holds the passphrase with --passphrase-file or $CONSTAT_PASSPHRASE_FILE.",
				"a passphrase is needed, and there is no terminal to ask for it")
		}
		defer tty.Close()
		fd = int(tty.Fd())
	}
	var (
		secret []byte
		err    error
	)
	u.aside(func() {
		fmt.Fprintf(u.err, "%s ", prompt)
		secret, err = term.ReadPassword(fd)
		fmt.Fprintln(u.err)
	})
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("reading the passphrase from the terminal: %w", err)
	}
	if len(secret) == 0 {
		return nil, failure.New(failure.BadInput, "Run the command again and type it.", "no passphrase was typed")
	}
	return secret, nil
}

// askTwice has a new passphrase typed, and typed again.
func (u *ui) askTwice() ([]byte, error) {
	first, err := u.ask("New passphrase:")
	if err != nil {
		return nil, err
	}
	second, err := u.ask("The same again:")
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(first, second) {
		return nil, failure.New(failure.BadInput, "Run the command again and type the same passphrase twice.", "the two passphrases differ")
	}
	return first, nil
}
