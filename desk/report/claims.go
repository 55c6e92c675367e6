package report

// Class is the word for a verdict on a claim.
func (l language) Class(class string) string {
	word, _ := l.known(classes, class)
	return word
}
