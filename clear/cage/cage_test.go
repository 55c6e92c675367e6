package cage

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"filippo.io/age"

	"constat.example/clear/dump"
	"constat.example/clear/table"
	"constat.example/internal/failure"
)

// Words that make the test's own program something else.
const (
	asChild   = "cage-test-child"
	asFake    = "cage-test-fake"
	asParent  = "cage-test-parent"
	asPDF     = "cage-test-pdf"
	asOther   = "cage-test-other"
	asFakePDF = "cage-test-fake-pdf"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 1 {
		switch os.Args[1] {
		case asChild:
			if err := serve(misbehave()); err != nil {
				os.Exit(1)
			}
			return
		case asFake:
			pretend(os.Args[2])
			return
		case asPDF:
			os.Exit(ServePDF())
		case asFakePDF:
			pretendPDF(os.Args[2])
			return
		case asOther:
			os.Exit(becomeShutIn(os.Args[2], os.Args[3:]))
		case asParent:
			beParent(os.Args[2])
			return
		}
	}
	os.Exit(m.Run())
}

// caged reads in a child.
func caged(words ...string) Config {
	if len(words) == 0 {
		words = []string{asChild}
	}
	return Config{Command: append([]string{self()}, words...)}
}

func self() string {
	path, err := os.Executable()
	if err != nil {
		panic(err)
	}
	return path
}

// files writes files and opens them as inputs: name, content, name, content …
func files(t testing.TB, named ...string) []Input {
	t.Helper()
	var paths []string
	dir := t.TempDir()
	for i := 0; i < len(named); i += 2 {
		path := filepath.Join(dir, named[i])
		if err := os.WriteFile(path, []byte(named[i+1]), 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	inputs, done, err := plainFiles(paths...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(done)
	return inputs
}

// plainFiles opens files that lie in the clear as inputs.
func plainFiles(paths ...string) (inputs []Input, done func(), err error) {
	sources, done, err := dump.Files(paths)
	for _, s := range sources {
		inputs = append(inputs, Input{Name: s.Name, File: s.At.(*os.File), Size: s.Size})
	}
	return inputs, done, err
}

// sealedFile is an input whose file is encrypted.
func sealedFile(t testing.TB, name, content string) Input {
	t.Helper()
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w, err := age.Encrypt(&b, identity.Recipient())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte(content)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	in := files(t, name, b.String())[0]
	in.Size, in.Identity = int64(len(content)), identity.String()
	return in
}

func gz(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(text))
	_ = w.Close()
	return b.String()
}

func zipped(t testing.TB, named ...string) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(named); i += 2 {
		f, err := w.Create(named[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(named[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func people(n int) string {
	var b strings.Builder
	b.WriteString("id;nom;ville\n")
	for i := range n {
		fmt.Fprintf(&b, "%d;MARTIN %d;Lyon\n", i, i%1000)
	}
	return b.String()
}

// told is all that a reading gives.
type told struct {
	inputs  []dump.Input
	tables  []dump.Table
	account dump.Account
	rows    []string
	samples []string
	stages  []string
	done    int64
	worked  []string
}

func (r *told) Stage(name string, total int64, unit string) {
	r.stages = append(r.stages, fmt.Sprint(name, total, unit))
	r.done = 0
}

func (r *told) Add(n int64) { r.done += n }

func lines(b *table.Batch) []string {
	var rows []string
	for i := range b.Rows() {
		row := fmt.Append(nil, b.Table, b.Ordinal[i])
		for c := range b.Width {
			row = strconv.AppendQuote(append(row, '|'), string(b.Cell(i, c)))
		}
		rows = append(rows, string(row))
	}
	return rows
}

// readAll reads all there is.
func readAll(t testing.TB, config Config, inputs []Input, o dump.Options) (*told, error) {
	t.Helper()
	got := new(told)
	o.Progress = got
	o.Working = func(name string) { got.worked = append(got.worked, name) }
	r, err := Open(t.Context(), config, inputs, o)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}()
	for i := range r.Tables {
		b, err := r.Sample(t.Context(), i, 50)
		if err != nil {
			return nil, err
		}
		got.samples = append(got.samples, lines(b)...)
	}
	a, err := r.Scan(t.Context(), func(b *table.Batch, release func()) error {
		got.rows = append(got.rows, lines(b)...)
		release()
		return nil
	})
	if err != nil {
		return nil, err
	}
	got.inputs, got.tables, got.account = r.Inputs, r.Tables, *a
	return got, nil
}

// TestParity reads dumps here and in the cage: nothing differs.
func TestParity(t *testing.T) {
	t.Parallel()
	long := people(60_000)
	for name, inputs := range map[string][]Input{
		"CSV":          files(t, "a.csv", long),
		"rejects":      files(t, "a.csv", "id;nom;ville\n1;Martin;Lyon\n2\n3;Petit;Pau\n", "b.jsonl", "{\"x\":1}\n{\n{\"x\":2}\n"),
		"gzip":         files(t, "a.csv.gz", gz(long)),
		"cut short":    files(t, "a.csv.gz", gz(long)[:90_000]),
		"archive":      files(t, "a.zip", zipped(t, "one.csv", people(30), "two.jsonl", "{\"nom\":\"x\"}\n", "three.bin", "\x00\x01\x02\x00")),
		"JSON":         files(t, "a.json", "{\"data\": [{\"nom\": \"Martin\", \"adresse\": {\"ville\": \"Lyon\"}}, {\"nom\": \"Petit\"}]}\n"),
		"SQL":          files(t, "a.sql", "CREATE TABLE clients (id int, nom text);\nINSERT INTO clients VALUES (1,'Martin'),(2,'O''Brien');\nCOPY dossiers (id, client) FROM stdin;\n7\t1\n\\.\n"),
		"Latin-1":      files(t, "a.csv", "id;pr\xe9nom\n1;H\xe9l\xe8ne\n2;Zo\xe9\n"),
		"odd bytes":    files(t, "a.csv", "id;nom\n1;a\xff\xfe\x00b\n2;c\n"),
		"odd name":     files(t, "a\u202e\x1b\xff.csv", people(3)),
		"sealed":       {sealedFile(t, "a.csv", long)},
		"sealed zip":   {sealedFile(t, "a.zip", zipped(t, "one.csv", long, "two.csv", people(2)))},
		"several":      slices.Concat(files(t, "a.csv", people(10)), []Input{sealedFile(t, "b.csv", people(11))}),
		"one long row": files(t, "a.csv", "id;nom\n1;"+strings.Repeat("x", 6<<20)+"\n2;y\n"),
		"wide":         files(t, "a.csv", strings.Repeat("a;", 3000)+"b\n"+strings.Repeat(strings.Repeat("1;", 3000)+"2\n", 500)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, barred := range [][]string{nil, {"a.zip/one.csv"}} {
				o := dump.Options{Threads: 2, Barred: barred, OneByOne: barred != nil}
				want, err := readAll(t, Config{}, inputs, o)
				if err != nil {
					t.Fatal(err)
				}
				got, err := readAll(t, caged(), inputs, o)
				if err != nil {
					t.Fatal(err)
				}
				for _, c := range []struct {
					what      string
					want, got any
				}{
					{"inputs", want.inputs, got.inputs},
					{"tables", want.tables, got.tables},
					{"account", want.account, got.account},
					{"samples", want.samples, got.samples},
					{"rows", want.rows, got.rows},
					{"stages", want.stages, got.stages},
					{"progress", want.done, got.done},
					{"members", want.worked, got.worked},
				} {
					if a, b := fmt.Sprintf("%q", c.want), fmt.Sprintf("%q", c.got); a != b {
						t.Errorf("other %s: %.300s where it should be %.300s", c.what, b, a)
					}
				}
			}
		})
	}
}

// TestFailuresCross tells of bad input in the words of dump.
func TestFailuresCross(t *testing.T) {
	t.Parallel()
	for name, inputs := range map[string][]Input{
		"noise":        files(t, "a.bin", strings.Repeat("\x00\x01\x02\x03", 300)),
		"Parquet":      files(t, "a.parquet", "PAR1\x00\x00"),
		"nothing left": files(t, "barred.csv", people(3)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := dump.Options{Barred: []string{"barred.csv"}}
			_, want := Open(t.Context(), Config{}, inputs, o)
			_, got := Open(t.Context(), caged(), inputs, o)
			if got == nil || got.Error() != want.Error() || failure.CodeOf(got) != failure.BadInput || failure.HintOf(got) != failure.HintOf(want) {
				t.Errorf("%v (%s) where it should be %v", got, failure.HintOf(got), want)
			}
		})
	}
}

// TestSealedFiles: what is wrong with the seal is told, and not as bad data.
func TestSealedFiles(t *testing.T) {
	t.Parallel()
	whole := sealedFile(t, "a.csv", people(60_000))
	other := sealedFile(t, "b.csv", people(3))
	short := whole
	short.Size--
	stranger := whole
	stranger.Identity = other.Identity
	none := whole
	none.Identity = "none"
	for name, in := range map[string]Input{"another size": short, "another identity": stranger, "no identity": none} {
		for _, config := range []Config{{}, caged()} {
			_, err := Open(t.Context(), config, []Input{in}, dump.Options{})
			if err == nil || failure.CodeOf(err) != failure.Internal || strings.Contains(err.Error(), in.Identity) && in.Identity != "none" {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	// A byte in the middle is another: it is neither read as data nor passed over.
	broken := sealedFile(t, "c.csv", people(60_000))
	if err := os.WriteFile(broken.File.Name(), flipped(t, broken), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := readAll(t, caged(), []Input{broken}, dump.Options{}); failure.CodeOf(err) != failure.BadInput || !strings.Contains(err.Error(), "seal") {
		t.Errorf("a seal that was broken: %v", err)
	}
}

func flipped(t *testing.T, in Input) []byte {
	t.Helper()
	b, err := os.ReadFile(in.File.Name())
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 1
	return b
}

func TestCallersErrorsComeBack(t *testing.T) {
	t.Parallel()
	r, err := Open(t.Context(), caged(), files(t, "a.csv", people(300_000)), dump.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	full := context.DeadlineExceeded
	if _, err := r.Scan(t.Context(), func(*table.Batch, func()) error { return full }); err != full { //nolint:errorlint // the very same
		t.Errorf("error %v", err)
	}
	if _, err := r.Sample(t.Context(), 0, 5); err != full { //nolint:errorlint // the very same
		t.Errorf("afterwards: %v", err)
	}
}
