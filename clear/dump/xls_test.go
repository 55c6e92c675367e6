package dump

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"constat.example/internal/datatest"
	"constat.example/internal/failure"
)

func TestXLS(t *testing.T) {
	t.Parallel()
	names := append(append(biff(biffLabel, 0, 0, 0, 2, "\x00id"), biff(biffLabel, 0, 1, 0, 3, "\x00nom")...), biff(biffLabel, 0, 2, 0, 5, "\x00ville")...)
	with := func(globals []byte, records ...[]byte) string {
		return string(xlsOf(globals, append(slices.Clone(names), bytes.Join(records, nil)...)))
	}
	many := strings.Repeat("é", 5000)
	for _, c := range []sheetCase{
		{name: "made", content: string(madeXLS()), tables: []string{"clients: nom|naissance|code postal"}, rows: []string{"Martin|1970-01-31|01000", "Petit|1982-02-18|"}},
		{
			name: "kinds of cells", content: with(nil,
				biff(biffRK, 1, 0, 0, 0x1a, 0), biff(biffLabel, 1, 1, 0, 2, "\x01\xe9\x00\x3d\x26"), biff(biffBoolErr, 1, 2, 0, "\x01\x00"),
				biff(biffMulRK, 3, 0, 0, 3+4*325, 0, 0, 2, 0xfff0, 1),
				biff(biffFormula, 4, 0, 0, 1.5, 0), biff(biffFormula, 4, 1, 0, "\x00\x00\x00\x00\x00\x00\xff\xff"), biff(biffString, 3, "\x00abc"), biff(biffFormula, 4, 2, 0, "\x02\x00\x2a\x00\x00\x00\xff\xff"),
				biff(biffFormula, 5, 0, 0, "\x01\x00\x00\x00\x00\x00\xff\xff"), biff(biffFormula, 5, 1, 0, "\x03\x00\x00\x00\x00\x00\xff\xff")),
			tables: []string{"clients: id|nom|ville"}, rows: []string{"6|é☽|true", "3.25|-262144|", "1.5|abc|#N/A", "false||"},
		},
		{
			name: "texts that go on in the next record", content: with(slices.Concat(
				biff(biffTexts, 2, 0, 2, 0, 5000, "\x00"+strings.Repeat("\xe9", 4000)), biff(biffContinue, "\x01"+strings.Repeat("\xe9\x00", 1000), 3, "\x0c", 1, 5, 0, "ab"[:1]), biff(biffContinue, "\x00bc", "\x00\x00\x00\x00", "xxxxx")),
				biff(biffLabelSST, 1, 0, 0, 1, 0), biff(biffLabelSST, 1, 1, 0, 0, 0)),
			rows: []string{"abc|" + many + "|"},
		},
		{
			name: "cells that reach down, since 1904", content: with(slices.Concat(biff(biff1904, 1), biff(biffStyle, 0, 0, "xx"), biff(biffStyle, 0, 22, "xx")),
				biff(biffNumber, 1, 0, 1, 24137.5), biff(biffLabel, 1, 1, 0, 1, "\x00a"), biff(biffLabel, 2, 1, 0, 1, "\x00b"), biff(biffLabel, 3, 1, 0, 1, "\x00c"), biff(biffMerged, 1, 1, 2, 0, 0)),
			rows: []string{"1970-01-31T12:00:00|a|", "1970-01-31T12:00:00|b|", "|c|"},
		},
		{
			name: "records that cannot be read", content: with(nil,
				biff(biffLabel, 1, 1, 0, 9, "\x00a"), biff(biffLabelSST, 2, 0, 0, 7, 0), biff(biffNumber, 3, 0), biff(biffNote, 1, 1, 1, 1), biff(biffLabel, 4, 1, 0, 1, "\x00b")),
			rows: []string{"|b|"}, rejects: map[string]int64{"malformed record": 2, "the file is damaged here": 1, "a value of a type that is not read": 1},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.check(t)
		})
	}
}

func TestXLSCutAnywhere(t *testing.T) {
	t.Parallel()
	cutAnywhere(t, string(madeXLS()))
}

func TestOldOfficeRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, content, want string }{
		{"Word", string(compoundOf("WordDocument", "x")), "old Office document"},
		{"Excel 95", string(compoundOf("Book", "x")), "Excel 95"},
		{"encrypted workbook", string(xlsOf(biff(biffPassword, 1, 1, 1), nil)), "encrypted"},
		{"another version", string(compoundOf("Workbook", string(biff(biffBegin, 0x500, 5)))), "version"},
		{"no sheet", string(compoundOf("Workbook", string(biff(biffBegin, 0x600, 5)))), "no sheet"},
		{"XLSB", string(zipOf("xl/workbook.bin", "x")), "XLSB"},
		{"new Word", string(zipOf("word/document.xml", "x")), "Word"},
		{"OpenDocument text", string(zipOf("mimetype", "application/vnd.oasis.opendocument.text", "content.xml", "<a/>")), "OpenDocument"},
		{"encrypted ODS", odsOf("", "", "META-INF/manifest.xml", "<manifest><file-entry><encryption-data/></file-entry></manifest>"), "encrypted"},
		{"locked in another way", string(compoundOf("EncryptedPackage", "x", "EncryptionInfo", "\x04\x00\x04\x00\x40\x00\x00\x00<x/>")), "not read"},
		{"workbook without sheets", string(zipOf("xl/workbook.xml", "<workbook/>")), "no sheet"},
		{"empty workbook", xlsxOf("", nil, "a", "</sheetData>"), "no table"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := Open(t.Context(), sourcesOf(t, file(t, "a", c.content)), Options{})
			if failure.CodeOf(err) != failure.BadInput || failure.HintOf(err) == "" || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v", err)
			}
		})
	}
}

// TestOfficeLock opens the protected workbooks of excelize.
func TestOfficeLock(t *testing.T) {
	t.Parallel()
	dir := datatest.Path(t, "xlsx-excelize")
	for _, name := range []string{"encryptAES.xlsx", "encryptSHA1.xlsx", "encryptSHA512.xlsx"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			for _, content := range []string{string(data), gz(t, string(data))} {
				d := mustOpen(t, content, Options{Passwords: [][]byte{[]byte("wrong"), []byte("password")}})
				if s := scanAll(t, d); len(s.rows) == 0 || !strings.HasPrefix(d.Tables[0].Format, "XLSX, Office password protection") {
					t.Errorf("%d rows of %+v", len(s.rows), d.Tables)
				}
			}
			for _, passwords := range [][][]byte{nil, {[]byte("wrong")}} {
				_, err := Open(t.Context(), sourcesOf(t, file(t, "a", string(data))), Options{Passwords: passwords})
				if failure.CodeOf(err) != failure.BadInput || !strings.Contains(err.Error(), "encrypted") || failure.HintOf(err) == "" {
					t.Errorf("error %v, hint %q", err, failure.HintOf(err))
				}
			}
		})
	}
}

// TestXLSOfOthers compares with what another program wrote.
func TestXLSOfOthers(t *testing.T) {
	t.Parallel()
	python := os.Getenv("CONSTAT_PYTHON")
	if python == "" {
		python = "python3"
	}
	path := filepath.Join(t.TempDir(), "a.xls")
	const script = `
import sys, datetime, xlwt
book = xlwt.Workbook()
sheet = book.add_sheet("clients")
day = xlwt.easyxf(num_format_str="DD/MM/YYYY")
for c, name in enumerate(["id", "nom", "naissance", "actif"]): sheet.write(0, c, name)
for i in range(1, 3001):
    sheet.write(i, 0, i); sheet.write(i, 1, "Ren\u00e9 \u263d %d" % i); sheet.write(i, 2, datetime.date(1970, 1, 31) + datetime.timedelta(i), day); sheet.write(i, 3, i % 2 == 0)
book.save(sys.argv[1])`
	if out, err := exec.Command(python, "-c", script, path).CombinedOutput(); err != nil { //nolint:gosec // a test
		t.Skipf("needs Python with xlwt (CONSTAT_PYTHON): %v: %.200s", err, out)
	}
	s := scanAll(t, openAll(t, path))
	if len(s.rows) != 3000 || len(s.account.Rejects) > 0 || !slices.Equal(s.rows[1], []string{"2", "René ☽ 2", "1970-02-02", "true"}) {
		t.Errorf("%d rows, %q, %+v", len(s.rows), s.rows[1], s.account.Rejects)
	}
}

func FuzzXLS(f *testing.F) {
	f.Add(madeXLS())
	f.Add([]byte(gz(f, string(madeXLS()))))
	f.Fuzz(func(t *testing.T, content []byte) { reconcile(t, file(t, "a", string(content))) })
}

// FuzzXLSRecords changes the records of a workbook.
func FuzzXLSRecords(f *testing.F) {
	f.Add(biff(biffTexts, 1, 0, 1, 0, 3, "\x0dabc"), biff(biffLabelSST, 1, 0, 0, 0, 0))
	f.Add(biff(biffStyle, 0, 14, "xx"), slices.Concat(biff(biffMulRK, 3, 0, 0, 13, 0, 0, 2, 0xfff0, 1), biff(biffFormula, 4, 1, 0, "\x00\x00\x00\x00\x00\x00\xff\xff"), biff(biffString, 3, "\x00abc"), biff(biffMerged, 1, 1, 2, 0, 0)))
	f.Fuzz(func(t *testing.T, globals, sheet []byte) {
		content := string(xlsOf(globals, sheet))
		reconcile(t, file(t, "a", content))
		reconcile(t, file(t, "a", gz(t, content)))
	})
}

// FuzzOfficeLock changes what a protected document says of itself.
func FuzzOfficeLock(f *testing.F) {
	f.Add([]byte("\x04\x00\x04\x00\x40\x00\x00\x00<encryption><keyData saltValue=\"AAAA\" keyBits=\"128\" blockSize=\"16\" cipherAlgorithm=\"AES\" cipherChaining=\"ChainingModeCBC\" hashAlgorithm=\"SHA1\"/><encryptedKey spinCount=\"1\"/></encryption>"))
	f.Add([]byte("\x03\x00\x02\x00\x00\x00\x00\x00\x20\x00\x00\x00" + strings.Repeat("\x0e", 200)))
	f.Fuzz(func(t *testing.T, info []byte) {
		if bytes.Contains(info, []byte("spinCount")) && !bytes.Contains(info, []byte(`spinCount="1"`)) {
			return // long, not wrong
		}
		reconcile(t, file(t, "a", string(compoundOf("EncryptedPackage", fmt.Sprint(len(info)), "EncryptionInfo", string(info)))))
	})
}
