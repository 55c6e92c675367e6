package spell_test

import (
	"math"
	"math/big"
	"testing"
	"time"

	"constat.example/clear/internal/spell"
)

func TestSpell(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		got  []byte
		want string
	}{
		{spell.Time(nil, time.UnixMicro(-1), true), "1969-12-31T23:59:59.999999Z"},
		{spell.Time(nil, time.Unix(0, 0), false), "1970-01-01T00:00:00"},
		{spell.Days(nil, -6805), "1951-05-16"},
		{spell.Clock(nil, 61*time.Second), "00:01:01"},
		{spell.Float(nil, 2990199123456, 64), "2990199123456"},
		{spell.Float(nil, 0.1, 32), "0.1"},
		{spell.Float(nil, 1e300, 64), "1e+300"},
		{spell.Float(nil, math.NaN(), 64), "NaN"},
		{spell.Decimal(nil, big.NewInt(-7), 2), "-0.07"},
		{spell.Decimal(nil, big.NewInt(123456), 3), "123.456"},
		{spell.Decimal(nil, big.NewInt(5), 1<<30), "5"},
		{spell.Decimal(nil, spell.TwosComplement([]byte{0xff, 0x85}), 1), "-12.3"},
		{spell.UUID(nil, []byte("0123456789abcdef")), "30313233-3435-3637-3839-616263646566"},
		{spell.UUID(nil, []byte{1, 2}), "0102"},
		{spell.Hex(nil, []byte{0xff, 0x07}), "0xFF07"},
	} {
		if string(c.got) != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}
