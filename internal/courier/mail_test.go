package courier_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"math/big"
	"mime"
	"mime/quotedprintable"
	"net"
	netmail "net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"constat.example/internal/courier"
)

// mailbox is a mail server that keeps what it is given.
type mailbox struct {
	got    chan string
	refuse bool
	tls    bool // it was spoken to encrypted
}

type session struct {
	*mailbox

	named bool
	to    []string
}

func (m *mailbox) NewSession(c *smtp.Conn) (smtp.Session, error) {
	_, m.tls = c.TLSConnectionState()
	return &session{mailbox: m}, nil
}

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if s.named = user == "constat" && password == "secret"; !s.named {
			return smtp.ErrAuthFailed
		}
		return nil
	}), nil
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

func (s *session) Mail(string, *smtp.MailOptions) error {
	if s.refuse || s.tls && !s.named {
		return &smtp.SMTPError{Code: 550, Message: "no"}
	}
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = append(s.to, to)
	return nil
}

func (s *session) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	s.got <- strings.Join(s.to, " ") + "\n" + string(text)
	return err
}

// trusted makes a certificate of 127.0.0.1 and who trusts it.
func trusted(t *testing.T) (server, client *tls.Config) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	plan := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, plan, plan, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	made, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(made)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, &tls.Config{RootCAs: pool}
}

// serve runs a mail server on loopback, and tells its port.
func serve(t *testing.T, m *mailbox, config *tls.Config, implicit bool) int {
	t.Helper()
	server := smtp.NewServer(m)
	server.Domain, server.TLSConfig, server.AllowInsecureAuth = "localhost", config, config == nil
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	if implicit {
		l = tls.NewListener(l, config)
	}
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close() })
	return port
}

// A mail with several lines goes to a real server over each kind of connection, with login.
func TestMail(t *testing.T) {
	t.Parallel()
	server, client := trusted(t)
	for _, security := range []courier.Security{courier.StartTLS, courier.TLS, courier.Plain} {
		t.Run(string(security), func(t *testing.T) {
			t.Parallel()
			box := &mailbox{got: make(chan string, 1)}
			config := server
			if security == courier.Plain {
				config = nil
			}
			to := courier.Mail{
				Host: "127.0.0.1", Port: serve(t, box, config, security == courier.TLS), Security: security, TLS: client,
				From: "constat@agence.example", To: []string{"rssi@agence.example", "astreinte@agence.example"}, User: "constat", Password: "secret",
				Format: func(lines [][]byte) (courier.Message, error) {
					return courier.Message{ID: "ab12", Subject: "Constat : 2 alertes", Text: "à voir\n" + string(bytes.Join(lines, []byte("\n"))), At: time.Unix(1_770_000_000, 0)}, nil
				},
			}
			if security == courier.Plain {
				to.User = "" // a password is not sent in the clear
			}
			dir := t.TempDir()
			journal, cursor := filepath.Join(dir, "journal"), filepath.Join(dir, "sent")
			if err := os.WriteFile(journal, []byte("one\ntwo\nthr"), 0o600); err != nil {
				t.Fatal(err)
			}
			if n, err := courier.Pump(t.Context(), journal, cursor, to); n != 2 || err != nil {
				t.Fatal(n, err)
			}
			if n, err := courier.Pump(t.Context(), journal, cursor, to); n != 0 || err != nil {
				t.Fatal("sent again", n, err)
			}
			people, text, _ := strings.Cut(<-box.got, "\n")
			if people != "rssi@agence.example astreinte@agence.example" {
				t.Error("to", people)
			}
			got, err := netmail.ReadMessage(strings.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			subject, err := new(mime.WordDecoder).DecodeHeader(got.Header.Get("Subject"))
			body, err2 := io.ReadAll(quotedprintable.NewReader(got.Body))
			if err != nil || err2 != nil || subject != "Constat : 2 alertes" || strings.TrimSpace(strings.ReplaceAll(string(body), "\r", "")) != "à voir\none\ntwo" || got.Header.Get("Message-ID") != "<ab12@127.0.0.1>" {
				t.Errorf("%v %v %q %q %v", err, err2, subject, body, got.Header)
			}
			if box.tls == (security == courier.Plain) {
				t.Errorf("encrypted: %v", box.tls)
			}
		})
	}
}

// What the server does not take stays, and why is told without a word of it.
func TestMailRefused(t *testing.T) {
	t.Parallel()
	server, client := trusted(t)
	format := func([][]byte) (courier.Message, error) {
		return courier.Message{ID: "1", Subject: "s", Text: "secret thing"}, nil
	}
	for name, c := range map[string]struct {
		to   courier.Mail
		want string
	}{
		"refused":      {courier.Mail{User: "constat", Password: "secret", TLS: client}, "answered 550"},
		"not trusted":  {courier.Mail{User: "constat", Password: "secret"}, "cannot be reached"},
		"wrong login":  {courier.Mail{User: "constat", Password: "wrong", TLS: client}, "mail server"},
		"no addresses": {courier.Mail{From: "nobody", TLS: client}, "addresses"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.to.Host, c.to.Port, c.to.Format = "127.0.0.1", serve(t, &mailbox{got: make(chan string, 1), refuse: true}, server, false), format
			if c.to.From == "" {
				c.to.From = "constat@agence.example"
			}
			c.to.To = []string{"rssi@agence.example"}
			err := c.to.Send(t.Context(), []byte("x"))
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "rssi") || strings.Contains(err.Error(), "secret") {
				t.Error(err)
			}
			if errors.Is(err, io.EOF) {
				t.Error(err)
			}
		})
	}
}
