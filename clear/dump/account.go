package dump

import (
	"cmp"
	"slices"
)

// Account is what a scan read and what became of every byte of it.
type Account struct {
	BytesTotal, BytesAccounted     int64 // of the inputs as they lie on disk
	DecodedTotal, DecodedAccounted int64 // of the decoded texts: sum of all spans

	Read     int64 // rows handed out
	Rejected int64 // rows that could not be read
	Repaired int64 // of Read: rows that had to be mended to be read

	TableRows     []int64 // rows handed out, by table
	TableRejected []int64 // rows rejected, by table

	Rejects []Reject // by input, then table, then reason
}

// Reject is the rejected pieces that share an input, a table and a reason.
type Reject struct {
	Input  int    // index in Dump.Inputs
	Name   string // the file, and the member within it
	Reason string
	Count  int64
	Bytes  int64   // of decoded text; as they lie in the file for what could not be unpacked
	First  []Place // the first firstPlaces of them
}

// Place is where a rejected piece stands.
type Place struct {
	Offset int64 // in the decoded text, from 0
	Row    int64 // ordinal in the dump; 0 where it is no row
}

const firstPlaces = 20

// reason is why a piece was rejected.
type reason uint8

const (
	tooManyCells reason = iota
	tooFewCells
	tooLong
	openQuote
	badJSON
	notAnObject
	tooDeep
	newKey
	leftover
	badTuple
	badStatement
	otherCopy
	rowCut
	cutShort
	corrupt
	bomb
	trailing
	encrypted
	unknownMember
	emptyMember
	tooDeeplyPacked
	badMember
	badName
	noFile
	tooMany
	wrongPassword
	readerFailed
	badRecord
	badMarkup
	damaged
	otherType
	volumeMissing
	overlapping
	unreadMethod
	noDirectory
	outside
	nested
	missingData
	noText
	damagedPages
	tooLarge
)

var reasons = [...]string{
	tooManyCells:    "too many cells",
	tooFewCells:     "one cell where several were expected",
	tooLong:         "row too long",
	openQuote:       "quote never closed",
	badJSON:         "malformed JSON",
	notAnObject:     "not a JSON object",
	tooDeep:         "JSON nested too deeply",
	newKey:          "a key that was not there when the file was opened",
	leftover:        "what follows cannot be read",
	badTuple:        "malformed list of values",
	badStatement:    "not an SQL statement",
	otherCopy:       "COPY in a format that is not read",
	rowCut:          "row cut short by the end of the data",
	cutShort:        "compressed data is cut short",
	corrupt:         "compressed data is damaged",
	bomb:            "unpacks to far more than it should",
	trailing:        "bytes after the end of the compressed data",
	encrypted:       "encrypted member",
	unknownMember:   "member is not in a format that is read",
	emptyMember:     "empty member",
	tooDeeplyPacked: "packed too many times over",
	badMember:       "member cannot be unpacked",
	badName:         "name that leads out of the archive",
	noFile:          "link or device instead of a file",
	tooMany:         "too many members",
	wrongPassword:   "encrypted, and no password offered fits",
	readerFailed:    "the reader failed on it",
	badRecord:       "malformed record",
	badMarkup:       "malformed markup",
	damaged:         "the file is damaged here",
	otherType:       "a value of a type that is not read",
	volumeMissing:   "volume of a split archive that is missing",
	overlapping:     "shares its bytes with another member",
	unreadMethod:    "packed by a method that is not read",
	noDirectory:     "the archive's list of its members is missing or damaged",
	outside:         "text outside of rows",
	nested:          "nested too deeply",
	missingData:     "the data that the archive's table of contents names are missing",
	noText:          "page without text, such as a scan",
	damagedPages:    "damaged document, of which text may be missing",
	tooLarge:        "too large for a document",
}

func (r reason) String() string { return reasons[r] }

// rejects collects rejected pieces by reason. Rows are relative until merged.
type rejects []rejected

type rejected struct {
	why   reason
	count int64
	bytes int64
	first []Place
}

func (r *rejects) add(why reason, bytes int64, at Place) {
	r.merge(rejected{why: why, count: 1, bytes: bytes, first: []Place{at}}, 0)
}

// merge adds e, whose rows count from base.
func (r *rejects) merge(e rejected, base int64) {
	i := slices.IndexFunc(*r, func(have rejected) bool { return have.why == e.why })
	if i < 0 {
		i = len(*r)
		*r = append(*r, rejected{why: e.why})
	}
	have := &(*r)[i]
	have.count += e.count
	have.bytes += e.bytes
	for _, p := range e.first {
		if len(have.first) == firstPlaces {
			break
		}
		if p.Row > 0 {
			p.Row += base
		}
		have.first = append(have.first, p)
	}
}

// list turns r into Rejects of one input and name, in the order of reasons.
func (r rejects) list(input int, name string) []Reject {
	sorted := slices.SortedFunc(slices.Values(r), func(a, b rejected) int { return cmp.Compare(a.why, b.why) })
	var out []Reject
	for _, e := range sorted {
		out = append(out, Reject{Input: input, Name: name, Reason: e.why.String(), Count: e.count, Bytes: e.bytes, First: e.first})
	}
	return out
}

// IsReason reports that text is one of the reasons for a reject.
func IsReason(text string) bool { return slices.Contains(reasons[:], text) }
