package verdict

// Class is what a dump is found to be.
type Class string

// The classes.
const (
	Genuine      Class = "genuine"      // copied from the register
	Mixed        Class = "mixed"        // in part
	Recycled     Class = "recycled"     // known from an earlier leak; found where those are kept
	Fabricated   Class = "fabricated"   // made up
	Foreign      Class = "foreign"      // of another source
	Undetermined Class = "undetermined" // not told, and it is said why
)

// Why there is no class.
const (
	TooFewRows    = "too few rows to tell where they come from"
	NoEvidence    = "nothing at hand tells a copy of the register from another file about the same people"
	NobodyOurs    = "nobody of the register is in it; whether it is made up or somebody else's cannot be told"
	NotComparable = "the dump holds too little in common with the register to find people by"
	Against       = "the evidence contradicts itself"
)

// enough is how much likelier one origin must be than the others before it is
// said, in bits: a hundred to one.
const enough = 6.644

// fewestRows is how many rows a class can rest on.
const fewestRows = 30

// capped is the most bits that one piece of evidence may weigh: beyond, it is
// likelier that the piece is not what it is taken for.
const capped = 15
