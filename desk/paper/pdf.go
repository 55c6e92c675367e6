package paper

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"constat.example/desk/form"
	"constat.example/desk/report"
	"constat.example/internal/failure"
	"constat.example/internal/pdftag"
)

// browsers are the programs that print pages as tagged PDF, all of one family, where
// their packages put them. What else may be called so along a path of folders is not
// trusted.
var browsers = []string{
	"/usr/bin/chromium",
	"/usr/bin/chromium-browser",
	"/usr/bin/google-chrome-stable",
	"/usr/bin/microsoft-edge-stable",
	"/Applications/Chromium.app/Contents/MacOS/Chromium",
	"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
	"/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
}

// patience is how long a browser may take: a document takes it two seconds.
const patience = 2 * time.Minute

// Browser is the path of the browser that PDF takes; "" where there is none.
func Browser() string {
	for _, path := range browsers {
		if st, err := os.Stat(path); err == nil && st.Mode().IsRegular() && st.Mode()&0o111 != 0 {
			return path
		}
	}
	return ""
}

// PDF writes a document as PDF that reads aloud as well as it prints (PDF/UA-1: headings,
// tables and their heads, lists, language, title) and has an outline: the page of HTML,
// printed by a browser of the machine, which runs no script and asks nothing of the
// network. The same browser makes the same bytes of the same document; another version
// makes others. Where there is no browser, the error says what to install; ctx ends one
// that is under way.
func PDF(ctx context.Context, w io.Writer, doc *form.Document, lang report.Language) (err error) {
	if err := known(lang); err != nil {
		return err
	}
	browser := Browser()
	if browser == "" {
		return failure.New(failure.BadInput, "Install Chromium (on Debian: apt-get install chromium), Google Chrome or Microsoft Edge; or take the page (.html), which any browser prints.", "a PDF is printed by a browser, and there is none on this machine")
	}
	var page bytes.Buffer
	if err := HTML(&page, doc, lang); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "constat-paper-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, remove(dir)) }()
	from, to := filepath.Join(dir, "page.html"), filepath.Join(dir, "page.pdf")
	if err := os.WriteFile(from, page.Bytes(), 0o600); err != nil {
		return err
	}
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	shut := os.Geteuid() != 0 // a browser cannot shut root in
	said, err := run(ctx, browser, dir, arguments(dir, from, to, shut))
	if err != nil && ctx.Err() == nil && shut && strings.Contains(said, "sandbox") { // nor anybody where the system does not let it, as in some containers
		said, err = run(ctx, browser, dir, arguments(dir, from, to, false))
	}
	if ctxErr := ctx.Err(); ctxErr != nil {
		return noPDF(browser, ctxErr)
	}
	if err != nil {
		return noPDF(browser, errors.Join(err, errors.New(last(said, dir))))
	}
	printed, err := os.ReadFile(to)
	if errors.Is(err, fs.ErrNotExist) {
		return noPDF(browser, errors.New("it wrote nothing"))
	} else if err != nil {
		return err
	}
	if !bytes.HasPrefix(printed, []byte("%PDF-")) || !bytes.Contains(printed, []byte("/StructTreeRoot")) {
		return noPDF(browser, errors.New("what it wrote is not tagged"))
	}
	// A browser that lays its files out in another way leaves the file as it printed it:
	// tagged, without the mark of PDF/UA.
	if finished, err := pdftag.Finish(printed, about(newSheet(doc, lang))); err == nil {
		printed = finished
	}
	_, err = w.Write(printed)
	return err
}

// run has a browser do something, with all that it starts, and tells what it said.
func run(ctx context.Context, browser, dir string, args []string) (said string, err error) {
	var errs bytes.Buffer
	cmd := exec.CommandContext(ctx, browser, args...)
	// What a browser keeps of its own stays in the folder, and goes with it.
	cmd.Env = []string{"PATH=/usr/bin:/bin", "LANG=C.UTF-8", "TZ=UTC", "HOME=" + dir, "TMPDIR=" + dir, "XDG_CONFIG_HOME=" + dir, "XDG_CACHE_HOME=" + dir, "XDG_RUNTIME_DIR=" + dir, "DBUS_SESSION_BUS_ADDRESS=disabled:", "DBUS_SYSTEM_BUS_ADDRESS=disabled:"}
	cmd.Dir, cmd.Stderr = dir, &errs
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // so that the processes it starts end with it
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 5 * time.Second
	err = cmd.Run()
	if cmd.Process != nil {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	}
	return errs.String(), err
}

// about is what the file says of itself, and where its links lead.
func about(s *sheet) pdftag.About {
	places := map[string]string{}
	for _, p := range s.Parts {
		for _, b := range p.Boxes {
			places[bookmark("box-", b.N)] = strings.TrimSpace(b.ID + " " + b.Name)
		}
	}
	for _, from := range s.Sources {
		places[bookmark("source-", from.N)] = s.T("source %d : %s", "source %d: %s", from.N, from.Words)
	}
	at, _ := time.Parse(time.RFC3339, s.At.Machine) // a document that tells none was made at no time
	return pdftag.About{Title: s.Name(), Language: s.Lang(), Creator: "Constat", At: at, Link: func(name string) string {
		return cmp.Or(places[name], s.Title)
	}}
}

// remove removes the folder of a browser: one of its processes that is just being ended
// may put a last file there meanwhile.
func remove(dir string) error {
	err := os.RemoveAll(dir)
	for try := 0; err != nil && try < 20; try++ {
		time.Sleep(50 * time.Millisecond)
		err = os.RemoveAll(dir)
	}
	return err
}

// arguments have a browser print one page and do nothing besides. Every name resolves to
// nothing, so that even a browser that would talk to its maker cannot. It need not be shut
// in: the page has no script, asks for nothing, and all that came from outside stands in
// it as text.
func arguments(dir, from, to string, shut bool) []string {
	all := []string{
		"--headless", "--disable-gpu", "--user-data-dir=" + filepath.Join(dir, "profile"), "--no-first-run", "--no-default-browser-check",
		"--host-resolver-rules=MAP * ~NOTFOUND", "--disable-background-networking", "--disable-component-update",
		"--disable-domain-reliability", "--disable-sync", "--disable-extensions", "--disable-breakpad", "--disable-dev-shm-usage", "--no-pings", "--lang=en",
		"--no-pdf-header-footer", "--generate-pdf-document-outline", "--export-tagged-pdf", "--print-to-pdf=" + to,
	}
	if !shut {
		all = append(all, "--no-sandbox")
	}
	return append(all, "file://"+from)
}

func noPDF(browser string, err error) error {
	return failure.New(failure.Internal, "Take the page (.html), and print it from your own browser; \"chromium --headless --print-to-pdf\" by hand may say more.", "%s did not print the document: %w", browser, err)
}

// last is the last line that a browser said, without the folder of this very run.
func last(said, dir string) string {
	lines := strings.Split(strings.TrimSpace(strings.ReplaceAll(said, dir, "")), "\n")
	return lines[len(lines)-1]
}
