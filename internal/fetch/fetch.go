// Package fetch gets what lies at an address that a person named: over TLS, or from this
// machine, from that host and no other, within bounds of size and time. Errors name the
// host and nothing else of an address: the rest of it may hold a secret or a name.
package fetch

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// patience is how long one answer may take, to its last byte.
const patience = time.Minute

// Access is how to be let in. The zero value shows nothing.
type Access struct {
	Header string         // of Authorization; "": none
	Roots  *x509.CertPool // whom to trust; nil: whom the system does
}

// Bearer is the header of a token (RFC 6750).
func Bearer(token string) string { return "Bearer " + token }

// Basic is the header of a name and a password, with a colon between them (RFC 7617).
func Basic(pair string) string { return "Basic " + base64.StdEncoding.EncodeToString([]byte(pair)) }

// Client gets from one host.
type Client struct {
	base   *url.URL
	header string
	http   *http.Client
}

// Answer is what was got.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// OK tells whether it is what was asked for, and not an error of the host's.
func (a *Answer) OK() bool { return a.Status == http.StatusOK }

// ErrTooLarge is that an answer is larger than was asked for.
var ErrTooLarge = errors.New("it is larger than anything expected there")

// At reads an address, and makes a client of its host. What is told there of other hosts
// is not followed, and redirections are not either.
func At(address string, a Access) (*Client, error) {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || u.Hostname() == "":
		return nil, errors.New("it is no address: write https://host/path")
	case u.User != nil:
		return nil, errors.New("a name or password in the address shows to everybody on this machine: put it into a file")
	case u.Scheme != "https" && (u.Scheme != "http" || !Loopback(u.Hostname())):
		return nil, errors.New("it is not encrypted: only https is fetched, and http from this machine itself")
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = &tls.Config{RootCAs: a.Roots, MinVersion: tls.VersionTLS12}
	transport.MaxResponseHeaderBytes = 64 << 10
	return &Client{base: u, header: a.Header, http: &http.Client{
		Transport: transport, Timeout: patience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// Loopback tells whether a host is this machine.
func Loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Host is the host it gets from, without port.
func (c *Client) Host() string { return strings.ToLower(c.base.Hostname()) }

// Resolve is an address as this one's pages write it: whole, or relative to it. One of
// another host is refused: it was not named, and would be shown the credentials.
func (c *Client) Resolve(address string) (string, error) {
	u, err := c.base.Parse(address)
	if err != nil {
		return "", errors.New("an address that it tells is none")
	}
	if u.Scheme != c.base.Scheme || u.Host != c.base.Host || u.User != nil {
		return "", errors.New("it points to another host, which nobody named")
	}
	return u.String(), nil
}

// Get gets what is at an address of the host, of at most that many bytes once unpacked.
// An answer of any status is one; a redirection is an error.
func (c *Client) Get(ctx context.Context, address, accept string, most int64) (_ *Answer, err error) {
	if address, err = c.Resolve(address); err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, errors.New("it is no address")
	}
	req.Header.Set("Accept", accept)
	req.Header.Set("User-Agent", "constat")
	if c.header != "" {
		req.Header.Set("Authorization", c.header)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, c.plain(err)
	}
	defer func() { _ = resp.Body.Close() }() // it was only read
	if resp.StatusCode >= 300 && resp.StatusCode < 400 {
		return nil, fmt.Errorf("%s answers %d and points elsewhere: name that address if it is the right one", c.base.Host, resp.StatusCode)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, most+1))
	if err != nil {
		return nil, c.plain(err)
	}
	if int64(len(body)) > most {
		return nil, ErrTooLarge
	}
	return &Answer{resp.StatusCode, resp.Header, body}, nil
}

// plain takes the address out of an error of Go's.
func (c *Client) plain(err error) error {
	if of, ok := errors.AsType[*url.Error](err); ok {
		err = of.Err
	}
	return fmt.Errorf("%s: %w", c.base.Host, err)
}
