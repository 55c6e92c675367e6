package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"constat.example/blind/watch"
	"constat.example/desk/alarm"
	"constat.example/internal/failure"
	"constat.example/internal/visible"
)

// WatchRequest asks for logs to be watched.
type WatchRequest struct {
	Common
	Logs   []string // paths; "-" is standard input
	Map    string
	Format string
	Zone   *time.Location
	Skew   time.Duration
	Year   int // 0: not told
	Rules  string
	State  string // folder, or ""

	Follow       bool   // until the context is done
	Listen, OTLP string // host:port where syslog and OpenTelemetry logs are taken; "": nowhere

	Webhook, Syslog, Outputs string // where alarms are sent; a file that says so; "": nowhere
	Yes                      bool   // they are

	Each func(a *watch.Alarm, id string) error
	Open func(input, address string) // is told where what is sent is taken
}

// Watched is what was watched. Alarms went to Each as they came.
type Watched struct {
	Logs      []WatchedLog
	Accesses  int64
	Late      int64
	Unwatched int64
	Accounts  int
	Alarms    int // new ones
	Known     int // that had been given before
	Unsent    []string
}

// WatchedLog is what became of the lines of a log.
type WatchedLog struct {
	Name, Format, Zone          string
	Lines, Used, Idle, Rejected int64
	ZoneTold                    bool  // all times of it told their zone
	Gap                         bool  // lines before it may be missing
	Unread                      int64 // bytes of a file that was moved away and could not be read to its end
}

func (a *app) watch() *cobra.Command {
	if a.services.Watch == nil {
		return nil
	}
	var (
		request WatchRequest
		zone    string
		lang    string
		asJSON  bool
		limits  limits
	)
	cmd := &cobra.Command{
		Use:   "watch [LOG...] [flags]",
		Short: "Raise an alarm when somebody reads more than their work asks for",
		Long: `Read logs of who read whose records, and raise alarms: more people in an hour
or a day than the account's own past and its office let expect, somewhat more
day after day, records gone through one after the other, bulk statements outside
their hours, made-up people read, logging switched off, failed logins and then
one that succeeded, many accounts at a new address.

What is usual is learnt from the logs themselves; all counts together are held
to one false alarm a week. Each alarm opens a case, and stands in the journal of
the state. Run again, the watch goes on where it stopped, after a crash too: no
line is counted twice and no alarm given again. LOG is a file, or - for standard
input. The exit code is 1 when there were alarms.

With --follow the logs are read on as they grow and are rotated; --listen takes
syslog, --otlp OpenTelemetry logs. Such a watch goes on until it is stopped with
Ctrl-C or a SIGTERM, and then ends with 0.`,
		Example: `  constat watch access.log
  constat watch app.jsonl db.csv --rules rules.yaml --json
  constat watch /var/log/app.jsonl --follow --outputs outputs.yaml --yes
  constat watch --listen 127.0.0.1:6514 --otlp 127.0.0.1:4318`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if request.Common, err = a.common(&limits); err != nil {
				return err
			}
			if request.Zone, err = time.LoadLocation(zone); err != nil {
				return failure.New(failure.Usage, "Zones are named like Europe/Paris.", "there is no time zone %q", visible.Text(zone, 40))
			}
			words := alarm.Language(lang)
			if words != alarm.English && words != alarm.French {
				return failure.New(failure.Usage, "Write --lang en or --lang fr.", "there is no language %q", visible.Text(lang, 10))
			}
			live := request.Listen != "" || request.OTLP != ""
			if len(args) == 0 && !live {
				return failure.New(failure.Usage, "\"constat watch --help\" has examples.", "name a log, or - for standard input, or where logs are sent to")
			}
			if request.Follow && len(args) == 0 {
				return failure.New(failure.Usage, "Name the files that are to be read on.", "--follow is of logs, and none is named")
			}
			live = live || request.Follow
			request.Logs = args
			request.Each = func(x *watch.Alarm, id string) error {
				return a.print(func(w io.Writer) {
					if asJSON {
						alarmJSON(w, x, id)
					} else {
						alarmText(w, x, id, words, a.ui.outStyle)
					}
				})
			}
			request.Open = func(input, address string) {
				a.ui.say(fmt.Sprintf("%s is taken at %s", map[string]string{"syslog": "syslog over TCP", "otlp": "OpenTelemetry over HTTP (/v1/logs)"}[input], address))
			}
			done, err := a.services.Watch(cmd.Context(), request)
			if done == nil {
				return err
			}
			a.sayWatched(done)
			if err == nil && len(done.Unsent) > 0 {
				err = failure.New(failure.Attention, "They wait in the journal; the next run sends them.", "alarms could not be sent: %s", strings.Join(done.Unsent, "; "))
			}
			if err == nil && done.Alarms > 0 && !live {
				err = failure.New(failure.Attention, "Each opened a case: \"constat case list\" shows them.", "alarms: %s", count(int64(done.Alarms)))
			}
			return err
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&request.Map, "map", "", "`file` that says what the fields of the logs are")
	flags.StringVar(&request.Format, "format", "", "`name` of the logs' format (default found from their first lines)")
	flags.StringVar(&zone, "zone", "UTC", "time `zone` of the office, and of times that tell none, as Europe/Paris")
	flags.DurationVar(&request.Skew, "skew", 0, "add this `time` to those of the logs")
	flags.IntVar(&request.Year, "year", 0, "`year` in which a log begins whose times tell none")
	flags.BoolVar(&request.Follow, "follow", false, "read the logs on as they grow and are rotated, until stopped")
	flags.StringVar(&request.Listen, "listen", "", "take syslog over TCP at this `address`, as 127.0.0.1:6514, until stopped")
	flags.StringVar(&request.OTLP, "otlp", "", "take OpenTelemetry logs (OTLP/HTTP, JSON) at this `address`, as 127.0.0.1:4318, until stopped")
	flags.StringVar(&request.Rules, "rules", "", "`file` of what explains a read, and of bulk statements that are known")
	flags.StringVar(&request.State, "state", "", "`folder` of the state and the journal (default watch in the home)")
	flags.StringVar(&lang, "lang", "en", "`language` of the alarms: en or fr")
	flags.StringVar(&request.Webhook, "webhook", "", "post each alarm as JSON to this `URL` (with --yes)")
	flags.StringVar(&request.Syslog, "syslog", "", "send each alarm as syslog in CEF to this `address`, host:port over TCP (with --yes)")
	flags.StringVar(&request.Outputs, "outputs", "", "`file` (YAML) of a webhook, a syslog server and e-mail that alarms are sent to (with --yes)")
	flags.BoolVar(&request.Yes, "yes", false, "have alarms sent")
	flags.BoolVar(&asJSON, "json", false, "print one JSON object a line")
	limits.flags(cmd)
	for _, name := range []string{"map", "rules", "outputs"} {
		completeFiles(cmd, name, "yaml", "yml")
	}
	return cmd
}

func alarmJSON(w io.Writer, x *watch.Alarm, id string) {
	line, err := json.Marshal(struct {
		*watch.Alarm

		Case string `json:"case"`
	}{x, id})
	if err == nil { // it holds nothing that JSON does not know
		fmt.Fprintf(w, "%s\n", line)
	}
}

func alarmText(w io.Writer, x *watch.Alarm, id string, words alarm.Language, s style) {
	fmt.Fprintf(w, "%s  %s  %s\n", moment(x.At), alarm.Severity(x, words), s.red(alarm.Title(x, words)))
	for _, sentence := range alarm.Sentences(x, words) {
		fmt.Fprintf(w, "  %s\n", sentence)
	}
	fmt.Fprintf(w, "  %s\n", s.dim("case "+id+whereOf(x)))
}

// whereOf tells in which log the access stands that raised an alarm.
func whereOf(x *watch.Alarm) string {
	if x.Line == 0 {
		return ""
	}
	return fmt.Sprintf("  %s, line %d", visible.Text(x.Source, 60), x.Line)
}

// sayWatched says what was read: every line, and what became of it.
func (a *app) sayWatched(done *Watched) {
	for _, l := range done.Logs {
		if l.Unread > 0 {
			a.ui.say(fmt.Sprintf("%s: it was moved away and cannot be unpacked or read to its end (%s): lines are missing", visible.Text(l.Name, 60), size(l.Unread)))
		}
		if l.Format == "" {
			continue
		}
		zone := "in " + l.Zone
		if l.ZoneTold {
			zone = "tell their zone"
		}
		a.ui.say(fmt.Sprintf("%s: %s lines (%s): %s used, %s of no interest, %s rejected; times %s", visible.Text(l.Name, 60), count(l.Lines), l.Format, count(l.Used), count(l.Idle), count(l.Rejected), zone))
		if l.Gap {
			a.ui.say(fmt.Sprintf("%s: the file that was read before is not there any more, nor beside it: lines may be missing", visible.Text(l.Name, 60)))
		}
	}
	a.ui.say(fmt.Sprintf("%s accesses watched, %s accounts known; alarms: %s", count(done.Accesses), count(int64(done.Accounts)), count(int64(done.Alarms))))
	if done.Late > 0 {
		a.ui.say(fmt.Sprintf("%s accesses came after their day had ended and were weighed in no count", count(done.Late)))
	}
	if done.Unwatched > 0 {
		a.ui.say(fmt.Sprintf("%s reads were of accounts beyond the most that are kept", count(done.Unwatched)))
	}
}
