//go:build !linux

package pgtest

import (
	"os/exec"
	"syscall"
)

// account is who the server runs as: whoever runs the test.
func account(...string) (*syscall.SysProcAttr, error) { return nil, nil }

// start starts cmd and sends to ended when it ends.
func start(cmd *exec.Cmd, ended chan<- error) error {
	if err := cmd.Start(); err != nil {
		return err
	}
	go func() { ended <- cmd.Wait() }()
	return nil
}
