package scenario

import (
	"fmt"
	"path/filepath"

	"github.com/google/renameio/v2"
)

// file is a file that appears whole or not at all. Its first error sticks.
type file struct {
	*renameio.PendingFile
	name string
	err  error
}

func create(path string) (*file, error) {
	p, err := renameio.NewPendingFile(path, renameio.WithTempDir(filepath.Dir(path)), renameio.WithPermissions(0o600))
	if err != nil {
		return nil, fmt.Errorf("creating %s: %w", filepath.Base(path), err)
	}
	return &file{PendingFile: p, name: filepath.Base(path)}, nil
}

func (f *file) write(b []byte) {
	if f.err != nil {
		return
	}
	if _, err := f.PendingFile.Write(b); err != nil {
		f.err = fmt.Errorf("writing %s: %w", f.name, err)
	}
}

// keep makes the file appear.
func (f *file) keep() error {
	if f.err != nil {
		return f.err
	}
	if err := f.CloseAtomicallyReplace(); err != nil {
		return fmt.Errorf("writing %s: %w", f.name, err)
	}
	return nil
}

// abandon removes a file that was not kept.
func (f *file) abandon() {
	if f != nil {
		_ = f.Cleanup() // what is left of a file that failed; the failure was told
	}
}
