package field

// Reason says, in a fixed vocabulary, why a value is odd or invalid. Its zero
// value is NoReason.
type Reason uint8

// The reasons.
const (
	NoReason       Reason = iota
	Shape                 // not the shape of the kind
	Length                // a wrong number of characters
	KeyMissing            // the check key is left out
	KeyMismatch           // the check key does not fit
	SeriesRare            // a series that few numbers belong to
	Provisional           // a provisional number
	MonthUnknown          // NIR months 20 and above
	MonthWrong            // a month that does not exist
	DayWrong              // a day that does not exist in its month
	YearWrong             // before 1850 or after 2030
	Partial               // day, month or year unknown
	TwoDigits             // the century is guessed
	MonthFirst            // month before day, as the figures show
	Serial                // a spreadsheet's day number
	Timestamp             // seconds or milliseconds since 1970
	Scientific            // scientific notation, all digits kept
	DigitsLost            // scientific notation that lost digits
	ZeroLost              // a leading zero was lost and put back
	Masked                // partly masked
	BareRIB               // a French RIB without country and check digits
	Foreign               // not of a French shape
	Unlisted              // not in the list of names or codes
	Several               // several values in one cell; the first is taken
	Repairable            // misspelt in a way that could be undone
	NotASCII              // holds characters that are unusual in the kind
	Special               // special-rate or short number
	Filler                // digits typed to fill a field
	NotHashed             // a password in the clear
	Encoding              // read in the wrong encoding, repaired
	CharactersLost        // replacement characters stand where others were
	WholeAddress          // a whole address in one cell
	NoStreet              // an address without a street
	reasonCount
)

var reasons = [reasonCount]string{
	NoReason:       "",
	Shape:          "shape is not that of the kind",
	Length:         "wrong number of characters",
	KeyMissing:     "key is left out",
	KeyMismatch:    "key does not match",
	SeriesRare:     "series is rare",
	Provisional:    "number is provisional",
	MonthUnknown:   "month is 20-99 (unknown)",
	MonthWrong:     "month does not exist",
	DayWrong:       "day does not exist",
	YearWrong:      "year is before 1850 or after 2030",
	Partial:        "day, month or year is unknown",
	TwoDigits:      "year has two digits",
	MonthFirst:     "month stands before day",
	Serial:         "date is a spreadsheet's day number",
	Timestamp:      "time is counted from 1970",
	Scientific:     "number is in scientific notation",
	DigitsLost:     "digits were lost to scientific notation",
	ZeroLost:       "leading zero was lost",
	Masked:         "value is partly masked",
	BareRIB:        "country and check digits are left out",
	Foreign:        "shape is foreign",
	Unlisted:       "name or code is in no list",
	Several:        "cell holds several values",
	Repairable:     "misspelling was undone",
	NotASCII:       "characters are unusual in the kind",
	Special:        "number is a special-rate one",
	Filler:         "digits look like filler",
	NotHashed:      "password is not hashed",
	Encoding:       "text was read in the wrong encoding and repaired",
	CharactersLost: "characters were lost in an earlier conversion",
	WholeAddress:   "cell holds a whole address",
	NoStreet:       "address has no street",
}

// String is the reason in English, without any part of the value.
func (r Reason) String() string {
	if r >= reasonCount {
		return "unknown reason"
	}
	return reasons[r]
}
