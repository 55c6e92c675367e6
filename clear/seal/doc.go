// Package seal turns canonical values into tokens, and keeps the keys that do
// it. It is the last room left of the curtain: what leaves it is numbers.
//
// # Keys
//
// A register has one key of 32 random bytes. A [Ring] is the folder that holds
// such keys, each encrypted with age (C2SP age-encryption.org/v1), for an
// identity file or for a passphrase. A key's id is derived from the key, so a
// file that holds another key than its name says is found out.
//
// A key also wraps small secrets ([Key.Wrap]): the keys of cases are kept so.
//
// # Tokens
//
// From the key, HKDF-SHA-256 (RFC 5869) derives one AES-256 key per domain. A
// token is AES-CMAC (RFC 4493) of the canonical text under its domain's key, cut
// to 64 bits, never zero. Columns made only to compare have their tokens cut to
// 16 bits. A domain is what values compare within: the family of a kind where
// it has one (so that a birth surname meets a used surname), else the kind;
// the ends of identifiers and the sounds of the lexicon have their own. The
// lexicon's variants are halves of tokens: they are compared, not looked up.
//
// # What it protects, and what not
//
// Without the key, tokens are the output of a pseudo-random function. Who holds
// them learns which cells of one domain are equal and how often each value
// occurs, in a whole register a great deal: the most frequent surname token is
// the most frequent surname. Lexicon entries tell besides which values are near
// one another. Nobody can test a guessed value against a token.
//
// With the key, every value of small variety (names, dates, numbers) is found
// by enumeration in minutes. The key is worth the register: keep it
// apart from the tokens and from their backups, in production with the identity
// on another machine or device, and never in the same archive as the home.
//
// Two values share a 64-bit token by chance: among 70 million values of one
// domain the chance of a single such pair is about one in eight thousand. A
// forger without the key has one chance in 2^64 per try.
//
// Neither tokens nor their keys hide which kinds a record has, how many records
// there are, or when they change.
//
// # Memory
//
// A sealer keeps short cells and canonical values in the clear, with what they
// came to, for as long as it lives: at most 16,384 for each column that repeats
// (1 MiB) and for each family (half a MiB), fewer where there are fewer. What the
// sealers of a source share ([Met]) is tokens, at most 64 MiB a family.
package seal
