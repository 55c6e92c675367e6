package accesslog

import (
	"bytes"
	"compress/bzip2"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"golang.org/x/sync/errgroup"

	"constat.example/blind/access"
	"constat.example/blind/token"
	"constat.example/internal/failure"
)

// A log is read in blocks that end where an entry ends. Workers turn a block into
// entries whose names are numbered within the block; one goroutine then numbers them
// for the whole log and works out steps, in the order of the lines. So the result does
// not depend on how many workers there are.

const (
	blockSize = 1 << 20
	// headSize is how much of a log is looked at to find its format.
	headSize = 256 << 10
	// longest is the longest entry that is read; a longer one is no log line.
	longest = 16 << 20
)

// format reads one kind of log.
type format interface {
	// cut is the length of the part of text that is whole entries; 0 if there is none.
	// last tells that nothing follows.
	cut(text []byte, last bool) int
	// next is the length of the first entry of text, with its line end.
	next(text []byte) int
	// parser makes the parser of one worker.
	parser() parser
}

// parser reads entries of one format. It is used by one goroutine.
type parser interface {
	// parse reads an entry without its line end. Why it is rejected is said in words
	// that quote nothing.
	parse(text []byte, e *entry) (fate, string)
}

// block is a run of whole entries, and what was made of it.
type block struct {
	text    []byte
	done    chan struct{}
	known   *index       // where most names were looked up
	names   access.Names // the others, as this block numbers them
	shorts  []shortName  // of known
	sought  [abreast][namesOfEntry]sought
	of      [abreast]int // how many accesses each of them makes
	waiting int          // entries whose names are sought
	fetched uint32       // nothing: what was read to be fetched
	long    [][]byte     // names of them that are long, and not known
	room    []byte       // where those stand
	entries []access.Access
	ids     [][]byte
	asked   []int64 // the number that each asked for
	arena   []byte  // ids whose text does not stand in the block as it is
	account Account
	quiet   bool // nothing stands behind it so far
}

func (r *Reader) scanFile(ctx context.Context, path string, each func(*Batch) error) (err error) {
	file, err := os.Open(path)
	if err != nil {
		return failure.New(failure.BadInput, "Check the name of the file and your right to read it.", "reading the log: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	counted := &counter{from: file}
	text, closing, err := unpack(path, counted)
	if err != nil {
		return err
	}
	defer closing()
	account := &Account{Name: filepath.Base(path)}
	if err := r.scan(ctx, text, account, each); err != nil {
		return err
	}
	account.Bytes = counted.n
	return account.adds()
}

// counter counts what is read.
type counter struct {
	from io.Reader
	n    int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	c.n += int64(n)
	return n, err
}

// unpack reads through gzip and Zstandard, told by their first bytes.
func unpack(path string, from io.Reader) (io.Reader, func(), error) {
	head := make([]byte, 4)
	n, err := io.ReadFull(from, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, nil, fmt.Errorf("reading the log %s: %w", path, err)
	}
	whole := io.MultiReader(bytes.NewReader(head[:n]), from)
	bad := func(err error) error {
		return failure.New(failure.BadInput, "Copy the file again from where it was made.", "the log %s cannot be unpacked: %w", path, err)
	}
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		z, err := gzip.NewReader(whole)
		if err != nil {
			return nil, nil, bad(err)
		}
		return z, func() { _ = z.Close() }, nil
	case bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		z, err := zstd.NewReader(whole, zstd.WithDecoderConcurrency(1))
		if err != nil {
			return nil, nil, bad(err)
		}
		return z, z.Close, nil
	case bytes.HasPrefix(head, []byte("BZh")):
		return bzip2.NewReader(whole), func() {}, nil
	}
	return whole, func() {}, nil
}

// scan reads one log to its end.
func (r *Reader) scan(ctx context.Context, from io.Reader, account *Account, each func(*Batch) error) error {
	source := r.opens(account)
	head, err := headOf(from, account)
	if err != nil {
		return err
	}
	from = io.MultiReader(bytes.NewReader(head), from)
	from, document, closing := ofDocument(head, from)
	defer closing()
	if document != "" {
		if head, err = headOf(from, account); err != nil {
			return err
		}
		from = io.MultiReader(bytes.NewReader(head), from)
	}
	f, err := r.formatOf(account, head)
	if err != nil {
		return err
	}
	if document != "" {
		account.Format = document + "+" + account.Format
	}
	return r.run(ctx, feed{from: from, format: f, account: account, source: source}, each)
}

// opens takes up a log that is read now, and numbers it.
func (r *Reader) opens(account *Account) uint16 {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.accounts = append(r.accounts, account)
	return uint16(len(r.accounts))
}

func headOf(from io.Reader, account *Account) ([]byte, error) {
	head := make([]byte, headSize)
	n, err := io.ReadFull(from, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, broken(account.Name, err)
	}
	return head[:n], nil
}

// feed is text to be read.
type feed struct {
	from    io.Reader
	size    int    // of blocks, where it is more than blockSize: so that all comes in one batch
	live    bool   // text that comes is handed on at once; a read of nothing tells that all is quiet
	stop    func() // of a live feed: ends a read that waits
	start   Position
	format  format
	account *Account
	source  uint16
}

// run reads a feed to its end.
func (r *Reader) run(ctx context.Context, fd feed, each func(*Batch) error) error {
	f, threads := fd.format, r.options.Threads
	if one, ok := f.(interface{ ordered() bool }); ok && one.ordered() {
		threads = 1
	}
	next := fd.start
	group, ctx := errgroup.WithContext(ctx)
	if fd.stop != nil {
		defer context.AfterFunc(ctx, fd.stop)()
	}
	work := make(chan *block, r.options.Threads)
	ordered := make(chan *block, 2*r.options.Threads)
	free := make(chan *block, 3*r.options.Threads+4)
	group.Go(func() error {
		defer close(work)
		defer close(ordered)
		return cutBlocks(ctx, &fd, free, work, ordered)
	})
	for range threads {
		p := f.parser()
		group.Go(func() error {
			var e entry
			var seal func([]byte) token.Token
			if r.options.Seal != nil {
				seal = r.options.Seal()
			}
			for b := range work {
				b.known = r.known.Load()
				b.read(f, p, &e, seal)
				close(b.done)
			}
			return nil
		})
	}
	group.Go(func() error {
		var global []access.Name
		for b := range ordered {
			select {
			case <-b.done:
			case <-ctx.Done():
				return ctx.Err()
			}
			r.mu.Lock()
			global = r.merge(b, &fd, next.Line, global[:0])
			next.Offset += int64(len(b.text))
			next.Line += b.account.Lines
			var err error
			if len(b.entries) > 0 {
				err = each(&Batch{Accesses: b.entries, IDs: b.ids, Next: next})
			}
			r.mu.Unlock()
			if err == nil && b.quiet {
				err = r.quiet()
			}
			if err != nil {
				return err
			}
			select {
			case free <- b:
			default:
			}
		}
		return nil
	})
	return group.Wait()
}

func broken(name string, err error) error {
	return failure.New(failure.BadInput, "Copy the file again from where it was made; what was read before it broke off is not used.", "reading the log %s: %w", name, err)
}

// cutBlocks reads text and hands it on in whole entries.
func cutBlocks(ctx context.Context, fd *feed, free <-chan *block, work, ordered chan<- *block) error {
	var left []byte
	f, name := fd.format, fd.account.Name
	for last := false; !last; {
		var b *block
		select {
		case b = <-free:
		default:
			b = &block{}
		}
		size := max(blockSize, fd.size, 2*len(left))
		if cap(b.text) < size {
			b.text = make([]byte, 0, size)
		}
		b.text = append(b.text[:0], left...)
		n, err := fd.read(b.text[len(b.text):size])
		b.text = b.text[:len(b.text)+n]
		switch {
		case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
			last = true
		case err != nil:
			return broken(name, err)
		}
		whole := len(b.text)
		switch {
		case last:
		case n == 0: // quiet: what was kept back to see what follows has nothing that follows
			whole = f.cut(b.text[:bytes.LastIndexByte(b.text, '\n')+1], true)
		default:
			whole = f.cut(b.text, false)
		}
		if whole == 0 && len(b.text) > longest {
			return failure.New(failure.BadInput, "Name the format with --format, if it was taken for another.", "the log %s has an entry longer than %d MiB", name, longest>>20)
		}
		left = append(left[:0], b.text[whole:]...)
		b.quiet = n == 0 && !last
		if b.text = b.text[:whole]; whole == 0 && !b.quiet {
			continue
		}
		b.done = make(chan struct{})
		for _, to := range []chan<- *block{ordered, work} {
			select {
			case to <- b:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
	return nil
}

// read fills room, or, of a live feed, takes what is there.
func (fd *feed) read(room []byte) (int, error) {
	if fd.live {
		return fd.from.Read(room)
	}
	return io.ReadFull(fd.from, room)
}

// read makes entries of a block's text.
func (b *block) read(f format, p parser, e *entry, seal func([]byte) token.Token) {
	b.names.Reset()
	b.shorts = *b.known.short.Load()
	b.entries, b.ids, b.asked, b.arena, b.account = b.entries[:0], b.ids[:0], b.asked[:0], b.arena[:0], Account{Text: int64(len(b.text))}
	line := int64(1)
	for text := b.text; len(text) > 0; {
		n := f.next(text)
		one := text[:n]
		text = text[n:]
		lines := int64(bytes.Count(one, []byte{'\n'}))
		one = bytes.TrimSuffix(bytes.TrimSuffix(one, []byte{'\n'}), []byte{'\r'})
		if len(text) == 0 && (len(b.text) == 0 || b.text[len(b.text)-1] != '\n') {
			lines++
		}
		b.account.Lines += lines
		e.reset()
		what, why := idle, ""
		if len(one) > 0 {
			what, why = p.parse(one, e)
		}
		switch what {
		case used:
			b.account.Used += lines
			if e.local {
				b.account.Local += lines
			}
			b.add(e, line, seal)
		case idle:
			b.account.Idle += lines
		default:
			b.account.reject(why, line, lines)
		}
		line += lines
	}
	b.settle()
}

const (
	namesOfEntry = 7
	abreast      = 32 // entries whose names are looked up together, so that the places where they may be are fetched at once
)

// add appends an entry, one access for each record it names.
func (b *block) add(e *entry, line int64, seal func([]byte) token.Token) {
	for i := range max(1, len(e.records)) {
		b.entries, b.asked = append(b.entries, access.Access{}), append(b.asked, 0)
		a := &b.entries[len(b.entries)-1]
		a.Time, a.Line, a.Count, a.Action, a.By = e.time, line, e.count, e.action, e.by
		if i == 0 {
			b.asked[len(b.asked)-1] = e.sought
		}
		switch {
		case seal == nil && i < len(e.records):
			at := len(b.arena)
			b.arena = append(b.arena, e.records[i]...)
			b.ids = append(b.ids, b.arena[at:len(b.arena):len(b.arena)])
		case seal == nil:
			b.ids = append(b.ids, nil)
		case i < len(e.records):
			a.Record = seal(e.records[i])
		}
	}
	n := max(1, len(e.records))
	b.account.Entries += int64(n)
	all := &b.sought[b.waiting]
	for i, text := range [namesOfEntry][]byte{e.account, e.session, e.address, e.device, e.office, e.table, e.reason} {
		b.known.seek(&all[i], text, b.shorts)
		if all[i].is == soughtLong {
			from := len(b.room)
			b.room = append(b.room, text...)
			all[i].long = int32(len(b.long))
			b.long = append(b.long, b.room[from:len(b.room):len(b.room)])
		}
	}
	b.of[b.waiting] = n
	if b.waiting++; b.waiting == abreast {
		b.settle()
	}
}

// unmet marks the number of a name that was not known: it is the block's.
const unmet access.Name = 1 << 31

// settle gives the entries that wait their names.
func (b *block) settle() {
	for i := range b.sought[:b.waiting] {
		for j := range b.sought[i] {
			b.fetched += b.shorts[b.sought[i][j].at].name.Load()
		}
	}
	at := len(b.entries)
	for _, n := range b.of[:b.waiting] {
		at -= n
	}
	for i := range b.sought[:b.waiting] {
		all := &b.sought[i]
		for j := range all {
			if s := &all[j]; s.is != soughtFound {
				s.name = b.number(s)
			}
		}
		for range b.of[i] {
			a := &b.entries[at]
			at++
			a.Account, a.Session, a.Address, a.Device = all[0].name, all[1].name, all[2].name, all[3].name
			a.Office, a.Relation, a.Reason = all[4].name, all[5].name, all[6].name
		}
	}
	b.waiting, b.long, b.room = 0, b.long[:0], b.room[:0]
}

func (b *block) number(s *sought) access.Name {
	if s.is == soughtLong {
		return unmet | b.names.Number(b.long[s.long])
	}
	if n := s.found(b.shorts); n != 0 {
		return n
	}
	b.room = s.text.Append(b.room)
	return unmet | b.names.Number(b.room[len(b.room)-s.text.Len():])
}

// merge numbers the names of a block for the whole log, and works out steps.
func (r *Reader) merge(b *block, fd *feed, before int64, global []access.Name) []access.Name {
	account := fd.account
	global = append(global, 0)
	known := r.known.Load()
	number := func(name string) access.Name {
		had := r.Names.Len()
		n := r.Names.Number([]byte(name))
		if r.Names.Len() > had {
			known.add(r.Names.Of(n), n)
		}
		return n
	}
	for i := range b.names.Len() {
		global = append(global, number(b.names.Of(access.Name(i+1))))
	}
	latest := int64(0)
	if !account.Last.IsZero() {
		latest = account.Last.UnixMicro()
	}
	skew := r.options.Skew.Microseconds()
	for i := range b.entries {
		a := &b.entries[i]
		a.Time += skew
		a.Line += before
		a.Source = fd.source
		if (a.Account|a.Session|a.Address|a.Device|a.Office|a.Relation|a.Reason)&unmet != 0 || b.known != known {
			for _, n := range [...]*access.Name{&a.Account, &a.Session, &a.Address, &a.Device, &a.Office, &a.Relation, &a.Reason} {
				switch {
				case *n&unmet != 0:
					*n = global[*n&^unmet]
				case *n != 0 && b.known != known: // names were forgotten since the block was read
					*n = number(b.known.texts[*n-1])
				}
			}
		}
		if n := b.asked[i]; n != 0 {
			a.Step = r.step(a, n)
		}
		if account.First.IsZero() && latest == 0 {
			account.First, latest = time.UnixMicro(a.Time).UTC(), a.Time
		}
		if a.Time < latest {
			account.Backwards++
			account.Furthest = max(account.Furthest, time.Duration(latest-a.Time)*time.Microsecond)
			if a.Time < account.First.UnixMicro() {
				account.First = time.UnixMicro(a.Time).UTC()
			}
		}
		latest = max(latest, a.Time)
	}
	if len(b.entries) > 0 {
		account.Last = time.UnixMicro(latest).UTC()
	}
	o := &b.account
	account.Text += o.Text
	account.Lines += o.Lines
	account.Used += o.Used
	if account.Local += o.Local; account.Local > 0 {
		account.Zone = r.options.Zone.String()
	}
	account.Idle += o.Idle
	account.Entries += o.Entries
	for _, x := range o.Rejects {
		for i, line := range x.Lines {
			n := int64(0)
			if i == 0 {
				n = x.Count
			}
			account.reject(x.Reason, before+line, n)
		}
	}
	return global
}

// step is how far the number that is asked for lies from the one that the same account, or
// where a log tells none the same address, asked for before by the same kind.
func (r *Reader) step(a *access.Access, number int64) int64 {
	if int(a.Account) >= len(r.latest) {
		r.latest = append(r.latest, make([]asked, r.Names.Len()+1-len(r.latest))...)
	}
	// Who works asks by one kind for a while: what was asked for by another is put aside.
	last := &r.latest[a.Account]
	w := walk{account: a.Account, by: a.By}
	if a.Account == 0 {
		w.address = a.Address
	} else if last.by == a.By && last.number != 0 {
		step := number - last.number
		last.number = number
		return step
	}
	step := int64(0)
	if was, ok := r.walks[w]; ok {
		step = number - was
	}
	if a.Account == 0 {
		r.walks[w] = number
		return step
	}
	if last.number != 0 {
		r.walks[walk{account: a.Account, by: last.by}] = last.number
	}
	*last = asked{number, a.By}
	return step
}

// formatOf is the format that was asked for, or that the first lines have.
func (r *Reader) formatOf(account *Account, head []byte) (format, error) {
	head = bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
	var tried []string
	for _, f := range formats() {
		if r.options.Format != "" && r.options.Format != f.name {
			continue
		}
		tried = append(tried, f.name)
		if made := f.open(r.options, head, r.options.Format != "" || r.options.Map.format() == f.name); made != nil {
			if no, ok := made.(refusal); ok {
				return nil, no.failure(account.Name)
			}
			account.Format, account.Zone = f.name, ZoneTold
			if called, ok := made.(interface{ name() string }); ok {
				account.Format = called.name()
			}
			return made, nil
		}
	}
	if len(bytes.TrimSpace(head)) == 0 {
		account.Format = "empty"
		return lines{}, nil
	}
	if len(tried) == 0 {
		return nil, failure.New(failure.Usage, "The formats are "+strings.Join(Formats(), ", ")+".", "there is no format of logs %q", r.options.Format)
	}
	return nil, failure.New(failure.BadInput, "Name its format with --format ("+strings.Join(Formats(), ", ")+"), or say with --map what its fields are.",
		"the first lines of the log %s are of no format that is known", account.Name)
}

// known is a format by its name.
type known struct {
	name string
	// open makes the format, or nil where the first lines are not of it; forced tells
	// that the user said they are.
	open func(o Options, head []byte, forced bool) format
}

// Formats are the names of the formats, in the order in which they are tried.
func Formats() []string {
	names := make([]string, len(formats()))
	for i, f := range formats() {
		names[i] = f.name
	}
	return names
}

// lines is the part of a format whose entries are lines.
type lines struct{}

func (lines) cut(text []byte, _ bool) int { return bytes.LastIndexByte(text, '\n') + 1 }

func (lines) next(text []byte) int {
	if i := bytes.IndexByte(text, '\n'); i >= 0 {
		return i + 1
	}
	return len(text)
}

func (lines) parser() parser { return nothing{} }

type nothing struct{}

func (nothing) parse([]byte, *entry) (fate, string) { return idle, "" }
