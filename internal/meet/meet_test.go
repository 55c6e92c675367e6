package meet

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"constat.example/internal/failure"
)

func identity(t *testing.T, seed byte) *Identity {
	t.Helper()
	i, err := NewIdentity(ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize)))
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func listen(t *testing.T, own *Identity, peer Pin) *Listener {
	t.Helper()
	l, err := Listen(t.Context(), "127.0.0.1:0", own, peer)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

type accepted struct {
	conn *Conn
	err  error
}

func accept(ctx context.Context, l *Listener, stranger func(string)) <-chan accepted {
	out := make(chan accepted, 1)
	go func() {
		conn, err := l.Accept(ctx, stranger)
		out <- accepted{conn, err}
	}()
	return out
}

func TestTwoMeet(t *testing.T) {
	t.Parallel()
	a, b := identity(t, 1), identity(t, 2)
	l := listen(t, b, a.Pin())
	in := accept(t.Context(), l, func(string) { t.Error("a stranger?") })
	out, err := Dial(t.Context(), l.Address(), a, b.Pin(), time.Second)
	if err != nil {
		t.Fatal(err)
	}
	got := <-in
	if got.err != nil {
		t.Fatal(got.err)
	}
	long := bytes.Repeat([]byte{7}, Most)
	for _, payload := range [][]byte{nil, {1}, long} {
		go func() { _ = out.Send('X', payload) }()
		kind, text, err := got.conn.Receive()
		if err != nil || kind != 'X' || !bytes.Equal(text, payload) {
			t.Errorf("%c, %d bytes, %v", kind, len(text), err)
		}
	}
	if err := out.Send('X', append(long, 0)); !errors.Is(err, ErrMessage) {
		t.Errorf("a message too long: %v", err)
	}
	out.Close()
	if _, _, err := got.conn.Receive(); !errors.Is(err, ErrLost) {
		t.Errorf("a cut connection: %v", err)
	}
}

// Strangers are turned away, whatever they try, and the one that was named still
// gets in after them.
func TestStrangers(t *testing.T) {
	t.Parallel()
	a, b, c := identity(t, 1), identity(t, 2), identity(t, 3)
	l := listen(t, b, a.Pin())
	turned := make(chan string, 9)
	in := accept(t.Context(), l, func(from string) { turned <- from })

	if _, err := Dial(t.Context(), l.Address(), c, b.Pin(), time.Second); failure.CodeOf(err) != failure.Refused || !strings.Contains(err.Error(), "let us in") {
		t.Errorf("another pin: %v", err)
	}
	if _, err := Dial(t.Context(), l.Address(), a, c.Pin(), time.Second); !errors.Is(err, ErrStranger) || failure.CodeOf(err) != failure.Refused {
		t.Errorf("another answerer: %v", err)
	}
	for name, try := range map[string]func(net.Conn){
		"nothing said": func(c net.Conn) {},
		"nonsense":     func(c net.Conn) { _, _ = c.Write([]byte("GET / HTTP/1.1\r\n\r\n")) },
		"an older TLS": func(c net.Conn) {
			_ = tls.Client(c, &tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS12, MinVersion: tls.VersionTLS12}).Handshake() //nolint:gosec // it is to be refused
		},
		"no certificate": func(c net.Conn) {
			tc := tls.Client(c, &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS13}) //nolint:gosec // as above
			_ = tc.Handshake()
			_, _ = tc.Read(make([]byte, 1))
		},
	} {
		raw, err := net.Dial("tcp", l.Address())
		if err != nil {
			t.Fatal(name, err)
		}
		try(raw)
		_ = raw.Close()
	}
	out, err := Dial(t.Context(), l.Address(), a, b.Pin(), 5*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	if got := <-in; got.err != nil {
		t.Fatal(got.err)
	}
	if len(turned) != 6 || <-turned != "127.0.0.1" {
		t.Errorf("%d were turned away", len(turned))
	}
}

func TestNobodyThere(t *testing.T) {
	t.Parallel()
	a := identity(t, 1)
	l := listen(t, a, a.Pin())
	address := l.Address()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Dial(t.Context(), address, a, a.Pin(), 300*time.Millisecond); failure.CodeOf(err) != failure.BadInput {
		t.Errorf("%v", err)
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if _, err := Dial(stopped, address, a, a.Pin(), time.Minute); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	waiting := listen(t, a, a.Pin())
	if got := <-accept(stopped, waiting, func(string) {}); !errors.Is(got.err, context.Canceled) {
		t.Errorf("%v", got.err)
	}
	if _, err := Listen(t.Context(), "127.0.0.1:99999", a, a.Pin()); failure.CodeOf(err) != failure.BadInput {
		t.Errorf("%v", err)
	}
}

// Who is interrupted does not wait for the other side.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	a, b := identity(t, 1), identity(t, 2)
	l := listen(t, b, a.Pin())
	ctx, stop := context.WithCancel(t.Context())
	in := accept(ctx, l, func(string) {})
	out, err := Dial(t.Context(), l.Address(), a, b.Pin(), time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	got := <-in
	if got.err != nil {
		t.Fatal(got.err)
	}
	stop()
	if _, _, err := got.conn.Receive(); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestPins(t *testing.T) {
	t.Parallel()
	a := identity(t, 1)
	if a.Pin() != identity(t, 1).Pin() || a.Pin() == identity(t, 2).Pin() {
		t.Error("a pin is not its key's")
	}
	text := a.Pin().String()
	for _, written := range []string{text, strings.ToUpper(text), strings.ReplaceAll(text, "-", ""), " " + strings.ReplaceAll(text, "-", " ") + "\n"} {
		if p, err := ParsePin(written); err != nil || p != a.Pin() {
			t.Errorf("%q: %v", written, err)
		}
	}
	for _, written := range []string{"", "12", text[1:], text + "0", strings.Replace(text, text[:1], "g", 1)} {
		if _, err := ParsePin(written); failure.CodeOf(err) != failure.Usage || failure.HintOf(err) == "" {
			t.Errorf("%q: %v", written, err)
		}
	}
}

// Whatever comes is a message of no more than Most bytes, or an error; what was
// read is what was written.
func FuzzMessage(f *testing.F) {
	f.Add([]byte{'X', 0, 0, 0, 1, 9})
	f.Add([]byte{'X', 0xff, 0xff, 0xff, 0xff, 9})
	f.Fuzz(func(t *testing.T, text []byte) {
		kind, payload, err := readMessage(bytes.NewReader(text))
		if err != nil {
			if len(text) >= headSize && int(binary.BigEndian.Uint32(text[1:])) <= len(text)-headSize && binary.BigEndian.Uint32(text[1:]) <= Most {
				t.Errorf("a whole message was refused: %v", err)
			}
			if !errors.Is(err, ErrMessage) && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("%v", err)
			}
			return
		}
		if kind != text[0] || len(payload) > Most || !bytes.Equal(payload, text[headSize:headSize+len(payload)]) {
			t.Errorf("read %c and %d bytes", kind, len(payload))
		}
	})
}
