package cage

import (
	"context"
	"errors"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"constat.example/clear/dump"
	"constat.example/clear/table"
	"constat.example/internal/failure"
)

// Descriptors of the child beyond the standard ones, which lead nowhere.
const (
	requestsAt = 3 + iota
	answersAt
	spoolAt  // the spool, where there is one
	inputsAt // and those that follow
)

// pulse is how often the child tells that it goes on.
const pulse = 100 * time.Millisecond

// Serve is what the child does: it shuts itself in, and answers the requests
// that come on the descriptors it inherited until there are no more.
func Serve() error { return serve(nil) }

// serve is Serve; member hears of each member, for tests.
func serve(member func(name string, spool *os.File)) error {
	s := &server{up: os.NewFile(answersAt, "answers"), member: member}
	requests := os.NewFile(requestsAt, "requests")
	f, err := readFrame(requests)
	if err != nil || f.kind != askOpen {
		return failure.New(failure.Usage, `See "constat help".`, "this command is one that constat gives itself")
	}
	var o order
	if err := f.json(requests, &o); err != nil {
		return err
	}
	var inputs []Input
	for i, in := range o.Inputs {
		inputs = append(inputs, Input{Name: in.Name, Size: in.Size, Identity: in.Identity, File: os.NewFile(uintptr(inputsAt+i), "input")})
	}
	if o.Spool {
		s.spool = os.NewFile(spoolAt, "spool")
	}
	// Its timer needs descriptors that are made with the first one.
	ticker := time.NewTicker(pulse)
	defer ticker.Stop()
	if err := s.tell(tellShut, shutIn(o.Limits, inputsAt+len(inputs))); err != nil {
		return err
	}
	go func() {
		for range ticker.C {
			s.goOn()
		}
	}()

	s.requests, s.asked, s.answered = requests, make(chan frame), make(chan struct{})
	go func() {
		for {
			f, err := readFrame(requests)
			if err != nil {
				unix.Exit(0) // nobody is left who could ask, whatever is under way
			}
			s.asked <- f
			<-s.answered // which reads the body
		}
	}()
	if err := s.open(inputs, o.Options); err != nil {
		return err
	}
	for f := range s.asked {
		if err := s.answer(f, requests); err != nil {
			return err
		}
		s.answered <- struct{}{}
	}
	return nil
}

// server is the child's end of the pipes.
type server struct {
	member func(name string, spool *os.File)
	spool  *os.File
	dump   *dump.Dump

	requests io.Reader
	asked    chan frame
	answered chan struct{} // the body of the last one asked was read

	read  atomic.Int64 // bytes read of the inputs
	units atomic.Int64 // done in the stage and not told yet
	last  int64        // read when it was last told

	writing sync.Mutex
	up      *os.File
}

func (s *server) tell(k kind, v any) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	return writeJSON(s.up, k, v)
}

// goOn tells of progress, if there is any.
func (s *server) goOn() {
	s.writing.Lock()
	defer s.writing.Unlock()
	if read, units := s.read.Load(), s.units.Swap(0); units > 0 || read != s.last {
		s.last = read
		_ = frame{kind: tellGoing, a: uint32(units), b: uint32(units >> 32)}.write(s.up) // the next answer meets the same error
	}
}

// Stage and Add make s a meter.
func (s *server) Stage(name string, total int64, unit string) {
	s.goOn()
	_ = s.tell(tellStage, stage{name, total, unit}) // as above
}

// Add counts units of the stage.
func (s *server) Add(n int64) { s.units.Add(n) }

// fail answers that a request failed.
func (s *server) fail(err error) error {
	return s.tell(tellFailed, failed{Code: int(failure.CodeOf(err)), What: err.Error(), Hint: failure.HintOf(err)})
}

func (s *server) open(inputs []Input, o options) error {
	sources, err := open(inputs, &s.read)
	if err != nil {
		return s.fail(err)
	}
	var text func(ctx context.Context, pdf io.ReaderAt, size int64) (io.ReadCloser, error)
	if o.PDF {
		text = s.pdfText
	}
	s.dump, err = dump.Open(context.Background(), sources, dump.Options{
		Threads: o.Threads, MaxRow: o.MaxRow, MaxDecoded: o.MaxDecoded, Depth: o.Depth, Passwords: o.Passwords, Barred: o.Barred, OneByOne: o.OneByOne,
		Progress: s,
		PDFText:  text,
		Spool: func() (*os.File, error) {
			if s.spool == nil {
				return nil, errors.New("the reader was given no file to unpack into")
			}
			return s.spool, nil
		},
		Working: func(name string) {
			_ = s.tell(tellMember, name) // as above
			if s.member != nil {
				s.member(name, s.spool)
			}
		},
	})
	if err != nil {
		return s.fail(err)
	}
	return s.tell(tellOpened, opened{s.dump.Inputs, s.dump.Tables})
}

func (s *server) answer(f frame, requests io.Reader) error {
	switch f.kind {
	case askSample:
		var of sampleOrder
		if err := f.json(requests, &of); err != nil {
			return err
		}
		b, err := s.dump.Sample(context.Background(), of.Table, of.Rows)
		if err != nil {
			return s.fail(err)
		}
		return s.rows(tellSample, b)
	case askScan:
		if err := f.json(requests, new(any)); err != nil {
			return err
		}
		a, err := s.dump.Scan(context.Background(), func(b *table.Batch, release func()) error {
			defer release()
			return s.rows(tellRows, b)
		})
		if err != nil {
			return s.fail(err)
		}
		s.goOn()
		return s.tell(tellAccount, a)
	default:
		return errors.New("a request that is none")
	}
}

func (s *server) rows(k kind, b *table.Batch) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	return writeBatch(s.up, k, b)
}
