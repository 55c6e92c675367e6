package evidence

import "constat.example/internal/words"

var actWords = map[Act]words.Both{
	Received:   {FR: "reçu", EN: "received"},
	Read:       {FR: "lu", EN: "read"},
	Verified:   {FR: "vérifié", EN: "verified"},
	Altered:    {FR: "altéré", EN: "altered"},
	Discarding: {FR: "destruction commencée", EN: "discarding"},
	Discarded:  {FR: "détruit", EN: "discarded"},
	Shown:      {FR: "montré en clair", EN: "shown"},
	Traced:     {FR: "lu comme journal d’accès", EN: "traced"},
}

// Words tell what was done.
func (a Act) Words() words.Both { return actWords[a] }
