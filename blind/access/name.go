package access

// Name is a name as a number: 0 for none, else its place among Names, from 1.
type Name uint32

// Names numbers names in the order in which they are met. The zero value is empty.
// It is not safe for concurrent use.
type Names struct {
	numbers map[string]Name
	names   []string
}

// Number is the number of a name, a new one if it was not met; 0 for "".
func (n *Names) Number(name []byte) Name {
	if len(name) == 0 {
		return 0
	}
	if i, ok := n.numbers[string(name)]; ok {
		return i
	}
	if n.numbers == nil {
		n.numbers = map[string]Name{}
	}
	n.names = append(n.names, string(name))
	i := Name(len(n.names))
	n.numbers[n.names[i-1]] = i
	return i
}

// Find is the number of a name; 0 if it was not met.
func (n *Names) Find(name []byte) Name { return n.numbers[string(name)] }

// Of is the name of that number; "" for 0.
func (n *Names) Of(i Name) string {
	if i == 0 {
		return ""
	}
	return n.names[i-1]
}

// Len is how many there are.
func (n *Names) Len() int { return len(n.names) }

// Reset forgets all names and keeps the room they took.
func (n *Names) Reset() {
	clear(n.numbers)
	n.names = n.names[:0]
}
