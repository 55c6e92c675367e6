package accesslog

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/klauspost/compress/gzip"

	"constat.example/internal/failure"
)

// Position is how far a log was read, so that reading goes on there after a stop. It knows
// the file again by what it begins with, wherever rotation has moved it.
type Position struct {
	Begins string `json:"begins"` // SHA-256 of its first bytes, in part
	Head   int64  `json:"head"`   // how many bytes those are
	Offset int64  `json:"offset"` // bytes read
	Line   int64  `json:"line"`   // lines read
}

const (
	fingerprint = 4 << 10                // bytes a file is known by
	quietAfter  = 200 * time.Millisecond // without text, what was kept back is handed on
	pollEvery   = 200 * time.Millisecond
	graceAfter  = time.Second // for the last lines of a file that was moved away
)

// begins works out by what a file is known: the first bytes of those that were read.
func begins(file io.ReaderAt, read int64) (string, int64, error) {
	head := make([]byte, min(fingerprint, read))
	if _, err := file.ReadAt(head, 0); err != nil {
		return "", 0, err
	}
	sum := sha256.Sum256(head)
	return hex.EncodeToString(sum[:16]), int64(len(head)), nil
}

// of tells whether a file is the one that was read up to here.
func (p Position) of(file io.ReaderAt) bool {
	is, _, err := begins(file, p.Head)
	return err == nil && is == p.Begins
}

// Follow reads a file as it grows, and the file that takes its place when it is rotated,
// until ctx is done or each fails. from is the Next of the last batch that was kept, or
// zero to begin at the file's beginning; one that knows a file and has read nothing of it
// is the beginning of that file. A file that was moved since is found again beside
// it, packed or not. Where it is not found the Account of the new one says so.
func (r *Reader) Follow(ctx context.Context, path string, from Position, each func(*Batch) error) error {
	last := lastRead{at: from, known: from.Head > 0}
	for told := false; ; {
		all, err := openFamily(ctx, path)
		if err != nil {
			return err
		}
		err = r.catchUp(ctx, path, all, &last, each)
		current := len(all) > 0 && all[len(all)-1].current
		if err := errors.Join(err, all.close()); err != nil {
			return err
		}
		if current {
			told = false
			continue
		}
		if !told {
			if err := r.quiet(); err != nil {
				return err
			}
			told = true
		}
		if err := pause(ctx, pollEvery); err != nil {
			return err
		}
	}
}

// lastRead is the file of a log that was read last, and how far.
type lastRead struct {
	known bool
	at    Position
	info  os.FileInfo // of the file; nil where it is known by its beginning only
	size  int64       // of the file as it was then; -1 where that is not known
}

// catchUp reads what follows the file that was read last: what remains of it, those that
// took its place one after the other, and the one at path until another takes its place.
func (r *Reader) catchUp(ctx context.Context, path string, all family, last *lastRead, each func(*Batch) error) error {
	next, gap := len(all), false
	if next > 0 && all[next-1].current {
		next--
	}
	if last.known {
		at, err := all.find(last)
		if err != nil {
			return err
		}
		switch {
		case at >= 0:
			next = at
		case len(all) == 0:
			return nil // nothing is there, for now
		case next == len(all):
			return nil // it was moved to where nobody looks, and none has taken its place yet
		default:
			gap = last.info == nil || next > 0
			*last = lastRead{}
		}
	}
	for ; next < len(all); next++ {
		m := &all[next]
		from := Position{}
		if last.known && last.info != nil && os.SameFile(last.info, m.info) {
			if !m.current && last.size == m.info.Size() {
				continue // nothing came since
			}
			from = last.at
		}
		var err error
		if m.current {
			*last, err = r.follow(ctx, m, path, from, gap, each)
		} else {
			*last, err = r.restOf(ctx, m, from, each)
		}
		if err != nil {
			return err
		}
		gap = false
	}
	return nil
}

// member is one file of a log, open.
type member struct {
	file    *os.File
	info    os.FileInfo
	name    string
	current bool // it lies at the path of the log
}

// family is the files of a log, the oldest first: those that were moved away, then the one
// that lies at its path, if any.
type family []member

func (f family) close() error {
	var err error
	for _, m := range f {
		err = errors.Join(err, m.file.Close())
	}
	return err
}

// rotated is what is added to the names of files that were moved away.
var rotated = regexp.MustCompile(`^([.-])([0-9]+)(\.gz|\.zst|\.bz2)?$`)

// packedExt is the end of the name of one that was packed.
var packedExt = regexp.MustCompile(`\.(gz|zst|bz2)$`)

// openFamily opens all files of a log as they are at one time: where some are moved
// meanwhile, it looks again.
func openFamily(ctx context.Context, path string) (family, error) {
	for try := 0; ; try++ {
		all, err := openFiles(path)
		if err != nil {
			return nil, err
		}
		again, err := openFiles(path)
		if err != nil {
			return nil, errors.Join(err, all.close())
		}
		same := slices.EqualFunc(all, again, func(a, b member) bool { return a.name == b.name && os.SameFile(a.info, b.info) })
		if err := again.close(); err != nil {
			return nil, errors.Join(err, all.close())
		}
		if same || try == 100 {
			return all, nil
		}
		if err := errors.Join(all.close(), pause(ctx, 5*time.Millisecond)); err != nil {
			return nil, err
		}
	}
}

func openFiles(path string) (all family, err error) {
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return nil, failure.New(failure.BadInput, "Check your right to read the folder of the log.", "following the log: %w", err)
	}
	base := filepath.Base(path)
	for _, one := range entries {
		suffix, ok := strings.CutPrefix(one.Name(), base)
		if !ok || suffix != "" && !rotated.MatchString(suffix) {
			continue
		}
		file, err := os.Open(filepath.Join(filepath.Dir(path), one.Name()))
		if errors.Is(err, os.ErrNotExist) || err != nil && suffix != "" {
			continue // it was just moved, or is another's
		}
		if err != nil {
			return nil, errors.Join(failure.New(failure.BadInput, "Check the name of the file and your right to read it.", "following the log: %w", err), all.close())
		}
		info, err := file.Stat()
		if err != nil || !info.Mode().IsRegular() && suffix != "" {
			if err := file.Close(); err != nil {
				return nil, errors.Join(err, all.close())
			}
			continue
		}
		all = append(all, member{file, info, one.Name(), suffix == ""})
	}
	slices.SortFunc(all, func(a, b member) int { return olderFirst(base, a, b) })
	return all.withoutCopies()
}

// withoutCopies leaves out what is being packed: the file that is packed stands beside it until
// that is done.
func (f family) withoutCopies() (kept family, err error) {
	for i := range f {
		m := &f[i]
		plain := strings.TrimSuffix(m.name, packedExt.FindString(m.name))
		if at := slices.IndexFunc(f, func(o member) bool { return o.name == plain }); at != i && at >= 0 && m.copies(&f[at]) {
			err = errors.Join(err, m.file.Close())
			continue
		}
		kept = append(kept, *m)
	}
	return kept, err
}

// copies tells whether m is, as far as it can be unpacked yet, what plain begins with.
func (m *member) copies(plain *member) bool {
	text, closing, err := unpack(m.name, io.NewSectionReader(m.file, 0, m.info.Size()))
	if err != nil {
		return true
	}
	defer closing()
	got, _ := io.ReadAll(io.LimitReader(text, fingerprint)) // as far as it goes
	want := make([]byte, len(got))
	n, _ := plain.file.ReadAt(want, 0)
	return bytes.Equal(got, want[:n])
}

// olderFirst orders files that were moved away by the numbers in their names: the higher
// the older where they are counted, the lower where they are dates. Where names do not
// tell, it goes by when they were written last.
func olderFirst(base string, a, b member) int {
	if a.current != b.current {
		if a.current {
			return 1
		}
		return -1
	}
	const dates = 100_000
	number := func(m member) (how byte, n int64) {
		parts := rotated.FindStringSubmatch(strings.TrimPrefix(m.name, base))
		if parts == nil {
			return 0, 0
		}
		n, err := strconv.ParseInt(parts[2], 10, 64)
		if err != nil {
			return 0, 0
		}
		if n < dates {
			return 'n', n
		}
		return 'd', n
	}
	hows := [2]byte{}
	numbers := [2]int64{}
	hows[0], numbers[0] = number(a)
	hows[1], numbers[1] = number(b)
	order := 0
	if hows[0] == hows[1] {
		switch hows[0] {
		case 'n':
			order = cmp.Compare(numbers[1], numbers[0])
		case 'd':
			order = cmp.Compare(numbers[0], numbers[1])
		}
	}
	return cmp.Or(order, a.info.ModTime().Compare(b.info.ModTime()), strings.Compare(b.name, a.name))
}

// find is which file was read last; -1 for none. It notes in last which one it is.
func (f family) find(last *lastRead) (int, error) {
	if last.info != nil {
		for i := range f {
			if os.SameFile(last.info, f[i].info) {
				return i, nil
			}
		}
	}
	if last.at.Head == 0 {
		return -1, nil
	}
	for i := range f {
		m := &f[i]
		is := last.at.of(m.file)
		if !m.current && !is {
			text, closing, err := unpack(m.name, io.NewSectionReader(m.file, 0, m.info.Size()))
			if err != nil {
				continue // not a log
			}
			head := make([]byte, last.at.Head)
			_, err = io.ReadFull(text, head)
			closing()
			is = err == nil && last.at.of(bytes.NewReader(head))
		}
		if is {
			last.info, last.size = m.info, -1 // what came since is looked for
			return i, nil
		}
	}
	return -1, nil
}

func (r *Reader) quiet() error {
	if r.Quiet == nil {
		return nil
	}
	return r.Quiet()
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// restOf reads what remains of a file that was moved away. Of one that cannot be unpacked it
// is told how many bytes it has: lines may be missing.
func (r *Reader) restOf(ctx context.Context, m *member, from Position, each func(*Batch) error) (lastRead, error) {
	done := lastRead{known: true, at: from, info: m.info, size: m.info.Size()}
	if m.info.Size() == 0 {
		return done, nil
	}
	unread := func() (lastRead, error) {
		r.opens(&Account{Name: m.name, Bytes: m.info.Size(), Unread: m.info.Size()})
		return done, nil
	}
	text, closing, err := unpack(m.name, io.NewSectionReader(m.file, 0, m.info.Size()))
	if err != nil {
		return unread()
	}
	defer closing()
	rest := &counted{from: text}
	head := make([]byte, headSize)
	n, _ := io.ReadFull(rest, head) // its errors are those of what it reads
	if rest.torn && n == 0 {
		return unread()
	}
	head = head[:n]
	text = io.MultiReader(bytes.NewReader(head), rest)
	if _, err := io.CopyN(io.Discard, text, from.Offset); err != nil {
		return unread()
	}
	if n == 0 {
		return done, nil
	}
	account := &Account{Name: m.name}
	source := r.opens(account)
	f, err := r.formatOf(account, head)
	if err != nil {
		account.Bytes, account.Unread = m.info.Size(), m.info.Size()
		return done, nil // the one that is followed is another, and what came of this one is told
	}
	known := func(read int64) (err error) {
		done.at.Begins, done.at.Head, err = begins(bytes.NewReader(head), read)
		return err
	}
	behind := &counted{from: text}
	err = r.run(ctx, feed{from: behind, format: f, account: account, source: source, start: from}, func(b *Batch) error {
		b.Again = from.Head > 0
		if err := known(b.Next.Offset); err != nil {
			return broken(account.Name, err)
		}
		b.Next.Begins, b.Next.Head = done.at.Begins, done.at.Head
		return each(b)
	})
	if (rest.torn || behind.torn) && ctx.Err() == nil {
		r.mu.Lock()
		account.Bytes, account.Unread = m.info.Size(), m.info.Size()
		r.mu.Unlock()
		return done, nil
	}
	if err != nil {
		return done, err
	}
	done.at.Offset, done.at.Line = from.Offset+behind.n, from.Line+account.Lines
	return done, known(done.at.Offset)
}

// counted counts what is read.
type counted struct {
	from io.Reader
	n    int64
	torn bool // it ended in an error
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	c.n += int64(n)
	c.torn = c.torn || err != nil && !errors.Is(err, io.EOF)
	return n, err
}

// follow reads one file until another takes its place.
func (r *Reader) follow(ctx context.Context, m *member, path string, from Position, gap bool, each func(*Batch) error) (lastRead, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	done := lastRead{known: true, at: from}
	t := &tail{ctx: ctx, file: m.file, path: path, at: from.Offset, first: make([]byte, min(fingerprint, from.Offset))}
	if _, err := m.file.ReadAt(t.first, 0); err != nil {
		return done, broken(filepath.Base(path), err)
	}
	head, err := t.head(r.quiet)
	if err != nil {
		return done, err
	}
	account := &Account{Name: filepath.Base(path), Gap: gap}
	if len(head) > 0 { // else it was moved away empty
		source := r.opens(account)
		f, err := r.formatOf(account, head)
		if err != nil {
			return done, err
		}
		err = r.run(ctx, feed{from: t, live: true, stop: stop, format: f, account: account, source: source, start: from}, func(b *Batch) error {
			var err error
			b.Again = from.Head > 0
			if b.Next.Begins, b.Next.Head, err = t.begins(b.Next.Offset); err != nil {
				return broken(account.Name, err)
			}
			return each(b)
		})
		r.mu.Lock()
		account.Bytes = t.at - from.Offset
		r.mu.Unlock()
		if err != nil {
			return done, err
		}
	}
	if t.emptied {
		return lastRead{}, nil // it begins anew, at the same place
	}
	if done.info, err = m.file.Stat(); err != nil {
		return done, err
	}
	done.size = t.at
	done.at.Offset, done.at.Line = t.at, from.Line+account.Lines
	done.at.Begins, done.at.Head, err = t.begins(t.at)
	return done, err
}

// tail reads a file as it grows.
type tail struct {
	ctx   context.Context
	file  *os.File
	path  string
	at    int64
	quiet bool // that nothing comes was told
	moved int  // pauses since it was seen to be moved

	emptied bool // it became shorter: it was copied, and begins anew

	mu    sync.Mutex
	first []byte // what the file begins with
}

func (t *tail) begins(read int64) (string, int64, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return begins(bytes.NewReader(t.first), read)
}

// begun keeps what the file begins with.
func (t *tail) begun(text []byte) {
	if len(t.first) < fingerprint {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.first = append(t.first, text[:min(len(text), fingerprint-len(t.first))]...)
	}
}

// head is the beginning of the file, once there is one; empty where the file was moved away.
func (t *tail) head(quiet func() error) ([]byte, error) {
	for told := false; ; told = true {
		head := make([]byte, headSize)
		n, err := t.file.ReadAt(head, 0)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, broken(filepath.Base(t.path), err)
		}
		if bytes.IndexByte(head[:n], '\n') >= 0 {
			return head[:bytes.LastIndexByte(head[:n], '\n')+1], nil
		}
		if t.isMoved() {
			return head[:n], nil
		}
		if !told {
			if err := quiet(); err != nil {
				return nil, err
			}
		}
		if err := pause(t.ctx, pollEvery); err != nil {
			return nil, err
		}
	}
}

// isMoved tells whether the path now is of another file.
func (t *tail) isMoved() bool {
	is, err := t.file.Stat()
	if err != nil {
		return true
	}
	now, err := os.Stat(t.path)
	return err == nil && !os.SameFile(is, now)
}

// Read waits for text. It reads nothing, without an error, once when nothing has come for a
// while, and io.EOF when the file has been moved away and nothing comes any more, or was
// copied and emptied.
func (t *tail) Read(p []byte) (int, error) {
	for {
		n, err := t.file.ReadAt(p, t.at)
		if n > 0 {
			t.at += int64(n)
			t.begun(p[:n])
			t.quiet = false
			return n, nil
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return 0, err
		}
		info, err := t.file.Stat()
		if err != nil {
			return 0, err
		}
		if info.Size() < t.at {
			t.emptied = true
			return 0, io.EOF
		}
		if info.Size() > t.at {
			continue
		}
		switch {
		case !t.isMoved():
			t.moved = 0
		case t.moved > int(graceAfter/quietAfter):
			return 0, io.EOF
		default:
			t.moved++
		}
		if err := pause(t.ctx, quietAfter); err != nil {
			return 0, err
		}
		if !t.quiet {
			if info, err = t.file.Stat(); err == nil && info.Size() == t.at {
				t.quiet = true
				return 0, nil
			}
		}
	}
}

const (
	mostFrame   = 1 << 20 // the largest message
	mostSenders = 256
	lastReads   = 300 * time.Millisecond // from each, when reading is to end
)

// Listen reads syslog over TCP (RFC 6587, messages counted or ended by a line end) from all
// that connect, until ctx is done or each fails. A sender is not read from while what came
// before is not yet taken: the network holds it back. When ctx is done, what was received
// is still handed on. Syslog knows no acknowledgement: what was sent and not yet read when
// the program ends is lost unless the sender sends it again.
func (r *Reader) Listen(ctx context.Context, l net.Listener, each func(*Batch) error) error {
	ctx, stop := context.WithCancel(ctx) // receiving
	defer stop()
	failed, fail := context.WithCancel(context.WithoutCancel(ctx))
	defer fail()
	frames := make(chan []byte, 1024)
	var senders sync.WaitGroup
	senders.Go(func() {
		room := make(chan struct{}, mostSenders)
		for {
			conn, err := l.Accept()
			if err != nil {
				if errors.Is(err, net.ErrClosed) || pause(ctx, pollEvery) != nil {
					return
				}
				continue // too many files are open, for a while
			}
			select {
			case room <- struct{}{}:
			case <-ctx.Done():
				_ = conn.Close()
				return
			}
			senders.Go(func() {
				defer func() { <-room }()
				// What has come by then is still read.
				done := context.AfterFunc(ctx, func() { _ = conn.SetReadDeadline(time.Now().Add(lastReads)) })
				defer done()
				broken := context.AfterFunc(failed, func() { _ = conn.Close() })
				defer broken()
				defer func() { _ = conn.Close() }()
				receive(failed, conn, frames)
			})
		}
	})
	go func() {
		senders.Wait()
		close(frames)
	}()
	defer senders.Wait()
	defer fail()
	defer stop()
	context.AfterFunc(ctx, func() { _ = l.Close() })

	account := &Account{Name: "syslog on " + l.Addr().String()}
	source := r.opens(account)
	in := &mailbox{ctx: failed, frames: frames}
	head := in.head()
	f := openSyslog(r.options, head, true)
	if no, ok := f.(refusal); ok {
		return no.failure(account.Name)
	}
	account.Format, account.Zone = "syslog", ZoneTold
	return r.run(failed, feed{from: in, live: true, stop: fail, format: f, account: account, source: source}, each)
}

// receive reads the messages of one sender.
func receive(ctx context.Context, conn io.Reader, frames chan<- []byte) {
	in := bufio.NewReaderSize(conn, 64<<10)
	for {
		first, err := in.Peek(1)
		if err != nil {
			return
		}
		var frame []byte
		if isDigit(first[0]) {
			count, err := in.ReadSlice(' ')
			if err != nil || len(count) > 8 {
				return
			}
			n, err := strconv.Atoi(string(count[:len(count)-1]))
			if err != nil || n > mostFrame {
				return
			}
			frame = make([]byte, n, n+1)
			if _, err := io.ReadFull(in, frame); err != nil {
				return
			}
		} else {
			for {
				part, err := in.ReadSlice('\n')
				frame = append(frame, part...)
				if err == nil || len(frame) > mostFrame {
					break
				}
				if !errors.Is(err, bufio.ErrBufferFull) {
					if len(frame) == 0 {
						return
					}
					break // the last one needs no end
				}
			}
			if len(frame) > mostFrame {
				return
			}
		}
		frame = bytes.TrimRight(frame, "\r\n\x00")
		if bytes.IndexByte(frame, '\n') >= 0 {
			frame = bytes.ReplaceAll(frame, []byte("\n"), []byte("#012"))
		}
		select {
		case frames <- append(frame, '\n'):
		case <-ctx.Done():
			return
		}
	}
}

// mailbox is the messages of all senders as text.
type mailbox struct {
	ctx    context.Context
	frames <-chan []byte // closed when no more can come
	left   []byte
	quiet  bool
}

// head waits for the first messages, by which the format is found.
func (m *mailbox) head() []byte {
	var head []byte
	var enough <-chan time.Time
	for len(head) < headSize/4 {
		select {
		case frame, ok := <-m.frames:
			if ok {
				if head == nil {
					timer := time.NewTimer(quietAfter)
					defer timer.Stop()
					enough = timer.C
				}
				head = append(head, frame...)
				continue
			}
		case <-enough:
		}
		break
	}
	m.left = head
	return head
}

func (m *mailbox) Read(p []byte) (int, error) {
	if len(m.left) == 0 {
		var wait <-chan time.Time
		if !m.quiet {
			timer := time.NewTimer(quietAfter)
			defer timer.Stop()
			wait = timer.C
		}
		select {
		case frame, ok := <-m.frames:
			if !ok {
				return 0, io.EOF
			}
			m.left = frame
		case <-wait:
			m.quiet = true
			return 0, nil
		case <-m.ctx.Done():
			return 0, m.ctx.Err()
		}
	}
	m.quiet = false
	n := copy(p, m.left)
	m.left = m.left[n:]
	for n < len(p) && len(m.left) == 0 {
		select {
		case m.left = <-m.frames: // nothing, when no more can come
			k := copy(p[n:], m.left)
			n, m.left = n+k, m.left[k:]
			if k > 0 {
				continue
			}
		default:
		}
		break
	}
	return n, nil
}

// Serve takes logs of OpenTelemetry at l, as Handler does, until ctx is done or each fails.
// When ctx is done, requests that have begun are still answered.
func (r *Reader) Serve(ctx context.Context, l net.Listener, each func(*Batch) error) error {
	failed, ended := make(chan error, 1), make(chan error, 1)
	server := &http.Server{ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, IdleTimeout: 2 * time.Minute}
	server.Handler = r.Handler(func(b *Batch) error {
		err := each(b)
		if err != nil {
			select {
			case failed <- err:
			default:
			}
		}
		return err
	})
	go func() { ended <- server.Serve(l) }()
	select {
	case err := <-ended:
		return err
	case err := <-failed: // who sent it is told that it was not taken
		soon, stop := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer stop()
		_ = server.Shutdown(soon) // it fails as it is
		return err
	case <-ctx.Done():
		soon, stop := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer stop()
		return server.Shutdown(soon)
	}
}

// mostRequest is the largest request of OTLP that is read.
const mostRequest = 16 << 20

// Handler takes logs of OpenTelemetry over HTTP (OTLP/HTTP 1.x, POST /v1/logs, JSON). A
// request is answered as taken once each has returned: the sender sends it again otherwise.
func (r *Reader) Handler(each func(*Batch) error) http.Handler {
	account := &Account{Name: "OTLP", Format: "otlp", Zone: ZoneTold}
	source := r.opens(account)
	var one sync.Mutex
	take := func(req *http.Request) (int, error) {
		if kind, _, err := mime.ParseMediaType(req.Header.Get("Content-Type")); err != nil || kind != "application/json" {
			return http.StatusUnsupportedMediaType, errors.New("logs are taken as application/json")
		}
		body := io.Reader(http.MaxBytesReader(nil, req.Body, mostRequest))
		switch req.Header.Get("Content-Encoding") {
		case "", "identity":
		case "gzip":
			z, err := gzip.NewReader(body)
			if err != nil {
				return http.StatusBadRequest, errors.New("the request cannot be unpacked")
			}
			body = io.LimitReader(z, mostRequest+1)
		default:
			return http.StatusUnsupportedMediaType, errors.New("logs are taken as they are or with gzip")
		}
		text, err := io.ReadAll(body)
		if err != nil || len(text) > mostRequest {
			return http.StatusRequestEntityTooLarge, fmt.Errorf("a request holds at most %d MiB", mostRequest>>20)
		}
		var lines bytes.Buffer
		to := bufio.NewWriter(&lines)
		if err := otlpLines(bytes.NewReader(text), to); err != nil {
			return http.StatusBadRequest, errors.New("the request is not the JSON of OTLP logs")
		}
		_ = to.Flush()
		if lines.Len() == 0 {
			return http.StatusOK, nil
		}
		one.Lock()
		defer one.Unlock()
		r.mu.Lock()
		start := Position{Line: account.Lines}
		r.mu.Unlock()
		f := openWrapped(r.options, lines.Bytes()[:min(lines.Len(), headSize)], false)
		if f == nil {
			f = jsonLines{options: r.options}
		}
		r.mu.Lock()
		account.Bytes += int64(len(text))
		r.mu.Unlock()
		if err := r.run(context.WithoutCancel(req.Context()), feed{from: &lines, size: lines.Len() + 1, format: f, account: account, source: source, start: start}, each); err != nil {
			return http.StatusServiceUnavailable, errors.New("the logs could not be taken")
		}
		return http.StatusOK, nil
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/logs", func(w http.ResponseWriter, req *http.Request) {
		status, err := take(req)
		w.Header().Set("Content-Type", "application/json")
		if err == nil {
			_, _ = io.WriteString(w, "{}")
			return
		}
		if status == http.StatusServiceUnavailable {
			w.Header().Set("Retry-After", "5")
		}
		w.WriteHeader(status)
		_, _ = fmt.Fprintf(w, "{\"message\":%q}", err.Error())
	})
	return mux
}
