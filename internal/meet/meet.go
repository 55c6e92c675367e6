// Package meet connects two processes that know each other by pins, and nobody
// else: TLS 1.3, each side with a certificate of its own making whose key the other
// side has named beforehand. What is said over it are short messages of which one
// byte tells the kind.
package meet

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/subtle"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"strings"
	"sync"
	"time"

	"constat.example/internal/failure"
)

// Pin names a key: the SHA-256 of its public half, as certificates write it
// (SubjectPublicKeyInfo, RFC 5280).
type Pin [sha256.Size]byte

// String is the pin in eight groups of eight, fit to be read out.
func (p Pin) String() string {
	digits := hex.EncodeToString(p[:])
	groups := make([]string, 0, 8)
	for at := 0; at < len(digits); at += 8 {
		groups = append(groups, digits[at:at+8])
	}
	return strings.Join(groups, "-")
}

// ParsePin reads a pin, however it is grouped.
func ParsePin(text string) (p Pin, err error) {
	digits := strings.NewReplacer("-", "", " ", "", ":", "").Replace(strings.ToLower(strings.TrimSpace(text)))
	b, err := hex.DecodeString(digits)
	if err != nil || len(b) != len(p) {
		return p, failure.New(failure.Usage, "It is what \"constat owner pin\" prints on the other side: eight groups of eight digits and letters from a to f.", "that is no pin")
	}
	return Pin(b), nil
}

// Identity is one side's key and certificate.
type Identity struct {
	cert tls.Certificate
	pin  Pin
}

// NewIdentity makes the certificate of a key. It is always the same: what it says
// beside the key means nothing to anybody.
func NewIdentity(key ed25519.PrivateKey) (*Identity, error) {
	form := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "constat"},
		NotBefore: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2120, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	der, err := x509.CreateCertificate(nil, form, form, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("making a certificate: %w", err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("making a certificate: %w", err)
	}
	return &Identity{tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, pinOf(leaf)}, nil
}

// Pin is what the other side is told.
func (i *Identity) Pin() Pin { return i.pin }

func pinOf(c *x509.Certificate) Pin { return sha256.Sum256(c.RawSubjectPublicKeyInfo) }

// ErrStranger says that the other side is not the one that was named.
var ErrStranger = errors.New("the other side is not the one whose pin was named")

// config lets in the one key of that pin. Nothing else in its certificate counts.
func (i *Identity) config(peer Pin) *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{i.cert},
		ClientAuth: tls.RequireAnyClientCert, SessionTicketsDisabled: true,
		InsecureSkipVerify: true, //nolint:gosec // VerifyConnection does it, by the pin
		VerifyConnection: func(s tls.ConnectionState) error {
			if len(s.PeerCertificates) == 0 {
				return ErrStranger
			}
			if pin := pinOf(s.PeerCertificates[0]); subtle.ConstantTimeCompare(pin[:], peer[:]) != 1 {
				return ErrStranger
			}
			return nil
		},
	}
}

// Most is the longest payload of a message, in bytes.
const Most = 1 << 16

// Conn is a connection to the one that was named. Send and Receive may be called at
// the same time.
type Conn struct {
	c     *tls.Conn
	stall time.Duration
	ctx   context.Context //nolint:containedctx // the connection lives as long as it
	stop  func() bool
	once  sync.Once
}

// Stall is how long one message may take: longer than anything that an honest side
// does between two.
const Stall = 5 * time.Minute

// shake is how long a stranger may keep the door.
const shake = 10 * time.Second

func open(ctx context.Context, raw net.Conn, wrap func(net.Conn, *tls.Config) *tls.Conn, config *tls.Config, patience time.Duration) (*Conn, error) {
	c := wrap(raw, config)
	hurry, done := context.WithTimeout(ctx, patience)
	defer done()
	if err := c.HandshakeContext(hurry); err != nil {
		return nil, errors.Join(err, ignoreClosed(raw.Close()))
	}
	conn := &Conn{c: c, stall: Stall, ctx: ctx}
	conn.stop = context.AfterFunc(ctx, conn.Abort)
	return conn, nil
}

func ignoreClosed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// Listener waits for the one that was named.
type Listener struct {
	l      net.Listener
	config *tls.Config
}

// Listen begins to listen at an address, as "192.0.2.7:7600".
func Listen(ctx context.Context, address string, own *Identity, peer Pin) (*Listener, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, failure.New(failure.BadInput, "Name an address of this machine and a port that is free, as 127.0.0.1:7600.", "listening at %s: %w", address, err)
	}
	return &Listener{l, own.config(peer)}, nil
}

// Address is where it listens.
func (l *Listener) Address() string { return l.l.Addr().String() }

// Close ends it.
func (l *Listener) Close() error { return ignoreClosed(l.l.Close()) }

// Accept waits until the one that was named calls. Others are turned away, and
// stranger hears of each.
func (l *Listener) Accept(ctx context.Context, stranger func(from string)) (*Conn, error) {
	stop := context.AfterFunc(ctx, func() { _ = l.Close() })
	defer stop()
	for {
		raw, err := l.l.Accept()
		if err != nil {
			return nil, errors.Join(context.Cause(ctx), fmt.Errorf("waiting for the other side: %w", err))
		}
		conn, err := open(ctx, raw, tls.Server, l.config, shake)
		if err == nil {
			// In TLS 1.3 a client hears of its refusal only after it thinks to be in;
			// whoever is in says so.
			if err = conn.Send(hello, nil); err == nil {
				return conn, nil
			}
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		host, _, _ := net.SplitHostPort(raw.RemoteAddr().String())
		stranger(host)
	}
}

// hello is the kind of the message with which the listener lets in.
const hello = 0

// Dial calls the one that was named, and waits as long as wait where nobody listens
// yet, or the one who does is not ready.
func Dial(ctx context.Context, address string, own *Identity, peer Pin, wait time.Duration) (*Conn, error) {
	var d net.Dialer
	until, done := context.WithTimeout(ctx, wait)
	defer done()
	for {
		raw, err := d.DialContext(ctx, "tcp", address)
		if err == nil {
			return enter(ctx, raw, own, peer, wait)
		}
		select {
		case <-time.After(200 * time.Millisecond):
		case <-until.Done():
			if ctx.Err() != nil {
				return nil, context.Cause(ctx)
			}
			return nil, failure.New(failure.BadInput, "The other side starts first, with \"constat owner answer\"; agree on address and port.", "nobody answers at %s: %w", address, err)
		}
	}
}

func enter(ctx context.Context, raw net.Conn, own *Identity, peer Pin, wait time.Duration) (*Conn, error) {
	conn, err := open(ctx, raw, tls.Client, own.config(peer), max(wait, shake))
	if err == nil {
		var kind byte
		if kind, _, err = conn.Receive(); err == nil && kind != hello {
			err = ErrMessage
		}
		if err == nil {
			return conn, nil
		}
		conn.Abort()
	}
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case errors.Is(err, ErrStranger):
		return nil, failure.New(failure.Refused, "Compare the pins by telephone: what \"constat owner pin\" prints there is what --peer names here.", "%w", ErrStranger)
	default:
		return nil, failure.New(failure.Refused, "Compare the pins by telephone: what \"constat owner pin\" prints here is what --peer names there.", "the other side did not let us in: %w", err)
	}
}

// ErrMessage says that what came is no message, or too long a one.
var ErrMessage = errors.New("what came is no message")

const headSize = 5

// Send sends a message of at most Most bytes.
func (c *Conn) Send(kind byte, payload []byte) error {
	if len(payload) > Most {
		return ErrMessage
	}
	if err := c.c.SetWriteDeadline(time.Now().Add(c.stall)); err != nil {
		return c.lost("sending", err)
	}
	text := make([]byte, headSize, headSize+len(payload))
	text[0] = kind
	binary.BigEndian.PutUint32(text[1:], uint32(len(payload)))
	if _, err := c.c.Write(append(text, payload...)); err != nil {
		return c.lost("sending", err)
	}
	return nil
}

// Receive waits for a message.
func (c *Conn) Receive() (kind byte, payload []byte, err error) {
	if err := c.c.SetReadDeadline(time.Now().Add(c.stall)); err != nil {
		return 0, nil, c.lost("waiting", err)
	}
	kind, payload, err = readMessage(c.c)
	if err != nil {
		return 0, nil, c.lost("waiting", err)
	}
	return kind, payload, nil
}

func readMessage(r io.Reader) (kind byte, payload []byte, err error) {
	var head [headSize]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return 0, nil, err
	}
	size := binary.BigEndian.Uint32(head[1:])
	if size > Most {
		return 0, nil, ErrMessage
	}
	payload = make([]byte, size)
	_, err = io.ReadFull(r, payload)
	return head[0], payload, err
}

// lost tells of a connection that failed.
func (c *Conn) lost(doing string, err error) error {
	if c.ctx.Err() != nil {
		return context.Cause(c.ctx)
	}
	if errors.Is(err, ErrMessage) {
		return err
	}
	return fmt.Errorf("%w while %s: %w", ErrLost, doing, err)
}

// ErrLost says that the connection broke, or that nothing came over it any more.
var ErrLost = errors.New("the connection to the other side was lost")

// Abort ends the connection, whatever it is at.
func (c *Conn) Abort() {
	c.once.Do(func() { _ = c.c.NetConn().Close() })
}

// Close ends the connection when all is said.
func (c *Conn) Close() {
	c.stop()
	_ = c.c.Close() // what was to be said is said
}
