package cli_test

import (
	"context"
	"net"
	"os"
	"os/signal"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"constat.example/cli"
)

func TestMain(m *testing.M) {
	// The program under test starts itself to read dumps, and that is this one.
	if len(os.Args) == 2 && os.Args[1] == cli.ReadDump {
		os.Exit(cli.Run(context.Background(), os.Args[1:], cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}, os.Getenv))
	}
	testscript.Main(m, map[string]func(){
		"casework": casework, // which tests kill
		"constat": func() {
			limitFiles()
			ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt) // as the program's main does
			context.AfterFunc(ctx, stop)
			os.Exit(cli.Run(ctx, os.Args[1:], cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}, os.Getenv))
		},
	})
}

// TestScript plays the stories of testdata/script on the program as it is
// wired. A story is named after the command it is about.
func TestScript(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("CONSTAT_HOME", env.WorkDir+"/home")
			env.Setenv("NO_COLOR", "1")
			for _, name := range []string{"PORT1", "PORT2"} { // two are free, and stay so unless somebody is quick
				l, err := net.Listen("tcp", "127.0.0.1:0")
				if err != nil {
					return err
				}
				_, port, _ := net.SplitHostPort(l.Addr().String())
				env.Setenv(name, port)
				defer func() { _ = l.Close() }()
			}
			return nil
		},
	})
}
