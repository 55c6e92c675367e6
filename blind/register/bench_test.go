package register_test

import (
	"errors"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"constat.example/blind/kind"
	"constat.example/blind/register"
	"constat.example/blind/token"
)

// tenKinds is the register of the figure to reach: a record id of ten
// characters and ten kinds, of which names, identifiers and addresses take
// several columns.
var tenKinds = []kind.Kind{
	kind.RecordID, kind.BirthSurname, kind.GivenNames, kind.Sex, kind.BirthDate, kind.NIR, kind.Email, kind.Phone,
	kind.Address, kind.PostCode, kind.City,
}

// drawer draws tokens as often alike as people's values are.
type drawer struct{ surnames, given, cities *rand.Zipf }

func newDrawer(rng *rand.Rand) drawer {
	return drawer{
		surnames: rand.NewZipf(rng, 1.05, 60, 220_000),
		given:    rand.NewZipf(rng, 1.2, 20, 30_000),
		cities:   rand.NewZipf(rng, 1.05, 100, 35_000),
	}
}

// mix spreads n over 64 bits, as sealing does (SplitMix64).
func mix(n uint64) int64 {
	n += 0x9e3779b97f4a7c15
	n = (n ^ n>>30) * 0xbf58476d1ce4e5b9
	n = (n ^ n>>27) * 0x94d049bb133111eb
	return int64(n ^ n>>31)
}

func short(n uint64) int64 {
	if t := int64(int16(mix(n))); t != 0 {
		return t
	}
	return 1
}

// fill draws person n of the register into row i of b.
func (d drawer) fill(b *token.Batch, i int, n uint64, rng *rand.Rand) {
	surname, city := d.surnames.Uint64(), d.cities.Uint64()
	used := surname
	if rng.IntN(5) == 0 {
		used = d.surnames.Uint64()
	}
	emailed, phoned := rng.IntN(10) < 8, rng.IntN(10) < 9
	for c, column := range b.Layout {
		var t int64
		switch column.Kind {
		case kind.RecordID:
			t = mix(n)
		case kind.BirthSurname:
			t = mix(1<<40 + surname)
		case kind.UsedSurname:
			t = mix(1<<40 + used)
		case kind.GivenNames:
			if column.Role == token.Whole || rng.IntN(10) < 4 {
				t = mix(2<<40 + d.given.Uint64())
			}
		case kind.Sex:
			t = short(3<<40 + n%2)
		case kind.BirthDate:
			t = mix(4<<40 + rng.Uint64N(33_000))
		case kind.Address:
			t = mix(5<<40 + rng.Uint64N(400_000))
		case kind.HouseNumber:
			t = short(6<<40 + min(rng.Uint64N(200), rng.Uint64N(200)))
		case kind.PostCode:
			t = mix(7<<40 + city/6)
		case kind.City:
			t = mix(8<<40 + city)
		default:
			switch {
			case column.Kind == kind.Email && !emailed, column.Kind == kind.Phone && !phoned:
			case column.Short():
				t = short(rng.Uint64())
			default:
				t = mix(rng.Uint64() >> 1)
			}
		}
		b.Cells[c][i] = t
	}
}

// stageFeed stages the changes of a day: people who moved, ten new ones in a thousand.
func stageFeed(b *testing.B, size, changes int) register.Staged {
	b.Helper()
	rng := rand.New(rand.NewPCG(3, 3))
	draw := newDrawer(rng)
	layout := token.LayoutOf(tenKinds)
	dir := b.TempDir()
	w, err := token.Create(filepath.Join(dir, "tokens.parquet"), layout, true)
	if err != nil {
		b.Fatal(err)
	}
	when, err := token.CreateMoments(filepath.Join(dir, "moments.parquet"))
	if err != nil {
		b.Fatal(err)
	}
	batch := token.NewBatch(layout)
	batch.Reset(changes)
	var moments []token.Moment
	for i := range changes {
		n := uint64(i) * uint64(size) / uint64(changes)
		if i%100 == 0 {
			n += uint64(size)
		}
		batch.Row[i] = int64(i + 1)
		batch.RecordID = append(batch.RecordID, make([]byte, 18))
		draw.fill(batch, i, n, rng)
		at := asOf(2).Add(time.Duration(i+1) * 24 * time.Hour / time.Duration(changes+1)).UnixMicro()
		moments = append(moments, token.Moment{Row: int64(i + 1), From: at, To: at, End: token.Never, EndTo: token.Never, Touched: -1})
	}
	if err := errors.Join(w.Write(batch), w.Close(), when.Write(moments), when.Close()); err != nil {
		b.Fatal(err)
	}
	return register.Staged{
		KeyID: "k", Tokens: []string{filepath.Join(dir, "tokens.parquet")}, AsOf: asOf(3), Imported: asOf(3),
		Story: &register.Story{Moments: filepath.Join(dir, "moments.parquet")},
	}
}

// stageLarge stages people of whom one in a hundred has moved since day 1.
func stageLarge(b *testing.B, size, day int) register.Staged {
	b.Helper()
	rng := rand.New(rand.NewPCG(1, 1))
	draw := newDrawer(rng)
	moves := rand.New(rand.NewPCG(2, uint64(day)))
	layout := token.LayoutOf(tenKinds)
	path := filepath.Join(b.TempDir(), "tokens.parquet")
	w, err := token.Create(path, layout, true)
	if err != nil {
		b.Fatal(err)
	}
	batch := token.NewBatch(layout)
	street := layout.Index(token.Column{Kind: kind.Address, Occurrence: 1})
	const rows = 16 << 10
	for first := 0; first < size; first += rows {
		n := min(rows, size-first)
		batch.Reset(n)
		for i := range n {
			batch.Row[i] = int64(first + i + 1)
			id := make([]byte, 18) // token and ten characters
			for j := range id {
				id[j] = byte(mix(uint64(first+i)*18 + uint64(j)))
			}
			batch.RecordID = append(batch.RecordID, id)
			draw.fill(batch, i, uint64(first+i), rng)
			if day > 1 && moves.IntN(100) == 0 {
				batch.Cells[street][i] = mix(moves.Uint64N(400_000) + 5<<40)
			}
		}
		if err := w.Write(batch); err != nil {
			b.Fatal(err)
		}
	}
	if err := errors.Join(w.Close()); err != nil {
		b.Fatal(err)
	}
	return register.Staged{KeyID: "k", Tokens: []string{path}, AsOf: asOf(day), Imported: asOf(day)}
}

// BenchmarkImport imports two million people, then the same a month later, then 20,000 changes of a day.
func BenchmarkImport(b *testing.B) {
	const size = 2_000_000
	staged := []register.Staged{stageLarge(b, size, 1), stageLarge(b, size, 2), stageFeed(b, size, 20_000)}
	b.ResetTimer()
	for range b.N {
		s := open(b)
		r := openRegister(b, b.TempDir())
		for i, metric := range []string{"first", "later", "feed"} {
			began := time.Now()
			snapshot := importInto(b, r, s, staged[i])
			b.ReportMetric(time.Since(began).Seconds(), metric+"-s")
			b.ReportMetric(float64(snapshot.Bytes)/size, metric+"-B/person")
			for _, f := range snapshot.Files {
				b.Logf("%s: %.1f B/person", f.Name, float64(f.Bytes)/size)
			}
		}
		began := time.Now()
		views(b, r, s)
		b.ReportMetric(time.Since(began).Seconds(), "views-s")
		b.ReportMetric(0, "ns/op")
	}
}
