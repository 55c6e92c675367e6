package dump

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"constat.example/internal/failure"
)

// pdfContainer is the PDF document, in which lie its tables and its text. Its
// words are got by a program that is no part of this one, Options.PDFText.
type pdfContainer struct{}

func (pdfContainer) name() string { return "PDF" }

func (pdfContainer) about() Packing {
	return Packing{
		Name: "PDF", What: "the text of pages: tables, over all pages, and the rest line by line. Through `pdftotext`, where Debian's poppler-utils is installed and the machine has Landlock",
		NotRead: "pages without text, such as scans: they are a reject; documents that need a password, or are larger than 256 MiB; attached files, and remarks that show when they are opened. Further lines of a cell are text or a row of their own",
	}
}

const (
	pdfMark = "%PDF-"
	// Readers of PDF put up with that much before the mark.
	pdfLead = 1 << 10
	// MaxPDF is the largest document that is read.
	MaxPDF = 256 << 20
)

// magic: what stands before the mark may be anything, but a mark further on is
// one only at the start of a line of its own, with an object after it: other
// files tell of PDF as well.
func (pdfContainer) magic(head []byte) bool {
	if bytes.HasPrefix(head, []byte(pdfMark)) {
		return true
	}
	lead := head[:min(len(head), pdfLead)]
	for at := 0; ; at++ {
		i := bytes.Index(lead[at:], []byte("\n"+pdfMark))
		if i < 0 {
			return false
		}
		at += i
		version, after, ok := bytes.Cut(head[at+1+len(pdfMark):], []byte("\n"))
		if ok && len(version) <= len("1.7\r") && bytes.Contains(after, []byte(" 0 obj")) {
			return true
		}
	}
}

// PDFTrouble is why no text, or not all of it, comes of a PDF document.
type PDFTrouble int

// What goes wrong with PDF documents. Text that came before stands.
const (
	PDFNoProgram PDFTrouble = iota + 1 // the program is not installed
	PDFNotShutIn                       // it cannot be shut in on this machine, and was not run
	PDFLocked                          // the document needs a password
	PDFBroken                          // nothing can be read of it
	PDFDamaged                         // some of it may be missing
	PDFTooMuch                         // there is more text than there may be
	PDFFailed                          // the program died, or took too much time or memory
)

func (t PDFTrouble) Error() string {
	switch t {
	case PDFNoProgram:
		return "no program is installed that reads PDF documents"
	case PDFNotShutIn:
		return "the program that reads PDF documents cannot be shut in on this machine"
	case PDFLocked:
		return "the PDF document needs a password"
	case PDFBroken:
		return "the PDF document is damaged or cut short"
	case PDFDamaged:
		return damagedPages.String()
	case PDFTooMuch:
		return bomb.String()
	}
	return readerFailed.String()
}

func (t PDFTrouble) reason() reason {
	switch t {
	case PDFNoProgram, PDFNotShutIn:
		return unknownMember
	case PDFLocked:
		return encrypted
	case PDFBroken:
		return badMember
	case PDFDamaged:
		return damagedPages
	case PDFTooMuch:
		return bomb
	}
	return readerFailed
}

func (t PDFTrouble) hint() string {
	const otherwise = "Turn it into text with `pdftotext -layout` yourself, and name that file."
	switch t {
	case PDFNoProgram:
		return "Install poppler-utils (on Debian: apt-get install poppler-utils), or turn it into text with `pdftotext -layout`, and name that file."
	case PDFLocked:
		return "Passwords are not tried on PDF documents: take it off with `qpdf --decrypt`, and name that file."
	case PDFBroken, PDFDamaged:
		return "Ask for the file again."
	}
	return otherwise
}

// declined says why a container is not unpacked, where there is more to say of
// it than that it is damaged.
type declined struct {
	why reason
	error
}

func (d *declined) Unwrap() error { return d.error }

func (pdfContainer) unpack(ctx context.Context, f *entry) ([]*blob, []refusal, error) {
	if f.dump.options.PDFText == nil {
		return nil, nil, PDFNoProgram.decline(f)
	}
	at, size, err := f.random(ctx)
	if err != nil {
		return nil, nil, err
	}
	if size > MaxPDF {
		return nil, nil, &declined{tooLarge, failure.New(failure.BadInput, PDFFailed.hint(), "%s: %s", f.name, tooLarge)}
	}
	text, err := f.dump.options.PDFText(ctx, at, size)
	if trouble, ok := errors.AsType[PDFTrouble](err); ok {
		return nil, nil, trouble.decline(f)
	}
	if err != nil {
		return nil, nil, err
	}
	layout := newPDFLayout(text)
	s := &stream{limit: f.budget(), out: io.NopCloser(layout), rest: func() int64 { return 0 }}
	var trouble PDFTrouble
	s.reason = func(err error) (reason, bool) {
		var ok bool
		trouble, ok = errors.AsType[PDFTrouble](err)
		return trouble.reason(), ok
	}
	lines := &blob{input: f.blob.input}
	if err := errors.Join(f.dump.fill(ctx, lines, s), text.Close()); err != nil {
		return nil, nil, err
	}
	end := lines.broken
	lines.breakOff(nil)
	if layout.full == 0 {
		switch {
		case trouble != 0 && trouble != PDFDamaged:
			return nil, nil, trouble.decline(f)
		case end != nil && trouble == 0:
			return nil, nil, end
		}
		return nil, nil, &declined{noText, failure.New(failure.BadInput, "Have its text recognised, as `ocrmypdf` does, and name the file that comes out.", "%s: %s", f.name, noText)}
	}
	var refused []refusal
	if layout.empty > 0 {
		refused = append(refused, refusal{why: noText, count: layout.empty})
	}
	if end != nil {
		refused = append(refused, refusal{why: end.why})
	}
	return layout.parts(f, lines, size), refused, nil
}

// parts are the text of a document and its tables, each a file of its own.
func (p *pdfLayout) parts(f *entry, lines *blob, size int64) []*blob {
	base := path.Base(f.name)
	base = strings.TrimSuffix(base, path.Ext(base))
	total := int64(0)
	for _, n := range p.sizes {
		total += n
	}
	var parts []*blob
	for number, n := range p.sizes {
		if n == 0 {
			continue
		}
		name := base + ".txt"
		prose := number == 0 && 100*p.prose >= pdfProse*p.lines
		switch {
		case number > 0 && len(p.tables) == 1:
			name = base + ".csv"
		case number > 0:
			name = fmt.Sprintf("%s.%d.csv", base, number)
		}
		parts = append(parts, &blob{
			name: name, input: f.blob.input, packed: int64(float64(size) * float64(n) / float64(total)), size: -1,
			open: func() (io.ReadCloser, error) {
				in, err := lines.open()
				if err != nil {
					return nil, err
				}
				return newPDFPart(in, number, prose), nil
			},
		})
	}
	return parts
}

func (t PDFTrouble) decline(f *entry) error {
	if t == PDFNoProgram || t == PDFNotShutIn {
		return &declined{t.reason(), failure.New(failure.BadInput, t.hint(), "%s is a PDF document, and %s", f.name, t)}
	}
	return &declined{t.reason(), failure.New(failure.BadInput, t.hint(), "%s: %s", f.name, t)}
}
