package casefile

import (
	"slices"

	"constat.example/internal/words"
)

// Role is what somebody is in the incident team.
type Role string

// Roles.
const (
	Analyst       Role = "analyst"
	Officer       Role = "dpo" // data-protection officer
	Communication Role = "communication"
	Auditor       Role = "auditor" // reads, and does nothing
	Administrator Role = "administrator"
)

var roles = []Role{Analyst, Officer, Communication, Auditor, Administrator}

// Roles are all there are.
func Roles() []Role { return slices.Clone(roles) }

func (r Role) known() bool { return slices.Contains(roles, r) }

// Subject is a code of something to decide.
type Subject string

// Subjects.
const (
	Standing  Subject = "standing"  // whether there was a breach
	Authority Subject = "authority" // whether it is notified, GDPR article 33
	People    Subject = "people"    // whether those concerned are told, GDPR article 34
	Statement Subject = "statement" // what the public is told
	Complaint Subject = "complaint" // to the police or the prosecutor
	Notices   Subject = "notices"   // that notices are sent to many
	Closing   Subject = "case"      // whether the case is closed
	Destroy   Subject = "destroy"   // that its data is destroyed
)

// Choice is a code of what was decided.
type Choice string

// Choices.
const (
	Suspected   Choice = "suspected"
	Confirmed   Choice = "confirmed"
	Refuted     Choice = "refuted"
	Notify      Choice = "notify"
	NotNotify   Choice = "not_notify" // no risk is likely
	Inform      Choice = "inform"     // each of them
	Publicly    Choice = "publicly"   // article 34(3)(c): it would take disproportionate effort
	Unreadable  Choice = "unreadable" // article 34(3)(a): the data cannot be understood
	Averted     Choice = "averted"    // article 34(3)(b): the high risk is no longer likely
	NotInform   Choice = "not_inform" // no high risk is likely
	Restricted  Choice = "restricted" // a law forbids to tell them
	Publish     Choice = "publish"
	Hold        Choice = "hold"
	Complain    Choice = "complain"
	NotComplain Choice = "not_complain"
	Send        Choice = "send"
	Close       Choice = "close"
	Reopen      Choice = "reopen"
	Shredded    Choice = "destroy"
)

// rule says who decides on a subject.
type rule struct {
	choices []Choice
	first   []Role
	second  []Role // who may say the second yes, that it needs; none: it needs none
}

var subjects = map[Subject]rule{
	Standing:  {[]Choice{Suspected, Confirmed, Refuted}, []Role{Analyst, Officer}, nil},
	Authority: {[]Choice{Notify, NotNotify}, []Role{Officer}, nil},
	People:    {[]Choice{Inform, Publicly, Unreadable, Averted, NotInform, Restricted}, []Role{Officer}, []Role{Officer, Administrator}},
	Statement: {[]Choice{Publish, Hold}, []Role{Communication, Officer}, nil},
	Complaint: {[]Choice{Complain, NotComplain}, []Role{Officer, Administrator}, nil},
	Notices:   {[]Choice{Send, Hold}, []Role{Communication, Officer}, []Role{Officer, Communication}},
	Closing:   {[]Choice{Close, Reopen}, []Role{Officer}, nil},
	Destroy:   {[]Choice{Shredded}, []Role{Officer}, []Role{Administrator}},
}

// Subjects are all there are, in the order in which they come up.
func Subjects() []Subject {
	return []Subject{Standing, Authority, People, Statement, Complaint, Notices, Closing, Destroy}
}

// Choices are what can be decided on a subject; none for one that there is not.
func Choices(s Subject) []Choice { return slices.Clone(subjects[s].choices) }

// doers are the roles that may do what is no decision.
var doers = map[Do][]Role{
	Open: {Analyst, Officer, Communication, Administrator}, Grant: {Administrator}, Revoke: {Administrator},
	Mark: {Analyst, Officer, Communication}, State: {Analyst, Officer, Communication},
	Weigh: {Analyst, Officer}, Say: {Analyst, Officer, Communication}, Tell: {Analyst, Officer, Communication},
	Shred: {Officer, Administrator}, Destroyed: {Officer, Administrator},
}

// TLP is a marking of the Traffic Light Protocol 2.0 (FIRST, 2022): who may be told.
type TLP string

// Markings of the Traffic Light Protocol.
const (
	Red         TLP = "RED"
	AmberStrict TLP = "AMBER+STRICT"
	Amber       TLP = "AMBER"
	Green       TLP = "GREEN"
	Clear       TLP = "CLEAR"
)

var tlps = []TLP{Red, AmberStrict, Amber, Green, Clear}

// PAP is a marking of the Permissible Actions Protocol: what may be done with what
// is told.
type PAP string

var paps = []PAP{"RED", "AMBER", "GREEN", "CLEAR"}

// TLPs are the markings there are, the strictest first.
func TLPs() []TLP { return slices.Clone(tlps) }

// Words tell who may be told of what is so marked.
func (t TLP) Words() words.Both { return tlpWords[t] }

var tlpWords = map[TLP]words.Both{
	Red:         {FR: "pour ses seuls destinataires désignés, qui ne le transmettent à personne", EN: "for the named recipients alone, who pass it on to nobody"},
	AmberStrict: {FR: "pour ceux de l’organisation destinataire qui ont à en connaître", EN: "for those in the recipient’s organisation who need to know"},
	Amber:       {FR: "pour ceux de l’organisation destinataire et de ses clients qui ont à en connaître", EN: "for those in the recipient’s organisation, and among its clients, who need to know"},
	Green:       {FR: "pour la communauté du destinataire, hors des canaux ouverts à tous", EN: "for the recipient’s community, not over channels open to everybody"},
	Clear:       {FR: "pour tous", EN: "for everybody"},
}

// PAPs are the markings there are, the strictest first.
func PAPs() []PAP { return slices.Clone(paps) }
