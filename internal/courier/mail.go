package courier

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"time"

	mail "github.com/wneessen/go-mail"
)

// Security is how a mail server is spoken to.
type Security string

// Securities.
const (
	StartTLS Security = "starttls" // encrypted, or not at all: the default
	TLS      Security = "tls"      // encrypted from the first byte, as on port 465
	Plain    Security = "none"     // in the clear
)

// Mail sends lines as one message of plain text over SMTP. Taken is what the server
// took. A message that is sent again has the same id, so that mail programs show it once.
type Mail struct {
	Host, From     string
	Port           int // 0: 587, or 465 with TLS
	To             []string
	Security       Security
	User, Password string      // "": without login; never with Plain
	TLS            *tls.Config // nil: what the system trusts
	Format         func(lines [][]byte) (m Message, err error)
}

// Message is what a mail says.
type Message struct {
	ID            string // that of the message, before the @
	Subject, Text string
	At            time.Time
}

// Send is of Sender.
func (m Mail) Send(ctx context.Context, line []byte) error {
	return m.SendAll(ctx, [][]byte{line})
}

// SendAll is of Gatherer.
func (m Mail) SendAll(ctx context.Context, lines [][]byte) error {
	says, err := m.Format(lines)
	if err != nil {
		return err
	}
	text := mail.NewMsg()
	if text.From(m.From) != nil || text.To(m.To...) != nil {
		return errors.New("the mail addresses are not understood") // an error of it quotes them
	}
	text.Subject(says.Subject)
	text.SetDateWithValue(says.At)
	text.SetMessageIDWithValue(says.ID + "@" + m.Host)
	text.SetGenHeader("Auto-Submitted", "auto-generated") // so that no absence is answered to it (RFC 3834)
	text.SetBodyString(mail.TypeTextPlain, says.Text)
	client, err := m.client()
	if err != nil {
		return errors.New("the mail server's name or port is not understood")
	}
	return again(ctx, func(ctx context.Context) error {
		err := client.DialAndSendWithContext(ctx, text)
		if refused, ok := errors.AsType[*mail.SendError](err); ok && refused.ErrorCode() != 0 {
			return fmt.Errorf("the mail server answered %d", refused.ErrorCode())
		}
		if err != nil {
			return errors.New("the mail server cannot be reached, or not as it should: look at its name, port, security and login")
		}
		return nil
	})
}

func (m Mail) client() (*mail.Client, error) {
	options := []mail.Option{mail.WithTimeout(patience)}
	port := m.Port
	switch m.Security {
	case TLS:
		options = append(options, mail.WithSSL())
		if port == 0 {
			port = 465
		}
	case Plain:
		options = append(options, mail.WithTLSPolicy(mail.NoTLS))
	default:
		options = append(options, mail.WithTLSPolicy(mail.TLSMandatory))
	}
	if port == 0 {
		port = 587
	}
	options = append(options, mail.WithPort(port))
	if m.User != "" {
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(m.User), mail.WithPassword(m.Password))
	}
	if m.TLS != nil {
		config := m.TLS.Clone()
		config.ServerName = m.Host
		options = append(options, mail.WithTLSConfig(config))
	}
	return mail.NewClient(m.Host, options...)
}
