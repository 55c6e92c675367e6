package agency

// Index numbers a person uniquely in a world.
type Index uint64

const (
	men   = 1
	women = 2
)

// How a person is reached by mail or phone at the start.
const (
	noMail     = iota
	ownMail    // an address of their own
	parentMail // that of the head of the household
)

const (
	noPhone = iota
	ownPhone
	parentPhone
	homePhone // the household's fixed line
)

// The forms of a used surname.
const (
	noUsedName uint32 = iota
	spouseName        // the spouse's surname alone
	doubleName        // both, joined by a hyphen
)

// person is one member of a household: what never changes, and the state at
// the start. The plan fills the first part; the chunk the rest.
type person struct {
	Index Index
	key   uint64 // of values derived from the person alone

	house   int32
	born    day
	sex     uint8
	given   [3]uint16 // numbers of given names plus one; 0 where there is none
	name    uint32    // surname
	second  uint32    // second surname plus one, of those who bear both parents'; 0: none
	spouse  uint32    // surname of the spouse plus one; 0: none
	usedNow uint32    // form of the used surname at the start
	away    bool      // born away from home
	twin    bool      // follows another of the same birth

	arrival      int64 // instant of entry in the register; 0: there at the start
	arrivalMonth int32
	mail         uint8
	mailStyle    uint8
	mailDomain   uint8
	phone        uint8
	slip         slip // typing error in the register at the start

	// From the chunk.
	place  int32  // of birth: index over communes then countries
	order  uint16 // of birth, at the place in the month
	number uint64 // order of record
	opened day    // date of the record
	at     state
	events span
}

// cell numbers a person's sex and month of birth.
func (p *person) cell() int { return int(p.sex-1)*birthMonths + p.born.birthMonth() }

// span is a run in a slice.
type span struct{ from, to int32 }

// state is what of a person changes.
type state struct {
	gone    bool
	slipped bool   // the typing error is still there
	used    uint32 // form of the used surname
	home    uint32 // index of the chunk's homes
	mail    uint32 // index of the chunk's addresses plus one; 0: none
	phone   uint32 // national number without its 0; 0: none
	account uint32 // version of the account plus one; 0: none
}

// slip is which field holds a typing error.
type slip uint8

const (
	noSlip slip = iota
	slipSurname
	slipGiven
	slipBirth
	slipPlace
)
