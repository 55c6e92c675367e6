package own

import (
	"crypto/rand"
	"crypto/sha256"
	"errors"

	"github.com/cloudflare/circl/group"
)

// checks is how many sums the answerer mixes among her points. One who raises
// some points otherwise than others passes all of them once in 2^32 meetings.
const checks = 32

// sums checks that the other side raised all points to one secret: the random
// subset test of Bellare, Garay and Rabin (1998). Of points p, sums over subsets of
// chance are sent among them; what comes back for a sum must be the same sum over
// what came back for its points. Who does not know the subsets cannot tell a sum
// from a point. It costs four additions a point, and no proof.
type sums struct {
	key  [32]byte                 // subsets are drawn with it
	at   [checks / 8][256]element // by eight bits of a point's subsets
	sent []Point                  // the sums, by subset
	back map[Point]Point          // what came back for them
}

// element is a sum that may have no summand yet.
type element struct{ e group.Element }

func (s *sums) start() {
	_, _ = rand.Read(s.key[:]) // never fails
	s.listen()
}

// subsets tells in which of the sums a point is.
func (s *sums) subsets(p Point) [checks / 8]byte {
	h := sha256.New()
	h.Write(s.key[:])
	h.Write(p[:])
	return [checks / 8]byte(h.Sum(nil))
}

// add adds what stands for a point to the sums that the point is in.
func (s *sums) add(p, stands Point) error {
	e, err := decode(stands)
	if err != nil {
		return err
	}
	for i, b := range s.subsets(p) {
		to := &s.at[i][b]
		if to.e == nil {
			to.e = e.Copy()
		} else {
			to.e.Add(to.e, e)
		}
	}
	return nil
}

// total are the sums so far.
func (s *sums) total() []Point {
	var all []Point
	for i := range s.at {
		for bit := range 8 {
			sum := group.Ristretto255.Identity()
			for b, part := range s.at[i] {
				if b>>bit&1 == 1 && part.e != nil {
					sum.Add(sum, part.e)
				}
			}
			all = append(all, encode(sum))
		}
	}
	return all
}

// seal ends the adding up of points, and returns the sums to be sent. Of a hundred
// points or more, no two sums are the same and none is neutral but by a chance that
// nobody lives to see.
func (s *sums) seal() []Point {
	s.sent = s.total()
	return s.sent
}

// listen begins to add up what comes back.
func (s *sums) listen() {
	s.at = [checks / 8][256]element{}
	s.back = map[Point]Point{}
}

// ErrUneven says that points were raised to different secrets.
var ErrUneven = errors.New("the other side did not treat all points alike")

// hold compares the sums over what came back with what came back for the sums.
func (s *sums) hold() error {
	for i, sum := range s.total() {
		if s.back[s.sent[i]] != sum {
			return ErrUneven
		}
	}
	return nil
}
