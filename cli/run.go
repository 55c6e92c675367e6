// Package cli is the command line: it turns words into requests, hands them to
// the services it was wired with, and tells people what came of it. One file
// per noun; ui.go says what goes to which stream.
//
// Nothing here touches the process: arguments, streams, environment and clock
// come in, an exit code goes out. ReadDump and ReadPDF are the exceptions: they
// are processes.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"time"

	"constat.example/internal/failure"
	"constat.example/triage"
)

// Streams are the standard streams.
type Streams struct {
	In  io.Reader
	Out io.Writer
	Err io.Writer
}

// ReadDump is the command with which the program starts itself to read dumps
// shut in. Nobody else calls it, and no help shows it.
const ReadDump = "read-dump"

// ReadPDF is the same for the text of a PDF document.
const ReadPDF = "read-pdf"

// Run runs one command, given without the program's name, and returns its exit
// code: one of the codes of package failure.
func Run(ctx context.Context, args []string, streams Streams, getenv func(string) string) int {
	if len(args) == 1 && args[0] == ReadDump {
		return newUI(streams, getenv).fail(triage.Read())
	}
	if len(args) == 1 && args[0] == ReadPDF {
		return triage.ReadPDF()
	}
	return run(ctx, args, streams, getenv, wired(), func() time.Time { return time.Now().UTC() })
}

func run(ctx context.Context, args []string, streams Streams, getenv func(string) string, services Services, now func() time.Time) (code int) {
	app := &app{
		services: services,
		ui:       newUI(streams, getenv),
		getenv:   getenv,
		now:      now,
	}
	defer func() {
		if fault := recover(); fault != nil {
			code = app.ui.fail(faultError(fault))
		}
	}()
	root := app.root()
	root.SetArgs(args)
	cmd, err := root.ExecuteContextC(ctx)
	app.ui.close()
	code = app.ui.fail(err)
	app.clock(ctx, cmd, code)
	return code
}

// faultError is what is told of a panic: the runtime's own words and where it
// happened. Other panics may carry anything, so only their type is told.
func faultError(fault any) error {
	what := fmt.Sprintf("a fault of type %T", fault)
	if e, ok := fault.(interface{ RuntimeError() }); ok {
		what = fmt.Sprint(e)
	}
	return failure.New(failure.Internal, "This is a mistake in Constat; please report it with these lines.",
		"%s\n%s", what, debug.Stack())
}

// interrupted reports whether err comes from the user stopping the command.
func interrupted(err error) bool { return errors.Is(err, context.Canceled) }
