package cage

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"constat.example/clear/dump"
	"constat.example/internal/failure"
)

// pdfProgram gives the text of PDF documents: poppler's, as Debian installs it.
// What else may be called so somewhere along a path of folders is not trusted.
const pdfProgram = "/usr/bin/pdftotext"

// pdfWords are its arguments: from standard input to standard output.
func pdfWords() []string { return []string{"-bbox", "-enc", "UTF-8", "-", "-"} }

// What it may use for one document.
const (
	pdfSeconds = 300       // of processor
	pdfData    = 1 << 30   // bytes
	pdfSpace   = 2 << 30   // bytes, with libraries
	pdfFiles   = 32        // descriptors, and what is open is small
	mostPDF    = 4 << 30   // bytes that it gives: words with their places
	pdfPart    = 256 << 10 // bytes of a frame
)

// Exit codes of ServePDF where no program was run in its place. The program
// has none of these.
const (
	codeNotShutIn = 112
	codeNoProgram = 113
)

// ServePDF is what the process does that gives the text of one PDF document: it
// shuts itself in, and becomes the program that reads them. Where it cannot do
// either, it gives the exit code.
func ServePDF() int { return becomeShutIn(pdfProgram, pdfWords()) }

// pdfReader gives the text of PDF documents, one after another.
type pdfReader struct {
	command []string
	stall   time.Duration
	most    int64        // bytes that the program may give of a document
	left    atomic.Int64 // nanoseconds of processor that all documents together may take
}

func newPDFReader(config Config, inputs []Input) *pdfReader {
	r := &pdfReader{command: config.PDF, stall: config.Stall, most: mostPDF}
	r.left.Store(int64(time.Duration(limitsOf(config, inputs).Seconds) * time.Second))
	return r
}

// text is dump.Options.PDFText.
func (r *pdfReader) text(ctx context.Context, pdf io.ReaderAt, size int64) (io.ReadCloser, error) {
	d, err := r.start(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := io.CopyBuffer(onlyWriter{d}, io.NewSectionReader(pdf, 0, size), make([]byte, pdfPart)); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	d.whole()
	return d, nil
}

type onlyWriter struct{ io.Writer }

// pdfDocument is a document at the program: it is written, and then its text
// read.
type pdfDocument struct {
	program
	of      *pdfReader
	ctx     context.Context //nolint:containedctx // of the one request it lives in
	in, out *os.File
	watch   *watch
	free    func() bool
	given   int64 // bytes
	ended   error
	spotted spotter
	closed  sync.Once
}

// start starts the program. A dump.PDFTrouble says why it cannot be.
func (r *pdfReader) start(ctx context.Context) (*pdfDocument, error) {
	if r.left.Load() <= 0 {
		return nil, dump.PDFFailed
	}
	ends, err := pipes(3)
	if err != nil {
		return nil, fmt.Errorf("starting the reader of PDF documents: %w", err)
	}
	in, out, words := ends[0], ends[1], ends[2]
	widen(in[1])
	widen(out[1])
	cmd := exec.Command(r.command[0], r.command[1:]...)
	cmd.Env = environment()
	cmd.SysProcAttr = attributes()
	cmd.Stdin, cmd.Stdout, cmd.Stderr = in[0], out[1], words[1]
	d := &pdfDocument{of: r, ctx: ctx, in: in[1], out: out[0]}
	d.watch = newWatch(r.stall, func() { d.kill("it made no progress") })
	err = d.program.start(cmd, []*os.File{in[0], out[1], words[1]}, func() {
		_, _ = io.Copy(&d.spotted, words[0])
		_ = words[0].Close()
	})
	if err != nil {
		_ = d.in.Close()
		_ = d.out.Close()
		return nil, failure.New(failure.Internal, "Check that this program may be run by you, and that the machine has room for another process.", "the reader of PDF documents cannot be started: %w", err)
	}
	d.free = context.AfterFunc(ctx, func() { d.kill("it was stopped") })
	d.watch.heard()
	return d, nil
}

// Write hands on a part of the document. A program that is gone says so when
// its text is read.
func (d *pdfDocument) Write(p []byte) (int, error) {
	if err := d.ctx.Err(); err != nil {
		return 0, context.Cause(d.ctx)
	}
	_, _ = d.in.Write(p)
	d.watch.heard()
	return len(p), nil
}

// whole says that the document was written.
func (d *pdfDocument) whole() { _ = d.in.Close() }

func (d *pdfDocument) Read(p []byte) (int, error) {
	if d.ended != nil {
		return 0, d.ended
	}
	if d.given >= d.of.most {
		d.kill("it gave too much")
		d.ended = dump.PDFTooMuch
		return 0, d.ended
	}
	d.watch.heard()
	n, err := d.out.Read(p[:min(int64(len(p)), d.of.most-d.given)])
	d.watch.pause() // what the caller does with it takes its time
	d.given += int64(n)
	if err != nil {
		d.ended = d.end()
		return n, d.ended
	}
	return n, nil
}

// end is how the document ended, once what the program gives has.
func (d *pdfDocument) end() error {
	select { // it is about to go, but it may close its output and stay
	case <-d.gone:
	case <-time.After(time.Second):
		d.kill("it did not end")
		<-d.gone
	}
	if d.ctx.Err() != nil {
		return context.Cause(d.ctx)
	}
	d.killing.Lock()
	killed := d.why != ""
	d.killing.Unlock()
	status, ok := d.state.Sys().(syscall.WaitStatus)
	switch {
	case !ok || !status.Exited() || killed:
		return dump.PDFFailed
	case status.ExitStatus() == codeNotShutIn:
		return dump.PDFNotShutIn
	case status.ExitStatus() == codeNoProgram:
		return dump.PDFNoProgram
	case status.ExitStatus() == 0 && d.spotted.trouble:
		return dump.PDFDamaged
	case status.ExitStatus() == 0:
		return io.EOF
	case d.spotted.locked:
		return dump.PDFLocked
	case d.given > 0:
		return dump.PDFDamaged
	case d.spotted.memory:
		return dump.PDFFailed
	}
	return dump.PDFBroken
}

// Close ends the program, whatever it is at.
func (d *pdfDocument) Close() error {
	d.closed.Do(func() {
		d.free()
		d.kill("it was not needed any longer")
		_ = d.in.Close()
		_ = d.out.Close()
		<-d.gone
		d.watch.pause()
		d.of.left.Add(-int64(d.state.UserTime() + d.state.SystemTime()))
	})
	return nil
}

// spotter looks for words in what the program says of its troubles. Nothing of
// that is handed on: it may hold anything.
type spotter struct {
	tail                    []byte
	locked, trouble, memory bool
}

func (s *spotter) Write(p []byte) (int, error) {
	s.tail = append(s.tail, p...)
	for words, spotted := range map[string]*bool{"Incorrect password": &s.locked, " Error": &s.trouble, "ut of memory": &s.memory, "bad_alloc": &s.memory} {
		*spotted = *spotted || bytes.Contains(s.tail, []byte(words))
	}
	s.tail = append(s.tail[:0], s.tail[max(0, len(s.tail)-32):]...)
	return len(p), nil
}

// pdf gives the child the text of a document of so many bytes, which follow.
func (t *talk) pdf(ctx context.Context, size int64) (err error) {
	if t.reader == nil || size > dump.MaxPDF {
		return nonsense("a document that cannot be")
	}
	d, err := t.reader.start(ctx)
	trouble, ok := errors.AsType[dump.PDFTrouble](err)
	if err != nil && !ok {
		return said{err}
	}
	if d != nil {
		defer func() { err = errors.Join(err, d.Close()) }()
	}
	buf := make([]byte, pdfPart)
	for left := size; left > 0; {
		f, err := t.next()
		if err != nil {
			return err
		}
		if f.kind != tellPDFPart || f.a == 0 || int64(f.a) > min(left, pdfPart) {
			return nonsense("a document that is none")
		}
		if _, err := io.ReadFull(t.up, buf[:f.a]); err != nil {
			return err
		}
		left -= int64(f.a)
		if d == nil {
			continue
		}
		t.watch.pause() // it is the program's turn
		if _, err := d.Write(buf[:f.a]); err != nil {
			return said{err}
		}
		t.watch.heard()
	}
	if d != nil {
		d.whole()
	}
	for d != nil {
		t.watch.pause()
		n, err := d.Read(buf)
		t.watch.heard()
		if n > 0 {
			if err := (frame{kind: givePDF, a: uint32(n)}).write(t.down, buf[:n]); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if trouble, ok = errors.AsType[dump.PDFTrouble](err); ok {
			break
		}
		if err != nil {
			return said{err}
		}
	}
	return frame{kind: givePDFEnd, a: uint32(trouble)}.write(t.down)
}

// pdfText asks the parent for the text of a document.
func (s *server) pdfText(_ context.Context, pdf io.ReaderAt, size int64) (io.ReadCloser, error) {
	if err := s.frame(frame{kind: tellPDF, a: uint32(size)}); err != nil {
		return nil, err
	}
	buf := make([]byte, pdfPart)
	for at := int64(0); at < size; {
		n, err := pdf.ReadAt(buf[:min(size-at, pdfPart)], at)
		if n == 0 {
			if err == nil || errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return nil, err // which ends the request
		}
		if err := s.frame(frame{kind: tellPDFPart, a: uint32(n)}, buf[:n]); err != nil {
			return nil, err
		}
		at += int64(n)
	}
	return &pdfAnswer{from: s}, nil
}

func (s *server) frame(f frame, parts ...[]byte) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	return f.write(s.up, parts...)
}

// pdfAnswer is the text of a document, as the parent gives it.
type pdfAnswer struct {
	from *server
	left int // bytes of the frame under way
	end  error
}

func (a *pdfAnswer) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for a.left == 0 && a.end == nil {
		f := <-a.from.asked
		switch {
		case f.kind == givePDF && f.a > 0:
			a.left = int(f.a)
			continue
		case f.kind == givePDFEnd && f.a == 0:
			a.end = io.EOF
		case f.kind == givePDFEnd:
			a.end = dump.PDFTrouble(f.a)
		default:
			return 0, errors.New("a request that is none")
		}
		a.from.answered <- struct{}{}
	}
	if a.end != nil {
		return 0, a.end
	}
	n, err := io.ReadFull(a.from.requests, p[:min(len(p), a.left)])
	if err != nil {
		return n, err
	}
	if a.left -= n; a.left == 0 {
		a.from.answered <- struct{}{}
	}
	return n, nil
}

// Close hears the rest, so that the next request is one.
func (a *pdfAnswer) Close() error {
	_, err := io.Copy(io.Discard, a)
	if _, ok := errors.AsType[dump.PDFTrouble](err); ok {
		return nil
	}
	return err
}
