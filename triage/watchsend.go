package triage

import (
	"bytes"
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"constat.example/blind/watch"
	"constat.example/desk/alarm"
	"constat.example/internal/courier"
	"constat.example/internal/failure"
)

const outputsHint = `Write it as YAML, for example:
webhook: {url: https://siem.agence.example/alarms}
syslog: {address: siem.agence.example:514}
email:
  host: smtp.agence.example
  from: constat@agence.example
  to: [rssi@agence.example]
  user: constat
  password_file: smtp.password
  lang: fr`

// Outputs is where alarms are sent besides.
type Outputs struct {
	Webhook string // URL, or ""
	Syslog  string // host:port, or ""
	File    string // YAML that says so, or ""
}

// outlets is what an outputs file says.
type outlets struct {
	Webhook struct {
		URL string `yaml:"url"`
	} `yaml:"webhook"`
	Syslog struct {
		Address string `yaml:"address"`
	} `yaml:"syslog"`
	Email struct {
		Host         string           `yaml:"host"`
		Port         int              `yaml:"port"`
		Security     courier.Security `yaml:"security"`
		CA           string           `yaml:"ca"`
		From         string           `yaml:"from"`
		To           []string         `yaml:"to"`
		User         string           `yaml:"user"`
		PasswordFile string           `yaml:"password_file"`
		Lang         alarm.Language   `yaml:"lang"`
	} `yaml:"email"`
}

// mailEvery is how often at most a mail is sent, with all alarms since the last.
const mailEvery = time.Minute

// wording is how lines of a journal are told.
type wording struct {
	kind string // of syslog messages
	cef  func(line []byte) (string, time.Time, error)
	mail func(lines [][]byte, now time.Time, l alarm.Language) (courier.Message, error)
}

// Receivers are those that outputs name for alarms, and to whom that is, in words. now
// dates mails.
func (o Outputs) Receivers(now func() time.Time) (all []Receiver, to []string, err error) {
	return o.receivers(now, wording{"alarm", asCEF, asMail})
}

func (o Outputs) receivers(now func() time.Time, as wording) (all []Receiver, to []string, err error) {
	var file outlets
	beside := ""
	if o.File != "" {
		beside = filepath.Dir(o.File)
		text, err := os.ReadFile(o.File)
		if err != nil {
			return nil, nil, failure.New(failure.BadInput, "Check the path given to --outputs.", "reading the outputs: %w", err)
		}
		if err := yaml.NewDecoder(bytes.NewReader(text), yaml.DisallowUnknownField()).Decode(&file); err != nil {
			line := 0
			if e, ok := errors.AsType[yaml.Error](err); ok && e.GetToken() != nil {
				line = e.GetToken().Position.Line
			}
			return nil, nil, o.bad(fmt.Errorf("line %d is not as expected", line))
		}
	}
	add := func(name, where string, every time.Duration, s courier.Sender) {
		all = append(all, Receiver{Name: name, Every: every, Sender: s})
		to = append(to, where)
	}
	if at := cmp.Or(o.Webhook, file.Webhook.URL); at != "" {
		u, err := url.Parse(at)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return nil, nil, failure.New(failure.Usage, "Write it as https://siem.agence.example/alarms.", "the address of the webhook is not understood")
		}
		add("webhook", "the webhook at "+u.Host, 0, courier.Webhook{URL: at}) // the rest of it may be a secret
	}
	if at := cmp.Or(o.Syslog, file.Syslog.Address); at != "" {
		if _, _, err := net.SplitHostPort(at); err != nil {
			return nil, nil, failure.New(failure.Usage, "Write it as siem.agence.example:514.", "the address of the syslog server is not understood")
		}
		host, err := os.Hostname()
		if err != nil {
			host = "-"
		}
		add("syslog", "the syslog server "+at, 0, courier.Syslog{Address: at, Hostname: host, Kind: as.kind, Format: as.cef})
	}
	e := &file.Email
	if e.Host == "" && e.From == "" && len(e.To) == 0 {
		return all, to, nil
	}
	m := courier.Mail{Host: e.Host, Port: e.Port, Security: cmp.Or(e.Security, courier.StartTLS), From: e.From, To: e.To, User: e.User}
	lang := cmp.Or(e.Lang, alarm.English)
	switch {
	case e.Host == "" || e.From == "" || len(e.To) == 0:
		return nil, nil, o.bad(errors.New("email has no host, from or to"))
	case m.Security != courier.StartTLS && m.Security != courier.TLS && m.Security != courier.Plain:
		return nil, nil, o.bad(errors.New("the security of email is starttls, tls or none"))
	case lang != alarm.English && lang != alarm.French:
		return nil, nil, o.bad(errors.New("the lang of email is en or fr"))
	case (e.User == "") != (e.PasswordFile == ""):
		return nil, nil, o.bad(errors.New("email has a user without a password_file, or one without a user"))
	case e.User != "" && m.Security == courier.Plain:
		return nil, nil, o.bad(errors.New("the password of email would be sent in the clear"))
	}
	if e.PasswordFile != "" {
		text, err := os.ReadFile(inFolder(beside, e.PasswordFile))
		if err != nil {
			return nil, nil, o.bad(fmt.Errorf("reading the password of email: %w", err))
		}
		m.Password = strings.TrimRight(string(text), "\r\n")
	}
	if e.CA != "" {
		text, err := os.ReadFile(inFolder(beside, e.CA))
		if err != nil {
			return nil, nil, o.bad(fmt.Errorf("reading the certificates of email: %w", err))
		}
		m.TLS = &tls.Config{RootCAs: x509.NewCertPool(), MinVersion: tls.VersionTLS12}
		if !m.TLS.RootCAs.AppendCertsFromPEM(text) {
			return nil, nil, o.bad(errors.New("the ca of email holds no certificate in PEM"))
		}
	}
	m.Format = func(lines [][]byte) (courier.Message, error) { return as.mail(lines, now(), lang) }
	add("email", strings.Join(e.To, ", ")+" through "+e.Host, mailEvery, m)
	return all, to, nil
}

func (o Outputs) bad(err error) error {
	return failure.New(failure.BadInput, outputsHint, "the outputs %s: %w", o.File, err)
}

// inFolder is a file that another one names, which it lies beside.
func inFolder(dir, name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(dir, name)
}

// asCEF writes a line of the journal as CEF.
func asCEF(line []byte) (string, time.Time, error) {
	var a watch.Alarm
	if err := json.Unmarshal(line, &a); err != nil {
		return "", time.Time{}, err
	}
	return alarm.CEF(&a), a.At, nil
}

// asMail writes lines of the journal as a mail.
func asMail(lines [][]byte, now time.Time, l alarm.Language) (courier.Message, error) {
	all := make([]watch.Alarm, len(lines))
	for i, line := range lines {
		if err := json.Unmarshal(line, &all[i]); err != nil {
			return courier.Message{}, err
		}
	}
	m := courier.Message{ID: "constat-" + all[0].ID + "-" + all[len(all)-1].ID, At: now}
	m.Subject, m.Text = alarm.Mail(all, alarmCase, l)
	return m, nil
}
