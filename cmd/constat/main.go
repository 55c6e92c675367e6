// Command constat turns a claim that personal data was stolen into established
// facts. All it does is in package cli.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"constat.example/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	streams := cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}
	os.Exit(cli.Run(ctx, os.Args[1:], streams, os.Getenv))
}
