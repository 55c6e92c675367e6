// Package publicfile reads public statistics as their publishers pack them:
// lines in a zip archive, rows of a compressed CSV. It is for the commands that
// make the project's tables and for tests: what is hostile goes to clear/dump.
package publicfile

import (
	"archive/zip"
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"strings"
)

// EachLine calls line with each line of the first file in a zip archive,
// headers too, until it returns an error.
func EachLine(path string, line func(string) error) error {
	z, err := zip.OpenReader(path)
	if err != nil {
		return err
	}
	defer z.Close()
	if len(z.File) == 0 {
		return errors.New("the archive is empty")
	}
	f, err := z.File[0].Open()
	if err != nil {
		return err
	}
	defer f.Close()
	s := bufio.NewScanner(f)
	for s.Scan() {
		if err := line(s.Text()); err != nil {
			return err
		}
	}
	return s.Err()
}

// Rows returns the rows after the header of a CSV, compressed if its name ends
// in .gz. Cells are separated by what the header has more of, commas or
// semicolons; rows may differ in length.
func Rows(path string) ([][]string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if strings.HasSuffix(path, ".gz") {
		z, err := gzip.NewReader(bytes.NewReader(text))
		if err != nil {
			return nil, err
		}
		if text, err = io.ReadAll(z); err != nil {
			return nil, err
		}
	}
	r := csv.NewReader(bytes.NewReader(text))
	if header, _, _ := bytes.Cut(text, []byte("\n")); bytes.Count(header, []byte(";")) > bytes.Count(header, []byte(",")) {
		r.Comma = ';'
	}
	r.LazyQuotes, r.FieldsPerRecord = true, -1
	rows, err := r.ReadAll()
	if err != nil {
		return nil, err
	}
	return rows[min(1, len(rows)):], nil
}
