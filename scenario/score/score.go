// Package score measures findings against the truth of a drill: links by
// precision and recall and by how honest their probabilities are, clusters by
// how many came out whole, assessments figure by figure.
package score

import (
	"encoding/csv"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"constat.example/internal/failure"
)

// Link ties a row of the dump to a record.
type Link struct {
	Row         int64 // 1-based ordinal in the dump
	RecordID    string
	Probability float64 // 1 where none was given
}

// Ratio is how many were found, how many there are, how many of those found
// are right, and what follows.
type Ratio struct {
	Found int64 `json:"found"`
	True  int64 `json:"true"`
	Right int64 `json:"right"`

	Precision float64 `json:"precision"` // Right / Found; 1 where nothing was found
	Recall    float64 `json:"recall"`    // Right / True; 1 where there is nothing to find
	F1        float64 `json:"f1"`        // harmonic mean of the two
}

func newRatio(found, there, right int64) Ratio {
	r := Ratio{Found: found, True: there, Right: right, Precision: 1, Recall: 1}
	if found > 0 {
		r.Precision = float64(right) / float64(found)
	}
	if there > 0 {
		r.Recall = float64(right) / float64(there)
	}
	if r.Precision+r.Recall > 0 {
		r.F1 = 2 * r.Precision * r.Recall / (r.Precision + r.Recall)
	}
	return r
}

// Report is how well rows were tied to records.
type Report struct {
	Pairs       Ratio `json:"pairs"`   // a row and a record
	Persons     Ratio `json:"persons"` // records tied to any row
	Calibration []Bin `json:"calibration"`
}

// Bin is the links whose probability is at least From and below To (the last
// bin holds 1 too). Where probabilities are honest, Right/Links is near Mean.
type Bin struct {
	From  float64 `json:"from"`
	To    float64 `json:"to"`
	Links int64   `json:"links"`
	Mean  float64 `json:"mean"` // of the probabilities given
	Right float64 `json:"right"`
}

// edges are finer where it matters: few links are doubtful.
var edges = []float64{0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999, 1}

// Links scores a file of links against a drill's truth/links.csv. Both have a
// header; "row" and "record_id" are needed, "probability" is used where it stands.
func Links(truth, links string) (Report, error) {
	return Pairs(Read(truth), Read(links))
}

// Pairs scores links against true ones. A row tied to several records counts
// once for each of them, the same pair told twice counts once.
func Pairs(truth, found iter.Seq2[Link, error]) (Report, error) {
	var rows []uint64 // by row, the hash of the record id, 0 for none
	var people []uint64
	var there int64
	for l, err := range truth {
		if err != nil {
			return Report{}, err
		}
		if l.Row > int64(len(rows))*4+1<<27 {
			return Report{}, failure.New(failure.BadInput, "Give the links of one drill.", "the truth ties row %d, far beyond the others", l.Row)
		}
		for int64(len(rows)) <= l.Row {
			rows = append(rows, 0)
		}
		if rows[l.Row] != 0 {
			return Report{}, failure.New(failure.BadInput, "Give the links of one drill.", "the truth ties row %d twice", l.Row)
		}
		h := hash(l.RecordID)
		rows[l.Row] = h
		people = append(people, h)
		there++
	}
	type pair struct {
		row  int64
		hash uint64
	}
	told := map[pair]struct{}{} // wrong pairs, to count them once
	right := make([]bool, len(rows))
	var all, good int64
	var named []uint64
	bins := make([]Bin, len(edges)-1)
	for l, err := range found {
		if err != nil {
			return Report{}, err
		}
		h := hash(l.RecordID)
		is := l.Row >= 0 && l.Row < int64(len(rows)) && rows[l.Row] == h
		if is {
			if right[l.Row] {
				continue
			}
			right[l.Row] = true
			good++
		} else {
			if _, again := told[pair{l.Row, h}]; again {
				continue
			}
			told[pair{l.Row, h}] = struct{}{}
		}
		all++
		named = append(named, h)
		b := &bins[binOf(l.Probability)]
		b.Links++
		b.Mean += l.Probability
		if is {
			b.Right++
		}
	}
	report := Report{Pairs: newRatio(all, there, good)}
	for i, b := range bins {
		b.From, b.To = edges[i], edges[i+1]
		if b.Links > 0 {
			b.Mean /= float64(b.Links)
			b.Right /= float64(b.Links)
			report.Calibration = append(report.Calibration, b)
		}
	}
	people, named = set(people), set(named)
	var both int64
	for i, j := 0, 0; i < len(people) && j < len(named); {
		switch {
		case people[i] < named[j]:
			i++
		case people[i] > named[j]:
			j++
		default:
			both, i, j = both+1, i+1, j+1
		}
	}
	report.Persons = newRatio(int64(len(named)), int64(len(people)), both)
	return report, nil
}

func binOf(probability float64) int {
	i, exact := slices.BinarySearch(edges, probability)
	if !exact {
		i--
	}
	return min(max(i, 0), len(edges)-2)
}

func set(hashes []uint64) []uint64 {
	slices.Sort(hashes)
	return slices.Compact(hashes)
}

// hash stands for a record id: two ids of one drill meet once in 2^64 pairs.
func hash(id string) uint64 {
	h := fnv.New64a()
	_, _ = io.WriteString(h, id) // never fails
	return h.Sum64() | 1
}

// Read reads a CSV file of links.
func Read(path string) iter.Seq2[Link, error] {
	return func(yield func(Link, error) bool) {
		f, err := os.Open(path)
		if err != nil {
			yield(Link{}, failure.New(failure.BadInput, "Name a CSV file of links.", "opening the links: %w", err))
			return
		}
		defer f.Close()
		for l, err := range read(f, filepath.Base(path)) {
			if !yield(l, err) {
				return
			}
		}
	}
}

func read(in io.Reader, name string) iter.Seq2[Link, error] {
	return func(yield func(Link, error) bool) {
		fail := func(what string, args ...any) {
			yield(Link{}, failure.New(failure.BadInput, "Links are CSV with the columns row and record_id, and probability where it is known.", name+": "+what, args...))
		}
		r := csv.NewReader(in)
		r.ReuseRecord = true
		header, err := r.Read()
		if err != nil {
			fail("reading the header: %w", err)
			return
		}
		row, id, probability := slices.Index(header, "row"), slices.Index(header, "record_id"), slices.Index(header, "probability")
		if row < 0 || id < 0 {
			fail("a column is missing")
			return
		}
		for {
			cells, err := r.Read()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				// The error of the reader gives line and column, never the text.
				fail("%w", err)
				return
			}
			line, _ := r.FieldPos(0)
			l := Link{RecordID: cells[id], Probability: 1}
			if l.Row, err = strconv.ParseInt(cells[row], 10, 64); err != nil || l.Row < 1 {
				fail("line %d: the row is not a positive number", line)
				return
			}
			if probability >= 0 {
				if l.Probability, err = strconv.ParseFloat(cells[probability], 64); err != nil || !(l.Probability >= 0 && l.Probability <= 1) {
					fail("line %d: the probability is not a number from 0 to 1", line)
					return
				}
			}
			if !yield(l, nil) {
				return
			}
		}
	}
}

// String is the report in a few lines for people.
func (r Report) String() string {
	s := fmt.Sprintf("pairs    %s\npersons  %s\n", r.Pairs, r.Persons)
	for _, b := range r.Calibration {
		s += fmt.Sprintf("probability %5.3f to %5.3f: %d links, %.4f expected right, %.4f are\n", b.From, b.To, b.Links, b.Mean, b.Right)
	}
	return s
}

func (r Ratio) String() string {
	return fmt.Sprintf("precision %.5f  recall %.5f  F1 %.5f  (%d found, %d true, %d right)", r.Precision, r.Recall, r.F1, r.Found, r.True, r.Right)
}
