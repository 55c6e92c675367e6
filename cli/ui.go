package cli

// What goes where:
//
//   - Results go to stdout and nothing else does, so that they can be piped:
//     the summary of a command, or its JSON with --json.
//   - Talk goes to stderr: notes, warnings, errors and their hints.
//   - Progress is drawn on stderr when it is a terminal; otherwise a long job
//     leaves a plain line there every ten seconds. With --verbose each stage
//     leaves one too.
//   - Secrets are typed on the terminal itself, never echoed, never taken from
//     arguments; a pipe never stands in for a person.
//   - Colour only ever adds to what the words say. Each stream has it only when
//     it is a terminal, and none has it under NO_COLOR or TERM=dumb.

import (
	"fmt"
	"io"
	"time"

	"golang.org/x/term"

	"constat.example/internal/failure"
)

type ui struct {
	in         io.Reader
	out, err   io.Writer
	outStyle   style
	errStyle   style
	errIsTerm  bool
	columns    int // of the terminal on stdout; unfolded where it is none
	errColumns int
	meter      *meter // drawing now, or nil
}

func newUI(streams Streams, getenv func(string) string) *ui {
	plain := getenv("NO_COLOR") != "" || getenv("TERM") == "dumb"
	_, outIsTerm := terminal(streams.Out)
	_, errIsTerm := terminal(streams.Err)
	return &ui{
		in: streams.In, out: streams.Out, err: streams.Err,
		outStyle:   style{colour: outIsTerm && !plain},
		errStyle:   style{colour: errIsTerm && !plain},
		errIsTerm:  errIsTerm && getenv("TERM") != "dumb",
		columns:    width(streams.Out),
		errColumns: width(streams.Err),
	}
}

// terminal returns the descriptor of stream when it is a terminal.
func terminal(stream any) (fd int, ok bool) {
	file, ok := stream.(interface{ Fd() uintptr })
	if !ok {
		return 0, false
	}
	fd = int(file.Fd())
	return fd, term.IsTerminal(fd)
}

// unfolded is the width of what is no terminal: room for whole sentences.
const unfolded = 120

func width(stream any) int {
	fd, ok := terminal(stream)
	if !ok {
		return unfolded
	}
	columns, _, err := term.GetSize(fd)
	if err != nil || columns < 20 {
		return 80
	}
	return columns
}

// say tells the user something while work goes on.
func (u *ui) say(sentence string) {
	u.aside(func() {
		if !u.errIsTerm {
			fmt.Fprintf(u.err, "constat: %s\n", sentence)
			return
		}
		fold(u.err, "constat: ", "  ", sentence, u.errColumns)
	})
}

// warn tells the user something that needs attention.
func (u *ui) warn(sentence string) {
	u.aside(func() { fmt.Fprintf(u.err, "%s %s\n", u.errStyle.yellow("attention:"), sentence) })
}

// fail tells an error, if there is one, and returns its exit code.
func (u *ui) fail(err error) int {
	if err == nil {
		return int(failure.OK)
	}
	u.close()
	code, what, hint := failure.CodeOf(err), err.Error(), failure.HintOf(err)
	switch {
	case interrupted(err):
		code, what, hint = failure.Internal, "interrupted", "Nothing half-done was kept; run the same command again, and it goes on after the last stage that was done."
	case code == failure.OK:
		code = failure.Internal
	case code == failure.Internal && hint == "":
		hint = "This was not expected: look at the machine (disk, memory, rights), then report it with this line."
	}
	if code == failure.Attention {
		u.warn(what)
	} else {
		fmt.Fprintf(u.err, "%s %s\n", u.errStyle.red("constat:"), what)
	}
	if hint != "" {
		fmt.Fprintf(u.err, "%s %s\n", u.errStyle.bold("hint:"), hint)
	}
	return int(code)
}

// aside takes the progress line off the terminal while something is written.
func (u *ui) aside(write func()) {
	if u.meter == nil {
		write()
		return
	}
	u.meter.aside(write)
}

// close ends the progress line.
func (u *ui) close() {
	if u.meter != nil {
		u.meter.close()
		u.meter = nil
	}
}

// progress returns the meter of a command, and ends the one before.
func (u *ui) progress(verbose bool, now func() time.Time) *meter {
	u.close()
	u.meter = newMeter(u.err, u.errIsTerm, verbose, u.errColumns, now)
	u.meter.start()
	return u.meter
}

// style colours words; its zero value leaves them as they are.
type style struct{ colour bool }

func (s style) wrap(code, text string) string {
	if !s.colour || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func (s style) bold(text string) string   { return s.wrap("1", text) }
func (s style) dim(text string) string    { return s.wrap("2", text) }
func (s style) red(text string) string    { return s.wrap("31;1", text) }
func (s style) yellow(text string) string { return s.wrap("33;1", text) }
func (s style) cyan(text string) string   { return s.wrap("36", text) }
