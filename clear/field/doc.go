// Package field holds the values of every kind in the clear: how messy text is
// parsed, what its canonical form is, whether it is valid and why not, and
// which variants of it a typing error, a nickname or a sound would give.
//
// It is one of the few rooms where a personal value may be in the clear, in
// memory. Value prints redacted; canonical text leaves only through
// Value.Canonical, Splitter.Split and Varier, for sealing.
//
// # Cells
//
// Every cell is cleaned first (internal/fold): blanks, quotes, invisible marks,
// full-width letters, wrong encodings. A mark for a missing value ("NULL",
// "n/a", "-", "inconnu", 0000-00-00) is Empty in every kind; NA, NC, ND, SANS
// and VIDE are names where names are expected. What is left is read by the
// kind's own file: Valid, Odd (usable, flagged with a Reason) or Invalid. An
// invalid value is still compared as typed where that makes sense: a mistyped
// NIR is one character from the right one.
//
// # Canonical forms
//
//	names            upper case without accents; hyphens and apostrophes are blanks
//	sex              1 or 2, as in the NIR
//	dates            YYYY-MM-DD, 00 for what is unknown, figures as typed if impossible
//	places           SAINT and SUR spelt out, no CEDEX, no arrondissement
//	codes of places  the present INSEE code of the commune, of arrondissements the town's
//	countries        ISO 3166 code of two letters
//	départements     their code
//	NIR              13 characters, without the key
//	phones           E.164
//	e-mails          lower case, the domain in ASCII
//	streets          NF Z10-011, types spelt out
//	house numbers    12 BIS
//	payment cards    the digits
//	other numbers    letters and digits, upper case
//
// Years of two digits are in this century up to 30, in the last one above:
// nobody is born after 2030. Dates are read day first unless Splitter.MonthFirst
// says otherwise or the figures do.
//
// Parsing a canonical form gives it back, for every kind; FuzzSplit checks it.
//
// # Variants
//
// A canonical form never makes one of two people's values: what merely may be the
// same is a variant (Variants), of which the lexicon is made. Names have forms
// (without particle, in parts, joined, long for short, in one romanisation), typing errors
// and French sound; dates the other century, day and month swapped, and two
// components of three; communes their article and what they were merged into;
// streets their type left out, misspelt or not. Postcodes, numbers and mail addresses
// have none, only ends. near_test.go shows what counts as near, pair by pair.
//
// # Ends
//
// Long identifiers also give their two ends, at fixed lengths from either end,
// so that one character wrong, missing or added leaves one end whole: 7 and 6
// characters of a NIR, 6 and 6 of a tax number, 11 and 11 of an IBAN, the first
// eight and last four of a phone, 5 and 5 of a payment card, 4 or 5 of a document,
// half of the others. The
// ends of an e-mail are its local part without dots and tag, and its domain.
package field
