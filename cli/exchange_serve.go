package cli

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"constat.example/desk/casefile"
	"constat.example/internal/failure"
	"constat.example/internal/fetch"
	"constat.example/internal/visible"
	"constat.example/triage"
)

// ServeRequest asks for cases to be served over TAXII, until the context is done.
type ServeRequest struct {
	Common
	Listen    string // host:port
	TLP       casefile.TLP
	Cert, Key string // PEM files; "": not encrypted, on this machine only
	Ready     func(address string, all []CollectionServed)
	OnlyTell  bool // what would be served
}

// CollectionServed is a collection that is served.
type CollectionServed struct {
	TLP   casefile.TLP `json:"tlp"`
	Name  string       `json:"name"`
	ID    string       `json:"id"` // "" where it is only told
	Cases int          `json:"cases"`
}

// ReaderRequest asks for a reader to be let in, or no longer.
type ReaderRequest struct {
	Common
	Reader string
	TLP    casefile.TLP
	Until  time.Time // zero: until it is taken back
	Revoke bool
}

// ReaderLet is who may read.
type ReaderLet struct {
	Reader string       `json:"reader"`
	TLP    casefile.TLP `json:"tlp"` // the strictest marking that they may read
	Since  time.Time    `json:"since"`
	Until  *time.Time   `json:"until"` // nil: until it is taken back
	By     string       `json:"by"`
	Token  string       `json:"token,omitempty"` // told once, when it is made
}

// CollectionsRequest asks a TAXII server which collections it has.
type CollectionsRequest struct {
	Common
	Address string
	Door    triage.Door
}

// CollectionOffered is a collection of another server.
type CollectionOffered struct {
	Address     string `json:"address"`
	Title       string `json:"title"`
	Description string `json:"description"`
	CanRead     bool   `json:"can_read"`
}

// exchangeShared are the commands of exchange that speak TAXII.
func (a *app) exchangeShared() []*cobra.Command {
	return []*cobra.Command{a.exchangeServe(), a.exchangeToken(), a.exchangeReaders(), a.exchangeCollections()}
}

func (a *app) exchangeServe() *cobra.Command {
	if a.services.Serve == nil {
		return nil
	}
	var (
		request ServeRequest
		tlp     string
		yes     bool
	)
	cmd := &cobra.Command{
		Use:   "serve [flags]",
		Short: "Serve cases to other teams over TAXII 2.1, to be read",
		Long: `Serve what "constat exchange stix" tells of cases over TAXII 2.1, until stopped
with Ctrl-C or a SIGTERM. There is a collection for each marking, up to that of
--tlp; a case is in the one of its own. Marked otherwise it is gone from there at
the next read; TLP:RED, and a case whose data was destroyed, is never served.

Whoever reads shows a token of "constat exchange token". Each read is kept in a log
before it is answered. Nothing can be written there.

It listens on this machine only. Elsewhere it needs a certificate and --yes; without
--yes it is only told what would be served.`,
		Example: `  constat exchange serve
  constat exchange serve --listen 192.0.2.7:6143 --cert c.pem --key k.pem --yes`,
		Args: between(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			var err error
			if request.Common, err = a.common(nil); err != nil {
				return err
			}
			request.TLP = markingOf(tlp)
			host, here := hostOf(request.Listen)
			encrypted := request.Cert != "" && request.Key != ""
			switch {
			case host == "" && !here:
				return failure.New(failure.Usage, "Write host:port of this machine, as 127.0.0.1:6143.", "--listen %q is no place to listen at", visible.Text(request.Listen, 60))
			case (request.Cert == "") != (request.Key == ""):
				return failure.New(failure.Usage, "Name both, or none on this machine.", "a certificate and its key go together")
			case !here && !encrypted:
				return failure.New(failure.Refused, "Name a certificate with --cert and its key with --key, or listen at 127.0.0.1.", "what is served beyond this machine is encrypted")
			}
			request.OnlyTell = !here && !yes
			request.Ready = func(address string, all []CollectionServed) {
				if address != "" {
					a.ui.say("TAXII 2.1 is served at " + address + "taxii2/")
				}
				for _, c := range all {
					a.ui.say(fmt.Sprintf("collection %s: %s", c.Name, plural(int64(c.Cases), "case")))
				}
			}
			if err := a.services.Serve(cmd.Context(), request); err != nil {
				return err
			}
			if request.OnlyTell {
				a.ui.say("Nothing is served yet; with --yes it is.")
			}
			return nil
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&request.Listen, "listen", "127.0.0.1:6143", "`address` to listen at, host:port")
	flags.StringVar(&tlp, "tlp", string(casefile.Amber), "the strictest `marking` that is served: CLEAR, GREEN, AMBER, AMBER+STRICT")
	flags.StringVar(&request.Cert, "cert", "", "`file` of the certificate, in PEM")
	flags.StringVar(&request.Key, "key", "", "`file` of its key, in PEM")
	flags.BoolVar(&yes, "yes", false, "serve beyond this machine")
	a.acts(cmd)
	a.stored(cmd)
	complete(cmd, "tlp", cobra.FixedCompletions(servedMarkings, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

var servedMarkings = []string{string(casefile.Clear), string(casefile.Green), string(casefile.Amber), string(casefile.AmberStrict)}

// markingOf reads a marking as people write it: "amber", "TLP:AMBER".
func markingOf(text string) casefile.TLP {
	return casefile.TLP(strings.TrimPrefix(strings.ToUpper(strings.TrimSpace(text)), "TLP:"))
}

// hostOf is the host of host:port, and whether it is this machine.
func hostOf(listen string) (host string, here bool) {
	at := strings.LastIndexByte(listen, ':')
	if at < 0 {
		return "", false
	}
	host = strings.Trim(listen[:at], "[]")
	if host == "" {
		return "*", false // every address of the machine
	}
	return host, fetch.Loopback(host)
}

func (a *app) exchangeToken() *cobra.Command {
	if a.services.LetRead == nil {
		return nil
	}
	var (
		request ReaderRequest
		tlp     string
		until   string
		asJSON  bool
	)
	cmd := &cobra.Command{
		Use:   "token READER [flags]",
		Short: "Make a token with which another team reads cases, or take it back",
		Long: `Make a token for an organisation that is to read cases over TAXII, and print it:
once, for only its SHA-256 is kept. Hand it over by another way than the address. It
takes the place of the one that the reader had. With --revoke it is taken back, and
is none from then on.`,
		Example: `  constat exchange token cert-fr --tlp AMBER --until 2027-01-01 > token
  constat exchange token cert-fr --revoke`,
		Args: between(1, 1, "the name of the organisation that is to read"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if request.Common, err = a.common(nil); err != nil {
				return err
			}
			request.Reader, request.TLP = args[0], markingOf(tlp)
			if until != "" {
				if request.Until, err = time.Parse(time.DateOnly, until); err != nil {
					return failure.New(failure.Usage, "Write the day as 2027-01-01.", "--until %q is not a day", visible.Text(until, 40))
				}
			}
			let, err := a.services.LetRead(cmd.Context(), request)
			if err != nil {
				return err
			}
			if request.Revoke {
				a.ui.say(visible.Text(let.Reader, 64) + " reads no longer.")
				return nil
			}
			a.ui.say(fmt.Sprintf("%s may read what is marked TLP:%s or wider%s. The token is told this once:", visible.Text(let.Reader, 64), let.TLP, untilWords(let.Until)))
			if asJSON {
				return a.printJSON(let)
			}
			return a.print(func(w io.Writer) { fmt.Fprintln(w, let.Token) })
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&tlp, "tlp", string(casefile.Amber), "the strictest `marking` that they may read: CLEAR, GREEN, AMBER, AMBER+STRICT")
	flags.StringVar(&until, "until", "", "the `day` from which the token is none")
	flags.BoolVar(&request.Revoke, "revoke", false, "take the token back")
	flags.BoolVar(&asJSON, "json", false, "print as JSON")
	a.acts(cmd)
	a.stored(cmd)
	complete(cmd, "tlp", cobra.FixedCompletions(servedMarkings, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func untilWords(t *time.Time) string {
	if t == nil {
		return ""
	}
	return " until " + t.Format(time.DateOnly)
}

func (a *app) exchangeReaders() *cobra.Command {
	if a.services.Readers == nil {
		return nil
	}
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "readers [flags]",
		Short:   "List who may read cases over TAXII",
		Long:    `List the organisations that have a token which is good, and what they may read.`,
		Example: `  constat exchange readers`,
		Args:    between(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			common, err := a.common(nil)
			if err != nil {
				return err
			}
			all, err := a.services.Readers(cmd.Context(), common)
			switch {
			case err != nil:
				return err
			case asJSON:
				return a.printJSON(orEmpty(all))
			case len(all) == 0:
				a.ui.say("nobody may read; \"constat exchange token\" lets somebody")
				return nil
			}
			return a.print(func(w io.Writer) {
				t := newGrid(a.ui.outStyle, left("reader"), left("reads up to"), left("since"), left("until"), left("by"))
				for _, r := range all {
					t.row(r.Reader, "TLP:"+string(r.TLP), r.Since.Format(time.DateOnly), either(strings.TrimPrefix(untilWords(r.Until), " until "), "taken back"), visible.Text(r.By, 40))
				}
				t.write(w, "")
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print as JSON")
	return cmd
}

func (a *app) exchangeCollections() *cobra.Command {
	if a.services.Collections == nil {
		return nil
	}
	var (
		request CollectionsRequest
		asJSON  bool
	)
	cmd := &cobra.Command{
		Use:   "collections ADDRESS [flags]",
		Short: "List the collections of a partner's TAXII server",
		Long: `Ask a TAXII 2.1 server, at the address of its discovery or of an API root, which
collections it has. "constat claim import ADDRESS --format taxii" reads one.`,
		Example: `  constat exchange collections https://taxii.example/taxii2/ --token-file token`,
		Args:    between(1, 1, "the address of a TAXII server"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if request.Common, err = a.common(nil); err != nil {
				return err
			}
			request.Address = args[0]
			all, err := a.services.Collections(cmd.Context(), request)
			switch {
			case err != nil:
				return err
			case asJSON:
				return a.printJSON(orEmpty(all))
			case len(all) == 0:
				a.ui.say("there is no collection")
				return nil
			}
			return a.print(func(w io.Writer) {
				t := newGrid(a.ui.outStyle, left("collection"), left("to be read"), left("address"))
				for _, c := range all {
					t.row(c.Title, map[bool]string{true: "yes", false: "no"}[c.CanRead], visible.Text(c.Address, 200))
				}
				t.write(w, "")
			})
		},
	}
	doorFlags(cmd, &request.Door)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print as JSON")
	return cmd
}

// readable refuses a key that others of the machine may read.
func readable(path string) error {
	st, err := os.Stat(path)
	if err != nil {
		return failure.New(failure.BadInput, "Check the name of the file and your right to read it.", "reading the key of the certificate: %w", err)
	}
	if st.Mode().Perm()&0o077 != 0 {
		return failure.New(failure.Refused, fmt.Sprintf("chmod 600 %s", quoteArg(path)), "the key of the certificate can be read by others of this machine")
	}
	return nil
}
