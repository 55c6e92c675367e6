package dump

import (
	"context"
	"errors"
	"io"
)

// xmlFile is a text in markup that is read from start to end.
type xmlFile struct {
	entry *entry
	as    lettering
}

// openXMLFile finds out how a text is written; what is packed is unpacked first,
// since it is read more than once.
func openXMLFile(ctx context.Context, f *entry) (xmlFile, error) {
	in, size, err := f.random(ctx)
	if err != nil {
		return xmlFile{}, err
	}
	head := make([]byte, min(size, headSize))
	if _, err := in.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return xmlFile{}, err
	}
	return xmlFile{f, letteringOf(head)}, nil
}

// read gives the text to use, and tells what ended it.
func (f *xmlFile) read(use func(in io.Reader) error) error {
	in, err := f.entry.reader()
	if err != nil {
		return err
	}
	return errors.Join(use(f.as.reader(in)), in.Close())
}

// fault is why reading ended, where that is more than an end of data.
func fault(err error) error {
	if _, ok := errors.AsType[*broken](err); ok || err == nil {
		return nil // told with the blob
	}
	return err
}
