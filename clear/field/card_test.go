package field

import (
	"testing"

	"constat.example/blind/kind"
)

// The numbers are those that schemes and processors publish for trials.
func TestPaymentCard(t *testing.T) {
	t.Parallel()
	testCells(t, kind.PaymentCard, []cell{
		{"visa", "4111 1111 1111 1111", "4111111111111111", Valid, NoReason},
		{"first visa", "4222222222222", "4222222222222", Valid, NoReason},
		{"mastercard, dashes", "5555-5555-5555-4444", "5555555555554444", Valid, NoReason},
		{"mastercard, second range", "2223003122003222", "2223003122003222", Valid, NoReason},
		{"american express", "3782 822463 10005", "378282246310005", Valid, NoReason},
		{"diners", "3056 930902 5904", "30569309025904", Valid, NoReason},
		{"discover", "6011111111111117", "6011111111111117", Valid, NoReason},
		{"jcb", "3530111333300000", "3530111333300000", Valid, NoReason},
		{"unionpay", "6200000000000005", "6200000000000005", Valid, NoReason},
		{"float", "4111111111111111.0", "4111111111111111", Valid, NoReason},
		{"rounded", "4.11111E+15", "411111", Invalid, DigitsLost},
		{"wrong digit", "4111111111111112", "4111111111111112", Invalid, KeyMismatch},
		{"length of no visa", "41111111111114", "41111111111114", Odd, Unlisted},
		{"device, luhn too", "356938035643809", "356938035643809", Odd, Unlisted},
		{"year", "2019", "2019", Invalid, Length},
		{"masked", "4970 10** **** 1234", "497010******1234", Odd, Masked},
		{"crossed out", "497010XXXXXX1234", "497010XXXXXX1234", Odd, Masked},
		{"zeros", "0000 0000 0000 0000", "", Empty, NoReason},
		{"words", "carte bleue", "CARTEBLEUE", Invalid, Length},
	})
	testParts(t, kind.PaymentCard, [][2]string{
		{"4111 1111 1111 1111", "payment_card=4111111111111111; payment_card_head=41111; payment_card_tail=11111"},
		{"497010XXXXXX1234", ""},
	})
}
