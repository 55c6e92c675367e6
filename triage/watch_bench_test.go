package triage_test

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"constat.example/triage"
)

// BenchmarkWatch reads and watches logs of ten thousand accounts at work, a hundred reads a
// day each, in lines of about 200 bytes: cpu-ns/line is all that the process computes,
// on all cores together.
func BenchmarkWatch(b *testing.B) {
	lines := 1_000_000
	if os.Getenv("CONSTAT_BENCH") != "" {
		lines = 5_000_000
	}
	for _, c := range []struct {
		name string
		logs int
		line func(w *bufio.Writer, at time.Time, account, record int)
	}{
		{"json", 1, jsonWork},
		{"json/two", 2, jsonWork},
		{"combined", 1, webWork},
	} {
		b.Run(c.name, func(b *testing.B) {
			logs := manyReads(b, b.TempDir(), c.logs, lines, c.line)
			for b.Loop() {
				b.StopTimer()
				home := filepath.Join(b.TempDir(), "home")
				work := triage.Bench{Home: home, Now: time.Now, Threads: 2}
				if err := work.MakeKey(); err != nil {
					b.Fatal(err)
				}
				before := computed(b)
				b.StartTimer()
				done, err := work.Watch(b.Context(), triage.WatchRequest{Logs: logs})
				if err != nil {
					b.Fatal(err)
				}
				if done.Fresh != int64(lines) || done.Accounts != workers || done.Unwatched != 0 {
					b.Fatalf("%+v", done)
				}
				b.ReportMetric(float64(computed(b)-before)/float64(lines), "cpu-ns/line")
				b.ReportMetric(float64(done.Alarms), "alarms")
			}
			b.ReportMetric(float64(lines)*float64(b.N)/b.Elapsed().Seconds(), "lines/s")
		})
	}
}

// computed is the time that the process computed so far, and the system for it.
func computed(b *testing.B) int64 {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return u.Utime.Nano() + u.Stime.Nano()
}

const workers = 10_000

// manyReads writes logs of people at work from eight to six, each account seeing its own
// people mostly, at its own desk.
func manyReads(b *testing.B, dir string, logs, lines int, line func(*bufio.Writer, time.Time, int, int)) (paths []string) {
	b.Helper()
	var all []*bufio.Writer
	var files []*os.File
	for i := range logs {
		paths = append(paths, filepath.Join(dir, fmt.Sprintf("log%d", i)))
		f, err := os.Create(paths[i])
		if err != nil {
			b.Fatal(err)
		}
		files, all = append(files, f), append(all, bufio.NewWriterSize(f, 1<<20))
	}
	rng := rand.New(rand.NewPCG(21, 22))
	const perDay = 100 * workers
	first := time.Date(2025, 8, 25, 8, 0, 0, 0, time.UTC)
	for i := range lines {
		at := first.AddDate(0, 0, i/perDay).Add(time.Duration(i%perDay) * (10 * time.Hour / perDay))
		account := rng.IntN(workers)
		if i < workers {
			account = i
		}
		record := account*1000 + rng.IntN(1000)
		if rng.IntN(3) == 0 {
			record = rng.IntN(10_000_000)
		}
		line(all[account%logs], at, account, record)
	}
	for i, w := range all {
		if err := w.Flush(); err != nil {
			b.Fatal(err)
		}
		if err := files[i].Close(); err != nil {
			b.Fatal(err)
		}
	}
	return paths
}

func jsonWork(w *bufio.Writer, at time.Time, account, record int) {
	fmt.Fprintf(w, "{\"ts\":%q,\"account\":\"c%04d\",\"action\":\"read\",\"record\":\"FT-%07d\",\"count\":1,\"address\":\"10.31.%d.%d\",\"session\":\"s%06x\",\"office\":\"%03d\",\"reason\":\"rdv\",\"device\":\"poste-%04d\"}\n",
		at.Format("2006-01-02T15:04:05.000Z"), account, record, account/250, account%250, (account*31+at.YearDay())*7919&0xffffff, account/100, account)
}

func webWork(w *bufio.Writer, at time.Time, account, record int) {
	fmt.Fprintf(w, "10.31.%d.%d - c%04d [%s] \"GET /api/v1/dossiers/%07d?vue=complete HTTP/1.1\" 200 5120 \"https://portail.example/recherche\" \"Mozilla/5.0 (X11; Linux x86_64; rv:%d.0) Firefox/128.0\"\n",
		account/250, account%250, account, at.Format("02/Jan/2006:15:04:05 -0700"), record, 120+account%9)
}
